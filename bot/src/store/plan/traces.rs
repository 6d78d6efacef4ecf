//! What others' records hold of a person who is forgotten: that she looks after a colleague's page, or asked a colleague to
//! look after hers.

use vkapi::types::UserId;

use super::{Overlay, View, drop_reminder};
use crate::{
    domain::{Person, Reminder, attention::Ledger, text::has_number},
    store::{OutMessage, Parked, Result, StoreError, keys::Tree, records::Record},
};

/// How a person's id is written in records: by postcard, and in digits on buttons.
struct Marks([Vec<u8>; 2]);

impl Marks {
    fn of(person: UserId) -> Result<Self> {
        let id = postcard::to_stdvec(&person).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        Ok(Self([id, person.0.to_string().into_bytes()]))
    }

    /// Whether a record may name her: it is cheap, and what does not is not taken apart.
    fn may_be_in(&self, record: &[u8]) -> bool {
        self.0.iter().any(|mark| record.windows(mark.len()).any(|part| part == mark))
    }
}

/// Removes a person from the records of others. All of them are looked through: an index of who asked whom would cost every
/// vacation a write, and forgetting is rare.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, person: UserId) -> Result<()> {
    let marks = Marks::of(person)?;
    let mut found = Vec::new();
    for tree in [Tree::Person, Tree::Ledger, Tree::RemindBy, Tree::Outbox, Tree::Parked] {
        let pairs = draft.prefix(tree, &[])?.into_iter();
        found
            .extend(pairs.filter(|(_, bytes)| marks.may_be_in(bytes)).map(|(key, bytes)| (tree, key, bytes)));
    }
    for (tree, key, bytes) in found {
        match tree {
            Tree::Person => {
                let mut other = Person::decode(&bytes)?;
                if other.forget(person) {
                    other.rev += 1;
                    draft.put(tree, key, &other)?;
                }
            }
            Tree::Ledger => {
                let mut ledger = Ledger::decode(&bytes)?;
                if ledger.forget(person) {
                    draft.put(tree, key, &ledger)?;
                }
            }
            Tree::RemindBy => {
                let reminder = Reminder::decode(&bytes)?;
                if reminder.what.is_of(person) {
                    drop_reminder(draft, reminder.key)?;
                }
            }
            Tree::Outbox => {
                let mut message = OutMessage::decode(&bytes)?;
                if unbutton(&mut message, person) {
                    draft.put(tree, key, &message)?;
                }
            }
            _ => {
                let mut parked = Parked::decode(&bytes)?;
                if unbutton(&mut parked.message, person) {
                    draft.put(tree, key, &parked)?;
                }
            }
        }
    }
    Ok(())
}

/// Takes the buttons off a message if they name her.
fn unbutton(message: &mut OutMessage, person: UserId) -> bool {
    let names = message.keyboard.as_ref().is_some_and(|keyboard| has_number(keyboard, person.0));
    if names {
        message.keyboard = None;
    }
    names
}
