use super::{
    Action, Choice, Known, Need, Screen, Talk, campaign, claims, desk, menu, questions, router::Step,
    runners, short, told,
};
use crate::{
    domain::{Campaign, CampaignId, CampaignState, Form, Ms, Outlook, Reads},
    store::Op,
};

/// The most characters of an announcement: VK's limit for a message with room for a line of ours.
const TEXT: usize = 3_500;
/// The shortest text that is an announcement and not a slip.
const SHORTEST: usize = 5;

/// Answers those who have no right as if the button were an old one, and says no more.
pub(super) fn may(talk: &mut Talk<'_>, right: bool) -> bool {
    if !right {
        talk.refuse();
        talk.toast(talk.t("stale-button"));
        menu::open(talk);
    }
    right
}

/// A number for something that this turn creates; it stays below 2⁵³, which a payload keeps, and is never 0.
pub(super) fn id_of(talk: &Talk<'_>) -> u64 {
    (talk.scene().nonce & ((1 << 53) - 1)).max(1)
}

/// Drops a form that she has no right to any more; true if there was one.
pub(super) fn lost(talk: &mut Talk<'_>) -> bool {
    let role = talk.scene().role;
    let lost = talk.person.form.as_ref().is_some_and(|form| role < form.needs());
    if lost {
        talk.form(None);
    }
    lost
}

/// The staff's room: the last announcements, and a new one.
pub(super) fn cabinet(talk: &mut Talk<'_>) -> Step {
    let role = talk.scene().role;
    if !may(talk, role.has_cabinet()) {
        return Ok(());
    }
    if !role.is_staff() {
        let screen = Screen::text(talk.t("cabinet-title")).row([menu::home(talk)]);
        talk.show(screen);
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
    let people = talk.choice("people-open", Action::People);
    screen = screen.row([if waiting > 0 { open.main() } else { open }, people]);
    if waiting > 0 {
        text = format!("{text}\n\n{}", talk.f("questions-waiting", &[("count", waiting.into())]));
    }
    let (talks, due) = desk::counts(talk)?;
    // VK takes six rows: these share one.
    let mut more = Vec::new();
    if talks > 0 {
        let label = talk.f("handoffs-count", &[("count", talks.into())]);
        let open = Choice::new(label, Action::Handoffs { p: 0 });
        more.push(if due > 0 { open.main() } else { open });
    }
    let contested = runners::contested(talk)?.len();
    if contested > 0 {
        let label = talk.f("runners-open", &[("count", contested.into())]);
        more.push(Choice::new(label, Action::Runners).main());
    }
    let claimed = claims::claimed(talk)?.len();
    if claimed > 0 {
        let label = talk.f("claims-open", &[("count", claimed.into())]);
        more.push(Choice::new(label, Action::Claims));
    }
    screen = screen.row(more);
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
    preview(talk, typed, Form::AnnounceConfirm { text: typed.to_owned() })
}

/// Shows a campaign as whoever has not read it would see it once more, then asks.
pub(super) fn again(talk: &mut Talk<'_>, of: CampaignId) -> Step {
    let role = talk.scene().role;
    if !may(talk, role.may_announce()) {
        return Ok(());
    }
    match campaign::found(talk, of)? {
        Some(report) if campaign::may_again(report) => {
            preview(talk, &report.campaign.text, Form::AgainConfirm { of })
        }
        _ => {
            talk.form(None);
            campaign::open(talk, of)
        }
    }
}

/// Shows a text as its readers will see it, and asks what this form waits for.
fn preview(talk: &mut Talk<'_>, text: &str, form: Form) -> Step {
    let of = match form {
        Form::AgainConfirm { of } => Some(of),
        _ => None,
    };
    let Known::Outlook(outlook) = talk.known(Need::Outlook(of))? else { return Ok(()) };
    let count = outlook.people;
    talk.form(None);
    talk.say(Screen::text(text));
    if count == 0 {
        nobody(talk, of);
        return Ok(());
    }
    talk.form(Some(form));
    let key = if of.is_some() { "again-confirm" } else { "announce-confirm" };
    let asked = talk.f(key, &[("count", count.into())]);
    let text = format!("{asked}\n{}\n\n{}", forecast(talk, outlook), talk.t("announce-go"));
    let send = talk.f("announce-send", &[("count", count.into())]);
    let mut row = vec![Choice::new(send, Action::AnnounceSend).good()];
    if of.is_none() {
        row.push(talk.choice("announce-edit", Action::Announce));
    }
    row.push(menu::cancel_button(talk));
    talk.say(Screen::text(text).row(row));
    Ok(())
}

fn nobody(talk: &mut Talk<'_>, of: Option<CampaignId>) {
    let text = talk.t(if of.is_some() { "again-nobody" } else { "announce-nobody" });
    talk.say(Screen::text(text).row([menu::home(talk)]));
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

/// The author's word: the audience is frozen and the campaign runs.
pub(super) fn send(talk: &mut Talk<'_>) -> Step {
    let role = talk.scene().role;
    if !may(talk, role.may_announce()) {
        return Ok(());
    }
    let shown = match talk.person.form.clone() {
        Some(Form::AnnounceConfirm { text }) => Some((text, None)),
        Some(Form::AgainConfirm { of }) => {
            campaign::found(talk, of)?.map(|report| (report.campaign.text.clone(), Some(of)))
        }
        _ => None,
    };
    let Some((text, of)) = shown else {
        // An old button, or the second press of the same: nothing is sent twice.
        talk.toast(talk.t("announce-gone"));
        // A snackbar says enough; whoever typed it sees none.
        return if talk.is_press() { Ok(()) } else { cabinet(talk) };
    };
    let Known::Audience(audience) = talk.known(Need::Audience(of))? else { return Ok(()) };
    talk.form(None);
    if audience.is_empty() {
        nobody(talk, of);
        return Ok(());
    }
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
