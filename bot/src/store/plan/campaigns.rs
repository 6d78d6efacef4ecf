//! Recipients of campaigns. All of them stand in the lists of `camp_to`, each with her state; a list's key ends with
//! its first person, and it holds every recipient from her up to the next list. Those who are queued stand in the lists
//! of `camp_queue` as well, whose keys go by due moment and first person.

use std::ops::Bound;

use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

use super::{Overlay, View};
use crate::{
    domain::{Campaign, CampaignId, CampaignState, Ms, Recipient, Tally},
    store::{
        Place, Result,
        keys::{self, Key, Tree},
        records::Record,
    },
};

/// How many persons one list holds: with a state each, at most thirteen bytes together, it stays below the size at
/// which sled moves a value into a file of its own.
const LIST: usize = 256;

/// A list of `camp_to`.
type States = Vec<(UserId, Recipient)>;

/// How far a campaign has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) tally: Tally,
    /// Nobody behind this place was handed out for sending.
    pub(crate) handed_out: Option<Place>,
}

/// Writes a campaign with these recipients queued and no others.
pub(super) fn start<V: View>(
    draft: &mut Overlay<'_, V>,
    campaign: &Campaign,
    recipients: &[(UserId, Ms)],
) -> Result<()> {
    let id = campaign.id;
    for tree in [Tree::CampQueue, Tree::CampTo] {
        for (key, _) in draft.prefix(tree, &keys::campaign(id))? {
            draft.remove(tree, key);
        }
    }
    let mut people = recipients.to_vec();
    // Stable: of someone named twice the first moment counts.
    people.sort_by_key(|(person, _)| *person);
    people.dedup_by_key(|(person, _)| *person);
    for list in people.chunks(LIST) {
        let states: States = list.iter().map(|(person, due)| (*person, Recipient::Queued(*due))).collect();
        put_states(draft, id, &states)?;
    }
    let progress =
        Counts { tally: Tally { queued: people.len() as u64, ..Tally::default() }, handed_out: None };
    draft.put(Tree::CampN, keys::campaign(id), &progress)?;
    people.sort_by_key(|(person, due)| (*due, *person));
    for moment in people.chunk_by(|a, b| a.1 == b.1) {
        for list in moment.chunks(LIST) {
            let due = list[0].1;
            put_list(draft, id, due, &list.iter().map(|(person, _)| *person).collect::<Vec<_>>())?;
        }
    }
    put(draft, campaign)
}

/// Writes a campaign's record.
pub(super) fn put<V: View>(draft: &mut Overlay<'_, V>, campaign: &Campaign) -> Result<()> {
    let key = keys::campaign(campaign.id);
    let over = matches!(campaign.state, CampaignState::Finished | CampaignState::Cancelled);
    if over && campaign.reads.next.is_none() {
        draft.remove(Tree::CampRun, key.clone());
    } else {
        draft.mark(Tree::CampRun, key.clone());
    }
    draft.put(Tree::Campaign, key, campaign)
}

/// Removes a campaign with all that is kept of it.
pub(super) fn drop<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId) -> Result<()> {
    let key = keys::campaign(id);
    for tree in [Tree::CampQueue, Tree::CampTo, Tree::Pressed] {
        for (place, _) in draft.prefix(tree, &key)? {
            draft.remove(tree, place);
        }
    }
    for tree in [Tree::Campaign, Tree::CampRun, Tree::CampN, Tree::Letter] {
        draft.remove(tree, key.clone());
    }
    Ok(())
}

/// Everybody up to this place may have been handed out. Of who was forgotten meanwhile no trace is left: the place just
/// before hers says the same.
pub(super) fn hand_out<V: View>(
    draft: &mut Overlay<'_, V>,
    id: CampaignId,
    (due, person): Place,
) -> Result<()> {
    let key = keys::campaign(id);
    let Some(progress) = draft.read::<Counts>(Tree::CampN, &key)? else { return Ok(()) };
    let there = standing(draft, id, person)?.is_some();
    let to = (due, if there { person } else { UserId(person.0.saturating_sub(1)) });
    let handed_out = progress.handed_out.max(Some(to));
    draft.put(Tree::CampN, key, &Counts { handed_out, ..progress })
}

/// Moves recipients to where they stand now; who is no recipient (any more) does not become one.
pub(super) fn settle<V: View>(
    draft: &mut Overlay<'_, V>,
    id: CampaignId,
    states: &[(UserId, Recipient)],
) -> Result<()> {
    let mut states = states.to_vec();
    // Stable, and reversed first: of someone named twice the last state counts.
    states.reverse();
    states.sort_by_key(|(person, _)| *person);
    states.dedup_by_key(|(person, _)| *person);
    let key = keys::campaign(id);
    let Some(mut progress) = draft.read::<Counts>(Tree::CampN, &key)? else { return Ok(()) };
    let (mut leave, mut enter) = (Vec::new(), Vec::new());
    let mut rest = &states[..];
    while let Some((person, _)) = rest.first() {
        let Some((at, mut list)) = states_of(draft, id, *person)? else {
            rest = &rest[1..];
            continue;
        };
        let last = list.last().map_or(*person, |(last, _)| *last);
        let (mine, others) = rest.split_at(rest.partition_point(|(person, _)| *person <= last).max(1));
        rest = others;
        for (person, new) in mine {
            let Ok(place) = list.binary_search_by_key(person, |(person, _)| *person) else { continue };
            let old = std::mem::replace(&mut list[place].1, *new);
            recount(&mut progress.tally, old, Some(*new));
            if let Recipient::Queued(due) = old {
                leave.push((due, *person));
            }
            if let Recipient::Queued(due) = new {
                enter.push((*due, *person));
            }
        }
        draft.put(Tree::CampTo, at, &list)?;
    }
    dequeue(draft, id, leave)?;
    for (due, person) in enter {
        enqueue(draft, id, due, person)?;
    }
    draft.put(Tree::CampN, key, &progress)
}

/// Removes a recipient.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, person: UserId) -> Result<()> {
    let Some((at, mut list)) = states_of(draft, id, person)? else { return Ok(()) };
    let Ok(place) = list.binary_search_by_key(&person, |(person, _)| *person) else { return Ok(()) };
    let (_, old) = list.remove(place);
    draft.remove(Tree::CampTo, at);
    put_states(draft, id, &list)?;
    if let Recipient::Queued(due) = old {
        dequeue(draft, id, vec![(due, person)])?;
    }
    let key = keys::campaign(id);
    let mut progress = draft.read::<Counts>(Tree::CampN, &key)?.unwrap_or_default();
    recount(&mut progress.tally, old, None);
    // Nothing of her stays: without her the place just before hers says the same.
    if let Some((due, UserId(last))) = progress.handed_out
        && last == person.0
    {
        progress.handed_out = Some((due, UserId(last.saturating_sub(1))));
    }
    draft.put(Tree::CampN, key, &progress)
}

fn recount(tally: &mut Tally, old: Recipient, new: Option<Recipient>) {
    let out = tally.count(old);
    *out = out.saturating_sub(1);
    if let Some(new) = new {
        *tally.count(new) += 1;
    }
}

/// Where a person stands in a campaign; `None` if she is no recipient of it.
pub(crate) fn standing(view: &impl View, id: CampaignId, person: UserId) -> Result<Option<Recipient>> {
    let list = states_of(view, id, person)?;
    let place = |(_, list): &(Key, States)| {
        let place = list.binary_search_by_key(&person, |(person, _)| *person).ok()?;
        Some(list.get(place)?.1)
    };
    Ok(list.as_ref().and_then(place))
}

/// The list that holds a person's state if she is a recipient, with its key.
fn states_of(view: &impl View, id: CampaignId, person: UserId) -> Result<Option<(Key, States)>> {
    let to = keys::recipient(id, person);
    let found = view.last(Tree::CampTo, &keys::campaign(id), Bound::Included(&to))?;
    found.map(|(key, bytes)| Ok((key, Record::decode(&bytes)?))).transpose()
}

/// Writes states under their first person, if there is one.
fn put_states<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, list: &States) -> Result<()> {
    match list.first() {
        Some((first, _)) => draft.put(Tree::CampTo, keys::recipient(id, *first), list),
        None => Ok(()),
    }
}

/// The list that holds a person if she is queued for this moment, with its key.
fn list_for<V: View>(
    draft: &Overlay<'_, V>,
    id: CampaignId,
    due: Ms,
    person: UserId,
) -> Result<Option<(Key, Vec<UserId>)>> {
    let to = keys::place(id, (due, person));
    let found = draft.last(Tree::CampQueue, &keys::campaign_at(id, due), Bound::Included(&to))?;
    found.map(|(key, bytes)| Ok((key, Record::decode(&bytes)?))).transpose()
}

/// Writes a list under its first person, if it has one.
fn put_list<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, due: Ms, list: &[UserId]) -> Result<()> {
    match list.first() {
        Some(first) => draft.put(Tree::CampQueue, keys::place(id, (due, *first)), &list.to_vec()),
        None => Ok(()),
    }
}

fn dequeue<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, mut places: Vec<Place>) -> Result<()> {
    places.sort_unstable();
    let mut rest = &places[..];
    while let Some((due, person)) = rest.first().copied() {
        let Some((key, list)) = list_for(draft, id, due, person)? else {
            rest = &rest[1..];
            continue;
        };
        let last = (due, list.last().map_or(person, |last| *last));
        let (mine, others) = rest.split_at(rest.partition_point(|place| *place <= last).max(1));
        rest = others;
        let left: Vec<UserId> =
            list.into_iter().filter(|person| mine.binary_search(&(due, *person)).is_err()).collect();
        draft.remove(Tree::CampQueue, key);
        put_list(draft, id, due, &left)?;
    }
    Ok(())
}

fn enqueue<V: View>(draft: &mut Overlay<'_, V>, id: CampaignId, due: Ms, person: UserId) -> Result<()> {
    let mut list = list_for(draft, id, due, person)?.map_or_else(Vec::new, |(_, list)| list);
    if let Err(place) = list.binary_search(&person) {
        list.insert(place, person);
    }
    let (low, high) = if list.len() > LIST { list.split_at(LIST / 2) } else { (&list[..], &[][..]) };
    put_list(draft, id, due, low)?;
    put_list(draft, id, due, high)
}
