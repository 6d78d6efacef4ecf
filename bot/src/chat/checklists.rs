use super::{Action, Choice, Screen, Talk, menu};
use crate::content::{Audience, Checklist};

/// Lists a screen shows: one a row, with a row to turn pages.
const LISTS: usize = 5;
/// Steps a screen has buttons for.
const STEPS: usize = 6;
/// Cells of the progress bar.
const BAR: usize = 10;

fn mine<'a>(talk: &Talk<'a>) -> Vec<&'a Checklist> {
    let staff = talk.scene().role.is_staff();
    talk.content().checklists().iter().filter(|c| staff || c.audience == Audience::Admin).collect()
}

/// How many of its steps she has ticked.
pub(super) fn ticked(talk: &Talk<'_>, list: &Checklist) -> usize {
    list.steps.iter().filter(|s| talk.ticked(&list.id, &s.id).is_some()).count()
}

/// The checklists she may use with the number of ticked steps of each.
pub(super) fn progress<'a>(talk: &Talk<'a>) -> Vec<(&'a Checklist, usize)> {
    mine(talk).into_iter().map(|list| (list, ticked(talk, list))).collect()
}

/// The list and the step that would be best next: of the list she has begun and got furthest with, or the first.
pub(super) fn next_step(talk: &Talk<'_>) -> Option<(String, String)> {
    let open: Vec<(&Checklist, usize)> =
        progress(talk).into_iter().filter(|(list, done)| *done < list.steps.len()).collect();
    let begun = open.iter().filter(|(_, done)| *done > 0);
    let (list, _) =
        begun.max_by_key(|(list, done)| done * 100 / list.steps.len().max(1)).or_else(|| open.first())?;
    let step = list.steps.iter().find(|s| talk.ticked(&list.id, &s.id).is_none())?;
    Some((list.title.clone(), step.text.clone()))
}

/// All checklists.
pub(super) fn all(talk: &mut Talk<'_>, page: usize) {
    let lists = progress(talk);
    let pages = lists.len().div_ceil(LISTS).max(1);
    let page = page.min(pages - 1);
    let mut screen =
        Screen::text(talk.f("lists-title", &[("page", (page + 1).into()), ("pages", pages.into())]));
    for (list, done) in lists.iter().skip(page * LISTS).take(LISTS) {
        let of = list.steps.len();
        let mark = if *done == of { "✅ " } else { "" };
        let label = format!("{mark}{} · {done}/{of}", super::short(&list.title, 28));
        let choice = Choice::new(label, Action::List { c: list.id.clone(), p: 0 });
        screen = screen.row([choice]);
    }
    let mut row = menu::pager(talk, page, pages, |p| Action::Lists { p });
    row.push(menu::home(talk));
    talk.show(screen.row(row));
}

/// One checklist with its ticks.
pub(super) fn one(talk: &mut Talk<'_>, id: &str, page: usize) {
    let Some(list) = mine(talk).into_iter().find(|l| l.id == id) else {
        talk.toast(talk.t("stale-button"));
        return all(talk, 0);
    };
    let done = ticked(talk, list);
    let of = list.steps.len();
    let pages = of.div_ceil(STEPS).max(1);
    let page = page.min(pages - 1);
    let mut text = format!("{}\n{}\n\n{} {done}/{of}\n", list.title, list.about, bar(done, of));
    for (i, step) in list.steps.iter().enumerate() {
        let mark = if talk.ticked(id, &step.id).is_some() { "✅" } else { "⬜" };
        text = format!("{text}\n{mark} {}. {}", i + 1, step.text);
    }
    if done == of {
        text = format!("{text}\n\n{}", talk.t("list-done"));
    } else if pages > 1 {
        let from = page * STEPS + 1;
        let to = (from + STEPS - 1).min(of);
        text = format!("{text}\n\n{}", talk.f("list-page", &[("from", from.into()), ("to", to.into())]));
    }
    let buttons = list.steps.iter().enumerate().skip(page * STEPS).take(STEPS).map(|(i, step)| {
        let on = talk.ticked(id, &step.id).is_some();
        let label = format!("{} {}", if on { "✅" } else { "⬜" }, i + 1);
        let action = Action::Tick { c: id.to_owned(), s: step.id.clone(), on: !on, p: page };
        let choice = Choice::new(label, action).at(i as u16 + 1);
        if on { choice.good() } else { choice }
    });
    let mut screen = Screen::text(text).grid(3, buttons);
    screen = screen.row(menu::pager(talk, page, pages, |p| Action::List { c: id.to_owned(), p }));
    let mut row = Vec::new();
    if list.steps.iter().any(|s| s.guide.is_some()) {
        row.push(talk.choice("how", Action::How { c: id.to_owned(), p: page }).at(100));
    }
    row.push(talk.choice("to-lists", Action::Lists { p: 0 }).at(101));
    talk.show(screen.row(row));
}

fn bar(done: usize, of: usize) -> String {
    let full = (done * BAR).checked_div(of).unwrap_or(0);
    format!("{}{}", "▓".repeat(full), "░".repeat(BAR - full))
}

/// Ticks or unticks a step, in place.
pub(super) fn tick(talk: &mut Talk<'_>, id: &str, step: &str, on: bool, page: usize) {
    let known = mine(talk).into_iter().find(|l| l.id == id).filter(|l| l.step(step).is_some());
    let Some(list) = known else {
        talk.toast(talk.t("stale-button"));
        return all(talk, 0);
    };
    talk.tick(id, step, on);
    let done = ticked(talk, list);
    let of = list.steps.len();
    let line = if on && done == of {
        talk.t("list-done-toast")
    } else {
        talk.f("list-toast", &[("done", done.into()), ("of", of.into())])
    };
    talk.toast(line);
    one(talk, id, page);
}

/// The steps of a checklist that have a guide.
pub(super) fn how(talk: &mut Talk<'_>, id: &str, page: usize) {
    let Some(list) = mine(talk).into_iter().find(|l| l.id == id) else {
        talk.toast(talk.t("stale-button"));
        return all(talk, 0);
    };
    let mut text = talk.t("how-title");
    let mut choices = Vec::new();
    for (i, step) in list.steps.iter().enumerate() {
        let Some(guide) = step.guide.as_ref().and_then(|g| talk.content().guide(g)) else { continue };
        text = format!("{text}\n{}. {} — {}", i + 1, step.text, guide.title);
        if choices.len() < 9 {
            let action =
                Action::Guide { g: guide.slug.clone(), n: 0, c: Some(id.to_owned()), k: None, q: None };
            choices.push(Choice::new((i + 1).to_string(), action).at(i as u16 + 1));
        }
    }
    let back = talk.choice("back", Action::List { c: id.to_owned(), p: page }).at(100);
    talk.show(Screen::text(text).grid(5, choices).row([back]));
}
