//! What VK is told.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use subtle::ConstantTimeEq;
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::timeout,
};
use tracing::{debug, info, warn};

use super::{Acknowledge, Batch, Community, Confirmation};
use crate::{
    errors::RequestError,
    types::{GroupId, Update},
    update_listeners::Receipt,
};

/// An event is a few kilobytes; a long message with forwarded ones some dozens.
const LARGEST: usize = 1 << 20;

pub(super) struct Shared {
    pub(super) groups: HashMap<GroupId, Community>,
    pub(super) queue: mpsc::Sender<Batch>,
    pub(super) acknowledge: Acknowledge,
    pub(super) patience: Duration,
    pub(super) retry_after: Duration,
    pub(super) now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

pub(super) fn router(path: &str, shared: Shared) -> Router {
    Router::new()
        .route(path, post(receive))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(shared))
}

type Members = BTreeMap<String, Box<RawValue>>;

fn member<T: DeserializeOwned>(members: &Members, name: &str) -> Option<T> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

async fn receive(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(mut members) = serde_json::from_slice::<Members>(&body) else {
        return (StatusCode::BAD_REQUEST, "not an event").into_response();
    };
    let group_id = member::<GroupId>(&members, "group_id");
    let Some((group_id, community)) = group_id.and_then(|id| Some((id, shared.groups.get(&id)?))) else {
        warn!(?group_id, "an unknown community called");
        return (StatusCode::FORBIDDEN, "unknown community").into_response();
    };
    // Taken out, so that it is not handed on with the event.
    let secret =
        members.remove("secret").and_then(|secret| serde_json::from_str::<String>(secret.get()).ok());
    if !is_right(community, secret.as_deref()) {
        warn!(%group_id, "somebody called with a wrong secret");
        return (StatusCode::FORBIDDEN, "wrong secret").into_response();
    }
    if member::<String>(&members, "type").as_deref() == Some("confirmation") {
        return confirm(&shared, group_id, &community.confirmation).await;
    }
    let Ok(raw) = serde_json::value::to_raw_value(&members) else {
        return (StatusCode::BAD_REQUEST, "not an event").into_response();
    };
    let mut update = Update::read(raw, group_id);
    update.retries = retries(&headers);
    if update.retries > 0 {
        info!(%group_id, event_id = update.event_id, retries = update.retries, "VK brings an event again");
    }
    take(&shared, update).await
}

/// Whether the caller knows the secret; how much of it was right, time does not tell.
fn is_right(community: &Community, given: Option<&str>) -> bool {
    let Some(secret) = &community.secret else { return true };
    given.is_some_and(|given| secret.expose_secret().as_bytes().ct_eq(given.as_bytes()).into())
}

fn retries(headers: &HeaderMap) -> u32 {
    let counter = headers.get("x-retry-counter").and_then(|counter| counter.to_str().ok());
    counter.and_then(|counter| counter.trim().parse().ok()).unwrap_or_default()
}

async fn confirm(shared: &Shared, group_id: GroupId, confirmation: &Confirmation) -> Response {
    let code: Result<String, RequestError> = match confirmation {
        Confirmation::Code(code) => Ok(code.clone()),
        Confirmation::Fetch(bot) => {
            bot.groups_get_callback_confirmation_code(group_id).await.map(|answer| answer.code)
        }
    };
    match code {
        Ok(code) => {
            info!(%group_id, "VK confirms the address");
            code.into_response()
        }
        Err(error) => {
            warn!(%group_id, %error, "no confirmation code");
            come_again(shared, "no confirmation code")
        }
    }
}

/// Hands an event over and answers for it.
async fn take(shared: &Shared, update: Update) -> Response {
    let (receipt, told) = Receipt::new(shared.acknowledge, 1);
    let event_id = update.event_id.clone();
    let batch = Batch { updates: vec![update], receipt: Some(receipt), ..Batch::default() };
    match shared.queue.try_send(batch) {
        Ok(()) => {}
        Err(TrySendError::Full(_)) => {
            warn!(event_id, "too many events wait");
            return come_again(shared, "too many events wait");
        }
        Err(TrySendError::Closed(_)) => return come_again(shared, "stopping"),
    }
    match timeout(shared.patience, told).await {
        Ok(Ok(())) => "ok".into_response(),
        Ok(Err(_)) => come_again(shared, "stopping"),
        Err(_) => {
            debug!(event_id, "an event takes long");
            come_again(shared, "not finished yet")
        }
    }
}

fn come_again(shared: &Shared, why: &'static str) -> Response {
    let at = httpdate::fmt_http_date((shared.now)() + shared.retry_after);
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, at)], why).into_response()
}
