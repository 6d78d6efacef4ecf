//! The whole bot where echo bots are compared (`tests/peers/bench`): it answers everybody too, and what it answers is
//! durable. The first line it prints is its name and version. Takes `VK_API_URL` (`http://…/method`), `VK_TOKEN`, and
//! `CALLS_A_SECOND`: 0 for no limit.

use std::env;

use anyhow::Context;
use kurator::{
    app::App,
    config::Packing,
    store::{SledOptions, SledStore},
};
use tests::load::bot_parts;
use vkapi::{Bot, Limits};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let bot = Bot::builder(env::var("VK_TOKEN")?).api_url(&env::var("VK_API_URL")?).build()?;
    let calls: usize = env::var("CALLS_A_SECOND")?.parse()?;
    let limits = (calls > 0).then(|| Limits::community().per_second(calls));
    let group = bot.groups_get_by_id().await?.first().context("a token of no community")?.id;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("store");
    let options = SledOptions { path, allow_unsafe: true, cache_bytes: 64 << 20 };
    let store = tokio::task::spawn_blocking(move || SledStore::open(&options)).await??;
    let app = App::start(bot_parts(bot, limits, group, store, Packing::default())?).await?;
    println!("kurator {}", env!("CARGO_PKG_VERSION"));
    tokio::signal::ctrl_c().await?;
    app.stop().await?;
    Ok(())
}
