//! A bot from its start to its stop, over HTTP.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{Reply, Vk};
use serde_json::json;
use vkapi::{
    dispatching::{BoxError, DispatchError, DispatcherBuilder},
    prelude::*,
};

#[derive(Clone, Default)]
struct Cursor(Arc<Mutex<Option<String>>>);

impl CursorStore for Cursor {
    async fn load(&self) -> Result<Option<String>, BoxError> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn save(&self, ts: &str) -> Result<(), BoxError> {
        *self.0.lock().unwrap() = Some(ts.to_owned());
        Ok(())
    }
}

async fn echo(bot: Bot, new: Arc<MessageNew>) -> Result<(), RequestError> {
    bot.messages_send(new.message.peer_id, &new.message.text).await?;
    Ok(())
}

fn echoing(vk: &Vk, cursor: &Cursor) -> DispatcherBuilder<RequestError> {
    Dispatcher::builder(vk.bot(), Update::filter_message_new().endpoint(echo))
        .cursor(cursor.clone())
        .subscribe(false)
}

/// A community, a session and one message in it.
fn one_message(vk: &Vk, text: &str) {
    vk.response("groups.getById", json!({"groups": [{"id": 7, "name": "Школа"}]}));
    vk.session("key", "100");
    let message = json!({"from_id": 5, "peer_id": 5, "text": text});
    let update =
        json!({"type": "message_new", "group_id": 7, "event_id": text, "object": {"message": message}});
    vk.reply("/lp", Reply::Json(json!({"ts": "43", "updates": [update]})));
    vk.response("messages.send", json!([{"peer_id": 5, "message_id": 1, "conversation_message_id": 1}]));
}

/// Waits until a call has come.
async fn called(vk: &Vk, method: &str, times: usize) {
    while vk.asked(method).len() < times {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_bot_finds_its_community_goes_on_from_its_cursor_answers_and_stops() {
    let vk = Vk::start().await;
    one_message(&vk, "привет");
    let cursor = Cursor(Arc::new(Mutex::new(Some("42".to_owned()))));
    let dispatcher = echoing(&vk, &cursor).build();
    let stop = dispatcher.shutdown_token();
    let running = tokio::spawn(dispatcher.dispatch());
    called(&vk, "messages.send", 1).await;
    called(&vk, "/lp", 2).await;
    stop.shutdown();
    running.await.unwrap().unwrap();

    assert_eq!(vk.asked("groups.getLongPollServer")[0].param("group_id"), Some("7"));
    let places: Vec<_> = vk.asked("/lp").iter().map(|asked| asked.param("ts").unwrap().to_owned()).collect();
    assert_eq!(places, ["42", "43"]);
    assert_eq!(vk.asked("messages.send")[0].param("message"), Some("привет"));
    assert_eq!(cursor.0.lock().unwrap().as_deref(), Some("43"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_bot_stops_on_sigterm() {
    let vk = Vk::start().await;
    one_message(&vk, "привет");
    let dispatcher = echoing(&vk, &Cursor::default()).group_id(7).enable_ctrlc_handler().build();
    let running = tokio::spawn(dispatcher.dispatch());
    // By now signals are caught: they are before the first poll.
    called(&vk, "/lp", 1).await;
    let kill = format!("kill -TERM {}", std::process::id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    running.await.unwrap().unwrap();
    assert!(vk.asked("groups.getById").is_empty(), "the community was told");
}

#[tokio::test]
async fn a_wrong_token_is_told_at_the_start() {
    let vk = Vk::start().await;
    vk.error("groups.getById", 5, "User authorization failed: invalid access_token (4).");
    let error = echoing(&vk, &Cursor::default()).build().dispatch().await.unwrap_err();
    let DispatchError::Group(error) = error else { panic!("{error:?}") };
    assert_eq!(error.api().unwrap().code, ErrorCode::AUTH_FAILED);

    let vk = Vk::start().await;
    vk.response("groups.getById", json!({"groups": []}));
    let error = echoing(&vk, &Cursor::default()).build().dispatch().await.unwrap_err();
    assert!(matches!(error, DispatchError::NotACommunity), "{error:?}");
}

#[tokio::test]
async fn a_cursor_that_cannot_be_loaded_is_not_taken_for_none() {
    struct Broken;
    impl CursorStore for Broken {
        async fn load(&self) -> Result<Option<String>, BoxError> {
            Err("disk".into())
        }

        async fn save(&self, _: &str) -> Result<(), BoxError> {
            Ok(())
        }
    }
    let vk = Vk::start().await;
    let error = echoing(&vk, &Cursor::default()).cursor(Broken).build().dispatch().await.unwrap_err();
    assert!(matches!(error, DispatchError::Cursor(_)), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_bot_may_be_stopped_before_it_knows_its_community() {
    let vk = Vk::start().await;
    for _ in 0..100 {
        vk.reply("groups.getById", Reply::Raw(502, "<html>"));
    }
    let dispatcher = echoing(&vk, &Cursor::default()).build();
    let stop = dispatcher.shutdown_token();
    let running = tokio::spawn(dispatcher.dispatch());
    tokio::time::sleep(Duration::from_secs(300)).await;
    assert!((5..20).contains(&vk.asked("groups.getById").len()));
    stop.shutdown();
    running.await.unwrap().unwrap();
}
