use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    fields::{self, List, RawReview, RawSource, Review, TITLE, Text},
    problem::{Kind, Notes},
};
use crate::domain::{Level, SEATS, Sphere};

const ABOUT: usize = 400;
const PLACE: usize = 200;
const TOWN: usize = 60;

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

/// A time at which a course is held, from which staff makes a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// When it begins, by the region's clock.
    pub starts: DateTime,
    /// How long it takes, if not as long as the course says.
    pub minutes: Option<u16>,
    /// Where it takes place, at most 200 characters.
    pub place: Option<String>,
    /// Where it is seen online.
    pub link: Option<String>,
    /// How many seats there are.
    pub seats: Option<u16>,
    /// Until when people enrol, by the region's clock.
    pub enrol_by: Option<DateTime>,
    /// The municipality it is for.
    pub municipality: Option<String>,
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
    /// When it is held, if it is in classes.
    pub runs: Vec<Run>,
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
    #[serde(default)]
    run: Vec<Spanned<RawRun>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRun {
    starts: Spanned<Datetime>,
    minutes: Option<u16>,
    place: Text,
    link: Text,
    seats: Option<u16>,
    enrol_by: Option<Spanned<Datetime>>,
    municipality: Text,
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
    let runs = raw.run.into_iter().filter_map(|run| parse_run(notes, run)).collect();
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
        runs,
    })
}

fn parse_run(notes: &mut Notes<'_>, run: Spanned<RawRun>) -> Option<Run> {
    let line = Some(notes.line(&run.span()));
    let run = run.into_inner();
    let starts = moment(notes, "starts", &run.starts);
    let enrol_by = run.enrol_by.as_ref().and_then(|by| moment(notes, "enrol_by", by));
    if let (Some(starts), Some(by)) = (starts, enrol_by)
        && by > starts
    {
        notes.error(line, "enrol_by позже, чем starts");
    }
    if run.seats.is_some_and(|seats| !(1..=SEATS).contains(&seats)) {
        notes.error(line, format!("seats: от 1 до {SEATS}; без ограничения — уберите это поле"));
    }
    if run.minutes.is_some_and(|minutes| !(10..=1_440).contains(&minutes)) {
        notes.error(line, "minutes: от 10 до 1440");
    }
    let place = fields::optional(notes, "place", run.place, PLACE);
    let link = fields::url(notes, run.link);
    let municipality = fields::optional(notes, "municipality", run.municipality, TOWN);
    if place.is_none() && link.is_none() {
        notes.error(line, "у занятия нет ни place, ни link");
    }
    let (minutes, seats) = (run.minutes, run.seats);
    Some(Run { starts: starts?, minutes, place, link, seats, enrol_by, municipality })
}

/// A day with a time and without a zone: the region's clock.
fn moment(notes: &mut Notes<'_>, field: &str, value: &Spanned<Datetime>) -> Option<DateTime> {
    let line = Some(notes.line(&value.span()));
    let value = value.as_ref();
    let read = value.to_string().parse::<DateTime>().ok();
    let read = read.filter(|_| value.date.is_some() && value.time.is_some() && value.offset.is_none());
    if read.is_none() {
        notes.error(line, format!("{field}: нужны день и время без пояса, например 2026-12-08T14:00:00"));
    }
    read
}
