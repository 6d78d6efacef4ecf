//! The directory of a store and all that lies in it: sled's files, the journal, exports, and who has them.
//!
//! A start heals what it can: groups that sled lost are put back from the journal, and files that cannot be read are
//! replaced by the newest good export (or, while the journal still goes back to the beginning, by nothing) and the
//! journal after it. It never goes on with less than what is known to have been acknowledged. sled reads a page when
//! it is asked for; so damage that a start does not meet is met by the next export, which leaves word of it.

use std::{
    fmt,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    SledOptions,
    engine::Engine,
    export::{self, Exported, Exports},
    guard::{self, caught},
    journal::Journal,
};
use crate::store::{
    Result, StoreError, keys,
    plan::{Overlay, next},
};

/// What opening a store had to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// How many groups of commits were put back from the journal.
    pub replayed: u64,
    /// The export that took the place of damaged files.
    pub restored_from: Option<PathBuf>,
    /// Where the damaged files are now.
    pub moved_aside: Option<PathBuf>,
}

impl Opened {
    /// Whether the files were damaged and are now others: the operator is to be told.
    pub fn repaired(&self) -> bool {
        self.restored_from.is_some() || self.moved_aside.is_some()
    }
}

impl fmt::Display for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.restored_from {
            Some(copy) => write!(f, "Хранилище восстановлено из копии «{}»", copy.display())?,
            None if self.repaired() => f.write_str("Хранилище восстановлено по журналу")?,
            None => f.write_str("Хранилище открыто")?,
        }
        if self.replayed > 0 {
            write!(f, "; дописано из журнала групп записей: {}", self.replayed)?;
        }
        match &self.moved_aside {
            Some(aside) => write!(f, "; повреждённые файлы отложены в «{}»", aside.display()),
            None => Ok(()),
        }
    }
}

/// The file, beside those of sled, that says what cannot be read in them; moved aside with them.
const DAMAGED: &str = "damaged";

/// Where things lie.
struct Place {
    options: SledOptions,
    journal: Journal,
    exports: Exports,
    /// The last group known to have been acknowledged; `None` if the store was never created.
    known: Option<u64>,
}

impl Place {
    fn of(options: &SledOptions) -> Result<Self> {
        let root = &options.path;
        let journal = Journal::open(root.join("journal"))?;
        let exports = Exports::open(root.join("exports"))?;
        let written = guard::read_watermark(&root.join("watermark"))?;
        let exported = exports.all()?.last().map(|(group, _)| *group);
        let journaled = journal.files()?.first().map(|_| 0);
        Ok(Self { known: written.max(exported).max(journaled), options: options.clone(), journal, exports })
    }

    fn db(&self) -> PathBuf {
        self.options.path.join("db")
    }

    /// What an export could not read, if one left word.
    fn damage(&self) -> Option<String> {
        fs::read_to_string(self.db().join(DAMAGED)).ok()
    }

    /// Opens sled's files and puts back what the journal has after them.
    fn plain(&self) -> Result<(Engine, Opened)> {
        caught(|| {
            if let Some(why) = self.damage() {
                return Err(StoreError::Corrupt(why));
            }
            if self.known.is_some() && !self.db().join("db").exists() {
                return Err(StoreError::Corrupt("файлов с данными нет".to_owned()));
            }
            let engine = Engine::open(&self.db(), &self.options, self.known.is_some())?;
            let opened = Opened { replayed: self.replay(&engine)?, ..Opened::default() };
            Ok((engine, opened))
        })
    }

    /// Puts back what the journal has after the engine's last group, unless something would still be missing.
    fn replay(&self, engine: &Engine) -> Result<u64> {
        let group = engine.group()?;
        let reach = self.journal.reach(group)?;
        let known = self.known.unwrap_or(0).max(reach.last);
        if reach.whole < known {
            let found = reach.whole;
            return Err(StoreError::Corrupt(format!(
                "часть записанного пропала: прочитано групп записей: {found}, а было не меньше {known}"
            )));
        }
        if reach.whole > group {
            self.journal.replay(group, |writes| engine.apply(writes))?;
        }
        Ok(reach.whole - group)
    }

    /// Puts a store made anew from the newest good export and the journal in the place of damaged files.
    fn heal(&self, why: &str) -> Result<(Engine, Opened)> {
        tracing::error!(error = why, "хранилище повреждено, восстанавливаю");
        let export = self.exports.newest_good()?;
        let new = self.build(export.as_ref().map(|(_, path)| path.as_path()));
        let (new, replayed) = new.map_err(|e| match e {
            StoreError::Corrupt(than) => StoreError::Corrupt(self.hopeless(why, &than)),
            other => other,
        })?;
        let moved_aside = self.replace(&new)?;
        let engine = caught(|| Engine::open(&self.db(), &self.options, true))?;
        Ok((engine, Opened { replayed, restored_from: export.map(|(_, path)| path), moved_aside }))
    }

    fn hopeless(&self, why: &str, than: &str) -> String {
        let as_is = match self.damage() {
            Some(_) => {
                format!(". Чтобы открыть его как есть, удалите файл «{}»", self.db().join(DAMAGED).display())
            }
            None => String::new(),
        };
        format!(
            "{why}. Восстановить его само не вышло: {than}. Ничего не удалено. Отложите каталог «{}» в сторону и \
             восстановите хранилище из сохранённой где-то ещё копии: kurator store restore{as_is}",
            self.options.path.display()
        )
    }

    /// Makes sled's files from an export, or from nothing, and the journal after it; returns where they are.
    fn build(&self, export: Option<&Path>) -> Result<(PathBuf, u64)> {
        let dir = self.options.path.join("db.new");
        // Left over by a start that was broken off.
        guard::remove(&dir)?;
        let replayed = caught(|| {
            let engine = Engine::open(&dir, &self.options, false)?;
            if let Some(export) = export {
                export::load(export, &engine)?;
            }
            self.replay(&engine)
        });
        if replayed.is_err() {
            // Room on the disk; the next start removes it if this does not.
            let _ = guard::remove(&dir);
        }
        Ok((dir, replayed?))
    }

    /// Puts sled's files in the place of those there are; returns where these are now.
    fn replace(&self, new: &Path) -> Result<Option<PathBuf>> {
        let db = self.db();
        guard::wait_released(new);
        guard::wait_released(&db);
        let aside = guard::move_aside(&db)?;
        // Broken off here, the next start finds no files and makes them again.
        guard::rename(new, &db)?;
        Ok(aside)
    }
}

/// An open store's files. The lock goes last, when sled has let go of them.
pub(super) struct Home {
    engine: Engine,
    /// Whoever has it writes; there is none after a write that failed, as what is in memory may then differ from what
    /// is on disk.
    journal: Mutex<Option<Journal>>,
    exports: Exports,
    /// The number of the last group that is surely on disk.
    durable: AtomicU64,
    watermark: PathBuf,
    opened: Opened,
    lock: Arc<File>,
}

impl Home {
    /// Opens, creates or heals the store; what is damaged is moved aside and nothing is deleted.
    pub(super) fn open(options: &SledOptions) -> Result<Self> {
        guard::create(&options.path)?;
        let lock = Arc::new(guard::lock(&options.path.join("instance.lock"))?);
        let place = Place::of(options)?;
        let (engine, opened) = match place.plain() {
            Err(StoreError::Corrupt(why)) => place.heal(&why)?,
            other => other?,
        };
        let durable = engine.group()?;
        let watermark = options.path.join("watermark");
        guard::write_watermark(&watermark, durable)?;
        let (journal, exports) = (Mutex::new(Some(place.journal)), place.exports);
        Ok(Self { engine, journal, exports, durable: AtomicU64::new(durable), watermark, opened, lock })
    }

    /// What is read from.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What opening it had to do.
    pub(super) fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Makes what is written over the engine in one transaction, in the journal and in sled's files when it returns.
    pub(super) fn commit(&self, mut merged: Overlay<'_, Engine>) -> Result<()> {
        if merged.is_empty() {
            return Ok(());
        }
        self.writing(|journal| {
            let number = next(&mut merged, keys::SEQ_GROUP)?;
            let writes = merged.into_writes();
            journal.append(number, &writes)?;
            self.engine.apply(&writes)?;
            self.durable.store(number, Ordering::Relaxed);
            Ok(())
        })
    }

    /// Lets nobody else write meanwhile, and nobody ever after an error or a panic.
    fn writing<T>(&self, work: impl FnOnce(&mut Journal) -> Result<T>) -> Result<T> {
        let mut place = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let stopped = || StoreError::Unavailable("запись остановлена".to_owned());
        let mut journal = place.take().ok_or_else(stopped)?;
        let done = work(&mut journal)?;
        *place = Some(journal);
        Ok(done)
    }

    /// Writes all trees into a file while commits wait.
    pub(super) fn export(&self, to: &Path) -> Result<Exported> {
        // Its failure harms no commit.
        self.writing(|_| Ok(caught(|| export::write(&self.engine, to))))?
    }

    /// Exports into the store's own directory, if anything was written since the last time, and removes what is too
    /// old there and in the journal.
    pub(super) fn backup(&self) -> Result<PathBuf> {
        let made = self.writing(|journal| {
            Ok(caught(|| {
                let group = self.engine.group()?;
                let path = self.exports.path(group);
                if !path.exists() {
                    export::write(&self.engine, &path)?;
                    journal.roll();
                }
                Ok(path)
            }))
        });
        let path = made?.inspect_err(|e| self.leave_word(e))?;
        // The newest of all is the clock, so that a store that is not written to loses nothing.
        let now = guard::written(&path)?;
        self.exports.prune(now)?;
        let oldest = self.exports.all()?.first().map_or(0, |(group, _)| *group);
        self.writing(|journal| Ok(journal.prune(oldest, now)))??;
        Ok(path)
    }

    /// Has the next start heal what is damaged.
    fn leave_word(&self, e: &StoreError) {
        if let StoreError::Corrupt(why) = e {
            let path = self.watermark.with_file_name("db").join(DAMAGED);
            if let Err(e) = fs::write(&path, why) {
                tracing::warn!(error = %e, path = %path.display(), "о повреждении не записано");
            }
        }
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
    let place = Place::of(options)?;
    if place.known.is_some() {
        let why = format!("в каталоге «{}» уже есть хранилище", options.path.display());
        return Err(StoreError::Unavailable(why));
    }
    let (new, _) = place.build(Some(from))?;
    place.replace(&new)?;
    guard::write_watermark(&options.path.join("watermark"), exported.group)?;
    Ok(exported)
}

/// Makes sled's files anew from an export of them: what was removed or replaced is then nowhere in them.
pub(super) fn compact(options: &SledOptions) -> Result<Exported> {
    let home = Home::open(options)?;
    let copy = home.backup()?;
    let exported = export::verify(&copy)?;
    let lock = Arc::clone(&home.lock);
    drop(home);
    let place = Place::of(options)?;
    let (new, _) = place.build(Some(&copy))?;
    if let Some(old) = place.replace(&new)? {
        guard::remove(&old)?;
    }
    drop(lock);
    Ok(exported)
}
