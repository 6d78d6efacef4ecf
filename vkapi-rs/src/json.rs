//! JSON as VK writes it.

use std::borrow::Cow;

/// The text with halves of surrogate pairs that stand alone written as U+FFFD: an emoji that VK has cut in two is no reason
/// to lose the message around it.
pub(crate) fn without_halves(json: &str) -> Cow<'_, str> {
    if !json.contains("\\ud") && !json.contains("\\uD") {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let length = match (half(escape), escape.get(6..).and_then(half)) {
            (Some(true), Some(false)) => 12,
            (Some(_), _) => {
                out.push_str("\\ufffd");
                rest = &escape[6..];
                continue;
            }
            // Whatever is escaped has at least one character after the backslash, or the text is broken anyway.
            (None, _) => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        let (whole, after) = escape.split_at(length);
        out.push_str(whole);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether the text begins with an escaped half of a pair, and whether that is the first one.
fn half(text: &str) -> Option<bool> {
    let number = u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()?;
    match number {
        0xd800..=0xdbff => Some(true),
        0xdc00..=0xdfff => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::without_halves;

    /// Units of UTF-16, each escaped.
    fn escaped(units: impl IntoIterator<Item = u16>) -> String {
        let units: Vec<_> = units.into_iter().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{}\"", units.concat())
    }

    fn read(json: &str) -> String {
        serde_json::from_str(&without_halves(json)).unwrap()
    }

    #[test]
    fn a_half_of_a_letter_costs_nothing_but_itself() {
        assert_eq!(read(r#""Ура \ud83d! \ude00 \ud83d\ude00""#), "Ура \u{fffd}! \u{fffd} 😀");
        assert_eq!(read(r#""\ud83d\ud83d\ude00""#), "\u{fffd}😀");
        assert_eq!(read(r#""\\ud83d\n\"\ud83d""#), "\\ud83d\n\"\u{fffd}");
        assert_eq!(read(r#""\uD83D\u0434""#), "\u{fffd}д");
    }

    proptest! {
        #[test]
        fn whole_letters_stay_as_they_are(text in any::<String>()) {
            prop_assert_eq!(read(&escaped(text.encode_utf16())), text.clone());
            let plain = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(read(&plain), text);
        }

        #[test]
        fn halves_in_any_order_are_read(units in prop::collection::vec(any::<u16>(), 0..20)) {
            prop_assert_eq!(read(&escaped(units.iter().copied())), String::from_utf16_lossy(&units));
        }
    }
}
