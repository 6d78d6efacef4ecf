//! The same to many: everyone told of, nobody twice.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

mod common;

use vk_sandbox::{Fault, Sandbox, Settings};
use vkapi::{
    RequestError,
    keyboard::{Button, Keyboard},
    utils::broadcast::Part,
};

async fn readers(people: i64) -> Sandbox {
    let settings = Settings { requests_per_second: None, ..Settings::default() };
    let sandbox = Sandbox::builder().settings(settings).start("127.0.0.1:0").await.unwrap();
    for person in 1..=people {
        sandbox.allow(person);
    }
    sandbox
}

async fn all(sandbox: &Sandbox, id: u64, people: i64, from: usize) -> Vec<Part> {
    let mut broadcast = common::bot_of(sandbox).broadcast(id, 1..=people, "Завтра выходной").resume(from);
    let mut parts = Vec::new();
    while let Some(part) = broadcast.next().await {
        parts.push(part.unwrap());
    }
    parts
}

#[tokio::test]
async fn a_broadcast_writes_to_a_hundred_a_call_and_tells_of_each() {
    let sandbox = readers(250).await;
    sandbox.deny(3);
    sandbox.block(150);
    let parts = all(&sandbox, 1, 250, 0).await;
    assert_eq!(
        parts.iter().map(|part| (part.done, part.deliveries.len())).collect::<Vec<_>>(),
        [(100, 100), (200, 100), (250, 50)]
    );
    let failed: Vec<_> = parts
        .iter()
        .flat_map(|part| &part.deliveries)
        .filter_map(|delivery| Some((delivery.peer_id.0, delivery.result.as_ref().err()?.code.0)))
        .collect();
    assert_eq!(failed, [(3, 901), (150, 900)]);
    assert_eq!(sandbox.call_counts()["messages.send"], 3);
    assert_eq!(sandbox.conversation(250).len(), 1);
}

#[tokio::test]
async fn a_broadcast_goes_on_where_it_stopped() {
    let sandbox = readers(250).await;
    let parts = all(&sandbox, 1, 250, 200).await;
    assert_eq!(parts.len(), 1);
    assert!(sandbox.conversation(200).is_empty() && sandbox.conversation(201).len() == 1);
    assert!(all(&sandbox, 1, 250, 250).await.is_empty());
    assert!(all(&sandbox, 1, 250, 999).await.is_empty());
}

#[tokio::test]
async fn a_part_sent_again_after_a_crash_reaches_nobody_twice() {
    let sandbox = readers(120).await;
    all(&sandbox, 1, 120, 0).await;
    // The program died before it had kept how far it was.
    all(&sandbox, 1, 120, 0).await;
    assert!((1..=120).all(|person| sandbox.conversation(person).len() == 1));
    // Another broadcast is another.
    all(&sandbox, 2, 120, 0).await;
    assert!((1..=120).all(|person| sandbox.conversation(person).len() == 2));
}

#[tokio::test]
async fn a_call_that_fails_leaves_the_broadcast_where_it_is() {
    let sandbox = readers(120).await;
    let bot = common::bot_of(&sandbox);
    let mut broadcast = bot.broadcast(1, 1..=120, "Завтра выходной");
    // VK acts, and nobody hears of it.
    sandbox.faults().once("messages.send", Fault::DropAfter);
    let error = broadcast.next().await.unwrap().unwrap_err();
    assert!(matches!(error, RequestError::Network(_)), "{error}");
    let part = broadcast.next().await.unwrap().unwrap();
    assert_eq!((part.done, part.of), (100, 120));
    assert!((1..=100).all(|person| sandbox.conversation(person).len() == 1));
}

#[tokio::test]
async fn a_broadcast_may_carry_a_keyboard_and_names_each_once() {
    let sandbox = readers(2).await;
    let keyboard = Keyboard::inline().row([Button::text("Хорошо", "fine")]).unwrap();
    let bot = common::bot_of(&sandbox);
    let mut broadcast =
        bot.broadcast(1, [1, 2, 1], "Завтра выходной").with(move |request| request.keyboard(&keyboard));
    let part = broadcast.next().await.unwrap().unwrap();
    assert_eq!((part.of, part.deliveries.len()), (2, 2));
    assert!(broadcast.next().await.is_none());
    assert!(sandbox.conversation(1)[0].keyboard.is_some());
}
