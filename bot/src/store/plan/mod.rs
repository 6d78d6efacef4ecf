//! From a commit to the bytes it writes: pure, the same for every engine that keeps bytes.

mod campaigns;
mod classes;
mod handoffs;
mod letters;
mod pages;
mod rights;
mod roster;
mod traces;
mod view;

pub(crate) use self::{
    campaigns::{Counts, standing},
    rights::Refusals,
    view::{Overlay, Pair, View, Writes},
};
use super::{
    AuditEntry, Commit, Committed, Expect, Op, OutId, OutMessage, Parked, Result, StoreError,
    keys::{self, Tree},
    records::Record,
};
use crate::domain::{
    Asked, AskedKey, Campaign, Class, Ms, Person, Reminder, ReminderKey, Seat,
    attention::Ledger,
    letter::Letter,
    page::{Page, Sight, Watch},
};
use vkapi::types::{PeerId, UserId};

/// What a commit writes and answers, or why it cannot be made.
pub(crate) fn plan<V: View>(view: &V, commit: &Commit) -> Result<(Writes, Committed)> {
    for expect in &commit.expect {
        check(view, expect)?;
    }
    let mut draft = Overlay::over(view);
    let mut done = Committed::default();
    for op in &commit.ops {
        apply(&mut draft, op, &mut done)?;
    }
    Ok((draft.into_writes(), done))
}

/// What removing marks of events writes; a mark that was renewed meanwhile stays.
pub(crate) fn unsee<V: View>(view: &V, marks: &[(Ms, String)]) -> Result<Writes> {
    let mut draft = Overlay::over(view);
    for (at, event) in marks {
        if view.read::<Ms>(Tree::Seen, event.as_bytes())? == Some(*at) {
            draft.remove(Tree::Seen, event.as_bytes().to_vec());
            draft.remove(Tree::SeenT, keys::seen_at(*at, event));
        }
    }
    Ok(draft.into_writes())
}

fn check<V: View>(view: &V, expect: &Expect) -> Result<()> {
    let holds = match expect {
        Expect::EventNew(event) => {
            return match view.get(Tree::Seen, event.as_bytes())? {
                Some(_) => Err(StoreError::Duplicate),
                None => Ok(()),
            };
        }
        Expect::PersonRev(id, rev) => {
            let stored: Option<Person> = view.read(Tree::Person, &keys::person(*id))?;
            stored.map_or(0, |p| p.rev) == *rev
        }
        Expect::ReminderDue(key, due) => {
            let stored: Option<Reminder> = view.read(Tree::RemindBy, &keys::reminder(*key))?;
            stored.is_some_and(|r| r.due == *due)
        }
        Expect::LedgerRev(id, rev) => ledger(view, *id)?.rev == *rev,
        Expect::CampaignNew(id) => view.get(Tree::Campaign, &keys::campaign(*id))?.is_none(),
        Expect::AskedWaits(key, id) => {
            let stored: Option<Asked> = view.read(Tree::Asked, &keys::asked(*key))?;
            stored.is_some_and(|a| a.id == *id && a.waits)
        }
        Expect::CampaignIs(id, state) => {
            let stored: Option<Campaign> = view.read(Tree::Campaign, &keys::campaign(*id))?;
            stored.is_some_and(|c| c.state == *state)
        }
        Expect::PageRev(id, rev) => {
            let stored: Option<Page> = view.read(Tree::Page, &keys::group(*id))?;
            stored.map_or(0, |p| p.rev) == *rev
        }
        Expect::WatchRev(id, rev) => {
            let stored: Option<Watch> = view.read(Tree::Watch, &keys::group(*id))?;
            stored.map_or(0, |w| w.rev) == *rev
        }
        Expect::HandoffRev(id, rev) => handoffs::read(view, *id)?.map_or(0, |h| h.rev) == *rev,
        Expect::SightDue(id, next) => {
            let stored: Option<Sight> = view.read(Tree::Sight, &keys::group(*id))?;
            stored.is_some_and(|s| s.next == *next)
        }
        Expect::GrantsAre(id, ids) => rights::ids(view, *id)? == *ids,
        Expect::LetterRev(id, rev) => {
            let stored: Option<Letter> = view.read(Tree::Letter, &keys::campaign(*id))?;
            stored.map_or(0, |l| l.rev) == *rev
        }
        Expect::ClassRev(id, rev) => {
            let stored: Option<Class> = view.read(Tree::Class, &keys::class(*id))?;
            stored.map_or(0, |c| c.rev) == *rev
        }
        Expect::SeatRev(id, person, rev) => {
            let stored: Option<Seat> = view.read(Tree::Seat, &keys::seat(*id, *person))?;
            stored.map_or(0, |s| s.rev) == *rev
        }
    };
    if holds { Ok(()) } else { Err(StoreError::Conflict) }
}

#[expect(clippy::too_many_lines, reason = "a list: one arm an operation")]
fn apply<V: View>(draft: &mut Overlay<'_, V>, op: &Op, done: &mut Committed) -> Result<()> {
    match op {
        Op::SawEvent(event, at) => {
            if let Some(old) = draft.read(Tree::Seen, event.as_bytes())? {
                draft.remove(Tree::SeenT, keys::seen_at(old, event));
            }
            draft.mark(Tree::SeenT, keys::seen_at(*at, event));
            draft.put(Tree::Seen, event.as_bytes().to_vec(), at)
        }
        Op::SetCursor(group, ts) => draft.put(Tree::Cursor, keys::group(*group), ts),
        Op::PutPerson(person) => {
            let written = Person { rev: person.rev + 1, ..Person::clone(person) };
            draft.put(Tree::Person, keys::person(person.id), &written)
        }
        Op::SetStep(step, Some(tick)) => draft.put(Tree::Step, keys::step(step), tick),
        Op::SetStep(step, None) => {
            draft.remove(Tree::Step, keys::step(step));
            Ok(())
        }
        Op::PutReminder(reminder) => put_reminder(draft, reminder),
        Op::PutProgress(person, progress) => {
            draft.put(Tree::Progress, keys::person(*person), progress.as_ref())
        }
        Op::DropReminder(key) => drop_reminder(draft, *key),
        Op::Enqueue(message) => {
            let id = OutId(next(draft, keys::SEQ_OUT)?);
            done.queued.push(id);
            draft.put(Tree::Outbox, keys::out(id), message)
        }
        Op::FinishOut(id) => {
            draft.remove(Tree::Outbox, keys::out(*id));
            Ok(())
        }
        Op::RetryOut(id, attempts, not_before) => {
            let Some(message) = draft.read::<OutMessage>(Tree::Outbox, &keys::out(*id))? else {
                return Ok(());
            };
            let tried = OutMessage { attempts: *attempts, not_before: *not_before, ..message };
            draft.put(Tree::Outbox, keys::out(*id), &tried)
        }
        Op::ParkOut(id, why, at) => {
            let Some(message) = draft.read::<OutMessage>(Tree::Outbox, &keys::out(*id))? else {
                return Ok(());
            };
            draft.remove(Tree::Outbox, keys::out(*id));
            draft.put(Tree::Parked, keys::out(*id), &Parked { message, why: why.clone(), at: *at })
        }
        Op::StartCampaign(campaign, recipients) => campaigns::start(draft, campaign, recipients),
        Op::PutCampaign(campaign) => campaigns::put(draft, campaign),
        Op::Settle(id, states) => campaigns::settle(draft, *id, states),
        Op::HandOut(id, to) => campaigns::hand_out(draft, *id, *to),
        Op::SetWritable(id, writable) => {
            let key = keys::person(*id);
            match draft.read::<Person>(Tree::Person, &key)? {
                Some(person) if person.writable != *writable => {
                    let written = Person { rev: person.rev + 1, writable: *writable, ..person };
                    draft.put(Tree::Person, key, &written)
                }
                _ => Ok(()),
            }
        }
        Op::SetAlive(at) => draft.put(Tree::Meta, keys::ALIVE.to_vec(), at),
        Op::SetClean(clean) => draft.put(Tree::Meta, keys::CLEAN.to_vec(), &u64::from(*clean)),
        Op::Audit(entry) => log(draft, entry),
        Op::Refuse(entry) => rights::refuse(draft, entry),
        Op::PutGrant(grant) => draft.put(Tree::Grant, keys::grant(grant.who, grant.id), grant.as_ref()),
        Op::DropGrant(person, id) => {
            draft.remove(Tree::Grant, keys::grant(*person, *id));
            Ok(())
        }
        Op::Spend(people, at) => {
            for person in people {
                amend_ledger(draft, *person, |ledger| ledger.spend(*at))?;
            }
            Ok(())
        }
        Op::Respend(person, was, at) => {
            amend_ledger(draft, *person, |ledger| ledger.respend(*was, *at)).map(drop)
        }
        Op::Hold(person, held, at) => {
            if !amend_ledger(draft, *person, |ledger| ledger.hold(held.clone()))? {
                return Ok(());
            }
            let digest = Reminder::digest(*person, *at);
            match draft.read::<Reminder>(Tree::RemindBy, &keys::reminder(digest.key))? {
                Some(set) if set.due <= *at => Ok(()),
                _ => put_reminder(draft, &digest),
            }
        }
        Op::PutLedger(person, ledger) => draft.put(Tree::Ledger, keys::person(*person), ledger),
        Op::PutAsked(asked) => put_asked(draft, asked),
        Op::ChangeAsked(asked) => match draft.read::<Asked>(Tree::Asked, &keys::asked(asked.key))? {
            Some(kept) if kept.id == asked.id => put_asked(draft, asked),
            _ => Ok(()),
        },
        Op::DropAsked(key) => drop_asked(draft, *key),
        Op::PutPage(_)
        | Op::DropPage(_)
        | Op::PutSight(_)
        | Op::PutWeek(..)
        | Op::DropWeeks(..)
        | Op::ReadWalls(..)
        | Op::PutComments(_)
        | Op::ReadComments(..) => pages::apply(draft, op),
        Op::PutInstitution(institution) => roster::put(draft, institution),
        Op::DropInstitution(key) => roster::drop(draft, key),
        Op::PutWatch(watch) => {
            let written = Watch { rev: watch.rev + 1, ..Watch::clone(watch) };
            draft.put(Tree::Watch, keys::group(watch.id), &written)
        }
        Op::PutHandoff(talk) => handoffs::put(draft, talk),
        Op::DropHandoff(id) => handoffs::drop(draft, *id),
        Op::PutOpinion(person, opinion) => draft.put(Tree::Opinion, keys::person(*person), opinion),
        Op::PutNudged(person, nudged) => draft.put(Tree::Nudged, keys::person(*person), nudged.as_ref()),
        Op::PutLetter(_) | Op::DropLetter(_) | Op::Press(..) | Op::PutSegment(_) | Op::DropSegment(_) => {
            letters::apply(draft, op)
        }
        Op::PutClass(_) | Op::DropClass(_) | Op::PutSeat(_) | Op::PutCertificate(_) => {
            classes::apply(draft, op)
        }
        Op::Wake(person, at) => match classes::woken(draft, *person, *at)? {
            Some(reminder) => put_reminder(draft, &reminder),
            None => Ok(()),
        },
        Op::Forget(person) => forget(draft, *person),
        Op::DropCampaign(id) => campaigns::drop(draft, *id),
        Op::DropAudit((at, n)) => {
            draft.remove(Tree::Audit, keys::audit(*at, *n));
            Ok(())
        }
        Op::DropParked(id) => {
            draft.remove(Tree::Parked, keys::out(*id));
            Ok(())
        }
    }
}

/// Adds a line to the log of what staff did.
fn log<V: View>(draft: &mut Overlay<'_, V>, entry: &AuditEntry) -> Result<()> {
    let n = next(draft, keys::SEQ_AUDIT)?;
    draft.put(Tree::Audit, keys::audit(entry.at, n), entry)
}

fn ledger<V: View>(view: &V, person: UserId) -> Result<Ledger> {
    Ok(view.read(Tree::Ledger, &keys::person(person))?.unwrap_or_default())
}

/// Changes the ledger of a person; of one who is not there nothing is written.
fn amend_ledger<V: View>(
    draft: &mut Overlay<'_, V>,
    person: UserId,
    change: impl FnOnce(&mut Ledger),
) -> Result<bool> {
    if draft.get(Tree::Person, &keys::person(person))?.is_none() {
        return Ok(false);
    }
    let mut changed = ledger(draft, person)?;
    change(&mut changed);
    draft.put(Tree::Ledger, keys::person(person), &changed)?;
    Ok(true)
}

fn put_reminder<V: View>(draft: &mut Overlay<'_, V>, reminder: &Reminder) -> Result<()> {
    drop_reminder(draft, reminder.key)?;
    draft.mark(Tree::Remind, keys::due(reminder.due, reminder.key));
    draft.put(Tree::RemindBy, keys::reminder(reminder.key), reminder)
}

/// The next number of a sequence; the first is 1.
pub(crate) fn next<V: View>(draft: &mut Overlay<'_, V>, sequence: &[u8]) -> Result<u64> {
    let number = draft.read::<u64>(Tree::Meta, sequence)?.unwrap_or(0) + 1;
    draft.put(Tree::Meta, sequence.to_vec(), &number)?;
    Ok(number)
}

fn drop_reminder<V: View>(draft: &mut Overlay<'_, V>, key: ReminderKey) -> Result<()> {
    if let Some(old) = draft.read::<Reminder>(Tree::RemindBy, &keys::reminder(key))? {
        draft.remove(Tree::Remind, keys::due(old.due, key));
        draft.remove(Tree::RemindBy, keys::reminder(key));
    }
    Ok(())
}

fn put_asked<V: View>(draft: &mut Overlay<'_, V>, asked: &Asked) -> Result<()> {
    drop_asked(draft, asked.key)?;
    draft.mark(Tree::AskedT, keys::asked_at(asked.at, asked.key));
    draft.put(Tree::Asked, keys::asked(asked.key), asked)
}

fn drop_asked<V: View>(draft: &mut Overlay<'_, V>, key: AskedKey) -> Result<()> {
    if let Some(old) = draft.read::<Asked>(Tree::Asked, &keys::asked(key))? {
        draft.remove(Tree::AskedT, keys::asked_at(old.at, key));
        draft.remove(Tree::Asked, keys::asked(key));
    }
    Ok(())
}

fn forget<V: View>(draft: &mut Overlay<'_, V>, person: UserId) -> Result<()> {
    let key = keys::person(person);
    for (step, _) in draft.prefix(Tree::Step, &key)? {
        draft.remove(Tree::Step, step);
    }
    for (_, bytes) in draft.prefix(Tree::RemindBy, &key)? {
        drop_reminder(draft, Reminder::decode(&bytes)?.key)?;
    }
    for (_, bytes) in draft.prefix(Tree::Asked, &key)? {
        drop_asked(draft, Asked::decode(&bytes)?.key)?;
    }
    // Few messages wait at any time: an index by person would cost each of them a write.
    for (id, bytes) in draft.prefix(Tree::Outbox, &[])? {
        if OutMessage::decode(&bytes)?.to == PeerId::from(person) {
            draft.remove(Tree::Outbox, id);
        }
    }
    for (id, bytes) in draft.prefix(Tree::Parked, &[])? {
        if Parked::decode(&bytes)?.message.to == PeerId::from(person) {
            draft.remove(Tree::Parked, id);
        }
    }
    for (_, bytes) in draft.prefix(Tree::Campaign, &[])? {
        campaigns::forget(draft, Campaign::decode(&bytes)?.id, person)?;
    }
    letters::forget(draft, person)?;
    pages::forget(draft, person)?;
    roster::forget(draft, person)?;
    rights::forget(draft, person)?;
    handoffs::forget(draft, person)?;
    classes::forget(draft, person)?;
    traces::forget(draft, person)?;
    draft.remove(Tree::Nudged, key.clone());
    draft.remove(Tree::Opinion, key.clone());
    draft.remove(Tree::Ledger, key.clone());
    draft.remove(Tree::Progress, key.clone());
    draft.remove(Tree::Person, key);
    Ok(())
}
