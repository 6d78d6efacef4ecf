//! `messages.send`, `messages.edit`, `messages.delete`.

use serde_json::json;
use vk_sandbox::ChatEvent;

use crate::{GROUP, HOUR, ILDAR, MARIA, Vk};

/// Code, a part of the wording, parameters.
type Refused<'a> = (i64, &'a str, &'a [(&'a str, &'a str)]);

#[tokio::test]
async fn a_person_can_be_written_to_after_she_wrote_or_allowed_and_until_she_forbids() {
    let vk = Vk::new().await;
    let attempt = [("user_id", "1"), ("random_id", "0"), ("message", "Здравствуйте")];
    let refused = (901, "Can't send messages for users without permission".to_owned());
    assert_eq!(vk.error("messages.send", &attempt).await, refused);
    vk.sandbox.allow(MARIA);
    assert_eq!(vk.ok("messages.send", &attempt).await, 1);
    vk.sandbox.deny(MARIA);
    assert_eq!(vk.error("messages.send", &attempt).await, refused);
    vk.sandbox.write(MARIA, "Пишите");
    assert_eq!(vk.ok("messages.send", &attempt).await, 3);
    vk.sandbox.block(MARIA);
    assert_eq!(vk.error("messages.send", &attempt).await.0, 900);
    assert_eq!(vk.sandbox.write(MARIA, "Эй"), 0);
    let allowed = async || {
        let group = GROUP.to_string();
        vk.ok("messages.isMessagesFromGroupAllowed", &[("group_id", &group), ("user_id", "1")]).await["is_allowed"].clone()
    };
    assert_eq!(allowed().await, 0);
    vk.sandbox.unblock(MARIA);
    assert_eq!(allowed().await, 1);
}

#[tokio::test]
async fn many_addressees_get_an_answer_each() {
    let vk = Vk::new().await;
    vk.sandbox.write(ILDAR, "Привет");
    for name in ["peer_ids", "user_ids"] {
        let answer =
            vk.ok("messages.send", &[(name, "2,1,77"), ("random_id", "7"), ("message", "Всем")]).await;
        assert_eq!(answer[0], json!({"peer_id": 2, "message_id": 2, "conversation_message_id": 2}));
        for (at, peer) in [(1, 1), (2, 77)] {
            assert_eq!(answer[at]["peer_id"], peer);
            assert_eq!(answer[at]["error"]["code"], 901);
            assert!(answer[at]["error"]["description"].is_string());
        }
    }
    let many = (1..=101).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(
        vk.error("messages.send", &[("peer_ids", &many), ("random_id", "1"), ("message", "а")]).await.0,
        100
    );
}

#[tokio::test]
async fn a_repeated_random_id_sends_nothing_and_returns_the_first_message() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    vk.sandbox.write(ILDAR, "Привет");
    let first = vk.send("42", "Раз").await;
    assert_eq!(vk.send("42", "Раз").await, first);
    assert_eq!(vk.send("42", "Совсем другое").await, first);
    let other = [("peer_id", "2"), ("random_id", "42"), ("message", "Раз")];
    assert_ne!(vk.ok("messages.send", &other).await, first);
    assert_ne!(vk.send("0", "Два").await, vk.send("0", "Два").await);
    assert_eq!(vk.texts(MARIA), ["Привет", "Раз", "Два", "Два"]);

    vk.pass(HOUR + 1000);
    assert_ne!(vk.send("42", "Раз").await, first);
}

#[tokio::test]
async fn a_random_id_is_forgotten_after_a_hundred_messages() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    let first = vk.send("1", "Раз").await;
    for number in 2..=100 {
        vk.send(&number.to_string(), "Ещё").await;
    }
    assert_eq!(vk.send("1", "Раз").await, first);
    vk.send("101", "Ещё").await;
    assert_ne!(vk.send("1", "Раз").await, first);
}

#[tokio::test]
async fn messages_that_vk_would_not_take_are_refused_and_change_nothing() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    let long = "я".repeat(4097);
    let emoji = "😀".repeat(2049);
    let attachments = ["photo1_2"; 11].join(",");
    let cases: &[Refused<'_>] = &[
        (100, "message is empty or invalid", &[("peer_id", "1"), ("random_id", "1"), ("message", " \n")]),
        (100, "random_id is a required parameter", &[("peer_id", "1"), ("message", "а")]),
        (100, "random_id not integer", &[("peer_id", "1"), ("random_id", "x"), ("message", "а")]),
        (
            100,
            "you should specify peer_id, user_id, domain, chat_id or user_ids param",
            &[("peer_id", ""), ("random_id", "1"), ("message", "а")],
        ),
        (914, "Message is too long", &[("peer_id", "1"), ("random_id", "1"), ("message", &long)]),
        (914, "Message is too long", &[("peer_id", "1"), ("random_id", "1"), ("message", &emoji)]),
        (917, "", &[("peer_id", "2000000001"), ("random_id", "1"), ("message", "а")]),
        (932, "", &[("peer_id", "-5"), ("random_id", "1"), ("message", "а")]),
        (100, "attachment", &[("peer_id", "1"), ("random_id", "1"), ("attachment", &attachments)]),
        (100, "attachment", &[("peer_id", "1"), ("random_id", "1"), ("attachment", "photo1")]),
        (100, "intent", &[("peer_id", "1"), ("random_id", "1"), ("message", "а"), ("intent", "spam")]),
        (921, "", &[("peer_id", "1"), ("random_id", "1"), ("message", "а"), ("reply_to", "99")]),
        (
            100,
            "format_data",
            &[
                ("peer_id", "1"),
                ("random_id", "1"),
                ("message", "а"),
                ("format_data", r#"{"version":"1","items":[{"type":"bold","offset":0,"length":2}]}"#),
            ],
        ),
    ];
    for (code, wording, params) in cases {
        let (got, message) = vk.error("messages.send", params).await;
        assert_eq!(got, *code, "{message} {:?}", &params[1..]);
        assert!(message.contains(wording), "{message}");
    }
    assert_eq!(vk.texts(MARIA), ["Привет"]);
    vk.send("1", &"я".repeat(4096)).await;
}

#[tokio::test]
async fn switched_off_messages_and_bot_features_are_told() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    let keyboard = ("keyboard", r#"{"buttons":[]}"#);
    let send = [("peer_id", "1"), ("random_id", "1"), ("message", "а"), keyboard];
    vk.sandbox.switch_community(true, false, true);
    assert_eq!(vk.error("messages.send", &send).await.0, 912);
    vk.sandbox.switch_community(false, true, true);
    assert_eq!(vk.error("messages.send", &send).await.0, 7);
    let group = GROUP.to_string();
    vk.ok("groups.setSettings", &[("group_id", &group), ("messages", "1"), ("bots_capabilities", "1")]).await;
    vk.ok("messages.send", &send).await;
}

#[tokio::test]
async fn an_answer_and_forwarded_messages_point_into_the_conversation() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Вопрос");
    let reply = r#"{"peer_id":1,"conversation_message_ids":[1],"is_reply":true}"#;
    vk.ok("messages.send", &[("peer_id", "1"), ("random_id", "1"), ("message", "Ответ"), ("forward", reply)])
        .await;
    vk.ok("messages.send", &[("peer_id", "1"), ("random_id", "2"), ("forward_messages", "1,2")]).await;
    let messages = vk.sandbox.conversation(MARIA);
    assert_eq!((messages[1].reply_to, &messages[2].forwarded), (Some(1), &vec![1, 2]));
    let history = vk.ok("messages.getHistory", &[("peer_id", "1")]).await;
    assert_eq!(history["items"][1]["reply_message"]["text"], "Вопрос");
    assert_eq!(history["items"][0]["fwd_messages"][1]["text"], "Ответ");
}

#[tokio::test]
async fn an_edit_replaces_the_whole_message_within_a_day() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    let inline = r#"{"inline":true,"buttons":[[{"action":{"type":"callback","label":"Да"}}]]}"#;
    vk.ok("messages.send", &[("peer_id", "1"), ("random_id", "1"), ("message", "Раз"), ("keyboard", inline)])
        .await;
    let mut events = vk.sandbox.subscribe();
    for name in ["cmid", "conversation_message_id"] {
        assert_eq!(vk.ok("messages.edit", &[("peer_id", "1"), (name, "2"), ("message", "Два")]).await, 1);
    }
    vk.ok("messages.edit", &[("peer_id", "1"), ("message_id", "2"), ("message", "Три")]).await;
    let message = &vk.sandbox.conversation(MARIA)[1];
    assert_eq!((message.text.as_str(), message.edited, &message.keyboard), ("Три", true, &None));
    assert!(matches!(events.recv().await, Ok(ChatEvent::Edited { person: MARIA, .. })));

    let edit = async |cmid: &str, text: &str| {
        vk.error("messages.edit", &[("peer_id", "1"), ("cmid", cmid), ("message", text)]).await.0
    };
    assert_eq!(edit("1", "Чужое").await, 920);
    assert_eq!(edit("9", "Нет такого").await, 100);
    assert_eq!(edit("2", "").await, 100);
    assert_eq!(edit("2", &"я".repeat(4097)).await, 914);
    vk.pass(24 * HOUR + 1000);
    assert_eq!(edit("2", "Поздно").await, 909);
}

#[tokio::test]
async fn a_deletion_answers_for_each_message() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    vk.send("1", "Раз").await;
    vk.send("2", "Два").await;
    let answer =
        vk.ok("messages.delete", &[("peer_id", "1"), ("cmids", "2,1,9"), ("delete_for_all", "1")]).await;
    assert_eq!(
        answer[0],
        json!({"peer_id": 1, "conversation_message_id": 2, "message_id": 2, "response": 1})
    );
    assert_eq!((&answer[1]["error"]["code"], &answer[2]["error"]["code"]), (&json!(924), &json!(100)));
    vk.pass(24 * HOUR + 1000);
    let late = vk.ok("messages.delete", &[("message_ids", "3"), ("delete_for_all", "1")]).await;
    assert_eq!(late[0]["error"]["code"], 924);
    assert_eq!(vk.texts(MARIA), ["Привет", "Два"]);
}
