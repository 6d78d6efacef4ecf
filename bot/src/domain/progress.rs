use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Ms, PostRef};

/// Closed rounds kept; the oldest leave first. Two years of everything there is come to about two hundred.
const ROUNDS: usize = 200;
/// A missed week is forgiven when the last one forgiven was at least so many weeks before.
const FORGIVEN_AGAIN: i32 = 4;
/// The day that days are counted from.
const FIRST: Date = Date::constant(1970, 1, 1);

/// A day of a calendar on a wall, with no hour and no zone, counted from 1 January 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(FIRST.until(date).map_or(0, |span| span.get_days()))
    }
}

impl Day {
    /// The same as a date.
    pub fn date(self) -> Date {
        FIRST.checked_add(self.0.days()).unwrap_or(FIRST)
    }

    /// The Monday of its week.
    #[must_use]
    pub fn monday(self) -> Self {
        // 1 January 1970 was a Thursday.
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }
}

/// A step of a checklist that is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// When it was ticked.
    pub at: Ms,
    /// The post that shows it.
    pub post: Option<PostRef>,
    /// The bot saw it itself, and takes it back when it sees it no more.
    pub seen: bool,
}

/// What a person has learnt and gone through, but for the ticks of the rounds that are open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Closed rounds of checklists in the order they were closed, at most 200.
    pub rounds: Vec<Round>,
    /// The lessons she has begun.
    pub lessons: Vec<LessonMark>,
    /// Her weeks in a row.
    pub streak: Streak,
}

/// A round of a checklist that is over: what was done of it, not what was ticked where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The checklist's id.
    pub list: String,
    /// Its first day; of one that begins when something happens, the day of its first tick.
    pub from: Day,
    /// How many steps were done.
    pub done: u8,
    /// How many there were.
    pub of: u8,
    /// The posts that show what was done.
    pub posts: Vec<PostRef>,
}

/// How far she is with a lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonMark {
    /// The lesson's id.
    pub lesson: String,
    /// The card she was shown last, from 0; the number of cards once she has come to the questions.
    pub card: u8,
    /// Her answers in this try: the question's id and whether it was right.
    pub answers: Vec<(String, bool)>,
    /// Her best result: how many answers of a whole try were right.
    pub best: Option<u8>,
    /// How often she has answered all questions.
    pub tries: u16,
    /// When she answered all of them first.
    pub passed: Option<Ms>,
}

impl LessonMark {
    /// A lesson just begun.
    pub fn new(lesson: &str) -> Self {
        Self { lesson: lesson.to_owned(), card: 0, answers: Vec::new(), best: None, tries: 0, passed: None }
    }
}

/// Weeks in a row with something done for the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// The Monday of the last week that counts.
    pub week: Day,
    /// How many weeks in a row, up to that one; 0 if there was none yet.
    pub run: u16,
    /// The most there ever were.
    pub best: u16,
    /// The Monday of the last missed week that was forgiven.
    pub forgiven: Option<Day>,
    /// The run that the week before this one broke, while it may be had back.
    pub lost: Option<Lost>,
}

/// A run that one missed week broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// How many weeks it had.
    pub run: u16,
    /// The day on which something was done first after it: something on another day of that week brings it back.
    pub on: Day,
}

/// What doing something comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gain {
    /// Its week was counted before.
    Nothing,
    /// Its week counts from now on.
    Week,
    /// A missed week is made up for: the run before it goes on.
    Mended,
}

/// What there is to say of a streak today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing has been done yet.
    None,
    /// So many weeks, this one among them.
    Counted(u16),
    /// So many weeks, and this one is still to come.
    Open(u16),
    /// It broke; the most there ever were.
    Broken(u16),
    /// Only the last week was missed: so many weeks are had back by something on so many more days of this one.
    Mends(u16, u8),
}

impl Streak {
    /// Something was done on this day.
    pub fn mark(&mut self, day: Day) -> Gain {
        let week = day.monday();
        if self.run > 0 && week <= self.week {
            let Some(lost) = self.lost.filter(|lost| week == self.week && lost.on != day) else {
                return Gain::Nothing;
            };
            self.lost = None;
            self.run = lost.run.saturating_add(1);
            self.best = self.best.max(self.run);
            return Gain::Mended;
        }
        self.lost = None;
        match self.missed(week) {
            Some(0) => self.run += 1,
            Some(1) if self.may_forgive(week) => {
                self.forgiven = Some(Day(week.0 - 7));
                self.run += 1;
            }
            Some(1) if self.run > 1 => {
                self.lost = Some(Lost { run: self.run, on: day });
                self.run = 1;
            }
            _ => self.run = 1,
        }
        self.week = week;
        self.best = self.best.max(self.run);
        Gain::Week
    }

    /// How it stands on this day. One missed week in a month does not break it; another is made up for by something on two
    /// days of the week after.
    pub fn standing(&self, day: Day) -> Standing {
        let week = day.monday();
        match self.missed(week) {
            None => Standing::None,
            Some(..=-1) => self.lost.map_or(Standing::Counted(self.run), |lost| Standing::Mends(lost.run, 1)),
            Some(0) => Standing::Open(self.run),
            Some(1) if self.may_forgive(week) => Standing::Open(self.run),
            Some(1) if self.run > 1 => Standing::Mends(self.run, 2),
            Some(_) => Standing::Broken(self.best),
        }
    }

    /// Whole weeks between the last that counts and this one; -1 if it is this one.
    fn missed(&self, week: Day) -> Option<i32> {
        (self.run > 0).then(|| (week.0 - self.week.0) / 7 - 1)
    }

    fn may_forgive(&self, week: Day) -> bool {
        self.forgiven.is_none_or(|last| (week.0 - 7 - last.0) / 7 >= FORGIVEN_AGAIN)
    }
}

impl Progress {
    /// Adds a closed round; the same round closed in two parts is one.
    pub fn close(&mut self, round: Round) {
        let same = |r: &&mut Round| r.list == round.list && r.from == round.from;
        if let Some(there) = self.rounds.iter_mut().find(same) {
            there.of = there.of.max(round.of);
            there.done = there.done.saturating_add(round.done).min(there.of);
            there.posts.extend(round.posts);
        } else {
            self.rounds.push(round);
            let over = self.rounds.len().saturating_sub(ROUNDS);
            self.rounds.drain(..over);
        }
    }

    /// The closed rounds of a checklist, newest first.
    pub fn rounds_of(&self, list: &str) -> impl Iterator<Item = &Round> {
        self.rounds.iter().rev().filter(move |r| r.list == list)
    }

    /// How far she is with a lesson, if she has begun it.
    pub fn lesson(&self, id: &str) -> Option<&LessonMark> {
        self.lessons.iter().find(|l| l.lesson == id)
    }

    /// Her mark of a lesson, to be changed.
    pub fn lesson_mut(&mut self, id: &str) -> &mut LessonMark {
        let at = self.lessons.iter().position(|l| l.lesson == id).unwrap_or_else(|| {
            self.lessons.push(LessonMark::new(id));
            self.lessons.len() - 1
        });
        &mut self.lessons[at]
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const MONDAY: Day = Day(20_780);

    fn week(n: i32) -> Day {
        Day(MONDAY.0 + 7 * n + n.rem_euclid(7))
    }

    #[test]
    fn days_are_dates_and_know_their_monday() {
        for (day, monday) in [
            (date(2026, 11, 23), date(2026, 11, 23)),
            (date(2026, 11, 29), date(2026, 11, 23)),
            (date(2027, 1, 1), date(2026, 12, 28)),
            (date(1970, 1, 1), date(1969, 12, 29)),
        ] {
            assert_eq!(Day::from(day).date(), day);
            assert_eq!(Day::from(day).monday().date(), monday);
        }
    }

    #[test]
    fn weeks_in_a_row_are_counted_once_each() {
        let mut streak = Streak::default();
        assert_eq!(streak.standing(week(0)), Standing::None);
        assert_eq!(streak.mark(week(0)), Gain::Week);
        assert_eq!(streak.mark(week(0)), Gain::Nothing);
        assert_eq!(streak.mark(week(1)), Gain::Week);
        assert_eq!(streak.standing(week(1)), Standing::Counted(2));
        assert_eq!(streak.standing(week(2)), Standing::Open(2));
    }

    #[test]
    fn one_missed_week_a_month_is_forgiven_and_the_next_is_not() {
        let mut streak = Streak::default();
        for n in [0, 1, 3] {
            streak.mark(week(n));
        }
        assert_eq!(streak.standing(week(3)), Standing::Counted(3), "week 2 is forgiven");
        assert_eq!(streak.standing(week(5)), Standing::Mends(3, 2), "week 4 is too soon after it");
        assert_eq!(streak.standing(week(6)), Standing::Broken(3), "two missed weeks are a break");
        streak.mark(week(5));
        assert_eq!((streak.run, streak.best), (1, 3));
        for n in 6..8 {
            streak.mark(week(n));
        }
        streak.mark(week(9));
        assert_eq!(streak.standing(week(9)), Standing::Counted(4), "week 8 is a month later");
        assert_eq!(streak.standing(week(12)), Standing::Broken(4));
    }

    #[test]
    fn another_missed_week_is_made_up_for_by_two_days_of_the_next() {
        let mut streak = Streak::default();
        for n in [0, 1, 3] {
            streak.mark(week(n));
        }
        let monday = Day(MONDAY.0 + 7 * 5);
        assert_eq!(streak.mark(monday), Gain::Week);
        assert_eq!(streak.standing(monday), Standing::Mends(3, 1));
        assert_eq!(streak.mark(monday), Gain::Nothing, "twice on a day is one day");
        assert_eq!(streak.mark(Day(monday.0 + 6)), Gain::Mended);
        assert_eq!((streak.standing(Day(monday.0 + 6)), streak.best), (Standing::Counted(4), 4));
        assert_eq!(streak.mark(Day(monday.0 + 5)), Gain::Nothing);
        // What was not made up for in its week is lost.
        let mut late =
            Streak { week: week(3).monday(), run: 3, best: 3, forgiven: Some(week(2).monday()), lost: None };
        late.mark(week(5));
        late.mark(week(6));
        assert_eq!((late.standing(week(6)), late.best), (Standing::Counted(2), 3));
    }

    #[test]
    fn closed_rounds_are_kept_up_to_a_number_and_two_parts_are_one() {
        let round = |list: &str, n, done| Round {
            list: list.to_owned(),
            from: week(n),
            done,
            of: 8,
            posts: Vec::new(),
        };
        let mut progress = Progress::default();
        progress.close(round("weekly", 1, 3));
        progress.close(round("weekly", 1, 2));
        assert_eq!(progress.rounds, [round("weekly", 1, 5)]);
        for n in 2..300 {
            progress.close(round("weekly", n, 8));
        }
        assert_eq!(progress.rounds.len(), ROUNDS);
        assert_eq!(progress.rounds_of("weekly").next(), Some(&round("weekly", 299, 8)));
        assert_eq!(progress.rounds_of("security").count(), 0);
    }
}
