use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    body::{self, Part, Variant},
    fields::{self, LABEL, List, RawReview, RawSource, Review, TITLE, Text},
    problem::{Kind, Notes, line_at},
};
use crate::domain::Sphere;

/// The most characters of an answer and of a card: what a phone shows without scrolling far.
/// VK itself takes 4096.
pub(crate) const BODY: usize = 900;
const CARDS: usize = 3;
const FENCE: &str = "+++";

/// An answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The stable id, also the file's name.
    pub slug: String,
    /// The folder it lies in.
    pub category: String,
    /// What it is called in lists, at most 80 characters; [`Guide::label`] fits a button.
    pub title: String,
    /// Other ways to ask the same.
    pub ask: Vec<String>,
    /// Words that should find it.
    pub tags: Vec<String>,
    /// Whom it concerns; empty means everybody.
    pub spheres: Vec<Sphere>,
    /// Sources and dates.
    pub review: Review,
    /// Slugs of neighbouring guides.
    pub see: Vec<String>,
    /// The id of the checklist that puts it into practice.
    pub checklist: Option<String>,
    /// The id of the course that teaches it.
    pub course: Option<String>,
    /// The answer: plain text, at most 900 characters.
    pub answer: String,
    /// «Подробнее»: at most three.
    pub cards: Vec<Card>,
    /// What single spheres read besides or instead.
    pub variants: Vec<Variant>,
}

/// One «Подробнее» part of a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The label of its button, at most 40 characters.
    pub title: String,
    /// Plain text, at most 900 characters.
    pub text: String,
}

impl Guide {
    /// The title cut to VK's 40 characters of a button, at a word's end.
    pub fn label(&self) -> String {
        fields::label(&self.title)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    slug: Text,
    title: Text,
    ask: List,
    tags: List,
    spheres: List,
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    see: List,
    checklist: Text,
    course: Text,
}

/// A text file with a TOML header, taken apart.
pub(crate) struct Page<'a> {
    pub(crate) header: &'a str,
    pub(crate) body: &'a str,
    /// The line at which the body begins, from 1.
    pub(crate) body_line: usize,
}

/// Splits `+++`, header, `+++`, body.
pub(crate) fn split(text: &str) -> Option<Page<'_>> {
    let rest = text.strip_prefix(FENCE)?.trim_start_matches(['\r', ' ', '\t']).strip_prefix('\n')?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == FENCE {
            let body = &rest[at + line.len()..];
            let body_line = line_at(text, text.len() - body.len());
            return Some(Page { header: &rest[..at], body, body_line });
        }
        at += line.len();
    }
    None
}

/// Reads a guide; what is wrong goes to `notes`, which must hold the page's header.
pub(crate) fn parse(
    notes: &mut Notes<'_>,
    page: &Page<'_>,
    category: &str,
    stem: &str,
    today: Date,
) -> Option<Guide> {
    let raw: Header = fields::read(notes)?;
    let Header { sources, own, reviewed, review_by, .. } = raw;
    let (answer, cards, variants) = body(notes, page);
    let guide = Guide {
        slug: fields::id(notes, "slug", raw.slug, stem),
        category: category.to_owned(),
        title: fields::text(notes, "title", raw.title, TITLE),
        ask: fields::list(notes, "ask", raw.ask, 200),
        tags: fields::list(notes, "tags", raw.tags, 60),
        spheres: fields::spheres(notes, raw.spheres),
        review: fields::review(notes, RawReview { sources, own, reviewed, review_by }, today),
        see: fields::references(notes, "see", Kind::Guide, raw.see),
        checklist: raw.checklist.map(|c| fields::reference(notes, "checklist", Kind::Checklist, c)),
        course: raw.course.map(|c| fields::reference(notes, "course", Kind::Course, c)),
        answer,
        cards,
        variants,
    };
    if guide.ask.is_empty() {
        notes.error(None, "нет поля «ask»: напишите хотя бы один другой способ спросить");
    }
    if guide.see.contains(&guide.slug) {
        notes.error(None, "see указывает на саму себя");
    }
    Some(guide)
}

/// The answer, the cards and what single spheres read.
fn body(notes: &mut Notes<'_>, page: &Page<'_>) -> (String, Vec<Card>, Vec<Variant>) {
    let (parts, variants) = body::parts(notes, page.body, page.body_line);
    let mut answer = String::new();
    let mut cards = Vec::new();
    for (at, Part { title, line, text }) in parts.into_iter().enumerate() {
        let what = title.as_ref().map_or_else(|| "ответ".to_owned(), |t| format!("карточка «{t}»"));
        if text.is_empty() && !variants.iter().any(|v| v.part == at && v.instead) {
            notes.error(Some(line), format!("{what}: нет текста"));
        }
        fits(notes, line, &what, &text);
        match title {
            None => answer = text,
            Some(title) => {
                if title.is_empty() {
                    notes.error(Some(line), "у карточки нет названия");
                }
                fields::fits(notes, Some(line), "название карточки (это подпись кнопки)", &title, LABEL);
                cards.push(Card { title, text });
            }
        }
    }
    if cards.len() > CARDS {
        notes.error(None, format!("карточек {}, помещается {CARDS}", cards.len()));
    }
    (answer, cards, variants)
}

fn fits(notes: &mut Notes<'_>, line: usize, what: &str, text: &str) {
    fields::fits(notes, Some(line), what, text, BODY);
}

/// Notes the marks of Markdown: VK shows them as they are.
pub(crate) fn plain(notes: &mut Notes<'_>, line: usize, text: &str) {
    let heading = text.trim_start_matches('#');
    let heading = heading.len() < text.len() && heading.starts_with(' ');
    let mark = ["**", "__", "](", "`"].into_iter().find(|mark| text.contains(mark));
    if heading {
        notes.error(
            Some(line),
            "заголовок: бывают только «## Подробнее: название», «## Для: сфера» и «## Вместо: сфера»",
        );
    } else if let Some(mark) = mark {
        notes.error(Some(line), format!("разметка «{mark}»: ВКонтакте покажет её как есть, пишите без неё"));
    }
}
