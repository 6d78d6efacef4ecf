//! Recipients of campaigns. One that is queued stands in a list of `camp_queue`, any other in `camp_to`.
//! A list's key ends with its first person; it holds everyone queued from her up to the next list.

use std::ops::Bound;

use vkapi::types::UserId;

use super::{Overlay, View};
use crate::{
    domain::{Campaign, CampaignId, CampaignState, Recipient, Tally},
    store::{
        Result,
        keys::{self, Key, Tree},
        records::Record,
    },
};

/// How many persons one list holds: at five or six bytes each it stays far below the size at which sled moves a
/// value into a file of its own.
const LIST: usize = 256;

/// Writes a campaign with these recipients queued and no others.
pub(super) fn start<V: View>(
    draft: &mut Overlay<'_, V>,
    campaign: &Campaign,
    recipients: &[UserId],
) -> Result<()> {
    let id = campaign.id;
    for tree in [Tree::CampQueue, Tree::CampTo] {
        for (key, _) in draft.prefix(tree, &keys::campaign(id))? {
            draft.remove(tree, key);
        }
    }
    let mut people = recipients.to_vec();
    people.sort_unstable();
    people.dedup();
    for list in people.chunks(LIST) {
        put_list(draft, id, list)?;
    }
    let tally = Tally { queued: people.len() as u64, ..Tally::default() };
    draft.put(Tree::CampN, keys::campaign(id), &tally)?;
    put(draft, campaign)
}

/// Writes a campaign's record.
pub(super) fn put<V: View>(draft: &mut Overlay<'_, V>, campaign: &Campaign) -> Result<()> {
    let key = keys::campaign(campaign.id);
    match campaign.state {
        CampaignState::Running => draft.mark(Tree::CampRun, key.clone()),
        CampaignState::Finished => draft.remove(Tree::CampRun, key.clone()),
    }
    draft.put(Tree::Campaign, key, campaign)
}

/// Moves recipients to where they stand now; who is no recipient (any more) does not become one.
pub(super) fn settle<V: View>(
    draft: &mut Overlay<'_, V>,
    id: CampaignId,
    states: &[(UserId, Recipient)],
) -> Result<()> {
    for (person, state) in states {
        replace(draft, id, *person, Some(*state))?;
    }
    Ok(())
}

/// Removes a recipient.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, person: UserId) -> Result<()> {
    replace(draft, id, person, None)
}

fn replace<V: View>(
    draft: &mut Overlay<'_, V>,
    id: CampaignId,
    person: UserId,
    new: Option<Recipient>,
) -> Result<()> {
    let key = keys::recipient(id, person);
    let old = if let Some(settled) = draft.read(Tree::CampTo, &key)? {
        draft.remove(Tree::CampTo, key.clone());
        settled
    } else if dequeue(draft, id, person)? {
        Recipient::Queued
    } else {
        return Ok(());
    };
    match new {
        Some(Recipient::Queued) => enqueue(draft, id, person)?,
        Some(state) => draft.put(Tree::CampTo, key, &state)?,
        None => {}
    }
    let mut tally: Tally = draft.read(Tree::CampN, &keys::campaign(id))?.unwrap_or_default();
    let out = count(&mut tally, old);
    *out = out.saturating_sub(1);
    if let Some(state) = new {
        *count(&mut tally, state) += 1;
    }
    draft.put(Tree::CampN, keys::campaign(id), &tally)
}

fn count(tally: &mut Tally, state: Recipient) -> &mut u64 {
    match state {
        Recipient::Queued => &mut tally.queued,
        Recipient::Delivered => &mut tally.delivered,
        Recipient::Refused(_) => &mut tally.refused,
        Recipient::Skipped => &mut tally.skipped,
    }
}

/// The list that holds the person if she is queued, with its key.
fn list_for<V: View>(
    draft: &Overlay<'_, V>,
    id: CampaignId,
    person: UserId,
) -> Result<Option<(Key, Vec<UserId>)>> {
    let to = keys::recipient(id, person);
    let found = draft.last(Tree::CampQueue, &keys::campaign(id), Bound::Included(&to))?;
    found.map(|(key, bytes)| Ok((key, Record::decode(&bytes)?))).transpose()
}

/// Writes a list under its first person, if it has one.
fn put_list<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, list: &[UserId]) -> Result<()> {
    match list.first() {
        Some(first) => draft.put(Tree::CampQueue, keys::recipient(id, *first), &list.to_vec()),
        None => Ok(()),
    }
}

fn dequeue<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, person: UserId) -> Result<bool> {
    let Some((key, mut list)) = list_for(draft, id, person)? else { return Ok(false) };
    let Ok(place) = list.binary_search(&person) else { return Ok(false) };
    list.remove(place);
    draft.remove(Tree::CampQueue, key);
    put_list(draft, id, &list)?;
    Ok(true)
}

fn enqueue<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, person: UserId) -> Result<()> {
    let mut list = list_for(draft, id, person)?.map_or_else(Vec::new, |(_, list)| list);
    if let Err(place) = list.binary_search(&person) {
        list.insert(place, person);
    }
    let (low, high) = if list.len() > LIST { list.split_at(LIST / 2) } else { (&list[..], &[][..]) };
    put_list(draft, id, low)?;
    put_list(draft, id, high)
}
