//! Announcements, what recipients did with them, and segments.

use vkapi::types::UserId;

use super::{Overlay, View, standing};
use crate::{
    domain::{
        Campaign,
        letter::{Letter, Pressed},
    },
    store::{
        Op, Result,
        keys::{self, Tree},
        records::Record,
    },
};

/// Makes a change of these; any other changes nothing.
pub(super) fn apply<V: View>(draft: &mut Overlay<'_, V>, op: &Op) -> Result<()> {
    match op {
        Op::PutLetter(letter) => {
            let written = Letter { rev: letter.rev + 1, ..Letter::clone(letter) };
            draft.put(Tree::Letter, keys::campaign(letter.id), &written)
        }
        Op::DropLetter(id) => {
            draft.remove(Tree::Letter, keys::campaign(*id));
            Ok(())
        }
        Op::Press(id, person, ack, at) => {
            if standing(draft, *id, *person)?.is_none() {
                return Ok(());
            }
            let key = keys::recipient(*id, *person);
            let mut pressed = draft.read::<Pressed>(Tree::Pressed, &key)?.unwrap_or_default();
            pressed.press(*ack, *at);
            draft.put(Tree::Pressed, key, &pressed)
        }
        Op::PutSegment(saved) => draft.put(Tree::Segment, keys::segment(saved.id), saved.as_ref()),
        Op::DropSegment(id) => {
            draft.remove(Tree::Segment, keys::segment(*id));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Removes a person: what she pressed, and announcements of hers that nobody has got.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, person: UserId) -> Result<()> {
    for (_, bytes) in draft.prefix(Tree::Campaign, &[])? {
        let id = Campaign::decode(&bytes)?.id;
        draft.remove(Tree::Pressed, keys::recipient(id, person));
    }
    for (key, bytes) in draft.prefix(Tree::Letter, &[])? {
        let mut letter = Letter::decode(&bytes)?;
        if letter.goes_with(person) {
            draft.remove(Tree::Letter, key);
        } else if letter.forget(person) {
            letter.rev += 1;
            draft.put(Tree::Letter, key, &letter)?;
        }
    }
    Ok(())
}
