//! What is kept too long: whoever has been silent for long is told, and forgotten when she stays silent.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio_util::sync::CancellationToken;
use vkapi::types::PeerId;

use crate::{
    chat::Event,
    core::{Core, hash},
    domain::{Due, Hm, Ms, Person, Weekdays},
    store::{Commit, Expect, Op, OutLane, Result, Store, StoreError},
    watch,
};

/// People read at a time.
const READ: usize = 1_000;
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

/// Looks at everybody once, and at the weeks of every page.
async fn noon_pass(core: &Core) -> Result<()> {
    watch::pass(core).await?;
    pass(core).await
}

/// Looks at everybody once.
async fn pass(core: &Core) -> Result<()> {
    let mut after = None;
    loop {
        let people = core.store.people(after, READ).await?;
        let Some(last) = people.last() else { return Ok(()) };
        after = Some(last.id);
        for person in &people {
            let done = match core.retention.due(person, core.clock.now()) {
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
