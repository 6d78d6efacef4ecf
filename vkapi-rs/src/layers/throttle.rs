//! Never more calls than VK allows, the urgent ones first.

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::future::BoxFuture;
use tokio::{
    sync::{Notify, oneshot},
    time::{Instant, sleep_until},
};
use tracing::{Instrument, warn};

use super::{
    limits::Limits,
    queue::{Next, Place, Queue, Waiting},
    window::Ended,
};
use crate::{
    errors::{ErrorCode, RequestError},
    transport::{Answer, Call, Transport},
};

/// The layer that keeps calls within [`Limits`].
///
/// Calls leave from a task of their own, which lives while somebody waits: so it is always known how a call ended, even
/// if whoever made it has given up.
pub(crate) struct Throttle(Arc<Shared>);

struct Shared {
    inner: Arc<dyn Transport>,
    limits: Limits,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    queue: Queue,
    driven: bool,
}

impl Throttle {
    pub(crate) fn new(inner: Arc<dyn Transport>, limits: Limits) -> Self {
        let state = Mutex::new(State { queue: Queue::new(&limits), driven: false });
        Self(Arc::new(Shared { inner, limits, state, changed: Notify::new() }))
    }
}

impl Transport for Throttle {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            let place = self.0.push(Arc::new(call.clone()), answer);
            let _given_up = GivenUp { shared: &self.0, place };
            answered.await.unwrap_or_else(|_| Err(RequestError::Network(Arc::new(Stopped))))
        })
    }
}

/// The runtime that carried calls has ended.
#[derive(Debug, thiserror::Error)]
#[error("the runtime that carries calls has ended")]
struct Stopped;

/// Takes a call whose caller has given up out of the queue, if it is still there.
struct GivenUp<'a> {
    shared: &'a Shared,
    place: Place,
}

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        self.shared.state().queue.remove(self.place);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(
        self: &Arc<Self>,
        call: Arc<Call>,
        answer: oneshot::Sender<Result<Answer, RequestError>>,
    ) -> Place {
        let mut state = self.state();
        let place = state.queue.push(call, answer, Instant::now());
        self.look(state);
        place
    }

    /// Lets the queue be looked at anew.
    fn look(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if std::mem::replace(&mut state.driven, true) {
            drop(state);
            self.changed.notify_one();
        } else {
            drop(state);
            tokio::spawn(Driver(Arc::clone(self)).run());
        }
    }

    async fn carry(self: Arc<Self>, waiting: Waiting, mut under_way: UnderWay) {
        let result = self.inner.call(&waiting.call).await;
        under_way.ended = match &result {
            Ok(_) => Ended::Answered,
            Err(RequestError::Api(_)) => Ended::Refused,
            Err(_) => Ended::Lost,
        };
        drop(under_way);
        if let Err(RequestError::Api(error)) = &result
            && error.code == ErrorCode::TOO_MANY_REQUESTS
        {
            let mut state = self.state();
            state.queue.refused(self.limits.pause, Instant::now());
            if waiting.put_back < self.limits.put_back && !waiting.answer.is_closed() {
                let put_back = waiting.put_back + 1;
                warn!(method = %waiting.call.method, put_back, "VK says too many requests: all calls pause");
                state.queue.put(Waiting { put_back, ..waiting });
                return self.look(state);
            }
        }
        // Nobody may wait any more.
        let _ = waiting.answer.send(result);
    }
}

/// A call that has left; however it ends, the window learns of it.
struct UnderWay {
    shared: Arc<Shared>,
    number: u64,
    ended: Ended,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.shared.state().queue.window.end(self.number, self.ended, Instant::now());
        self.shared.changed.notify_one();
    }
}

/// Lets calls leave while somebody waits.
struct Driver(Arc<Shared>);

impl Driver {
    async fn run(self) {
        while let ControlFlow::Continue(at) = self.step() {
            let moment = async {
                match at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.0.changed.notified() => {}
                () = moment => {}
            }
        }
    }

    /// Lets everything leave that may now; then when to look again. Breaks off when nobody waits.
    fn step(&self) -> ControlFlow<(), Option<Instant>> {
        loop {
            let now = Instant::now();
            let mut state = self.0.state();
            match state.queue.next(now) {
                Next::Leave(waiting) => {
                    let number = state.queue.window.leave(waiting.call.method.clone(), 1, now);
                    // A runtime that ends drops at once what it is given.
                    drop(state);
                    let under_way = UnderWay { shared: Arc::clone(&self.0), number, ended: Ended::Lost };
                    let span = waiting.span.clone();
                    tokio::spawn(Arc::clone(&self.0).carry(waiting, under_way).instrument(span));
                }
                Next::Wait(at) => return ControlFlow::Continue(at),
                Next::Idle => {
                    state.driven = false;
                    return ControlFlow::Break(());
                }
            }
        }
    }
}

impl Drop for Driver {
    /// Its runtime may end before those who wait.
    fn drop(&mut self) {
        let mut state = self.0.state();
        if std::mem::replace(&mut state.driven, false) {
            state.queue.clear();
        }
    }
}
