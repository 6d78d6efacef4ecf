//! Days and hours as people type them.

use super::{Hm, Weekdays};

/// Beginnings of the words for days, Monday first.
const DAYS: [&[&str]; 7] =
    [&["пн", "пон"], &["вт"], &["ср"], &["чт", "чет"], &["пт", "пят"], &["сб", "суб"], &["вс", "воск"]];

/// The days named in a text: «вт и чт», «по будням», «каждый день»; `None` if it names none.
pub fn days(text: &str) -> Option<Weekdays> {
    let lower = text.to_lowercase();
    let mut found = Vec::new();
    for word in lower.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
        match word {
            w if w.starts_with("будн") => found.extend([0, 1, 2, 3, 4]),
            w if w.starts_with("выходн") => found.extend([5, 6]),
            w if w.starts_with("ежедневн") || w.starts_with("кажд") => {
                if w.starts_with("ежедневн") || lower.contains("день") {
                    found.extend(0..7);
                }
            }
            w => {
                let known = DAYS.iter().position(|names| names.iter().any(|n| w.starts_with(n)));
                found.extend(known.filter(|_| w != "всем" && w != "все").map(|d| d as u8));
            }
        }
    }
    let set = Weekdays::of(&found);
    (!set.is_empty()).then_some(set)
}

/// The time of day named in a text: «10», «10:30», «в 9.15», «7 вечера»; `None` if it names none.
pub fn hour(text: &str) -> Option<Hm> {
    let lower = text.to_lowercase();
    let start = lower.find(|c: char| c.is_ascii_digit())?;
    let rest = lower.get(start..)?;
    let mut numbers = rest.split(|c: char| !c.is_ascii_digit());
    let mut hour: u8 = numbers.next()?.parse().ok()?;
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let with_minutes =
        after.starts_with([':', '.', '-']) && after.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    let minute = if with_minutes { numbers.next()?.parse().ok()? } else { 0 };
    let evening = rest.contains("вечера") || rest.contains("дня");
    if evening && hour < 12 {
        hour += 12;
    }
    (hour < 24 && minute < 60).then_some(Hm { hour, minute })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_type_them() {
        for (typed, set) in [
            ("вт и чт", &[1, 3][..]),
            ("Понедельник, среда, пятница", &[0, 2, 4]),
            ("по будням", &[0, 1, 2, 3, 4]),
            ("в выходные", &[5, 6]),
            ("каждый день", &[0, 1, 2, 3, 4, 5, 6]),
            ("каждый вторник в 10", &[1]),
            ("по воскресеньям", &[6]),
        ] {
            assert_eq!(days(typed), Some(Weekdays::of(set)), "{typed}");
        }
        for typed in ["", "когда-нибудь", "все равно", "10:00"] {
            assert_eq!(days(typed), None, "{typed}");
        }
    }

    #[test]
    fn hours_are_read_as_people_type_them() {
        for (typed, hour, minute) in [
            ("10", 10, 0),
            ("в 9:30", 9, 30),
            ("09.15", 9, 15),
            ("7 вечера", 19, 0),
            ("в 3 дня", 15, 0),
            ("вт и чт в 10", 10, 0),
            ("0:05", 0, 5),
        ] {
            assert_eq!(super::hour(typed), Some(Hm { hour, minute }), "{typed}");
        }
        for typed in ["", "утром", "24", "10:75", "99999999999999999999"] {
            assert_eq!(super::hour(typed), None, "{typed}");
        }
    }
}
