//! Room on the disk: how much has to be left for a write to be begun.
//!
//! sled cannot go on after it has met a full disk, so writing stops before that: what people do waits first, and only
//! later what has happened already, such as VK's having taken a message, which nobody may forget.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::store::{Result, StoreError};

const MIB: u64 = 1 << 20;
/// Below this many bytes commits wait.
pub(super) const RESERVE: u64 = 64 * MIB;
/// Below this many bytes what has happened already is not noted down either.
pub(super) const NOTES: u64 = 32 * MIB;
/// Below this many bytes a store is not opened: recovery writes too.
pub(super) const START: u64 = 16 * MIB;

/// Tells how many bytes are free where a path lies.
pub(super) type Free = fn(&Path) -> io::Result<u64>;

/// The room where a store lies.
pub(super) struct Room {
    path: PathBuf,
    free: Free,
}

impl Room {
    /// The room where the directory lies.
    pub(super) fn of(path: &Path, free: Free) -> Self {
        Self { path: path.to_owned(), free }
    }

    /// How many bytes are free. A file system that does not tell is met when it is written to.
    pub(super) fn free(&self) -> u64 {
        (self.free)(&self.path).unwrap_or(u64::MAX)
    }

    /// Fails with [`StoreError::Full`] if fewer bytes are free.
    pub(super) fn check(&self, least: u64) -> Result<()> {
        let free = self.free();
        if free >= least {
            return Ok(());
        }
        Err(StoreError::Full(format!(
            "там, где лежит «{}», свободно {} МиБ, а нужно не меньше {}",
            self.path.display(),
            free / MIB,
            least.div_ceil(MIB)
        )))
    }
}

/// What the file system says.
pub(super) fn on_disk(path: &Path) -> io::Result<u64> {
    let stat = rustix::fs::statvfs(path)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}
