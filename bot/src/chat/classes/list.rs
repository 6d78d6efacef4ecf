//! The classes to come, by level and by whom they are meant for; and those a person has to do with.

use super::{room_left, seats_of, state_mark, when};
use crate::{
    chat::{Action, Choice, Known, Need, Screen, Taken, Talk, menu, router::Step, short},
    domain::{Class, ClassState, Level, SeatState},
};

/// Classes a screen shows: with the filters' row and the last one all six rows that VK takes are used.
const SHOWN: usize = 4;

/// The button that leads here.
pub(in crate::chat) fn door(talk: &Talk<'_>) -> Choice {
    talk.choice("classes", Action::Classes { p: 0, l: None, all: false })
}

/// The classes of a course that are to come and meant for her, the next first, and whether she has to do with each.
pub(in crate::chat) fn of(talk: &Talk<'_>, course: &str) -> Result<Vec<(Class, Taken, bool)>, Need> {
    let Known::Classes(found) = talk.known(Need::Classes)? else { return Ok(Vec::new()) };
    let seats = seats_of(talk, talk.person.id)?;
    let hers = |id| seats.iter().any(|(class, seat)| class.id == id && seat.state != SeatState::Left);
    let now = talk.now();
    let (sphere, town) = (talk.person.sphere, talk.person.municipality.as_deref());
    let its = |class: &Class| class.course.as_deref() == Some(course) && class.is_to_come(now);
    let mut open: Vec<_> = found
        .iter()
        .filter(|(class, _)| its(class) && class.fits(sphere, town))
        .map(|(class, taken)| (class.clone(), *taken, hers(class.id)))
        .collect();
    open.sort_by_key(|(class, ..)| (class.starts, class.id));
    Ok(open)
}

/// A class in a list: what, when, how many seats are left.
pub(in crate::chat) fn listed(talk: &Talk<'_>, class: &Class, taken: &Taken) -> String {
    let room = room_left(talk, class.seats, taken.enrolled, taken.waiting);
    format!("«{}»\n{}\n{room}", class.title, when(talk, class))
}

/// The classes to come: those meant for her, or all, of one level, or of any.
pub(in crate::chat) fn list(talk: &mut Talk<'_>, page: usize, level: Option<Level>, all: bool) -> Step {
    let Known::Classes(found) = talk.known(Need::Classes)? else { return Ok(()) };
    let now = talk.now();
    let (sphere, town) = (talk.person.sphere, talk.person.municipality.clone());
    let of_level = |class: &Class| level.is_none() || class.level.is_none() || class.level == level;
    let hers = |class: &Class| all || class.fits(sphere, town.as_deref());
    let mut shown: Vec<&(Class, Taken)> =
        found.iter().filter(|(class, _)| class.is_to_come(now) && of_level(class) && hers(class)).collect();
    shown.sort_by_key(|(class, _)| (class.starts, class.id));
    let pages = shown.len().div_ceil(SHOWN).max(1);
    let page = page.min(pages - 1);
    let mut text = if shown.is_empty() {
        talk.t(if all && level.is_none() { "classes-none" } else { "classes-none-for-you" })
    } else {
        talk.f(if all { "classes-all" } else { "classes-yours" }, &[("count", shown.len().into())])
    };
    let mut screen = Screen::default();
    for (class, taken) in shown.iter().skip(page * SHOWN).take(SHOWN) {
        text = format!("{text}\n\n{}", listed(talk, class, taken));
        screen = screen.row([Choice::new(class.title.clone(), Action::Class { id: class.id })]);
    }
    screen.text = text;
    let of_whom = talk.choice(
        if all { "classes-for-you" } else { "classes-for-all" },
        Action::Classes { p: 0, l: level, all: !all },
    );
    let (key, next) = Level::turn(level);
    let levels = Choice::new(
        talk.f("classes-level", &[("level", talk.t(key).into())]),
        Action::Classes { p: 0, l: next, all },
    );
    let mut row = menu::pager(talk, page, pages, |p| Action::Classes { p, l: level, all });
    row.push(talk.choice("my-classes", Action::MyClasses { p: 0 }));
    if row.len() < 3 {
        row.push(talk.choice("to-courses", Action::Courses { p: 0, l: None }));
    }
    row.push(menu::home(talk));
    talk.show(screen.row([of_whom, levels]).row(row));
    Ok(())
}

/// «Мои занятия»: those to come first, then those that were.
pub(in crate::chat) fn mine(talk: &mut Talk<'_>, page: usize) -> Step {
    let now = talk.now();
    let seats = seats_of(talk, talk.person.id)?;
    let mut shown: Vec<_> = seats
        .iter()
        .filter(|(class, seat)| {
            class.state != ClassState::Draft && (seat.state != SeatState::Left || seat.came.is_some())
        })
        .collect();
    shown.sort_by_key(|(class, _)| {
        let over = class.ends() <= now;
        (over, if over { -class.starts.0 } else { class.starts.0 }, class.id)
    });
    let pages = shown.len().div_ceil(SHOWN).max(1);
    let page = page.min(pages - 1);
    let mut text = talk.t(if shown.is_empty() { "my-classes-none" } else { "my-classes-title" });
    let mut screen = Screen::default();
    for (class, seat) in shown.iter().skip(page * SHOWN).take(SHOWN) {
        let key = match (class.state, seat.came, seat.state) {
            (ClassState::Cancelled, ..) => "my-class-cancelled",
            (_, Some(_), _) => "my-class-came",
            (_, None, SeatState::Waiting) => "my-class-waiting",
            (_, None, _) if class.ends() <= now => "my-class-missed",
            (_, None, _) => "my-class-enrolled",
        };
        text = format!("{text}\n\n«{}»\n{}\n{}", class.title, when(talk, class), talk.t(key));
        let label = format!("{}{}", state_mark(class, seat), short(&class.title, 36));
        screen = screen.row([Choice::new(label, Action::Class { id: class.id })]);
    }
    screen.text = text;
    let mut row = menu::pager(talk, page, pages, |p| Action::MyClasses { p });
    row.extend(super::back(talk));
    talk.show(screen.row(row));
    Ok(())
}
