//! Buttons with typed payloads, and their answers. Run with a community's key:
//! `VK_TOKEN=… cargo run -p vkapi-rs --example keyboard`.

use std::{error::Error, sync::Arc};

use vkapi::{prelude::*, utils::format::markdown};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

#[derive(ButtonPayload, Clone)]
enum Press {
    Size { ml: u16 },
    Cancel,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(Bot::from_env()?.throttle(Limits::community())).await
}

pub(crate) async fn run(bot: Bot) -> Result<(), Box<dyn Error>> {
    let handler = dptree::entry().branch(Update::filter_message_new().endpoint(ask)).branch(
        Update::filter_message_event()
            .filter_payload::<Press>()
            .branch(case![Press::Size { ml }].endpoint(pour))
            .branch(case![Press::Cancel].endpoint(cancel)),
    );
    Dispatcher::builder(bot, handler).enable_ctrlc_handler().build().dispatch().await?;
    Ok(())
}

async fn ask(bot: Bot, new: Arc<MessageNew>) -> Outcome {
    let sizes = Keyboard::inline()
        .row([Press::Size { ml: 250 }.callback("250 мл")?, Press::Size { ml: 400 }.callback("400 мл")?])?
        .row([Press::Cancel.callback("Не сейчас")?])?;
    bot.messages_send(new.message.peer_id, markdown("**Латте.** Какой объём?")).keyboard(&sizes).await?;
    Ok(())
}

async fn pour(bot: Bot, event: Arc<MessageEvent>, ml: u16) -> Outcome {
    bot.answer(&event, EventAnswer::snackbar(format!("Наливаем {ml} мл"))).await?;
    Ok(())
}

async fn cancel(bot: Bot, event: Arc<MessageEvent>) -> Outcome {
    bot.answer(&event, EventAnswer::snackbar("Хорошо, в другой раз")).await?;
    Ok(())
}
