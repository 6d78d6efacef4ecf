//! Classes: webinars and seminars that take place at a set time, who has a seat in them, who waits for one, who came.
//!
//! A person has one [`Seat`] of a class, so nobody is enrolled and waiting at once. Who is enrolled or waits changes only
//! through a [`Hall`], whose commits expect the class as it was read: two people who press for the last seat are two
//! commits, of which the second is made again and finds it taken.

use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

use super::{Level, Ms, Place, Sphere, Zone, same_municipality, text::folded};

/// The most seats a class can have, if their number is limited at all.
pub const SEATS: u16 = 1_000;
/// Wrong guesses of the code word that a person has.
pub const TRIES: u8 = 5;
/// How long before it begins a person is reminded first, in milliseconds.
const DAY_BEFORE: i64 = Ms::DAY;
/// How long before it begins she is reminded again, in milliseconds.
const HOUR_BEFORE: i64 = Ms::HOUR;

/// The number of a class; a later one has a higher number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClassId(pub u64);

/// How a class stands; whether it is over its time tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClassState {
    /// Being written; only staff sees it.
    Draft,
    /// To be seen and enrolled in.
    Open,
    /// It does not take place.
    Cancelled,
}

/// A word that is told at a class and shows who is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeWord {
    /// The word as its trainer wrote it.
    pub word: String,
    /// From when it is taken.
    pub opens: Ms,
    /// Until when.
    pub closes: Ms,
}

impl CodeWord {
    /// Whether it is taken now.
    pub fn is_open(&self, now: Ms) -> bool {
        (self.opens..self.closes).contains(&now)
    }

    /// Whether that is the word; case, «ё» and signs do not matter.
    pub fn fits(&self, typed: &str) -> bool {
        let word = folded(&self.word);
        !word.is_empty() && folded(typed) == word
    }

    /// What says as much as the word at one class: for a link in place of typing. Whoever knows it knows the word's worth and
    /// no more, so it is taken, guessed and refused as the word is.
    pub fn key(&self, class: ClassId) -> String {
        format!("{:08x}", crc32fast::hash(format!("{}:{}", class.0, folded(&self.word)).as_bytes()))
    }
}

/// A webinar or a seminar at a set time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Its number.
    pub id: ClassId,
    /// Grows by one with each change of it and of who has a seat.
    pub rev: u32,
    /// Who has set it up.
    pub author: UserId,
    /// When.
    pub at: Ms,
    /// How it stands.
    pub state: ClassState,
    /// Its title, at most 80 characters.
    pub title: String,
    /// What it is for, at most 1,000 characters; may be empty.
    pub about: String,
    /// When it begins; 0 until that is set.
    pub starts: Ms,
    /// How long it takes, in minutes.
    pub minutes: u16,
    /// The time zone it is told in.
    pub zone: Zone,
    /// Where it takes place, at most 200 characters; `None` if only online.
    pub place: Option<String>,
    /// Where it is seen online; `None` if only in a place, or not known yet.
    pub link: Option<String>,
    /// How many seats there are; `None`: for everybody.
    pub seats: Option<u16>,
    /// Until when people enrol; until it begins if that is earlier.
    pub enrol_by: Option<Ms>,
    /// For whom; empty: for everybody.
    pub spheres: Vec<Sphere>,
    /// The municipality it is for; `None`: the region.
    pub municipality: Option<String>,
    /// For whom it is, by what they know.
    pub level: Option<Level>,
    /// The course of the content it is a run of.
    pub course: Option<String>,
    /// The word that shows who is there.
    pub code: Option<CodeWord>,
    /// Where its recording is.
    pub record: Option<String>,
    /// How often it was changed since it was published: the sequence of its calendar file.
    pub edits: u16,
}

/// Why nobody enrols in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// It is not there for people: a draft, or cancelled.
    Away,
    /// The time to enrol is over.
    Late,
    /// It has begun or is over.
    Begun,
}

impl Class {
    /// A draft of which only the title is known.
    pub fn new(id: ClassId, author: UserId, at: Ms, zone: Zone, title: String) -> Self {
        Self {
            id,
            rev: 0,
            author,
            at,
            state: ClassState::Draft,
            title,
            about: String::new(),
            starts: Ms(0),
            minutes: 90,
            zone,
            place: None,
            link: None,
            seats: None,
            enrol_by: None,
            spheres: Vec::new(),
            municipality: None,
            level: None,
            course: None,
            code: None,
            record: None,
            edits: 0,
        }
    }

    /// The name (`ref`) of the link by which who is there is noted; `None` without a code word.
    pub fn door(&self) -> Option<String> {
        self.code.as_ref().map(|code| format!("here_{}_{}", self.id.0, code.key(self.id)))
    }

    /// When it ends.
    pub fn ends(&self) -> Ms {
        self.starts.plus(i64::from(self.minutes) * Ms::MINUTE)
    }

    /// People may enrol or look in: it is open and not over.
    pub fn is_to_come(&self, now: Ms) -> bool {
        self.state == ClassState::Open && self.ends() > now
    }

    /// Until when people enrol.
    pub fn enrols_until(&self) -> Ms {
        self.enrol_by.map_or(self.starts, |by| by.min(self.starts))
    }

    /// Why nobody enrols now; `None` if people may.
    pub fn shut(&self, now: Ms) -> Option<Shut> {
        if self.state != ClassState::Open {
            Some(Shut::Away)
        } else if now >= self.starts {
            Some(Shut::Begun)
        } else if now >= self.enrols_until() {
            Some(Shut::Late)
        } else {
            None
        }
    }

    /// Where it is: of the whole region, unless it is for one municipality or for one kind of institution.
    pub fn place(&self) -> Place {
        let sphere = match self.spheres[..] {
            [sphere] => Some(sphere),
            _ => None,
        };
        Place { municipality: self.municipality.clone(), sphere, page: None }
    }

    /// Whether it is meant for people of a sphere and a municipality; who has not named hers is not left out.
    pub fn fits(&self, sphere: Option<Sphere>, municipality: Option<&str>) -> bool {
        let sphere = self.spheres.is_empty() || sphere.is_none_or(|s| self.spheres.contains(&s));
        let place = |its: &String| municipality.is_none_or(|hers| same_municipality(hers, its));
        sphere && self.municipality.as_ref().is_none_or(place)
    }
}

/// How a person stands in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeatState {
    /// She has a seat.
    Enrolled,
    /// She waits for one.
    Waiting,
    /// She gave it up.
    Left,
}

/// That a person was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// When that was noted.
    pub at: Ms,
    /// The trainer who noted it; `None`: she knew the code word.
    pub by: Option<UserId>,
}

/// What a person is still to be told of a class, in one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct News(u16);

impl News {
    /// She has got a seat she waited for.
    pub const SEAT: Self = Self(1);
    /// Its title or what it is for is another.
    pub const ABOUT: Self = Self(1 << 1);
    /// Its time is another.
    pub const WHEN: Self = Self(1 << 2);
    /// Its place or its link is another.
    pub const PLACE: Self = Self(1 << 3);
    /// It is cancelled.
    pub const CANCELLED: Self = Self(1 << 4);
    /// Its recording is there.
    pub const RECORD: Self = Self(1 << 5);
    /// She is asked what she thinks of it.
    pub const ASK: Self = Self(1 << 6);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether some of that is in it.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What a person has to do with a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The class.
    pub class: ClassId,
    /// Who she is.
    pub person: UserId,
    /// Grows by one with each change; the store refuses a change made from an older one.
    pub rev: u32,
    /// Her place in the order of enrolling: who came later has a higher number.
    pub n: u32,
    /// When she enrolled last.
    pub at: Ms,
    /// How she stands.
    pub state: SeatState,
    /// That she was there.
    pub came: Option<Came>,
    /// Wrong guesses of the code word.
    pub tries: u8,
    /// Her mark, from 1 to 5.
    pub mark: Option<u8>,
    /// Her word on it, without names and numbers, at most 500 characters.
    pub voice: Option<String>,
    /// The number of her certificate.
    pub paper: Option<u64>,
    /// What she is still to be told.
    pub news: News,
}

/// What comes to a person because of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cue {
    /// It is a day until it begins.
    Day,
    /// It is an hour.
    Hour,
    /// It begins, and no seat has become free for her.
    Full,
    /// It is over, and she was there: what does she think of it?
    Ask,
}

impl Seat {
    /// The moments at which something comes to her, if nothing changes.
    pub fn cues(&self, class: &Class) -> Vec<(Ms, Cue)> {
        let mut cues = Vec::new();
        if class.state != ClassState::Open {
            return cues;
        }
        if self.state == SeatState::Enrolled {
            cues.push((class.starts.plus(-DAY_BEFORE), Cue::Day));
            cues.push((class.starts.plus(-HOUR_BEFORE), Cue::Hour));
        }
        if self.state == SeatState::Waiting {
            cues.push((class.starts, Cue::Full));
        }
        if self.came.is_some() && self.mark.is_none() {
            cues.push((class.ends(), Cue::Ask));
        }
        cues
    }

    /// The last of those moments from `since` to `now`, which makes the ones before it needless.
    pub fn cue(&self, class: &Class, since: Ms, now: Ms) -> Option<Cue> {
        let due = self.cues(class).into_iter().filter(|(at, _)| (since..=now).contains(at));
        let last = due.max_by_key(|(at, cue)| (*at, *cue)).map(|(_, cue)| cue);
        last.filter(|cue| matches!(cue, Cue::Ask | Cue::Full) || now < class.starts)
    }

    /// The first of those moments after `now`.
    pub fn next_cue(&self, class: &Class, now: Ms) -> Option<Ms> {
        self.cues(class).into_iter().map(|(at, _)| at).filter(|at| *at > now).min()
    }

    /// She may have a certificate: it is over, and she was there.
    pub fn earned(&self, class: &Class, now: Ms) -> bool {
        class.state == ClassState::Open && self.came.is_some() && now >= class.ends()
    }
}

/// What is asked about a class, of staff or of who was there, and answered by typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassAsk {
    /// Its title.
    Title,
    /// What it is for.
    About,
    /// Its day and hour.
    When,
    /// How long it takes.
    Minutes,
    /// Its place, its link, or both.
    Place,
    /// How many seats there are.
    Seats,
    /// Until when people enrol.
    EnrolBy,
    /// The spheres it is for.
    Spheres,
    /// The municipality it is for.
    Town,
    /// Whether it is for those who begin.
    Level,
    /// The code word.
    Code,
    /// Where its recording is.
    Record,
    /// What somebody who is there takes for the code word.
    Guess,
    /// The name on a certificate.
    Name,
    /// A word on how it was.
    Voice,
    /// Who was there without having enrolled.
    Walk,
}

impl ClassAsk {
    /// What staff is asked after this while a class is set up.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Title => Some(Self::About),
            Self::About => Some(Self::When),
            Self::When => Some(Self::Place),
            Self::Place => Some(Self::Seats),
            _ => None,
        }
    }

    /// Whether only staff is asked that.
    pub fn is_staffs(self) -> bool {
        !matches!(self, Self::Guess | Self::Name | Self::Voice)
    }
}

/// A class with everybody who has to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hall {
    /// The class.
    pub class: Class,
    /// Each person's seat, by person.
    pub seats: Vec<Seat>,
}

impl Hall {
    /// Somebody's seat.
    pub fn seat(&self, person: UserId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.person == person)
    }

    /// Somebody's seat, to change it.
    pub fn seat_mut(&mut self, person: UserId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.person == person)
    }

    /// The seats in this state, in the order of enrolling.
    pub fn in_order(&self, state: SeatState) -> Vec<&Seat> {
        let mut seats: Vec<&Seat> = self.seats.iter().filter(|seat| seat.state == state).collect();
        seats.sort_by_key(|seat| (seat.n, seat.person));
        seats
    }

    /// How many stand so.
    pub fn count(&self, state: SeatState) -> usize {
        self.seats.iter().filter(|seat| seat.state == state).count()
    }

    /// How many were there.
    pub fn came(&self) -> usize {
        self.seats.iter().filter(|seat| seat.came.is_some()).count()
    }

    /// Seats that nobody has; `None` if there are enough for everybody.
    pub fn free(&self) -> Option<usize> {
        let taken = self.count(SeatState::Enrolled);
        self.class.seats.map(|seats| usize::from(seats).saturating_sub(taken))
    }

    /// Where somebody is among those who wait, from 1.
    pub fn place(&self, person: UserId) -> Option<usize> {
        let waiting = self.in_order(SeatState::Waiting);
        waiting.iter().position(|seat| seat.person == person).map(|at| at + 1)
    }

    /// Enrols somebody: with a seat if one is free and nobody waits for it, else as the last of those who wait. Who is
    /// enrolled or waits already stays as she is.
    ///
    /// # Errors
    /// Nobody enrols now.
    pub fn join(&mut self, person: UserId, now: Ms) -> Result<SeatState, Shut> {
        if let Some(seat) = self.seat(person).filter(|seat| seat.state != SeatState::Left) {
            return Ok(seat.state);
        }
        if let Some(shut) = self.class.shut(now) {
            return Err(shut);
        }
        let full = self.free().is_some_and(|free| free <= self.count(SeatState::Waiting));
        let state = if full { SeatState::Waiting } else { SeatState::Enrolled };
        self.sit(person, state, now);
        Ok(state)
    }

    /// Somebody is there who has no seat: she gets one however many there are. False if she has had one, or waited for one.
    pub fn walk_in(&mut self, person: UserId, now: Ms) -> bool {
        if self.seat(person).is_some_and(|seat| seat.state != SeatState::Left) {
            return false;
        }
        self.sit(person, SeatState::Enrolled, now);
        true
    }

    /// Somebody is the last of those who stand so.
    fn sit(&mut self, person: UserId, state: SeatState, now: Ms) {
        let n = self.seats.iter().map(|seat| seat.n).max().unwrap_or(0) + 1;
        match self.seat_mut(person) {
            Some(seat) => (seat.state, seat.n, seat.at) = (state, n, now),
            None => self.seats.push(Seat { n, at: now, state, ..Seat::new(self.class.id, person) }),
        }
    }

    /// Somebody gives up her seat or waits no longer; who has a seat now that waited for one.
    pub fn leave(&mut self, person: UserId, now: Ms) -> Vec<UserId> {
        if let Some(seat) = self.seat_mut(person) {
            seat.state = SeatState::Left;
            seat.news = News::default();
        }
        self.fill(now)
    }

    /// Gives free seats to those who wait longest, while it has not begun; who has one now.
    pub fn fill(&mut self, now: Ms) -> Vec<UserId> {
        if self.class.state != ClassState::Open || now >= self.class.starts {
            return Vec::new();
        }
        let most = self.free().unwrap_or(usize::MAX);
        let lucky: Vec<UserId> =
            self.in_order(SeatState::Waiting).into_iter().take(most).map(|seat| seat.person).collect();
        for seat in self.seats.iter_mut().filter(|seat| lucky.contains(&seat.person)) {
            seat.state = SeatState::Enrolled;
            seat.news = seat.news.and(News::SEAT);
        }
        lucky
    }

    /// Everybody who is enrolled or waits is to be told that.
    pub fn tell(&mut self, news: News) {
        for seat in self.seats.iter_mut().filter(|seat| seat.state != SeatState::Left) {
            seat.news = seat.news.and(news);
        }
    }

    /// How often each mark was given, from 1 to 5.
    pub fn marks(&self) -> [usize; 5] {
        let mut marks = [0; 5];
        for mark in self.seats.iter().filter_map(|seat| seat.mark) {
            if let Some(n) = marks.get_mut(usize::from(mark).wrapping_sub(1)) {
                *n += 1;
            }
        }
        marks
    }
}

impl Seat {
    /// Of somebody who has nothing to do with the class yet.
    pub fn new(class: ClassId, person: UserId) -> Self {
        Self {
            class,
            person,
            rev: 0,
            n: 0,
            at: Ms(0),
            state: SeatState::Left,
            came: None,
            tries: 0,
            mark: None,
            voice: None,
            paper: None,
            news: News::default(),
        }
    }
}

/// That somebody was at a class, to be shown and checked by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its number, of twelve digits.
    pub number: u64,
    /// The class.
    pub class: ClassId,
    /// Whose it is.
    pub person: UserId,
    /// Her name as she gave it, at most 60 characters.
    pub name: String,
    /// The class's title when it was given.
    pub title: String,
    /// When the class began.
    pub held: Ms,
    /// The time zone that is told in.
    pub zone: Zone,
    /// How long it took, in minutes.
    pub minutes: u16,
    /// When it was given.
    pub at: Ms,
}

/// Numbers of certificates are below this.
const NUMBERS: u64 = 1_000_000_000_000;

impl Certificate {
    /// A number made of a random one; what is given out cannot be counted on from another.
    pub fn number_of(random: u64) -> u64 {
        random % NUMBERS
    }

    /// A number as it is written: «0123-4567-8901».
    pub fn written(number: u64) -> String {
        let (first, rest) = (number / 100_000_000, number % 100_000_000);
        format!("{first:04}-{:04}-{:04}", rest / 10_000, rest % 10_000)
    }

    /// The number in a text that is one, with or without «сертификат» and «№» before it: twelve digits, with hyphens or
    /// spaces between.
    pub fn read(text: &str) -> Option<u64> {
        let lower = text.to_lowercase();
        let at = lower.find(|c: char| c.is_ascii_digit())?;
        let (before, written) = lower.split_at(at);
        let known = ["сертификат", "сертификата", "проверить", "проверь", "проверка", "номер", "n"];
        let words = before.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
        if words.into_iter().any(|word| !known.contains(&word)) {
            return None;
        }
        let ours = |c: char| c.is_ascii_digit() || c.is_whitespace() || "-‐‑‒–—.?!".contains(c);
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        (written.chars().all(ours) && digits.len() == 12).then(|| digits.parse().ok()).flatten()
    }
}

#[cfg(test)]
#[path = "class_tests.rs"]
mod tests;
