//! What came of each try, committed together with whatever came at the same time.

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;
use vkapi::types::{PeerId, UserId};

use super::{Busy, alert, queue::Again};
use crate::{
    core::Core,
    domain::Ms,
    store::{Commit, Op, OutId, OutMessage, Store},
};

/// Receipts of one commit at most.
const TOGETHER: usize = 512;
/// How long to wait after the store could not be written.
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// What came of a try.
pub(super) enum Came {
    /// VK has it; what came by itself and was queued at this moment was long under way.
    Taken(Option<Ms>),
    /// VK takes nothing for this person, with this code.
    Refused(i32),
    /// VK does not take it as it is, for this reason.
    Wrong(String),
    /// It came by itself, and she cannot be written to by now.
    Unwanted,
    /// It has to wait.
    Again(Again),
}

impl Came {
    /// The same in a word.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Taken(_) => "taken",
            Self::Refused(_) => "refused",
            Self::Wrong(_) => "parked",
            Self::Unwanted => "unwanted",
            Self::Again(again) if again.asleep => "asleep",
            Self::Again(_) => "again",
        }
    }
}

/// A try that has ended. What is under way ends only when this is committed.
pub(super) struct Receipt {
    pub(super) id: OutId,
    pub(super) to: PeerId,
    pub(super) came: Came,
    pub(super) busy: Busy,
}

/// Commits receipts until no more can come.
pub(super) async fn run(core: Arc<Core>, mut receipts: mpsc::Receiver<Receipt>) {
    let mut some = Vec::with_capacity(TOGETHER);
    while receipts.recv_many(&mut some, TOGETHER).await > 0 {
        let mut ops = Vec::new();
        let mut dropped = Vec::new();
        let mut notes = Vec::new();
        for receipt in &some {
            note(&core, receipt, &mut ops, &mut dropped, &mut notes);
        }
        ops.extend(notes.iter().cloned().map(Op::Enqueue));
        let queued = loop {
            match core.store.commit(Commit { expect: Vec::new(), ops: ops.clone() }).await {
                Ok(committed) => break committed.queued,
                Err(error) => {
                    // Until it is noted the next messages of these people wait: nothing is sent twice.
                    tracing::error!(%error, "receipts were not noted");
                    core.metrics.store_errors.inc();
                    tokio::time::sleep(STORE_AGAIN).await;
                }
            }
        };
        core.outbox.push(None, queued.into_iter().zip(notes));
        core.outbox.settle(some.drain(..), &dropped);
    }
}

fn note(
    core: &Core,
    receipt: &Receipt,
    ops: &mut Vec<Op>,
    dropped: &mut Vec<(PeerId, Vec<OutId>)>,
    notes: &mut Vec<OutMessage>,
) {
    let Receipt { id, to, came, .. } = receipt;
    core.metrics.sent(came.name());
    match came {
        Came::Taken(long_since) => {
            ops.push(Op::FinishOut(*id));
            // Her budget of attention counts what comes when it comes.
            ops.extend(long_since.map(|was| Op::Respend(UserId(to.0), was, core.clock.now())));
        }
        Came::Refused(code) => {
            tracing::info!(user = to.0, code, "VK refuses messages for a person");
            ops.push(Op::FinishOut(*id));
            ops.push(Op::SetWritable(UserId(to.0), false));
            // What she has not asked for would be refused as well.
            let unasked = core.outbox.unasked(*to);
            ops.extend(unasked.iter().copied().map(Op::FinishOut));
            dropped.push((*to, unasked));
        }
        Came::Wrong(why) => {
            tracing::error!(
                why,
                out = id.0,
                user = to.0,
                "VK does not take a message as it is; it is parked"
            );
            ops.push(Op::ParkOut(*id, why.clone(), core.clock.now()));
            notes.extend(alert::owners(core, "alert-parked", &[("why", why.clone().into())]));
        }
        Came::Unwanted => ops.push(Op::FinishOut(*id)),
        Came::Again(Again { at, attempts, .. }) => {
            ops.push(Op::RetryOut(*id, *attempts, *at));
        }
    }
}
