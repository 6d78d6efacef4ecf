//! When something comes again, by the clock and the calendar of whoever it comes to.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Calendar, Hm, Ms, Weekdays, Zone};

/// How many days ahead the next time is looked for: the 29th of February comes after eight years at the latest.
const AHEAD: usize = 8 * 366 + 1;

/// On which days and at what times something comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The days.
    pub days: Days,
    /// The local times of each of them, ascending; without any it never comes.
    pub times: Vec<Hm>,
}

/// On which days something comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Days {
    /// On one date.
    Date(Date),
    /// On days of the week. Whoever works from Monday to Friday is free on a public holiday: then it is left out,
    /// unless a weekend day is among them.
    Week {
        /// The days.
        on: Weekdays,
        /// Every how many weeks, from 1; counted from the week of `from`.
        every: u8,
        /// Not before this date.
        from: Date,
    },
    /// On a day of the month.
    Month {
        /// Which.
        on: MonthDay,
        /// Every how many months, from 1; counted from the month of `from`. A quarter is 3.
        every: u8,
        /// Not before this date.
        from: Date,
    },
    /// Every year.
    Year {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// On every working day of the production calendar.
    Working,
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MonthDay {
    /// By number; in a shorter month its last day.
    Day(i8),
    /// The `nth` (1 to 4; −1 is the last) such day of the week, Monday being 0.
    Nth {
        /// Which of them.
        nth: i8,
        /// The day of the week.
        weekday: u8,
    },
}

impl Rule {
    /// Every week on these days at this time.
    pub fn weekly(on: Weekdays, at: Hm) -> Self {
        Self { days: Days::Week { on, every: 1, from: Date::constant(1970, 1, 5) }, times: vec![at] }
    }

    /// Whether it comes on that date.
    pub fn falls_on(&self, date: Date, calendar: &Calendar) -> bool {
        match self.days {
            Days::Date(day) => date == day,
            Days::Week { on, every, from } => {
                on.has(date.weekday().to_monday_zero_offset() as u8)
                    && date >= from
                    && weeks_between(from, date) % i32::from(every.max(1)) == 0
                    && (on.has(5) || on.has(6) || !calendar.is_day_off(date))
            }
            Days::Month { on, every, from } => {
                let months = (i32::from(date.year()) - i32::from(from.year())) * 12 + i32::from(date.month())
                    - i32::from(from.month());
                date >= from && months % i32::from(every.max(1)) == 0 && on.of(date) == Some(date)
            }
            Days::Year { month, day } => date.month() == month && date.day() == day,
            Days::Working => calendar.is_working(date),
        }
    }

    /// The first time strictly after a moment; `None` if there is none any more. A time that a clock skips comes when
    /// the clock has jumped, one that it shows twice comes the first time.
    pub fn next(&self, zone: &Zone, calendar: &Calendar, after: Ms) -> Option<Ms> {
        if self.times.is_empty() {
            return None;
        }
        let today = zone.local(after).date();
        let first = match self.days {
            Days::Date(day) => day,
            Days::Week { from, .. } | Days::Month { from, .. } => from.max(today),
            Days::Year { .. } | Days::Working => today,
        };
        let days = first.series(1.day()).take(AHEAD).filter(|date| self.falls_on(*date, calendar));
        days.flat_map(|date| self.on(date, zone)).find(|moment| *moment > after)
    }

    /// The last time at or before a moment, not longer ago than 400 days.
    pub fn last(&self, zone: &Zone, calendar: &Calendar, until: Ms) -> Option<Ms> {
        let today = zone.local(until).date();
        let mut days = today.series(-1.day()).take(400).filter(|date| self.falls_on(*date, calendar));
        days.find_map(|date| self.on(date, zone).filter(|moment| *moment <= until).max())
    }

    fn on<'a>(&'a self, date: Date, zone: &'a Zone) -> impl Iterator<Item = Ms> + 'a {
        self.times.iter().map(move |at| zone.moment(date.at(at.hour as i8, at.minute as i8, 0, 0)))
    }
}

impl MonthDay {
    /// The date in the month of `month`.
    fn of(self, month: Date) -> Option<Date> {
        match self {
            Self::Day(day) => {
                Date::new(month.year(), month.month(), day.clamp(1, month.days_in_month())).ok()
            }
            Self::Nth { nth, weekday } => {
                let weekday = jiff::civil::Weekday::from_monday_zero_offset(weekday as i8).ok()?;
                month.nth_weekday_of_month(nth, weekday).ok()
            }
        }
    }
}

/// How many Mondays lie between two dates.
fn weeks_between(from: Date, to: Date) -> i32 {
    let monday = |date: Date| date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days());
    match (monday(from), monday(to)) {
        (Ok(from), Ok(to)) => from.until(to).map_or(0, |passed| passed.get_days() / 7),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::Holiday;

    fn moscow() -> Zone {
        Zone::try_from("Europe/Moscow".to_owned()).unwrap()
    }

    /// The next times from 1 November 2026 on, as dates.
    fn coming(days: Days, n: usize) -> Vec<String> {
        let new_year = (1..=8).map(|day| Holiday { month: 1, day, carried: false }).collect();
        let calendar = Calendar::new(new_year, [(date(2026, 11, 4), false)]);
        let rule = Rule { days, times: vec![Hm { hour: 9, minute: 0 }, Hm { hour: 15, minute: 0 }] };
        let zone = moscow();
        let mut at = zone.moment(date(2026, 11, 1).at(0, 0, 0, 0));
        let mut found = Vec::new();
        while found.len() < n {
            let Some(next) = rule.next(&zone, &calendar, at) else { break };
            assert!(next > at);
            assert_eq!(rule.last(&zone, &calendar, next), Some(next));
            at = next;
            found.push(zone.local(next).strftime("%d.%m.%y %H").to_string());
        }
        found
    }

    #[test]
    fn each_kind_of_days_comes_when_it_should() {
        let from = date(2026, 11, 1);
        let on = |days: &[u8]| Weekdays::of(days);
        let cases: [(Days, &[&str]); 8] = [
            (Days::Date(date(2026, 12, 5)), &["05.12.26 09", "05.12.26 15"]),
            (Days::Week { on: on(&[0]), every: 1, from }, &["02.11.26 09", "02.11.26 15", "09.11.26 09"]),
            // The 4th is a holiday: whoever posts on working days only is left in peace.
            (Days::Week { on: on(&[2]), every: 1, from }, &["11.11.26 09", "11.11.26 15"]),
            (Days::Week { on: Weekdays::ALL, every: 1, from: date(2026, 11, 4) }, &["04.11.26 09"]),
            (
                Days::Week { on: on(&[2]), every: 2, from: date(2026, 11, 9) },
                &["11.11.26 09", "11.11.26 15", "25.11.26 09"],
            ),
            (
                Days::Month { on: MonthDay::Nth { nth: -1, weekday: 4 }, every: 1, from },
                &["27.11.26 09", "27.11.26 15", "25.12.26 09"],
            ),
            (
                Days::Month { on: MonthDay::Day(31), every: 3, from },
                &["30.11.26 09", "30.11.26 15", "28.02.27 09"],
            ),
            (Days::Year { month: 2, day: 29 }, &["29.02.28 09", "29.02.28 15", "29.02.32 09"]),
        ];
        for (days, expected) in cases {
            let found = coming(days, expected.len());
            assert_eq!(found, expected, "{days:?}");
        }
        assert_eq!(coming(Days::Date(date(2026, 10, 31)), 1), [""; 0], "what is past does not come");
        assert_eq!(coming(Days::Working, 3), ["02.11.26 09", "02.11.26 15", "03.11.26 09"]);
    }

    #[test]
    fn a_rule_without_times_or_days_never_comes() {
        let zone = moscow();
        let none = Rule { days: Days::Working, times: Vec::new() };
        assert_eq!(none.next(&zone, &Calendar::default(), Ms(0)), None);
        assert_eq!(
            Rule::weekly(Weekdays::of(&[]), Hm { hour: 9, minute: 0 }).next(
                &zone,
                &Calendar::default(),
                Ms(0)
            ),
            None
        );
    }

    #[test]
    fn a_skipped_hour_comes_later_and_a_repeated_one_once() {
        let berlin = Zone::try_from("Europe/Berlin".to_owned()).unwrap();
        let rule = Rule::weekly(Weekdays::ALL, Hm { hour: 2, minute: 30 });
        let at = |y, m, d| berlin.moment(date(y, m, d).at(0, 0, 0, 0));
        // 28 March 2027: 2:00 becomes 3:00; 31 October 2027: 3:00 becomes 2:00.
        let skipped = rule.next(&berlin, &Calendar::default(), at(2027, 3, 28)).unwrap();
        assert_eq!(berlin.local(skipped), date(2027, 3, 28).at(3, 30, 0, 0));
        let first = rule.next(&berlin, &Calendar::default(), at(2027, 10, 31)).unwrap();
        let second = rule.next(&berlin, &Calendar::default(), first).unwrap();
        assert_eq!(berlin.local(second), date(2027, 11, 1).at(2, 30, 0, 0));
    }
}
