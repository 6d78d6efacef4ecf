use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use crate::content::{Notes, RawReview, read, review, text};

/// The most characters of an advice.
const BETTER: usize = 80;
/// The most characters of a word or a turn of speech.
const SAID: usize = 60;

/// The words of `content/draft.toml`.
#[derive(Debug, Default)]
pub struct Words {
    /// Officialese, with plain words for it.
    pub(super) plain: Vec<Advice>,
    /// Foreign words, with Russian ones for them.
    pub(super) foreign: Vec<Advice>,
}

/// What is better said otherwise.
#[derive(Debug)]
pub(super) struct Advice {
    /// Beginnings of words, folded.
    pub(super) said: Vec<String>,
    /// What to say instead.
    pub(super) better: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    plain: Option<Vec<RawAdvice>>,
    foreign: Option<Vec<RawAdvice>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAdvice {
    said: Vec<Spanned<String>>,
    better: Option<Spanned<String>>,
}

impl Words {
    /// Reads the file; what is wrong goes to `notes`.
    pub(crate) fn parse(notes: &mut Notes<'_>, today: Date) -> Option<Self> {
        let Raw { own, reviewed, review_by, plain, foreign } = read(notes)?;
        review(notes, RawReview { sources: None, own, reviewed, review_by }, today);
        Some(Self { plain: advice(notes, plain), foreign: advice(notes, foreign) })
    }
}

fn advice(notes: &mut Notes<'_>, raw: Option<Vec<RawAdvice>>) -> Vec<Advice> {
    raw.unwrap_or_default()
        .into_iter()
        .map(|raw| {
            let said = raw.said.into_iter().map(|word| text(notes, "said", Some(word), SAID));
            let said = said.map(|word| super::folded(&word)).collect();
            Advice { said, better: text(notes, "better", raw.better, BETTER) }
        })
        .collect()
}
