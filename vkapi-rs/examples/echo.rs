//! Says everything back. Run with a community's key: `VK_TOKEN=… cargo run -p vkapi-rs --example echo`.

use std::{env, error::Error, sync::Arc};

use vkapi::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let token = env::var("VK_TOKEN").map_err(|_| "set VK_TOKEN to the community's key")?;
    let mut builder = Bot::builder(token);
    if let Ok(url) = env::var("VK_API_URL") {
        builder = builder.api_url(&url);
    }
    let bot = builder.build()?.throttle(Limits::community());

    let handler = dptree::entry()
        .branch(Update::filter_message_new().endpoint(echo))
        .branch(Update::filter_message_event().endpoint(pressed));
    Dispatcher::builder(bot, handler).enable_ctrlc_handler().build().dispatch().await?;
    Ok(())
}

async fn echo(bot: Bot, new: Arc<MessageNew>) -> Result<(), Box<dyn Error + Send + Sync>> {
    let keyboard = Keyboard::inline().row([Button::callback("Спасибо", "thanks")])?;
    bot.messages_send(new.message.peer_id, format!("Вы написали: {}", new.message.text))
        .keyboard(&keyboard)
        .await?;
    Ok(())
}

async fn pressed(bot: Bot, event: Arc<MessageEvent>) -> Result<(), Box<dyn Error + Send + Sync>> {
    bot.messages_send_message_event_answer(&event.event_id, event.user_id, event.peer_id)
        .answer(EventAnswer::snackbar("Пожалуйста!"))
        .await?;
    Ok(())
}
