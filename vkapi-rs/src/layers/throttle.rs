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
    pack::Pack,
    queue::{Next, Place, Queue},
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
            tokio::spawn(Driver { shared: Arc::clone(self), finished: false }.run());
        }
    }

    async fn carry(self: Arc<Self>, pack: Box<Pack>, mut under_way: UnderWay) {
        let mut call = pack.call().into_owned();
        let since = pack.callers().map(|caller| caller.came).min();
        call.waited = since.map(|since| since.elapsed()).unwrap_or_default();
        let outcome = self.inner.call(&call).await;
        under_way.ended = match &outcome {
            Ok(_) => Ended::Answered,
            Err(RequestError::Api(_)) => Ended::Refused,
            Err(_) => Ended::Lost,
        };
        drop(under_way);
        let (mut again, mut refused) = (Vec::new(), false);
        for (mut waiting, outcome) in pack.deal(outcome) {
            let too_many = outcome.as_ref().is_some_and(is_too_many);
            refused |= too_many;
            let may_again = !too_many || waiting.put_back < self.limits.put_back;
            match outcome {
                Some(outcome) if !(too_many && may_again) => {
                    // Nobody may wait any more.
                    let _ = waiting.answer.send(outcome);
                }
                _ if waiting.answer.is_closed() => {}
                _ => {
                    waiting.put_back += u32::from(too_many);
                    again.push(waiting);
                }
            }
        }
        if refused || !again.is_empty() {
            let mut state = self.state();
            if refused {
                warn!(put_back = again.len(), "VK says too many requests: all calls pause");
                state.queue.refused(self.limits.pause, Instant::now());
            }
            for waiting in again {
                state.queue.put(waiting);
            }
            self.look(state);
        }
    }
}

fn is_too_many(outcome: &Result<Answer, RequestError>) -> bool {
    let code = outcome.as_ref().err().and_then(RequestError::api).map(|error| error.code);
    code == Some(ErrorCode::TOO_MANY_REQUESTS)
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
struct Driver {
    shared: Arc<Shared>,
    finished: bool,
}

impl Driver {
    async fn run(mut self) {
        while let ControlFlow::Continue(at) = self.step() {
            let moment = async {
                match at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.shared.changed.notified() => {}
                () = moment => {}
            }
        }
        // From here on there may be another.
        self.finished = true;
    }

    /// Lets everything leave that may now; then when to look again. Breaks off when nobody waits.
    fn step(&self) -> ControlFlow<(), Option<Instant>> {
        loop {
            let now = Instant::now();
            let mut state = self.shared.state();
            match state.queue.next(now) {
                Next::Leave(pack) => {
                    let number = state.queue.window.leave(pack.method(), pack.len(), now);
                    // A runtime that ends drops at once what it is given.
                    drop(state);
                    let under_way = UnderWay { shared: Arc::clone(&self.shared), number, ended: Ended::Lost };
                    let span = pack.span();
                    tokio::spawn(Arc::clone(&self.shared).carry(pack, under_way).instrument(span));
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
        if !self.finished {
            let mut state = self.shared.state();
            state.driven = false;
            state.queue.clear();
        }
    }
}
