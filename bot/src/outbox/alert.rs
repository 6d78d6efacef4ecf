//! Tells the owners in VK that something needs them.

use std::sync::{Mutex, PoisonError};

use vkapi::types::{PeerId, UserId};

use crate::{
    content::Arg,
    core::{Core, hash, random_id},
    domain::Ms,
    store::{OutLane, OutMessage},
};

/// One alert an hour is enough: the log and the metrics have the rest.
const PAUSE: i64 = Ms::HOUR;

/// When the owners were told last.
#[derive(Debug, Default)]
pub(crate) struct Alerts(Mutex<Option<Ms>>);

impl Alerts {
    /// Whether they may be told now; if so, not again for an hour.
    fn may(&self, now: Ms) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let quiet = last.is_some_and(|at| (at..at.plus(PAUSE)).contains(&now));
        if !quiet {
            *last = Some(now);
        }
        !quiet
    }
}

/// Messages to the owners; none if they were told something within the hour.
pub(crate) fn owners(core: &Core, key: &str, args: &[(&str, Arg)]) -> Vec<OutMessage> {
    let now = core.clock.now();
    if core.staff.owners.is_empty() || !core.outbox.alerts.may(now) {
        return Vec::new();
    }
    let text = core.content().texts().format(key, args);
    core.staff.owners.iter().map(|owner| note(core, UserId(*owner), &text)).collect()
}

/// A message nobody has asked for.
pub(crate) fn note(core: &Core, to: UserId, text: &str) -> OutMessage {
    let now = core.clock.now();
    let nonce = hash(format!("note:{to}:{}:{text}", now.0).as_bytes());
    OutMessage {
        to: PeerId::from(to),
        lane: OutLane::Reminder,
        random_id: random_id(nonce, 0),
        text: text.to_owned(),
        keyboard: None,
        file: None,
        edit: None,
        at: now,
        attempts: 0,
        not_before: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_an_hour_and_again_when_the_clock_was_set_back() {
        let alerts = Alerts::default();
        let told = [0, 5, Ms::HOUR - 1, Ms::HOUR, Ms::HOUR + 1, -1, 0].map(|at| alerts.may(Ms(at)));
        assert_eq!(told, [true, false, false, true, false, true, false]);
    }
}
