//! Formatted texts and the small Markdown.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use common::Fake;
use proptest::prelude::*;
use serde_json::{Value, json};
use vkapi::utils::format::{FormatError, Formatted, Style, escape, markdown};

/// VK's JSON of how a text looks; `null` if it is plain.
fn looks(text: &Formatted) -> Value {
    text.format_data().map_or(Value::Null, |data| serde_json::from_str(&String::from(data)).unwrap())
}

/// The parts with their looks, read back by VK's own offsets.
fn parts(text: &Formatted) -> Vec<(String, Style)> {
    let units: Vec<u16> = text.text().encode_utf16().collect();
    let items = text.format_data().map_or(Vec::new(), |data| data.items);
    let part = |from: usize, length: usize| String::from_utf16(&units[from..from + length]).unwrap();
    items.into_iter().map(|item| (part(item.offset, item.length), item.style)).collect()
}

fn url(url: &str) -> Style {
    Style::Url { url: url.to_owned() }
}

/// What a source means: the text and its parts as `style:text`.
fn read(source: &str) -> (String, Vec<String>) {
    let text = markdown(source);
    let name = |style| match style {
        Style::Bold => "bold".to_owned(),
        Style::Italic => "italic".to_owned(),
        Style::Underline => "underline".to_owned(),
        Style::Url { url } => url,
        other => panic!("{other:?}"),
    };
    let parts = parts(&text).into_iter().map(|(part, style)| format!("{}:{part}", name(style))).collect();
    (text.text().to_owned(), parts)
}

fn assert_reads(source: &str, text: &str, parts: &[&str]) {
    assert_eq!(
        read(source),
        (text.to_owned(), parts.iter().map(|part| (*part).to_owned()).collect()),
        "{source}"
    );
}

#[test]
fn offsets_are_in_utf16_units() {
    let text = Formatted::new().plain("🙂 ").bold("да").plain(" ").link("сюда", "https://vk.ru/a").unwrap();
    assert_eq!(text.text(), "🙂 да сюда");
    assert_eq!(
        looks(&text),
        json!({"version": "1", "items": [
            {"type": "bold", "offset": 3, "length": 2},
            {"type": "url", "offset": 6, "length": 4, "url": "https://vk.ru/a"},
        ]})
    );
}

#[test]
fn one_look_may_be_inside_of_another_but_not_of_the_same() {
    let inner = Formatted::new().plain("a").italic("b").bold("c");
    let text = Formatted::new().bold(inner);
    assert_eq!(parts(&text), [("abc".to_owned(), Style::Bold), ("b".to_owned(), Style::Italic)]);
    let link = Formatted::new().link("b", "https://b.ru").unwrap();
    let text = Formatted::new().link(Formatted::new().plain("a").plain(link), "https://a.ru").unwrap();
    assert_eq!(parts(&text), [("ab".to_owned(), url("https://a.ru"))]);
}

#[test]
fn a_plain_text_has_no_looks() {
    assert_eq!(looks(&"текст".into()), Value::Null);
    assert_eq!(looks(&Formatted::new().bold("").plain("текст")), Value::Null);
}

#[test]
fn only_addresses_of_the_web_are_links() {
    for bad in ["vk.ru", "javascript:alert(1)", "https://", "https://vk.ru/a b", "tel:+7", ""] {
        assert_eq!(Formatted::new().link("x", bad), Err(FormatError::Url(bad.to_owned())));
    }
}

#[test]
fn the_small_markdown_is_read() {
    assert_reads("**Да**, *нет*, __может__", "Да, нет, может", &["bold:Да", "italic:нет", "underline:может"]);
    assert_reads("см. [правила](https://vk.ru/a_b)", "см. правила", &["https://vk.ru/a_b:правила"]);
    assert_reads("[a](https://ru.wiki/b_(c))!", "a!", &["https://ru.wiki/b_(c):a"]);
    assert_reads("**a *b* c**", "a b c", &["bold:a b c", "italic:b"]);
    assert_reads("*a **b** c*", "a b c", &["italic:a b c", "bold:b"]);
    assert_reads("***a***", "a", &["bold:a", "italic:a"]);
    assert_reads("***a* b**", "a b", &["bold:a b", "italic:a"]);
    assert_reads("***a** b*", "a b", &["italic:a b", "bold:a"]);
    assert_reads("**a *b***", "a b", &["bold:a b", "italic:b"]);
    assert_reads("**[a](https://b.ru)**", "a", &["bold:a", "https://b.ru:a"]);
    assert_reads("[**a**](https://b.ru)", "a", &["https://b.ru:a", "bold:a"]);
    assert_reads("сло**во**м", "словом", &["bold:во"]);
}

#[test]
fn what_is_no_markdown_stays_as_it_is_written() {
    for plain in [
        "2 * 2 * 2 = 8",
        "a ** b ** c",
        "snake__case__name",
        "_a_",
        "**",
        "****",
        "**a",
        "a**",
        "*a",
        "__a",
        "[a]",
        "[a](b)",
        "[a](javascript:b)",
        "[id1|Имя]",
        "[](https://a.ru)",
        "[a] (https://a.ru)",
        "C:\\dir",
        "[a](https://a.ru",
        "(c)",
        "****a****",
        "[a\nb](https://a.ru)",
    ] {
        assert_reads(plain, plain, &[]);
    }
}

#[test]
fn a_backslash_makes_a_mark_plain() {
    assert_reads(r"\*a\* \\ \[b\](https://c.ru)", r"*a* \ [b](https://c.ru)", &[]);
    assert_reads(r"**a\** b**", "a** b", &["bold:a** b"]);
    assert_reads(r"[a\]b](https://c.ru)", "a]b", &["https://c.ru:a]b"]);
}

#[tokio::test]
async fn a_formatted_text_goes_with_its_looks_and_a_plain_one_without() {
    let answer = json!({"response": [{"peer_id": 5, "message_id": 1, "conversation_message_id": 2}]});
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::clone(&seen);
    let bot = Fake(move |call: &vkapi::Call| {
        let param =
            |wanted: &str| call.form.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        kept.lock().unwrap().push((param("message"), param("format_data")));
        if call.method == "messages.edit" { json!({"response": 1}) } else { answer.clone() }
    })
    .bot();
    bot.messages_send(5, markdown("**Да**")).await.unwrap();
    bot.messages_edit(5, 2, markdown("*Да*")).await.unwrap();
    bot.messages_send(5, "Нет").await.unwrap();
    let item =
        |style: &str| format!(r#"{{"items":[{{"length":2,"offset":0,"type":"{style}"}}],"version":"1"}}"#);
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (Some("Да".to_owned()), Some(item("bold"))),
            (Some("Да".to_owned()), Some(item("italic"))),
            (Some("Нет".to_owned()), None),
        ]
    );
}

#[tokio::test]
async fn a_long_text_goes_as_several_messages_with_a_number_against_repeats_each() {
    let ids = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::clone(&ids);
    let bot = Fake(move |call: &vkapi::Call| {
        kept.lock().unwrap().extend(call.form.iter().filter(|(name, _)| name == "random_id").cloned());
        json!({"response": [{"peer_id": 5, "message_id": 1, "conversation_message_id": 2}]})
    })
    .bot();
    let parts = bot.messages_send_split(5, "слово ".repeat(1500));
    assert_eq!(parts.len(), 3);
    for part in parts {
        part.await.unwrap();
    }
    let mut ids = ids.lock().unwrap().clone();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(bot.messages_send_split(5, " \n").is_empty());
}

/// Formatted texts of any nesting.
fn formatted() -> impl Strategy<Value = Formatted> {
    let leaf = "[а-яA-Z🙂 \n]{0,12}".prop_map(Formatted::from);
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop::collection::vec((0..5_u8, inner), 0..6).prop_map(|pieces| {
            pieces.into_iter().fold(Formatted::new(), |text, (kind, piece)| match kind {
                0 => text.plain(piece),
                1 => text.bold(piece),
                2 => text.italic(piece),
                3 => text.underline(piece),
                _ => text.link(piece, "https://vk.ru/x").unwrap(),
            })
        })
    })
}

/// Each character but whitespace with its looks.
fn painted(text: &Formatted) -> Vec<(char, Vec<String>)> {
    let items = text.format_data().map_or(Vec::new(), |data| data.items);
    let mut at = 0;
    let mut painted = Vec::new();
    for c in text.text().chars() {
        let mut looks: Vec<_> = items
            .iter()
            .filter(|item| (item.offset..item.offset + item.length).contains(&at))
            .map(|item| format!("{:?}", item.style))
            .collect();
        looks.sort();
        looks.dedup();
        at += c.len_utf16();
        if !c.is_whitespace() {
            painted.push((c, looks));
        }
    }
    painted
}

/// Sources full of marks.
fn sources() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "*",
        "**",
        "***",
        "__",
        "_",
        "[",
        "]",
        "(",
        ")",
        "](https://vk.ru/a)",
        "\\",
        "а",
        "b ",
        " ",
        "\n",
        "🙂",
        "|",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_item_is_a_whole_part_of_the_text(text in formatted()) {
        // `parts` reads each by its offsets and fails on a torn character.
        for (part, _) in parts(&text) {
            prop_assert!(!part.is_empty());
        }
    }

    #[test]
    fn a_split_text_looks_the_same(text in formatted(), limit in 2_usize..20) {
        let parts = text.split_by(limit);
        prop_assert!(parts.iter().all(|part| part.text().encode_utf16().count() <= limit));
        prop_assert_eq!(parts.iter().flat_map(painted).collect::<Vec<_>>(), painted(&text));
    }

    #[test]
    fn an_escaped_text_means_itself(text: String, source in sources()) {
        for text in [text, source] {
            prop_assert_eq!(markdown(&escape(&text)), Formatted::from(text));
        }
    }

    #[test]
    fn markdown_loses_nothing_but_marks_and_addresses(source in sources()) {
        let kept = |text: &str| -> String { text.chars().filter(|c| "аb🙂|".contains(*c)).collect() };
        let text = markdown(&source);
        let words = source.replace("https://vk.ru/a", "");
        prop_assert_eq!(kept(&text.text().replace("https://vk.ru/a", "")), kept(&words));
        parts(&text);
    }

    #[test]
    fn an_escaped_text_stays_plain_inside_of_marks(text in "[^ \n]\\PC{0,20}[^ \n]") {
        let source = format!("**{}**", escape(&text));
        if !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace) {
            prop_assert_eq!(markdown(&source), Formatted::new().bold(text));
        }
    }
}
