//! Days and hours as people type them.

mod reader;
#[cfg(test)]
mod tests;
mod words;

use jiff::{ToSpan, civil::DateTime};
use serde::{Deserialize, Serialize};

use self::reader::Reader;
use super::{Days, Hm, MonthDay, Weekdays};

/// The most characters kept of what a reminder is about.
const ABOUT: usize = 100;
/// The most times a day that are kept.
const TIMES: usize = 6;

/// When somebody wants to be reminded, as far as she has said it, and of what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// On which days.
    pub days: Option<Days>,
    /// At what times of day, ascending.
    pub times: Vec<Hm>,
    /// Of what, in her words; `None` if she says nothing or a post.
    pub about: Option<String>,
}

/// What a text says of days and hours, `now` being what her clock shows; `None` if it says nothing of either.
///
/// Slips, «ё» written as «е» and short names of days are understood. «В 3» is three in the afternoon, «в пятницу» the
/// next one, «по пятницам» every one; «второй вторник» is the month's.
pub fn read(text: &str, now: DateTime) -> Option<Wish> {
    let mut reader = Reader::new(text, now);
    reader.read();
    let about = reader.about();
    let days = days_of(&reader, now);
    let mut times = reader.times();
    times.sort_unstable();
    times.dedup();
    times.truncate(TIMES);
    if days.is_none() && times.is_empty() {
        return None;
    }
    let about = about.and_then(|text| super::text::line(&text, ABOUT)).filter(|text| !is_post(text));
    Some(Wish { days, times, about })
}

/// The days of the week named in a text: «вт и чт», «по будням», «каждый день»; `None` if it names none.
pub fn days(text: &str, now: DateTime) -> Option<Weekdays> {
    let mut reader = Reader::new(text, now);
    reader.read();
    if reader.working {
        return Some(Weekdays::of(&[0, 1, 2, 3, 4]));
    }
    (!reader.week.is_empty()).then(|| Weekdays::of(&reader.week))
}

/// The time of day named in a text: «10», «10:30», «в 9.15», «7 вечера»; `None` if it names none.
pub fn hour(text: &str, now: DateTime) -> Option<Hm> {
    let mut reader = Reader::new(text, now);
    reader.read();
    reader.times().first().copied()
}

fn days_of(found: &Reader, now: DateTime) -> Option<Days> {
    let today = now.date();
    let every = found.every.unwrap_or(1);
    if let Some(date) = found.date {
        let year = found.yearly;
        return Some(if year {
            Days::Year { month: date.month(), day: date.day() }
        } else {
            Days::Date(date)
        });
    }
    if let Some(on) = found.month_day {
        return Some(Days::Month { on, every: found.months.unwrap_or(1), from: today });
    }
    if found.working {
        return Some(Days::Working);
    }
    if !found.week.is_empty() {
        let on = Weekdays::of(&found.week);
        let first = today.series(1.day()).take(8).find(|date| {
            let passed = *date == today
                && !found.times().is_empty()
                && found.times().iter().all(|t| (t.hour as i8, t.minute as i8) <= (now.hour(), now.minute()));
            on.has(date.weekday().to_monday_zero_offset() as u8) && !passed
        });
        let first = first.unwrap_or(today);
        let once = found.once && found.every.is_none() && !found.each && on.iter().count() == 1;
        return Some(if once { Days::Date(first) } else { Days::Week { on, every, from: first } });
    }
    if let Some(months) = found.months {
        return Some(Days::Month { on: MonthDay::Day(today.day()), every: months, from: today });
    }
    if found.yearly {
        return Some(Days::Year { month: today.month(), day: today.day() });
    }
    found.every.map(|every| {
        let on = Weekdays::of(&[today.weekday().to_monday_zero_offset() as u8]);
        Days::Week { on, every, from: today }
    })
}

/// What she wants to be reminded of is what the bot reminds of anyhow.
fn is_post(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["пост", "публик", "опублик", "запис", "страниц"].iter().any(|stem| {
        lower.split_whitespace().any(|word| word.starts_with(stem) && !word.starts_with("постав"))
    })
}
