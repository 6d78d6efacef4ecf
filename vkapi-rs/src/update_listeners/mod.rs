//! Where events come from.

mod backoff;
#[cfg(feature = "callback")]
pub mod callback;
mod merge;
mod polling;
mod receipt;
mod subscribe;

use std::future::Future;

use thiserror::Error;

pub use backoff::Backoff;
#[cfg(feature = "callback")]
pub use callback::Callback;
pub use merge::{Merged, merge};
pub use polling::{Polled, Polling, PollingBuilder, read_answer};
pub use receipt::{Acknowledge, Receipt};
pub use subscribe::subscribe;

use crate::{errors::RequestError, types::Update};

/// Events that came together. Listeners of your own fill in what they have: the rest is `..Batch::default()`.
#[derive(Debug, Default)]
pub struct Batch {
    /// The number of the last event so far: stored once all of them are dealt with, it is where to go on after a
    /// restart. None where events come by themselves.
    pub ts: Option<String>,
    /// The events, in order; may be empty.
    pub updates: Vec<Update>,
    /// Whether VK has lost events before these.
    pub gap: bool,
    /// Is told how far these events have come, for who must answer for them.
    pub receipt: Option<Receipt>,
}

/// A source of events.
pub trait UpdateListener: Send + 'static {
    /// Waits for what comes next. Returns an error only when waiting longer is of no use.
    fn next(&mut self) -> impl Future<Output = Result<Batch, ListenerError>> + Send;
}

/// Why no more events will come.
#[derive(Clone, Debug, Error)]
#[error("{kind}: {source}")]
pub struct ListenerError {
    /// What must be mended.
    pub kind: ListenerErrorKind,
    /// What VK said.
    pub source: RequestError,
}

/// What must be mended before events can come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ListenerErrorKind {
    /// The token is wrong, revoked or expired.
    #[error("the token is not accepted")]
    BadToken,
    /// The token lacks the right to the community's events.
    #[error("the token has no right to the community's events")]
    NoRight,
    /// Long polling is off in the community's settings, or the community's number is wrong.
    #[error("long polling is off in the community's settings, or the community's number is wrong")]
    Disabled,
}
