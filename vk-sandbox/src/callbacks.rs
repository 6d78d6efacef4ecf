//! Callback servers: addresses that are called about what happens.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use crate::{
    http::Shared,
    queue::{EVENT_FLAGS, UNSETTABLE},
    settings::millis,
    state::push_bounded,
};

/// VK: a community has up to 10.
pub(crate) const MOST_SERVERS: usize = 10;
/// How long a server may take to answer; real time. Not documented.
const PATIENCE: Duration = Duration::from_secs(10);

/// One try to hand an event over to a callback server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// The server.
    pub server_id: i64,
    /// The event's type; `confirmation` is one.
    pub kind: String,
    /// The event's number; empty for a confirmation.
    pub event_id: String,
    /// How often it was tried before.
    pub retries: u32,
    /// The HTTP status; 0 when there was no answer.
    pub status: u16,
    /// What was answered.
    pub answer: String,
}

pub(crate) struct Server {
    pub(crate) id: i64,
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) secret: String,
    pub(crate) status: &'static str,
    pub(crate) api_version: String,
    flags: BTreeMap<&'static str, bool>,
}

impl Server {
    pub(crate) fn to_vk(&self) -> Value {
        json!({
            "id": self.id, "title": self.title, "creator_id": 1, "url": self.url, "secret_key": self.secret,
            "status": self.status,
        })
    }

    pub(crate) fn flags(&self) -> Value {
        self.flags.iter().map(|(flag, on)| ((*flag).to_owned(), json!(i64::from(*on)))).collect()
    }

    pub(crate) fn set_flag(&mut self, flag: &str, on: bool) {
        if let Some(value) = self.flags.get_mut(flag) {
            *value = on;
        }
    }
}

/// What is to be carried to a server.
pub(crate) enum Errand {
    Confirm,
    Event(Value),
}

#[derive(Default)]
pub(crate) struct Callbacks {
    pub(crate) servers: BTreeMap<i64, Server>,
    /// The confirmation text.
    pub(crate) code: String,
    last_id: i64,
    /// Errands to each server, carried by a task of its own.
    roads: HashMap<i64, mpsc::UnboundedSender<Errand>>,
    /// What starts those tasks, while the sandbox serves.
    pub(crate) courier: Option<mpsc::UnboundedSender<(i64, mpsc::UnboundedReceiver<Errand>)>>,
    pub(crate) deliveries: VecDeque<Delivery>,
    /// Makes every waiting retry due.
    pub(crate) hurry: Arc<Notify>,
}

impl Callbacks {
    pub(crate) fn add(&mut self, url: String, title: String, secret: String) -> i64 {
        self.last_id += 1;
        let id = self.last_id;
        let flags = EVENT_FLAGS.iter().chain(UNSETTABLE).map(|flag| (*flag, false)).collect();
        let server =
            Server { id, url, title, secret, status: "wait", api_version: "5.199".to_owned(), flags };
        self.servers.insert(id, server);
        let (road, errands) = mpsc::unbounded_channel();
        self.roads.insert(id, road);
        if let Some(courier) = &self.courier {
            let _ = courier.send((id, errands));
        }
        self.send(id, Errand::Confirm);
        id
    }

    pub(crate) fn remove(&mut self, id: i64) -> bool {
        self.roads.remove(&id);
        self.servers.remove(&id).is_some()
    }

    /// Carries an event to every confirmed server that wants its type.
    pub(crate) fn tell(&self, kind: &str, update: &Value) {
        for server in self.servers.values() {
            if server.status == "ok" && server.flags.get(kind).copied().unwrap_or(true) {
                let mut update = update.clone();
                update["v"] = json!(server.api_version);
                self.send(server.id, Errand::Event(update));
            }
        }
    }

    pub(crate) fn send(&self, id: i64, errand: Errand) {
        if let Some(road) = self.roads.get(&id) {
            let _ = road.send(errand);
        }
    }
}

/// Starts a task for each server that is added, until the sandbox stops.
pub(crate) async fn run(
    shared: Arc<Shared>,
    mut added: mpsc::UnboundedReceiver<(i64, mpsc::UnboundedReceiver<Errand>)>,
) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return tracing::error!(%error, "callback servers cannot be called"),
    };
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            Some((id, errands)) = added.recv() => {
                tokio::spawn(carry(Arc::clone(&shared), client.clone(), id, errands));
            }
        }
    }
}

/// Carries one server's errands in order; what fails is tried again beside the rest.
async fn carry(
    shared: Arc<Shared>,
    client: reqwest::Client,
    id: i64,
    mut errands: mpsc::UnboundedReceiver<Errand>,
) {
    loop {
        let errand = tokio::select! {
            () = shared.stop.cancelled() => return,
            errand = errands.recv() => errand,
        };
        match errand {
            None => return,
            Some(Errand::Confirm) => confirm(&shared, &client, id).await,
            Some(Errand::Event(update)) => {
                if let Some(wait) = deliver(&shared, &client, id, &update, 0).await {
                    tokio::spawn(again(Arc::clone(&shared), client.clone(), id, update, wait));
                }
            }
        }
    }
}

async fn confirm(shared: &Shared, client: &reqwest::Client, id: i64) {
    let (update, code) = {
        let state = shared.state();
        (json!({"type": "confirmation", "group_id": state.group.id}), state.callbacks.code.clone())
    };
    let Some((status, answer, _)) = post(shared, client, id, &update, 0).await else { return };
    let confirmed = status == 200 && answer.trim() == code;
    if let Some(server) = shared.state().callbacks.servers.get_mut(&id) {
        server.status = if confirmed { "ok" } else { "failed" };
    }
}

/// Tries again until it is taken, or until VK would give it up.
async fn again(
    shared: Arc<Shared>,
    client: reqwest::Client,
    id: i64,
    update: Value,
    asked: Option<Duration>,
) {
    let (hurry, spans) = {
        let state = shared.state();
        (Arc::clone(&state.callbacks.hurry), state.settings.callback_retries.clone())
    };
    let mut asked = asked;
    for (retries, span) in (1..).zip(spans) {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = hurry.notified() => {}
            () = tokio::time::sleep(asked.unwrap_or(span)) => {}
        }
        match deliver(&shared, &client, id, &update, retries).await {
            Some(wait) => asked = wait,
            None => return,
        }
    }
    tracing::warn!(id, "an event was given up");
}

/// Hands an event over. If it was not taken: when to try again, where the server said so.
async fn deliver(
    shared: &Shared,
    client: &reqwest::Client,
    id: i64,
    update: &Value,
    retries: u32,
) -> Option<Option<Duration>> {
    let (status, answer, after) = post(shared, client, id, update, retries).await?;
    if status == 200 && answer.trim() == "ok" {
        return None;
    }
    Some(after.filter(|_| matches!(status, 410 | 429 | 503)))
}

/// Calls a server; its status, its answer, and after how long it wants to be called again. None when there is no such
/// server any more.
async fn post(
    shared: &Shared,
    client: &reqwest::Client,
    id: i64,
    update: &Value,
    retries: u32,
) -> Option<(u16, String, Option<Duration>)> {
    let (url, body) = {
        let state = shared.state();
        let server = state.callbacks.servers.get(&id)?;
        let mut body = update.clone();
        if !server.secret.is_empty() {
            body["secret"] = json!(server.secret);
        }
        (server.url.clone(), body)
    };
    let mut request = client.post(url).json(&body);
    if retries > 0 {
        request = request.header("X-Retry-Counter", retries);
    }
    let (status, answer, after) = match request.send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            let after = response.headers().get("retry-after").and_then(|after| after.to_str().ok());
            let after = after.and_then(|after| wait_of(after, shared.now()));
            (status, response.text().await.unwrap_or_default(), after)
        }
        Err(_) => (0, String::new(), None),
    };
    let text = |name: &str| update[name].as_str().unwrap_or_default().to_owned();
    let delivery = Delivery {
        server_id: id,
        kind: text("type"),
        event_id: text("event_id"),
        retries,
        status,
        answer: answer.clone(),
    };
    let mut state = shared.state();
    let most = state.settings.calls_kept;
    push_bounded(&mut state.callbacks.deliveries, delivery, most);
    Some((status, answer, after))
}

/// The span that `Retry-After` names, by the clock: seconds or a date.
fn wait_of(after: &str, now: i64) -> Option<Duration> {
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(after).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Duration::from_millis(u64::try_from(millis(at) - now).unwrap_or_default()))
}
