use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    fields::{self, List, RawReview, RawSource, Text},
    problem::{Kind, Notes},
};
use crate::domain::page::Aspect;

/// Three of these, a title, praise and an idea are one message that is read on a phone.
const SAY: usize = 150;
/// One wording alone would come word for word again.
const WORDINGS: usize = 2;

/// Something small to do for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The stable id, unique among all advice: what people answered hangs on it.
    pub id: String,
    /// What it mends.
    pub mends: Aspect,
    /// How many minutes it takes one person.
    pub minutes: u16,
    /// The guide that tells how.
    pub guide: String,
    /// The lesson that teaches it.
    pub lesson: Option<String>,
    /// The same in different words, each at most 150 characters.
    pub say: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    advice: Option<Vec<Spanned<RawAdvice>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAdvice {
    id: Text,
    mends: Text,
    minutes: u16,
    guide: Option<Spanned<String>>,
    lesson: Option<Spanned<String>>,
    say: List,
}

/// Reads a file of advice, each with its line; what is wrong goes to `notes`, which must hold the whole file.
pub(crate) fn parse(notes: &mut Notes<'_>, today: Date) -> Option<Vec<(usize, Advice)>> {
    let raw: Raw = fields::read(notes)?;
    let Raw { sources, own, reviewed, review_by, advice } = raw;
    fields::review(notes, RawReview { sources, own, reviewed, review_by }, today);
    let mut all = Vec::new();
    for raw in advice.unwrap_or_default() {
        let line = notes.line(&raw.span());
        let RawAdvice { id, mends, minutes, guide, lesson, say } = raw.into_inner();
        let id = fields::text(notes, "advice.id", id, 40);
        fields::well_formed(notes, Some(line), &id);
        let mends = fields::choice(notes, "advice.mends", mends, Aspect::ALL);
        if minutes == 0 {
            notes.error(Some(line), "minutes должны быть больше нуля");
        }
        if guide.is_none() {
            notes.error(Some(line), "нет поля «advice.guide»: подсказки, где сказано, как это сделать");
        }
        let guide = guide.map(|guide| fields::reference(notes, "advice.guide", Kind::Guide, guide));
        let lesson = lesson.map(|lesson| fields::reference(notes, "advice.lesson", Kind::Lesson, lesson));
        let say = fields::list(notes, "advice.say", say, SAY);
        if say.len() < WORDINGS {
            notes.error(Some(line), format!("формулировок say {}, а нужно не меньше {WORDINGS}", say.len()));
        }
        if let (Some(mends), Some(guide)) = (mends, guide) {
            all.push((line, Advice { id, mends, minutes, guide, lesson, say }));
        }
    }
    if all.is_empty() {
        notes.error(None, "нет ни одного совета: [[advice]]");
    }
    Some(all)
}
