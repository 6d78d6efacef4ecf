//! How fast the whole bot is against the sandbox with VK's limits: 20 calls in any second, 60 ms a call.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use kurator::{
    app::{App, Parts},
    chat::Region,
    config::{Audit, Campaigns, Packing, Staff},
    content::DEFAULT_NORM,
    domain::{
        Campaign, CampaignId, CampaignState, Care, Clock, Consent, Hm, Ms, Person, Reads, Retention,
        SystemClock,
        attention::{Quiet, Rules},
    },
    store::{AnyStore, Commit, Op, OutLane, OutMessage, SledOptions, SledStore, Store},
};
use vk_sandbox::{ChatEvent, Sandbox, Settings};
use vkapi::{
    Bot, Limits,
    types::{GroupId, PeerId, UserId},
};

use crate::{GROUP, TOKEN, load_content, world::moscow};

/// The first reader's id, and the first id of those who press buttons.
const READERS: i64 = 10_000_000;
const PRESSERS: i64 = 1_000;
/// How many press, one after another.
const PRESSING: i64 = 40;
/// One of them presses so often.
const PRESS: Duration = Duration::from_millis(50);
/// Changes of one commit while the store is filled.
const TOGETHER: usize = 2_500;
const PATIENCE: Duration = Duration::from_secs(600);
const TEXT: &str = "Коллеги, в среду в десять утра встречаемся на вебинаре о сообщениях от жителей.";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// One announcement, a hundred people a call, while buttons are pressed.
    PeerIds,
    /// The same inside `execute`.
    Execute,
    /// A text of her own to each, while buttons are pressed.
    Texts,
    /// Everybody writes at once.
    Crowd,
    /// The same with no limits of VK's.
    Free,
}

impl Row {
    /// The row of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "peer_ids" => Self::PeerIds,
            "execute" => Self::Execute,
            "texts" => Self::Texts,
            "crowd" => Self::Crowd,
            "free" => Self::Free,
            _ => return None,
        })
    }

    /// How many people it is about if nothing else is said.
    pub fn people(self) -> usize {
        match self {
            Self::PeerIds | Self::Execute | Self::Texts => 130_000,
            Self::Crowd => 600,
            Self::Free => 10_000,
        }
    }

    /// The floor and the aim, for so many people.
    fn bounds(self) -> &'static str {
        match self {
            Self::PeerIds => "floor 65 s, aim 70 s",
            Self::Execute => "floor 2.6 s, aim 5 s",
            Self::Texts => "floor 260 s, aim 275 s",
            Self::Crowd => "floor 1.2 s, aim 1.35 s",
            Self::Free => "aim: twice another crate's echo",
        }
    }
}

/// Measures a row and prints it; `alone` nobody presses buttons meanwhile, and the row has all of VK's calls to itself.
///
/// # Errors
/// Somebody did not get what she should, or the limit was broken.
pub async fn run(row: Row, people: usize, alone: bool) -> anyhow::Result<()> {
    let free = row == Row::Free;
    let settings = Settings {
        requests_per_second: (!free).then_some(20),
        latency: if free { Duration::ZERO } else { Duration::from_millis(60) },
        queue_events: 1_000_000,
        calls_kept: 400_000,
        ..Settings::default()
    };
    let sandbox =
        Sandbox::builder().group(GROUP, "Куратор", TOKEN).settings(settings).start("127.0.0.1:0").await?;
    let folder = tempfile::tempdir()?;
    let options =
        SledOptions { path: folder.path().join("store"), allow_unsafe: true, cache_bytes: 256 << 20 };
    let store = tokio::task::spawn_blocking(move || SledStore::open(&options)).await??;
    let readers: Vec<i64> = (READERS..).take(people).collect();
    fill(&store, &sandbox, row, &readers).await?;
    let watching = watch(&sandbox);

    let began = Instant::now();
    let app = App::start(parts(&sandbox, store, row)?).await?;
    until("a session", || sandbox.call_counts().contains_key("groups.getLongPollServer")).await?;
    let asks = matches!(row, Row::Crowd | Row::Free);
    let wrote = Instant::now();
    if asks {
        for id in &readers {
            sandbox.write(*id, "Меню");
        }
    }
    let presses = async {
        if asks || alone {
            std::future::pending::<()>().await;
        }
        press(&sandbox, &watching).await
    };
    let mut done = 0;
    let all = until("everybody's message", || {
        let has = |id: i64| sandbox.conversation(id).iter().any(|message| !message.from_person);
        while readers.get(done).is_some_and(|id| has(*id)) {
            done += 1;
        }
        done == readers.len()
    });
    let waits = tokio::select! {
        ended = all => { ended?; watching.waits() }
        ended = presses => ended?,
    };
    let took = if asks { wrote.elapsed() } else { began.elapsed() };

    let calls = sandbox.calls();
    let refused = calls.iter().filter(|call| call.result == Err(6) && !call.in_execute).count();
    app.stop().await?;
    for id in &readers {
        let got = sandbox.conversation(*id).iter().filter(|message| !message.from_person).count();
        ensure!(got == 1, "reader {id} got {got} messages");
    }
    println!("{row:?}: {people} people in {:.2} s ({})", took.as_secs_f64(), row.bounds());
    println!("  a second: {:.0} people", people as f64 / took.as_secs_f64());
    println!("  calls over VK's limit in any sliding second: {refused} of {} (aim 0)", calls.len());
    if !waits.is_empty() {
        let at = |share: usize| waits[(waits.len() - 1) * share / 100].as_millis();
        println!(
            "  {} presses answered: p50 {} ms (aim 150), p99 {} ms (aim 500)",
            waits.len(),
            at(50),
            at(99)
        );
    }
    sandbox.shutdown().await;
    Ok(())
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) -> anyhow::Result<()> {
    let began = Instant::now();
    while !holds() {
        if began.elapsed() > PATIENCE {
            bail!("no {what} within {PATIENCE:?}");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Writes the people and what they are to be sent.
async fn fill(store: &SledStore, sandbox: &Sandbox, row: Row, readers: &[i64]) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let consent = Some(Consent { version: load_content()?.consent().version, at: now });
    let person = |id: i64| Person { consent, onboarded: Some(now), ..Person::new(UserId(id), now) };
    let everybody: Vec<i64> = (PRESSERS..PRESSERS + PRESSING).chain(readers.iter().copied()).collect();
    let mut ops = Vec::new();
    for id in everybody {
        sandbox.allow(id);
        ops.push(Op::PutPerson(Box::new(person(id))));
    }
    match row {
        Row::PeerIds | Row::Execute => {
            let campaign = Campaign {
                id: CampaignId(1),
                author: UserId(PRESSERS),
                at: now,
                text: TEXT.to_owned(),
                state: CampaignState::Running,
                starts: now,
                local: false,
                reads: Reads::default(),
            };
            ops.push(Op::StartCampaign(campaign, readers.iter().map(|id| (UserId(*id), now)).collect()));
        }
        Row::Texts => ops.extend(readers.iter().map(|id| Op::Enqueue(own(*id, now)))),
        Row::Crowd | Row::Free => {}
    }
    ops.push(Op::SetClean(true));
    let mut ops = ops.into_iter().peekable();
    while ops.peek().is_some() {
        let some = ops.by_ref().take(TOGETHER).collect();
        store.commit(Commit { expect: Vec::new(), ops: some }).await?;
    }
    Ok(())
}

/// A message of her own to a reader.
fn own(id: i64, now: Ms) -> OutMessage {
    OutMessage {
        to: PeerId(id),
        lane: OutLane::Reminder,
        random_id: (id - READERS) as i32 + 1,
        text: format!("{TEXT} Ваш номер в списке — {id}."),
        keyboard: None,
        file: None,
        edit: None,
        at: now,
        attempts: 0,
        not_before: now,
    }
}

fn parts(sandbox: &Sandbox, store: SledStore, row: Row) -> anyhow::Result<Parts> {
    let packing = if row == Row::Execute { Packing::Execute } else { Packing::PeerIds };
    let bot = Bot::builder(TOKEN).api_url(&sandbox.api_url()).build()?;
    let limits = (row != Row::Free).then(Limits::community);
    bot_parts(bot, limits, GroupId(GROUP), store, packing)
}

/// The whole bot over this store, awake at all hours.
///
/// # Errors
/// The content is not right.
pub fn bot_parts(
    bot: Bot,
    limits: Option<Limits>,
    group: GroupId,
    store: SledStore,
    packing: Packing,
) -> anyhow::Result<Parts> {
    let midnight = Hm { hour: 0, minute: 0 };
    Ok(Parts {
        bot,
        limits,
        group,
        store: AnyStore::Sled(store),
        content: load_content()?,
        clock: Arc::new(SystemClock),
        region: Region {
            name: "Ольховская область".into(),
            zone: moscow()?,
            attention: Rules { quiet: Quiet { from: midnight, to: midnight }, a_week: 21 },
            norm: DEFAULT_NORM.to_owned(),
            care: Care::default(),
            retention: Retention::default(),
        },
        staff: Staff::default(),
        service: None,
        audit: Audit::default(),
        campaigns: Campaigns { packing, ..Campaigns::default() },
        http: None,
        chance: 7,
    })
}

/// When each presser pressed, and how long the answers took.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<Seen>>);

/// Who waits since when, and how long the others have waited.
type Seen = (HashMap<i64, Instant>, Vec<Duration>);

impl Watch {
    fn pressed(&self, person: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.insert(person, Instant::now());
    }

    fn answered(&self, person: i64) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = inner.0.remove(&person) {
            inner.1.push(at.elapsed());
        }
    }

    /// How long answers took, ascending.
    fn waits(&self) -> Vec<Duration> {
        let mut waits = self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
        waits.sort_unstable();
        waits
    }
}

fn watch(sandbox: &Sandbox) -> Watch {
    let watch = Watch::default();
    let (seeing, mut news) = (watch.clone(), sandbox.subscribe());
    tokio::spawn(async move {
        loop {
            match news.recv().await {
                Ok(ChatEvent::Edited { person, .. }) => seeing.answered(person),
                Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                Err(_) => return,
            }
        }
    });
    watch
}

/// Presses buttons one after another for ever: the first of the newest message that has any.
async fn press(sandbox: &Sandbox, watch: &Watch) -> anyhow::Result<Vec<Duration>> {
    let people = PRESSERS..PRESSERS + PRESSING;
    for id in people.clone() {
        sandbox.write(id, "Настройки");
    }
    let mut clock = tokio::time::interval(PRESS);
    loop {
        for person in people.clone() {
            clock.tick().await;
            let conversation = sandbox.conversation(person);
            let inline = |keyboard: &serde_json::Value| keyboard["inline"] == true;
            let shown = conversation.iter().rev().find(|m| m.keyboard.as_ref().is_some_and(inline));
            let Some(message) = shown else { continue };
            watch.pressed(person);
            sandbox.press_at(person, message.cmid, 0, 0).context("a button")?;
        }
    }
}
