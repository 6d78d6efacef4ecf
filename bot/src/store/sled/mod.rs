//! The store on disk: sled 0.34.7 behind its guards, one thread that writes.

mod committer;
mod engine;
mod guard;
mod read;

#[cfg(test)]
mod tests;

use std::{fmt, path::PathBuf, sync::Arc};

use vkapi::types::{GroupId, UserId};

use self::{
    committer::{Committer, Work, write_group},
    engine::Engine,
    guard::caught,
};
use super::{AuditEntry, Commit, Committed, OutId, OutMessage, Result, StepKey, Store, StoreError};
use crate::domain::{Campaign, CampaignId, Ms, Person, Reminder, Tally};

/// Longer lists are read off the runtime's threads: a thousand entries take a fraction of a millisecond from the
/// cache, but may come from the disk.
const INLINE: usize = 256;
/// How many marks of events are removed in one go.
const SWEEP: usize = 1_000;

/// Where and how the store is kept.
#[derive(Clone, Debug)]
pub struct SledOptions {
    /// The directory; created if it is not there. The files of sled are in `db` under it.
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
    // Before the engine: its thread ends first.
    committer: Committer,
    engine: Arc<Engine>,
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").finish_non_exhaustive()
    }
}

impl SledStore {
    /// Opens or creates the store. Blocks for as long as recovery takes: milliseconds, rarely seconds.
    ///
    /// Fails with [`StoreError::Locked`] if another process has it, [`StoreError::Unsafe`] if the file system
    /// refuses the sync attribute, [`StoreError::Corrupt`] if the files are damaged or what was written is gone (nothing is deleted),
    /// [`StoreError::Newer`] if a newer version wrote them.
    pub fn open(options: &SledOptions) -> Result<Self> {
        let engine = Arc::new(Engine::open(options)?);
        let writer = Arc::clone(&engine);
        let committer = Committer::start(move |group| write_group(&writer, group))?;
        Ok(Self { committer, engine })
    }

    /// Reads a list of at most `n`.
    async fn list<T, F>(&self, n: usize, read: F) -> Result<Vec<T>>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<Vec<T>> + Send + 'static,
    {
        if n <= INLINE {
            return caught(|| read(&self.engine));
        }
        let engine = Arc::clone(&self.engine);
        tokio::task::spawn_blocking(move || caught(|| read(&engine)))
            .await
            .map_err(|e| StoreError::Unavailable(e.to_string()))?
    }
}

impl Store for SledStore {
    async fn commit(&self, commit: Commit) -> Result<Committed> {
        self.committer.make(Work::Commit(commit)).await
    }

    async fn person(&self, id: UserId) -> Result<Option<Person>> {
        caught(|| self.engine.person(id))
    }

    async fn people(&self, after: Option<UserId>, n: usize) -> Result<Vec<Person>> {
        self.list(n, move |e| e.people(after, n)).await
    }

    async fn steps(&self, id: UserId) -> Result<Vec<(StepKey, Ms)>> {
        caught(|| self.engine.steps(id))
    }

    async fn reminders(&self, id: UserId) -> Result<Vec<Reminder>> {
        caught(|| self.engine.reminders(id))
    }

    async fn due(&self, now: Ms, n: usize) -> Result<Vec<Reminder>> {
        self.list(n, move |e| e.due(now, n)).await
    }

    async fn next_due(&self) -> Result<Option<Ms>> {
        caught(|| self.engine.next_due())
    }

    async fn outbox(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, OutMessage)>> {
        self.list(n, move |e| e.outbox(after, n)).await
    }

    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>> {
        caught(|| self.engine.campaign(id))
    }

    async fn running(&self) -> Result<Vec<Campaign>> {
        caught(|| self.engine.running())
    }

    async fn queued(&self, id: CampaignId, n: usize) -> Result<Vec<UserId>> {
        self.list(n, move |e| e.queued(id, n)).await
    }

    async fn tally(&self, id: CampaignId) -> Result<Tally> {
        caught(|| self.engine.tally(id))
    }

    async fn campaigns(&self, n: usize) -> Result<Vec<Campaign>> {
        self.list(n, move |e| e.campaigns(n)).await
    }

    async fn cursor(&self, group: GroupId) -> Result<Option<String>> {
        caught(|| self.engine.cursor(group))
    }

    async fn audit(&self, n: usize) -> Result<Vec<AuditEntry>> {
        self.list(n, move |e| e.audit(n)).await
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
        caught(|| self.engine.size())
    }
}
