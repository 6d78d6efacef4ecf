//! Sends a picture and a document, uploaded once and not for everyone anew. Run with a community's key:
//! `VK_TOKEN=… cargo run -p vkapi-rs --example upload`.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, SystemTime},
};

use vkapi::{prelude::*, utils::upload_cache::UploadCache};

/// One white point.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc\xf8\x0f\
    \0\x01\x01\x01\0\x1b\xb6\xeeV\0\0\0\0IEND\xaeB`\x82";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(Bot::from_env()?.throttle(Limits::community())).await
}

pub(crate) async fn run(bot: Bot) -> Result<(), Box<dyn Error>> {
    let day = Duration::from_secs(24 * 3600);
    let files = Arc::new(UploadCache::new(day, 100, Arc::new(SystemTime::now)));
    let handler = Update::filter_message_new().endpoint(send);
    Dispatcher::builder(bot, handler)
        .dependencies(deps![files])
        .enable_ctrlc_handler()
        .build()
        .dispatch()
        .await?;
    Ok(())
}

async fn send(
    bot: Bot,
    new: Arc<MessageNew>,
    files: Arc<UploadCache>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let peer = new.message.peer_id;
    let picture = files.message_photo(&bot, peer, PNG, "point.png").await?;
    let plan = files.message_doc(&bot, peer, "Понедельник: уборка.\n", "plan.txt", "План недели").await?;
    bot.messages_send(peer, "Картинка и план:").attachment(format!("{picture},{plan}")).await?;
    Ok(())
}
