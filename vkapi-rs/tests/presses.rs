//! A button never spins for a minute because its handler has forgotten to answer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use common::Fake;
use serde_json::{json, value::RawValue};
use vkapi::{
    Call,
    dispatching::DispatcherBuilder,
    prelude::*,
    update_listeners::{Batch, ListenerError, ListenerErrorKind, UpdateListener},
};

/// Gives one press, then ends.
struct Press(VecDeque<Update>);

impl UpdateListener for Press {
    async fn next(&mut self) -> Result<Batch, ListenerError> {
        let over = ListenerError { kind: ListenerErrorKind::BadToken, source: RequestError::Timeout };
        let update = self.0.pop_front().ok_or(over)?;
        Ok(Batch { ts: Some("1".to_owned()), updates: vec![update], ..Batch::default() })
    }
}

/// What VK was told of a press: of each answer, the event and what it shows.
async fn answers(
    handler: UpdateHandler<RequestError>,
    set: impl FnOnce(DispatcherBuilder<RequestError>) -> DispatcherBuilder<RequestError>,
) -> Vec<(String, Option<String>)> {
    let answers = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&answers);
    let bot = Fake(move |call: &Call| {
        let param =
            |name: &str| call.form.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
        if call.method == "messages.sendMessageEventAnswer" {
            told.lock().unwrap().push((param("event_id").unwrap(), param("event_data")));
        }
        json!({"response": 1})
    })
    .bot();
    let event = json!({"type": "message_event", "group_id": 1, "event_id": "e", "object":
        {"user_id": 5, "peer_id": 5, "event_id": "press", "payload": {"a": 1}, "conversation_message_id": 3}});
    let press = Update::read(RawValue::from_string(event.to_string()).unwrap(), GroupId(1));
    set(Dispatcher::builder(bot, handler)).build().dispatch_with(Press([press].into())).await.unwrap_err();
    Arc::into_inner(answers).unwrap().into_inner().unwrap()
}

fn forgetful() -> UpdateHandler<RequestError> {
    Update::filter_message_event().endpoint(async || Ok(()))
}

#[tokio::test]
async fn a_press_whose_handler_has_not_answered_is_answered_with_nothing() {
    assert_eq!(answers(forgetful(), |builder| builder).await, [("press".to_owned(), None)]);
    let failing = Update::filter_message_event().endpoint(async || Err(RequestError::Timeout));
    assert_eq!(answers(failing, |builder| builder).await.len(), 1);
    let panicking = Update::filter_message_event()
        .endpoint(async || if true { panic!("on purpose") } else { Ok::<_, RequestError>(()) });
    assert_eq!(answers(panicking, |builder| builder).await.len(), 1);
    let nobodys = Update::filter_message_new().endpoint(async || Ok(()));
    assert_eq!(answers(nobodys, |builder| builder).await.len(), 1);
}

#[tokio::test]
async fn a_press_that_is_answered_is_not_answered_again() {
    let handler = Update::filter_message_event().endpoint(async |bot: Bot, event: Arc<MessageEvent>| {
        bot.answer(&event, EventAnswer::snackbar("Готово")).await.map(|_| ())
    });
    let answers = answers(handler, |builder| builder).await;
    assert!(answers.len() == 1 && answers[0].1.as_ref().unwrap().contains("Готово"), "{answers:?}");

    let apology = async |_: Failure<RequestError>, context: ErrorContext| {
        let UpdateKind::MessageEvent(event) = &context.update.kind else { panic!("no press") };
        context.bot.answer(event, EventAnswer::snackbar("Не вышло")).await.unwrap();
    };
    let failing = Update::filter_message_event().endpoint(async || Err(RequestError::Timeout));
    let answers = self::answers(failing, |builder| builder.error_handler(apology)).await;
    assert!(answers.len() == 1 && answers[0].1.as_ref().unwrap().contains("Не вышло"), "{answers:?}");
}

#[tokio::test]
async fn who_answers_later_is_left_alone() {
    assert_eq!(answers(forgetful(), |builder| builder.answer_presses(false)).await, []);
    let transactional = Update::filter_message_event().endpoint(async |ticket: Ticket| {
        ticket.cursor();
        Ok(())
    });
    assert_eq!(answers(transactional, |builder| builder).await, []);
}
