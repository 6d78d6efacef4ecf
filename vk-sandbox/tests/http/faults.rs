//! Troubles on demand.

use std::time::Instant;

use serde_json::{Value, json};
use vk_sandbox::{Fault, Faults, LONG_POLL};

use crate::{MARIA, Vk, error_of, types};

const SEND: [(&str, &str); 4] = [("v", "5.199"), ("peer_id", "1"), ("random_id", "5"), ("message", "Раз")];

async fn try_send(vk: &Vk) -> reqwest::Result<reqwest::Response> {
    let url = format!("{}/messages.send", vk.sandbox.api_url());
    vk.http.post(url).bearer_auth("group-token").form(&SEND).send().await
}

async fn allowed() -> Vk {
    let vk = Vk::new().await;
    vk.sandbox.allow(MARIA);
    vk
}

#[tokio::test]
async fn a_server_error_is_a_page_and_nothing_is_done() {
    let vk = allowed().await;
    vk.sandbox.faults().once("messages.send", Fault::ServerError);
    let answer = try_send(&vk).await.unwrap();
    assert_eq!(answer.status(), 502);
    assert!(answer.text().await.unwrap().starts_with("<html>"));
    assert!(vk.texts(MARIA).is_empty());
    let call = vk.sandbox.calls().pop().unwrap();
    assert_eq!((call.result, call.fault), (Err(0), Some(Fault::ServerError)));
    assert!(try_send(&vk).await.unwrap().status().is_success());
}

#[tokio::test]
async fn a_dropped_connection_leaves_it_done_or_not() {
    let vk = allowed().await;
    vk.sandbox.faults().once("messages.send", Fault::DropBefore);
    assert!(try_send(&vk).await.is_err());
    assert!(vk.texts(MARIA).is_empty());
    vk.sandbox.faults().once("messages.send", Fault::DropAfter);
    assert!(try_send(&vk).await.is_err());
    assert_eq!(vk.texts(MARIA), ["Раз"]);
    // Sending again is safe: the random_id is known.
    assert_eq!(try_send(&vk).await.unwrap().json::<Value>().await.unwrap(), json!({"response": 1}));
    assert_eq!(vk.texts(MARIA), ["Раз"]);
}

#[tokio::test]
async fn half_an_answer_is_not_json_and_the_deed_is_done() {
    let vk = allowed().await;
    vk.sandbox.faults().once("messages.send", Fault::HalfAnswer);
    assert!(try_send(&vk).await.unwrap().json::<Value>().await.is_err());
    assert_eq!(vk.texts(MARIA), ["Раз"]);
}

#[tokio::test]
async fn api_errors_come_in_vks_words_and_captcha_with_its_fields() {
    let vk = allowed().await;
    for (code, wording) in [
        (6, "Too many requests per second"),
        (9, "Flood control"),
        (10, "Internal server error"),
        (29, "Rate limit reached"),
    ] {
        vk.sandbox.faults().once("messages.send", Fault::Error(code));
        assert_eq!(vk.error("messages.send", &SEND).await, (code, wording.to_owned()));
    }
    vk.sandbox.faults().once("messages.send", Fault::Error(14));
    let captcha = vk.call("messages.send", &SEND).await;
    assert_eq!(error_of(&captcha).0, 14);
    assert!(captcha["error"]["captcha_img"].is_string() && captcha["error"]["redirect_uri"].is_string());
    assert!(vk.texts(MARIA).is_empty());
}

#[tokio::test]
async fn a_slow_answer_is_slow() {
    let vk = allowed().await;
    vk.sandbox.faults().once("messages.send", Fault::Slow(50));
    let before = Instant::now();
    try_send(&vk).await.unwrap();
    assert!(before.elapsed().as_millis() >= 50);
}

#[tokio::test]
async fn refused_polls_lose_nothing_if_the_client_does_what_vk_asks() {
    let vk = Vk::new().await;
    let (server, key, ts) = vk.session().await;
    vk.sandbox.write(MARIA, "Привет");
    let faults = vk.sandbox.faults();
    faults.once(LONG_POLL, Fault::Failed(1));
    assert_eq!(vk.poll_raw(&server, &key, &ts).await, json!({"failed": 1, "ts": ts.parse::<i64>().unwrap()}));
    faults.once(LONG_POLL, Fault::Failed(2));
    assert_eq!(vk.poll_raw(&server, &key, &ts).await, json!({"failed": 2}));
    assert_eq!(vk.poll_raw(&server, &key, &ts).await, json!({"failed": 2}));
    let (_, key, _) = vk.session().await;
    faults.once(LONG_POLL, Fault::Failed(3));
    assert_eq!(vk.poll_raw(&server, &key, &ts).await, json!({"failed": 3}));
    let (_, key, again) = vk.session().await;
    assert_eq!(again, ts);
    let answer = vk.poll_raw(&server, &key, &again).await;
    assert_eq!(types(answer["updates"].as_array().unwrap()), ["message_allow", "message_new"]);
}

#[tokio::test]
async fn events_come_twice_and_with_strangers_when_asked() {
    let vk = Vk::new().await;
    vk.sandbox.faults().set(Faults { duplicate_event: 1.0, unknown_event: 1.0, ..Faults::default() });
    vk.sandbox.allow(MARIA);
    let updates = vk.updates().await;
    assert_eq!(types(&updates), ["sandbox_unheard_of", "message_allow", "message_allow"]);
    assert_eq!(updates[1], updates[2]);
    vk.sandbox.faults().clear();
    vk.sandbox.deny(MARIA);
    assert_eq!(vk.updates().await.len(), 4);
}

#[tokio::test]
async fn a_client_that_retries_gets_through_any_weather_and_says_everything_once() {
    let vk = allowed().await;
    vk.sandbox.faults().set(Faults {
        seed: 3,
        server_error: 0.1,
        drop_before: 0.1,
        drop_after: 0.1,
        half_answer: 0.1,
        errors: vec![(6, 0.1), (10, 0.1)],
        ..Faults::default()
    });
    for number in 1..=40 {
        let id = number.to_string();
        let form = [("v", "5.199"), ("peer_id", "1"), ("random_id", &id), ("message", &id)];
        let url = format!("{}/messages.send", vk.sandbox.api_url());
        loop {
            let Ok(answer) = vk.http.post(&url).bearer_auth("group-token").form(&form).send().await else {
                continue;
            };
            if answer.json::<Value>().await.is_ok_and(|answer| answer.get("response").is_some()) {
                break;
            }
        }
    }
    assert_eq!(vk.texts(MARIA), (1..=40).map(|number| number.to_string()).collect::<Vec<_>>());
    let troubles = vk.sandbox.calls().iter().filter(|call| call.fault.is_some()).count();
    assert!(troubles > 5, "{troubles}");
}
