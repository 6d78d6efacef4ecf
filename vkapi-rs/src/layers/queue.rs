//! Who goes next.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{sync::oneshot, time::Instant};
use tracing::Span;

use super::{
    limits::Limits,
    pack::{MOST_CALLS, MOST_PEERS, Pack},
    script,
    window::Window,
};
use crate::{
    errors::RequestError,
    transport::{Answer, Call, Lane},
};

/// A lane that has waited so long without a call of its own leaving is next.
const PATIENCE: Duration = Duration::from_secs(1);
const LANES: [Lane; 4] = [Lane::EventAnswer, Lane::Reply, Lane::Reminder, Lane::Campaign];

/// How many that wait are looked at when a pack is made: all that could be in it, if they stand in front.
const LOOKED_THROUGH: usize = MOST_CALLS * MOST_PEERS;

/// A place in the queue: the lane, then the order of coming.
pub(super) type Place = (Lane, u64);

/// A call on its way, and who waits for its answer.
pub(super) struct Waiting {
    pub(super) place: Place,
    pub(super) call: Arc<Call>,
    pub(super) answer: oneshot::Sender<Result<Answer, RequestError>>,
    pub(super) came: Instant,
    pub(super) put_back: u32,
    /// Calls the pack may have that takes it; fewer after too large a one failed.
    pub(super) most: usize,
    /// Where the call was made, for logs.
    pub(super) span: Span,
}

impl Waiting {
    /// May leave together with others.
    pub(super) fn is_packable(&self) -> bool {
        self.most > 1 && self.call.batchable && script::can_carry(&self.call)
    }
}

/// What is to be done now.
pub(super) enum Next {
    /// These calls leave.
    Leave(Box<Pack>),
    /// Nothing before this moment, if it is known, or before an answer or a new call.
    Wait(Option<Instant>),
    /// Nobody waits.
    Idle,
}

/// Everybody who waits, and what decides who goes.
pub(super) struct Queue {
    pub(super) window: Window,
    /// Calls of one pack at most.
    most: usize,
    waiting: BTreeMap<Place, Waiting>,
    next: u64,
    paused_until: Option<Instant>,
    /// When the next call of such a lane may leave.
    low_due: Option<Instant>,
    /// The last call was one that somebody sits waiting for.
    last_was_high: bool,
    last_left: Option<Instant>,
    /// When a call of each lane last left.
    served: [Option<Instant>; LANES.len()],
}

impl Queue {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            window: Window::new(limits),
            most: limits.pack.max(1),
            waiting: BTreeMap::new(),
            next: 0,
            paused_until: None,
            low_due: None,
            last_was_high: false,
            last_left: None,
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
        self.put(Waiting {
            place,
            call,
            answer,
            came: now,
            put_back: 0,
            most: usize::MAX,
            span: Span::current(),
        });
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
    fn turn(&mut self, now: Instant) -> Result<Lane, Instant> {
        if let Some(lane) = self.starving(now) {
            return Ok(lane);
        }
        let high = LANES.into_iter().find(|lane| !is_low(*lane) && self.first(*lane).is_some());
        let low = LANES.into_iter().find(|lane| is_low(*lane) && self.first(*lane).is_some());
        let low_at = self.low_due.unwrap_or(now);
        let low_now = low.filter(|_| low_at <= now);
        let Some(high) = high else { return low_now.ok_or(low_at) };
        let high_at = self.worth_gathering_until(high, now);
        // Where answers trickle, every second call is left to the others.
        let trickle = self.last_was_high && self.high_waiting() <= self.most;
        match (low_now, high_at) {
            (Some(low), _) if trickle || high_at.is_some() => Ok(low),
            (_, None) => Ok(high),
            (_, Some(at)) => Err(if low.is_some() { at.min(low_at) } else { at }),
        }
    }

    /// Calls that could be packed wait a little for company once calls follow each other closely: all places of a second
    /// taken by single calls would leave none to a crowd. Until when it is worth it, if it is.
    fn worth_gathering_until(&mut self, lane: Lane, now: Instant) -> Option<Instant> {
        let last = self.last_left?;
        let packable = self.most > 1 && self.first(lane)?.is_packable() && self.high_waiting() < self.most;
        let until = last + self.window.gap(now);
        (packable && until > now && self.window.idle(now) == 0).then_some(until)
    }

    /// How many wait that somebody sits waiting for, counted no further than one more than a pack takes.
    fn high_waiting(&self) -> usize {
        self.waiting.range(..(Lane::Reminder, 0)).take(self.most + 1).count()
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

    /// The first call of the lane leaves, and with it those that it can be packed with, the most urgent first.
    fn leave(&mut self, lane: Lane, now: Instant) -> Next {
        let first = self.first(lane).map(|first| first.place).and_then(|place| self.waiting.remove(&place));
        let Some(first) = first else { return Next::Wait(None) };
        // What single calls can carry at once is not packed.
        let most = if self.waiting.len() < self.window.idle(now) { 1 } else { self.most };
        let mut pack = Pack::new(first, most);
        if pack.is_open() {
            let places: Vec<Place> = self.waiting.keys().take(LOOKED_THROUGH).copied().collect();
            for place in places {
                let part = self.waiting.get(&place).and_then(|waiting| pack.place_for(waiting));
                if let Some(part) = part
                    && let Some(waiting) = self.waiting.remove(&place)
                {
                    pack.join(part, waiting);
                }
            }
        }
        for lane in LANES {
            if pack.callers().any(|caller| caller.place.0 == lane) {
                self.served[lane as usize] = Some(now);
            }
        }
        if pack.callers().any(|caller| is_low(caller.place.0)) {
            let gap = self.window.gap(now);
            // A late timer must not slow the row down, but what was missed is not made up for by calls close together.
            let due = self.low_due.filter(|due| now.duration_since(*due) < gap / 4).unwrap_or(now);
            self.low_due = Some(due + gap);
        }
        self.last_was_high = !is_low(lane);
        self.last_left = Some(now);
        Next::Leave(Box::new(pack))
    }
}

/// Nobody sits waiting for it.
fn is_low(lane: Lane) -> bool {
    lane >= Lane::Reminder
}
