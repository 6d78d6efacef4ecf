//! How much of a person's attention the bot may take with what she did not ask for.
//!
//! Everything that comes by itself is judged by one [`verdict`] at the moment of sending: quiet hours, her vacation,
//! working days, and a budget of messages in any seven days. What does not fit is held in her [`Ledger`] and comes
//! merged into one message at the first moment that allows it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vkapi::types::{GroupId, UserId};

use super::{Calendar, CampaignId, Hm, Ms, Zone, page::State};

/// The span the budget is counted over.
const WEEK: i64 = 7 * Ms::DAY;
/// By how much a clock may be set back without anything being sent over the budget.
const SET_BACK: i64 = 2 * Ms::DAY;
/// The most moments a ledger keeps; more than any budget.
const SENT: usize = 32;
/// The most that is held for one person; beyond it the oldest is dropped.
const HELD: usize = 50;
/// How near her own reminder something held has to be to come in one message with it, in milliseconds.
pub const MERGE: i64 = 2 * Ms::HOUR;

/// Whoever wrote or pressed something so lately is awake, whatever her quiet hours say, in milliseconds: a word of a person
/// she talks with comes at once.
pub const AWAKE: i64 = 30 * Ms::MINUTE;

/// What kind of message comes that the person did not set up herself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// About her page or what she has begun.
    Nudge,
    /// The regional centre's word to many.
    Announcement,
    /// A lesson, a piece of advice.
    Tip,
    /// A colleague's word to her alone, such as the answer to her question: it waits for the end of quiet hours and of
    /// a vacation, and for no budget.
    Answer,
}

impl Kind {
    /// Comes on working days only; the day of an announcement or an answer is its author's choice.
    fn waits_for_work(self) -> bool {
        !matches!(self, Self::Announcement | Self::Answer)
    }
}

/// Local hours in which nothing comes by itself: from the first (included) to the second (not); over midnight if the
/// first is later, never if they are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// When they begin.
    pub from: Hm,
    /// When they end.
    pub to: Hm,
}

impl Quiet {
    /// From ten in the evening to eight in the morning.
    pub const USUAL: Self = Self { from: Hm { hour: 22, minute: 0 }, to: Hm { hour: 8, minute: 0 } };

    /// Whether that time of day is quiet.
    pub fn has(self, at: Hm) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&at)
        } else {
            at >= self.from || at < self.to
        }
    }

    /// Whether a moment is quiet by a clock of that zone.
    pub fn covers(self, zone: &Zone, at: Ms) -> bool {
        self.has(zone.time(at))
    }

    /// The first moment from `at` on that is not quiet.
    pub fn end(self, zone: &Zone, at: Ms) -> Ms {
        let mut at = at;
        // Where clocks are set in the night the end may come twice or be skipped: look again.
        while self.covers(zone, at) {
            let now = zone.local(at);
            let today = zone.moment(now.date().at(self.to.hour as i8, self.to.minute as i8, 0, 0));
            let next = now
                .date()
                .tomorrow()
                .map_or(today, |day| zone.moment(day.at(self.to.hour as i8, self.to.minute as i8, 0, 0)));
            at = if today > at { today } else { next.max(at.plus(Ms::MINUTE)) };
        }
        at
    }
}

/// The installation's rules of attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// When nothing comes by itself, for whoever has not chosen her own hours.
    pub quiet: Quiet,
    /// How many messages a person may get in any seven days without having asked for them, from 1.
    pub a_week: u8,
}

impl Default for Rules {
    fn default() -> Self {
        Self { quiet: Quiet::USUAL, a_week: 3 }
    }
}

/// Whoever something is to come to, as far as it decides when.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Her time zone.
    pub zone: &'a Zone,
    /// Her quiet hours.
    pub quiet: Quiet,
    /// Her vacation: its first day (`None`: it has begun), and the day she is back.
    pub away: Option<(Option<Date>, Date)>,
}

impl Reader<'_> {
    /// The moment from which she is there again, if she is away now.
    pub fn away_until(&self, now: Ms) -> Option<Ms> {
        let begins = |day: Date| self.zone.moment(day.at(0, 0, 0, 0));
        let (from, back) = self.away?;
        (from.is_none_or(|from| begins(from) <= now) && begins(back) > now).then(|| begins(back))
    }

    /// The first moment from `at` on when something of that kind may come, whatever the budget says.
    fn opens(&self, calendar: &Calendar, kind: Kind, at: Ms) -> Ms {
        let mut at = self.away_until(at).unwrap_or(at);
        // Twice round: the end of quiet hours may be another day, and a day begins in quiet hours.
        for _ in 0..4 {
            at = self.quiet.end(self.zone, at);
            let today = self.zone.local(at).date();
            let working = if kind.waits_for_work() { calendar.working_from(today) } else { today };
            if working == today {
                return at;
            }
            at = self.zone.moment(working.at(0, 0, 0, 0));
        }
        at
    }
}

/// Something that waits to come to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// What kind it is.
    pub kind: Kind,
    /// Since when it waits.
    pub at: Ms,
    /// What it says.
    pub body: Body,
}

/// What a held message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// A text of one person's own.
    Text(String),
    /// A campaign's text.
    Campaign(CampaignId),
    /// Somebody goes on vacation and asks her to look after a page.
    Cover {
        /// Who asks.
        whose: UserId,
        /// Her name.
        name: String,
        /// What the page is called.
        page: String,
        /// The day she is back.
        back: Date,
    },
    /// Something new in a conversation with staff, as it stands when it comes.
    Handoff(u64),
    /// Nothing has come out on a page since its newest post; said if that is so when it comes.
    Silence {
        /// The page.
        page: GroupId,
        /// What it is called.
        name: String,
        /// When its newest post came out.
        last: Ms,
        /// Posts in seven days that the norm asks for.
        asked: u8,
    },
    /// A page has missed its norm for weeks, as it stands when it comes.
    Misses(GroupId),
    /// Readers of a page wait for an answer, if they still do when it comes.
    Question {
        /// The page.
        page: GroupId,
    },
    /// Nobody sees a page any more, if that is so when it comes.
    Shut {
        /// The page.
        page: GroupId,
        /// How it is.
        state: State,
    },
}

/// What a person was sent lately without asking, and what waits for her; kept under her id and forgotten with her.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Grows by one with each change.
    pub rev: u32,
    /// When she was sent something, ascending; the moments of the last nine days are all there.
    pub sent: Vec<Ms>,
    /// What waits, oldest first.
    pub held: Vec<Held>,
}

impl Ledger {
    /// Something was sent.
    pub fn spend(&mut self, at: Ms) {
        self.rev = self.rev.wrapping_add(1);
        // A clock that is set back brings the moments before its week into it again.
        self.sent.retain(|sent| counts(*sent, at) || counts(*sent, at.plus(-SET_BACK)));
        self.sent.push(at);
        self.sent.sort_unstable();
        let over = self.sent.len().saturating_sub(SENT);
        self.sent.drain(..over);
    }

    /// Something that was counted at one moment has come at another. What she set up herself was not counted, and is
    /// not after less than a week: then nobody can tell any more.
    pub fn respend(&mut self, was: Ms, at: Ms) {
        if let Some(place) = self.sent.iter().position(|sent| *sent == was) {
            self.sent.remove(place);
            self.spend(at);
        } else if at.0 - was.0 >= WEEK {
            self.spend(at);
        }
    }

    /// Something waits from now on.
    pub fn hold(&mut self, held: Held) {
        self.rev = self.rev.wrapping_add(1);
        self.held.push(held);
        let over = self.held.len().saturating_sub(HELD);
        self.held.drain(..over);
    }

    /// What waits leaves her ledger, to be said.
    pub fn take_held(&mut self) -> Vec<Held> {
        self.rev = self.rev.wrapping_add(1);
        std::mem::take(&mut self.held)
    }

    /// Drops what waits from a colleague who is forgotten; true if something did.
    pub fn forget(&mut self, colleague: UserId) -> bool {
        let were = self.held.len();
        self.held.retain(|held| !matches!(held.body, Body::Cover { whose, .. } if whose == colleague));
        let dropped = self.held.len() < were;
        self.rev = self.rev.wrapping_add(u32::from(dropped));
        dropped
    }

    /// How much of the budget is used at a moment.
    pub fn used(&self, now: Ms) -> usize {
        self.sent.iter().filter(|sent| counts(**sent, now)).count()
    }

    /// The first moment from `now` on when one more fits the budget.
    fn room(&self, a_week: u8, now: Ms) -> Ms {
        let mut counted: Vec<Ms> = self.sent.iter().copied().filter(|sent| counts(*sent, now)).collect();
        counted.sort_unstable();
        let over = (counted.len() + 1).saturating_sub(usize::from(a_week.max(1)));
        match over.checked_sub(1).and_then(|i| counted.get(i)) {
            Some(sent) => sent.plus(WEEK).max(now),
            None => now,
        }
    }
}

/// Whether a message sent then is within the budget's span of now. A clock that was set back makes moments of the
/// future: they count too, but not those a clock gone mad has left.
fn counts(sent: Ms, now: Ms) -> bool {
    sent > now.plus(-WEEK) && sent <= now.plus(WEEK)
}

/// Whether something may come now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may leave now; spend it in the commit that settles it.
    Now,
    /// Not now, but by itself at that moment: ask again then.
    Later(Ms),
    /// It does not fit: hold it; the merged message may come at that moment.
    Digest(Ms),
}

/// Whether something that a person did not set up herself may come to her now.
///
/// A vacation holds announcements and puts off the rest; quiet hours and (for all but announcements) free days put
/// off; a used up budget holds, and so does anything that is held already, so that the older does not starve.
pub fn verdict(
    rules: &Rules,
    calendar: &Calendar,
    reader: &Reader<'_>,
    ledger: &Ledger,
    kind: Kind,
    now: Ms,
) -> Verdict {
    let fits = ledger.room(rules.a_week, now);
    let away = reader.away_until(now).is_some();
    if fits > now || !ledger.held.is_empty() || (away && kind == Kind::Announcement) {
        return Verdict::Digest(reader.opens(calendar, kind, fits));
    }
    let opens = reader.opens(calendar, kind, now);
    if opens > now { Verdict::Later(opens) } else { Verdict::Now }
}

/// [`verdict`] on the merged message of what is held: its age counts no more against it.
pub fn verdict_on_held(
    rules: &Rules,
    calendar: &Calendar,
    reader: &Reader<'_>,
    ledger: &Ledger,
    now: Ms,
) -> Verdict {
    let any = |kind| ledger.held.iter().any(|held| held.kind == kind);
    let kind = if any(Kind::Answer) {
        Kind::Answer
    } else if any(Kind::Announcement) {
        Kind::Announcement
    } else {
        Kind::Tip
    };
    let room = if kind == Kind::Answer { now } else { ledger.room(rules.a_week, now) };
    let opens = reader.opens(calendar, kind, room);
    if opens > now { Verdict::Later(opens) } else { Verdict::Now }
}

#[cfg(test)]
#[path = "attention_tests.rs"]
mod tests;
