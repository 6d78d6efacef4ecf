use serde::Deserialize;

use super::{Ms, Person};

/// How long who never agreed is remembered after her last word, in days: nothing but her id and what she was shown.
const STRANGER: i64 = 30;

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days of silence after which a person is told that she will be forgotten.
    pub silent_days: u32,
    /// Days after that in which she may come back.
    pub warned_days: u32,
    /// Days after which an announcement that is over goes, with who was sent it and what they pressed.
    pub announcement_days: u32,
    /// Days after which a line of the log of what staff did goes, unless it tells of a role that somebody has.
    pub log_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { silent_days: 700, warned_days: 30, announcement_days: 365, log_days: 1_095 }
    }
}

/// What is due to somebody who is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing yet.
    Nothing,
    /// To be told.
    Warn,
    /// To be forgotten.
    Forget,
}

impl Retention {
    /// What is due to this person now. Whoever cannot be written to is not told, but given the same time.
    pub fn due(&self, person: &Person, now: Ms) -> Due {
        let days = |since: Ms| (now.0 - since.0) / Ms::DAY;
        let (silent, warned) = (i64::from(self.silent_days), i64::from(self.warned_days));
        let told = person.warned.filter(|at| *at >= person.seen);
        let forget = match (person.consent, told) {
            (None, _) => days(person.seen) >= STRANGER,
            (Some(_), Some(at)) => days(at) >= warned,
            (Some(_), None) => !person.writable && days(person.seen) >= silent + warned,
        };
        let warn = person.consent.is_some() && told.is_none() && person.writable;
        if forget {
            Due::Forget
        } else if warn && days(person.seen) >= silent {
            Due::Warn
        } else {
            Due::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use vkapi::types::UserId;

    use super::*;
    use crate::domain::Consent;

    const DAYS: Retention =
        Retention { silent_days: 100, warned_days: 10, announcement_days: 365, log_days: 1_095 };

    fn day(n: i64) -> Ms {
        Ms(n * Ms::DAY)
    }

    fn agreed() -> Person {
        Person { consent: Some(Consent { version: 1, at: day(0) }), ..Person::new(UserId(7), day(0)) }
    }

    #[test]
    fn who_is_silent_is_told_and_then_forgotten() {
        let mut person = agreed();
        assert_eq!(DAYS.due(&person, day(99)), Due::Nothing);
        assert_eq!(DAYS.due(&person, day(100)), Due::Warn);
        person.warned = Some(day(100));
        assert_eq!(DAYS.due(&person, day(109)), Due::Nothing);
        assert_eq!(DAYS.due(&person, day(110)), Due::Forget);
        person.seen = day(105);
        assert_eq!(DAYS.due(&person, day(110)), Due::Nothing, "she has come back since");
    }

    #[test]
    fn who_cannot_be_told_has_the_same_time() {
        let person = Person { writable: false, ..agreed() };
        assert_eq!(DAYS.due(&person, day(109)), Due::Nothing);
        assert_eq!(DAYS.due(&person, day(110)), Due::Forget);
    }

    #[test]
    fn who_never_agreed_is_forgotten_within_a_month() {
        let person = Person::new(UserId(7), day(0));
        assert_eq!(DAYS.due(&person, day(29)), Due::Nothing);
        assert_eq!(DAYS.due(&person, day(30)), Due::Forget);
    }
}
