//! What comes by itself: reminders, what was held for her, and her answers to them.

use vkapi::types::{GroupId, UserId};

use super::{
    Absent, Action, Choice, Known, Need, Screen, Talk, alarms, board, classes, handoff, ideas, interview,
    menu, nudge, opinion, progress, reminders, report, router::Step, told, vacation,
};
use crate::{
    content::Texts,
    domain::{
        Arrived, CampaignId, Ms, Person, Reminder, ReminderKey, Sphere, What,
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
/// So many messages that reminded her are known by their buttons; older ones lead to her reminders.
const CAME: usize = 4;

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
    let (own, over) = wanted(talk, own(talk, due))?;
    let covers = |r: &Reminder| over.iter().any(|(whose, _)| r.what.is_of(*whose));
    for reminder in due.iter().filter(|r| r.what != What::Digest && !covers(r)) {
        again(talk, reminder, now);
    }
    let gone: Vec<ReminderKey> = talk.reminders().into_iter().filter(covers).map(|r| r.key).collect();
    for key in gone {
        talk.op(Op::DropReminder(key));
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
    let alone = own.is_empty() && over.is_empty() && !back && classes.is_empty();
    let held = held(talk, ledger, alone)?;
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
    parts.extend(over.iter().map(|(_, page)| talk.f("cover-back", &[("page", page.clone().into())])));
    parts.extend(own.iter().map(|what| named(talk, what)));
    // What she did not ask for waits until she has read the present text.
    let agreed = interview::consented(talk);
    let unasked = |what: What| due.iter().find(|r| agreed && r.what == what);
    if let Some(reminder) = unasked(What::Nudge) {
        nudge::come(talk, reminder, ledger, !own.is_empty() || !parts.is_empty())?;
    }
    if let Some(reminder) = unasked(What::Friday) {
        board::friday(talk, reminder, ledger)?;
    }
    if let Some(reminder) = unasked(What::Monday) {
        report::monday(talk, reminder, ledger)?;
    }
    if let Some(reminder) = unasked(What::Opinion) {
        let others = due.iter().any(|r| matches!(r.what, What::Nudge | What::Friday | What::Monday));
        opinion::come(talk, reminder, ledger, others || !held.is_empty() || !parts.is_empty());
    }
    // For a colleague's page an idea of its own sphere.
    let posts = own.iter().find_map(|what| match what {
        What::Cover { sphere, .. } => Some(Post { of: *sphere }),
        _ => None,
    });
    let posts = if own.contains(&What::Post) { Some(Post { of: None }) } else { posts };
    parts.extend(posts.and_then(|post| ideas::line(talk, post.of)));
    let mark = due.iter().filter(|r| own.contains(&r.what)).map(|r| r.due).min().unwrap_or(now);
    say_held(talk, &parts, held, (!own.is_empty()).then_some((mark, posts)), below);
    if !own.is_empty() {
        let came = &mut talk.person.came;
        came.retain(|arrived| arrived.at != mark);
        came.push(Arrived { at: mark, what: own });
        came.drain(..came.len().saturating_sub(CAME));
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

/// A post that she is reminded of.
#[derive(Clone, Copy, Debug)]
struct Post {
    /// The sphere of a colleague's page; `None`: her own.
    of: Option<Sphere>,
}

/// A colleague who is back, and what her page is called.
type Back = (UserId, String);

/// Without the word about a post that is out already: it was to remind her, not to count. Whose page is looked after no
/// more, for its own people are back or have named another, comes beside.
fn wanted(talk: &Talk<'_>, own: Vec<What>) -> Result<(Vec<What>, Vec<Back>), Need> {
    let (mut left, mut over) = (Vec::new(), Vec::new());
    for what in own {
        let page = match &what {
            What::Post => talk.person.page().map(|page| page.id),
            What::Cover { whose, page, .. } => {
                let Known::Absent(found) = talk.known(Need::Absent(*whose))? else { continue };
                let Some(absent) = found.as_ref().filter(|absent| vacation::asked(talk, absent)) else {
                    over.push((*whose, page.clone()));
                    continue;
                };
                absent.page.as_ref().map(|page| page.id)
            }
            _ => None,
        };
        let out = match page {
            Some(page) => is_out(talk, page)?,
            None => false,
        };
        if !out {
            left.push(what);
        }
    }
    Ok((left, over))
}

/// A post came out on a page today.
fn is_out(talk: &Talk<'_>, page: GroupId) -> Result<bool, Need> {
    let Known::LastPost(last) = talk.known(Need::LastPost(page))? else { return Ok(false) };
    let today = talk.local().date();
    Ok(last.is_some_and(|at| talk.zone().local(at).date() == today))
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
    let region = talk.scene().region;
    let away = talk.person.reader(&region.attention, &region.zone).away_until(talk.now()).is_some();
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
            // She may be back by now, have moved the day, or have asked somebody else.
            let Known::Absent(found) = talk.known(Need::Absent(whose))? else { return Ok(None) };
            let still = |absent: &Absent| absent.away.back == back && vacation::asked(talk, absent);
            if !found.as_ref().is_some_and(still) {
                return Ok(None);
            }
            let back = told::date(talk, back);
            let args = [("name", name.into()), ("page", page.into()), ("back", back.into())];
            Some((talk.f("cover-ask", &args), Some(Ask::Cover(whose))))
        }
        Body::Handoff(id) => handoff::told(talk, id)?,
        Body::Silence { page, name, last, asked } => {
            alarms::silence(talk, page, &name, last, asked)?.map(|text| (text, None))
        }
        Body::Misses(page) => alarms::misses(talk, page)?.map(|text| (text, None)),
        Body::Question { page } => alarms::question(talk, page)?.map(|text| (text, None)),
        Body::Shut { page, state } => alarms::shut(talk, page, state)?.map(|text| (text, None)),
        Body::Campaign(id) => match talk.known(Need::Told(id, talk.person.id))? {
            Known::Told(Some((text, ack))) => Some((text.clone(), ack.map(|n| Ask::Ack(id, n)))),
            _ => None,
        },
    })
}

/// Her own part with its buttons, and what was held below it; what does not fit a message comes in another before it.
/// `own` is by what its buttons name it, and of which sphere ideas for a post go with it, if any.
fn say_held(
    talk: &mut Talk<'_>,
    parts: &[String],
    held: Vec<(String, Option<Ask>)>,
    own: Option<(Ms, Option<Post>)>,
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
    let Some((mark, posts)) = own else {
        let mut screen = Screen { text, rows, usual: false };
        // Of the ten buttons two go to each request, of the six rows one.
        let buttons = screen.rows.iter().flatten().count();
        let room = (BUTTONS - 1).saturating_sub(buttons) / 2;
        let room = room.min(5_usize.saturating_sub(screen.rows.len()));
        for ask in asks.into_iter().take(ASKED.min(room)) {
            screen = screen.row(ask.buttons(talk));
        }
        return talk.say(screen.row([menu::home(talk)]));
    };
    let m = Some(mark);
    let mut later = vec![
        talk.choice("reminder-hour-later", Action::InHour { m }),
        talk.choice("reminder-tomorrow", Action::Tomorrow { m }),
    ];
    let tomorrow = talk.local().date().tomorrow();
    if tomorrow.is_ok_and(|day| !talk.content().calendar().is_working(day)) {
        later.push(talk.choice("reminder-workday", Action::Workday { m }));
    }
    let mut screen = Screen::text(text)
        .row([
            talk.choice("reminder-done", Action::Done { m }).good(),
            talk.choice("reminder-skip", Action::PassBy { m }),
        ])
        .row(later);
    if let Some(post) = posts {
        screen = screen.row(ideas::beside_reminder(talk, post.of));
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
    reminded(talk.content().texts(), &talk.person, what)
}

/// How a person is told that something of hers is due.
pub(crate) fn reminded(texts: &Texts, person: &Person, what: &What) -> String {
    match what {
        What::Task(task) => {
            let joined = ["про ", "о ", "об ", "насчёт ", "насчет "].iter().any(|p| task.starts_with(p));
            texts.format(
                if joined { "reminder-due-about" } else { "reminder-due-task" },
                &[("task", task.clone().into())],
            )
        }
        What::Cover { page, .. } => texts.format("reminder-due-cover", &[("page", page.clone().into())]),
        What::Post
        | What::Digest
        | What::Back
        | What::Nudge
        | What::Friday
        | What::Monday
        | What::Classes { .. }
        | What::Opinion => match person.page() {
            Some(page) => texts.format("reminder-due-page", &[("page", page.name.clone().into())]),
            None => texts.get("reminder-due"),
        },
    }
}

/// What the message was about that an answer stands under; the last one if the button does not tell, for it is old.
fn arrived(talk: &Talk<'_>, mark: Option<Ms>) -> Option<Arrived> {
    let came = &talk.person.came;
    match mark {
        Some(at) => came.iter().find(|arrived| arrived.at == at).cloned(),
        None => came.last().cloned(),
    }
}

/// Takes what is answered out of what waits for an answer, with what was put off of it.
fn settle(talk: &mut Talk<'_>, mark: Option<Ms>) -> Vec<What> {
    let Some(arrived) = arrived(talk, mark) else { return Vec::new() };
    drop_postponed(talk, &arrived.what);
    talk.person.came.retain(|other| *other != arrived);
    arrived.what
}

/// «Готово»: praise, and what was put off of it is not needed any more.
pub(super) fn done(talk: &mut Talk<'_>, mark: Option<Ms>) {
    let came = settle(talk, mark);
    talk.toast(talk.t("reminder-praise"));
    // Under a message that was answered already there is nothing to count again.
    let task = came.iter().all(|what| matches!(what, What::Task(_)));
    if task && !(came.is_empty() && mark.is_none()) {
        return answered(talk, talk.t("reminder-done-task"));
    }
    let mut text = talk.t("reminder-done-text");
    if let Some(weeks) = progress::week_counts(talk) {
        text = format!("{text} {weeks}");
    }
    answered(talk, text);
}

/// «Пропустить»: not this time.
pub(super) fn skip(talk: &mut Talk<'_>, mark: Option<Ms>) {
    settle(talk, mark);
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

/// What was put off of these things comes no more; what was put off of others stays.
fn drop_postponed(talk: &mut Talk<'_>, what: &[What]) {
    let postponed = |r: &Reminder| r.rule.is_none() && r.is_own() && what.contains(&r.what);
    let keys: Vec<ReminderKey> = talk.reminders().into_iter().filter(postponed).map(|r| r.key).collect();
    for key in keys {
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

/// «Через час», «Завтра», «В рабочий день»: once more, out of quiet hours; pressing again moves it. On another day it
/// comes at its own hour, however late she pressed.
pub(super) fn later(talk: &mut Talk<'_>, later: Later, mark: Option<Ms>) {
    let found = arrived(talk, mark);
    if found.is_none() && mark.is_some() {
        talk.toast(talk.t("stale-button"));
        return reminders::all(talk, 0);
    }
    let now = talk.now();
    let (at, what) = found.map_or((now, vec![What::Post]), |arrived| (arrived.at, arrived.what));
    let tomorrow = talk.local().date().tomorrow().unwrap_or(talk.local().date());
    let time = talk.zone().local(at).time();
    let wanted = match later {
        Later::Hour => now.plus(Ms::HOUR),
        Later::Tomorrow => talk.zone().moment(tomorrow.to_datetime(time)),
        Later::Workday => {
            let day = talk.content().calendar().working_from(tomorrow);
            talk.zone().moment(day.to_datetime(time))
        }
    };
    let due = quiet(talk).end(talk.zone(), wanted);
    drop_postponed(talk, &what);
    for what in what {
        let key = talk.new_reminder();
        talk.op(Op::PutReminder(Reminder { key, due, rule: None, what }));
    }
    let when = told::moment(talk, due);
    let text = talk.f("reminder-postponed", &[("when", when.into())]);
    talk.toast(text.clone());
    let done = talk.choice("reminder-done", Action::Done { m: mark }).good();
    let all = talk.choice("menu-reminders", Action::Reminders);
    talk.show(Screen::text(text).row([done, all, menu::home(talk)]));
}
