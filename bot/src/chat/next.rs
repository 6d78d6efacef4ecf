//! The one thing that would be best to do next, and why.

use super::{Action, Talk, checklists, lessons, menu, router::Step};
use crate::{
    content::{Checklist, Period},
    domain::Ms,
};

/// How long after the interview the bot still asks for what was skipped in it.
const ACQUAINTANCE: i64 = 7 * Ms::DAY;

/// What would be best to do next.
pub(super) struct Next {
    /// What to do.
    what: String,
    /// Why that, in a few words.
    why: String,
    /// Where it is done.
    action: Action,
}

/// What would be best to do next: what the interview left open, then a round that is open, then what is begun, then
/// what is new. `None` when there is nothing left to do.
pub(super) fn find(talk: &Talk<'_>) -> Option<Next> {
    acquaintance(talk)
        .or_else(|| list(talk, |l, done| due(l) && (done > 0 || known(talk, l)), Some("next-why-due")))
        .or_else(|| list(talk, |_, done| done > 0, None))
        .or_else(|| lesson(talk, true))
        .or_else(|| list(talk, |l, _| l.period == Period::Once, Some("next-why-first")))
        .or_else(|| list(talk, |l, _| due(l), Some("next-why-new-round")))
        .or_else(|| lesson(talk, false))
}

/// The same in words, for the menu.
pub(super) fn words(talk: &Talk<'_>) -> String {
    match find(talk) {
        Some(next) => talk.f("menu-next", &[("what", next.what.into()), ("why", next.why.into())]),
        None => talk.t("progress-all"),
    }
}

/// Goes there.
pub(super) fn go(talk: &mut Talk<'_>) -> Step {
    if let Some(next) = find(talk) {
        return super::router::act(talk, next.action);
    }
    menu::open(talk);
    Ok(())
}

fn acquaintance(talk: &Talk<'_>) -> Option<Next> {
    let since = talk.person.onboarded?;
    if talk.now().0 - since.0 > ACQUAINTANCE {
        return None;
    }
    let why = talk.t("next-why-acquaintance");
    if talk.person.pages.is_empty() {
        return Some(Next { what: talk.t("next-page"), why, action: Action::PageSet });
    }
    // Who had a reminder and removed it does not want one.
    let never = talk.person.next_reminder == 1;
    never.then(|| Next { what: talk.t("next-reminder"), why, action: Action::RemindNew })
}

/// Its rounds begin by the calendar.
fn due(list: &Checklist) -> bool {
    matches!(list.period, Period::Weekly | Period::Monthly | Period::Quarterly)
}

/// She has gone through it before.
fn known(talk: &Talk<'_>, list: &Checklist) -> bool {
    talk.progress.rounds_of(&list.id).next().is_some()
}

/// The unfinished list of this kind she has got furthest with; of those not begun, the first.
fn list(talk: &Talk<'_>, fits: impl Fn(&Checklist, usize) -> bool, why: Option<&str>) -> Option<Next> {
    let open = checklists::progress(talk).into_iter();
    let open: Vec<_> = open.filter(|(l, done)| *done < l.steps.len() && fits(l, *done)).collect();
    // `max_by_key` takes the last of equals.
    let best = open.iter().rev().max_by_key(|(l, done)| done * 100 / l.steps.len().max(1));
    let (list, done) = best?;
    let (step, page) = checklists::first_open(talk, list)?;
    let left = list.steps.len() - done;
    let args = [("list", list.title.clone().into()), ("left", left.into())];
    let why = talk.f(if *done > 0 { "next-why-left" } else { why.unwrap_or("next-why-left") }, &args);
    Some(Next { what: talk.normed(&step.text), why, action: Action::List { c: list.id.clone(), p: page } })
}

fn lesson(talk: &Talk<'_>, begun: bool) -> Option<Next> {
    let lesson = lessons::mine(talk).into_iter().find(|lesson| match talk.progress.lesson(&lesson.id) {
        Some(mark) => begun && mark.passed.is_none(),
        None => !begun,
    })?;
    let what = talk.f("next-lesson", &[("lesson", lesson.title.clone().into())]);
    let minutes = i64::from(lesson.minutes);
    let why = if begun {
        talk.t("next-why-lesson")
    } else {
        talk.f("next-why-minutes", &[("minutes", minutes.into())])
    };
    Some(Next { what, why, action: Action::Lesson { l: lesson.id.clone() } })
}
