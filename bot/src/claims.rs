//! Whose budget of attention is being judged: one at a time for each person, or two announcements at once would each see
//! room for the last message of her week.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use vkapi::types::UserId;

/// Who is being written to of the bot's own accord: from the look at her ledger until what was sent is in it.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<HashSet<UserId>>);

impl Claims {
    fn claimed(&self) -> MutexGuard<'_, HashSet<UserId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims a person; `false` if somebody else has.
    pub(crate) fn take(&self, user: UserId) -> bool {
        self.claimed().insert(user)
    }

    /// Claims a person until the guard is dropped; `None` if somebody else has.
    pub(crate) fn hold(&self, user: UserId) -> Option<Claim<'_>> {
        self.take(user).then_some(Claim { claims: self, user })
    }

    /// Whether somebody has claimed her.
    pub(crate) fn has(&self, user: UserId) -> bool {
        self.claimed().contains(&user)
    }

    /// Lets go of people.
    pub(crate) fn release(&self, users: impl IntoIterator<Item = UserId>) {
        let mut claimed = self.claimed();
        for user in users {
            claimed.remove(&user);
        }
    }
}

/// A person is claimed until this is dropped.
pub(crate) struct Claim<'a> {
    claims: &'a Claims,
    user: UserId,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.release([self.user]);
    }
}
