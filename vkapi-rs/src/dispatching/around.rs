//! What surrounds handlers.

use std::{collections::BTreeSet, fmt, future::Future, ops::ControlFlow, panic::Location, sync::Arc};

use super::Wanted;
use crate::{
    bot::Bot,
    dptree::{
        Cont, Handler, HandlerDescription, HandlerSignature, Type, di::DependencyMap,
        from_fn_with_description,
    },
    types::Update,
};

/// What came of an event: `Break` with the result of the handler that took it, `Continue` if none did.
pub type Outcome<Output> = ControlFlow<Output, DependencyMap>;

/// The handlers after [`around`], to be run or not.
pub struct Next<Output> {
    dependencies: DependencyMap,
    handlers: Cont<'static, Output>,
}

impl<Output: 'static> Next<Output> {
    /// The event.
    pub fn update(&self) -> Arc<Update> {
        Arc::clone(&*self.dependencies.get())
    }

    /// The bot.
    pub fn bot(&self) -> Bot {
        self.dependencies.get::<Bot>().as_ref().clone()
    }

    /// All that handlers may ask for; `get` panics on what nobody gave.
    pub fn dependencies(&self) -> &DependencyMap {
        &self.dependencies
    }

    /// Runs the next handlers.
    pub async fn run(self) -> Outcome<Output> {
        (self.handlers)(self.dependencies).await
    }

    /// Passes the event by: the next handlers are not run, and the branches beside are tried.
    pub fn skip(self) -> Outcome<Output> {
        ControlFlow::Continue(self.dependencies)
    }
}

impl<Output> fmt::Debug for Next<Output> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").finish_non_exhaustive()
    }
}

/// Surrounds the handlers that come after: `work` sees an event before them and what came of it, and decides whether they
/// run at all.
///
/// ```
/// use std::time::Instant;
///
/// use vkapi::{dispatching::around, prelude::*};
///
/// fn timed(handlers: UpdateHandler<RequestError>) -> UpdateHandler<RequestError> {
///     around(|next| async move {
///         let (kind, started) = (next.update().kind.name().to_owned(), Instant::now());
///         let outcome = next.run().await;
///         tracing::info!(kind, took = ?started.elapsed(), taken = outcome.is_break());
///         outcome
///     })
///     .branch(handlers)
/// }
/// ```
///
/// A panic of the handlers passes through.
#[must_use]
#[track_caller]
pub fn around<F, Fut, Output>(work: F) -> Handler<'static, Output>
where
    F: Fn(Next<Output>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Outcome<Output>> + Send + 'static,
    Output: Send + 'static,
{
    through([], [], Location::caller(), move |dependencies, handlers| work(Next { dependencies, handlers }))
}

/// A handler that decides for itself what goes on: it wants the bot, the event and `inputs`, and gives `outcomes`.
pub(super) fn through<F, Fut, Output>(
    inputs: impl IntoIterator<Item = Type>,
    outcomes: impl IntoIterator<Item = Type>,
    place: &'static Location<'static>,
    work: F,
) -> Handler<'static, Output>
where
    F: Fn(DependencyMap, Cont<'static, Output>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Outcome<Output>> + Send + 'static,
    Output: Send + 'static,
{
    let always = [Type::of::<Bot>(), Type::of::<Arc<Update>>()];
    let signature = HandlerSignature::Other {
        obligations: always.into_iter().chain(inputs).map(|kind| (kind, place)).collect(),
        guaranteed_outcomes: outcomes.into_iter().collect(),
        conditional_outcomes: BTreeSet::new(),
        continues: true,
    };
    from_fn_with_description(Wanted::entry(), work, signature)
}
