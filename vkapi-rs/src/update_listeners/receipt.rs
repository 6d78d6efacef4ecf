//! How a listener learns what became of the events it handed over.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::oneshot;

/// When whoever sent an event is told that it is in good hands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acknowledge {
    /// Once it is handled, be it by an error or a panic: what is lost in a crash comes again.
    #[default]
    Handled,
    /// Once the dispatcher has taken it: answers sooner, and a crash may lose what was taken.
    Taken,
}

/// Goes with a batch and is told how far its events have come. Dropped untold, they were not dealt with.
#[derive(Clone, Debug)]
pub struct Receipt(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    when: Acknowledge,
    left: AtomicUsize,
    told: Mutex<Option<oneshot::Sender<()>>>,
}

impl Receipt {
    /// A receipt for a batch of so many events, at least one, and what to wait on.
    pub fn new(when: Acknowledge, events: usize) -> (Self, oneshot::Receiver<()>) {
        let (told, waiting) = oneshot::channel();
        let left = AtomicUsize::new(events.max(1));
        (Self(Arc::new(Inner { when, left, told: Mutex::new(Some(told)) })), waiting)
    }

    /// The dispatcher has the batch.
    pub(crate) fn taken(&self) {
        if self.0.when == Acknowledge::Taken {
            self.tell();
        }
    }

    /// One event of the batch is dealt with.
    pub(crate) fn handled(&self) {
        if self.0.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.tell();
        }
    }

    fn tell(&self) {
        if let Some(told) = self.0.told.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Whoever asked may have stopped waiting.
            let _ = told.send(());
        }
    }
}
