//! Did a lesson help? Four weeks of pages before and after it, with pages without it beside.

use crate::domain::{Day, page::Week};

/// Weeks that are looked at on each side.
const WEEKS: i32 = 4;
/// Fewer weeks known on a side say nothing.
const KNOWN: usize = 3;
const DAYS: i32 = 7;

/// How some pages did before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// How many pages had enough weeks on both sides.
    pub pages: usize,
    /// Posts a week before, in tenths: the median of the pages' means.
    pub before: u32,
    /// The same after.
    pub after: u32,
    /// How many pages posted more after than before.
    pub more: usize,
}

/// What came of a lesson.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Pages of who took it.
    pub with: Change,
    /// Pages of who did not, around the days it was taken.
    pub without: Change,
}

/// What came of a lesson: the weeks of each page with the day it was taken, and the weeks of pages without it. It does not
/// show what caused what: who takes lessons may do more anyhow.
pub fn effect(taken: &[(&[Week], Day)], others: &[&[Week]]) -> Effect {
    let mut days: Vec<Day> = taken.iter().map(|(_, day)| *day).collect();
    days.sort_unstable();
    let middle = days.get(days.len() / 2).copied();
    let others = middle.map_or_else(Vec::new, |day| others.iter().map(|weeks| (*weeks, day)).collect());
    Effect { with: change(taken), without: change(&others) }
}

fn change(pages: &[(&[Week], Day)]) -> Change {
    let both: Vec<(u32, u32)> = pages.iter().filter_map(|(weeks, day)| sides(weeks, *day)).collect();
    let median = |side: fn(&(u32, u32)) -> u32| {
        let mut all: Vec<u32> = both.iter().map(side).collect();
        all.sort_unstable();
        match all.len() {
            0 => 0,
            n if n % 2 == 1 => all[n / 2],
            n => u32::midpoint(all[n / 2 - 1], all[n / 2]),
        }
    };
    Change {
        pages: both.len(),
        before: median(|(before, _)| *before),
        after: median(|(_, after)| *after),
        more: both.iter().filter(|(before, after)| after > before).count(),
    }
}

/// Posts a week in tenths before and after the week of that day, which belongs to neither side.
fn sides(weeks: &[Week], day: Day) -> Option<(u32, u32)> {
    let monday = day.monday().0;
    let mean = |from: i32, to: i32| {
        let side: Vec<u32> =
            weeks.iter().filter(|w| (from..to).contains(&w.from.0)).map(|w| u32::from(w.posts)).collect();
        (side.len() >= KNOWN).then(|| side.iter().sum::<u32>() * 10 / side.len() as u32)
    };
    mean(monday - WEEKS * DAYS, monday).zip(mean(monday + DAYS, monday + (WEEKS + 1) * DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::nudge::tests::week_from;

    /// Monday, 5 October 2026.
    const FIRST: Day = Day(20_731);

    fn lived(posts: &[u16]) -> Vec<Week> {
        let week = |(n, posts): (usize, &u16)| week_from(Day(FIRST.0 + 7 * n as i32), 1, *posts);
        posts.iter().enumerate().map(week).collect()
    }

    #[test]
    fn four_weeks_before_and_after_are_compared_with_pages_without() {
        // The fifth week is that of the lesson.
        let (a, b) = (lived(&[1, 1, 1, 1, 9, 3, 3, 3, 3]), lived(&[2, 2, 2, 2, 0, 2, 2, 2, 3]));
        let other = lived(&[2, 2, 2, 2, 2, 2, 2, 2, 2]);
        let day = Day(FIRST.0 + 4 * 7 + 3);
        let found = effect(&[(&a, day), (&b, day)], &[&other]);
        assert_eq!(found.with, Change { pages: 2, before: 15, after: 26, more: 2 });
        assert_eq!(found.without, Change { pages: 1, before: 20, after: 20, more: 0 });
    }

    #[test]
    fn a_page_with_too_few_weeks_is_left_out() {
        let short = lived(&[1, 1, 9, 3, 3, 3]);
        assert_eq!(effect(&[(&short, Day(FIRST.0 + 14))], &[]), Effect::default());
        assert_eq!(effect(&[], &[&short]), Effect::default());
    }
}
