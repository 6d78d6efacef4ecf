//! The weekly nudge in the chat: when it comes, and what she answers to its advice.

use vkapi::types::GroupId;

use super::{
    Action, Choice, HerPages, Known, Need, Screen, Seen, Talk, ask, ask::Origin, ideas, menu, router::Step,
    short,
};
use crate::{
    content::label,
    domain::{
        Day, Days, Hm, Ms, Reminder, ReminderKey, Rule, Weekdays, What,
        attention::{Kind, Ledger, Verdict, verdict},
        page::{Answer, Aspect, Week, Word},
    },
    pages::nudge::{Ground, Nudge, Subject, Waiting, answered, nudge, remember},
    store::{Expect, Op, OutFile},
};

/// When it comes to whoever has no hour of her own for posts.
const HOUR: Hm = Hm { hour: 10, minute: 0 };
/// Her own reminders come first; it follows so much later.
const AFTER: i64 = 2 * Ms::HOUR;

/// Whoever runs a page and wants advice has the nudge's reminder, on Mondays at the hour of her posts; nobody else has.
pub(super) fn keep(talk: &mut Talk<'_>) {
    let person = &talk.person;
    let ready = person.consent.is_some() && person.onboarded.is_some();
    let wants = ready && person.subscriptions.tips && !person.pages.is_empty();
    let all = talk.reminders();
    let kept = all.iter().find(|r| r.what == What::Nudge);
    if !wants {
        if let Some(key) = kept.map(|r| r.key) {
            talk.op(Op::DropReminder(key));
        }
        return;
    }
    let posts = all.iter().filter(|r| r.what == What::Post).filter_map(|r| r.rule.as_ref());
    let hour = posts.filter_map(|rule| rule.times.first()).min().copied().unwrap_or(HOUR);
    if kept.is_some_and(|r| r.rule.as_ref().is_some_and(|rule| rule.times == [hour])) {
        return;
    }
    let on = Days::Week { on: Weekdays::of(&[0]), every: 1, from: talk.today().date() };
    let rule = Rule { days: on, times: vec![hour] };
    let key = ReminderKey { person: talk.person.id, n: ReminderKey::NUDGE };
    // Whoever has had this week's and chooses another hour has the next one next week.
    let week = kept.map(|r| Day::from(talk.zone().local(r.due).date()).monday().date());
    let week = week.map(|monday| talk.zone().moment(monday.at(0, 0, 0, 0)).plus(-1));
    let after = week.unwrap_or(talk.now()).max(talk.now());
    if let Some(due) = rule.next(talk.zone(), talk.content().calendar(), after) {
        talk.op(Op::PutReminder(Reminder { key, due, rule: Some(rule), what: What::Nudge }));
    }
}

/// Its time has come: it is said if there is something to say and her budget allows; `busy` says that something of
/// her own comes now.
pub(super) fn come(talk: &mut Talk<'_>, reminder: &Reminder, ledger: &Ledger, busy: bool) -> Step {
    let now = talk.now();
    let monday = talk.today().monday();
    if !talk.person.subscriptions.tips {
        return Ok(());
    }
    let hers = pages(talk)?;
    let weeks = over(hers, monday);
    let region = talk.scene().region;
    let (calendar, reader) = (talk.content().calendar(), talk.person.reader(&region.attention, &region.zone));
    let at = match verdict(&region.attention, calendar, &reader, ledger, Kind::Nudge, now) {
        Verdict::Now if busy => Some(now.plus(AFTER)),
        Verdict::Now => None,
        // What is held is older and has a moment of its own, which may be now: not again at once, but after it.
        Verdict::Later(at) | Verdict::Digest(at) => Some(if at > now { at } else { now.plus(AFTER) }),
    };
    if let Some(at) = at {
        // What does not come this week is not made up for in the next.
        let same = Day::from(talk.zone().local(at).date()).monday() == monday;
        if same {
            talk.op(Op::PutReminder(Reminder { due: at, ..reminder.clone() }));
        }
        return Ok(());
    }
    let subjects = subjects(talk, hers, &weeks);
    let passed = passed(talk);
    let passed: Vec<&str> = passed.iter().map(String::as_str).collect();
    let ground = Ground {
        content: talk.content(),
        today: talk.today().date(),
        sphere: talk.person.sphere,
        nudged: &hers.nudged,
        passed: &passed,
        seed: talk.person.id.0.unsigned_abs(),
    };
    let Some(nudge) = nudge(&ground, &subjects) else { return Ok(()) };
    // Whoever sets her clock back would hear of the same week again.
    if hers.nudged.week == Some(nudge.week) {
        return Ok(());
    }
    let mut nudged = hers.nudged.clone();
    remember(&mut nudged, &nudge);
    let screen = screen(talk, &nudge);
    let id = talk.person.id;
    talk.op(Op::PutNudged(id, Box::new(nudged)));
    let mut ledger = ledger.clone();
    ledger.spend(now);
    talk.op(Op::PutLedger(id, ledger));
    // The weeks of the first page it speaks of are drawn beside it.
    match nudge.pages.first() {
        Some(page) => talk.send(screen, OutFile::Beside(*page)),
        None => talk.say(screen),
    }
    Ok(())
}

/// Her pages as they are kept.
pub(super) fn pages<'a>(talk: &Talk<'a>) -> Result<&'a HerPages, Need> {
    let need = Need::Pages(talk.person.id);
    match talk.known(need.clone())? {
        Known::Pages(hers) => Ok(hers),
        _ => Err(need),
    }
}

/// The weeks of each page that are over; none of a page whose last one is not known.
fn over(hers: &HerPages, monday: Day) -> Vec<Vec<Week>> {
    let of = |weeks: &[Week]| {
        let over: Vec<Week> = weeks.iter().filter(|week| week.from < monday).cloned().collect();
        if over.last().is_some_and(|week| week.from.0 + 7 == monday.0) { over } else { Vec::new() }
    };
    hers.pages.iter().map(|seen| of(&seen.weeks)).collect()
}

/// The questions on a page that have waited long enough to be spoken of, by the region's norm.
pub(super) fn waiting(talk: &Talk<'_>, seen: &Seen) -> Option<Waiting> {
    let now = talk.now();
    let norm = talk.content().norm(&talk.scene().region.norm);
    let patience = i64::from(norm.map_or(8, |norm| norm.reader_hours)) * Ms::HOUR;
    let mut overdue = seen.waiting.iter().filter(|question| question.at.plus(patience) <= now);
    let oldest = *overdue.next()?;
    let count = u32::try_from(overdue.count()).unwrap_or(u32::MAX).saturating_add(1);
    Some(Waiting { count, oldest, since: talk.zone().local(oldest.at).date() })
}

fn subjects<'a>(talk: &Talk<'_>, hers: &'a HerPages, weeks: &'a [Vec<Week>]) -> Vec<Subject<'a>> {
    let subject = |(seen, weeks): (&'a Seen, &'a Vec<Week>)| {
        let subject = Subject { waiting: waiting(talk, seen), ..Subject::new(&seen.page, weeks) };
        let Some(sight) = &seen.sight else { return subject };
        let (found, defects, hours, earned) = (&sight.found, &sight.defects, sight.hours, &sight.earned);
        Subject { found, defects, hours, earned, ..subject }
    };
    hers.pages.iter().zip(weeks).map(subject).collect()
}

fn passed(talk: &Talk<'_>) -> Vec<String> {
    talk.progress
        .lessons
        .iter()
        .filter(|mark| mark.passed.is_some())
        .map(|mark| mark.lesson.clone())
        .collect()
}

fn screen(talk: &Talk<'_>, nudge: &Nudge<'_>) -> Screen {
    let mut screen = Screen::text(nudge.text.clone());
    for (n, chosen) in nudge.chosen.iter().enumerate() {
        let act = |t| Action::Advised { p: chosen.page.id.0, i: chosen.advice.id.clone(), t };
        let named = |key: &str| talk.f(key, &[("n", (n + 1).into())]);
        screen = screen.row([
            Choice::new(named("nudge-done"), act(Answer::Done)).good(),
            Choice::new(named("nudge-how"), act(Answer::How)),
            Choice::new(named("nudge-later"), act(Answer::Later)),
        ]);
    }
    // Nine buttons of ten are taken at most; the last is the lesson, or ideas.
    let last = nudge.lesson.and_then(|id| talk.content().lesson(id)).map(|lesson| {
        let title = talk.f("nudge-to-lesson", &[("lesson", short(&lesson.title, 30).into())]);
        Choice::new(label(&title), Action::Lesson { l: lesson.id.clone() })
    });
    screen.row([last.unwrap_or_else(|| ideas::button(talk))])
}

/// Her answer to an advice. The nudge stays as it is: its other buttons are still good.
pub(super) fn advised(talk: &mut Talk<'_>, page: i64, id: &str, answer: Answer) -> Step {
    let hers = pages(talk)?;
    let Some(advice) = talk.content().advice().iter().find(|advice| advice.id == id) else {
        talk.toast(talk.t("stale-button"));
        menu::open(talk);
        return Ok(());
    };
    let page = GroupId(page);
    let mut nudged = hers.nudged.clone();
    if answered(&mut nudged, page, id, answer) {
        let declined = nudged.declined.iter().any(|(declined, times)| declined == id && *times >= 3);
        talk.op(Op::PutNudged(talk.person.id, Box::new(nudged)));
        if answer == Answer::Done {
            said(talk, hers, page, advice.mends);
        }
        if answer == Answer::Later && declined {
            reply(talk, "nudge-never");
            return Ok(());
        }
    }
    match answer {
        Answer::Done => reply(talk, "nudge-thanks"),
        Answer::Later => reply(talk, "nudge-put-off"),
        Answer::How => {
            talk.press(None);
            ask::guide(talk, &advice.guide, 0, &Origin::default());
        }
    }
    Ok(())
}

/// What no machine sees is so because she says so.
fn said(talk: &mut Talk<'_>, hers: &HerPages, page: GroupId, what: Aspect) {
    if matches!(what, Aspect::Badge | Aspect::Connected) {
        say(talk, hers, page, what, true);
    }
}

/// Notes her word on something of her page that no machine sees; a curator's word is not replaced by hers.
pub(super) fn say(talk: &mut Talk<'_>, hers: &HerPages, page: GroupId, what: Aspect, yes: bool) -> bool {
    let kept = hers.pages.iter().filter_map(|seen| seen.kept.as_ref()).find(|kept| kept.id == page);
    let by = talk.person.id;
    let Some(kept) = kept.filter(|kept| kept.admin(by).is_some()) else { return false };
    if kept.word(what).is_some_and(|word| word.confirmed) {
        return false;
    }
    let mut kept = kept.clone();
    talk.expect(Expect::PageRev(kept.id, kept.rev));
    kept.say(Word { what, yes, by, confirmed: false, at: talk.now() });
    talk.op(Op::PutPage(Box::new(kept)));
    true
}

fn reply(talk: &mut Talk<'_>, key: &str) {
    if talk.is_press() {
        talk.toast(talk.t(key));
    } else {
        talk.say(Screen::text(talk.t(key)).row([menu::home(talk)]));
    }
}
