//! Dialogues that a restart forgets.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use super::{DialogueError, Key, Loaded, Storage};
use crate::Clock;

/// Keeps dialogues in memory, for tests and for those who may be asked again after a restart.
pub struct InMemStorage<D> {
    dialogues: Mutex<HashMap<Key, (SystemTime, D)>>,
    expiry: Option<(Duration, Clock)>,
}

impl<D> fmt::Debug for InMemStorage<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemStorage").field("dialogues", &self.dialogues().len()).finish_non_exhaustive()
    }
}

impl<D> InMemStorage<D> {
    /// A storage that keeps dialogues until they are exited.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { dialogues: Mutex::default(), expiry: None })
    }

    /// A storage that forgets dialogues which have not changed for so long.
    pub fn with_expiry(after: Duration, clock: Clock) -> Arc<Self> {
        Arc::new(Self { dialogues: Mutex::default(), expiry: Some((after, clock)) })
    }

    /// How many dialogues are kept.
    pub fn len(&self) -> usize {
        self.dialogues().len()
    }

    /// Whether no dialogue is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lets go of what has expired and nobody came back to; how many that were.
    pub fn remove_expired(&self) -> usize {
        let mut dialogues = self.dialogues();
        let before = dialogues.len();
        dialogues.retain(|_, (changed, _)| !self.is_over(*changed));
        before - dialogues.len()
    }

    fn dialogues(&self) -> MutexGuard<'_, HashMap<Key, (SystemTime, D)>> {
        self.dialogues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self, changed: SystemTime) -> bool {
        self.expiry.as_ref().is_some_and(|(after, clock)| clock() >= changed + *after)
    }
}

impl<D: Clone + Send + 'static> Storage<D> for InMemStorage<D> {
    async fn get(&self, key: Key) -> Result<Loaded<D>, DialogueError> {
        let mut dialogues = self.dialogues();
        Ok(match dialogues.get(&key) {
            Some((changed, _)) if self.is_over(*changed) => {
                dialogues.remove(&key);
                Loaded::Nothing
            }
            Some((_, state)) => Loaded::State(state.clone()),
            None => Loaded::Nothing,
        })
    }

    async fn update(&self, key: Key, state: D) -> Result<(), DialogueError> {
        let now = self.expiry.as_ref().map_or(SystemTime::UNIX_EPOCH, |(_, clock)| clock());
        self.dialogues().insert(key, (now, state));
        Ok(())
    }

    async fn remove(&self, key: Key) -> Result<(), DialogueError> {
        self.dialogues().remove(&key);
        Ok(())
    }
}
