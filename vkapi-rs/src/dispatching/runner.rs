//! Events on their way through handlers.

use std::{any::Any, future::pending, ops::ControlFlow, panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep_until},
};
use tracing::{error, info, warn};

use super::{
    DispatcherBuilder, ErrorContext, Failure, Ticket,
    ledger::Ledger,
    presses::{Presses, stop_spinning},
    queue::{Key, RunQueue},
    seen::Seen,
};
use crate::{
    types::{MessageEvent, Update, UpdateKind},
    update_listeners::{Batch, Receipt},
};

/// The events that wait until the one being handled is dealt with, oldest first: of the same person, unless
/// [`DispatcherBuilder::key`](super::DispatcherBuilder::key) says otherwise. More may come meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Behind(pub Vec<Arc<Update>>);

/// An event on its way to its handler.
pub(super) struct Item {
    update: Arc<Update>,
    ticket: Ticket,
    /// Only of an event without a number; the others' are kept with the number.
    receipt: Option<Receipt>,
}

/// Handles events side by side, one person's in order.
pub(super) struct Runner<E> {
    pub(super) settings: Arc<DispatcherBuilder<E>>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) queue: RunQueue<Item>,
    pub(super) seen: Seen,
    pub(super) running: JoinSet<(Key, Item)>,
}

impl<E: Send + 'static> Runner<E> {
    /// Handles what comes until no more comes and all is handled, or until the deadline after being stopped.
    pub(super) async fn run(mut self, mut incoming: mpsc::Receiver<Batch>) {
        let shutdown = self.settings.shutdown.clone();
        let mut open = true;
        let mut deadline = None;
        while open || self.queue.total() > 0 {
            while self.running.len() < self.settings.concurrency
                && let Some((key, item)) = self.queue.start()
            {
                let behind = Behind(self.queue.behind(key).map(|item| Arc::clone(&item.update)).collect());
                let work = handle(Arc::clone(&self.settings), item, behind);
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
async fn handle<E: Send + 'static>(settings: Arc<DispatcherBuilder<E>>, item: Item, behind: Behind) -> Item {
    let Item { update, ticket, .. } = &item;
    let mut dependencies = settings.dependencies.clone();
    dependencies.insert(settings.bot.clone());
    dependencies.insert(Arc::clone(update));
    dependencies.insert(ticket.clone());
    dependencies.insert(behind);
    let press = press(&settings, update);
    if let Some((presses, press)) = press {
        presses.begin(press);
    }

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
    if let Some((presses, press)) = press
        && presses.end(press)
        && !ticket.was_asked()
    {
        stop_spinning(&settings.bot, press).await;
    }
    item
}

/// The press of a callback button that is to be answered, if the event is one.
fn press<'a, E>(
    settings: &'a DispatcherBuilder<E>,
    update: &'a Update,
) -> Option<(&'a Presses, &'a MessageEvent)> {
    match &update.kind {
        UpdateKind::MessageEvent(press) => Some((settings.presses.as_ref()?, press)),
        _ => None,
    }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned())
}
