//! What is remembered: commits as data, typed reads, and the engines behind them.
//!
//! A commit is all or nothing, serializable, and durable when it returns. Time always comes in as an argument;
//! no engine reads a clock. sled's types appear only in `sled`.

mod any;
mod keys;
mod mem;
mod old;
mod plan;
mod records;
mod sled;
mod touched;

#[cfg(test)]
pub(crate) mod conformance;

use std::sync::Arc;

use thiserror::Error;
use vkapi::types::{Cmid, GroupId, PeerId, UserId};

pub use self::{
    any::AnyStore,
    mem::MemStore,
    sled::{Exported, Opened, SledOptions, SledStore, Stats},
    touched::Touched,
};
use crate::domain::{
    Asked, AskedKey, Campaign, CampaignId, CampaignState, Certificate, Class, ClassId, Day, Grant, Handoff,
    ListOf, Ms, Opinion, Person, Progress, Recipient, Reminder, ReminderKey, Seat, Tally, Tick,
    attention::{Held, Ledger},
    comments::Comments,
    letter::{Letter, Pressed},
    page::{Nudged, Page, Sight, Watch, Week},
    roster::{Institution, RosterKey, SentSheet},
    segment::Saved,
};

/// Whatever goes wrong with the store.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    /// Something a commit relied on has changed; read again and try again.
    #[error("данные успели измениться, запись не сделана")]
    Conflict,
    /// The event was committed before; nothing was written.
    #[error("событие уже обработано")]
    Duplicate,
    /// Another process holds the store; says which and since when.
    #[error("хранилище занято другой копией бота: {0}")]
    Locked(String),
    /// The file system cannot keep the store through a power cut; says what to do.
    #[error("{0}")]
    Unsafe(String),
    /// The files cannot be read or something written is missing in them; nothing was deleted.
    #[error("хранилище повреждено: {0}")]
    Corrupt(String),
    /// It was written by a newer version of the bot.
    #[error("хранилище создано более новой версией бота: его схема {found}, а эта версия знает {known}")]
    Newer {
        /// The schema of the files.
        found: u32,
        /// The newest schema this version reads.
        known: u32,
    },
    /// There is no room on the disk. Commits do not fail with it but wait, unless the store is closed meanwhile; then
    /// they were not made.
    #[error("на диске мало места: {0}")]
    Full(String),
    /// The engine failed: input/output. Whether a commit was made is unknown until the store is opened
    /// again, and until then no other is made; `Expect::EventNew` keeps it from being made twice.
    #[error("хранилище недоступно: {0}")]
    Unavailable(String),
}

/// What store calls return.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What has to hold for a commit to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The event has not been committed yet.
    EventNew(String),
    /// The person's record has this revision (0: there is none yet).
    PersonRev(UserId, u64),
    /// The reminder is there and due at this moment.
    ReminderDue(ReminderKey, Ms),
    /// The campaign does not exist yet.
    CampaignNew(CampaignId),
    /// The person's ledger has this revision (0: nothing was ever written).
    LedgerRev(UserId, u32),
    /// The question is there with this id, and its person waits for an answer.
    AskedWaits(AskedKey, u64),
    /// The campaign stands so.
    CampaignIs(CampaignId, CampaignState),
    /// The page's record has this revision (0: there is none yet).
    PageRev(GroupId, u32),
    /// The page's sight is there and due at this moment.
    SightDue(GroupId, Ms),
    /// The person's granted roles are those with these ids, ascending, and no others.
    GrantsAre(UserId, Vec<u64>),
    /// The announcement has this revision (0: there is none yet).
    LetterRev(CampaignId, u32),
    /// The conversation is there with this revision (0: there is none yet).
    HandoffRev(u64, u32),
    /// What is kept of the page by curators has this revision (0: there is none yet).
    WatchRev(GroupId, u32),
    /// The class's record has this revision (0: there is none yet).
    ClassRev(ClassId, u32),
    /// The person's seat in the class has this revision (0: there is none yet).
    SeatRev(ClassId, UserId, u32),
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// The event was handled at this moment.
    SawEvent(String, Ms),
    /// Every event up to this long-poll `ts` of the group is committed.
    SetCursor(GroupId, String),
    /// Writes the person with `rev` one higher than in the value given here; pair it with [`Expect::PersonRev`].
    PutPerson(Box<Person>),
    /// Marks a step done, or (`None`) not done.
    SetStep(StepKey, Option<Tick>),
    /// Writes what a person has learnt and gone through; pair it with [`Expect::PersonRev`].
    PutProgress(UserId, Box<Progress>),
    /// Writes the reminder, moving it if it was due at another moment.
    PutReminder(Reminder),
    /// Removes the reminder if it is there; the same goes for every removal and change below.
    DropReminder(ReminderKey),
    /// Queues a message; the commit's answer tells its number.
    Enqueue(OutMessage),
    /// The message was taken by VK, or is given up: it leaves the queue.
    FinishOut(OutId),
    /// The message was tried and stays: attempts and the earliest next try are written.
    RetryOut(OutId, u16, Ms),
    /// VK does not take the message as it is, for this reason: it leaves the queue and is kept for the operator.
    ParkOut(OutId, String, Ms),
    /// Writes a campaign with these recipients, each queued for her moment; someone named twice is one recipient.
    /// Recipients it had before are gone: pair it with [`Expect::CampaignNew`].
    StartCampaign(Campaign, Arc<[(UserId, Ms)]>),
    /// Rewrites a campaign's record.
    PutCampaign(Campaign),
    /// Recipients of a campaign now stand so, whatever they stood at; who is no recipient, or was forgotten, does not
    /// become one.
    Settle(CampaignId, Vec<(UserId, Recipient)>),
    /// Recipients queued up to this place may be handed out for sending from now on.
    HandOut(CampaignId, Place),
    /// VK takes messages for a person, or does not until she writes again; who is unknown stays so.
    SetWritable(UserId, bool),
    /// Everything sent has its receipt (`true`), or something may have been sent without one.
    SetClean(bool),
    /// Adds to the log of what staff did.
    Audit(AuditEntry),
    /// These people were sent something they did not ask for; who was forgotten stays so. Commit it with what settles
    /// the message.
    Spend(Vec<UserId>, Ms),
    /// Something waits for a person, to come merged with what else waits for her, at that moment at the earliest;
    /// nothing if she was forgotten. An earlier moment that was set before stays.
    Hold(UserId, Held, Ms),
    /// Writes the person's ledger as it is given here; pair it with [`Expect::LedgerRev`].
    PutLedger(UserId, Ledger),
    /// Writes a question, instead of one at the same place.
    PutAsked(Box<Asked>),
    /// Rewrites a question if the one at its place has the same id.
    ChangeAsked(Box<Asked>),
    /// Removes a question.
    DropAsked(AskedKey),
    /// Writes a page with `rev` one higher than in the value given here; pair it with [`Expect::PageRev`].
    PutPage(Box<Page>),
    /// Removes a page with its sight, its weeks, what curators keep of it and what is known of its comments.
    DropPage(GroupId),
    /// Writes how a page looked, and when it is looked at next.
    PutSight(Box<Sight>),
    /// Writes a week of a page, instead of the same week as it was known before.
    PutWeek(GroupId, Box<Week>),
    /// Removes the weeks of a page from before a day.
    DropWeeks(GroupId, Day),
    /// So many more walls were read on that day; another day's count begins anew.
    ReadWalls(Day, u32),
    /// Writes what a person was advised; pair it with [`Expect::PersonRev`].
    PutNudged(UserId, Box<Nudged>),
    /// Writes what a person thinks of the bot, instead of what she thought before.
    PutOpinion(UserId, Opinion),
    /// Writes an institution of the roster, instead of the one with the same key.
    PutInstitution(Box<Institution>),
    /// Removes an institution from the roster.
    DropInstitution(RosterKey),
    /// Writes an announcement with `rev` one higher than in the value given here; pair it with [`Expect::LetterRev`].
    PutLetter(Box<Letter>),
    /// Removes an announcement that has not become a campaign.
    DropLetter(CampaignId),
    /// A recipient of a campaign pressed «Ознакомлен» (`true`) or another button below it; the first moment counts, and
    /// who is no recipient leaves nothing.
    Press(CampaignId, UserId, bool, Ms),
    /// Writes a segment, instead of the one with the same number.
    PutSegment(Box<Saved>),
    /// Removes a segment.
    DropSegment(u64),
    /// Writes a class with `rev` one higher than in the value given here; pair it with [`Expect::ClassRev`].
    PutClass(Box<Class>),
    /// Removes a class with everybody's seats and certificates.
    DropClass(ClassId),
    /// Writes a person's seat in a class with `rev` one higher than in the value given here; pair it with
    /// [`Expect::SeatRev`].
    PutSeat(Box<Seat>),
    /// Writes a certificate, instead of the one of the same number.
    PutCertificate(Box<Certificate>),
    /// Something may be to be said of a person's classes at that moment; an earlier one that was set before stays, and
    /// nothing comes to who was forgotten.
    Wake(UserId, Ms),
    /// Writes a conversation with `rev` one higher than in the value given here; pair it with [`Expect::HandoffRev`].
    PutHandoff(Box<Handoff>),
    /// Removes a conversation.
    DropHandoff(u64),
    /// Writes what curators keep of a page with `rev` one higher than in the value given here; pair it with
    /// [`Expect::WatchRev`].
    PutWatch(Box<Watch>),
    /// Removes the person and everything under her id: ticks, progress, reminders, questions, conversations with staff, her
    /// ledger, what she was advised, her roles and what she tried without the right, queued messages, her seats in classes
    /// with their certificates, her place among those who run or ran pages and what she said of them, places in campaigns,
    /// which then count one less, what she pressed below them, and announcements of hers that are no campaigns yet; and
    /// what others' records hold of her: that she is somebody's deputy, or
    /// asked somebody to be hers, and her name in the roster. What she did as staff stays: the audit log, campaigns she sent, and what she confirmed
    /// of pages.
    Forget(UserId),
    /// Writes a role, instead of the person's with the same id.
    PutGrant(Box<Grant>),
    /// Takes the role with this id from a person.
    DropGrant(UserId, u64),
    /// Adds to the log that somebody tried what she may not, unless [`REFUSALS_A_DAY`] of hers were written that day.
    Refuse(AuditEntry),
    /// The bot was at work at this moment.
    SetAlive(Ms),
    /// Something sent of the bot's own accord that was counted at the first moment has come at the second.
    Respend(UserId, Ms, Ms),
    /// Writes how far a page's comments were read.
    PutComments(Box<Comments>),
    /// So many more posts had their comments read on that day; another day's count begins anew.
    ReadComments(Day, u32),
    /// Removes a campaign with its recipients, what they pressed and the announcement it was made of.
    DropCampaign(CampaignId),
    /// Removes a line of the log of what staff did.
    DropAudit(LogKey),
    /// Removes a message that VK does not take.
    DropParked(OutId),
}

/// Names a step of a checklist as ticked by a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepKey {
    /// Whose tick it is.
    pub person: UserId,
    /// The checklist's id.
    pub checklist: String,
    /// The step's id within it.
    pub step: String,
}

/// A place in a campaign's queue: the moment, then the person.
pub type Place = (Ms, UserId);

/// A line of the log of what staff did: its moment, then its number.
pub type LogKey = (Ms, u64);

/// The number of a queued message; a later one has a higher number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OutId(pub u64);

/// In which order queued messages leave, first to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum OutLane {
    /// An answer to what a person just did.
    Reply,
    /// Something a person set up to come by itself.
    Reminder,
}

/// A file that goes with a message. What is in it is read from the store when the message leaves, at each try anew:
/// nothing has to be kept twice, and nothing can be sent that has been forgotten meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum OutFile {
    /// All that is kept about whom the message goes to.
    MyData,
    /// The card of a page of hers.
    Card(GroupId),
    /// A word of thanks for a finished checklist, by its id.
    Thanks(String),
    /// The card of a page of hers beside a message that is as good without it.
    Beside(GroupId),
    /// The answer of a conversation with staff as the draft of a guide.
    GuideDraft(u64),
    /// The log of what staff did, while whom it goes to may read it.
    Log,
    /// How far the people of institutions in her care are.
    Coverage,
    /// Invitations to them.
    Invites,
    /// Files that VK has already, named as it names them.
    Hung(Vec<String>),
    /// What became of each recipient of a campaign, as far as whom the message goes to may know it.
    Report(CampaignId),
    /// A table of pages.
    Sheet(Sheet),
    /// The picture of the region's summary, or of a municipality's.
    Summary(Option<String>),
    /// A class for a calendar.
    Calendar(ClassId),
    /// A certificate of hers, by its number.
    Certificate(u64),
    /// Who has to do with a class, as a table for staff.
    People(ClassId),
    /// What is wrong with a sheet that was sent, row by row, and what it leaves out.
    Trial(Box<SentSheet>),
    /// The link that says who is at a class as a picture for its screen, for staff.
    Door(ClassId),
    /// An invitation as a picture to be printed, by the name of its link; while whoever gets it invites there.
    Invite(String),
    /// A list of the staff's room, as far as whom the message goes to may see it.
    List(ListOf),
}

/// A table of the pages that whoever gets it looks after.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Sheet {
    /// How they stand, of one municipality or of all.
    Pages(Option<String>),
    /// By the steps of this checklist.
    Matrix(String),
}

/// A message waiting to be taken by VK.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OutMessage {
    /// To whom.
    pub to: PeerId,
    /// Its place among the waiting.
    pub lane: OutLane,
    /// Never 0, made at commit from what the message is, the same at every try.
    pub random_id: i32,
    /// The text, within VK's limit.
    pub text: String,
    /// VK's keyboard JSON.
    pub keyboard: Option<String>,
    /// The message to change instead of sending a new one; if VK says it is too late, a new one is sent.
    pub edit: Option<Cmid>,
    /// A file that goes with it, made when it leaves.
    pub file: Option<OutFile>,
    /// When it was queued.
    pub at: Ms,
    /// How often it was tried.
    pub attempts: u16,
    /// Not to be tried before this moment.
    pub not_before: Ms,
}

/// A message that VK does not take as it is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Parked {
    /// The message.
    pub message: OutMessage,
    /// Why, in VK's words.
    pub why: String,
    /// When it was parked.
    pub at: Ms,
}

/// One line of the log of what staff did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Ms,
    /// Who.
    pub who: UserId,
    /// What, as a word of the code.
    pub what: String,
    /// To what or how much.
    pub detail: String,
    /// How it was before, where something was changed.
    pub before: Option<String>,
    /// How it is since; a role as JSON.
    pub after: Option<String>,
}

/// How often a day (by UTC) the log tells that somebody tried what she may not: whoever tries without end does not fill it.
pub const REFUSALS_A_DAY: u16 = 20;

/// Preconditions and changes that happen together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// What has to hold before the first change; the first that does not decides the error.
    pub expect: Vec<Expect>,
    /// What changes, in this order.
    pub ops: Vec<Op>,
}

impl Commit {
    /// Whether it only notes down what has happened outside already: that goes first when room is short, as forgetting
    /// it would make it happen twice.
    pub(crate) fn is_note(&self) -> bool {
        let note = |op: &Op| {
            matches!(
                op,
                Op::FinishOut(_)
                    | Op::RetryOut(..)
                    | Op::ParkOut(..)
                    | Op::Settle(..)
                    | Op::HandOut(..)
                    | Op::Spend(..)
                    | Op::SetWritable(..)
                    | Op::SetClean(_)
                    | Op::SetAlive(_)
                    | Op::Respend(..)
            )
        };
        !self.ops.is_empty() && self.ops.iter().all(note)
    }
}

/// What a commit made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The numbers of the messages it queued, in the order of its `Enqueue`s.
    pub queued: Vec<OutId>,
}

/// The engines' common face.
///
/// Lists are in the order their methods tell and are no snapshots: what is committed while one is read may be in it or
/// not. Whoever acts on what was read says so in [`Commit::expect`].
pub trait Store: Send + Sync + 'static {
    /// Makes a commit; durable when it returns. It is made even if the future is dropped after its first poll.
    fn commit(&self, commit: Commit) -> impl Future<Output = Result<Committed>> + Send;
    /// One person.
    fn person(&self, id: UserId) -> impl Future<Output = Result<Option<Person>>> + Send;
    /// At most `n` people by ascending id, after `after`.
    fn people(&self, after: Option<UserId>, n: usize) -> impl Future<Output = Result<Vec<Person>>> + Send;
    /// The steps a person has ticked, by checklist and step.
    fn steps(&self, id: UserId) -> impl Future<Output = Result<Vec<(StepKey, Tick)>>> + Send;
    /// What a person has learnt and gone through; nothing yet if nothing is kept.
    fn progress(&self, id: UserId) -> impl Future<Output = Result<Progress>> + Send;
    /// Where a person stands in the campaigns she is a recipient of, newest campaign first.
    fn received(&self, id: UserId) -> impl Future<Output = Result<Vec<(Campaign, Recipient)>>> + Send;
    /// A person's reminders by number.
    fn reminders(&self, id: UserId) -> impl Future<Output = Result<Vec<Reminder>>> + Send;
    /// What a person was sent lately without asking, and what waits for her; empty for who was never written to.
    fn ledger(&self, id: UserId) -> impl Future<Output = Result<Ledger>> + Send;
    /// At most `n` reminders due at or before `now`, earliest first; of the same moment by person and number.
    fn due(&self, now: Ms, n: usize) -> impl Future<Output = Result<Vec<Reminder>>> + Send;
    /// The moment of the earliest reminder.
    fn next_due(&self) -> impl Future<Output = Result<Option<Ms>>> + Send;
    /// At most `n` queued messages by ascending number, after `after`.
    fn outbox(
        &self,
        after: Option<OutId>,
        n: usize,
    ) -> impl Future<Output = Result<Vec<(OutId, OutMessage)>>> + Send;
    /// One campaign.
    fn campaign(&self, id: CampaignId) -> impl Future<Output = Result<Option<Campaign>>> + Send;
    /// All campaigns that something is still to be done about, by id: neither over nor without a look at who has read
    /// them to come.
    fn active(&self) -> impl Future<Output = Result<Vec<Campaign>>> + Send;
    /// At most `n` recipients of a campaign that are still queued, by moment and person, after `after`.
    fn queued(
        &self,
        id: CampaignId,
        after: Option<Place>,
        n: usize,
    ) -> impl Future<Output = Result<Vec<Place>>> + Send;
    /// Up to which place recipients of a campaign may have been handed out.
    fn handed_out(&self, id: CampaignId) -> impl Future<Output = Result<Option<Place>>> + Send;
    /// At most `n` recipients of a campaign with their states, by id, after `after`.
    fn recipients(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> impl Future<Output = Result<Vec<(UserId, Recipient)>>> + Send;
    /// How many recipients of a campaign stand where.
    fn tally(&self, id: CampaignId) -> impl Future<Output = Result<Tally>> + Send;
    /// The last campaigns, highest number first, at most `n`.
    fn campaigns(&self, n: usize) -> impl Future<Output = Result<Vec<Campaign>>> + Send;
    /// At most `n` messages that VK does not take, by ascending number, after `after`.
    fn parked(
        &self,
        after: Option<OutId>,
        n: usize,
    ) -> impl Future<Output = Result<Vec<(OutId, Parked)>>> + Send;
    /// What [`Op::SetClean`] wrote last; `false` if it never did.
    fn clean(&self) -> impl Future<Output = Result<bool>> + Send;
    /// What [`Op::SetAlive`] wrote last.
    fn alive(&self) -> impl Future<Output = Result<Option<Ms>>> + Send;
    /// The stored long-poll `ts`.
    fn cursor(&self, group: GroupId) -> impl Future<Output = Result<Option<String>>> + Send;
    /// The log of what staff did, newest first, at most `n`; of the same moment the one written last comes first.
    fn audit(&self, n: usize) -> impl Future<Output = Result<Vec<AuditEntry>>> + Send;
    /// At most `n` lines of the log from before a moment, after `after`, oldest first; of the same moment as they were written.
    fn audit_before(
        &self,
        before: Ms,
        after: Option<LogKey>,
        n: usize,
    ) -> impl Future<Output = Result<Vec<(LogKey, AuditEntry)>>> + Send;
    /// The questions asked last, newest first, at most `n`; of the same moment by falling person and place.
    fn asked(&self, n: usize) -> impl Future<Output = Result<Vec<Asked>>> + Send;
    /// At most `n` questions asked before a moment, oldest first.
    fn asked_before(&self, before: Ms, n: usize) -> impl Future<Output = Result<Vec<Asked>>> + Send;
    /// The questions kept of one person, by place.
    fn asked_by(&self, id: UserId) -> impl Future<Output = Result<Vec<Asked>>> + Send;
    /// One page.
    fn page(&self, id: GroupId) -> impl Future<Output = Result<Option<Page>>> + Send;
    /// At most `n` pages by ascending id, after `after`.
    fn pages(&self, after: Option<GroupId>, n: usize) -> impl Future<Output = Result<Vec<Page>>> + Send;
    /// How a page looked last.
    fn sight(&self, id: GroupId) -> impl Future<Output = Result<Option<Sight>>> + Send;
    /// At most `n` pages to be looked at at or before `now`, those that wait longest first; of the same moment by id.
    fn sights_due(&self, now: Ms, n: usize) -> impl Future<Output = Result<Vec<Sight>>> + Send;
    /// The earliest moment at which a page is to be looked at.
    fn next_sight(&self) -> impl Future<Output = Result<Option<Ms>>> + Send;
    /// The weeks kept of a page, oldest first.
    fn weeks(&self, id: GroupId) -> impl Future<Output = Result<Vec<Week>>> + Send;
    /// How many walls were read on that day, as far as it is the last that any was read on.
    fn walls(&self, day: Day) -> impl Future<Output = Result<u32>> + Send;
    /// How far a page's comments were read.
    fn comments(&self, id: GroupId) -> impl Future<Output = Result<Option<Comments>>> + Send;
    /// Of how many posts the comments were read on that day, as far as it is the last that any were read on.
    fn comments_read(&self, day: Day) -> impl Future<Output = Result<u32>> + Send;
    /// What a person was advised about her pages; nothing yet if nothing is kept.
    fn nudged(&self, id: UserId) -> impl Future<Output = Result<Nudged>> + Send;
    /// What a person thinks of the bot.
    fn opinion(&self, id: UserId) -> impl Future<Output = Result<Option<Opinion>>> + Send;
    /// At most `n` opinions of people after `after`, by person.
    fn opinions(
        &self,
        after: Option<UserId>,
        n: usize,
    ) -> impl Future<Output = Result<Vec<(UserId, Opinion)>>> + Send;
    /// At most `n` institutions of the roster after `after`, by key: pages by number, pages by name, then those by ОГРН.
    fn institutions(
        &self,
        after: Option<RosterKey>,
        n: usize,
    ) -> impl Future<Output = Result<Vec<Institution>>> + Send;
    /// The institutions of the roster that name a person as the one who answers for their page, by key.
    fn institutions_of(&self, id: UserId) -> impl Future<Output = Result<Vec<Institution>>> + Send;
    /// A person's roles as they were granted, by id; the config's are not among them.
    fn grants_of(&self, id: UserId) -> impl Future<Output = Result<Vec<Grant>>> + Send;
    /// All roles that were granted, by person and id.
    fn grants(&self) -> impl Future<Output = Result<Vec<Grant>>> + Send;
    /// The last day (by UTC) on which a person tried what she may not, and how often that was written down.
    fn refused(&self, id: UserId) -> impl Future<Output = Result<Option<(Day, u16)>>> + Send;
    /// Whose records commits have changed.
    fn touched(&self) -> &Touched;
    /// One announcement.
    fn letter(&self, id: CampaignId) -> impl Future<Output = Result<Option<Letter>>> + Send;
    /// The last announcements, highest number first, at most `n`.
    fn letters(&self, n: usize) -> impl Future<Output = Result<Vec<Letter>>> + Send;
    /// All announcements of which something is still to come ([`Letter::is_open`]), highest number first.
    fn letters_open(&self) -> impl Future<Output = Result<Vec<Letter>>> + Send;
    /// What recipients of a campaign did with it, at most `n` of them by id, after `after`; who did nothing is not there.
    fn pressed(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> impl Future<Output = Result<Vec<(UserId, Pressed)>>> + Send;
    /// The segments that have a name, by number.
    fn segments(&self) -> impl Future<Output = Result<Vec<Saved>>> + Send;
    /// What curators keep of a page.
    fn watch(&self, id: GroupId) -> impl Future<Output = Result<Option<Watch>>> + Send;
    /// One conversation with staff.
    fn handoff(&self, id: u64) -> impl Future<Output = Result<Option<Handoff>>> + Send;
    /// All conversations that go on, in the order they began.
    fn handoffs(&self) -> impl Future<Output = Result<Vec<Handoff>>> + Send;
    /// A person's conversations with staff, in the order they began.
    fn handoffs_of(&self, id: UserId) -> impl Future<Output = Result<Vec<Handoff>>> + Send;
    /// At most `n` closed conversations whose number is below that, in the order they began.
    fn handoffs_closed(&self, below: u64, n: usize) -> impl Future<Output = Result<Vec<Handoff>>> + Send;
    /// One class.
    fn class(&self, id: ClassId) -> impl Future<Output = Result<Option<Class>>> + Send;
    /// At most `n` classes by ascending number, after `after`.
    fn classes(&self, after: Option<ClassId>, n: usize) -> impl Future<Output = Result<Vec<Class>>> + Send;
    /// The seats of a class, by person.
    fn seats(&self, id: ClassId) -> impl Future<Output = Result<Vec<Seat>>> + Send;
    /// A person's seats, by class.
    fn seats_of(&self, id: UserId) -> impl Future<Output = Result<Vec<Seat>>> + Send;
    /// The certificate of a number.
    fn certificate(&self, number: u64) -> impl Future<Output = Result<Option<Certificate>>> + Send;
    /// Removes marks of events seen before the moment, some at a time; returns how many.
    fn sweep(&self, before: Ms) -> impl Future<Output = Result<u64>> + Send;
    /// The size of its files in bytes (0 for memory).
    fn size(&self) -> impl Future<Output = Result<u64>> + Send;
}
