//! A delivered announcement: another text for it, or taking it back.

use vkapi::types::UserId;

use super::{
    super::{Action, Choice, Screen, Talk, campaign, menu, router::Step},
    Do, fits, found, put_as, ruled, view,
};
use crate::{
    chat::Need,
    domain::{
        Campaign, CampaignId, CampaignState, Form, Ms, Report,
        letter::{Amends, Ask, Letter, Stage},
    },
    store::{Expect, Op},
};

/// How long after its first moment it is offered to change it: VK takes a change of a message for a day, and readers have
/// moments of their own.
const WITHIN: i64 = 2 * Ms::DAY;

/// Who agreed that it is sent, if somebody did.
fn agreed(letter: &Letter) -> Option<UserId> {
    match &letter.stage {
        Stage::Sent { by } => *by,
        Stage::Amended(amends) => amends.agreed,
        _ => None,
    }
}

/// It may be changed and taken back now.
fn is_open(letter: &Letter, report: &Report, now: Ms) -> bool {
    let still = matches!(
        report.campaign.state,
        CampaignState::Finished | CampaignState::Cancelled | CampaignState::Paused(_)
    );
    let fresh = now < report.campaign.starts.plus(WITHIN);
    let sent = match &letter.stage {
        Stage::Sent { .. } => true,
        Stage::Amended(amends) => amends.over && !amends.recall,
        _ => false,
    };
    still && fresh && sent && report.tally.delivered() > 0
}

/// Buttons of what may be done with what was delivered.
pub(in super::super) fn buttons(talk: &Talk<'_>, report: &Report) -> Result<Vec<Choice>, Need> {
    let id = report.campaign.id;
    let open = found(talk, id)?.is_some_and(|letter| is_open(letter, report, talk.now()));
    let button = |key: &str, d: Do| talk.choice(key, Action::Letter { id, d });
    Ok(if open {
        vec![button("amend-edit", Do::Mend), button("amend-recall", Do::Recall)]
    } else {
        Vec::new()
    })
}

/// What was changed of it and how far that is; nothing if nothing was.
pub(in super::super) fn told(talk: &Talk<'_>, id: CampaignId) -> Result<Option<String>, Need> {
    let Some(Stage::Amended(amends)) = found(talk, id)?.map(|letter| &letter.stage) else { return Ok(None) };
    let key = match (amends.recall, amends.over) {
        (true, true) => "amend-recalled",
        (true, false) => "amend-recalling",
        (false, true) => "amend-edited",
        (false, false) => "amend-editing",
    };
    let mut text = talk.f(key, &[("n", amends.done.into())]);
    if amends.missed > 0 {
        text = format!("{text} {}", talk.f("amend-missed", &[("n", amends.missed.into())]));
    }
    Ok(Some(text))
}

/// It was taken back.
pub(in super::super) fn is_recalled(talk: &Talk<'_>, id: CampaignId) -> Result<bool, Need> {
    Ok(found(talk, id)?.is_some_and(Letter::is_recalled))
}

/// One that she may change now; otherwise she is refused, or told that it is too late.
fn open<'a>(talk: &mut Talk<'a>, id: CampaignId) -> Result<Option<(&'a Letter, &'a Report)>, Need> {
    if !ruled(talk, id)? {
        talk.form(None);
        return Ok(None);
    }
    let found = found(talk, id)?.zip(campaign::found(talk, id)?);
    let now = talk.now();
    if let Some((letter, report)) = found.filter(|(letter, report)| is_open(letter, report, now)) {
        return Ok(Some((letter, report)));
    }
    talk.form(None);
    talk.toast(talk.t("amend-late"));
    campaign::open(talk, id)?;
    Ok(None)
}

/// Asks for another text.
pub(super) fn mend(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    let Some((letter, _)) = open(talk, id)? else { return Ok(()) };
    // Else a second person would have agreed to what nobody reads.
    if agreed(letter).is_some() {
        let back = talk.choice("back", Action::Campaign { id });
        talk.show(Screen::text(talk.t("amend-agreed")).row([back, menu::home(talk)]));
        return Ok(());
    }
    talk.form(Some(Form::Letter { id, ask: Ask::Mend }));
    ask(talk, id);
    Ok(())
}

fn ask(talk: &mut Talk<'_>, id: CampaignId) {
    let back = talk.choice("back", Action::Campaign { id });
    talk.show(Screen::text(talk.t("amend-ask")).row([back, menu::cancel_button(talk)]));
}

/// The text was typed: shows it as it will be read, then asks.
pub(in super::super) fn typed(talk: &mut Talk<'_>, id: CampaignId, typed: &str) -> Step {
    let Some((letter, report)) = open(talk, id)? else { return Ok(()) };
    if agreed(letter).is_some() {
        return mend(talk, id);
    }
    let Some(text) = fits(talk, typed) else { return Ok(()) };
    let shown = view::seen(talk, &Letter { text: text.clone(), ..letter.clone() }, talk.person.id)?;
    talk.say_with(shown, &letter.files);
    talk.form(Some(Form::Mend { id, text }));
    let count = report.tally.delivered();
    let yes = talk.f("amend-edit-yes", &[("count", count.into())]);
    let screen = Screen::text(talk.f("amend-edit-ask", &[("count", count.into())]))
        .row([Choice::new(yes, Action::Letter { id, d: Do::MendYes }).good()])
        .row([talk.choice("announce-edit", Action::Letter { id, d: Do::Mend }), menu::cancel_button(talk)]);
    talk.say(screen);
    Ok(())
}

/// She means it: everybody who has it gets the other text, and so does who still waits for it.
pub(super) fn mend_yes(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    let Some((letter, report)) = open(talk, id)? else { return Ok(()) };
    let text = match talk.person.form.clone() {
        Some(Form::Mend { id: of, text }) if of == id && agreed(letter).is_none() => text,
        _ => return mend(talk, id),
    };
    let campaign = Campaign { text: text.clone(), ..report.campaign.clone() };
    let letter = Letter { text, ..letter.clone() };
    begin(talk, letter, campaign, "announce-mend", false)
}

/// Asks whether it is to be taken back.
pub(super) fn recall(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    let Some((_, report)) = open(talk, id)? else { return Ok(()) };
    let screen =
        Screen::text(talk.f("amend-recall-ask", &[("count", report.tally.delivered().into())])).row([
            talk.choice("amend-recall-yes", Action::Letter { id, d: Do::RecallYes }),
            talk.choice("campaign-cancel-no", Action::Campaign { id }),
        ]);
    talk.show(screen);
    Ok(())
}

/// She means it: it goes from the chats, and who waits for it gets nothing.
pub(super) fn recall_yes(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    let Some((letter, report)) = open(talk, id)? else { return Ok(()) };
    let (letter, mut campaign) = (letter.clone(), report.campaign.clone());
    if matches!(campaign.state, CampaignState::Paused(_)) {
        campaign.state = CampaignState::Cancelling;
    }
    begin(talk, letter, campaign, "announce-recall", true)
}

fn begin(talk: &mut Talk<'_>, mut letter: Letter, campaign: Campaign, what: &str, recall: bool) -> Step {
    let Some(report) = campaign::found(talk, letter.id)? else { return Ok(()) };
    talk.form(None);
    let agreed = agreed(&letter);
    letter.stage = Stage::Amended(Amends {
        by: talk.person.id,
        agreed,
        at: talk.now(),
        recall,
        after: None,
        done: 0,
        missed: 0,
        over: false,
    });
    put_as(talk, &letter, what, view::number(letter.id));
    if campaign != report.campaign {
        talk.expect(Expect::CampaignIs(letter.id, report.campaign.state));
        talk.op(Op::PutCampaign(campaign));
    }
    let text = talk.t(if recall { "amend-recall-begun" } else { "amend-edit-begun" });
    let look = talk.choice("campaign-look", Action::Campaign { id: letter.id }).main();
    talk.show(
        Screen::text(text).row([look, talk.choice("menu-cabinet", Action::Cabinet)]).row([menu::home(talk)]),
    );
    Ok(())
}
