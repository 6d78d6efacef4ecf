//! Working hours: when something is due that is to be done within so many of them.

use jiff::civil::Date;

use super::{Calendar, Hm, Ms, Zone};

/// Days looked at before a calendar without working days is given up.
const DAYS: usize = 731;

/// The hours of a working day by a region's clock: from the first (included) to the second (not).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    /// When the day begins.
    pub from: Hm,
    /// When it ends; later than it begins.
    pub to: Hm,
}

impl WorkingHours {
    /// From nine to six.
    pub const USUAL: Self = Self { from: Hm { hour: 9, minute: 0 }, to: Hm { hour: 18, minute: 0 } };

    /// The moment at which so many working hours have passed since another, by the production calendar; where the last
    /// hour ends with a day, that end.
    pub fn after(self, zone: &Zone, calendar: &Calendar, hours: u16, since: Ms) -> Ms {
        let mut left = i64::from(hours) * Ms::HOUR;
        let mut day = zone.local(since).date();
        for _ in 0..DAYS {
            if calendar.is_working(day) {
                let (opens, closes) = self.of(zone, day);
                let began = opens.max(since);
                if closes > began {
                    let room = closes.0 - began.0;
                    if left <= room {
                        return began.plus(left);
                    }
                    left -= room;
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        since.plus(left)
    }

    fn of(self, zone: &Zone, day: Date) -> (Ms, Ms) {
        let at = |time: Hm| zone.moment(day.at(time.hour as i8, time.minute as i8, 0, 0));
        (at(self.from), at(self.to))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Holiday;

    fn moscow() -> Zone {
        Zone::try_from("Europe/Moscow".to_owned()).unwrap()
    }

    fn at(day: Date, hour: i8, minute: i8) -> Ms {
        moscow().moment(day.at(hour, minute, 0, 0))
    }

    fn after(hours: u16, since: Ms) -> Ms {
        let holiday = Holiday { month: 11, day: 4, carried: true };
        WorkingHours::USUAL.after(&moscow(), &Calendar::new(vec![holiday], []), hours, since)
    }

    #[test]
    fn hours_run_on_working_days_only() {
        let (monday, friday) = (date(2026, 11, 23), date(2026, 11, 27));
        assert_eq!(after(8, at(monday, 9, 0)), at(monday, 17, 0));
        assert_eq!(after(8, at(monday, 7, 0)), at(monday, 17, 0), "the day has not begun");
        assert_eq!(after(9, at(monday, 9, 0)), at(monday, 18, 0), "a whole day ends with it");
        assert_eq!(after(8, at(friday, 16, 30)), at(date(2026, 11, 30), 15, 30), "over a weekend");
        assert_eq!(after(1, at(friday, 23, 0)), at(date(2026, 11, 30), 10, 0), "at night");
        // 4 November 2026 is a Wednesday and free.
        assert_eq!(after(2, at(date(2026, 11, 3), 17, 0)), at(date(2026, 11, 5), 10, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn more_hours_are_never_due_earlier_and_all_are_due_in_working_time(
            since in 1_795_000_000_000_i64..1_800_000_000_000,
            hours in 1..60_u16,
        ) {
            let due = after(hours, Ms(since));
            prop_assert!(due > Ms(since) && after(hours + 1, Ms(since)) > due);
            let local = moscow().local(due);
            prop_assert!((9..=18).contains(&local.hour()), "{local}");
        }
    }
}
