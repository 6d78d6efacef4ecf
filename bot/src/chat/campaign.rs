//! How a campaign stands, and the staff's word on it: pause, go on, stop for good.

use super::{Action, Known, Need, Screen, Talk, letter, menu, router::Step, short, staff, told};
use crate::{
    domain::{Campaign, CampaignId, CampaignState, Ms, Pause, Report, Skip, Tally, letter::Rest},
    store::{Expect, Op, OutFile},
};

/// VK's limit for a snackbar.
/// <https://dev.vk.com/ru/method/messages.sendMessageEventAnswer>
const SNACKBAR: usize = 90;

/// What a campaign is called by: how its text begins.
pub(crate) fn title(text: &str) -> String {
    short(&text.replace('\n', " "), 40)
}

/// Its state and counts in one line; `next` is the earliest moment somebody waits for, if that is known.
pub(super) fn standing(talk: &Talk<'_>, campaign: &Campaign, tally: Tally, next: Option<Ms>) -> String {
    let when = |at| [("when", told::moment(talk, at).into())];
    let state = match campaign.state {
        CampaignState::Scheduled => talk.f("campaign-scheduled", &when(campaign.starts)),
        CampaignState::Running => match next.filter(|next| *next > talk.now()) {
            Some(next) => talk.f("campaign-waits", &when(next)),
            None => talk.t("campaign-running"),
        },
        CampaignState::Paused(Pause::Staff) => talk.t("campaign-paused"),
        CampaignState::Paused(Pause::Refusals) => talk.t("campaign-paused-refusals"),
        CampaignState::Paused(Pause::Text(code)) => {
            talk.f("campaign-paused-text", &[("code", i64::from(code).into())])
        }
        CampaignState::Cancelling => talk.t("campaign-cancelling"),
        CampaignState::Cancelled => talk.t("campaign-cancelled"),
        CampaignState::Finished => talk.t("campaign-finished"),
    };
    // Who still waits in what is being cancelled will get nothing.
    let (queued, cancelled) = match campaign.state {
        CampaignState::Cancelling => (0, tally.queued + tally.cancelled),
        _ => (tally.queued, tally.cancelled),
    };
    let counts = [
        ("campaign-count-read", tally.read),
        ("campaign-count-refused", tally.refused),
        ("campaign-count-queued", queued),
        ("campaign-count-skipped", tally.skipped),
        ("campaign-count-cancelled", cancelled),
    ];
    let mut rest = String::new();
    for (key, n) in counts.into_iter().filter(|(_, n)| *n > 0) {
        rest = format!("{rest}, {}", talk.f(key, &[("n", n.into())]));
    }
    let args = [("delivered", tally.delivered().into()), ("all", tally.all().into()), ("rest", rest.into())];
    format!("{state} {}", talk.f("campaign-counts", &args))
}

/// How a campaign stands.
pub(super) fn open(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    if !letter::seen(talk, id)? {
        return Ok(());
    }
    match found(talk, id)? {
        Some(report) => show(talk, report, report.campaign.state)?,
        None => return gone(talk),
    }
    Ok(())
}

/// Nobody is sent anything until somebody goes on with it.
pub(super) fn pause(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    change(talk, id, "campaign-pause", |campaign, _| {
        campaign.state.is_going().then_some(CampaignState::Paused(Pause::Staff))
    })
}

/// Goes on, if it is still paused for the reason that was read under the button.
pub(super) fn resume(talk: &mut Talk<'_>, id: CampaignId, why: Pause) -> Step {
    change(talk, id, "campaign-resume", |campaign, now| {
        let same = campaign.state == CampaignState::Paused(why) && may_resume(why);
        let going = if campaign.starts > now { CampaignState::Scheduled } else { CampaignState::Running };
        same.then_some(going)
    })
}

/// Asks once more before what cannot be undone.
pub(super) fn cancel(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    if !letter::ruled(talk, id)? {
        return Ok(());
    }
    let Some(report) = found(talk, id)? else { return gone(talk) };
    let was = report.campaign.state;
    if was.is_over() {
        talk.toast(talk.t("campaign-changed"));
        return show(talk, report, was);
    }
    let text = talk.f("campaign-cancel-ask", &[("title", title(&report.campaign.text).into())]);
    let screen = Screen::text(text).row([
        talk.choice("campaign-cancel-yes", Action::CampaignCancelYes { id, was }),
        talk.choice("campaign-cancel-no", Action::Campaign { id }),
    ]);
    talk.show(screen);
    Ok(())
}

/// Stops it for good, if nobody has paused it or gone on with it since that was asked.
pub(super) fn cancel_yes(talk: &mut Talk<'_>, id: CampaignId, was: CampaignState) -> Step {
    change(talk, id, "campaign-cancel", |campaign, _| {
        let is = campaign.state;
        // That its hour has come meanwhile is nobody's doing.
        let same = is == was || (is.is_going() && was.is_going());
        (same && !is.is_over()).then_some(CampaignState::Cancelling)
    })
}

/// Puts a campaign into the state that `to` tells, or says that it is too late for that.
fn change(
    talk: &mut Talk<'_>,
    id: CampaignId,
    what: &str,
    to: impl Fn(&Campaign, Ms) -> Option<CampaignState>,
) -> Step {
    if !letter::ruled(talk, id)? {
        return Ok(());
    }
    let Some(report) = found(talk, id)? else { return gone(talk) };
    let was = report.campaign.state;
    let Some(state) = to(&report.campaign, talk.now()) else {
        show(talk, report, was)?;
        talk.toast(talk.t("campaign-changed"));
        return Ok(());
    };
    talk.expect(Expect::CampaignIs(id, was));
    let after = Campaign { state, ..report.campaign.clone() };
    talk.audit_of(what, id.0.to_string(), Some(&report.campaign), Some(&after));
    talk.op(Op::PutCampaign(after));
    show(talk, report, state)
}

/// What became of a campaign, if there is one of that name.
pub(super) fn found<'a>(talk: &Talk<'a>, id: CampaignId) -> Result<Option<&'a Report>, Need> {
    let Known::Campaign(report) = talk.known(Need::Campaign(id))? else { return Ok(None) };
    Ok(report.as_deref())
}

fn gone(talk: &mut Talk<'_>) -> Step {
    talk.toast(talk.t("stale-button"));
    staff::cabinet(talk)
}

/// It is over, and of some who got it it is known that they have not read it, or not said that they have.
pub(super) fn may_again(report: &Report, rest: Rest) -> bool {
    let over = matches!(report.campaign.state, CampaignState::Finished | CampaignState::Cancelled);
    over && match rest {
        Rest::Unread => report.campaign.reads.last.is_some() && report.tally.sent > 0,
        Rest::Unacked => report.reached() > 0,
    }
}

/// How it stands, in a message of its own: the one whose button was pressed goes on telling.
pub(super) fn watch(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    talk.press(None);
    open(talk, id)
}

/// What became of each recipient, as a file.
pub(super) fn file(talk: &mut Talk<'_>, id: CampaignId) -> Step {
    if !letter::seen(talk, id)? {
        return Ok(());
    }
    if found(talk, id)?.is_none() {
        return gone(talk);
    }
    talk.audit("campaign-file", id.0.to_string());
    let back = talk.choice("back", Action::Campaign { id });
    talk.send(Screen::text(talk.t("campaign-file-sent")).row([back, menu::home(talk)]), OutFile::Report(id));
    Ok(())
}

/// A text that VK does not take would only be refused again.
fn may_resume(why: Pause) -> bool {
    !matches!(why, Pause::Text(_))
}

/// The report of a campaign that stands so now, with what may be done about it.
fn show(talk: &mut Talk<'_>, report: &Report, state: CampaignState) -> Step {
    let campaign = Campaign { state, ..report.campaign.clone() };
    let id = campaign.id;
    let standing = standing(talk, &campaign, report.tally, report.next);
    // «Обновить» may change nothing, and must not look broken.
    talk.toast(short(&standing, SNACKBAR));
    let mut text = standing;
    let asks_ack = letter::asks_ack(talk, id)?;
    let pressed = letter::counts(talk, id, report.reached())?;
    let read = reads(talk, &campaign, report.tally);
    let amended = letter::amended(talk, id)?;
    for part in [amended, pressed, read, refusals(talk, report), skips(talk, report)].into_iter().flatten() {
        text = format!("{text}\n\n{part}");
    }
    let mut screen = Screen::text(format!("{text}\n\n{}", campaign.text));
    if letter::is_ruled(talk, id)? && talk.scene().role.may_announce() {
        let mut row = Vec::new();
        match state {
            CampaignState::Paused(why) if may_resume(why) => {
                row.push(talk.choice("campaign-resume", Action::CampaignResume { id, why }).good());
            }
            state if state.is_going() => {
                row.push(talk.choice("campaign-pause", Action::CampaignPause { id }));
            }
            _ => {}
        }
        if !state.is_over() {
            row.push(talk.choice("campaign-cancel", Action::CampaignCancel { id }));
        }
        let amends = letter::amend_buttons(talk, &Report { campaign: campaign.clone(), ..report.clone() })?;
        screen = screen.row(row).row(amends);
    }
    let again = may_again(report, Rest::Unread) && !letter::is_recalled(talk, id)?;
    if talk.scene().role.may_announce() && again {
        screen = screen.row([talk.choice("campaign-again", Action::CampaignAgain { id })]);
    }
    let mut row = Vec::new();
    if asks_ack && report.reached() > 0 {
        row.push(talk.choice("campaign-unacked", Action::Unacked { id, p: 0 }));
    }
    row.push(talk.choice("campaign-file", Action::ReportFile { id }));
    let screen = screen
        .row(row)
        .row([talk.choice("campaign-refresh", Action::Campaign { id })])
        .row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// As of when it is known who has read it, or when it will be.
fn reads(talk: &Talk<'_>, campaign: &Campaign, tally: Tally) -> Option<String> {
    let over = matches!(campaign.state, CampaignState::Finished | CampaignState::Cancelled);
    if !over || tally.delivered() == 0 {
        return None;
    }
    let (key, at) = match (campaign.reads.last, campaign.reads.next) {
        (Some(last), _) => ("campaign-reads-last", last),
        (None, Some(next)) => ("campaign-reads-next", next),
        (None, None) => return None,
    };
    Some(talk.f(key, &[("when", told::moment(talk, at).into())]))
}

fn refusals(talk: &Talk<'_>, report: &Report) -> Option<String> {
    let why = |code: i32| match code {
        900 => talk.t("refusal-900"),
        901 => talk.t("refusal-901"),
        902 => talk.t("refusal-902"),
        936 => talk.t("refusal-936"),
        _ => talk.f("refusal-other", &[("code", i64::from(code).into())]),
    };
    let lines = report.refusals.iter().map(|(code, n)| (why(*code), *n));
    listed(talk, &talk.t("campaign-refusals"), lines)
}

fn skips(talk: &Talk<'_>, report: &Report) -> Option<String> {
    let why = |skip| match skip {
        Skip::Unwanted => talk.t("skip-unwanted"),
        Skip::Unreachable => talk.t("skip-unreachable"),
        Skip::Digest => talk.t("skip-digest"),
    };
    let lines = report.skips.iter().map(|(skip, n)| (why(*skip), *n));
    listed(talk, &talk.t("campaign-skips"), lines)
}

/// Reasons with their counts, the most frequent first; nothing if there are none.
fn listed(talk: &Talk<'_>, head: &str, lines: impl Iterator<Item = (String, u64)>) -> Option<String> {
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let told: Vec<String> = lines
        .into_iter()
        .map(|(why, n)| talk.f("campaign-refusal", &[("why", why.into()), ("n", n.into())]))
        .collect();
    (!told.is_empty()).then(|| format!("{head}\n{}", told.join("\n")))
}
