//! Bots of VK communities, in the manner of teloxide.
//!
//! A bot that says everything back:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use vkapi::prelude::*;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let bot = Bot::from_env()?.throttle(Limits::community());
//!     let handler = Update::filter_message_new().endpoint(echo);
//!     Dispatcher::builder(bot, handler).enable_ctrlc_handler().build().dispatch().await?;
//!     Ok(())
//! }
//!
//! async fn echo(bot: Bot, new: Arc<MessageNew>) -> Result<(), RequestError> {
//!     bot.messages_send(new.message.peer_id, &new.message.text).await?;
//!     Ok(())
//! }
//! ```
//!
//! - [`Bot`] is the way to VK. Its methods make [requests](requests::Request): values with setters, sent by `.await`.
//! - [`Bot::throttle`] keeps within VK's limits; other layers stack the same way, and the type stays [`Bot`].
//! - [`Dispatcher`](dispatching::Dispatcher) takes events by [long polling](update_listeners::Polling), by the Callback
//!   API or by both, and gives them to [handlers](dispatching::UpdateHandler): in order for each person, side by side for
//!   different ones. VK is asked for the events the handlers want.
//! - [`dialogue`](dispatching::dialogue)s are conversations of several steps, kept in memory or in sled.
//! - [`types`] are read so that nothing VK may add or garble costs more than the member it is in.
//! - [`utils`] cut long texts, format, mention, upload, broadcast, and read commands and payloads into types of your own.
//! - [`keyboard`]s are checked against VK's limits while they are built.
//!
//! The [`guide`] leads from here to a conversation; [`coming_from`] tells what things are called elsewhere.
//!
//! Features: `callback` for events by the Callback API, `sled` for dialogues kept in sled, `regex` (on by default) for
//! messages by regular expressions, one for each section of VK's API whose methods a community's key cannot call, and
//! `full` for all.
//!
//! The token never appears in errors, logs or `Debug`.

mod bot;
pub mod dispatching;
pub mod dptree;
pub mod errors;
mod json;
pub mod keyboard;
mod layers;
pub mod methods;
pub mod prelude;
pub mod requests;
pub mod transport;
pub mod types;
pub mod update_listeners;
pub mod utils;

pub use bot::{API_URL, API_VERSION, Bot, BotBuilder, BuildError};
pub use dispatching::repl;
pub use errors::{ApiError, Captcha, ErrorCode, ErrorKind, PeerError, RequestError};
pub use layers::{Cache, CaptchaAnswer, Limits, Retry};
pub use transport::{Answer, Call, Lane, Transport};

#[doc = include_str!("../docs/guide.md")]
pub mod guide {}

#[doc = include_str!("../docs/coming-from.md")]
pub mod coming_from {}

/// What time it is; handed in, so that tests may move it.
pub type Clock = std::sync::Arc<dyn Fn() -> std::time::SystemTime + Send + Sync>;

/// What derives need.
#[doc(hidden)]
pub mod __private {
    pub use serde;
}
