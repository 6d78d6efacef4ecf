//! sled's trees as bytes: opening, point reads, ranges, one transaction for a group of commits.

use std::{
    fs::File,
    ops::Bound,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use sled::{
    Db,
    transaction::{ConflictableTransactionError, TransactionError, Transactional},
};

use super::{SledOptions, guard};
use crate::store::{
    Result, StoreError,
    keys::{self, Tree},
    plan::{Overlay, Pair, View, next},
    records::Record,
};

/// The newest layout this version reads and the one it writes.
pub(super) const SCHEMA: u32 = 1;

/// How long to wait for sled's threads to let go of the files: ten seconds in all.
const RELEASE_TRIES: u32 = 1_000;
const RELEASE_NAP: Duration = Duration::from_millis(10);

/// The open files. The lock goes last, when sled has let go of them.
pub(super) struct Engine {
    trees: Vec<sled::Tree>,
    db: Db,
    /// The number of the last group that is surely on disk.
    durable: AtomicU64,
    watermark: PathBuf,
    _lock: File,
}

impl Engine {
    /// Opens or creates the store; damaged files are reported and nothing is deleted.
    pub(super) fn open(options: &SledOptions) -> Result<Self> {
        let root = &options.path;
        guard::create(root)?;
        let lock = guard::lock(&root.join("instance.lock"))?;
        let dir = root.join("db");
        guard::create(&dir)?;
        guard::make_durable(&dir, options.allow_unsafe)?;
        let file = dir.join("db");
        if file.exists() {
            guard::make_durable(&file, options.allow_unsafe)?;
        }
        guard::drop_unfinished_snapshots(&dir)?;
        let watermark = root.join("watermark");
        let expected = guard::read_watermark(&watermark)?;
        let config = sled::Config::new().path(&dir).cache_capacity(options.cache_bytes);
        let engine = guard::caught(|| {
            let db = open_released(&config)?;
            check_schema(&db, expected.is_some())?;
            let trees =
                Tree::ALL.iter().map(|t| db.open_tree(t.name()).map_err(error)).collect::<Result<_>>()?;
            // Should the check fail, what is known to have been written stays known.
            let durable = AtomicU64::new(expected.unwrap_or(0));
            let engine = Self { trees, db, durable, watermark, _lock: lock };
            engine.check_watermark(expected.unwrap_or(0))?;
            Ok(engine)
        })?;
        guard::make_durable(&file, options.allow_unsafe)?;
        Ok(engine)
    }

    /// Compares how much was read with how much is known to have been written.
    fn check_watermark(&self, expected: u64) -> Result<()> {
        let found = self.read(Tree::Meta, keys::SEQ_GROUP)?.unwrap_or(0);
        if found < expected {
            return Err(lost(&format!("записей: {found}, а было не меньше {expected}")));
        }
        self.durable.store(found, Ordering::Relaxed);
        guard::write_watermark(&self.watermark, found)
    }

    /// Makes what is written over the engine in one transaction, durable when it returns.
    pub(super) fn commit(&self, mut merged: Overlay<'_, Self>) -> Result<()> {
        if merged.is_empty() {
            return Ok(());
        }
        let number = next(&mut merged, keys::SEQ_GROUP)?;
        let writes = merged.into_writes();
        let (trees, batches): (Vec<_>, Vec<_>) = writes.by_tree().map(|(t, w)| (self.tree(t), w)).unzip();
        let made = trees[..].transaction(|open| {
            for (tree, batch) in open.iter().zip(&batches) {
                for (key, value) in *batch {
                    match value {
                        Some(value) => tree.insert(key.as_slice(), value.as_slice())?,
                        None => tree.remove(key.as_slice())?,
                    };
                }
            }
            Ok::<(), ConflictableTransactionError<()>>(())
        });
        match made {
            Ok(()) => self.flush()?,
            Err(TransactionError::Storage(e)) => return Err(error(e)),
            Err(TransactionError::Abort(())) => return Err(StoreError::Unavailable("прервано".to_owned())),
        }
        self.durable.store(number, Ordering::Relaxed);
        Ok(())
    }

    fn flush(&self) -> Result<()> {
        self.db.flush().map(|_| ()).map_err(error)
    }

    fn tree(&self, tree: Tree) -> &sled::Tree {
        &self.trees[tree as usize]
    }

    /// Pairs with keys between the bounds, by ascending key or from the other end.
    ///
    /// Not a snapshot: what is committed meanwhile may be seen or not.
    pub(super) fn range<'a>(
        &self,
        tree: Tree,
        from: Bound<&'a [u8]>,
        to: Bound<&'a [u8]>,
    ) -> impl DoubleEndedIterator<Item = Result<Pair>> + use<'a> {
        self.tree(tree).range::<&[u8], _>((from, to)).map(pair)
    }

    /// The size of the files in bytes.
    pub(super) fn size(&self) -> Result<u64> {
        self.db.size_on_disk().map_err(error)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Err(e) = guard::write_watermark(&self.watermark, self.durable.load(Ordering::Relaxed)) {
            tracing::warn!(error = %e, "отметка о последней записи не обновлена");
        }
    }
}

impl View for Engine {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.tree(tree).get(key).map_err(error)?.map(|value| value.to_vec()))
    }

    fn prefix(&self, tree: Tree, prefix: &[u8]) -> Result<Vec<Pair>> {
        self.tree(tree).scan_prefix(prefix).map(pair).collect()
    }

    fn last(&self, tree: Tree, from: &[u8], to: Bound<&[u8]>) -> Result<Option<Pair>> {
        self.range(tree, Bound::Included(from), to).next_back().transpose()
    }
}

fn pair(found: sled::Result<(sled::IVec, sled::IVec)>) -> Result<Pair> {
    found.map(|(key, value)| (key.to_vec(), value.to_vec())).map_err(error)
}

/// Opens sled's files once nobody holds them.
///
/// Our own lock says that no other process has the store, but sled's pool of threads may keep the files of one that
/// this process has just closed for some milliseconds more.
fn open_released(config: &sled::Config) -> Result<Db> {
    for _ in 0..RELEASE_TRIES {
        match config.open().map_err(error) {
            Err(StoreError::Locked(_)) => std::thread::sleep(RELEASE_NAP),
            other => return other,
        }
    }
    config.open().map_err(error)
}

/// Compares the schema with the one this version knows, or writes it into a new store.
///
/// Nothing else may be written before: sled takes what it cannot read for free space.
fn check_schema(db: &Db, created: bool) -> Result<()> {
    let name = Tree::Meta.name();
    if db.tree_names().iter().any(|known| known == name.as_bytes()) {
        let found = db.open_tree(name).and_then(|meta| meta.get(keys::SCHEMA)).map_err(error)?;
        match found.map(|bytes| u32::decode(&bytes)).transpose()? {
            Some(found) if found > SCHEMA => return Err(StoreError::Newer { found, known: SCHEMA }),
            Some(_) => return Ok(()),
            None => {}
        }
    }
    if created {
        return Err(lost("ничего"));
    }
    let meta = db.open_tree(name).map_err(error)?;
    meta.insert(keys::SCHEMA, SCHEMA.encode()?).map_err(error)?;
    db.flush().map(|_| ()).map_err(error)
}

fn lost(found: &str) -> StoreError {
    StoreError::Corrupt(format!("часть записанного пропала: прочитано {found}"))
}

fn error(e: sled::Error) -> StoreError {
    match e {
        sled::Error::Io(e) if e.to_string().contains("could not acquire lock") => {
            StoreError::Locked(e.to_string())
        }
        sled::Error::Io(e) => StoreError::Unavailable(e.to_string()),
        other => StoreError::Corrupt(other.to_string()),
    }
}
