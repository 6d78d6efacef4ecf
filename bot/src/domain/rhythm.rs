//! What a page has kept up, told from its weeks: weeks in a row by its norm, and what it has reached. Results of the page,
//! not of presses.

use serde::{Deserialize, Serialize};

use super::{
    Day,
    page::{PostKind, Week, Zone},
};

/// Missed weeks of a quarter that do not break a run.
const FREEZES: usize = 2;
const WEEK: i32 = 7;

/// Weeks in a row in which a page kept to its norm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rhythm {
    /// How many, this week among them if it is reached already.
    pub run: u16,
    /// The most there were in the weeks that are known.
    pub best: u16,
    /// How many weeks of this quarter may still be missed.
    pub left: u8,
    /// So many posts this week make up for the last one, which was missed; then it costs no freeze.
    pub mends: Option<u16>,
}

/// How a page's rhythm stands on a day; its weeks are oldest first. A week nothing is known of neither counts nor breaks.
pub fn rhythm(weeks: &[Week], today: Day) -> Rhythm {
    let now = today.monday();
    let (mut run, mut best): (u16, u16) = (0, 0);
    let mut frozen: Vec<(i16, i8)> = Vec::new();
    for (n, week) in weeks.iter().enumerate() {
        let kept = week.posts >= u16::from(week.asked);
        let open = week.from >= now;
        if kept {
            run += 1;
            best = best.max(run);
            continue;
        }
        if open {
            continue;
        }
        let after = weeks.get(n + 1).filter(|after| after.from.0 == week.from.0 + WEEK);
        if after.is_some_and(|after| after.posts >= mending(week, after.asked)) {
            run += 1;
            best = best.max(run);
            continue;
        }
        let quarter = quarter(week.from);
        // A run that has not begun needs no freeze.
        if run > 0 && frozen.iter().filter(|q| **q == quarter).count() < FREEZES {
            frozen.push(quarter);
        } else {
            run = 0;
        }
    }
    let used = frozen.iter().filter(|q| **q == quarter(now)).count();
    let last = weeks.iter().rev().find(|week| week.from < now);
    let missed = last.filter(|week| week.posts < u16::from(week.asked) && week.from.0 + WEEK == now.0);
    let missed = missed.filter(|week| best > 0 && !is_mended(weeks, week));
    Rhythm {
        run,
        best,
        left: (FREEZES - used.min(FREEZES)) as u8,
        mends: missed.map(|week| mending(week, week.asked)),
    }
}

/// Posts of the next week that make up for a missed one: its own norm, and what was missing.
fn mending(missed: &Week, asked: u8) -> u16 {
    u16::from(asked) + u16::from(missed.asked).saturating_sub(missed.posts)
}

fn is_mended(weeks: &[Week], missed: &Week) -> bool {
    let after = weeks.iter().find(|week| week.from.0 == missed.from.0 + WEEK);
    after.is_some_and(|after| after.posts >= mending(missed, after.asked))
}

fn quarter(day: Day) -> (i16, i8) {
    let date = day.date();
    (date.year(), (date.month() - 1) / 3)
}

/// Something a page has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Badge {
    /// Its first week by the norm.
    FirstWeek,
    /// Four weeks by the norm in a row.
    Month,
    /// Twelve weeks by the norm in a row.
    Quarter,
    /// The green zone.
    Green,
    /// A week by the norm after two without a post.
    Back,
    /// Four weeks in a row with posts and not one repost.
    Own,
    /// Four kinds of posts in one week.
    Kinds,
    /// A hundred subscribers more than at the first look.
    Hundred,
}

impl Badge {
    /// All of them with their words in keys of texts, in the order they are told.
    pub const ALL: [(&'static str, Self); 8] = [
        ("first-week", Self::FirstWeek),
        ("month", Self::Month),
        ("quarter", Self::Quarter),
        ("green", Self::Green),
        ("back", Self::Back),
        ("own", Self::Own),
        ("kinds", Self::Kinds),
        ("hundred", Self::Hundred),
    ];

    /// The word for it in keys of texts.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, badge)| *badge == self).map_or("", |(word, _)| word)
    }
}

/// What a page has reached in its weeks, oldest first, with the Monday of the week it was reached in.
pub fn badges(weeks: &[Week]) -> Vec<(Badge, Day)> {
    let reached = |badge: Badge| {
        let (mut kept, mut silent, mut own) = (0, 0, 0);
        let first = weeks.iter().find_map(|week| week.members);
        weeks.iter().find_map(|week| {
            let in_norm = week.posts >= u16::from(week.asked);
            let was_silent = silent;
            kept = if in_norm { kept + 1 } else { 0 };
            silent = if week.posts == 0 { silent + 1 } else { 0 };
            own = if week.posts > 0 && week.own == week.posts { own + 1 } else { 0 };
            let kinds = week.kinds.iter().filter(|(kind, n)| *n > 0 && *kind != PostKind::Repost).count();
            let now = match badge {
                Badge::FirstWeek => in_norm,
                Badge::Month => kept >= 4,
                Badge::Quarter => kept >= 12,
                Badge::Green => week.zone == Some(Zone::Green),
                Badge::Back => in_norm && was_silent >= 2,
                Badge::Own => own >= 4,
                Badge::Kinds => kinds >= 4,
                Badge::Hundred => first.zip(week.members).is_some_and(|(first, now)| now >= first + 100),
            };
            now.then_some(week.from)
        })
    };
    Badge::ALL.iter().filter_map(|(_, badge)| Some((*badge, reached(*badge)?))).collect()
}

/// What a page had reached before with what its weeks show now. The weeks that are kept pass; what was reached stays.
pub fn earned(before: &[(Badge, Day)], weeks: &[Week]) -> Vec<(Badge, Day)> {
    let mut all = before.to_vec();
    all.extend(badges(weeks).into_iter().filter(|(badge, _)| before.iter().all(|(had, _)| had != badge)));
    all.sort_unstable_by_key(|(badge, _)| *badge);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::nudge::tests::week_from;

    /// Monday, 5 October 2026: a quarter has just begun.
    const FIRST: Day = Day(20_731);

    fn lived(posts: &[u16]) -> Vec<Week> {
        let week = |(n, posts): (usize, &u16)| week_from(Day(FIRST.0 + 7 * n as i32), 1, *posts);
        posts.iter().enumerate().map(week).collect()
    }

    /// The rhythm on the Wednesday after the last of these weeks.
    fn after(posts: &[u16]) -> Rhythm {
        rhythm(&lived(posts), Day(FIRST.0 + 7 * posts.len() as i32 + 2))
    }

    fn words(weeks: &[Week]) -> Vec<&'static str> {
        badges(weeks).into_iter().map(|(badge, _)| badge.word()).collect()
    }

    #[test]
    fn weeks_by_the_norm_are_counted_in_a_row() {
        assert_eq!(after(&[]), Rhythm { left: 2, ..Rhythm::default() });
        assert_eq!(after(&[3, 4, 3]), Rhythm { run: 3, best: 3, left: 2, mends: None });
        assert_eq!(after(&[0, 0, 3]), Rhythm { run: 1, best: 1, left: 2, mends: None });
    }

    #[test]
    fn two_missed_weeks_of_a_quarter_are_frozen_and_the_third_breaks() {
        assert_eq!(after(&[3, 3, 0, 3]), Rhythm { run: 3, best: 3, left: 1, mends: None });
        assert_eq!(after(&[3, 0, 3, 1, 3]), Rhythm { run: 3, best: 3, left: 0, mends: None });
        assert_eq!(after(&[3, 0, 3, 1, 3, 2, 3]).run, 1);
        // A new quarter begins with January, thirteen weeks on.
        let year = [3, 0, 3, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 3];
        assert_eq!((after(&year).run, after(&year).left), (12, 1));
    }

    #[test]
    fn what_was_missing_may_be_made_up_for_free_in_the_next_week() {
        assert_eq!(after(&[3, 1]).mends, Some(5));
        assert_eq!(after(&[3, 1, 5]), Rhythm { run: 3, best: 3, left: 2, mends: None });
        assert_eq!(after(&[3, 1, 4]), Rhythm { run: 2, best: 2, left: 1, mends: None });
    }

    #[test]
    fn the_week_that_runs_does_not_break_and_counts_once_it_is_enough() {
        let weeks = lived(&[3, 3, 1]);
        assert_eq!(rhythm(&weeks, Day(FIRST.0 + 16)).run, 2, "the third week is not over");
        assert_eq!(rhythm(&lived(&[3, 3, 3]), Day(FIRST.0 + 16)).run, 3);
    }

    #[test]
    fn badges_are_for_what_the_page_did() {
        assert!(badges(&lived(&[0, 1, 2])).is_empty());
        let first = (Badge::FirstWeek, Day(FIRST.0 + 7));
        assert_eq!(badges(&lived(&[1, 3]))[0], first);
        let later: Vec<Week> = lived(&[0, 0]);
        assert_eq!(earned(&[first], &later), [first], "weeks pass, what was reached stays");
        let again = earned(&[first], &lived(&[3, 3, 3, 3]));
        assert_eq!((again[0], again[1].0), (first, Badge::Month), "the first time counts");
        assert_eq!(words(&lived(&[0, 0, 3])), ["first-week", "back"]);
        assert_eq!(words(&lived(&[3, 3, 3, 3])), ["first-week", "month", "own"]);
        let mut weeks = lived(&[3, 3]);
        weeks[1].zone = Some(Zone::Green);
        weeks[1].members = Some(900);
        weeks[1].kinds =
            [PostKind::Clip, PostKind::Poll, PostKind::Photo, PostKind::Text].map(|k| (k, 1)).to_vec();
        assert_eq!(words(&weeks), ["first-week", "green", "kinds", "hundred"]);
    }
}
