//! What becomes of handlers' errors.

use std::{fmt, future::Future, sync::Arc};

use futures::future::BoxFuture;
use tracing::error;

use crate::{bot::Bot, dptree::di::DependencyMap, types::Update};

/// How a handler failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure<E> {
    /// It returned an error.
    Error(E),
    /// It panicked, with these words.
    Panic(String),
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Panic(words) => write!(f, "panic: {words}"),
        }
    }
}

/// Where a handler failed, with what an answer to the person needs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ErrorContext {
    /// The bot.
    pub bot: Bot,
    /// The event.
    pub update: Arc<Update>,
    /// What handlers may ask for: [`DispatcherBuilder::dependencies`](super::DispatcherBuilder::dependencies).
    pub dependencies: DependencyMap,
}

/// Is told of every failure, in the order of the person it happened to; may answer her.
///
/// Functions of a [`Failure`] and an [`ErrorContext`] are error handlers too.
pub trait ErrorHandler<E>: Send + Sync + 'static {
    /// Is told of a failure.
    fn handle(&self, failure: Failure<E>, context: ErrorContext) -> BoxFuture<'_, ()>;
}

impl<E, F, Fut> ErrorHandler<E> for F
where
    F: Fn(Failure<E>, ErrorContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    fn handle(&self, failure: Failure<E>, context: ErrorContext) -> BoxFuture<'_, ()> {
        Box::pin(self(failure, context))
    }
}

/// Writes failures to the log, without what the person wrote.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoggingErrorHandler;

impl<E: fmt::Debug> ErrorHandler<E> for LoggingErrorHandler {
    fn handle(&self, failure: Failure<E>, context: ErrorContext) -> BoxFuture<'_, ()> {
        let update = &context.update;
        error!(?failure, kind = update.kind.name(), event_id = update.event_id, "a handler failed");
        Box::pin(std::future::ready(()))
    }
}
