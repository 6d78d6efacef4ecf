//! An echo bot on vkapi-rs, as its README has it: says every text back with a callback button under it, and answers a
//! press with a snackbar. The first line it prints is its name and version. Takes `VK_API_URL` (`http://…/method`),
//! `VK_TOKEN`, and `CALLS_A_SECOND`: 0 for no limit, 20 by default.

use std::{env, error::Error, sync::Arc};

use vkapi::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let bot = Bot::builder(env::var("VK_TOKEN")?).api_url(&env::var("VK_API_URL")?).build()?;
    let bot = match env::var("CALLS_A_SECOND").as_deref() {
        Ok("0") => bot,
        Ok(calls) => bot.throttle(Limits::community().per_second(calls.parse()?)),
        Err(_) => bot.throttle(Limits::community()),
    };
    let handler = dptree::entry()
        .branch(Update::filter_message_new().endpoint(echo))
        .branch(Update::filter_message_event().endpoint(press));
    println!("vkapi-rs {}", env!("CARGO_PKG_VERSION"));
    Dispatcher::builder(bot, handler).enable_ctrlc_handler().build().dispatch().await?;
    Ok(())
}

async fn echo(bot: Bot, new: Arc<MessageNew>) -> Result<(), RequestError> {
    let payload = serde_json::json!({"echo": new.message.cmid});
    let keyboard = format!(
        r#"{{"inline":true,"buttons":[[{{"action":{{"type":"callback","label":"Нажмите","payload":{payload}}}}}]]}}"#
    );
    bot.messages_send(new.message.peer_id, &new.message.text).keyboard_json(keyboard).await?;
    Ok(())
}

async fn press(bot: Bot, event: Arc<MessageEvent>) -> Result<(), RequestError> {
    let text = format!("Нажато под {}", event.payload["echo"]);
    bot.answer(&event, EventAnswer::snackbar(text)).await?;
    Ok(())
}
