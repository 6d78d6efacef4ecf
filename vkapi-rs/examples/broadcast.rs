//! Writes the same to everyone who wrote «подписаться», 100 a call. Run with a community's key:
//! `VK_TOKEN=… cargo run -p vkapi-rs --example broadcast`.

use std::{
    collections::BTreeSet,
    error::Error,
    sync::{Arc, Mutex},
};

use vkapi::prelude::*;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// In a real bot they are in a store, with how far the broadcast is.
type Readers = Arc<Mutex<BTreeSet<PeerId>>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(Bot::from_env()?.throttle(Limits::community())).await
}

pub(crate) async fn run(bot: Bot) -> Result<(), Box<dyn Error>> {
    let handler = Update::filter_message_new()
        .branch(dptree::entry().filter_text(["подписаться"]).endpoint(subscribe))
        .branch(dptree::entry().filter_text(["разослать"]).endpoint(send));
    Dispatcher::builder(bot, handler)
        .dependencies(deps![Readers::default()])
        .enable_ctrlc_handler()
        .build()
        .dispatch()
        .await?;
    Ok(())
}

async fn subscribe(bot: Bot, new: Arc<MessageNew>, readers: Readers) -> Outcome {
    readers.lock().map_err(|_| "poisoned")?.insert(new.message.peer_id);
    bot.messages_send(new.message.peer_id, "Подписал вас.").await?;
    Ok(())
}

async fn send(bot: Bot, new: Arc<MessageNew>, update: Arc<Update>, readers: Readers) -> Outcome {
    let readers = readers.lock().map_err(|_| "poisoned")?.clone();
    // The same number for the same broadcast: a part sent again reaches nobody twice.
    let id = update.event_id.as_deref().and_then(|id| u64::from_str_radix(id.get(..16)?, 16).ok());
    let mut broadcast = bot.broadcast(id.unwrap_or_default(), readers, "Завтра субботник!");
    let (mut sent, mut failed) = (0, 0);
    while let Some(part) = broadcast.next().await {
        for delivery in part?.deliveries {
            *(if delivery.result.is_ok() { &mut sent } else { &mut failed }) += 1;
        }
    }
    bot.messages_send(new.message.peer_id, format!("Отправлено: {sent}, не дошло: {failed}.")).await?;
    Ok(())
}
