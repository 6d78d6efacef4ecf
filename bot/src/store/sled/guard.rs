//! What sled 0.34.7 needs around it to be safe on Linux.
//!
//! Its `flush` calls `sync_file_range`, which leaves a file's size and extents to the next real sync: a power cut
//! under load makes the files unreadable. The sync attribute of the directory makes every write a whole one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::DirBuilderExt as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rustix::fs::{FlockOperation, flock};

use crate::store::{Result, StoreError};

/// How long to wait for sled's threads to let go of the files: ten seconds in all.
const RELEASE_TRIES: u32 = 1_000;
const RELEASE_NAP: Duration = Duration::from_millis(10);

/// An input/output error with what was being done.
pub(super) fn io_error(path: &Path, e: &io::Error) -> StoreError {
    let what = format!("{}: {e}", path.display());
    if is_full(e) { StoreError::Full(what) } else { StoreError::Unavailable(what) }
}

/// Whether it would go well if there were more room: on the disk, in a quota, or for the file.
pub(super) fn is_full(e: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(e.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Runs a call into sled, which panics on some damage instead of returning an error.
pub(super) fn caught<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().map(String::as_str);
        let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("паника");
        Err(StoreError::Corrupt(why.to_owned()))
    })
}

/// Creates the directory, for its owner alone, and makes its entry in the parent durable.
pub(super) fn create(dir: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .and_then(|()| sync_parent(dir))
        .map_err(|e| io_error(dir, &e))
}

/// Takes the store for this process as long as the file lives, or tells who has it.
///
/// sled's own lock names nobody.
pub(super) fn lock(path: &Path) -> Result<File> {
    let open = || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let mut file = open().map_err(|e| io_error(path, &e))?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut holder = String::new();
        return match file.read_to_string(&mut holder) {
            Ok(_) if !holder.trim().is_empty() => Err(StoreError::Locked(holder.trim().to_owned())),
            _ => Err(StoreError::Locked(path.display().to_string())),
        };
    }
    write_holder(&mut file).map_err(|e| io_error(path, &e))?;
    Ok(file)
}

fn write_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    write!(file, "процесс {}", std::process::id())?;
    // The file system's stamp: the store reads no clock.
    if let Ok(started) = jiff::Timestamp::try_from(file.metadata()?.modified()?) {
        write!(file, ", запущен {started:.0}")?;
    }
    writeln!(file)
}

/// Sets the sync attribute on a directory or file, or refuses unless the operator allowed to go without it.
///
/// New files of a directory inherit it on ext4 and XFS.
pub(super) fn make_durable(path: &Path, allow_unsafe: bool) -> Result<()> {
    let Err(e) = File::open(path).and_then(|file| set_sync(&file)) else { return Ok(()) };
    if allow_unsafe {
        tracing::warn!(path = %path.display(), error = %e, "хранилище может не пережить отключения питания");
        return Ok(());
    }
    Err(StoreError::Unsafe(format!(
        "«{}» лежит на файловой системе, которая не сбережёт данные при отключении питания (атрибут sync: {e}). \
         Перенесите хранилище на диск с ext4 или XFS (в Docker подключите его томом), а если потерять данные не \
         страшно, укажите allow_unsafe = true в разделе [store]",
        path.display()
    )))
}

#[cfg(target_os = "linux")]
fn set_sync(file: &File) -> io::Result<()> {
    use rustix::fs::{IFlags, ioctl_getflags, ioctl_setflags};

    let flags = ioctl_getflags(file)?;
    if flags.contains(IFlags::SYNC) {
        return Ok(());
    }
    ioctl_setflags(file, flags | IFlags::SYNC)?;
    // Some file systems take the call and ignore the attribute.
    if ioctl_getflags(file)?.contains(IFlags::SYNC) {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}

#[cfg(not(target_os = "linux"))]
fn set_sync(_: &File) -> io::Result<()> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// Removes snapshots that a killed process left half written.
///
/// sled would take one for a snapshot and fail for ever after. Nothing is lost: the snapshot before it is deleted
/// only once the new one has its final name.
pub(super) fn drop_unfinished_snapshots(dir: &Path) -> Result<()> {
    let sweep = || -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("snap.") && name.ends_with(".generating") {
                tracing::warn!(path = %path.display(), "убран недописанный снимок");
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    };
    sweep().map_err(|e| io_error(dir, &e))
}

/// Waits until nobody holds sled's files in a directory.
///
/// Our own lock says that no other process has the store, but sled's pool of threads may keep the files of one that
/// this process has just closed for some milliseconds more.
pub(super) fn wait_released(dir: &Path) {
    let Ok(file) = File::open(dir.join("db")) else { return };
    for _ in 0..RELEASE_TRIES {
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
            return;
        }
        std::thread::sleep(RELEASE_NAP);
    }
}

/// Renames what is damaged to the first free name of `….corrupt-1`, `….corrupt-2`; `None` if there is nothing.
pub(super) fn move_aside(path: &Path) -> Result<Option<PathBuf>> {
    if !path.exists() {
        return Ok(None);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut n = 1;
    let aside = loop {
        let aside = path.with_file_name(format!("{name}.corrupt-{n}"));
        if !aside.exists() {
            break aside;
        }
        n += 1;
    };
    rename(path, &aside)?;
    Ok(Some(aside))
}

/// Renames, on disk when it returns.
pub(super) fn rename(from: &Path, to: &Path) -> Result<()> {
    let renamed = fs::rename(from, to).and_then(|()| sync_parent(to));
    renamed.map_err(|e| io_error(to, &e))
}

fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// When a file was last written to, by the file system's stamp.
pub(super) fn written(path: &Path) -> Result<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).map_err(|e| io_error(path, &e))
}

/// Removes a directory and all in it, if it is there.
pub(super) fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(io_error(dir, &e)),
        _ => Ok(()),
    }
}

/// Reads how many groups of commits were surely on disk when the store was last opened or closed; `None` if it was
/// never created.
///
/// sled takes a damaged end of its log for one that was never written, and a damaged beginning for a new store.
pub(super) fn read_watermark(path: &Path) -> Result<Option<u64>> {
    match fs::read_to_string(path) {
        Ok(text) => match text.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(StoreError::Corrupt(format!("в «{}» не число", path.display()))),
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(io_error(path, &e)),
    }
}

/// Replaces the number whole, so that a power cut leaves this one or the one before.
pub(super) fn write_watermark(path: &Path, number: u64) -> Result<()> {
    let write = || -> io::Result<()> {
        let new = path.with_extension("new");
        let mut file = File::create(&new)?;
        writeln!(file, "{number}")?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        sync_parent(path)
    };
    write().map_err(|e| io_error(path, &e))
}
