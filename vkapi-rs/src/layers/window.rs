//! The calls VK may be counting now.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use tokio::time::Instant;

use super::limits::Limits;

const SECOND: Duration = Duration::from_secs(1);
/// The least and, after a refusal, the greatest lateness a call is believed to have had. The least covers timers.
const LEAST_DOUBT: Duration = Duration::from_millis(2);
const LEAST_DOUBT_AFTER_REFUSAL: Duration = Duration::from_millis(50);
const MOST_DOUBT_AFTER_REFUSAL: Duration = SECOND;
/// How late a timer may fire.
const TIMER: Duration = Duration::from_millis(1);
/// How long VK's "too many requests" makes careful.
const CAREFUL: Duration = Duration::from_secs(60);
/// The fastest trip is forgotten after one to two of these: ways through the network change.
const LATELY: Duration = Duration::from_secs(120);
/// So many trips tell which is the fastest.
const ENOUGH_TRIPS: u32 = 16;

/// Calls that take equally long to answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    method: Cow<'static, str>,
    /// Logarithm of the number of calls packed into it.
    size: u32,
    /// Refusals come faster than answers.
    refused: bool,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Answered,
    Refused,
    /// Nobody knows when it arrived, if it did.
    Lost,
}

struct Slot {
    method: Cow<'static, str>,
    size: u32,
    left: Instant,
    trip: Option<Trip>,
}

enum Trip {
    Took(Duration, Kind),
    Lost,
}

struct Fastest {
    since: Instant,
    trips: u32,
    lately: Duration,
    before: Duration,
}

/// The places of the calls that VK may be counting.
pub(super) struct Window {
    limit: usize,
    doubt: Duration,
    next: u64,
    slots: BTreeMap<u64, Slot>,
    fastest: HashMap<Kind, Fastest>,
    turned: Option<Instant>,
    careful_until: Option<Instant>,
}

impl Window {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.per_second.max(1),
            doubt: limits.doubt.max(LEAST_DOUBT),
            next: 0,
            slots: BTreeMap::new(),
            fastest: HashMap::new(),
            turned: None,
            careful_until: None,
        }
    }

    /// When the next call may leave; `None` if only an answer can tell.
    pub(super) fn free_at(&mut self, now: Instant) -> Option<Instant> {
        if self.slots.len() >= self.limit {
            self.clear(now);
        }
        if self.slots.len() < self.limit {
            return Some(now);
        }
        self.slots.values().filter_map(|slot| self.counted_until(slot, now)).min()
    }

    /// How many calls may leave before a quarter of the places is taken.
    pub(super) fn idle(&mut self, now: Instant) -> usize {
        let few = (self.limit / 4).max(1);
        if self.slots.len() >= few {
            self.clear(now);
        }
        few.saturating_sub(self.slots.len())
    }

    /// How far apart calls may leave for ever: wider than that, places stay unused; closer, they come to be free all
    /// at once after long waits.
    pub(super) fn gap(&self, now: Instant) -> Duration {
        // A sample is enough where a limit is set high.
        let counted = self.slots.values().take(ENOUGH_TRIPS as usize);
        let counted = counted.filter_map(|slot| Some(self.counted_until(slot, now)? - slot.left));
        let (sum, count) = counted.fold((Duration::ZERO, 0), |(sum, count), one| (sum + one, count + 1));
        let usual = sum.checked_div(count).unwrap_or(SECOND + LEAST_DOUBT) + TIMER;
        usual / u32::try_from(self.limit).unwrap_or(u32::MAX)
    }

    /// A call leaves; its number.
    pub(super) fn leave(&mut self, method: Cow<'static, str>, calls: usize, now: Instant) -> u64 {
        self.next += 1;
        let slot = Slot { method, size: calls.max(1).ilog2(), left: now, trip: None };
        self.slots.insert(self.next, slot);
        self.next
    }

    /// A call has ended.
    pub(super) fn end(&mut self, number: u64, how: Ended, now: Instant) {
        let Some(slot) = self.slots.get_mut(&number) else { return };
        if how == Ended::Lost {
            slot.trip = Some(Trip::Lost);
            return;
        }
        let took = now.duration_since(slot.left);
        let kind = Kind { method: slot.method.clone(), size: slot.size, refused: how == Ended::Refused };
        slot.trip = Some(Trip::Took(took, kind.clone()));
        self.note(kind, took, now);
    }

    /// VK counted more than this window did.
    pub(super) fn refused(&mut self, now: Instant) {
        self.careful_until = Some(now + CAREFUL);
    }

    fn note(&mut self, kind: Kind, took: Duration, now: Instant) {
        if self.turned.is_none_or(|turned| now.duration_since(turned) >= LATELY) {
            self.turned = Some(now);
            self.fastest.retain(|_, fastest| {
                fastest.before = std::mem::replace(&mut fastest.lately, Duration::MAX);
                fastest.before < Duration::MAX
            });
        }
        let fastest = self.fastest.entry(kind);
        let fastest =
            fastest.or_insert(Fastest { since: now, trips: 0, lately: took, before: Duration::MAX });
        fastest.trips = fastest.trips.saturating_add(1);
        fastest.lately = fastest.lately.min(took);
    }

    /// Until when VK may count the call; `None` while it is not answered.
    fn counted_until(&self, slot: &Slot, now: Instant) -> Option<Instant> {
        let careful = self.careful_until.is_some_and(|until| now < until);
        let (least, most) = if careful {
            (LEAST_DOUBT_AFTER_REFUSAL, self.doubt.max(MOST_DOUBT_AFTER_REFUSAL))
        } else {
            (LEAST_DOUBT, self.doubt)
        };
        let late = match slot.trip.as_ref()? {
            Trip::Lost => most,
            Trip::Took(took, kind) => took.saturating_sub(self.usual(kind, now)),
        };
        Some(slot.left + late.clamp(least, most) + SECOND)
    }

    /// The fastest trip lately; zero while too few are known. The first ones may all be slow alike, since each had to
    /// open a connection.
    fn usual(&self, kind: &Kind, now: Instant) -> Duration {
        let known = self
            .fastest
            .get(kind)
            .filter(|fastest| fastest.trips >= ENOUGH_TRIPS && now.duration_since(fastest.since) >= SECOND);
        known.map_or(Duration::ZERO, |fastest| fastest.lately.min(fastest.before))
    }

    fn clear(&mut self, now: Instant) {
        let over = |slot: &Slot| self.counted_until(slot, now).is_some_and(|until| until <= now);
        let over: Vec<u64> =
            self.slots.iter().filter(|(_, slot)| over(slot)).map(|(number, _)| *number).collect();
        for number in over {
            self.slots.remove(&number);
        }
    }
}
