//! A conversation with staff as the person has it: her question goes over, her words follow it, the bot keeps silent
//! meanwhile and says when it speaks again.

use vkapi::types::UserId;

use super::{Action, Hand, Known, Need, Screen, Talk, ask, desk, due::Ask, menu, router::Step, short, told};
use crate::{
    domain::{
        Asked, Clerk, Context, Fate, Handoff, Ms, Place, Rights, Role,
        attention::{AWAKE, Body, Held, Kind},
        care,
    },
    store::{Expect, Op},
};

/// How long ago an earlier question still belongs to this one.
const BEFORE: i64 = Ms::DAY;
/// How much of a line a held message shows.
const LINE: usize = 700;
/// How much of a question names a conversation.
pub(super) const NAME: usize = 60;

/// A later conversation has a higher number; it stays below 2⁵³, which a payload keeps.
pub(super) fn new_id(now: Ms, nonce: u64) -> u64 {
    now.0.unsigned_abs() << 12 | nonce & 0xfff
}

/// Everybody of staff.
pub(super) fn clerks<'a>(talk: &Talk<'a>) -> Result<&'a [Clerk], Need> {
    match talk.known(Need::Desk)? {
        Known::Desk(desk) => Ok(desk),
        _ => Ok(&[]),
    }
}

/// Somebody's conversation that goes on; the newest if there are several.
pub(super) fn open_of<'a>(talk: &Talk<'a>, who: UserId) -> Result<Option<&'a Handoff>, Need> {
    let Known::Handoffs(all) = talk.known(Need::HandoffsOf(who))? else { return Ok(None) };
    Ok(all.iter().rev().find(|one| one.is_open()))
}

/// A conversation by its number, if it is hers; one that is over is told so.
pub(super) fn hers<'a>(talk: &mut Talk<'a>, id: u64) -> Result<Option<&'a Handoff>, Need> {
    let Known::Handoffs(all) = talk.known(Need::HandoffsOf(talk.person.id))? else { return Ok(None) };
    Ok(all.iter().find(|one| one.id == id))
}

/// Writes a conversation as it was read and changed since.
pub(super) fn put(talk: &mut Talk<'_>, changed: Handoff) {
    talk.expect(Expect::HandoffRev(changed.id, changed.rev));
    talk.op(Op::PutHandoff(Box::new(changed)));
}

/// Until when the bot keeps silent after something said now.
pub(super) fn silence(talk: &Talk<'_>) -> Ms {
    talk.now().plus(i64::from(talk.scene().region.care.silent_hours) * Ms::HOUR)
}

/// By when staff is to answer what is said now: the norm's hours, in working time.
fn due(talk: &Talk<'_>) -> Ms {
    let region = talk.scene().region;
    let hours = talk.content().norm(&region.norm).map_or(8, |norm| norm.answer_hours);
    region.care.hours.after(&region.zone, talk.content().calendar(), hours, talk.now())
}

/// Hands a question over: to the nearest curators, each told once; into the conversation that goes on, if one does.
pub(super) fn begin(talk: &mut Talk<'_>, asked: &Asked) -> Step {
    let (me, now) = (talk.person.id, talk.now());
    if let Some(open) = open_of(talk, me)? {
        let open = open.clone();
        return heard(talk, open, &asked.text);
    }
    let place = Place::of_person(&talk.person);
    let region = talk.scene().region;
    let told = care::queue(clerks(talk)?, &place, region.attention, &region.zone, now);
    let context = Context {
        page: talk.person.page().cloned(),
        sphere: talk.person.sphere,
        municipality: talk.person.municipality.clone(),
        asked: asked.id,
        how: Some(asked.how),
        guide: asked.guide.clone(),
        before: before(talk, asked)?,
    };
    let id = new_id(now, talk.scene().nonce);
    let due = due(talk);
    for curator in &told {
        let held = Held { kind: Kind::Nudge, at: now, body: Body::Handoff(id) };
        talk.op(Op::Hold(*curator, held, now));
    }
    let new = Handoff::new(id, me, now, context, None, &asked.text);
    let silent = Some(silence(talk));
    put(talk, Handoff { told, due: Some(due), silent, ..new });
    let when = told::moment(talk, due);
    let text = talk.f("curator-sent", &[("when", when.into())]);
    let screen = buttons(talk, Screen::text(text), id);
    talk.show(screen);
    Ok(())
}

/// What she asked shortly before, newest first.
fn before(talk: &Talk<'_>, asked: &Asked) -> Result<Vec<String>, Need> {
    let Known::Questions(all) = talk.known(Need::QuestionsOf(talk.person.id))? else { return Ok(Vec::new()) };
    let since = talk.now().plus(-BEFORE);
    let mut earlier: Vec<&Asked> =
        all.iter().filter(|a| a.id != asked.id && a.at >= since && !a.text.is_empty()).collect();
    earlier.sort_by_key(|a| std::cmp::Reverse(a.at));
    Ok(earlier.into_iter().take(Context::BEFORE).map(|a| a.text.clone()).collect())
}

/// The buttons of whoever waits for staff.
fn buttons(talk: &Talk<'_>, screen: Screen, id: u64) -> Screen {
    screen
        .row([
            talk.choice("handoff-bot", Action::HandoffBot),
            talk.choice("handoff-solved", Action::HandoffClose { id }),
        ])
        .row([menu::home(talk)])
}

/// What she types while the bot keeps silent goes to staff; true if it did. When the silence is over she is told first
/// that the bot answers again.
pub(super) fn hears(talk: &mut Talk<'_>, typed: &str) -> Result<bool, Need> {
    let Some(open) = open_of(talk, talk.person.id)? else { return Ok(false) };
    let mut open = open.clone();
    if open.is_silent(talk.now()) {
        heard(talk, open, typed)?;
        return Ok(true);
    }
    if open.silent.is_some() {
        let id = open.id;
        open.silent = None;
        put(talk, open);
        let text = talk.t("handoff-bot-again");
        talk.say(Screen::text(text).row([talk.choice("handoff-write", Action::HandoffSay { id })]));
    }
    Ok(false)
}

/// Whoever took it and may no more has it no more: the nearest curators are told of it as of a new one.
fn pass_on(talk: &mut Talk<'_>, open: &mut Handoff, desk: &[Clerk]) {
    let (id, now, region) = (open.id, talk.now(), talk.scene().region);
    open.by = None;
    open.told = care::queue(desk, &open.place(), region.attention, &region.zone, now);
    for curator in &open.told {
        let held = Held { kind: Kind::Nudge, at: now, body: Body::Handoff(id) };
        talk.op(Op::Hold(*curator, held, now));
    }
}

/// Somebody has these rights and no others from now on: what she took elsewhere is free again.
pub(super) fn leave(talk: &mut Talk<'_>, who: UserId, rights: &Rights) -> Step {
    let Known::Handoffs(all) = talk.known(Need::Handoffs)? else { return Ok(()) };
    let mut desk = clerks(talk)?.to_vec();
    for clerk in desk.iter_mut().filter(|clerk| clerk.id == who) {
        clerk.rights = rights.clone();
    }
    for one in all.iter().filter(|one| one.by == Some(who) && !rights.covers(Role::Curator, &one.place())) {
        let mut free = one.clone();
        if one.due.is_some() {
            pass_on(talk, &mut free, &desk);
        } else {
            free.by = None;
        }
        put(talk, free);
    }
    Ok(())
}

/// Who took it, if she still may answer in it.
fn taker(talk: &Talk<'_>, open: &Handoff) -> Result<Option<UserId>, Need> {
    let Some(by) = open.by else { return Ok(None) };
    let clerk = clerks(talk)?.iter().find(|clerk| clerk.id == by);
    Ok(clerk.filter(|clerk| clerk.rights.covers(Role::Curator, &open.place())).map(|clerk| clerk.id))
}

/// Her words go to whoever took it.
fn heard(talk: &mut Talk<'_>, mut open: Handoff, typed: &str) -> Step {
    let (id, now) = (open.id, talk.now());
    open.say(now, false, typed);
    if open.by.is_some() && taker(talk, &open)?.is_none() {
        let desk = clerks(talk)?;
        pass_on(talk, &mut open, desk);
    }
    open.due = open.due.or(Some(due(talk)));
    open.silent = Some(silence(talk));
    if let Some(by) = open.by {
        let question = short(open.question(), NAME);
        let said = short(typed, Handoff::LINE);
        let text = talk.f("handoff-line", &[("question", question.into()), ("said", said.into())]);
        let screen = Screen::text(text).row([
            talk.choice("reply", Action::HandoffSay { id }).main(),
            talk.choice("handoff-open", Action::Handoff { id }),
        ]);
        to_staff(talk, by, id, screen)?;
    }
    let key = if open.by.is_some() { "handoff-passed" } else { "handoff-added" };
    put(talk, open);
    let screen = buttons(talk, Screen::text(talk.t(key)), id);
    talk.show(screen);
    Ok(())
}

/// Says something to somebody of staff at once, or in her first hour that is not quiet.
fn to_staff(talk: &mut Talk<'_>, to: UserId, id: u64, screen: Screen) -> Step {
    let (region, now) = (talk.scene().region, talk.now());
    let person = clerks(talk)?.iter().find(|clerk| clerk.id == to).and_then(|clerk| clerk.person.as_ref());
    let disturbs = person.is_some_and(|person| {
        let reader = person.reader(&region.attention, &region.zone);
        let talks = now.0 - person.seen.0 < AWAKE;
        !talks && (reader.away_until(now).is_some() || reader.quiet.covers(reader.zone, now))
    });
    if disturbs {
        let held = Held { kind: Kind::Nudge, at: now, body: Body::Handoff(id) };
        talk.op(Op::Hold(to, held, now));
    } else {
        talk.hand(Hand { to, screen, fleeting: false });
    }
    Ok(())
}

/// The bot answers her again; what she asked staff goes on.
pub(super) fn bot(talk: &mut Talk<'_>) -> Step {
    let Some(open) = open_of(talk, talk.person.id)? else {
        over(talk);
        return Ok(());
    };
    let id = open.id;
    put(talk, Handoff { silent: None, ..open.clone() });
    let text = talk.t("handoff-bot-now");
    talk.show(Screen::text(text).row([
        talk.choice("handoff-write", Action::HandoffSay { id }),
        talk.choice("ask-again", Action::Ask),
        menu::home(talk),
    ]));
    Ok(())
}

/// From now on her words go to staff.
pub(super) fn say(talk: &mut Talk<'_>, open: &Handoff) {
    if !open.is_open() {
        return over(talk);
    }
    let id = open.id;
    put(talk, Handoff { silent: Some(silence(talk)), ..open.clone() });
    let screen = buttons(talk, Screen::text(talk.t("handoff-write-now")), id);
    talk.show(screen);
}

/// She needs no answer any more.
pub(super) fn close(talk: &mut Talk<'_>, open: &Handoff) -> Step {
    if !open.is_open() {
        over(talk);
        return Ok(());
    }
    let id = open.id;
    if let Some(by) = taker(talk, open)? {
        let question = short(open.question(), NAME);
        let text = talk.f("handoff-she-closed", &[("question", question.into())]);
        let screen = Screen::text(text).row([talk.choice("handoffs-open", Action::Handoffs { p: 0 })]);
        to_staff(talk, by, id, screen)?;
    }
    settled(talk, open, None)?;
    put(talk, Handoff { closed: Some(talk.now()), due: None, silent: None, ..open.clone() });
    let text = talk.t("handoff-closed");
    talk.show(Screen::text(text).row([talk.choice("ask-again", Action::Ask), menu::home(talk)]));
    Ok(())
}

/// The kept question that a conversation began with waits no more.
pub(super) fn settled(talk: &mut Talk<'_>, open: &Handoff, fate: Option<Fate>) -> Step {
    if open.context.asked == 0 {
        return Ok(());
    }
    let Known::Questions(all) = talk.known(Need::QuestionsOf(open.who))? else { return Ok(()) };
    if let Some(asked) = all.iter().find(|a| a.id == open.context.asked && a.waits) {
        let fate = if asked.fate == Fate::Open { fate.unwrap_or(Fate::Open) } else { asked.fate.clone() };
        talk.op(Op::ChangeAsked(Asked { waits: false, fate, ..asked.clone() }.into()));
    }
    Ok(())
}

/// There is no conversation any more.
pub(super) fn over(talk: &mut Talk<'_>) {
    talk.toast(talk.t("handoff-over"));
    ask::open(talk);
}

/// What something held about a conversation says when it comes: nothing if it is over, or if a colleague has taken it in
/// time.
pub(super) fn told(talk: &Talk<'_>, id: u64) -> Result<Option<(String, Option<Ask>)>, Need> {
    let Known::Handoffs(found) = talk.known(Need::Handoff(id))? else { return Ok(None) };
    let Some(one) = found.first().filter(|one| one.is_open()) else { return Ok(None) };
    let (me, now) = (talk.person.id, talk.now());
    let question = short(one.question(), NAME);
    let last = one.lines.last().map(|line| short(&line.text, LINE)).unwrap_or_default();
    if one.who == me {
        let page = one.context.page.as_ref().map(|page| page.name.clone()).unwrap_or_default();
        let text = talk.f("write-told", &[("page", page.into()), ("text", last.into())]);
        return Ok(Some((text, Some(Ask::Say(id)))));
    }
    if !talk.scene().rights.covers(Role::Curator, &one.place()) {
        return Ok(None);
    }
    if one.by == Some(me) {
        let args = [("question", question.into()), ("said", last.into())];
        return Ok(one.due.map(|_| (talk.f("handoff-line", &args), Some(Ask::Say(id)))));
    }
    let late = one.escalated.is_some() && one.due.is_some_and(|due| due <= now);
    let key = match (late, one.by) {
        (true, _) => "handoff-notice-late",
        (false, None) => "handoff-notice",
        (false, Some(_)) => return Ok(None),
    };
    let when = one.due.map(|due| told::moment(talk, due)).unwrap_or_default();
    let whose = desk::whose(talk, &one.context);
    let args = [("question", question.into()), ("whose", whose.into()), ("when", when.into())];
    Ok(Some((talk.f(key, &args), Some(Ask::Take(id)))))
}
