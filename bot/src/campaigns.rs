//! Sends the same text to many: a hundred people a call, and what became of each is committed.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use vkapi::{
    Lane,
    methods::Delivery,
    types::{PeerId, UserId},
};

use crate::{
    core::{Core, random_id, wants_news},
    domain::{Campaign, CampaignState, Recipient},
    outbox::{Fate, fate},
    store::{Commit, Op, Result, Store},
};

/// VK takes so many recipients of one text in a call.
/// <https://dev.vk.com/ru/method/messages.send>
const AT_ONCE: usize = 100;
/// How long to wait after the store could not be read or written.
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// Sends campaigns until told to stop.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let mut attempts = 0;
    loop {
        let step = tokio::select! {
            () = stop.cancelled() => return,
            step = step(&core, attempts) => step,
        };
        let wait = async {
            match &step {
                Ok(Step::More) => {}
                Ok(Step::Wait(ms)) => core.clock.until(core.clock.now().plus(*ms)).await,
                Ok(Step::Nothing) => core.campaigned.notified().await,
                Err(error) => {
                    tracing::error!(%error, "a campaign could not go on");
                    tokio::time::sleep(STORE_AGAIN).await;
                }
            }
        };
        attempts = if matches!(step, Ok(Step::Wait(_))) { attempts.saturating_add(1) } else { 0 };
        tokio::select! { () = stop.cancelled() => return, () = wait => {} }
    }
}

enum Step {
    /// A hundred were served; there may be more.
    More,
    /// VK wants a pause of so many milliseconds.
    Wait(i64),
    /// No campaign is running.
    Nothing,
}

/// Serves the next recipients of the oldest running campaign.
async fn step(core: &Core, attempts: u16) -> Result<Step> {
    let Some(campaign) = core.store.running().await?.into_iter().min_by_key(|c| c.at) else {
        return Ok(Step::Nothing);
    };
    let queued = core.store.queued(campaign.id, AT_ONCE).await?;
    if queued.is_empty() {
        let done = Campaign { state: CampaignState::Finished, ..campaign };
        tracing::info!(campaign = done.id.0, "a campaign is finished");
        core.store.commit(Commit { expect: Vec::new(), ops: vec![Op::PutCampaign(done)] }).await?;
        return Ok(Step::More);
    }
    let (mut wanted, mut settled) = (Vec::new(), Vec::new());
    for user in queued {
        // Whoever has changed her mind since the audience was frozen is left alone.
        match core.store.person(user).await? {
            Some(person) if wants_news(&person) => wanted.push(user),
            _ => settled.push((user, Recipient::Skipped)),
        }
    }
    if !wanted.is_empty() {
        let peers: Vec<PeerId> = wanted.iter().map(|user| PeerId::from(*user)).collect();
        let request = core
            .bot
            .messages_send_many(peers, &campaign.text)
            .random_id(random_id(campaign.id.0, 0))
            .lane(Lane::Campaign)
            .dont_parse_links(true)
            .disable_mentions(true);
        let result = request.await;
        match (fate(&result, attempts), result) {
            (Fate::Again(wait), Err(error)) => {
                tracing::warn!(%error, campaign = campaign.id.0, wait_ms = wait, "a campaign has to wait");
                return Ok(Step::Wait(wait));
            }
            (_, Ok(deliveries)) => settled.extend(deliveries.iter().map(outcome)),
            (_, Err(error)) => {
                tracing::error!(%error, campaign = campaign.id.0, "VK does not take an announcement as it is");
                let code = error.api().map_or(0, |e| e.code.0);
                settled.extend(wanted.iter().map(|user| (*user, Recipient::Refused(code))));
            }
        }
    }
    for (user, recipient) in &settled {
        if matches!(recipient, Recipient::Refused(code) if unreachable(*code)) {
            core.amend(*user, |p| std::mem::replace(&mut p.writable, false)).await?;
        }
    }
    core.store.commit(Commit { expect: Vec::new(), ops: vec![Op::Settle(campaign.id, settled)] }).await?;
    Ok(Step::More)
}

fn outcome(delivery: &Delivery) -> (UserId, Recipient) {
    let user = UserId(delivery.peer_id.0);
    match &delivery.result {
        Ok(_) => (user, Recipient::Delivered),
        Err(error) => (user, Recipient::Refused(error.code.0)),
    }
}

fn unreachable(code: i32) -> bool {
    vkapi::ErrorCode(code).kind("messages.send") == vkapi::ErrorKind::Recipient
}
