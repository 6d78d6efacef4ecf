//! The sandbox's own HTTP, for its web chat and for scripts in any language: JSON under `/sandbox/`.
//!
//! | Request | Body | Answer |
//! |---|---|---|
//! | `GET /sandbox/people` | | `[{id, first_name, last_name, unread, last_message}]` |
//! | `POST /sandbox/people` | a person | |
//! | `POST /sandbox/pages` | a [`Page`] | |
//! | `GET /sandbox/chat/{person}` | | `{messages, keyboard, unread, allowed, blocked, answers}` |
//! | `POST /sandbox/chat/{person}/write` | an [`Outgoing`] | `{cmid}` |
//! | `POST /sandbox/chat/{person}/file` | multipart, one file | `{cmid}` |
//! | `POST /sandbox/chat/{person}/press` | `{cmid, row, col}`, from 0 | `{event_id}` |
//! | `POST /sandbox/chat/{person}/key` | `{row, col}` of the usual keyboard | `{event_id}` |
//! | `POST /sandbox/chat/{person}/start` | `{ref?}` | `{cmid}` |
//! | `POST /sandbox/chat/{person}/read` | | |
//! | `POST /sandbox/chat/{person}/state` | `{state: allow, deny, block, unblock, join, leave}` | |
//! | `POST /sandbox/push` | a whole update | |
//! | `GET /sandbox/events` | | server-sent events, each a [`ChatEvent`](crate::ChatEvent) |
//! | `GET /sandbox/calls` | | `[`[`Call`](crate::Call)`]` |
//! | `GET`, `POST /sandbox/faults` | [`Faults`] | [`Faults`] |
//!
//! Only a page of this very address, or no page at all, may use it: a request with a foreign `Host` or
//! `Origin` is refused, so that no site open in the same browser can.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Multipart, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use crate::{
    calls::Call,
    chat::{Outgoing, Person, PressError},
    faults::Faults,
    http::{Shared, first_file},
    pages::Page,
    people::{Keyboard, Place},
};

const LARGEST_FILE: usize = 50 * 1024 * 1024;

type AppState = State<Arc<Shared>>;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let chat = Router::new()
        .route("/", get(chat))
        .route("/write", post(write))
        .route("/file", post(file).layer(DefaultBodyLimit::max(LARGEST_FILE)))
        .route("/press", post(press))
        .route("/key", post(key))
        .route("/start", post(start))
        .route("/read", post(read))
        .route("/state", post(set_state))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&shared), known_person));
    Router::new()
        .route("/sandbox/people", get(people).post(add_person))
        .route("/sandbox/pages", post(add_page))
        .nest("/sandbox/chat/{person}", chat)
        .route("/sandbox/push", post(push))
        .route("/sandbox/events", get(events))
        .route("/sandbox/calls", get(calls))
        .route("/sandbox/faults", get(faults).post(set_faults))
        .with_state(shared)
}

/// Lets through only requests of pages of this address, and those of no page at all.
pub(crate) fn guarded(router: Router, listen: IpAddr) -> Router {
    router.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        if is_ours(request.headers(), listen) {
            next.run(request).await
        } else {
            (StatusCode::FORBIDDEN, "only pages of this address may drive the sandbox").into_response()
        }
    }))
}

async fn known_person(
    State(shared): AppState,
    Path(person): Path<i64>,
    request: Request,
    next: Next,
) -> Response {
    if !shared.state().people.contains_key(&person) {
        return (StatusCode::NOT_FOUND, "no such person").into_response();
    }
    next.run(request).await
}

/// Whether the request names this host, and comes from a page of it if from a page at all.
fn is_ours(headers: &HeaderMap, listen: IpAddr) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let named = name.trim_start_matches('[').trim_end_matches(']');
    let known = named == "localhost"
        || named
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback() || ip == listen || listen.is_unspecified());
    known && text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"))
}

async fn people(State(shared): AppState) -> Json<Vec<Value>> {
    let state = shared.state();
    let list = state.people.values().map(|person| {
        let dialog = state.dialogs.get(&person.id);
        let last = dialog.and_then(|dialog| dialog.messages().next_back());
        json!({
            "id": person.id, "first_name": person.first_name, "last_name": person.last_name,
            "unread": dialog.map_or(0, crate::state::Dialog::unread_by_person),
            "last_message": last.map(|message| &message.text),
        })
    });
    Json(list.collect())
}

async fn add_person(State(shared): AppState, Json(person): Json<Person>) -> Response {
    if person.id < 1 {
        return (StatusCode::BAD_REQUEST, "id must be positive").into_response();
    }
    shared.state().add_person(person);
    StatusCode::NO_CONTENT.into_response()
}

async fn add_page(State(shared): AppState, Json(page): Json<Page>) -> StatusCode {
    shared.state().pages.insert(page.id, page);
    StatusCode::NO_CONTENT
}

async fn chat(State(shared): AppState, Path(person): Path<i64>) -> Response {
    let state = shared.state();
    let Some(dialog) = state.dialogs.get(&person) else { return StatusCode::NOT_FOUND.into_response() };
    Json(json!({
        "messages": dialog.messages().collect::<Vec<_>>(), "keyboard": state.shown_keyboard(person),
        "unread": dialog.unread_by_person(), "allowed": dialog.allowed, "blocked": dialog.blocked,
        "answers": dialog.answers,
    }))
    .into_response()
}

fn written(sent: Option<&(i64, String)>) -> Response {
    match sent {
        Some((cmid, _)) => Json(json!({"cmid": cmid})).into_response(),
        None => (StatusCode::CONFLICT, PressError::Blocked.to_string()).into_response(),
    }
}

async fn write(State(shared): AppState, Path(person): Path<i64>, Json(outgoing): Json<Outgoing>) -> Response {
    let now = shared.now();
    written(shared.state().write(person, outgoing, now).as_ref())
}

async fn file(State(shared): AppState, Path(person): Path<i64>, parts: Multipart) -> Response {
    let Some((_, Some(file))) = first_file(parts).await else {
        return (StatusCode::BAD_REQUEST, "no file").into_response();
    };
    let now = shared.now();
    let mut state = shared.state();
    let (key, date, base) = (state.hex(18), now.div_euclid(1000), state.base_url.clone());
    let attachment = match state.media.save_photo(person, file.clone(), &key, date, &base) {
        Some(photo) => json!({"type": "photo", "photo": photo}),
        None => json!({"type": "doc", "doc": state.media.save_doc(person, file, None, &key, date, &base)}),
    };
    let outgoing = Outgoing { attachments: vec![attachment], ..Outgoing::default() };
    written(state.write(person, outgoing, now).as_ref())
}

#[derive(Deserialize)]
struct Pressed {
    cmid: Option<i64>,
    row: usize,
    col: usize,
}

async fn press(State(shared): AppState, Path(person): Path<i64>, Json(pressed): Json<Pressed>) -> Response {
    let Some(cmid) = pressed.cmid else {
        return (StatusCode::BAD_REQUEST, "cmid is missing").into_response();
    };
    press_at(&shared, person, Keyboard::Under(cmid), &pressed)
}

async fn key(State(shared): AppState, Path(person): Path<i64>, Json(pressed): Json<Pressed>) -> Response {
    press_at(&shared, person, Keyboard::Usual, &pressed)
}

fn press_at(shared: &Shared, person: i64, keyboard: Keyboard, pressed: &Pressed) -> Response {
    let now = shared.now();
    match shared.state().press(person, keyboard, Place::At(pressed.row, pressed.col), now) {
        Ok(event_id) => Json(json!({"event_id": event_id})).into_response(),
        Err(error) => (StatusCode::CONFLICT, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct Start {
    #[serde(rename = "ref")]
    ref_: Option<String>,
}

async fn start(State(shared): AppState, Path(person): Path<i64>, Json(start): Json<Start>) -> Response {
    let now = shared.now();
    written(shared.state().write(person, Outgoing::start(start.ref_), now).as_ref())
}

async fn read(State(shared): AppState, Path(person): Path<i64>) -> StatusCode {
    let now = shared.now();
    shared.state().read_by_person(person, now);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Change {
    Allow,
    Deny,
    Block,
    Unblock,
    Join,
    Leave,
}

async fn set_state(
    State(shared): AppState,
    Path(person): Path<i64>,
    Json(change): Json<Change>,
) -> StatusCode {
    let now = shared.now();
    let mut state = shared.state();
    match change {
        Change::Allow => state.allow(person, now),
        Change::Deny => state.deny(person, now),
        Change::Block => state.set_blocked(person, true, now),
        Change::Unblock => state.set_blocked(person, false, now),
        Change::Join => state.set_member(person, true, now),
        Change::Leave => state.set_member(person, false, now),
    }
    StatusCode::NO_CONTENT
}

async fn push(State(shared): AppState, Json(update): Json<Value>) -> StatusCode {
    let now = shared.now();
    shared.state().push_update(update, now);
    StatusCode::NO_CONTENT
}

async fn calls(State(shared): AppState) -> Json<Vec<Call>> {
    Json(shared.state().calls.all())
}

async fn faults(State(shared): AppState) -> Json<Faults> {
    Json(shared.faults.get())
}

async fn set_faults(State(shared): AppState, Json(faults): Json<Faults>) -> Json<Faults> {
    shared.faults.set(faults);
    Json(shared.faults.get())
}

/// What happens in the chats, until the client leaves or the sandbox stops. A client too slow to follow
/// misses events and gets `lagged` instead, after which it should read the chat anew.
async fn events(State(shared): AppState) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = shared.state().news.subscribe();
    let stop = shared.stop.clone();
    let events = stream::unfold(news, |mut news| async move {
        let event = match news.recv().await {
            Ok(event) => Event::default().json_data(&event).unwrap_or_default(),
            Err(RecvError::Lagged(_)) => Event::default().data(r#"{"type":"lagged"}"#),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), news))
    });
    Sse::new(events.take_until(stop.cancelled_owned())).keep_alive(KeepAlive::default())
}
