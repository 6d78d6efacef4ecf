use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// Which days people work: the law's holidays, the government's transfers, and weekends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    holidays: Vec<Holiday>,
    /// What a year's decree or a region says of single days: whether they are worked.
    days: BTreeMap<Date, bool>,
}

/// A day of the year that is not worked by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
    /// Where it meets a weekend, the next working day is free instead.
    pub carried: bool,
}

/// The longest run of carried days that is looked for: no two holidays that carry are nearer in the law.
const CARRY: i64 = 4;

impl Calendar {
    /// A calendar of yearly holidays and of single days, each free (`false`) or worked (`true`).
    pub fn new(holidays: Vec<Holiday>, days: impl IntoIterator<Item = (Date, bool)>) -> Self {
        Self { holidays, days: days.into_iter().collect() }
    }

    /// Whether people work on that day. A year that no decree is known of has the law's holidays and weekends.
    pub fn is_working(&self, date: Date) -> bool {
        if let Some(worked) = self.days.get(&date) {
            return *worked;
        }
        !is_weekend(date) && self.holiday(date).is_none() && !self.carried_to(date)
    }

    /// Whether it is a day from Monday to Friday that is free all the same.
    pub fn is_day_off(&self, date: Date) -> bool {
        !is_weekend(date) && !self.is_working(date)
    }

    /// The first working day from `date` on, itself included.
    pub fn working_from(&self, date: Date) -> Date {
        // A calendar without any working day in two years is a mistake; then the day itself.
        date.series(1.day()).take(731).find(|day| self.is_working(*day)).unwrap_or(date)
    }

    fn holiday(&self, date: Date) -> Option<Holiday> {
        self.holidays.iter().find(|h| (h.month, h.day) == (date.month(), date.day())).copied()
    }

    /// A holiday shortly before met a weekend and made this day free.
    fn carried_to(&self, date: Date) -> bool {
        let before = (1..=CARRY).rev().filter_map(|back| date.checked_sub(back.days()).ok());
        let mut taken = BTreeSet::new();
        for day in before {
            if !is_weekend(day) || !self.holiday(day).is_some_and(|h| h.carried) {
                continue;
            }
            let free = |d: &Date| is_weekend(*d) || self.holiday(*d).is_some() || taken.contains(d);
            if let Some(instead) = day.series(1.day()).skip(1).take(9).find(|d| !free(d)) {
                taken.insert(instead);
            }
        }
        taken.contains(&date)
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn law() -> Vec<Holiday> {
        let new_year = (1..=8).map(|day| Holiday { month: 1, day, carried: false });
        let others = [(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)];
        new_year.chain(others.map(|(month, day)| Holiday { month, day, carried: true })).collect()
    }

    #[test]
    fn the_law_alone_frees_holidays_and_the_day_after_a_weekend_they_meet() {
        let calendar = Calendar::new(law(), []);
        for free in [
            date(2027, 1, 8),
            date(2027, 2, 23),
            // 8 March 2026 is a Sunday, 9 May 2026 a Saturday.
            date(2026, 3, 9),
            date(2026, 5, 11),
            date(2027, 5, 3),
            date(2027, 6, 14),
        ] {
            assert!(!calendar.is_working(free), "{free}");
            assert!(calendar.is_day_off(free), "{free}");
        }
        for worked in [date(2026, 3, 10), date(2026, 5, 12), date(2027, 1, 11), date(2027, 11, 5)] {
            assert!(calendar.is_working(worked), "{worked}");
        }
    }

    #[test]
    fn a_decree_moves_single_days_both_ways() {
        let calendar = Calendar::new(law(), [(date(2026, 12, 31), false), (date(2027, 2, 20), true)]);
        assert!(!calendar.is_working(date(2026, 12, 31)));
        assert!(calendar.is_working(date(2027, 2, 20)), "a worked Saturday");
        assert_eq!(calendar.working_from(date(2026, 12, 31)), date(2027, 1, 11));
        assert_eq!(calendar.working_from(date(2027, 1, 12)), date(2027, 1, 12));
    }

    #[test]
    fn a_calendar_that_knows_nothing_has_weekends() {
        let calendar = Calendar::default();
        assert!(calendar.is_working(date(2026, 1, 1)));
        assert!(!calendar.is_working(date(2026, 11, 28)));
    }
}
