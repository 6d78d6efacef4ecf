//! Typed reads. Lists are not snapshots, so none of them relies on two trees agreeing.

use std::ops::Bound::{self, Excluded, Included, Unbounded};

use vkapi::types::{GroupId, UserId};

use super::engine::Engine;
use crate::{
    domain::{Asked, Campaign, CampaignId, Ms, Person, Reminder, Tally, attention::Ledger},
    store::{
        AuditEntry, OutId, OutMessage, Result, StepKey,
        keys::{self, Key, Tree},
        plan::{Pair, View},
        records::Record,
    },
};

/// The bound of a list that goes on after a key.
fn past(key: Option<&Key>) -> Bound<&[u8]> {
    key.map_or(Unbounded, |key| Excluded(key.as_slice()))
}

impl Engine {
    pub(super) fn person(&self, id: UserId) -> Result<Option<Person>> {
        self.read(Tree::Person, &keys::person(id))
    }

    pub(super) fn people(&self, after: Option<UserId>, n: usize) -> Result<Vec<Person>> {
        let after = after.map(keys::person);
        self.range(Tree::Person, past(after.as_ref()), Unbounded)
            .take(n)
            .map(|pair| Person::decode(&pair?.1))
            .collect()
    }

    pub(super) fn steps(&self, id: UserId) -> Result<Vec<(StepKey, Ms)>> {
        let pairs = self.prefix(Tree::Step, &keys::person(id))?;
        let mut steps = pairs
            .iter()
            .map(|(key, value)| Ok((keys::parse_step(key)?, Ms::decode(value)?)))
            .collect::<Result<Vec<_>>>()?;
        steps.sort();
        Ok(steps)
    }

    pub(super) fn reminders(&self, id: UserId) -> Result<Vec<Reminder>> {
        let pairs = self.prefix(Tree::RemindBy, &keys::person(id))?;
        pairs.iter().map(|(_, value)| Reminder::decode(value)).collect()
    }

    pub(super) fn ledger(&self, id: UserId) -> Result<Ledger> {
        Ok(self.read(Tree::Ledger, &keys::person(id))?.unwrap_or_default())
    }

    pub(super) fn due(&self, now: Ms, n: usize) -> Result<Vec<Reminder>> {
        let end = keys::moment(now.plus(1));
        let to = if now.0 == i64::MAX { Unbounded } else { Excluded(end.as_slice()) };
        let mut due = Vec::new();
        for pair in self.range(Tree::Remind, Unbounded, to) {
            if due.len() == n {
                break;
            }
            let (key, _) = pair?;
            let (at, by) = keys::parse_due(&key)?;
            // Moved or dropped since the index was read: no longer due at this moment.
            due.extend(self.read::<Reminder>(Tree::RemindBy, by)?.filter(|r| r.due == at));
        }
        Ok(due)
    }

    pub(super) fn next_due(&self) -> Result<Option<Ms>> {
        let first = self.range(Tree::Remind, Unbounded, Unbounded).next().transpose()?;
        first.map(|(key, _)| keys::parse_due(&key).map(|(at, _)| at)).transpose()
    }

    pub(super) fn outbox(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, OutMessage)>> {
        let after = after.map(keys::out);
        self.range(Tree::Outbox, past(after.as_ref()), Unbounded)
            .take(n)
            .map(|pair| {
                pair.and_then(|(key, value)| Ok((keys::parse_out(&key)?, OutMessage::decode(&value)?)))
            })
            .collect()
    }

    pub(super) fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>> {
        self.read(Tree::Campaign, &keys::campaign(id))
    }

    pub(super) fn running(&self) -> Result<Vec<Campaign>> {
        let mut running = Vec::new();
        for (key, _) in self.prefix(Tree::CampRun, &[])? {
            running.extend(self.read::<Campaign>(Tree::Campaign, &key)?);
        }
        Ok(running)
    }

    pub(super) fn queued(&self, id: CampaignId, n: usize) -> Result<Vec<UserId>> {
        let (from, to) = (keys::campaign(id), keys::campaign(CampaignId(id.0.saturating_add(1))));
        let to = if id.0 == u64::MAX { Unbounded } else { Excluded(to.as_slice()) };
        let mut people: Vec<UserId> = Vec::new();
        for pair in self.range(Tree::CampQueue, Included(&from), to) {
            if people.len() >= n {
                break;
            }
            let list = Vec::<UserId>::decode(&pair?.1)?;
            // A list whose first person was settled meanwhile comes again under its second.
            let have = people.last().copied();
            people.extend(list.into_iter().filter(|p| have.is_none_or(|have| *p > have)));
        }
        people.truncate(n);
        Ok(people)
    }

    pub(super) fn tally(&self, id: CampaignId) -> Result<Tally> {
        Ok(self.read(Tree::CampN, &keys::campaign(id))?.unwrap_or_default())
    }

    pub(super) fn campaigns(&self, n: usize) -> Result<Vec<Campaign>> {
        self.range(Tree::Campaign, Unbounded, Unbounded)
            .rev()
            .take(n)
            .map(|pair| Campaign::decode(&pair?.1))
            .collect()
    }

    pub(super) fn cursor(&self, group: GroupId) -> Result<Option<String>> {
        self.read(Tree::Cursor, &keys::group(group))
    }

    pub(super) fn audit(&self, n: usize) -> Result<Vec<AuditEntry>> {
        self.range(Tree::Audit, Unbounded, Unbounded)
            .rev()
            .take(n)
            .map(|pair| AuditEntry::decode(&pair?.1))
            .collect()
    }

    pub(super) fn asked(&self, n: usize) -> Result<Vec<Asked>> {
        let newest = self.range(Tree::AskedT, Unbounded, Unbounded).rev();
        self.asked_of(newest, n)
    }

    pub(super) fn asked_before(&self, before: Ms, n: usize) -> Result<Vec<Asked>> {
        let to = keys::moment(before);
        let oldest = self.range(Tree::AskedT, Unbounded, Excluded(&to));
        self.asked_of(oldest, n)
    }

    /// The questions behind entries of their order.
    fn asked_of(&self, order: impl Iterator<Item = Result<Pair>>, n: usize) -> Result<Vec<Asked>> {
        let mut found = Vec::new();
        for pair in order {
            if found.len() == n {
                break;
            }
            let (key, _) = pair?;
            let (at, by) = keys::parse_due(&key)?;
            // Replaced or dropped since the order was read: it has another place in it now, or none.
            found.extend(self.read::<Asked>(Tree::Asked, by)?.filter(|a| a.at == at));
        }
        Ok(found)
    }

    pub(super) fn asked_by(&self, id: UserId) -> Result<Vec<Asked>> {
        let pairs = self.prefix(Tree::Asked, &keys::person(id))?;
        pairs.iter().map(|(_, value)| Asked::decode(value)).collect()
    }

    pub(super) fn seen_before(&self, before: Ms, n: usize) -> Result<Vec<(Ms, String)>> {
        let to = keys::moment(before);
        self.range(Tree::SeenT, Unbounded, Excluded(&to))
            .take(n)
            .map(|pair| pair.and_then(|(key, _)| keys::parse_seen_at(&key)))
            .collect()
    }
}
