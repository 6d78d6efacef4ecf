//! The message that tells how a campaign goes and changes while it does.

use vkapi::types::PeerId;

use crate::{
    chat::{Action, Choice, Screen},
    core::{Core, random_id},
    domain::{Campaign, CampaignState, Ms, letter::Letter},
    store::{OutLane, OutMessage, Result, Store},
};

/// It changes no more often than this, in milliseconds.
pub(super) const PAUSE: i64 = 5_000;
/// VK changes messages of the last day.
const EDITABLE: i64 = 20 * Ms::HOUR;

/// The change that tells how a campaign stands now; nothing if nobody watches it, or was told a moment ago and it is not
/// at an end.
pub(super) async fn told(
    core: &Core,
    campaign: &Campaign,
    state: CampaignState,
) -> Result<Option<(Letter, OutMessage)>> {
    let Some(letter) = core.store.letter(campaign.id).await? else { return Ok(None) };
    let now = core.clock.now();
    let Some((who, cmid, last)) = letter.watch else { return Ok(None) };
    if now.0 - campaign.at.0 > EDITABLE || (state == CampaignState::Running && now.0 - last.0 < PAUSE) {
        return Ok(None);
    }
    let tally = core.store.tally(campaign.id).await?;
    let content = core.content();
    let texts = content.texts();
    let key = match state {
        CampaignState::Scheduled | CampaignState::Running => "campaign-running",
        CampaignState::Paused(_) => "campaign-paused",
        CampaignState::Cancelling => "campaign-cancelling",
        CampaignState::Cancelled => "campaign-cancelled",
        CampaignState::Finished => "campaign-finished",
    };
    let mut rest = String::new();
    for (key, n) in [("campaign-count-refused", tally.refused), ("campaign-count-queued", tally.queued)] {
        if n > 0 {
            rest = format!("{rest}, {}", texts.format(key, &[("n", n.into())]));
        }
    }
    let args = [("delivered", tally.delivered().into()), ("all", tally.all().into()), ("rest", rest.into())];
    let text = format!("{} {}", texts.get(key), texts.format("campaign-counts", &args));
    let look = Choice::new(texts.get("campaign-look"), Action::CampaignWatch { id: campaign.id }).main();
    let leave = Choice::new(texts.get("menu-cabinet"), Action::CampaignLeave { id: campaign.id });
    let home = Choice::new(texts.get("home"), Action::Menu);
    let drawn = Screen::text(text).row([look]).row([leave, home]).draw(false);
    let message = OutMessage {
        to: PeerId::from(who),
        lane: OutLane::Reply,
        random_id: random_id(campaign.id.0, now.0.unsigned_abs()),
        text: drawn.text,
        keyboard: drawn.keyboard,
        edit: Some(cmid),
        file: None,
        at: now,
        attempts: 0,
        not_before: now,
    };
    let watch = Some((who, cmid, now));
    Ok(Some((Letter { watch, ..letter }, message)))
}
