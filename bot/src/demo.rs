//! The bot without VK: the sandbox, the bot and a web chat in one process.

mod region;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, OnceLock, Weak},
    time::{Duration, Instant},
};

use anyhow::Context;
use axum::{Json, Router, extract::State, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use vk_sandbox::{Sandbox, Settings};
use vkapi::{Bot, Limits, types::GroupId};

use crate::{
    app::{self, App, Parts},
    chat::Region,
    config::{Audit, Campaigns, Staff},
    content::{Content, DEFAULT_NORM},
    domain::{Care, Clock, Ms, Retention, TestClock, Zone, attention::Rules},
    store::{AnyStore, SledOptions, SledStore},
};

/// The demo's community.
const GROUP: i64 = 240_000_001;
/// The demo's key.
const TOKEN: &str = "demo-key-of-the-sandbox";
/// Memory for the store's cache.
const CACHE: u64 = 32 << 20;
/// The service key, with which pages are looked at.
const SERVICE: &str = "demo-service-key-of-the-sandbox";
/// The furthest the clock is moved at once: eight weeks.
const FURTHEST: i64 = 56 * Ms::DAY;
/// The clock is moved in such steps, so that everything comes in its time.
const STEP: i64 = 15 * Ms::MINUTE;
/// How long the bot is waited for in all steps of one move; then the rest is jumped over at once.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is asked whether it has come to rest.
const POLL: Duration = Duration::from_millis(2);

/// What the demo is made of.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Where the web chat is.
    pub listen: SocketAddr,
    /// How many pages the region has besides those of the newcomers.
    pub pages: usize,
    /// Another number is another region.
    pub seed: u64,
    /// Where the bot remembers; `None`: in a folder that goes with the demo.
    pub data: Option<PathBuf>,
}

/// Runs the demo until SIGINT or SIGTERM.
///
/// # Errors
/// The address is taken, or there is no place for the embedded store.
pub async fn run(demo: Demo, content: Content) -> anyhow::Result<()> {
    let clock = TestClock::running();
    let zone = Zone::try_from("Europe/Moscow".to_owned()).map_err(anyhow::Error::msg)?;
    let ours = clock.clone();
    let dial = Dial { clock: clock.clone(), zone: zone.clone(), running: Arc::default() };
    // A store that outlives the sandbox has met the events of the last one: this one's must be others.
    let settings = Settings {
        service_requests_per_second: None,
        seed: demo.seed ^ clock.now().0.unsigned_abs(),
        ..Settings::default()
    };
    let sandbox = Sandbox::builder()
        .group(GROUP, "Куратор", TOKEN)
        .service_token(SERVICE)
        .settings(settings)
        .now(Arc::new(move || ours.now().0))
        .routes(clock_routes(dial.clone()))
        .start(demo.listen)
        .await
        .with_context(|| format!("адрес {} занят или недоступен", demo.listen))?;
    let shown = region::show(&sandbox, demo.pages, demo.seed, clock.now());
    let folder = tempfile::tempdir().context("нет места для временной базы")?;
    let path = demo.data.clone().unwrap_or_else(|| folder.path().join("store"));
    // A demo needs no protection from a power cut.
    let options = SledOptions { path, allow_unsafe: true, cache_bytes: CACHE };
    let store = AnyStore::Sled(tokio::task::spawn_blocking(move || SledStore::open(&options)).await??);
    let content = Arc::new(content);
    region::settle(&store, &clock, &zone, &content, (&shown, demo.seed)).await?;
    let bot = |token| Bot::builder(token).api_url(&sandbox.api_url()).build();
    let app = App::start(Parts {
        bot: bot(TOKEN)?,
        limits: Some(Limits::community()),
        group: GroupId(GROUP),
        store,
        content,
        clock: Arc::new(clock),
        region: Region {
            name: "Ольховская область".into(),
            zone,
            attention: Rules::default(),
            norm: DEFAULT_NORM.to_owned(),
            care: Care::default(),
            retention: Retention::default(),
        },
        staff: Staff {
            owners: vec![region::OWNER],
            trainers: vec![region::TRAINER],
            curators: vec![region::CURATOR],
            heads: vec![region::HEAD],
        },
        campaigns: Campaigns::default(),
        service: Some(bot(SERVICE)?),
        audit: Audit::default(),
        http: None,
        chance: app::chance(),
    })
    .await?;
    println!("Куратор слушает. Откройте в браузере: {} ", sandbox.url());
    println!("Выберите человека слева и нажмите «Начать». Остановить: Ctrl+C.");
    let running = Arc::new((app, sandbox));
    let _ = dial.running.set(Arc::downgrade(&running));
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    // A move of the clock that is under way holds both for a moment more.
    let began = Instant::now();
    let mut running = running;
    let (app, sandbox) = loop {
        match Arc::try_unwrap(running) {
            Ok(both) => break both,
            Err(_) if began.elapsed() > PATIENCE => return Ok(()),
            Err(held) => running = held,
        }
        tokio::time::sleep(POLL).await;
    };
    app.stop().await?;
    sandbox.shutdown().await;
    Ok(())
}

#[derive(Clone)]
struct Dial {
    clock: TestClock,
    zone: Zone,
    /// What runs by this clock, once it does.
    running: Arc<OnceLock<Weak<(App, Sandbox)>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    advance_ms: Option<i64>,
    to: Option<To>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum To {
    Monday10,
}

fn clock_routes(dial: Dial) -> Router {
    Router::new().route("/demo/clock", get(show).post(advance)).with_state(dial)
}

async fn show(State(dial): State<Dial>) -> Json<Value> {
    let now = dial.clock.now();
    let text = dial.zone.local(now).strftime("%d.%m.%Y %H:%M").to_string();
    Json(json!({ "now_ms": now.0, "zone": dial.zone.name(), "text": text }))
}

async fn advance(State(dial): State<Dial>, Json(wanted): Json<Move>) -> Json<Value> {
    let now = dial.clock.now();
    let by = match (wanted.to, wanted.advance_ms) {
        (Some(To::Monday10), _) => {
            let monday = crate::domain::Weekdays::of(&[0]);
            let ten = crate::domain::Hm { hour: 10, minute: 0 };
            dial.zone.next(monday, ten, now).map_or(0, |at| at.0 - now.0)
        }
        (None, Some(ms)) => ms,
        (None, None) => 0,
    };
    // Time only goes on: a clock set back would unsay what was already said.
    let until = now.plus(by.clamp(0, FURTHEST));
    let began = Instant::now();
    while dial.clock.now() < until {
        let now = dial.clock.now();
        let quarter = Ms((now.0.div_euclid(STEP) + 1) * STEP);
        let step = if began.elapsed() < PATIENCE { quarter.min(until) } else { until };
        dial.clock.advance(step.0 - now.0);
        rest(&dial, began).await;
    }
    show(State(dial)).await
}

/// Waits until the bot has done all that is to be done at this moment.
async fn rest(dial: &Dial, began: Instant) {
    let Some(running) = dial.running.get().and_then(Weak::upgrade) else { return };
    let (app, sandbox) = &*running;
    // What is woken by the clock has not begun yet.
    tokio::time::sleep(POLL).await;
    while began.elapsed() < PATIENCE && !app.is_calm(&sandbox.last_ts()).await {
        tokio::time::sleep(POLL).await;
    }
}
