//! Russian words for days and numbers, in any form and with a slip.

use crate::domain::text::distance;

const WEEKDAYS: [(&[&str], &[&str]); 7] = [
    (
        &["пн", "пнд", "пон"],
        &["понедельник", "понедельника", "понедельнику", "понедельникам", "понедельники"],
    ),
    (&["вт", "втр"], &["вторник", "вторника", "вторнику", "вторникам", "вторники"]),
    (&["ср", "срд"], &["среда", "среду", "среды", "среде", "средам"]),
    (&["чт", "чтв", "чет"], &["четверг", "четверга", "четвергу", "четвергам", "четверги"]),
    (&["пт", "птн", "пят"], &["пятница", "пятницу", "пятницы", "пятнице", "пятницам"]),
    (&["сб", "суб"], &["суббота", "субботу", "субботы", "субботе", "субботам"]),
    (&["вс", "вск", "вос"], &["воскресенье", "воскресенья", "воскресенью", "воскресеньям"]),
];
/// Words a slip away from a day that mean something else.
const NO_DAY: [&str; 4] = ["среди", "средь", "четверть", "пятнышко"];
const MONTHS: [(&str, &str); 12] = [
    ("янв", "январ"),
    ("фев", "феврал"),
    ("мар", "март"),
    ("апр", "апрел"),
    ("май", "мая"),
    ("июн", "июн"),
    ("июл", "июл"),
    ("авг", "август"),
    ("сен", "сентябр"),
    ("окт", "октябр"),
    ("ноя", "ноябр"),
    ("дек", "декабр"),
];
const NUMBERS: [&[&str]; 12] = [
    &["один", "одну"],
    &["два", "две"],
    &["три"],
    &["четыре"],
    &["пять"],
    &["шесть"],
    &["семь"],
    &["восемь"],
    &["девять"],
    &["десять"],
    &["одиннадцать"],
    &["двенадцать"],
];

/// The day of the week (Monday is 0) that a word names, and whether it names many of them («по вторникам»).
pub(super) fn weekday(word: &str) -> Option<(u8, bool)> {
    if NO_DAY.contains(&word) {
        return None;
    }
    let letters: Vec<char> = word.chars().collect();
    for (day, (short, forms)) in (0..).zip(&WEEKDAYS) {
        let like = |form: &&str| {
            let form: Vec<char> = form.chars().collect();
            let allowed = if form.len() > 9 { 2 } else { 1 };
            letters.len() > 4 && letters[0] == form[0] && distance(&letters, &form, allowed).is_some()
        };
        if short.contains(&word) || forms.contains(&word) || forms.iter().any(like) {
            return Some((day, word.ends_with("ам") || word.ends_with("ям")));
        }
    }
    None
}

/// The month, 1 to 12.
pub(super) fn month(word: &str) -> Option<i8> {
    let named = |(short, stem): &(&str, &str)| word == *short || word.starts_with(stem);
    MONTHS.iter().position(named).map(|i| i as i8 + 1)
}

/// A number written as a word, 1 to 12.
pub(super) fn number(word: &str) -> Option<u32> {
    NUMBERS.iter().position(|forms| forms.contains(&word)).map(|i| i as u32 + 1)
}

/// «Первый» to «четвёртый»; −1 is «последний».
pub(super) fn ordinal(word: &str) -> Option<i8> {
    let endings = ["ый", "ий", "ой", "ая", "ую", "ое", "ье", "ью", "ья", "ого", "его", "яя", "юю", "ее"];
    let stem = |stem: &str| word.strip_prefix(stem).is_some_and(|end| endings.contains(&end));
    [("перв", 1), ("втор", 2), ("трет", 3), ("четверт", 4), ("последн", -1)]
        .iter()
        .find(|(s, _)| stem(s))
        .map(|(_, nth)| *nth)
}

/// The hour that «половина двенадцатого» is within.
pub(super) fn hour_in_progress(word: &str) -> Option<u8> {
    const STEMS: [&str; 12] = [
        "перв",
        "втор",
        "трет",
        "четверт",
        "пят",
        "шест",
        "седьм",
        "восьм",
        "девят",
        "десят",
        "одиннадцат",
        "двенадцат",
    ];
    let hour = (0..12).find(|i| {
        word.strip_prefix(STEMS[usize::from(*i)]).is_some_and(|end| ["ого", "ьего"].contains(&end))
    })?;
    Some(if hour == 0 { 12 } else { hour })
}

/// Words around a time that say nothing themselves.
pub(super) fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 48] = [
        "и",
        "а",
        "в",
        "во",
        "на",
        "к",
        "ко",
        "с",
        "со",
        "по",
        "до",
        "до",
        "раз",
        "мне",
        "нам",
        "меня",
        "пожалуйста",
        "плиз",
        "хочу",
        "надо",
        "нужно",
        "чтобы",
        "чтоб",
        "что",
        "бы",
        "час",
        "часа",
        "часов",
        "месяца",
        "месяц",
        "неделю",
        "недели",
        "день",
        "дня",
        "дни",
        "каждый",
        "каждую",
        "каждое",
        "каждые",
        "число",
        "числа",
        "время",
        "минут",
        "же",
        "ну",
        "давай",
        "давайте",
        "тоже",
    ];
    FILLERS.contains(&word)
        || ["напомин", "напомн", "постав", "куратор", "пожалуйст"].iter().any(|stem| word.starts_with(stem))
}
