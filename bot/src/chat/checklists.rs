use super::{Action, Choice, Screen, Talk, menu, rounds, seen};
use crate::{
    content::{Audience, Check, Checklist, Step},
    domain::{Form, Pasted, PostRef, text},
    store::OutFile,
};

/// Lists a screen shows: one a row, with a row to turn pages.
const LISTS: usize = 5;
/// Steps a screen has buttons for: one row, beside which the buttons that turn pages have room, or, if that is all there
/// are, one more.
const STEPS: (usize, usize) = (5, 6);
/// VK takes so many buttons in an inline keyboard.
const BUTTONS: usize = 10;
/// Hints a screen has buttons for: all there are beside the two that lead back and home, or fewer beside those that turn
/// pages.
const HINTS: (usize, usize) = (8, 6);
/// Cells of the progress bar.
const BAR: usize = 10;

/// The checklists she may use.
pub(super) fn mine<'a>(talk: &Talk<'a>) -> Vec<&'a Checklist> {
    let staff = talk.scene().role.is_staff();
    talk.content().checklists().iter().filter(|c| staff || c.audience == Audience::Admin).collect()
}

fn find<'a>(talk: &Talk<'a>, id: &str) -> Option<&'a Checklist> {
    mine(talk).into_iter().find(|l| l.id == id)
}

/// The checklist typed by its name after the word: «чек-лист безопасность».
pub(super) fn called(talk: &Talk<'_>, said: &str) -> Option<Action> {
    let name = ["чек лист ", "чеклист "].iter().find_map(|word| said.strip_prefix(word))?;
    let list = mine(talk).into_iter().find(|l| text::folded(&l.title) == name)?;
    Some(Action::List { c: list.id.clone(), p: 0 })
}

/// How many of its steps she has ticked.
pub(super) fn ticked(talk: &Talk<'_>, list: &Checklist) -> usize {
    list.steps.iter().filter(|s| seen::is_done(talk, &list.id, s)).count()
}

/// The checklists she may use with the number of ticked steps of each.
pub(super) fn progress<'a>(talk: &Talk<'a>) -> Vec<(&'a Checklist, usize)> {
    mine(talk).into_iter().map(|list| (list, ticked(talk, list))).collect()
}

/// The first step of a list that is not ticked, and the page it has its button on.
pub(super) fn first_open<'a>(talk: &Talk<'_>, list: &'a Checklist) -> Option<(&'a Step, usize)> {
    let place = list.steps.iter().position(|s| !seen::is_done(talk, &list.id, s))?;
    list.steps.get(place).map(|step| (step, place / steps(list)))
}

/// How many steps of a list a screen has buttons for.
fn steps(list: &Checklist) -> usize {
    let (paged, all) = STEPS;
    if list.steps.len() <= all { all } else { paged }
}

/// The page of [`all`] that a list is on.
fn page_of(talk: &Talk<'_>, id: &str) -> usize {
    mine(talk).iter().position(|list| list.id == id).unwrap_or_default() / LISTS
}

/// The page of a list's steps on which a guide is offered: where she came to it from.
pub(super) fn page_with(list: &Checklist, guide: &str) -> usize {
    list.steps.iter().position(|step| step.guide.as_deref() == Some(guide)).unwrap_or_default() / steps(list)
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
    let Some(list) = find(talk, id) else { return stale(talk) };
    let screen = drawn(talk, list, page);
    talk.show(screen);
}

fn stale(talk: &mut Talk<'_>) {
    talk.toast(talk.t("stale-button"));
    all(talk, 0);
}

fn drawn(talk: &Talk<'_>, list: &Checklist, page: usize) -> Screen {
    let id = &list.id;
    let done = ticked(talk, list);
    let of = list.steps.len();
    let shown = steps(list);
    let pages = of.div_ceil(shown).max(1);
    let page = page.min(pages - 1);
    let mut text = format!("{}\n{}", list.title, list.about);
    if let Some(round) = rounds::present(talk, list) {
        text = format!("{text}\n{round}");
    }
    // Who runs several pages should know which of them the bot looks at here.
    if talk.person.pages.len() > 1
        && list.steps.iter().any(|s| matches!(s.check, Check::Auto | Check::Hint))
        && let Some(page) = talk.person.page()
    {
        text =
            format!("{text}\n{}", talk.f("list-page-of", &[("page", super::short(&page.name, 60).into())]));
    }
    text = format!("{text}\n\n{} {done}/{of}\n", bar(done, of));
    for (i, step) in list.steps.iter().enumerate() {
        let tick = talk.ticked(id, &step.id);
        let mark = if seen::is_done(talk, id, step) { "✅" } else { "⬜" };
        text = format!("{text}\n{mark} {}. {}", i + 1, talk.normed(&step.text));
        if let Some(line) = seen::line(talk, id, step) {
            text = format!("{text}\n    {line}");
        }
        if let Some(post) = tick.and_then(|tick| tick.post) {
            text = format!("{text}\n    {post}");
        }
    }
    if done == of {
        text = format!("{text}\n\n{}", talk.t("list-done"));
    } else if pages > 1 {
        let from = page * shown + 1;
        let to = (from + shown - 1).min(of);
        text = format!("{text}\n\n{}", talk.f("list-page", &[("from", from.into()), ("to", to.into())]));
    }
    let buttons = list.steps.iter().enumerate().skip(page * shown).take(shown).map(|(i, step)| {
        let on = seen::is_done(talk, id, step);
        let label = format!("{} {}", if on { "✅" } else { "⬜" }, i + 1);
        let action = Action::Tick { c: id.clone(), s: step.id.clone(), on: !on, p: page };
        let choice = Choice::new(label, action).at(i as u16 + 1);
        if on { choice.good() } else { choice }
    });
    let screen = Screen::text(text).grid(if shown == STEPS.0 { shown } else { shown / 2 }, buttons);
    let pager = menu::pager(talk, page, pages, |p| Action::List { c: id.clone(), p });
    let screen = screen.row(pager.into_iter().zip(105..).map(|(choice, number)| choice.at(number)));
    let mut extras = Vec::new();
    if done == of {
        extras.push(talk.choice("thanks-button", Action::Thanks { c: id.clone() }).good().at(104));
    }
    if rounds::may_begin_again(talk, list) {
        extras.push(talk.choice("again", Action::Again { c: id.clone() }).at(102));
    }
    if rounds::has_history(talk, list) {
        extras.push(talk.choice("history", Action::History { c: id.clone() }).at(103));
    }
    let mut row = Vec::new();
    if list.steps.iter().any(|s| s.guide.is_some()) {
        row.push(talk.choice("how", Action::How { c: id.clone(), p: page, h: 0 }).at(100));
    }
    row.push(talk.choice("to-lists", Action::Lists { p: page_of(talk, id) }).at(101));
    row.push(menu::home(talk).at(107));
    let used = screen.rows.iter().flatten().count() + row.len();
    extras.truncate(BUTTONS.saturating_sub(used));
    screen.row(extras).row(row)
}

fn bar(done: usize, of: usize) -> String {
    let full = (done * BAR).checked_div(of).unwrap_or(0);
    format!("{}{}", "▓".repeat(full), "░".repeat(BAR - full))
}

/// Sends a word of thanks for a finished checklist; it is drawn when it leaves.
pub(super) fn thanks(talk: &mut Talk<'_>, id: &str) {
    let Some(list) = find(talk, id).filter(|list| ticked(talk, list) == list.steps.len()) else {
        return stale(talk);
    };
    talk.toast(talk.t("card-sending"));
    let text = talk.f("thanks-caption", &[("list", list.title.clone().into())]);
    let screen = Screen::text(text).row([talk.choice("to-lists", Action::Lists { p: 0 }), menu::home(talk)]);
    talk.send(screen, OutFile::Thanks(list.id.clone()));
}

/// Ticks or unticks a step, in place. The address of a post typed next is put beside it.
pub(super) fn tick(talk: &mut Talk<'_>, id: &str, step: &str, on: bool, page: usize) {
    let Some(list) = find(talk, id).filter(|l| l.step(step).is_some()) else { return stale(talk) };
    if let Some(saw) = list.step(step).filter(|s| s.check == Check::Auto).and_then(|s| seen::saw(talk, id, s))
    {
        talk.toast(talk.t(if saw.there { "seen-toast-there" } else { "seen-toast-not" }));
        let screen = drawn(talk, list, page);
        return talk.show(screen);
    }
    talk.tick(id, step, on);
    let done = ticked(talk, list);
    let of = list.steps.len();
    let line = if on && done == of {
        rounds::completed(talk);
        talk.t("list-done-toast")
    } else {
        talk.f("list-toast", &[("done", done.into()), ("of", of.into())])
    };
    talk.toast(line);
    let mut screen = drawn(talk, list, page);
    if on {
        talk.form(Some(Form::Proof { list: id.to_owned(), step: step.to_owned() }));
        if done < of {
            let hint = talk.t("proof-hint");
            screen.text = format!("{}\n{hint}", screen.text);
        }
    }
    talk.show(screen);
}

/// Something was typed after a step was ticked. The address of a post is put beside the step and shown there; another
/// address of VK is told to be none; false if it is no address at all.
pub(super) fn proof(talk: &mut Talk<'_>, id: &str, step: &str, typed: &str) -> bool {
    let place = find(talk, id).and_then(|l| Some((l, l.steps.iter().position(|s| s.id == step)?)));
    let Some((list, place)) = place.filter(|_| talk.ticked(id, step).is_some()) else {
        talk.form(None);
        return false;
    };
    match PostRef::read(typed) {
        Pasted::Other if !typed.trim().contains(' ') => {
            talk.say(Screen::text(talk.t("proof-unclear")).row([menu::cancel_button(talk)]));
            true
        }
        Pasted::Post(post) => {
            talk.prove(id, step, Some(post));
            let mut screen = drawn(talk, list, place / steps(list));
            let strange =
                !talk.person.pages.is_empty() && talk.person.pages.iter().all(|page| page.id != post.group);
            let key = if strange { "proof-elsewhere" } else { "proof-kept" };
            let line = talk.f(key, &[("n", (place + 1).into())]);
            screen.text = format!("{line}\n\n{}", screen.text);
            talk.say(screen);
            true
        }
        // «Почему не открывается vk.ru/school?» is a question.
        Pasted::Other | Pasted::Nothing => {
            talk.form(None);
            false
        }
    }
}

/// Begins a checklist anew.
pub(super) fn again(talk: &mut Talk<'_>, id: &str) {
    let Some(list) = find(talk, id) else { return stale(talk) };
    if rounds::may_begin_again(talk, list) && rounds::again(talk, list) {
        talk.toast(talk.t("again-toast"));
    }
    one(talk, id, 0);
}

/// The closed rounds of a checklist.
pub(super) fn history(talk: &mut Talk<'_>, id: &str) {
    match find(talk, id) {
        Some(list) => rounds::history(talk, list),
        None => stale(talk),
    }
}

/// The steps of a checklist that have a guide, a page of them.
pub(super) fn how(talk: &mut Talk<'_>, id: &str, page: usize, part: usize) {
    let Some(list) = find(talk, id) else { return stale(talk) };
    let hint = |(i, step): (usize, &'_ Step)| {
        let guide = step.guide.as_ref().and_then(|g| talk.content().guide(g))?;
        let action =
            Action::Guide { g: guide.slug.clone(), n: 0, c: Some(id.to_owned()), k: None, l: None, q: None };
        let line = format!("{}. {} — {}", i + 1, talk.normed(&step.text), guide.title);
        Some((line, Choice::new((i + 1).to_string(), action).at(i as u16 + 1)))
    };
    let hints: Vec<(String, Choice)> = list.steps.iter().enumerate().filter_map(hint).collect();
    let (all, paged) = HINTS;
    let shown = if hints.len() <= all { all } else { paged };
    let parts = hints.len().div_ceil(shown).max(1);
    let part = part.min(parts - 1);
    let (lines, choices): (Vec<String>, Vec<Choice>) =
        hints.into_iter().skip(part * shown).take(shown).unzip();
    let text = format!("{}\n{}", talk.t("how-title"), lines.join("\n"));
    let pager = menu::pager(talk, part, parts, |h| Action::How { c: id.to_owned(), p: page, h });
    let pager = pager.into_iter().zip(102..).map(|(choice, number)| choice.at(number));
    let back = talk.choice("back", Action::List { c: id.to_owned(), p: page }).at(100);
    let home = menu::home(talk).at(101);
    talk.show(Screen::text(text).grid(4, choices).row(pager).row([back, home]));
}
