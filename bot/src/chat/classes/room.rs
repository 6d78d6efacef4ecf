//! What staff sees of a class: who is enrolled, waits and was there, the code word, the recording, what people say.

use super::{
    GATHER, covers,
    edit::{log, short_when},
    may, official, save,
    seat::facts,
    theirs,
};
use crate::{
    chat::{
        Action, Choice, Known, Need, Screen, Taken, Talk, letter, menu, router::Step, short, staff, told,
    },
    domain::{Class, ClassAsk, ClassId, ClassState, Hall, ListOf, Ms, News, SeatState},
    store::OutFile,
};

/// Classes a screen shows.
const SHOWN: usize = 4;
/// How long classes that are over stay in the list, in milliseconds.
const KEPT: i64 = 92 * Ms::DAY;
/// For how many minutes the code word is taken when staff opens it by hand.
const WINDOW: u16 = 30;
/// Words of people that a screen shows.
const VOICES: usize = 12;

/// The classes that staff sees to: those to come, drafts, then those that were.
pub(in crate::chat) fn training(talk: &mut Talk<'_>, page: usize) -> Step {
    if !may(talk) {
        return Ok(());
    }
    let Known::Classes(found) = talk.known(Need::Classes)? else { return Ok(()) };
    let now = talk.now();
    let over = |class: &Class| class.starts.0 > 0 && class.ends() <= now;
    let mut shown: Vec<&(Class, Taken)> = found
        .iter()
        .filter(|(class, _)| covers(talk, class))
        .filter(|(class, _)| !over(class) || class.ends().plus(KEPT) > now)
        .collect();
    shown.sort_by_key(|(class, _)| {
        let past = over(class) || class.state == ClassState::Cancelled;
        (past, if past { -class.starts.0 } else { class.starts.0 }, class.id)
    });
    let pages = shown.len().div_ceil(SHOWN).max(1);
    let page = page.min(pages - 1);
    let mut text = talk.t(if shown.is_empty() { "training-none" } else { "training-title" });
    let mut screen = Screen::default();
    for (class, taken) in shown.iter().skip(page * SHOWN).take(SHOWN) {
        let counts = counts(talk, class, *taken);
        text = format!("{text}\n\n«{}»\n{}\n{counts}", class.title, short_when(talk, class));
        screen = screen.row([Choice::new(class.title.clone(), Action::ClassRoom { id: class.id })]);
    }
    screen.text = text;
    let new = Action::ClassAsk { id: ClassId(0), of: ClassAsk::Title, n: true };
    let mut first = vec![talk.choice("class-new", new).main()];
    if !shown.is_empty() {
        first.push(staff::table(talk, ListOf::Classes));
    }
    let mut row = menu::pager(talk, page, pages, |p| Action::Training { p });
    row.extend([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]);
    talk.show(screen.row(first).row(row));
    Ok(())
}

/// How a class stands in one line.
fn counts(talk: &Talk<'_>, class: &Class, taken: Taken) -> String {
    match class.state {
        ClassState::Draft => return talk.t("class-state-draft"),
        ClassState::Cancelled => return talk.t("class-is-cancelled"),
        ClassState::Open => {}
    }
    let seats = class.seats.map(|seats| talk.f("class-of-seats", &[("seats", i64::from(seats).into())]));
    let mut line = talk.f(
        "class-counts",
        &[("enrolled", taken.enrolled.into()), ("seats", seats.unwrap_or_default().into())],
    );
    if taken.waiting > 0 {
        line = format!("{line}, {}", talk.f("class-counts-wait", &[("n", taken.waiting.into())]));
    }
    if talk.now() >= class.starts {
        line = format!("{line}, {}", talk.f("class-counts-came", &[("n", taken.came.into())]));
    }
    line
}

/// How a class stands.
pub(in crate::chat) fn room(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    show(talk, &hall, None)
}

/// The screen of a class that stands so now, with what may be done about it.
pub(super) fn show(talk: &mut Talk<'_>, hall: &Hall, first: Option<String>) -> Step {
    let (class, now) = (&hall.class, talk.now());
    let id = class.id;
    let taken = Taken {
        enrolled: hall.count(SeatState::Enrolled),
        waiting: hall.count(SeatState::Waiting),
        came: hall.came(),
    };
    let mut lines: Vec<String> = first.into_iter().map(|first| format!("{first}\n")).collect();
    lines.push(format!("«{}»", class.title));
    if class.starts.0 == 0 {
        lines.push(talk.t("class-no-time"));
    }
    lines.extend(facts(talk, class));
    lines.extend(class.link.clone());
    lines.push(format!("\n{}", counts(talk, class, taken)));
    let over = class.starts.0 > 0 && now >= class.ends();
    if class.state == ClassState::Open {
        if !over {
            let Known::Link(link) = talk.known(Need::Link(format!("event_{}", id.0)))? else { return Ok(()) };
            lines.push(talk.f("class-link-to", &[("link", link.clone().into())]));
        }
        if let Some(code) = &class.code {
            let when = |at| told::moment(talk, at);
            let args = [
                ("word", code.word.clone().into()),
                ("from", when(code.opens).into()),
                ("to", when(code.closes).into()),
            ];
            lines.push(talk.f("class-code", &args));
        }
        if let Some(record) = &class.record {
            lines.push(talk.f("class-record", &[("link", record.clone().into())]));
        }
        lines.extend(average(talk, hall));
    }
    let mut screen = Screen::text(lines.join("\n"));
    match class.state {
        ClassState::Draft => {
            screen = screen
                .row([
                    talk.choice("class-edit", Action::ClassEdit { id, more: false }).main(),
                    talk.choice("class-publish", Action::ClassOpen { id }).good(),
                ])
                .row([talk.choice("class-drop", Action::ClassStop { id })]);
        }
        ClassState::Open => {
            screen = screen
                .row([
                    talk.choice("class-people", Action::ClassPeople { id, p: 0 }).main(),
                    talk.choice("class-table", Action::ClassTable { id }),
                ])
                .row([
                    talk.choice("class-edit", Action::ClassEdit { id, more: false }),
                    // Nobody has anything to say of it while people still enrol; and all ten buttons are taken.
                    if class.shut(now).is_none() {
                        talk.choice("class-announce", Action::ClassAnnounce { id })
                    } else {
                        talk.choice("class-voices", Action::ClassVoices { id })
                    },
                ]);
            let mut row =
                vec![talk.choice("class-word", Action::ClassAsk { id, of: ClassAsk::Code, n: false })];
            if let Some(code) = &class.code {
                let open = code.is_open(now);
                let m = if open { 0 } else { WINDOW };
                let key = if open { "class-word-close" } else { "class-word-open" };
                row.push(talk.choice(key, Action::ClassWindow { id, m }));
                row.push(talk.choice("class-door", Action::ClassDoorSend { id }));
            }
            screen = screen.row(row);
            screen = screen.row([if now >= class.starts {
                talk.choice("class-recording", Action::ClassAsk { id, of: ClassAsk::Record, n: false })
            } else {
                talk.choice("class-stop", Action::ClassStop { id })
            }]);
        }
        ClassState::Cancelled => {
            screen = screen.row([
                talk.choice("class-people", Action::ClassPeople { id, p: 0 }),
                talk.choice("class-table", Action::ClassTable { id }),
            ]);
        }
    }
    let back = talk.choice("to-training", Action::Training { p: 0 });
    talk.show(screen.row([back, menu::home(talk)]));
    Ok(())
}

/// What people think of it in one line; nothing if nobody has said.
fn average(talk: &Talk<'_>, hall: &Hall) -> Option<String> {
    let marks = hall.marks();
    let n: usize = marks.iter().sum();
    let sum: usize = marks.iter().zip(1..).map(|(times, mark)| times * mark).sum();
    let tenths = (sum * 10).checked_div(n)?;
    let mean = format!("{},{}", tenths / 10, tenths % 10);
    Some(talk.f("class-average", &[("mean", mean.into()), ("n", n.into())]))
}

/// Opens the time in which the code word is taken, or closes it.
pub(in crate::chat) fn window(talk: &mut Talk<'_>, id: ClassId, minutes: u16) -> Step {
    let Some(before) = theirs(talk, id)? else { return Ok(()) };
    let (mut after, now) = (before.clone(), talk.now());
    let Some(code) = after.class.code.as_mut().filter(|_| minutes <= 24 * 60) else {
        return show(talk, &before, None);
    };
    if minutes == 0 {
        code.closes = code.closes.min(now);
    } else {
        (code.opens, code.closes) = (now, now.plus(i64::from(minutes) * Ms::MINUTE));
    }
    let detail = format!("class {} open for {minutes} minutes", id.0);
    log(talk, "class-code-word", detail, Some(&before.class), Some(&after.class));
    save(talk, &before, after.clone(), now);
    talk.toast(talk.t(if minutes == 0 { "class-closed-toast" } else { "class-opened-toast" }));
    show(talk, &after, None)
}

/// Sends the picture for the screen, which says as much as the code word.
pub(in crate::chat) fn door_send(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    let (ClassState::Open, Some(code), Some(name)) =
        (hall.class.state, hall.class.code.clone(), hall.class.door())
    else {
        return show(talk, &hall, None);
    };
    let Known::Link(link) = talk.known(Need::Link(name))? else { return Ok(()) };
    let (from, to) = (told::moment(talk, code.opens), told::moment(talk, code.closes));
    let args = [("from", from.into()), ("to", to.into()), ("link", link.clone().into())];
    let text = talk.f("class-door-text", &args);
    talk.audit("class-door", format!("class {}", id.0));
    let back = talk.choice("class-room", Action::ClassRoom { id });
    talk.send(Screen::text(text).row([back, menu::home(talk)]), OutFile::Door(id));
    Ok(())
}

/// Asks who is sent the recording.
pub(super) fn ask_record(talk: &mut Talk<'_>, hall: &Hall) {
    let id = hall.class.id;
    let enrolled = hall.count(SeatState::Enrolled);
    let missed = hall.seats.iter().filter(|s| s.state == SeatState::Enrolled && s.came.is_none()).count();
    let label = |key: &str, n: usize| talk.f(key, &[("n", n.into())]);
    let screen = Screen::text(talk.t("class-record-ask"))
        .row([
            Choice::new(label("class-record-missed", missed), Action::ClassRecord { id, all: false }).main()
        ])
        .row([Choice::new(label("class-record-all", enrolled), Action::ClassRecord { id, all: true })])
        .row([talk.choice("class-room", Action::ClassRoom { id }), menu::home(talk)]);
    talk.show(screen);
}

/// Sends the recording to those who missed the class, or to everybody who was enrolled.
pub(in crate::chat) fn record(talk: &mut Talk<'_>, id: ClassId, all: bool) -> Step {
    let Some(before) = theirs(talk, id)? else { return Ok(()) };
    if before.class.record.is_none() || before.class.state != ClassState::Open {
        return show(talk, &before, None);
    }
    let (mut after, now) = (before.clone(), talk.now());
    let mut people = 0_usize;
    for seat in after.seats.iter_mut().filter(|s| s.state == SeatState::Enrolled) {
        if all || seat.came.is_none() {
            seat.news = seat.news.and(News::RECORD);
            people += 1;
        }
    }
    let told: Vec<_> = after.seats.iter().filter(|seat| before.seat(seat.person) != Some(seat)).collect();
    let told: Vec<i64> = told.into_iter().map(|seat| seat.person.0).collect();
    talk.audit_of("class-recording", format!("class {} to {people} people", id.0), None, Some(&told));
    // Pressed twice it still is one message.
    save(talk, &before, after.clone(), now.plus(GATHER));
    let text = talk.f("class-record-sent", &[("n", people.into())]);
    show(talk, &after, Some(text))
}

/// Begins an announcement of it for those it is for.
pub(in crate::chat) fn announce(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    if hall.class.shut(talk.now()).is_some() {
        return show(talk, &hall, None);
    }
    let when = official(talk, &hall.class);
    letter::of_class(talk, &hall.class, &when)
}

/// Sends the list of people as a table.
pub(in crate::chat) fn table(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    let people = hall.seats.len();
    talk.audit("class-table", format!("class {} {people} people", id.0));
    talk.toast(talk.t("class-table-toast"));
    let text = talk.f("class-table-text", &[("title", hall.class.title.into())]);
    let back = talk.choice("class-room", Action::ClassRoom { id });
    talk.send(Screen::text(text).row([back, menu::home(talk)]), OutFile::People(id));
    Ok(())
}

/// What people say of a class: marks counted, and words without names.
pub(in crate::chat) fn voices(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = theirs(talk, id)? else { return Ok(()) };
    let marks = hall.marks();
    let mut lines = vec![talk.f("class-voices-title", &[("title", hall.class.title.clone().into())])];
    match average(talk, &hall) {
        Some(line) => lines.push(line),
        None => lines.push(talk.t("class-voices-none")),
    }
    for (n, mark) in marks.iter().zip([1, 2, 3, 4, 5]).rev().filter(|(n, _)| **n > 0) {
        lines.push(format!("{} — {n}", talk.t(&format!("mark-{mark}"))));
    }
    // In the order of numbers, not of enrolling: who said what is nobody's business.
    let mut words: Vec<&String> = hall.seats.iter().filter_map(|seat| seat.voice.as_ref()).collect();
    words.sort();
    if !words.is_empty() {
        lines.push(String::new());
    }
    lines.extend(words.iter().take(VOICES).map(|word| format!("— «{}»", short(word, 240))));
    let back = talk.choice("class-room", Action::ClassRoom { id });
    talk.show(Screen::text(lines.join("\n")).row([back, menu::home(talk)]));
    Ok(())
}
