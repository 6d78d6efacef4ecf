//! Reading trees as if writes that are only planned were made.

use std::{collections::BTreeMap, ops::Bound};

use crate::store::{
    Result,
    keys::{Key, Tree},
    records::Record,
};

/// A key and its value.
pub(crate) type Pair = (Key, Vec<u8>);

/// Trees to read from.
pub(crate) trait View {
    /// The value of a key.
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>>;
    /// Every pair whose key begins so, by ascending key.
    fn prefix(&self, tree: Tree, prefix: &[u8]) -> Result<Vec<Pair>>;
    /// The pair with the highest key from `from` up to `to`.
    fn last(&self, tree: Tree, from: &[u8], to: Bound<&[u8]>) -> Result<Option<Pair>>;

    /// The record of a key.
    fn read<R: Record>(&self, tree: Tree, key: &[u8]) -> Result<Option<R>> {
        self.get(tree, key)?.map(|bytes| R::decode(&bytes)).transpose()
    }
}

/// Planned writes: the value of each key, or `None` where it is removed.
#[derive(Debug)]
pub(crate) struct Writes {
    trees: [BTreeMap<Key, Option<Vec<u8>>>; Tree::ALL.len()],
}

impl Default for Writes {
    fn default() -> Self {
        Self { trees: std::array::from_fn(|_| BTreeMap::new()) }
    }
}

impl Writes {
    /// The trees that are written to, each with its writes.
    pub(crate) fn by_tree(&self) -> impl Iterator<Item = (Tree, &BTreeMap<Key, Option<Vec<u8>>>)> {
        Tree::ALL.into_iter().zip(&self.trees).filter(|(_, writes)| !writes.is_empty())
    }

    /// Writes a key, or removes it.
    pub(crate) fn set(&mut self, tree: Tree, key: Key, value: Option<Vec<u8>>) {
        self.trees[tree as usize].insert(key, value);
    }

    /// Whether nothing is written.
    pub(crate) fn is_empty(&self) -> bool {
        self.trees.iter().all(BTreeMap::is_empty)
    }

    /// Puts later writes over those there are.
    pub(crate) fn absorb(&mut self, later: Self) {
        for (mine, its) in self.trees.iter_mut().zip(later.trees) {
            mine.extend(its);
        }
    }

    fn of(&self, tree: Tree) -> &BTreeMap<Key, Option<Vec<u8>>> {
        &self.trees[tree as usize]
    }
}

/// A view with planned writes over it.
pub(crate) struct Overlay<'a, V> {
    base: &'a V,
    writes: Writes,
}

impl<'a, V: View> Overlay<'a, V> {
    /// The view with no writes over it yet.
    pub(crate) fn over(base: &'a V) -> Self {
        Self { base, writes: Writes::default() }
    }

    /// What has been written over the view.
    pub(crate) fn into_writes(self) -> Writes {
        self.writes
    }

    /// Puts later writes over those there are.
    pub(crate) fn absorb(&mut self, later: Writes) {
        self.writes.absorb(later);
    }

    /// Writes a record.
    pub(crate) fn put<R: Record>(&mut self, tree: Tree, key: Key, record: &R) -> Result<()> {
        self.writes.set(tree, key, Some(record.encode()?));
        Ok(())
    }

    /// Writes a key of an index.
    pub(crate) fn mark(&mut self, tree: Tree, key: Key) {
        self.writes.set(tree, key, Some(Vec::new()));
    }

    /// Removes a key if it is there.
    pub(crate) fn remove(&mut self, tree: Tree, key: Key) {
        self.writes.set(tree, key, None);
    }
}

impl<V: View> View for Overlay<'_, V> {
    fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.writes.of(tree).get(key) {
            Some(written) => Ok(written.clone()),
            None => self.base.get(tree, key),
        }
    }

    fn prefix(&self, tree: Tree, prefix: &[u8]) -> Result<Vec<Pair>> {
        let mut pairs: BTreeMap<_, _> = self.base.prefix(tree, prefix)?.into_iter().collect();
        let written = self.writes.of(tree).range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded));
        for (key, value) in written.take_while(|(key, _)| key.starts_with(prefix)) {
            match value {
                Some(value) => pairs.insert(key.clone(), value.clone()),
                None => pairs.remove(key),
            };
        }
        Ok(pairs.into_iter().collect())
    }

    fn last(&self, tree: Tree, from: &[u8], to: Bound<&[u8]>) -> Result<Option<Pair>> {
        let mut to = to;
        loop {
            let below = self.base.last(tree, from, to)?;
            let written = self.writes.of(tree).range::<[u8], _>((Bound::Included(from), to)).next_back();
            match (below, written) {
                (below, None) => return Ok(below),
                (Some(below), Some((key, _))) if below.0 > *key => return Ok(Some(below)),
                (_, Some((key, Some(value)))) => return Ok(Some((key.clone(), value.clone()))),
                (_, Some((key, None))) => to = Bound::Excluded(key),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    impl View for BTreeMap<Key, Vec<u8>> {
        fn get(&self, _: Tree, key: &[u8]) -> Result<Option<Vec<u8>>> {
            Ok(BTreeMap::get(self, key).cloned())
        }

        fn prefix(&self, _: Tree, prefix: &[u8]) -> Result<Vec<Pair>> {
            let pairs = self.iter().filter(|(key, _)| key.starts_with(prefix));
            Ok(pairs.map(|(key, value)| (key.clone(), value.clone())).collect())
        }

        fn last(&self, _: Tree, from: &[u8], to: Bound<&[u8]>) -> Result<Option<Pair>> {
            let pair = self.range::<[u8], _>((Bound::Included(from), to)).next_back();
            Ok(pair.map(|(key, value)| (key.clone(), value.clone())))
        }
    }

    fn key() -> impl Strategy<Value = Key> {
        vec(0..3_u8, 0..3)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn planned_writes_read_as_if_they_were_made(
            base in proptest::collection::btree_map(key(), vec(0..9_u8, 1..2), 0..9),
            first in vec((key(), proptest::option::of(vec(0..9_u8, 1..2))), 0..9),
            second in vec((key(), proptest::option::of(vec(0..9_u8, 1..2))), 0..9),
            from in key(),
            to in key(),
        ) {
            let (tree, mut made) = (Tree::Outbox, base.clone());
            for (key, value) in first.iter().chain(&second).cloned() {
                match value {
                    Some(value) => made.insert(key, value),
                    None => made.remove(&key),
                };
            }
            let mut below = Overlay::over(&base);
            for (key, value) in first {
                below.writes.set(tree, key, value);
            }
            let mut above = Overlay::over(&below);
            for (key, value) in second {
                above.writes.set(tree, key, value);
            }

            prop_assert_eq!(above.get(tree, &from)?, View::get(&made, tree, &from)?);
            prop_assert_eq!(above.prefix(tree, &from)?, made.prefix(tree, &from)?);
            let (from, to) = if from <= to { (from, to) } else { (to, from) };
            for to in [Bound::Included(&to[..]), Bound::Excluded(&to[..])] {
                prop_assert_eq!(above.last(tree, &from, to)?, made.last(tree, &from, to)?);
            }
            // Merged into the writes below, they read the same.
            let later = above.into_writes();
            below.absorb(later);
            prop_assert_eq!(below.prefix(tree, &[])?, made.prefix(tree, &[])?);
        }
    }
}
