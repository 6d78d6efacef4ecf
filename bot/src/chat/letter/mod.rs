//! Announcements while they are written: what they say, to whom, when, and who agrees.

mod amend;
mod approve;
mod enrol;
mod parts;
mod pressed;
mod to;
mod view;
mod when;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

pub(crate) use self::view::{drawn, filled};
pub(super) use self::{
    amend::{buttons as amend_buttons, is_recalled, told as amended, typed as mended},
    approve::{agree, declined, waiting},
    enrol::of_class,
    pressed::{press, unacked},
};
use super::{Action, Choice, Known, Need, Screen, Talk, campaign, menu, router::Step, staff, told};
use crate::{
    domain::{
        Campaign, CampaignId, CampaignState, ClassId, Form, Ms, Outlook, Reads,
        blanks::{self, Wrong},
        letter::{Ask, Letter, Pressed, Reach, Rest, Stage, When},
        segment::Atom,
    },
    store::{Expect, Op},
};

/// The most units of an announcement in UTF-16: VK's limit for a message with room for a line of ours.
const TEXT: usize = 3_500;
/// The shortest text that is an announcement and not a slip.
const SHORTEST: usize = 5;

/// What a button does with an announcement that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Do {
    /// Shows what it is like now.
    Look,
    /// Asks for its text anew.
    Text,
    /// Sends it, or asks somebody to agree.
    Send,
    /// Throws it away.
    Drop,
    /// To whom.
    To,
    /// The conditions of a kind, a page of them.
    Chips(Chip, usize),
    /// Chooses a condition or takes it back.
    Chip(Atom, usize),
    /// To everybody.
    All,
    /// The segments that have a name.
    Saved,
    /// Takes the conditions of one.
    Use(u64),
    /// Asks for a name for the conditions.
    Keep,
    /// Forgets a segment.
    Forget(u64),
    /// Which buttons are below it.
    Buttons,
    /// Puts «Ознакомлен» below it or takes it away.
    Ack,
    /// Asks for a button with a link or a place of the bot.
    Link,
    /// Takes all buttons away.
    Bare,
    /// Asks for pictures and documents.
    Files,
    /// Takes them away.
    Unhang,
    /// When it leaves.
    When,
    /// At once.
    Now,
    /// Asks for a day and an hour.
    Ask,
    /// By each reader's own clock, or by the author's.
    Own(bool),
    /// Spread over so many minutes.
    Spread(u16),
    /// Sends it to its author alone.
    Test,
    /// Shows it as somebody of its readers sees it.
    Any,
    /// Asks whose eyes to look with.
    As,
    /// What somebody else has to agree to.
    Judge,
    /// Agrees; so many were told to get it.
    Yes(usize),
    /// Asks why not.
    No,
    /// Never sends it again.
    Stop,
    /// Asks for another text for what was delivered.
    Mend,
    /// It is so: changes it.
    MendYes,
    /// Asks whether what was delivered is to be taken back.
    Recall,
    /// It is: takes it back.
    RecallYes,
    /// The segments that have a name, a page of them.
    SavedPage(usize),
    /// The classes whose button can be put below it, a page of them.
    Classes(usize),
    /// Puts the button of a class below it.
    Join(ClassId),
}

/// A kind of conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chip {
    /// Municipalities.
    Place,
    /// Spheres.
    Sphere,
    /// How many subscribers a page has and how it stands.
    Page,
    /// When she was seen, and when her page had a post.
    Seen,
    /// Lessons.
    Lesson,
    /// Checklists.
    List,
}

/// Carries out what a button does with an announcement.
pub(super) fn act(talk: &mut Talk<'_>, id: CampaignId, what: Do) -> Step {
    match &what {
        Do::Judge => return approve::look(talk, id),
        Do::Yes(people) => return agree(talk, id, *people),
        Do::No => return approve::ask_why(talk, id),
        Do::Stop => return approve::stop(talk, id),
        Do::Mend => return amend::mend(talk, id),
        Do::MendYes => return amend::mend_yes(talk, id),
        Do::Recall => return amend::recall(talk, id),
        Do::RecallYes => return amend::recall_yes(talk, id),
        _ => {}
    }
    let Some(letter) = mine(talk, id)? else { return Ok(()) };
    match what {
        Do::Look => panel(talk, &letter),
        Do::Text => {
            ask(talk, id, Ask::Text, "announce-ask");
            Ok(())
        }
        Do::Send => send(talk, letter),
        Do::Drop => {
            drop_it(talk, &letter);
            Ok(())
        }
        Do::To => to::open(talk, &letter),
        Do::Chips(kind, page) => to::chips(talk, &letter, kind, page),
        Do::Chip(atom, page) => to::toggle(talk, letter, atom, page),
        Do::All => to::all(talk, letter),
        Do::Saved => to::saved(talk, &letter, 0),
        Do::SavedPage(page) => to::saved(talk, &letter, page),
        Do::Use(saved) => to::take(talk, letter, saved),
        Do::Keep => {
            ask(talk, id, Ask::Name, "to-keep-ask");
            Ok(())
        }
        Do::Forget(saved) => to::forget(talk, &letter, saved),
        Do::Buttons => parts::buttons(talk, &letter),
        Do::Ack => parts::ack(talk, letter),
        Do::Classes(page) => enrol::list(talk, &letter, page),
        Do::Join(class) => enrol::add(talk, letter, class),
        Do::Link => {
            ask(talk, id, Ask::Button, "letter-button-ask");
            Ok(())
        }
        Do::Bare => parts::bare(talk, letter),
        Do::Files => {
            parts::ask_files(talk, &letter);
            Ok(())
        }
        Do::Unhang => parts::hang(talk, letter, &[]),
        Do::When => when::open(talk, &letter),
        Do::Now => when::now(talk, letter),
        Do::Ask => {
            ask(talk, id, Ask::When, "letter-when-ask");
            Ok(())
        }
        Do::Own(own) => when::own(talk, letter, own),
        Do::Spread(minutes) => when::spread(talk, letter, minutes),
        Do::Test => parts::test(talk, &letter),
        Do::Any => parts::seen_by(talk, &letter, None),
        Do::As => {
            parts::check(talk, id);
            Ok(())
        }
        Do::Judge | Do::Yes(_) | Do::No | Do::Stop | Do::Mend | Do::MendYes | Do::Recall | Do::RecallYes => {
            Ok(())
        }
    }
}

/// What was typed while an announcement asks for something.
pub(super) fn typed(talk: &mut Talk<'_>, id: CampaignId, asked: Ask, typed: &str, files: &[String]) -> Step {
    match asked {
        Ask::Why => return declined(talk, id, typed),
        Ask::Mend => return amend::typed(talk, id, typed),
        _ => {}
    }
    let Some(letter) = mine(talk, id)? else { return Ok(()) };
    match asked {
        Ask::Text => write(talk, Some(letter), typed, files),
        Ask::Button => parts::button(talk, letter, typed),
        Ask::Files => parts::files(talk, letter, files),
        Ask::When => when::typed(talk, letter, typed),
        Ask::Name => to::keep(talk, &letter, typed),
        Ask::As => parts::seen_by(talk, &letter, Some(typed)),
        Ask::Why | Ask::Mend => Ok(()),
    }
}

/// Waits for something typed.
fn ask(talk: &mut Talk<'_>, id: CampaignId, asked: Ask, key: &str) {
    talk.form(Some(Form::Letter { id, ask: asked }));
    let back = talk.choice("back", Action::Letter { id, d: Do::Look });
    talk.show(Screen::text(talk.t(key)).row([back, menu::cancel_button(talk)]));
}

/// An announcement by its number, if there is one.
fn found<'a>(talk: &Talk<'a>, id: CampaignId) -> Result<Option<&'a Letter>, Need> {
    let Known::Letter(letter) = talk.known(Need::Letter(id))? else { return Ok(None) };
    Ok(letter.as_deref())
}

/// One that she may still change; says so if it is none.
fn mine(talk: &mut Talk<'_>, id: CampaignId) -> Result<Option<Letter>, Need> {
    let letter = found(talk, id)?.filter(|letter| letter.author == talk.person.id && letter.is_draft());
    let letter = letter.cloned();
    if letter.is_none() {
        talk.form(None);
        talk.toast(talk.t("announce-gone"));
        if !talk.is_press() {
            staff::cabinet(talk)?;
        }
    }
    Ok(letter)
}

/// She may see an announcement and how it stands; whoever may not is refused.
pub(super) fn seen(talk: &mut Talk<'_>, id: CampaignId) -> Result<bool, Need> {
    let strange = reach(talk, id)?.is_some_and(|reach| !reach.is_seen_by(talk.scene().rights));
    Ok(staff::may(talk, !strange))
}

/// It is hers to agree to, to pause and to end.
pub(super) fn is_ruled(talk: &Talk<'_>, id: CampaignId) -> Result<bool, Need> {
    Ok(reach(talk, id)?.is_none_or(|reach| reach.is_ruled_by(talk.scene().rights)))
}

/// The same; whoever may not is refused.
pub(super) fn ruled(talk: &mut Talk<'_>, id: CampaignId) -> Result<bool, Need> {
    let ruled = is_ruled(talk, id)?;
    Ok(staff::may(talk, ruled))
}

fn reach<'a>(talk: &Talk<'a>, id: CampaignId) -> Result<Option<&'a Reach>, Need> {
    let Known::Reach(reach) = talk.known(Need::Reach(id))? else { return Ok(None) };
    Ok(reach.as_ref())
}

/// Writes what was done while it is written, if nobody has changed it meanwhile.
fn put(talk: &mut Talk<'_>, letter: &Letter) {
    put_as(talk, letter, "announce-edit", letter.id.0.to_string());
}

/// Writes it as what was done to it.
fn put_as(talk: &mut Talk<'_>, letter: &Letter, what: &str, detail: String) {
    // Of one that is new nothing was read.
    let before = found(talk, letter.id).ok().flatten();
    talk.audit_of(what, detail, before, Some(letter));
    talk.expect(Expect::LetterRev(letter.id, letter.rev));
    talk.op(Op::PutLetter(Box::new(letter.clone())));
}

/// What was typed, if it can be the text of an announcement.
fn fits(talk: &mut Talk<'_>, typed: &str) -> Option<String> {
    let typed = typed.trim();
    let length = typed.encode_utf16().count();
    let wrong = if typed.chars().count() < SHORTEST || length > TEXT {
        let key = if length > TEXT { "announce-long" } else { "announce-short" };
        talk.f(key, &[("length", length.into()), ("most", TEXT.into())])
    } else {
        match blanks::pieces(typed) {
            Ok(_) => return Some(typed.to_owned()),
            Err(Wrong::Unknown(word)) => talk.f("blank-unknown", &[("word", word.into())]),
            Err(Wrong::Open) => talk.t("blank-open"),
        }
    };
    talk.say(Screen::text(wrong).row([menu::cancel_button(talk)]));
    None
}

/// The text was typed: shows it as its readers will see it, with all that may be done with it.
pub(super) fn write(talk: &mut Talk<'_>, old: Option<Letter>, typed: &str, files: &[String]) -> Step {
    let Some(typed) = fits(talk, typed) else { return Ok(()) };
    let (now, author) = (talk.now(), talk.person.id);
    let id = campaign_id(now, talk.scene().nonce);
    let mut letter = old.unwrap_or_else(|| Letter::draft(id, author, now, String::new()));
    letter.text = typed;
    if !files.is_empty() {
        letter.files = files.to_vec();
    }
    letter.stage = Stage::Draft;
    preview(talk, &letter)
}

/// Writes it and shows it whole, as a message of its own, with all that may be done with it below.
fn preview(talk: &mut Talk<'_>, letter: &Letter) -> Step {
    let back = talk.choice("letters", Action::Letters { p: 0 });
    preview_from(talk, letter, back)
}

/// The same with a way back to where it was begun.
fn preview_from(talk: &mut Talk<'_>, letter: &Letter, back: Choice) -> Step {
    let shown = view::seen(talk, letter, talk.person.id)?;
    put(talk, letter);
    talk.form(None);
    talk.say_with(shown, &letter.files);
    talk.press(None);
    panel_from(talk, letter, back)
}

/// Shows a campaign once more to be sent to some of its recipients.
pub(super) fn again(talk: &mut Talk<'_>, of: CampaignId, rest: Rest) -> Step {
    if !seen(talk, of)? {
        return Ok(());
    }
    let old = found(talk, of)?.cloned();
    match campaign::found(talk, of)? {
        Some(report) if campaign::may_again(report, rest) => {
            let (now, author) = (talk.now(), talk.person.id);
            let id = campaign_id(now, talk.scene().nonce);
            let text = report.campaign.text.clone();
            let mut letter = Letter { rest: Some((of, rest)), ..Letter::draft(id, author, now, text) };
            if let Some(old) = old {
                letter = Letter { text: old.text, files: old.files, buttons: old.buttons, ..letter };
            }
            preview(talk, &letter)
        }
        _ => {
            talk.form(None);
            campaign::open(talk, of)
        }
    }
}

/// How many it would reach, when, and all that may be done with it.
fn panel(talk: &mut Talk<'_>, letter: &Letter) -> Step {
    let back = talk.choice("letters", Action::Letters { p: 0 });
    panel_from(talk, letter, back)
}

fn panel_from(talk: &mut Talk<'_>, letter: &Letter, back: Choice) -> Step {
    let Known::Outlook(outlook) = talk.known(Need::Outlook(Box::new(letter.crowd())))? else {
        return Ok(());
    };
    let (id, count) = (letter.id, outlook.people);
    let button = |key: &str, d: Do| talk.choice(key, Action::Letter { id, d });
    let (cancel, edit) = (button("cancel", Do::Drop), button("announce-edit", Do::Text));
    let to = button(if letter.to.atoms.is_empty() { "letter-to-all" } else { "letter-to-some" }, Do::To);
    let facts = view::facts(talk, letter)?;
    if count == 0 {
        let key = if letter.rest.is_some() {
            "again-nobody"
        } else if letter.to.atoms.is_empty() {
            "announce-nobody"
        } else {
            "letter-nobody"
        };
        let text = format!("{}\n\n{facts}", talk.t(key));
        talk.show(Screen::text(text).row([edit, to]).row([cancel]).row([back, menu::home(talk)]));
        return Ok(());
    }
    let key = match letter.rest {
        Some((_, Rest::Unread)) => "again-confirm",
        Some((_, Rest::Unacked)) => "again-ack-confirm",
        None => "announce-confirm",
    };
    let asked = talk.f(key, &[("count", count.into())]);
    let forecast = match letter.when {
        When::Repeat(_) => talk.t("letter-repeats-note"),
        _ => forecast(talk, outlook),
    };
    let text = format!("{asked}\n{forecast}\n\n{facts}\n\n{}", talk.t("announce-go"));
    let send = talk.f("announce-send", &[("count", count.into())]);
    let when = button(if letter.when == When::Now { "letter-when-now" } else { "letter-when-set" }, Do::When);
    let screen = Screen::text(text)
        .row([Choice::new(send, Action::Letter { id, d: Do::Send }).good()])
        .row([edit, to])
        .row([button("letter-buttons", Do::Buttons), button("letter-files-open", Do::Files)])
        .row([when, button("letter-check", Do::As)])
        .row([cancel])
        .row([back, menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// When it would come, and what stands in its way.
fn forecast(talk: &Talk<'_>, outlook: &Outlook) -> String {
    let when = |at| told::moment(talk, at);
    let mut lines = Vec::new();
    if let Some(opens) = outlook.opens {
        let args = [("count", outlook.later.into()), ("when", when(opens).into())];
        lines.push(talk.f("announce-later", &args));
    }
    if outlook.digest > 0 {
        lines.push(talk.f("announce-digest", &[("count", outlook.digest.into())]));
    }
    if outlook.ends >= outlook.opens.unwrap_or(talk.now()).plus(Ms::MINUTE) {
        lines.push(talk.f("announce-ends", &[("when", when(outlook.ends).into())]));
    } else if outlook.opens.is_none() && outlook.digest < outlook.people {
        lines.push(talk.t("announce-soon"));
    }
    lines.join("\n")
}

/// The author's word: it leaves, or waits for somebody else's.
fn send(talk: &mut Talk<'_>, letter: Letter) -> Step {
    if when::is_late(talk, &letter)? {
        talk.toast(talk.t("letter-late"));
        return when::open(talk, &letter);
    }
    let Known::Audience(audience) = talk.known(Need::Audience(Box::new(letter.crowd())))? else {
        return Ok(());
    };
    if audience.is_empty() {
        return panel(talk, &letter);
    }
    if let Some(others) = approve::needed(talk, letter.id, audience.len())? {
        approve::request(talk, letter, audience.len(), &others);
    } else {
        begin(talk, letter, &audience.clone(), None);
    }
    Ok(())
}

/// Begins the campaign: from now on it is known whom it goes to, and what it says stays as it is.
fn begin(talk: &mut Talk<'_>, mut letter: Letter, audience: &Arc<[(UserId, Ms)]>, by: Option<UserId>) {
    let (id, now) = (letter.id, talk.now());
    talk.form(None);
    if let When::Repeat(rule) = &letter.when {
        let next = rule.next(&talk.scene().region.zone, talk.content().calendar(), now);
        letter.stage = Stage::Repeats { next, by };
        put_as(talk, &letter, "announce-repeat", format!("{} to {} people now", id.0, audience.len()));
        let when = next.map(|at| told::moment(talk, at)).unwrap_or_default();
        let text = talk.f("letter-repeats", &[("when", when.into())]);
        talk.show(Screen::text(text).row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]));
        return;
    }
    let starts = audience.iter().map(|(_, due)| *due).min().unwrap_or(now).max(now);
    let later = starts > now;
    letter.stage = Stage::Sent { by };
    letter.watch = talk.pressed().filter(|_| !later).map(|cmid| (talk.person.id, cmid, now));
    put_as(talk, &letter, "announce", format!("{} to {} people", id.0, audience.len()));
    let campaign = Campaign {
        id,
        author: letter.author,
        at: now,
        text: letter.text.clone(),
        state: if later { CampaignState::Scheduled } else { CampaignState::Running },
        starts,
        local: matches!(letter.when, When::At { own: true, .. }),
        reads: Reads::default(),
    };
    talk.op(Op::StartCampaign(campaign, Arc::clone(audience)));
    let count = ("count", audience.len().into());
    let text = if later {
        talk.f("letter-scheduled", &[count, ("when", told::moment(talk, starts).into())])
    } else {
        talk.f("announce-started", &[count])
    };
    // Nothing but the campaign itself changes this message: its buttons open others, or take the campaign's hands off it.
    let look = talk.choice("campaign-look", Action::CampaignWatch { id }).main();
    let leave = talk.choice("menu-cabinet", Action::CampaignLeave { id });
    talk.show(Screen::text(text).row([look]).row([leave, menu::home(talk)]));
}

fn drop_it(talk: &mut Talk<'_>, letter: &Letter) {
    talk.expect(Expect::LetterRev(letter.id, letter.rev));
    talk.op(Op::DropLetter(letter.id));
    talk.audit_of("announce-drop", letter.id.0.to_string(), Some(letter), None);
    menu::cancel(talk);
}

/// The message that told how a campaign goes becomes another screen.
pub(super) fn leave(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    let me = talk.person.id;
    let watched = found(talk, id)?.filter(|letter| letter.watch.is_some_and(|(who, ..)| who == me));
    if let Some(letter) = watched.cloned() {
        talk.expect(Expect::LetterRev(id, letter.rev));
        talk.op(Op::PutLetter(Box::new(Letter { watch: None, ..letter })));
    }
    staff::cabinet(talk)
}

/// How many pressed what below a campaign, in words; nothing if it has no buttons that tell.
pub(super) fn counts(talk: &Talk<'_>, id: CampaignId, reached: u64) -> Result<Option<String>, Need> {
    let Some(letter) = found(talk, id)? else { return Ok(None) };
    if letter.buttons.is_empty() {
        return Ok(None);
    }
    let Known::Pressed(pressed) = talk.known(Need::Pressed(id))? else { return Ok(None) };
    let count = |did: fn(&Pressed) -> bool| pressed.iter().filter(|(_, p)| did(p)).count();
    let mut lines = Vec::new();
    if letter.asks_ack() {
        let acked = count(|p| p.acked.is_some());
        lines.push(talk.f("campaign-acked", &[("n", acked.into()), ("of", reached.into())]));
    }
    if letter.has_presses() {
        lines.push(talk.f("campaign-opened", &[("n", count(|p| p.opened.is_some()).into())]));
    }
    Ok((!lines.is_empty()).then(|| lines.join("\n")))
}

/// Whether «Ознакомлен» stands below a campaign.
pub(super) fn asks_ack(talk: &Talk<'_>, id: CampaignId) -> Result<bool, Need> {
    Ok(found(talk, id)?.is_some_and(Letter::asks_ack))
}

/// A later campaign has a higher number, by which the last ones are found; it stays below 2⁵³, which a payload keeps.
pub(crate) fn campaign_id(now: Ms, nonce: u64) -> CampaignId {
    CampaignId(now.0.unsigned_abs() << 12 | nonce & 0xfff)
}
