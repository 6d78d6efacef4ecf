//! A bot tried without an account or a network: against `vk-sandbox`, a VK in the same process. Run with
//! `cargo run -p vkapi-rs --example testing`; in a project of yours this is a test.

use std::{error::Error, sync::Arc, time::Duration};

use vk_sandbox::Sandbox;
use vkapi::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run().await?);
    Ok(())
}

/// The bot under test.
fn handler() -> UpdateHandler<RequestError> {
    Update::filter_message_new().filter_text(["привет"]).endpoint(async |bot: Bot, new: Arc<MessageNew>| {
        bot.messages_send(new.message.peer_id, "Здравствуйте!").await?;
        Ok(())
    })
}

/// What the bot says to a greeting.
pub(crate) async fn run() -> Result<String, Box<dyn Error>> {
    let sandbox = Sandbox::builder().group(240_000_001, "Школа", "key").start("127.0.0.1:0").await?;
    let bot = Bot::builder(sandbox.token()).api_url(&sandbox.api_url()).build()?;
    let dispatcher = Dispatcher::builder(bot, handler()).build();
    let stop = dispatcher.shutdown_token();
    let running = tokio::spawn(dispatcher.dispatch());

    sandbox.add_person(1, "Мария", "Петрова");
    // Long polling begins with what happens after it has begun.
    while !sandbox.call_counts().contains_key("groups.getLongPollServer") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sandbox.write(1, "Привет");
    let said = loop {
        if let Some(answer) = sandbox.conversation(1).into_iter().find(|message| !message.from_person) {
            break answer.text;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    stop.shutdown();
    running.await??;
    Ok(said)
}
