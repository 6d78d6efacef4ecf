//! The loop from a listener to handlers.

use std::{fmt, io, panic::resume_unwind, sync::Arc, time::Duration};

use thiserror::Error;
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
    time::sleep,
};
use tracing::{info, warn};

use super::{
    BoxError, DispatcherBuilder, ShutdownToken, UpdateHandler, builder::OnBatch, ledger::Ledger,
    queue::RunQueue, runner::Runner, seen::Seen,
};
use crate::{
    bot::Bot,
    errors::{ErrorCode, RequestError},
    types::GroupId,
    update_listeners::{Backoff, Batch, ListenerError, Polling, UpdateListener, merge, subscribe},
};

/// How often VK is asked to switch events on.
const ASKED: u32 = 3;

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
        let (resumed, idle) = match &settings.cursor {
            Some(cursor) => {
                let idle = cursor.idle().await.map_err(DispatchError::Cursor)?;
                (cursor.load().await.map_err(DispatchError::Cursor)?, idle)
            }
            None => (None, None),
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
        let polling = Polling::builder(settings.bot.clone(), group_id).resume(resumed.clone()).idle(idle);
        let polling = polling.build();
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
        let listening = tokio::spawn(listen(
            listener,
            batches,
            settings.shutdown.clone(),
            Arc::clone(&settings.on_batch),
        ));

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
    on_batch: OnBatch,
) -> Result<(), ListenerError> {
    loop {
        let batch = tokio::select! {
            biased;
            () = shutdown.wait() => return Ok(()),
            batch = listener.next() => batch?,
        };
        on_batch(&batch);
        if batches.send(batch).await.is_err() {
            return Ok(());
        }
    }
}
