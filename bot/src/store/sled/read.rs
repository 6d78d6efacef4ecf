//! Typed reads. Lists are not snapshots, so none of them relies on two trees agreeing.

use std::ops::Bound::{self, Excluded, Included, Unbounded};

use vkapi::types::{GroupId, UserId};

use super::engine::Engine;
use crate::{
    domain::{
        Asked, Campaign, CampaignId, Certificate, Class, ClassId, Day, Grant, Handoff, Ms, Opinion, Person,
        Progress, Recipient, Reminder, Seat, Tally, Tick,
        attention::Ledger,
        comments::Comments,
        letter::{Letter, Pressed},
        page::{Nudged, Page, Sight, Watch, Week},
        roster::{Institution, RosterKey},
        segment::Saved,
    },
    store::{
        AuditEntry, LogKey, OutId, OutMessage, Parked, Place, Result, StepKey,
        keys::{self, Key, Tree},
        plan::{Counts, Pair, Refusals, View, standing},
        records::Record,
    },
};

/// The bound of a list that goes on after a key, or ends before one.
fn past(key: Option<&Key>) -> Bound<&[u8]> {
    key.map_or(Unbounded, |key| Excluded(key.as_slice()))
}

/// Where the keys of a campaign end, if not at the end of all.
fn campaigns_end(id: CampaignId) -> Option<Key> {
    id.0.checked_add(1).map(|next| keys::campaign(CampaignId(next)))
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

    pub(super) fn steps(&self, id: UserId) -> Result<Vec<(StepKey, Tick)>> {
        let pairs = self.prefix(Tree::Step, &keys::person(id))?;
        let mut steps = pairs
            .iter()
            .map(|(key, value)| Ok((keys::parse_step(key)?, Tick::decode(value)?)))
            .collect::<Result<Vec<_>>>()?;
        steps.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(steps)
    }

    pub(super) fn progress(&self, id: UserId) -> Result<Progress> {
        Ok(self.read(Tree::Progress, &keys::person(id))?.unwrap_or_default())
    }

    pub(super) fn received(&self, id: UserId) -> Result<Vec<(Campaign, Recipient)>> {
        let mut found = Vec::new();
        for pair in self.range(Tree::Campaign, Unbounded, Unbounded).rev() {
            let campaign = Campaign::decode(&pair?.1)?;
            found.extend(standing(self, campaign.id, id)?.map(|state| (campaign, state)));
        }
        Ok(found)
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

    pub(super) fn active(&self) -> Result<Vec<Campaign>> {
        let mut active = Vec::new();
        for (key, _) in self.prefix(Tree::CampRun, &[])? {
            active.extend(self.read::<Campaign>(Tree::Campaign, &key)?);
        }
        Ok(active)
    }

    pub(super) fn queued(&self, id: CampaignId, after: Option<Place>, n: usize) -> Result<Vec<Place>> {
        let (from, to) = (keys::campaign(id), campaigns_end(id));
        // The list in which the place is begins at or before it.
        let from = match after {
            Some(after) => {
                let at = keys::place(id, after);
                self.last(Tree::CampQueue, &from, Included(&at))?.map_or(at, |(key, _)| key)
            }
            None => from,
        };
        let mut places: Vec<Place> = Vec::new();
        for pair in self.range(Tree::CampQueue, Included(&from), past(to.as_ref())) {
            if places.len() >= n {
                break;
            }
            let (key, value) = pair?;
            let due = keys::parse_place_due(&key)?;
            // A list whose first person was settled meanwhile comes again under its second.
            let have = places.last().copied().or(after);
            let list = Vec::<UserId>::decode(&value)?.into_iter().map(|person| (due, person));
            places.extend(list.filter(|place| have.is_none_or(|have| *place > have)));
        }
        places.truncate(n);
        Ok(places)
    }

    pub(super) fn handed_out(&self, id: CampaignId) -> Result<Option<Place>> {
        let progress: Option<Counts> = self.read(Tree::CampN, &keys::campaign(id))?;
        Ok(progress.and_then(|progress| progress.handed_out))
    }

    pub(super) fn tally(&self, id: CampaignId) -> Result<Tally> {
        let progress: Option<Counts> = self.read(Tree::CampN, &keys::campaign(id))?;
        Ok(progress.unwrap_or_default().tally)
    }

    pub(super) fn recipients(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> Result<Vec<(UserId, Recipient)>> {
        let (from, to) = (keys::campaign(id), campaigns_end(id));
        let from = match after {
            Some(after) => {
                let at = keys::recipient(id, after);
                self.last(Tree::CampTo, &from, Included(&at))?.map_or(at, |(key, _)| key)
            }
            None => from,
        };
        let mut people: Vec<(UserId, Recipient)> = Vec::new();
        for pair in self.range(Tree::CampTo, Included(&from), past(to.as_ref())) {
            if people.len() >= n {
                break;
            }
            let list = Vec::<(UserId, Recipient)>::decode(&pair?.1)?;
            let have = people.last().map(|(person, _)| *person).or(after);
            people.extend(list.into_iter().filter(|(person, _)| have.is_none_or(|have| *person > have)));
        }
        people.truncate(n);
        Ok(people)
    }

    pub(super) fn parked(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, Parked)>> {
        let after = after.map(keys::out);
        self.range(Tree::Parked, past(after.as_ref()), Unbounded)
            .take(n)
            .map(|pair| pair.and_then(|(key, value)| Ok((keys::parse_out(&key)?, Parked::decode(&value)?))))
            .collect()
    }

    pub(super) fn clean(&self) -> Result<bool> {
        Ok(self.read::<u64>(Tree::Meta, keys::CLEAN)? == Some(1))
    }

    pub(super) fn alive(&self) -> Result<Option<Ms>> {
        self.read(Tree::Meta, keys::ALIVE)
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

    pub(super) fn audit_before(
        &self,
        before: Ms,
        after: Option<LogKey>,
        n: usize,
    ) -> Result<Vec<(LogKey, AuditEntry)>> {
        let to = keys::moment(before);
        let after = after.map(|(at, n)| keys::audit(at, n));
        // sled does not take a range that ends before it begins.
        if after.as_ref().is_some_and(|after| *after >= to) {
            return Ok(Vec::new());
        }
        self.range(Tree::Audit, past(after.as_ref()), Excluded(&to))
            .take(n)
            .map(|pair| {
                pair.and_then(|(key, value)| Ok((keys::parse_audit(&key)?, AuditEntry::decode(&value)?)))
            })
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

    pub(super) fn page(&self, id: GroupId) -> Result<Option<Page>> {
        self.read(Tree::Page, &keys::group(id))
    }

    pub(super) fn pages(&self, after: Option<GroupId>, n: usize) -> Result<Vec<Page>> {
        let after = after.map(keys::group);
        self.range(Tree::Page, past(after.as_ref()), Unbounded)
            .take(n)
            .map(|pair| Page::decode(&pair?.1))
            .collect()
    }

    pub(super) fn institutions(&self, after: Option<&RosterKey>, n: usize) -> Result<Vec<Institution>> {
        let after = after.map(keys::institution);
        self.range(Tree::Roster, past(after.as_ref()), Unbounded)
            .take(n)
            .map(|pair| Institution::decode(&pair?.1))
            .collect()
    }

    pub(super) fn institutions_of(&self, id: UserId) -> Result<Vec<Institution>> {
        let mut found = Vec::new();
        for (mark, _) in self.prefix(Tree::RosterWho, &keys::person(id))? {
            // Changed since the index was read: it may be another's now, or gone.
            let named: Option<Institution> = self.read(Tree::Roster, keys::parse_institution_of(&mark)?)?;
            found.extend(named.filter(|institution| institution.vk == Some(id)));
        }
        Ok(found)
    }

    pub(super) fn sight(&self, id: GroupId) -> Result<Option<Sight>> {
        self.read(Tree::Sight, &keys::group(id))
    }

    pub(super) fn sights_due(&self, now: Ms, n: usize) -> Result<Vec<Sight>> {
        let end = keys::moment(now.plus(1));
        let to = if now.0 == i64::MAX { Unbounded } else { Excluded(end.as_slice()) };
        let mut due = Vec::new();
        for pair in self.range(Tree::SightT, Unbounded, to) {
            if due.len() == n {
                break;
            }
            let (key, _) = pair?;
            let (at, by) = keys::parse_due(&key)?;
            // Moved or dropped since the order was read: it has another place in it now, or none.
            due.extend(self.read::<Sight>(Tree::Sight, by)?.filter(|s| s.next == at));
        }
        Ok(due)
    }

    pub(super) fn next_sight(&self) -> Result<Option<Ms>> {
        let first = self.range(Tree::SightT, Unbounded, Unbounded).next().transpose()?;
        first.map(|(key, _)| keys::parse_due(&key).map(|(at, _)| at)).transpose()
    }

    pub(super) fn weeks(&self, id: GroupId) -> Result<Vec<Week>> {
        let pairs = self.prefix(Tree::Week, &keys::group(id))?;
        pairs.iter().map(|(_, value)| Week::decode(value)).collect()
    }

    pub(super) fn walls(&self, day: Day) -> Result<u32> {
        self.on_day(day, keys::WALLS_DAY, keys::WALLS)
    }

    pub(super) fn comments(&self, id: GroupId) -> Result<Option<Comments>> {
        self.read(Tree::Comments, &keys::group(id))
    }

    pub(super) fn comments_read(&self, day: Day) -> Result<u32> {
        self.on_day(day, keys::COMMENTS_DAY, keys::COMMENTS)
    }

    /// What was counted on a day; nothing if another day is counted now.
    fn on_day(&self, day: Day, of: &[u8], count: &[u8]) -> Result<u32> {
        if self.read::<u64>(Tree::Meta, of)? != Some(u64::from(day.0.cast_unsigned())) {
            return Ok(0);
        }
        let n: u64 = self.read(Tree::Meta, count)?.unwrap_or(0);
        Ok(u32::try_from(n).unwrap_or(u32::MAX))
    }

    pub(super) fn nudged(&self, id: UserId) -> Result<Nudged> {
        Ok(self.read(Tree::Nudged, &keys::person(id))?.unwrap_or_default())
    }

    pub(super) fn opinion(&self, id: UserId) -> Result<Option<Opinion>> {
        self.read(Tree::Opinion, &keys::person(id))
    }

    pub(super) fn opinions(&self, after: Option<UserId>, n: usize) -> Result<Vec<(UserId, Opinion)>> {
        let after = after.map(keys::person);
        self.range(Tree::Opinion, past(after.as_ref()), Unbounded)
            .take(n)
            .map(|pair| {
                let (key, value) = pair?;
                Ok((keys::parse_person(&key)?, Opinion::decode(&value)?))
            })
            .collect()
    }

    pub(super) fn grants_of(&self, id: UserId) -> Result<Vec<Grant>> {
        let pairs = self.prefix(Tree::Grant, &keys::person(id))?;
        pairs.iter().map(|(_, value)| Grant::decode(value)).collect()
    }

    pub(super) fn grants(&self) -> Result<Vec<Grant>> {
        self.range(Tree::Grant, Unbounded, Unbounded).map(|pair| Grant::decode(&pair?.1)).collect()
    }

    pub(super) fn refused(&self, id: UserId) -> Result<Option<(Day, u16)>> {
        let kept: Option<Refusals> = self.read(Tree::Refused, &keys::person(id))?;
        Ok(kept.map(|Refusals { day, n }| (day, n)))
    }

    pub(super) fn letter(&self, id: CampaignId) -> Result<Option<Letter>> {
        self.read(Tree::Letter, &keys::campaign(id))
    }

    pub(super) fn letters(&self, n: usize) -> Result<Vec<Letter>> {
        self.range(Tree::Letter, Unbounded, Unbounded)
            .rev()
            .take(n)
            .map(|pair| Letter::decode(&pair?.1))
            .collect()
    }

    pub(super) fn letters_open(&self) -> Result<Vec<Letter>> {
        self.range(Tree::Letter, Unbounded, Unbounded)
            .rev()
            .map(|pair| Letter::decode(&pair?.1))
            .filter(|letter| letter.as_ref().map_or(true, Letter::is_open))
            .collect()
    }

    pub(super) fn pressed(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> Result<Vec<(UserId, Pressed)>> {
        let (first, to) = (keys::campaign(id), campaigns_end(id));
        let after = after.map(|after| keys::recipient(id, after));
        let from = after.as_ref().map_or(Included(first.as_slice()), |after| Excluded(after.as_slice()));
        self.range(Tree::Pressed, from, past(to.as_ref()))
            .take(n)
            .map(|pair| {
                let (key, value) = pair?;
                Ok((keys::parse_recipient(&key)?, Pressed::decode(&value)?))
            })
            .collect()
    }

    pub(super) fn segments(&self) -> Result<Vec<Saved>> {
        self.range(Tree::Segment, Unbounded, Unbounded).map(|pair| Saved::decode(&pair?.1)).collect()
    }

    pub(super) fn watch(&self, id: GroupId) -> Result<Option<Watch>> {
        self.read(Tree::Watch, &keys::group(id))
    }

    pub(super) fn handoff(&self, id: u64) -> Result<Option<Handoff>> {
        // One that ends meanwhile goes from the first place to the second.
        match self.read(Tree::Handoff, &keys::handoff(false, id))? {
            Some(open) => Ok(Some(open)),
            None => self.read(Tree::Handoff, &keys::handoff(true, id)),
        }
    }

    pub(super) fn handoffs(&self) -> Result<Vec<Handoff>> {
        let end = keys::handoff(true, 0);
        self.range(Tree::Handoff, Unbounded, Excluded(&end)).map(|pair| Handoff::decode(&pair?.1)).collect()
    }

    pub(super) fn handoffs_of(&self, id: UserId) -> Result<Vec<Handoff>> {
        let mut found = Vec::new();
        for (mark, _) in self.prefix(Tree::HandoffWho, &keys::person(id))? {
            found.extend(self.handoff(keys::parse_handoff_of(&mark)?)?.filter(|talk| talk.who == id));
        }
        Ok(found)
    }

    pub(super) fn class(&self, id: ClassId) -> Result<Option<Class>> {
        self.read(Tree::Class, &keys::class(id))
    }

    pub(super) fn classes(&self, after: Option<ClassId>, n: usize) -> Result<Vec<Class>> {
        let after = after.map(keys::class);
        self.range(Tree::Class, past(after.as_ref()), Unbounded)
            .take(n)
            .map(|pair| Class::decode(&pair?.1))
            .collect()
    }

    pub(super) fn seats(&self, id: ClassId) -> Result<Vec<Seat>> {
        let pairs = self.prefix(Tree::Seat, &keys::class(id))?;
        pairs.iter().map(|(_, value)| Seat::decode(value)).collect()
    }

    pub(super) fn seats_of(&self, id: UserId) -> Result<Vec<Seat>> {
        let mut found = Vec::new();
        for (mark, _) in self.prefix(Tree::SeatWho, &keys::person(id))? {
            // Removed since the index was read: it is hers no more.
            found.extend(self.read::<Seat>(Tree::Seat, &keys::seat(keys::parse_seat_of(&mark)?, id))?);
        }
        Ok(found)
    }

    pub(super) fn handoffs_closed(&self, below: u64, n: usize) -> Result<Vec<Handoff>> {
        let (from, end) = (keys::handoff(true, 0), keys::handoff(true, below));
        self.range(Tree::Handoff, Included(&from), Excluded(&end))
            .take(n)
            .map(|pair| Handoff::decode(&pair?.1))
            .collect()
    }

    pub(super) fn certificate(&self, number: u64) -> Result<Option<Certificate>> {
        self.read(Tree::Certificate, &keys::certificate(number))
    }

    pub(super) fn seen_before(&self, before: Ms, n: usize) -> Result<Vec<(Ms, String)>> {
        let to = keys::moment(before);
        self.range(Tree::SeenT, Unbounded, Excluded(&to))
            .take(n)
            .map(|pair| pair.and_then(|(key, _)| keys::parse_seen_at(&key)))
            .collect()
    }
}
