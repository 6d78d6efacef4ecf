//! A clock that stands until it is moved to the next moment somebody waits for.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use futures::future::BoxFuture;
use tokio::sync::oneshot;

use crate::domain::{Clock, Ms};

/// Who waits, by moment and in the order in which they came.
type Waiting = BTreeMap<(Ms, u64), oneshot::Sender<()>>;

/// No real time passes in it: whoever waits is woken by [`Dial::move_to`], in the same order in every run.
#[derive(Clone, Debug, Default)]
pub(super) struct Dial(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    now: AtomicI64,
    came: AtomicU64,
    waiting: Mutex<Waiting>,
}

impl Dial {
    pub(super) fn at(now: Ms) -> Self {
        let dial = Self::default();
        dial.0.now.store(now.0, Ordering::SeqCst);
        dial
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first moment somebody waits for.
    pub(super) fn next(&self) -> Option<Ms> {
        self.waiting().keys().next().map(|(at, _)| *at)
    }

    /// It is that moment, and everybody who waited for it or for an earlier one is woken.
    pub(super) fn move_to(&self, at: Ms) {
        self.0.now.fetch_max(at.0, Ordering::SeqCst);
        let mut waiting = self.waiting();
        let later = waiting.split_off(&(at.plus(1), 0));
        let woken = std::mem::replace(&mut *waiting, later);
        drop(waiting);
        for wake in woken.into_values() {
            let _ = wake.send(());
        }
    }
}

/// Takes who does not wait any more out of the list.
struct Place<'a>(&'a Dial, (Ms, u64));

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting().remove(&self.1);
    }
}

impl Clock for Dial {
    fn now(&self) -> Ms {
        Ms(self.0.now.load(Ordering::SeqCst))
    }

    fn until(&self, at: Ms) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if at <= self.now() {
                return;
            }
            let key = (at, self.0.came.fetch_add(1, Ordering::SeqCst));
            let (wake, woken) = oneshot::channel();
            self.waiting().insert(key, wake);
            let _place = Place(self, key);
            let _ = woken.await;
        })
    }
}
