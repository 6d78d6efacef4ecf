//! Who has read a campaign: VK tells for each conversation up to which message the person has.

use futures::future::join_all;
use tokio_util::sync::CancellationToken;
use vkapi::{
    Lane, RequestError,
    types::{PeerId, UserId},
};

use super::drive::next_look;
use crate::{
    core::Core,
    domain::{Campaign, Reads, Recipient},
    outbox::{Fate, fate},
    store::{Commit, Expect, Op, Result, Store, StoreError},
};

/// VK tells of so many conversations in a call.
/// <https://dev.vk.com/ru/method/messages.getConversationsById>
const PEOPLE: usize = 100;
/// Recipients read at a time.
const PAGE: usize = 25 * PEOPLE;

/// Looks up who has read a campaign that is over, and notes it.
pub(super) async fn look(core: &Core, campaign: Campaign, stop: &CancellationToken) -> Result<()> {
    let _busy = core.outbox.busy();
    let mut after = None;
    loop {
        let page = core.store.recipients(campaign.id, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        let unread: Vec<(UserId, i64)> = page
            .iter()
            .filter_map(|(user, state)| match state {
                Recipient::Sent(id @ 1..) => Some((*user, *id)),
                _ => None,
            })
            .collect();
        let asked = join_all(unread.chunks(PEOPLE).map(|some| ask(core, some, stop))).await;
        let read: Vec<_> = asked.into_iter().flatten().map(|user| (user, Recipient::Read)).collect();
        if stop.is_cancelled() {
            return Ok(());
        }
        if !read.is_empty() {
            let ops = vec![Op::Settle(campaign.id, read)];
            core.store.commit(Commit { expect: Vec::new(), ops }).await?;
        }
        after = Some(*last);
    }
    let now = core.clock.now();
    let reads = Reads { last: Some(now), next: next_look(&campaign, now) };
    let expect = vec![Expect::CampaignIs(campaign.id, campaign.state)];
    let ops = vec![Op::PutCampaign(Campaign { reads, ..campaign })];
    match core.store.commit(Commit { expect, ops }).await {
        Err(StoreError::Conflict) => Ok(()),
        other => other.map(drop),
    }
}

/// Who of these has read her message; asks until VK tells, or for ever refuses to.
async fn ask(core: &Core, some: &[(UserId, i64)], stop: &CancellationToken) -> Vec<UserId> {
    let mut tries = 0;
    loop {
        let peers: Vec<PeerId> = some.iter().map(|(user, _)| PeerId::from(*user)).collect();
        let answer = core.bot.messages_get_conversations_by_id(peers).lane(Lane::Campaign).await;
        match (fate(&answer, tries), answer) {
            (_, Ok(found)) => {
                let read_to = |user: &UserId| {
                    let theirs = found.items.iter().find(|c| c.peer.id == PeerId::from(*user));
                    theirs.and_then(|conversation| conversation.out_read)
                };
                let read = some.iter().filter(|(user, id)| read_to(user).is_some_and(|to| to >= *id));
                return read.map(|(user, _)| *user).collect();
            }
            (Fate::Again { wait, .. }, Err(error)) if !stop.is_cancelled() => {
                tell(&error);
                tries += 1;
                tokio::select! {
                    () = core.clock.until(core.clock.now().plus(wait)) => {}
                    () = stop.cancelled() => return Vec::new(),
                }
            }
            (_, Err(error)) => {
                tell(&error);
                return Vec::new();
            }
        }
    }
}

fn tell(error: &RequestError) {
    tracing::warn!(%error, "VK does not tell who has read a campaign");
}
