//! What a turn has to know that is not read for every turn: it asks ([`Need`]), and is told ([`Known`]).

use std::{collections::BTreeMap, sync::Arc};

use vkapi::types::{GroupId, UserId};

use crate::{
    domain::{
        Asked, Away, Campaign, CampaignId, Certificate, Class, ClassId, Clerk, Grant, Hall, Handoff, Ms,
        Outlook, PageRef, Place, Report, Rule, Seat, Sphere, Tally, Voices,
        board::Row,
        comments::Question,
        league::Entry,
        letter::{Addressee, Crowd, Letter, Pressed, Reach},
        page::{Nudged, Page, Sight, Watch, Week},
        roster::{Lists, SentSheet, SheetFault, Trial},
        segment::Saved,
    },
    store::AuditEntry,
};

/// Something a turn has to know that is not read for every turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// The page at an address as typed.
    Page(String),
    /// The people of a crowd with their moments.
    Audience(Box<Crowd>),
    /// What sending to a crowd would come to.
    Outlook(Box<Crowd>),
    /// What has become of a campaign.
    Campaign(CampaignId),
    /// The campaigns that this person may see with their tallies, those that go on first, then the newest: so many left out,
    /// at most so many told.
    Campaigns(UserId, usize, usize),
    /// The questions kept of everybody, each with where who asked it is.
    Questions,
    /// The questions kept of one person.
    QuestionsOf(UserId),
    /// The person behind a link or `id…` as typed.
    Colleague(String),
    /// Somebody who may be on vacation.
    Absent(UserId),
    /// Somebody's pages as they are kept.
    Pages(UserId),
    /// What is kept of a page, whoever runs it.
    Registered(GroupId),
    /// Whether a word stands on a page.
    Code(GroupId, String),
    /// The pages that several people run of whom somebody is not confirmed.
    Contested,
    /// When the newest post of a page came out, looked up just now.
    LastPost(GroupId),
    /// Everybody's roles.
    Staff,
    /// Everybody of staff with what she may, and her record.
    Desk,
    /// The conversations with staff that go on.
    Handoffs,
    /// One conversation with staff.
    Handoff(u64),
    /// A person's conversations with staff.
    HandoffsOf(UserId),
    /// The pages of the same sphere and size as one, and itself.
    Peers(GroupId),
    /// The pages of which something was said that no machine sees and nobody has confirmed.
    Claimed,
    /// Whether the bot may write to somebody.
    Here(UserId),
    /// What a sheet would change of what is this person's to change.
    Sheet(UserId, SentSheet),
    /// The institutions in this person's care.
    Roster(UserId),
    /// The municipalities there are, by the roster and the pages.
    Municipalities,
    /// So many of the last lines of the log.
    Log(usize),
    /// How many people are in a crowd.
    Count(Box<Crowd>),
    /// The municipalities that somebody's announcements reach.
    Towns(UserId),
    /// An announcement.
    Letter(CampaignId),
    /// The announcements that are no campaigns yet or come again and again, as far as they are this person's to rule over.
    Letters(UserId),
    /// Whose an announcement is and what it reaches.
    Reach(CampaignId),
    /// The segments that have a name.
    Segments,
    /// What is known of a person for the blanks of a text.
    Addressee(UserId),
    /// The same of somebody of a crowd: who is behind a link as typed, or any.
    Reader(Box<Crowd>, Option<String>),
    /// Above how many recipients a second person has to agree.
    Approval,
    /// What recipients of a campaign did with it.
    Pressed(CampaignId),
    /// Whether this person is a recipient of a campaign.
    Received(CampaignId, UserId),
    /// Who got a campaign and has not pressed «Ознакомлен», as far as this person may see them: so many left out, so many
    /// told.
    Unacked(CampaignId, UserId, usize, usize),
    /// What a campaign says, for a message made of several.
    Told(CampaignId, UserId),
    /// Every registered page with what is known of it.
    Board,
    /// What curators keep of a page.
    Watch(GroupId),
    /// All classes.
    Classes,
    /// A class with everybody who has to do with it.
    Class(ClassId),
    /// The classes a person has to do with.
    SeatsOf(UserId),
    /// A certificate.
    Certificate(u64),
    /// People by name, to be shown to staff.
    Names(Vec<UserId>),
    /// The address that a link of this name has.
    Link(String),
    /// A number that nobody can guess, for somebody's certificate of a class.
    Chance(ClassId, UserId),
    /// What people think of the bot.
    Voices,
}

/// How many people have to do with a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// They have a seat.
    pub enrolled: usize,
    /// They wait for one.
    pub waiting: usize,
    /// They were there.
    pub came: usize,
}

/// The answer to a [`Need`].
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// The page, or why there is none.
    Page(Result<PageCard, PageFault>),
    /// Each with her moment.
    Audience(Arc<[(UserId, Ms)]>),
    /// What sending would come to.
    Outlook(Outlook),
    /// The campaign; `None` if there is none of that name.
    Campaign(Option<Box<Report>>),
    /// The campaigns asked for, and whether there are more.
    Campaigns(Vec<(Campaign, Tally)>, bool),
    /// The questions of one person.
    Questions(Vec<Asked>),
    /// The questions of everybody, the newest first.
    Gathered(Vec<(Asked, Place)>),
    /// The person; `None` if VK knows none there, or does not answer.
    Colleague(Option<Colleague>),
    /// Her vacation; `None` if she is not on one.
    Absent(Option<Absent>),
    /// The pages asked for.
    Pages(Box<HerPages>),
    /// The page; `None` if nobody registered it.
    Registered(Option<Box<Page>>),
    /// Whether the word was seen.
    Code(CodeSeen),
    /// The pages asked for.
    Contested(Vec<Page>),
    /// The moment; `None` if it cannot be known.
    LastPost(Option<Ms>),
    /// The config's roles, then those granted, by person.
    Staff(Vec<Grant>),
    /// Everybody of staff, by person.
    Desk(Vec<Clerk>),
    /// The conversations asked for, in the order they began.
    Handoffs(Vec<Handoff>),
    /// The pages asked for; none while it is not known where the page belongs.
    Peers(Vec<Entry>),
    /// It may.
    Here(bool),
    /// The change, or why there is none.
    Sheet(Result<Arc<Trial>, SheetFault>),
    /// How far their people are, with links to invite them.
    Roster(Arc<Lists>),
    /// Their names, by how many institutions and pages each has, most first.
    Municipalities(Arc<[String]>),
    /// The lines, newest first.
    Log(Vec<AuditEntry>),
    /// How many.
    Count(usize),
    /// Each with how many people there may be written to, those with most first.
    Towns(Vec<(String, usize)>),
    /// The announcement; `None` if there is none of that name.
    Letter(Option<Box<Letter>>),
    /// The announcements asked for, newest first.
    Letters(Vec<Letter>),
    /// The reach; `None` if there is no announcement of that name.
    Reach(Option<Reach>),
    /// The segments by number.
    Segments(Vec<Saved>),
    /// What is known.
    Addressee(Addressee),
    /// The same; `None` if there is nobody.
    Reader(Option<Addressee>),
    /// So many; `None`: never.
    Approval(Option<usize>),
    /// Each who did something.
    Pressed(Vec<(UserId, Pressed)>),
    /// Whether she is.
    Received(bool),
    /// Some of them with what is known of them, and how many there are.
    Unacked(Vec<(UserId, Addressee)>, usize),
    /// Its text for this person and which of its buttons is «Ознакомлен»; `None` if it is gone.
    Told(Option<(String, Option<usize>)>),
    /// The pages, by id.
    Board(Vec<Row>),
    /// What is kept; `None`: nothing.
    Watch(Option<Watch>),
    /// The classes with their counts, by number.
    Classes(Vec<(Class, Taken)>),
    /// The class; `None` if there is none of that number.
    Class(Option<Box<Hall>>),
    /// The classes asked for, each with her seat.
    Seats(Vec<(Class, Seat)>),
    /// The certificate; `None` if there is none of that number.
    Certificate(Option<Box<Certificate>>),
    /// Their names; of whom VK does not tell one nothing.
    Names(BTreeMap<UserId, String>),
    /// The address.
    Link(String),
    /// The number.
    Chance(u64),
    /// What they come to.
    Voices(Voices),
}

/// Somebody's pages, in her order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HerPages {
    /// Each of them.
    pub pages: Vec<Seen>,
    /// What she was advised about them.
    pub nudged: Nudged,
}

/// A page as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Which.
    pub page: PageRef,
    /// Its record; none if nobody registered it.
    pub kept: Option<Page>,
    /// How it looked last.
    pub sight: Option<Sight>,
    /// Its weeks, oldest first.
    pub weeks: Vec<Week>,
    /// Questions of its readers that wait for an answer, the oldest first.
    pub waiting: Vec<Question>,
}

/// Whether a word stands on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeSeen {
    /// In its description, its status or a post.
    There,
    /// Nowhere that can be seen.
    NotThere,
    /// VK does not answer now.
    Unreachable,
}

/// A person as VK and the bot know her.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Who she is in VK.
    pub id: UserId,
    /// Her name in VK.
    pub name: String,
    /// The bot may write to her.
    pub here: bool,
}

/// What a deputy has to know of who is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// The vacation.
    pub away: Away,
    /// Her page.
    pub page: Option<PageRef>,
    /// What its institution does.
    pub sphere: Option<Sphere>,
    /// When she is reminded to post.
    pub posts: Vec<Rule>,
}

/// A page as VK tells it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCard {
    /// VK's id of the community.
    pub id: vkapi::types::GroupId,
    /// Its short address without a host.
    pub screen_name: String,
    /// Its name.
    pub name: String,
    /// How many follow it, if VK tells.
    pub members: Option<i64>,
    /// It is closed, deleted or banned.
    pub shut: bool,
}

/// Why a page was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageFault {
    /// What was typed is no address of a page.
    NoAddress,
    /// VK knows no community at that address.
    NoPage,
    /// VK does not answer now.
    Unreachable,
}
