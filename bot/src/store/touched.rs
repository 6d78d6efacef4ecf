//! What commits have changed, for what is kept of it in memory.

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use vkapi::types::{GroupId, UserId};

use super::{Commit, Op};

/// People and pages that commits have changed since they were taken last; nothing before that is asked for.
#[derive(Debug, Default)]
pub struct Touched {
    on: AtomicBool,
    some: Mutex<Changed>,
    handoffs: AtomicU64,
}

/// What one commit changes.
pub(super) struct Touch {
    people: Vec<UserId>,
    pages: Vec<GroupId>,
    handoffs: bool,
}

/// People and pages.
type Changed = (HashSet<UserId>, HashSet<GroupId>);

impl Touched {
    /// Takes what was changed; from the first time on changes are noted.
    pub fn take(&self) -> (HashSet<UserId>, HashSet<GroupId>) {
        self.on.store(true, Ordering::SeqCst);
        std::mem::take(&mut *self.some())
    }

    /// Whether something was changed.
    pub fn is_empty(&self) -> bool {
        let some = self.some();
        some.0.is_empty() && some.1.is_empty()
    }

    /// How often conversations with staff were changed: read before they are, it tells whether what was read still holds.
    pub fn handoffs(&self) -> u64 {
        self.handoffs.load(Ordering::SeqCst)
    }

    fn some(&self) -> MutexGuard<'_, Changed> {
        self.some.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a commit changes, if that is to be noted; to be read before it is made and noted after.
    pub(super) fn of(&self, commit: &Commit) -> Touch {
        let (mut people, mut pages) = (Vec::new(), Vec::new());
        let talk = |op: &Op| matches!(op, Op::PutHandoff(_) | Op::DropHandoff(_) | Op::Forget(_));
        let handoffs = commit.ops.iter().any(talk);
        if !self.on.load(Ordering::SeqCst) {
            return Touch { people, pages, handoffs };
        }
        for op in &commit.ops {
            match op {
                Op::PutPerson(person) => people.push(person.id),
                Op::PutProgress(id, _) | Op::SetWritable(id, _) | Op::Forget(id) => people.push(*id),
                Op::SetStep(step, _) => people.push(step.person),
                Op::PutSeat(seat) => people.push(seat.person),
                Op::PutPage(page) => pages.push(page.id),
                Op::PutSight(sight) => pages.push(sight.id),
                Op::DropPage(id) => pages.push(*id),
                _ => {}
            }
        }
        Touch { people, pages, handoffs }
    }

    /// Notes what was changed.
    pub(super) fn note(&self, Touch { people, pages, handoffs }: Touch) {
        if handoffs {
            self.handoffs.fetch_add(1, Ordering::SeqCst);
        }
        if people.is_empty() && pages.is_empty() {
            return;
        }
        let mut some = self.some();
        some.0.extend(people);
        some.1.extend(pages);
    }
}
