//! The fields that every kind of content has, read and judged in one way.

use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};
use toml::{Spanned, value::Datetime};

use super::problem::{Kind, Notes};
use crate::domain::Sphere;

/// The most characters VK shows on a button.
pub(crate) const LABEL: usize = 40;
/// Our limit for a title: two lines on a phone.
pub(crate) const TITLE: usize = 80;

pub(crate) type Text = Option<Spanned<String>>;
pub(crate) type List = Option<Vec<Spanned<String>>>;

/// Where a statement comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name of the document or page.
    pub title: String,
    /// Its address; absent only for our own advice.
    pub url: Option<String>,
}

/// Who vouches for a piece of content and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Documents and pages it rests on.
    pub sources: Vec<Source>,
    /// Whether it is our own advice rather than somebody's rule.
    pub own: bool,
    /// The day a person last read it against its sources.
    pub reviewed: Date,
    /// The day by which it must be read again.
    pub review_by: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSource {
    title: Text,
    url: Text,
    #[serde(default)]
    own: bool,
}

/// The fields of [`Review`] as they stand in a file.
pub(crate) struct RawReview {
    pub(crate) sources: Option<Vec<Spanned<RawSource>>>,
    pub(crate) own: Option<bool>,
    pub(crate) reviewed: Option<Spanned<Datetime>>,
    pub(crate) review_by: Option<Spanned<Datetime>>,
}

/// Reads the TOML of a file; a fault is noted with its line.
pub(crate) fn read<T: DeserializeOwned>(notes: &mut Notes<'_>) -> Option<T> {
    match toml::from_str(notes.toml()) {
        Ok(raw) => Some(raw),
        Err(e) => {
            let line = e.span().map(|s| notes.line(&s));
            notes.error(line, in_russian(e.message()));
            None
        }
    }
}

/// The parser's commonest complaints in the words of the person who edits content.
fn in_russian(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match (message, quoted.split_first()) {
        (m, Some((field, known))) if m.starts_with("unknown field") => {
            format!("неизвестное поле «{field}»; бывают: {}", known.join(", "))
        }
        (m, Some((field, _))) if m.starts_with("duplicate field") => {
            format!("поле «{field}» написано дважды")
        }
        (m, _) if m.starts_with("duplicate key") => "поле написано дважды".to_owned(),
        (m, _) if m.starts_with("invalid type") => format!("значение не того вида ({m})"),
        (m, _) => format!("не читается как TOML ({m})"),
    }
}

/// A text that must be there and fit.
pub(crate) fn text(notes: &mut Notes<'_>, field: &str, value: Text, max: usize) -> String {
    let Some(value) = value else {
        notes.error(None, format!("нет поля «{field}»"));
        return String::new();
    };
    let line = Some(notes.line(&value.span()));
    let text = value.into_inner().trim().to_owned();
    if text.is_empty() {
        notes.error(line, format!("поле «{field}» пустое"));
    }
    fits(notes, line, &format!("поле «{field}»"), &text, max);
    text
}

/// A text that may be absent.
pub(crate) fn optional(notes: &mut Notes<'_>, field: &str, value: Text, max: usize) -> Option<String> {
    value.map(|v| text(notes, field, Some(v), max))
}

/// Notes a text longer than `max` characters.
pub(crate) fn fits(notes: &mut Notes<'_>, line: Option<usize>, what: &str, text: &str, max: usize) {
    let length = text.chars().count();
    if length > max {
        notes.error(line, format!("{what}: {length} знаков, помещается {max}"));
    }
}

/// The id of a document: equal to the file's name, of characters that may stand in a link.
pub(crate) fn id(notes: &mut Notes<'_>, field: &str, value: Text, file_stem: &str) -> String {
    let line = value.as_ref().map(|v| notes.line(&v.span()));
    let id = text(notes, field, value, 40);
    if !id.is_empty() && id != file_stem {
        notes.error(line, format!("«{field} = {id}», а файл называется «{file_stem}»: должны совпадать"));
    }
    well_formed(notes, line, &id);
    id
}

/// Notes an id with characters other than a–z, 0–9 and «-».
pub(crate) fn well_formed(notes: &mut Notes<'_>, line: Option<usize>, id: &str) {
    if !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        notes.error(line, format!("«{id}»: можно только латинские строчные буквы, цифры и дефис"));
    }
}

/// A list of non-empty texts.
pub(crate) fn list(notes: &mut Notes<'_>, field: &str, values: List, max: usize) -> Vec<String> {
    values.unwrap_or_default().into_iter().map(|v| text(notes, field, Some(v), max)).collect()
}

/// A list of slugs or ids that must exist elsewhere.
pub(crate) fn references(
    notes: &mut Notes<'_>,
    field: &'static str,
    kind: Kind,
    values: List,
) -> Vec<String> {
    values.unwrap_or_default().into_iter().map(|v| reference(notes, field, kind, v)).collect()
}

/// A slug or an id that must exist elsewhere.
pub(crate) fn reference(
    notes: &mut Notes<'_>,
    field: &'static str,
    kind: Kind,
    value: Spanned<String>,
) -> String {
    let line = Some(notes.line(&value.span()));
    let target = value.into_inner();
    notes.refer(line, field, kind, &target);
    target
}

/// The spheres something is for; none named means all of them.
pub(crate) fn spheres(notes: &mut Notes<'_>, values: List) -> Vec<Sphere> {
    let mut found = Vec::new();
    for value in values.unwrap_or_default() {
        let line = Some(notes.line(&value.span()));
        if let Some(sphere) = Sphere::ALL.into_iter().find(|s| s.slug() == value.as_ref()) {
            found.push(sphere);
        } else {
            let known = Sphere::ALL.map(Sphere::slug).join(", ");
            notes.error(line, format!("неизвестная сфера «{}»; бывают: {known}", value.as_ref()));
        }
    }
    found
}

/// Spheres named in a line, with commas between.
pub(crate) fn named_spheres(notes: &mut Notes<'_>, line: usize, named: &str) -> Vec<Sphere> {
    let mut found = Vec::new();
    for name in named.split(',').map(str::trim).filter(|n| !n.is_empty()) {
        if let Some(sphere) = Sphere::ALL.into_iter().find(|s| s.slug() == name) {
            found.push(sphere);
        } else {
            let known = Sphere::ALL.map(Sphere::slug).join(", ");
            notes.error(Some(line), format!("неизвестная сфера «{name}»; бывают: {known}"));
        }
    }
    found
}

/// One of several words, each with its meaning.
pub(crate) fn choice<T: Copy>(
    notes: &mut Notes<'_>,
    field: &str,
    value: Text,
    known: &[(&str, T)],
) -> Option<T> {
    let Some(value) = value else {
        notes.error(None, format!("нет поля «{field}»"));
        return None;
    };
    let found = known.iter().find(|(word, _)| word == value.as_ref()).map(|(_, meaning)| *meaning);
    if found.is_none() {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let line = Some(notes.line(&value.span()));
        notes.error(line, format!("{field} = «{}»; бывает: {}", value.as_ref(), words.join(", ")));
    }
    found
}

/// A title cut to VK's 40 characters of a button, at a word's end.
pub(crate) fn label(title: &str) -> String {
    if title.chars().count() <= LABEL {
        return title.to_owned();
    }
    let mut words: Vec<&str> = Vec::new();
    let mut length = 1;
    for word in title.split(' ') {
        length += word.chars().count() + 1;
        if length > LABEL + 1 {
            break;
        }
        words.push(word);
    }
    // A button must not end with «и» or «для».
    while words.len() > 1 && words.last().is_some_and(|w| w.chars().count() < 4) {
        words.pop();
    }
    let label = words.join(" ");
    format!("{}…", label.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '»'))
}

/// An address that a person can open.
pub(crate) fn url(notes: &mut Notes<'_>, value: Text) -> Option<String> {
    let value = value?;
    let line = Some(notes.line(&value.span()));
    let url = value.into_inner();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if !rest.is_some_and(|r| r.contains('.') && !r.contains(char::is_whitespace)) {
        notes.error(line, format!("«{url}» — не адрес: нужен полный, начиная с https://"));
    }
    Some(url)
}

/// Sources and dates.
pub(crate) fn review(notes: &mut Notes<'_>, raw: RawReview, today: Date) -> Review {
    let mut own = raw.own.unwrap_or_default();
    let mut sources = Vec::new();
    for source in raw.sources.unwrap_or_default() {
        let line = Some(notes.line(&source.span()));
        let source = source.into_inner();
        own |= source.own;
        let title = text(notes, "title", source.title, 300);
        let url = url(notes, source.url);
        if url.is_none() && !own {
            notes.error(line, "у источника нет url; если это наш собственный совет, напишите own = true");
        }
        sources.push(Source { title, url });
    }
    if sources.is_empty() && !own {
        notes.error(None, "нет источника; если это наш собственный совет, напишите own = true");
    }
    let reviewed_line = raw.reviewed.as_ref().map(|d| notes.line(&d.span()));
    let due_line = raw.review_by.as_ref().map(|d| notes.line(&d.span()));
    let reviewed = date(notes, "reviewed", raw.reviewed);
    let review_by = date(notes, "review_by", raw.review_by);
    if let (Some(reviewed), Some(review_by)) = (reviewed, review_by) {
        if reviewed > review_by {
            notes.error(due_line, "review_by раньше, чем reviewed");
        }
        if reviewed > today {
            notes.warn(reviewed_line, format!("проверено {reviewed}, а сегодня {today}"));
        }
        if review_by < today {
            notes.warn(due_line, format!("срок проверки прошёл {review_by}: перечитайте и продлите"));
        }
    }
    Review {
        sources,
        own,
        reviewed: reviewed.unwrap_or(Date::ZERO),
        review_by: review_by.unwrap_or(Date::ZERO),
    }
}

/// A date without a time.
pub(crate) fn date(notes: &mut Notes<'_>, field: &str, value: Option<Spanned<Datetime>>) -> Option<Date> {
    let Some(value) = value else {
        notes.error(None, format!("нет поля «{field}»"));
        return None;
    };
    let line = Some(notes.line(&value.span()));
    let read = match value.as_ref() {
        Datetime { date: Some(d), time: None, offset: None } => {
            Date::new(d.year as i16, d.month as i8, d.day as i8).ok()
        }
        _ => None,
    };
    if read.is_none() {
        notes.error(line, format!("{field} = {}: нужна дата вида 2026-11-23", value.as_ref()));
    }
    read
}
