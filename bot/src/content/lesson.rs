use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    body,
    fields::{self, LABEL, List, RawReview, RawSource, Review, Text},
    guide::plain,
    problem::{Kind, Notes},
};
use crate::domain::Sphere;

/// The most characters in «о чём».
const ABOUT: usize = 200;
/// The most characters of a card: a phone shows them without scrolling.
const CARD: usize = 700;
const ASK: usize = 250;
const WHY: usize = 300;
const CARDS: std::ops::RangeInclusive<usize> = 3..=5;
/// From the least that makes a quiz to the most an editor keeps in order.
const QUESTIONS: std::ops::RangeInclusive<usize> = ASKED..=12;
/// The questions of one try.
pub const ASKED: usize = 3;
/// Each option is a row of an inline keyboard of at most six, beside the row home.
const OPTIONS: std::ops::RangeInclusive<usize> = 2..=4;

/// A lesson of a few minutes inside the chat: cards to read, then three questions of those it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The stable id, also the file's name.
    pub id: String,
    /// The name, at most 40 characters: it is a button.
    pub title: String,
    /// What it teaches, at most 200 characters.
    pub about: String,
    /// Its place among the others, smallest first.
    pub order: i64,
    /// How long it takes.
    pub minutes: u32,
    /// Whom it concerns; empty means everybody.
    pub spheres: Vec<Sphere>,
    /// The slug of the guide that tells more.
    pub guide: Option<String>,
    /// Sources and dates.
    pub review: Review,
    /// Three to five, plain text of at most 700 characters each.
    pub cards: Vec<String>,
    /// Three to twelve, of which a try asks [`ASKED`].
    pub questions: Vec<Question>,
}

/// A question of a [`Lesson`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The stable id, unique in its lesson.
    pub id: String,
    /// What is asked, at most 250 characters.
    pub text: String,
    /// Two to four answers, at most 40 characters each: they are buttons.
    pub options: Vec<String>,
    /// Which of them is right, from 0.
    pub right: usize,
    /// Why, at most 300 characters.
    pub why: String,
    /// What the answer rests on; `None` is our own advice.
    pub source: Option<String>,
}

impl Lesson {
    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|q| q.id == id)
    }

    /// The questions of a try, after so many whole ones before it: first those that were answered in it, in that order, then
    /// others in turn, so that a lesson with twice as many as are asked repeats none in the try after.
    pub fn drawn<'b>(&self, tries: u16, answered: impl Iterator<Item = &'b str>) -> Vec<&Question> {
        let n = self.questions.len();
        let mut drawn: Vec<&Question> = answered.filter_map(|id| self.question(id)).collect();
        let from = usize::from(tries) * ASKED;
        for question in (0..n).filter_map(|k| self.questions.get((from + k) % n)) {
            if drawn.len() < ASKED && !drawn.iter().any(|q| q.id == question.id) {
                drawn.push(question);
            }
        }
        drawn
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Text,
    title: Text,
    about: Text,
    order: Option<i64>,
    minutes: Option<u32>,
    spheres: List,
    guide: Text,
    sources: Option<Vec<Spanned<RawSource>>>,
    own: Option<bool>,
    reviewed: Option<Spanned<Datetime>>,
    review_by: Option<Spanned<Datetime>>,
    card: Option<Vec<Spanned<RawCard>>>,
    question: Option<Vec<Spanned<RawQuestion>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCard {
    text: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuestion {
    id: Text,
    text: Text,
    option: Option<Vec<Spanned<RawOption>>>,
    why: Text,
    source: Text,
    own: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOption {
    text: Text,
    #[serde(default)]
    right: bool,
}

/// Reads a lesson; what is wrong goes to `notes`, which must hold the whole file.
pub(crate) fn parse(notes: &mut Notes<'_>, stem: &str, today: Date) -> Option<Lesson> {
    let raw: Raw = fields::read(notes)?;
    let Raw { sources, own, reviewed, review_by, .. } = raw;
    if raw.order.is_none() {
        notes.error(None, "нет поля «order»: место среди других уроков");
    }
    if raw.minutes.is_none_or(|m| m == 0) {
        notes.error(None, "нет поля «minutes»: сколько минут займёт урок");
    }
    let id = fields::id(notes, "id", raw.id, stem);
    let title = fields::text(notes, "title", raw.title, LABEL);
    let about = fields::text(notes, "about", raw.about, ABOUT);
    let spheres = fields::spheres(notes, raw.spheres);
    let guide = raw.guide.map(|g| fields::reference(notes, "guide", Kind::Guide, g));
    let review = fields::review(notes, RawReview { sources, own, reviewed, review_by }, today);
    let cards = cards(notes, raw.card.unwrap_or_default());
    let questions = questions(notes, raw.question.unwrap_or_default(), &review);
    Some(Lesson {
        id,
        title,
        about,
        order: raw.order.unwrap_or_default(),
        minutes: raw.minutes.unwrap_or_default(),
        spheres,
        guide,
        review,
        cards,
        questions,
    })
}

fn cards(notes: &mut Notes<'_>, raw: Vec<Spanned<RawCard>>) -> Vec<String> {
    if !CARDS.contains(&raw.len()) {
        let (least, most) = (CARDS.start(), CARDS.end());
        notes.error(None, format!("карточек {}, бывает от {least} до {most}", raw.len()));
    }
    raw.into_iter()
        .map(|card| {
            let line = notes.line(&card.span());
            let text = fields::text(notes, "card.text", card.into_inner().text, CARD);
            text.lines().for_each(|part| plain(notes, line, part));
            body::placeholders(notes, line, &text, &body::OF_NORM);
            text
        })
        .collect()
}

fn questions(notes: &mut Notes<'_>, raw: Vec<Spanned<RawQuestion>>, review: &Review) -> Vec<Question> {
    if !QUESTIONS.contains(&raw.len()) {
        let (least, most) = (QUESTIONS.start(), QUESTIONS.end());
        notes.error(None, format!("вопросов {}, бывает от {least} до {most}", raw.len()));
    }
    let mut questions: Vec<Question> = Vec::new();
    for question in raw {
        let line = Some(notes.line(&question.span()));
        let raw = question.into_inner();
        let id = fields::text(notes, "question.id", raw.id, 40);
        fields::well_formed(notes, line, &id);
        if questions.iter().any(|q| q.id == id) {
            notes.error(line, format!("вопрос «{id}» уже есть в этом уроке"));
        }
        let text = fields::text(notes, "question.text", raw.text, ASK);
        let why = fields::text(notes, "question.why", raw.why, WHY);
        let source = fields::optional(notes, "question.source", raw.source, 300);
        match &source {
            Some(named) if !review.sources.iter().any(|s| s.title == *named) => {
                notes.error(line, format!("вопрос «{id}»: источника «{named}» нет среди sources урока"));
            }
            None if raw.own != Some(true) => {
                notes.error(line, format!("вопрос «{id}»: нет источника; если это наш совет, own = true"));
            }
            _ => {}
        }
        let options = raw.option.unwrap_or_default();
        let right: Vec<usize> = (0..options.len()).filter(|n| options[*n].as_ref().right).collect();
        if !OPTIONS.contains(&options.len()) {
            let (least, most) = (OPTIONS.start(), OPTIONS.end());
            notes.error(
                line,
                format!("вопрос «{id}»: ответов {}, бывает от {least} до {most}", options.len()),
            );
        }
        if right.len() != 1 {
            notes.error(line, format!("вопрос «{id}»: верных ответов {}, нужен ровно один", right.len()));
        }
        let options: Vec<String> = options
            .into_iter()
            .map(|o| fields::text(notes, "option.text", o.into_inner().text, LABEL))
            .collect();
        if (1..options.len()).any(|n| options[..n].contains(&options[n])) {
            notes.error(line, format!("вопрос «{id}»: два одинаковых ответа"));
        }
        let right = right.first().copied().unwrap_or_default();
        questions.push(Question { id, text, options, right, why, source });
    }
    questions
}
