//! Conversations with people as staff has them: the queue, who takes what, answers, and a word to an administrator.

use std::fmt::Write;

use vkapi::types::GroupId;

use super::{
    Action, Choice, Hand, Known, Need, Screen, Talk, handoff,
    handoff::{NAME, put},
    menu, page,
    router::Step,
    short, staff, told,
};
use crate::{
    domain::{
        Context, Fate, Form, Handoff, How, ListOf, Place, Role,
        attention::{Body, Held, Kind},
    },
    store::{Op, OutFile},
};

/// Conversations a screen shows.
const SHOWN: usize = 4;
/// Lines of a conversation that are shown.
const LINES: usize = 8;
/// People of one page who are written to at once.
const WRITTEN: usize = 4;
/// How much of a line is shown.
const LINE: usize = 300;
/// The shortest word to somebody and the longest, in UTF-16 units: VK's limit with room for a line of ours.
pub(super) const SAID: std::ops::RangeInclusive<usize> = 2..=3_000;

/// Writes down what became of a conversation: whose it is, when an answer is due, how long it is; not a word of what was
/// said.
fn log(talk: &mut Talk<'_>, what: &str, before: Option<&Handoff>, after: &Handoff) {
    let told = |one: &Handoff| {
        serde_json::json!({
            "by": one.by, "due": one.due, "silent": one.silent, "closed": one.closed, "lines": one.lines.len(),
        })
    };
    let (before, now) = (before.map(told), told(after));
    talk.audit_of(what, after.id.to_string(), before.as_ref(), Some(&now));
}

/// She may read it and answer in it.
fn covers(talk: &Talk<'_>, one: &Handoff) -> bool {
    talk.scene().rights.covers(Role::Curator, &one.place())
}

/// Those that go on where she is curator: late ones first, then those nobody took, then hers, oldest first.
fn mine<'a>(talk: &Talk<'a>) -> Result<Vec<&'a Handoff>, Need> {
    let Known::Handoffs(all) = talk.known(Need::Handoffs)? else { return Ok(Vec::new()) };
    let (me, now) = (talk.person.id, talk.now());
    let mut found: Vec<&Handoff> = all.iter().filter(|one| covers(talk, one)).collect();
    found.sort_by_key(|one| {
        let late = one.due.is_some_and(|due| due <= now);
        (!late, one.by.is_some(), one.by != Some(me), one.due.is_none(), one.id)
    });
    Ok(found)
}

/// How many go on where she is curator, and in how many staff is to answer.
pub(super) fn counts(talk: &Talk<'_>) -> Result<(usize, usize), Need> {
    let mine = mine(talk)?;
    Ok((mine.len(), mine.iter().filter(|one| one.due.is_some()).count()))
}

/// How one stands, in a few words.
fn standing(talk: &Talk<'_>, one: &Handoff) -> String {
    let (me, now) = (talk.person.id, talk.now());
    let whose = match one.by {
        None => "handoff-free",
        Some(by) if by == me => "handoff-mine",
        Some(_) => "handoff-taken",
    };
    let when = match one.due {
        None => talk.t("handoff-answered"),
        Some(due) => {
            let key = if due <= now { "handoff-late" } else { "handoff-until" };
            talk.f(key, &[("when", told::moment(talk, due).into())])
        }
    };
    format!("{}, {when}", talk.t(whose))
}

/// Whose it is, without a name: the page, the municipality.
pub(super) fn whose(talk: &Talk<'_>, context: &Context) -> String {
    let sphere = context.sphere.map(|sphere| talk.t(&format!("sphere-{}", sphere.slug())));
    let page = context.page.as_ref().map(|page| page.name.clone());
    let parts: Vec<String> = [page, sphere, context.municipality.clone()].into_iter().flatten().collect();
    if parts.is_empty() { talk.t("handoff-nowhere") } else { parts.join(", ") }
}

/// The queue, a screen of it.
pub(super) fn list(talk: &mut Talk<'_>, p: usize) -> Step {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(());
    }
    let all = mine(talk)?;
    let pages = all.len().div_ceil(SHOWN).max(1);
    let p = p.min(pages - 1);
    let mut text = if all.is_empty() {
        talk.t("handoffs-none")
    } else {
        talk.f("handoffs-title", &[("count", all.len().into())])
    };
    let mut screen = Screen::default();
    for one in all.iter().skip(p * SHOWN).take(SHOWN) {
        let question = short(one.question(), NAME);
        let _ = write!(text, "\n\n«{question}»\n{}\n{}", whose(talk, &one.context), standing(talk, one));
        screen = screen.row([Choice::new(question, Action::Handoff { id: one.id })]);
    }
    screen.text = text;
    if !all.is_empty() {
        screen = screen.row([staff::table(talk, ListOf::Handoffs)]);
    }
    let mut row = menu::pager(talk, p, pages, |p| Action::Handoffs { p });
    row.extend([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]);
    talk.show(screen.row(row));
    Ok(())
}

/// One that goes on or did, if she may read it; otherwise she is told that it is gone, or refused.
fn find<'a>(talk: &mut Talk<'a>, id: u64) -> Result<Option<&'a Handoff>, Need> {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(None);
    }
    let found = match talk.known(Need::Handoff(id))? {
        Known::Handoffs(found) => found.first(),
        _ => None,
    };
    let Some(one) = found else {
        talk.toast(talk.t("handoff-gone"));
        list(talk, 0)?;
        return Ok(None);
    };
    Ok(staff::may(talk, covers(talk, one)).then_some(one))
}

/// One conversation with what is around it.
pub(super) fn one(talk: &mut Talk<'_>, id: u64) -> Step {
    if let Some(one) = find(talk, id)? {
        let one = one.clone();
        drawn(talk, &one);
    }
    Ok(())
}

fn drawn(talk: &mut Talk<'_>, one: &Handoff) {
    let id = one.id;
    let mut text = whose(talk, &one.context);
    if one.is_open() {
        let _ = write!(text, "\n{}", standing(talk, one));
    } else {
        let _ = write!(text, "\n{}", talk.t("handoff-ended"));
    }
    for line in around(talk, &one.context) {
        let _ = write!(text, "\n{line}");
    }
    text.push('\n');
    // The question always, then the last lines.
    let skipped = one.lines.len().saturating_sub(LINES);
    for (n, line) in one.lines.iter().enumerate() {
        if n > 0 && n < skipped + 1 {
            continue;
        }
        let key = if line.staff { "handoff-staff-said" } else { "handoff-she-said" };
        let args = [("when", told::moment(talk, line.at).into()), ("text", short(&line.text, LINE).into())];
        let _ = write!(text, "\n{}", talk.f(key, &args));
    }
    let mut screen = Screen::text(text);
    let me = talk.person.id;
    if one.is_open() {
        let over = talk.scene().rights.covers(Role::Trainer, &one.place());
        let take = talk.choice("handoff-take", Action::HandoffTake { id }).main();
        match one.by {
            None => screen = screen.row([take]),
            Some(by) if by == me => {
                screen = screen.row([
                    talk.choice("reply", Action::HandoffSay { id }).main(),
                    talk.choice("handoff-close", Action::HandoffClose { id }),
                ]);
            }
            Some(_) if over => {
                screen = screen.row([talk.choice("handoff-take-over", Action::HandoffTake { id })]);
            }
            Some(_) => {}
        }
    }
    if one.lines.iter().any(|line| line.staff) && one.context.asked != 0 {
        screen = screen.row([talk.choice("handoff-draft", Action::HandoffDraft { id })]);
    }
    let back = talk.choice("handoffs-open", Action::Handoffs { p: 0 });
    talk.show(screen.row([back, menu::home(talk)]));
}

/// What she had asked and was shown before.
fn around(talk: &Talk<'_>, context: &Context) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(how) = context.how {
        let key = match how {
            How::Unknown => "how-unknown",
            How::Unsure => "how-unsure",
            How::Unhelpful => "how-unhelpful",
            How::Helped => "how-helped",
        };
        lines.push(talk.f("handoff-how", &[("how", talk.t(key).into())]));
    }
    let guide = context.guide.as_deref().and_then(|slug| talk.content().guide(slug));
    lines.extend(guide.map(|guide| talk.f("handoff-guide", &[("title", guide.title.clone().into())])));
    if !context.before.is_empty() {
        let before: Vec<String> =
            context.before.iter().map(|text| format!("«{}»", short(text, 80))).collect();
        lines.push(talk.f("handoff-before", &[("questions", before.join(", ").into())]));
    }
    lines
}

/// She answers it from now on; colleagues see it as taken.
pub(super) fn take(talk: &mut Talk<'_>, id: u64) -> Step {
    let Some(one) = find(talk, id)? else { return Ok(()) };
    let me = talk.person.id;
    let over = talk.scene().rights.covers(Role::Trainer, &one.place());
    let free = one.by.is_none_or(|by| by == me) || over;
    if !one.is_open() || !free {
        talk.toast(talk.t(if one.is_open() { "handoff-already" } else { "handoff-gone" }));
        let one = one.clone();
        drawn(talk, &one);
        return Ok(());
    }
    let taken = Handoff { by: Some(me), ..one.clone() };
    if one.by != Some(me) {
        put(talk, taken.clone());
        log(talk, "handoff-take", Some(one), &taken);
        let text = talk.f("handoff-told-taken", &[("question", short(one.question(), NAME).into())]);
        talk.hand(Hand { to: one.who, screen: Screen::text(text), fleeting: true });
    }
    talk.toast(talk.t("handoff-yours"));
    drawn(talk, &taken);
    Ok(())
}

/// Asks for her word to the person.
pub(super) fn say(talk: &mut Talk<'_>, id: u64) -> Step {
    let Some(one) = find(talk, id)? else { return Ok(()) };
    if !one.is_open() || one.by != Some(talk.person.id) {
        let one = one.clone();
        drawn(talk, &one);
        return Ok(());
    }
    let question = short(one.question(), NAME);
    talk.form(Some(Form::HandoffSay { id }));
    let text = talk.f("handoff-say-ask", &[("question", question.into())]);
    talk.show(Screen::text(text).row([menu::cancel_button(talk)]));
    Ok(())
}

/// What was typed, if it can be sent.
fn fits(talk: &mut Talk<'_>, typed: &str) -> Option<String> {
    let typed = typed.trim();
    if SAID.contains(&typed.encode_utf16().count()) {
        return Some(typed.to_owned());
    }
    let text = talk.f("reply-length", &[("most", (*SAID.end()).into())]);
    talk.say(Screen::text(text).row([menu::cancel_button(talk)]));
    None
}

/// Her word was typed: it goes to the person.
pub(super) fn said(talk: &mut Talk<'_>, id: u64, typed: &str) -> Step {
    let Some(one) = find(talk, id)? else {
        talk.form(None);
        return Ok(());
    };
    let before = one.clone();
    let mut one = one.clone();
    if !one.is_open() || one.by != Some(talk.person.id) {
        talk.form(None);
        drawn(talk, &one);
        return Ok(());
    }
    let Some(typed) = fits(talk, typed) else { return Ok(()) };
    handoff::settled(talk, &one, Some(Fate::Answered))?;
    one.say(talk.now(), true, &typed);
    (one.due, one.escalated) = (None, None);
    one.silent = one.silent.map(|_| handoff::silence(talk));
    let key = if one.context.asked == 0 { "handoff-told-word" } else { "handoff-told-answer" };
    let args = [("question", short(one.question(), NAME).into()), ("text", typed.into())];
    let screen = answerable(talk, Screen::text(talk.f(key, &args)), &one);
    talk.hand(Hand { to: one.who, screen, fleeting: false });
    log(talk, "handoff-answer", Some(&before), &one);
    put(talk, one);
    let screen = Screen::text(talk.t("handoff-said")).row([
        talk.choice("handoff-close", Action::HandoffClose { id }),
        talk.choice("handoffs-open", Action::Handoffs { p: 0 }),
        menu::home(talk),
    ]);
    talk.say(screen);
    Ok(())
}

/// The buttons of whoever gets a word of staff.
fn answerable(talk: &Talk<'_>, screen: Screen, one: &Handoff) -> Screen {
    let id = one.id;
    let solved = talk.choice("handoff-solved", Action::HandoffClose { id });
    let row = if one.is_silent(talk.now()) {
        [solved, talk.choice("handoff-bot", Action::HandoffBot)]
    } else {
        [talk.choice("handoff-answer", Action::HandoffSay { id }).main(), solved]
    };
    screen.row(row).row([menu::home(talk)])
}

/// It is settled: the bot speaks again, and the person is told so.
pub(super) fn close(talk: &mut Talk<'_>, id: u64) -> Step {
    let Some(one) = find(talk, id)? else { return Ok(()) };
    let one = one.clone();
    if !one.is_open() || one.by != Some(talk.person.id) {
        drawn(talk, &one);
        return Ok(());
    }
    end(talk, &one)?;
    let mut screen = Screen::text(talk.t("handoff-you-closed"));
    if one.context.asked != 0 && one.lines.iter().any(|line| line.staff) {
        screen = screen.row([talk.choice("handoff-draft", Action::HandoffDraft { id })]);
    }
    let back = talk.choice("handoffs-open", Action::Handoffs { p: 0 });
    talk.show(screen.row([back, menu::home(talk)]));
    Ok(())
}

/// Ends a conversation and tells the person that the bot answers again.
fn end(talk: &mut Talk<'_>, one: &Handoff) -> Step {
    handoff::settled(talk, one, Some(Fate::Answered))?;
    let text = talk.f("handoff-told-closed", &[("question", short(one.question(), NAME).into())]);
    let screen = Screen::text(text).row([talk.choice("ask-again", Action::Ask), menu::home(talk)]);
    talk.hand(Hand { to: one.who, screen, fleeting: false });
    let after = Handoff { closed: Some(talk.now()), due: None, silent: None, ..one.clone() };
    log(talk, "handoff-close", Some(one), &after);
    put(talk, after);
    Ok(())
}

/// The answer of a conversation as the draft of a guide, in a file.
pub(super) fn draft(talk: &mut Talk<'_>, id: u64) -> Step {
    if find(talk, id)?.is_some() {
        talk.audit("handoff-draft", id.to_string());
        let screen = Screen::text(talk.t("handoff-draft-text"))
            .row([talk.choice("handoffs-open", Action::Handoffs { p: 0 }), menu::home(talk)]);
        talk.send(screen, OutFile::GuideDraft(id));
    }
    Ok(())
}

/// Asks for a word to those who run a page.
pub(super) fn write(talk: &mut Talk<'_>, id: GroupId) -> Step {
    let Some(found) = runs(talk, id)? else { return Ok(()) };
    talk.form(Some(Form::WriteTo { page: id }));
    let text = talk.f("write-ask", &[("page", page::title(&found.named()).into())]);
    talk.show(Screen::text(text).row([menu::cancel_button(talk)]));
    Ok(())
}

/// A page that somebody runs, if she is its curator.
fn runs<'a>(talk: &mut Talk<'a>, id: GroupId) -> Result<Option<&'a crate::domain::page::Page>, Need> {
    if !staff::may(talk, talk.scene().role.is_staff()) {
        return Ok(None);
    }
    let Known::Registered(Some(found)) = talk.known(Need::Registered(id))? else {
        talk.toast(talk.t("stale-button"));
        staff::cabinet(talk)?;
        return Ok(None);
    };
    if !staff::may(talk, talk.scene().rights.covers(Role::Curator, &Place::of_page(found))) {
        return Ok(None);
    }
    if found.present().next().is_none() {
        talk.form(None);
        let text = talk.t("write-nobody");
        talk.show(Screen::text(text).row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]));
        return Ok(None);
    }
    Ok(Some(found))
}

/// Her word was typed: each of those who run the page gets it, and what they answer comes back to her.
pub(super) fn wrote(talk: &mut Talk<'_>, id: GroupId, typed: &str) -> Step {
    let Some(found) = runs(talk, id)? else {
        talk.form(None);
        return Ok(());
    };
    let Some(typed) = fits(talk, typed) else { return Ok(()) };
    talk.form(None);
    let (me, now) = (talk.person.id, talk.now());
    let region = talk.scene().region;
    // A colleague's word at night can wait for the morning.
    let quiet = region.attention.quiet.covers(&region.zone, now);
    let mut reached = 0_usize;
    for (n, admin) in (0..).zip(found.present().take(WRITTEN)) {
        if admin.person == me {
            continue;
        }
        // A conversation that goes on with her takes it in.
        let open = handoff::open_of(talk, admin.person)?.filter(|one| one.by == Some(me)).cloned();
        let before = open.clone();
        let one = if let Some(mut one) = open {
            one.say(now, true, &typed);
            (one.due, one.escalated) = (None, None);
            one
        } else {
            {
                let context = Context {
                    page: Some(found.named()),
                    sphere: found.sphere,
                    municipality: found.municipality.clone(),
                    ..Context::default()
                };
                let number = handoff::new_id(now, talk.scene().nonce.wrapping_add(n));
                Handoff::new(number, admin.person, now, context, Some(me), &typed)
            }
        };
        if quiet {
            let held = Held { kind: Kind::Nudge, at: now, body: Body::Handoff(one.id) };
            talk.op(Op::Hold(admin.person, held, now));
        } else {
            let args = [("page", found.name.clone().into()), ("text", typed.clone().into())];
            let screen = answerable(talk, Screen::text(talk.f("write-told", &args)), &one);
            talk.hand(Hand { to: admin.person, screen, fleeting: false });
        }
        log(talk, "write-to-page", before.as_ref(), &one);
        put(talk, one);
        reached += 1;
    }
    let text = if reached == 0 { talk.t("write-nobody") } else { talk.t("write-sent") };
    let screen =
        Screen::text(text).row([talk.choice("handoffs-open", Action::Handoffs { p: 0 }), menu::home(talk)]);
    talk.say(screen);
    Ok(())
}
