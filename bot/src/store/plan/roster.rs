//! The roster: institutions, and by whom they are answered for.

use vkapi::types::UserId;

use super::{Overlay, View};
use crate::{
    domain::roster::{Institution, RosterKey},
    store::{
        Result,
        keys::{self, Tree},
    },
};

pub(super) fn put<V: View>(draft: &mut Overlay<'_, V>, institution: &Institution) -> Result<()> {
    drop(draft, &institution.key)?;
    if let Some(person) = institution.vk {
        draft.mark(Tree::RosterWho, keys::institution_of(person, &institution.key));
    }
    draft.put(Tree::Roster, keys::institution(&institution.key), institution)
}

pub(super) fn drop<V: View>(draft: &mut Overlay<'_, V>, key: &RosterKey) -> Result<()> {
    let at = keys::institution(key);
    let Some(old) = draft.read::<Institution>(Tree::Roster, &at)? else { return Ok(()) };
    if let Some(person) = old.vk {
        draft.remove(Tree::RosterWho, keys::institution_of(person, key));
    }
    draft.remove(Tree::Roster, at);
    Ok(())
}

/// Takes a person's name and number out of the institutions that name her; they themselves stay.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, person: UserId) -> Result<()> {
    for (mark, _) in draft.prefix(Tree::RosterWho, &keys::person(person))? {
        let named: Option<Institution> = draft.read(Tree::Roster, keys::parse_institution_of(&mark)?)?;
        if let Some(institution) = named {
            put(draft, &Institution { vk: None, responsible: None, ..institution })?;
        }
    }
    Ok(())
}
