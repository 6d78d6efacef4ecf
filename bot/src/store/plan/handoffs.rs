//! Conversations with staff: their records, and whose they are.

use vkapi::types::UserId;

use super::{Overlay, View};
use crate::{
    domain::Handoff,
    store::{
        Result,
        keys::{self, Tree},
        records::Record,
    },
};

pub(super) fn read<V: View>(view: &V, id: u64) -> Result<Option<Handoff>> {
    match view.read(Tree::Handoff, &keys::handoff(false, id))? {
        Some(open) => Ok(Some(open)),
        None => view.read(Tree::Handoff, &keys::handoff(true, id)),
    }
}

pub(super) fn put<V: View>(draft: &mut Overlay<'_, V>, talk: &Handoff) -> Result<()> {
    drop(draft, talk.id)?;
    draft.mark(Tree::HandoffWho, keys::handoff_of(talk.who, talk.id));
    let written = Handoff { rev: talk.rev + 1, ..talk.clone() };
    draft.put(Tree::Handoff, keys::handoff(!talk.is_open(), talk.id), &written)
}

pub(super) fn drop<V: View>(draft: &mut Overlay<'_, V>, id: u64) -> Result<()> {
    if let Some(old) = read(draft, id)? {
        draft.remove(Tree::HandoffWho, keys::handoff_of(old.who, id));
        draft.remove(Tree::Handoff, keys::handoff(!old.is_open(), id));
    }
    Ok(())
}

/// Removes a person's conversations, and her as staff from those of others: all are read, as few are kept.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, person: UserId) -> Result<()> {
    for (_, bytes) in draft.prefix(Tree::Handoff, &[])? {
        let mut talk = Handoff::decode(&bytes)?;
        if talk.who == person {
            drop(draft, talk.id)?;
        } else if talk.forget(person) {
            put(draft, &talk)?;
        }
    }
    Ok(())
}
