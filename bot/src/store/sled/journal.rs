//! The redo journal: every group of commits, on disk before sled sees it.
//!
//! A frame holds the group's number and the writes it plans, not the commits: writes put back do the same whatever
//! they are put over and however often, and a later version of the bot, which may plan a commit otherwise, puts back
//! the very bytes that were acknowledged. So an export, or nothing at all, and the journal after it make the store.
//!
//! A file is named by the number of its first group. One is begun at each start and after each export; so a file that
//! a power cut left with half a frame at its end is never written to again and need not be cut. A group whose frame
//! is not whole was never acknowledged; its number goes to the next one, in the next file.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use super::{
    frames::{self, Bytes, Found},
    guard::{self, io_error},
    squeeze,
};
use crate::store::{Result, StoreError, keys::Tree, plan::Writes};

/// What a file begins with; the digits are the version of its format.
const MAGIC: &[u8; 8] = b"KURJRN01";
/// A file of this size in bytes is not written to any more, so that a start has little to read.
const FULL: u64 = 64 << 20;
/// How long files are kept.
pub(super) const KEPT: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// A frame's body.
#[derive(Serialize, Deserialize)]
struct Group<'a> {
    number: u64,
    #[serde(borrow)]
    writes: Vec<(&'a str, Vec<Written<'a>>)>,
}

/// A key and its value, or `None` where it is removed.
type Written<'a> = (Bytes<'a>, Option<Bytes<'a>>);

impl Group<'_> {
    fn into_writes(self) -> Result<Writes> {
        let mut writes = Writes::default();
        for (name, pairs) in self.writes {
            let tree = Tree::named(name)
                .ok_or_else(|| StoreError::Corrupt(format!("в журнале неизвестная таблица «{name}»")))?;
            for (key, value) in pairs {
                writes.set(tree, key.0.to_vec(), value.map(|bytes| bytes.0.to_vec()));
            }
        }
        Ok(writes)
    }
}

/// How far the journal goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// The last group up to which none is missing.
    pub(super) whole: u64,
    /// The last group there is.
    pub(super) last: u64,
}

/// The journal's files and the one that is written to.
pub(super) struct Journal {
    dir: PathBuf,
    open: Option<(File, u64)>,
    buffer: Vec<u8>,
}

impl Journal {
    /// The journal of a directory, which is created if it is not there.
    pub(super) fn open(dir: PathBuf) -> Result<Self> {
        guard::create(&dir)?;
        let journal = Self { dir, open: None, buffer: Vec::new() };
        if let Some((_, newest)) = journal.files()?.last() {
            // What a killed process had written may not be on disk yet; it is relied on from here on.
            File::open(newest).and_then(|file| file.sync_all()).map_err(|e| io_error(newest, &e))?;
        }
        Ok(journal)
    }

    /// Writes a group down, on disk when it returns. After [`StoreError::Full`] it is as if that had never been tried;
    /// after any other error nothing more may be written.
    pub(super) fn append(&mut self, number: u64, writes: &Writes) -> Result<()> {
        let by_tree = writes.by_tree().map(|(tree, pairs)| {
            let pairs = pairs.iter().map(|(key, value)| (Bytes(key), value.as_deref().map(Bytes)));
            (tree.name(), pairs.collect())
        });
        let group = Group { number, writes: by_tree.collect() };
        frames::encode(&mut self.buffer, &group)?;
        let (mut file, size) = match self.open.take() {
            Some((file, size)) if size < FULL => (file, size),
            _ => (self.begin(number)?, MAGIC.len() as u64),
        };
        let written = file.write_all(&self.buffer).and_then(|()| file.sync_data());
        if let Err(e) = written {
            // The frame may be whole, but its number goes to another group.
            let cut = file.set_len(size).and_then(|()| file.sync_all());
            cut.map_err(|_| StoreError::Unavailable(format!("{}: {e}", self.dir.display())))?;
            self.open = Some((file, size));
            return Err(io_error(&self.dir, &e));
        }
        self.open = Some((file, size + self.buffer.len() as u64));
        Ok(())
    }

    fn begin(&self, number: u64) -> Result<File> {
        let path = self.dir.join(format!("{number:020}.kj"));
        // Its first frame is not whole, else the number would not be given again.
        guard::move_aside(&path)?;
        let begin = || {
            let mut file = OpenOptions::new().append(true).create_new(true).open(&path)?;
            file.write_all(MAGIC)?;
            file.sync_all()?;
            File::open(&self.dir)?.sync_all()?;
            Ok(file)
        };
        begin().map_err(|e| {
            // Tried again, it would be in the way.
            let _ = fs::remove_file(&path);
            io_error(&path, &e)
        })
    }

    /// The next group begins a file.
    pub(super) fn roll(&mut self) {
        self.open = None;
    }

    /// How far it goes after a group.
    pub(super) fn reach(&self, after: u64) -> Result<Reach> {
        let mut reach = Reach { whole: after, last: 0 };
        self.groups(after, |group| {
            if group.number == reach.whole + 1 {
                reach.whole = group.number;
            }
            reach.last = reach.last.max(group.number);
            Ok(())
        })?;
        Ok(reach)
    }

    /// Hands out the writes of each group after one, in order.
    pub(super) fn replay(&self, after: u64, mut write: impl FnMut(&Writes) -> Result<()>) -> Result<()> {
        let mut done = after;
        self.groups(after, |group| {
            if group.number != done + 1 {
                return Ok(());
            }
            done = group.number;
            write(&group.into_writes()?)
        })
    }

    /// Reads all groups after one and, as a file is read whole, some before it.
    fn groups(&self, after: u64, mut each: impl FnMut(Group<'_>) -> Result<()>) -> Result<()> {
        let files = self.files()?;
        let first = files.partition_point(|(begins, _)| *begins <= after + 1).saturating_sub(1);
        let mut buffer = Vec::new();
        for (_, path) in &files[first..] {
            let mut file = squeeze::open(path)?;
            let mut magic = Vec::new();
            let begun = file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut magic);
            let mut found = match begun.map_err(|e| io_error(path, &e))? {
                _ if magic == MAGIC => Found::Frame,
                _ => Found::Torn,
            };
            while found == Found::Frame {
                found = frames::next(&mut file, &mut buffer).map_err(|e| io_error(path, &e))?;
                if found == Found::Frame {
                    each(frames::decode(&buffer)?)?;
                }
            }
            if found == Found::Torn {
                tracing::info!(path = %path.display(), "конец файла журнала недописан, прочитано всё до него");
            }
        }
        Ok(())
    }

    /// Removes files that were last written to long before the moment and hold only groups up to `covered`.
    pub(super) fn prune(&self, covered: u64, now: SystemTime) -> Result<()> {
        for pair in self.files()?.windows(2) {
            let [(_, path), (next, _)] = pair else { continue };
            let age = now.duration_since(guard::written(path)?).unwrap_or_default();
            if age > KEPT && *next <= covered + 1 {
                fs::remove_file(path).map_err(|e| io_error(path, &e))?;
            }
        }
        Ok(())
    }

    /// Its files by the number each begins with.
    pub(super) fn files(&self) -> Result<Vec<(u64, PathBuf)>> {
        numbered(&self.dir, "kj")
    }
}

/// The files of a directory that are named by a number, by ascending number.
pub(super) fn numbered(dir: &Path, extension: &str) -> Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| io_error(dir, &e))? {
        let path = entry.map_err(|e| io_error(dir, &e))?.path();
        let number = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        if let Some(number) = number
            && path.extension().is_some_and(|e| e == extension)
        {
            files.push((number, path));
        }
    }
    files.sort();
    Ok(files)
}
