//! Brings the trees of an older version to the present layout.
//!
//! A step rewrites the pairs of one tree, some hundreds at a time. What it writes goes the way of any group of commits:
//! the journal has it, so that a store made anew from an older export comes out the same. How far a step has come is in
//! `meta` in the same group, so that one that was broken off goes on from there.

use std::ops::Bound;

use super::{engine::SCHEMA, home::Home};
use crate::store::{
    Result, StoreError,
    keys::{self, Tree},
    plan::{Pair, View, Writes},
    records::Record,
};

/// How many pairs are rewritten in one group.
const AT_ONCE: usize = 500;

/// From one schema to the next.
pub(super) struct Step {
    /// The schema it leads to; it starts from the one below.
    pub(super) to: u32,
    /// The tree whose pairs it changes.
    pub(super) tree: Tree,
    /// What a pair becomes; pairs it writes into the same tree behind the present one are not to come under it again.
    pub(super) change: fn(&[u8], &[u8]) -> Result<Writes>,
}

/// The steps from the first schema to [`SCHEMA`], ascending.
pub(super) const STEPS: &[Step] = &[];

impl Home {
    /// Brings the trees to [`SCHEMA`], after an export of what was before; tells the schema they had, if it was older.
    pub(super) fn migrate(&self, steps: &[Step]) -> Result<Option<u32>> {
        let found = self.schema()?;
        if found == SCHEMA {
            return Ok(None);
        }
        let missing = (found + 1..=SCHEMA).find(|to| steps.iter().all(|step| step.to != *to));
        if let Some(to) = missing {
            let why = format!("хранилище старой схемы {found}, а пути к схеме {to} эта версия не знает");
            return Err(StoreError::Unavailable(why));
        }
        // One that was broken off was exported when it began.
        if self.read(|engine| engine.get(Tree::Meta, keys::MIGRATED))?.is_none() {
            let copy = self.backup()?;
            let copy = copy.display();
            tracing::warn!(found, SCHEMA, %copy, "хранилище переводится на новую схему, прежнее в копии");
        }
        for step in steps.iter().filter(|step| step.to > found) {
            while self.schema()? < step.to {
                self.advance(step)?;
            }
        }
        Ok(Some(found))
    }

    fn schema(&self) -> Result<u32> {
        Ok(self.read(|engine| engine.read(Tree::Meta, keys::SCHEMA))?.unwrap_or(SCHEMA))
    }

    /// Rewrites the next pairs, or writes the new schema if there are none.
    fn advance(&self, step: &Step) -> Result<()> {
        let pairs: Vec<Pair> = self.read(|engine| {
            let past = engine.get(Tree::Meta, keys::MIGRATED)?;
            let from = past.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
            engine.range(step.tree, from, Bound::Unbounded).take(AT_ONCE).collect()
        })?;
        let mut writes = Writes::default();
        for (key, value) in &pairs {
            writes.absorb((step.change)(key, value)?);
        }
        let past = pairs.into_iter().next_back().map(|(key, _)| key);
        if past.is_none() {
            writes.set(Tree::Meta, keys::SCHEMA.to_vec(), Some(step.to.encode()?));
        }
        writes.set(Tree::Meta, keys::MIGRATED.to_vec(), past);
        self.commit(writes)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use tempfile::TempDir;
    use vkapi::types::{PeerId, UserId};

    use super::*;
    use crate::store::{
        OutMessage, SledStore, Store,
        conformance::{options, samples::*},
        sled::{room, tests::open},
    };

    /// How many messages the store has: more than one group of them.
    const MANY: i64 = 1_200;

    /// A store as a version before the first might have left it.
    async fn older() -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        let store = open(&dir).unwrap();
        let ops = (1..=MANY).map(|n| crate::store::Op::Enqueue(message(n, "Привет")));
        store.commit(commit([], ops)).await.unwrap();
        let mut writes = Writes::default();
        writes.set(Tree::Meta, keys::SCHEMA.to_vec(), Some((SCHEMA - 1).encode().unwrap()));
        store.home.commit(writes).unwrap();
        dir
    }

    fn louder(key: &[u8], value: &[u8]) -> Result<Writes> {
        let message = OutMessage::decode(value)?;
        let mut writes = Writes::default();
        let text = format!("{}!", message.text);
        writes.set(Tree::Outbox, key.to_vec(), Some(OutMessage { text, ..message }.encode()?));
        Ok(writes)
    }

    /// Breaks off in the second group of every migration.
    fn breaks(key: &[u8], value: &[u8]) -> Result<Writes> {
        static DONE: AtomicUsize = AtomicUsize::new(0);
        match DONE.fetch_add(1, Ordering::SeqCst) % 700 {
            699 => Err(StoreError::Unavailable("свет погас".to_owned())),
            _ => louder(key, value),
        }
    }

    fn step(change: fn(&[u8], &[u8]) -> Result<Writes>) -> [Step; 1] {
        [Step { to: SCHEMA, tree: Tree::Outbox, change }]
    }

    fn migrated(dir: &TempDir, steps: &[Step]) -> Result<SledStore> {
        SledStore::open_with(&options(dir), room::on_disk, steps)
    }

    async fn once(store: &SledStore) {
        let all = store.outbox(None, 9_999).await.unwrap();
        assert_eq!(all.len() as i64, MANY);
        assert!(all.iter().all(|(_, message)| message.text == "Привет!"));
    }

    #[tokio::test]
    async fn an_older_store_is_exported_and_brought_up_to_date_once_however_often_that_breaks_off() {
        let dir = older().await;
        let refused = open(&dir);
        assert!(
            matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("старой схемы")),
            "{refused:?}"
        );
        let broken = migrated(&dir, &step(breaks));
        assert!(matches!(&broken, Err(StoreError::Unavailable(why)) if why == "свет погас"), "{broken:?}");
        let exports = dir.path().join("store/exports");
        let before = fs::read_dir(&exports).unwrap().next().unwrap().unwrap().path();
        assert_eq!(SledStore::verify(&before).unwrap().schema, SCHEMA - 1);

        let store = migrated(&dir, &step(louder)).unwrap();
        assert_eq!(store.opened().migrated_from, Some(SCHEMA - 1));
        assert!(store.opened().to_string().contains("переведено со схемы"), "{}", store.opened());
        once(&store).await;
        drop(store);
        let store = migrated(&dir, &step(louder)).unwrap();
        assert_eq!(store.opened().migrated_from, None);
        once(&store).await;
        drop(store);

        // Made anew from the export of before: the journal has what the steps wrote.
        fs::rename(dir.path().join("store/db"), dir.path().join("gone")).unwrap();
        let store = open(&dir).unwrap();
        assert_eq!(store.opened().restored_from.as_ref(), Some(&before));
        once(&store).await;
        assert_eq!(store.outbox(None, 1).await.unwrap()[0].1.to, PeerId::from(UserId(1)));
    }
}
