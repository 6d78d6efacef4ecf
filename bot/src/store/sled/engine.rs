//! sled's trees as bytes: opening, point reads, ranges, one transaction for a group of writes.

use std::{ops::Bound, path::Path};

use sled::{
    Db,
    transaction::{ConflictableTransactionError, TransactionError, Transactional},
};

use super::{SledOptions, guard};
use crate::store::{
    Result, StoreError,
    keys::{self, Tree},
    plan::{Pair, View, Writes},
    records::Record,
};

/// The newest layout this version reads and the one it writes.
pub(super) const SCHEMA: u32 = 1;

/// sled's open files.
pub(super) struct Engine {
    trees: Vec<sled::Tree>,
    db: Db,
}

impl Engine {
    /// Opens or creates the files in a directory; where they were `created` before, nothing is an error. Nothing is
    /// deleted.
    pub(super) fn open(dir: &Path, options: &SledOptions, created: bool) -> Result<Self> {
        guard::create(dir)?;
        guard::make_durable(dir, options.allow_unsafe)?;
        let file = dir.join("db");
        if file.exists() {
            guard::make_durable(&file, options.allow_unsafe)?;
        }
        guard::drop_unfinished_snapshots(dir)?;
        guard::wait_released(dir);
        let db = sled::Config::new().path(dir).cache_capacity(options.cache_bytes).open().map_err(error)?;
        check_schema(&db, created)?;
        let trees = Tree::ALL.iter().map(|t| db.open_tree(t.name()).map_err(error)).collect::<Result<_>>()?;
        guard::make_durable(&file, options.allow_unsafe)?;
        Ok(Self { trees, db })
    }

    /// The number of the last group written.
    pub(super) fn group(&self) -> Result<u64> {
        Ok(self.read(Tree::Meta, keys::SEQ_GROUP)?.unwrap_or(0))
    }

    /// Makes writes in one transaction, durable when it returns.
    pub(super) fn apply(&self, writes: &Writes) -> Result<()> {
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
            Ok(()) => self.flush(),
            Err(TransactionError::Storage(e)) => Err(error(e)),
            Err(TransactionError::Abort(())) => Err(StoreError::Unavailable("прервано".to_owned())),
        }
    }

    /// Writes pairs into a tree, durable after the next `flush`.
    pub(super) fn load<'a>(
        &self,
        tree: Tree,
        pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<()> {
        let mut batch = sled::Batch::default();
        pairs.for_each(|(key, value)| batch.insert(key, value));
        self.tree(tree).apply_batch(batch).map_err(error)
    }

    /// Makes all that was written durable.
    pub(super) fn flush(&self) -> Result<()> {
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

    /// How many keys each tree has; reads all of them.
    pub(super) fn count(&self) -> Result<Vec<(String, u64)>> {
        let count = |tree: Tree| {
            let mut keys = self.tree(tree).iter().keys();
            let n = keys.try_fold(0, |n, key| key.map(|_| n + 1)).map_err(error)?;
            Ok((tree.name().to_owned(), n))
        };
        Tree::ALL.into_iter().map(count).collect()
    }

    /// Reads every record of every tree.
    pub(super) fn read_all(&self) -> Result<()> {
        for tree in Tree::ALL {
            for pair in self.range(tree, Bound::Unbounded, Bound::Unbounded) {
                let (key, value) = pair?;
                tree.check(&key, &value)?;
            }
        }
        Ok(())
    }

    /// The size of the files in bytes.
    pub(super) fn size(&self) -> Result<u64> {
        self.db.size_on_disk().map_err(error)
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
        return Err(StoreError::Corrupt("в файлах ничего нет".to_owned()));
    }
    let meta = db.open_tree(name).map_err(error)?;
    meta.insert(keys::SCHEMA, SCHEMA.encode()?).map_err(error)?;
    db.flush().map(|_| ()).map_err(error)
}

fn error(e: sled::Error) -> StoreError {
    match e {
        sled::Error::Io(e) if e.to_string().contains("could not acquire lock") => {
            StoreError::Locked(e.to_string())
        }
        sled::Error::Io(e) if guard::is_full(&e) => StoreError::Full(e.to_string()),
        sled::Error::Io(e) => StoreError::Unavailable(e.to_string()),
        other => StoreError::Corrupt(other.to_string()),
    }
}
