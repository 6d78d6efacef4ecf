use super::{Action, Choice, Known, Need, Screen, Talk, campaign, menu, questions, router::Step, short};
use crate::{
    domain::{Campaign, CampaignId, CampaignState, Form, Ms, Reads},
    store::Op,
};

/// The most characters of an announcement: VK's limit for a message with room for a line of ours.
const TEXT: usize = 3_500;
/// The shortest text that is an announcement and not a slip.
const SHORTEST: usize = 5;

/// Answers those who have no right as if the button were an old one, and says no more.
pub(super) fn may(talk: &mut Talk<'_>, right: bool) -> bool {
    if !right {
        talk.audit("refused", "staff action without the right".to_owned());
        talk.toast(talk.t("stale-button"));
        menu::open(talk);
    }
    right
}

/// The staff's room: the last announcements, and a new one.
pub(super) fn cabinet(talk: &mut Talk<'_>) -> Step {
    let role = talk.scene().role;
    if !may(talk, role.is_staff()) {
        return Ok(());
    }
    let Known::Campaigns(campaigns) = talk.known(Need::Campaigns)? else { return Ok(()) };
    let mut text = talk.t("cabinet-title");
    let mut screen = Screen::default();
    for (one, tally) in campaigns {
        let title = campaign::title(&one.text);
        text = format!("{text}\n\n«{title}»\n{}", campaign::standing(talk, one, *tally, None));
        let label = talk.f("campaign-report", &[("title", short(&title, 24).into())]);
        screen = screen.row([Choice::new(label, Action::Campaign { id: one.id })]);
    }
    if campaigns.is_empty() {
        text = format!("{text}\n\n{}", talk.t("cabinet-empty"));
    }
    let (groups, waiting) = questions::counts(talk)?;
    let label = talk.f("questions-open", &[("count", groups.into())]);
    let open = Choice::new(label, Action::Questions { p: 0 });
    screen = screen.row([if waiting > 0 { open.main() } else { open }]);
    if waiting > 0 {
        text = format!("{text}\n\n{}", talk.f("questions-waiting", &[("count", waiting.into())]));
    }
    screen.text = text;
    let mut row = Vec::new();
    if role.may_announce() {
        row.push(talk.choice("announce", Action::Announce).main());
    }
    row.push(menu::home(talk));
    talk.show(screen.row(row));
    Ok(())
}

/// Begins an announcement.
pub(super) fn announce(talk: &mut Talk<'_>) {
    let role = talk.scene().role;
    if may(talk, role.may_announce()) {
        talk.form(Some(Form::AnnounceText));
        talk.show(Screen::text(talk.t("announce-ask")).row([menu::cancel_button(talk)]));
    }
}

/// The text was typed: shows it as its readers will see it, then asks.
pub(super) fn text(talk: &mut Talk<'_>, typed: &str) -> Step {
    let role = talk.scene().role;
    if !may(talk, role.may_announce()) {
        return Ok(());
    }
    let typed = typed.trim();
    let length = typed.encode_utf16().count();
    if typed.chars().count() < SHORTEST || length > TEXT {
        let key = if length > TEXT { "announce-long" } else { "announce-short" };
        let text = talk.f(key, &[("length", length.into()), ("most", TEXT.into())]);
        talk.say(Screen::text(text).row([menu::cancel_button(talk)]));
        return Ok(());
    }
    let Known::Audience(audience) = talk.known(Need::Audience)? else { return Ok(()) };
    let count = audience.len();
    talk.form(Some(Form::AnnounceConfirm { text: typed.to_owned() }));
    talk.say(Screen::text(typed));
    if count == 0 {
        talk.form(None);
        talk.say(Screen::text(talk.t("announce-nobody")).row([menu::home(talk)]));
        return Ok(());
    }
    let send = talk.f("announce-send", &[("count", count.into())]);
    let screen = Screen::text(talk.f("announce-confirm", &[("count", count.into())])).row([
        Choice::new(send, Action::AnnounceSend).good(),
        talk.choice("announce-edit", Action::Announce),
        menu::cancel_button(talk),
    ]);
    talk.say(screen);
    Ok(())
}

/// The author's word: the audience is frozen and the campaign runs.
pub(super) fn send(talk: &mut Talk<'_>) -> Step {
    let role = talk.scene().role;
    if !may(talk, role.may_announce()) {
        return Ok(());
    }
    let Some(Form::AnnounceConfirm { text }) = talk.person.form.clone() else {
        // An old button, or the second press of the same: nothing is sent twice.
        talk.toast(talk.t("announce-gone"));
        // A snackbar says enough; whoever typed it sees none.
        return if talk.is_press() { Ok(()) } else { cabinet(talk) };
    };
    let Known::Audience(audience) = talk.known(Need::Audience)? else { return Ok(()) };
    talk.form(None);
    let id = campaign_id(talk.now(), talk.scene().nonce);
    let now = talk.now();
    let campaign = Campaign {
        id,
        author: talk.person.id,
        at: now,
        text,
        state: CampaignState::Running,
        starts: now,
        local: false,
        reads: Reads::default(),
    };
    let recipients = audience.iter().map(|person| (*person, now)).collect();
    talk.op(Op::StartCampaign(campaign, recipients));
    talk.audit("announce", format!("{} to {} people", id.0, audience.len()));
    let text = talk.f("announce-started", &[("count", audience.len().into())]);
    let screen = Screen::text(text)
        .row([talk.choice("campaign-look", Action::Campaign { id }).main(), menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// A later campaign has a higher number, by which the last ones are found; it stays below 2⁵³, which a payload keeps.
fn campaign_id(now: Ms, nonce: u64) -> CampaignId {
    CampaignId(now.0.unsigned_abs() << 12 | nonce & 0xfff)
}
