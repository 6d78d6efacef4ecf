//! Never more calls than VK allows, the urgent ones first.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};
use tracing::warn;

use crate::{
    errors::{ErrorCode, RequestError},
    transport::{Answer, Call, Lane, Transport},
};

/// How many calls one token may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Calls in any second; at least 1.
    pub per_second: usize,
    /// How much longer than a second the window is: calls reach VK later than they leave, and not equally so.
    pub margin: Duration,
    /// How long everything waits after VK said "too many requests".
    pub pause: Duration,
    /// How often one call is put back after "too many requests" before that becomes its answer.
    pub put_back: u32,
}

impl Limits {
    /// A community's token: 20 calls a second, <https://dev.vk.com/ru/api/api-requests>.
    pub fn community() -> Self {
        Self {
            per_second: 20,
            margin: Duration::from_millis(50),
            pause: Duration::from_secs(1),
            put_back: 20,
        }
    }

    /// A user's or a service token: 3 calls a second, the least VK names.
    pub fn service() -> Self {
        Self { per_second: 3, ..Self::community() }
    }

    /// Another number of calls in any second; 0 counts as 1.
    #[must_use]
    pub fn per_second(mut self, calls: usize) -> Self {
        self.per_second = calls.max(1);
        self
    }

    /// Another margin.
    #[must_use]
    pub fn margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    fn window(&self) -> Duration {
        Duration::from_secs(1) + self.margin
    }
}

/// A place in the queue: the lane, then the order of coming.
type Place = (Lane, u64);

/// The layer that keeps calls within [`Limits`].
pub(crate) struct Throttle {
    inner: Arc<dyn Transport>,
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u64,
    /// When the last calls left, oldest first; never more than the limit.
    sent: VecDeque<Instant>,
    paused_until: Option<Instant>,
    waiting: BTreeMap<Place, Arc<Notify>>,
}

impl State {
    fn wake_first(&self) {
        if let Some(notify) = self.waiting.values().next() {
            notify.notify_one();
        }
    }
}

impl Throttle {
    pub(crate) fn new(inner: Arc<dyn Transport>, limits: Limits) -> Self {
        // The members are public: a limit of 0 would never let anything go.
        Self { inner, limits: limits.per_second(limits.per_second), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the call at `place` may leave, and counts it as left.
    async fn turn(&self, place: Place) {
        let notify = Arc::new(Notify::new());
        self.state().waiting.insert(place, Arc::clone(&notify));
        // Leaves the queue however this ends, and lets the next one look.
        let queued = Queued { throttle: self, place };
        loop {
            let ready_at = {
                let mut state = self.state();
                if state.waiting.keys().next() == Some(&place) {
                    let now = Instant::now();
                    let ready_at = self.ready_at(&mut state, now);
                    if ready_at <= now {
                        state.sent.push_back(now);
                        drop(state);
                        drop(queued);
                        return;
                    }
                    Some(ready_at)
                } else {
                    None
                }
            };
            match ready_at {
                Some(at) => tokio::select! {
                    () = sleep_until(at) => {}
                    () = notify.notified() => {}
                },
                None => notify.notified().await,
            }
        }
    }

    /// When the next call may leave; forgets those that no longer count.
    fn ready_at(&self, state: &mut State, now: Instant) -> Instant {
        while state.sent.front().is_some_and(|sent| *sent + self.limits.window() <= now) {
            state.sent.pop_front();
        }
        let free = match state.sent.front() {
            Some(oldest) if state.sent.len() >= self.limits.per_second => *oldest + self.limits.window(),
            _ => now,
        };
        state.paused_until.map_or(free, |until| free.max(until))
    }
}

struct Queued<'a> {
    throttle: &'a Throttle,
    place: Place,
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        let mut state = self.throttle.state();
        state.waiting.remove(&self.place);
        state.wake_first();
    }
}

impl Transport for Throttle {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        Box::pin(async move {
            let place = {
                let mut state = self.state();
                state.next += 1;
                (call.lane, state.next)
            };
            let mut put_back = 0;
            loop {
                self.turn(place).await;
                match self.inner.call(call).await {
                    Err(RequestError::Api(error))
                        if error.code == ErrorCode::TOO_MANY_REQUESTS && put_back < self.limits.put_back =>
                    {
                        put_back += 1;
                        warn!(method = %call.method, put_back, "VK says too many requests: all calls pause");
                        // The old place is before all that came later in the lane.
                        self.state().paused_until = Some(Instant::now() + self.limits.pause);
                    }
                    result => return result,
                }
            }
        })
    }
}
