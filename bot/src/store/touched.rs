//! Whose records commits have changed, for what is kept of all people in memory.

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use vkapi::types::{GroupId, UserId};

use super::{Commit, Op};

/// People and pages that commits have changed since they were taken last; nothing before that is asked for.
#[derive(Debug, Default)]
pub struct Touched {
    on: AtomicBool,
    some: Mutex<Changed>,
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

    fn some(&self) -> MutexGuard<'_, Changed> {
        self.some.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a commit changes, if that is to be noted; to be read before it is made and noted after.
    pub(super) fn of(&self, commit: &Commit) -> (Vec<UserId>, Vec<GroupId>) {
        let (mut people, mut pages) = (Vec::new(), Vec::new());
        if !self.on.load(Ordering::SeqCst) {
            return (people, pages);
        }
        for op in &commit.ops {
            match op {
                Op::PutPerson(person) => people.push(person.id),
                Op::PutProgress(id, _) | Op::SetWritable(id, _) | Op::Forget(id) => people.push(*id),
                Op::SetStep(step, _) => people.push(step.person),
                Op::PutPage(page) => pages.push(page.id),
                Op::PutSight(sight) => pages.push(sight.id),
                Op::DropPage(id) => pages.push(*id),
                _ => {}
            }
        }
        (people, pages)
    }

    /// Notes what was changed.
    pub(super) fn note(&self, (people, pages): (Vec<UserId>, Vec<GroupId>)) {
        if people.is_empty() && pages.is_empty() {
            return;
        }
        let mut some = self.some();
        some.0.extend(people);
        some.1.extend(pages);
    }
}
