//! Blanks in the text of an announcement: «{имя}» becomes each reader's own.
//!
//! One rule for a brace that is meant as one: it is written twice, «{{» or «}}».

/// The longest value, in characters.
const VALUE: usize = 120;

/// What a blank stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// Her first name in VK.
    Name,
    /// The name of the page she is asked about.
    Page,
    /// Her municipality.
    Place,
    /// How many days ago the newest post of her page came out, in words: «5 дней».
    Silence,
}

impl Blank {
    /// Each with the word it is written by.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Name, "имя"),
        (Self::Page, "страница"),
        (Self::Place, "муниципалитет"),
        (Self::Silence, "дней без записи"),
    ];
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Text(String),
    /// A blank, and what stands there if nothing is known, in the author's words.
    Blank(Blank, Option<String>),
}

/// Why a text cannot be taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no such blank.
    Unknown(String),
    /// A brace is opened and not closed.
    Open,
}

/// Takes a text apart.
///
/// # Errors
/// The first thing in it that is no blank and no text.
pub fn pieces(text: &str) -> Result<Vec<Piece>, Wrong> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, found) = rest.split_at(at);
        plain.push_str(before);
        if let Some(after) = found.strip_prefix("{{") {
            plain.push('{');
            rest = after;
        } else if let Some(after) = found.strip_prefix("}}").or_else(|| found.strip_prefix('}')) {
            plain.push('}');
            rest = after;
        } else {
            let inner = found.get(1..).unwrap_or_default();
            let Some((named, after)) = inner.split_once('}') else { return Err(Wrong::Open) };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(blank(named)?);
            rest = after;
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

fn blank(named: &str) -> Result<Piece, Wrong> {
    let (word, other) = match named.split_once('|') {
        Some((word, other)) => (word, Some(other.trim().to_owned())),
        None => (named, None),
    };
    let folded = super::text::folded(word);
    let found = Blank::ALL.into_iter().find(|(_, word)| *word == folded);
    match found {
        Some((blank, _)) => Ok(Piece::Blank(blank, other)),
        None => Err(Wrong::Unknown(super::text::line(named, 40).unwrap_or_default())),
    }
}

/// Whether readers see different texts.
pub fn differs(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Blank(..)))
}

/// Puts a text together for one reader; `value` tells what is known of her, `usual` what stands there if nothing is.
pub fn fill(
    pieces: &[Piece],
    value: impl Fn(Blank) -> Option<String>,
    usual: impl Fn(Blank) -> String,
) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Blank(blank, other) => {
                let known = value(*blank).and_then(|value| harmless(&value));
                text.push_str(&known.or_else(|| other.clone()).unwrap_or_else(|| usual(*blank)));
            }
        }
    }
    text
}

/// A value in which VK sees no mention of anybody and no second line: «@all», «*all» and «[id1|…]» are words there.
/// `None` if nothing is left.
fn harmless(value: &str) -> Option<String> {
    let plain: String = value
        .chars()
        .filter(|c| !matches!(c, '@' | '*' | '\u{fe6b}' | '\u{ff20}') && !is_hidden(*c))
        .map(|c| match c {
            '[' => '(',
            ']' => ')',
            '|' => '/',
            c => c,
        })
        .collect();
    super::text::line(&plain, VALUE)
}

/// Signs that show nothing and could hide what stands beside them.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, name: Option<&str>) -> String {
        fill(&pieces(text).unwrap(), |_| name.map(str::to_owned), |blank| format!("<{blank:?}>"))
    }

    #[test]
    fn a_blank_is_filled_or_has_something_in_its_place() {
        assert_eq!(filled("Здравствуйте, {имя}!", Some("Анна")), "Здравствуйте, Анна!");
        assert_eq!(filled("{ Имя }{имя}", Some("А")), "АА");
        assert_eq!(filled("Здравствуйте, {имя|коллега}!", None), "Здравствуйте, коллега!");
        assert_eq!(filled("{страница}", None), "<Page>");
        assert_eq!(filled("{имя|}!", Some(" \n ")), "!", "nothing but spaces is nothing");
        assert_eq!(filled("уже {дней без записи}", Some("5 дней")), "уже 5 дней");
    }

    #[test]
    fn a_brace_written_twice_is_a_brace() {
        assert_eq!(filled("{{имя}} — {имя}, a } b", Some("{имя}")), "{имя} — {имя}, a } b");
        assert!(!differs(&pieces("{{имя}}").unwrap()));
        assert!(differs(&pieces("{имя}").unwrap()));
        assert_eq!(pieces("").unwrap(), []);
    }

    #[test]
    fn what_is_no_blank_is_told() {
        assert_eq!(pieces("Привет, {фио}"), Err(Wrong::Unknown("фио".into())));
        assert_eq!(pieces("{}"), Err(Wrong::Unknown(String::new())));
        assert_eq!(pieces("Привет, {имя"), Err(Wrong::Open));
    }

    #[test]
    fn nobody_is_called_by_what_somebody_named_herself() {
        for evil in [
            "@all",
            "*all",
            "@everyone, смотрите",
            "[id1|Анна]",
            "[club1|@online]",
            "\u{200b}@\u{200b}all",
            "＠all",
            "@@all",
            "*id1 (Анна)",
            "{имя}\n[id1|я]",
        ] {
            let text = filled("Для {имя}!", Some(evil));
            assert!(!text.contains(['@', '*', '[', ']', '|', '\n', '＠', '\u{200b}']), "{text}");
        }
        assert_eq!(filled("{имя}", Some(&"щ".repeat(500))).chars().count(), VALUE);
    }
}
