//! Trees and their keys. Numbers are big-endian, so the order of bytes is the order of numbers.

use super::{LogKey, OutId, Place, Result, StepKey, StoreError};
use crate::domain::{AskedKey, CampaignId, ClassId, Day, Ms, ReminderKey, roster::RosterKey};
use vkapi::types::{GroupId, UserId};

/// A named, ordered map of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    /// Text → number: the schema and the sequences.
    Meta,
    /// Person → her record.
    Person,
    /// Person, checklist, step → that it is done.
    Step,
    /// Due, person, number → nothing: the order in which reminders come.
    Remind,
    /// Person, number → the reminder.
    RemindBy,
    /// Number → message.
    Outbox,
    /// Campaign → its record.
    Campaign,
    /// Campaign → nothing: those that are running.
    CampRun,
    /// Campaign, moment, lowest person → persons queued for that moment, a few hundred to an entry: a campaign to a
    /// whole region starts with hundreds of writes in place of a hundred thousand.
    CampQueue,
    /// Campaign, lowest person → recipients with where they stand, a few hundred to an entry.
    CampTo,
    /// Campaign → how far it has come.
    CampN,
    /// Event → when it was handled.
    Seen,
    /// When, event → nothing: the order in which marks grow old.
    SeenT,
    /// Group → long-poll `ts`.
    Cursor,
    /// When, number → what staff did.
    Audit,
    /// Person → what she was sent lately without asking, and what waits for her.
    Ledger,
    /// Person, place → a question she asked.
    Asked,
    /// When, person, place → nothing: the order in which questions were asked.
    AskedT,
    /// Number → message that VK does not take.
    Parked,
    /// Person → what she has learnt and gone through.
    Progress,
    /// Page → its record.
    Page,
    /// Page → how it looked last.
    Sight,
    /// When, page → nothing: the order in which pages are looked at.
    SightT,
    /// Page, Monday → its week.
    Week,
    /// Person → what she was advised about her pages.
    Nudged,
    /// Page or ОГРН → the institution of the roster.
    Roster,
    /// Person, page or ОГРН → nothing: the institutions that name her.
    RosterWho,
    /// Person, number → a role she has.
    Grant,
    /// Person → how often she tried what she may not.
    Refused,
    /// Campaign → the announcement it is made of.
    Letter,
    /// Campaign, person → what she did with it.
    Pressed,
    /// Number → a segment with its name.
    Segment,
    /// Closed or not, number → a conversation with staff.
    Handoff,
    /// Person, number → nothing: the conversations that are hers.
    HandoffWho,
    /// Page → what curators keep of it.
    Watch,
    /// Class → its record.
    Class,
    /// Class, person → her seat in it.
    Seat,
    /// Person, class → nothing: the classes she has to do with.
    SeatWho,
    /// Number → the certificate.
    Certificate,
    /// Page → how far its comments were read.
    Comments,
    /// Person → what she thinks of the bot.
    Opinion,
}

impl Tree {
    /// All trees, each at the index that `as usize` gives it.
    pub(crate) const ALL: [Self; 41] = [
        Self::Meta,
        Self::Person,
        Self::Step,
        Self::Remind,
        Self::RemindBy,
        Self::Outbox,
        Self::Campaign,
        Self::CampRun,
        Self::CampQueue,
        Self::CampTo,
        Self::CampN,
        Self::Seen,
        Self::SeenT,
        Self::Cursor,
        Self::Audit,
        Self::Ledger,
        Self::Asked,
        Self::AskedT,
        Self::Parked,
        Self::Progress,
        Self::Page,
        Self::Sight,
        Self::SightT,
        Self::Week,
        Self::Nudged,
        Self::Roster,
        Self::RosterWho,
        Self::Grant,
        Self::Refused,
        Self::Letter,
        Self::Pressed,
        Self::Segment,
        Self::Handoff,
        Self::HandoffWho,
        Self::Watch,
        Self::Class,
        Self::Seat,
        Self::SeatWho,
        Self::Certificate,
        Self::Comments,
        Self::Opinion,
    ];

    /// The name it has in the files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Person => "person",
            Self::Step => "step",
            Self::Remind => "remind",
            Self::RemindBy => "remind_by",
            Self::Outbox => "outbox",
            Self::Campaign => "campaign",
            Self::CampRun => "camp_run",
            Self::CampQueue => "camp_queue",
            Self::CampTo => "camp_to",
            Self::CampN => "camp_n",
            Self::Seen => "seen",
            Self::SeenT => "seen_t",
            Self::Cursor => "cursor",
            Self::Audit => "audit",
            Self::Ledger => "ledger",
            Self::Asked => "asked",
            Self::AskedT => "asked_t",
            Self::Parked => "parked",
            Self::Progress => "progress",
            Self::Page => "page",
            Self::Sight => "sight",
            Self::SightT => "sight_t",
            Self::Week => "week",
            Self::Nudged => "nudged",
            Self::Roster => "roster",
            Self::RosterWho => "roster_who",
            Self::Grant => "grant",
            Self::Refused => "refused",
            Self::Letter => "letter",
            Self::Pressed => "pressed",
            Self::Segment => "segment",
            Self::Handoff => "handoff",
            Self::HandoffWho => "handoff_who",
            Self::Watch => "watch",
            Self::Class => "class",
            Self::Seat => "seat",
            Self::SeatWho => "seat_who",
            Self::Certificate => "certificate",
            Self::Comments => "comments",
            Self::Opinion => "opinion",
        }
    }

    /// The tree of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tree| tree.name() == name)
    }
}

/// A key's bytes.
pub(crate) type Key = Vec<u8>;

/// Where `meta` keeps the schema's number.
pub(crate) const SCHEMA: &[u8] = b"schema";
/// Where `meta` keeps the last key that a migration under way has rewritten, as it is.
pub(crate) const MIGRATED: &[u8] = b"migrated";
/// Where `meta` keeps the number of the last queued message.
pub(crate) const SEQ_OUT: &[u8] = b"seq/out";
/// Where `meta` keeps 1 if everything sent has its receipt.
pub(crate) const CLEAN: &[u8] = b"clean";
/// Where `meta` keeps the last moment the bot is known to have been at work.
pub(crate) const ALIVE: &[u8] = b"alive";
/// Where `meta` keeps the number of the last audit entry.
pub(crate) const SEQ_AUDIT: &[u8] = b"seq/audit";
/// Where `meta` keeps the number of the last group of commits that was written as one.
pub(crate) const SEQ_GROUP: &[u8] = b"seq/group";

/// Where `meta` keeps the day that reads of walls are counted of.
pub(crate) const WALLS_DAY: &[u8] = b"walls/day";
/// Where `meta` keeps how many walls were read on that day.
pub(crate) const WALLS: &[u8] = b"walls";
/// Where `meta` keeps the day that reads of comments are counted of.
pub(crate) const COMMENTS_DAY: &[u8] = b"comments/day";
/// Where `meta` keeps of how many posts the comments were read on that day.
pub(crate) const COMMENTS: &[u8] = b"comments";

/// A signed number as bytes in its order: negative ones come first.
fn signed(n: i64) -> [u8; 8] {
    (n.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

pub(crate) fn person(id: UserId) -> Key {
    signed(id.0).to_vec()
}

pub(crate) fn group(id: GroupId) -> Key {
    signed(id.0).to_vec()
}

pub(crate) fn moment(at: Ms) -> Key {
    signed(at.0).to_vec()
}

pub(crate) fn step(key: &StepKey) -> Key {
    // The checklist's length keeps apart "ab" + "c" and "a" + "bc".
    let len = (key.checklist.len() as u32).to_be_bytes();
    [&signed(key.person.0)[..], &len, key.checklist.as_bytes(), key.step.as_bytes()].concat()
}

pub(crate) fn reminder(key: ReminderKey) -> Key {
    [&signed(key.person.0)[..], &key.n.to_be_bytes()].concat()
}

pub(crate) fn due(at: Ms, key: ReminderKey) -> Key {
    [&signed(at.0)[..], &reminder(key)].concat()
}

pub(crate) fn asked(key: AskedKey) -> Key {
    [&signed(key.person.0)[..], &key.n.to_be_bytes()].concat()
}

pub(crate) fn asked_at(at: Ms, key: AskedKey) -> Key {
    [&signed(at.0)[..], &asked(key)].concat()
}

pub(crate) fn sight_at(at: Ms, id: GroupId) -> Key {
    [signed(at.0), signed(id.0)].concat()
}

pub(crate) fn week(id: GroupId, from: Day) -> Key {
    [signed(id.0), signed(i64::from(from.0))].concat()
}

/// A page by number, by name, then an ОГРН: in the order of the values.
pub(crate) fn institution(key: &RosterKey) -> Key {
    match key {
        RosterKey::Page(id) => [&[0][..], &signed(id.0)].concat(),
        RosterKey::Name(name) => [&[1][..], name.as_bytes()].concat(),
        RosterKey::Ogrn(number) => [&[2][..], &number.to_be_bytes()].concat(),
    }
}

pub(crate) fn institution_of(person: UserId, key: &RosterKey) -> Key {
    [&signed(person.0)[..], &institution(key)].concat()
}

pub(crate) fn grant(person: UserId, id: u64) -> Key {
    [signed(person.0), id.to_be_bytes()].concat()
}

/// Open conversations come before those that are closed; either in the order they began.
pub(crate) fn handoff(closed: bool, id: u64) -> Key {
    [&[u8::from(closed)][..], &id.to_be_bytes()].concat()
}

pub(crate) fn handoff_of(person: UserId, id: u64) -> Key {
    [signed(person.0), id.to_be_bytes()].concat()
}

pub(crate) fn out(id: OutId) -> Key {
    id.0.to_be_bytes().to_vec()
}

pub(crate) fn campaign(id: CampaignId) -> Key {
    id.0.to_be_bytes().to_vec()
}

pub(crate) fn segment(id: u64) -> Key {
    id.to_be_bytes().to_vec()
}

pub(crate) fn recipient(id: CampaignId, person: UserId) -> Key {
    [id.0.to_be_bytes(), signed(person.0)].concat()
}

/// The keys of a campaign's queue from this moment on begin here.
pub(crate) fn campaign_at(id: CampaignId, due: Ms) -> Key {
    [id.0.to_be_bytes(), signed(due.0)].concat()
}

pub(crate) fn place(id: CampaignId, (due, person): Place) -> Key {
    [id.0.to_be_bytes(), signed(due.0), signed(person.0)].concat()
}

pub(crate) fn class(id: ClassId) -> Key {
    id.0.to_be_bytes().to_vec()
}

pub(crate) fn seat(id: ClassId, person: UserId) -> Key {
    [id.0.to_be_bytes(), signed(person.0)].concat()
}

pub(crate) fn seat_of(person: UserId, id: ClassId) -> Key {
    [signed(person.0), id.0.to_be_bytes()].concat()
}

pub(crate) fn certificate(number: u64) -> Key {
    number.to_be_bytes().to_vec()
}

pub(crate) fn seen_at(at: Ms, event: &str) -> Key {
    [&signed(at.0)[..], event.as_bytes()].concat()
}

pub(crate) fn audit(at: Ms, n: u64) -> Key {
    [signed(at.0), n.to_be_bytes()].concat()
}

/// Cuts the first `N` bytes off.
fn cut<const N: usize>(key: &[u8]) -> Result<([u8; N], &[u8])> {
    key.split_first_chunk::<N>().map(|(head, rest)| (*head, rest)).ok_or_else(|| bad(key))
}

fn text(bytes: &[u8]) -> Result<String> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| bad(bytes))
}

fn bad(key: &[u8]) -> StoreError {
    StoreError::Corrupt(format!("непонятный ключ {key:02x?}"))
}

fn parse_signed(bytes: [u8; 8]) -> i64 {
    (u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()
}

/// Reads what [`person`] wrote.
pub(crate) fn parse_person(key: &[u8]) -> Result<UserId> {
    cut(key).map(|(id, _)| UserId(parse_signed(id)))
}

/// Reads what [`out`] wrote.
pub(crate) fn parse_out(key: &[u8]) -> Result<OutId> {
    cut(key).map(|(id, _)| OutId(u64::from_be_bytes(id)))
}

/// Cuts off the person that [`seat_of`] begins with and reads the class.
pub(crate) fn parse_seat_of(key: &[u8]) -> Result<ClassId> {
    let (_, class) = cut::<8>(key)?;
    cut(class).map(|(id, _)| ClassId(u64::from_be_bytes(id)))
}

/// Cuts off the person that [`institution_of`] begins with and leaves the institution's key.
pub(crate) fn parse_institution_of(key: &[u8]) -> Result<&[u8]> {
    cut::<8>(key).map(|(_, institution)| institution)
}

/// Reads the number in what [`handoff_of`] wrote.
pub(crate) fn parse_handoff_of(key: &[u8]) -> Result<u64> {
    let (_, id) = cut::<8>(key)?;
    cut(id).map(|(id, _)| u64::from_be_bytes(id))
}

/// Reads what [`step`] wrote.
pub(crate) fn parse_step(key: &[u8]) -> Result<StepKey> {
    let (person, rest) = cut(key)?;
    let (len, rest) = cut(rest)?;
    let (checklist, step) =
        rest.split_at_checked(u32::from_be_bytes(len) as usize).ok_or_else(|| bad(key))?;
    Ok(StepKey { person: UserId(parse_signed(person)), checklist: text(checklist)?, step: text(step)? })
}

/// Reads what [`seen_at`] wrote.
pub(crate) fn parse_seen_at(key: &[u8]) -> Result<(Ms, String)> {
    let (at, event) = cut(key)?;
    Ok((Ms(parse_signed(at)), text(event)?))
}

/// Reads the person in what [`recipient`] wrote.
pub(crate) fn parse_recipient(key: &[u8]) -> Result<UserId> {
    let (_, rest) = cut::<8>(key)?;
    cut(rest).map(|(person, _)| UserId(parse_signed(person)))
}

/// Reads the moment in what [`place`] wrote.
pub(crate) fn parse_place_due(key: &[u8]) -> Result<Ms> {
    let (_, rest) = cut::<8>(key)?;
    cut(rest).map(|(due, _)| Ms(parse_signed(due)))
}

/// Reads what [`audit`] wrote.
pub(crate) fn parse_audit(key: &[u8]) -> Result<LogKey> {
    let (at, rest) = cut(key)?;
    cut(rest).map(|(n, _)| (Ms(parse_signed(at)), u64::from_be_bytes(n)))
}

/// Reads the moment that [`due`], [`asked_at`] or [`sight_at`] begins with and the key that it ends with.
pub(crate) fn parse_due(key: &[u8]) -> Result<(Ms, &[u8])> {
    cut(key).map(|(at, by)| (Ms(parse_signed(at)), by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_in_the_order_of_numbers() {
        let numbers = [i64::MIN, -2, -1, 0, 1, 255, 256, 1 << 40, i64::MAX];
        assert!(numbers.is_sorted_by(|a, b| signed(*a) < signed(*b)));
        assert!(numbers.iter().all(|n| parse_signed(signed(*n)) == *n));
    }

    #[test]
    fn keys_of_neighbouring_steps_are_told_apart_and_read_back() {
        let key = |checklist: &str, step: &str| StepKey {
            person: UserId(7),
            checklist: checklist.to_owned(),
            step: step.to_owned(),
        };
        let keys = [key("ab", "c"), key("a", "bc"), key("", "abc"), key("abc", ""), key("я", "\0")];
        for (i, a) in keys.iter().enumerate() {
            assert_eq!(parse_step(&step(a)).unwrap(), *a);
            assert!(keys[i + 1..].iter().all(|b| step(a) != step(b)));
        }
    }

    #[test]
    fn a_spoiled_key_is_an_error() {
        assert!(parse_step(&[0; 9]).is_err());
        assert!(parse_step(&[&[0; 8][..], &[0, 0, 0, 9], b"short"].concat()).is_err());
        assert!(parse_seen_at(&[&[0; 8][..], &[0xff]].concat()).is_err());
        assert!(parse_out(&[1]).is_err());
    }

    #[test]
    fn every_tree_is_at_its_own_index_with_its_own_name() {
        for (i, tree) in Tree::ALL.iter().enumerate() {
            assert_eq!(*tree as usize, i);
            assert_eq!(Tree::named(tree.name()), Some(*tree));
            assert!(Tree::ALL[..i].iter().all(|other| other.name() != tree.name()));
        }
    }
}
