use super::{Action, Choice, Screen, Talk, ideas, interview, menu, progress};
use crate::{
    domain::{Days, Form, Hm, Ms, Reminder, ReminderKey, Rule, Weekdays, What, when},
    store::Op,
};

/// The most reminders a person may have, so that a list of them fits an inline keyboard.
const MOST: usize = 5;
/// Hours offered as buttons.
const HOURS: [u8; 5] = [9, 10, 12, 15, 17];
/// No message comes by itself from this local hour on…
const QUIET_FROM: i8 = 22;
/// …until this one; a late reminder then waits for it.
const QUIET_TO: i8 = 8;
/// A reminder later than this is late: its own hour no longer says that now is a good time.
const LATE: i64 = 30 * Ms::MINUTE;

/// All her reminders.
pub(super) fn all(talk: &mut Talk<'_>) {
    let weekly = weekly(talk);
    let mut text = if weekly.is_empty() { talk.t("reminders-none") } else { talk.t("reminders-title") };
    let mut screen = Screen::default();
    for reminder in &weekly {
        let words = words(talk, reminder);
        text = format!("{text}\n— {words}");
        let label = talk.f("reminder-drop", &[("when", words.into())]);
        screen = screen.row([Choice::new(label, Action::RemindDrop { n: reminder.key.n })]);
    }
    if !talk.person.subscriptions.reminders {
        text = format!("{text}\n\n{}", talk.t("reminders-off"));
    }
    screen.text = text;
    // With the most reminders the rows that VK takes are all used.
    if weekly.len() < MOST {
        screen = screen.row([talk.choice("reminder-new", Action::RemindNew).main()]);
    }
    talk.show(screen.row([ideas::button(talk), menu::home(talk)]));
}

fn weekly(talk: &Talk<'_>) -> Vec<Reminder> {
    talk.reminders().into_iter().filter(|r| r.is_own() && r.rule.is_some()).collect()
}

/// A reminder in words: «вт и чт в 10:00».
pub(super) fn words(talk: &Talk<'_>, reminder: &Reminder) -> String {
    if let Some(Rule { days: Days::Week { on, .. }, times }) = &reminder.rule {
        let times: Vec<String> = times.iter().map(Hm::to_string).collect();
        let days = named(talk, *on);
        return talk.f("reminder-weekly", &[("days", days.into()), ("time", times.join(", ").into())]);
    }
    let time = talk.zone().time(reminder.due).to_string();
    talk.f("reminder-once", &[("time", time.into())])
}

fn named(talk: &Talk<'_>, days: Weekdays) -> String {
    if days == Weekdays::ALL {
        return talk.t("every-day");
    }
    if days == Weekdays::of(&[0, 1, 2, 3, 4]) {
        return talk.t("weekdays");
    }
    let names: Vec<String> = days.iter().map(|d| talk.t(&format!("day-{d}"))).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            talk.f("and", &[("first", rest.join(", ").into()), ("last", last.clone().into())])
        }
        _ => names.concat(),
    }
}

/// Begins a new reminder.
pub(super) fn new(talk: &mut Talk<'_>) {
    if weekly(talk).len() >= MOST {
        talk.toast(talk.f("reminders-most", &[("most", MOST.into())]));
        return all(talk);
    }
    days(talk, Weekdays::of(&[0, 2, 4]));
}

/// Shows the days with this set chosen.
pub(super) fn days(talk: &mut Talk<'_>, chosen: Weekdays) {
    talk.form(Some(Form::Days));
    let first = talk.person.onboarded.is_none();
    let text = talk.t(if first { "interview-days" } else { "reminder-days" });
    let buttons: Vec<Choice> = (0..7)
        .map(|d| {
            let name = talk.t(&format!("day-{d}"));
            let choice = Choice::new(
                if chosen.has(d) { format!("✅ {name}") } else { name },
                Action::Days { d: chosen.toggled(d) },
            );
            if chosen.has(d) { choice.good() } else { choice }
        })
        .collect();
    let (week, weekend) = buttons.split_at(4);
    let mut last = vec![interview::leave(talk)];
    if !chosen.is_empty() {
        last.insert(0, talk.choice("go-on", Action::DaysOk { d: chosen }).main());
    }
    talk.show(Screen::text(text).row(week.to_vec()).row(weekend.to_vec()).row(last));
}

/// Days were typed, perhaps with an hour.
pub(super) fn days_typed(talk: &mut Talk<'_>, typed: &str) {
    match (when::days(typed), when::hour(typed)) {
        (Some(days), Some(at)) => set(talk, days, at),
        (Some(days), None) => days_ok(talk, days),
        _ => talk.say(Screen::text(talk.t("days-unclear")).row([interview::leave(talk)])),
    }
}

/// The days are chosen: asks for the hour.
pub(super) fn days_ok(talk: &mut Talk<'_>, days: Weekdays) {
    if days.is_empty() {
        return self::days(talk, days);
    }
    talk.form(Some(Form::Hour { days }));
    let first = talk.person.onboarded.is_none();
    let key = if first { "interview-hour" } else { "reminder-hour" };
    let text = talk.f(key, &[("days", named(talk, days).into())]);
    let hours = HOURS.map(|hour| {
        let t = Hm { hour, minute: 0 };
        // A typed number is the hour itself.
        Choice::new(t.to_string(), Action::Hour { d: days, t }).at(hour.into())
    });
    talk.show(Screen::text(text).row(hours).row([interview::leave(talk).at(100)]));
}

/// An hour was typed.
pub(super) fn hour_typed(talk: &mut Talk<'_>, days: Weekdays, typed: &str) {
    match when::hour(typed) {
        Some(at) => set(talk, days, at),
        None => talk.say(Screen::text(talk.t("hour-unclear")).row([interview::leave(talk)])),
    }
}

/// Makes a reminder; the same one is not made twice.
pub(super) fn set(talk: &mut Talk<'_>, days: Weekdays, at: Hm) {
    talk.form(None);
    if at.hour > 23 || at.minute > 59 || days.is_empty() {
        return new(talk);
    }
    let rule = Rule::weekly(days, at);
    let same = weekly(talk).iter().any(|r| r.rule.as_ref() == Some(&rule));
    if !same && weekly(talk).len() >= MOST {
        talk.toast(talk.f("reminders-most", &[("most", MOST.into())]));
        return all(talk);
    }
    if !same && let Some(due) = rule.next(talk.zone(), talk.content().calendar(), talk.now()) {
        let key = talk.new_reminder();
        talk.op(Op::PutReminder(Reminder { key, due, rule: Some(rule), what: What::Post }));
    }
    if talk.person.onboarded.is_none() {
        return interview::end(talk);
    }
    talk.toast(talk.t("reminder-set"));
    all(talk);
}

/// Removes a reminder.
pub(super) fn remove(talk: &mut Talk<'_>, n: u16) {
    let key = ReminderKey { person: talk.person.id, n };
    if talk.reminders().iter().any(|r| r.key == key) {
        talk.op(Op::DropReminder(key));
        talk.toast(talk.t("reminder-dropped"));
    }
    all(talk);
}

/// A reminder is due: says so and sets the next one. One that comes late because the bot was down waits for the
/// morning if it is night, and however many were missed, one comes.
pub(super) fn due(talk: &mut Talk<'_>, reminder: &Reminder) {
    let now = talk.now();
    let wanted = talk.person.consent.is_some() && talk.person.writable && talk.person.subscriptions.reminders;
    if wanted && now.0 - reminder.due.0 > LATE && is_quiet(talk, now) {
        let morning = Hm { hour: QUIET_TO as u8 + 1, minute: 0 };
        if let Some(due) = talk.zone().next(Weekdays::ALL, morning, now) {
            return talk.op(Op::PutReminder(Reminder { due, ..reminder.clone() }));
        }
    }
    let next = reminder.rule.as_ref().and_then(|r| r.next(talk.zone(), talk.content().calendar(), now));
    match next {
        Some(due) => talk.op(Op::PutReminder(Reminder { due, ..reminder.clone() })),
        None => talk.op(Op::DropReminder(reminder.key)),
    }
    if !wanted {
        return;
    }
    let mut text = match &talk.person.page {
        Some(page) => talk.f("reminder-due-page", &[("page", page.name.clone().into())]),
        None => talk.t("reminder-due"),
    };
    if let Some(idea) = ideas::line(talk) {
        text = format!("{text}\n\n{idea}");
    }
    let screen = Screen::text(text)
        .row([talk.choice("reminder-done", Action::Done).good()])
        .row([
            talk.choice("reminder-hour-later", Action::InHour),
            talk.choice("reminder-tomorrow", Action::Tomorrow),
        ])
        .row(ideas::beside_reminder(talk));
    talk.say(screen);
}

fn is_quiet(talk: &Talk<'_>, at: Ms) -> bool {
    let hour = talk.zone().local(at).hour();
    !(QUIET_TO..QUIET_FROM).contains(&hour)
}

/// «Готово»: praise, and a postponed one is not needed any more.
pub(super) fn done(talk: &mut Talk<'_>) {
    drop_postponed(talk);
    talk.toast(talk.t("reminder-praise"));
    let next = weekly(talk).into_iter().min_by_key(|r| r.due);
    let mut text = talk.t("reminder-done-text");
    if let Some(weeks) = progress::week_counts(talk) {
        text = format!("{text} {weeks}");
    }
    if let Some(next) = next {
        let local = talk.zone().local(next.due);
        let day = talk.t(&format!("day-{}", local.weekday().to_monday_zero_offset()));
        let time = format!("{}:{:02}", local.hour(), local.minute());
        text = format!("{text} {}", talk.f("reminder-next", &[("day", day.into()), ("time", time.into())]));
    }
    let screen =
        Screen::text(text).row([talk.choice("menu-checklists", Action::Lists { p: 0 }), menu::home(talk)]);
    talk.show(screen);
}

fn drop_postponed(talk: &mut Talk<'_>) {
    let postponed: Vec<ReminderKey> =
        talk.reminders().into_iter().filter(|r| r.rule.is_none() && r.is_own()).map(|r| r.key).collect();
    for key in postponed {
        talk.op(Op::DropReminder(key));
    }
}

/// «Через час» and «Завтра»: one more, once; pressing again moves it.
pub(super) fn later(talk: &mut Talk<'_>, tomorrow: bool) {
    let now = talk.now();
    let due = if tomorrow {
        let local = talk.zone().local(now);
        let next = local.date().tomorrow().map(|d| d.to_datetime(local.time()));
        next.map_or(now.plus(Ms::DAY), |next| talk.zone().moment(next))
    } else {
        now.plus(Ms::HOUR)
    };
    drop_postponed(talk);
    let key = talk.new_reminder();
    let reminder = Reminder { key, due, rule: None, what: What::Post };
    talk.op(Op::PutReminder(reminder));
    let local = talk.zone().local(due);
    let time = format!("{}:{:02}", local.hour(), local.minute());
    let phrase = if tomorrow { "reminder-postponed-tomorrow" } else { "reminder-postponed" };
    let text = talk.f(phrase, &[("time", time.into())]);
    talk.toast(text.clone());
    let screen = Screen::text(text).row([talk.choice("reminder-done", Action::Done).good()]);
    talk.show(screen);
}
