use jiff::civil::{Date, date};

use super::*;

/// Tuesday, 24 November 2026, 10:20.
fn now() -> DateTime {
    date(2026, 11, 24).at(10, 20, 0, 0)
}

fn on(day: Date) -> String {
    format!("{day}")
}

/// A wish in short: days, hours, what about.
fn wish(text: &str) -> String {
    let Some(wish) = read(text, now()) else { return "ничего".to_owned() };
    let days = match wish.days {
        None => "?".to_owned(),
        Some(Days::Date(date)) => on(date),
        Some(Days::Week { on: days, every, from }) => {
            let days: Vec<String> = days.iter().map(|d| d.to_string()).collect();
            let week = format!("нед {}", days.concat());
            if every == 1 { week } else { format!("{week} /{every} с {}", on(from)) }
        }
        Some(Days::Month { on, every, .. }) => {
            let day = match on {
                MonthDay::Day(day) => day.to_string(),
                MonthDay::Nth { nth, weekday } => format!("{nth}-й {weekday}"),
            };
            format!("мес {day} /{every}")
        }
        Some(Days::Year { month, day }) => format!("год {day}.{month}"),
        Some(Days::Working) => "рабочие".to_owned(),
    };
    let times: Vec<String> = wish.times.iter().map(Hm::to_string).collect();
    let about = wish.about.map(|about| format!(" | {about}")).unwrap_or_default();
    format!("{days} в {}{about}", times.join(" "))
}

#[test]
fn wishes_are_read_as_people_type_them() {
    for (typed, expected) in [
        ("по вт и чт в 10", "нед 13 в 10:00"),
        ("завтра в 9:30 про отчёт", "2026-11-25 в 9:30 | про отчёт"),
        ("каждую последнюю пятницу", "мес -1-й 4 /1 в "),
        (
            "каждую последнюю пятницу месяца в 16:00 сдать отчёт в управление",
            "мес -1-й 4 /1 в 16:00 | сдать отчёт в управление",
        ),
        ("через 2 часа", "2026-11-24 в 12:20"),
        ("через полчаса позвонить в ЦУР", "2026-11-24 в 10:50 | позвонить в ЦУР"),
        ("через час и 15 минут", "2026-11-24 в 11:20 11:20"),
        ("через неделю в 9", "2026-12-01 в 9:00"),
        ("каждый понедельник в 9 и в 15", "нед 0 в 9:00 15:00"),
        ("5 декабря в 12", "2026-12-05 в 12:00"),
        ("5 декабря 2027 в 12", "2027-12-05 в 12:00"),
        ("1 сентября в 8:30 линейка", "2027-09-01 в 8:30 | линейка"),
        ("05.12 в 9.15", "2026-12-05 в 9:15"),
        ("по будням в 10:30", "рабочие в 10:30"),
        ("каждый рабочий день в 9", "рабочие в 9:00"),
        ("раз в две недели по средам", "нед 2 /2 с 2026-11-25 в "),
        ("раз в 2 недели по вторникам в 11", "нед 1 /2 с 2026-11-24 в 11:00"),
        ("каждую вторую неделю по пт в 10", "нед 4 /2 с 2026-11-27 в 10:00"),
        ("каждый второй вторник в 10", "мес 2-й 1 /1 в 10:00"),
        ("15 числа каждого месяца в 10 показания", "мес 15 /1 в 10:00 | показания"),
        ("раз в квартал в 10 проверить безопасность", "мес 24 /3 в 10:00 | проверить безопасность"),
        ("последний день месяца в 17", "мес 31 /1 в 17:00"),
        ("каждый год 8 марта в 9", "год 8.3 в 9:00"),
        ("в пятницу в 10 про совещание", "2026-11-27 в 10:00 | про совещание"),
        ("во вторник в 10", "2026-12-01 в 10:00"),
        ("во вторник в 15", "2026-11-24 в 15:00"),
        ("понедельник, среда, пятница", "нед 024 в "),
        ("пн-пт в 9", "нед 01234 в 9:00"),
        ("с понедельника по среду в 14:00", "нед 012 в 14:00"),
        ("Понидельник и четверк в 10", "нед 03 в 10:00"),
        ("по суботам в 7 вечера", "нед 5 в 19:00"),
        ("каждый день в 3", "нед 0123456 в 15:00"),
        ("ежедневно в 10 утра", "нед 0123456 в 10:00"),
        ("каждое утро", "нед 0123456 в 9:00"),
        ("завтра вечером", "2026-11-25 в 18:00"),
        ("завтра утром в 8", "2026-11-25 в 8:00"),
        ("сегодня в час дня", "2026-11-24 в 13:00"),
        (
            "напомни мне, пожалуйста, в четверг в десять поздравить Ёлкину",
            "2026-11-26 в 10:00 | поздравить Ёлкину",
        ),
        ("напоминай публиковать пост по вт и чт в 10", "нед 13 в 10:00"),
        ("в выходные в 11", "нед 56 в 11:00"),
        ("завтра в половине двенадцатого", "2026-11-25 в 11:30"),
        ("завтра в половине третьего", "2026-11-25 в 14:30"),
        ("в полдень", "? в 12:00"),
        ("в 15:00 про совет", "? в 15:00 | про совет"),
    ] {
        // Doubled times are one.
        let expected = expected.replace("11:20 11:20", "11:20");
        assert_eq!(wish(typed), expected, "{typed}");
    }
}

#[test]
fn what_only_sounds_like_a_post_is_a_task_of_its_own() {
    for about in [
        "про постановление",
        "про поступающих",
        "построение",
        "постирать форму",
        "записаться на курсы",
        "записать ролик с директором",
        "про запись в первый класс",
        "публичный доклад",
        "обновить страницу",
    ] {
        let found = read(&format!("напомни завтра в 10 {about}"), now()).unwrap();
        assert_eq!(found.about.as_deref(), Some(about));
    }
    for post in [
        "опубликовать пост",
        "про запись",
        "сделать новую запись на странице",
        "пост",
        "выложить пост в группу",
    ] {
        let found = read(&format!("напомни завтра в 10 {post}"), now()).unwrap();
        assert_eq!(found.about, None, "{post}");
    }
}

#[test]
fn an_absence_has_a_day_of_return_and_may_have_a_first_day() {
    for (typed, from, back) in [
        ("14 декабря", None, date(2026, 12, 14)),
        ("через две недели", None, date(2026, 12, 8)),
        ("с 7 по 21 декабря", Some(date(2026, 12, 7)), date(2026, 12, 22)),
        ("в отпуске с 7 по 21 декабря", Some(date(2026, 12, 7)), date(2026, 12, 22)),
        ("С 28 декабря по 8 января", Some(date(2026, 12, 28)), date(2027, 1, 9)),
        ("с 07.12 по 21.12", Some(date(2026, 12, 7)), date(2026, 12, 22)),
        ("7–21 декабря", Some(date(2026, 12, 7)), date(2026, 12, 22)),
        ("с 7 до 21 декабря", Some(date(2026, 12, 7)), date(2026, 12, 21)),
        ("с 7 декабря на две недели", Some(date(2026, 12, 7)), date(2026, 12, 21)),
        ("с понедельника на неделю", Some(date(2026, 11, 30)), date(2026, 12, 7)),
        ("с 20 ноября по 5 декабря", None, date(2026, 12, 6)),
    ] {
        assert_eq!(span(typed, now()), Some((from, back)), "{typed}");
    }
    for typed in ["", "не знаю", "с понедельника", "по средам"] {
        assert_eq!(span(typed, now()), None, "{typed}");
    }
}

#[test]
fn what_says_nothing_of_days_and_hours_is_left_alone() {
    for typed in [
        "",
        "когда-нибудь",
        "все равно",
        "среди нас 300 детей",
        "99999999999999999999",
        "24",
        "10:75",
        "встреча",
    ] {
        assert_eq!(wish(typed), "ничего", "{typed}");
    }
}

#[test]
fn days_and_hours_are_read_apart() {
    for (typed, set) in [
        ("вт и чт", &[1, 3][..]),
        ("по будням", &[0, 1, 2, 3, 4]),
        ("каждый вторник в 10", &[1]),
        ("по воскресеньям", &[6]),
    ] {
        assert_eq!(days(typed, now()), Some(Weekdays::of(set)), "{typed}");
    }
    assert_eq!(days("10:00", now()), None);
    for (typed, hour, minute) in [
        ("10", 10, 0),
        ("в 9:30", 9, 30),
        ("09.15", 9, 15),
        ("7 вечера", 19, 0),
        ("в 3 дня", 15, 0),
        ("0:05", 0, 5),
    ] {
        assert_eq!(super::hour(typed, now()), Some(Hm { hour, minute }), "{typed}");
    }
    for typed in ["", "24", "10:75"] {
        assert_eq!(super::hour(typed, now()), None, "{typed}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_typed_is_too_strange(words in proptest::collection::vec(proptest::prelude::prop_oneof![
        proptest::string::string_regex("[а-яё0-9:., -]{1,12}").unwrap(),
        proptest::string::string_regex("(через|каждый|раз в|последний|в|по|пн|час|31|9:30|99|дня|января|недели)").unwrap(),
        proptest::string::string_regex(".{0,6}").unwrap(),
    ], 0..8)) {
        let text = words.join(" ");
        if let Some(wish) = read(&text, now()) {
            proptest::prop_assert!(wish.times.len() <= TIMES && wish.times.iter().all(|t| t.hour < 24 && t.minute < 60));
            proptest::prop_assert!(wish.about.is_none_or(|about| about.chars().count() <= ABOUT));
        }
    }
}
