//! Bots Long Poll over HTTP.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{ConnectInfo, Path, Request, State},
    response::Response,
};
use serde_json::{Value, json};

use crate::{
    conn::Conn,
    faults::{Fault, LONG_POLL},
    http::{Shared, pause, read_params, spoil},
    params::Params,
    queue::Polled,
};

/// VK: "the recommended value is 25, the largest is 90".
const DEFAULT_WAIT: u64 = 25;
const LONGEST_WAIT: u64 = 90;

/// `{server}?act=a_check&key=…&ts=…&wait=25`; what else is sent is of no matter.
pub(crate) async fn poll(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(conn): ConnectInfo<Conn>,
    Path(group): Path<i64>,
    request: Request,
) -> Response {
    let params = read_params(request).await.unwrap_or_default();
    let fault = shared.faults.of_request(LONG_POLL);
    pause(shared.faults.delay(LONG_POLL), fault).await;
    let ts: Option<u64> = params.text("ts").and_then(|ts| ts.parse().ok());
    let made_up = match fault {
        Some(Fault::Failed(number)) => Some(failed(&shared, number, ts)),
        Some(Fault::ServerError | Fault::DropBefore | Fault::DropAfter) => Some(Value::Null),
        _ => None,
    };
    let answer = match made_up {
        Some(answer) => answer,
        None if group == shared.state().group.id && params.text("act") == Some("a_check") => {
            wait_for_events(&shared, &params, ts).await
        }
        None => json!({"failed": 2}),
    };
    spoil(fault, &conn, answer)
}

/// A refusal made up by a fault: it loses nothing, as long as the client does what VK asks.
fn failed(shared: &Shared, number: u8, ts: Option<u64>) -> Value {
    let mut state = shared.state();
    let ts = ts.unwrap_or_else(|| state.queue.last_ts());
    match number {
        1 => return json!({"failed": 1, "ts": ts}),
        2 => state.queue.expire_keys(),
        _ => state.queue.resume_from(ts),
    }
    json!({"failed": number})
}

async fn wait_for_events(shared: &Shared, params: &Params, ts: Option<u64>) -> Value {
    let key = params.text("key").unwrap_or_default();
    let seconds = params.text("wait").and_then(|wait| wait.parse().ok()).unwrap_or(DEFAULT_WAIT);
    let wait = Duration::from_secs(seconds.min(LONGEST_WAIT));
    let mut news = shared.state().queue.watch();
    let until = tokio::time::sleep(wait);
    tokio::pin!(until);
    loop {
        let now = shared.now();
        let polled = {
            let mut guard = shared.state();
            let state = &mut *guard;
            state.queue.poll(key, ts, now, &state.settings)
        };
        match polled {
            Polled::Events(ts, updates) => return json!({"ts": ts.to_string(), "updates": updates}),
            Polled::Outdated(ts) => return json!({"failed": 1, "ts": ts}),
            Polled::KeyExpired => return json!({"failed": 2}),
            Polled::Nothing => {}
        }
        let ended = tokio::select! {
            () = &mut until => true,
            () = shared.stop.cancelled() => true,
            changed = news.changed() => changed.is_err(),
        };
        if ended {
            return json!({"ts": ts.unwrap_or_default().to_string(), "updates": []});
        }
    }
}
