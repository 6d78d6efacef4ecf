use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    fields,
    guide::{Page, plain},
    problem::Notes,
};

const TEXT: usize = 2500;

/// What a person agrees to before anything is kept about her.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Grows with every change of meaning; a higher one is asked about again.
    pub version: u32,
    /// The day this version was adopted.
    pub date: Date,
    /// Plain text, at most 2500 characters.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: Option<Spanned<u32>>,
    date: Option<Spanned<Datetime>>,
}

/// Reads the consent; what is wrong goes to `notes`, which must hold the page's header.
pub(crate) fn parse(notes: &mut Notes<'_>, page: &Page<'_>) -> Option<Consent> {
    let raw: Header = fields::read(notes)?;
    let date = fields::date(notes, "date", raw.date);
    let line = raw.version.as_ref().map(|v| notes.line(&v.span()));
    let version = raw.version.map_or(0, Spanned::into_inner);
    if version == 0 {
        notes.error(line, "version: нужно целое число от 1");
    }
    let text = page.body.trim().to_owned();
    if text.is_empty() {
        notes.error(Some(page.body_line), "нет текста согласия");
    }
    fields::fits(notes, Some(page.body_line), "согласие", &text, TEXT);
    for (line, text) in (page.body_line..).zip(page.body.lines()) {
        plain(notes, line, text);
    }
    Some(Consent { version, date: date?, text })
}

#[cfg(test)]
mod tests {
    use super::TEXT;
    use crate::chat::tests::CONTENT;

    #[test]
    fn the_kept_consent_leaves_room_for_the_name_and_the_address_of_an_operator() {
        assert!(CONTENT.consent().text.chars().count() + 400 <= TEXT);
    }
}
