//! Commands with arguments. Run with a community's key: `VK_TOKEN=… cargo run -p vkapi-rs --example commands`.

use std::{error::Error, sync::Arc};

use vkapi::{prelude::*, utils::mention::harmless};

/// Кофейня. Что я умею:
#[derive(BotCommands, Clone)]
#[command(prefixes = ["/", "!"])]
enum Command {
    /// показать это
    #[command(rename = "помощь", aliases = ["help", "начать"])]
    Help,
    /// заказать напиток
    #[command(rename = "заказ")]
    Order {
        /// сколько
        count: u8,
        /// напиток
        drink: String,
    },
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(Bot::from_env()?.throttle(Limits::community())).await
}

pub(crate) async fn run(bot: Bot) -> Result<(), Box<dyn Error>> {
    let handler = Update::filter_message_new()
        .branch(
            dptree::entry()
                .filter_command::<Command>()
                .branch(case![Command::Help].endpoint(help))
                .branch(case![Command::Order { count, drink }].endpoint(order)),
        )
        .branch(dptree::entry().filter_command_error::<Command>().endpoint(explain));
    Dispatcher::builder(bot, handler).enable_ctrlc_handler().build().dispatch().await?;
    Ok(())
}

async fn help(bot: Bot, new: Arc<MessageNew>) -> Result<(), RequestError> {
    bot.messages_send(new.message.peer_id, Command::descriptions()).await?;
    Ok(())
}

async fn order(bot: Bot, new: Arc<MessageNew>, (count, drink): (u8, String)) -> Result<(), RequestError> {
    let text = format!("Готовим: {}, {count} шт.", harmless(&drink));
    bot.messages_send(new.message.peer_id, text).await?;
    Ok(())
}

async fn explain(bot: Bot, new: Arc<MessageNew>, error: CommandError) -> Result<(), RequestError> {
    bot.messages_send(new.message.peer_id, error.to_string()).await?;
    Ok(())
}
