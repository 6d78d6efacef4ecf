use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    fields::{self, List, RawReview, RawSource, Review, TITLE, Text},
    problem::{Kind, Notes},
};
use crate::domain::Sphere;

const ABOUT: usize = 400;

/// What kind of learning a course is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CourseKind {
    /// A lesson inside the chat.
    Lesson,
    /// A course elsewhere.
    Course,
    /// A meeting online at a set time, or its recording.
    Webinar,
    /// Something to read.
    Reading,
}

/// For whom a course is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Those who begin.
    Start,
    /// Those who have run a page for a while.
    Grow,
}

/// One entry of the catalogue of courses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// The stable id, also the file's name.
    pub id: String,
    /// The name, at most 80 characters; [`Course::label`] fits a button.
    pub title: String,
    /// What it teaches, at most 400 characters.
    pub about: String,
    /// What kind of learning it is.
    pub kind: CourseKind,
    /// For whom it is.
    pub level: Level,
    /// Whom it concerns; empty means everybody.
    pub spheres: Vec<Sphere>,
    /// How long it takes.
    pub minutes: Option<u32>,
    /// Where it is, if not in the chat.
    pub url: Option<String>,
    /// Slugs of the guides it goes through.
    pub guides: Vec<String>,
    /// Sources and dates.
    pub review: Review,
    /// Its place among the others, smallest first.
    pub order: i64,
}

impl Course {
    /// The title cut to VK's 40 characters of a button, at a word's end.
    pub fn label(&self) -> String {
        fields::label(&self.title)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Text,
    title: Text,
    about: Text,
    kind: Text,
    level: Text,
    spheres: List,
    minutes: Option<u32>,
    url: Text,
    guides: List,
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    order: Option<i64>,
}

const KINDS: [(&str, CourseKind); 4] = [
    ("lesson", CourseKind::Lesson),
    ("course", CourseKind::Course),
    ("webinar", CourseKind::Webinar),
    ("reading", CourseKind::Reading),
];
const LEVELS: [(&str, Level); 2] = [("start", Level::Start), ("grow", Level::Grow)];

/// Reads a course; what is wrong goes to `notes`, which must hold the whole file.
pub(crate) fn parse(notes: &mut Notes<'_>, stem: &str, today: Date) -> Option<Course> {
    let raw: Raw = fields::read(notes)?;
    let Raw { sources, own, reviewed, review_by, .. } = raw;
    if raw.order.is_none() {
        notes.error(None, "нет поля «order»: место в каталоге");
    }
    let id = fields::id(notes, "id", raw.id, stem);
    let title = fields::text(notes, "title", raw.title, TITLE);
    let about = fields::text(notes, "about", raw.about, ABOUT);
    let kind = fields::choice(notes, "kind", raw.kind, &KINDS);
    let level = fields::choice(notes, "level", raw.level, &LEVELS);
    let spheres = fields::spheres(notes, raw.spheres);
    let url = fields::url(notes, raw.url);
    let guides = fields::references(notes, "guides", Kind::Guide, raw.guides);
    let review = fields::review(notes, RawReview { sources, own, reviewed, review_by }, today);
    if url.is_none() && guides.is_empty() {
        notes.error(None, "нечего открыть: нужен url или guides");
    }
    Some(Course {
        id,
        title,
        about,
        kind: kind?,
        level: level?,
        spheres,
        minutes: raw.minutes,
        url,
        guides,
        review,
        order: raw.order.unwrap_or_default(),
    })
}
