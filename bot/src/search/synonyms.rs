//! `content/synonyms.toml`: what people call things, what says nothing, and what is none of our business.

use serde::Deserialize;
use toml::Spanned;

use crate::content::{Notes, read, text, well_formed};

/// The words of the field, from `content/synonyms.toml`.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// Words that say nothing of the topic.
    pub(crate) filler: Vec<String>,
    /// Names of one thing.
    pub(crate) groups: Vec<Group>,
    /// Topics the bot does not answer about.
    pub(crate) outside: Vec<Outside>,
}

/// Names of one thing; a name may be several words.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// Known both in guides and in questions.
    pub(crate) words: Vec<String>,
    /// Heard in questions only: in a guide it would mean something else.
    pub(crate) heard: Vec<String>,
}

/// A topic the bot does not answer about.
#[derive(Debug)]
pub(crate) struct Outside {
    pub(crate) id: String,
    pub(crate) words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    filler: Option<Vec<Spanned<String>>>,
    same: Option<Vec<Spanned<RawGroup>>>,
    outside: Option<Vec<Spanned<RawOutside>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    words: Option<Vec<Spanned<String>>>,
    heard: Option<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOutside {
    id: Option<Spanned<String>>,
    words: Option<Vec<Spanned<String>>>,
}

impl Synonyms {
    /// Reads the file; what is wrong goes to `notes`.
    pub(crate) fn parse(notes: &mut Notes<'_>) -> Option<Self> {
        let raw: Raw = read(notes)?;
        let filler = list(notes, "filler", raw.filler);
        let mut groups = Vec::new();
        for group in raw.same.unwrap_or_default() {
            let line = Some(notes.line(&group.span()));
            let group = group.into_inner();
            let words = list(notes, "words", group.words);
            let heard = list(notes, "heard", group.heard);
            if words.is_empty() || words.len() + heard.len() < 2 {
                notes.error(line, "в группе нужны words и ещё хотя бы одно слово");
            }
            groups.push(Group { words, heard });
        }
        let mut outside = Vec::new();
        for topic in raw.outside.unwrap_or_default() {
            let line = Some(notes.line(&topic.span()));
            let topic = topic.into_inner();
            let id = text(notes, "id", topic.id, 40);
            well_formed(notes, line, &id);
            let words = list(notes, "words", topic.words);
            if words.is_empty() {
                notes.error(line, "нет поля «words»");
            }
            outside.push(Outside { id, words });
        }
        Some(Self { filler, groups, outside })
    }
}

fn list(notes: &mut Notes<'_>, field: &str, values: Option<Vec<Spanned<String>>>) -> Vec<String> {
    values.unwrap_or_default().into_iter().map(|v| text(notes, field, Some(v), 80)).collect()
}
