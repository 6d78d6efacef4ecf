//! Where the place in the stream of events is kept over restarts.

use std::{error::Error, future::Future, time::Duration};

use futures::future::BoxFuture;

/// Any error.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Keeps the number of the last event that was dealt with, so that a restarted bot goes on from there.
///
/// A handler may store it together with what it did, by its [`Ticket`](super::Ticket); the rest is saved here.
pub trait CursorStore: Send + Sync + 'static {
    /// What was saved last.
    fn load(&self) -> impl Future<Output = Result<Option<String>, BoxError>> + Send;

    /// For how long nobody has asked VK for events, if that is known: what came meanwhile is
    /// [`late`](crate::types::Update::late) after more than two minutes, and whenever it is not known.
    fn idle(&self) -> impl Future<Output = Result<Option<Duration>, BoxError>> + Send {
        std::future::ready(Ok(None))
    }

    /// Saves. Calls follow one another, never with an older number after a newer one.
    fn save(&self, ts: &str) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// [`CursorStore`] as an object.
pub(crate) trait DynCursor: Send + Sync + 'static {
    fn load(&self) -> BoxFuture<'_, Result<Option<String>, BoxError>>;
    fn idle(&self) -> BoxFuture<'_, Result<Option<Duration>, BoxError>>;
    fn save<'a>(&'a self, ts: &'a str) -> BoxFuture<'a, Result<(), BoxError>>;
}

impl<T: CursorStore> DynCursor for T {
    fn load(&self) -> BoxFuture<'_, Result<Option<String>, BoxError>> {
        Box::pin(CursorStore::load(self))
    }

    fn idle(&self) -> BoxFuture<'_, Result<Option<Duration>, BoxError>> {
        Box::pin(CursorStore::idle(self))
    }

    fn save<'a>(&'a self, ts: &'a str) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(CursorStore::save(self, ts))
    }
}
