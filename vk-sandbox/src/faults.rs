//! Troubles on demand: what goes wrong between a client and VK.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// The name under which [`FaultSwitch::once`] knows the long-poll requests.
pub const LONG_POLL: &str = "longpoll";

/// How often which trouble happens. A rate is a share from 0 to 1 of the requests (of events for the last
/// two). The default is no trouble at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Seed of the dice: the same seed and the same requests give the same troubles.
    pub seed: u64,
    /// Only these methods have troubles ([`LONG_POLL`] is the polls); empty: all have.
    pub methods: Vec<String>,
    /// Answered with HTTP 502 and an HTML page, without acting.
    pub server_error: f64,
    /// The connection is dropped before acting.
    pub drop_before: f64,
    /// VK acts, then the connection is dropped: the client cannot know.
    pub drop_after: f64,
    /// VK acts, then the answer breaks off in the middle.
    pub half_answer: f64,
    /// API errors without acting: code and rate (6, 9, 10, 14, 29 …).
    pub errors: Vec<(i64, f64)>,
    /// Added to every answer, milliseconds of real time.
    pub delay_ms: u64,
    /// A poll is answered `failed: 1` with its own `ts`.
    pub failed1: f64,
    /// A poll is answered `failed: 2`, and the keys are indeed no longer good.
    pub failed2: f64,
    /// A poll is answered `failed: 3`; the next session starts at the refused poll's `ts`, so nothing is
    /// lost.
    pub failed3: f64,
    /// An event comes twice, with the same `event_id`.
    pub duplicate_event: f64,
    /// An event of a type nobody knows comes before it.
    pub unknown_event: f64,
}

/// One trouble, for [`FaultSwitch::once`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// HTTP 502 and an HTML page, without acting.
    ServerError,
    /// The connection is dropped before acting.
    DropBefore,
    /// VK acts, then the connection is dropped.
    DropAfter,
    /// VK acts, then the answer breaks off in the middle.
    HalfAnswer,
    /// An API error with this code, without acting.
    Error(i64),
    /// A poll is answered `failed` with this number.
    Failed(u8),
    /// The answer comes this many milliseconds of real time later.
    Slow(u64),
}

/// The sandbox's troubles; a cheap handle.
#[derive(Clone, Default)]
pub struct FaultSwitch(Arc<Mutex<Inner>>);

struct Inner {
    rates: Faults,
    rng: fastrand::Rng,
    once: HashMap<String, VecDeque<Fault>>,
}

impl Default for Inner {
    fn default() -> Self {
        Self { rates: Faults::default(), rng: fastrand::Rng::with_seed(0), once: HashMap::new() }
    }
}

impl std::fmt::Debug for FaultSwitch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("FaultSwitch").field(&self.inner().rates).finish()
    }
}

impl FaultSwitch {
    /// Sets the rates and throws the dice anew from the seed; troubles asked for with `once` stay.
    pub fn set(&self, rates: Faults) {
        let mut inner = self.inner();
        inner.rng = fastrand::Rng::with_seed(rates.seed);
        inner.rates = rates;
    }

    /// The rates in force.
    pub fn get(&self) -> Faults {
        self.inner().rates.clone()
    }

    /// No more troubles of any kind.
    pub fn clear(&self) {
        *self.inner() = Inner::default();
    }

    /// The next request of this method ([`LONG_POLL`] for a poll) has this trouble; called twice, the next
    /// two have.
    pub fn once(&self, method: &str, fault: Fault) {
        self.inner().once.entry(method.to_owned()).or_default().push_back(fault);
    }

    /// The trouble of one request that came over HTTP.
    pub(crate) fn of_request(&self, method: &str) -> Option<Fault> {
        let mut inner = self.inner();
        // An error asked for is given where the method is carried out, so that it works inside `execute`.
        if let Some(queue) = inner.once.get_mut(method)
            && let Some(fault) = queue.front().copied()
            && (method == LONG_POLL || !matches!(fault, Fault::Error(_)))
        {
            queue.pop_front();
            return Some(fault);
        }
        if !inner.concerns(method) {
            return None;
        }
        let Faults { server_error, drop_before, drop_after, half_answer, .. } = inner.rates;
        let mut kinds = vec![
            (server_error, Fault::ServerError),
            (drop_before, Fault::DropBefore),
            (drop_after, Fault::DropAfter),
            (half_answer, Fault::HalfAnswer),
        ];
        if method == LONG_POLL {
            let Faults { failed1, failed2, failed3, .. } = inner.rates;
            kinds.extend([
                (failed1, Fault::Failed(1)),
                (failed2, Fault::Failed(2)),
                (failed3, Fault::Failed(3)),
            ]);
        }
        inner.throw(&kinds)
    }

    /// The API error that a method gives instead of acting.
    pub(crate) fn error_of(&self, method: &str) -> Option<i64> {
        let mut inner = self.inner();
        if let Some(queue) = inner.once.get_mut(method)
            && let Some(Fault::Error(code)) = queue.front().copied()
        {
            queue.pop_front();
            return Some(code);
        }
        if !inner.concerns(method) || inner.rates.errors.is_empty() {
            return None;
        }
        let kinds: Vec<(f64, Fault)> =
            inner.rates.errors.iter().map(|(code, rate)| (*rate, Fault::Error(*code))).collect();
        match inner.throw(&kinds) {
            Some(Fault::Error(code)) => Some(code),
            _ => None,
        }
    }

    pub(crate) fn delay(&self, method: &str) -> Duration {
        let inner = self.inner();
        Duration::from_millis(if inner.concerns(method) { inner.rates.delay_ms } else { 0 })
    }

    pub(crate) fn duplicate_event(&self) -> bool {
        let mut inner = self.inner();
        let rate = inner.rates.duplicate_event;
        inner.chance(rate)
    }

    pub(crate) fn unknown_event(&self) -> bool {
        let mut inner = self.inner();
        let rate = inner.rates.unknown_event;
        inner.chance(rate)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn concerns(&self, method: &str) -> bool {
        self.rates.methods.is_empty() || self.rates.methods.iter().any(|one| one == method)
    }

    /// At most one of the kinds, each with its own rate, by one throw.
    fn throw(&mut self, kinds: &[(f64, Fault)]) -> Option<Fault> {
        if kinds.iter().all(|(rate, _)| *rate <= 0.0) {
            return None;
        }
        let mut dice = self.rng.f64();
        for (rate, fault) in kinds {
            if dice < *rate {
                return Some(*fault);
            }
            dice -= rate.max(0.0);
        }
        None
    }

    fn chance(&mut self, rate: f64) -> bool {
        rate > 0.0 && self.rng.f64() < rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_troubles_at_about_the_rate_asked() {
        let rates = Faults { seed: 7, drop_after: 0.1, errors: vec![(10, 0.2)], ..Faults::default() };
        let throw = || {
            let faults = FaultSwitch::default();
            faults.set(rates.clone());
            (0..1000)
                .map(|_| (faults.of_request("users.get"), faults.error_of("users.get")))
                .collect::<Vec<_>>()
        };
        let troubles = throw();
        assert_eq!(troubles, throw());
        let dropped = troubles.iter().filter(|(fault, _)| *fault == Some(Fault::DropAfter)).count();
        let failed = troubles.iter().filter(|(_, code)| *code == Some(10)).count();
        assert!((60..140).contains(&dropped) && (150..250).contains(&failed), "{dropped} {failed}");
    }

    #[test]
    fn a_trouble_asked_for_once_happens_once_and_to_that_method_only() {
        let faults = FaultSwitch::default();
        faults.once("messages.send", Fault::DropAfter);
        faults.once("messages.send", Fault::Error(9));
        assert_eq!(faults.of_request("users.get"), None);
        assert_eq!(faults.of_request("messages.send"), Some(Fault::DropAfter));
        assert_eq!(faults.of_request("messages.send"), None);
        assert_eq!(faults.error_of("messages.send"), Some(9));
        assert_eq!(faults.error_of("messages.send"), None);
    }

    #[test]
    fn troubles_may_be_kept_to_some_methods() {
        let faults = FaultSwitch::default();
        let methods = vec![LONG_POLL.to_owned()];
        faults.set(Faults { methods, server_error: 1.0, ..Faults::default() });
        assert_eq!(faults.of_request("messages.send"), None);
        assert_eq!(faults.of_request(LONG_POLL), Some(Fault::ServerError));
    }
}
