//! Where dialogues are kept.

use std::{future::Future, sync::Arc};

use thiserror::Error;

use crate::types::{GroupId, PeerId, UserId};

/// Whose dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The community, so that several may share a storage.
    pub group_id: GroupId,
    /// The conversation.
    pub peer_id: PeerId,
    /// The person; none if all in the conversation share the dialogue.
    pub user_id: Option<UserId>,
}

/// What a storage has under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded<D> {
    /// A state that has not expired.
    State(D),
    /// Nothing, or something that has expired.
    Nothing,
    /// Something that cannot be read as a state any more, and why. It is still there.
    Unreadable(String),
}

/// Why a dialogue could not be read or changed.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum DialogueError {
    /// The storage failed.
    #[error("the storage of dialogues: {0}")]
    Storage(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// What is kept was written by another version of the program.
    #[error("a dialogue cannot be read: {0}")]
    Unreadable(String),
}

impl DialogueError {
    /// A failure of a storage.
    pub fn storage(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Storage(Arc::new(error))
    }
}

/// What becomes of a state that cannot be read, after the program has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undecodable {
    /// The dialogue begins anew: nobody is locked out by an update.
    #[default]
    Reset,
    /// Events of that dialogue pass by its handlers; it is kept until it expires.
    Skip,
    /// Events of that dialogue end in [`DialogueError::Unreadable`]; it is kept until it expires.
    Error,
}

/// Keeps states of dialogues.
pub trait Storage<D>: Send + Sync + 'static {
    /// What is kept under a key.
    fn get(&self, key: Key) -> impl Future<Output = Result<Loaded<D>, DialogueError>> + Send;

    /// Keeps a state in place of whatever was there.
    fn update(&self, key: Key, state: D) -> impl Future<Output = Result<(), DialogueError>> + Send;

    /// Lets go of what is kept.
    fn remove(&self, key: Key) -> impl Future<Output = Result<(), DialogueError>> + Send;

    /// Whether events of dialogues that cannot be read pass by, rather than end in an error.
    fn skips_unreadable(&self) -> bool {
        false
    }
}
