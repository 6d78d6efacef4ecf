//! What comes by itself: reminders, what was held for her, and her answers to them.

use vkapi::types::UserId;

use super::{
    Action, Choice, Known, Need, Screen, Talk, board, classes, handoff, ideas, menu, nudge, opinion,
    progress, reminders, report, router::Step, told,
};
use crate::{
    domain::{
        CampaignId, Ms, Reminder, ReminderKey, What,
        attention::{Body, Held, Kind, Ledger, MERGE, Quiet, Verdict, verdict_on_held},
    },
    store::Op,
};

/// The most characters of one message made of what was held; the rest comes in the next.
const DIGEST: usize = 3_500;
/// How near each other what was put off and what comes anyhow are the same, in milliseconds.
const NEAR: i64 = 15 * Ms::MINUTE;
/// VK takes so many buttons under a message.
const BUTTONS: usize = 10;
/// The most requests of colleagues that get buttons in one message.
const ASKED: usize = 4;

/// Her quiet hours.
pub(super) fn quiet(talk: &Talk<'_>) -> Quiet {
    talk.person.quiet.unwrap_or(talk.scene().region.attention.quiet)
}

/// Whatever is due for her, said in one message: however many were missed, each comes once, and none in quiet hours or
/// while she is away. What was held for her comes with it, or by itself when her budget allows.
pub(super) fn come(talk: &mut Talk<'_>, due: &[Reminder], ledger: &Ledger) -> Step {
    let now = talk.now();
    let region = talk.scene().region;
    let person = talk.person.clone();
    let reader = person.reader(&region.attention, &region.zone);
    if person.consent.is_none() {
        for reminder in due {
            again(talk, reminder, now);
        }
        return Ok(());
    }
    // What comes once must not be lost while VK takes nothing for her.
    let opens = if person.writable { now } else { now.plus(Ms::DAY) };
    let opens = reader.quiet.end(reader.zone, reader.away_until(opens).unwrap_or(opens));
    if opens > now {
        for reminder in due {
            postpone(talk, reminder, opens);
        }
        return Ok(());
    }
    let own = wanted(talk, own(talk, due))?;
    for reminder in due.iter().filter(|r| r.what != What::Digest) {
        again(talk, reminder, now);
    }
    fold(talk, due, &own);
    let back = due.iter().any(|r| r.what == What::Back);
    if back {
        talk.person.away = None;
    }
    let since = due.iter().find_map(|r| match r.what {
        What::Classes { since } => Some(since),
        _ => None,
    });
    let (classes, below) = match since {
        Some(since) => classes::come(talk, since)?,
        None => (Vec::new(), Vec::new()),
    };
    let held = held(talk, ledger, own.is_empty() && !back && classes.is_empty())?;
    let mut parts: Vec<String> = Vec::new();
    if back {
        parts.push(talk.t("vacation-over"));
    }
    if own.is_empty() {
        parts.extend(classes);
    } else if !classes.is_empty() {
        // Both have buttons of their own, more than fit one message.
        talk.say(
            Screen { text: classes.join("\n\n"), rows: below.clone(), usual: false }.row([menu::home(talk)]),
        );
    }
    parts.extend(own.iter().map(|what| named(talk, what)));
    if let Some(reminder) = due.iter().find(|r| r.what == What::Nudge) {
        nudge::come(talk, reminder, ledger, !own.is_empty() || !parts.is_empty())?;
    }
    if let Some(reminder) = due.iter().find(|r| r.what == What::Friday) {
        board::friday(talk, reminder, ledger)?;
    }
    if let Some(reminder) = due.iter().find(|r| r.what == What::Monday) {
        report::monday(talk, reminder, ledger)?;
    }
    if let Some(reminder) = due.iter().find(|r| r.what == What::Opinion) {
        let others = due.iter().any(|r| matches!(r.what, What::Nudge | What::Friday | What::Monday));
        opinion::come(talk, reminder, ledger, others || !held.is_empty() || !parts.is_empty());
    }
    let posts = own.contains(&What::Post);
    let covered = own.iter().find_map(|what| match what {
        What::Cover { sphere, .. } => Some(*sphere),
        _ => None,
    });
    if posts {
        parts.extend(ideas::line(talk, person.sphere));
    } else if let Some(sphere) = covered {
        parts.extend(ideas::line(talk, sphere));
    }
    say_held(talk, &parts, held, (&own, posts), below);
    if !own.is_empty() {
        talk.person.came = own;
    }
    Ok(())
}

/// What of her own is to be said now, the same thing once.
fn own(talk: &Talk<'_>, due: &[Reminder]) -> Vec<What> {
    let today = talk.local().date();
    let mut own: Vec<What> = Vec::new();
    for reminder in due.iter().filter(|r| r.is_own() && talk.person.subscriptions.reminders) {
        let over = matches!(reminder.what, What::Cover { back, .. } if back <= today);
        if !over && !own.contains(&reminder.what) {
            own.push(reminder.what.clone());
        }
    }
    own
}

/// Without the word about a post that is out already: it was to remind her, not to count.
fn wanted(talk: &mut Talk<'_>, mut own: Vec<What>) -> Result<Vec<What>, Need> {
    let Some(page) = talk.person.page().filter(|_| own.contains(&What::Post)).map(|page| page.id) else {
        return Ok(own);
    };
    let today = talk.local().date();
    if let Known::LastPost(Some(at)) = talk.known(Need::LastPost(page))?
        && talk.zone().local(*at).date() == today
    {
        own.retain(|what| *what != What::Post);
    }
    Ok(own)
}

/// What was put off and what comes by its rule about the same within minutes is said once.
fn fold(talk: &mut Talk<'_>, due: &[Reminder], own: &[What]) {
    let now = talk.now();
    let once = |what: &What| due.iter().any(|r| r.what == *what && r.rule.is_none());
    let near = |r: &Reminder| r.is_own() && r.due > now && r.due.0 - now.0 <= NEAR && own.contains(&r.what);
    let near: Vec<Reminder> = talk.reminders().into_iter().filter(near).collect();
    for reminder in near {
        if reminder.rule.is_none() || once(&reminder.what) {
            again(talk, &reminder, reminder.due);
        }
    }
}

/// Sets the next time of a reminder after a moment; removes one that has none.
fn again(talk: &mut Talk<'_>, reminder: &Reminder, after: Ms) {
    let zone = talk.zone();
    let next = reminder.rule.as_ref().and_then(|rule| rule.next(zone, talk.content().calendar(), after));
    let covers = |due: Ms| match reminder.what {
        What::Cover { back, .. } => zone.local(due).date() < back,
        _ => true,
    };
    match next.filter(|due| covers(*due)) {
        Some(due) => talk.op(Op::PutReminder(Reminder { due, ..reminder.clone() })),
        None => talk.op(Op::DropReminder(reminder.key)),
    }
}

/// Moves what cannot come now: to the moment it can, or, if it comes again anyhow before or soon after that, to then.
fn postpone(talk: &mut Talk<'_>, reminder: &Reminder, opens: Ms) {
    let away = talk.person.away.is_some();
    let zone = talk.zone();
    // One that comes every week is not made up for after a vacation.
    let next = reminder.rule.as_ref().filter(|_| away || !talk.person.writable);
    let next = next.and_then(|rule| rule.next(zone, talk.content().calendar(), opens.plus(-1)));
    let due = next.unwrap_or(opens);
    talk.op(Op::PutReminder(Reminder { due, ..reminder.clone() }));
}

/// What was held and is to be said now. Alone it waits for her own reminder if one is near, and for her budget; with
/// something of her own it rides along if it was to come soon anyhow.
fn held(talk: &mut Talk<'_>, ledger: &Ledger, alone: bool) -> Result<Vec<(String, Option<Ask>)>, Need> {
    let region = talk.scene().region;
    let now = talk.now();
    let set = talk.reminders().into_iter().find(|r| r.what == What::Digest);
    let Some(digest) = set.filter(|d| d.due <= now || (!alone && d.due.0 - now.0 <= MERGE)) else {
        return Ok(Vec::new());
    };
    if alone {
        let near = |r: &Reminder| r.is_own() && r.due > now && r.due.0 - now.0 <= MERGE;
        let mut later = talk.reminders().iter().filter(|r| near(r)).map(|r| r.due).min();
        if later.is_none() {
            let reader = talk.person.reader(&region.attention, &region.zone);
            let calendar = talk.content().calendar();
            if let Verdict::Later(at) | Verdict::Digest(at) =
                verdict_on_held(&region.attention, calendar, &reader, ledger, now)
            {
                later = Some(at);
            }
        }
        if let Some(at) = later.filter(|_| !ledger.held.is_empty()) {
            talk.op(Op::PutReminder(Reminder { due: at, ..digest }));
            return Ok(Vec::new());
        }
    }
    // A colleague's word would come anyhow: what is beside it rides along.
    let answers = ledger.held.iter().any(|held| held.kind == Kind::Answer);
    let mut ledger = ledger.clone();
    let mut texts = Vec::new();
    for held in ledger.take_held() {
        texts.extend(text_of(talk, held)?);
    }
    if alone && !answers && !texts.is_empty() {
        ledger.spend(now);
    }
    talk.op(Op::PutLedger(talk.person.id, ledger));
    talk.op(Op::DropReminder(digest.key));
    Ok(texts)
}

/// What something held says, and what is asked of her in it; nothing if that is over.
fn text_of(talk: &Talk<'_>, held: Held) -> Result<Option<(String, Option<Ask>)>, Need> {
    Ok(match held.body {
        Body::Text(text) => Some((text, None)),
        Body::Cover { whose, name, page, back } => {
            if back <= talk.local().date() {
                return Ok(None);
            }
            let back = told::date(talk, back);
            let args = [("name", name.into()), ("page", page.into()), ("back", back.into())];
            Some((talk.f("cover-ask", &args), Some(Ask::Cover(whose))))
        }
        Body::Handoff(id) => handoff::told(talk, id)?,
        Body::Campaign(id) => match talk.known(Need::Told(id, talk.person.id))? {
            Known::Told(Some((text, ack))) => Some((text.clone(), ack.map(|n| Ask::Ack(id, n)))),
            _ => None,
        },
    })
}

/// Her own part with its buttons, and what was held below it; what does not fit a message comes in another before it.
fn say_held(
    talk: &mut Talk<'_>,
    parts: &[String],
    held: Vec<(String, Option<Ask>)>,
    (own, posts): (&[What], bool),
    rows: Vec<Vec<Choice>>,
) {
    let many = held.len() > 1;
    let mut text = parts.join("\n\n");
    let mut below = String::new();
    if many || !(held.is_empty() || text.is_empty()) {
        below = talk.t(if text.is_empty() { "digest-title" } else { "digest-besides" });
    }
    let asks: Vec<Ask> = held.iter().filter_map(|(_, whose)| *whose).collect();
    for (item, _) in held {
        let item = if many { format!("— {item}") } else { item };
        if below.chars().count() + item.chars().count() > DIGEST {
            talk.say(Screen::text(std::mem::take(&mut below)));
        }
        below = if below.is_empty() { item } else { format!("{below}\n\n{item}") };
    }
    if text.chars().count() + below.chars().count() > DIGEST {
        talk.say(Screen::text(std::mem::take(&mut below)));
    }
    if !below.is_empty() {
        text = if text.is_empty() { below } else { format!("{text}\n\n{below}") };
    }
    if text.is_empty() {
        return;
    }
    if own.is_empty() {
        let mut screen = Screen { text, rows, usual: false };
        // Of the ten buttons two go to each request, of the six rows one.
        let buttons = screen.rows.iter().flatten().count();
        let room = (BUTTONS - 1).saturating_sub(buttons) / 2;
        let room = room.min(5_usize.saturating_sub(screen.rows.len()));
        for ask in asks.into_iter().take(ASKED.min(room)) {
            screen = screen.row(ask.buttons(talk));
        }
        return talk.say(screen.row([menu::home(talk)]));
    }
    let mut later = vec![
        talk.choice("reminder-hour-later", Action::InHour),
        talk.choice("reminder-tomorrow", Action::Tomorrow),
    ];
    let tomorrow = talk.local().date().tomorrow();
    if tomorrow.is_ok_and(|day| !talk.content().calendar().is_working(day)) {
        later.push(talk.choice("reminder-workday", Action::Workday));
    }
    let mut screen = Screen::text(text)
        .row([
            talk.choice("reminder-done", Action::Done).good(),
            talk.choice("reminder-skip", Action::PassBy),
        ])
        .row(later);
    if posts {
        screen = screen.row(ideas::beside_reminder(talk));
    }
    // Of the ten buttons that VK takes two go to each request; of the six rows at least two are left.
    let left = BUTTONS - screen.rows.iter().flatten().count();
    for ask in asks.into_iter().take((left / 2).min(2)) {
        screen = screen.row(ask.buttons(talk));
    }
    talk.say(screen);
}

/// What a held message asks of her.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    /// To look after a colleague's page.
    Cover(UserId),
    /// To take a conversation.
    Take(u64),
    /// To go on with a conversation.
    Say(u64),
    /// To say that she has read an announcement, by its button of this number.
    Ack(CampaignId, usize),
}

impl Ask {
    fn buttons(self, talk: &Talk<'_>) -> Vec<Choice> {
        match self {
            Self::Cover(whose) => vec![
                talk.choice("cover-yes", Action::Cover { whose, yes: true }).good(),
                talk.choice("cover-no", Action::Cover { whose, yes: false }),
            ],
            Self::Take(id) => vec![
                talk.choice("handoff-take", Action::HandoffTake { id }).main(),
                talk.choice("handoff-open", Action::Handoff { id }),
            ],
            Self::Ack(id, n) => vec![talk.choice("letter-ack", Action::LetterPress { id, n }).good()],
            Self::Say(id) => vec![talk.choice("reply", Action::HandoffSay { id }).main()],
        }
    }
}

/// What a reminder says.
fn named(talk: &Talk<'_>, what: &What) -> String {
    match what {
        What::Task(task) => {
            let joined = ["про ", "о ", "об ", "насчёт ", "насчет "].iter().any(|p| task.starts_with(p));
            talk.f(
                if joined { "reminder-due-about" } else { "reminder-due-task" },
                &[("task", task.clone().into())],
            )
        }
        What::Cover { page, .. } => talk.f("reminder-due-cover", &[("page", page.clone().into())]),
        What::Post
        | What::Digest
        | What::Back
        | What::Nudge
        | What::Friday
        | What::Monday
        | What::Classes { .. }
        | What::Opinion => match talk.person.page() {
            Some(page) => talk.f("reminder-due-page", &[("page", page.name.clone().into())]),
            None => talk.t("reminder-due"),
        },
    }
}

/// «Готово»: praise, and what was put off is not needed any more.
pub(super) fn done(talk: &mut Talk<'_>) {
    drop_postponed(talk);
    let came = std::mem::take(&mut talk.person.came);
    let task = !came.is_empty() && came.iter().all(|what| matches!(what, What::Task(_)));
    talk.toast(talk.t("reminder-praise"));
    if task {
        return answered(talk, talk.t("reminder-done-task"));
    }
    let mut text = talk.t("reminder-done-text");
    if let Some(weeks) = progress::week_counts(talk) {
        text = format!("{text} {weeks}");
    }
    answered(talk, text);
}

/// «Пропустить»: not this time.
pub(super) fn skip(talk: &mut Talk<'_>) {
    drop_postponed(talk);
    talk.person.came.clear();
    answered(talk, talk.t("reminder-skipped"));
}

fn answered(talk: &mut Talk<'_>, mut text: String) {
    if let Some(next) = reminders::next(talk) {
        let when = told::moment(talk, next);
        text = format!("{text} {}", talk.f("reminder-next", &[("when", when.into())]));
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

/// To when a reminder is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Later {
    Hour,
    Tomorrow,
    Workday,
}

/// «Через час», «Завтра», «В рабочий день»: once more, out of quiet hours; pressing again moves it.
pub(super) fn later(talk: &mut Talk<'_>, later: Later) {
    let now = talk.now();
    let local = talk.local();
    let tomorrow = local.date().tomorrow().unwrap_or(local.date());
    let wanted = match later {
        Later::Hour => now.plus(Ms::HOUR),
        Later::Tomorrow => talk.zone().moment(tomorrow.to_datetime(local.time())),
        Later::Workday => {
            let day = talk.content().calendar().working_from(tomorrow);
            talk.zone().moment(day.to_datetime(local.time()))
        }
    };
    let due = quiet(talk).end(talk.zone(), wanted);
    drop_postponed(talk);
    let mut came = talk.person.came.clone();
    if came.is_empty() {
        came.push(What::Post);
    }
    for what in came {
        let key = talk.new_reminder();
        talk.op(Op::PutReminder(Reminder { key, due, rule: None, what }));
    }
    let when = told::moment(talk, due);
    let text = talk.f("reminder-postponed", &[("when", when.into())]);
    talk.toast(text.clone());
    let done = talk.choice("reminder-done", Action::Done).good();
    talk.show(Screen::text(text).row([done, menu::home(talk)]));
}
