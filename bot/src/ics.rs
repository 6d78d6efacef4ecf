//! A class as a file for calendars: iCalendar, RFC 5545. Times are in UTC, so that no zone has to be explained to anybody's
//! calendar.

use jiff::{Timestamp, tz::TimeZone};
use vkapi::types::GroupId;

use crate::domain::{Class, ClassState, Ms};

/// The most bytes of a line; a longer one goes on in the next, which begins with a space (RFC 5545, 3.1).
const LINE: usize = 75;

/// The file of a class.
pub(crate) fn file(class: &Class, group: GroupId, now: Ms) -> String {
    let cancelled = class.state == ClassState::Cancelled;
    let place = [class.place.as_deref(), class.link.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Kurator//Kurator//RU".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:class-{}@club{group}.vk.ru", class.id.0),
        format!("SEQUENCE:{}", class.edits),
        format!("DTSTAMP:{}", utc(now)),
        format!("DTSTART:{}", utc(class.starts)),
        format!("DTEND:{}", utc(class.ends())),
        format!("SUMMARY:{}", escaped(&class.title)),
        format!("STATUS:{}", if cancelled { "CANCELLED" } else { "CONFIRMED" }),
    ];
    if !class.about.is_empty() {
        lines.push(format!("DESCRIPTION:{}", escaped(&class.about)));
    }
    if !place.is_empty() {
        lines.push(format!("LOCATION:{}", escaped(&place.join(", "))));
    }
    // A URI is no text: nothing of it is escaped.
    lines.extend(class.link.as_ref().map(|link| format!("URL:{link}")));
    lines.extend(["END:VEVENT".to_owned(), "END:VCALENDAR".to_owned()]);
    lines.iter().map(|line| folded(line)).collect()
}

fn utc(at: Ms) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned_datetime(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value: what has a meaning in it gets a backslash, other control characters are left out.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line in pieces of at most 75 bytes, never cut inside a character, with its end.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut room = LINE;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= c.len_utf8();
        out.push(c);
    }
    out + "\r\n"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{domain::Zone, store::conformance::samples};

    fn class() -> Class {
        let starts = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
        let starts = starts.moment(jiff::civil::date(2026, 12, 8).at(14, 0, 0, 0));
        Class { starts, minutes: 90, ..samples::class(5) }
    }

    /// As a calendar reads it: the lines put together again.
    fn unfolded(file: &str) -> Vec<String> {
        file.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    fn unescaped(value: &str) -> String {
        let mut out = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n') => out.push('\n'),
                    Some(c) => out.push(c),
                    None => {}
                },
                c => out.push(c),
            }
        }
        out
    }

    #[test]
    fn a_class_is_a_file_that_calendars_read() {
        let file = file(&class(), GroupId(7), Ms(0));
        let expected = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Kurator//Kurator//RU",
            "METHOD:PUBLISH",
            "BEGIN:VEVENT",
            "UID:class-5@club7.vk.ru",
            "SEQUENCE:2",
            "DTSTAMP:19700101T000000Z",
            "DTSTART:20261208T110000Z",
            "DTEND:20261208T123000Z",
            "SUMMARY:Обложка",
            "STATUS:CONFIRMED",
            "DESCRIPTION:Обложка и меню",
            "LOCATION:ЦУР\\, https://vk.ru/call",
            "URL:https://vk.ru/call",
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        assert_eq!(unfolded(&file), expected);
        let cancelled = Class { state: ClassState::Cancelled, ..class() };
        assert!(super::file(&cancelled, GroupId(7), Ms(0)).contains("STATUS:CANCELLED\r\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_in_it_lines_are_short_and_it_is_read_back(
            title in "[a-zа-яё😀,;:\\\\ \"\n]{0,120}",
            about in "\\PC{0,300}",
        ) {
            let class = Class { title: title.clone(), about: about.clone(), ..class() };
            let file = file(&class, GroupId(7), Ms(0));
            for line in file.split_terminator("\r\n") {
                prop_assert!(line.len() <= LINE && !line.contains(['\r', '\n']), "{line}");
            }
            let lines = unfolded(&file);
            let value = |name: &str| {
                let found = lines.iter().find_map(|line| line.strip_prefix(name).and_then(|l| l.strip_prefix(':')));
                unescaped(found.unwrap_or_default())
            };
            prop_assert_eq!(value("SUMMARY"), title);
            let seen: String = about.chars().filter(|c| !c.is_control()).collect();
            prop_assert_eq!(value("DESCRIPTION"), seen);
        }
    }
}
