//! Typed payloads of buttons. Run with a community's key: `VK_TOKEN=… cargo run -p vkapi-rs --example payload`.

use std::{env, error::Error, sync::Arc};

use vkapi::{prelude::*, utils::format::markdown};

#[derive(ButtonPayload, Clone)]
enum Press {
    Size { ml: u16 },
    Cancel,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let token = env::var("VK_TOKEN").map_err(|_| "set VK_TOKEN to the community's key")?;
    let mut builder = Bot::builder(token);
    if let Ok(url) = env::var("VK_API_URL") {
        builder = builder.api_url(&url);
    }
    let bot = builder.build()?.throttle(Limits::community());

    let handler = dptree::entry().branch(Update::filter_message_new().endpoint(ask)).branch(
        Update::filter_message_event()
            .filter_payload::<Press>()
            .branch(case![Press::Size { ml }].endpoint(pour))
            .branch(case![Press::Cancel].endpoint(cancel)),
    );
    Dispatcher::builder(bot, handler).enable_ctrlc_handler().build().dispatch().await?;
    Ok(())
}

async fn ask(bot: Bot, new: Arc<MessageNew>) -> Result<(), Box<dyn Error + Send + Sync>> {
    let sizes = Keyboard::inline()
        .row([Press::Size { ml: 250 }.callback("250 мл")?, Press::Size { ml: 400 }.callback("400 мл")?])?
        .row([Press::Cancel.callback("Не сейчас")?])?;
    bot.messages_send(new.message.peer_id, markdown("**Латте.** Какой объём?")).keyboard(&sizes).await?;
    Ok(())
}

async fn pour(bot: Bot, event: Arc<MessageEvent>, ml: u16) -> Result<(), Box<dyn Error + Send + Sync>> {
    answer(bot, event, format!("Наливаем {ml} мл")).await
}

async fn cancel(bot: Bot, event: Arc<MessageEvent>) -> Result<(), Box<dyn Error + Send + Sync>> {
    answer(bot, event, "Хорошо, в другой раз".to_owned()).await
}

async fn answer(
    bot: Bot,
    event: Arc<MessageEvent>,
    text: String,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    bot.messages_send_message_event_answer(&event.event_id, event.user_id, event.peer_id)
        .answer(EventAnswer::snackbar(text))
        .await?;
    Ok(())
}
