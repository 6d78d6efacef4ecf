//! Files of the journal and exports that are not written to any more are squeezed by gzip in place: of a region they are
//! most of the disk, and are a third of it squeezed. Their bytes, and when they were written to, stay the same.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, BufWriter, Read, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};

use super::guard::{self, io_error};
use crate::store::Result;

/// What gzip's files begin with; neither the journal's nor an export's do.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const BUFFER: usize = 128 << 10;

/// The bytes of a file, squeezed or not. Where a squeezed one is damaged they end, as those of a torn one do.
///
/// # Errors
/// It cannot be opened or read.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read>> {
    let io = |e| io_error(path, &e);
    let mut file = BufReader::with_capacity(BUFFER, File::open(path).map_err(io)?);
    if !file.fill_buf().map_err(io)?.starts_with(&GZIP) {
        return Ok(Box::new(file));
    }
    let squeezed = Squeezed { path: path.to_owned(), from: GzDecoder::new(file) };
    Ok(Box::new(BufReader::with_capacity(BUFFER, squeezed)))
}

struct Squeezed {
    path: PathBuf,
    from: GzDecoder<BufReader<File>>,
}

impl Read for Squeezed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        self.from.read(buffer).or_else(|e| match e.kind() {
            InvalidData | InvalidInput | UnexpectedEof => {
                tracing::warn!(path = %self.path.display(), error = %e, "сжатый файл испорчен, прочитано всё до этого места");
                Ok(0)
            }
            _ => Err(e),
        })
    }
}

/// Puts the squeezed file in the place of the plain one, on disk when it returns; nothing where it is squeezed already.
///
/// # Errors
/// It cannot be read, or there is no room beside it for the new one; then the plain one stays.
pub(super) fn squeeze(path: &Path) -> Result<()> {
    let new = path.with_extension("gz");
    let written = write(path, &new).map_err(|e| io_error(path, &e));
    let done = written.and_then(|written| if written { guard::rename(&new, path) } else { Ok(()) });
    if done.is_err() {
        // The error that counts is told; what is left over is written over next time.
        let _ = fs::remove_file(&new);
    }
    done
}

/// Whether there was anything to do.
fn write(path: &Path, new: &Path) -> io::Result<bool> {
    let mut from = BufReader::with_capacity(BUFFER, File::open(path)?);
    if from.fill_buf()?.starts_with(&GZIP) {
        return Ok(false);
    }
    let mut to = GzEncoder::new(BufWriter::with_capacity(BUFFER, File::create(new)?), Compression::default());
    io::copy(&mut from, &mut to)?;
    let mut to = to.finish()?;
    to.flush()?;
    // Age is told by it.
    to.get_ref().set_modified(from.get_ref().metadata()?.modified()?)?;
    to.get_ref().sync_all()?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(path: &Path) -> Vec<u8> {
        let mut bytes = Vec::new();
        open(path).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_squeezed_file_is_smaller_and_reads_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("1.kj");
        let plain = "Первая запись за месяц. ".repeat(50_000).into_bytes();
        fs::write(&path, &plain).unwrap();
        let written = guard::written(&path).unwrap();
        squeeze(&path).unwrap();
        let squeezed = fs::read(&path).unwrap();
        assert!(squeezed.len() < plain.len() / 10, "{}", squeezed.len());
        assert!(bytes(&path) == plain);
        assert_eq!(guard::written(&path).unwrap(), written);
        squeeze(&path).unwrap();
        assert!(fs::read(&path).unwrap() == squeezed, "once is enough");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn of_a_damaged_one_what_is_before_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("1.kj");
        let plain: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        fs::write(&path, &plain).unwrap();
        squeeze(&path).unwrap();
        let squeezed = fs::read(&path).unwrap();
        fs::write(&path, &squeezed[..squeezed.len() / 2]).unwrap();
        let read = bytes(&path);
        assert!(!read.is_empty() && plain.starts_with(&read), "{}", read.len());
        assert!(squeeze(&dir.path().join("2.kj")).is_err());
    }
}
