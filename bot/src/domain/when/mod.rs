//! Days and hours as people type them.

mod reader;
#[cfg(test)]
mod tests;
mod words;

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};
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

/// The days of an absence: the first, if it is named, and the one she is there again. «С 7 по 21 декабря» ends with the
/// 21st; «с 7 декабря на две недели», «до 14 декабря» and a day alone name the day of the return.
pub fn span(text: &str, now: DateTime) -> Option<(Option<Date>, Date)> {
    let mut said = format!(" {} ", text.trim().to_lowercase().replace(['–', '—'], "-"));
    if let Some((first, last)) = said.split_once('-').filter(|_| !said.contains(" с ")) {
        said = format!(" с {} по {}", first.trim(), last);
    }
    let Some((_, span)) = said.split_once(" с ").or_else(|| said.split_once(" со ")) else {
        return date(&said, now).map(|back| (None, back));
    };
    if let Some((first, length)) = span.split_once(" на ") {
        let first = date(first, now)?;
        let back = date(&format!("через {length}"), first.at(0, 0, 0, 0))?;
        return Some((Some(first), back));
    }
    let (first, last) = span.split_once(" по ").or_else(|| span.split_once(" до "))?;
    let last_day = date(last, now)?;
    // «С 7 по 21 декабря»: the month is named once.
    let month = last.trim().trim_start_matches(|c: char| c.is_ascii_digit());
    let first = date(first, now).or_else(|| date(&format!("{}{month}", first.trim()), now))?;
    let back = if span.contains(" по ") { last_day.tomorrow().ok()? } else { last_day };
    // That the first is behind her makes it next year's.
    Some((Some(first).filter(|first| *first < back), back))
}

fn date(text: &str, now: DateTime) -> Option<Date> {
    [text.to_owned(), format!("в {}", text.trim())].iter().find_map(|text| match read(text, now)?.days? {
        Days::Date(date) => Some(date),
        _ => None,
    })
}

/// What she wants to be reminded of is what the bot reminds of anyhow, a post on her page: each of her words says so or
/// says nothing. «Запись в первый класс» is something else.
fn is_post(text: &str) -> bool {
    const POST: [&str; 18] = [
        "пост",
        "поста",
        "посту",
        "постом",
        "посте",
        "посты",
        "постов",
        "запись",
        "записи",
        "записью",
        "записей",
        "публикация",
        "публикацию",
        "публикации",
        "публиковать",
        "опубликовать",
        "постить",
        "запостить",
    ];
    const PAGE: [&str; 9] =
        ["страница", "страницу", "странице", "страницы", "стена", "стену", "стене", "группу", "группе"];
    const BESIDE: [&str; 26] = [
        "про",
        "о",
        "об",
        "на",
        "в",
        "во",
        "вк",
        "вконтакте",
        "и",
        "для",
        "что",
        "надо",
        "пора",
        "нужно",
        "мне",
        "новый",
        "новую",
        "очередной",
        "очередную",
        "наш",
        "нашу",
        "нашей",
        "сделать",
        "написать",
        "выложить",
        "разместить",
    ];
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).peekable();
    let mut named = false;
    let all = words.all(|word| {
        named |= POST.contains(&word);
        POST.contains(&word) || PAGE.contains(&word) || BESIDE.contains(&word)
    });
    all && named
}
