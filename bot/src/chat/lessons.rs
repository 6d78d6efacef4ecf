//! Lessons of a few minutes: cards to read, three questions with explanations of those the lesson has, as many tries as she
//! likes.

use super::{Action, Choice, Screen, Talk, menu, short};
use crate::{
    content::{ASKED, Lesson, Question},
    domain::LessonMark,
};

/// Lessons a screen shows: one a row, with a row to turn pages.
const LESSONS: usize = 5;

/// What is meant for her, in order.
pub(super) fn mine<'a>(talk: &Talk<'a>) -> Vec<&'a Lesson> {
    let sphere = talk.person.sphere;
    let fits = |l: &&Lesson| l.spheres.is_empty() || sphere.is_none_or(|s| l.spheres.contains(&s));
    talk.content().lessons().iter().filter(fits).collect()
}

/// How many of her lessons she has gone through, and of how many.
pub(super) fn passed(talk: &Talk<'_>) -> (usize, usize) {
    let lessons = mine(talk);
    let done = |l: &&&Lesson| talk.progress.lesson(&l.id).is_some_and(|m| m.passed.is_some());
    (lessons.iter().filter(done).count(), lessons.len())
}

/// The way to the lessons, and back to the one she left in the middle.
pub(super) fn door(talk: &Talk<'_>) -> Choice {
    let open =
        mine(talk).into_iter().find(|l| talk.progress.lesson(&l.id).is_some_and(|m| m.passed.is_none()));
    match open {
        Some(lesson) => {
            let label = talk.f("lesson-go-on", &[("lesson", short(&lesson.title, 26).into())]);
            Choice::new(label, Action::Lesson { l: lesson.id.clone() })
        }
        None => talk.choice("lessons", Action::Lessons { p: 0 }),
    }
}

/// All lessons.
pub(super) fn all(talk: &mut Talk<'_>, page: usize) {
    let lessons = mine(talk);
    let pages = lessons.len().div_ceil(LESSONS).max(1);
    let page = page.min(pages - 1);
    let (done, of) = passed(talk);
    let mut screen = Screen::text(talk.f("lessons-title", &[("done", done.into()), ("of", of.into())]));
    for lesson in lessons.iter().skip(page * LESSONS).take(LESSONS) {
        let mark = match talk.progress.lesson(&lesson.id) {
            Some(mark) if mark.passed.is_some() => "✅ ",
            Some(_) => "▶ ",
            None => "",
        };
        let label = format!("{mark}{}", lesson.title);
        screen = screen.row([Choice::new(label, Action::Lesson { l: lesson.id.clone() })]);
    }
    let mut row = menu::pager(talk, page, pages, |p| Action::Lessons { p });
    row.extend([talk.choice("back", Action::Courses { p: 0, l: None }), menu::home(talk)]);
    talk.show(screen.row(row));
}

/// The way back to the page of lessons that this one is on, and the way home.
fn out(talk: &Talk<'_>, id: &str) -> [Choice; 2] {
    let p = mine(talk).iter().position(|lesson| lesson.id == id).unwrap_or_default() / LESSONS;
    [talk.choice("to-lessons", Action::Lessons { p }), menu::home(talk)]
}

/// The questions of her present try.
fn drawn<'a>(lesson: &'a Lesson, mark: &LessonMark) -> Vec<&'a Question> {
    lesson.drawn(mark.tries, mark.answers.iter().map(|(id, _)| id.as_str()))
}

fn find<'a>(talk: &mut Talk<'a>, id: &str) -> Option<&'a Lesson> {
    let found = talk.content().lesson(id);
    if found.is_none() {
        talk.toast(talk.t("stale-button"));
        all(talk, 0);
    }
    found
}

/// A lesson: what it is about, how it went, and on from where it was left.
pub(super) fn one(talk: &mut Talk<'_>, id: &str) {
    let Some(lesson) = find(talk, id) else { return };
    let minutes = talk.f("course-minutes", &[("minutes", lesson.minutes.into())]);
    let mut text = format!("{}\n{minutes}\n\n{}", lesson.title, lesson.about);
    let mark = talk.progress.lesson(id);
    let of = ASKED;
    if let Some(best) = mark.and_then(|m| m.best) {
        text = format!("{text}\n\n{}", talk.f("lesson-best", &[("right", best.into()), ("of", of.into())]));
    }
    let card = mark.map_or(0, |m| usize::from(m.card));
    let first = Action::Card { l: id.to_owned(), n: 0 };
    let mut screen = Screen::default();
    match mark {
        Some(mark) if mark.passed.is_some() => {
            screen = screen
                .row([talk.choice("lesson-reread", first)])
                .row([talk.choice("lesson-retry", Action::Retry { l: id.to_owned() })]);
        }
        Some(mark) if mark.answers.len() >= of => {
            screen = screen
                .row([talk.choice("lesson-retry", Action::Retry { l: id.to_owned() }).main()])
                .row([talk.choice("lesson-reread", first)]);
        }
        Some(mark) if card >= lesson.cards.len() || !mark.answers.is_empty() => {
            text = format!("{text}\n\n{}", talk.t("lesson-at-questions"));
            let on = talk.choice("lesson-continue", Action::Quiz { l: id.to_owned() }).main();
            screen = screen.row([on]).row([talk.choice("lesson-reread", first)]);
        }
        Some(_) if card > 0 => {
            let of = lesson.cards.len();
            let at = talk.f("lesson-at-card", &[("n", (card + 1).into()), ("of", of.into())]);
            text = format!("{text}\n\n{at}");
            let on = talk.choice("lesson-continue", Action::Card { l: id.to_owned(), n: card }).main();
            screen = screen.row([on]).row([talk.choice("lesson-reread", first)]);
        }
        _ => screen = screen.row([talk.choice("lesson-begin", first).main()]),
    }
    screen.text = text;
    talk.show(screen.row(out(talk, id)));
}

/// A card; where she is is kept.
pub(super) fn card(talk: &mut Talk<'_>, id: &str, n: usize) {
    let Some(lesson) = find(talk, id) else { return };
    let of = lesson.cards.len();
    let n = n.min(of.saturating_sub(1));
    let Some(text) = lesson.cards.get(n).map(|text| talk.normed(text)) else { return one(talk, id) };
    let mark = talk.progress.lesson_mut(id);
    if mark.answers.is_empty() {
        mark.card = u8::try_from(n).unwrap_or(u8::MAX);
    }
    let head = talk.f(
        "lesson-card",
        &[("lesson", lesson.title.clone().into()), ("n", (n + 1).into()), ("of", of.into())],
    );
    let mut row = Vec::new();
    if n > 0 {
        row.push(talk.choice("previous", Action::Card { l: id.to_owned(), n: n - 1 }));
    }
    row.push(if n + 1 < of {
        talk.choice("next", Action::Card { l: id.to_owned(), n: n + 1 }).main()
    } else {
        talk.choice("lesson-questions", Action::Quiz { l: id.to_owned() }).main()
    });
    let mut last = Vec::new();
    if let Some(guide) = lesson.guide.as_ref().filter(|_| n + 1 == of) {
        last.push(talk.choice(
            "lesson-guide",
            Action::Guide { g: guide.clone(), n: 0, c: None, k: None, l: Some(id.to_owned()), q: None },
        ));
    }
    last.extend(out(talk, id));
    talk.show(Screen::text(format!("{head}\n\n{text}")).row(row).row(last));
}

/// The first question without an answer in this try; the result once there is none.
pub(super) fn quiz(talk: &mut Talk<'_>, id: &str) {
    let Some(lesson) = find(talk, id) else { return };
    let mark = talk.progress.lesson_mut(id);
    mark.card = u8::try_from(lesson.cards.len()).unwrap_or(u8::MAX);
    let open = |q: &Question| !mark.answers.iter().any(|(answered, _)| *answered == q.id);
    let asked = drawn(lesson, mark);
    let Some((place, question)) = asked.iter().enumerate().find(|(_, q)| open(q)) else {
        return result(talk, lesson);
    };
    let head = talk.f("quiz-title", &[("n", (place + 1).into()), ("of", ASKED.into())]);
    let mut screen = Screen::text(format!("{head}\n\n{}", question.text));
    for (n, option) in question.options.iter().enumerate() {
        let action = Action::Answer { l: id.to_owned(), q: question.id.clone(), n };
        screen = screen.row([Choice::new(option, action)]);
    }
    talk.show(screen.row(out(talk, id)));
}

/// An answer: whether it is right, and why. A question is answered once in a try; a second press shows the same.
pub(super) fn answer(talk: &mut Talk<'_>, id: &str, question: &str, n: usize) {
    let Some(lesson) = find(talk, id) else { return };
    let Some(asked) = lesson.question(question).filter(|q| n < q.options.len()) else {
        talk.toast(talk.t("stale-button"));
        return quiz(talk, id);
    };
    let now = talk.now();
    let right = n == asked.right;
    let mark = talk.progress.lesson_mut(id);
    // A button of an earlier try tells once more why, and counts for nothing.
    let first = !mark.answers.iter().any(|(answered, _)| answered == question)
        && drawn(lesson, mark).iter().any(|q| q.id == question);
    if first {
        mark.answers.push((question.to_owned(), right));
        // A question that the lesson has no more counts for nothing.
        let answers: Vec<bool> =
            mark.answers.iter().filter(|(id, _)| lesson.question(id).is_some()).map(|(_, r)| *r).collect();
        if answers.len() == ASKED {
            let score = answers.iter().filter(|right| **right).count() as u8;
            mark.best = Some(mark.best.map_or(score, |best| best.max(score)));
            mark.tries = mark.tries.saturating_add(1);
            // Not one right answer is a reason to try again, not a lesson learnt.
            if score > 0 {
                mark.passed = mark.passed.or(Some(now));
            }
        }
    }
    let head = talk.t(if right { "quiz-right" } else { "quiz-wrong" });
    let mut text = format!("{head}\n\n{}", asked.text);
    if let Some(option) = asked.options.get(n).filter(|_| !right) {
        text = format!("{text}\n❌ {option}");
    }
    if let Some(option) = asked.options.get(asked.right) {
        text = format!("{text}\n✅ {option}");
    }
    text = format!("{text}\n\n{}", asked.why);
    if let Some(source) = &asked.source {
        text = format!("{text}\n\n{}", talk.f("quiz-source", &[("title", source.clone().into())]));
    }
    talk.toast(talk.t(if right { "quiz-right-toast" } else { "quiz-wrong-toast" }));
    let on = talk.choice("go-on", Action::Quiz { l: id.to_owned() }).main();
    talk.show(Screen::text(text).row([on]).row(out(talk, id)));
}

fn result(talk: &mut Talk<'_>, lesson: &Lesson) {
    let id = &lesson.id;
    let of = ASKED;
    let right = talk.progress.lesson(id).map_or(0, |m| m.answers.iter().filter(|(_, right)| *right).count());
    let word = match right {
        right if right == of => "quiz-all-right",
        0 => "quiz-none-right",
        _ => "quiz-some-right",
    };
    let count = talk.f("quiz-result", &[("right", right.into()), ("of", of.into())]);
    let mut text = format!("{}\n{count}\n\n{}", lesson.title, talk.t(word));
    if right < of && lesson.questions.len() > ASKED {
        text = format!("{text} {}", talk.t("quiz-others"));
    }
    let mut screen = Screen::text(text);
    if right < of {
        screen = screen
            .row([talk.choice("lesson-retry", Action::Retry { l: id.clone() }).main()])
            .row([talk.choice("lesson-reread", Action::Card { l: id.clone(), n: 0 })]);
    }
    if let Some(guide) = &lesson.guide {
        let more = Action::Guide { g: guide.clone(), n: 0, c: None, k: None, l: Some(id.clone()), q: None };
        screen = screen.row([talk.choice("lesson-guide", more)]);
    }
    talk.show(screen.row(out(talk, id)));
}

/// A try anew, with other questions as far as the lesson has them; the best result stays.
pub(super) fn retry(talk: &mut Talk<'_>, id: &str) {
    if find(talk, id).is_some() {
        talk.progress.lesson_mut(id).answers.clear();
        quiz(talk, id);
    }
}
