//! Who goes next: one at a time for each key, keys side by side.

use std::collections::{HashMap, VecDeque};

/// Whose turn it is: a person's or a conversation's number, or nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Of(i64),
    /// An event that waits for no other; the number only tells it from the rest.
    Alone(u64),
}

/// Items waiting for their key. A key is in the map exactly while it runs or waits to run.
#[derive(Debug)]
pub(crate) struct RunQueue<T> {
    waiting: HashMap<Key, VecDeque<T>>,
    /// Keys that may run, those who waited longest first.
    ready: VecDeque<Key>,
    total: usize,
    alone: u64,
}

impl<T> RunQueue<T> {
    pub(crate) fn new() -> Self {
        Self { waiting: HashMap::new(), ready: VecDeque::new(), total: 0, alone: 0 }
    }

    pub(crate) fn push(&mut self, key: Option<i64>, item: T) {
        let key = key.map_or_else(
            || {
                self.alone += 1;
                Key::Alone(self.alone)
            },
            Key::Of,
        );
        self.total += 1;
        let ready = &mut self.ready;
        self.waiting
            .entry(key)
            .or_insert_with(|| {
                ready.push_back(key);
                VecDeque::new()
            })
            .push_back(item);
    }

    /// The next item that may run; its key runs until [`RunQueue::done`].
    pub(crate) fn start(&mut self) -> Option<(Key, T)> {
        let key = self.ready.pop_front()?;
        let item = self.waiting.get_mut(&key)?.pop_front()?;
        Some((key, item))
    }

    /// What waits until the key's item has ended, in order.
    pub(crate) fn behind(&self, key: Key) -> impl Iterator<Item = &T> {
        self.waiting.get(&key).into_iter().flatten()
    }

    /// The key's item has ended.
    pub(crate) fn done(&mut self, key: Key) {
        self.total = self.total.saturating_sub(1);
        if self.waiting.get(&key).is_some_and(|items| !items.is_empty()) {
            self.ready.push_back(key);
        } else {
            self.waiting.remove(&key);
        }
    }

    /// How many wait or run.
    pub(crate) fn total(&self) -> usize {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::RunQueue;

    proptest! {
        #[test]
        fn each_key_is_in_order_one_at_a_time_and_nothing_is_left(
            pushed in prop::collection::vec(prop::option::of(0_i64..5), 0..80),
            choices in prop::collection::vec(any::<(bool, usize)>(), 0..400),
        ) {
            let mut queue = RunQueue::new();
            let mut to_push = pushed.iter().enumerate();
            let mut running: Vec<(super::Key, (Option<i64>, usize))> = Vec::new();
            let mut last = std::collections::HashMap::new();
            let mut ended = 0;
            let mut choices = choices.into_iter();
            loop {
                let (push, pick) = choices.next().unwrap_or((true, 0));
                if push && let Some((number, key)) = to_push.next() {
                    queue.push(*key, (*key, number));
                } else if let Some((key, item)) = queue.start() {
                    prop_assert!(running.iter().all(|(other, _)| *other != key));
                    running.push((key, item));
                } else if !running.is_empty() {
                    let (key, (person, number)) = running.swap_remove(pick % running.len());
                    if let Some(person) = person {
                        let before = last.insert(person, number);
                        prop_assert!(before.is_none_or(|before| before < number));
                    }
                    queue.done(key);
                    ended += 1;
                } else if to_push.len() == 0 {
                    break;
                }
            }
            prop_assert_eq!(ended, pushed.len());
            prop_assert_eq!(queue.total(), 0);
            prop_assert!(queue.waiting.is_empty() && queue.ready.is_empty());
        }
    }
}
