//! When an announcement leaves.

use super::{
    super::{Action, Choice, Known, Need, Screen, Talk, menu, router::Step},
    Do, ask, panel, put, view,
};
use crate::domain::{
    Days, Hm, Ms, Rule, Zone,
    letter::{Ask, Letter, When},
    when,
};

/// Over how many minutes it may be spread.
const SPREADS: [u16; 3] = [0, 30, 120];
/// The latest moment it may be set for, in milliseconds from now: half a year.
const FURTHEST: i64 = 183 * Ms::DAY;

/// When it leaves now, and what else may be.
pub(super) fn open(talk: &mut Talk<'_>, letter: &Letter) -> Step {
    let id = letter.id;
    let text = talk.f("letter-when-title", &[("when", view::when(talk, letter)?.into())]);
    let button = |key: &str, d: Do| talk.choice(key, Action::Letter { id, d });
    let mut screen =
        Screen::text(text).row([button("letter-set-now", Do::Now), button("letter-set-at", Do::Ask)]);
    if let When::At { own, .. } = &letter.when {
        let key = if *own { "letter-own-off" } else { "letter-own-on" };
        screen = screen.row([button(key, Do::Own(!own))]);
    }
    let spread = SPREADS.iter().filter(|n| **n != letter.spread).map(|n| {
        let label = match n {
            0 => talk.t("letter-spread-off"),
            n => talk.f("letter-spread-on", &[("n", i64::from(*n).into())]),
        };
        Choice::new(label, Action::Letter { id, d: Do::Spread(*n) })
    });
    screen = screen.row(spread.collect::<Vec<_>>());
    talk.show(screen.row([button("letter-done", Do::Look).good(), menu::cancel_button(talk)]));
    Ok(())
}

/// At once.
pub(super) fn now(talk: &mut Talk<'_>, mut letter: Letter) -> Step {
    letter.when = When::Now;
    put(talk, &letter);
    panel(talk, &letter)
}

/// By whose clock.
pub(super) fn own(talk: &mut Talk<'_>, mut letter: Letter, by_own: bool) -> Step {
    if let When::At { own, .. } = &mut letter.when {
        *own = by_own;
        put(talk, &letter);
    }
    open(talk, &letter)
}

/// Over how long.
pub(super) fn spread(talk: &mut Talk<'_>, mut letter: Letter, minutes: u16) -> Step {
    if SPREADS.contains(&minutes) {
        letter.spread = minutes;
        put(talk, &letter);
    }
    open(talk, &letter)
}

/// A day and an hour were typed, or a rule such as «по понедельникам в 9».
pub(super) fn typed(talk: &mut Talk<'_>, mut letter: Letter, typed: &str) -> Step {
    let read = when::read(typed, talk.local());
    let days = read.as_ref().and_then(|wish| wish.days);
    let time = read.as_ref().and_then(|wish| wish.times.first().copied());
    let (Some(Hm { hour, minute }), today) = (time, talk.local().date()) else {
        ask(talk, letter.id, Ask::When, "letter-when-wrong");
        return Ok(());
    };
    letter.when = match days {
        Some(Days::Date(day)) => When::At { local: day.at(hour as i8, minute as i8, 0, 0), own: false },
        None => When::At { local: today.at(hour as i8, minute as i8, 0, 0), own: false },
        Some(days) => When::Repeat(Rule { days, times: vec![Hm { hour, minute }] }),
    };
    if is_late(talk, &letter)? {
        ask(talk, letter.id, Ask::When, "letter-when-late");
        return Ok(());
    }
    talk.form(None);
    put(talk, &letter);
    panel(talk, &letter)
}

/// Its moment has passed, or is too far away.
pub(super) fn is_late(talk: &Talk<'_>, letter: &Letter) -> Result<bool, Need> {
    Ok(match &letter.when {
        When::At { local, .. } => {
            let at = clock(talk, letter)?.moment(*local);
            at <= talk.now() || at > talk.now().plus(FURTHEST)
        }
        When::Now | When::Repeat(_) => false,
    })
}

/// The clock of whoever wrote it, by which the moment it is set for was typed: whoever agrees to it may have another.
pub(super) fn clock(talk: &Talk<'_>, letter: &Letter) -> Result<Zone, Need> {
    if letter.author == talk.person.id {
        return Ok(talk.zone().clone());
    }
    let Known::Desk(desk) = talk.known(Need::Desk)? else { return Ok(talk.zone().clone()) };
    let author = desk.iter().find(|clerk| clerk.id == letter.author);
    let hers = author.and_then(|clerk| clerk.person.as_ref()).and_then(|person| person.zone.clone());
    Ok(hers.unwrap_or_else(|| talk.scene().region.zone.clone()))
}
