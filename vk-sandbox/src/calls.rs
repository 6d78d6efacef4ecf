//! What clients asked of the sandbox.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use crate::{faults::Fault, state::push_bounded};

/// One call of a method.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Call {
    /// When it was answered, in real time: milliseconds since 1970.
    pub at_ms_real: i64,
    /// Method.
    pub method: String,
    /// Parameters in the order sent, without the token.
    pub params: Vec<(String, String)>,
    /// How it was answered: an error is VK's code; 0 when a fault kept the call from being answered at all.
    pub result: Result<(), i64>,
    /// The fault that befell it.
    pub fault: Option<Fault>,
    /// Whether it was made by the code of an `execute`, which is in the list too, after the calls it made.
    pub in_execute: bool,
}

impl Call {
    /// The value of a parameter; the last one if it was sent twice.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The last calls, and how many there were by method.
pub(crate) struct CallLog {
    kept: usize,
    calls: VecDeque<Call>,
    counts: BTreeMap<String, u64>,
    /// Per token, when its calls of the last second came.
    recent: HashMap<String, VecDeque<Instant>>,
}

impl CallLog {
    pub(crate) fn new(kept: usize) -> Self {
        Self { kept, calls: VecDeque::new(), counts: BTreeMap::new(), recent: HashMap::new() }
    }

    pub(crate) fn record(
        &mut self,
        method: &str,
        params: &[(String, String)],
        result: Result<(), i64>,
        fault: Option<Fault>,
        in_execute: bool,
    ) {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        *self.counts.entry(method.to_owned()).or_default() += 1;
        let call = Call {
            at_ms_real: i64::try_from(at.as_millis()).unwrap_or(i64::MAX),
            method: method.to_owned(),
            params: params.to_vec(),
            result,
            fault,
            in_execute,
        };
        push_bounded(&mut self.calls, call, self.kept);
    }

    pub(crate) fn all(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.clone()
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
        self.counts.clear();
    }

    /// Whether one more call with this token fits into the second that ends now. A refused call does not
    /// count itself.
    pub(crate) fn admit(&mut self, token: &str, per_second: Option<u32>, at: Instant) -> bool {
        let Some(most) = per_second else { return true };
        let recent = self.recent.entry(token.to_owned()).or_default();
        while recent.front().is_some_and(|first| at.duration_since(*first).as_millis() >= 1000) {
            recent.pop_front();
        }
        let fits = recent.len() < most as usize;
        if fits {
            recent.push_back(at);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn any_sliding_second_holds_no_more_than_the_limit() {
        let mut log = CallLog::new(10);
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        assert!(log.admit("t", Some(2), at(0)) && log.admit("t", Some(2), at(900)));
        assert!(!log.admit("t", Some(2), at(999)));
        assert!(log.admit("t", Some(2), at(1000)));
        assert!(!log.admit("t", Some(2), at(1899)));
        assert!(log.admit("other", Some(2), at(1899)));
        assert!(log.admit("t", None, at(1899)));
    }

    #[test]
    fn the_log_is_bounded_and_the_counts_are_not() {
        let mut log = CallLog::new(2);
        for _ in 0..5 {
            log.record("users.get", &[], Ok(()), None, false);
        }
        assert_eq!((log.all().len(), log.counts()["users.get"]), (2, 5));
    }
}
