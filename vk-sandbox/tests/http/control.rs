//! The web chat's interface.

use reqwest::header::{HOST, ORIGIN};
use serde_json::{Value, json};

use crate::{MARIA, Vk};

async fn get(vk: &Vk, path: &str) -> Value {
    vk.http.get(format!("{}{path}", vk.sandbox.url())).send().await.unwrap().json().await.unwrap()
}

async fn post(vk: &Vk, path: &str, body: Value) -> reqwest::Response {
    vk.http.post(format!("{}{path}", vk.sandbox.url())).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn a_whole_conversation_is_held_over_it() {
    let vk = Vk::new().await;
    let started: Value =
        post(&vk, "/sandbox/chat/1/start", json!({"ref": "плакат"})).await.json().await.unwrap();
    assert_eq!(started, json!({"cmid": 1}));
    let keyboard = r#"{"inline":true,"buttons":[[{"action":{"type":"callback","label":"Да"}}]]}"#;
    let usual = r#"{"buttons":[[{"action":{"type":"text","label":"Меню"}}]]}"#;
    for (id, keyboard) in [("1", keyboard), ("2", usual)] {
        let params = [("peer_id", "1"), ("random_id", id), ("message", "Вот"), ("keyboard", keyboard)];
        vk.ok("messages.send", &params).await;
    }
    let chat = get(&vk, "/sandbox/chat/1").await;
    assert_eq!((&chat["unread"], &chat["messages"][0]["ref"]), (&json!(2), &json!("плакат")));
    assert_eq!(chat["keyboard"]["buttons"][0][0]["action"]["label"], "Меню");
    assert_eq!(get(&vk, "/sandbox/people").await[0]["unread"], 2);
    assert!(post(&vk, "/sandbox/chat/1/read", json!({})).await.status().is_success());
    assert_eq!(get(&vk, "/sandbox/chat/1").await["unread"], 0);

    let pressed = post(&vk, "/sandbox/chat/1/press", json!({"cmid": 2, "row": 0, "col": 0})).await;
    let event: Value = pressed.json().await.unwrap();
    assert_eq!(event["event_id"].as_str().map(str::len), Some(12));
    assert!(post(&vk, "/sandbox/chat/1/key", json!({"row": 0, "col": 0})).await.status().is_success());
    assert_eq!(post(&vk, "/sandbox/chat/1/key", json!({"row": 5, "col": 0})).await.status(), 409);
    post(&vk, "/sandbox/chat/1/write", json!({"text": "Спасибо", "payload": "{\"a\":1}"})).await;
    assert_eq!(vk.texts(MARIA), ["Начать", "Вот", "Вот", "Меню", "Спасибо"]);
    let calls = get(&vk, "/sandbox/calls").await;
    assert_eq!((&calls[0]["method"], &calls[0]["result"]), (&json!("messages.send"), &json!({"Ok": null})));
}

#[tokio::test]
async fn people_pages_states_and_updates_can_be_made() {
    let vk = Vk::new().await;
    post(&vk, "/sandbox/people", json!({"id": 9, "first_name": "Айгуль", "last_name": "Н."})).await;
    post(
        &vk,
        "/sandbox/pages",
        json!({"id": 77, "screen_name": "school5", "posts": [{"id": 1, "text": "Да"}]}),
    )
    .await;
    assert_eq!(vk.ok("users.get", &[("user_ids", "9")]).await[0]["first_name"], "Айгуль");
    assert_eq!(vk.ok("utils.resolveScreenName", &[("screen_name", "school5")]).await["object_id"], 77);
    post(&vk, "/sandbox/chat/9/state", json!({"state": "block"})).await;
    assert_eq!(post(&vk, "/sandbox/chat/9/write", json!({"text": "Эй"})).await.status(), 409);
    post(&vk, "/sandbox/push", json!({"type": "odd"})).await;
    assert_eq!(vk.updates().await.pop(), Some(json!({"type": "odd"})));
    assert_eq!(post(&vk, "/sandbox/chat/5/write", json!({"text": "Эй"})).await.status(), 404);
    assert_eq!(
        post(&vk, "/sandbox/people", json!({"id": -9, "first_name": "", "last_name": ""})).await.status(),
        400
    );
}

#[tokio::test]
async fn a_person_sends_a_file() {
    let vk = Vk::new().await;
    let file = reqwest::multipart::Part::bytes(b"1;2").file_name("список.csv").mime_str("text/csv").unwrap();
    let url = format!("{}/sandbox/chat/1/file", vk.sandbox.url());
    vk.http.post(url).multipart(reqwest::multipart::Form::new().part("file", file)).send().await.unwrap();
    let message = &vk.updates().await[1]["object"]["message"];
    assert_eq!(message["attachments"][0]["doc"]["title"], "список.csv");
}

#[tokio::test]
async fn events_stream_to_whoever_watches() {
    let vk = Vk::new().await;
    let mut answer = vk.http.get(format!("{}/sandbox/events", vk.sandbox.url())).send().await.unwrap();
    vk.sandbox.write(MARIA, "Привет");
    let chunk = answer.chunk().await.unwrap().unwrap();
    let text = std::str::from_utf8(&chunk).unwrap();
    let event: Value =
        serde_json::from_str(text.lines().next().unwrap().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((&event["type"], &event["person"]), (&json!("message"), &json!(MARIA)));
    assert_eq!(event["message"]["text"], "Привет");
}

#[tokio::test]
async fn troubles_are_switched_over_it() {
    let vk = Vk::new().await;
    let set: Value = post(&vk, "/sandbox/faults", json!({"server_error": 1.0})).await.json().await.unwrap();
    assert_eq!(set["server_error"], 1.0);
    assert_eq!(get(&vk, "/sandbox/faults").await, set);
    assert!(post(&vk, "/sandbox/faults", json!({"sever_error": 1.0})).await.status().is_client_error());
    let url = format!("{}/users.get", vk.sandbox.api_url());
    assert_eq!(vk.http.get(url).send().await.unwrap().status(), 502);
}

#[tokio::test]
async fn pages_of_other_sites_cannot_drive_it() {
    let vk = Vk::new().await;
    let url = format!("{}/sandbox/people", vk.sandbox.url());
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status();
    assert_eq!(status(vk.http.get(&url).header(HOST, "evil.example")).await, 403);
    assert_eq!(status(vk.http.get(&url).header(ORIGIN, "https://evil.example")).await, 403);
    assert_eq!(status(vk.http.get(&url).header(ORIGIN, vk.sandbox.url())).await, 200);
    assert_eq!(status(vk.http.get(&url).header(HOST, "localhost:80")).await, 200);
    assert_eq!(status(vk.http.get(&url)).await, 200);
    // VK's own addresses are for programs, which name the host as they like.
    let method = format!("{}/users.get", vk.sandbox.api_url());
    assert_eq!(status(vk.http.get(method).header(HOST, "api.vk.ru")).await, 200);
}

#[tokio::test]
async fn the_page_and_other_routes_are_served_and_may_be_off() {
    let extra = axum::Router::new().route("/demo/clock", axum::routing::get(|| async { "девять" }));
    let vk = Vk::with(|builder| builder.routes(extra)).await;
    let fetch = async |vk: &Vk, path: &str| {
        let answer = vk.http.get(format!("{}{path}", vk.sandbox.url())).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    for path in ["/", "/chat.css", "/chat.js"] {
        let (status, text) = fetch(&vk, path).await;
        assert!(status == 200 && !text.is_empty());
    }
    assert_eq!(fetch(&vk, "/demo/clock").await, (200, "девять".to_owned()));
    let bare = Vk::with(|builder| builder.control(false)).await;
    assert_eq!(fetch(&bare, "/").await.0, 404);
    assert_eq!(fetch(&bare, "/sandbox/people").await.0, 404);
}
