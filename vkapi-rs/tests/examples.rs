//! Every example, run against a sandbox with a person writing to it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/broadcast.rs"]
mod broadcast;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/callback_server.rs"]
mod callback_server;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/commands.rs"]
mod commands;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/dialogue.rs"]
mod dialogue;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/echo.rs"]
mod echo;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/keyboard.rs"]
mod keyboard;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/layer.rs"]
mod layer;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/testing.rs"]
mod testing;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/two_groups.rs"]
mod two_groups;
#[allow(dead_code, reason = "`main` is for those who run it")]
#[path = "../examples/upload.rs"]
mod upload;

use std::{collections::BTreeSet, error::Error};

use common::{bot_of, until};
use vk_sandbox::Sandbox;

const EXAMPLES: [&str; 10] = [
    "broadcast",
    "callback_server",
    "commands",
    "dialogue",
    "echo",
    "keyboard",
    "layer",
    "testing",
    "two_groups",
    "upload",
];

type Outcome = Result<(), Box<dyn Error>>;

/// What a person who talks to an example does.
struct Talk<'a>(&'a Sandbox);

impl Talk<'_> {
    async fn begun(&self) {
        until(|| self.0.call_counts().contains_key("groups.getLongPollServer")).await;
    }

    /// Writes, and waits for the answer.
    async fn say(&self, person: i64, text: &str) -> String {
        self.0.write(person, text);
        self.answer(person).await
    }

    async fn answer(&self, person: i64) -> String {
        let last = || self.0.conversation(person).pop().unwrap();
        until(|| !last().from_person).await;
        last().text
    }
}

async fn sandbox() -> Sandbox {
    Sandbox::builder().start("127.0.0.1:0").await.unwrap()
}

/// Runs a bot for as long as somebody talks to it.
async fn while_running(bot: impl Future<Output = Outcome>, talk: impl Future<Output = ()>) {
    tokio::select! {
        ended = bot => panic!("the example has ended: {ended:?}"),
        () = talk => {}
    }
}

#[test]
fn every_example_is_tried_here() {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).unwrap();
    let files: BTreeSet<_> = folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, EXAMPLES.map(|name| format!("{name}.rs")).into());
}

#[tokio::test]
async fn echo_says_everything_back() {
    let sandbox = sandbox().await;
    while_running(echo::run(bot_of(&sandbox)), async {
        let talk = Talk(&sandbox);
        talk.begun().await;
        assert_eq!(talk.say(1, "Ау!").await, "Ау!");
    })
    .await;
}

#[tokio::test]
async fn commands_are_explained_and_carried_out() {
    let sandbox = sandbox().await;
    while_running(commands::run(bot_of(&sandbox)), async {
        let talk = Talk(&sandbox);
        talk.begun().await;
        assert!(talk.say(1, "/помощь").await.starts_with("Кофейня. Что я умею:"));
        assert_eq!(talk.say(1, "!заказ 2 латте").await, "Готовим: латте, 2 шт.");
        assert_eq!(talk.say(1, "/чай").await, "Не знаю команды «/чай».");
    })
    .await;
}

#[tokio::test]
async fn a_dialogue_books_a_visit_and_may_be_left() {
    let sandbox = sandbox().await;
    while_running(dialogue::run(bot_of(&sandbox)), async {
        let talk = Talk(&sandbox);
        talk.begun().await;
        assert_eq!(talk.say(1, "здравствуйте").await, "Запишу вас на экскурсию. Как вас зовут?");
        assert_eq!(talk.say(2, "здравствуйте").await, "Запишу вас на экскурсию. Как вас зовут?");
        assert_eq!(talk.say(1, "Мария").await, "В какой день придёте?");
        assert_eq!(talk.say(2, "Отмена").await, "Хорошо, не записываю.");
        assert_eq!(talk.say(1, "в среду").await, "Ждём вас, Мария: в среду.");
        assert_eq!(talk.say(2, "а вы кто?").await, "Запишу вас на экскурсию. Как вас зовут?");
    })
    .await;
}

#[tokio::test]
async fn pressed_buttons_of_a_keyboard_are_answered() {
    let sandbox = sandbox().await;
    while_running(keyboard::run(bot_of(&sandbox)), async {
        let talk = Talk(&sandbox);
        talk.begun().await;
        assert_eq!(talk.say(1, "кофе").await, "Латте. Какой объём?");
        let cmid = sandbox.conversation(1).pop().unwrap().cmid;
        for (number, label) in ["400 мл", "Не сейчас"].into_iter().enumerate() {
            sandbox.press(1, cmid, label).unwrap();
            until(|| sandbox.snackbars(1).len() > number).await;
        }
        let shown: Vec<_> = sandbox.snackbars(1).iter().map(|seen| format!("{seen:?}")).collect();
        assert!(shown[0].contains("Наливаем 400 мл") && shown[1].contains("в другой раз"), "{shown:?}");
    })
    .await;
}

#[tokio::test]
async fn a_callback_server_registers_itself_and_answers_without_long_polling() {
    let sandbox = sandbox().await;
    while_running(callback_server::run(bot_of(&sandbox), "secret", "127.0.0.1:0", None), async {
        let talk = Talk(&sandbox);
        let confirmed = || sandbox.deliveries().iter().any(|delivery| delivery.status == 200);
        until(|| confirmed() && sandbox.call_counts().contains_key("groups.setCallbackSettings")).await;
        assert_eq!(talk.say(1, "Ау!").await, "Получено: Ау!");
        assert!(!sandbox.call_counts().contains_key("groups.getLongPollServer"));
    })
    .await;
}

#[tokio::test]
async fn an_upload_sends_files_that_are_uploaded_once() {
    let sandbox = sandbox().await;
    while_running(upload::run(bot_of(&sandbox)), async {
        let talk = Talk(&sandbox);
        talk.begun().await;
        for person in [1, 2] {
            assert_eq!(talk.say(person, "пришлите").await, "Картинка и план:");
            let message = sandbox.conversation(person).pop().unwrap();
            let kinds: Vec<_> = message.attachments.iter().map(|file| file["type"].clone()).collect();
            assert_eq!(kinds, ["photo", "doc"]);
        }
        assert_eq!(
            (sandbox.call_counts()["photos.saveMessagesPhoto"], sandbox.call_counts()["docs.save"]),
            (1, 1)
        );
    })
    .await;
}

#[tokio::test]
async fn a_broadcast_reaches_those_who_asked_for_it() {
    let sandbox = sandbox().await;
    while_running(broadcast::run(bot_of(&sandbox)), async {
        let talk = Talk(&sandbox);
        talk.begun().await;
        for person in [1, 2, 3] {
            assert_eq!(talk.say(person, "Подписаться").await, "Подписал вас.");
        }
        sandbox.deny(2);
        assert_eq!(talk.say(4, "разослать").await, "Отправлено: 2, не дошло: 1.");
        assert_eq!(talk.answer(3).await, "Завтра субботник!");
    })
    .await;
}

#[tokio::test]
async fn a_layer_of_ones_own_counts_calls() {
    let sandbox = sandbox().await;
    while_running(layer::run(bot_of(&sandbox)), async {
        let talk = Talk(&sandbox);
        talk.begun().await;
        talk.say(1, "раз").await;
        let told = talk.say(1, "два").await;
        assert!(told.contains("groups.getById: 1") && told.contains("message_new: 2"), "{told}");
        assert!(told.contains("messages.send: 1"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn testing_shows_how_a_bot_is_tried() {
    assert_eq!(testing::run().await.unwrap(), "Здравствуйте!");
}

#[tokio::test]
async fn one_program_answers_in_two_groups() {
    let first = sandbox().await;
    let second = Sandbox::builder().group(77, "Школа", "key-77").start("127.0.0.1:0").await.unwrap();
    while_running(two_groups::run([bot_of(&first), bot_of(&second)]), async {
        let talks = [Talk(&first), Talk(&second)];
        talks[0].begun().await;
        talks[1].begun().await;
        assert_eq!(talks[0].say(1, "привет").await, "Сообщество 240000001, сообщение 1");
        assert_eq!(talks[1].say(1, "привет").await, "Сообщество 77, сообщение 2");
    })
    .await;
}
