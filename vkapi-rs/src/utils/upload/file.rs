//! What is uploaded.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use reqwest::{Body, multipart::Part};
use ring::digest::{Context, SHA256};
use tokio::{fs::File, io::AsyncReadExt};

use super::UploadError;

/// Bytes read of a file at once, to know it by its content.
const CHUNK: usize = 64 << 10;

/// A file to upload: in memory, or on disk, from where it is read as it is sent and never held whole.
///
/// Anything that becomes [`Bytes`] is one in memory, and a [`PathBuf`] or a [`Path`] one on disk.
#[derive(Clone, Debug)]
pub struct InputFile(Content);

#[derive(Clone, Debug)]
enum Content {
    Memory(Bytes),
    Disk(Arc<Path>),
}

impl InputFile {
    /// A file in memory.
    pub fn memory(bytes: impl Into<Bytes>) -> Self {
        Self(Content::Memory(bytes.into()))
    }

    /// A file on disk; opened anew for each try.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self(Content::Disk(path.into().into()))
    }

    /// How many bytes it has.
    pub(super) async fn length(&self) -> Result<u64, UploadError> {
        match &self.0 {
            Content::Memory(bytes) => Ok(bytes.len() as u64),
            Content::Disk(path) => {
                let about = tokio::fs::metadata(path).await.map_err(disk)?;
                if about.is_file() { Ok(about.len()) } else { Err(UploadError::File("not a file")) }
            }
        }
    }

    /// Its first bytes, up to 8.
    pub(super) async fn begin(&self) -> Result<Bytes, UploadError> {
        match &self.0 {
            Content::Memory(bytes) => Ok(bytes.slice(..bytes.len().min(8))),
            Content::Disk(path) => {
                let mut begin = Vec::new();
                let file = File::open(path).await.map_err(disk)?;
                file.take(8).read_to_end(&mut begin).await.map_err(disk)?;
                Ok(begin.into())
            }
        }
    }

    /// A part of a form with so many bytes of it, as the length was found.
    pub(super) async fn part(&self, length: u64) -> Result<Part, UploadError> {
        let body = match &self.0 {
            Content::Memory(bytes) => Body::from(bytes.clone()),
            Content::Disk(path) => File::open(path).await.map_err(disk)?.into(),
        };
        Ok(Part::stream_with_length(body, length))
    }

    /// SHA-256 of its content.
    pub(crate) async fn hash(&self) -> Result<[u8; 32], UploadError> {
        let mut context = Context::new(&SHA256);
        match &self.0 {
            Content::Memory(bytes) => context.update(bytes),
            Content::Disk(path) => {
                let mut file = File::open(path).await.map_err(disk)?;
                let mut chunk = vec![0; CHUNK];
                loop {
                    let read = file.read(&mut chunk).await.map_err(disk)?;
                    if read == 0 {
                        break;
                    }
                    context.update(&chunk[..read]);
                }
            }
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Ok(hash)
    }
}

fn disk(error: io::Error) -> UploadError {
    UploadError::Disk(Arc::new(error))
}

macro_rules! in_memory {
    ($($type:ty),*) => {$(
        impl From<$type> for InputFile {
            fn from(bytes: $type) -> Self {
                Self::memory(bytes)
            }
        }
    )*};
}
in_memory!(Bytes, Vec<u8>, String, &'static [u8], &'static str);

impl<const N: usize> From<&'static [u8; N]> for InputFile {
    fn from(bytes: &'static [u8; N]) -> Self {
        Self::memory(&bytes[..])
    }
}

impl From<PathBuf> for InputFile {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&Path> for InputFile {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}
