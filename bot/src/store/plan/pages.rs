//! Pages: their records, how they looked last with the order in which they are looked at, their weeks.

use vkapi::types::{GroupId, UserId};

use super::{Overlay, View};
use crate::{
    domain::{
        Day,
        page::{Page, Sight, Watch},
    },
    store::{
        Op, Result,
        keys::{self, Tree},
        records::Record,
    },
};

/// Makes a change of a page; any other is none.
pub(super) fn apply<V: View>(draft: &mut Overlay<'_, V>, op: &Op) -> Result<()> {
    match op {
        Op::PutPage(page) => {
            let written = Page { rev: page.rev + 1, ..Page::clone(page) };
            draft.put(Tree::Page, keys::group(page.id), &written)
        }
        Op::DropPage(id) => {
            let key = keys::group(*id);
            drop_sight(draft, *id)?;
            for (week, _) in draft.prefix(Tree::Week, &key)? {
                draft.remove(Tree::Week, week);
            }
            draft.remove(Tree::Watch, key.clone());
            draft.remove(Tree::Comments, key.clone());
            draft.remove(Tree::Page, key);
            Ok(())
        }
        Op::PutSight(sight) => {
            drop_sight(draft, sight.id)?;
            draft.mark(Tree::SightT, keys::sight_at(sight.next, sight.id));
            draft.put(Tree::Sight, keys::group(sight.id), sight.as_ref())
        }
        Op::PutWeek(id, week) => draft.put(Tree::Week, keys::week(*id, week.from), week.as_ref()),
        Op::DropWeeks(id, before) => {
            let end = keys::week(*id, *before);
            for (week, _) in draft.prefix(Tree::Week, &keys::group(*id))? {
                if week < end {
                    draft.remove(Tree::Week, week);
                }
            }
            Ok(())
        }
        Op::ReadWalls(day, n) => count(draft, *day, *n, (keys::WALLS_DAY, keys::WALLS)),
        Op::PutComments(comments) => draft.put(Tree::Comments, keys::group(comments.id), comments.as_ref()),
        Op::ReadComments(day, n) => count(draft, *day, *n, (keys::COMMENTS_DAY, keys::COMMENTS)),
        _ => Ok(()),
    }
}

/// Adds to what is counted of a day; another day's count begins anew.
fn count<V: View>(draft: &mut Overlay<'_, V>, day: Day, n: u32, (of, count): (&[u8], &[u8])) -> Result<()> {
    let day = u64::from(day.0.cast_unsigned());
    let same = draft.read::<u64>(Tree::Meta, of)? == Some(day);
    let before = if same { draft.read::<u64>(Tree::Meta, count)?.unwrap_or(0) } else { 0 };
    draft.put(Tree::Meta, of.to_vec(), &day)?;
    draft.put(Tree::Meta, count.to_vec(), &(before + u64::from(n)))
}

fn drop_sight<V: View>(draft: &mut Overlay<'_, V>, id: GroupId) -> Result<()> {
    let key = keys::group(id);
    if let Some(old) = draft.read::<Sight>(Tree::Sight, &key)? {
        draft.remove(Tree::SightT, keys::sight_at(old.next, id));
        draft.remove(Tree::Sight, key);
    }
    Ok(())
}

/// Removes a person from those who run or ran pages, and what she said of them, also that they may be shown: all of them are read, as her record may name a page no more.
pub(super) fn forget<V: View>(draft: &mut Overlay<'_, V>, person: UserId) -> Result<()> {
    for (id, bytes) in draft.prefix(Tree::Page, &[])? {
        let mut page = Page::decode(&bytes)?;
        if page.forget(person) {
            page.rev += 1;
            draft.put(Tree::Page, id, &page)?;
        }
    }
    for (id, bytes) in draft.prefix(Tree::Watch, &[])? {
        let mut watch = Watch::decode(&bytes)?;
        if watch.forget(person) {
            watch.rev += 1;
            draft.put(Tree::Watch, id, &watch)?;
        }
    }
    Ok(())
}
