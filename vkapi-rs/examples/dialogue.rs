//! A conversation of several steps. Run with a community's key:
//! `VK_TOKEN=… cargo run -p vkapi-rs --example dialogue`.

use std::{error::Error, sync::Arc};

use vkapi::{
    dispatching::dialogue::{self, InMemStorage},
    prelude::*,
    utils::mention::harmless,
};

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;
type Visit = Dialogue<State, InMemStorage<State>>;

#[derive(Clone, Default)]
enum State {
    #[default]
    Start,
    Name,
    Day {
        name: String,
    },
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    run(Bot::from_env()?.throttle(Limits::community())).await
}

pub(crate) async fn run(bot: Bot) -> Result<(), Box<dyn Error>> {
    let handler = dialogue::enter::<Update, InMemStorage<State>, State, _>().branch(
        Update::filter_message_new()
            .branch(dptree::entry().filter_text(["отмена", "стоп"]).endpoint(cancel))
            .branch(case![State::Start].endpoint(ask_name))
            .branch(case![State::Name].endpoint(ask_day))
            .branch(case![State::Day { name }].endpoint(book)),
    );
    Dispatcher::builder(bot, handler)
        .dependencies(deps![InMemStorage::<State>::new()])
        .enable_ctrlc_handler()
        .build()
        .dispatch()
        .await?;
    Ok(())
}

async fn ask_name(bot: Bot, new: Arc<MessageNew>, visit: Visit) -> Outcome {
    bot.messages_send(new.message.peer_id, "Запишу вас на экскурсию. Как вас зовут?").await?;
    visit.update(State::Name).await?;
    Ok(())
}

async fn ask_day(bot: Bot, new: Arc<MessageNew>, visit: Visit) -> Outcome {
    bot.messages_send(new.message.peer_id, "В какой день придёте?").await?;
    visit.update(State::Day { name: new.message.text.clone() }).await?;
    Ok(())
}

async fn book(bot: Bot, new: Arc<MessageNew>, visit: Visit, name: String) -> Outcome {
    let text = format!("Ждём вас, {}: {}.", harmless(&name), harmless(&new.message.text));
    bot.messages_send(new.message.peer_id, text).await?;
    visit.exit().await?;
    Ok(())
}

async fn cancel(bot: Bot, new: Arc<MessageNew>, visit: Visit) -> Outcome {
    bot.messages_send(new.message.peer_id, "Хорошо, не записываю.").await?;
    visit.exit().await?;
    Ok(())
}
