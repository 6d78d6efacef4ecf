//! The sandbox over HTTP, as a client meets it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod callbacks;
mod calling;
mod control;
mod conversations;
mod execute;
mod faults;
mod groups;
mod keyboards;
mod longpoll;
mod sending;
mod uploads;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use serde_json::Value;
use vk_sandbox::{Builder, Sandbox, Settings};

const GROUP: i64 = 240_000_001;
const MARIA: i64 = 1;
const ILDAR: i64 = 2;
/// 2026-09-01 09:00 UTC.
const START: i64 = 1_788_253_200_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// A sandbox with its own clock, and a client of it.
struct Vk {
    sandbox: Sandbox,
    http: reqwest::Client,
    clock: Arc<AtomicI64>,
}

impl Vk {
    async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    async fn with_settings(settings: Settings) -> Self {
        Self::with(|builder| builder.settings(settings)).await
    }

    async fn with(set_up: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = Arc::new(AtomicI64::new(START));
        let now = Arc::clone(&clock);
        let builder = Sandbox::builder()
            .group(GROUP, "Куратор", "group-token")
            .service_token("service-token")
            .settings(Settings {
                requests_per_second: None,
                service_requests_per_second: None,
                ..Settings::default()
            })
            .now(Arc::new(move || now.load(Ordering::Relaxed)));
        let sandbox = set_up(builder).start("127.0.0.1:0").await.unwrap();
        sandbox.add_person(MARIA, "Мария", "Петрова");
        sandbox.add_person(ILDAR, "Ильдар", "Сафин");
        Self { sandbox, http: client(), clock }
    }

    fn pass(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    async fn call_as(&self, token: &str, method: &str, params: &[(&str, &str)]) -> Value {
        let url = format!("{}/{method}", self.sandbox.api_url());
        let request = self.http.post(url).bearer_auth(token).query(&[("v", "5.199")]).form(params);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    async fn call(&self, method: &str, params: &[(&str, &str)]) -> Value {
        self.call_as("group-token", method, params).await
    }

    /// The `response` of a call that must succeed.
    async fn ok(&self, method: &str, params: &[(&str, &str)]) -> Value {
        let mut answer = self.call(method, params).await;
        assert!(answer.get("response").is_some(), "{method} {params:?}: {answer}");
        answer["response"].take()
    }

    /// The code and wording of a call that must fail.
    async fn error(&self, method: &str, params: &[(&str, &str)]) -> (i64, String) {
        error_of(&self.call(method, params).await)
    }

    /// Sends a text to Maria; the answer.
    async fn send(&self, random_id: &str, message: &str) -> Value {
        self.ok("messages.send", &[("peer_id", "1"), ("random_id", random_id), ("message", message)]).await
    }

    async fn session(&self) -> (String, String, String) {
        let session = self.ok("groups.getLongPollServer", &[("group_id", &GROUP.to_string())]).await;
        let text = |name: &str| session[name].as_str().unwrap().to_owned();
        (text("server"), text("key"), text("ts"))
    }

    async fn poll_raw(&self, server: &str, key: &str, ts: &str) -> Value {
        let query = [("act", "a_check"), ("key", key), ("ts", ts), ("wait", "0")];
        self.http.get(server).query(&query).send().await.unwrap().json().await.unwrap()
    }

    /// Everything that happened since the sandbox began, by a new session.
    async fn updates(&self) -> Vec<Value> {
        let (server, key, _) = self.session().await;
        let answer = self.poll_raw(&server, &key, "1").await;
        answer["updates"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }

    fn texts(&self, person: i64) -> Vec<String> {
        self.sandbox.conversation(person).into_iter().map(|message| message.text).collect()
    }
}

fn client() -> reqwest::Client {
    // Every test asks; the first one installs.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn error_of(answer: &Value) -> (i64, String) {
    let error = &answer["error"];
    let code = error["error_code"].as_i64().unwrap_or_else(|| panic!("no error in {answer}"));
    (code, error["error_msg"].as_str().unwrap().to_owned())
}

fn types(updates: &[Value]) -> Vec<&str> {
    updates.iter().map(|update| update["type"].as_str().unwrap()).collect()
}

/// A captured answer or event.
fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Every field of the captured object is in ours, with a value of the same type, all the way down; of lists
/// the first items are compared.
fn assert_has_shape(ours: &Value, captured: &Value, place: &str) {
    match (ours, captured) {
        (Value::Object(ours), Value::Object(captured)) => {
            let missing: BTreeSet<_> = captured.keys().filter(|key| !ours.contains_key(*key)).collect();
            assert!(missing.is_empty(), "{place}: no {missing:?}");
            for (key, value) in captured {
                assert_has_shape(&ours[key], value, &format!("{place}.{key}"));
            }
        }
        (Value::Array(ours), Value::Array(captured)) => {
            if let (Some(ours), Some(captured)) = (ours.first(), captured.first()) {
                assert_has_shape(ours, captured, &format!("{place}[0]"));
            }
        }
        (ours, captured) => assert_eq!(
            std::mem::discriminant(ours),
            std::mem::discriminant(captured),
            "{place}: {ours} is not of the type of {captured}"
        ),
    }
}
