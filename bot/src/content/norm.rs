use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    fields::{self, RawReview, RawSource, Review, TITLE, Text},
    problem::{Kind, Notes},
};
/// Things that points can be given for.
pub use crate::domain::page::Aspect as What;
use crate::domain::page::PageClass;

/// The id of the norm that holds where the config chooses none.
pub const DEFAULT: &str = "open";
/// All the points of a formula together.
pub(crate) const POINTS: u8 = 100;
/// More posts a week than anybody asks for is a slip of the pen.
const POSTS: u8 = 50;
const ANSWER: usize = 60;
/// A working day: where a norm says nothing, an answer comes within it.
const ANSWER_HOURS: u16 = 8;

/// What a region asks of its pages, and how a page is scored by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Norm {
    /// Id, equal to the file's name; the config chooses a norm by it.
    pub id: String,
    /// Whose norm it is.
    pub title: String,
    /// The least number of posts in seven days.
    pub posts_a_week: u8,
    /// The least number for pages of other classes, where the region tells them apart.
    pub classes: Option<Classes>,
    /// When a question of a reader gets its first answer, in words that follow «отвечаем …».
    pub first_answer: String,
    /// A reader's question has waited long after so many hours.
    pub reader_hours: u16,
    /// Within so many working hours a curator answers an administrator's question.
    pub answer_hours: u16,
    /// What points are given for.
    pub formula: Formula,
    /// What it rests on.
    pub review: Review,
}

/// Posts in seven days that are asked of pages of a class of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classes {
    /// Of a flagship.
    pub flagship: u8,
    /// Of a visiting card.
    pub card: u8,
}

impl Norm {
    /// The posts in seven days that are asked of a page of a class.
    pub fn asked(&self, class: PageClass) -> u8 {
        match (class, self.classes) {
            (PageClass::Flagship, Some(classes)) => classes.flagship,
            (PageClass::Card, Some(classes)) => classes.card,
            (PageClass::Active, _) | (_, None) => self.posts_a_week,
        }
    }

    /// The norm as it holds for pages of a class.
    #[must_use]
    pub fn of_class(&self, class: PageClass) -> Self {
        Self { posts_a_week: self.asked(class), ..self.clone() }
    }
}

/// What points are given for; together they are 100.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// A page with fewer subscribers is not scored.
    pub least_members: u32,
    /// A page whose first known post is younger, in days, is not scored.
    pub least_days: u16,
    /// From so many points a page is green.
    pub green: u8,
    /// From so many points a page is yellow; below it is red.
    pub yellow: u8,
    /// The parts, in the order they are told.
    pub parts: Vec<Part>,
}

/// One thing that points are given for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The thing.
    pub what: What,
    /// The most points for it.
    pub points: u8,
    /// How many minutes of one person's work mend it.
    pub minutes: u16,
    /// For [`What::Views`]: over so many percent, so many points; ascending.
    pub steps: Vec<Step>,
}

/// Over `over` percent there are `points`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Percent that must be exceeded.
    pub over: u16,
    /// Points for that.
    pub points: u8,
}

/// A norm as its file tells it: with its own formula, or with the id of the norm whose formula it takes.
#[derive(Debug)]
pub(crate) struct Draft {
    norm: Norm,
    like: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Text,
    title: Text,
    like: Option<Spanned<String>>,
    posts_a_week: Option<Spanned<u8>>,
    classes: Option<Spanned<Classes>>,
    first_answer: Text,
    answer_hours: Option<Spanned<u16>>,
    reader_hours: Option<Spanned<u16>>,
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    sample: Option<RawSample>,
    zones: Option<Spanned<RawZones>>,
    part: Option<Vec<Spanned<RawPart>>>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSample {
    members: u32,
    days: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawZones {
    green: u8,
    yellow: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    what: Text,
    points: u8,
    minutes: u16,
    #[serde(default)]
    steps: Vec<Step>,
}

/// Reads a norm; what is wrong goes to `notes`, which must hold the whole file.
pub(crate) fn parse(notes: &mut Notes<'_>, stem: &str, today: Date) -> Option<Draft> {
    let raw: Raw = fields::read(notes)?;
    let Raw { sources, own, reviewed, review_by, .. } = raw;
    let id = fields::id(notes, "id", raw.id, stem);
    let title = fields::text(notes, "title", raw.title, TITLE);
    let posts_a_week = raw.posts_a_week.map_or(0, |posts| {
        if !(1..=POSTS).contains(posts.as_ref()) {
            let line = Some(notes.line(&posts.span()));
            notes.error(line, format!("posts_a_week = {}: бывает от 1 до {POSTS}", posts.as_ref()));
        }
        posts.into_inner()
    });
    if posts_a_week == 0 {
        notes.error(None, "нет поля «posts_a_week»");
    }
    let classes = raw.classes.map(|classes| {
        let Classes { flagship, card } = *classes.as_ref();
        if !(1 <= card && card <= posts_a_week && posts_a_week <= flagship && flagship <= POSTS) {
            let line = Some(notes.line(&classes.span()));
            notes.error(line, format!("classes: нужно 1 ≤ card ≤ posts_a_week ≤ flagship ≤ {POSTS}"));
        }
        classes.into_inner()
    });
    let first_answer = fields::text(notes, "first_answer", raw.first_answer, ANSWER);
    let mut hours = |field: &str, hours: Option<Spanned<u16>>| {
        hours.map_or(ANSWER_HOURS, |hours| {
            if !(1..=80).contains(hours.as_ref()) {
                let line = Some(notes.line(&hours.span()));
                notes.error(line, format!("{field} = {}: бывает от 1 до 80", hours.as_ref()));
            }
            hours.into_inner()
        })
    };
    let answer_hours = hours("answer_hours", raw.answer_hours);
    let reader_hours = hours("reader_hours", raw.reader_hours);
    let review = fields::review(notes, RawReview { sources, own, reviewed, review_by }, today);
    let like = raw.like.map(|like| fields::reference(notes, "like", Kind::Norm, like));
    let formula = match (&like, raw.part) {
        (None, Some(parts)) => formula(notes, raw.sample.unwrap_or_default(), raw.zones?, parts),
        (Some(_), None) => {
            Formula { least_members: 0, least_days: 0, green: 0, yellow: 0, parts: Vec::new() }
        }
        _ => {
            notes.error(None, "нужно одно из двух: части формулы [[part]] или like = «чужая норма»");
            return None;
        }
    };
    Some(Draft {
        norm: Norm {
            id,
            title,
            posts_a_week,
            classes,
            first_answer,
            reader_hours,
            answer_hours,
            formula,
            review,
        },
        like,
    })
}

fn formula(
    notes: &mut Notes<'_>,
    sample: RawSample,
    zones: Spanned<RawZones>,
    raw: Vec<Spanned<RawPart>>,
) -> Formula {
    let line = Some(notes.line(&zones.span()));
    let RawZones { green, yellow } = zones.into_inner();
    if !(1 <= yellow && yellow < green && green <= POINTS) {
        notes.error(line, format!("зоны: нужно 0 < yellow < green ≤ {POINTS}"));
    }
    let mut parts: Vec<Part> = Vec::new();
    for part in raw {
        let line = Some(notes.line(&part.span()));
        let RawPart { what, points, minutes, steps } = part.into_inner();
        let Some(what) = fields::choice(notes, "what", what, What::ALL) else { continue };
        if parts.iter().any(|p| p.what == what) {
            notes.error(line, format!("«{}» в этой формуле уже есть", what.slug()));
        }
        if points == 0 || minutes == 0 {
            notes.error(line, "points и minutes должны быть больше нуля");
        }
        let ascending = steps.windows(2).all(|w| w[0].over < w[1].over && w[0].points < w[1].points);
        let whole = steps.last().is_none_or(|last| last.points == points);
        if (what == What::Views) == steps.is_empty() || !ascending || !whole {
            notes.error(line, "steps нужны только для «views», растут и заканчиваются числом points");
        }
        parts.push(Part { what, points, minutes, steps });
    }
    let sum: u32 = parts.iter().map(|p| u32::from(p.points)).sum();
    if sum != u32::from(POINTS) {
        notes.error(None, format!("баллы вместе дают {sum}, а нужно {POINTS}"));
    }
    Formula { least_members: sample.members, least_days: sample.days, green, yellow, parts }
}

/// Gives the norms that take another's formula that formula; a name that has none of its own is told by file.
pub(crate) fn finish(drafts: &[Draft]) -> (Vec<Norm>, Vec<&str>) {
    let mut lost = Vec::new();
    let norms = drafts.iter().filter_map(|Draft { norm, like }| {
        let Some(like) = like else { return Some(norm.clone()) };
        let other = drafts.iter().find(|other| other.norm.id == *like && other.like.is_none());
        if other.is_none() {
            lost.push(norm.id.as_str());
        }
        Some(Norm { formula: other?.norm.formula.clone(), ..norm.clone() })
    });
    (norms.collect(), lost)
}
