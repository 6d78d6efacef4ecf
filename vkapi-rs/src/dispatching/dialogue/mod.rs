//! Conversations of several steps: what a bot remembers of one between messages.
//!
//! ```
//! use std::sync::Arc;
//!
//! use vkapi::{dispatching::dialogue::{self, InMemStorage}, prelude::*};
//!
//! type Naming = Dialogue<State, InMemStorage<State>>;
//!
//! #[derive(Clone, Default)]
//! enum State {
//!     #[default]
//!     Start,
//!     Name { age: u8 },
//! }
//!
//! fn schema() -> UpdateHandler<Box<dyn std::error::Error + Send + Sync>> {
//!     dialogue::enter::<Update, InMemStorage<State>, State, _>().branch(
//!         Update::filter_message_new()
//!             .branch(case![State::Start].endpoint(async |dialogue: Naming| {
//!                 dialogue.update(State::Name { age: 7 }).await?;
//!                 Ok(())
//!             }))
//!             .branch(case![State::Name { age }].endpoint(async |dialogue: Naming, _age: u8| {
//!                 dialogue.exit().await?;
//!                 Ok(())
//!             })),
//!     )
//! }
//!
//! # fn build(bot: Bot) {
//! Dispatcher::builder(bot, schema()).dependencies(deps![InMemStorage::<State>::new()]).build();
//! # }
//! ```

mod in_mem;
#[cfg(feature = "sled")]
mod sled_storage;
mod storage;
mod wizard;

use std::sync::Arc;

pub use in_mem::InMemStorage;
#[cfg(feature = "sled")]
pub use sled_storage::{SledStorage, SledStorageBuilder};
pub use storage::{DialogueError, Key, Loaded, Storage, Undecodable};
pub use wizard::{Progress, Question, Wizard};

use super::Wanted;
use crate::{
    dptree::{self, Handler},
    types::Update,
};

/// Whose dialogue an event belongs to.
pub trait DialogueKey: Send + Sync + 'static {
    /// The key; none for events nobody talks in, which [`enter`] does not pass on.
    fn key(update: &Update) -> Option<Key>;
}

/// One dialogue for each person in each conversation: in a chat people do not disturb one another.
impl DialogueKey for Update {
    fn key(update: &Update) -> Option<Key> {
        let peer_id = update.peer_id()?;
        Some(Key { group_id: update.group_id, peer_id, user_id: update.user_id().or_else(|| peer_id.user()) })
    }
}

/// One dialogue for each conversation, shared by all who talk there.
///
/// Let the dispatcher take a conversation's events in order:
/// [`DispatcherBuilder::key`](super::DispatcherBuilder::key) by [`Update::peer_id`].
#[derive(Debug)]
pub struct PerPeer;

impl DialogueKey for PerPeer {
    fn key(update: &Update) -> Option<Key> {
        Some(Key { group_id: update.group_id, peer_id: update.peer_id()?, user_id: None })
    }
}

/// A dialogue in its present state, which changes only by what is called here: nothing is written for those who merely
/// pass by.
#[derive(Debug)]
pub struct Dialogue<D, S> {
    storage: Arc<S>,
    key: Key,
    state: std::marker::PhantomData<fn() -> D>,
}

impl<D, S> Clone for Dialogue<D, S> {
    fn clone(&self) -> Self {
        Self { storage: Arc::clone(&self.storage), key: self.key, state: self.state }
    }
}

impl<D, S: Storage<D>> Dialogue<D, S> {
    /// The dialogue kept under a key.
    pub fn new(storage: Arc<S>, key: Key) -> Self {
        Self { storage, key, state: std::marker::PhantomData }
    }

    /// Whose it is.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The state; none if the dialogue has not begun, is over, or has expired.
    ///
    /// # Errors
    ///
    /// The storage failed, or the state cannot be read and its storage does not let it go.
    pub async fn get(&self) -> Result<Option<D>, DialogueError> {
        match self.storage.get(self.key).await? {
            Loaded::State(state) => Ok(Some(state)),
            Loaded::Nothing => Ok(None),
            Loaded::Unreadable(reason) => Err(DialogueError::Unreadable(reason)),
        }
    }

    /// The state, or the first one, which is not written.
    ///
    /// # Errors
    ///
    /// As of [`Dialogue::get`].
    pub async fn get_or_default(&self) -> Result<D, DialogueError>
    where
        D: Default,
    {
        Ok(self.get().await?.unwrap_or_default())
    }

    /// Goes over to a state.
    ///
    /// # Errors
    ///
    /// The storage failed: the old state stays.
    pub async fn update(&self, state: impl Into<D>) -> Result<(), DialogueError> {
        self.storage.update(self.key, state.into()).await
    }

    /// Ends the dialogue: nothing of it is kept.
    ///
    /// # Errors
    ///
    /// The storage failed.
    pub async fn exit(&self) -> Result<(), DialogueError> {
        self.storage.remove(self.key).await
    }
}

/// Enters dialogues: gives the next handlers the [`Dialogue`] and its state, the first one if it has not begun.
///
/// Wants the storage as `Arc<S>` among the dependencies. The type `K` says whose dialogue it is: [`Update`] for each
/// person in each conversation, [`PerPeer`] for each conversation. A failed storage, and a state that cannot be read
/// under [`Undecodable::Error`], end the event with an error; under [`Undecodable::Skip`] the event passes by.
#[must_use]
pub fn enter<K, S, D, Output>() -> Handler<'static, Output>
where
    K: DialogueKey,
    S: Storage<D>,
    D: Default + Clone + Send + Sync + 'static,
    Output: FromDialogueError + Send + 'static,
{
    // Read once: a branch for the error, the rest for the state. The branch wants no events of its own.
    let none = Wanted::only([]);
    let failed = dptree::filter_map_with_description(none, |read: Arc<Entered<D>>| match &*read {
        Entered::Failed(error) => Some(error.clone()),
        _ => None,
    });
    dptree::filter_map(|storage: Arc<S>, update: Arc<Update>| {
        K::key(&update).map(|key| Dialogue::<D, S>::new(storage, key))
    })
    .map_async(|dialogue: Dialogue<D, S>| async move {
        Arc::new(match dialogue.storage.get(dialogue.key).await {
            Ok(Loaded::State(state)) => Entered::At(state),
            Ok(Loaded::Nothing) => Entered::At(D::default()),
            Ok(Loaded::Unreadable(reason)) if dialogue.storage.skips_unreadable() => {
                tracing::warn!(reason, "a dialogue cannot be read, the event passes by");
                Entered::Skipped
            }
            Ok(Loaded::Unreadable(reason)) => Entered::Failed(DialogueError::Unreadable(reason)),
            Err(error) => Entered::Failed(error),
        })
    })
    .branch(failed.endpoint(async |error: DialogueError| Output::from_dialogue_error(error)))
    .chain(dptree::filter_map(|read: Arc<Entered<D>>| match &*read {
        Entered::At(state) => Some(state.clone()),
        _ => None,
    }))
}

/// What came of reading a dialogue.
enum Entered<D> {
    At(D),
    Skipped,
    Failed(DialogueError),
}

/// What handlers return, made of a dialogue's error: any `Result` whose error can be.
pub trait FromDialogueError {
    /// The error as a handler's result.
    fn from_dialogue_error(error: DialogueError) -> Self;
}

impl<T, E: From<DialogueError>> FromDialogueError for Result<T, E> {
    fn from_dialogue_error(error: DialogueError) -> Self {
        Err(error.into())
    }
}
