//! A layer of one's own on the way to VK, which counts calls, and a handler before and after all others. Run with a
//! community's key: `VK_TOKEN=… cargo run -p vkapi-rs --example layer`.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use vkapi::{Answer, Call, Transport, prelude::*};

/// Calls by method.
#[derive(Clone, Default)]
struct Counts(Arc<Mutex<BTreeMap<String, u64>>>);

impl Counts {
    fn add(&self, what: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what.to_owned()).or_default() += 1;
    }

    fn told(&self) -> String {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<_> = counts.iter().map(|(what, times)| format!("{what}: {times}")).collect();
        lines.join("\n")
    }
}

struct Counting {
    inner: Arc<dyn Transport>,
    counts: Counts,
}

impl Transport for Counting {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        self.counts.add(&call.method);
        self.inner.call(call)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(Bot::from_env()?).await
}

pub(crate) async fn run(bot: Bot) -> Result<(), Box<dyn Error>> {
    let counts = Counts::default();
    // Layers stack, and the type stays `Bot`: calls are counted as they leave the throttle.
    let counting = Counting { inner: bot.transport(), counts: counts.clone() };
    let bot = bot.layer(counting).throttle(Limits::community());

    let handler = Update::filter_message_new().inspect_async(before).endpoint(tell);
    Dispatcher::builder(bot, handler)
        .dependencies(deps![counts])
        .enable_ctrlc_handler()
        .build()
        .dispatch()
        .await?;
    Ok(())
}

/// Sees every event before the handlers do.
async fn before(counts: Counts, update: Arc<Update>) {
    counts.add(update.kind.name());
}

async fn tell(bot: Bot, new: Arc<MessageNew>, counts: Counts) -> Result<(), RequestError> {
    bot.messages_send(new.message.peer_id, counts.told()).await?;
    Ok(())
}
