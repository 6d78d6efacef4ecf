//! Whatever wants a person's attention at whatever moment, nothing that comes by itself leaves in her quiet hours or over
//! her budget: reminders, announcements, the weekly nudge, what colleagues say, alarms and the merged rest, over days on
//! which VK answers and days on which it does not, by clocks that go on, jump and are set back.
//!
//! `KURATOR_UNASKED=5000 cargo test -p kurator --lib unasked` plays so many lives.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use jiff::civil::date;
use proptest::{collection::vec, prelude::*};
use tokio_util::sync::CancellationToken;
use vkapi::{
    Answer, Call, Lane, RequestError, Transport,
    types::{GroupId, UserId},
};

use super::parts;
use crate::{
    app, campaigns,
    chat::{Action, Event, tests::CONTENT},
    config::Staff,
    core::Core,
    domain::{
        Away, Campaign, CampaignId, CampaignState, Clock, Consent, Day, Days, Hm, Ms, PageRef, Person, Reads,
        Reminder, ReminderKey, Rule, Sphere, TestClock, Weekdays, What, Zone,
        attention::{Body, Held, Kind, Quiet},
        page::{Admin, Page, Sight},
    },
    outbox,
    pages::nudge::tests::week_from,
    pictures, schedule,
    store::{Commit, Op, OutLane, OutMessage, Store},
};

/// The person.
const HER: UserId = UserId(101);
/// What her own reminders are about.
const OWN: [&str; 2] = ["Время записи", "своё дело"];
/// So many hours and a half are lived after all that happens: fifty days.
const AFTERWARDS: usize = 800;
const WEEK: i64 = 7 * Ms::DAY;
/// Where clocks stand still, and where they are set twice a year.
const ZONES: [&str; 5] =
    ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka", "Europe/Berlin", "Australia/Lord_Howe"];

/// Something left for her.
#[derive(Clone, Debug)]
struct Left {
    at: Ms,
    lane: Lane,
    text: String,
}

/// A VK that takes messages, or is down.
struct Takes {
    clock: TestClock,
    left: Mutex<Vec<Left>>,
    down: Mutex<bool>,
}

impl Transport for Takes {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        let param =
            |name: &str| call.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        if *self.down.lock().unwrap() {
            // Not 502: a call tried again by itself waits by tokio's clock, and hers would jump over days meanwhile.
            return Box::pin(std::future::ready(Err(RequestError::Http { status: 403 })));
        }
        let told = match call.method.as_ref() {
            "messages.send" => {
                let (at, text) = (self.clock.now(), param("message").unwrap_or_default());
                let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
                left.push(Left { at, lane: call.lane, text });
                let n = left.len();
                format!(
                    r#"{{"response":[{{"peer_id":{HER},"message_id":{n},"conversation_message_id":{n}}}]}}"#
                )
            }
            "messages.edit" => r#"{"response":1}"#.to_owned(),
            _ => r#"{"response":{"count":0,"items":[]}}"#.to_owned(),
        };
        Box::pin(std::future::ready(Answer::read(told.as_bytes(), &call.method)))
    }
}

/// What happens next.
#[derive(Clone, Debug)]
enum Happens {
    /// So many minutes pass.
    Passes(i64),
    /// She sets a reminder of her own at that time of such days.
    Reminds(u8, Hm),
    /// So many announcements begin in so many minutes.
    Announced(i64, usize),
    /// Something about her page, a lesson, a colleague's request.
    Held(Kind),
    /// A colleague answers her.
    Told,
    /// The weekly nudge is due.
    Nudged,
    /// The question what she thinks of the bot is due.
    Opinion,
    /// She writes, or answers a reminder.
    Acts(usize),
    /// VK stops answering, or does again.
    Vk(bool),
}

#[derive(Clone, Debug)]
struct Life {
    zone: usize,
    quiet: Quiet,
    from_day: i64,
    away: Option<i64>,
    happens: Vec<Happens>,
}

/// A reminder of hers that comes once.
fn once(n: u16, due: Ms, what: What) -> Reminder {
    Reminder { key: ReminderKey { person: HER, n }, due, rule: None, what }
}

struct Bot {
    core: Arc<Core>,
    vk: Arc<Takes>,
    clock: TestClock,
    stop: CancellationToken,
    n: u16,
    announced: Vec<String>,
}

impl Bot {
    async fn new(life: &Life) -> Self {
        let zone = Zone::try_from(ZONES[life.zone].to_owned()).unwrap();
        let start = zone.moment(date(2026, 1, 1).at(12, 0, 0, 0)).plus(life.from_day * Ms::DAY);
        let clock = TestClock::still(start);
        let vk = Arc::new(Takes { clock: clock.clone(), left: Mutex::default(), down: Mutex::new(false) });
        let core = Arc::new(app::core(parts(Staff::default(), &clock, vk.clone()), true, None));
        let away = life.away.map(|days| Away {
            back: zone.local(start.plus(days * Ms::DAY)).date(),
            deputy: None,
            from: None,
        });
        let person = Person {
            consent: Some(Consent { version: CONTENT.consent().version, at: start }),
            onboarded: Some(start),
            zone: Some(zone),
            quiet: Some(life.quiet),
            sphere: Some(Sphere::School),
            pages: vec![PageRef {
                id: GroupId(5), screen_name: "school".into(), name: "Школа № 5".into()
            }],
            away,
            ..Person::new(HER, start)
        };
        let bot = Self { core, vk, clock, stop: CancellationToken::new(), n: 0, announced: Vec::new() };
        bot.make(vec![Op::PutPerson(Box::new(person))]).await;
        tokio::spawn(outbox::run(Arc::clone(&bot.core), bot.stop.clone()));
        tokio::spawn(campaigns::run(Arc::clone(&bot.core), bot.stop.clone()));
        tokio::spawn(schedule::run(Arc::clone(&bot.core), bot.stop.clone()));
        bot
    }

    async fn make(&self, ops: Vec<Op>) {
        let messages: Vec<OutMessage> = ops
            .iter()
            .filter_map(|op| match op {
                Op::Enqueue(message) => Some(message.clone()),
                _ => None,
            })
            .collect();
        let done = self.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
        self.core.outbox.push(None, done.queued.into_iter().zip(messages));
        self.core.rescheduled.notify_one();
        self.core.campaigned.send_replace(());
        self.rest().await;
    }

    /// Everything that can happen at this moment does.
    async fn rest(&self) {
        loop {
            for _ in 0..120 {
                tokio::task::yield_now().await;
            }
            if !pictures::finished().await {
                break;
            }
        }
    }

    async fn happen(&mut self, happens: &Happens) {
        let now = self.clock.now();
        self.n += 1;
        match happens {
            Happens::Passes(minutes) => {
                // In steps, as a clock goes; a jump back or over a day is one.
                let mut left = *minutes;
                let step = if left >= Ms::DAY / Ms::MINUTE { left } else { 45 };
                while left != 0 {
                    let by = left.min(step);
                    self.clock.advance(by * Ms::MINUTE);
                    left -= by;
                    self.rest().await;
                }
            }
            Happens::Reminds(days, at) => {
                let on: Vec<u8> = (0..7).filter(|day| days & (1 << day) != 0).collect();
                let days = Days::Week { on: Weekdays::of(&on), every: 1, from: now.date() };
                let rule = Rule { days, times: vec![*at] };
                let zone = self.core.store.person(HER).await.unwrap().unwrap().zone.unwrap();
                let Some(due) = rule.next(&zone, CONTENT.calendar(), now) else { return };
                let what = if self.n.is_multiple_of(2) {
                    What::Post
                } else {
                    What::Task("своё дело".into())
                };
                let key = ReminderKey { person: HER, n: self.n };
                self.make(vec![Op::PutReminder(Reminder { key, due, rule: Some(rule), what })]).await;
            }
            Happens::Announced(after, many) => {
                for i in 0..*many {
                    let campaign = Campaign {
                        id: CampaignId(u64::from(self.n) * 10 + i as u64),
                        author: UserId(7),
                        at: now,
                        text: format!("Объявление {} {i}.", self.n),
                        state: CampaignState::Scheduled,
                        starts: now.plus(after * Ms::MINUTE),
                        local: false,
                        reads: Reads::default(),
                    };
                    self.announced.push(campaign.text.clone());
                    let to = [(HER, campaign.starts)].into();
                    self.core
                        .store
                        .commit(Commit { expect: Vec::new(), ops: vec![Op::StartCampaign(campaign, to)] })
                        .await
                        .unwrap();
                }
                self.make(Vec::new()).await;
            }
            Happens::Held(kind) => {
                let text = match kind {
                    Kind::Answer => format!("ответ куратора {}", self.n),
                    _ => format!("к слову {}", self.n),
                };
                let held = Held { kind: *kind, at: now, body: Body::Text(text) };
                self.make(vec![Op::Hold(HER, held, now)]).await;
            }
            Happens::Told => {
                let text = format!("ответ куратора {}", self.n);
                let message = OutMessage { lane: OutLane::Reminder, ..outbox::note(&self.core, HER, &text) };
                self.make(vec![Op::Enqueue(message)]).await;
            }
            Happens::Nudged => {
                let person = self.core.store.person(HER).await.unwrap().unwrap();
                let mut page = Page::new(person.pages[0].clone(), now);
                page.admins.push(Admin::new(HER, now));
                let monday = Day::from(person.zone.unwrap().local(now).date()).monday();
                let reminder = once(ReminderKey::NUDGE, now, What::Nudge);
                let mut ops = vec![
                    Op::PutSight(Box::new(Sight { read: Some(now), ..Sight::new(page.id, now) })),
                    Op::PutReminder(reminder),
                ];
                ops.extend((0..8).map(|back| {
                    let week = week_from(Day(monday.0 - 7 * back), 40 - i64::from(back), back as u16 % 4);
                    Op::PutWeek(page.id, Box::new(week))
                }));
                ops.push(Op::PutPage(Box::new(page)));
                self.make(ops).await;
            }
            Happens::Opinion => {
                self.make(vec![Op::PutReminder(once(ReminderKey::OPINION, now, What::Opinion))]).await;
            }
            Happens::Acts(which) => {
                let action = pressed(*which);
                let event = Event::Press(Some(action), None);
                let nonce = u64::from(self.n);
                // A turn of hers may meet one of the schedule's: then it is made again, as the inbox does.
                for _ in 0..5 {
                    let made = self.core.make(HER, &event, nonce).await.unwrap();
                    let done = self.core.commit(HER, &made, OutLane::Reply, nonce, Vec::new(), Vec::new());
                    if done.await.is_ok() {
                        break;
                    }
                }
                self.rest().await;
            }
            Happens::Vk(answers) => *self.vk.down.lock().unwrap() = !answers,
        }
    }
}

/// Nobody is woken, and no seven days have more than the budget of what she did not set up herself.
fn lives(life: &Life) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (left, announced, a_week) = runtime.block_on(async {
        let mut bot = Bot::new(life).await;
        for happens in &life.happens {
            bot.happen(happens).await;
        }
        *bot.vk.down.lock().unwrap() = false;
        for _ in 0..AFTERWARDS {
            bot.clock.advance(90 * Ms::MINUTE);
            bot.rest().await;
        }
        bot.stop.cancel();
        let left = bot.vk.left.lock().unwrap().clone();
        (left, bot.announced, usize::from(bot.core.region.attention.a_week))
    });
    let zone = Zone::try_from(ZONES[life.zone].to_owned()).unwrap();
    let by_itself: Vec<&Left> = left.iter().filter(|left| left.lane >= Lane::Reminder).collect();
    for left in &by_itself {
        prop_assert!(!life.quiet.covers(&zone, left.at), "at {}: {}", zone.local(left.at), left.text);
    }
    let hers =
        |left: &Left| OWN.iter().any(|own| left.text.contains(own)) || left.text.contains("ответ куратора");
    let unasked: Vec<&&Left> = by_itself.iter().filter(|left| !hers(left)).collect();
    for last in &unasked {
        let week = unasked.iter().filter(|one| one.at.0 > last.at.0 - WEEK && one.at.0 <= last.at.0).count();
        prop_assert!(week <= a_week, "{week} in the week before {}: {unasked:#?}", zone.local(last.at));
    }
    // Where there is an hour or two a day in which she may be written to, everything announced comes in the end, once.
    let open =
        (0..1_440_u16).filter(|m| !life.quiet.has(Hm { hour: (m / 60) as u8, minute: (m % 60) as u8 }));
    if open.count() >= 180 && announced.len() <= 12 {
        for text in announced {
            let came = left.iter().filter(|left| left.text.contains(&text)).count();
            prop_assert_eq!(came, 1, "«{}»: {:#?}", text, left);
        }
    }
    Ok(())
}

fn life() -> impl Strategy<Value = Life> {
    let time = || (0..24_u8, 0..60_u8).prop_map(|(hour, minute)| Hm { hour, minute });
    let quiet = prop_oneof![
        2 => Just(Quiet::USUAL),
        1 => (time(), time()).prop_map(|(from, to)| Quiet { from, to }),
    ];
    let kind = prop_oneof![Just(Kind::Nudge), Just(Kind::Announcement), Just(Kind::Tip), Just(Kind::Answer)];
    let happens = prop_oneof![
        8 => (1..900_i64).prop_map(Happens::Passes),
        1 => Just(Happens::Passes(-60)),
        1 => Just(Happens::Passes(1_440)),
        2 => (1..128_u8, time()).prop_map(|(days, at)| Happens::Reminds(days, at)),
        4 => (0..200_i64, 1..3_usize).prop_map(|(after, many)| Happens::Announced(after, many)),
        3 => kind.prop_map(Happens::Held),
        1 => Just(Happens::Told),
        1 => Just(Happens::Nudged),
        1 => Just(Happens::Opinion),
        2 => (0..4_usize).prop_map(Happens::Acts),
        2 => any::<bool>().prop_map(Happens::Vk),
    ];
    (0..ZONES.len(), quiet, 0..365_i64, proptest::option::weighted(0.2, 0..20_i64), vec(happens, 1..60))
        .prop_map(|(zone, quiet, from_day, away, happens)| Life { zone, quiet, from_day, away, happens })
}

fn lives_played() -> u32 {
    std::env::var("KURATOR_UNASKED").ok().and_then(|n| n.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: lives_played(),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_that_comes_by_itself_wakes_her_or_goes_over_her_budget(life in life()) {
        lives(&life)?;
    }
}

/// What she may press, by its number.
fn pressed(which: usize) -> Action {
    let m = None;
    [Action::Menu, Action::Done { m }, Action::InHour { m }, Action::Tomorrow { m }][which].clone()
}
