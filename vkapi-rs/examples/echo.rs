//! Says everything back. Run with a community's key: `VK_TOKEN=… cargo run -p vkapi-rs --example echo`.

use std::{error::Error, sync::Arc};

use vkapi::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(Bot::from_env()?.throttle(Limits::community())).await
}

pub(crate) async fn run(bot: Bot) -> Result<(), Box<dyn Error>> {
    let handler = Update::filter_message_new().endpoint(echo);
    Dispatcher::builder(bot, handler).enable_ctrlc_handler().build().dispatch().await?;
    Ok(())
}

async fn echo(bot: Bot, new: Arc<MessageNew>) -> Result<(), RequestError> {
    bot.messages_send(new.message.peer_id, &new.message.text).await?;
    Ok(())
}
