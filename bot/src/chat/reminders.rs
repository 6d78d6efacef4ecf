use super::{Action, Choice, Screen, Talk, due, ideas, interview, menu, told, vacation};
use crate::{
    domain::{
        Days, Form, Hm, Ms, Reminder, ReminderKey, Rule, Weekdays, What, text,
        when::{self, Wish},
    },
    store::Op,
};

/// The most reminders a person may have, so that a list of them fits an inline keyboard.
const MOST: usize = 5;
/// Hours offered as buttons.
const HOURS: [u8; 5] = [9, 10, 12, 15, 17];

/// All that reminds her, a page of it.
pub(super) fn all(talk: &mut Talk<'_>, page: usize) {
    let mut set: Vec<Reminder> = talk.reminders().into_iter().filter(Reminder::is_own).collect();
    // What was put off comes last.
    set.sort_by_key(|r| r.rule.is_none());
    let mut text = if set.is_empty() { talk.t("reminders-none") } else { talk.t("reminders-title") };
    let mut screen = Screen::default();
    // VK takes six rows: beside those of a whole page there is one to turn pages, or the one that makes a new reminder.
    let shown = if set.len() > MOST { MOST - 1 } else { MOST };
    let pages = set.len().div_ceil(shown).max(1);
    let page = page.min(pages - 1);
    for (i, reminder) in set.iter().enumerate() {
        text = format!("{text}\n— {}", told::reminder(talk, reminder));
        if i / shown == page {
            let when = told::label(talk, reminder);
            let label = talk.f("reminder-drop", &[("when", when.into())]);
            screen = screen.row([Choice::new(label, Action::RemindDrop { n: reminder.key.n })]);
        }
    }
    if !talk.person.subscriptions.reminders {
        text = format!("{text}\n\n{}", talk.t("reminders-off"));
    }
    if let Some(away) = talk.person.away.clone() {
        let args = vacation::words(talk, &away);
        let key = if vacation::begun(talk, &away) { "reminders-away" } else { "reminders-away-later" };
        text = format!("{text}\n\n{}", talk.f(key, &args));
    }
    screen.text = text;
    let mut row = menu::pager(talk, page, pages, |p| Action::RemindersMore { p });
    if hers(talk) < MOST && (pages > 1 || set.len() < MOST) {
        row.push(talk.choice("reminder-new", Action::RemindNew).main());
    }
    let away = talk.choice("vacation", Action::Away);
    talk.show(screen.row(row).row([ideas::button(talk), away, menu::home(talk)]));
}

/// Her own reminders that were not just put off, and those of a page she looks after.
pub(super) fn standing(talk: &Talk<'_>) -> Vec<Reminder> {
    talk.reminders().into_iter().filter(|r| r.is_own() && r.rule.is_some()).collect()
}

/// How many of them she made herself.
fn hers(talk: &Talk<'_>) -> usize {
    standing(talk).iter().filter(|r| !matches!(r.what, What::Cover { .. })).count()
}

/// Begins a new reminder.
pub(super) fn new(talk: &mut Talk<'_>) {
    if hers(talk) >= MOST {
        return too_many(talk);
    }
    days(talk, Weekdays::of(&[0, 2, 4]));
}

fn too_many(talk: &mut Talk<'_>) {
    talk.toast(talk.f("reminders-most", &[("most", MOST.into())]));
    all(talk, 0);
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

/// The days are chosen: asks for the hour.
pub(super) fn days_ok(talk: &mut Talk<'_>, days: Weekdays) {
    if days.is_empty() {
        return self::days(talk, days);
    }
    ask_hour(talk, Form::Hour { days }, &told::weekdays(talk, days), |t| Action::Hour { d: days, t });
}

fn ask_hour(talk: &mut Talk<'_>, form: Form, days: &str, set: impl Fn(Hm) -> Action) {
    talk.form(Some(form));
    let first = talk.person.onboarded.is_none();
    let key = if first { "interview-hour" } else { "reminder-hour" };
    let text = talk.f(key, &[("days", days.into())]);
    let hours = HOURS.map(|hour| {
        let t = Hm { hour, minute: 0 };
        // A typed number is the hour itself.
        Choice::new(t.to_string(), set(t)).at(hour.into())
    });
    talk.show(Screen::text(text).row(hours).row([interview::leave(talk).at(100)]));
}

/// Something was typed that may be days, hours, or both; what was typed before stays where this says nothing of it.
pub(super) fn typed(talk: &mut Talk<'_>, typed: &str) {
    let before = match talk.person.form.clone() {
        Some(Form::Remind(draft)) => draft,
        Some(Form::Hour { days }) => {
            Wish { days: Some(Rule::weekly(days, Hm { hour: 0, minute: 0 }).days), ..Wish::default() }
        }
        _ => Wish::default(),
    };
    if before.days.is_some() && !before.times.is_empty() {
        match text::folded(typed).as_str() {
            "да" | "верно" | "ага" | "ок" | "хорошо" | "все верно" => {
                return confirmed(talk);
            }
            "нет" | "неверно" | "не так" => return other_days(talk),
            _ => {}
        }
    }
    let Some(said) = when::read(typed, talk.local()) else {
        let unclear = if before.days.is_some() { "hour-unclear" } else { "days-unclear" };
        return talk.say(Screen::text(talk.t(unclear)).row([interview::leave(talk)]));
    };
    let about = said.about.clone().or(before.about);
    let times = if said.times.is_empty() { before.times } else { said.times };
    weigh(talk, Wish { days: said.days.or(before.days), times, about });
}

/// What was typed anywhere asks to be reminded and says when: «напомни завтра в 9 про отчёт».
pub(super) fn wants(talk: &Talk<'_>, typed: &str) -> bool {
    let said = text::folded(typed);
    let asks =
        ["напомн", "напомин", "поставь напомин", "поставьте напомин"].iter().any(|s| said.starts_with(s));
    asks && when::read(typed, talk.local()).is_some()
}

/// Asks for what is missing; shows what is whole in words before it is kept.
fn weigh(talk: &mut Talk<'_>, mut wish: Wish) {
    if wish.times.is_empty() {
        let days = wish.days.map(|days| told::days(talk, days)).unwrap_or_default();
        return ask_hour(talk, Form::Remind(wish), &days, |t| Action::At { t });
    }
    let now = talk.local();
    let days = wish.days.unwrap_or_else(|| {
        let to_come = wish.times.iter().any(|t| (t.hour as i8, t.minute as i8) > (now.hour(), now.minute()));
        Days::Date(if to_come { now.date() } else { now.date().tomorrow().unwrap_or(now.date()) })
    });
    wish.days = Some(days);
    let rule = Rule { days, times: wish.times.clone() };
    let Some(next) = rule.next(talk.zone(), talk.content().calendar(), talk.now()) else {
        talk.form(Some(Form::Days));
        return talk.say(Screen::text(talk.t("reminder-past")).row([interview::leave(talk)]));
    };
    if talk.person.onboarded.is_none() {
        return keep(talk, rule, What::Post);
    }
    let what = wish.about.clone().map_or(What::Post, What::Task);
    let words = told::about(talk, told::rule(talk, &rule), &what);
    let mut text = talk.f("reminder-confirm", &[("when", words.into())]);
    if !matches!(days, Days::Date(_)) {
        let first = told::moment(talk, next);
        text = format!("{text}\n{}", talk.f("reminder-first", &[("when", first.into())]));
    }
    let quiet = due::quiet(talk);
    if rule.times.iter().any(|t| quiet.has(*t)) {
        let (from, to) = (quiet.from.to_string(), quiet.to.to_string());
        let args = [("from", from.into()), ("to", to.into())];
        text = format!("{text}\n\n{}", talk.f("reminder-quiet", &args));
    }
    let mut screen = Screen::text(text).row([talk.choice("reminder-yes", Action::RemindYes).good()]);
    // «В пятницу» may mean every one; «завтра» does not.
    if let Days::Date(day) = days
        && now.date().tomorrow().is_ok_and(|tomorrow| day > tomorrow)
    {
        let weekday = day.weekday().to_monday_zero_offset();
        let label =
            talk.f("reminder-weekly-instead", &[("day", talk.t(&format!("day-whom-{weekday}")).into())]);
        screen = screen.row([Choice::new(label, Action::RemindWeekly)]);
    }
    let screen = screen
        .row([
            talk.choice("reminder-other-time", Action::RemindTime),
            talk.choice("reminder-other-days", Action::RemindDays),
        ])
        .row([menu::cancel_button(talk)]);
    talk.form(Some(Form::Remind(wish)));
    talk.show(screen);
}

fn draft(talk: &Talk<'_>) -> Option<Wish> {
    match &talk.person.form {
        Some(Form::Remind(wish)) => Some(wish.clone()),
        _ => None,
    }
}

/// An hour was chosen for what was typed.
pub(super) fn at(talk: &mut Talk<'_>, time: Hm) {
    let Some(wish) = draft(talk).filter(|_| time.hour < 24 && time.minute < 60) else { return new(talk) };
    weigh(talk, Wish { times: vec![time], ..wish });
}

/// «Да, поставить».
pub(super) fn confirmed(talk: &mut Talk<'_>) {
    let Some(Wish { days: Some(days), times, about }) = draft(talk).filter(|w| !w.times.is_empty()) else {
        talk.toast(talk.t("stale-button"));
        return all(talk, 0);
    };
    keep(talk, Rule { days, times }, about.map_or(What::Post, What::Task));
}

/// «Другое время».
pub(super) fn other_time(talk: &mut Talk<'_>) {
    match draft(talk) {
        Some(wish) => weigh(talk, Wish { times: Vec::new(), ..wish }),
        None => new(talk),
    }
}

/// «Другие дни»: what it is about stays.
pub(super) fn other_days(talk: &mut Talk<'_>) {
    let Some(wish) = draft(talk) else { return new(talk) };
    talk.form(Some(Form::Remind(Wish { days: None, ..wish })));
    talk.show(Screen::text(talk.t("reminder-days-typed")).row([menu::cancel_button(talk)]));
}

/// Every week instead of once.
pub(super) fn weekly(talk: &mut Talk<'_>) {
    let Some(wish) = draft(talk) else { return new(talk) };
    let days = match wish.days {
        Some(Days::Date(day)) => {
            let on = Weekdays::of(&[day.weekday().to_monday_zero_offset() as u8]);
            Some(Days::Week { on, every: 1, from: day })
        }
        other => other,
    };
    weigh(talk, Wish { days, ..wish });
}

/// Makes a weekly reminder of a post; the same one is not made twice.
pub(super) fn set(talk: &mut Talk<'_>, days: Weekdays, at: Hm) {
    if at.hour > 23 || at.minute > 59 || days.is_empty() {
        talk.form(None);
        return new(talk);
    }
    keep(talk, Rule::weekly(days, at), What::Post);
}

fn keep(talk: &mut Talk<'_>, rule: Rule, what: What) {
    talk.form(None);
    let set = standing(talk);
    let words = told::rule(talk, &rule);
    let same = set
        .iter()
        .any(|r| r.what == what && r.rule.as_ref().is_some_and(|other| told::rule(talk, other) == words));
    if !same && hers(talk) >= MOST {
        return too_many(talk);
    }
    if !same && let Some(due) = rule.next(talk.zone(), talk.content().calendar(), talk.now()) {
        let key = talk.new_reminder();
        talk.op(Op::PutReminder(Reminder { key, due, rule: Some(rule), what }));
    }
    if talk.person.onboarded.is_none() {
        return interview::end(talk);
    }
    talk.toast(talk.t("reminder-set"));
    all(talk, 0);
}

/// Removes a reminder.
pub(super) fn remove(talk: &mut Talk<'_>, n: u16) {
    let key = ReminderKey { person: talk.person.id, n };
    if talk.reminders().iter().any(|r| r.key == key && r.is_own()) {
        talk.op(Op::DropReminder(key));
        talk.toast(talk.t("reminder-dropped"));
    }
    all(talk, 0);
}

/// The moment her next reminder comes.
pub(super) fn next(talk: &Talk<'_>) -> Option<Ms> {
    talk.reminders().into_iter().filter(Reminder::is_own).map(|r| r.due).min()
}
