//! How a dispatcher is set up.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use tracing::debug;

use super::{
    Behind, Dispatcher, ErrorHandler, LoggingErrorHandler, ShutdownToken, Ticket, UpdateHandler,
    cursor::{CursorStore, DynCursor},
    presses::Presses,
};
use crate::{
    bot::Bot,
    dptree::{self, Type, di::DependencyMap},
    types::{GroupId, Update},
    update_listeners::Batch,
};

pub(crate) type DefaultHandler = Arc<dyn Fn(Arc<Update>) -> BoxFuture<'static, ()> + Send + Sync>;
pub(crate) type KeyOf = Arc<dyn Fn(&Update) -> Option<i64> + Send + Sync>;
pub(crate) type OnBatch = Arc<dyn Fn(&Batch) + Send + Sync>;

/// A [`Dispatcher`] being set up.
#[must_use]
pub struct DispatcherBuilder<E> {
    pub(crate) bot: Bot,
    pub(crate) handler: UpdateHandler<E>,
    pub(crate) dependencies: DependencyMap,
    pub(crate) default_handler: DefaultHandler,
    pub(crate) error_handler: Arc<dyn ErrorHandler<E>>,
    pub(crate) key: KeyOf,
    pub(crate) queue: usize,
    pub(crate) concurrency: usize,
    pub(crate) cursor: Option<Arc<dyn DynCursor>>,
    pub(crate) group_id: Option<GroupId>,
    pub(crate) subscribe: bool,
    pub(crate) presses: Option<Presses>,
    pub(crate) on_batch: OnBatch,
    pub(crate) signals: bool,
    pub(crate) deadline: Duration,
    pub(crate) shutdown: ShutdownToken,
}

impl<E: fmt::Debug + Send + 'static> DispatcherBuilder<E> {
    pub(crate) fn new(bot: Bot, handler: UpdateHandler<E>) -> Self {
        Self {
            bot,
            handler: dptree::entry().branch(handler),
            dependencies: DependencyMap::new(),
            default_handler: Arc::new(|update| {
                debug!(kind = update.kind.name(), "nobody handles this event");
                Box::pin(std::future::ready(()))
            }),
            error_handler: Arc::new(LoggingErrorHandler),
            key: Arc::new(|update| {
                update.user_id().map(|user| user.0).or_else(|| update.peer_id().map(|peer| peer.0))
            }),
            queue: 1000,
            // A handler mostly waits for VK, and a crowd's answers that wait together travel together.
            concurrency: 1000,
            cursor: None,
            group_id: None,
            subscribe: true,
            presses: Some(Presses::default()),
            on_batch: Arc::new(|_| {}),
            signals: false,
            deadline: Duration::from_secs(8),
            shutdown: ShutdownToken::default(),
        }
    }
}

impl<E: Send + 'static> DispatcherBuilder<E> {
    /// What handlers may ask for besides the bot, the event and its ticket: `deps![...]`. Keep large values in `Arc`.
    pub fn dependencies(mut self, dependencies: DependencyMap) -> Self {
        self.dependencies = dependencies;
        self
    }

    /// What becomes of events that no handler takes. By default a line in the log at debug level.
    pub fn default_handler<F, Fut>(mut self, handler: F) -> Self
    where
        F: Fn(Arc<Update>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.default_handler = Arc::new(move |update| Box::pin(handler(update)));
        self
    }

    /// What becomes of errors and panics. By default a line in the log at error level.
    pub fn error_handler(mut self, handler: impl ErrorHandler<E>) -> Self {
        self.error_handler = Arc::new(handler);
        self
    }

    /// Events of one key are handled in order, one at a time; those without a key wait for none. By default the
    /// person behind the event, or else the conversation.
    pub fn key(mut self, key: impl Fn(&Update) -> Option<i64> + Send + Sync + 'static) -> Self {
        self.key = Arc::new(key);
        self
    }

    /// How many events may wait or be handled before no more are taken, at least 1, by default 1000. A batch is
    /// taken whole, so there may be as many more as one has.
    pub fn queue(mut self, events: usize) -> Self {
        self.queue = events.max(1);
        self
    }

    /// How many events may be handled side by side, at least 1, by default 1000.
    pub fn concurrency(mut self, events: usize) -> Self {
        self.concurrency = events.max(1);
        self
    }

    /// Where the place in the stream of events is kept over restarts. By default nowhere: a restarted bot takes
    /// only what comes after. It is loaded by [`Dispatcher::dispatch`]; listeners of your own begin where you say.
    pub fn cursor(mut self, store: impl CursorStore) -> Self {
        self.cursor = Some(Arc::new(store));
        self
    }

    /// The community, if it is known. By default VK is asked whose the token is.
    pub fn group_id(mut self, group_id: impl Into<GroupId>) -> Self {
        self.group_id = Some(group_id.into());
        self
    }

    /// Whether [`Dispatcher::dispatch`] switches on the events that the handlers want, by
    /// [`subscribe`](crate::update_listeners::subscribe), before it polls. By default it does; without the right to
    /// manage the community it can only tell in the log what must be switched on by hand.
    pub fn subscribe(mut self, on: bool) -> Self {
        self.subscribe = on;
        self
    }

    /// Is shown each batch as soon as the listener brings it, before any of it is handled; empty ones too: a long poll
    /// brings one at least every half minute while VK answers, so that this tells how long it has not.
    pub fn on_batch(mut self, look: impl Fn(&Batch) + Send + Sync + 'static) -> Self {
        self.on_batch = Arc::new(look);
        self
    }

    /// Whether a callback button stops spinning when its handler has ended without
    /// [answering](crate::Bot::answer): then an answer that shows nothing is sent. By default it does.
    ///
    /// Only answers by the bot that handlers ask for are noticed, and only until they end: say `false` if yours come
    /// later or by another one. A handler that has asked for [`Ticket::cursor`] keeps what it has to say by itself, and
    /// is left alone.
    pub fn answer_presses(mut self, on: bool) -> Self {
        self.presses = on.then(Presses::default);
        self
    }

    /// Stops on SIGINT and SIGTERM; a second one waits for nothing more.
    pub fn enable_ctrlc_handler(mut self) -> Self {
        self.signals = true;
        self
    }

    /// How long events already taken may go on after the dispatcher is stopped; by default 8 seconds. Handlers
    /// that take longer are dropped, and their events come again after a restart if there is a cursor.
    pub fn shutdown_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Makes the dispatcher.
    ///
    /// # Panics
    ///
    /// If a handler asks for a type that neither a filter before it nor [`DispatcherBuilder::dependencies`] give:
    /// dptree names the type and the place.
    pub fn build(mut self) -> Dispatcher<E> {
        let given =
            [Type::of::<Bot>(), Type::of::<Arc<Update>>(), Type::of::<Ticket>(), Type::of::<Behind>()];
        dptree::type_check(self.handler.sig(), &self.dependencies, &given);
        if let Some(presses) = &self.presses {
            self.bot = presses.watch(&self.bot);
        }
        Dispatcher { settings: self }
    }
}

impl<E> fmt::Debug for DispatcherBuilder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DispatcherBuilder")
            .field("queue", &self.queue)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
