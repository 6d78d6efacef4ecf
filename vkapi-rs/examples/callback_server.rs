//! Events by the Callback API. VK wants an HTTPS address: put a server that does TLS before this one, and run with
//! `VK_TOKEN=… VK_SECRET=… VK_URL=https://bot.example.ru/vk cargo run -p vkapi-rs --features callback --example callback_server`.

use std::{env, error::Error, sync::Arc};

use vkapi::{
    prelude::*,
    update_listeners::{Callback, callback},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let bot = Bot::from_env()?.throttle(Limits::community());
    run(bot, &env::var("VK_SECRET")?, "0.0.0.0:8080", Some(env::var("VK_URL")?)).await
}

/// Serves at `listen`; VK is told to call `url`, by default the address listened at.
pub(crate) async fn run(
    bot: Bot,
    secret: &str,
    listen: &str,
    url: Option<String>,
) -> Result<(), Box<dyn Error>> {
    let group = bot.groups_get_by_id().await?.first().ok_or("the token is not a community's")?.id;
    let listener = Callback::builder().group(group, secret, bot.clone()).path("/vk").listen(listen).await?;
    let own = || listener.addr().map(|addr| format!("http://{addr}/vk"));
    let url = url.or_else(own).ok_or("no address")?;

    let handler = Update::filter_message_new().endpoint(echo);
    let dispatcher = Dispatcher::builder(bot.clone(), handler).enable_ctrlc_handler().build();
    callback::register(&bot, group, &url, "vkapi-rs", secret, &dispatcher.events()).await?;
    dispatcher.dispatch_with(listener).await?;
    Ok(())
}

async fn echo(bot: Bot, new: Arc<MessageNew>) -> Result<(), RequestError> {
    bot.messages_send(new.message.peer_id, format!("Получено: {}", new.message.text)).await?;
    Ok(())
}
