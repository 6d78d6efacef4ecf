//! The token, the key of long polling and what people write stay out of logs, errors and `Debug`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{Reply, Vk};
use serde_json::json;
use vkapi::{
    Bot, Limits,
    update_listeners::{Backoff, Polling, UpdateListener},
};

const TOKEN: &str = "vk1.a.Very-Secret_Token";
const KEY: &str = "VerySecretKey";
const TEXT: &str = "VeryPrivateText";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_is_ever_told_not_even_at_trace_level() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let vk = Vk::start().await;
    let mut told = Vec::new();
    let builder = Bot::builder(TOKEN).api_url(&vk.api_url()).timeout(Duration::from_millis(500));
    told.push(format!("{builder:?}"));
    let bot = builder.build().unwrap().throttle(Limits::community());
    told.push(format!("{bot:?}"));
    told.push(format!("{:?}", bot.messages_send_message_event_answer("e", 1, 1)));
    told.push(format!("{:?}", Bot::builder(TOKEN).api_url("nonsense").build().unwrap_err()));
    told.push(format!("{:?}", Bot::new(format!("{TOKEN}\n")).unwrap_err()));

    vk.response("messages.send", json!([{"peer_id": 1, "message_id": 1, "conversation_message_id": 1}]))
        .error("messages.send", 5, "User authorization failed")
        .reply("messages.send", Reply::Raw(502, "<html>"))
        .reply("messages.send", Reply::Raw(200, "<html>"))
        .reply("messages.send", Reply::Cut("{"))
        .reply("messages.send", Reply::Hang);
    for _ in 0..6 {
        match bot.messages_send(vkapi::types::PeerId(1), TEXT).await {
            Ok(sent) => told.push(format!("{sent:?}")),
            Err(error) => told.push(format!("{error} {error:?}")),
        }
    }

    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let lost = Bot::builder(TOKEN).api_url(&format!("http://{nobody}/method")).build().unwrap();
    let error = lost.users_get([1]).await.unwrap_err();
    told.push(format!("{error} {error:?}"));

    let server = format!("http://{nobody}/lp");
    vk.response("groups.getLongPollServer", json!({"key": KEY, "server": server, "ts": "1"}))
        .session(KEY, "1");
    vk.reply("/lp", Reply::Raw(500, "<html>")).reply("/lp", Reply::Cut("{"));
    vk.reply("/lp", Reply::Json(json!({"ts": "2", "updates": []})));
    let brisk = Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(1) };
    let mut polling = Polling::builder(bot, 1).backoff(brisk).refetch(brisk).build();
    polling.next().await.unwrap();
    polling.next().await.unwrap();
    told.push(format!("{polling:?}"));

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in ["TRACE", "vk_call", "messages.send", "long poll fault", "hyper_util"] {
        assert!(log.contains(expected), "the log should tell of {expected}");
    }
    told.push(log);
    for text in told {
        for secret in [TOKEN, "Secret_Token", KEY, TEXT] {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "{secret} is told: {line:?}");
        }
    }
}
