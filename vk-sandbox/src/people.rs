//! What people do: write, press, allow, forbid, read, join.

use serde_json::{Value, json};

use crate::{
    chat::{ChatEvent, ChatMessage, ClientInfo, Outgoing, PressError},
    state::State,
    vk_json,
};

/// Where a pressed button is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    Label(&'a str),
    /// Row and column from 0; in a carousel the row is the element.
    At(usize, usize),
}

/// Which keyboard is pressed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keyboard {
    /// The one under this message.
    Under(i64),
    /// The usual one.
    Usual,
}

impl State {
    /// A person's message. `None` when she is blacklisted: VK lets her write nothing.
    pub(crate) fn write(&mut self, person: i64, outgoing: Outgoing, now: i64) -> Option<(i64, String)> {
        if self.dialog(person).blocked {
            return None;
        }
        // Writing is consent; VK tells of it before the message.
        self.allow(person, now);
        let cmid = self.add_message(
            person,
            ChatMessage {
                cmid: 0,
                id: 0,
                from_person: true,
                text: outgoing.text,
                keyboard: None,
                template: None,
                payload: outgoing.payload,
                date: now.div_euclid(1000),
                edited: false,
                attachments: outgoing.attachments,
                random_id: 0,
                reply_to: outgoing.reply_to,
                forwarded: Vec::new(),
                format_data: None,
                geo: outgoing.geo,
                ref_: outgoing.ref_,
                reaction: None,
                person_reaction: None,
                update_time: None,
                deleted: false,
            },
        );
        let object = self.message_new_object(person, cmid);
        Some((cmid, self.push_event("message_new", &object, now)))
    }

    fn message_new_object(&self, person: i64, cmid: i64) -> Value {
        let Some(dialog) = self.dialogs.get(&person) else { return Value::Null };
        let Some(message) = dialog.message(cmid) else { return Value::Null };
        let message = vk_json::message(self.group.id, person, dialog, message);
        if vk_json::Version::parse(&self.queue.api_version) < vk_json::Version(5, 103) {
            return message;
        }
        json!({"message": message, "client_info": vk_json::client_info(dialog.client)})
    }

    /// Presses a button; the id of the event this made.
    pub(crate) fn press(
        &mut self,
        person: i64,
        keyboard: Keyboard,
        place: Place<'_>,
        now: i64,
    ) -> Result<String, PressError> {
        let dialog = self.dialog(person);
        if dialog.blocked {
            return Err(PressError::Blocked);
        }
        let client = dialog.client;
        let (shown, cmid) = match keyboard {
            Keyboard::Usual => (
                dialog.keyboard.as_ref().filter(|_| client.keyboard).map(rows_of_keyboard),
                dialog.last_cmid(),
            ),
            Keyboard::Under(cmid) => {
                let message =
                    dialog.message(cmid).filter(|m| !m.from_person).ok_or(PressError::NoMessage(cmid))?;
                let inline = message
                    .keyboard
                    .as_ref()
                    .filter(|keyboard| client.inline_keyboard && keyboard["inline"] == true)
                    .map(rows_of_keyboard);
                let carousel = message.template.as_ref().filter(|_| client.carousel).map(rows_of_template);
                (inline.or(carousel), cmid)
            }
        };
        let action = find(&shown.ok_or(PressError::NoKeyboard)?, place)?;
        let one_time = matches!(keyboard, Keyboard::Usual)
            && dialog.keyboard.as_ref().is_some_and(|keyboard| keyboard["one_time"] == true);
        let payload = &action["payload"];
        let kind = action["type"].as_str().unwrap_or_default();
        let event = match kind {
            "callback" if client.callback => {
                let id = self.add_press(person, cmid, now);
                // On the wire the payload of a press is JSON, though it was sent as JSON in a text.
                let payload = match payload {
                    Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
                    other => other.clone(),
                };
                let object = json!({
                    "user_id": person, "peer_id": person, "event_id": id, "payload": payload,
                    "conversation_message_id": cmid,
                });
                self.push_event("message_event", &object, now);
                Ok(id)
            }
            "text" | "callback" => {
                let outgoing = Outgoing {
                    text: action["label"].as_str().unwrap_or_default().to_owned(),
                    payload: match payload {
                        Value::Null => None,
                        Value::String(text) => Some(text.clone()),
                        other => Some(other.to_string()),
                    },
                    ..Outgoing::default()
                };
                self.write(person, outgoing, now).map(|(_, event)| event).ok_or(PressError::Blocked)
            }
            other => Err(PressError::OpensElsewhere(other.to_owned())),
        }?;
        if one_time {
            self.set_keyboard(person, None);
        }
        Ok(event)
    }

    /// The person allows messages: nothing happens when they are allowed already.
    pub(crate) fn allow(&mut self, person: i64, now: i64) {
        let dialog = self.dialog(person);
        if !dialog.allowed {
            dialog.allowed = true;
            self.push_event("message_allow", &json!({"user_id": person, "key": ""}), now);
        }
    }

    pub(crate) fn deny(&mut self, person: i64, now: i64) {
        let dialog = self.dialog(person);
        if dialog.allowed {
            dialog.allowed = false;
            self.push_event("message_deny", &json!({"user_id": person}), now);
        }
    }

    /// Puts the person into the community's blacklist, or takes her out of it.
    pub(crate) fn set_blocked(&mut self, person: i64, blocked: bool, now: i64) {
        let dialog = self.dialog(person);
        if dialog.blocked == blocked {
            return;
        }
        dialog.blocked = blocked;
        if blocked {
            let object =
                json!({"admin_id": 1, "user_id": person, "unblock_date": 0, "reason": 0, "comment": ""});
            self.push_event("user_block", &object, now);
        } else {
            let object = json!({"admin_id": 1, "user_id": person, "by_end_date": 0});
            self.push_event("user_unblock", &object, now);
        }
    }

    pub(crate) fn set_member(&mut self, person: i64, member: bool, now: i64) {
        let dialog = self.dialog(person);
        if dialog.member == member {
            return;
        }
        dialog.member = member;
        if member {
            self.push_event("group_join", &json!({"user_id": person, "join_type": "join"}), now);
        } else {
            self.push_event("group_leave", &json!({"user_id": person, "self": 1}), now);
        }
    }

    /// The person has read everything so far.
    pub(crate) fn read_by_person(&mut self, person: i64, now: i64) {
        let dialog = self.dialog(person);
        if dialog.unread_by_person() == 0 {
            return;
        }
        let cmid = dialog.last_cmid();
        dialog.out_read = cmid;
        let id = dialog.message(cmid).map_or(0, |message| message.id);
        let object = json!({
            "from_id": person, "peer_id": person, "read_message_id": id, "conversation_message_id": cmid,
        });
        self.push_event("message_read", &object, now);
        self.tell(ChatEvent::Read { person, by_person: true, cmid });
    }

    pub(crate) fn type_something(&mut self, person: i64, now: i64) {
        let object = json!({"state": "typing", "from_id": person, "to_id": -self.group.id});
        self.push_event("message_typing_state", &object, now);
    }

    /// The person reacts to a message, or takes the reaction back.
    pub(crate) fn react(&mut self, person: i64, cmid: i64, reaction: Option<i64>, now: i64) -> bool {
        let Some(message) = self.dialog(person).message_mut(cmid) else { return false };
        message.person_reaction = reaction;
        let mut object = json!({"reacted_id": person, "peer_id": person, "cmid": cmid});
        if let Some(reaction) = reaction {
            object["reaction_id"] = json!(reaction);
        }
        self.push_event("message_reaction_event", &object, now);
        self.tell(ChatEvent::Reaction { person, cmid, by_person: true, reaction });
        true
    }

    pub(crate) fn set_client(&mut self, person: i64, client: ClientInfo) {
        self.dialog(person).client = client;
    }

    /// The usual keyboard as this person's application shows it.
    pub(crate) fn shown_keyboard(&self, person: i64) -> Option<Value> {
        let dialog = self.dialogs.get(&person)?;
        dialog.keyboard.clone().filter(|_| dialog.client.keyboard)
    }
}

/// Buttons by rows, each as its action.
type Rows = Vec<Vec<Value>>;

fn rows_of_keyboard(keyboard: &Value) -> Rows {
    let rows = keyboard["buttons"].as_array().into_iter().flatten();
    rows.map(actions).collect()
}

fn rows_of_template(template: &Value) -> Rows {
    let elements = template["elements"].as_array().into_iter().flatten();
    elements.map(|element| actions(&element["buttons"])).collect()
}

fn actions(buttons: &Value) -> Vec<Value> {
    buttons.as_array().into_iter().flatten().map(|button| button["action"].clone()).collect()
}

fn find(rows: &Rows, place: Place<'_>) -> Result<Value, PressError> {
    let (found, wanted) = match place {
        Place::Label(label) => {
            (rows.iter().flatten().find(|action| action["label"] == label), label.to_owned())
        }
        Place::At(row, column) => {
            (rows.get(row).and_then(|row| row.get(column)), format!("row {row}, column {column}"))
        }
    };
    found.cloned().ok_or_else(|| {
        let labels = rows.iter().flatten().map(|action| action["label"].as_str().unwrap_or("").to_owned());
        PressError::NoButton { wanted, labels: labels.collect() }
    })
}
