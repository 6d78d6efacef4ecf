//! Where the parts of a store lie in its directory, and how its files are opened, healed and made anew.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use super::{
    SledOptions,
    engine::Engine,
    export::{self, Exports},
    guard::{self, caught},
    journal::Journal,
};
use crate::store::{Result, StoreError};

/// What opening a store had to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// How many groups of commits were put back from the journal.
    pub replayed: u64,
    /// The export that took the place of damaged files.
    pub restored_from: Option<PathBuf>,
    /// Where the damaged files are now.
    pub moved_aside: Option<PathBuf>,
    /// The older schema it was brought up to date from.
    pub migrated_from: Option<u32>,
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
        if let Some(schema) = self.migrated_from {
            write!(f, "; переведено со схемы {schema}")?;
        }
        match &self.moved_aside {
            Some(aside) => write!(f, "; повреждённые файлы отложены в «{}»", aside.display()),
            None => Ok(()),
        }
    }
}

/// The file, beside those of sled, that says what cannot be read in them; moved aside with them.
pub(super) const DAMAGED: &str = "damaged";

/// Where things lie.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) options: SledOptions,
    pub(super) exports: Exports,
    /// The last group known to have been acknowledged; `None` if the store was never created.
    pub(super) known: Option<u64>,
}

impl Place {
    /// Looks at the directory of a store, which has to be there.
    pub(super) fn of(options: &SledOptions) -> Result<(Self, Journal)> {
        let root = &options.path;
        let journal = Journal::open(root.join("journal"))?;
        let exports = Exports::open(root.join("exports"))?;
        let written = guard::read_watermark(&root.join("watermark"))?;
        let exported = exports.all()?.last().map(|(group, _)| *group);
        let journaled = journal.files()?.first().map(|_| 0);
        let known = written.max(exported).max(journaled);
        Ok((Self { known, options: options.clone(), exports }, journal))
    }

    pub(super) fn db(&self) -> PathBuf {
        self.options.path.join("db")
    }

    /// What an export could not read, if one left word.
    fn damage(&self) -> Option<String> {
        fs::read_to_string(self.db().join(DAMAGED)).ok()
    }

    /// Opens sled's files with all that was acknowledged in them, healing them if they are damaged.
    pub(super) fn open(&self, journal: &Journal) -> Result<(Engine, Opened)> {
        match self.plain(journal) {
            Err(StoreError::Corrupt(why)) => self.heal(journal, &why),
            other => other,
        }
    }

    /// Opens sled's files and puts back what the journal has after them.
    fn plain(&self, journal: &Journal) -> Result<(Engine, Opened)> {
        caught(|| {
            if let Some(why) = self.damage() {
                return Err(StoreError::Corrupt(why));
            }
            if self.known.is_some() && !self.db().join("db").exists() {
                return Err(StoreError::Corrupt("файлов с данными нет".to_owned()));
            }
            let engine = Engine::open(&self.db(), &self.options, self.known.is_some())?;
            let opened = Opened { replayed: self.replay(journal, &engine)?, ..Opened::default() };
            Ok((engine, opened))
        })
    }

    /// Puts back what the journal has after the engine's last group, unless something would still be missing.
    fn replay(&self, journal: &Journal, engine: &Engine) -> Result<u64> {
        let group = engine.group()?;
        let reach = journal.reach(group)?;
        let known = self.known.unwrap_or(0).max(reach.last);
        if reach.whole < known {
            let found = reach.whole;
            return Err(StoreError::Corrupt(format!(
                "часть записанного пропала: прочитано групп записей: {found}, а было не меньше {known}"
            )));
        }
        if reach.whole > group {
            journal.replay(group, |writes| engine.apply(writes))?;
        }
        Ok(reach.whole - group)
    }

    /// Puts a store made anew from the newest good export and the journal in the place of damaged files.
    fn heal(&self, journal: &Journal, why: &str) -> Result<(Engine, Opened)> {
        tracing::error!(error = why, "хранилище повреждено, восстанавливаю");
        let export = self.exports.newest_good()?;
        let new = self.build(journal, export.as_ref().map(|(_, path)| path.as_path()));
        let (new, replayed) = new.map_err(|e| match e {
            StoreError::Corrupt(than) => StoreError::Corrupt(self.hopeless(why, &than)),
            other => other,
        })?;
        let moved_aside = self.replace(&new)?;
        let engine = caught(|| Engine::open(&self.db(), &self.options, true))?;
        Ok((
            engine,
            Opened {
                replayed,
                restored_from: export.map(|(_, path)| path),
                moved_aside,
                migrated_from: None,
            },
        ))
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
    pub(super) fn build(&self, journal: &Journal, export: Option<&Path>) -> Result<(PathBuf, u64)> {
        let dir = self.options.path.join("db.new");
        // Left over by a start that was broken off.
        guard::remove(&dir)?;
        let replayed = caught(|| {
            let engine = Engine::open(&dir, &self.options, false)?;
            if let Some(export) = export {
                export::load(export, &engine)?;
            }
            self.replay(journal, &engine)
        });
        if replayed.is_err() {
            // Room on the disk; the next start removes it if this does not.
            let _ = guard::remove(&dir);
        }
        Ok((dir, replayed?))
    }

    /// Puts sled's files in the place of those there are; returns where these are now.
    pub(super) fn replace(&self, new: &Path) -> Result<Option<PathBuf>> {
        let db = self.db();
        guard::wait_released(new);
        guard::wait_released(&db);
        let aside = guard::move_aside(&db)?;
        // Broken off here, the next start finds no files and makes them again.
        guard::rename(new, &db)?;
        Ok(aside)
    }
}
