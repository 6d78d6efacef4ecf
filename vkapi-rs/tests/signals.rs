//! Signals, alone in their process: they reach every bot in it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

mod common;

use std::time::Duration;

use vk_sandbox::Sandbox;
use vkapi::prelude::*;

fn send(signal: &str) {
    let kill = format!("kill -{signal} {}", std::process::id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

#[tokio::test]
async fn the_first_signal_lets_handlers_end_and_the_second_waits_for_nothing() {
    for (first, second) in [("INT", "TERM"), ("TERM", "INT")] {
        let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
        let handler: UpdateHandler<RequestError> =
            Update::filter_message_new().endpoint(async |bot: Bot| -> Result<(), RequestError> {
                bot.messages_send(5, "слушаю").await?;
                std::future::pending().await
            });
        let dispatcher = Dispatcher::builder(common::bot_of(&sandbox), handler)
            .enable_ctrlc_handler()
            .shutdown_deadline(Duration::from_secs(3600))
            .build();
        let stop = dispatcher.shutdown_token();
        let running = tokio::spawn(dispatcher.dispatch());
        common::until(|| sandbox.call_counts().contains_key("groups.getLongPollServer")).await;
        sandbox.write(5, "привет");
        common::until(|| sandbox.conversation(5).len() == 2).await;
        send(first);
        stop.wait().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!running.is_finished(), "the handler may end within the hour");
        send(second);
        tokio::time::timeout(Duration::from_secs(10), running).await.unwrap().unwrap().unwrap();
    }
}
