//! Every screen by every button: from each of them she finds back and home, nothing is deeper than three levels, and VK
//! takes all of it on any client.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;
use vk_sandbox::check_message;
use vkapi::types::{Cmid, UserId};

use super::{Alone, Answered};
use crate::{
    chat::{Action, Do, Event, Role, tests::CONTENT},
    config::Staff,
    domain::{ClassAsk, ClassId, ListOf, Ms},
    store::{OutMessage, Store},
};

/// Nothing is deeper than so many levels below the menu.
const LEVELS: usize = 3;
/// Buttons with a number of values of their own, such as days and hours: so many of a kind are pressed.
const ALIKE: usize = 6;

/// Where a screen belongs. What is read page by page, question by question, or filled in step by step, is one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Menu,
    /// Before she has agreed and answered the interview.
    Meeting,
    Lists,
    List(String),
    Guide,
    Ask,
    Draft,
    Courses,
    Course(String),
    Lessons,
    Lesson(String),
    Reminders,
    Reminder,
    /// What came by itself.
    Came,
    Vacation,
    Ideas,
    Page,
    /// What a page is worth, and why.
    Standing,
    /// A page among those of its kind.
    Peers,
    Progress,
    Settings,
    Setting,
    MyData,
    Cabinet,
    Questions,
    Question,
    Runners,
    Runner,
    Claims,
    Claim,
    Announce,
    Letters,
    Campaign,
    Handoffs,
    Handoff,
    People,
    Roles,
    Roster,
    Board,
    BoardPage,
    Report,
    Classes,
    MyClasses,
    Class,
    Training,
    /// A class as staff sees it, with everything that is filled in about it.
    Room,
}

/// Where a button leads; `None` where that depends on her.
#[expect(clippy::too_many_lines, reason = "a list: one line an action")]
fn place(action: &Action) -> Option<Place> {
    Some(match action {
        Action::Menu | Action::Cancel => Place::Menu,
        Action::Consent { .. } | Action::Skip => Place::Meeting,
        Action::Lists { .. } => Place::Lists,
        Action::List { c, .. }
        | Action::Tick { c, .. }
        | Action::How { c, .. }
        | Action::Again { c }
        | Action::History { c } => Place::List(c.clone()),
        Action::Guide { .. } | Action::Helped { .. } => Place::Guide,
        Action::Ask | Action::AskCurator { .. } | Action::AskCuratorYes { .. } | Action::HandoffBot => {
            Place::Ask
        }
        Action::Draft => Place::Draft,
        Action::Courses { .. } => Place::Courses,
        Action::Course { c } => Place::Course(c.clone()),
        Action::Lessons { .. } => Place::Lessons,
        Action::Lesson { l }
        | Action::Card { l, .. }
        | Action::Quiz { l }
        | Action::Answer { l, .. }
        | Action::Retry { l } => Place::Lesson(l.clone()),
        Action::Reminders
        | Action::RemindersMore { .. }
        | Action::RemindDrop { .. }
        | Action::RemindYes
        | Action::AwayEnd => Place::Reminders,
        Action::RemindNew
        | Action::Days { .. }
        | Action::DaysOk { .. }
        | Action::Hour { .. }
        | Action::At { .. }
        | Action::RemindTime
        | Action::RemindDays
        | Action::RemindWeekly => Place::Reminder,
        Action::Done { .. }
        | Action::PassBy { .. }
        | Action::InHour { .. }
        | Action::Tomorrow { .. }
        | Action::Workday { .. }
        | Action::Advised { .. }
        | Action::Opinion { .. }
        | Action::OpinionLater
        | Action::Cover { .. } => Place::Came,
        Action::Away
        | Action::AwayMove
        | Action::AwayUntil { .. }
        | Action::DeputySet
        | Action::AwayAlone => Place::Vacation,
        Action::Ideas { .. } | Action::Template { .. } => Place::Ideas,
        Action::Page
        | Action::PageSet
        | Action::PageOne { .. }
        | Action::PageLeave { .. }
        | Action::PageProve { .. }
        | Action::PageCheck { .. }
        | Action::Example { .. } => Place::Page,
        Action::Claims => Place::Claims,
        Action::Claim { .. } | Action::ClaimSay { .. } => Place::Claim,
        Action::Peers { .. } | Action::PeersName { .. } => Place::Peers,
        Action::Runners => Place::Runners,
        Action::Runner { .. } | Action::RunnerYes { .. } | Action::RunnerNo { .. } => Place::Runner,
        Action::Standing { .. } | Action::Said { .. } | Action::Appeal { .. } | Action::Weeks { .. } => {
            Place::Standing
        }
        Action::Progress | Action::Thanks { .. } => Place::Progress,
        Action::Settings
        | Action::Sphere { .. }
        | Action::Zone { .. }
        | Action::QuietSet { .. }
        | Action::QuietUsual
        | Action::SubReminders { .. }
        | Action::SubNews { .. }
        | Action::SubTips { .. } => Place::Settings,
        Action::SphereSet | Action::TownSet | Action::ZoneSet { .. } | Action::Quiet => Place::Setting,
        Action::MyData | Action::MyDataSend | Action::Withdraw => Place::MyData,
        Action::Cabinet | Action::CampaignLeave { .. } => Place::Cabinet,
        Action::Questions { .. } | Action::ListSend { l: ListOf::Questions } => Place::Questions,
        Action::Question { .. }
        | Action::QuestionFile { .. }
        | Action::QuestionFiled { .. }
        | Action::QuestionHide { .. }
        | Action::Reply { .. }
        | Action::ReplySend => Place::Question,
        Action::Announce
        | Action::AnnounceSend
        | Action::Letter { .. }
        | Action::AgainUnacked { .. }
        | Action::ClassAnnounce { .. }
        | Action::CampaignAgain { .. } => Place::Announce,
        Action::Letters { .. } | Action::ListSend { l: ListOf::Letters } => Place::Letters,
        Action::Campaign { .. }
        | Action::CampaignWatch { .. }
        | Action::Unacked { .. }
        | Action::ReportFile { .. }
        | Action::CampaignPause { .. }
        | Action::CampaignResume { .. }
        | Action::CampaignCancel { .. }
        | Action::CampaignCancelYes { .. } => Place::Campaign,
        Action::Handoffs { .. } => Place::Handoffs,
        Action::Board { .. }
        | Action::BoardPick
        | Action::BoardFind
        | Action::BoardTables { .. }
        | Action::BoardTable { .. } => Place::Board,
        Action::BoardPage { .. } | Action::WriteTo { .. } | Action::PageClass { .. } => Place::BoardPage,
        Action::Report { .. } | Action::ReportPicture { .. } | Action::ReportTable { .. } => Place::Report,
        Action::Handoff { .. }
        | Action::HandoffTake { .. }
        | Action::HandoffSay { .. }
        | Action::HandoffClose { .. }
        | Action::ListSend { l: ListOf::Handoffs }
        | Action::HandoffDraft { .. } => Place::Handoff,
        Action::People | Action::Log | Action::LogSend => Place::People,
        Action::Roles { .. }
        | Action::Role { .. }
        | Action::RoleDrop { .. }
        | Action::RoleDropYes { .. }
        | Action::RoleNew
        | Action::RoleIs { .. }
        | Action::RolePlace { .. }
        | Action::RoleSpheres
        | Action::ListSend { l: ListOf::Roles }
        | Action::RoleYes => Place::Roles,
        Action::Roster
        | Action::RosterLoad
        | Action::RosterYes { .. }
        | Action::RosterSend
        | Action::Invites { .. }
        | Action::InvitesSend
        | Action::InviteCode { .. } => Place::Roster,
        Action::Next | Action::WithdrawYes | Action::LetterPress { .. } => return None,
        Action::Classes { .. } => Place::Classes,
        Action::MyClasses { .. } => Place::MyClasses,
        Action::ClassAsk { of, .. } if !of.is_staffs() => Place::Class,
        Action::Class { .. }
        | Action::ClassJoin { .. }
        | Action::ClassLeave { .. }
        | Action::ClassLeaveYes { .. }
        | Action::ClassCalendar { .. }
        | Action::ClassMark { .. }
        | Action::ClassPaper { .. }
        | Action::ClassDoor { .. } => Place::Class,
        Action::Training { .. } | Action::ListSend { l: ListOf::Classes } => Place::Training,
        Action::ClassAsk { .. }
        | Action::ClassSet { .. }
        | Action::ClassFrom { .. }
        | Action::ClassOf { .. }
        | Action::ClassRoom { .. }
        | Action::ClassEdit { .. }
        | Action::ClassOpen { .. }
        | Action::ClassStop { .. }
        | Action::ClassStopYes { .. }
        | Action::ClassPeople { .. }
        | Action::ClassCame { .. }
        | Action::ClassWindow { .. }
        | Action::ClassRecord { .. }
        | Action::ClassTable { .. }
        | Action::ClassVoices { .. }
        | Action::ClassDoorSend { .. } => Place::Room,
    })
}

/// What she types once a button has opened its form.
fn typed(action: &Action) -> &'static [&'static str] {
    match action {
        Action::Ask => &[
            "как закрепить запись",
            "как зокрепить запиь на стене сообщества",
            "где взять рыбу для аквариума",
            "спасибо",
            "болит голова что делать",
            "👍",
            "напомни завтра в 9:30 про отчёт",
        ],
        Action::Draft => {
            &["УВАЖАЕМЫЕ РОДИТЕЛИ!!! Приглашаем на праздник", "Завтра в 10:00 в актовом зале, тел. 5-55-55"]
        }
        Action::RemindNew => &["вт и чт в 10", "в пятницу в 9", "когда-нибудь", "по будням"],
        Action::TownSet => &["Тамбов", "12"],
        Action::Quiet => &["с 21 до 9", "с 8 до 22", "с 9 до 8", "вечером"],
        Action::PageSet => &["vk.ru/school5", "нет такой страницы", "https://example.org"],
        Action::Away => &["через две недели", "вчера"],
        Action::AwayUntil { .. } | Action::DeputySet => &["id102", "Тамара Ивановна", "vk.ru/nobody"],
        Action::RoleNew => &["id102", "никто"],
        Action::ClassAsk { of, .. } => match of {
            ClassAsk::Title => &["Обложка за час", "а"],
            ClassAsk::About => &["Соберём обложку и меню вместе"],
            ClassAsk::When | ClassAsk::EnrolBy => &["8 декабря в 14:00", "вчера", "когда-нибудь"],
            ClassAsk::Minutes => &["45", "много"],
            ClassAsk::Place | ClassAsk::Record => {
                &["ЦУР, зал 2, эфир https://vk.ru/call", "https://vk.ru/video1", "да"]
            }
            ClassAsk::Seats => &["1", "0", "100000"],
            ClassAsk::Town => &["Ольховск", "5"],
            ClassAsk::Code => &["синяя ёлка", "а"],
            ClassAsk::Guess => &["красный шар", "синяя ёлка"],
            ClassAsk::Name => &["Анна Петрова", "5"],
            ClassAsk::Voice => &["Спасибо, всё понятно"],
            ClassAsk::Walk => &["id102", "никто"],
            ClassAsk::Spheres | ClassAsk::Level => &["школы"],
        },
        Action::Announce => &["Завтра в 15:00 семинар для всех администраторов", "да"],
        Action::BoardFind => &["школа", "ыыы"],
        Action::WriteTo { .. } => &["Здравствуйте! Как дела на странице?"],
        Action::Letter { d: Do::Text, .. } => &["Завтра в 15:00 семинар, {имя}", "{кто}", "да"],
        Action::Letter { d: Do::Link, .. } => &["Сайт https://vk.ru", "Обложка guide_cover-basics", "сайт"],
        Action::Letter { d: Do::Ask, .. } => &["завтра в 10", "по понедельникам в 9", "вчера", "потом"],
        Action::Letter { d: Do::Keep, .. } => &["Школы"],
        Action::Letter { d: Do::As, .. } => &["id102", "кто-нибудь"],
        Action::Letter { d: Do::Files, .. } => &["вот"],
        Action::Letter { d: Do::No, .. } => &["Не время"],
        Action::Letter { d: Do::Mend, .. } => &["Завтра в 16:00 семинар, {имя}", "да"],
        Action::Reply { .. } => &["Закрепить запись можно в меню записи."],
        _ => &[],
    }
}

/// One thing she does.
#[derive(Clone, Debug)]
enum Step {
    Press(Action),
    Type(&'static str),
}

impl Step {
    fn event(&self) -> Event {
        match self {
            Self::Press(action) => Event::Press(Some(action.clone()), Some(Cmid(3))),
            Self::Type(text) => {
                Event::Text { text: (*text).to_owned(), action: None, plain: false, link: None }
            }
        }
    }
}

/// What is still to be tried: a step, the one before it, and the place that led to where it is done.
struct Todo {
    step: Step,
    before: Option<Step>,
    /// Where she is before the step.
    at: Place,
    /// From which place she came there.
    from: Place,
}

/// The labels and payloads of a message's buttons.
fn buttons(message: &OutMessage) -> Vec<(String, Option<String>)> {
    let keyboard = message.keyboard.as_deref().map(|json| serde_json::from_str::<Value>(json).unwrap());
    let rows = keyboard.as_ref().and_then(|k| k["buttons"].as_array()).cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let rows = rows.iter().filter_map(Value::as_array).flatten();
    rows.map(|b| (text(&b["action"]["label"]).unwrap_or_default(), text(&b["action"]["payload"]))).collect()
}

/// What the buttons of a message carry.
pub(super) fn payloads(message: &OutMessage) -> Vec<String> {
    buttons(message).into_iter().filter_map(|(_, payload)| payload).collect()
}

/// A message seen after a step.
struct Seen {
    told: String,
    place: Place,
    from: Place,
    /// It was reached from another screen of the same place.
    within: bool,
    leads: Vec<Action>,
}

struct Crawl {
    bot: Alone,
    who: UserId,
    tried: BTreeSet<String>,
    kinds: BTreeMap<String, usize>,
    ways: BTreeSet<(Place, Place)>,
    seen: Vec<Seen>,
    /// What is not as it should be; told together, so that all of it can be mended at once.
    faults: BTreeSet<String>,
}

impl Crawl {
    fn must(&mut self, holds: bool, told: &str, fault: impl FnOnce() -> String) {
        if !holds {
            self.faults.insert(format!("{}\n    {told}", fault()));
        }
    }

    async fn hear(&mut self, event: &Event, told: &str) -> Answered {
        let answered = self.bot.hear(self.who, event).await;
        assert_eq!(self.bot.failed(), 0, "a turn failed: {told}");
        let stale = Some(CONTENT.texts().get("stale-button"));
        // What was done once is not there to be done again; a list may have lost a tick since it was whole, and a page
        // its administrator.
        let once = match event {
            Event::Press(Some(action), _) => matches!(
                action,
                Action::RemindDrop { .. }
                    | Action::RemindYes
                    | Action::Thanks { .. }
                    | Action::PageOne { .. }
                    | Action::PageProve { .. }
                    | Action::PageCheck { .. }
            ),
            _ => false,
        };
        self.must(once || answered.snackbar != stale, told, || "a button of ours is not known".to_owned());
        for message in &answered.messages {
            let taken = check_message(&message.text, message.keyboard.as_deref());
            self.must(taken.is_ok(), told, || format!("VK would not take it: {taken:?}"));
            // Written out with numbers for a client without buttons it has to fit as well.
            let lines: usize = buttons(message).iter().map(|(l, _)| l.encode_utf16().count() + 6).sum();
            let whole = message.text.encode_utf16().count() + lines;
            self.must(whole <= 4_096, told, || format!("{whole} characters on a client without buttons"));
        }
        let person = self.bot.person(self.who).await;
        let numbers: Vec<u16> = person.iter().flat_map(|p| &p.offers).map(|o| o.number).collect();
        let different: BTreeSet<u16> = numbers.iter().copied().collect();
        let one_each = different.len() == numbers.len();
        self.must(one_each, told, || format!("one number for two buttons, {numbers:?}"));
        answered
    }

    /// Whether such a step is to be tried: once, and of days and hours only some.
    fn is_new(&mut self, step: &Step) -> bool {
        let Step::Press(action) = step else { return true };
        if !self.tried.insert(action.payload()) {
            return false;
        }
        let kind = match action {
            Action::Days { .. } | Action::DaysOk { .. } => "days",
            Action::Hour { .. } | Action::At { .. } => "hours",
            Action::Tick { .. } => "ticks",
            Action::Template { .. } => "templates",
            Action::Letter { d: Do::Chip(..), .. } => "chips",
            Action::Letter { d: Do::Chips(..), .. } => "kinds of chips",
            Action::ClassOf { .. } => "runs",
            _ => return true,
        };
        let n = self.kinds.entry(kind.to_owned()).or_default();
        *n += 1;
        *n <= if kind == "ticks" { 300 } else { ALIKE }
    }

    /// Presses every button there is, and everything behind it.
    async fn everything(&mut self, at: Place, first: Vec<Step>) {
        let begin = |step| Todo { step, before: None, at: at.clone(), from: at.clone() };
        let mut todo: VecDeque<Todo> = first.into_iter().map(begin).collect();
        while let Some(Todo { step, before, at, from }) = todo.pop_front() {
            if !self.is_new(&step) {
                continue;
            }
            let told = format!("{:?}: {before:?}, then {step:?}", self.bot.role(self.who).await);
            if let Some(before) = &before {
                self.hear(&before.event(), &told).await;
            }
            let answered = self.hear(&step.event(), &told).await;
            let Some(message) = answered.last(self.who) else {
                self.must(answered.snackbar.is_some(), &told, || "nothing happens".to_owned());
                continue;
            };
            let carried = payloads(message);
            let leads: Vec<Action> = carried.iter().filter_map(|payload| Action::read(payload)).collect();
            self.must(leads.len() == carried.len(), &told, || format!("a button is unknown: {carried:?}"));
            self.must(!leads.is_empty(), &told, || format!("a dead end: {}", message.text));
            let now = match &step {
                Step::Press(action) => place(action),
                Step::Type(_) => Some(at.clone()),
            };
            let usual = message.keyboard.as_deref().is_some_and(|k| !k.contains("\"inline\":true"));
            let now = match now {
                _ if usual => Some(Place::Menu),
                _ if at == Place::Meeting => Some(Place::Meeting),
                now => now,
            };
            // A step within a place leaves the place that led there.
            let from = if now.as_ref() == Some(&at) { from } else { at.clone() };
            if let Some(now) = &now {
                self.ways.insert((from.clone(), now.clone()));
                let place = now.clone();
                let within = place == at && before.is_some();
                self.seen.push(Seen { told, place, from: from.clone(), within, leads: leads.clone() });
            }
            let now = now.unwrap_or(Place::Menu);
            let typed = match &step {
                Step::Press(action) => typed(action),
                Step::Type(_) => &[],
            };
            let pressed = leads.into_iter().filter(|a| !matches!(a, Action::WithdrawYes)).map(Step::Press);
            for next in pressed.chain(typed.iter().map(|text| Step::Type(text))) {
                let todo_next =
                    Todo { step: next, before: Some(step.clone()), at: now.clone(), from: from.clone() };
                todo.push_back(todo_next);
            }
        }
    }

    /// How many levels below the menu each place is, by the shortest way of buttons.
    fn levels(&self) -> BTreeMap<Place, usize> {
        let mut levels = BTreeMap::from([(Place::Menu, 0)]);
        let mut next = vec![Place::Menu];
        while let Some(at) = next.pop() {
            let level = levels[&at] + 1;
            for (_, to) in self.ways.iter().filter(|(from, _)| *from == at) {
                if levels.get(to).is_none_or(|known| *known > level) {
                    levels.insert(to.clone(), level);
                    next.push(to.clone());
                }
            }
        }
        levels
    }

    /// From every screen there is a way home and a way back.
    fn judge(&mut self) {
        let levels = self.levels();
        for (place, level) in &levels {
            self.must(*level <= LEVELS, "", || format!("{place:?} is {level} levels below the menu"));
        }
        for Seen { told, place, from, within, leads } in std::mem::take(&mut self.seen) {
            let (place, from) = (&place, &from);
            let to: Vec<Place> = leads.iter().filter_map(self::place).collect();
            let own = levels.get(place).copied();
            let higher =
                |to: &Place| *to == *from || matches!((levels.get(to), own), (Some(a), Some(b)) if *a < b);
            let back =
                |to: &Place| *to != Place::Menu && (to != place && higher(to) || within && to == place);
            let back = to.iter().any(back);
            let home = to.contains(&Place::Menu);
            let asks = leads.len() <= 2 && back;
            let met = matches!(place, Place::Meeting) || *from == Place::Meeting;
            let at_home = home || asks || met || *place == Place::Menu;
            self.must(at_home, &told, || format!("no way home from {place:?}: {leads:?}"));
            let form = leads.contains(&Action::Cancel);
            // An answer to what she typed stands by itself, wherever she was.
            let typed = matches!(from, Place::Ask | Place::Menu | Place::Vacation | Place::Question);
            let answer = typed && matches!(place, Place::Guide | Place::Ideas);
            let first = answer || own.is_none_or(|level| level <= 1);
            let returns = back || first || form || met;
            self.must(returns, &told, || format!("no way back from {place:?} to {from:?}: {leads:?}"));
        }
        let faults: Vec<&String> = self.faults.iter().collect();
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), join(&faults));
    }
}

fn join(faults: &[&String]) -> String {
    faults.iter().take(40).map(|fault| fault.as_str()).collect::<Vec<_>>().join("\n")
}

fn text(text: &str) -> Event {
    Event::Text { text: text.to_owned(), action: None, plain: false, link: None }
}

/// A world in which there is something to see everywhere, and somebody of this role in it.
async fn crawl(who: i64, role: Role) -> Crawl {
    let staff = Staff { owners: vec![1007], trainers: vec![1006], curators: vec![1005], ..Staff::default() };
    let mut bot = Alone::new(staff);
    let (who, other) = (UserId(who), UserId(102));
    assert_eq!(bot.role(who).await, role);
    for user in [other, who] {
        super::fuzz::acquaint(&mut bot, user).await;
        for said in [
            "где взять рыбу",
            "рыба где взять",
            "как прибить пост гвоздями",
            "напомни завтра в 10 про отчёт",
            "да",
        ] {
            bot.hear(user, &text(said)).await;
        }
    }
    let ask = bot.hear(other, &text("чпокает брондулятор")).await;
    let ask = ask.last(other).map(payloads).unwrap_or_default();
    let ask = ask.iter().filter_map(|p| Action::read(p)).find(|a| matches!(a, Action::AskCurator { .. }));
    let Some(Action::AskCurator { q }) = ask else { panic!("a question can be handed over") };
    bot.hear(other, &Event::Press(Some(Action::AskCuratorYes { q }), None)).await;
    let trainer = UserId(1006);
    super::fuzz::acquaint(&mut bot, trainer).await;
    bot.hear(trainer, &Event::Press(Some(Action::Announce), None)).await;
    bot.hear(trainer, &text("В среду семинар для всех, кто ведёт страницы")).await;
    let letter = bot.core.store.letters(1).await.unwrap().remove(0).id;
    bot.hear(trainer, &Event::Press(Some(Action::Letter { id: letter, d: Do::Send }), None)).await;
    bot.hear(trainer, &Event::Press(Some(Action::AnnounceSend), None)).await;
    let (code, place) = (ClassAsk::Code, Action::ClassAsk { id: ClassId(0), of: ClassAsk::Title, n: true });
    bot.hear(trainer, &Event::Press(Some(place), None)).await;
    for typed in ["Обложка за час", "Соберём обложку", "завтра в 14:00", "Зал, https://vk.ru/call", "30"]
    {
        bot.hear(trainer, &text(typed)).await;
    }
    let id = ClassId(1);
    bot.hear(trainer, &Event::Press(Some(Action::ClassOpen { id }), None)).await;
    for user in [other, who] {
        bot.hear(user, &Event::Press(Some(Action::ClassJoin { id }), None)).await;
    }
    bot.hear(trainer, &Event::Press(Some(Action::ClassAsk { id, of: code, n: false }), None)).await;
    bot.hear(trainer, &text("синяя ёлка")).await;
    let (tried, kinds, ways) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
    Crawl { bot, who, tried, kinds, ways, seen: Vec::new(), faults: BTreeSet::new() }
}

async fn all_of(who: i64, role: Role) -> Crawl {
    let mut crawl = crawl(who, role).await;
    crawl.everything(Place::Menu, vec![Step::Press(Action::Menu)]).await;
    println!("{role:?}: {} screens, {} places", crawl.seen.len(), crawl.levels().len());
    crawl.judge();
    crawl
}

#[tokio::test]
async fn an_administrator_finds_back_and_home_from_everywhere() {
    let crawl = all_of(101, Role::Admin).await;
    let levels = crawl.levels();
    for place in [Place::Cabinet, Place::Questions, Place::Announce] {
        assert_eq!(levels.get(&place), None);
    }
    assert_eq!(levels.keys().filter(|p| matches!(p, Place::Lesson(_))).count(), 10);
}

#[tokio::test]
async fn a_curator_finds_back_and_home_from_everywhere() {
    assert!(all_of(1005, Role::Curator).await.levels().contains_key(&Place::Question));
}

#[tokio::test]
async fn a_trainer_finds_back_and_home_from_everywhere() {
    assert!(all_of(1006, Role::Trainer).await.levels().contains_key(&Place::Announce));
}

#[tokio::test]
async fn an_owner_finds_back_and_home_from_everywhere() {
    assert!(all_of(1007, Role::Owner).await.levels().contains_key(&Place::Campaign));
}

#[tokio::test]
async fn a_newcomer_is_led_through_consent_and_interview() {
    let mut crawl = crawl(101, Role::Admin).await;
    crawl.hear(&Event::Press(Some(Action::WithdrawYes), None), "leaving").await;
    let first = ["Начать", "как закрепить запись", "👍"].map(Step::Type);
    crawl.everything(Place::Meeting, first.into()).await;
    let seen = crawl.seen.iter().filter(|s| s.place == Place::Meeting).count();
    crawl.judge();
    assert!(seen >= 5, "only {seen} screens of the interview were seen");
    let came = crawl.bot.pass(3 * Ms::DAY).await;
    assert!(came.iter().all(|message| check_message(&message.text, message.keyboard.as_deref()).is_ok()));
}
