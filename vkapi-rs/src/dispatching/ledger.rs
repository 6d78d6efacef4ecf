//! Which events are dealt with, and so how far the cursor may go.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::cursor::{BoxError, DynCursor};

/// How long to wait after the cursor could not be saved.
const SAVE_AGAIN: Duration = Duration::from_secs(1);

/// Keeps account of every event until all before it are finished.
pub(crate) struct Ledger {
    state: Mutex<State>,
    changed: Notify,
    closed: CancellationToken,
    /// Whether there is a store for the cursor; without one nothing is ever to be saved.
    saves: bool,
}

#[derive(Default)]
struct State {
    /// Batches with something unfinished in or before them, oldest first.
    batches: VecDeque<Entry>,
    /// The number of the front batch.
    first: u64,
    /// The `ts` of the newest batch.
    newest: Option<String>,
    /// What is to be saved next.
    to_save: Option<String>,
    /// Whether a save is on its way.
    saving: bool,
}

struct Entry {
    /// None for events that came by themselves: they hold the cursor back like others, but do not move it.
    ts: Option<String>,
    unfinished: BTreeSet<usize>,
    /// Whether a handler has stored `ts` itself.
    stored: bool,
}

impl Ledger {
    /// An account that begins after `resumed`, the place already stored.
    pub(crate) fn new(saves: bool, resumed: Option<String>) -> Arc<Self> {
        let state = Mutex::new(State { newest: resumed, ..State::default() });
        Arc::new(Self { state, changed: Notify::new(), closed: CancellationToken::new(), saves })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a batch; gives a ticket for each of its events.
    pub(crate) fn begin(self: &Arc<Self>, ts: Option<String>, events: usize) -> Vec<Ticket> {
        let mut state = self.state();
        if events == 0 && (ts.is_none() || state.newest == ts) {
            return Vec::new();
        }
        if ts.is_some() {
            state.newest.clone_from(&ts);
        }
        let batch = state.first + state.batches.len() as u64;
        state.batches.push_back(Entry { ts, unfinished: (0..events).collect(), stored: false });
        self.advance(&mut state);
        let ticket = |event| Ticket { ledger: Arc::clone(self), batch, event, asked: Arc::default() };
        (0..events).map(ticket).collect()
    }

    /// Lets go of finished batches at the front, and has the last one's `ts` saved if no handler has stored it.
    fn advance(&self, state: &mut State) {
        let mut last = None;
        while state.batches.front().is_some_and(|entry| entry.unfinished.is_empty()) {
            last = state.batches.pop_front().filter(|entry| entry.ts.is_some()).or(last);
            state.first += 1;
        }
        if let Some(Entry { ts: Some(ts), stored: false, .. }) = last
            && self.saves
        {
            state.to_save = Some(ts);
            self.changed.notify_one();
        }
    }

    /// Saves whatever is to be saved, newest only, until closed.
    pub(crate) async fn save_to(self: Arc<Self>, store: Arc<dyn DynCursor>) {
        loop {
            let Some(ts) = self.take_to_save() else {
                if self.closed.is_cancelled() {
                    return;
                }
                tokio::select! {
                    () = self.changed.notified() => {}
                    () = self.closed.cancelled() => {}
                }
                continue;
            };
            let result = store.save(&ts).await;
            if let Err(error) = self.saved(ts, result) {
                warn!(%error, "the cursor was not saved");
                if self.closed.is_cancelled() {
                    return;
                }
                tokio::select! {
                    () = sleep(SAVE_AGAIN) => {}
                    () = self.closed.cancelled() => {}
                }
            }
        }
    }

    fn take_to_save(&self) -> Option<String> {
        let mut state = self.state();
        let ts = state.to_save.take();
        state.saving = ts.is_some();
        ts
    }

    /// Ends a save; one that failed is due again, unless something newer is. Nothing is lost by waiting: what is
    /// not saved comes again.
    fn saved(&self, ts: String, result: Result<(), BoxError>) -> Result<(), BoxError> {
        let mut state = self.state();
        state.saving = false;
        if result.is_err() {
            state.to_save.get_or_insert(ts);
        }
        result
    }

    /// Lets [`Ledger::save_to`] end once all is saved, or once it has failed.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }
}

/// An event's place in the account of what is dealt with.
///
/// A handler that keeps its work in a transaction can put the cursor into the same one: it asks for
/// [`Ticket::cursor`] just before, stores what it is given, and tells so by [`Ticket::stored`]. Whatever is not
/// stored so, the dispatcher saves through its [`CursorStore`](super::CursorStore) by itself.
///
/// An event counts as dealt with when its handler has ended, be it by an error or a panic.
#[derive(Clone)]
pub struct Ticket {
    ledger: Arc<Ledger>,
    batch: u64,
    event: usize,
    asked: Arc<AtomicBool>,
}

impl Ticket {
    /// The cursor that may be stored together with this event's work: there is one only while every other event of
    /// its batch and of all before is finished.
    pub fn cursor(&self) -> Option<String> {
        self.asked.store(true, Ordering::Relaxed);
        let state = self.ledger.state();
        // A save on its way could land after the handler's and take the cursor back.
        if state.saving || state.to_save.is_some() || state.first != self.batch {
            return None;
        }
        let entry = state.batches.front()?;
        let is_last = entry.unfinished.len() == 1 && entry.unfinished.contains(&self.event);
        entry.ts.clone().filter(|_| is_last)
    }

    /// Tells that the handler has stored what [`Ticket::cursor`] gave.
    pub fn stored(&self, ts: &str) {
        let mut state = self.ledger.state();
        if state.first == self.batch
            && let Some(entry) = state.batches.front_mut()
            && entry.ts.as_deref() == Some(ts)
        {
            entry.stored = true;
        }
    }

    /// Whether the handler has asked for the cursor.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// The event is dealt with.
    pub(crate) fn finish(&self) {
        let mut state = self.ledger.state();
        let Some(index) = self.batch.checked_sub(state.first) else { return };
        if let Some(entry) = state.batches.get_mut(index as usize) {
            entry.unfinished.remove(&self.event);
        }
        self.ledger.advance(&mut state);
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket")
            .field("batch", &self.batch)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}
