//! One program for two communities: a dispatcher each, one handler and one store for both. Run with
//! `VK_TOKEN=… VK_TOKEN_2=… cargo run -p vkapi-rs --example two_groups`.

use std::{
    env,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use vkapi::prelude::*;

/// How many have written to either.
type Count = Arc<AtomicU64>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let second = Bot::new(env::var("VK_TOKEN_2")?)?;
    // Limits are a token's own.
    run([Bot::from_env()?.throttle(Limits::community()), second.throttle(Limits::community())]).await
}

pub(crate) async fn run([first, second]: [Bot; 2]) -> Result<(), Box<dyn Error>> {
    let count = Count::default();
    let dispatcher = |bot| {
        Dispatcher::builder(bot, Update::filter_message_new().endpoint(answer))
            .dependencies(deps![Arc::clone(&count)])
            .enable_ctrlc_handler()
            .build()
    };
    tokio::try_join!(dispatcher(first).dispatch(), dispatcher(second).dispatch())?;
    Ok(())
}

async fn answer(
    bot: Bot,
    new: Arc<MessageNew>,
    update: Arc<Update>,
    count: Count,
) -> Result<(), RequestError> {
    let number = count.fetch_add(1, Ordering::Relaxed) + 1;
    let text = format!("Сообщество {}, сообщение {number}", update.group_id);
    bot.messages_send(new.message.peer_id, text).await?;
    Ok(())
}
