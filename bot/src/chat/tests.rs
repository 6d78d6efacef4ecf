//! Whatever a person writes or presses, in whatever state, she gets an answer that VK takes.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, LazyLock},
};

use proptest::prelude::*;
use vkapi::types::{Cmid, GroupId, UserId};

use super::{
    Absent, Action, CodeSeen, Colleague, Do, Event, Known, Need, PageCard, PageFault, Region, Role, Scene,
    Taken, Turn, turn,
};
use crate::{
    content::{Content, DEFAULT_NORM},
    domain::{
        Asked, AskedKey, Came, Campaign, CampaignId, CampaignState, Care, Certificate, Class, ClassAsk,
        ClassId, ClassState, Clerk, CodeWord, Fate, Grant, Hall, Handoff, Hm, How, Level, ListOf, Ms,
        Outlook, PageRef, Pause, Person, Progress, Reads, Reminder, ReminderKey, Report, Retention, Rights,
        Seat, SeatState, Sphere, Tally, Tick, Voices, Weekdays, Zone,
        attention::{Ledger, Rules},
        board::Row,
        letter::{Addressee, Letter, LetterButton, Stage},
        page::{Admin, Answer, Aspect, Nudged, Page, PageClass, Sight},
    },
    store::{Expect, Op},
};

pub(crate) static CONTENT: LazyLock<Arc<Content>> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    Arc::new(
        Content::load(&dir, jiff::civil::date(2026, 11, 23))
            .expect("the content of this repository is sound")
            .0,
    )
});

/// A person's world as a sequence of turns leaves it.
pub(super) struct World {
    pub(super) now: Ms,
    pub(super) person: Person,
    pub(super) steps: BTreeMap<(String, String), Tick>,
    pub(super) progress: Progress,
    pub(super) reminders: BTreeMap<ReminderKey, Reminder>,
    pub(super) nudged: Nudged,
    asked: BTreeMap<AskedKey, Asked>,
    handoffs: BTreeMap<u64, Handoff>,
    pub(super) pages: BTreeMap<GroupId, Page>,
    /// How her pages looked last.
    pub(super) sight: Option<Sight>,
    /// A colleague's vacation.
    pub(super) absent: Option<Absent>,
    /// When any page's newest post came out.
    pub(super) posted: Option<Ms>,
    pub(super) halls: BTreeMap<ClassId, Hall>,
    papers: BTreeMap<u64, Certificate>,
    /// What VK does not show of her pages.
    pub(super) hides: Option<Aspect>,
    pub(super) role: Role,
    nonce: u64,
}

const NOBODY: UserId = UserId(7);

/// What others have asked.
fn questions(at: Ms) -> BTreeMap<AskedKey, Asked> {
    let asked = |n: u16| Asked {
        key: AskedKey { person: UserId(8), n },
        id: n.into(),
        at,
        text: ["где взять рыбу", "рыба где взять", "как прибить пост гвоздями", ""][usize::from(n % 4)]
            .into(),
        how: How::Unsure,
        guide: Some("two-factor".into()),
        waits: n.is_multiple_of(3),
        fate: Fate::Open,
    };
    (0..8).map(|n| (AskedKey { person: UserId(8), n }, asked(n))).collect()
}

/// A class to come, one that is on, one that is over, a draft, one that is cancelled; with a person in some of them.
pub(super) fn classes(now: Ms) -> BTreeMap<ClassId, Hall> {
    let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
    let class = |id: u64, starts: Ms, state| {
        let class = Class::new(ClassId(id), UserId(8), now, zone.clone(), format!("Занятие номер {id}"));
        let code = CodeWord { word: "ёлка".into(), opens: starts, closes: starts.plus(3 * Ms::HOUR) };
        let link = Some("https://vk.ru/call".to_owned());
        Class { starts, state, code: Some(code), link, seats: Some(3), ..class }
    };
    let hour = |n: i64| now.plus(n * Ms::HOUR);
    let all = [
        class(1, hour(30), ClassState::Open),
        class(2, hour(-1), ClassState::Open),
        class(3, hour(-30), ClassState::Open),
        class(4, Ms(0), ClassState::Draft),
        class(5, hour(40), ClassState::Cancelled),
    ];
    let seat = |class, person, n| Seat {
        n,
        state: SeatState::Enrolled,
        at: now,
        ..Seat::new(class, UserId(person))
    };
    let came = Some(Came { at: now, by: None });
    let hall = |class: Class| {
        let seats = match class.id.0 {
            2 => vec![seat(class.id, 7, 1), seat(class.id, 8, 2)],
            3 => vec![Seat { came, ..seat(class.id, 7, 1) }, seat(class.id, 8, 2)],
            5 => vec![seat(class.id, 7, 1)],
            _ => Vec::new(),
        };
        (class.id, Hall { class, seats })
    };
    all.into_iter().map(hall).collect()
}

impl World {
    pub(super) fn new(role: Role) -> Self {
        let now = Ms(1_795_478_400_000);
        Self {
            now,
            person: Person::new(NOBODY, now),
            steps: BTreeMap::new(),
            progress: Progress::default(),
            reminders: BTreeMap::new(),
            nudged: Nudged::default(),
            asked: questions(now),
            handoffs: BTreeMap::new(),
            pages: BTreeMap::new(),
            sight: None,
            absent: None,
            posted: None,
            halls: classes(now),
            papers: BTreeMap::new(),
            hides: None,
            role,
            nonce: 1,
        }
    }

    /// The zone of the region.
    pub(super) fn zone() -> Zone {
        Zone::try_from("Europe/Moscow".to_owned()).unwrap()
    }

    pub(super) fn play(&mut self, event: &Event) -> Turn {
        self.nonce += 1;
        self.now = self.now.plus(Ms::MINUTE);
        let region = Region {
            name: "Область".into(),
            zone: Zone::try_from("Europe/Moscow".to_owned()).unwrap(),
            attention: Rules::default(),
            norm: DEFAULT_NORM.to_owned(),
            care: Care::default(),
            retention: Retention::default(),
        };
        let reminders: Vec<Reminder> = self.reminders.values().cloned().collect();
        let pages: Vec<(Page, Option<Sight>)> =
            self.pages.values().cloned().map(|page| (page, self.sight.clone())).collect();
        let mut known: Vec<(Need, Known)> = Vec::new();
        for _ in 0..crate::core::READS {
            let scene = Scene {
                now: self.now,
                person: self.person.clone(),
                steps: &self.steps,
                progress: &self.progress,
                reminders: &reminders,
                pages: &pages,
                role: self.role,
                rights: &Rights::new(
                    NOBODY,
                    Some(Grant::of_config(NOBODY, self.role)).filter(|g| g.role > Role::Admin),
                ),
                region: &region,
                staffed: true,
                content: &CONTENT,
                nonce: self.nonce,
                known: &known,
            };
            match turn(&scene, event) {
                Ok(turn) => {
                    self.keep(&turn);
                    return turn;
                }
                Err(need) => {
                    let answer = self.read(&need);
                    known.push((need, answer));
                }
            }
        }
        panic!("the turn asks for more and more: {known:?}");
    }

    #[expect(clippy::too_many_lines, reason = "a list: one line a need")]
    fn read(&self, need: &Need) -> Known {
        let campaign = |id| Campaign {
            id,
            author: NOBODY,
            at: self.now,
            text: "Завтра семинар".into(),
            state: CampaignState::Running,
            starts: self.now,
            local: false,
            reads: Reads::default(),
        };
        match need {
            Need::Page(typed) if typed.contains("school") => Known::Page(Ok(PageCard {
                id: GroupId(5),
                screen_name: "school".into(),
                name: "Школа".into(),
                members: Some(self.now.0 % 100),
                shut: false,
            })),
            Need::Page(typed) if typed.contains("club5") => Known::Page(Err(PageFault::Unreachable)),
            Need::Page(_) => Known::Page(Err(PageFault::NoAddress)),
            Need::Questions => Known::Gathered(
                self.asked
                    .values()
                    .rev()
                    .map(|asked| (asked.clone(), crate::domain::Place::default()))
                    .collect(),
            ),
            Need::QuestionsOf(_) => {
                Known::Questions(self.asked.values().filter(|a| a.key.person == NOBODY).cloned().collect())
            }
            Need::Colleague(typed) => {
                let known = [8, 9].into_iter().find(|id| typed.contains(&format!("id{id}")));
                let name = "Ольга Петрова".to_owned();
                Known::Colleague(known.map(|id| Colleague { id: UserId(id), name, here: id == 8 }))
            }
            Need::Pages(_) => Known::Pages(Box::new(super::tests_nudge::kept(self))),
            Need::Absent(_) => Known::Absent(self.absent.clone()),
            Need::Registered(id) => Known::Registered(self.pages.get(id).cloned().map(Box::new)),
            Need::Code(..) => Known::Code(CodeSeen::There),
            Need::Contested | Need::Claimed => Known::Contested(self.pages.values().cloned().collect()),
            Need::Peers(id) => Known::Peers((id.0..id.0 + 7).map(super::tests_nudge::entry).collect()),
            Need::LastPost(_) => Known::LastPost(self.posted),
            Need::Board => Known::Board(self.board()),
            Need::Watch(_) => Known::Watch(None),
            Need::Desk => Known::Desk(vec![Clerk {
                id: NOBODY,
                rights: Rights::new(NOBODY, [Grant::of_config(NOBODY, Role::Curator)]),
                person: Some(self.person.clone()),
            }]),
            Need::Handoffs | Need::Handoff(_) | Need::HandoffsOf(_) => Known::Handoffs(self.talks(need)),
            Need::Sheet(_, sheet) => Known::Sheet(super::tests_roster::read(sheet)),
            Need::Roster(_) => Known::Roster(Arc::default()),
            Need::Here(id) => Known::Here(*id == UserId(8)),
            Need::Municipalities => {
                Known::Municipalities(["Моршанск".to_owned(), "Кирсанов".to_owned()].into())
            }
            Need::Log(_) => Known::Log(Vec::new()),
            Need::Staff => Known::Staff(vec![Grant::of_config(NOBODY, self.role)]),
            Need::Audience(_) => Known::Audience(vec![(NOBODY, self.now), (UserId(8), self.now)].into()),
            Need::Count(_) => Known::Count(2),
            Need::Towns(_) => Known::Towns(vec![("Ольховск".into(), 2)]),
            Need::Letter(id) => {
                let stages = [
                    Stage::Draft,
                    Stage::Waits { since: self.now, people: 2 },
                    Stage::Sent { by: None },
                    Stage::Repeats { next: Some(self.now), by: None },
                ];
                let stage = stages[(id.0 % 4) as usize].clone();
                let text = "{имя}, завтра семинар".to_owned();
                let letter = Letter { stage, ..Letter::draft(*id, NOBODY, self.now, text) };
                Known::Letter(Some(Box::new(Letter { buttons: vec![LetterButton::Ack], ..letter })))
            }
            Need::Letters(_) => Known::Letters(Vec::new()),
            Need::Reach(_) => Known::Reach(None),
            Need::Segments => Known::Segments(Vec::new()),
            Need::Addressee(_) => Known::Addressee(Addressee::default()),
            Need::Reader(..) => Known::Reader(Some(Addressee::default())),
            Need::Approval => Known::Approval(Some(1)),
            Need::Pressed(_) => Known::Pressed(Vec::new()),
            Need::Received(id, _) => Known::Received(id.0.is_multiple_of(2)),
            Need::Unacked(..) => Known::Unacked(vec![(UserId(8), Addressee::default())], 1),
            Need::Told(..) => Known::Told(None),
            Need::Classes => {
                Known::Classes(self.halls.values().map(|h| (h.class.clone(), Taken::default())).collect())
            }
            Need::Class(id) => Known::Class(self.halls.get(id).cloned().map(Box::new)),
            Need::SeatsOf(user) => Known::Seats(
                self.halls.values().filter_map(|h| Some((h.class.clone(), h.seat(*user)?.clone()))).collect(),
            ),
            Need::Certificate(number) => Known::Certificate(self.papers.get(number).cloned().map(Box::new)),
            Need::Names(_) => Known::Names(BTreeMap::from([(UserId(8), "Ольга Петрова".to_owned())])),
            Need::Link(name) => Known::Link(format!("https://vk.me/club1?ref={name}")),
            Need::Voices => Known::Voices(Voices { praise: 4, calm: 2, blame: 1 }),
            Need::Chance(..) => Known::Chance(self.nonce),
            Need::Outlook(_) => {
                Known::Outlook(Outlook { people: 2, later: 0, opens: None, digest: 0, ends: self.now })
            }
            Need::Campaign(id) => {
                // Any state in turn: what may be pressed and what may not.
                let states = [
                    CampaignState::Scheduled,
                    CampaignState::Running,
                    CampaignState::Paused(Pause::Staff),
                    CampaignState::Paused(Pause::Text(100)),
                    CampaignState::Finished,
                ];
                let state = states[(id.0 % 5) as usize];
                Known::Campaign(Some(Box::new(Report::new(Campaign { state, ..campaign(*id) }))))
            }
            Need::Campaigns(..) => {
                let three = (1..=3).map(|n| (campaign(CampaignId(n)), Tally::default()));
                Known::Campaigns(three.collect(), false)
            }
        }
    }

    fn board(&self) -> Vec<Row> {
        let row = |page: &Page| Row {
            page: page.clone(),
            sight: None,
            weeks: Vec::new(),
            watch: None,
            reachable: 1,
            away: false,
            learnt: false,
        };
        self.pages.values().map(row).collect()
    }

    fn talks(&self, need: &Need) -> Vec<Handoff> {
        let wanted = |one: &&Handoff| match need {
            Need::Handoff(id) => one.id == *id,
            Need::HandoffsOf(who) => one.who == *who,
            _ => one.is_open(),
        };
        self.handoffs.values().filter(wanted).cloned().collect()
    }

    fn keep(&mut self, turn: &Turn) {
        for op in &turn.ops {
            match op {
                Op::PutHandoff(one) => {
                    self.handoffs.insert(one.id, Handoff { rev: one.rev + 1, ..Handoff::clone(one) });
                }
                Op::SetStep(key, Some(tick)) => {
                    self.steps.insert((key.checklist.clone(), key.step.clone()), *tick);
                }
                Op::SetStep(key, None) => {
                    self.steps.remove(&(key.checklist.clone(), key.step.clone()));
                }
                Op::PutProgress(_, progress) => self.progress = progress.as_ref().clone(),
                Op::PutReminder(reminder) => {
                    self.reminders.insert(reminder.key, reminder.clone());
                }
                Op::DropReminder(key) => {
                    self.reminders.remove(key);
                }
                Op::PutNudged(_, nudged) => self.nudged = nudged.as_ref().clone(),
                Op::PutPage(page) => {
                    self.pages.insert(page.id, Page { rev: page.rev + 1, ..Page::clone(page) });
                }
                Op::DropPage(id) => {
                    self.pages.remove(id);
                }
                Op::PutAsked(asked) => drop(self.asked.insert(asked.key, Asked::clone(asked))),
                Op::ChangeAsked(asked) if self.asked.contains_key(&asked.key) => {
                    self.asked.insert(asked.key, Asked::clone(asked));
                }
                Op::PutClass(class) => {
                    let hall = self
                        .halls
                        .entry(class.id)
                        .or_insert_with(|| Hall { class: Class::clone(class), seats: Vec::new() });
                    hall.class = Class { rev: class.rev + 1, ..Class::clone(class) };
                }
                Op::DropClass(id) => drop(self.halls.remove(id)),
                Op::PutSeat(seat) => {
                    if let Some(hall) = self.halls.get_mut(&seat.class) {
                        hall.seats.retain(|s| s.person != seat.person);
                        hall.seats.push(Seat { rev: seat.rev + 1, ..Seat::clone(seat) });
                    }
                }
                Op::PutCertificate(paper) => {
                    drop(self.papers.insert(paper.number, Certificate::clone(paper)));
                }
                Op::Forget(_) => {
                    self.asked.retain(|key, _| key.person != NOBODY);
                    self.steps.clear();
                    self.progress = Progress::default();
                    self.reminders.clear();
                }
                _ => {}
            }
        }
        self.person = turn.person.clone().unwrap_or_else(|| Person::new(NOBODY, self.now));
    }
}

/// What must hold of every answer.
fn sound(turn: &Turn, plain: bool, event: &Event) {
    for say in &turn.says {
        let drawn = say.screen.draw(plain);
        let units = drawn.text.encode_utf16().count();
        assert!((1..=4096).contains(&units), "{units} units for {event:?}");
        assert!(!drawn.text.contains('⟨'), "a phrase is missing: {}", drawn.text);
        let buttons = !say.screen.rows.is_empty() && (!plain || say.screen.usual);
        assert_eq!(buttons, drawn.keyboard.is_some(), "VK would refuse the keyboard of {:?}", say.screen);
        for offer in &drawn.offers {
            assert!(Action::read(&offer.payload).is_some(), "{}", offer.payload);
            assert!(offer.payload.chars().count() <= 255);
        }
    }
}

fn actions() -> impl Strategy<Value = Action> {
    let hours = (1_u8..=127, 0_u8..30, 0_u8..70).prop_map(|(bits, hour, minute)| Action::Hour {
        d: Weekdays::of(&(0..7).filter(|d| bits & (1 << d) != 0).collect::<Vec<_>>()),
        t: Hm { hour, minute },
    });
    // Reminders are weighted up: only many of them reach the limit of what a screen can show.
    prop_oneof![9 => any_action(), 4 => hours, 2 => Just(Action::Reminders)]
}

#[expect(clippy::too_many_lines, reason = "a list: one line an action")]
fn any_action() -> impl Strategy<Value = Action> {
    let list = prop_oneof![Just("launch"), Just("design"), Just("no-such"), Just("curator-monthly")];
    let days = (0_u8..=127)
        .prop_map(|bits| Weekdays::of(&(0..7).filter(|d| bits & (1 << d) != 0).collect::<Vec<_>>()));
    prop_oneof![
        Just(Action::Menu),
        Just(Action::Cancel),
        (any::<bool>(), 0_u32..3).prop_map(|(yes, v)| Action::Consent { yes, v }),
        (0_usize..8).prop_map(|i| Action::Sphere { s: Sphere::ALL[i] }),
        Just(Action::Skip),
        days.clone().prop_map(|d| Action::Days { d }),
        days.prop_map(|d| Action::DaysOk { d }),
        any::<usize>().prop_map(|p| Action::Lists { p: p % 7 }),
        (list.clone(), 0_usize..5).prop_map(|(c, p)| Action::List { c: c.into(), p }),
        (list.clone(), prop_oneof![Just("order"), Just("avatar"), Just("x")], any::<bool>())
            .prop_map(|(c, s, on)| Action::Tick { c: c.into(), s: s.into(), on, p: 0 }),
        (list.clone(), 0_usize..4).prop_map(|(c, h)| Action::How { c: c.into(), p: 0, h }),
        list.clone().prop_map(|c| Action::Again { c: c.into() }),
        list.prop_map(|c| Action::History { c: c.into() }),
        Just(Action::Next),
        (0_usize..9).prop_map(|p| Action::Lessons { p }),
        lessons(),
        (0_usize..130, 0_usize..5).prop_map(|(i, n)| Action::Guide {
            g: CONTENT.guides().get(i).map_or("none".into(), |g| g.slug.clone()),
            n,
            c: None,
            k: None,
            l: None,
            q: (n % 2 == 0).then_some(7),
        }),
        Just(Action::Ask),
        Just(Action::Draft),
        Just(Action::Reminders),
        (0_usize..3).prop_map(|p| Action::RemindersMore { p }),
        Just(Action::AwayMove),
        Just(Action::RemindNew),
        (0_u16..9).prop_map(|n| Action::RemindDrop { n }),
        Just(Action::Done { m: None }),
        Just(Action::InHour { m: None }),
        Just(Action::Tomorrow { m: None }),
        (0_usize..9, any::<bool>()).prop_map(|(p, apart)| Action::Ideas { p, apart, s: None }),
        (any::<usize>(), any::<bool>()).prop_map(|(n, apart)| Action::Template {
            n,
            apart,
            s: Some(Sphere::Clinic)
        }),
        (0_usize..9).prop_map(|p| Action::Courses { p, l: None }),
        (0_usize..30).prop_map(|i| Action::Course {
            c: CONTENT.courses().get(i).map_or("none".into(), |c| c.id.clone())
        }),
        Just(Action::Page),
        Just(Action::PageSet),
        (4_i64..7).prop_map(|p| Action::Standing { p }),
        (4_i64..7).prop_map(|p| Action::Appeal { p }),
        (4_i64..7).prop_map(|p| Action::Weeks { p }),
        list_ids().prop_map(|c| Action::Thanks { c: c.into() }),
        (4_i64..7, prop_oneof![Just("badge"), Just("connected"), Just("cover")], any::<bool>())
            .prop_map(|(p, w, yes)| Action::Said { p, w: w.into(), yes }),
        (4_i64..7, prop_oneof![Just("put-cover"), Just("confirm-page"), Just("none")], any::<bool>())
            .prop_map(|(p, i, how)| Action::Advised {
                p,
                i: i.into(),
                t: if how { Answer::How } else { Answer::Later }
            }),
        Just(Action::Progress),
        (0_u8..13).prop_map(|s| Action::Opinion { s }),
        Just(Action::OpinionLater),
        Just(Action::Settings),
        Just(Action::SphereSet),
        Just(Action::TownSet),
        (0_usize..5).prop_map(|p| Action::ZoneSet { p }),
        prop_oneof![Just("Asia/Omsk"), Just("Mars/Base")].prop_map(|z| Action::Zone { z: z.into() }),
        any::<bool>().prop_map(|on| Action::SubReminders { on }),
        any::<bool>().prop_map(|on| Action::SubNews { on }),
        any::<bool>().prop_map(|on| Action::SubTips { on }),
        Just(Action::Quiet),
        Just(Action::QuietUsual),
        (0..24_u8, 0..24_u8).prop_map(|(f, t)| {
            Action::QuietSet { f: Hm { hour: f, minute: 0 }, t: Hm { hour: t, minute: 30 } }
        }),
        (4..7_i64).prop_map(|p| Action::Peers { p }),
        (4..7_i64, any::<bool>()).prop_map(|(p, on)| Action::PeersName { p, on }),
        Just(Action::Claims),
        (4..7_i64).prop_map(|g| Action::Claim { g: GroupId(g) }),
        (4..7_i64, "badge|connected|cover", any::<bool>()).prop_map(|(g, w, yes)| Action::ClaimSay {
            g: GroupId(g),
            w,
            yes
        }),
        Just(Action::MyData),
        Just(Action::MyDataSend),
        Just(Action::Withdraw),
        Just(Action::WithdrawYes),
        Just(Action::Cabinet),
        Just(Action::Announce),
        Just(Action::AnnounceSend),
        (0..8_u64, 0..9_usize).prop_map(|(id, n)| {
            let d = [
                Do::Look,
                Do::Send,
                Do::To,
                Do::Judge,
                Do::Yes(2),
                Do::As,
                Do::Buttons,
                Do::Classes(n),
                Do::Join(ClassId(id)),
            ][n]
                .clone();
            Action::Letter { id: CampaignId(id), d }
        }),
        (0..8_u64, 0..3_usize).prop_map(|(id, n)| Action::LetterPress { id: CampaignId(id), n }),
        any::<u64>().prop_map(|id| Action::Campaign { id: CampaignId(id) }),
        (0_u64..9).prop_map(|id| Action::CampaignAgain { id: CampaignId(id) }),
        (0_u64..9).prop_map(|id| Action::CampaignPause { id: CampaignId(id) }),
        (0_u64..9).prop_map(|id| Action::CampaignResume { id: CampaignId(id), why: Pause::Staff }),
        (0_u64..9).prop_map(|id| Action::CampaignCancel { id: CampaignId(id) }),
        (0_u64..9)
            .prop_map(|id| Action::CampaignCancelYes { id: CampaignId(id), was: CampaignState::Running }),
        (any::<bool>(), 0_u32..9).prop_map(|(y, q)| Action::Helped { g: "cover-basics".into(), y, q }),
        (0_u32..9).prop_map(|q| Action::AskCurator { q }),
        (0_u32..9).prop_map(|q| Action::AskCuratorYes { q }),
        (0_usize..9).prop_map(|p| Action::Questions { p }),
        (0_u64..12).prop_map(|id| Action::Question { id }),
        (0_u64..12).prop_map(|id| Action::QuestionFile { id }),
        (0_u64..12, any::<bool>())
            .prop_map(|(id, new)| Action::QuestionFiled { id, g: (!new).then(|| "two-factor".into()) }),
        (0_u64..12).prop_map(|id| Action::QuestionHide { id }),
        (0_u64..12).prop_map(|id| Action::Reply { id }),
        Just(Action::ReplySend),
        roles(),
    ]
}

fn roles() -> impl Strategy<Value = Action> {
    let town = prop_oneof![Just("Моршанск"), Just("нет такого")];
    let sphere = prop_oneof![Just(None), Just(Some(Sphere::School))];
    prop_oneof![
        Just(Action::People),
        (0_usize..3).prop_map(|p| Action::Roles { p }),
        (6_i64..9, 0_u64..3).prop_map(|(u, n)| Action::Role { u: UserId(u), n }),
        (6_i64..9, 0_u64..3).prop_map(|(u, n)| Action::RoleDrop { u: UserId(u), n }),
        (6_i64..9, 0_u64..3).prop_map(|(u, n)| Action::RoleDropYes { u: UserId(u), n }),
        Just(Action::RoleNew),
        prop_oneof![Just(Role::Admin), Just(Role::Curator), Just(Role::Owner)]
            .prop_map(|r| Action::RoleIs { r }),
        (proptest::option::of(town), sphere, proptest::option::of(5_i64..7))
            .prop_map(|(m, s, g)| { Action::RolePlace { m: m.map(str::to_owned), s, g: g.map(GroupId) } }),
        Just(Action::RoleSpheres),
        Just(Action::RoleYes),
        Just(Action::Roster),
        Just(Action::RosterLoad),
        any::<bool>().prop_map(|drop| Action::RosterYes { drop }),
        Just(Action::RosterSend),
        (0_usize..3).prop_map(|p| Action::Invites { p }),
        Just(Action::InvitesSend),
        prop_oneof![Just("m-0a1b2c3d"), Just("")].prop_map(|r| Action::InviteCode { r: r.to_owned() }),
        Just(Action::Log),
        Just(Action::LogSend),
        prop_oneof![
            Just(ListOf::Letters),
            Just(ListOf::Classes),
            Just(ListOf::Questions),
            Just(ListOf::Roles),
            Just(ListOf::Handoffs),
        ]
        .prop_map(|l| Action::ListSend { l }),
        of_classes(),
    ]
}

fn of_classes() -> impl Strategy<Value = Action> {
    let asks = [
        ClassAsk::Title,
        ClassAsk::About,
        ClassAsk::When,
        ClassAsk::Minutes,
        ClassAsk::Place,
        ClassAsk::Seats,
        ClassAsk::EnrolBy,
        ClassAsk::Spheres,
        ClassAsk::Town,
        ClassAsk::Level,
        ClassAsk::Code,
        ClassAsk::Record,
        ClassAsk::Guess,
        ClassAsk::Name,
        ClassAsk::Voice,
        ClassAsk::Walk,
    ];
    (0_u64..7, 0_usize..16, 0_usize..27, any::<bool>()).prop_map(move |(id, of, what, on)| {
        let (id, of, p) = (ClassId(id), asks[of], of % 4);
        match what {
            0 => Action::Classes { p, l: on.then_some(Level::Grow), all: p > 1 },
            1 => Action::MyClasses { p },
            2 => Action::Class { id },
            3 => Action::ClassJoin { id },
            4 => Action::ClassLeave { id },
            5 => Action::ClassLeaveYes { id },
            6 => Action::ClassCalendar { id },
            7 => Action::ClassMark { id, m: p as u8 * 2 },
            8 => Action::ClassPaper { id },
            9..=12 => Action::ClassAsk { id, of, n: on },
            13 => Action::ClassSet { id, of, v: [-1, 0, 1, 60][p], n: on },
            14 => Action::Training { p },
            15 => Action::ClassFrom { p },
            16 => Action::ClassOf { c: "first-week".into(), r: on.then_some(p) },
            17 => Action::ClassRoom { id },
            26 => Action::ClassAnnounce { id },
            18 => Action::ClassEdit { id, more: on },
            19 => Action::ClassOpen { id },
            20 => {
                if on {
                    Action::ClassStop { id }
                } else {
                    Action::ClassStopYes { id }
                }
            }
            21 => Action::ClassPeople { id, p },
            22 => Action::ClassCame { id, u: UserId(7 + p as i64), on, p },
            23 => Action::ClassWindow { id, m: 30 * p as u16 },
            24 if on => Action::ClassDoorSend { id },
            24 => Action::ClassDoor { id, k: ["", "0a1b2c3d"][p % 2].to_owned() },
            _ => {
                if on {
                    Action::ClassRecord { id, all: p > 1 }
                } else {
                    Action::ClassVoices { id }
                }
            }
        }
    })
}

fn list_ids() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("launch"), Just("no-such")]
}

fn lessons() -> impl Strategy<Value = Action> {
    (0_usize..12, 0_usize..5, 0_usize..6).prop_map(|(lesson, what, n)| {
        let lesson = CONTENT.lessons().get(lesson);
        let l = lesson.map_or("none".into(), |l| l.id.clone());
        match what {
            0 => Action::Lesson { l },
            1 => Action::Card { l, n },
            2 => Action::Quiz { l },
            3 => Action::Retry { l },
            _ => {
                let question = lesson.and_then(|l| l.questions.get(n % 7));
                Action::Answer { l, q: question.map_or("none".into(), |q| q.id.clone()), n }
            }
        }
    })
}

fn events() -> impl Strategy<Value = Event> {
    let typed = prop_oneof![
        any::<String>(),
        Just("vk.com/school".to_owned()),
        Just("вт и чт в 10".to_owned()),
        Just("14:30".to_owned()),
        Just("Тамбов".to_owned()),
        Just("как закрепить запись".to_owned()),
        Just("Что опубликовать?".to_owned()),
        (0_u16..12).prop_map(|n| n.to_string()),
        "[а-яё ,.?!0-9]{0,200}",
        Just("😀".repeat(4000)),
    ];
    prop_oneof![
        4 => (typed, proptest::bool::weighted(0.1)).prop_map(|(text, plain)| Event::Text { text, action: None, plain, link: None }),
        2 => actions().prop_map(|a| Event::Text { text: "кнопка".into(), action: Some(a), plain: false, link: None }),
        1 => (any::<String>(), "(guide_cover|checklist_launch|page|x_y|[a-z_]{0,80})")
            .prop_map(|(text, link)| Event::Text { text, action: None, plain: false, link: Some(link) }),
        8 => actions().prop_map(|a| Event::Press(Some(a), Some(Cmid(3)))),
        1 => Just(Event::Press(None, None)),
        1 => Just(Event::Allow),
        1 => Just(Event::Deny),
    ]
}

#[test]
fn an_old_button_does_not_undo_what_happened_to_a_campaign_since() {
    let mut world = World::new(Role::Trainer);
    let v = CONTENT.consent().version;
    world.play(&Event::Press(Some(Action::Consent { yes: true, v }), None));
    // Its staff has paused the second, and the first goes on.
    let (going, paused) = (CampaignId(1), CampaignId(2));
    let was = CampaignState::Paused(Pause::Refusals);
    for old in [
        Action::CampaignResume { id: paused, why: Pause::Refusals },
        Action::CampaignCancelYes { id: paused, was },
        Action::CampaignCancelYes { id: going, was },
        Action::CampaignPause { id: paused },
        Action::CampaignResume { id: CampaignId(3), why: Pause::Text(100) },
    ] {
        let turn = world.play(&Event::Press(Some(old.clone()), None));
        assert!(!turn.ops.iter().any(|op| matches!(op, Op::PutCampaign(_))), "{old:?}");
    }
    let resume = Action::CampaignResume { id: paused, why: Pause::Staff };
    let turn = world.play(&Event::Press(Some(resume), None));
    assert_eq!(turn.expect, [Expect::CampaignIs(paused, CampaignState::Paused(Pause::Staff))]);
    let running = |op: &Op| matches!(op, Op::PutCampaign(c) if c.state == CampaignState::Running);
    assert!(turn.ops.iter().any(running));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_conversation_gets_answers_that_vk_takes(
        role in prop_oneof![Just(Role::Admin), Just(Role::Curator), Just(Role::Trainer)],
        agrees in any::<bool>(),
        events in proptest::collection::vec(events(), 1..60),
    ) {
        let mut world = World::new(role);
        if agrees {
            let v = CONTENT.consent().version;
            world.play(&Event::Press(Some(Action::Consent { yes: true, v }), None));
        }
        for event in events {
            let plain = match &event {
                Event::Text { plain, .. } => *plain,
                _ => world.person.plain,
            };
            let turn = world.play(&event);
            sound(&turn, plain, &event);
            if matches!(event, Event::Text { .. } | Event::Press(..)) {
                let shown = matches!(event, Event::Press(..)) && turn.snackbar.is_some();
                prop_assert!(shown || !turn.says.is_empty(), "no answer to {event:?}");
            }
            let due: Vec<Reminder> = world.reminders.values().cloned().collect();
            let turn = world.play(&Event::Due(due, Ledger::default()));
            sound(&turn, world.person.plain, &event);
        }
    }

    #[test]
    fn any_payload_is_read_or_refused(payload in any::<String>()) {
        let _ = Action::read(&payload);
    }

    #[test]
    fn nobody_without_the_right_makes_or_changes_a_campaign(
        role in prop_oneof![Just(Role::Admin), Just(Role::Curator)],
        events in proptest::collection::vec(events(), 1..60),
    ) {
        let mut world = World::new(role);
        let v = CONTENT.consent().version;
        world.play(&Event::Press(Some(Action::Consent { yes: true, v }), None));
        for event in events {
            let turn = world.play(&event);
            prop_assert!(!turn.ops.iter().any(|op| matches!(op, Op::StartCampaign(..) | Op::PutCampaign(_))));
        }
    }
}

#[test]
fn posts_are_asked_for_by_the_class_of_her_page() {
    let mut world = World::new(Role::Admin);
    let v = CONTENT.consent().version;
    world.play(&Event::Press(Some(Action::Consent { yes: true, v }), None));
    let mut page =
        Page::new(PageRef { id: GroupId(5), screen_name: "school".into(), name: "Школа".into() }, world.now);
    page.admins.push(Admin::new(NOBODY, world.now));
    let mut asked = |world: &mut World, class: Option<PageClass>| {
        if let Some(class) = class {
            page.classify(class, NOBODY, world.now);
            world.pages.insert(page.id, page.clone());
        }
        world.person.pages = vec![page.named()];
        let list = world.play(&Event::Press(Some(Action::List { c: "weekly".into(), p: 0 }), None));
        let guide =
            Action::Guide { g: "three-posts-a-week".into(), n: 0, c: None, k: None, l: None, q: None };
        let guide = world.play(&Event::Press(Some(guide), None));
        (list.says[0].screen.text.clone(), guide.says[0].screen.text.clone())
    };
    for (class, posts) in [
        (None, "3 записей"),
        (Some(PageClass::Card), "1 записи"),
        (Some(PageClass::Flagship), "5 записей"),
        (Some(PageClass::Active), "3 записей"),
    ] {
        let (list, guide) = asked(&mut world, class);
        assert!(list.contains(&format!("не меньше {posts}")), "{class:?}: {list}");
        assert!(guide.contains(posts), "{class:?}: {guide}");
    }
}
