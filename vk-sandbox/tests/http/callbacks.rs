//! Callback servers: how they are set up, and what is brought to them.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};
use vk_sandbox::Rights;

use crate::{GROUP, MARIA, Vk};

/// A server that answers what it is told to and remembers what was brought.
#[derive(Clone, Default)]
struct Receiver {
    code: Arc<Mutex<String>>,
    broken: Arc<Mutex<bool>>,
    brought: Arc<Mutex<Vec<Value>>>,
}

async fn receive(State(receiver): State<Receiver>, Json(event): Json<Value>) -> (StatusCode, String) {
    receiver.brought.lock().unwrap().push(event.clone());
    if *receiver.broken.lock().unwrap() {
        return (StatusCode::INTERNAL_SERVER_ERROR, String::new());
    }
    if event["type"] == "confirmation" {
        (StatusCode::OK, receiver.code.lock().unwrap().clone())
    } else {
        (StatusCode::OK, "ok".to_owned())
    }
}

async fn receiver() -> (Receiver, String) {
    let receiver = Receiver::default();
    let app = Router::new().route("/", post(receive)).with_state(receiver.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (receiver, url)
}

async fn until(mut happened: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if happened() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("nothing happened in ten seconds");
}

async fn add(vk: &Vk, url: &str, secret: &str) -> String {
    let group = GROUP.to_string();
    let params = [("group_id", group.as_str()), ("url", url), ("title", "бот"), ("secret_key", secret)];
    vk.ok("groups.addCallbackServer", &params).await["server_id"].to_string()
}

async fn status(vk: &Vk) -> Value {
    let servers = vk.ok("groups.getCallbackServers", &[("group_id", &GROUP.to_string())]).await;
    servers["items"][0]["status"].clone()
}

#[tokio::test]
async fn a_server_is_confirmed_then_told_of_what_is_switched_on_there() {
    let vk = Vk::new().await;
    let group = GROUP.to_string();
    let (receiver, url) = receiver().await;
    let code = vk.ok("groups.getCallbackConfirmationCode", &[("group_id", &group)]).await;
    code["code"].as_str().unwrap().clone_into(&mut receiver.code.lock().unwrap());
    let id = add(&vk, &url, "тайна").await;
    until(|| vk.sandbox.deliveries().len() == 1).await;
    assert_eq!(status(&vk).await, "ok");
    let confirmation = receiver.brought.lock().unwrap()[0].clone();
    assert_eq!(confirmation, json!({"type": "confirmation", "group_id": GROUP, "secret": "тайна"}));

    let own = [("group_id", group.as_str()), ("server_id", id.as_str())];
    let settings = vk.ok("groups.getCallbackSettings", &own).await;
    assert!(settings["events"].as_object().unwrap().values().all(|on| on == 0), "a new server hears nothing");
    vk.sandbox.write(MARIA, "рано");
    vk.ok("groups.setCallbackSettings", &[own[0], own[1], ("message_new", "1")]).await;
    vk.sandbox.write(MARIA, "пора");
    until(|| vk.sandbox.deliveries().len() == 2).await;
    let event = receiver.brought.lock().unwrap()[1].clone();
    assert_eq!(event["object"]["message"]["text"], "пора");
    let polled = vk.updates().await;
    assert_eq!(event["event_id"], polled.last().unwrap()["event_id"], "by long poll it is the same event");
    assert_eq!((&event["secret"], polled.last().unwrap().get("secret")), (&json!("тайна"), None));
}

#[tokio::test]
async fn a_wrong_confirmation_leaves_a_server_without_events() {
    let vk = Vk::new().await;
    let (_receiver, url) = receiver().await;
    add(&vk, &url, "").await;
    until(|| vk.sandbox.deliveries().len() == 1).await;
    assert_eq!(status(&vk).await, "failed");
    vk.sandbox.write(MARIA, "привет");
    assert_eq!(vk.sandbox.deliveries().len(), 1);
}

#[tokio::test]
async fn what_was_not_taken_is_brought_again_with_a_count() {
    let vk = Vk::new().await;
    let group = GROUP.to_string();
    let (receiver, url) = receiver().await;
    let code = vk.ok("groups.getCallbackConfirmationCode", &[("group_id", &group)]).await;
    code["code"].as_str().unwrap().clone_into(&mut receiver.code.lock().unwrap());
    let id = add(&vk, &url, "").await;
    until(|| vk.sandbox.deliveries().len() == 1).await;
    let on = [("group_id", group.as_str()), ("server_id", id.as_str()), ("message_new", "1")];
    vk.ok("groups.setCallbackSettings", &on).await;
    *receiver.broken.lock().unwrap() = true;
    vk.sandbox.write(MARIA, "привет");
    until(|| vk.sandbox.deliveries().len() == 2).await;
    *receiver.broken.lock().unwrap() = false;
    until(|| {
        vk.sandbox.retry_callbacks();
        vk.sandbox.deliveries().len() == 3
    })
    .await;
    let tries: Vec<_> = vk.sandbox.deliveries()[1..].iter().map(|d| (d.status, d.retries)).collect();
    assert_eq!(tries, [(500, 0), (200, 1)]);
}

#[tokio::test]
async fn what_a_server_may_not_be_is_refused() {
    let vk = Vk::with(|builder| builder.group_token("modest", Rights::MESSAGES)).await;
    let group = GROUP.to_string();
    let add = async |url: &str, title: &str, secret: &str| {
        let params = [("group_id", group.as_str()), ("url", url), ("title", title), ("secret_key", secret)];
        vk.call("groups.addCallbackServer", &params).await["error"]["error_code"].clone()
    };
    assert_eq!(add("ftp://x", "t", "").await, 100);
    assert_eq!(add("http://127.0.0.1:1/", "пятнадцать букв", "").await, 100);
    assert_eq!(add("http://127.0.0.1:1/", "t", &"s".repeat(51)).await, 100);
    for _ in 0..10 {
        assert_eq!(add("http://127.0.0.1:1/", "t", "").await, Value::Null);
    }
    assert_eq!(add("http://127.0.0.1:1/", "t", "").await, 2000);
    let unknown = [("group_id", group.as_str()), ("server_id", "99")];
    assert_eq!(vk.error("groups.deleteCallbackServer", &unknown).await.0, 104);
    assert_eq!(vk.error("groups.getCallbackSettings", &unknown).await.0, 104);
    let first = [("group_id", group.as_str()), ("server_id", "1")];
    vk.ok("groups.deleteCallbackServer", &first).await;
    let answer = vk.call_as("modest", "groups.getCallbackServers", &[("group_id", &group)]).await;
    assert_eq!(answer["error"]["error_code"], 15);
}
