use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vkapi::types::{GroupId, UserId};

use super::Do;
use crate::domain::{
    CampaignId, CampaignState, ClassAsk, ClassId, Hm, Level, ListOf, Ms, Pause, Role, Sphere, Weekdays,
    board::Show,
    page::{Answer, PageClass},
};

/// What a button does, with all that is needed to draw the next screen.
///
/// It travels as compact JSON (at most 255 bytes) and is told apart by its tag `a`, so a keyboard drawn by an
/// earlier version keeps working as long as the tag is known. A person can forge any of them: rights are looked up
/// when it is carried out, never taken from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "a", rename_all = "kebab-case")]
pub enum Action {
    /// The main menu, or the interview where it was left.
    Menu,
    /// Leaves any form.
    Cancel,
    /// The word on the consent text of this version.
    Consent {
        /// Agreed.
        yes: bool,
        /// The version that was shown.
        v: u32,
    },
    /// Chooses the sphere.
    Sphere {
        /// Which.
        s: Sphere,
    },
    /// Leaves the present question of the interview open.
    Skip,
    /// Shows the days of a new reminder with this set chosen.
    Days {
        /// The set.
        d: Weekdays,
    },
    /// Takes the set of days and asks for the hour.
    DaysOk {
        /// The set.
        d: Weekdays,
    },
    /// Makes a reminder.
    Hour {
        /// Its days.
        d: Weekdays,
        /// Its hour.
        t: Hm,
    },
    /// All checklists, a page of them.
    Lists {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// One checklist.
    List {
        /// Its id.
        c: String,
        /// Which page of its steps, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Ticks or unticks a step.
    Tick {
        /// The checklist.
        c: String,
        /// The step.
        s: String,
        /// What it becomes.
        on: bool,
        /// The page of steps shown.
        #[serde(default)]
        p: usize,
    },
    /// The steps of a checklist that have a guide, a page of them.
    How {
        /// The checklist.
        c: String,
        /// The page of steps to go back to.
        #[serde(default)]
        p: usize,
        /// Which page of hints, from 0.
        #[serde(default)]
        h: usize,
    },
    /// Closes what is ticked of a checklist into its history and begins it anew.
    Again {
        /// The checklist.
        c: String,
    },
    /// The closed rounds of a checklist.
    History {
        /// The checklist.
        c: String,
    },
    /// Whatever would be best to do next.
    Next,
    /// All lessons, a page of them.
    Lessons {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// A lesson: what it is about, or where it was left.
    Lesson {
        /// Its id.
        l: String,
    },
    /// A card of a lesson.
    Card {
        /// The lesson.
        l: String,
        /// Which card, from 0.
        n: usize,
    },
    /// The first question of a lesson that has no answer yet, or the result.
    Quiz {
        /// The lesson.
        l: String,
    },
    /// An answer to a question of a lesson.
    Answer {
        /// The lesson.
        l: String,
        /// The question.
        q: String,
        /// Which option, from 0.
        n: usize,
    },
    /// Forgets the answers of this try and asks all questions of a lesson again.
    Retry {
        /// The lesson.
        l: String,
    },
    /// A guide.
    Guide {
        /// Its slug.
        g: String,
        /// Which part: 0 is the answer, then its cards.
        #[serde(default)]
        n: usize,
        /// The checklist to go back to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        c: Option<String>,
        /// The course to go back to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        k: Option<String>,
        /// The lesson to go back to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        l: Option<String>,
        /// The mark of the question it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        q: Option<u32>,
    },
    /// Her word on an answer.
    Helped {
        /// The guide.
        g: String,
        /// It helped.
        y: bool,
        /// The mark of the question.
        q: u32,
    },
    /// Asks whether to hand a question over to a curator.
    AskCurator {
        /// The mark of the question.
        q: u32,
    },
    /// Hands it over.
    AskCuratorYes {
        /// The mark of the question.
        q: u32,
    },
    /// Asks for a question.
    Ask,
    /// Asks for the draft of a post.
    Draft,
    /// Her reminders.
    Reminders,
    /// Begins a new reminder.
    RemindNew,
    /// Removes a reminder.
    RemindDrop {
        /// Its number.
        n: u16,
    },
    /// An answer to a reminder that came: it is done.
    Done {
        /// Under which message: when what that reminds of was due; `None`: the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<Ms>,
    },
    /// An answer to a reminder that came: again in an hour.
    InHour {
        /// Under which message: when what that reminds of was due; `None`: the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<Ms>,
    },
    /// An answer to a reminder that came: again tomorrow at the same time.
    Tomorrow {
        /// Under which message: when what that reminds of was due; `None`: the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<Ms>,
    },
    /// An answer to a reminder that came: again on the next working day at the same time.
    Workday {
        /// Under which message: when what that reminds of was due; `None`: the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<Ms>,
    },
    /// An answer to a reminder that came: not this time.
    PassBy {
        /// Under which message: when what that reminds of was due; `None`: the last one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<Ms>,
    },
    /// An hour for the reminder that was typed.
    At {
        /// The hour.
        t: Hm,
    },
    /// The reminder that was typed is right.
    RemindYes,
    /// The reminder that was typed: another hour.
    RemindTime,
    /// The reminder that was typed: other days.
    RemindDays,
    /// The reminder that was typed: every week instead of once.
    RemindWeekly,
    /// Begins a vacation, or tells of the present one.
    Away,
    /// Sets the day she is back.
    AwayUntil {
        /// The day.
        d: Date,
    },
    /// Asks who looks after the page.
    DeputySet,
    /// Nobody looks after the page.
    AwayAlone,
    /// Ends the vacation.
    AwayEnd,
    /// A deputy's answer.
    Cover {
        /// Who asked.
        whose: UserId,
        /// She takes it over.
        yes: bool,
    },
    /// What to post: occasions and ideas.
    Ideas {
        /// Which three of the ideas, from 0.
        #[serde(default)]
        p: usize,
        /// As a new message, under the one whose button it was.
        #[serde(default)]
        apart: bool,
        /// Of which sphere, if not her own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        s: Option<Sphere>,
    },
    /// A post to fill in.
    Template {
        /// Which of her sphere's.
        n: usize,
        /// As a new message, under the one whose button it was.
        #[serde(default)]
        apart: bool,
        /// Of which sphere, if not her own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        s: Option<Sphere>,
    },
    /// The catalogue of courses, a page of it.
    Courses {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
        /// Only those of this level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        l: Option<Level>,
    },
    /// One course.
    Course {
        /// Its id.
        c: String,
    },
    /// Her page, or her pages.
    Page,
    /// Why a page has the points it has.
    Standing {
        /// VK's number of the page.
        p: i64,
    },
    /// Her word on something of a page that no machine sees.
    Said {
        /// VK's number of the page.
        p: i64,
        /// The aspect's word.
        w: String,
        /// It is there.
        yes: bool,
    },
    /// She does not agree with a page's points.
    Appeal {
        /// VK's number of the page.
        p: i64,
    },
    /// The picture of a page's eight weeks.
    Weeks {
        /// VK's number of the page.
        p: i64,
    },
    /// The word of thanks for a finished checklist.
    Thanks {
        /// The checklist.
        c: String,
    },
    /// Her answer to an advice of a nudge.
    Advised {
        /// VK's number of the page.
        p: i64,
        /// The advice's id.
        i: String,
        /// The answer.
        t: Answer,
    },
    /// One of her pages.
    PageOne {
        /// Which.
        g: GroupId,
    },
    /// She runs it no more.
    PageLeave {
        /// Which.
        g: GroupId,
    },
    /// How to show that she runs it.
    PageProve {
        /// Which.
        g: GroupId,
    },
    /// Looks for her code on it.
    PageCheck {
        /// Which.
        g: GroupId,
    },
    /// The pages that several people run of whom somebody is not confirmed.
    Runners,
    /// Who runs one of them.
    Runner {
        /// Which.
        g: GroupId,
    },
    /// Confirms that somebody runs it.
    RunnerYes {
        /// Which.
        g: GroupId,
        /// Who.
        u: UserId,
    },
    /// Somebody runs it no more.
    RunnerNo {
        /// Which.
        g: GroupId,
        /// Who.
        u: UserId,
    },
    /// Asks for the page's address.
    PageSet,
    /// Her progress.
    Progress,
    /// Her settings.
    Settings,
    /// Offers the spheres.
    SphereSet,
    /// Asks for the municipality.
    TownSet,
    /// Offers the time zones, a page of them.
    ZoneSet {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Chooses a time zone.
    Zone {
        /// Its IANA name.
        z: String,
    },
    /// Switches her own reminders.
    SubReminders {
        /// To what.
        on: bool,
    },
    /// Switches announcements.
    SubNews {
        /// To what.
        on: bool,
    },
    /// Switches nudges and tips.
    SubTips {
        /// To what.
        on: bool,
    },
    /// What is kept about her, and the way to have it.
    MyData,
    /// Sends all that is kept about her as a file.
    MyDataSend,
    /// Asks whether she means to take her consent back.
    Withdraw,
    /// Takes her consent back and removes what is kept.
    WithdrawYes,
    /// The staff's room.
    Cabinet,
    /// The questions without an answer, a page of them.
    Questions {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// A group of such questions.
    Question {
        /// The id of one of them.
        id: u64,
    },
    /// Offers guides for a group.
    QuestionFile {
        /// The id of one of them.
        id: u64,
    },
    /// Notes the guide of a group; none: one still to be written.
    QuestionFiled {
        /// The id of one of them.
        id: u64,
        /// The guide's slug.
        #[serde(default)]
        g: Option<String>,
    },
    /// Takes a group out of the list.
    QuestionHide {
        /// The id of one of them.
        id: u64,
    },
    /// Asks for the answer to a group.
    Reply {
        /// The id of one of them.
        id: u64,
    },
    /// Sends the answer that was shown.
    ReplySend,
    /// Begins an announcement.
    Announce,
    /// Sends the announcement that was shown.
    AnnounceSend,
    /// How a campaign stands.
    Campaign {
        /// Which.
        id: CampaignId,
    },
    /// Shows a campaign to be sent once more to whoever has not read it.
    CampaignAgain {
        /// Which.
        id: CampaignId,
    },
    /// Pauses a campaign.
    CampaignPause {
        /// Which.
        id: CampaignId,
    },
    /// Goes on with a campaign that is paused for this reason.
    CampaignResume {
        /// Which.
        id: CampaignId,
        /// Why it was paused when the button was drawn.
        why: Pause,
    },
    /// Asks whether a campaign is to be stopped for good.
    CampaignCancel {
        /// Which.
        id: CampaignId,
    },
    /// Stops a campaign for good.
    CampaignCancelYes {
        /// Which.
        id: CampaignId,
        /// How it stood when the button was drawn.
        was: CampaignState,
    },
    /// The conversations of people with staff, a screen of them.
    Handoffs {
        /// Which, from 0.
        #[serde(default)]
        p: usize,
    },
    /// One of them.
    Handoff {
        /// Which.
        id: u64,
    },
    /// She of staff answers in it from now on.
    HandoffTake {
        /// Which.
        id: u64,
    },
    /// A word in a conversation: staff is asked for it, a person's next words are it.
    HandoffSay {
        /// Which.
        id: u64,
    },
    /// A conversation is over.
    HandoffClose {
        /// Which.
        id: u64,
    },
    /// The bot answers a person again while her conversation goes on.
    HandoffBot,
    /// The answer of a conversation as the draft of a guide.
    HandoffDraft {
        /// Which.
        id: u64,
    },
    /// A word to those who run a page.
    WriteTo {
        /// Which.
        g: GroupId,
    },
    /// Her quiet hours.
    Quiet,
    /// These are her quiet hours.
    QuietSet {
        /// When they begin.
        f: Hm,
        /// When they end.
        t: Hm,
    },
    /// The installation's quiet hours are hers.
    QuietUsual,
    /// A page among those of its sphere and size.
    Peers {
        /// Which.
        p: i64,
    },
    /// Others of its league may be told a page's name, or not.
    PeersName {
        /// Which.
        p: i64,
        /// They may.
        on: bool,
    },
    /// What people said of their pages and nobody has confirmed.
    Claims,
    /// What was said of one page.
    Claim {
        /// Which.
        g: GroupId,
    },
    /// A curator's word on it.
    ClaimSay {
        /// Of which page.
        g: GroupId,
        /// Of what.
        w: String,
        /// It is so.
        yes: bool,
    },
    /// People with roles, and the roster.
    People,
    /// Who has which role, a page of it.
    Roles {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// One role of somebody.
    Role {
        /// Whose.
        u: UserId,
        /// The role's id.
        n: u64,
    },
    /// Asks whether a role is to be taken away.
    RoleDrop {
        /// Whose.
        u: UserId,
        /// The role's id.
        n: u64,
    },
    /// Takes a role away.
    RoleDropYes {
        /// Whose.
        u: UserId,
        /// The role's id.
        n: u64,
    },
    /// Asks who is to get a role.
    RoleNew,
    /// The role that is being granted is this.
    RoleIs {
        /// Which.
        r: Role,
    },
    /// The role that is being granted is for this part of the region.
    RolePlace {
        /// The municipality.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<String>,
        /// The sphere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        s: Option<Sphere>,
        /// The page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        g: Option<GroupId>,
    },
    /// Offers the spheres that the role which is being granted can be narrowed to.
    RoleSpheres,
    /// Grants the role that was shown.
    RoleYes,
    /// The roster.
    Roster,
    /// Asks for a sheet with the roster.
    RosterLoad,
    /// Writes what the sheet that was shown changes.
    RosterYes {
        /// What it has no more goes as well.
        drop: bool,
    },
    /// Sends the table of coverage.
    RosterSend,
    /// Links of invitations, with the text for one institution.
    Invites {
        /// Which, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Sends the table of invitations.
    InvitesSend,
    /// The last lines of the log.
    Log,
    /// Sends the log as a table.
    LogSend,
    /// Does something with an announcement that is being written.
    Letter {
        /// Which.
        id: CampaignId,
        /// What.
        d: Do,
    },
    /// A button below an announcement that she got.
    LetterPress {
        /// Which.
        id: CampaignId,
        /// The button, from 0.
        n: usize,
    },
    /// Announcements: those that wait, come again, or were sent; a page of them.
    Letters {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// How a campaign stands, in a message of its own.
    CampaignWatch {
        /// Which.
        id: CampaignId,
    },
    /// The message that told how a campaign goes becomes the staff's room.
    CampaignLeave {
        /// Which.
        id: CampaignId,
    },
    /// Who has not pressed «Ознакомлен».
    Unacked {
        /// Which.
        id: CampaignId,
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Shows a campaign to be sent once more to whoever has not pressed «Ознакомлен».
    AgainUnacked {
        /// Which.
        id: CampaignId,
    },
    /// The report of a campaign as a file.
    ReportFile {
        /// Which.
        id: CampaignId,
    },
    /// A curator's pages, a screen of them.
    Board {
        /// Which of them.
        f: Show,
        /// Which screen, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Which of her pages to show.
    BoardPick,
    /// Looks for a page by its name.
    BoardFind,
    /// One page as its curator or a head sees it.
    BoardPage {
        /// Which.
        g: GroupId,
    },
    /// Offers tables of pages.
    BoardTables {
        /// Which screen, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Sends a table of pages.
    BoardTable {
        /// By the steps of this checklist; none: the list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        c: Option<String>,
    },
    /// A head's summary.
    Report {
        /// Of this municipality; none: of all that is hers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<String>,
        /// Which screen of what is in it, from 0.
        #[serde(default)]
        p: usize,
    },
    /// The picture of a summary.
    ReportPicture {
        /// Of this municipality; none: of all that is hers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<String>,
    },
    /// The pages of a summary as a table.
    ReportTable {
        /// Of this municipality; none: of all that is hers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        m: Option<String>,
    },
    /// Her word whether her page may be shown as an example.
    Example {
        /// Which.
        g: GroupId,
        /// It may.
        on: bool,
    },
    /// The classes to come, a page of them.
    Classes {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
        /// Only those of this level, and those for everybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        l: Option<Level>,
        /// Those of other spheres and municipalities too.
        #[serde(default)]
        all: bool,
    },
    /// The classes she has to do with, a page of them.
    MyClasses {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// One class.
    Class {
        /// Which.
        id: ClassId,
    },
    /// She enrols in a class.
    ClassJoin {
        /// Which.
        id: ClassId,
    },
    /// Asks whether she means to give up her seat.
    ClassLeave {
        /// Which.
        id: ClassId,
    },
    /// She gives up her seat or her place among those who wait.
    ClassLeaveYes {
        /// Which.
        id: ClassId,
    },
    /// A class for her calendar.
    ClassCalendar {
        /// Which.
        id: ClassId,
    },
    /// Her mark for a class.
    ClassMark {
        /// Which.
        id: ClassId,
        /// From 1 to 5.
        m: u8,
    },
    /// Her certificate.
    ClassPaper {
        /// Of which class.
        id: ClassId,
    },
    /// Asks something about a class.
    ClassAsk {
        /// Which; 0 is one that has no title yet.
        id: ClassId,
        /// What.
        of: ClassAsk,
        /// The next question follows.
        #[serde(default)]
        n: bool,
    },
    /// Answers it with one of several values.
    ClassSet {
        /// Which.
        id: ClassId,
        /// What.
        of: ClassAsk,
        /// The value, by what is asked.
        v: i32,
        /// The next question follows.
        #[serde(default)]
        n: bool,
    },
    /// The classes that staff sees to, a page of them.
    Training {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// The courses a class can be a run of, a page of them.
    ClassFrom {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Makes the draft of a class of a course.
    ClassOf {
        /// The course.
        c: String,
        /// Which of the runs that the course names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        r: Option<usize>,
    },
    /// How a class stands, for staff.
    ClassRoom {
        /// Which.
        id: ClassId,
    },
    /// What can be changed of a class.
    ClassEdit {
        /// Which.
        id: ClassId,
        /// The second half of it.
        #[serde(default)]
        more: bool,
    },
    /// Publishes a class.
    ClassOpen {
        /// Which.
        id: ClassId,
    },
    /// Asks whether a class is to be cancelled.
    ClassStop {
        /// Which.
        id: ClassId,
    },
    /// Cancels a class, or throws a draft away.
    ClassStopYes {
        /// Which.
        id: ClassId,
    },
    /// Who has to do with a class, a page of them.
    ClassPeople {
        /// Which.
        id: ClassId,
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Notes that somebody was there, or was not.
    ClassCame {
        /// At which class.
        id: ClassId,
        /// Who.
        u: UserId,
        /// She was.
        on: bool,
        /// The page of people shown.
        #[serde(default)]
        p: usize,
    },
    /// Opens the code word's time for so many minutes from now, or closes it.
    ClassWindow {
        /// Of which class.
        id: ClassId,
        /// How long; 0 closes it.
        m: u16,
    },
    /// Sends the recording.
    ClassRecord {
        /// Of which class.
        id: ClassId,
        /// To those who were there as well.
        all: bool,
    },
    /// Sends staff the list of people as a table.
    ClassTable {
        /// Of which class.
        id: ClassId,
    },
    /// What people say of a class.
    ClassVoices {
        /// Of which class.
        id: ClassId,
    },
    /// A curator says which kind of page it is to the region.
    PageClass {
        /// Which page.
        g: GroupId,
        /// Which kind.
        c: PageClass,
    },
    /// How likely she would advise the bot to a colleague.
    Opinion {
        /// From 0 to 10.
        s: u8,
    },
    /// She says nothing more about the bot now.
    OpinionLater,
    /// Her reminders, a page of them.
    RemindersMore {
        /// Which page, from 0.
        #[serde(default)]
        p: usize,
    },
    /// Asks for another day she is back from the vacation that is set.
    AwayMove,
    /// She came by the link that is shown at a class: she is there.
    ClassDoor {
        /// At which class.
        id: ClassId,
        /// What stands for the code word.
        k: String,
    },
    /// Sends staff the picture of that link for the screen.
    ClassDoorSend {
        /// Of which class.
        id: ClassId,
    },
    /// Sends an invitation as a picture to be printed.
    InviteCode {
        /// The name of its link.
        r: String,
    },
    /// Begins an announcement of a class.
    ClassAnnounce {
        /// Of which.
        id: ClassId,
    },
    /// Sends a list of the staff's room as a table.
    ListSend {
        /// Which.
        l: ListOf,
    },
}

impl Action {
    /// The least role it takes to carry it out anywhere; where, and of what, is the feature's to check.
    #[expect(clippy::too_many_lines, reason = "a list: one line an action")]
    pub fn needs(&self) -> Role {
        match self {
            Self::Menu
            | Self::HandoffSay { .. }
            | Self::HandoffClose { .. }
            | Self::HandoffBot
            | Self::Example { .. }
            | Self::Cancel
            | Self::Consent { .. }
            | Self::Sphere { .. }
            | Self::Skip
            | Self::Days { .. }
            | Self::DaysOk { .. }
            | Self::Hour { .. }
            | Self::Lists { .. }
            | Self::List { .. }
            | Self::Tick { .. }
            | Self::How { .. }
            | Self::Again { .. }
            | Self::History { .. }
            | Self::Next
            | Self::Lessons { .. }
            | Self::Lesson { .. }
            | Self::Card { .. }
            | Self::Quiz { .. }
            | Self::Answer { .. }
            | Self::Retry { .. }
            | Self::Guide { .. }
            | Self::Helped { .. }
            | Self::AskCurator { .. }
            | Self::AskCuratorYes { .. }
            | Self::Ask
            | Self::Draft
            | Self::Reminders
            | Self::RemindersMore { .. }
            | Self::RemindNew
            | Self::RemindDrop { .. }
            | Self::Done { .. }
            | Self::InHour { .. }
            | Self::Tomorrow { .. }
            | Self::Workday { .. }
            | Self::PassBy { .. }
            | Self::At { .. }
            | Self::RemindYes
            | Self::RemindTime
            | Self::RemindDays
            | Self::RemindWeekly
            | Self::Away
            | Self::AwayUntil { .. }
            | Self::DeputySet
            | Self::AwayAlone
            | Self::AwayEnd
            | Self::AwayMove
            | Self::Cover { .. }
            | Self::Ideas { .. }
            | Self::Template { .. }
            | Self::Courses { .. }
            | Self::Course { .. }
            | Self::Page
            | Self::Standing { .. }
            | Self::Said { .. }
            | Self::Appeal { .. }
            | Self::Weeks { .. }
            | Self::Thanks { .. }
            | Self::Advised { .. }
            | Self::PageOne { .. }
            | Self::PageLeave { .. }
            | Self::PageProve { .. }
            | Self::PageCheck { .. }
            | Self::PageSet
            | Self::Progress
            | Self::Settings
            | Self::SphereSet
            | Self::TownSet
            | Self::ZoneSet { .. }
            | Self::Zone { .. }
            | Self::SubReminders { .. }
            | Self::SubNews { .. }
            | Self::SubTips { .. }
            | Self::MyData
            | Self::MyDataSend
            | Self::Classes { .. }
            | Self::MyClasses { .. }
            | Self::Class { .. }
            | Self::ClassJoin { .. }
            | Self::ClassLeave { .. }
            | Self::ClassLeaveYes { .. }
            | Self::ClassCalendar { .. }
            | Self::ClassMark { .. }
            | Self::ClassPaper { .. }
            | Self::ClassDoor { .. }
            | Self::Withdraw
            | Self::WithdrawYes
            | Self::Quiet
            | Self::QuietSet { .. }
            | Self::QuietUsual
            | Self::Peers { .. }
            | Self::PeersName { .. }
            | Self::Opinion { .. }
            | Self::OpinionLater
            | Self::LetterPress { .. } => Role::Admin,
            Self::ClassAsk { of, .. } if !of.is_staffs() => Role::Admin,
            Self::ListSend { l } => l.needs(),
            Self::Cabinet
            | Self::BoardPage { .. }
            | Self::Report { .. }
            | Self::ReportPicture { .. }
            | Self::ReportTable { .. } => Role::Head,
            Self::Log | Self::LogSend => Role::Owner,
            Self::Runners
            | Self::Runner { .. }
            | Self::RunnerYes { .. }
            | Self::RunnerNo { .. }
            | Self::Claims
            | Self::Claim { .. }
            | Self::ClaimSay { .. }
            | Self::PageClass { .. }
            | Self::Questions { .. }
            | Self::Question { .. }
            | Self::QuestionFile { .. }
            | Self::QuestionFiled { .. }
            | Self::QuestionHide { .. }
            | Self::Reply { .. }
            | Self::ReplySend
            | Self::Campaign { .. }
            | Self::Handoffs { .. }
            | Self::Handoff { .. }
            | Self::HandoffTake { .. }
            | Self::HandoffDraft { .. }
            | Self::WriteTo { .. }
            | Self::People
            | Self::Roles { .. }
            | Self::Role { .. }
            | Self::RoleDrop { .. }
            | Self::RoleDropYes { .. }
            | Self::RoleNew
            | Self::RoleIs { .. }
            | Self::RolePlace { .. }
            | Self::RoleSpheres
            | Self::RoleYes
            | Self::Roster
            | Self::RosterLoad
            | Self::RosterYes { .. }
            | Self::RosterSend
            | Self::Invites { .. }
            | Self::InvitesSend
            | Self::InviteCode { .. }
            | Self::Letters { .. }
            | Self::CampaignWatch { .. }
            | Self::CampaignLeave { .. }
            | Self::Unacked { .. }
            | Self::ReportFile { .. }
            | Self::Board { .. }
            | Self::BoardPick
            | Self::BoardFind
            | Self::BoardTables { .. }
            | Self::BoardTable { .. } => Role::Curator,
            Self::Letter { .. }
            | Self::AgainUnacked { .. }
            | Self::Announce
            | Self::AnnounceSend
            | Self::CampaignAgain { .. }
            | Self::CampaignPause { .. }
            | Self::CampaignResume { .. }
            | Self::CampaignCancel { .. }
            | Self::ClassAsk { .. }
            | Self::ClassSet { .. }
            | Self::Training { .. }
            | Self::ClassFrom { .. }
            | Self::ClassOf { .. }
            | Self::ClassRoom { .. }
            | Self::ClassEdit { .. }
            | Self::ClassOpen { .. }
            | Self::ClassStop { .. }
            | Self::ClassStopYes { .. }
            | Self::ClassPeople { .. }
            | Self::ClassCame { .. }
            | Self::ClassWindow { .. }
            | Self::ClassRecord { .. }
            | Self::ClassTable { .. }
            | Self::ClassVoices { .. }
            | Self::ClassDoorSend { .. }
            | Self::ClassAnnounce { .. }
            | Self::CampaignCancelYes { .. } => Role::Trainer,
        }
    }

    /// Reads a payload; `None` if it is not one of ours.
    pub fn read(payload: &str) -> Option<Self> {
        if let Ok(action) = serde_json::from_str(payload) {
            return Some(action);
        }
        // VK's own «Начать» button.
        let value: serde_json::Value = serde_json::from_str(payload).ok()?;
        (value.get("command").and_then(serde_json::Value::as_str) == Some("start")).then_some(Self::Menu)
    }

    /// The payload of its button.
    pub fn payload(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_short_and_read_back() {
        let longest = Action::Tick {
            c: "a-checklist-of-a-long-name-indeed".into(),
            s: "a-step-with-a-long-name-as-well".into(),
            on: true,
            p: 12,
        };
        let was = CampaignState::Paused(Pause::Text(-2));
        for action in [
            Action::Menu,
            longest,
            Action::Hour { d: Weekdays::ALL, t: Hm { hour: 23, minute: 59 } },
            Action::CampaignResume { id: CampaignId(7), why: Pause::Refusals },
            Action::CampaignCancelYes { id: CampaignId(7), was },
        ] {
            let payload = action.payload();
            assert!(payload.len() <= 255, "{payload}");
            assert_eq!(Action::read(&payload), Some(action));
        }
    }

    #[test]
    fn strange_payloads_are_nobodys() {
        for payload in
            ["", "null", "{}", "[]", r#"{"a":"fly"}"#, r#"{"a":"list"}"#, r#"{"command":"stop"}"#, "{"]
        {
            assert_eq!(Action::read(payload), None, "{payload}");
        }
        assert_eq!(Action::read(r#"{"command":"start"}"#), Some(Action::Menu));
    }
}
