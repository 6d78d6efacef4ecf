//! Who may do what: roles as they were granted, and how often somebody tried what she may not.

use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

use super::{Overlay, View, log};
use crate::{
    domain::{Day, Grant, Ms},
    store::{
        AuditEntry, REFUSALS_A_DAY, Result,
        keys::{self, Tree},
        records::Record,
    },
};

/// How often somebody tried what she may not on the last day she did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusals {
    /// The day, by UTC.
    pub(crate) day: Day,
    /// How often it was written down; never more than [`REFUSALS_A_DAY`].
    pub(crate) n: u16,
}

/// The numbers of a person's roles, ascending.
pub(super) fn ids<V: View>(view: &V, person: UserId) -> Result<Vec<u64>> {
    let pairs = view.prefix(Tree::Grant, &keys::person(person))?;
    pairs.iter().map(|(_, bytes)| Ok(Grant::decode(bytes)?.id)).collect()
}

/// Writes down a refusal unless there were enough that day.
pub(super) fn refuse<V: View>(draft: &mut Overlay<'_, V>, entry: &AuditEntry) -> Result<()> {
    let key = keys::person(entry.who);
    let day = day(entry.at);
    let kept: Refusals = draft.read(Tree::Refused, &key)?.unwrap_or_default();
    let before = if kept.day == day { kept.n } else { 0 };
    if before >= REFUSALS_A_DAY {
        return Ok(());
    }
    draft.put(Tree::Refused, key, &Refusals { day, n: before + 1 })?;
    log(draft, entry)
}

fn day(at: Ms) -> Day {
    Day(i32::try_from(at.0.div_euclid(Ms::DAY)).unwrap_or_default())
}

/// Removes a person's roles and the count of what she tried.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, person: UserId) -> Result<()> {
    for (key, _) in draft.prefix(Tree::Grant, &keys::person(person))? {
        draft.remove(Tree::Grant, key);
    }
    draft.remove(Tree::Refused, keys::person(person));
    Ok(())
}
