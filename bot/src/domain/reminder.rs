use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

use super::{Ms, Rule, Sphere};

/// A set of days of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Weekdays(u8);

impl Weekdays {
    /// All seven days.
    pub const ALL: Self = Self(0b111_1111);

    /// The set of these days, Monday being 0.
    pub fn of(days: &[u8]) -> Self {
        Self(days.iter().filter(|d| **d < 7).fold(0, |bits, d| bits | 1 << d))
    }

    /// Whether the day (Monday is 0) is in the set.
    pub const fn has(self, day: u8) -> bool {
        day < 7 && self.0 & (1 << day) != 0
    }

    /// The set with this day put in or taken out.
    #[must_use]
    pub const fn toggled(self, day: u8) -> Self {
        if day < 7 { Self(self.0 ^ (1 << day)) } else { self }
    }

    /// Whether no day is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its days in order, Monday being 0.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..7).filter(move |d| self.has(*d))
    }
}

/// Names a reminder: whose it is and its number among hers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReminderKey {
    /// Whose it is.
    pub person: UserId,
    /// Its number among hers, never used twice.
    pub n: u16,
}

impl ReminderKey {
    /// The number of the weekly nudge; hers never come so far.
    pub const NUDGE: u16 = u16::MAX;
    /// The number of a curator's Friday digest.
    pub const FRIDAY: u16 = u16::MAX - 1;
    /// The number of a head's Monday summary.
    pub const MONDAY: u16 = u16::MAX - 2;
    /// The number of the one that comes for her classes; hers never come so far.
    pub const CLASSES: u16 = u16::MAX - 3;
    /// The number of the question what she thinks of the bot.
    pub const OPINION: u16 = u16::MAX - 4;
}

/// Something that comes by itself at its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Its name.
    pub key: ReminderKey,
    /// When it comes next.
    pub due: Ms,
    /// When it comes after that; `None`: it comes once.
    pub rule: Option<Rule>,
    /// What it is about.
    pub what: What,
}

/// What a reminder is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// A post on her page.
    Post,
    /// What she wrote, at most 100 characters.
    Task(String),
    /// A post on the page of a colleague who is away.
    Cover {
        /// Who is away.
        whose: UserId,
        /// What the page is called.
        page: String,
        /// What its institution does.
        sphere: Option<Sphere>,
        /// The day she is back: from then on it comes no more.
        back: Date,
    },
    /// What is held in her ledger.
    Digest,
    /// The day she is back from her vacation.
    Back,
    /// The week of her pages.
    Nudge,
    /// A curator's digest of her pages.
    Friday,
    /// A head's summary.
    Monday,
    /// Whatever is to be said of the classes she has to do with.
    Classes {
        /// What was due from this moment on was not said yet.
        since: Ms,
    },
    /// The question what she thinks of the bot.
    Opinion,
}

impl What {
    /// Whether it is about the page of this colleague.
    pub fn is_of(&self, colleague: UserId) -> bool {
        matches!(self, Self::Cover { whose, .. } if *whose == colleague)
    }
}

impl Reminder {
    /// The moment at which what is held for a person may come. There is one such reminder a person; its number is
    /// never given to hers.
    pub fn digest(person: UserId, due: Ms) -> Self {
        Self { key: ReminderKey { person, n: 0 }, due, rule: None, what: What::Digest }
    }

    /// The moment at which something may be to be said of a person's classes. There is one such reminder a person.
    pub fn classes(person: UserId, due: Ms) -> Self {
        let key = ReminderKey { person, n: ReminderKey::CLASSES };
        Self { key, due, rule: None, what: What::Classes { since: due } }
    }

    /// The same, coming at an earlier moment; what was put off before is still to be said.
    #[must_use]
    pub fn woken(self, at: Ms) -> Self {
        let since = match self.what {
            What::Classes { since } => since.min(at),
            _ => at,
        };
        Self { due: at, what: What::Classes { since }, ..self }
    }

    /// Whether she set it up herself.
    pub fn is_own(&self) -> bool {
        matches!(self.what, What::Post | What::Task(_) | What::Cover { .. })
    }
}
