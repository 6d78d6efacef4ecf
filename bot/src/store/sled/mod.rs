//! The store on disk: sled 0.34.7 behind its guards, one thread that writes, a journal and exports to heal from.

mod committer;
mod engine;
mod export;
mod frames;
mod guard;
mod home;
mod journal;
mod migrate;
mod place;
mod read;
mod room;
mod squeeze;
mod stats;

#[cfg(test)]
mod heal_tests;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use vkapi::types::{GroupId, UserId};

use self::{
    committer::{Committer, Work, write_group},
    engine::Engine,
    guard::caught,
    home::Home,
    migrate::{STEPS, Step},
    room::Free,
};
pub use self::{export::Exported, place::Opened, stats::Stats};
use super::{
    AuditEntry, Commit, Committed, LogKey, OutId, OutMessage, Parked, Place, Result, StepKey, Store,
    StoreError, Touched,
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

/// Longer lists are read off the runtime's threads: a thousand entries take a fraction of a millisecond from the
/// cache, but may come from the disk.
const INLINE: usize = 256;
/// How many marks of events are removed in one go.
const SWEEP: usize = 1_000;

/// Where and how the store is kept.
#[derive(Clone, Debug)]
pub struct SledOptions {
    /// The directory; created if it is not there. Under it are the files of sled in `db`, those that were damaged in
    /// `db.corrupt-1` and so on, the redo journal in `journal`, and the store's own exports in `exports`.
    pub path: PathBuf,
    /// Go on where the file system cannot keep the store through a power cut.
    pub allow_unsafe: bool,
    /// How much memory to cache with, in bytes; the process may take up to twice as much.
    pub cache_bytes: u64,
}

/// The store on disk; one process at a time. Dropping it finishes what was handed over.
///
/// A read may see a commit a moment before it is durable.
pub struct SledStore {
    // Before the files: its thread ends first.
    committer: Committer,
    home: Arc<Home>,
    touched: Touched,
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").finish_non_exhaustive()
    }
}

impl SledStore {
    /// Opens or creates the store. Blocks for as long as recovery takes: milliseconds, rarely seconds.
    ///
    /// What sled lost is put back from the journal. Damaged files are moved aside and made anew from the newest good
    /// export and the journal. What an older version wrote is exported and brought to the present schema.
    /// [`Self::opened`] tells.
    ///
    /// Fails with [`StoreError::Locked`] if another process has it, [`StoreError::Unsafe`] if the file system
    /// refuses the sync attribute, [`StoreError::Corrupt`] if the files are damaged or what was acknowledged is gone
    /// and cannot be brought back (nothing is deleted), [`StoreError::Newer`] if a newer version wrote them,
    /// [`StoreError::Full`] if less than 16 MiB are free.
    ///
    /// Once it is open, commits wait while less than 64 MiB are free; [`Self::waits`] tells.
    pub fn open(options: &SledOptions) -> Result<Self> {
        Self::open_on(options, room::on_disk)
    }

    /// [`Self::open`] where the free bytes of the disk are told by `free`.
    fn open_on(options: &SledOptions, free: Free) -> Result<Self> {
        Self::open_with(options, free, STEPS)
    }

    /// [`Self::open_on`] with these steps from older schemas.
    fn open_with(options: &SledOptions, free: Free, steps: &[Step]) -> Result<Self> {
        let mut home = Home::open(options, free)?;
        home.bring_up_to_date(steps)?;
        let home = Arc::new(home);
        let writer = Arc::clone(&home);
        let committer = Committer::start(move |group| write_group(&writer, group))?;
        Ok(Self { committer, home, touched: Touched::default() })
    }

    /// What opening it had to do.
    pub fn opened(&self) -> &Opened {
        self.home.opened()
    }

    /// Writes everything there is into a file, by way of `….new` beside it. Commits wait meanwhile: about a second for
    /// 600,000 keys.
    ///
    /// Fails with [`StoreError::Unavailable`] if the file cannot be written and [`StoreError::Corrupt`] if something
    /// cannot be read; there is no file then.
    pub async fn export(&self, to: &Path) -> Result<Exported> {
        let to = to.to_owned();
        self.aside(move |home| home.export(&to)).await
    }

    /// Exports into the directory `exports` of the store, from which [`Self::open`] heals, unless nothing was written
    /// since the last time; returns where. Meant for every hour.
    ///
    /// Kept are the newest three exports and the last of each of 14 days, and the journal of 14 days, but always all
    /// of it after the oldest export there is. Fails as [`Self::export`]; after [`StoreError::Corrupt`] the next start
    /// heals what is damaged.
    pub async fn backup(&self) -> Result<PathBuf> {
        self.aside(Home::backup).await
    }

    /// Reads an export to its end and tells what is in it. Fails with [`StoreError::Corrupt`] if anything in it is
    /// not as it was written, [`StoreError::Newer`] if a newer version wrote it.
    pub fn verify(path: &Path) -> Result<Exported> {
        export::verify(path)
    }

    /// Reads every record of every tree. Fails with [`StoreError::Corrupt`] at the first that cannot be read.
    pub async fn read_all(&self) -> Result<()> {
        self.aside(|home| home.read(Engine::read_all)).await
    }

    /// Reads each export the store made for itself as [`Self::verify`] does; tells which there are.
    pub async fn verify_exports(&self) -> Result<Vec<PathBuf>> {
        self.aside(Home::verify_exports).await
    }

    /// Makes a new store from an export. Fails with [`StoreError::Unavailable`] where there is one already, and as
    /// [`Self::verify`] and [`Self::open`] do.
    pub fn import(from: &Path, options: &SledOptions) -> Result<Exported> {
        home::import(from, options)
    }

    /// Makes the files anew, by way of an export: they shrink to what is in them, and what was removed is gone from
    /// them (not from exports and journals, which keep it up to 14 days). Commits wait meanwhile: some seconds for
    /// 600,000 keys; reads go on.
    ///
    /// Fails as [`Self::export`], and with [`StoreError::Full`] if there is no room for both the old files and the
    /// new; the files are then those there were.
    pub async fn compact(&self) -> Result<Exported> {
        self.aside(Home::compact).await
    }

    /// [`Self::compact`] if the files take more than 64 MiB and five times the newest export; tells what it did.
    pub async fn compact_if_grown(&self) -> Result<Option<Exported>> {
        self.aside(Home::compact_if_grown).await
    }

    /// Why commits wait, if they do: a line for the operator.
    pub fn waits(&self) -> Option<String> {
        self.committer.waits()
    }

    /// How the store stands; with `count` every tree is read and its keys are counted.
    pub async fn stats(&self, count: bool) -> Result<Stats> {
        let stats = self.aside(move |home| home.stats(count)).await?;
        Ok(Stats { waits: self.waits(), ..stats })
    }

    /// The directory it lies in.
    pub fn dir(&self) -> &Path {
        self.home.dir()
    }

    /// Does long work off the runtime's threads.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Home) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let home = Arc::clone(&self.home);
        tokio::task::spawn_blocking(move || caught(|| work(&home)))
            .await
            .map_err(|e| StoreError::Unavailable(e.to_string()))?
    }

    /// Reads. What meets a full disk makes the files be opened again.
    fn read<T>(&self, read: impl FnOnce(&Engine) -> Result<T>) -> Result<T> {
        self.home.read(read).inspect_err(|e| {
            if matches!(e, StoreError::Full(_)) {
                self.committer.look();
            }
        })
    }

    /// Reads a list of at most `n`.
    async fn list<T, F>(&self, n: usize, read: F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<Vec<T>> + Send + 'static,
    {
        if n <= INLINE {
            return self.read(read);
        }
        self.aside(move |home| home.read(read)).await
    }
}

impl Store for SledStore {
    async fn commit(&self, commit: Commit) -> Result<Committed> {
        let changes = self.touched.of(&commit);
        let made = self.committer.make(Work::Commit(commit)).await;
        self.touched.note(changes);
        made
    }

    async fn person(&self, id: UserId) -> Result<Option<Person>> {
        self.read(|e| e.person(id))
    }

    async fn people(&self, after: Option<UserId>, n: usize) -> Result<Vec<Person>> {
        self.list(n, move |e| e.people(after, n)).await
    }

    async fn steps(&self, id: UserId) -> Result<Vec<(StepKey, Tick)>> {
        self.read(|e| e.steps(id))
    }

    async fn progress(&self, id: UserId) -> Result<Progress> {
        self.read(|e| e.progress(id))
    }

    async fn received(&self, id: UserId) -> Result<Vec<(Campaign, Recipient)>> {
        self.aside(move |home| home.read(|e| e.received(id))).await
    }

    async fn reminders(&self, id: UserId) -> Result<Vec<Reminder>> {
        self.read(|e| e.reminders(id))
    }

    async fn ledger(&self, id: UserId) -> Result<Ledger> {
        self.read(|e| e.ledger(id))
    }

    async fn due(&self, now: Ms, n: usize) -> Result<Vec<Reminder>> {
        self.list(n, move |e| e.due(now, n)).await
    }

    async fn next_due(&self) -> Result<Option<Ms>> {
        self.read(Engine::next_due)
    }

    async fn outbox(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, OutMessage)>> {
        self.list(n, move |e| e.outbox(after, n)).await
    }

    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>> {
        self.read(|e| e.campaign(id))
    }

    async fn active(&self) -> Result<Vec<Campaign>> {
        self.read(Engine::active)
    }

    async fn queued(&self, id: CampaignId, after: Option<Place>, n: usize) -> Result<Vec<Place>> {
        self.list(n, move |e| e.queued(id, after, n)).await
    }

    async fn handed_out(&self, id: CampaignId) -> Result<Option<Place>> {
        self.read(|e| e.handed_out(id))
    }

    async fn recipients(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> Result<Vec<(UserId, Recipient)>> {
        self.list(n, move |e| e.recipients(id, after, n)).await
    }

    async fn parked(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, Parked)>> {
        self.list(n, move |e| e.parked(after, n)).await
    }

    async fn clean(&self) -> Result<bool> {
        self.read(Engine::clean)
    }

    async fn alive(&self) -> Result<Option<Ms>> {
        self.read(Engine::alive)
    }

    async fn tally(&self, id: CampaignId) -> Result<Tally> {
        self.read(|e| e.tally(id))
    }

    async fn campaigns(&self, n: usize) -> Result<Vec<Campaign>> {
        self.list(n, move |e| e.campaigns(n)).await
    }

    async fn cursor(&self, group: GroupId) -> Result<Option<String>> {
        self.read(|e| e.cursor(group))
    }

    async fn audit(&self, n: usize) -> Result<Vec<AuditEntry>> {
        self.list(n, move |e| e.audit(n)).await
    }

    async fn audit_before(
        &self,
        before: Ms,
        after: Option<LogKey>,
        n: usize,
    ) -> Result<Vec<(LogKey, AuditEntry)>> {
        self.list(n, move |e| e.audit_before(before, after, n)).await
    }

    async fn asked(&self, n: usize) -> Result<Vec<Asked>> {
        self.list(n, move |e| e.asked(n)).await
    }

    async fn asked_before(&self, before: Ms, n: usize) -> Result<Vec<Asked>> {
        self.list(n, move |e| e.asked_before(before, n)).await
    }

    async fn asked_by(&self, id: UserId) -> Result<Vec<Asked>> {
        self.list(1, move |e| e.asked_by(id)).await
    }

    async fn page(&self, id: GroupId) -> Result<Option<Page>> {
        self.read(|e| e.page(id))
    }

    async fn pages(&self, after: Option<GroupId>, n: usize) -> Result<Vec<Page>> {
        self.list(n, move |e| e.pages(after, n)).await
    }

    async fn sight(&self, id: GroupId) -> Result<Option<Sight>> {
        self.read(|e| e.sight(id))
    }

    async fn sights_due(&self, now: Ms, n: usize) -> Result<Vec<Sight>> {
        self.list(n, move |e| e.sights_due(now, n)).await
    }

    async fn next_sight(&self) -> Result<Option<Ms>> {
        self.read(Engine::next_sight)
    }

    async fn weeks(&self, id: GroupId) -> Result<Vec<Week>> {
        self.read(|e| e.weeks(id))
    }

    async fn walls(&self, day: Day) -> Result<u32> {
        self.read(|e| e.walls(day))
    }

    async fn comments(&self, id: GroupId) -> Result<Option<Comments>> {
        self.read(|e| e.comments(id))
    }

    async fn comments_read(&self, day: Day) -> Result<u32> {
        self.read(|e| e.comments_read(day))
    }

    async fn nudged(&self, id: UserId) -> Result<Nudged> {
        self.read(|e| e.nudged(id))
    }

    async fn opinion(&self, id: UserId) -> Result<Option<Opinion>> {
        self.read(|e| e.opinion(id))
    }

    async fn opinions(&self, after: Option<UserId>, n: usize) -> Result<Vec<(UserId, Opinion)>> {
        self.list(n, move |e| e.opinions(after, n)).await
    }

    async fn institutions(&self, after: Option<RosterKey>, n: usize) -> Result<Vec<Institution>> {
        self.list(n, move |e| e.institutions(after.as_ref(), n)).await
    }

    async fn institutions_of(&self, id: UserId) -> Result<Vec<Institution>> {
        self.list(1, move |e| e.institutions_of(id)).await
    }

    async fn grants_of(&self, id: UserId) -> Result<Vec<Grant>> {
        self.read(|e| e.grants_of(id))
    }

    async fn grants(&self) -> Result<Vec<Grant>> {
        self.list(usize::MAX, Engine::grants).await
    }

    async fn refused(&self, id: UserId) -> Result<Option<(Day, u16)>> {
        self.read(|e| e.refused(id))
    }

    fn touched(&self) -> &Touched {
        &self.touched
    }

    async fn letter(&self, id: CampaignId) -> Result<Option<Letter>> {
        self.read(|e| e.letter(id))
    }

    async fn letters(&self, n: usize) -> Result<Vec<Letter>> {
        self.list(n, move |e| e.letters(n)).await
    }

    async fn letters_open(&self) -> Result<Vec<Letter>> {
        self.list(usize::MAX, Engine::letters_open).await
    }

    async fn pressed(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> Result<Vec<(UserId, Pressed)>> {
        self.list(n, move |e| e.pressed(id, after, n)).await
    }

    async fn segments(&self) -> Result<Vec<Saved>> {
        self.read(Engine::segments)
    }

    async fn watch(&self, id: GroupId) -> Result<Option<Watch>> {
        self.read(|e| e.watch(id))
    }

    async fn handoff(&self, id: u64) -> Result<Option<Handoff>> {
        self.read(|e| e.handoff(id))
    }

    async fn handoffs(&self) -> Result<Vec<Handoff>> {
        self.read(Engine::handoffs)
    }

    async fn handoffs_of(&self, id: UserId) -> Result<Vec<Handoff>> {
        self.read(|e| e.handoffs_of(id))
    }

    async fn handoffs_closed(&self, below: u64, n: usize) -> Result<Vec<Handoff>> {
        self.read(|e| e.handoffs_closed(below, n))
    }

    async fn class(&self, id: ClassId) -> Result<Option<Class>> {
        self.read(|e| e.class(id))
    }

    async fn classes(&self, after: Option<ClassId>, n: usize) -> Result<Vec<Class>> {
        self.list(n, move |e| e.classes(after, n)).await
    }

    async fn seats(&self, id: ClassId) -> Result<Vec<Seat>> {
        self.list(usize::MAX, move |e| e.seats(id)).await
    }

    async fn seats_of(&self, id: UserId) -> Result<Vec<Seat>> {
        self.list(1, move |e| e.seats_of(id)).await
    }

    async fn certificate(&self, number: u64) -> Result<Option<Certificate>> {
        self.read(|e| e.certificate(number))
    }

    async fn sweep(&self, before: Ms) -> Result<u64> {
        let mut swept = 0;
        loop {
            let marks = self.list(SWEEP, move |e| e.seen_before(before, SWEEP)).await?;
            if marks.is_empty() {
                return Ok(swept);
            }
            swept += marks.len() as u64;
            self.committer.make(Work::Unsee(marks)).await?;
        }
    }

    async fn size(&self) -> Result<u64> {
        self.read(Engine::size)
    }
}
