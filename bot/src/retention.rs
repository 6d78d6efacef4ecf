//! What is kept too long: whoever has been silent for long is told, and forgotten when she stays silent; announcements that
//! are over, lines of the log and messages that VK never took go by their age.

use std::{
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use vkapi::types::PeerId;

use crate::{
    chat::Event,
    core::{Core, hash},
    domain::{Campaign, CampaignState, Due, Hm, Ms, Person, Weekdays, letter::Letter, rights},
    store::{Commit, Expect, LogKey, Op, OutId, OutLane, Result, Store, StoreError},
    watch,
};

/// People read at a time.
const READ: usize = 1_000;
/// Lines of the log removed at a time.
const LINES: usize = 1_000;
/// How long a message that VK does not take is kept for the operator.
pub(crate) const PARKED: i64 = 90 * Ms::DAY;
/// The hour of the region's day at which it is looked: nobody is woken by what is said then.
const NOON: Hm = Hm { hour: 12, minute: 0 };
/// How long to wait after the store could not be read or written.
const STORE_AGAIN: Duration = Duration::from_secs(60);

/// Looks every day until told to stop.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    loop {
        let now = core.clock.now();
        let noon = core.region.zone.next(Weekdays::ALL, NOON, now).unwrap_or(now.plus(Ms::DAY));
        core.tidy_at.store(noon.0, Ordering::SeqCst);
        tokio::select! {
            () = stop.cancelled() => return,
            () = core.clock.until(noon) => {}
        }
        loop {
            let pass = tokio::select! {
                () = stop.cancelled() => return,
                pass = noon_pass(&core) => pass,
            };
            let Err(error) = pass else { break };
            tracing::error!(%error, "people who are silent could not be looked through");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(STORE_AGAIN) => {}
            }
        }
    }
}

/// Looks at everybody once, at the weeks of every page, and at what has grown old.
async fn noon_pass(core: &Core) -> Result<()> {
    watch::pass(core).await?;
    pass(core).await?;
    age(core).await
}

/// Removes what has been kept for its time.
pub(crate) async fn age(core: &Core) -> Result<()> {
    let now = core.clock.now();
    let days_ago = |days: u32| now.plus(-i64::from(days) * Ms::DAY);
    forget_campaigns(core, days_ago(core.region.retention.announcement_days)).await?;
    forget_lines(core, days_ago(core.region.retention.log_days)).await?;
    forget_parked(core, now.plus(-PARKED)).await
}

/// Removes announcements that began before a moment and are over, each in a commit of its own: it may be a region's.
async fn forget_campaigns(core: &Core, before: Ms) -> Result<()> {
    let over = |c: &Campaign| {
        let ended = matches!(c.state, CampaignState::Finished | CampaignState::Cancelled);
        ended && c.reads.next.is_none() && c.starts < before
    };
    for old in core.store.campaigns(usize::MAX).await?.into_iter().filter(over) {
        let letter = core.store.letter(old.id).await?;
        // What was delivered of it is still being changed.
        if letter.as_ref().is_some_and(Letter::is_open) {
            continue;
        }
        let rev = letter.map_or(0, |letter| letter.rev);
        let expect = vec![Expect::CampaignIs(old.id, old.state), Expect::LetterRev(old.id, rev)];
        match core.store.commit(Commit { expect, ops: vec![Op::DropCampaign(old.id)] }).await {
            Ok(_) => tracing::info!(campaign = old.id.0, "removed an announcement as it was old"),
            // Looked at again tomorrow.
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Removes lines of the log from before a moment, but for those that tell of roles that are held: by the log alone it must
/// stay known who gave them.
async fn forget_lines(core: &Core, before: Ms) -> Result<()> {
    // A role that is taken meanwhile is no harm: its line goes tomorrow.
    let standing: BTreeSet<_> =
        core.store.grants().await?.iter().map(|grant| (grant.who, grant.id)).collect();
    let mut after: Option<LogKey> = None;
    loop {
        let lines = core.store.audit_before(before, after, LINES).await?;
        let Some((last, _)) = lines.last() else { return Ok(()) };
        after = Some(*last);
        let stays = |what: &str, told: Option<&str>| rights::tells_of(&standing, what, told);
        let ops: Vec<Op> = lines
            .iter()
            .filter(|(_, line)| !stays(&line.what, line.after.as_deref()))
            .map(|(key, _)| Op::DropAudit(*key))
            .collect();
        if !ops.is_empty() {
            tracing::info!(lines = ops.len(), "removed lines of the log as they were old");
            core.store.commit(Commit { expect: Vec::new(), ops }).await?;
        }
    }
}

/// Removes messages that VK did not take before a moment.
async fn forget_parked(core: &Core, before: Ms) -> Result<()> {
    let mut after: Option<OutId> = None;
    loop {
        let parked = core.store.parked(after, READ).await?;
        let Some((last, _)) = parked.last() else { return Ok(()) };
        after = Some(*last);
        let old = parked.iter().filter(|(_, parked)| parked.at < before);
        let ops: Vec<Op> = old.map(|(id, _)| Op::DropParked(*id)).collect();
        if !ops.is_empty() {
            core.store.commit(Commit { expect: Vec::new(), ops }).await?;
        }
    }
}

/// Looks at everybody once.
async fn pass(core: &Core) -> Result<()> {
    let mut after = None;
    loop {
        let people = core.store.people(after, READ).await?;
        let Some(last) = people.last() else { return Ok(()) };
        after = Some(last.id);
        for person in &people {
            let done = match core.region.retention.due(person, core.clock.now()) {
                Due::Nothing => continue,
                _ if core.rights(person.id).await?.role().has_cabinet() => continue,
                Due::Warn => warn(core, person).await,
                Due::Forget => forget(core, person).await,
            };
            // She has come back meanwhile: she is looked at again tomorrow.
            if let Err(error) = done
                && !matches!(error, StoreError::Conflict)
            {
                return Err(error);
            }
        }
    }
}

async fn warn(core: &Core, person: &Person) -> Result<()> {
    let nonce = hash(format!("silent:{}:{}", person.id, person.seen.0).as_bytes());
    let _busy = core.outbox.busy();
    let made = core.make(person.id, &Event::Silent, nonce).await?;
    core.commit(person.id, &made, OutLane::Reminder, nonce, Vec::new(), Vec::new()).await
}

async fn forget(core: &Core, person: &Person) -> Result<()> {
    let commit =
        Commit { expect: vec![Expect::PersonRev(person.id, person.rev)], ops: vec![Op::Forget(person.id)] };
    core.store.commit(commit).await?;
    core.outbox.forget(PeerId::from(person.id));
    tracing::info!(user = person.id.0, "forgot somebody silent for long");
    Ok(())
}
