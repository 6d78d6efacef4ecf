//! Filters by what a message says and a button carries.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

mod common;

use std::{ops::ControlFlow, sync::Arc};

use serde_json::{Value, json, value::to_raw_value};
use vkapi::{dispatching::Captured, prelude::*, types::MessageAction};

#[derive(BotCommands, Clone)]
enum Command {
    Help,
    Order {
        /// напиток
        drink: String,
    },
}

#[derive(ButtonPayload, Clone)]
enum Press {
    Size { ml: u16 },
}

/// What the handlers of a bot say to an event; `None` if nobody takes it.
async fn said(kind: &str, object: Value) -> Option<String> {
    let handler: dptree::Handler<'static, Result<String, ()>> = dptree::entry()
        .branch(
            Update::filter_message_new()
                .filter_command::<Command>()
                .branch(case![Command::Help].endpoint(async || Ok("help".to_owned())))
                .branch(case![Command::Order { drink }].endpoint(async |drink: String| Ok(drink))),
        )
        .branch(
            dptree::entry()
                .filter_payload::<Press>()
                .endpoint(async |Press::Size { ml }: Press| Ok(ml.to_string())),
        )
        .branch(
            dptree::entry()
                .filter_command_error::<Command>()
                .endpoint(async |error: CommandError| Ok(error.to_string())),
        );
    let update = json!({"type": kind, "group_id": 7, "event_id": "e", "object": object});
    let update = Update::read(to_raw_value(&update).unwrap(), GroupId(7));
    match handler.dispatch(deps![Arc::new(update)]).await {
        ControlFlow::Break(said) => Some(said.unwrap()),
        ControlFlow::Continue(_) => None,
    }
}

async fn answered(text: &str, payload: Option<&str>) -> Option<String> {
    let message = json!({"from_id": 5, "peer_id": 5, "text": text, "payload": payload});
    said("message_new", json!({ "message": message })).await
}

#[tokio::test]
async fn a_command_comes_to_its_handler_with_its_arguments() {
    assert_eq!(answered("/help", None).await.unwrap(), "help");
    assert_eq!(answered("[club7|x] order латте", None).await.unwrap(), "латте");
    assert_eq!(answered("[club8|x] help", None).await, None, "another community was called");
}

#[tokio::test]
async fn an_error_of_a_command_comes_to_a_handler_and_ordinary_words_do_not() {
    assert_eq!(
        answered("/order", None).await.unwrap(),
        "Не хватает: напиток. Напишите так: /order <напиток>"
    );
    assert_eq!(answered("/x", None).await.unwrap(), "Не знаю команды «/x».");
    assert_eq!(answered("x", None).await, None);
}

#[tokio::test]
async fn a_payload_comes_to_its_handler_from_either_kind_of_button() {
    assert_eq!(answered("250 мл", Some(r#"{"Size":{"ml":250}}"#)).await.unwrap(), "250");
    for payload in [json!({"Size": {"ml": 250}}), json!(r#"{"Size":{"ml":250}}"#)] {
        let event = json!({"user_id": 5, "peer_id": 5, "event_id": "x", "payload": payload});
        assert_eq!(said("message_event", event).await.unwrap(), "250");
    }
    let forged =
        json!({"user_id": 5, "peer_id": 5, "event_id": "x", "payload": {"Size": {"ml": 250, "price": 0}}});
    assert_eq!(said("message_event", forged).await, None);
    assert_eq!(answered("250 мл", Some("{")).await, None);
    assert_eq!(said("group_join", json!({"user_id": 5, "join_type": "join"})).await, None);
}

/// Which of these handlers takes a message; `None` if none does.
async fn taken(
    handler: dptree::Handler<'static, Result<String, ()>>,
    peer: i64,
    text: &str,
) -> Option<String> {
    let message = json!({"from_id": 5, "peer_id": peer, "text": text});
    let update = json!({"type": "message_new", "group_id": 7, "object": {"message": message}});
    let update = Update::read(to_raw_value(&update).unwrap(), GroupId(7));
    match handler.dispatch(deps![Arc::new(update)]).await {
        ControlFlow::Break(said) => Some(said.unwrap()),
        ControlFlow::Continue(_) => None,
    }
}

#[tokio::test]
async fn a_text_comes_to_its_handler_whatever_its_case() {
    let handler =
        || Update::filter_message_new().filter_text(["да", "Ага"]).endpoint(async || Ok("yes".to_owned()));
    for text in ["да", " ДА\n", "ага"] {
        assert_eq!(taken(handler(), 5, text).await.unwrap(), "yes", "{text}");
    }
    assert_eq!(taken(handler(), 5, "да нет").await, None);
}

#[tokio::test]
async fn an_expression_gives_its_handler_what_it_found() {
    let handler = || {
        let regex = regex::Regex::new(r"(?i)заказ\s+(?<number>\d+)(?:\s+(?<note>.+))?").unwrap();
        Update::filter_message_new().filter_regex(regex).endpoint(async |found: Captured| {
            Ok(format!("{:?} {:?} {:?}", found.get(1), found.name("number"), found.name("note")))
        })
    };
    assert_eq!(taken(handler(), 5, "Где мой Заказ 42?").await.unwrap(), r#"Some("42") Some("42") None"#);
    assert_eq!(taken(handler(), 5, "где мой заказ?").await, None);
}

#[tokio::test]
async fn a_kind_of_conversation_comes_to_its_handler() {
    let handler = || {
        dptree::entry()
            .branch(dptree::entry().filter_private().endpoint(async || Ok("private".to_owned())))
            .branch(dptree::entry().filter_chat().endpoint(async || Ok("chat".to_owned())))
    };
    assert_eq!(taken(handler(), 5, "").await.unwrap(), "private");
    assert_eq!(taken(handler(), 2_000_000_001, "").await.unwrap(), "chat");
    assert_eq!(taken(handler(), -7, "").await, None, "another community");
}

#[tokio::test]
async fn what_happened_in_a_chat_and_what_hangs_on_a_message_come_to_their_handlers() {
    let handler = || -> dptree::Handler<'static, Result<String, ()>> {
        dptree::entry()
            .branch(Update::filter_message_new().filter_action(["chat_invite_user"]).endpoint(
                async |action: MessageAction| Ok(format!("invited {}", action.member_id.unwrap().0)),
            ))
            .branch(dptree::entry().filter_action([""; 0]).endpoint(async || Ok("something".to_owned())))
            .branch(dptree::entry().filter_attachment(["photo"]).endpoint(async || Ok("photo".to_owned())))
            .branch(dptree::entry().filter_attachment([""; 0]).endpoint(async || Ok("attached".to_owned())))
    };
    let said = async |more: Value| {
        let mut message = json!({"from_id": 5, "peer_id": 2_000_000_001, "text": ""});
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let update = json!({"type": "message_new", "group_id": 7, "object": {"message": message}});
        let update = Update::read(to_raw_value(&update).unwrap(), GroupId(7));
        match handler().dispatch(deps![Arc::new(update)]).await {
            ControlFlow::Break(said) => said.unwrap(),
            ControlFlow::Continue(_) => "nobody".to_owned(),
        }
    };
    assert_eq!(said(json!({"action": {"type": "chat_invite_user", "member_id": 9}})).await, "invited 9");
    assert_eq!(said(json!({"action": {"type": "chat_pin_message"}})).await, "something");
    assert_eq!(said(json!({"attachments": [{"type": "photo", "photo": {}}]})).await, "photo");
    assert_eq!(said(json!({"attachments": [{"type": "doc", "doc": {}}]})).await, "attached");
    assert_eq!(said(json!({})).await, "nobody");
}

#[tokio::test]
async fn an_administrators_words_come_to_their_handler() {
    let bot = |answer: Value| common::Fake(move |_: &vkapi::Call| answer.clone()).bot();
    let said = async |bot: Bot, peer: i64, user: i64| {
        let handler: dptree::Handler<'static, Result<(), ()>> =
            Update::filter_message_new().filter_chat_admin().endpoint(async || Ok(()));
        let update = json!({"type": "message_new", "group_id": 7, "object":
            {"message": {"from_id": user, "peer_id": peer, "text": "/бан"}}});
        let update = Update::read(to_raw_value(&update).unwrap(), GroupId(7));
        handler.dispatch(deps![bot, Arc::new(update)]).await.is_break()
    };
    let members = json!({"response": {"count": 3, "items": [
        {"member_id": 5, "is_admin": true, "is_owner": true}, {"member_id": 6, "is_admin": true}, {"member_id": 7}]}});
    let taken = async |user| said(bot(members.clone()), 2_000_000_001, user).await;
    assert_eq!((taken(5).await, taken(6).await, taken(7).await, taken(8).await), (true, true, false, false));
    assert!(!said(bot(members.clone()), 5, 5).await, "a conversation of two has no administrators");
    let untold = json!({"error": {"error_code": 917, "error_msg": "no access"}});
    assert!(!said(bot(untold), 2_000_000_001, 5).await);
}
