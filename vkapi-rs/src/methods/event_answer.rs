//! What a person sees after pressing a callback button.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

/// Characters of a snackbar's text, by VK's documentation.
const SNACKBAR: usize = 90;

/// What a person sees after pressing a callback button.
#[derive(Clone, Debug, PartialEq)]
pub struct EventAnswer(Value);

impl EventAnswer {
    /// A line that goes by itself; a text above 90 characters is cut at a word where it can be.
    pub fn snackbar(text: impl AsRef<str>) -> Self {
        Self(json!({"type": "show_snackbar", "text": shorten(text.as_ref(), SNACKBAR)}))
    }

    /// Opens an address.
    pub fn open_link(link: impl Into<String>) -> Self {
        Self(json!({"type": "open_link", "link": link.into()}))
    }

    /// Opens a mini application of VK's; `hash` goes after `#` in its address.
    pub fn open_app(app_id: i64, owner_id: Option<i64>, hash: impl Into<String>) -> Self {
        let mut answer = json!({"type": "open_app", "app_id": app_id, "hash": hash.into()});
        if let Some(owner_id) = owner_id {
            answer["owner_id"] = owner_id.into();
        }
        Self(answer)
    }
}

impl Serialize for EventAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Cuts a text to `max` characters with a dots at the end, between words or at least between whole letters.
fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let fits = |end: usize| text[..end].chars().count() < max;
    let ends = |bounds: &mut dyn DoubleEndedIterator<Item = (usize, &str)>| {
        bounds.map(|(at, part)| at + part.len()).take_while(|end| fits(*end)).last().unwrap_or(0)
    };
    let letters = ends(&mut text.grapheme_indices(true));
    let words = ends(&mut text.split_word_bound_indices());
    // A first word longer than half of the room is rather cut than dropped.
    let end = if words * 2 > letters { words } else { letters };
    format!("{}…", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::{EventAnswer, shorten};

    #[test]
    fn a_snackbar_is_cut_between_words() {
        let long = "Напоминание поставлено на завтра, на девять часов утра по вашему времени: мы напомним вам \
                    и подскажем, с чего начать";
        let cut = shorten(long, 90);
        assert!(cut.chars().count() <= 90 && cut.ends_with('…'), "{cut}");
        assert!(long.starts_with(cut.trim_end_matches('…')) && cut.contains("напомним"), "{cut}");
        assert_eq!(shorten("коротко", 90), "коротко");
    }

    #[test]
    fn a_snackbar_never_splits_a_letter() {
        let family = "👨‍👩‍👧‍👦".repeat(30);
        let cut = shorten(&family, 90);
        assert_eq!(cut.chars().count(), 12 * 7 + 1);
        let EventAnswer(answer) = EventAnswer::snackbar("а".repeat(200));
        assert_eq!(answer["text"].as_str().unwrap().chars().count(), 90);
    }
}
