use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    fields::{self, RawReview, RawSource, Text},
    problem::Notes,
};
use crate::domain::{Sphere, text};

/// A title is read in a list of three on a phone.
const TITLE: usize = 60;
const IDEA: usize = 300;
const BODY: usize = 700;
/// Four weeks of three ideas each before one comes again.
const IDEAS: usize = 12;
const TEMPLATES: usize = 5;

/// Something to post about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idea {
    /// What it is, at most 60 characters.
    pub title: String,
    /// What to photograph or write and why people care, at most 300 characters.
    pub text: String,
}

/// A post ready but for its blanks in square brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is for, at most 60 characters.
    pub title: String,
    /// The post, at most 700 characters, with at least one «[…]» to fill in.
    pub body: String,
}

/// What one sphere can post.
#[derive(Debug)]
pub(crate) struct OfSphere {
    pub(crate) sphere: Sphere,
    pub(crate) ideas: Vec<Idea>,
    pub(crate) templates: Vec<Template>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    sphere: Text,
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    idea: Option<Vec<Spanned<RawIdea>>>,
    template: Option<Vec<Spanned<RawTemplate>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIdea {
    title: Text,
    text: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTemplate {
    title: Text,
    body: Text,
}

/// Reads the ideas of a sphere; what is wrong goes to `notes`, which must hold the whole file.
pub(crate) fn parse(notes: &mut Notes<'_>, stem: &str, today: Date) -> Option<OfSphere> {
    let raw: Raw = fields::read(notes)?;
    let Raw { sources, own, reviewed, review_by, idea, template, .. } = raw;
    let line = raw.sphere.as_ref().map(|s| notes.line(&s.span()));
    let slug = fields::id(notes, "sphere", raw.sphere, stem);
    let sphere = Sphere::ALL.into_iter().find(|s| s.slug() == slug);
    if sphere.is_none() {
        let known = Sphere::ALL.map(Sphere::slug).join(", ");
        notes.error(line, format!("неизвестная сфера «{slug}»; бывают: {known}"));
    }
    fields::review(notes, RawReview { sources, own, reviewed, review_by }, today);
    let mut ideas: Vec<Idea> = Vec::new();
    for raw in idea.unwrap_or_default() {
        let line = notes.line(&raw.span());
        let raw = raw.into_inner();
        let title = fields::text(notes, "idea.title", raw.title, TITLE);
        new_title(notes, line, &title, ideas.iter().map(|i| i.title.as_str()));
        let text = fields::text(notes, "idea.text", raw.text, IDEA);
        ideas.push(Idea { title, text });
    }
    let mut templates: Vec<Template> = Vec::new();
    for raw in template.unwrap_or_default() {
        let line = notes.line(&raw.span());
        let raw = raw.into_inner();
        let title = fields::text(notes, "template.title", raw.title, TITLE);
        new_title(notes, line, &title, templates.iter().map(|t| t.title.as_str()));
        let body_line = raw.body.as_ref().map(|b| notes.line(&b.span()));
        let body = fields::text(notes, "template.body", raw.body, BODY);
        if !has_blanks(&body) {
            notes.error(body_line, "в заготовке нужны пропуски вида [дата], и каждая скобка закрыта");
        }
        templates.push(Template { title, body });
    }
    enough(notes, "идей", ideas.len(), IDEAS);
    enough(notes, "заготовок", templates.len(), TEMPLATES);
    Some(OfSphere { sphere: sphere?, ideas, templates })
}

fn new_title<'t>(notes: &mut Notes<'_>, line: usize, title: &str, mut others: impl Iterator<Item = &'t str>) {
    if others.any(|other| text::folded(other) == text::folded(title)) {
        notes.error(Some(line), format!("«{title}» в этом файле уже есть"));
    }
}

/// Whether there is at least one «[…]», none is empty or nested, and VK will not read one as a mention.
fn has_blanks(body: &str) -> bool {
    let mut parts = body.split('[');
    let sound = |part: &str| {
        part.split_once(']').is_some_and(|(blank, rest)| {
            !blank.trim().is_empty() && !blank.contains('|') && !rest.contains(']')
        })
    };
    parts.next().is_some_and(|before| !before.contains(']')) && body.contains('[') && parts.all(sound)
}

fn enough(notes: &mut Notes<'_>, what: &str, count: usize, least: usize) {
    if count < least {
        notes.error(None, format!("{what} {count}, а нужно не меньше {least}"));
    }
}
