//! A vacation: nothing comes by itself until she is back, and a colleague may look after her page meanwhile.

use jiff::{ToSpan, civil::Date};
use vkapi::types::UserId;

use super::{
    Absent, Action, Choice, Colleague, Known, Need, Screen, Talk, menu, reminders, router::Step, told,
};
use crate::{
    content::Arg,
    domain::{
        Away, Deputy, Form, Hm, Reminder, ReminderKey, What,
        attention::{Body, Held, Kind},
        text, when,
    },
    store::Op,
};

/// The longest vacation, in days: a leave to look after a child is a change of administrator, not a vacation.
const LONGEST: i64 = 366;
/// When she is greeted on the day she is back.
const MORNING: Hm = Hm { hour: 9, minute: 0 };
/// The most characters kept of a deputy's name.
const NAME: usize = 60;

/// Asks when she is back; tells of the vacation she is on.
pub(super) fn open(talk: &mut Talk<'_>) {
    if talk.person.away.is_some() { tell(talk) } else { ask(talk) }
}

/// Asks when she is back.
pub(super) fn ask(talk: &mut Talk<'_>) {
    talk.form(Some(Form::AwayUntil));
    let from = talk.person.away.as_ref().and_then(|away| away.from).unwrap_or(talk.local().date());
    let weeks = [(1, "vacation-week"), (2, "vacation-two-weeks"), (4, "vacation-four-weeks")];
    let choices: Vec<Choice> = weeks
        .into_iter()
        .filter_map(|(n, key)| {
            let d = talk.content().calendar().working_from(from.checked_add(n.weeks()).ok()?);
            Some(talk.choice(key, Action::AwayUntil { d }))
        })
        .collect();
    let text = talk.t("vacation-ask");
    talk.show(Screen::text(text).row(choices).row([menu::cancel_button(talk)]));
}

/// Whether a vacation has begun by her calendar.
pub(super) fn begun(talk: &Talk<'_>, away: &Away) -> bool {
    away.from.is_none_or(|from| from <= talk.local().date())
}

/// The days of a vacation, for a phrase.
pub(super) fn words(talk: &Talk<'_>, away: &Away) -> [(&'static str, Arg); 2] {
    let from = away.from.map(|from| told::date(talk, from)).unwrap_or_default();
    [("from", from.into()), ("back", told::date(talk, away.back).into())]
}

fn tell(talk: &mut Talk<'_>) {
    let Some(away) = talk.person.away.clone() else { return reminders::all(talk, 0) };
    let begun = begun(talk, &away);
    let mut text = talk.f(if begun { "vacation-on" } else { "vacation-later" }, &words(talk, &away));
    match &away.deputy {
        Some(deputy) => {
            let line = talk.f("vacation-deputy", &[("name", deputy.name.clone().into())]);
            text = format!("{text} {line}");
        }
        None => text = format!("{text} {}", talk.t("vacation-nobody")),
    }
    let screen = Screen::text(text)
        .row([
            talk.choice(if begun { "vacation-end" } else { "vacation-cancel" }, Action::AwayEnd).main(),
            talk.choice("vacation-move", Action::AwayMove),
        ])
        .row([talk.choice("vacation-deputy-set", Action::DeputySet)])
        .row([talk.choice("menu-reminders", Action::Reminders), menu::home(talk)]);
    talk.show(screen);
}

/// Days were typed: the one she is back, or the first one too.
pub(super) fn until_typed(talk: &mut Talk<'_>, typed: &str) -> Step {
    match when::span(typed, talk.local()) {
        Some((Some(from), back)) => set(talk, Some(from), back),
        Some((None, back)) => until(talk, back),
        None => {
            unclear(talk);
            Ok(())
        }
    }
}

fn unclear(talk: &mut Talk<'_>) {
    talk.say(Screen::text(talk.t("vacation-unclear")).row([menu::cancel_button(talk)]));
}

/// She is away until that day, from now on or from the day that was set before.
pub(super) fn until(talk: &mut Talk<'_>, back: Date) -> Step {
    let from = talk.person.away.as_ref().and_then(|away| away.from);
    set(talk, from, back)
}

fn set(talk: &mut Talk<'_>, from: Option<Date>, back: Date) -> Step {
    let today = talk.local().date();
    let far = today.checked_add(LONGEST.days()).unwrap_or(today);
    let from = from.filter(|from| *from > today);
    if back <= today || back > far || from.is_some_and(|from| from >= back) {
        talk.form(Some(Form::AwayUntil));
        unclear(talk);
        return Ok(());
    }
    forget_return(talk);
    talk.form(None);
    let deputy = talk.person.away.take().and_then(|away| away.deputy);
    talk.person.away = Some(Away { back, deputy: deputy.clone(), from });
    let morning = talk.zone().moment(back.at(MORNING.hour as i8, MORNING.minute as i8, 0, 0));
    let due = super::due::quiet(talk).end(talk.zone(), morning);
    let key = talk.new_reminder();
    talk.op(Op::PutReminder(Reminder { key, due, rule: None, what: What::Back }));
    match deputy {
        None => ask_deputy(talk),
        Some(deputy) => {
            // She was asked for other days.
            if let Some(id) = deputy.id
                && let Known::Here(true) = talk.known(Need::Here(id))?
            {
                request(talk, id)?;
            }
            tell(talk);
        }
    }
    Ok(())
}

/// Asks who looks after the page.
pub(super) fn ask_deputy(talk: &mut Talk<'_>) {
    let Some(away) = &talk.person.away else { return open(talk) };
    let key = if begun(talk, away) { "vacation-set" } else { "vacation-set-later" };
    let text = format!("{}\n\n{}", talk.f(key, &words(talk, away)), talk.t("vacation-who"));
    talk.form(Some(Form::Deputy));
    talk.show(Screen::text(text).row([talk.choice("vacation-alone", Action::AwayAlone), menu::home(talk)]));
}

/// Nobody looks after the page, or the question stays open.
pub(super) fn alone(talk: &mut Talk<'_>) {
    if let Some(away) = &mut talk.person.away {
        away.deputy = None;
    }
    tell(talk);
}

/// A deputy was named: by a link to her, or in words. Whom the bot knows gets an offer.
pub(super) fn deputy_typed(talk: &mut Talk<'_>, typed: &str) -> Step {
    let Some(away) = talk.person.away.clone() else {
        open(talk);
        return Ok(());
    };
    let me = talk.person.id;
    let Known::Colleague(found) = talk.known(Need::Colleague(typed.to_owned()))? else { return Ok(()) };
    let (deputy, here) = match found {
        Some(Colleague { id, .. }) if *id == me => {
            talk.say(Screen::text(talk.t("vacation-yourself")).row([menu::cancel_button(talk)]));
            return Ok(());
        }
        Some(Colleague { id, name, here }) => (Deputy { name: name.clone(), id: Some(*id) }, *here),
        None => match text::line(typed, NAME).filter(|n| n.chars().any(char::is_alphabetic)) {
            Some(name) if !name.contains('/') => (Deputy { name, id: None }, false),
            _ => {
                let screen = Screen::text(talk.t("vacation-nobody-there"));
                talk.say(screen.row([talk.choice("vacation-alone", Action::AwayAlone), menu::home(talk)]));
                return Ok(());
            }
        },
    };
    talk.form(None);
    let asks = deputy.id.filter(|_| here);
    talk.person.away = Some(Away { deputy: Some(deputy), ..away });
    if let Some(id) = asks {
        request(talk, id)?;
        talk.toast(talk.t("vacation-offered"));
    } else {
        talk.toast(talk.t("vacation-written-down"));
    }
    tell(talk);
    Ok(())
}

/// Asks a colleague to look after the page while its administrator is away.
fn request(talk: &mut Talk<'_>, deputy: UserId) -> Step {
    let Some(back) = talk.person.away.as_ref().map(|away| away.back) else { return Ok(()) };
    let me = talk.person.id;
    let name = match talk.known(Need::Colleague(format!("id{me}")))? {
        Known::Colleague(Some(my)) => my.name.clone(),
        _ => talk.t("vacation-colleague"),
    };
    let body = Body::Cover { whose: me, name, page: page_of(talk), back };
    talk.op(Op::Hold(deputy, Held { kind: Kind::Nudge, at: talk.now(), body }, talk.now()));
    Ok(())
}

fn page_of(talk: &Talk<'_>) -> String {
    talk.person.page().map_or_else(|| talk.t("vacation-page"), |page| page.name.clone())
}

/// She is back before the day.
pub(super) fn end(talk: &mut Talk<'_>) {
    forget_return(talk);
    let was = talk.person.away.take();
    for reminder in reminders::standing(talk) {
        let calendar = talk.content().calendar();
        if let Some(due) = reminder.rule.as_ref().and_then(|r| r.next(talk.zone(), calendar, talk.now())) {
            talk.op(Op::PutReminder(Reminder { due, ..reminder }));
        }
    }
    let begun = was.is_none_or(|away| begun(talk, &away));
    talk.toast(talk.t(if begun { "vacation-over" } else { "vacation-cancelled" }));
    reminders::all(talk, 0);
}

fn forget_return(talk: &mut Talk<'_>) {
    for reminder in talk.reminders().into_iter().filter(|r| r.what == What::Back) {
        talk.op(Op::DropReminder(reminder.key));
    }
}

/// Somebody who is or will be away has named her to look after the page.
pub(super) fn asked(talk: &Talk<'_>, absent: &Absent) -> bool {
    let me = Some(talk.person.id);
    absent.away.back > talk.local().date() && absent.away.deputy.as_ref().is_some_and(|d| d.id == me)
}

/// She takes a colleague's page over for the time of a vacation, or does not; only who was named may.
pub(super) fn cover(talk: &mut Talk<'_>, whose: UserId, yes: bool) -> Step {
    let Known::Absent(found) = talk.known(Need::Absent(whose))? else { return Ok(()) };
    let Some(absent) = found.as_ref().filter(|absent| asked(talk, absent)) else {
        talk.toast(talk.t("cover-over"));
        menu::open(talk);
        return Ok(());
    };
    for reminder in talk.reminders() {
        if matches!(reminder.what, What::Cover { whose: other, .. } if other == whose) {
            talk.op(Op::DropReminder(reminder.key));
        }
    }
    if !yes {
        let text = talk.t("cover-refused");
        talk.show(Screen::text(text).row([menu::home(talk)]));
        return Ok(());
    }
    let page = absent.page.as_ref().map_or_else(|| talk.t("vacation-page"), |page| page.name.clone());
    let back = absent.away.back;
    let from = absent.away.from.map(|from| talk.zone().moment(from.at(0, 0, 0, 0)).plus(-1));
    let from = from.map_or(talk.now(), |from| from.max(talk.now()));
    let mut lines = Vec::new();
    for rule in &absent.posts {
        let calendar = talk.content().calendar();
        let Some(due) = rule.next(talk.zone(), calendar, from) else { continue };
        let key: ReminderKey = talk.new_reminder();
        lines.push(format!("— {}", told::rule(talk, rule)));
        let what = What::Cover { whose, page: page.clone(), sphere: absent.sphere, back };
        if talk.zone().local(due).date() < back {
            talk.op(Op::PutReminder(Reminder { key, due, rule: Some(rule.clone()), what }));
        }
    }
    let back = told::date(talk, back);
    let args = [("page", page.into()), ("back", back.into())];
    let mut text = talk.f(if lines.is_empty() { "cover-no-reminders" } else { "cover-taken" }, &args);
    for line in lines {
        text = format!("{text}\n{line}");
    }
    talk.show(Screen::text(text).row([talk.choice("menu-reminders", Action::Reminders), menu::home(talk)]));
    Ok(())
}
