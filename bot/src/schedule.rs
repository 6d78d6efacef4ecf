//! What comes by itself: due reminders become turns, committed whole like any other.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::{
    chat::Event,
    core::{Core, hash},
    domain::{Ms, Reminder},
    store::{Commit, Expect, Op, OutLane, Result, Store, StoreError},
};

/// Reminders read at a time.
const READ: usize = 100;
/// How long the marks of events are kept; VK keeps undelivered events for less.
const MARKS: i64 = 48 * Ms::HOUR;
/// How long questions are kept for staff; the consent text names it.
const QUESTIONS: i64 = 90 * Ms::DAY;
/// How often old marks and questions are removed.
const SWEEP: i64 = Ms::HOUR;
/// How long to wait after the store could not be read or written.
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// Serves the schedule until told to stop.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let mut sweep_at = core.clock.now();
    loop {
        let pass = tokio::select! {
            () = stop.cancelled() => return,
            pass = pass(&core, &mut sweep_at) => pass,
        };
        let wait = async {
            match pass {
                Ok(next) => core.clock.until(next.min(sweep_at)).await,
                Err(error) => {
                    tracing::error!(%error, "the schedule could not go on");
                    tokio::time::sleep(STORE_AGAIN).await;
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = core.rescheduled.notified() => {}
            () = wait => {}
        }
    }
}

/// Serves all that is due; returns the moment of the next.
async fn pass(core: &Core, sweep_at: &mut Ms) -> Result<Ms> {
    loop {
        let now = core.clock.now();
        if now >= *sweep_at {
            core.store.sweep(now.plus(-MARKS)).await?;
            forget_questions(core, now.plus(-QUESTIONS)).await?;
            *sweep_at = now.plus(SWEEP);
        }
        let due = core.store.due(now, READ).await?;
        if due.is_empty() {
            core.metrics.schedule_done.store(now.0, Ordering::SeqCst);
            return Ok(core.store.next_due().await?.unwrap_or(now.plus(Ms::DAY)));
        }
        for reminder in due {
            serve(core, &reminder).await?;
        }
    }
}

/// Removes the questions asked before a moment.
async fn forget_questions(core: &Core, before: Ms) -> Result<()> {
    loop {
        let old = core.store.asked_before(before, READ).await?;
        if old.is_empty() {
            return Ok(());
        }
        let ops = old.iter().map(|asked| Op::DropAsked(asked.key)).collect();
        core.store.commit(Commit { expect: Vec::new(), ops }).await?;
    }
}

/// One due reminder: what it says and its next moment in one commit, which fails if it was moved meanwhile.
async fn serve(core: &Core, reminder: &Reminder) -> Result<()> {
    let _busy = core.outbox.busy();
    let user = reminder.key.person;
    let expect = vec![Expect::ReminderDue(reminder.key, reminder.due)];
    if core.store.person(user).await?.is_none() {
        let ops = vec![Op::DropReminder(reminder.key)];
        return settled(core.store.commit(Commit { expect, ops }).await.map(drop));
    }
    let name = format!("due:{}:{}:{}", user, reminder.key.n, reminder.due.0);
    let nonce = hash(name.as_bytes());
    let made = core.make(user, &Event::Due(reminder.clone()), nonce).await?;
    settled(core.commit(user, &made, OutLane::Reminder, nonce, expect, Vec::new()).await)
}

/// What changed meanwhile is looked at again by the next pass.
fn settled(result: Result<()>) -> Result<()> {
    match result {
        Err(StoreError::Conflict) => Ok(()),
        other => other,
    }
}
