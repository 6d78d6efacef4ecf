//! A region in fast time: made-up people live for weeks with the bot, over its whole way in and out, with a local VK in
//! the same process and a clock that jumps from one moment at which something happens to the next.
//!
//! What leaves for VK is judged: nothing in quiet hours, over budget, lost or doubled, nothing VK would refuse. The same
//! seed brings the same region, message by message.

mod clock;
mod judge;
mod people;
mod report;
mod way;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use serde::Serialize;
use serde_json::value::to_raw_value;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use vk_sandbox::{Sandbox, Settings};
use vkapi::{
    Bot,
    types::{GroupId, Update},
    update_listeners::{Batch, ListenerError, UpdateListener},
};

pub use self::report::{Report, Spread};
use self::{
    clock::Dial,
    judge::{Judge, broken},
    people::{Cast, Deed, Habit, Human, Words, crowd},
    way::{Notes, Way},
};
use crate::{
    app::{self, Parts},
    campaigns,
    chat::Region,
    config::{Audit, Campaigns, Staff},
    content::{Content, DEFAULT_NORM},
    core::Core,
    domain::{Care, ClassState, Clock, Ms, Retention, SeatState, Zone, attention::Rules},
    handoffs, outbox, pages, retention, schedule,
    search::Outcome,
    store::{AnyStore, MemStore, Store},
};

const GROUP: i64 = 240_000_001;
const TOKEN: &str = "simulated-key-of-the-community";
const SERVICE: &str = "simulated-service-key";
/// The first page's id.
const PAGE: i64 = 700_000;
/// The owner's id: alerts go there.
const OWNER: i64 = 10_000;
/// Monday, 21 September 2026, 7:00 in Moscow: eight weeks from here have a public holiday in them.
const START: Ms = Ms(1_789_963_200_000);
/// Weeks the pages have lived before.
const BEFORE: i64 = 8;
const WEEK: i64 = 7 * Ms::DAY;
/// Questions that people know.
const QUESTIONS: usize = 150;
/// How often the bot is looked at whether it has come to rest: more than any of its chains of tasks is long.
const LOOKS: usize = 2_000_000;
/// After so many looks somebody else gets the core for a moment.
const PATIENCE: usize = 200;
/// So many looks without anything happening are rest.
const STILL: usize = 40;
/// The word told at each class.
const WORD: &str = "одуванчик";
/// Calls of VK a person a week: the mean and 99 of 100 stay below. A visit of six deeds takes about ten calls.
const MEAN: u64 = 30;
const P99: u64 = 120;
/// Of a hundred who came so many end the interview.
const MET: usize = 95;

/// What is simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// How many pages there are.
    pub pages: usize,
    /// For how many weeks.
    pub weeks: u32,
    /// Another number is another region.
    pub seed: u64,
}

/// Lives through a region's weeks; `told` is told of each that has passed.
///
/// # Errors
/// It cannot be carried out. That something does not hold is in the report.
pub fn run(plan: Plan, content: Arc<Content>, told: impl FnMut(u32)) -> anyhow::Result<Report> {
    // One thread for all but the drawing of pictures: what happens at the same moment happens in the same order every time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut region = Living::begin(plan, content).await?;
        region.live(told).await?;
        region.end().await
    })
}

/// Something of staff's week.
#[derive(Debug)]
enum Planned {
    /// An announcement with «Ознакомлен».
    Announcement(String),
    /// A class, by its title and when it begins.
    Class(String, String),
    /// The code word of the class of this title is told.
    Word(String),
}

struct Living {
    plan: Plan,
    sandbox: Arc<Sandbox>,
    dial: Dial,
    notes: Notes,
    core: Arc<Core>,
    events: mpsc::UnboundedSender<Batch>,
    working: Vec<JoinHandle<()>>,
    ts: String,
    people: BTreeMap<i64, Human>,
    /// Who does something when.
    agenda: BTreeSet<(Ms, i64)>,
    /// What staff has planned, the last first.
    plans: Vec<(Ms, Planned)>,
    words: Words,
    judge: Judge,
    report: Report,
    /// Calls that named a person, by person and week.
    calls: BTreeMap<(i64, i64), u64>,
}

impl Living {
    async fn begin(plan: Plan, content: Arc<Content>) -> anyhow::Result<Self> {
        ensure!(plan.pages > 0 && plan.weeks > 0, "нужны хотя бы одна страница и одна неделя");
        let dial = Dial::at(START);
        let end = START.plus(i64::from(plan.weeks) * WEEK);
        let ours = dial.clone();
        let settings = Settings {
            requests_per_second: None,
            service_requests_per_second: None,
            calls_kept: 0,
            seed: plan.seed,
            ..Settings::default()
        };
        // Uploads of pictures go over its port.
        let sandbox = Sandbox::builder()
            .group(GROUP, "Куратор", TOKEN)
            .service_token(SERVICE)
            .now(Arc::new(move || ours.now().0))
            .settings(settings)
            .start("127.0.0.1:0")
            .await
            .context("песочница не открылась")?;
        let sandbox = Arc::new(sandbox);
        let pages = vk_sandbox::region(PAGE, plan.pages, plan.seed, START.0 / 1_000 - BEFORE * WEEK / 1_000);
        for page in &pages {
            sandbox.add_page(page.clone());
        }
        let cast = Cast { start: START, end, seed: plan.seed };
        let humans = crowd(&pages, cast, &sandbox);
        let of = |habit| humans.iter().filter(|(_, h)| h.habit == habit).map(|(_, h)| h.id).collect();
        let staff = Staff {
            owners: vec![OWNER],
            trainers: of(Habit::Trainer),
            curators: of(Habit::Curator),
            ..Staff::default()
        };
        let (notes, zone) = (Notes::default(), Zone::try_from("Europe/Moscow".to_owned()));
        let zone = zone.map_err(anyhow::Error::msg)?;
        let bot = |token: &'static str| -> anyhow::Result<Bot> {
            let way = Way { sandbox: Arc::clone(&sandbox), token, notes: notes.clone() };
            Ok(Bot::builder(token).api_url(&sandbox.api_url()).build()?.with_transport(Arc::new(way)))
        };
        let parts = Parts {
            bot: bot(TOKEN)?,
            limits: None,
            group: GroupId(GROUP),
            store: AnyStore::Mem(MemStore::new()),
            content: Arc::clone(&content),
            clock: Arc::new(dial.clone()),
            region: Region {
                name: "Ольховская область".into(),
                zone: zone.clone(),
                attention: Rules::default(),
                norm: DEFAULT_NORM.to_owned(),
                care: Care::default(),
                retention: Retention::default(),
            },
            staff,
            campaigns: Campaigns::default(),
            service: Some(bot(SERVICE)?),
            audit: Audit::default(),
            http: None,
            chance: 7,
        };
        let core = Arc::new(app::core(parts, true, None));
        let (events, incoming) = mpsc::unbounded_channel();
        let working = work(&core, incoming);
        let plans = (0..i64::from(plan.weeks)).flat_map(|n| week_of_staff(&zone, n)).rev().collect();
        Ok(Self {
            plan,
            ts: sandbox.last_ts(),
            agenda: humans.iter().map(|(at, human)| (*at, human.id)).collect(),
            people: humans.into_iter().map(|(_, human)| (human.id, human)).collect(),
            plans,
            words: Words { questions: questions(&content), class: None },
            report: Report { plan, ..Report::default() },
            sandbox,
            dial,
            notes,
            core,
            events,
            working,
            judge: Judge::default(),
            calls: BTreeMap::new(),
        })
    }

    async fn live(&mut self, mut told: impl FnMut(u32)) -> anyhow::Result<()> {
        let end = START.plus(i64::from(self.plan.weeks) * WEEK);
        let mut week = 0;
        self.rest(None).await?;
        loop {
            let acts = self.agenda.first().map(|(at, _)| *at);
            let planned = self.plans.last().map(|(at, _)| *at);
            let next = [acts, planned, self.dial.next()].into_iter().flatten().min().unwrap_or(end);
            if next >= end {
                return Ok(());
            }
            if next > self.dial.now() {
                if self.core.store.next_due().await?.is_some_and(|due| due <= next) {
                    let due = self.core.store.due(next, usize::MAX).await?;
                    self.dial.move_to(next);
                    self.judge.expect(&self.core, &due).await?;
                } else {
                    self.dial.move_to(next);
                }
                self.rest(None).await?;
            }
            while self.week() > week {
                told(week as u32 + 1);
                week += 1;
            }
            if planned == Some(next) {
                match self.plans.pop().map(|(_, planned)| planned) {
                    Some(Planned::Announcement(text)) => self.announce(text).await?,
                    Some(Planned::Class(title, when)) => self.teach(title, &when).await?,
                    Some(Planned::Word(title)) => self.tell_word(&title).await?,
                    None => {}
                }
            } else if acts == Some(next)
                && let Some((_, id)) = self.agenda.pop_first()
            {
                self.act(id).await?;
            }
        }
    }

    fn week(&self) -> i64 {
        (self.dial.now().0 - START.0) / WEEK
    }

    /// Somebody does one thing, and the bot comes to rest.
    async fn act(&mut self, id: i64) -> anyhow::Result<()> {
        let now = self.dial.now();
        let Some(human) = self.people.get_mut(&id) else { return Ok(()) };
        let deed = human.act(&self.sandbox, &self.words, now);
        let next = human.next(&self.core.region.zone, now);
        self.agenda.insert((next, id));
        self.report.did(deed);
        let who = match deed {
            Deed::Wrote => Some((id, false)),
            Deed::Pressed | Deed::PressedOld => Some((id, true)),
            Deed::Denied | Deed::Nothing => None,
        };
        self.rest(who).await
    }

    /// Somebody of staff goes through all that is planned for her.
    async fn play(&mut self, id: i64, begin: impl FnOnce(&mut Human) -> usize) -> anyhow::Result<()> {
        let mut human = self.people.remove(&id).context("нет тренера")?;
        for _ in 0..begin(&mut human) {
            let deed = human.act(&self.sandbox, &self.words, self.dial.now());
            self.report.did(deed);
            let who = matches!(deed, Deed::Wrote | Deed::Pressed).then_some((id, deed == Deed::Pressed));
            self.rest(who).await?;
        }
        self.people.insert(id, human);
        Ok(())
    }

    /// A trainer goes through all of an announcement; of one to many another has to agree.
    async fn announce(&mut self, text: String) -> anyhow::Result<()> {
        let &[author, second] = self.core.staff.trainers.as_slice() else {
            bail!("тренеров не двое")
        };
        let before = self.core.store.campaigns(usize::MAX).await?.len();
        self.play(author, |human| human.announce(text)).await?;
        if self.core.store.campaigns(usize::MAX).await?.len() == before {
            self.play(second, Human::agree).await?;
        }
        if self.core.store.campaigns(usize::MAX).await?.len() == before {
            broken(&mut self.report, self.dial.now(), author, "объявление не удалось отправить");
        }
        Ok(())
    }

    /// A trainer sets up a class, and invites to it.
    async fn teach(&mut self, title: String, when: &str) -> anyhow::Result<()> {
        let trainer = self.core.staff.trainers.first().copied().unwrap_or_default();
        self.play(trainer, |human| human.teach(&title, when, WORD)).await?;
        let made = self.core.store.classes(None, usize::MAX).await?.into_iter().next_back();
        match made
            .filter(|class| class.title == title && class.state == ClassState::Open && class.code.is_some())
        {
            Some(class) => self.words.class = Some((class.id.0, title)),
            None => broken(&mut self.report, self.dial.now(), trainer, "занятие не удалось назначить"),
        }
        Ok(())
    }

    /// Whoever has a seat in a class hears its word; most of them write it some time later.
    async fn tell_word(&mut self, title: &str) -> anyhow::Result<()> {
        let all = self.core.store.classes(None, usize::MAX).await?;
        let Some(class) = all.into_iter().find(|class| class.title == title) else { return Ok(()) };
        for seat in self.core.store.seats(class.id).await? {
            let id = seat.person.0;
            let Some(human) = self.people.get_mut(&id).filter(|_| seat.state == SeatState::Enrolled) else {
                continue;
            };
            if let Some(after) = human.hear(title, WORD) {
                let at = self.dial.now().plus(after);
                self.comes_at(id, at);
            }
        }
        Ok(())
    }

    /// She does the next thing then, not later.
    fn comes_at(&mut self, id: i64, at: Ms) {
        let set = self.agenda.iter().find(|(_, whose)| *whose == id).copied();
        if set.is_none_or(|(set, _)| set > at) {
            set.inspect(|set| _ = self.agenda.remove(set));
            self.agenda.insert((at, id));
        }
    }

    /// Hands over what has happened, waits until the bot has done all it can at this moment, and judges it.
    async fn rest(&mut self, who: Option<(i64, bool)>) -> anyhow::Result<()> {
        let (ts, happened) = self.sandbox.events_after(&self.ts);
        if !happened.is_empty() {
            let mut updates = Vec::with_capacity(happened.len());
            for event in &happened {
                updates.push(Update::read(to_raw_value(event)?, GroupId(GROUP)));
            }
            self.ts.clone_from(&ts);
            let batch = Batch { ts: Some(ts), updates, ..Batch::default() };
            ensure!(self.events.send(batch).is_ok(), "бот больше не слушает");
        }
        let (mut still, mut calls) = (0, 0);
        for look in 0.. {
            if look > LOOKS {
                bail!("бот не приходит в покой: {}", self.dial.now().0);
            }
            // Pictures are drawn on other threads: what waits for them leaves them a core.
            if look % PATIENCE == PATIENCE - 1 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            tokio::task::yield_now().await;
            let made: u64 = self.notes.get().calls.values().flat_map(BTreeMap::values).sum();
            let quiet = made == calls && self.core.outbox.is_idle(self.core.clock.now());
            calls = made;
            still = if quiet { still + 1 } else { 0 };
            if still >= STILL && self.is_settled().await? {
                break;
            }
        }
        let (mut said, of_person) = {
            let mut notes = self.notes.get();
            (std::mem::take(&mut notes.said), std::mem::take(&mut notes.of_person))
        };
        // Pictures of different people are drawn and go up at the same time, over a real socket: which comes first is chance, and means
        // nothing. What comes to one person keeps its order.
        said.sort_by_key(|said| said.to);
        let week = self.week();
        for (person, calls) in of_person {
            *self.calls.entry((person, week)).or_default() += calls;
        }
        let unasked = |said: &&way::Said| said.refused.is_none() && said.lane > vkapi::Lane::Reply;
        for said in said.iter().filter(unasked) {
            let Some(human) = self.people.get_mut(&said.to) else { continue };
            if let Some(after) = human.notice() {
                self.comes_at(said.to, self.dial.now().plus(after));
            }
        }
        self.judge.look(&self.core, &mut self.report, &said, who).await?;
        Ok(())
    }

    /// Every event is committed, and nothing is under way that is not to come later.
    async fn is_settled(&self) -> anyhow::Result<bool> {
        let cursor = self.core.store.cursor(GroupId(GROUP)).await?;
        let looked = match &self.core.auditor {
            Some(auditor) => auditor.is_settled().await,
            None => true,
        };
        let now = self.dial.now().0;
        Ok((cursor.is_none() || cursor.as_ref() == Some(&self.ts))
            && looked
            && campaigns::are_settled(&self.core).await?
            && handoffs::are_settled(&self.core).await?
            && self.core.metrics.scheduled_until() != i64::MIN
            && self.core.tidy_at.load(Ordering::SeqCst) > now)
    }

    async fn end(mut self) -> anyhow::Result<Report> {
        for work in &self.working {
            work.abort();
        }
        let report = &mut self.report;
        self.judge.end(&self.core, report).await?;
        report.people = self.people.len();
        let everybody = self.core.store.people(None, usize::MAX).await?;
        report.met = everybody.iter().filter(|person| person.onboarded.is_some()).count();
        let now = self.dial.now();
        if report.met * 100 < everybody.len() * MET {
            broken(report, now, 0, &format!("познакомились только {} из {}", report.met, everybody.len()));
        }
        let weeks = i64::from(self.plan.weeks);
        let spread = |counted: &BTreeMap<(i64, i64), u64>| {
            let since =
                |id: i64| everybody.iter().find(|p| p.id.0 == id).map(|p| (p.since.0 - START.0) / WEEK);
            let all = self.people.keys().filter_map(|id| Some((*id, since(*id)?)));
            let all = all.flat_map(|(id, since)| (since..weeks).map(move |week| (id, week)));
            Spread::of(all.map(|place| counted.get(&place).copied().unwrap_or(0)).collect())
        };
        report.calls_a_week = spread(&self.calls);
        report.unasked_a_week = spread(&self.judge.weekly);
        report.calls = std::mem::take(&mut self.notes.get().calls);
        let Spread { mean_hundredths, p99, .. } = report.calls_a_week;
        if mean_hundredths > MEAN * 100 || p99 > P99 {
            let spread = report.calls_a_week;
            broken(
                report,
                now,
                0,
                &format!("запросов VK на человека в неделю больше {MEAN} и {P99}: {spread}"),
            );
        }
        report.finish();
        Ok(self.report)
    }
}

/// On Tuesday a class for the next Thursday, on Wednesday an announcement, on Thursday the class of the week before.
fn week_of_staff(zone: &Zone, n: i64) -> Vec<(Ms, Planned)> {
    let day = |days: i64| zone.local(START.plus(n * WEEK + days * Ms::DAY)).date();
    let at = |days: i64, hour: i8, minute: i8| zone.moment(day(days).at(hour, minute, 0, 0));
    let title = |n: i64| format!("Занятие № {}", n + 1);
    let begins = format!("{} в 14:00", day(10).strftime("%d.%m"));
    let text = format!("Коллеги, встречаемся в эфире №{} в четверг в 15:00. Разберём ваши вопросы.", n + 1);
    let mut week =
        vec![(at(1, 12, 0), Planned::Class(title(n), begins)), (at(2, 11, 0), Planned::Announcement(text))];
    if n > 0 {
        week.push((at(3, 14, 20), Planned::Word(title(n - 1))));
    }
    week
}

/// Everything of a running bot but what looks at the machine: copies of the store, the socket, health.
fn work(core: &Arc<Core>, incoming: mpsc::UnboundedReceiver<Batch>) -> Vec<JoinHandle<()>> {
    let stop = CancellationToken::new();
    let dispatcher = app::dispatcher(core);
    vec![
        tokio::spawn(async move {
            if let Err(error) = dispatcher.dispatch_with(Chat(incoming)).await {
                tracing::error!(%error, "no more events");
            }
        }),
        tokio::spawn(outbox::run(Arc::clone(core), stop.clone())),
        tokio::spawn(campaigns::run(Arc::clone(core), stop.clone())),
        tokio::spawn(schedule::run(Arc::clone(core), stop.clone())),
        tokio::spawn(retention::run(Arc::clone(core), stop.clone())),
        tokio::spawn(pages::run(Arc::clone(core), stop)),
    ]
}

/// Events as they are handed over.
struct Chat(mpsc::UnboundedReceiver<Batch>);

impl UpdateListener for Chat {
    async fn next(&mut self) -> Result<Batch, ListenerError> {
        match self.0.recv().await {
            Some(batch) => Ok(batch),
            None => std::future::pending().await,
        }
    }
}

/// Questions that guides answer, and some that none does.
fn questions(content: &Content) -> Vec<String> {
    let asks = content.guides().iter().filter_map(|guide| Some((guide, guide.ask.first()?)));
    let answered =
        asks.filter(|(guide, ask)| content.index().find(ask).outcome == Outcome::Answer(guide.slug.clone()));
    let strange = ["сколько стоит крыло самолёта", "когда нам привезут новый компьютер?", "😀"];
    let known = answered.map(|(_, ask)| ask.clone()).take(QUESTIONS);
    known.chain(strange.map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::tests::CONTENT;

    #[test]
    fn the_same_seed_brings_the_same_region_to_the_byte_and_all_rules_hold() {
        let plan = Plan { pages: 12, weeks: 2, seed: 5 };
        let report = run(plan, Arc::clone(&CONTENT), |_| {}).unwrap();
        assert_eq!(report.broken, 0, "{report}");
        assert!(report.messages["неделя страницы"].0 > 0 && report.messages["объявления"].0 > 0, "{report}");
        // All was sent by this process, so that it knows what is too old to be edited.
        assert_eq!(report.refused.get("Edit 909"), None, "{report}");
        let again = run(plan, Arc::clone(&CONTENT), |_| {}).unwrap();
        assert_eq!(report.json().unwrap(), again.json().unwrap());
        let other = run(Plan { seed: 6, ..plan }, Arc::clone(&CONTENT), |_| {}).unwrap();
        assert_ne!(report.trace, other.trace);
    }
}
