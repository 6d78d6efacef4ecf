//! Who has to do with a class, for staff: who is enrolled, who waits, who was there.

use std::collections::BTreeMap;

use vkapi::types::UserId;

use super::{room, save, theirs};
use crate::{
    chat::{Action, Choice, Known, Need, Screen, Talk, menu, router::Step, short},
    domain::{Came, ClassAsk, ClassId, ClassState, Form, Hall, News, Seat, SeatState},
};

/// People a screen shows.
const SHOWN: usize = 6;
/// The most buttons below a message.
const BUTTONS: usize = 10;

/// A page of the people of a class; pressing one notes that she was there.
pub(in crate::chat) fn people(talk: &mut Talk<'_>, id: ClassId, page: usize) -> Step {
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    show(talk, &hall, page)
}

/// Those with a seat and those who wait, in the order of enrolling.
fn everybody(hall: &Hall) -> Vec<&Seat> {
    let enrolled = hall.in_order(SeatState::Enrolled).into_iter();
    enrolled.chain(hall.in_order(SeatState::Waiting)).collect()
}

fn show(talk: &mut Talk<'_>, hall: &Hall, page: usize) -> Step {
    let (id, all) = (hall.class.id, everybody(hall));
    let pages = all.len().div_ceil(SHOWN).max(1);
    let page = page.min(pages - 1);
    let shown: Vec<&Seat> = all.iter().skip(page * SHOWN).take(SHOWN).copied().collect();
    let names = names(talk, &shown)?;
    let args = [
        ("enrolled", hall.count(SeatState::Enrolled).into()),
        ("waiting", hall.count(SeatState::Waiting).into()),
        ("came", hall.came().into()),
    ];
    let mut text = talk.f("class-people-title", &args);
    let mut buttons = Vec::new();
    let may_mark = hall.class.state == ClassState::Open && talk.now() >= hall.class.starts;
    for (n, seat) in (page * SHOWN + 1..).zip(&shown) {
        let name = names.get(&seat.person).cloned().unwrap_or_else(|| format!("id{}", seat.person));
        let state = match (seat.came, seat.state) {
            (Some(Came { by: Some(_), .. }), _) => talk.t("people-came-noted"),
            (Some(_), _) => talk.t("people-came"),
            (None, SeatState::Waiting) => talk.t("people-waits"),
            (None, _) => talk.t("people-enrolled"),
        };
        text = format!("{text}\n{n}. {name} — {state}");
        let label = format!("{}{}", if seat.came.is_some() { "✅ " } else { "" }, short(&name, 36));
        let action = Action::ClassCame { id, u: seat.person, on: seat.came.is_none(), p: page };
        if may_mark {
            buttons.push(Choice::new(label, action));
        }
    }
    if may_mark && !shown.is_empty() {
        text = format!("{text}\n\n{}", talk.t("people-hint"));
    }
    let mut row = menu::pager(talk, page, pages, |p| Action::ClassPeople { id, p });
    row.extend([talk.choice("class-room", Action::ClassRoom { id }), menu::home(talk)]);
    // In the middle of a long list there is no room for it.
    let add = (may_mark && buttons.len() + row.len() < BUTTONS)
        .then(|| talk.choice("people-add", Action::ClassAsk { id, of: ClassAsk::Walk, n: false }));
    talk.show(Screen::text(text).grid(2, buttons).row(add).row(row));
    Ok(())
}

/// A class that has begun, where it is noted who is there.
fn begun(talk: &mut Talk<'_>, id: ClassId) -> Result<Option<Hall>, Need> {
    let Some(hall) = theirs(talk, id)? else { return Ok(None) };
    if hall.class.state == ClassState::Open && talk.now() >= hall.class.starts {
        return Ok(Some(hall));
    }
    room::show(talk, &hall, None)?;
    Ok(None)
}

/// Asks who is there without having enrolled.
pub(super) fn ask(talk: &mut Talk<'_>, id: ClassId) -> Step {
    if begun(talk, id)?.is_some() {
        talk.form(Some(Form::Class { id, of: ClassAsk::Walk, next: false }));
        let back = talk.choice("back", Action::ClassPeople { id, p: 0 });
        talk.show(Screen::text(talk.t("people-add-ask")).row([back, menu::cancel_button(talk)]));
    }
    Ok(())
}

/// Who is there was typed: from now on she is one of its people.
pub(super) fn walked_in(talk: &mut Talk<'_>, id: ClassId, typed: &str) -> Step {
    let Some(before) = begun(talk, id)? else {
        talk.form(None);
        return Ok(());
    };
    let Known::Colleague(found) = talk.known(Need::Colleague(typed.trim().to_owned()))? else {
        return Ok(());
    };
    let who = match found {
        Some(colleague) if colleague.here => colleague.id,
        // Of whoever has not agreed nothing is kept.
        found => {
            let text = talk.t(if found.is_some() { "people-add-not-here" } else { "people-add-unknown" });
            talk.say(Screen::text(text).row([menu::cancel_button(talk)]));
            return Ok(());
        }
    };
    talk.form(None);
    let mut after = before.clone();
    after.walk_in(who, talk.now());
    noted(talk, &before, after, (who, true), usize::MAX)
}

fn names<'a>(talk: &Talk<'a>, shown: &[&Seat]) -> Result<&'a BTreeMap<UserId, String>, Need> {
    static NOBODY: BTreeMap<UserId, String> = BTreeMap::new();
    if shown.is_empty() {
        return Ok(&NOBODY);
    }
    let need = Need::Names(shown.iter().map(|seat| seat.person).collect());
    let Known::Names(names) = talk.known(need)? else { return Ok(&NOBODY) };
    Ok(names)
}

/// Notes that somebody was there, or that she was not.
pub(in crate::chat) fn came(talk: &mut Talk<'_>, id: ClassId, who: UserId, on: bool, page: usize) -> Step {
    match begun(talk, id)? {
        Some(before) => {
            let after = before.clone();
            noted(talk, &before, after, (who, on), page)
        }
        None => Ok(()),
    }
}

fn noted(
    talk: &mut Talk<'_>,
    before: &Hall,
    mut after: Hall,
    (who, on): (UserId, bool),
    page: usize,
) -> Step {
    let (now, by, id) = (talk.now(), talk.person.id, before.class.id);
    let over = now >= before.class.ends();
    let was = before.seat(who).and_then(|seat| seat.came);
    let seat = after.seat_mut(who).filter(|seat| seat.state != SeatState::Left && seat.came.is_some() != on);
    let Some(seat) = seat else { return show(talk, before, page) };
    if !on && seat.paper.is_some() {
        talk.toast(talk.t("people-has-paper"));
        return show(talk, before, page);
    }
    seat.came = on.then_some(Came { at: now, by: Some(by) });
    if on && over {
        seat.news = seat.news.and(News::ASK);
    }
    let what = if on { "class-came" } else { "class-not-came" };
    let is = seat.came;
    talk.audit_of(what, format!("class {} person {who}", id.0), Some(&was), Some(&is));
    talk.toast(talk.t(if on { "people-came-toast" } else { "people-not-toast" }));
    save(talk, before, after.clone(), now);
    show(talk, &after, page)
}
