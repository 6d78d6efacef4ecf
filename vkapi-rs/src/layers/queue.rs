//! Who goes next.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{sync::oneshot, time::Instant};
use tracing::Span;

use super::{limits::Limits, window::Window};
use crate::{
    errors::RequestError,
    transport::{Answer, Call, Lane},
};

/// A lane that has waited so long without a call of its own leaving is next.
const PATIENCE: Duration = Duration::from_secs(1);
const LANES: [Lane; 4] = [Lane::EventAnswer, Lane::Reply, Lane::Reminder, Lane::Campaign];

/// A place in the queue: the lane, then the order of coming.
pub(super) type Place = (Lane, u64);

/// A call on its way, and who waits for its answer.
pub(super) struct Waiting {
    pub(super) place: Place,
    pub(super) call: Arc<Call>,
    pub(super) answer: oneshot::Sender<Result<Answer, RequestError>>,
    pub(super) came: Instant,
    pub(super) put_back: u32,
    /// Where the call was made, for logs.
    pub(super) span: Span,
}

/// What is to be done now.
pub(super) enum Next {
    /// This call leaves.
    Leave(Waiting),
    /// Nothing before this moment, if it is known, or before an answer or a new call.
    Wait(Option<Instant>),
    /// Nobody waits.
    Idle,
}

/// Everybody who waits, and what decides who goes.
pub(super) struct Queue {
    pub(super) window: Window,
    waiting: BTreeMap<Place, Waiting>,
    next: u64,
    paused_until: Option<Instant>,
    /// When the next call of such a lane may leave.
    low_due: Option<Instant>,
    /// The last call was one that somebody sits waiting for.
    last_was_high: bool,
    /// When a call of each lane last left.
    served: [Option<Instant>; LANES.len()],
}

impl Queue {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            window: Window::new(limits),
            waiting: BTreeMap::new(),
            next: 0,
            paused_until: None,
            low_due: None,
            last_was_high: false,
            served: [None; LANES.len()],
        }
    }

    /// A new call at the end of its lane.
    pub(super) fn push(
        &mut self,
        call: Arc<Call>,
        answer: oneshot::Sender<Result<Answer, RequestError>>,
        now: Instant,
    ) -> Place {
        self.next += 1;
        let place = (call.lane, self.next);
        self.put(Waiting { place, call, answer, came: now, put_back: 0, span: Span::current() });
        place
    }

    /// A call comes back to its old place, which is before all that came later in the lane.
    pub(super) fn put(&mut self, waiting: Waiting) {
        self.waiting.insert(waiting.place, waiting);
    }

    pub(super) fn remove(&mut self, place: Place) {
        self.waiting.remove(&place);
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// VK said "too many requests".
    pub(super) fn refused(&mut self, pause: Duration, now: Instant) {
        self.paused_until = Some(now + pause);
        self.window.refused(now);
    }

    pub(super) fn next(&mut self, now: Instant) -> Next {
        if self.waiting.is_empty() {
            return Next::Idle;
        }
        let Some(free_at) = self.window.free_at(now) else { return Next::Wait(None) };
        let free_at = self.paused_until.map_or(free_at, |until| until.max(free_at));
        if free_at > now {
            return Next::Wait(Some(free_at));
        }
        match self.turn(now) {
            Ok(lane) => self.leave(lane, now),
            Err(at) => Next::Wait(Some(at)),
        }
    }

    /// The lane whose turn it is, or when one will have it. Somebody waits.
    fn turn(&self, now: Instant) -> Result<Lane, Instant> {
        if let Some(lane) = self.starving(now) {
            return Ok(lane);
        }
        let high = LANES.into_iter().find(|lane| !is_low(*lane) && self.first(*lane).is_some());
        let low = LANES.into_iter().find(|lane| is_low(*lane) && self.first(*lane).is_some());
        let low_at = self.low_due.unwrap_or(now);
        match (high, low) {
            // Where answers trickle, every second call is left to the others.
            (Some(high), Some(low)) => {
                let trickle = self.last_was_high && self.waiting(high) == 1;
                Ok(if trickle && low_at <= now { low } else { high })
            }
            (Some(high), None) => Ok(high),
            (None, Some(low)) if low_at <= now => Ok(low),
            (None, _) => Err(low_at),
        }
    }

    /// How many wait that somebody sits waiting for; no further than two are counted.
    fn waiting(&self, from: Lane) -> usize {
        self.waiting.range((from, 0)..(Lane::Reminder, 0)).take(2).count()
    }

    fn first(&self, lane: Lane) -> Option<&Waiting> {
        self.waiting.range((lane, 0)..=(lane, u64::MAX)).next().map(|(_, waiting)| waiting)
    }

    /// The lane that has waited longest, if that is too long.
    fn starving(&self, now: Instant) -> Option<Lane> {
        let since = |lane: Lane| {
            let came = self.first(lane)?.came;
            Some(self.served[lane as usize].map_or(came, |served| served.max(came)))
        };
        let longest = LANES.into_iter().filter_map(|lane| Some((since(lane)?, lane))).min()?;
        (now.duration_since(longest.0) >= PATIENCE).then_some(longest.1)
    }

    fn leave(&mut self, lane: Lane, now: Instant) -> Next {
        let Some(place) = self.first(lane).map(|first| first.place) else { return Next::Wait(None) };
        let Some(waiting) = self.waiting.remove(&place) else { return Next::Wait(None) };
        self.served[lane as usize] = Some(now);
        self.last_was_high = !is_low(lane);
        if is_low(lane) {
            let gap = self.window.gap(now);
            // A late timer must not slow the row down, but what was missed is not made up for by calls close together.
            let due = self.low_due.filter(|due| now.duration_since(*due) < gap / 4).unwrap_or(now);
            self.low_due = Some(due + gap);
        }
        Next::Leave(waiting)
    }
}

/// Nobody sits waiting for it.
fn is_low(lane: Lane) -> bool {
    lane >= Lane::Reminder
}
