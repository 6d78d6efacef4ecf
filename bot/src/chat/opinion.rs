//! Twice a year one question: would she advise the bot to a colleague, and if not, what is to be mended first.

use jiff::civil::Date;

use super::{Action, Choice, Screen, Talk, menu};
use crate::{
    domain::{
        Days, Form, Hm, MonthDay, Ms, Opinion, Reminder, ReminderKey, Rule, What,
        attention::{Kind, Ledger, Verdict, verdict},
        mask::masked,
    },
    store::Op,
};

/// Who has not had the bot for so long cannot tell yet, in milliseconds.
const FIRST: i64 = 90 * Ms::DAY;
/// Who has not written for so long is not asked this time, in milliseconds.
const LATELY: i64 = 60 * Ms::DAY;
/// Every so many months.
const EVERY: u8 = 6;
/// At this hour of the second Wednesday: neither the nudge's day nor a Friday.
const HOUR: Hm = Hm { hour: 11, minute: 0 };
/// What else comes now goes first; it follows so much later, in milliseconds.
const AFTER: i64 = 2 * Ms::HOUR;
/// The lowest score with a button of its own; all below share one. VK takes ten buttons.
const LOWEST: u8 = 4;
/// The numbers by which the two other buttons are typed: no score has them.
const LATER: u16 = 11;
const HOME: u16 = 12;

/// Whoever wants what the bot finds useful to say is asked twice a year; nobody else is.
pub(super) fn keep(talk: &mut Talk<'_>) {
    let person = &talk.person;
    let wants = person.consent.is_some() && person.onboarded.is_some() && person.subscriptions.tips;
    let key = ReminderKey { person: person.id, n: ReminderKey::OPINION };
    let first = person.since.plus(FIRST);
    let kept = talk.reminders().into_iter().any(|r| r.key == key);
    if kept && !wants {
        talk.op(Op::DropReminder(key));
    }
    if kept || !wants {
        return;
    }
    // The first of the next month: else the second Wednesday may be over, and half a year would pass.
    let from: Date = talk.zone().local(first).date().last_of_month();
    let from = from.tomorrow().unwrap_or(from);
    let days = Days::Month { on: MonthDay::Nth { nth: 2, weekday: 2 }, every: EVERY, from };
    let rule = Rule { days, times: vec![HOUR] };
    if let Some(due) = rule.next(talk.zone(), talk.content().calendar(), talk.now()) {
        talk.op(Op::PutReminder(Reminder { key, due, rule: Some(rule), what: What::Opinion }));
    }
}

/// Its time has come: she is asked if her budget allows; `busy` says that something else comes now.
pub(super) fn come(talk: &mut Talk<'_>, reminder: &Reminder, ledger: &Ledger, busy: bool) {
    let now = talk.now();
    if !talk.person.subscriptions.tips || now.0 - talk.person.seen.0 > LATELY {
        return;
    }
    let region = talk.scene().region;
    let (calendar, reader) = (talk.content().calendar(), talk.person.reader(&region.attention, &region.zone));
    let at = match verdict(&region.attention, calendar, &reader, ledger, Kind::Tip, now) {
        Verdict::Now if busy => now.plus(AFTER),
        Verdict::Now => {
            let mut ledger = ledger.clone();
            ledger.spend(now);
            talk.op(Op::PutLedger(talk.person.id, ledger));
            return ask(talk);
        }
        // What is held is older and may come at this very moment: not with it, but after it.
        Verdict::Later(at) | Verdict::Digest(at) => {
            if at > now {
                at
            } else {
                now.plus(AFTER)
            }
        }
    };
    talk.op(Op::PutReminder(Reminder { due: at, ..reminder.clone() }));
}

fn ask(talk: &mut Talk<'_>) {
    let scores = (LOWEST..=Opinion::BEST).rev();
    let score = |s: u8| Choice::new(s.to_string(), Action::Opinion { s }).at(s.into());
    let mut choices: Vec<Choice> = scores.map(score).collect();
    let below = LOWEST - 1;
    choices.push(talk.choice("opinion-below", Action::Opinion { s: below }).at(below.into()));
    let screen = Screen::text(talk.t("opinion-ask"))
        .grid(4, choices)
        .row([talk.choice("opinion-later", Action::OpinionLater).at(LATER), menu::home(talk).at(HOME)]);
    talk.say(screen);
}

/// Her score; of several the last one counts.
pub(super) fn score(talk: &mut Talk<'_>, score: u8) {
    if score > Opinion::BEST {
        talk.toast(talk.t("stale-button"));
        return menu::open(talk);
    }
    put(talk, Opinion { at: talk.now(), score, word: None });
    if Opinion::wants_more(score) {
        talk.form(Some(Form::Opinion { score }));
        let text = talk.t("opinion-why");
        return talk.show(
            Screen::text(text).row([talk.choice("opinion-no-word", Action::OpinionLater), menu::home(talk)]),
        );
    }
    thanks(talk, "opinion-thanks");
}

/// What she would mend.
pub(super) fn word(talk: &mut Talk<'_>, score: u8, typed: &str) {
    talk.form(None);
    let word: String = masked(typed).chars().take(Opinion::WORD).collect();
    put(talk, Opinion { at: talk.now(), score: score.min(Opinion::BEST), word: Some(word) });
    let screen =
        Screen::text(talk.t("opinion-heard")).row([talk.choice("ask-again", Action::Ask), menu::home(talk)]);
    talk.say(screen);
}

/// «Не сейчас».
pub(super) fn later(talk: &mut Talk<'_>) {
    thanks(talk, "opinion-left");
}

fn put(talk: &mut Talk<'_>, opinion: Opinion) {
    let id = talk.person.id;
    talk.op(Op::PutOpinion(id, opinion));
}

fn thanks(talk: &mut Talk<'_>, key: &str) {
    let text = talk.t(key);
    talk.show(Screen::text(text).row([talk.choice("ask-again", Action::Ask), menu::home(talk)]));
}
