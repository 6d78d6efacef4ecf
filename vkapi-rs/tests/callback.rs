//! VK calls the bot: who may, what they are told, and what becomes of an event meanwhile.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use vk_sandbox::{Fault, Sandbox};
use vkapi::{
    prelude::*,
    update_listeners::{Acknowledge, Callback, UpdateListener, callback, callback::CallbackBuilder},
};

const GROUP: i64 = 240_000_001;

/// Texts of messages, in the order they were handled.
type Heard = Arc<Mutex<Vec<String>>>;

async fn listen(new: Arc<MessageNew>, heard: Heard) -> Result<(), RequestError> {
    heard.lock().unwrap().push(new.message.text.clone());
    Ok(())
}

fn dispatcher(bot: Bot, heard: &Heard) -> Dispatcher<RequestError> {
    let handler = Update::filter_message_new().endpoint(listen);
    Dispatcher::builder(bot, handler).dependencies(deps![Arc::clone(heard)]).build()
}

fn somebodys() -> Bot {
    Bot::builder("t").seed(1).build().unwrap()
}

/// A listener of two communities, with the address of its server.
async fn serve(set_up: impl FnOnce(CallbackBuilder) -> CallbackBuilder) -> (Callback, String) {
    let builder = Callback::builder()
        .group(7, "тайна", "code7")
        .group(8, "other", "code8")
        .patience(Duration::from_secs(60));
    let callback = set_up(builder).listen("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", callback.addr().unwrap());
    (callback, url)
}

async fn post(url: &str, body: &Value) -> (u16, String, Option<String>) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.post(url).json(body).send().await.unwrap();
    let after = answer.headers().get("retry-after").map(|after| after.to_str().unwrap().to_owned());
    (answer.status().as_u16(), answer.text().await.unwrap(), after)
}

fn message(event_id: &str, text: &str) -> Value {
    let message = json!({"from_id": 5, "peer_id": 5, "text": text});
    json!({
        "type": "message_new", "group_id": 7, "event_id": event_id, "v": "5.199", "secret": "тайна",
        "object": {"message": message},
    })
}

#[tokio::test]
async fn each_community_is_confirmed_with_its_own_code_and_only_with_its_secret() {
    let _bot = somebodys();
    let (_callback, url) = serve(|builder| builder).await;
    let confirmation = |group: i64, secret: Value| {
        let body = json!({"type": "confirmation", "group_id": group, "secret": secret});
        let url = url.clone();
        async move { post(&url, &body).await }
    };
    assert_eq!(confirmation(7, json!("тайна")).await.1, "code7");
    assert_eq!(confirmation(8, json!("other")).await.1, "code8");
    for (group, secret) in
        [(7, json!("other")), (7, json!("тайн")), (7, json!("")), (7, Value::Null), (9, json!("тайна"))]
    {
        let (status, answer, _) = confirmation(group, secret.clone()).await;
        assert_eq!(status, 403, "{group} {secret}");
        assert!(!answer.contains("code"), "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_event_is_refused() {
    let _bot = somebodys();
    let (_callback, url) = serve(|builder| builder).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for body in ["", "ok", "[]", "{\"group_id\":"] {
        let status = client.post(&url).body(body).send().await.unwrap().status();
        assert_eq!(status, 400, "{body}");
    }
    assert_eq!(client.get(&url).send().await.unwrap().status(), 405);
    let flood = "x".repeat(2 << 20);
    assert_eq!(client.post(&url).body(flood).send().await.unwrap().status(), 413);
    assert_eq!(post(&url, &json!({"type": "message_new"})).await.0, 403, "no community");
}

#[test]
fn an_empty_secret_is_refused_when_built() {
    let error = Callback::builder().group(7, "", "code").build().unwrap_err();
    assert_eq!(error.to_string(), "the secret of community 7 is empty");
    assert!(Callback::builder().group_without_secret(7, "code").build().is_ok());
}

#[tokio::test]
async fn an_event_comes_without_its_secret_and_with_the_count_of_tries() {
    let _bot = somebodys();
    let (mut callback, url) = serve(|builder| builder.acknowledge(Acknowledge::Taken)).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(&url).header("X-Retry-Counter", "3").json(&message("e1", "привет"));
    tokio::spawn(request.send());
    let update = callback.next().await.unwrap().updates.pop().unwrap();
    assert_eq!((update.retries, update.group_id, update.kind.name()), (3, GroupId(7), "message_new"));
    assert!(!update.raw.get().contains("тайна"), "{}", update.raw);
}

#[tokio::test]
async fn unknown_and_malformed_events_are_taken_too() {
    let heard = Heard::default();
    let notes = Arc::clone(&heard);
    let (callback, url) = serve(|builder| builder).await;
    let note = move |update: Arc<Update>| {
        notes.lock().unwrap().push(format!("{:?}", update.kind));
        std::future::ready(())
    };
    let handler: UpdateHandler<RequestError> = Update::filter_message_new().endpoint(async || Ok(()));
    let dispatcher = Dispatcher::builder(somebodys(), handler).default_handler(note).build();
    tokio::spawn(dispatcher.dispatch_with(callback));
    let mut odd = message("e1", "");
    odd["type"] = json!("of_tomorrow");
    assert_eq!(post(&url, &odd).await.1, "ok");
    odd = message("e2", "");
    odd["object"] = json!("?");
    assert_eq!(post(&url, &odd).await.1, "ok");
    let heard = heard.lock().unwrap();
    assert!(heard[0].starts_with("Unknown") && heard[1].starts_with("Malformed"), "{heard:?}");
}

#[tokio::test]
async fn ok_is_said_only_when_the_event_is_handled() {
    async fn slow(gate: Arc<Semaphore>) -> Result<(), RequestError> {
        gate.acquire().await.unwrap().forget();
        Ok(())
    }
    let gate = Arc::new(Semaphore::new(0));
    let (callback, url) = serve(|builder| builder.patience(Duration::from_millis(200))).await;
    let handler = Update::filter_message_new().endpoint(slow);
    let dispatcher = Dispatcher::builder(somebodys(), handler).dependencies(deps![Arc::clone(&gate)]).build();
    tokio::spawn(dispatcher.dispatch_with(callback));
    let (status, answer, after) = post(&url, &message("e1", "")).await;
    assert_eq!((status, answer.as_str()), (503, "not finished yet"));
    assert!(after.unwrap().ends_with(" GMT"));
    // VK comes again; the event is still the same one, and not handled a second time.
    gate.add_permits(1);
    while post(&url, &message("e1", "")).await.1 != "ok" {}
    assert_eq!(post(&url, &message("e1", "")).await.1, "ok", "long finished");
    assert_eq!(gate.available_permits(), 0);
}

#[tokio::test]
async fn taken_events_may_be_answered_before_they_are_handled() {
    let (callback, url) = serve(|builder| builder.acknowledge(Acknowledge::Taken)).await;
    let handler = Update::filter_message_new().endpoint(async || std::future::pending().await);
    let dispatcher = Dispatcher::<RequestError>::builder(somebodys(), handler).build();
    tokio::spawn(dispatcher.dispatch_with(callback));
    assert_eq!(post(&url, &message("e1", "")).await.1, "ok");
}

#[tokio::test]
async fn a_full_queue_asks_vk_to_come_again_at_a_stated_time() {
    let _bot = somebodys();
    let at = UNIX_EPOCH + Duration::from_secs(1_788_253_200);
    let (callback, url) = serve(|builder| {
        builder
            .queue(1)
            .patience(Duration::from_millis(50))
            .retry_after(Duration::from_secs(30))
            .now(move || at)
    })
    .await;
    // Nobody takes anything: the first waits in the queue until patience ends, the second does not fit.
    assert_eq!(post(&url, &message("e1", "")).await.1, "not finished yet");
    let (status, answer, after) = post(&url, &message("e2", "")).await;
    assert_eq!((status, answer.as_str()), (503, "too many events wait"));
    assert_eq!(httpdate::parse_http_date(&after.unwrap()).unwrap(), at + Duration::from_secs(30));
    drop(callback);
}

#[tokio::test]
async fn an_event_of_a_bot_that_stops_comes_again() {
    async fn begin(begun: Arc<Semaphore>) -> Result<(), RequestError> {
        begun.add_permits(1);
        std::future::pending().await
    }
    let begun = Arc::new(Semaphore::new(0));
    let (callback, url) = serve(|builder| builder).await;
    let dispatcher = Dispatcher::builder(somebodys(), Update::filter_message_new().endpoint(begin))
        .dependencies(deps![Arc::clone(&begun)])
        .shutdown_deadline(Duration::from_millis(10))
        .build();
    let stop = dispatcher.shutdown_token();
    let running = tokio::spawn(dispatcher.dispatch_with(callback));
    let posted = tokio::spawn(async move { post(&url, &message("e1", "")).await });
    begun.acquire().await.unwrap().forget();
    stop.shutdown();
    running.await.unwrap().unwrap();
    assert_eq!(posted.await.unwrap().0, 503);
}

/// The bot of a sandbox, called by it.
async fn connected(sandbox: &Sandbox) -> (Callback, Bot) {
    let bot = common::bot_of(sandbox);
    let callback = Callback::builder()
        .group(GROUP, "secret", bot.clone())
        .path("/vk")
        .listen("127.0.0.1:0")
        .await
        .unwrap();
    let url = format!("http://{}/vk", callback.addr().unwrap());
    let server = callback::register(&bot, GROUP, &url, "bot", "secret", &["message_new"]).await.unwrap();
    common::until(|| sandbox.deliveries().iter().any(|delivery| delivery.kind == "confirmation")).await;
    let again = callback::register(&bot, GROUP, &url, "bot", "secret", &["message_new"]).await.unwrap();
    assert_eq!(server, again, "the server that is there is used");
    (callback, bot)
}

#[tokio::test]
async fn a_bot_registers_itself_and_is_called() {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    let (callback, bot) = connected(&sandbox).await;
    let heard = Heard::default();
    tokio::spawn(dispatcher(bot, &heard).dispatch_with(callback));
    sandbox.join(5);
    sandbox.write(5, "раз");
    sandbox.write(5, "два");
    common::until(|| heard.lock().unwrap().len() == 2).await;
    assert_eq!(*heard.lock().unwrap(), ["раз", "два"]);
    common::until(|| sandbox.deliveries().len() == 3).await;
    let kinds: Vec<_> = sandbox.deliveries().into_iter().map(|d| (d.kind, d.status)).collect();
    let expected = [("confirmation", 200), ("message_new", 200), ("message_new", 200)];
    assert_eq!(kinds, expected.map(|(kind, status)| (kind.to_owned(), status)), "group_join is off");
}

#[tokio::test]
async fn an_event_brought_while_the_bot_was_away_is_brought_again_and_handled_once() {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    let (callback, bot) = connected(&sandbox).await;
    drop(callback);
    sandbox.write(5, "раз");
    common::until(|| sandbox.deliveries().len() == 2).await;
    assert_ne!(sandbox.deliveries()[1].status, 200, "the bot is away");

    let servers: Value = bot.call("groups.getCallbackServers", json!({"group_id": GROUP})).await.unwrap();
    let url = servers["items"][0]["url"].as_str().unwrap();
    let addr = url.trim_start_matches("http://").trim_end_matches("/vk").to_owned();
    let callback = loop {
        // The old server may still hold the port.
        let listener = Callback::builder().group(GROUP, "secret", bot.clone()).path("/vk");
        match listener.listen(&addr).await {
            Ok(callback) => break callback,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let heard = Heard::default();
    tokio::spawn(dispatcher(bot, &heard).dispatch_with(callback));
    common::until(|| {
        sandbox.retry_callbacks();
        sandbox.deliveries().last().is_some_and(|delivery| delivery.answer == "ok" && delivery.retries == 1)
    })
    .await;
    assert_eq!(*heard.lock().unwrap(), ["раз"]);
}

#[tokio::test]
async fn an_event_that_comes_by_both_ways_is_handled_once() {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    let (callback, bot) = connected(&sandbox).await;
    let heard = Heard::default();
    let dispatcher = dispatcher(bot, &heard);
    let stop = dispatcher.shutdown_token();
    let running = tokio::spawn(dispatcher.dispatch_beside(callback));
    common::until(|| sandbox.call_counts().contains_key("groups.getLongPollServer")).await;
    for text in ["раз", "два", "три"] {
        sandbox.write(5, text);
    }
    common::until(|| sandbox.deliveries().len() == 4).await;
    // Long polling is at its place too: what comes after the last event is asked for.
    common::until(|| heard.lock().unwrap().len() >= 3).await;
    sandbox.faults().once(vk_sandbox::LONG_POLL, Fault::Failed(2));
    sandbox.write(6, "четыре");
    common::until(|| heard.lock().unwrap().len() >= 4).await;
    stop.shutdown();
    running.await.unwrap().unwrap();
    let heard = heard.lock().unwrap();
    assert_eq!(*heard, ["раз", "два", "три", "четыре"]);
}

#[tokio::test]
async fn when_one_way_fails_the_other_goes_on() {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    let (callback, bot) = connected(&sandbox).await;
    sandbox.switch_community(true, true, false);
    let heard = Heard::default();
    let handler = Update::filter_message_new().endpoint(listen);
    let dispatcher =
        Dispatcher::builder(bot, handler).dependencies(deps![Arc::clone(&heard)]).subscribe(false).build();
    tokio::spawn(dispatcher.dispatch_beside(callback));
    common::until(|| sandbox.call_counts().contains_key("groups.getLongPollServer")).await;
    sandbox.write(5, "раз");
    common::until(|| heard.lock().unwrap().len() == 1).await;
}

#[tokio::test]
async fn a_confirmation_code_that_cannot_be_fetched_makes_vk_come_again() {
    let vk = common::Vk::start().await;
    vk.error("groups.getCallbackConfirmationCode", 15, "Access denied");
    let now = || SystemTime::UNIX_EPOCH;
    let callback = Callback::builder().group(7, "s", vk.bot()).now(now).listen("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", callback.addr().unwrap());
    let (status, _, after) = post(&url, &json!({"type": "confirmation", "group_id": 7, "secret": "s"})).await;
    assert_eq!((status, after.as_deref()), (503, Some("Thu, 01 Jan 1970 00:00:10 GMT")));
}
