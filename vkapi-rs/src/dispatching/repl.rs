//! The shortest bot.

use std::fmt;

use super::{DispatchError, Dispatcher, UpdateFilterExt};
use crate::{
    bot::Bot,
    dptree::{self, di::Injectable},
    types::Update,
};

/// Gives every new message to one handler, by long polling, until SIGINT or SIGTERM: a bot in one line.
///
/// The handler asks for what it needs as any other: the [`Bot`], the `Arc<MessageNew>`. Its errors are told in the log.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use vkapi::prelude::*;
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let bot = Bot::from_env()?.throttle(Limits::community());
/// vkapi::repl(bot, async |bot: Bot, new: Arc<MessageNew>| {
///     bot.messages_send(new.message.peer_id, "Здравствуйте!").await?;
///     Ok::<_, RequestError>(())
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// If the handler asks for what is neither the bot nor of a new message.
pub async fn repl<H, E, Args>(bot: Bot, handler: H) -> Result<(), DispatchError>
where
    H: Injectable<Result<(), E>, Args> + Send + Sync + 'static,
    E: fmt::Debug + Send + 'static,
{
    let tree = Update::filter_message_new().chain(dptree::endpoint(handler));
    Dispatcher::builder(bot, tree).enable_ctrlc_handler().build().dispatch().await
}
