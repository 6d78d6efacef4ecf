//! A vacation: nothing comes by itself until she is back, and a colleague may look after her page meanwhile.

use jiff::{ToSpan, civil::Date};
use vkapi::types::UserId;

use super::{
    Absent, Action, Choice, Colleague, Known, Need, Screen, Talk, menu, reminders, router::Step, told,
};
use crate::{
    domain::{
        Away, Days, Deputy, Form, Hm, Reminder, ReminderKey, What,
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
    if talk.person.away.is_some() {
        return tell(talk);
    }
    talk.form(Some(Form::AwayUntil));
    let today = talk.local().date();
    let weeks = [(1, "vacation-week"), (2, "vacation-two-weeks"), (4, "vacation-four-weeks")];
    let choices: Vec<Choice> = weeks
        .into_iter()
        .filter_map(|(n, key)| {
            let d = talk.content().calendar().working_from(today.checked_add(n.weeks()).ok()?);
            Some(talk.choice(key, Action::AwayUntil { d }))
        })
        .collect();
    let text = talk.t("vacation-ask");
    talk.show(Screen::text(text).row(choices).row([menu::cancel_button(talk)]));
}

fn tell(talk: &mut Talk<'_>) {
    let Some(away) = talk.person.away.clone() else { return reminders::all(talk) };
    let back = told::date(talk, away.back);
    let mut text = talk.f("vacation-on", &[("back", back.into())]);
    match &away.deputy {
        Some(deputy) => {
            let line = talk.f("vacation-deputy", &[("name", deputy.name.clone().into())]);
            text = format!("{text} {line}");
        }
        None => text = format!("{text} {}", talk.t("vacation-nobody")),
    }
    let screen = Screen::text(text)
        .row([
            talk.choice("vacation-end", Action::AwayEnd).main(),
            talk.choice("vacation-deputy-set", Action::DeputySet),
        ])
        .row([talk.choice("menu-reminders", Action::Reminders), menu::home(talk)]);
    talk.show(screen);
}

/// A day was typed.
pub(super) fn until_typed(talk: &mut Talk<'_>, typed: &str) {
    let days = when::read(typed, talk.local()).and_then(|wish| wish.days);
    match days {
        Some(Days::Date(day)) => until(talk, day),
        _ => talk.say(Screen::text(talk.t("vacation-unclear")).row([menu::cancel_button(talk)])),
    }
}

/// She is away until that day.
pub(super) fn until(talk: &mut Talk<'_>, back: Date) {
    let today = talk.local().date();
    let far = today.checked_add(LONGEST.days()).unwrap_or(today);
    if back <= today || back > far {
        talk.form(Some(Form::AwayUntil));
        return talk.say(Screen::text(talk.t("vacation-unclear")).row([menu::cancel_button(talk)]));
    }
    forget_return(talk);
    talk.person.away = Some(Away { back, deputy: None });
    let morning = talk.zone().moment(back.at(MORNING.hour as i8, MORNING.minute as i8, 0, 0));
    let due = super::due::quiet(talk).end(talk.zone(), morning);
    let key = talk.new_reminder();
    talk.op(Op::PutReminder(Reminder { key, due, rule: None, what: What::Back }));
    ask_deputy(talk);
}

/// Asks who looks after the page.
pub(super) fn ask_deputy(talk: &mut Talk<'_>) {
    let Some(away) = &talk.person.away else { return open(talk) };
    let back = told::date(talk, away.back);
    talk.form(Some(Form::Deputy));
    let text = talk.f("vacation-set", &[("back", back.into())]);
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
    let Some(back) = talk.person.away.as_ref().map(|away| away.back) else {
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
    let mut name = talk.t("vacation-colleague");
    if let (Some(_), true) = (deputy.id, here)
        && let Known::Colleague(Some(my)) = talk.known(Need::Colleague(format!("id{me}")))?
    {
        name.clone_from(&my.name);
    }
    talk.form(None);
    let page = page_of(talk);
    if let Some(id) = deputy.id.filter(|_| here) {
        let body = Body::Cover { whose: me, name, page, back };
        talk.op(Op::Hold(id, Held { kind: Kind::Nudge, at: talk.now(), body }, talk.now()));
        talk.toast(talk.t("vacation-offered"));
    } else {
        talk.toast(talk.t("vacation-written-down"));
    }
    talk.person.away = Some(Away { back, deputy: Some(deputy) });
    tell(talk);
    Ok(())
}

fn page_of(talk: &Talk<'_>) -> String {
    talk.person.page().map_or_else(|| talk.t("vacation-page"), |page| page.name.clone())
}

/// She is back before the day.
pub(super) fn end(talk: &mut Talk<'_>) {
    forget_return(talk);
    talk.person.away = None;
    for reminder in reminders::standing(talk) {
        let calendar = talk.content().calendar();
        if let Some(due) = reminder.rule.as_ref().and_then(|r| r.next(talk.zone(), calendar, talk.now())) {
            talk.op(Op::PutReminder(Reminder { due, ..reminder }));
        }
    }
    talk.toast(talk.t("vacation-over"));
    reminders::all(talk);
}

fn forget_return(talk: &mut Talk<'_>) {
    for reminder in talk.reminders().into_iter().filter(|r| r.what == What::Back) {
        talk.op(Op::DropReminder(reminder.key));
    }
}

/// She takes a colleague's page over for the time of a vacation, or does not; only who was named may.
pub(super) fn cover(talk: &mut Talk<'_>, whose: UserId, yes: bool) -> Step {
    let Known::Absent(found) = talk.known(Need::Absent(whose))? else { return Ok(()) };
    let me = talk.person.id;
    let today = talk.local().date();
    let asked = |a: &&Absent| {
        a.away.back > today && a.away.deputy.as_ref().is_some_and(|deputy| deputy.id == Some(me))
    };
    let Some(absent) = found.as_ref().filter(asked) else {
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
    let page = absent.page.clone().unwrap_or_else(|| talk.t("vacation-page"));
    let back = absent.away.back;
    let mut lines = Vec::new();
    for rule in &absent.posts {
        let calendar = talk.content().calendar();
        let Some(due) = rule.next(talk.zone(), calendar, talk.now()) else { continue };
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
