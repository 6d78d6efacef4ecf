//! Mentions made on purpose, and none made by strangers.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::Regex;
use vkapi::{
    types::{GroupId, PeerId, UserId},
    utils::mention::{harmless, mention},
};

/// What VK makes a mention or a link of.
static WORKING: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\[[^\]]*\|",
        r"[@*]\w",
        r"(?i)[@*](all|everyone|online|here|все|тут)",
        r"(?i)[a-z]://",
        r"(?i)\b(vk|t|example|ya|пример)\.(com|ru|me|рф|xn--p1ai)",
        r"[\w-]\.\p{L}{2}",
    ]
    .map(|pattern| Regex::new(pattern).unwrap())
    .into()
});

fn works(text: &str) -> bool {
    // VK may drop what cannot be seen.
    let seen = text.replace(['\u{200b}', '\u{2060}', '\u{feff}', '\u{ad}'], "");
    WORKING.iter().any(|pattern| pattern.is_match(text) || pattern.is_match(&seen))
}

#[test]
fn a_mention_names_a_person_or_a_community() {
    assert_eq!(mention(UserId(1), "Мария"), "[id1|Мария]");
    assert_eq!(mention(GroupId(7), "Школа № 5"), "[club7|Школа № 5]");
    assert_eq!(mention(PeerId(-7), "Школа"), "[club7|Школа]");
}

#[test]
fn a_name_cannot_break_out_of_its_mention() {
    assert_eq!(mention(UserId(1), "a]b|c[d\ne"), "[id1|abcd e]");
    assert_eq!(mention(UserId(1), " ]| "), "@id1");
    assert_eq!(mention(PeerId(2_000_000_001), "Беседа [1]"), "Беседа 1");
}

#[test]
fn nothing_that_a_stranger_writes_calls_anybody() {
    for (text, safe) in [
        ("[id1|Мария], привет", "[id1∣Мария], привет"),
        ("[club1|x] [public1|y] [durov|z]", "[club1∣x] [public1∣y] [durov∣z]"),
        ("[https://vk.com/id1|сюда]", "[https:∕/vk․com/id1∣сюда]"),
        ("@durov *durov @id1 (Паша)", "＠durov ∗durov ＠id1 (Паша)"),
        ("@all @everyone @online *все", "＠all ＠everyone ＠online ∗все"),
        ("@\u{200b}all", "＠\u{200b}all"),
        ("пишите на a@b.ru", "пишите на a＠b․ru"),
        ("vk.com/club1, ПРИМЕР.РФ", "vk․com/club1, ПРИМЕР․РФ"),
        ("HTTP://127.0.0.1/", "HTTP:∕/127.0.0.1/"),
        ("vk.\u{2060}com", "vk․\u{2060}com"),
    ] {
        assert_eq!(harmless(text), safe);
        assert!(works(text) && !works(&harmless(text)), "{text}");
    }
}

#[test]
fn ordinary_words_stay_as_they_are() {
    for text in [
        "Здравствуйте! Когда приём? Т. е. и т.д., к 9.00 или 3.14...",
        "а || б",
        "[важно] и/или // нет",
        "№ 5-Б; 50 %",
        "Конец.",
        "👨‍👩‍👧 да",
    ] {
        assert_eq!(harmless(text), text);
    }
}

/// Texts full of what works.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "[", "]", "|", "id1", "club1", "@", "*", "all", "все", "everyone", "://", ":", "/", "//", "https", ".", "vk",
            "com", "ru", " ", "\n", "\u{200b}", "\u{2060}", "-", "_", "a", "1", "🙂",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_works_in_a_harmless_text(text in texts()) {
        prop_assert!(!works(&harmless(&text)), "{:?}", harmless(&text));
    }

    #[test]
    fn a_harmless_text_stays_as_it_is(text in texts()) {
        let safe = harmless(&text);
        prop_assert_eq!(harmless(&safe), safe);
    }

    #[test]
    fn a_harmless_text_is_read_the_same(text in texts()) {
        let safe = harmless(&text);
        prop_assert_eq!(safe.encode_utf16().count(), text.encode_utf16().count());
        for (was, is) in text.chars().zip(safe.chars()) {
            let alike = [('@', '＠'), ('*', '∗'), ('|', '∣'), ('/', '∕'), ('.', '․')];
            prop_assert!(was == is || alike.contains(&(was, is)), "{} became {}", was, is);
        }
    }

    #[test]
    fn a_mention_is_exactly_one(id in 1_i64..2_000_000_000, name: String) {
        let text = mention(UserId(id), &name);
        let inside = text.strip_prefix(&format!("[id{id}|")).and_then(|rest| rest.strip_suffix(']'));
        prop_assert!(inside.is_none_or(|name| !name.is_empty() && !name.contains(['[', ']', '|', '\n'])));
        let nameless = format!("@id{id}");
        prop_assert!(inside.is_some() || text == nameless, "{}", text);
    }
}
