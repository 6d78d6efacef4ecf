//! What curators and heads see of the pages they look after: figures as functions of what is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Day, Ms, PageRef, Place,
    page::{Aspect, Page, Sight, State, Watch, Week, Zone},
    text,
};

/// From so many whole days without a post on a page is silent.
pub const SILENT: i64 = 7;
/// Weeks of a trend.
pub const TREND: i32 = 8;

/// A registered page with what is known of it and of its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The page.
    pub page: Page,
    /// How it looked last.
    pub sight: Option<Sight>,
    /// Its weeks, oldest first.
    pub weeks: Vec<Week>,
    /// What curators keep of it.
    pub watch: Option<Watch>,
    /// How many of those who run it can be written to.
    pub reachable: usize,
    /// Somebody of those who run it is on vacation, and nobody else runs it.
    pub away: bool,
    /// Somebody of those who run it has passed a lesson.
    pub learnt: bool,
}

impl Row {
    /// Where it is.
    pub fn place(&self) -> Place {
        Place::of_page(&self.page)
    }

    /// Its zone at the last look; none if it is not scored.
    pub fn zone(&self) -> Option<Zone> {
        self.sight.as_ref().and_then(|sight| sight.zone)
    }

    /// Its points at the last look.
    pub fn score(&self) -> Option<u8> {
        self.sight.as_ref().and_then(|sight| sight.score)
    }

    /// Whole days since its newest post, of a page that anybody can see.
    pub fn silent_days(&self, now: Ms) -> Option<i64> {
        let sight = self.sight.as_ref().filter(|sight| sight.state == State::Open)?;
        sight.last_post.map(|last| ((now.0 - last.0) / Ms::DAY).max(0))
    }

    /// It has been without a post for [`SILENT`] days or longer.
    pub fn is_silent(&self, now: Ms) -> bool {
        self.silent_days(now).is_some_and(|days| days >= SILENT)
    }

    /// Something is known not to be there, seen or said by its people.
    pub fn lacks(&self, what: Aspect) -> bool {
        self.sight.as_ref().and_then(|sight| sight.found(what)).is_some_and(|found| !found.there)
    }

    /// The last week that is over, if it is known.
    pub fn last(&self, monday: Day) -> Option<&Week> {
        self.week(Day(monday.0 - 7))
    }

    fn week(&self, from: Day) -> Option<&Week> {
        self.weeks.iter().rev().find(|week| week.from == from)
    }

    /// Weeks in a row below the norm up to the last one that is over; a week that is not known ends the row.
    pub fn misses(&self, monday: Day) -> u8 {
        let below = |back: &i32| {
            let week = self.week(Day(monday.0 - 7 * back));
            week.is_some_and(|week| week.posts < u16::from(week.asked))
        };
        (1..=i32::from(u8::MAX)).take_while(below).count() as u8
    }
}

/// What is next with a page whose norm is missed week after week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Nothing,
    /// Its people are warned.
    Warn,
    /// Its curator is told, a week after that.
    Tell,
    /// The norm was reached again: all is as if nothing had been.
    Forgive,
}

/// What is next with a page in the week of that Monday. While its people are away nothing happens; nobody is warned and
/// told of in one week.
pub fn next(row: &Row, monday: Day, misses: u8) -> Next {
    let (warned, told) = row.watch.as_ref().map_or((None, None), |watch| (watch.warned, watch.told));
    let now = row.misses(monday);
    let known = row.last(monday).is_some();
    match (warned, told) {
        _ if row.away || !known => Next::Nothing,
        (Some(_), _) if now == 0 => Next::Forgive,
        (None, _) if now >= misses => Next::Warn,
        (Some(week), None) if monday.0 - week.0 >= 7 => Next::Tell,
        _ => Next::Nothing,
    }
}

/// Which pages of a list are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// All.
    All,
    /// Silent ones.
    Silent,
    /// In the red zone.
    Red,
    /// In the yellow zone.
    Yellow,
    /// In the green zone.
    Green,
    /// Without the badge or the tiles, as far as is known.
    Bare,
    /// Below the norm for so long that their curator was told.
    Misses,
}

impl Show {
    /// Those that can be picked besides all.
    pub const PICKED: [Self; 6] =
        [Self::Silent, Self::Red, Self::Yellow, Self::Green, Self::Bare, Self::Misses];

    /// The word for it in the keys of phrases.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Silent => "silent",
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Bare => "bare",
            Self::Misses => "misses",
        }
    }

    /// The page is one of them.
    pub fn fits(self, row: &Row, now: Ms) -> bool {
        match self {
            Self::All => true,
            Self::Silent => row.is_silent(now),
            Self::Red => row.zone() == Some(Zone::Red),
            Self::Yellow => row.zone() == Some(Zone::Yellow),
            Self::Green => row.zone() == Some(Zone::Green),
            Self::Bare => row.lacks(Aspect::Badge) || row.lacks(Aspect::Tiles),
            Self::Misses => row.watch.as_ref().is_some_and(|watch| watch.told.is_some()),
        }
    }
}

/// How many pages stand how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Pages.
    pub pages: usize,
    /// In the green zone.
    pub green: usize,
    /// In the yellow zone.
    pub yellow: usize,
    /// In the red zone.
    pub red: usize,
    /// Silent ones.
    pub silent: usize,
    /// Without the badge, as far as is known.
    pub no_badge: usize,
    /// Without the tiles of ПОС, as far as is known.
    pub no_tiles: usize,
    /// Pages whose people were warned and whose curator was told.
    pub told: usize,
    /// Pages somebody of whose people has passed a lesson.
    pub learnt: usize,
    /// Pages nobody runs in the bot, or whose people cannot be written to.
    pub unreachable: usize,
    /// The share of pages that reached the norm, in percent, in each of the last weeks that are over, oldest first;
    /// none of a week that nothing is known of.
    pub trend: Vec<(Day, Option<u8>)>,
    /// The page with the most points whose people let it be shown.
    pub best: Option<PageRef>,
}

impl Summary {
    /// The share of the last week that is over.
    pub fn reached(&self) -> Option<u8> {
        self.trend.last().and_then(|(_, share)| *share)
    }

    /// The share of pages somebody of whose people has passed a lesson, in percent.
    pub fn coverage(&self) -> Option<u8> {
        percent(self.learnt, self.pages)
    }
}

/// A share in percent, rounded; none of nothing.
pub fn percent(part: usize, whole: usize) -> Option<u8> {
    (whole > 0).then(|| ((part * 200 + whole) / (whole * 2)).min(100) as u8)
}

/// Counts over pages as they stand at a moment in the week of that Monday.
pub fn summary<'a>(rows: impl IntoIterator<Item = &'a Row>, now: Ms, monday: Day) -> Summary {
    let mut all = Summary::default();
    let mut weeks: BTreeMap<Day, (usize, usize)> = BTreeMap::new();
    let mut best: Option<(u8, &Row)> = None;
    for row in rows {
        all.pages += 1;
        match row.zone() {
            Some(Zone::Green) => all.green += 1,
            Some(Zone::Yellow) => all.yellow += 1,
            Some(Zone::Red) => all.red += 1,
            None => {}
        }
        all.silent += usize::from(row.is_silent(now));
        all.no_badge += usize::from(row.lacks(Aspect::Badge));
        all.no_tiles += usize::from(row.lacks(Aspect::Tiles));
        all.told += usize::from(row.watch.as_ref().is_some_and(|watch| watch.told.is_some()));
        all.learnt += usize::from(row.learnt);
        all.unreachable += usize::from(row.reachable == 0);
        for week in row.weeks.iter().filter(|week| week.from < monday) {
            let (reached, known) = weeks.entry(week.from).or_default();
            *reached += usize::from(week.posts >= u16::from(week.asked));
            *known += 1;
        }
        let shown = row.watch.as_ref().is_some_and(|watch| watch.example.is_some());
        if let Some(score) = row.score().filter(|score| shown && best.is_none_or(|(most, _)| *score > most)) {
            best = Some((score, row));
        }
    }
    all.trend = (1..=TREND)
        .rev()
        .map(|back| Day(monday.0 - 7 * back))
        .map(|from| (from, weeks.get(&from).and_then(|(reached, known)| percent(*reached, *known))))
        .collect();
    all.best = best.map(|(_, row)| row.page.named());
    all
}

/// Pages by municipality, each under the name that the first of them gives it; those without one under an empty name.
pub fn by_place<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<(String, Vec<&'a Row>)> {
    let mut places: BTreeMap<String, (String, Vec<&Row>)> = BTreeMap::new();
    for row in rows {
        let name = row.page.municipality.clone().unwrap_or_default();
        places.entry(text::folded(&name)).or_insert_with(|| (name, Vec::new())).1.push(row);
    }
    places.into_values().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::conformance::samples;

    const MONDAY: Day = Day(20_783);

    /// A page whose last weeks that are over had so many posts, newest first, at a norm of three.
    fn row(id: i64, posts: &[u16]) -> Row {
        let weeks = posts.iter().enumerate().rev().map(|(back, posts)| {
            let from = Day(MONDAY.0 - 7 * (back as i32 + 1));
            Week { from, posts: *posts, asked: 3, ..samples::week(0) }
        });
        Row {
            page: samples::page(id, &[7]),
            sight: None,
            weeks: weeks.collect(),
            watch: None,
            reachable: 1,
            away: false,
            learnt: false,
        }
    }

    fn watched(mut row: Row, warned: Option<Day>, told: Option<Day>) -> Row {
        row.watch = Some(Watch { warned, told, ..Watch::new(row.page.id) });
        row
    }

    #[test]
    fn misses_are_counted_in_a_row_and_end_where_nothing_is_known() {
        assert_eq!(row(1, &[2, 1, 0, 5, 1]).misses(MONDAY), 3);
        assert_eq!(row(1, &[3, 0, 0]).misses(MONDAY), 0);
        let mut gap = row(1, &[0, 0, 0, 0]);
        gap.weeks.remove(2);
        assert_eq!(gap.misses(MONDAY), 1);
    }

    #[test]
    fn people_are_warned_first_and_the_curator_is_told_a_week_later() {
        let (before, week) = (Day(MONDAY.0 - 7), Some(MONDAY));
        let missed = || row(1, &[0, 0, 0]);
        assert_eq!(next(&missed(), MONDAY, 3), Next::Warn);
        assert_eq!(next(&row(1, &[0, 0]), MONDAY, 3), Next::Nothing);
        assert_eq!(next(&watched(missed(), week, None), MONDAY, 3), Next::Nothing, "not both in one week");
        assert_eq!(next(&watched(missed(), Some(before), None), MONDAY, 3), Next::Tell);
        assert_eq!(next(&watched(missed(), Some(before), week), MONDAY, 3), Next::Nothing, "once");
        assert_eq!(next(&watched(row(1, &[4, 0, 0]), Some(before), None), MONDAY, 3), Next::Forgive);
        assert_eq!(next(&Row { away: true, ..missed() }, MONDAY, 3), Next::Nothing, "on vacation");
        let away = Row { away: true, ..watched(missed(), Some(before), None) };
        assert_eq!(next(&away, MONDAY, 3), Next::Nothing);
    }

    #[test]
    fn a_summary_counts_zones_the_norm_and_who_may_be_shown() {
        let sight = |id, zone, score| Sight { zone: Some(zone), score: Some(score), ..samples::sight(id, 0) };
        let shown = |mut row: Row, by| {
            row.watch = Some(samples::watch(row.page.id.0, by));
            row
        };
        let rows = [
            Row { sight: Some(sight(1, Zone::Green, 95)), ..row(1, &[3, 0]) },
            shown(Row { sight: Some(sight(2, Zone::Green, 91)), ..row(2, &[5, 3]) }, 7),
            Row { sight: Some(sight(3, Zone::Red, 20)), learnt: true, ..row(3, &[0]) },
        ];
        let all = summary(&rows, Ms(0), MONDAY);
        assert_eq!((all.pages, all.green, all.yellow, all.red, all.learnt), (3, 2, 0, 1, 1));
        assert_eq!((all.reached(), all.coverage()), (Some(67), Some(33)));
        assert_eq!(all.trend.len(), TREND as usize);
        assert_eq!(all.trend[TREND as usize - 2], (Day(MONDAY.0 - 14), Some(50)));
        assert_eq!(all.best.map(|page| page.id.0), Some(2), "the best of those who agreed");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn places_have_every_page_once_and_their_counts_add_up(
            towns in proptest::collection::vec(proptest::option::of(0..3_u8), 0..20),
        ) {
            let rows: Vec<Row> = towns.iter().enumerate().map(|(n, town)| {
                let mut row = row(n as i64, &[u16::from(town.unwrap_or(0)) + 2]);
                row.page.municipality = town.map(|town| format!("Город {town}"));
                row
            }).collect();
            let places = by_place(&rows);
            prop_assert_eq!(places.iter().map(|(_, rows)| rows.len()).sum::<usize>(), rows.len());
            let all = summary(&rows, Ms(0), MONDAY);
            let parts = places.iter().map(|(_, rows)| summary(rows.iter().copied(), Ms(0), MONDAY).silent);
            prop_assert_eq!(parts.sum::<usize>(), all.silent);
        }
    }
}
