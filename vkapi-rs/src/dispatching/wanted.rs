//! Which events a tree of handlers looks at.

use std::collections::BTreeSet;

use crate::{dptree::HandlerDescription, types::UpdateKind};

/// What a handler does with events, told without running it: what it may act upon and what it lets through.
///
/// Filters decide and do nothing else; whatever inspects or ends a branch acts upon all that comes to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    observed: BTreeSet<&'static str>,
    passed: BTreeSet<&'static str>,
}

impl Wanted {
    /// A filter that lets only these kinds through, by VK's names.
    pub fn only(kinds: impl IntoIterator<Item = &'static str>) -> Self {
        Self { observed: BTreeSet::new(), passed: kinds.into_iter().collect() }
    }

    /// The kinds the tree acts upon, by VK's names: those that VK must be asked for.
    pub fn events(&self) -> Vec<&'static str> {
        self.observed.iter().copied().collect()
    }

    fn all() -> BTreeSet<&'static str> {
        UpdateKind::NAMES.iter().copied().collect()
    }

    /// What comes to the second handler and is acted upon there.
    fn then(&self, next: &Self) -> BTreeSet<&'static str> {
        self.observed.union(&(&self.passed & &next.observed)).copied().collect()
    }
}

impl HandlerDescription for Wanted {
    fn entry() -> Self {
        Self { observed: BTreeSet::new(), passed: Self::all() }
    }

    fn user_defined() -> Self {
        Self { observed: Self::all(), passed: Self::all() }
    }

    fn merge_chain(&self, other: &Self) -> Self {
        Self { observed: self.then(other), passed: &self.passed & &other.passed }
    }

    fn merge_branch(&self, other: &Self) -> Self {
        Self { observed: self.then(other), passed: self.passed.clone() }
    }

    fn map() -> Self {
        Self::entry()
    }

    fn map_async() -> Self {
        Self::entry()
    }

    fn filter() -> Self {
        Self::entry()
    }

    fn filter_async() -> Self {
        Self::entry()
    }

    fn filter_map() -> Self {
        Self::entry()
    }

    fn filter_map_async() -> Self {
        Self::entry()
    }

    fn endpoint() -> Self {
        Self { observed: Self::all(), passed: BTreeSet::new() }
    }
}
