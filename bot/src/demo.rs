//! The bot without VK: the sandbox, the bot and a web chat in one process.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use axum::{Json, Router, extract::State, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use vk_sandbox::{Page, Sandbox};
use vkapi::{Bot, Limits, types::GroupId};

use crate::{
    app::{App, Parts},
    chat::Region,
    config::{Audit, Campaigns, Staff},
    content::{Content, DEFAULT_NORM},
    domain::{Clock, Ms, Retention, TestClock, Zone, attention::Rules},
    store::{AnyStore, SledOptions, SledStore},
};

/// The demo's community.
const GROUP: i64 = 240_000_001;
/// The demo's key.
const TOKEN: &str = "demo-key-of-the-sandbox";
/// Memory for the store's cache.
const CACHE: u64 = 32 << 20;
/// The furthest the clock is moved at once: eight weeks.
const FURTHEST: i64 = 56 * Ms::DAY;

/// The invented people: id, first and last name.
const PEOPLE: [(i64, &str, &str); 6] = [
    (1001, "Анна", "Петрова (школа)"),
    (1002, "Мария", "Ким (поликлиника)"),
    (1003, "Ольга", "Седова (библиотека)"),
    (1004, "Ирина", "Лаптева (детский сад)"),
    (1005, "Сергей", "Орлов (куратор)"),
    (1006, "Елена", "Власова (тренер ЦУР)"),
];

/// The invented pages: id, short name, name, topic, followers.
const PAGES: [(i64, &str, &str, &str, i64); 4] = [
    (501, "olhovsk_school5", "Школа № 5 города Ольховска", "Образовательное учреждение", 1_105),
    (502, "olhovsk_clinic", "Ольховская поликлиника", "Медицинское учреждение", 2_340),
    (503, "olhovsk_library", "Библиотека имени Чехова, Ольховск", "Библиотека", 412),
    (504, "olhovsk_ryabinka", "Детский сад «Рябинка», Ольховск", "Детский сад", 286),
];

/// Runs the demo until SIGINT or SIGTERM.
///
/// # Errors
/// The address is taken, or there is no place for the embedded store.
pub async fn run(listen: SocketAddr, content: Content) -> anyhow::Result<()> {
    let clock = TestClock::running();
    let zone = Zone::try_from("Europe/Moscow".to_owned()).map_err(anyhow::Error::msg)?;
    let ours = clock.clone();
    let sandbox = Sandbox::builder()
        .group(GROUP, "Куратор", TOKEN)
        .now(Arc::new(move || ours.now().0))
        .routes(clock_routes(clock.clone(), zone.clone()))
        .start(listen)
        .await
        .with_context(|| format!("адрес {listen} занят или недоступен"))?;
    for (id, first, last) in PEOPLE {
        sandbox.add_person(id, first, last);
    }
    for (id, screen_name, name, activity, members_count) in PAGES {
        sandbox.add_page(Page {
            id,
            screen_name: screen_name.into(),
            name: name.into(),
            activity: activity.into(),
            members_count,
            ..Page::default()
        });
    }
    let folder = tempfile::tempdir().context("нет места для временной базы")?;
    // It lives as long as the demo: nothing to protect from a power cut.
    let options = SledOptions { path: folder.path().join("store"), allow_unsafe: true, cache_bytes: CACHE };
    let store = tokio::task::spawn_blocking(move || SledStore::open(&options)).await??;
    let app = App::start(Parts {
        bot: Bot::builder(TOKEN).api_url(&sandbox.api_url()).build()?,
        limits: Some(Limits::community()),
        group: GroupId(GROUP),
        store: AnyStore::Sled(store),
        content: Arc::new(content),
        clock: Arc::new(clock),
        region: Region {
            name: "Ольховская область".into(),
            zone,
            attention: Rules::default(),
            norm: DEFAULT_NORM.to_owned(),
        },
        staff: Staff { trainers: vec![1006], curators: vec![1005], ..Staff::default() },
        campaigns: Campaigns::default(),
        retention: Retention::default(),
        service: None,
        audit: Audit::default(),
        http: None,
    })
    .await?;
    println!("Куратор слушает. Откройте в браузере: {} ", sandbox.url());
    println!("Выберите человека слева и нажмите «Начать». Остановить: Ctrl+C.");
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    app.stop().await?;
    sandbox.shutdown().await;
    Ok(())
}

#[derive(Clone)]
struct Dial {
    clock: TestClock,
    zone: Zone,
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

fn clock_routes(clock: TestClock, zone: Zone) -> Router {
    Router::new().route("/demo/clock", get(show).post(advance)).with_state(Dial { clock, zone })
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
    dial.clock.advance(by.clamp(0, FURTHEST));
    show(State(dial)).await
}
