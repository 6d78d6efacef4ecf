//! One class as a person sees it: her seat, the code word, her mark.

use super::{back, gone, hall, room_left, save, seats_of, when};
use crate::{
    chat::{Action, Choice, Need, Screen, Talk, menu, router::Step, told},
    domain::{
        Came, Class, ClassAsk, ClassId, ClassState, CodeWord, Form, Hall, Level, SeatState, Shut, TRIES,
        mask::masked, text,
    },
    store::OutFile,
};

/// The most characters kept of a word on a class.
const VOICE: usize = 500;

/// A class that people may see: published, or cancelled while they had to do with it.
fn open_hall(talk: &Talk<'_>, id: ClassId) -> Result<Option<Hall>, Need> {
    let me = talk.person.id;
    Ok(hall(talk, id)?.filter(|hall| match hall.class.state {
        ClassState::Open => true,
        ClassState::Cancelled => hall.seat(me).is_some(),
        ClassState::Draft => false,
    }))
}

/// One class.
pub(in crate::chat) fn one(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = open_hall(talk, id)? else { return gone(talk) };
    card(talk, &hall, None);
    Ok(())
}

/// What a class is, and what she can do about it; `first` is said above it.
fn card(talk: &mut Talk<'_>, hall: &Hall, first: Option<String>) {
    let (class, now) = (&hall.class, talk.now());
    let id = class.id;
    let mut lines: Vec<String> = first.into_iter().map(|first| format!("{first}\n")).collect();
    lines.push(format!("«{}»", class.title));
    lines.extend(facts(talk, class));
    let seat = hall.seat(talk.person.id);
    let state = seat.map_or(SeatState::Left, |seat| seat.state);
    let to_come = class.state == ClassState::Open && now < class.starts;
    if to_come {
        if state == SeatState::Left {
            let enrolled = hall.count(SeatState::Enrolled);
            lines.push(room_left(talk, class.seats, enrolled, hall.count(SeatState::Waiting)));
        }
        if let Some(by) = class.enrol_by.filter(|by| now < *by) {
            lines.push(talk.f("class-enrol-by", &[("when", told::moment(talk, by).into())]));
        }
    }
    if !class.about.is_empty() {
        lines.push(format!("\n{}", class.about));
    }
    let mut screen = Screen::default();
    let mut standing = None;
    match (class.state, state) {
        (ClassState::Cancelled | ClassState::Draft, _) => standing = Some(talk.t("class-is-cancelled")),
        (_, _) if seat.is_some_and(|seat| seat.came.is_some()) => standing = Some(talk.t("class-you-came")),
        (_, SeatState::Enrolled) if now < class.ends() => {
            standing = Some(talk.t("class-you-enrolled"));
            let open = class.code.as_ref().is_some_and(|code| code.is_open(now));
            if open {
                screen = screen.row([talk
                    .choice("class-here", Action::ClassAsk { id, of: ClassAsk::Guess, n: false })
                    .good()]);
            }
        }
        (_, SeatState::Enrolled) => {
            let open = class.code.as_ref().is_some_and(|code| code.is_open(now));
            standing = Some(talk.t(if open { "class-over-here" } else { "class-you-missed" }));
            if open {
                screen = screen.row([talk
                    .choice("class-here", Action::ClassAsk { id, of: ClassAsk::Guess, n: false })
                    .good()]);
            }
        }
        (_, SeatState::Waiting) if to_come => {
            let place = hall.place(talk.person.id).unwrap_or(1);
            standing = Some(talk.f("class-you-wait", &[("place", place.into())]));
        }
        _ => match class.shut(now) {
            None => {
                let full = hall.free().is_some_and(|free| free <= hall.count(SeatState::Waiting));
                let key = if full { "class-wait" } else { "class-join" };
                screen = screen.row([talk.choice(key, Action::ClassJoin { id }).good()]);
            }
            Some(Shut::Late) => standing = Some(talk.t("class-late")),
            Some(_) => standing = Some(talk.t("class-begun")),
        },
    }
    if let Some(standing) = standing {
        lines.push(format!("\n{standing}"));
    }
    if to_come && state != SeatState::Left {
        let key = if state == SeatState::Waiting { "class-unwait" } else { "class-leave" };
        let leave = talk.choice(key, Action::ClassLeave { id });
        let calendar = talk.choice("class-calendar", Action::ClassCalendar { id });
        screen = screen.row([calendar, leave]);
    }
    if state == SeatState::Enrolled && class.state == ClassState::Open && now < class.ends() {
        screen = screen.row(class.link.iter().map(|link| Choice::link(talk.t("class-link"), link)));
    }
    if let Some(seat) = seat.filter(|seat| seat.earned(class, now)) {
        screen = screen.row([talk.choice("class-paper", Action::ClassPaper { id }).main()]);
        if seat.mark.is_none() {
            lines.push(format!("\n{}", talk.t("class-mark-ask")));
            screen = screen.row(marks(talk, id));
        }
    }
    if state != SeatState::Left {
        screen = screen.row(class.record.iter().map(|link| Choice::link(talk.t("class-watch"), link)));
    }
    screen.text = lines.join("\n");
    talk.show(screen.row(back(talk)));
}

/// What is known of a class, line by line.
pub(super) fn facts(talk: &Talk<'_>, class: &Class) -> Vec<String> {
    let mut lines = Vec::new();
    if class.starts.0 > 0 {
        lines.push(when(talk, class));
    }
    let minutes = talk.f("course-minutes", &[("minutes", i64::from(class.minutes).into())]);
    let how = match (&class.place, &class.link) {
        (Some(_), Some(_)) => "class-both",
        (Some(_), None) => "class-there",
        (None, _) => "class-online",
    };
    lines.push(format!("{} · {minutes}", talk.t(how)));
    if let Some(place) = &class.place {
        lines.push(talk.f("class-place", &[("place", place.clone().into())]));
    }
    let mut whom: Vec<String> = Vec::new();
    whom.extend(class.level.map(|level| talk.t(level_key(level))));
    whom.extend(class.spheres.iter().map(|s| talk.t(&format!("sphere-{}", s.slug()))));
    whom.extend(class.municipality.clone());
    if !whom.is_empty() {
        lines.push(talk.f("class-whom", &[("whom", whom.join(" · ").into())]));
    }
    lines
}

fn level_key(level: Level) -> &'static str {
    match level {
        Level::Start => "level-start",
        Level::Grow => "level-grow",
    }
}

/// The buttons of a mark, from 1 to 5.
pub(super) fn marks(talk: &Talk<'_>, id: ClassId) -> Vec<Choice> {
    (1..=5).map(|m| Choice::new(talk.t(&format!("mark-{m}")), Action::ClassMark { id, m })).collect()
}

/// She wants a seat.
pub(in crate::chat) fn join(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(before) = open_hall(talk, id)? else { return gone(talk) };
    let mut after = before.clone();
    let was = before.seat(talk.person.id).map(|seat| seat.state).filter(|state| *state != SeatState::Left);
    match after.join(talk.person.id, talk.now()) {
        Err(Shut::Late) => talk.toast(talk.t("class-late")),
        Err(_) => talk.toast(talk.t("class-begun")),
        Ok(_) if was.is_some() => talk.toast(talk.t("class-already")),
        Ok(SeatState::Waiting) => {
            let place = after.place(talk.person.id).unwrap_or(1);
            talk.toast(talk.t("class-waits-toast"));
            let text = talk.f("class-waits", &[("place", place.into())]);
            let now = talk.now();
            save(talk, &before, after.clone(), now);
            card(talk, &after, Some(text));
            return Ok(());
        }
        Ok(_) => {
            talk.toast(talk.t("class-joined-toast"));
            let now = talk.now();
            let text = talk.t("class-joined");
            save(talk, &before, after.clone(), now);
            card(talk, &after, Some(text));
            return Ok(());
        }
    }
    card(talk, &before, None);
    Ok(())
}

/// Asks whether she means to give up her seat.
pub(in crate::chat) fn leave(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = open_hall(talk, id)? else { return gone(talk) };
    let state = hall.seat(talk.person.id).map(|seat| seat.state);
    let (Some(SeatState::Enrolled | SeatState::Waiting), None | Some(Shut::Late)) =
        (state, hall.class.shut(talk.now()))
    else {
        card(talk, &hall, None);
        return Ok(());
    };
    let key = if state == Some(SeatState::Waiting) { "class-unwait-ask" } else { "class-leave-ask" };
    let text = talk.f(key, &[("title", hall.class.title.clone().into())]);
    let screen = Screen::text(text).row([
        talk.choice("class-leave-yes", Action::ClassLeaveYes { id }),
        talk.choice("class-leave-no", Action::Class { id }).main(),
    ]);
    talk.show(screen.row([menu::home(talk)]));
    Ok(())
}

/// She gives up her seat: it is the first one's who waits.
pub(in crate::chat) fn leave_yes(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(before) = open_hall(talk, id)? else { return gone(talk) };
    let has = before.seat(talk.person.id).is_some_and(|seat| seat.state != SeatState::Left);
    let late = matches!(before.class.shut(talk.now()), Some(Shut::Away | Shut::Begun));
    if !has || late {
        card(talk, &before, None);
        return Ok(());
    }
    let mut after = before.clone();
    after.leave(talk.person.id, talk.now());
    let now = talk.now();
    talk.toast(talk.t("class-left-toast"));
    let text = talk.t("class-left");
    save(talk, &before, after.clone(), now);
    card(talk, &after, Some(text));
    Ok(())
}

/// She is leaving for good: whatever she has to do with classes to come ends.
pub(in crate::chat) fn leave_all(talk: &mut Talk<'_>) -> Step {
    let now = talk.now();
    let mut changes = Vec::new();
    for (class, seat) in seats_of(talk, talk.person.id)? {
        let to_come = class.state == ClassState::Open && now < class.starts;
        if to_come
            && seat.state != SeatState::Left
            && let Some(before) = hall(talk, class.id)?
        {
            let mut after = before.clone();
            after.leave(talk.person.id, now);
            changes.push((before, after));
        }
    }
    for (before, after) in changes {
        save(talk, &before, after, now);
    }
    Ok(())
}

/// Sends her the class as a file for her calendar.
pub(in crate::chat) fn calendar(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = open_hall(talk, id)? else { return gone(talk) };
    talk.toast(talk.t("class-calendar-toast"));
    let text = talk.t("class-calendar-text");
    let back = talk.choice("class-back", Action::Class { id: hall.class.id });
    talk.send(Screen::text(text).row([back, menu::home(talk)]), OutFile::Calendar(id));
    Ok(())
}

/// Asks for the code word, if it is taken now and she may still guess.
pub(super) fn ask_guess(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = open_hall(talk, id)? else { return gone(talk) };
    let open = hall.class.code.as_ref().is_some_and(|code| code.is_open(talk.now()));
    let seat = hall.seat(talk.person.id).filter(|seat| seat.state == SeatState::Enrolled);
    match seat {
        Some(seat) if open && seat.came.is_none() && seat.tries < TRIES => {
            talk.form(Some(Form::Class { id, of: ClassAsk::Guess, next: false }));
            talk.show(Screen::text(talk.t("class-guess-ask")).row([menu::cancel_button(talk)]));
        }
        Some(seat) if open && seat.came.is_none() => no_more(talk, id),
        _ => {
            if !open {
                talk.toast(talk.t("class-word-closed"));
            }
            card(talk, &hall, None);
        }
    }
    Ok(())
}

fn no_more(talk: &mut Talk<'_>, id: ClassId) {
    let back = talk.choice("class-back", Action::Class { id });
    talk.show(Screen::text(talk.t("class-guess-over")).row([back, menu::home(talk)]));
}

/// What she takes for the code word.
pub(super) fn guess(talk: &mut Talk<'_>, id: ClassId, typed: &str) -> Step {
    tried(
        talk,
        id,
        |code| code.fits(typed),
        |talk, left| {
            let text = talk.f("class-guess-wrong", &[("left", i64::from(left).into())]);
            talk.say(Screen::text(text).row([menu::cancel_button(talk)]));
        },
    )
}

/// She came by the link that is shown at a class, which says as much as its code word.
pub(in crate::chat) fn door_opened(talk: &mut Talk<'_>, id: ClassId, key: &str) -> Step {
    let Some(hall) = open_hall(talk, id)? else { return gone(talk) };
    let closed = hall.class.code.clone().filter(|code| !code.is_open(talk.now()));
    match (hall.seat(talk.person.id).filter(|seat| seat.state == SeatState::Enrolled), closed) {
        (Some(seat), Some(code)) if seat.came.is_none() => {
            // She may not know the word: of that she is not told.
            let (from, to) = (told::moment(talk, code.opens), told::moment(talk, code.closes));
            let text = talk.f("class-door-closed", &[("from", from.into()), ("to", to.into())]);
            card(talk, &hall, Some(text));
        }
        (Some(seat), None) if seat.came.is_none() => {
            return tried(
                talk,
                id,
                |code| code.key(id) == key,
                |talk, left| {
                    let back = talk.choice("class-back", Action::Class { id });
                    let text = talk.f("class-door-wrong", &[("left", i64::from(left).into())]);
                    talk.show(Screen::text(text).row([back, menu::home(talk)]));
                },
            );
        }
        (Some(_), _) => card(talk, &hall, None),
        (None, _) => {
            let on = hall.class.code.as_ref().is_some_and(|code| code.is_open(talk.now()));
            let first = on.then(|| talk.t("class-door-no-seat"));
            card(talk, &hall, first);
        }
    }
    Ok(())
}

/// She has tried to show that she is there, which counts in the word's time, with a seat, and with tries left. After a wrong
/// try `wrong` says how many there are.
fn tried(
    talk: &mut Talk<'_>,
    id: ClassId,
    fits: impl Fn(&CodeWord) -> bool,
    wrong: impl Fn(&mut Talk<'_>, u8),
) -> Step {
    let Some(before) = open_hall(talk, id)? else { return gone(talk) };
    let now = talk.now();
    let mut after = before.clone();
    let code = before.class.code.clone().filter(|code| code.is_open(now));
    let seat = after.seat_mut(talk.person.id).filter(|seat| seat.state == SeatState::Enrolled);
    let (Some(code), Some(seat)) = (code, seat.filter(|seat| seat.came.is_none())) else {
        talk.form(None);
        talk.toast(talk.t("class-word-closed"));
        let first = (!talk.is_press()).then(|| talk.t("class-word-closed"));
        card(talk, &before, first);
        return Ok(());
    };
    if seat.tries >= TRIES {
        talk.form(None);
        no_more(talk, id);
        return Ok(());
    }
    if fits(&code) {
        seat.came = Some(Came { at: now, by: None });
        talk.form(None);
        save(talk, &before, after.clone(), now);
        let text = talk.t("class-came");
        card(talk, &after, Some(text));
        return Ok(());
    }
    seat.tries += 1;
    let left = TRIES - seat.tries;
    save(talk, &before, after, now);
    if left == 0 {
        // Somebody who was there would have asked her neighbour.
        talk.audit("code-word-refused", format!("class {} after {TRIES} wrong guesses", id.0));
        talk.form(None);
        no_more(talk, id);
    } else {
        wrong(talk, left);
    }
    Ok(())
}

/// Her mark; a word may follow.
pub(in crate::chat) fn mark(talk: &mut Talk<'_>, id: ClassId, mark: u8) -> Step {
    let Some(before) = open_hall(talk, id)? else { return gone(talk) };
    let (mut after, now) = (before.clone(), talk.now());
    let earned = before.seat(talk.person.id).is_some_and(|seat| seat.earned(&before.class, now));
    let Some(seat) = after.seat_mut(talk.person.id).filter(|_| earned && (1..=5).contains(&mark)) else {
        card(talk, &before, None);
        return Ok(());
    };
    seat.mark = Some(mark);
    save(talk, &before, after, now);
    talk.toast(talk.t("class-mark-toast"));
    talk.form(Some(Form::Class { id, of: ClassAsk::Voice, next: false }));
    let screen = Screen::text(talk.t(if mark >= 4 { "class-voice-good" } else { "class-voice-bad" }))
        .row([talk.choice("class-paper", Action::ClassPaper { id }).main()])
        .row([talk.choice("class-back", Action::Class { id }), menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// Her word on a class, without names and numbers.
pub(super) fn voice(talk: &mut Talk<'_>, id: ClassId, typed: &str) -> Step {
    let Some(before) = open_hall(talk, id)? else { return gone(talk) };
    let (mut after, now) = (before.clone(), talk.now());
    talk.form(None);
    let marked = before.seat(talk.person.id).is_some_and(|seat| seat.mark.is_some());
    let Some(seat) = after.seat_mut(talk.person.id).filter(|_| marked) else {
        card(talk, &before, None);
        return Ok(());
    };
    seat.voice = text::line(&masked(typed), VOICE);
    save(talk, &before, after, now);
    let screen = Screen::text(talk.t("class-voice-thanks"))
        .row([talk.choice("class-paper", Action::ClassPaper { id }).main()])
        .row([talk.choice("class-back", Action::Class { id }), menu::home(talk)]);
    talk.say(screen);
    Ok(())
}
