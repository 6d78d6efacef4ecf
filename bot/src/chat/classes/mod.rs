//! Webinars and seminars: the catalogue, a seat in them, what comes because of them, and how staff runs them.

mod come;
mod edit;
mod list;
mod paper;
mod people;
mod room;
mod seat;

use vkapi::types::UserId;

pub(super) use self::{
    come::come,
    edit::{ask, edit, from, of_course, publish, set, stop, stop_yes},
    list::{door, list, listed, mine, of},
    paper::{paper, verify},
    people::{came, people},
    room::{announce, door_send, record, room, table, training, voices, window},
    seat::{calendar, door_opened, join, leave, leave_all, leave_yes, mark, one},
};
use super::{Action, Known, Need, Talk, menu, router::Step, settings, staff, told};
use crate::{
    domain::{Class, ClassAsk, ClassId, ClassState, Hall, Ms, Role, Seat, SeatState, Zone},
    store::{Expect, Op},
};

/// How long changes are gathered before people are told of them in one message, in milliseconds.
const GATHER: i64 = 5 * Ms::MINUTE;

/// A class with everybody who has to do with it, if there is one.
fn hall(talk: &Talk<'_>, id: ClassId) -> Result<Option<Hall>, Need> {
    let Known::Class(found) = talk.known(Need::Class(id))? else { return Ok(None) };
    Ok(found.as_deref().cloned())
}

/// A person's classes with her seats.
fn seats_of<'a>(talk: &Talk<'a>, person: UserId) -> Result<&'a [(Class, Seat)], Need> {
    let Known::Seats(seats) = talk.known(Need::SeatsOf(person))? else { return Ok(&[]) };
    Ok(seats)
}

/// Writes what has become of a class and of the seats in it, and wakes whoever is to be told something at `tell`.
fn save(talk: &mut Talk<'_>, before: &Hall, after: Hall, tell: Ms) {
    let now = talk.now();
    let id = after.class.id;
    let changed: Vec<Seat> =
        after.seats.into_iter().filter(|seat| before.seat(seat.person) != Some(seat)).collect();
    // Who is enrolled and who waits depends on everybody's seats; that somebody was there, on hers alone.
    let place =
        |seat: &Seat| before.seat(seat.person).map(|old| (old.state, old.n)) != Some((seat.state, seat.n));
    if after.class != before.class || changed.iter().any(place) {
        talk.expect(Expect::ClassRev(id, before.class.rev));
        talk.op(Op::PutClass(Box::new(after.class.clone())));
    }
    for seat in changed {
        talk.expect(Expect::SeatRev(id, seat.person, seat.rev));
        let news = (!seat.news.is_empty()).then_some(tell);
        let wake = news.into_iter().chain(seat.next_cue(&after.class, now)).min();
        if let Some(at) = wake {
            talk.op(Op::Wake(seat.person, at));
        }
        talk.op(Op::PutSeat(Box::new(seat)));
    }
}

/// Says that there is no such class for her.
fn gone(talk: &mut Talk<'_>) -> Step {
    talk.toast(talk.t("class-gone"));
    list(talk, 0, None, false)
}

/// She may set up classes and see to them; whoever may not is answered as if the button were an old one.
fn may(talk: &mut Talk<'_>) -> bool {
    let role = talk.scene().role;
    staff::may(talk, role.may_announce())
}

/// A class that she may see to.
fn theirs(talk: &mut Talk<'_>, id: ClassId) -> Result<Option<Hall>, Need> {
    if !may(talk) {
        return Ok(None);
    }
    let found = hall(talk, id)?;
    let Some(found) = found else {
        talk.toast(talk.t("class-gone"));
        training(talk, 0)?;
        return Ok(None);
    };
    let covered = covers(talk, &found.class);
    Ok(staff::may(talk, covered).then_some(found))
}

/// Her role reaches that class.
fn covers(talk: &Talk<'_>, class: &Class) -> bool {
    talk.scene().rights.covers(Role::Trainer, &class.place())
}

/// When a class begins, by the region's clock, and by hers if that shows something else.
fn when(talk: &Talk<'_>, class: &Class) -> String {
    let official = official(talk, class);
    if talk.zone().local(class.starts) == class.zone.local(class.starts) {
        return official;
    }
    let (day, time) = clock(talk, class, talk.zone());
    let hers = talk.f("class-when-yours", &[("day", day.into()), ("time", time.into())]);
    format!("{official}; {hers}")
}

/// When a class begins, by its own clock.
fn official(talk: &Talk<'_>, class: &Class) -> String {
    let (day, time) = clock(talk, class, &class.zone);
    let name = settings::zone_name(talk, class.zone.name());
    talk.f("class-when", &[("day", day.into()), ("time", time.into()), ("zone", name.into())])
}

/// The day and the hour at which a class begins, by the clock of a zone.
fn clock(talk: &Talk<'_>, class: &Class, zone: &Zone) -> (String, String) {
    (told::date(talk, zone.local(class.starts).date()), zone.time(class.starts).to_string())
}

/// The day on which a class begins, by her clock.
pub(super) fn day(talk: &Talk<'_>, class: &Class) -> String {
    told::date(talk, talk.zone().local(class.starts).date())
}

/// Something was typed that was asked for about a class.
pub(super) fn typed(talk: &mut Talk<'_>, id: ClassId, of: ClassAsk, next: bool, typed: &str) -> Step {
    match of {
        ClassAsk::Guess => seat::guess(talk, id, typed),
        ClassAsk::Voice => seat::voice(talk, id, typed),
        ClassAsk::Name => paper::name(talk, id, typed),
        ClassAsk::Walk => people::walked_in(talk, id, typed),
        _ => edit::typed(talk, id, of, next, typed),
    }
}

/// The row that leads back to the classes and home.
fn back(talk: &Talk<'_>) -> [super::Choice; 2] {
    [talk.choice("to-classes", Action::Classes { p: 0, l: None, all: false }), menu::home(talk)]
}

/// How many seats are left, in words.
fn room_left(talk: &Talk<'_>, seats: Option<u16>, enrolled: usize, waiting: usize) -> String {
    let Some(seats) = seats else { return talk.t("class-seats-enough") };
    let free = usize::from(seats).saturating_sub(enrolled);
    if free > waiting {
        let args = [("free", (free - waiting).into()), ("seats", i64::from(seats).into())];
        talk.f("class-seats-free", &args)
    } else {
        talk.f("class-seats-none", &[("waiting", waiting.into())])
    }
}

/// How a person stands, in a sign for lists.
fn state_mark(class: &Class, seat: &Seat) -> &'static str {
    match (class.state, seat.came, seat.state) {
        (ClassState::Open, Some(_), _) => "✅ ",
        (ClassState::Open, None, SeatState::Enrolled) => "✔ ",
        (ClassState::Open, None, SeatState::Waiting) => "⏳ ",
        _ => "",
    }
}

#[cfg(test)]
mod tests;
