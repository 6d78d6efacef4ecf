//! Bots long poll: <https://dev.vk.com/ru/api/bots-long-poll/getting-started>.

use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use tokio::time::{Instant, sleep};
use tracing::{debug, info, warn};

use super::{Backoff, Batch, ListenerError, ListenerErrorKind, UpdateListener};
use crate::{
    bot::Bot,
    errors::{ApiError, ErrorCode, RequestError},
    types::{GroupId, LongPollServer, Update, field::Field},
};

/// How much longer than VK's own wait an answer may take.
const GRACE: Duration = Duration::from_secs(10);

/// After how many faults in a row the session itself is doubted and asked for anew.
const DOUBT: u32 = 5;

/// After how long without an answer events are late: VK answers within half a minute whatever happens.
const ABSENT: Duration = Duration::from_secs(120);

/// Events by long polling, for as long as the program lives.
///
/// A connection fault, a page in place of an answer, an expired key: all are waited out and lose nothing, for the
/// number of the last event is kept. Only when VK itself has lost events does a [`Batch`] say so by its `gap`.
#[derive(Debug)]
pub struct Polling {
    bot: Bot,
    client: Client,
    group_id: GroupId,
    wait: u64,
    backoff: Backoff,
    refetch: Backoff,
    renew: Duration,
    random: fastrand::Rng,
    session: Option<Session>,
    /// When the session is asked for anew, whether it still works or not.
    renew_at: Option<Instant>,
    /// The number of the last event, kept over sessions.
    ts: Option<String>,
    /// When VK answered last; unknown for a place from before.
    answered: Option<Instant>,
    /// Events up to here were there before they were asked for, after a long absence.
    late_to: Option<String>,
    /// Faults since the last good answer.
    faults: u32,
    /// Sessions asked for since the last good answer.
    fetches: u32,
    /// Refusals of unknown meaning since the last good answer.
    unknown: u32,
}

/// Where to ask and what to show there.
#[derive(Clone)]
struct Session {
    server: String,
    key: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

/// [`Polling`] being set up.
#[derive(Debug)]
#[must_use]
pub struct PollingBuilder {
    bot: Bot,
    group_id: GroupId,
    ts: Option<String>,
    idle: Option<Duration>,
    wait: u64,
    backoff: Backoff,
    refetch: Backoff,
    renew: Duration,
}

impl PollingBuilder {
    /// The number of the last event that was dealt with, if it is known: VK keeps later ones for some time.
    pub fn resume(mut self, ts: Option<String>) -> Self {
        self.ts = ts.filter(|ts| !ts.is_empty());
        self
    }

    /// For how long nobody has asked for events before, if that is known; otherwise what is found at a resumed place is
    /// [`late`](Update::late).
    pub fn idle(mut self, idle: Option<Duration>) -> Self {
        self.idle = idle;
        self
    }

    /// How long VK holds an unanswered request, seconds: 1 to 90, by default 25.
    pub fn wait(mut self, seconds: u64) -> Self {
        self.wait = seconds.clamp(1, 90);
        self
    }

    /// Waits after faults of the connection. By default up to half a second at first, up to a minute later.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Waits between sessions asked for without a good answer in between, and after a refusal to give one: VK
    /// punishes hurry with error 29 for hours. By default from 2 seconds to 10 minutes.
    pub fn refetch(mut self, refetch: Backoff) -> Self {
        self.refetch = refetch;
        self
    }

    /// After how long a session that works is asked for anew all the same, from the same place. By default 9 hours:
    /// old ones have been seen to lose some kinds of events in silence.
    pub fn renew(mut self, after: Duration) -> Self {
        self.renew = after;
        self
    }

    /// Makes the listener; asks VK nothing yet.
    pub fn build(self) -> Polling {
        Polling {
            client: self.bot.client().clone(),
            random: self.bot.fork_random(),
            bot: self.bot,
            group_id: self.group_id,
            wait: self.wait,
            backoff: self.backoff,
            refetch: self.refetch,
            renew: self.renew,
            session: None,
            renew_at: None,
            ts: self.ts,
            answered: self.idle.and_then(|idle| Instant::now().checked_sub(idle)),
            late_to: None,
            faults: 0,
            fetches: 0,
            unknown: 0,
        }
    }
}

/// What one request of a long poll brought.
#[derive(Debug)]
#[non_exhaustive]
pub enum Polled {
    /// What has happened, which may be nothing.
    Events {
        /// Where to go on.
        ts: String,
        /// The events as they came.
        updates: Vec<Box<RawValue>>,
    },
    /// History is too old or partly lost; go on from here.
    Lost {
        /// Where to go on.
        ts: String,
    },
    /// The key is too old: a new one goes on from the same place.
    KeyExpired,
    /// Everything is lost; begin anew.
    Forgotten,
    /// A refusal of unknown meaning.
    Unknown {
        /// Its number.
        failed: i64,
    },
}

impl Polling {
    /// Begins a listener to a community.
    pub fn builder(bot: Bot, group_id: impl Into<GroupId>) -> PollingBuilder {
        PollingBuilder {
            bot,
            group_id: group_id.into(),
            ts: None,
            idle: None,
            wait: 25,
            backoff: Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(60) },
            refetch: Backoff { base: Duration::from_secs(2), cap: Duration::from_secs(600) },
            renew: Duration::from_secs(9 * 3600),
        }
    }

    /// Asks for a session until there is one, or until asking is of no use.
    async fn fetch(&mut self) -> Result<LongPollServer, ListenerError> {
        loop {
            // The first one costs no wait: keys expire every hour, and that is no fault.
            if self.fetches > 0 {
                sleep(self.refetch.half(self.fetches, &mut self.random)).await;
            }
            self.fetches = self.fetches.saturating_add(1);
            match self.bot.groups_get_long_poll_server(self.group_id).await {
                Ok(mut server) => {
                    // User long poll gives a host without a scheme; communities have not been seen to.
                    if !server.server.contains("://") {
                        server.server.insert_str(0, "https://");
                    }
                    return Ok(server);
                }
                Err(source) => {
                    if let Some(kind) = source.api().and_then(fatal) {
                        return Err(ListenerError { kind, source });
                    }
                    warn!(error = %source, fetches = self.fetches, "no long poll session");
                    if source.api().is_some_and(|error| error.code == ErrorCode::RATE_LIMIT) {
                        // Counts as many: the punishment lasts for hours.
                        self.fetches = self.fetches.saturating_add(DOUBT);
                    }
                }
            }
        }
    }

    async fn poll(&self, session: &Session, ts: &str) -> Result<Polled, RequestError> {
        let wait = self.wait.to_string();
        let query = [("act", "a_check"), ("key", session.key.as_str()), ("ts", ts), ("wait", wait.as_str())];
        let response = self
            .client
            .get(&session.server)
            .query(&query)
            .timeout(Duration::from_secs(self.wait) + GRACE)
            .send()
            .await
            .map_err(RequestError::network)?;
        let status = response.status();
        let body = response.bytes().await.map_err(RequestError::network)?;
        if !status.is_success() {
            return Err(RequestError::Http { status: status.as_u16() });
        }
        read_answer(&body)
    }

    /// The session there is, or a new one that goes on from the same place.
    async fn session(&mut self) -> Result<Session, ListenerError> {
        // After an absence only a new session tells how many events are from before.
        let absent = self.ts.is_some() && self.answered.is_none_or(|at| at.elapsed() > ABSENT);
        if absent || self.renew_at.is_some_and(|at| Instant::now() >= at) {
            self.session = None;
        }
        if let Some(session) = &self.session {
            return Ok(session.clone());
        }
        let server = self.fetch().await?;
        info!(group_id = %self.group_id, resumed = self.ts.is_some(), absent, "long poll session");
        self.answered = Some(Instant::now());
        if absent {
            self.late_to = Some(server.ts.clone()).filter(|to| self.ts.as_ref() != Some(to));
        }
        self.renew_at = Some(Instant::now() + self.renew);
        self.ts.get_or_insert(server.ts);
        Ok(self.session.insert(Session { server: server.server, key: server.key }).clone())
    }

    /// Counts a fault and waits it out.
    async fn fault(&mut self, reason: &str) {
        self.faults = self.faults.saturating_add(1);
        warn!(reason, faults = self.faults, "long poll fault");
        sleep(self.backoff.full(self.faults, &mut self.random)).await;
    }

    fn go_on_after_a_gap(&mut self, ts: String) -> Batch {
        warn!(from = self.ts, to = ts, "VK has lost events");
        self.ts = Some(ts);
        self.batch(Vec::new(), true)
    }

    fn batch(&self, updates: Vec<Box<RawValue>>, gap: bool) -> Batch {
        let read = |raw| Update { late: self.late_to.is_some(), ..Update::read(raw, self.group_id) };
        let updates = updates.into_iter().map(read).collect();
        Batch { ts: self.ts.clone(), updates, gap, receipt: None }
    }
}

impl UpdateListener for Polling {
    async fn next(&mut self) -> Result<Batch, ListenerError> {
        loop {
            let first = self.ts.is_none();
            let session = self.session().await?;
            if first {
                // The place to begin at is kept before the first event, or a stop until then loses what came.
                return Ok(self.batch(Vec::new(), false));
            }
            let ts = self.ts.clone().unwrap_or_default();
            match self.poll(&session, &ts).await {
                Ok(Polled::Events { ts, updates }) => {
                    self.faults = 0;
                    self.fetches = 0;
                    self.unknown = 0;
                    self.answered = Some(Instant::now());
                    let batch = Batch { ts: Some(ts.clone()), ..self.batch(updates, false) };
                    let caught_up = |to: &mut String| !is_before(&ts, to);
                    self.late_to.take_if(caught_up);
                    self.ts = Some(ts);
                    return Ok(batch);
                }
                Ok(Polled::Lost { ts }) => {
                    // VK has said where to go on; only when that does not help, there is something to wait out.
                    if self.faults > 0 {
                        self.fault("history is too old").await;
                    } else {
                        self.faults = 1;
                    }
                    return Ok(self.go_on_after_a_gap(ts));
                }
                Ok(Polled::KeyExpired) => {
                    debug!("the long poll key has expired");
                    self.session = None;
                }
                Ok(Polled::Forgotten) => {
                    let server = self.fetch().await?;
                    self.session = Some(Session { server: server.server, key: server.key });
                    return Ok(self.go_on_after_a_gap(server.ts));
                }
                Ok(Polled::Unknown { failed }) => {
                    self.unknown = self.unknown.saturating_add(1);
                    self.fault(&format!("a refusal of unknown meaning, failed {failed}")).await;
                    let server = self.fetch().await?;
                    self.session = Some(Session { server: server.server, key: server.key });
                    // When a new key did not help, the place itself is what VK does not take.
                    if self.unknown > 1 {
                        return Ok(self.go_on_after_a_gap(server.ts));
                    }
                }
                Err(error) => {
                    self.fault(&error.to_string()).await;
                    if self.faults.is_multiple_of(DOUBT) {
                        self.session = None;
                    }
                }
            }
        }
    }
}

/// Whether one place comes before another, as far as they are numbers, which VK does not promise.
fn is_before(ts: &str, other: &str) -> bool {
    ts.parse::<u64>().ok().zip(other.parse::<u64>().ok()).is_some_and(|(ts, other)| ts < other)
}

/// Reads the body of an answer to a long poll, for listeners of your own.
///
/// # Errors
/// It is no word of VK's.
pub fn read_answer(body: &[u8]) -> Result<Polled, RequestError> {
    #[derive(Deserialize)]
    struct Wire {
        #[serde(default)]
        ts: Value,
        #[serde(default)]
        failed: Value,
        updates: Option<Vec<Box<RawValue>>>,
    }
    let garbled = |reason| RequestError::Garbled { method: "a_check".to_owned(), reason };
    let wire: Wire =
        serde_json::from_slice(body).map_err(|error| garbled(format!("{} bytes: {error}", body.len())))?;
    let ts = String::read(Some(wire.ts)).ok().filter(|ts| !ts.is_empty());
    let failed = Option::<i64>::read(Some(wire.failed)).unwrap_or_default();
    match (failed, ts) {
        (None, Some(ts)) => Ok(Polled::Events { ts, updates: wire.updates.unwrap_or_default() }),
        (Some(1), Some(ts)) => Ok(Polled::Lost { ts }),
        (Some(2), _) => Ok(Polled::KeyExpired),
        (Some(3), _) => Ok(Polled::Forgotten),
        (Some(failed), _) => Ok(Polled::Unknown { failed }),
        // Somebody else's JSON: no word of VK's to give the place up for.
        (None, None) => Err(garbled("neither events nor a refusal".to_owned())),
    }
}

/// What of VK's refusals to give a session no waiting mends.
fn fatal(error: &ApiError) -> Option<ListenerErrorKind> {
    match error.code {
        // The third also says "group revoke access for this token".
        ErrorCode::AUTH_FAILED | ErrorCode::TOKEN_EXPIRED | ErrorCode::GROUP_AUTH_FAILED => {
            Some(ListenerErrorKind::BadToken)
        }
        ErrorCode::PERMISSION_DENIED | ErrorCode::ACCESS_DENIED | ErrorCode::APP_AUTH_FAILED => {
            Some(ListenerErrorKind::NoRight)
        }
        ErrorCode::PARAM | ErrorCode::PARAM_GROUP_ID => Some(ListenerErrorKind::Disabled),
        _ => None,
    }
}
