//! What comes by itself: what is due for a person becomes one turn, committed whole like any other.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures::{StreamExt, TryStreamExt};
use tokio_util::sync::CancellationToken;
use vkapi::types::{PeerId, UserId};

use crate::{
    chat::{Event, reminded},
    core::{Core, hash},
    domain::{Ms, Reminder},
    handoffs,
    store::{Commit, Expect, Op, OutLane, Result, Store, StoreError},
};

/// Reminders read at a time.
const READ: usize = 10_000;
/// More due at once than this are a wave, which is spread.
const WAVE: usize = 1_000;
/// Over how long a wave is spread, in milliseconds: each person has a moment of her own in it.
const SPREAD: u64 = 5 * 60_000;
/// The moments of a wave are so far apart, in milliseconds.
const TICK: u64 = 2_000;
/// People served side by side; their commits are merged into one write.
const AT_ONCE: usize = 32;
/// How long what is due waits while an earlier message to the same person is still on its way.
const BEHIND: i64 = Ms::MINUTE;
/// How long the marks of events are kept; VK keeps undelivered events for less.
const MARKS: i64 = 48 * Ms::HOUR;
/// How long questions are kept for staff; the consent text names it.
pub(crate) const QUESTIONS: i64 = 90 * Ms::DAY;
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
pub(crate) async fn pass(core: &Core, sweep_at: &mut Ms) -> Result<Ms> {
    loop {
        let now = core.clock.now();
        // A clock that was set back must not put the sweeping off until it has caught up.
        if now >= *sweep_at || sweep_at.0 - now.0 > SWEEP {
            core.store.sweep(now.plus(-MARKS)).await?;
            forget_questions(core, now.plus(-QUESTIONS)).await?;
            handoffs::forget(core).await?;
            *sweep_at = now.plus(SWEEP);
        }
        let late = handoffs::pass(core).await?;
        let due = core.store.due(now, READ).await?;
        if due.is_empty() {
            core.metrics.schedule_done.store(now.0, Ordering::SeqCst);
            let next = core.store.next_due().await?.unwrap_or(now.plus(Ms::DAY));
            return Ok(late.map_or(next, |late| late.min(next)));
        }
        let (mut people, mut next) = whose_turn(due, now);
        if let Some(late) = late {
            next = Some(next.map_or(late, |next| next.min(late)));
        }
        // One message of what comes by itself at a time: while VK is down they do not pile up.
        let all = people.len();
        let free = |user: UserId| !core.outbox.has_proactive(PeerId::from(user)) && !core.claims.has(user);
        for (user, due) in people.iter().filter(|(user, _)| !free(**user)) {
            fold(core, *user, due).await?;
        }
        people.retain(|user, _| free(*user));
        if people.len() < all {
            let again = now.plus(BEHIND);
            next = Some(next.map_or(again, |next| next.min(again)));
        }
        if let (true, Some(next)) = (people.is_empty(), next) {
            core.metrics.schedule_done.store(now.0, Ordering::SeqCst);
            return Ok(next);
        }
        futures::stream::iter(people)
            .map(|(user, due)| serve(core, user, due))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
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

/// What is due by person; of a wave only those whose moment has come, and when the next ones' does.
fn whose_turn(due: Vec<Reminder>, now: Ms) -> (BTreeMap<UserId, Vec<Reminder>>, Option<Ms>) {
    let wave = due.len() > WAVE;
    let mut people: BTreeMap<UserId, Vec<Reminder>> = BTreeMap::new();
    for reminder in due {
        people.entry(reminder.key.person).or_default().push(reminder);
    }
    let mut next = None;
    if wave {
        people.retain(|user, due| {
            let first = due.iter().map(|r| r.due).min().unwrap_or(now);
            let at = first.plus(in_wave(*user));
            let comes = at <= now;
            if !comes {
                next = Some(next.map_or(at, |next: Ms| next.min(at)));
            }
            comes
        });
    }
    (people, next)
}

/// How long after the beginning of a wave a person's turn is, always the same for her.
fn in_wave(user: UserId) -> i64 {
    let slots = SPREAD / TICK;
    (hash(&user.0.to_be_bytes()) % slots * TICK) as i64
}

/// What is due for a person: what it says and the next moments in one commit, which fails if one was moved meanwhile.
async fn serve(core: &Core, user: UserId, due: Vec<Reminder>) -> Result<()> {
    let _busy = core.outbox.busy();
    // An announcement that is just leaving to her is waited for.
    let Some(_claim) = core.claims.hold(user) else { return Ok(()) };
    let mut expect: Vec<Expect> = due.iter().map(|r| Expect::ReminderDue(r.key, r.due)).collect();
    if core.store.person(user).await?.is_none() {
        let ops = due.iter().map(|r| Op::DropReminder(r.key)).collect();
        return settled(core.store.commit(Commit { expect, ops }).await.map(drop));
    }
    let ledger = core.store.ledger(user).await?;
    expect.push(Expect::LedgerRev(user, ledger.rev));
    let mut name = format!("due:{user}");
    for reminder in &due {
        name = format!("{name}:{}:{}", reminder.key.n, reminder.due.0);
    }
    let nonce = hash(name.as_bytes());
    let made = core.make(user, &Event::Due(due, ledger), nonce).await?;
    settled(core.commit(user, &made, OutLane::Reminder, nonce, expect, Vec::new()).await)
}

/// Of what is due again while the word before is still on its way to her, she need not hear twice: it comes once, and goes
/// on at its next time.
async fn fold(core: &Core, user: UserId, due: &[Reminder]) -> Result<()> {
    let again = |r: &&Reminder| r.is_own() && r.rule.is_some();
    if !due.iter().any(|reminder| again(&reminder)) {
        return Ok(());
    }
    let waits = core.outbox.proactive(PeerId::from(user));
    let Some(person) = core.store.person(user).await?.filter(|_| !waits.is_empty()) else { return Ok(()) };
    let (content, now) = (core.content(), core.clock.now());
    let zone = person.zone.as_ref().unwrap_or(&core.region.zone);
    for reminder in due.iter().filter(again) {
        let words = reminded(content.texts(), &person, &reminder.what);
        if !waits.iter().any(|text| text.contains(&words)) {
            continue;
        }
        let next = reminder.rule.as_ref().and_then(|rule| rule.next(zone, content.calendar(), now));
        let op = match next {
            Some(due) => Op::PutReminder(Reminder { due, ..reminder.clone() }),
            None => Op::DropReminder(reminder.key),
        };
        let expect = vec![Expect::ReminderDue(reminder.key, reminder.due)];
        settled(core.store.commit(Commit { expect, ops: vec![op] }).await.map(drop))?;
    }
    Ok(())
}

/// What changed meanwhile is looked at again by the next pass.
fn settled(result: Result<()>) -> Result<()> {
    match result {
        Err(StoreError::Conflict) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ReminderKey, What};

    fn at_ten(people: i64) -> Vec<Reminder> {
        let one = |id| Reminder {
            key: ReminderKey { person: UserId(id), n: 1 },
            due: Ms(0),
            rule: None,
            what: What::Post,
        };
        (1..=people).map(one).collect()
    }

    #[test]
    fn a_few_come_at_once_and_all_of_hers_together() {
        let mut due = at_ten(3);
        due.push(Reminder { key: ReminderKey { person: UserId(2), n: 5 }, ..due[0].clone() });
        let (people, next) = whose_turn(due, Ms(0));
        assert_eq!((people.len(), people[&UserId(2)].len(), next), (3, 2, None));
    }

    #[test]
    fn ten_thousand_at_ten_are_spread_over_five_minutes() {
        let mut left = at_ten(10_000);
        let mut now = Ms(0);
        let mut most = 0;
        while !left.is_empty() {
            let (people, next) = whose_turn(left.clone(), now);
            assert!(people.keys().all(|user| left.len() <= WAVE || in_wave(*user) <= now.0));
            if left.len() > WAVE {
                most = most.max(people.len());
            }
            left.retain(|r| !people.contains_key(&r.key.person));
            now = next.unwrap_or(now);
        }
        assert!(most < 150, "{most} at one moment");
        assert!((4 * Ms::MINUTE..5 * Ms::MINUTE).contains(&now.0), "the last after {} s", now.0 / 1_000);
    }
}
