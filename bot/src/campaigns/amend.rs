//! Announcements that are changed or taken back after they were delivered: message by message, within the day that VK
//! allows. <https://dev.vk.com/ru/method/messages.edit>, <https://dev.vk.com/ru/method/messages.delete>

use std::sync::Arc;

use futures::future::join_all;
use tokio_util::sync::CancellationToken;
use vkapi::{
    Lane, RequestError,
    types::{PeerId, UserId},
};

use super::{STORE_AGAIN, chunk};
use crate::{
    chat::{letter_drawn, letter_text},
    core::{Core, random_id},
    domain::{
        Campaign, Recipient,
        letter::{Addressee, Amends, Letter, Stage},
    },
    outbox::{Fate, Sought, fate, sent},
    store::{Commit, Expect, Op, Result, Store, StoreError},
};

/// Changes what is to be changed until told to stop.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let mut changed = core.campaigned.subscribe();
    let mut tries = 0_u16;
    while !stop.is_cancelled() {
        changed.borrow_and_update();
        let wait = match pass(&core, tries).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "announcements could not be changed");
                Some(i64::try_from(STORE_AGAIN.as_millis()).unwrap_or(i64::MAX))
            }
        };
        tries = if wait.is_some() { tries.saturating_add(1) } else { 0 };
        super::rest(&core, &stop, &mut changed, wait.map(|wait| core.clock.now().plus(wait))).await;
    }
}

/// One that is being changed, if there is any.
pub(super) async fn due(core: &Core) -> Result<Option<Letter>> {
    let letters = core.store.letters_open().await?;
    Ok(letters.into_iter().find(|letter| matches!(letter.stage, Stage::Amended(_))))
}

/// Changes everything; how long to wait before it is tried again, in milliseconds, if VK does not take it now.
pub(crate) async fn pass(core: &Core, tries: u16) -> Result<Option<i64>> {
    while let Some(letter) = due(core).await? {
        match step(core, letter, tries).await {
            // Or somebody has just written it: it is read again.
            Ok(None) | Err(StoreError::Conflict) => {}
            other => return other,
        }
    }
    Ok(None)
}

/// Deals with the next recipients. What was begun and not written down is done again, which changes nothing.
async fn step(core: &Core, letter: Letter, tries: u16) -> Result<Option<i64>> {
    let _busy = core.outbox.busy();
    let Stage::Amended(amends) = &letter.stage else { return Ok(None) };
    let mut next = amends.clone();
    let page = core.store.recipients(letter.id, amends.after, chunk::PEOPLE).await?;
    next.after = page.last().map(|(last, _)| *last);
    next.over = page.is_empty();
    let delivered = |state: &Recipient| matches!(state, Recipient::Sent(_) | Recipient::Read);
    let people: Vec<UserId> =
        page.iter().filter(|(_, state)| delivered(state)).map(|(who, _)| *who).collect();
    if let Some(campaign) = core.store.campaign(letter.id).await? {
        for result in all(core, &campaign, (&letter, amends), &people).await {
            match (fate(&result, tries), result) {
                (Fate::Again { wait, .. }, Err(error)) => {
                    tracing::warn!(%error, campaign = letter.id.0, "an announcement was not changed yet");
                    return Ok(Some(wait));
                }
                (_, Ok(true)) => next.done += 1,
                _ => next.missed += 1,
            }
        }
    }
    let expect = vec![Expect::LetterRev(letter.id, letter.rev)];
    let ops = vec![Op::PutLetter(Box::new(Letter { stage: Stage::Amended(next), ..letter }))];
    core.store.commit(Commit { expect, ops }).await?;
    Ok(None)
}

/// What came of each of these people.
async fn all(
    core: &Core,
    campaign: &Campaign,
    (letter, amends): (&Letter, &Amends),
    people: &[UserId],
) -> Vec<std::result::Result<bool, RequestError>> {
    let readers = if !amends.recall && chunk::differs(letter) && !people.is_empty() {
        match core.addressees(people).await {
            Ok(readers) => readers,
            Err(error) => return vec![Err(error)],
        }
    } else {
        vec![Addressee::default(); people.len()]
    };
    let each = people.iter().zip(&readers);
    join_all(each.map(|(who, reader)| one(core, campaign, (letter, amends), *who, reader))).await
}

/// Changes what one person has got, or takes it back; false: it is not there to be changed.
async fn one(
    core: &Core,
    campaign: &Campaign,
    (letter, amends): (&Letter, &Amends),
    who: UserId,
    reader: &Addressee,
) -> std::result::Result<bool, RequestError> {
    let (peer, mine) = (PeerId::from(who), Some(i64::from(random_id(campaign.id.0, 0))));
    let cmid = match sent(&core.bot, peer, Lane::Campaign, campaign.at, |message| message.random_id == mine)
        .await?
    {
        Sought::Found(message) => message.cmid,
        // What is not in the conversation is taken back already.
        Sought::Gone => return Ok(amends.recall),
        Sought::Buried => None,
    };
    let Some(cmid) = cmid else { return Ok(false) };
    if amends.recall {
        let request = core.bot.messages_delete().peer_id(peer).cmids([cmid]).delete_for_all(true);
        let told = request.lane(Lane::Campaign).await?;
        return Ok(told.iter().all(|item| item.error.is_none()));
    }
    let content = core.content();
    let drawn = letter_drawn(&content, letter, letter_text(&content, letter, reader), false);
    let mut request = core
        .bot
        .messages_edit(peer, cmid, &drawn.text)
        .lane(Lane::Campaign)
        .dont_parse_links(true)
        .disable_mentions(true);
    if let Some(keyboard) = &drawn.keyboard {
        request = request.keyboard_json(keyboard);
    }
    if !letter.files.is_empty() {
        request = request.attachment(letter.files.join(","));
    }
    request.await.map(|_| true)
}
