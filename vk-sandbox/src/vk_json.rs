//! The sandbox's data in VK's JSON.

use serde_json::{Value, json};

use crate::{
    chat::{ChatMessage, ClientInfo, Person},
    state::Dialog,
};

/// A version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32);

impl Version {
    /// The version in `v`; what is no version is the oldest.
    pub(crate) fn parse(text: &str) -> Self {
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        match (major.parse(), minor.parse()) {
            (Ok(major), Ok(minor)) => Self(major, minor),
            _ => Self(0, 0),
        }
    }
}

/// A message as events and the `messages.get…` methods show it.
pub(crate) fn message(group: i64, person: i64, dialog: &Dialog, message: &ChatMessage) -> Value {
    let foreign = |cmid: &i64| {
        dialog.message(*cmid).map(|other| {
            json!({
                "date": other.date, "from_id": from_id(group, person, other), "text": other.text,
                "attachments": other.attachments, "conversation_message_id": other.cmid, "id": other.id,
                "peer_id": person,
            })
        })
    };
    let forwarded: Vec<Value> = message.forwarded.iter().filter_map(foreign).collect();
    let mut object = json!({
        "date": message.date, "from_id": from_id(group, person, message), "id": message.id,
        "version": 10_000_000 + message.id, "out": i64::from(!message.from_person),
        "fwd_messages": forwarded, "important": false, "is_hidden": false,
        "attachments": message.attachments, "conversation_message_id": message.cmid, "text": message.text,
        "peer_id": person, "random_id": message.random_id,
    });
    let optional = [
        ("payload", message.payload.as_ref().map(|payload| json!(payload))),
        ("ref", message.ref_.as_ref().map(|text| json!(text))),
        ("geo", message.geo.clone()),
        ("reply_message", message.reply_to.as_ref().and_then(foreign)),
        ("format_data", message.format_data.clone()),
        ("update_time", message.update_time.map(|time| json!(time))),
        ("keyboard", message.keyboard.as_ref().map(|keyboard| keyboard_echo(group, keyboard))),
        ("template", message.template.clone()),
        ("reaction_id", message.reaction.map(|reaction| json!(reaction))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            object[name] = value;
        }
    }
    object
}

fn from_id(group: i64, person: i64, message: &ChatMessage) -> i64 {
    if message.from_person { person } else { -group }
}

/// VK echoes a keyboard with its author.
fn keyboard_echo(group: i64, keyboard: &Value) -> Value {
    let mut keyboard = keyboard.clone();
    if keyboard.is_object() {
        keyboard["author_id"] = json!(-group);
    }
    keyboard
}

pub(crate) fn client_info(client: ClientInfo) -> Value {
    let mut actions = vec!["text", "vkpay", "open_app", "location", "open_link", "open_photo"];
    if client.callback {
        actions.push("callback");
    }
    actions.extend(["intent_subscribe", "intent_unsubscribe"]);
    json!({
        "button_actions": actions, "keyboard": client.keyboard, "inline_keyboard": client.inline_keyboard,
        "carousel": client.carousel, "lang_id": client.lang_id,
    })
}

pub(crate) fn user(person: &Person) -> Value {
    let picture = "https://vk.ru/images/camera_100.png";
    json!({
        "id": person.id, "first_name": person.first_name, "last_name": person.last_name,
        "screen_name": format!("id{}", person.id), "is_closed": false, "can_access_closed": true,
        "photo_50": picture, "photo_100": picture,
    })
}

/// The community itself, as a group object.
pub(crate) fn community(id: i64, name: &str) -> Value {
    let picture = "https://vk.ru/images/community_100.png";
    json!({
        "id": id, "name": name, "screen_name": format!("club{id}"), "is_closed": 0, "type": "group",
        "photo_50": picture, "photo_100": picture, "photo_200": picture,
    })
}

pub(crate) fn conversation(person: i64, dialog: &Dialog) -> Value {
    let last = dialog.messages().next_back();
    let id_of = |cmid: i64| dialog.messages().rev().find(|m| m.cmid <= cmid).map_or(0, |m| m.id);
    let can_write = if dialog.blocked {
        json!({"allowed": false, "reason": 900})
    } else if dialog.allowed {
        json!({"allowed": true})
    } else {
        json!({"allowed": false, "reason": 901})
    };
    let mut object = json!({
        "peer": {"id": person, "type": "user", "local_id": person},
        "last_message_id": last.map_or(0, |message| message.id),
        "last_conversation_message_id": last.map_or(0, |message| message.cmid),
        "in_read": id_of(dialog.in_read), "out_read": id_of(dialog.out_read),
        "in_read_cmid": dialog.in_read, "out_read_cmid": dialog.out_read,
        "sort_id": {"major_id": 0, "minor_id": last.map_or(0, |message| message.id)},
        "is_marked_unread": false, "important": false,
        "unanswered": last.is_some_and(|message| message.from_person),
        "can_write": can_write, "version": 10_000_000,
    });
    let unread = dialog.unread_by_community();
    if unread > 0 {
        object["unread_count"] = json!(unread);
    }
    if let Some(keyboard) = &dialog.keyboard {
        object["current_keyboard"] = keyboard.clone();
    }
    object
}
