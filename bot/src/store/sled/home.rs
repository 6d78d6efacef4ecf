//! A store that is open: sled's files, the journal, exports, and who has them.
//!
//! A start heals what it can: groups that sled lost are put back from the journal, and files that cannot be read are
//! replaced by the newest good export (or, while the journal still goes back to the beginning, by nothing) and the
//! journal after it. It never goes on with less than what is known to have been acknowledged. sled reads a page when
//! it is asked for; so damage that a start does not meet is met by the next export, which leaves word of it.
//!
//! sled cannot go on after it has met a full disk. Its files are then shut, and opened again when there is room; what
//! it lacks is put back from the journal, which had everything first.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use super::{
    Exported, Opened, SledOptions,
    engine::Engine,
    export,
    guard::{self, caught},
    journal::Journal,
    migrate::Step,
    place::{DAMAGED, Place},
    room::{self, Free, Room},
    squeeze,
    stats::{self, Stats},
};
use crate::store::{
    Result, StoreError,
    keys::{self, Tree},
    plan::Writes,
    records::Record,
};

/// Files of fewer bytes are not worth making anew.
const SMALL: u64 = 64 << 20;
/// Files that take so many times what is in them are worth making anew: freshly made they take about 1.6 times as
/// much, and 2 to 4 times in use.
const GROWN: u64 = 5;

/// An open store's files. The lock goes last, when sled has let go of them.
pub(super) struct Home {
    /// There is none while sled's files are shut.
    engine: RwLock<Option<Engine>>,
    /// Whoever has it writes; there is none after a write that failed, as what is in memory may then differ from what
    /// is on disk.
    journal: Mutex<Option<Journal>>,
    place: Place,
    room: Room,
    /// A read met the full disk.
    suspect: AtomicBool,
    /// The number of the last group that is surely on disk.
    durable: AtomicU64,
    watermark: PathBuf,
    opened: Opened,
    _lock: File,
}

impl Home {
    /// Opens, creates or heals the store; what is damaged is moved aside and nothing is deleted.
    pub(super) fn open(options: &SledOptions, free: Free) -> Result<Self> {
        guard::create(&options.path)?;
        let lock = guard::lock(&options.path.join("instance.lock"))?;
        let room = Room::of(&options.path, free);
        room.check(room::START)?;
        let (place, journal) = Place::of(options)?;
        let (engine, opened) = place.open(&journal)?;
        let durable = engine.group()?;
        let watermark = options.path.join("watermark");
        guard::write_watermark(&watermark, durable)?;
        Ok(Self {
            engine: RwLock::new(Some(engine)),
            journal: Mutex::new(Some(journal)),
            place,
            room,
            suspect: AtomicBool::new(false),
            durable: AtomicU64::new(durable),
            watermark,
            opened,
            _lock: lock,
        })
    }

    /// Migrates, and notes that among what opening had to do.
    pub(super) fn bring_up_to_date(&mut self, steps: &[Step]) -> Result<()> {
        self.opened.migrated_from = self.migrate(steps)?;
        Ok(())
    }

    /// Reads from sled's files.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Engine) -> Result<T>) -> Result<T> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        let Some(engine) = &*engine else {
            return Err(StoreError::Full("файлы хранилища откроются, когда место появится".to_owned()));
        };
        caught(|| work(engine)).inspect_err(|e| {
            if matches!(e, StoreError::Full(_)) {
                self.suspect.store(true, Ordering::Relaxed);
            }
        })
    }

    /// What opening it had to do.
    pub(super) fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The directory it lies in.
    pub(super) fn dir(&self) -> &Path {
        &self.place.options.path
    }

    /// Sees to it that there is room to write, and that sled's files are open. `notes` are what has happened already.
    pub(super) fn ready(&self, notes: bool) -> Result<()> {
        self.room.check(if notes { room::NOTES } else { room::RESERVE })?;
        if self.suspect.swap(false, Ordering::Relaxed) {
            self.shut();
        }
        if self.engine.read().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        self.writing(|journal| {
            let (engine, opened) = self.now().open(journal)?;
            tracing::info!(replayed = opened.replayed, "файлы хранилища открыты снова");
            *self.engine.write().unwrap_or_else(PoisonError::into_inner) = Some(engine);
            Ok(())
        })
    }

    /// Where things lie, and what is known by now to be there.
    fn now(&self) -> Place {
        Place { known: Some(self.durable.load(Ordering::Relaxed)), ..self.place.clone() }
    }

    fn shut(&self) {
        drop(self.engine.write().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Makes writes in one transaction, in the journal when it returns and soon in sled's files.
    ///
    /// Fails with [`StoreError::Full`] if nothing was written for want of room, which harms nothing.
    pub(super) fn commit(&self, mut writes: Writes) -> Result<()> {
        if writes.is_empty() {
            return Ok(());
        }
        self.writing(|journal| {
            let number = self.durable.load(Ordering::Relaxed) + 1;
            writes.set(Tree::Meta, keys::SEQ_GROUP.to_vec(), Some(number.encode()?));
            journal.append(number, &writes)?;
            self.durable.store(number, Ordering::Relaxed);
            match self.read(|engine| engine.apply(&writes)) {
                // The journal has it and puts it back once there is room.
                Err(StoreError::Full(_)) => {
                    self.shut();
                    Ok(())
                }
                made => made,
            }
        })
    }

    /// What [`Self::commit`] leaves when sled has met a full disk.
    #[cfg(test)]
    pub(super) fn commit_to_journal_alone(&self, writes: Writes) {
        self.shut();
        self.commit(writes).unwrap();
    }

    /// Lets nobody else write meanwhile, and nobody ever after an error or a panic, unless it was only want of room.
    fn writing<T>(&self, work: impl FnOnce(&mut Journal) -> Result<T>) -> Result<T> {
        let mut place = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let stopped = || StoreError::Unavailable("запись остановлена".to_owned());
        let mut journal = place.take().ok_or_else(stopped)?;
        let done = work(&mut journal);
        if matches!(done, Ok(_) | Err(StoreError::Full(_))) {
            *place = Some(journal);
        }
        done
    }

    /// Writes all trees into a file while commits wait.
    pub(super) fn export(&self, to: &Path) -> Result<Exported> {
        // Its failure harms no commit.
        self.writing(|_| Ok(self.read(|engine| export::write(engine, to))))?
    }

    /// Exports into the store's own directory, if anything was written since the last time, and removes what is too
    /// old there and in the journal, and squeezes what is not the newest.
    pub(super) fn backup(&self) -> Result<PathBuf> {
        let made = self.writing(|journal| Ok(self.copy(journal)));
        let path = made?.inspect_err(|e| self.leave_word(e))?;
        // The newest of all is the clock, so that a store that is not written to loses nothing.
        let now = guard::written(&path)?;
        let exports = &self.place.exports;
        exports.prune(now)?;
        let oldest = exports.all()?.first().map_or(0, |(group, _)| *group);
        let journal =
            self.writing(|journal| Ok(journal.prune(oldest, now).and_then(|()| journal.files())))??;
        self.squeeze(&journal);
        self.squeeze(&exports.all()?);
        Ok(path)
    }

    /// Squeezes all of these files but the newest, which is written to or read first when something is healed. Nobody
    /// waits for it; what cannot be done now is tried after the next export.
    fn squeeze(&self, files: &[(u64, PathBuf)]) {
        let Some((_, older)) = files.split_last() else { return };
        for (_, path) in older {
            let room = self.room.check(room::RESERVE + stats::size(path));
            if let Err(e) = room.and_then(|()| squeeze::squeeze(path)) {
                tracing::warn!(error = %e, path = %path.display(), "файл не сжат");
                return;
            }
        }
    }

    fn copy(&self, journal: &mut Journal) -> Result<PathBuf> {
        let exports = &self.place.exports;
        // As big as the last one, so that it does not take the room that commits need.
        let size = exports.all()?.last().map_or(0, |(_, path)| stats::size(path));
        self.room.check(room::RESERVE + size)?;
        self.read(|engine| {
            let path = exports.path(engine.group()?);
            if !path.exists() {
                export::write(engine, &path)?;
                journal.roll();
            }
            Ok(path)
        })
    }

    /// Has the next start heal what is damaged.
    fn leave_word(&self, e: &StoreError) {
        if let StoreError::Corrupt(why) = e {
            let path = self.place.db().join(DAMAGED);
            if let Err(e) = fs::write(&path, why) {
                tracing::warn!(error = %e, path = %path.display(), "о повреждении не записано");
            }
        }
    }

    /// Reads each of the store's own exports to its end.
    pub(super) fn verify_exports(&self) -> Result<Vec<PathBuf>> {
        let all = self.place.exports.all()?;
        all.into_iter().map(|(_, path)| export::verify(&path).map(|_| path)).collect()
    }

    /// Makes sled's files anew from an export of them: what was removed or replaced is then nowhere in them. Commits
    /// wait meanwhile, reads only while one set of files takes the place of the other.
    pub(super) fn compact(&self) -> Result<Exported> {
        let copy = self.backup()?;
        let exported = export::verify(&copy)?;
        self.room.check(room::RESERVE + GROWN * stats::size(&copy))?;
        self.writing(|journal| {
            // What was committed since is put back from the journal.
            let place = self.now();
            // Its failure harms no commit: the files that are open are still those there are.
            let new = match place.build(journal, Some(&copy)) {
                Ok((new, _)) => new,
                Err(e) => return Ok(Err(e)),
            };
            let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
            // sled names its files by their directory: the old ones have to be closed before the new are there.
            drop(engine.take());
            let replaced = place.replace(&new);
            // Whichever of both are there.
            *engine = Some(place.open(journal)?.0);
            drop(engine);
            Ok(replaced.and_then(|old| old.map_or(Ok(()), |old| guard::remove(&old))).map(|()| exported))
        })?
    }

    /// [`Self::compact`] if the files have outgrown what is in them.
    pub(super) fn compact_if_grown(&self) -> Result<Option<Exported>> {
        let files = self.read(Engine::size)?;
        let Some((_, copy)) = self.place.exports.all()?.pop() else { return Ok(None) };
        if files < SMALL || files < GROWN * stats::size(&copy) {
            return Ok(None);
        }
        self.compact().map(Some)
    }

    /// How the store stands, counted by reading all of it if `count`.
    pub(super) fn stats(&self, count: bool) -> Result<Stats> {
        let trees = if count { self.read(Engine::count)? } else { Vec::new() };
        Ok(Stats {
            group: self.durable.load(Ordering::Relaxed),
            files: stats::size(&self.place.db()),
            journal: stats::size(&self.dir().join("journal")),
            exports: stats::size(&self.dir().join("exports")),
            free: self.room.free(),
            newest_export: self.place.exports.all()?.pop().map(|(_, path)| path),
            opened: self.opened.to_string(),
            waits: None,
            trees,
        })
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Err(e) = guard::write_watermark(&self.watermark, self.durable.load(Ordering::Relaxed)) {
            tracing::warn!(error = %e, "отметка о последней записи не обновлена");
        }
    }
}

/// Makes a new store from an export; refuses where there is one.
pub(super) fn import(from: &Path, options: &SledOptions) -> Result<Exported> {
    let exported = export::verify(from)?;
    guard::create(&options.path)?;
    let _lock = guard::lock(&options.path.join("instance.lock"))?;
    let (place, journal) = Place::of(options)?;
    if place.known.is_some() {
        let why = format!("в каталоге «{}» уже есть хранилище", options.path.display());
        return Err(StoreError::Unavailable(why));
    }
    let (new, _) = place.build(&journal, Some(from))?;
    place.replace(&new)?;
    guard::write_watermark(&options.path.join("watermark"), exported.group)?;
    Ok(exported)
}
