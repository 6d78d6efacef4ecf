//! Reminders and moments in words.

use jiff::{ToSpan, civil::Date};

use super::Talk;
use crate::domain::{Days, Hm, MonthDay, Ms, Reminder, Rule, Weekdays, What};

/// What is asked for a day of the week that is neither she nor it.
const GENDERS: [&str; 7] = ["m", "m", "f", "m", "f", "f", "n"];

/// A reminder in words: «вт и чт в 10:00», with what it is about.
pub(super) fn reminder(talk: &Talk<'_>, reminder: &Reminder) -> String {
    about(talk, when(talk, reminder), &reminder.what)
}

/// The same as short as a button needs it.
pub(super) fn label(talk: &Talk<'_>, reminder: &Reminder) -> String {
    if reminder.what == What::Post { when(talk, reminder) } else { self::reminder(talk, reminder) }
}

fn when(talk: &Talk<'_>, reminder: &Reminder) -> String {
    match &reminder.rule {
        Some(rule) => self::rule(talk, rule),
        None => talk.f("reminder-put-off", &[("when", moment(talk, reminder.due).into())]),
    }
}

/// «…, о чём».
pub(super) fn about(talk: &Talk<'_>, when: String, what: &What) -> String {
    match what {
        What::Task(task) => talk.f("reminder-about", &[("when", when.into()), ("what", task.clone().into())]),
        What::Cover { page, .. } => {
            talk.f("reminder-cover", &[("when", when.into()), ("page", page.clone().into())])
        }
        What::Post => {
            talk.f("reminder-about", &[("when", when.into()), ("what", talk.t("reminder-post").into())])
        }
        What::Digest
        | What::Back
        | What::Nudge
        | What::Friday
        | What::Monday
        | What::Classes { .. }
        | What::Opinion => when,
    }
}

/// A rule in words: «каждую последнюю пятницу в 16:00».
pub(super) fn rule(talk: &Talk<'_>, rule: &Rule) -> String {
    let days = days(talk, rule.days);
    let times: Vec<String> = rule.times.iter().map(Hm::to_string).collect();
    talk.f("reminder-weekly", &[("days", days.into()), ("time", listed(talk, &times).into())])
}

/// Days in words.
pub(super) fn days(talk: &Talk<'_>, days: Days) -> String {
    match days {
        Days::Date(day) => date(talk, day),
        Days::Week { on, every: 1, .. } => weekdays(talk, on),
        Days::Week { on, every, .. } => {
            let (every, days) = (i64::from(every), weekdays(talk, on));
            talk.f("every-weeks", &[("n", every.into()), ("days", days.into())])
        }
        Days::Month { on, every, .. } => {
            let day = match on {
                MonthDay::Day(31) => talk.t("month-end"),
                MonthDay::Day(day) => talk.f("month-day", &[("day", i64::from(day).into())]),
                MonthDay::Nth { nth, weekday } => {
                    let gender = GENDERS.get(usize::from(weekday)).copied().unwrap_or("m");
                    let day = talk.t(&format!("day-whom-{weekday}"));
                    let nth = if nth < 0 { "last".to_owned() } else { format!("n{nth}") };
                    let args = [("gender", gender.into()), ("nth", nth.into()), ("day", day.into())];
                    talk.f("month-nth", &args)
                }
            };
            match every {
                1 => day,
                3 => talk.f("every-quarter", &[("day", day.into())]),
                n => talk.f("every-months", &[("n", i64::from(n).into()), ("day", day.into())]),
            }
        }
        Days::Year { month, day } => {
            let month = talk.t(&format!("month-{month}"));
            talk.f("every-year", &[("day", i64::from(day).into()), ("month", month.into())])
        }
        Days::Working => talk.t("weekdays"),
    }
}

/// Days of the week in words.
pub(super) fn weekdays(talk: &Talk<'_>, days: Weekdays) -> String {
    if days == Weekdays::ALL {
        return talk.t("every-day");
    }
    if days == Weekdays::of(&[0, 1, 2, 3, 4]) {
        return talk.t("weekdays");
    }
    let names: Vec<String> = days.iter().map(|d| talk.t(&format!("day-{d}"))).collect();
    listed(talk, &names)
}

/// «Сегодня», «завтра» or «5 декабря, сб».
pub(super) fn date(talk: &Talk<'_>, day: Date) -> String {
    let today = talk.local().date();
    if day == today {
        return talk.t("today");
    }
    if today.tomorrow().is_ok_and(|tomorrow| tomorrow == day) {
        return talk.t("tomorrow");
    }
    let weekday = talk.t(&format!("day-{}", day.weekday().to_monday_zero_offset()));
    let month = talk.t(&format!("month-{}", day.month()));
    let number = i64::from(day.day());
    let near = today.checked_add(300.days()).is_ok_and(|far| day < far);
    if near {
        return talk
            .f("date", &[("day", number.into()), ("month", month.into()), ("weekday", weekday.into())]);
    }
    let year = day.year().to_string();
    talk.f("date-year", &[("day", number.into()), ("month", month.into()), ("year", year.into())])
}

/// «Сегодня в 11:00».
pub(super) fn moment(talk: &Talk<'_>, at: Ms) -> String {
    let day = date(talk, talk.zone().local(at).date());
    let time = talk.zone().time(at).to_string();
    talk.f("reminder-weekly", &[("days", day.into()), ("time", time.into())])
}

fn listed(talk: &Talk<'_>, names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            talk.f("and", &[("first", rest.join(", ").into()), ("last", last.clone().into())])
        }
        _ => names.concat(),
    }
}
