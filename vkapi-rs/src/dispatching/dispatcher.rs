//! The loop from a listener to handlers.

use std::{
    any::Any,
    collections::{HashMap, VecDeque, hash_map::Entry},
    fmt,
    future::pending,
    io,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
    time::Duration,
};

use futures::FutureExt;
use thiserror::Error;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep, sleep_until},
};
use tracing::{debug, error, info, warn};

use super::{
    BoxError, DispatcherBuilder, ErrorContext, Failure, ShutdownToken, Ticket, UpdateHandler,
    ledger::Ledger,
    queue::{Key, RunQueue},
};
use crate::{
    bot::Bot,
    errors::{ErrorCode, RequestError},
    types::{GroupId, Update},
    update_listeners::{Backoff, Batch, ListenerError, Polling, Receipt, UpdateListener, merge, subscribe},
};

/// How often VK is asked to switch events on.
const ASKED: u32 = 3;

/// How many event numbers are remembered against repeats.
const SEEN: usize = 10_000;

/// Takes events from a listener and gives them to handlers.
#[must_use]
pub struct Dispatcher<E> {
    pub(crate) settings: DispatcherBuilder<E>,
}

/// Why a dispatcher has ended, other than by being stopped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DispatchError {
    /// No more events will come.
    #[error(transparent)]
    Listener(#[from] ListenerError),
    /// VK does not tell whose the token is.
    #[error("VK does not tell whose the token is: {0}")]
    Group(#[source] RequestError),
    /// The token is not a community's.
    #[error("the token is not a community's")]
    NotACommunity,
    /// The cursor could not be loaded.
    #[error("the cursor could not be loaded: {0}")]
    Cursor(#[source] BoxError),
    /// Signals cannot be caught.
    #[error("signals cannot be caught: {0}")]
    Signals(#[source] io::Error),
}

impl<E: fmt::Debug + Send + 'static> Dispatcher<E> {
    /// Begins a dispatcher.
    pub fn builder(bot: Bot, handler: UpdateHandler<E>) -> DispatcherBuilder<E> {
        DispatcherBuilder::new(bot, handler)
    }
}

impl<E: Send + 'static> Dispatcher<E> {
    /// What stops it.
    pub fn shutdown_token(&self) -> ShutdownToken {
        self.settings.shutdown.clone()
    }

    /// The kinds of events the handlers want, by VK's names.
    pub fn events(&self) -> Vec<&'static str> {
        self.settings.handler.description().events()
    }

    /// Takes events by long polling, from where the cursor is, until stopped.
    pub async fn dispatch(self) -> Result<(), DispatchError> {
        match self.polling().await? {
            Some((polling, resumed)) => self.run(polling, resumed).await,
            None => Ok(()),
        }
    }

    /// Takes events by long polling, as [`Dispatcher::dispatch`] does, and from another listener at once. An event
    /// that comes from both is handled once.
    pub async fn dispatch_beside(self, other: impl UpdateListener) -> Result<(), DispatchError> {
        match self.polling().await? {
            Some((polling, resumed)) => self.run(merge(polling, other), resumed).await,
            None => Ok(()),
        }
    }

    /// Takes events from a listener of your own, until stopped or until it fails.
    pub async fn dispatch_with(self, listener: impl UpdateListener) -> Result<(), DispatchError> {
        self.run(listener, None).await
    }

    /// A long poll from where the cursor is, and where that is. None if stopped meanwhile.
    async fn polling(&self) -> Result<Option<(Polling, Option<String>)>, DispatchError> {
        let settings = &self.settings;
        let resumed = match &settings.cursor {
            Some(cursor) => cursor.load().await.map_err(DispatchError::Cursor)?,
            None => None,
        };
        let shutdown = self.shutdown_token();
        let group_id = async {
            let group_id = group_id(settings).await?;
            if settings.subscribe {
                ask_for(&settings.bot, group_id, &self.events()).await;
            }
            Ok::<_, DispatchError>(group_id)
        };
        let group_id = tokio::select! {
            group_id = group_id => group_id?,
            () = shutdown.wait() => return Ok(None),
        };
        let polling = Polling::builder(settings.bot.clone(), group_id).resume(resumed.clone()).build();
        Ok(Some((polling, resumed)))
    }

    async fn run(self, listener: impl UpdateListener, resumed: Option<String>) -> Result<(), DispatchError> {
        let settings = Arc::new(self.settings);
        let signals = if settings.signals {
            Some(settings.shutdown.on_signals().map_err(DispatchError::Signals)?)
        } else {
            None
        };
        let ledger = Ledger::new(settings.cursor.is_some(), resumed);
        let saver = settings.cursor.clone().map(|store| tokio::spawn(Arc::clone(&ledger).save_to(store)));
        let (batches, incoming) = mpsc::channel(1);
        let listening = tokio::spawn(listen(listener, batches, settings.shutdown.clone()));

        let runner = Runner {
            settings: Arc::clone(&settings),
            ledger: Arc::clone(&ledger),
            queue: RunQueue::new(),
            seen: Seen::default(),
            running: JoinSet::new(),
        };
        runner.run(incoming).await;

        let ended = join(listening).await;
        ledger.close();
        if let Some(saver) = saver {
            let save = saver.abort_handle();
            tokio::select! {
                _ = join(saver) => {}
                () = settings.shutdown.aborted() => save.abort(),
            }
        }
        if let Some(signals) = signals {
            signals.abort();
        }
        ended.unwrap_or(Ok(())).map_err(DispatchError::Listener)
    }
}

impl<E> fmt::Debug for Dispatcher<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher").field("settings", &self.settings).finish()
    }
}

/// Waits for a task; its panic goes on here.
async fn join<T>(task: JoinHandle<T>) -> Option<T> {
    match task.await {
        Ok(value) => Some(value),
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}

/// Whose the token is; asks until VK can be reached.
async fn group_id<E>(settings: &DispatcherBuilder<E>) -> Result<GroupId, DispatchError> {
    let backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(60) };
    let mut random = settings.bot.fork_random();
    let mut faults = 0;
    if let Some(group_id) = settings.group_id {
        return Ok(group_id);
    }
    loop {
        match settings.bot.groups_get_by_id().await {
            Ok(groups) => return groups.first().map(|group| group.id).ok_or(DispatchError::NotACommunity),
            Err(error) if error.is_retryable() => {
                faults += 1;
                warn!(%error, faults, "VK does not tell whose the token is yet");
                sleep(backoff.half(faults, &mut random)).await;
            }
            Err(error) => return Err(DispatchError::Group(error)),
        }
    }
}

/// Asks for events as well as the token may; what cannot be done is told, and the bot works with what comes.
async fn ask_for(bot: &Bot, group_id: GroupId, events: &[&'static str]) {
    let backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(4) };
    let mut random = bot.fork_random();
    for faults in 1..=ASKED {
        let error = match subscribe(bot, group_id, events).await {
            Ok(missing) if missing.is_empty() => return,
            Ok(missing) => return info!(?missing, "events were off and are on now"),
            Err(error) => error,
        };
        let code = error.api().map(|error| error.code);
        if let Some(ErrorCode::PERMISSION_DENIED | ErrorCode::ACCESS_DENIED | ErrorCode::GROUP_AUTH_FAILED) =
            code
        {
            return warn!(
                %error, ?events,
                "the token has no right to manage the community: switch long polling and these events on by hand, \
                 or make a token with that right"
            );
        }
        warn!(%error, faults, ?events, "it is not known whether these events are on");
        if !error.is_retryable() {
            return;
        }
        sleep(backoff.half(faults, &mut random)).await;
    }
}

/// Hands batches over until stopped. Lives apart from handlers, so that nothing of theirs breaks off a poll.
async fn listen(
    mut listener: impl UpdateListener,
    batches: mpsc::Sender<Batch>,
    shutdown: ShutdownToken,
) -> Result<(), ListenerError> {
    loop {
        let batch = tokio::select! {
            biased;
            () = shutdown.wait() => return Ok(()),
            batch = listener.next() => batch?,
        };
        if batches.send(batch).await.is_err() {
            return Ok(());
        }
    }
}

/// An event on its way to its handler.
struct Item {
    update: Arc<Update>,
    ticket: Ticket,
    /// Only of an event without a number; the others' are kept with the number.
    receipt: Option<Receipt>,
}

struct Runner<E> {
    settings: Arc<DispatcherBuilder<E>>,
    ledger: Arc<Ledger>,
    queue: RunQueue<Item>,
    seen: Seen,
    running: JoinSet<(Key, Item)>,
}

impl<E: Send + 'static> Runner<E> {
    /// Handles what comes until no more comes and all is handled, or until the deadline after being stopped.
    async fn run(mut self, mut incoming: mpsc::Receiver<Batch>) {
        let shutdown = self.settings.shutdown.clone();
        let mut open = true;
        let mut deadline = None;
        while open || self.queue.total() > 0 {
            while self.running.len() < self.settings.concurrency
                && let Some((key, item)) = self.queue.start()
            {
                let work = handle(Arc::clone(&self.settings), item);
                self.running.spawn(work.map(move |item| (key, item)));
            }
            tokio::select! {
                biased;
                () = shutdown.wait(), if deadline.is_none() => {
                    info!(unfinished = self.queue.total(), "stopping");
                    deadline = Some(Instant::now() + self.settings.deadline);
                    open = false;
                    incoming.close();
                }
                () = shutdown.aborted() => {
                    warn!(unfinished = self.queue.total(), "stopped at once, handlers are dropped");
                    return;
                }
                () = at(deadline) => {
                    warn!(unfinished = self.queue.total(), "the deadline is over, handlers are dropped");
                    self.running.shutdown().await;
                    return;
                }
                Some(ended) = self.running.join_next() => self.ended(ended),
                batch = incoming.recv(), if open && self.queue.total() < self.settings.queue => match batch {
                    Some(batch) => self.take(batch),
                    None => open = false,
                },
            }
        }
    }

    fn take(&mut self, batch: Batch) {
        if batch.gap {
            warn!(ts = batch.ts, "events were lost before these");
        }
        let receipt = batch.receipt;
        let is_new = |update: &Update| self.seen.is_new(update, receipt.as_ref());
        let updates: Vec<_> = batch.updates.into_iter().filter(is_new).collect();
        let tickets = self.ledger.begin(batch.ts, updates.len());
        for (update, ticket) in updates.into_iter().zip(tickets) {
            let update = Arc::new(update);
            let receipt = receipt.clone().filter(|_| update.event_id.is_none());
            self.queue.push((self.settings.key)(&update), Item { update, ticket, receipt });
        }
        if let Some(receipt) = receipt {
            receipt.taken();
        }
    }

    fn ended(&mut self, ended: Result<(Key, Item), tokio::task::JoinError>) {
        match ended {
            Ok((key, Item { update, ticket, receipt })) => {
                ticket.finish();
                self.seen.finish(&update);
                if let Some(receipt) = receipt {
                    receipt.handled();
                }
                self.queue.done(key);
            }
            // Panics are caught inside.
            Err(error) => error!(%error, "a handler's task has failed"),
        }
    }
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

/// Handles one event to its end: its error handler included, so that the person's next event comes after it.
async fn handle<E: Send + 'static>(settings: Arc<DispatcherBuilder<E>>, item: Item) -> Item {
    let Item { update, ticket, .. } = &item;
    let mut dependencies = settings.dependencies.clone();
    dependencies.insert(settings.bot.clone());
    dependencies.insert(Arc::clone(update));
    dependencies.insert(ticket.clone());

    let work = async {
        match settings.handler.dispatch(dependencies).await {
            ControlFlow::Break(result) => result,
            ControlFlow::Continue(_) => {
                (settings.default_handler)(Arc::clone(update)).await;
                Ok(())
            }
        }
    };
    let failure = match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(Failure::Error(error)),
        Err(panic) => Some(Failure::Panic(words(&*panic))),
    };
    if let Some(failure) = failure {
        let context = ErrorContext {
            bot: settings.bot.clone(),
            update: Arc::clone(update),
            dependencies: settings.dependencies.clone(),
        };
        let told = AssertUnwindSafe(settings.error_handler.handle(failure, context)).catch_unwind().await;
        if let Err(panic) = told {
            error!(panic = words(&*panic), "the error handler has panicked");
        }
    }
    item
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}

/// Which event: numbers are a community's own.
type EventKey = (GroupId, String);

/// The last event numbers, so that an event that comes twice is handled once, whichever way it comes.
#[derive(Default)]
struct Seen {
    /// Of an event not finished yet: who is to be told of it.
    events: HashMap<EventKey, Option<Vec<Receipt>>>,
    order: VecDeque<EventKey>,
}

impl Seen {
    fn is_new(&mut self, update: &Update, receipt: Option<&Receipt>) -> bool {
        let Some(event_id) = &update.event_id else { return true };
        let event = (update.group_id, event_id.clone());
        match self.events.entry(event.clone()) {
            Entry::Occupied(mut seen) => {
                debug!(event_id, "this event has come before");
                match (receipt, seen.get_mut()) {
                    (Some(receipt), Some(waiting)) => waiting.push(receipt.clone()),
                    (Some(receipt), None) => receipt.handled(),
                    (None, _) => {}
                }
                return false;
            }
            Entry::Vacant(new) => new.insert(Some(receipt.cloned().into_iter().collect())),
        };
        self.order.push_back(event);
        if self.order.len() > SEEN
            && let Some(oldest) = self.order.pop_front()
        {
            self.events.remove(&oldest);
        }
        true
    }

    fn finish(&mut self, update: &Update) {
        let Some(event_id) = &update.event_id else { return };
        let waiting = self.events.get_mut(&(update.group_id, event_id.clone())).and_then(Option::take);
        for receipt in waiting.into_iter().flatten() {
            receipt.handled();
        }
    }
}
