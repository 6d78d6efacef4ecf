//! Questions one after another.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex},
};

use common::Fake;
use serde_json::{json, value::to_raw_value};
use vkapi::{
    Call,
    dispatching::dialogue::{InMemStorage, Progress, Question, Storage, Wizard},
    prelude::*,
};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Memory = InMemStorage<Progress<Visit>>;

#[derive(Clone, Default, Debug, PartialEq)]
struct Visit {
    name: String,
    people: u8,
}

fn visit() -> Wizard<Visit> {
    let numbers = Keyboard::new().row([Button::text("1", ()), Button::text("2", ())]).unwrap();
    Wizard::<Visit>::new()
        .ask("Как вас зовут?", |visit, message| {
            visit.name.clone_from(&message.text);
            Ok(())
        })
        .ask(Question::new("Сколько вас будет?").keyboard(numbers), |visit, message| {
            visit.people = message.text.parse().map_err(|_| "Напишите число, например 2.")?;
            Ok(())
        })
        .cancel(["Отмена"], "Хорошо, не записываю.")
}

/// A bot that takes visits and says everything else back; what it was told to say.
struct Talk<S> {
    bot: Bot,
    said: Arc<Mutex<Vec<String>>>,
    storage: Arc<S>,
    handler: UpdateHandler<Error>,
}

impl<S: Storage<Progress<Visit>>> Talk<S> {
    fn new(storage: Arc<S>, wizard: &Wizard<Visit, S>) -> Self {
        let said = Arc::new(Mutex::new(Vec::new()));
        let texts = Arc::clone(&said);
        let bot = Fake(move |call: &Call| {
            let param =
                |name: &str| call.form.iter().find(|(own, _)| own == name).map_or("", |(_, text)| text);
            let keyboard = if param("keyboard").is_empty() { "" } else { " [1] [2]" };
            texts.lock().unwrap().push(format!("{}{keyboard}", param("message")));
            json!({"response": [{"peer_id": 5, "message_id": 1, "conversation_message_id": 1}]})
        })
        .bot();
        let book = async |bot: Bot, new: Arc<MessageNew>, visit: Visit| {
            if visit.name == "Никто" {
                return Err("nobody".into());
            }
            bot.messages_send(new.message.peer_id, format!("Ждём: {}, {}", visit.name, visit.people)).await?;
            Ok(())
        };
        let handler = dptree::entry()
            .branch(wizard.answered().endpoint(book))
            .branch(Update::filter_message_new().filter_text(["экскурсия"]).chain(wizard.begin()))
            .branch(Update::filter_message_new().endpoint(async |bot: Bot, new: Arc<MessageNew>| {
                bot.messages_send(new.message.peer_id, format!("«{}»", new.message.text)).await?;
                Ok(())
            }));
        Self { bot, said, storage, handler }
    }

    /// Writes; what is said to it, or the handler's error.
    async fn say(&self, user: i64, text: &str) -> Result<String, String> {
        let message = json!({"from_id": user, "peer_id": user, "text": text});
        let update = json!({"type": "message_new", "group_id": 7, "object": {"message": message}});
        let update = Arc::new(Update::read(to_raw_value(&update).unwrap(), GroupId(7)));
        let dependencies = deps![self.bot.clone(), update, Arc::clone(&self.storage)];
        let ControlFlow::Break(result) = self.handler.dispatch(dependencies).await else { panic!("nobody") };
        let said = std::mem::take(&mut *self.said.lock().unwrap()).join("\n");
        result.map(|()| said).map_err(|error| error.to_string())
    }

    async fn told(&self, user: i64, text: &str) -> String {
        self.say(user, text).await.unwrap()
    }
}

#[tokio::test]
async fn a_wizard_asks_until_it_has_all_and_gives_it_to_the_handler() {
    let talk = Talk::new(Memory::new(), &visit());
    assert_eq!(talk.told(5, "Вера").await, "«Вера»");
    assert_eq!(talk.told(5, "Экскурсия").await, "Как вас зовут?");
    assert_eq!(talk.told(6, "Вера").await, "«Вера»", "another person's");
    assert_eq!(talk.told(5, "Вера").await, "Сколько вас будет? [1] [2]");
    assert_eq!(talk.told(5, "много").await, "Напишите число, например 2. [1] [2]");
    assert_eq!(talk.told(5, "2").await, "Ждём: Вера, 2");
    assert_eq!(talk.told(5, "2").await, "«2»", "it is over");
    assert!(talk.storage.is_empty());
}

#[tokio::test]
async fn a_wizard_is_left_by_a_word_and_begun_anew() {
    let talk = Talk::new(Memory::new(), &visit());
    talk.told(5, "экскурсия").await;
    talk.told(5, "Вера").await;
    assert_eq!(talk.told(5, " отмена ").await, "Хорошо, не записываю.");
    assert_eq!(talk.told(5, "2").await, "«2»");
    talk.told(5, "экскурсия").await;
    talk.told(5, "Анна").await;
    assert_eq!(talk.told(5, "1").await, "Ждём: Анна, 1");
}

#[tokio::test]
async fn the_last_answer_may_be_said_again_when_the_handler_fails() {
    let talk = Talk::new(Memory::new(), &visit());
    for text in ["экскурсия", "Никто"] {
        talk.told(5, text).await;
    }
    assert_eq!(talk.say(5, "2").await, Err("nobody".to_owned()));
    assert_eq!(talk.say(5, "2").await, Err("nobody".to_owned()));
}

#[tokio::test]
async fn a_wizard_of_which_the_program_has_fewer_questions_now_lets_go() {
    let talk = Talk::new(Memory::new(), &visit());
    talk.told(5, "экскурсия").await;
    talk.told(5, "Вера").await;
    let shorter = Wizard::<Visit>::new().ask("Как вас зовут?", |_, _| Ok(()));
    let talk = Talk::new(Arc::clone(&talk.storage), &shorter);
    assert_eq!(talk.told(5, "2").await, "«2»");
    assert!(talk.storage.is_empty());
}

#[tokio::test]
async fn a_wizard_goes_on_after_a_restart() {
    #[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
    struct Name(String);
    type Kept = vkapi::dispatching::dialogue::SledStorage<Progress<Name>>;

    let folder = tempfile::tempdir().unwrap();
    let wizard = Wizard::<Name>::new().kept_in::<Kept>().ask("Как вас зовут?", |name, message| {
        name.0.clone_from(&message.text);
        Ok(())
    });
    let bot = Fake(|_: &Call| json!({"response": [{"peer_id": 5, "message_id": 1}]})).bot();
    let mut names = Vec::new();
    for text in ["начать", "Вера"] {
        let db = sled::open(folder.path()).unwrap();
        let storage = Kept::builder(db.open_tree("names").unwrap()).build();
        let got = Arc::new(Mutex::new(None));
        let name = Arc::clone(&got);
        let handler: UpdateHandler<Error> = dptree::entry()
            .branch(wizard.answered().endpoint(move |Name(given): Name| {
                *name.lock().unwrap() = Some(given);
                std::future::ready(Ok(()))
            }))
            .branch(Update::filter_message_new().chain(wizard.begin()));
        let message = json!({"from_id": 5, "peer_id": 5, "text": text});
        let update = json!({"type": "message_new", "group_id": 7, "object": {"message": message}});
        let update = Arc::new(Update::read(to_raw_value(&update).unwrap(), GroupId(7)));
        let ended = handler.dispatch(deps![bot.clone(), update, storage]).await;
        assert!(matches!(ended, ControlFlow::Break(Ok(()))));
        names.push(got.lock().unwrap().take());
    }
    assert_eq!(names, [None, Some("Вера".to_owned())]);
}

#[test]
fn a_wizard_asks_vk_for_messages_only() {
    let handler: UpdateHandler<Error> = visit().answered().endpoint(async |_: Visit| Ok(()));
    let dispatcher =
        Dispatcher::builder(Bot::new("t").unwrap(), handler).dependencies(deps![Memory::new()]).build();
    assert_eq!(dispatcher.events(), ["message_new"]);
}

#[test]
#[should_panic(expected = "InMemStorage")]
fn a_wizard_without_its_storage_is_refused_when_built() {
    let handler: UpdateHandler<Error> = visit().answered().endpoint(async |_: Visit| Ok(()));
    let _ = Dispatcher::builder(Bot::new("t").unwrap(), handler).build();
}
