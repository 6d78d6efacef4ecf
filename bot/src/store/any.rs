use std::path::PathBuf;

use vkapi::types::{GroupId, UserId};

use super::{
    AuditEntry, Commit, Committed, Exported, LogKey, MemStore, OutId, OutMessage, Parked, Place, Result,
    SledStore, Stats, StepKey, Store, Touched,
};
use crate::domain::{
    Asked, Campaign, CampaignId, Certificate, Class, ClassId, Day, Grant, Handoff, Ms, Opinion, Person,
    Progress, Recipient, Reminder, Seat, Tally, Tick,
    attention::Ledger,
    comments::Comments,
    letter::{Letter, Pressed},
    page::{Nudged, Page, Sight, Watch, Week},
    roster::{Institution, RosterKey},
    segment::Saved,
};

/// Whichever engine was chosen at start.
#[derive(Debug)]
pub enum AnyStore {
    /// On disk.
    Sled(SledStore),
    /// In memory.
    Mem(MemStore),
}

macro_rules! either {
    ($store:expr, $call:ident($($arg:expr),*)) => {
        match $store {
            AnyStore::Sled(store) => store.$call($($arg),*).await,
            AnyStore::Mem(store) => store.$call($($arg),*).await,
        }
    };
}

impl AnyStore {
    /// [`SledStore::backup`]; `None` where nothing is kept.
    pub async fn backup(&self) -> Result<Option<PathBuf>> {
        match self {
            Self::Sled(store) => store.backup().await.map(Some),
            Self::Mem(_) => Ok(None),
        }
    }

    /// [`SledStore::compact_if_grown`]; memory does not grow so.
    pub async fn compact_if_grown(&self) -> Result<Option<Exported>> {
        match self {
            Self::Sled(store) => store.compact_if_grown().await,
            Self::Mem(_) => Ok(None),
        }
    }

    /// [`SledStore::stats`] without counting; `None` for memory, and if the files cannot be read just now.
    pub async fn stats(&self) -> Option<Stats> {
        match self {
            Self::Sled(store) => store.stats(false).await.ok(),
            Self::Mem(_) => None,
        }
    }

    /// What opening it had to mend, if it was damaged.
    pub fn repaired(&self) -> Option<String> {
        match self {
            Self::Sled(store) => {
                let opened = store.opened();
                opened.repaired().then(|| opened.to_string())
            }
            Self::Mem(_) => None,
        }
    }

    /// [`SledStore::waits`]; memory waits for nothing.
    pub fn waits(&self) -> Option<String> {
        match self {
            Self::Sled(store) => store.waits(),
            Self::Mem(_) => None,
        }
    }
}

impl Store for AnyStore {
    async fn commit(&self, commit: Commit) -> Result<Committed> {
        either!(self, commit(commit))
    }

    async fn person(&self, id: UserId) -> Result<Option<Person>> {
        either!(self, person(id))
    }

    async fn people(&self, after: Option<UserId>, n: usize) -> Result<Vec<Person>> {
        either!(self, people(after, n))
    }

    async fn steps(&self, id: UserId) -> Result<Vec<(StepKey, Tick)>> {
        either!(self, steps(id))
    }

    async fn progress(&self, id: UserId) -> Result<Progress> {
        either!(self, progress(id))
    }

    async fn received(&self, id: UserId) -> Result<Vec<(Campaign, Recipient)>> {
        either!(self, received(id))
    }

    async fn reminders(&self, id: UserId) -> Result<Vec<Reminder>> {
        either!(self, reminders(id))
    }

    async fn ledger(&self, id: UserId) -> Result<Ledger> {
        either!(self, ledger(id))
    }

    async fn due(&self, now: Ms, n: usize) -> Result<Vec<Reminder>> {
        either!(self, due(now, n))
    }

    async fn next_due(&self) -> Result<Option<Ms>> {
        either!(self, next_due())
    }

    async fn outbox(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, OutMessage)>> {
        either!(self, outbox(after, n))
    }

    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>> {
        either!(self, campaign(id))
    }

    async fn active(&self) -> Result<Vec<Campaign>> {
        either!(self, active())
    }

    async fn queued(&self, id: CampaignId, after: Option<Place>, n: usize) -> Result<Vec<Place>> {
        either!(self, queued(id, after, n))
    }

    async fn handed_out(&self, id: CampaignId) -> Result<Option<Place>> {
        either!(self, handed_out(id))
    }

    async fn recipients(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> Result<Vec<(UserId, Recipient)>> {
        either!(self, recipients(id, after, n))
    }

    async fn parked(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, Parked)>> {
        either!(self, parked(after, n))
    }

    async fn clean(&self) -> Result<bool> {
        either!(self, clean())
    }

    async fn alive(&self) -> Result<Option<Ms>> {
        either!(self, alive())
    }

    async fn tally(&self, id: CampaignId) -> Result<Tally> {
        either!(self, tally(id))
    }

    async fn campaigns(&self, n: usize) -> Result<Vec<Campaign>> {
        either!(self, campaigns(n))
    }

    async fn cursor(&self, group: GroupId) -> Result<Option<String>> {
        either!(self, cursor(group))
    }

    async fn audit(&self, n: usize) -> Result<Vec<AuditEntry>> {
        either!(self, audit(n))
    }

    async fn audit_before(
        &self,
        before: Ms,
        after: Option<LogKey>,
        n: usize,
    ) -> Result<Vec<(LogKey, AuditEntry)>> {
        either!(self, audit_before(before, after, n))
    }

    async fn asked(&self, n: usize) -> Result<Vec<Asked>> {
        either!(self, asked(n))
    }

    async fn asked_before(&self, before: Ms, n: usize) -> Result<Vec<Asked>> {
        either!(self, asked_before(before, n))
    }

    async fn asked_by(&self, id: UserId) -> Result<Vec<Asked>> {
        either!(self, asked_by(id))
    }

    async fn page(&self, id: GroupId) -> Result<Option<Page>> {
        either!(self, page(id))
    }

    async fn pages(&self, after: Option<GroupId>, n: usize) -> Result<Vec<Page>> {
        either!(self, pages(after, n))
    }

    async fn sight(&self, id: GroupId) -> Result<Option<Sight>> {
        either!(self, sight(id))
    }

    async fn sights_due(&self, now: Ms, n: usize) -> Result<Vec<Sight>> {
        either!(self, sights_due(now, n))
    }

    async fn next_sight(&self) -> Result<Option<Ms>> {
        either!(self, next_sight())
    }

    async fn weeks(&self, id: GroupId) -> Result<Vec<Week>> {
        either!(self, weeks(id))
    }

    async fn walls(&self, day: Day) -> Result<u32> {
        either!(self, walls(day))
    }

    async fn comments(&self, id: GroupId) -> Result<Option<Comments>> {
        either!(self, comments(id))
    }

    async fn comments_read(&self, day: Day) -> Result<u32> {
        either!(self, comments_read(day))
    }

    async fn nudged(&self, id: UserId) -> Result<Nudged> {
        either!(self, nudged(id))
    }

    async fn opinion(&self, id: UserId) -> Result<Option<Opinion>> {
        either!(self, opinion(id))
    }

    async fn opinions(&self, after: Option<UserId>, n: usize) -> Result<Vec<(UserId, Opinion)>> {
        either!(self, opinions(after, n))
    }

    async fn institutions(&self, after: Option<RosterKey>, n: usize) -> Result<Vec<Institution>> {
        either!(self, institutions(after, n))
    }

    async fn institutions_of(&self, id: UserId) -> Result<Vec<Institution>> {
        either!(self, institutions_of(id))
    }

    async fn grants_of(&self, id: UserId) -> Result<Vec<Grant>> {
        either!(self, grants_of(id))
    }

    async fn grants(&self) -> Result<Vec<Grant>> {
        either!(self, grants())
    }

    async fn refused(&self, id: UserId) -> Result<Option<(Day, u16)>> {
        either!(self, refused(id))
    }

    fn touched(&self) -> &Touched {
        match self {
            Self::Sled(store) => store.touched(),
            Self::Mem(store) => store.touched(),
        }
    }

    async fn letter(&self, id: CampaignId) -> Result<Option<Letter>> {
        either!(self, letter(id))
    }

    async fn letters(&self, n: usize) -> Result<Vec<Letter>> {
        either!(self, letters(n))
    }

    async fn letters_open(&self) -> Result<Vec<Letter>> {
        either!(self, letters_open())
    }

    async fn pressed(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> Result<Vec<(UserId, Pressed)>> {
        either!(self, pressed(id, after, n))
    }

    async fn segments(&self) -> Result<Vec<Saved>> {
        either!(self, segments())
    }

    async fn watch(&self, id: GroupId) -> Result<Option<Watch>> {
        either!(self, watch(id))
    }

    async fn handoff(&self, id: u64) -> Result<Option<Handoff>> {
        either!(self, handoff(id))
    }

    async fn handoffs(&self) -> Result<Vec<Handoff>> {
        either!(self, handoffs())
    }

    async fn handoffs_of(&self, id: UserId) -> Result<Vec<Handoff>> {
        either!(self, handoffs_of(id))
    }

    async fn handoffs_closed(&self, below: u64, n: usize) -> Result<Vec<Handoff>> {
        either!(self, handoffs_closed(below, n))
    }

    async fn class(&self, id: ClassId) -> Result<Option<Class>> {
        either!(self, class(id))
    }

    async fn classes(&self, after: Option<ClassId>, n: usize) -> Result<Vec<Class>> {
        either!(self, classes(after, n))
    }

    async fn seats(&self, id: ClassId) -> Result<Vec<Seat>> {
        either!(self, seats(id))
    }

    async fn seats_of(&self, id: UserId) -> Result<Vec<Seat>> {
        either!(self, seats_of(id))
    }

    async fn certificate(&self, number: u64) -> Result<Option<Certificate>> {
        either!(self, certificate(number))
    }

    async fn sweep(&self, before: Ms) -> Result<u64> {
        either!(self, sweep(before))
    }

    async fn size(&self) -> Result<u64> {
        either!(self, size())
    }
}
