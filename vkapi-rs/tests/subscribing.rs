//! VK is asked for what the handlers want, and for nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use vk_sandbox::{Rights, Sandbox};
use vkapi::{prelude::*, update_listeners::subscribe};

type Handlers = UpdateHandler<RequestError>;

async fn nothing() -> Result<(), RequestError> {
    Ok(())
}

fn events(handler: Handlers) -> Vec<&'static str> {
    Dispatcher::builder(Bot::new("t").unwrap(), handler).build().events()
}

#[test]
fn the_tree_tells_which_events_it_wants() {
    let handler: Handlers = dptree::entry()
        .branch(Update::filter_message_new().endpoint(nothing))
        .branch(Update::filter_message_event().filter(|| true).endpoint(nothing));
    assert_eq!(events(handler), ["message_event", "message_new"]);
}

#[test]
fn a_filter_above_the_branches_asks_for_nothing_by_itself() {
    let handler: Handlers = dptree::entry()
        .filter(|update: Arc<Update>| update.user_id().is_some())
        .map(|| 1_u8)
        .branch(Update::filter_group_join().endpoint(nothing));
    assert_eq!(events(handler), ["group_join"]);
}

#[test]
fn a_handler_of_everything_wants_everything() {
    let handler: Handlers = dptree::entry().branch(dptree::endpoint(nothing));
    assert_eq!(events(handler).len(), UpdateKind::NAMES.len());
    let handler: Handlers =
        dptree::inspect(|_: Arc<Update>| ()).branch(Update::filter_message_new().endpoint(nothing));
    assert_eq!(events(handler).len(), UpdateKind::NAMES.len());
}

#[test]
fn a_filter_that_can_never_pass_asks_for_nothing() {
    let handler: Handlers =
        Update::filter_message_new().chain(Update::filter_message_deny()).endpoint(nothing);
    assert!(events(handler).is_empty());
    let handler: Handlers = dptree::entry()
        .branch(Update::filter_unknown().endpoint(nothing))
        .branch(Update::filter_malformed().endpoint(nothing));
    assert!(events(handler).is_empty(), "what VK does not name cannot be asked for");
}

#[tokio::test]
async fn what_was_off_is_switched_on_and_the_rest_is_left() {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    sandbox.switch_community(true, true, false);
    sandbox.switch_event("message_event", false);
    let bot = common::bot_of(&sandbox);
    let asked = subscribe(&bot, sandbox.group_id(), &["message_event", "message_read", "message_new"]).await;
    assert_eq!(asked.unwrap(), ["message_event", "message_read"]);
    let settings = bot.groups_get_long_poll_settings(sandbox.group_id()).await.unwrap();
    assert!(settings.is_enabled && settings.events["message_event"] && settings.events["like_add"]);
    assert!(!settings.events["message_reply"], "nobody wants it");

    let asked = subscribe(&bot, sandbox.group_id(), &["message_new", "of_tomorrow"]).await;
    assert!(asked.unwrap().is_empty());
    assert_eq!(sandbox.call_counts()["groups.setLongPollSettings"], 1, "nothing to do");
}

#[tokio::test]
async fn a_bot_gets_an_event_that_was_off_in_the_communitys_settings() {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    sandbox.switch_community(true, true, false);
    sandbox.switch_event("message_new", false);
    let handler: Handlers = Update::filter_message_new().endpoint(async |bot: Bot, new: Arc<MessageNew>| {
        bot.messages_send(new.message.peer_id, "вижу").await?;
        Ok(())
    });
    let running = tokio::spawn(Dispatcher::builder(common::bot_of(&sandbox), handler).build().dispatch());
    common::until(|| sandbox.call_counts().contains_key("groups.getLongPollServer")).await;
    sandbox.write(5, "привет");
    common::until(|| sandbox.conversation(5).iter().any(|message| message.text == "вижу")).await;
    running.abort();
}

/// What the log says.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_missing_right_is_told_with_the_events_to_switch_on_by_hand() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    let _log = tracing::subscriber::set_default(subscriber);
    let sandbox =
        Sandbox::builder().group_token("modest", Rights::MESSAGES).start("127.0.0.1:0").await.unwrap();
    let bot = Bot::builder("modest").api_url(&sandbox.api_url()).build().unwrap();
    let handler: Handlers = Update::filter_message_new().endpoint(nothing);
    let error = Dispatcher::builder(bot, handler).build().dispatch().await.unwrap_err();
    assert!(error.to_string().contains("no right"), "{error}");
    let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(told.contains("no right to manage the community") && told.contains("message_new"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn settings_that_cannot_be_read_do_not_keep_a_bot_from_starting() {
    let vk = common::Vk::start().await;
    vk.response("groups.getById", json!({"groups": [{"id": 7, "name": "Школа"}]}));
    for _ in 0..3 {
        vk.error("groups.getLongPollSettings", 10, "Internal server error");
    }
    vk.session("key", "1");
    let handler: Handlers = Update::filter_message_new().endpoint(nothing);
    let running = tokio::spawn(Dispatcher::builder(vk.bot(), handler).build().dispatch());
    while vk.asked("/lp").is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    running.abort();
}
