//! Dialogues kept in sled.

use std::{
    fmt,
    marker::PhantomData,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tracing::warn;

use super::{DialogueError, Key, Loaded, Storage, Undecodable};
use crate::Clock;

/// Keeps dialogues in a tree of a sled database, each as JSON with its version and the time it changed.
///
/// A change is on the disk before [`Dialogue::update`](super::Dialogue::update) returns.
pub struct SledStorage<D> {
    tree: sled::Tree,
    version: u32,
    undecodable: Undecodable,
    expiry: Option<Duration>,
    clock: Clock,
    state: PhantomData<fn() -> D>,
}

/// A [`SledStorage`] being set up.
#[must_use]
pub struct SledStorageBuilder<D>(SledStorage<D>);

impl<D> fmt::Debug for SledStorage<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStorage").field("version", &self.version).finish_non_exhaustive()
    }
}

impl<D> fmt::Debug for SledStorageBuilder<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What is written.
#[derive(Serialize)]
struct Record<'a, D> {
    version: u32,
    changed_ms: u64,
    state: &'a D,
}

/// What is read; the state only once its version is known.
#[derive(Deserialize)]
struct Stored<'a> {
    version: u32,
    changed_ms: u64,
    #[serde(borrow)]
    state: &'a RawValue,
}

impl<D> SledStorageBuilder<D> {
    /// The version of the state's shape, by default 1. Raise it when an old state would be read as something else; one
    /// of another version cannot be read. New variants, and fields with a default, need no new version.
    pub fn version(mut self, version: u32) -> Self {
        self.0.version = version;
        self
    }

    /// What becomes of a state that cannot be read. By default the dialogue begins anew.
    pub fn undecodable(mut self, policy: Undecodable) -> Self {
        self.0.undecodable = policy;
        self
    }

    /// Forgets dialogues that have not changed for so long. By default none.
    pub fn expire_after(mut self, span: Duration) -> Self {
        self.0.expiry = Some(span);
        self
    }

    /// What time it is. By default the system's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.0.clock = clock;
        self
    }

    /// Makes the storage.
    pub fn build(self) -> Arc<SledStorage<D>> {
        Arc::new(self.0)
    }
}

impl<D> SledStorage<D> {
    /// Begins a storage in a tree, which should hold nothing else.
    pub fn builder(tree: sled::Tree) -> SledStorageBuilder<D> {
        SledStorageBuilder(Self {
            tree,
            version: 1,
            undecodable: Undecodable::default(),
            expiry: None,
            clock: Arc::new(SystemTime::now),
            state: PhantomData,
        })
    }

    /// Lets go of what has expired and nobody came back to; how many that were. Looks through all of the tree.
    ///
    /// # Errors
    ///
    /// The database failed.
    pub fn remove_expired(&self) -> Result<usize, DialogueError> {
        let mut removed = 0;
        for entry in &self.tree {
            let (key, bytes) = entry.map_err(DialogueError::storage)?;
            let over = serde_json::from_slice::<Stored<'_>>(&bytes).is_ok_and(|stored| self.is_over(&stored));
            // Nobody's change in between is lost.
            if over
                && self
                    .tree
                    .compare_and_swap(&key, Some(&bytes), None::<&[u8]>)
                    .map_err(DialogueError::storage)?
                    .is_ok()
            {
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn now_ms(&self) -> u64 {
        let since = (self.clock)().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn is_over(&self, stored: &Stored<'_>) -> bool {
        let age = Duration::from_millis(self.now_ms().saturating_sub(stored.changed_ms));
        self.expiry.is_some_and(|span| age >= span)
    }

    async fn flush(&self) -> Result<(), DialogueError> {
        self.tree.flush_async().await.map_err(DialogueError::storage)?;
        Ok(())
    }
}

impl<D: Serialize + DeserializeOwned> SledStorage<D> {
    fn write(&self, state: &D) -> Result<Vec<u8>, DialogueError> {
        let record = Record { version: self.version, changed_ms: self.now_ms(), state };
        serde_json::to_vec(&record).map_err(DialogueError::storage)
    }

    fn read(&self, bytes: &[u8]) -> Loaded<D> {
        let stored: Stored<'_> = match serde_json::from_slice(bytes) {
            Ok(stored) => stored,
            Err(error) => return Loaded::Unreadable(error.to_string()),
        };
        if self.is_over(&stored) {
            return Loaded::Nothing;
        }
        if stored.version != self.version {
            return Loaded::Unreadable(format!("version {}, not {}", stored.version, self.version));
        }
        serde_json::from_str(stored.state.get())
            .map_or_else(|error| Loaded::Unreadable(error.to_string()), Loaded::State)
    }
}

/// Keys in order: community, conversation, person; 0 for none.
fn bytes_of(key: Key) -> [u8; 24] {
    let mut bytes = [0; 24];
    let numbers = [key.group_id.0, key.peer_id.0, key.user_id.map_or(0, |user| user.0)];
    for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
        place.copy_from_slice(&number.to_be_bytes());
    }
    bytes
}

impl<D: Serialize + DeserializeOwned + Send + 'static> Storage<D> for SledStorage<D> {
    async fn get(&self, key: Key) -> Result<Loaded<D>, DialogueError> {
        let Some(bytes) = self.tree.get(bytes_of(key)).map_err(DialogueError::storage)? else {
            return Ok(Loaded::Nothing);
        };
        match self.read(&bytes) {
            Loaded::Unreadable(reason) if self.undecodable == Undecodable::Reset => {
                warn!(reason, "a dialogue cannot be read and begins anew");
                Ok(Loaded::Nothing)
            }
            loaded => Ok(loaded),
        }
    }

    async fn update(&self, key: Key, state: D) -> Result<(), DialogueError> {
        let bytes = self.write(&state)?;
        self.tree.insert(bytes_of(key), bytes).map_err(DialogueError::storage)?;
        self.flush().await
    }

    async fn remove(&self, key: Key) -> Result<(), DialogueError> {
        if self.tree.remove(bytes_of(key)).map_err(DialogueError::storage)?.is_some() {
            self.flush().await?;
        }
        Ok(())
    }

    fn skips_unreadable(&self) -> bool {
        self.undecodable == Undecodable::Skip
    }
}
