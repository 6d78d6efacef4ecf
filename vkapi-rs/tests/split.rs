//! Long texts as several messages.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;
use vkapi::utils::split::{MAX_TEXT, split, split_by};

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[test]
fn a_short_text_is_one_message_without_the_whitespace_around_it() {
    assert_eq!(split("Здравствуйте!\n\nКак дела?"), ["Здравствуйте!\n\nКак дела?"]);
    assert_eq!(split("\n Привет \u{a0}\n"), ["Привет"]);
    assert!(split(" \n\u{a0}\r\n").is_empty());
    assert!(split("").is_empty());
}

#[test]
fn the_limit_is_in_utf16_units() {
    assert_eq!(split(&"ы".repeat(MAX_TEXT)).len(), 1);
    assert_eq!(split(&"ы".repeat(MAX_TEXT + 1)).len(), 2);
    assert_eq!(split(&"🙂".repeat(MAX_TEXT / 2)).len(), 1);
    assert_eq!(split(&"🙂".repeat(MAX_TEXT / 2 + 1)).len(), 2);
}

#[test]
fn a_cut_is_made_at_the_greatest_bound_that_leaves_the_part_half_full() {
    assert_eq!(split_by("Один два.\n\nТри.\nЧетыре. Пять", 18), ["Один два.", "Три.\nЧетыре. Пять"]);
    assert_eq!(split_by("Один два три\nчетыре. Пять шесть", 22), ["Один два три", "четыре. Пять шесть"]);
    assert_eq!(split_by("Один два три. Четыре пять", 20), ["Один два три.", "Четыре пять"]);
    assert_eq!(split_by("Один\n\nдва три четыре пять", 22), ["Один\n\nдва три четыре", "пять"]);
    assert_eq!(split_by("один два три четыре", 10), ["один два", "три четыре"]);
}

#[test]
fn a_number_is_not_torn_from_its_word() {
    assert_eq!(split_by("статья №\u{a0}5 закона", 8), ["статья", "№\u{a0}5", "закона"]);
}

#[test]
fn a_long_word_stays_whole_if_it_fits_into_a_message() {
    let link = format!("https://vk.ru/{}", "a".repeat(20));
    assert_eq!(split_by(&format!("см. {link} и далее"), 34), ["см.", &link, "и далее"]);
}

#[test]
fn a_letter_of_many_characters_is_not_cut() {
    let family = "👨‍👩‍👧‍👦";
    let text = family.repeat(10);
    let parts = split_by(&text, units(family) * 3 + 5);
    assert_eq!(parts.iter().map(|part| part.graphemes(true).count()).collect::<Vec<_>>(), [3, 3, 3, 1]);
    assert_eq!(split_by("e\u{301}e\u{301}", 3), ["e\u{301}", "e\u{301}"]);
    // Flags are pairs: an odd count of halves would change all of the flags after the cut.
    assert_eq!(split_by("🇷🇺🇷🇺🇷🇺", 6), ["🇷🇺", "🇷🇺", "🇷🇺"]);
}

#[test]
fn only_a_letter_longer_than_a_message_is_cut_inside() {
    let letter = format!("а{}", "\u{301}".repeat(9));
    assert_eq!(split_by(&letter, 4).concat(), letter);
    assert_eq!(split_by("🙂🙂", 0), ["🙂", "🙂"]);
}

/// Texts with all that a cut may stumble over.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[а-яё]{1,12}",
        2 => "[A-Za-z0-9/:._-]{1,30}",
        4 => Just(" ".to_owned()),
        2 => prop::sample::select(vec![
            "\n", "\n\n", "\r\n", "\n \n", ". ", "! ", "? ", "… ", "», ", "\u{a0}", "\u{202f}", "\t", "т. е. ",
        ]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "🙂", "👨‍👩‍👧‍👦", "🇷🇺", "e\u{301}", " \u{301}", "\u{200d}", "👍🏽", "中文", "\u{2028}", "ที่", "\u{600}1",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_is_lost_but_whitespace_between_messages(text in texts(), limit in 2_usize..80) {
        let mut rest = text.as_str();
        for part in split_by(&text, limit) {
            let at = rest.find(part).expect("a part comes from the text");
            prop_assert!(rest[..at].chars().all(char::is_whitespace), "lost: {:?}", &rest[..at]);
            rest = &rest[at + part.len()..];
        }
        prop_assert!(rest.chars().all(char::is_whitespace), "lost: {rest:?}");
    }

    #[test]
    fn no_message_is_too_long_or_blank(text in texts(), limit in 2_usize..80) {
        for part in split_by(&text, limit) {
            prop_assert!(units(part) <= limit, "{} units: {part:?}", units(part));
            prop_assert!(!part.chars().all(char::is_whitespace));
        }
    }

    #[test]
    fn no_letter_that_fits_is_cut(text in texts(), limit in 2_usize..80) {
        let letters: Vec<_> = text.grapheme_indices(true).collect();
        let start = text.as_ptr() as usize;
        if letters.iter().any(|(_, letter)| units(letter) > limit) {
            return Ok(());
        }
        for part in split_by(&text, limit) {
            for at in [part.as_ptr() as usize - start, part.as_ptr() as usize - start + part.len()] {
                prop_assert!(at == text.len() || letters.iter().any(|(letter, _)| *letter == at), "cut at {at}");
            }
        }
    }

    #[test]
    fn a_part_is_split_no_further(text in texts(), limit in 2_usize..80) {
        for part in split_by(&text, limit) {
            prop_assert_eq!(split_by(part, limit), [part]);
        }
    }
}
