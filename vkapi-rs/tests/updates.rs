//! Every kept event is read as what it is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc};

use serde_json::{Value, json, value::RawValue};
use vkapi::types::{GroupId, Media, PeerId, Update, UpdateKind, UserId};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn read_file(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(fixtures().join(name)).unwrap()).unwrap()
}

/// Every event in a folder, those in long poll answers one by one.
fn events(folder: &str) -> Vec<(String, Value)> {
    let mut events = Vec::new();
    for entry in fs::read_dir(fixtures().join(folder)).unwrap() {
        let name = format!("{folder}/{}", entry.unwrap().file_name().into_string().unwrap());
        match read_file(&name) {
            Value::Object(mut answer) if answer.contains_key("updates") => {
                let Some(Value::Array(updates)) = answer.remove("updates") else { panic!("{name}") };
                events.extend(updates.into_iter().map(|update| (name.clone(), update)));
            }
            event => events.push((name, event)),
        }
    }
    assert!(!events.is_empty());
    events
}

fn read(event: &Value) -> Update {
    Update::read(RawValue::from_string(event.to_string()).unwrap(), GroupId(1))
}

#[test]
fn every_kept_event_is_read_as_its_kind_and_none_is_malformed() {
    let mut seen = BTreeSet::new();
    for (name, event) in events("updates").into_iter().chain(events("composed")) {
        let update = read(&event);
        let kind = event["type"].as_str().unwrap();
        seen.insert(kind.to_owned());
        assert_eq!(update.kind.name(), kind, "{name}");
        match &update.kind {
            UpdateKind::Malformed { error, .. } => panic!("{name}: {error}"),
            UpdateKind::Unknown { .. } => assert!(!UpdateKind::NAMES.contains(&kind), "{name}"),
            _ => assert!(UpdateKind::NAMES.contains(&kind), "{name}"),
        }
        assert_eq!(update.event_id.as_deref(), event["event_id"].as_str(), "{name}");
        assert_eq!(update.version.as_deref(), event["v"].as_str(), "{name}");
        assert_eq!(update.group_id.0, event["group_id"].as_i64().unwrap_or(1), "{name}");
        assert_eq!(serde_json::from_str::<Value>(update.raw.get()).unwrap(), event, "{name}");
    }
    assert!(seen.len() > 45, "{}", seen.len());
    assert!(seen.contains("some_future_event"));
}

#[test]
fn every_kept_message_keeps_its_text_attachments_and_payload() {
    let mut messages = 0;
    for (name, event) in events("updates").into_iter().chain(events("composed")) {
        let UpdateKind::MessageNew(new) = read(&event).kind else { continue };
        let object = &event["object"];
        let message = if object["message"].is_object() { &object["message"] } else { object };
        messages += 1;
        assert_eq!(new.message.text, message["text"].as_str().unwrap_or_default(), "{name}");
        assert_eq!(new.message.from_id, PeerId(message["from_id"].as_i64().unwrap()), "{name}");
        assert_eq!(new.message.payload.is_some(), !message["payload"].is_null(), "{name}");
        assert_eq!(new.message.action.is_some(), message["action"].is_object(), "{name}");
        assert_eq!(new.message.reply_message.is_some(), message["reply_message"].is_object(), "{name}");
        assert_eq!(new.message.r#ref.as_deref(), message["ref"].as_str(), "{name}");
        let attachments = message["attachments"].as_array().map_or(&[][..], Vec::as_slice);
        assert_eq!(new.message.attachments.len(), attachments.len(), "{name}");
        for (attachment, wire) in new.message.attachments.iter().zip(attachments) {
            let kind = wire["type"].as_str().unwrap();
            assert_eq!((attachment.kind.as_str(), &attachment.raw), (kind, &wire[kind]), "{name}");
            let typed = [
                "photo",
                "video",
                "audio",
                "audio_message",
                "doc",
                "link",
                "wall",
                "wall_reply",
                "sticker",
                "graffiti",
                "poll",
                "market",
                "gift",
                "story",
            ];
            if typed.contains(&kind) {
                assert_ne!(attachment.media, Media::Other, "{name}: {kind}");
            }
        }
    }
    assert!(messages > 50, "{messages}");
}

#[test]
fn an_odd_event_costs_nothing_but_itself() {
    let object = json!({"message": {"from_id": 5, "peer_id": 5, "text": "до"}});
    let odd = [
        json!({"type": "message_new", "event_id": "a", "object": {"message": {"text": "нет отправителя"}}}),
        json!({"type": "message_new", "event_id": "b", "object": false}),
        json!({"type": "message_event", "event_id": "c", "object": []}),
        json!({"type": "message_new", "event_id": "d"}),
        json!({"event_id": "e", "object": {}}),
        json!({"type": 7, "object": {}}),
        json!("text"),
        json!(null),
        json!([]),
    ];
    for event in odd {
        let update = read(&event);
        match update.kind {
            UpdateKind::Malformed { error, .. } => assert!(!error.is_empty()),
            UpdateKind::Unknown { kind } => assert_eq!(kind, "7"),
            kind => panic!("{event}: {kind:?}"),
        }
    }
    let good = read(&json!({"type": "message_new", "group_id": "17", "event_id": "f", "object": object}));
    assert_eq!(
        (good.group_id, good.user_id(), good.peer_id()),
        (GroupId(17), Some(UserId(5)), Some(PeerId(5)))
    );
}

#[test]
fn flags_ids_and_nested_objects_are_read_in_whatever_shape_they_come() {
    let update = read(&json!({"type": "message_new", "object": {
        "message": {
            "id": "12", "conversation_message_id": "3", "from_id": "5", "peer_id": 5.0, "out": false, "important": "1",
            "is_cropped": 1, "attachments": [{"type": "photo", "photo": false}, {"type": "x", "x": {"y": 1}}, 5],
            "reply_message": false, "action": [], "geo": null, "fwd_messages": {}, "payload": {"a": 1},
            "text": null, "new_member": {"deep": []},
        },
        "client_info": {"keyboard": 1, "inline_keyboard": "true", "button_actions": ["text", 5, null], "lang_id": "0"},
    }}));
    let UpdateKind::MessageNew(new) = update.kind else { panic!("{update:?}") };
    let message = &new.message;
    assert_eq!(
        (message.id, message.cmid.unwrap().0, message.from_id, message.peer_id),
        (Some(12), 3, PeerId(5), PeerId(5))
    );
    assert!(!message.out && message.important && message.is_cropped && message.text.is_empty());
    assert_eq!(message.attachments.len(), 2);
    assert!(message.reply_message.is_none() && message.action.is_none() && message.fwd_messages.is_empty());
    assert_eq!(message.payload_as::<Value>(), Some(json!({"a": 1})));
    assert!(new.client_info.keyboard && new.client_info.inline_keyboard && !new.client_info.carousel);
}

#[test]
fn a_pressed_buttons_payload_is_read_from_json_and_from_json_in_a_text() {
    for payload in [json!({"a": 1}), json!("{\"a\":1}")] {
        let event = json!({"user_id": 5, "peer_id": 5, "event_id": "0123456789ab", "payload": payload});
        let UpdateKind::MessageEvent(press) = read(&json!({"type": "message_event", "object": event})).kind
        else {
            panic!()
        };
        assert_eq!(press.payload, json!({"a": 1}));
        assert_eq!(press.conversation_message_id, None);
    }
}

#[test]
fn an_update_is_cheap_to_share() {
    let update = Arc::new(read(&json!({"type": "message_deny", "object": {"user_id": 5}})));
    assert_eq!(update.user_id(), Some(UserId(5)));
    assert_eq!(update.peer_id(), Some(PeerId(5)));
}

#[test]
fn who_and_where_are_known_of_every_kept_event_that_has_them() {
    for (name, event) in events("updates") {
        let update = read(&event);
        let object = &event["object"];
        let plain = ["user_id", "liker_id"].iter().find_map(|member| object[*member].as_i64());
        if let Some(user) = plain.filter(|user| *user > 0)
            && !name.contains("omment")
            && !name.contains("reply_delete")
        {
            assert_eq!(update.user_id(), Some(UserId(user)), "{name}");
        }
        if let Some(peer) = object["peer_id"].as_i64() {
            assert_eq!(update.peer_id(), Some(PeerId(peer)), "{name}");
        }
    }
}

#[test]
fn half_of_a_letter_costs_nothing_but_itself() {
    let raw = r#"{"type":"message_new","group_id":1,"event_id":"e","object":{"message":
        {"from_id":5,"peer_id":5,"text":"Ура \ud83d"},"client_info":{"lang_id":3,"keyboard":true}}}"#;
    let update = Update::read(RawValue::from_string(raw.to_owned()).unwrap(), GroupId(1));
    let UpdateKind::MessageNew(new) = &update.kind else { panic!("{:?}", update.kind) };
    assert_eq!(new.message.text, "Ура \u{fffd}");
}

#[test]
fn the_language_of_a_persons_application_is_known_where_vk_tells() {
    let language = |lang: Value| {
        let event = json!({"type": "message_new", "group_id": 1, "object": {
            "message": {"from_id": 5, "peer_id": 5, "text": ""}, "client_info": {"lang_id": lang}}});
        let update = read(&event);
        let UpdateKind::MessageNew(new) = &update.kind else { panic!("{:?}", update.kind) };
        new.client_info.language()
    };
    assert_eq!([0, 3, 6].map(|lang| language(json!(lang))), [Some("ru"), Some("en"), Some("de")]);
    assert_eq!([json!(-1), json!(777), Value::Null].map(language), [None, None, None]);
}
