use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    fields::{self, List, RawReview, RawSource},
    problem::Notes,
};
use crate::domain::{Calendar, Holiday};

/// What such a file is called: `production.toml` with the law's holidays, `production-2026.toml` with a year's
/// transfers, `production-….toml` with a region's free days.
pub(crate) const PREFIX: &str = "production";

/// What one file says of working days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Production {
    holidays: Vec<Holiday>,
    days: Vec<(Date, bool)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    holidays: List,
    carried: List,
    free: Option<Vec<Spanned<Datetime>>>,
    worked: Option<Vec<Spanned<Datetime>>>,
}

/// Reads a file of the production calendar.
pub(crate) fn parse(notes: &mut Notes<'_>, today: Date) -> Option<Production> {
    let raw: Raw = fields::read(notes)?;
    let Raw { sources, own, reviewed, review_by, holidays, carried, free, worked } = raw;
    fields::review(notes, RawReview { sources, own, reviewed, review_by }, today);
    let mut read = Production::default();
    for (list, carried) in [(holidays, false), (carried, true)] {
        for day in list.unwrap_or_default() {
            if let Some((month, day)) = of_the_year(day.get_ref()) {
                read.holidays.push(Holiday { month, day, carried });
            } else {
                let line = Some(notes.line(&day.span()));
                notes.error(line, format!("«{}»: нужен день года, например «05-09»", day.get_ref()));
            }
        }
    }
    for (list, works) in [(free, false), (worked, true)] {
        for day in list.unwrap_or_default() {
            let line = Some(notes.line(&day.span()));
            match date(day.get_ref()) {
                Some(date) if read.days.iter().any(|(known, _)| *known == date) => {
                    notes.error(line, format!("{date}: день назван дважды"));
                }
                Some(date) => read.days.push((date, works)),
                None => notes.error(line, "нужна дата без времени, например 2026-12-31".to_owned()),
            }
        }
    }
    if read.holidays.is_empty() && read.days.is_empty() {
        notes.error(None, "нет ни одного дня: holidays, carried, free или worked");
    }
    Some(read)
}

/// The calendar that the files make together.
pub(crate) fn calendar(files: Vec<Production>) -> Calendar {
    let mut all = Production::default();
    for file in files {
        all.holidays.extend(file.holidays);
        all.days.extend(file.days);
    }
    Calendar::new(all.holidays, all.days)
}

fn of_the_year(written: &str) -> Option<(i8, i8)> {
    let (month, day) = written.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year has every day there is.
    Date::new(2028, month, day).ok().map(|_| (month, day))
}

fn date(written: &Datetime) -> Option<Date> {
    let date = written.date.filter(|_| written.time.is_none())?;
    Date::new(i16::try_from(date.year).ok()?, date.month as i8, date.day as i8).ok()
}
