use super::{Action, Choice, Screen, Talk, asked, checklists, courses, ideas, links, menu};
use crate::{
    content::{Guide, Review},
    domain::{Form, How, text},
    search::Outcome,
};

/// Small talk that is answered as a person would; the words are in the phrases `small-…`.
const SMALL_TALK: [&str; 4] = ["hello", "thanks", "bye", "bot"];
/// Rows of buttons that VK takes below a message.
const ROWS: usize = 6;
/// The most characters of a question that are looked at.
const QUESTION: usize = 1_000;

/// Invites a question.
pub(super) fn open(talk: &mut Talk<'_>) {
    talk.form(Some(Form::Question));
    talk.show(
        Screen::text(talk.t("ask-title"))
            .row([talk.choice("draft", Action::Draft), ideas::button(talk)])
            .row([menu::cancel_button(talk)]),
    );
}

/// Answers a question, offers what may be meant, or says that it does not know.
pub(super) fn question(talk: &mut Talk<'_>, typed: &str) {
    talk.form(None);
    if let Some(kind) = small_talk(talk, typed) {
        return outside(talk, kind);
    }
    if said(talk, "small-ideas", typed) {
        return ideas::open(talk, 0, false, None);
    }
    let asked: String = typed.chars().take(QUESTION).collect();
    let found = talk.content().index().find(&asked);
    let mark = asked::begin(talk, &asked);
    match found.outcome {
        Outcome::Answer(slug) => {
            guide(talk, &slug, 0, &Origin { question: Some(mark), ..Origin::default() });
        }
        Outcome::Maybe(slugs) => {
            asked::keep(talk, How::Unsure);
            let mut screen = Screen::text(talk.t("ask-maybe"));
            for guide in slugs.iter().filter_map(|slug| talk.content().guide(slug)) {
                let action =
                    Action::Guide { g: guide.slug.clone(), n: 0, c: None, k: None, l: None, q: Some(mark) };
                screen = screen.row([Choice::new(&guide.title, action)]);
            }
            let mut row = vec![menu::home(talk)];
            if talk.scene().staffed {
                row.insert(0, talk.choice("ask-other", Action::AskCurator { q: mark }));
            }
            talk.say(screen.row(row));
        }
        Outcome::Nothing => match found.outside.as_deref() {
            Some(topic) if talk.content().texts().has(&format!("outside-{topic}")) => outside(talk, topic),
            _ => {
                asked::keep(talk, How::Unknown);
                let screen = asked::offer(talk, Screen::text(talk.t("ask-nothing")), mark);
                talk.say(screen.row([talk.choice("ask-again", Action::Ask), menu::home(talk)]));
            }
        },
    }
}

/// The whole text is a greeting or «Начать».
pub(super) fn greets(talk: &Talk<'_>, typed: &str) -> bool {
    said(talk, "small-hello", typed) || text::folded(&talk.t("word-start")) == text::folded(typed)
}

/// The kind of small talk that the whole text is.
pub(super) fn small_talk(talk: &Talk<'_>, typed: &str) -> Option<&'static str> {
    SMALL_TALK.into_iter().find(|kind| said(talk, &format!("small-{kind}"), typed))
}

/// Whether the whole text is one of a phrase's variants.
fn said(talk: &Talk<'_>, key: &str, typed: &str) -> bool {
    let folded = text::folded(typed);
    talk.t(key).split('|').any(|words| words == folded)
}

/// What is said to what no guide is about: what the bot does itself is one press away.
fn outside(talk: &mut Talk<'_>, topic: &str) {
    let text = talk.t(&format!("outside-{topic}"));
    let (label, action) = links::named(topic).unwrap_or(("ask-again", Action::Ask));
    talk.say(Screen::text(text).row([talk.choice(label, action), menu::home(talk)]));
}

/// Where a guide was opened from: its buttons lead back there.
#[derive(Default)]
pub(super) struct Origin {
    /// A checklist.
    pub(super) list: Option<String>,
    /// A course.
    pub(super) course: Option<String>,
    /// A lesson.
    pub(super) lesson: Option<String>,
    /// The mark of a question that it answers.
    pub(super) question: Option<u32>,
}

/// A part of a guide: its answer (0) or one of its cards.
pub(super) fn guide(talk: &mut Talk<'_>, slug: &str, part: usize, from: &Origin) {
    let Some(guide) = talk.content().guide(slug) else {
        talk.toast(talk.t("stale-button"));
        return menu::open(talk);
    };
    if part == guide.cards.len() + 1 && !guide.review.sources.is_empty() {
        let screen = Screen::text(sources(talk, guide));
        let screen = parts(talk, screen, guide, part, from);
        return talk.show(screen);
    }
    let title = match part.checked_sub(1).and_then(|i| guide.cards.get(i)) {
        Some(card) => format!("{} — {}", guide.title, card.title),
        None => guide.title.clone(),
    };
    let body = guide.says(part, talk.person.sphere, talk.norm().as_deref());
    let source = source(talk, &guide.review);
    let screen = Screen::text(format!("{title}\n\n{body}\n\n{source}"));
    let screen = parts(talk, screen, guide, part, from);
    talk.show(screen);
}

/// Where the facts of an answer come from and when they were looked at; with a warning if that was to be done again.
fn source(talk: &Talk<'_>, review: &Review) -> String {
    let written = |date: jiff::civil::Date| date.strftime("%d.%m.%Y").to_string();
    let date = written(review.reviewed);
    let told = match review.sources.split_first() {
        Some((source, more)) => {
            let title = source.title.clone();
            let args = [("title", title.into()), ("more", more.len().into()), ("date", date.into())];
            talk.f(if review.own { "source-both" } else { "source" }, &args)
        }
        None => talk.f("source-own", &[("date", date.into())]),
    };
    if talk.today().date() <= review.review_by {
        return told;
    }
    format!("{told}\n{}", talk.f("source-old", &[("date", written(review.review_by).into())]))
}

/// All that an answer rests on, with the addresses: VK makes links of them.
fn sources(talk: &Talk<'_>, guide: &Guide) -> String {
    let written = |date: jiff::civil::Date| date.strftime("%d.%m.%Y").to_string();
    let review = &guide.review;
    let mut text = format!("{}\n{}", talk.t("sources-title"), guide.title);
    if review.own {
        text = format!("{text}\n\n{}", talk.t("sources-own"));
    }
    for (i, source) in review.sources.iter().enumerate() {
        text = format!("{text}\n\n{}. {}", i + 1, source.title);
        if let Some(url) = &source.url {
            text = format!("{text}\n{url}");
        }
    }
    let args = [("date", written(review.reviewed).into()), ("until", written(review.review_by).into())];
    format!("{text}\n\n{}", talk.f("sources-date", &args))
}

fn parts(talk: &Talk<'_>, mut screen: Screen, guide: &Guide, part: usize, from: &Origin) -> Screen {
    let to = |n| Action::Guide {
        g: guide.slug.clone(),
        n,
        c: from.list.clone(),
        k: from.course.clone(),
        l: from.lesson.clone(),
        q: from.question,
    };
    if part > 0 {
        screen = screen.row([talk.choice("back-to-answer", to(0))]);
    }
    for (i, card) in guide.cards.iter().enumerate().filter(|(i, _)| i + 1 != part) {
        screen = screen.row([Choice::new(&card.title, to(i + 1))]);
    }
    // What is written for her sphere first; nothing that is written for another.
    let see = || guide.see.iter().filter_map(|slug| talk.content().guide(slug));
    let own = |g: &&Guide| talk.person.sphere.is_some_and(|s| g.spheres.contains(&s));
    let other = see().find(own).or_else(|| see().find(|g| g.spheres.is_empty()));
    let begins = part == 0 && from.list.is_none() && from.course.is_none() && from.lesson.is_none();
    if let Some(other) = other.filter(|_| begins) {
        let label = talk.f("see", &[("title", other.title.clone().into())]);
        let action =
            Action::Guide { g: other.slug.clone(), n: 0, c: None, k: None, l: None, q: from.question };
        screen = screen.row([Choice::new(label, action)]);
    }
    // With a row of its own if VK's six suffice: two are still to come.
    let mut teaches = courses::about(talk, guide).filter(|_| begins);
    if screen.rows.len() < ROWS - 2
        && let Some(course) = teaches.take()
    {
        let label = talk.f("guide-course", &[("title", course.title.clone().into())]);
        screen = screen.row([Choice::new(label, Action::Course { c: course.id.clone() })]);
    }
    let mut row = Vec::new();
    if let Some(q) = from.question {
        let word = |key, y| talk.choice(key, Action::Helped { g: guide.slug.clone(), y, q });
        row.extend([word("helped", true), word("not-helped", false)]);
    }
    let all = guide.cards.len() + 1;
    if part != all && !guide.review.sources.is_empty() {
        row.push(talk.choice("sources", to(all)));
    }
    screen = screen.row(row);
    let course = from.course.as_deref().and_then(|id| talk.content().course(id));
    let list =
        from.list.as_deref().or(guide.checklist.as_deref()).and_then(|id| talk.content().checklist(id));
    let lesson = from.lesson.as_deref().and_then(|id| talk.content().lesson(id));
    let back = if let Some(lesson) = lesson {
        let label = talk.f("to-lesson", &[("title", lesson.title.clone().into())]);
        Choice::new(label, Action::Lesson { l: lesson.id.clone() })
    } else if let Some(course) = course {
        let label = talk.f("to-course", &[("title", course.label().into())]);
        Choice::new(label, Action::Course { c: course.id.clone() })
    } else if let Some(list) = list {
        let label = talk.f("to-list", &[("title", list.title.clone().into())]);
        let p = checklists::page_with(list, &guide.slug);
        Choice::new(label, Action::List { c: list.id.clone(), p })
    } else {
        talk.choice("ask-again", Action::Ask)
    };
    let beside = teaches.map(|course| talk.choice("course", Action::Course { c: course.id.clone() }));
    screen.row([back].into_iter().chain(beside).chain([menu::home(talk)]))
}
