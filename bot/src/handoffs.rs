//! Conversations with staff that nobody answered in time: told further, once.

use std::sync::{Mutex, PoisonError};

use vkapi::types::UserId;

use crate::{
    core::Core,
    domain::{
        Clerk, Handoff, Ms,
        attention::{Body, Held, Kind},
        care,
    },
    store::{Commit, Expect, Op, Result, Store, StoreError},
};

/// How long conversations are kept; as questions are.
const KEPT: i64 = 90 * Ms::DAY;
/// The moment of none.
const NEVER: Ms = Ms(i64::MAX);
/// Conversations removed at a time.
const AT_ONCE: usize = 1_000;

/// When the next conversation is late, and after how many changes of them that was read.
#[derive(Debug, Default)]
pub(crate) struct Awaited(Mutex<Option<(u64, Ms)>>);

impl Awaited {
    /// The moment, if nothing has changed since it was read and it has not come.
    fn still(&self, changes: u64, now: Ms) -> Option<Ms> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|(read, next)| *read == changes && *next > now).map(|(_, next)| next)
    }

    fn read(&self, changes: u64, next: Ms) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((changes, next));
    }
}

/// Tells further what is late; returns the moment at which the next is.
pub(crate) async fn pass(core: &Core) -> Result<Option<Ms>> {
    let now = core.clock.now();
    let changes = core.store.touched().handoffs();
    if let Some(next) = core.awaited.still(changes, now) {
        return Ok((next != NEVER).then_some(next));
    }
    let mut next: Option<Ms> = None;
    let mut desk = None;
    for one in core.store.handoffs().await? {
        if one.is_late(now) {
            if desk.is_none() {
                desk = Some(core.desk().await?);
            }
            match escalate(core, desk.as_deref().unwrap_or_default(), one).await {
                // It was answered just now, or changed: it is looked at again.
                Err(StoreError::Conflict) => next = Some(now),
                other => other?,
            }
        } else if let Some(due) = one.due.filter(|_| one.escalated.is_none()) {
            next = Some(next.map_or(due, |next| next.min(due)));
        }
    }
    core.awaited.read(changes, next.unwrap_or(NEVER));
    Ok(next)
}

/// Nothing is to be told further at this moment.
pub(crate) async fn are_settled(core: &Core) -> Result<bool> {
    let now = core.clock.now();
    if core.awaited.still(core.store.touched().handoffs(), now).is_some() {
        return Ok(true);
    }
    Ok(!core.store.handoffs().await?.iter().any(|one| one.is_late(now)))
}

/// Trainers are told, heads without a word of the question, and she that it takes longer.
async fn escalate(core: &Core, desk: &[Clerk], one: Handoff) -> Result<()> {
    let now = core.clock.now();
    let (region, content) = (&core.region, core.content());
    let texts = content.texts();
    let place = one.place();
    let hold = |to: UserId, body| Op::Hold(to, Held { kind: Kind::Nudge, at: now, body }, now);
    let above = care::above(desk, &place, region.attention, &region.zone, now);
    let mut ops: Vec<Op> = above.iter().map(|to| hold(*to, Body::Handoff(one.id))).collect();
    let town = one.context.municipality.clone().unwrap_or_else(|| region.name.clone());
    // Nobody is said to have been told who was not.
    let (head, hers) = if above.is_empty() {
        ("handoff-notice-head-alone", "handoff-told-late-alone")
    } else {
        ("handoff-notice-head", "handoff-told-late")
    };
    let text = texts.format(head, &[("town", town.into())]);
    ops.extend(care::heads(desk, &place).into_iter().map(|to| hold(to, Body::Text(text.clone()))));
    ops.push(hold(one.who, Body::Text(texts.get(hers))));
    let expect = vec![Expect::HandoffRev(one.id, one.rev)];
    tracing::info!(conversation = one.id, trainers = above.len(), "a question was not answered in time");
    ops.push(Op::PutHandoff(Box::new(Handoff { escalated: Some(now), ..one })));
    core.store.commit(Commit { expect, ops }).await.map(drop)
}

/// Removes conversations that began too long ago, also those nobody ended.
pub(crate) async fn forget(core: &Core) -> Result<()> {
    let below = core.clock.now().plus(-KEPT).0.max(0).unsigned_abs() << 12;
    loop {
        let mut old = core.store.handoffs_closed(below, AT_ONCE).await?;
        old.extend(core.store.handoffs().await?.into_iter().filter(|one| one.id < below));
        if old.is_empty() {
            return Ok(());
        }
        let ops = old.iter().map(|one| Op::DropHandoff(one.id)).collect();
        core.store.commit(Commit { expect: Vec::new(), ops }).await?;
    }
}
