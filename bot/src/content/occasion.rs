use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    fields::{self, List, RawReview, RawSource, TITLE, Text},
    problem::Notes,
};
use crate::domain::Sphere;

const HINT: usize = 200;
/// A list of dates whose newest is this many days old is told of: next year's is due soon.
const STALE: i32 = 300;
/// The 29th of February is a date, though not of every year.
const LEAP: i16 = 2028;

/// How one writes on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A holiday: congratulations are in place.
    Celebrate,
    /// Mourning and memory: no congratulations, no emoji, no contests.
    Memory,
    /// A reason to tell something useful.
    Inform,
    /// The day of a profession: about its people.
    Profession,
}

/// A day worth a post, the same rule every year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The stable id, unique in the whole calendar.
    pub id: String,
    /// Its name, at most 80 characters.
    pub title: String,
    /// Whom it concerns; empty means everybody.
    pub spheres: Vec<Sphere>,
    /// How one writes on it.
    pub tone: Tone,
    /// What to write about, at most 200 characters.
    pub hint: Option<String>,
    /// Whether no document was found for the date, so that people have to make sure.
    pub own: bool,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Fixed {
        month: i8,
        day: i8,
    },
    /// The `nth` such day of the month; −1 is the last one, −2 the last but one.
    Nth {
        nth: i8,
        weekday: Weekday,
        month: i8,
    },
    Manual(Vec<Date>),
}

impl Occasion {
    /// The dates it falls on in a year, mostly one; none in a year that has no such day.
    pub fn on(&self, year: i16) -> Vec<Date> {
        match &self.rule {
            Rule::Fixed { month, day } => Date::new(year, *month, *day).into_iter().collect(),
            Rule::Nth { nth, weekday, month } => Date::new(year, *month, 1)
                .and_then(|first| first.nth_weekday_of_month(*nth, *weekday))
                .into_iter()
                .collect(),
            Rule::Manual(dates) => dates.iter().copied().filter(|d| d.year() == year).collect(),
        }
    }

    /// Whether it concerns an institution; one that has not told its sphere gets what is for everybody.
    pub fn concerns(&self, sphere: Option<Sphere>) -> bool {
        self.spheres.is_empty() || sphere.is_some_and(|s| self.spheres.contains(&s))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    occasion: Option<Vec<Spanned<RawOccasion>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOccasion {
    id: Text,
    title: Text,
    rule: Text,
    spheres: List,
    tone: Text,
    hint: Text,
    #[serde(default)]
    own: bool,
}

const TONES: [(&str, Tone); 4] = [
    ("celebrate", Tone::Celebrate),
    ("memory", Tone::Memory),
    ("inform", Tone::Inform),
    ("profession", Tone::Profession),
];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Reads a part of the calendar, each occasion with its line; what is wrong goes to `notes`, which must hold the
/// whole file.
pub(crate) fn parse(notes: &mut Notes<'_>, today: Date) -> Option<Vec<(usize, Occasion)>> {
    let raw: Raw = fields::read(notes)?;
    let Raw { sources, own, reviewed, review_by, occasion } = raw;
    fields::review(notes, RawReview { sources, own, reviewed, review_by }, today);
    let mut occasions = Vec::new();
    for raw in occasion.unwrap_or_default() {
        let line = notes.line(&raw.span());
        let raw = raw.into_inner();
        let id = fields::text(notes, "occasion.id", raw.id, 40);
        fields::well_formed(notes, Some(line), &id);
        let title = fields::text(notes, "occasion.title", raw.title, TITLE);
        let rule = rule(notes, line, raw.rule, today);
        let spheres = fields::spheres(notes, raw.spheres);
        let tone = fields::choice(notes, "occasion.tone", raw.tone, &TONES);
        let hint = fields::optional(notes, "occasion.hint", raw.hint, HINT);
        if let (Some(rule), Some(tone)) = (rule, tone) {
            occasions.push((line, Occasion { id, title, spheres, tone, hint, own: raw.own, rule }));
        }
    }
    if occasions.is_empty() {
        notes.error(None, "нет ни одной даты: [[occasion]]");
    }
    Some(occasions)
}

fn rule(notes: &mut Notes<'_>, line: usize, value: Text, today: Date) -> Option<Rule> {
    let Some(value) = value else {
        notes.error(Some(line), "нет поля «occasion.rule»");
        return None;
    };
    let line = Some(notes.line(&value.span()));
    let written = value.into_inner();
    let Some(rule) = read(&written) else {
        let known = "«fixed 11-29», «nth 3 sun 3», «nth -2 sun 6», «last sun 11» или «manual 2026-05-26, 2027-05-25», и такой день должен быть";
        notes.error(line, format!("rule = «{written}»: бывает {known}"));
        return None;
    };
    if let Rule::Manual(dates) = &rule
        && let Some(newest) = dates.iter().max()
        && newest.until(today).is_ok_and(|passed| passed.get_days() > STALE)
    {
        notes.warn(line, format!("последняя дата — {newest}: впишите следующую"));
    }
    Some(rule)
}

fn read(written: &str) -> Option<Rule> {
    let words: Vec<&str> = written.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let month = |word: &str| word.parse::<i8>().ok().filter(|m| (1..=12).contains(m));
    let weekday = |word: &str| WEEKDAYS.iter().find(|(name, _)| *name == word).map(|(_, day)| *day);
    match words.as_slice() {
        ["fixed", date] => {
            let (month, day) = date.split_once('-')?;
            let date = Date::new(LEAP, month.parse().ok()?, day.parse().ok()?).ok()?;
            Some(Rule::Fixed { month: date.month(), day: date.day() })
        }
        ["nth", nth, day, of] => {
            let nth = nth.parse().ok().filter(|n| *n == -2 || (1..=4).contains(n))?;
            Some(Rule::Nth { nth, weekday: weekday(day)?, month: month(of)? })
        }
        ["last", day, of] => Some(Rule::Nth { nth: -1, weekday: weekday(day)?, month: month(of)? }),
        ["manual", first, rest @ ..] => {
            let dates: Option<Vec<Date>> =
                std::iter::once(first).chain(rest).map(|d| d.parse().ok()).collect();
            dates.map(Rule::Manual)
        }
        _ => None,
    }
}
