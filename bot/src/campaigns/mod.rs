//! The same text to many: a hundred people a call, several calls under way at once, and what became of each person is
//! committed.

mod amend;
mod chunk;
mod drive;
mod progress;
mod reads;
mod repeat;

use std::{collections::HashSet, sync::Arc, time::Duration};

#[cfg(test)]
pub(crate) use self::repeat::pass as repeat_pass;
pub(crate) use self::{amend::run as amend, repeat::run as repeat};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Packing,
    core::Core,
    domain::{Campaign, CampaignState, Ms},
    store::{Result, Store},
};

/// How long to wait after the store could not be read or written.
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// How many recipients leave in a second at best: VK takes 20 calls, and 25 of them packed in each.
/// <https://dev.vk.com/ru/api/limits/limits>
pub(crate) fn pace(packing: Packing) -> u32 {
    let calls = match packing {
        Packing::PeerIds => 20,
        Packing::Execute => 20 * 25,
    };
    calls * chunk::PEOPLE as u32
}

/// Drives every campaign that something is to be done about until told to stop, side by side: one that waits for the
/// morning of another time zone keeps no other waiting.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let mut changed = core.campaigned.subscribe();
    let mut driving = JoinSet::new();
    let mut driven = HashSet::new();
    while !stop.is_cancelled() {
        changed.borrow_and_update();
        let again = async {
            match core.store.active().await {
                Ok(active) => {
                    for Campaign { id, .. } in active {
                        if driven.insert(id) {
                            driving.spawn(drive::run(Arc::clone(&core), id, stop.clone()));
                        }
                    }
                    std::future::pending::<()>().await;
                }
                Err(error) => {
                    tracing::error!(%error, "campaigns could not be read");
                    tokio::time::sleep(STORE_AGAIN).await;
                }
            }
        };
        // What it spawns is spawned before anything below is looked at.
        tokio::select! {
            biased;
            () = again => {}
            _ = changed.changed() => {}
            () = stop.cancelled() => {}
        }
        while let Some(ended) = driving.try_join_next() {
            match ended {
                Ok(id) => drop(driven.remove(&id)),
                Err(error) => tracing::error!(%error, "a campaign ended by a mistake of ours"),
            }
        }
    }
    while let Some(ended) = driving.join_next().await {
        if let Err(error) = ended {
            core.unsure();
            tracing::error!(%error, "a campaign ended by a mistake of ours");
        }
    }
}

/// Waits until told to stop, until a campaign or an announcement has changed, or until a moment.
async fn rest(core: &Core, stop: &CancellationToken, changed: &mut watch::Receiver<()>, at: Option<Ms>) {
    let wait = async {
        match at {
            Some(at) => core.clock.until(at).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        _ = changed.changed() => {}
        () = wait => {}
    }
}

/// No campaign has anything to do at this moment.
pub(crate) async fn are_settled(core: &Core) -> Result<bool> {
    let now = core.clock.now();
    for campaign in core.store.active().await? {
        let busy = match campaign.state {
            CampaignState::Scheduled => campaign.starts <= now,
            CampaignState::Running => {
                core.store.queued(campaign.id, None, 1).await?.first().is_none_or(|(due, _)| *due <= now)
            }
            CampaignState::Cancelling => true,
            CampaignState::Paused(_) => false,
            CampaignState::Finished | CampaignState::Cancelled => {
                campaign.reads.next.is_some_and(|next| next <= now)
            }
        };
        if busy {
            return Ok(false);
        }
    }
    if amend::due(core).await?.is_some() {
        return Ok(false);
    }
    Ok(repeat::next(core).await?.is_none_or(|at| at > now))
}
