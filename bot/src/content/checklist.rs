use std::collections::HashSet;

use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    body,
    fields::{self, LABEL, RawReview, RawSource, Review, Text},
    problem::{Kind, Notes},
};
use crate::domain::Day;

/// The most characters in «зачем» and «о чём».
const REMARK: usize = 200;
const STEP: usize = 120;
/// VK takes at most ten buttons in an inline keyboard; twenty steps make two screens.
const STEPS: usize = 20;

/// How often a checklist begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Done once and for all.
    Once,
    /// Every Monday.
    Weekly,
    /// Every month.
    Monthly,
    /// Every quarter.
    Quarterly,
    /// When something happens.
    Event,
}

impl Period {
    /// The first day of the round that this day is in; `None` if rounds do not begin by the calendar.
    pub fn start(self, day: Day) -> Option<Day> {
        let date = day.date();
        match self {
            Self::Weekly => Some(day.monday()),
            Self::Monthly => Some(date.first_of_month().into()),
            Self::Quarterly => {
                let month = date.month() - (date.month() - 1) % 3;
                Date::new(date.year(), month, 1).ok().map(Day::from)
            }
            Self::Once | Self::Event => None,
        }
    }
}

/// Whose work a checklist is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever runs a page.
    Admin,
    /// Whoever looks after many pages.
    Curator,
}

/// Who says that a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// The person herself.
    Own,
    /// The bot, by reading the page.
    Auto,
    /// The bot hints, the person decides.
    Hint,
    /// The curator.
    Curator,
}

/// A list of steps to tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// The stable id, also the file's name.
    pub id: String,
    /// The name, at most 40 characters: it is a button.
    pub title: String,
    /// What it is for, at most 200 characters.
    pub about: String,
    /// Its place among the others, smallest first.
    pub order: i64,
    /// How often it begins anew.
    pub period: Period,
    /// Whose work it is.
    pub audience: Audience,
    /// Sources and dates.
    pub review: Review,
    /// At least one, at most 20.
    pub steps: Vec<Step>,
    /// Steps that are not asked for any more; what was ticked of them is still shown as history.
    pub retired: Vec<Step>,
}

/// One step of a [`Checklist`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The stable id, unique in its checklist.
    pub id: String,
    /// What to do, at most 120 characters.
    pub text: String,
    /// Who says that it is done.
    pub check: Check,
    /// The slug of the guide that tells how.
    pub guide: Option<String>,
    /// Why it matters, at most 200 characters.
    pub why: Option<String>,
}

impl Checklist {
    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|s| s.id == id)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Text,
    title: Text,
    about: Text,
    order: Option<i64>,
    period: Text,
    r#for: Text,
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    step: Option<Vec<Spanned<RawStep>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    id: Text,
    text: Text,
    check: Text,
    guide: Text,
    why: Text,
    #[serde(default)]
    retired: bool,
}

const PERIODS: [(&str, Period); 5] = [
    ("once", Period::Once),
    ("weekly", Period::Weekly),
    ("monthly", Period::Monthly),
    ("quarterly", Period::Quarterly),
    ("event", Period::Event),
];
const AUDIENCES: [(&str, Audience); 2] = [("admin", Audience::Admin), ("curator", Audience::Curator)];
const CHECKS: [(&str, Check); 4] =
    [("self", Check::Own), ("auto", Check::Auto), ("hint", Check::Hint), ("curator", Check::Curator)];

/// Reads a checklist; what is wrong goes to `notes`, which must hold the whole file.
pub(crate) fn parse(notes: &mut Notes<'_>, stem: &str, today: Date) -> Option<Checklist> {
    let raw: Raw = fields::read(notes)?;
    let Raw { sources, own, reviewed, review_by, .. } = raw;
    if raw.order.is_none() {
        notes.error(None, "нет поля «order»: место среди других чек-листов");
    }
    let audience =
        raw.r#for.map_or(Some(Audience::Admin), |a| fields::choice(notes, "for", Some(a), &AUDIENCES));
    let id = fields::id(notes, "id", raw.id, stem);
    let title = fields::text(notes, "title", raw.title, LABEL);
    let about = fields::text(notes, "about", raw.about, REMARK);
    let period = fields::choice(notes, "period", raw.period, &PERIODS);
    let review = fields::review(notes, RawReview { sources, own, reviewed, review_by }, today);
    let (retired, steps): (Vec<_>, Vec<_>) =
        raw.step.unwrap_or_default().into_iter().partition(|step| step.as_ref().retired);
    let count = steps.len();
    if !(1..=STEPS).contains(&count) {
        notes.error(None, format!("шагов {count}, бывает от 1 до {STEPS}"));
    }
    let mut ids = HashSet::new();
    let (steps, retired) = (self::steps(notes, steps, &mut ids), self::steps(notes, retired, &mut ids));
    Some(Checklist {
        id,
        title,
        about,
        order: raw.order.unwrap_or_default(),
        period: period?,
        audience: audience?,
        review,
        steps: steps?,
        retired: retired?,
    })
}

fn steps(notes: &mut Notes<'_>, raw: Vec<Spanned<RawStep>>, ids: &mut HashSet<String>) -> Option<Vec<Step>> {
    let count = raw.len();
    let mut steps: Vec<Step> = Vec::new();
    for step in raw {
        let at = notes.line(&step.span());
        let line = Some(at);
        let step = step.into_inner();
        let id = fields::text(notes, "step.id", step.id, 40);
        fields::well_formed(notes, line, &id);
        if !ids.insert(id.clone()) {
            notes.error(line, format!("шаг «{id}» уже есть в этом чек-листе"));
        }
        let text = fields::text(notes, "step.text", step.text, STEP);
        body::placeholders(notes, at, &text, &body::OF_NORM);
        let check = fields::choice(notes, "step.check", step.check, &CHECKS);
        let guide = step.guide.map(|g| fields::reference(notes, "step.guide", Kind::Guide, g));
        let why = fields::optional(notes, "step.why", step.why, REMARK);
        if let Some(check) = check {
            steps.push(Step { id, text, check, guide, why });
        }
    }
    (steps.len() == count).then_some(steps)
}
