//! Classes, who has to do with them, and certificates.

use vkapi::types::UserId;

use super::{Overlay, View};
use crate::{
    domain::{Class, ClassId, Ms, Reminder, ReminderKey, Seat},
    store::{
        Op, Result,
        keys::{self, Tree},
        records::Record,
    },
};

pub(super) fn apply<V: View>(draft: &mut Overlay<'_, V>, op: &Op) -> Result<()> {
    match op {
        Op::PutClass(class) => put(draft, class),
        Op::DropClass(id) => {
            for (key, bytes) in draft.prefix(Tree::Seat, &keys::class(*id))? {
                let seat = Seat::decode(&bytes)?;
                draft.remove(Tree::SeatWho, keys::seat_of(seat.person, *id));
                if let Some(number) = seat.paper {
                    draft.remove(Tree::Certificate, keys::certificate(number));
                }
                draft.remove(Tree::Seat, key);
            }
            draft.remove(Tree::Class, keys::class(*id));
            Ok(())
        }
        Op::PutSeat(seat) => {
            let written = Seat { rev: seat.rev + 1, ..Seat::clone(seat) };
            draft.mark(Tree::SeatWho, keys::seat_of(seat.person, seat.class));
            draft.put(Tree::Seat, keys::seat(seat.class, seat.person), &written)
        }
        Op::PutCertificate(paper) => {
            draft.put(Tree::Certificate, keys::certificate(paper.number), paper.as_ref())
        }
        _ => Ok(()),
    }
}

fn put<V: View>(draft: &mut Overlay<'_, V>, class: &Class) -> Result<()> {
    draft.put(Tree::Class, keys::class(class.id), &Class { rev: class.rev + 1, ..class.clone() })
}

/// The reminder of her classes that a moment asks for; `None` if one is set that comes no later.
pub(super) fn woken<V: View>(draft: &Overlay<'_, V>, person: UserId, at: Ms) -> Result<Option<Reminder>> {
    if draft.get(Tree::Person, &keys::person(person))?.is_none() {
        return Ok(None);
    }
    let key = ReminderKey { person, n: ReminderKey::CLASSES };
    let set: Option<Reminder> = draft.read(Tree::RemindBy, &keys::reminder(key))?;
    Ok(match set {
        Some(set) if set.due <= at => None,
        Some(set) => Some(set.woken(at)),
        None => Some(Reminder::classes(person, at)),
    })
}

/// Takes a person out of every class; who counts on its seats has to read it again.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, person: UserId) -> Result<()> {
    for (mark, _) in draft.prefix(Tree::SeatWho, &keys::person(person))? {
        let id: ClassId = keys::parse_seat_of(&mark)?;
        let key = keys::seat(id, person);
        let seat: Option<Seat> = draft.read(Tree::Seat, &key)?;
        if let Some(number) = seat.and_then(|seat| seat.paper) {
            draft.remove(Tree::Certificate, keys::certificate(number));
        }
        draft.remove(Tree::Seat, key);
        draft.remove(Tree::SeatWho, mark);
        if let Some(class) = draft.read::<Class>(Tree::Class, &keys::class(id))? {
            put(draft, &class)?;
        }
    }
    Ok(())
}
