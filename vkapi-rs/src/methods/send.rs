//! `messages.send`, to one and to many.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    bot::Bot,
    errors::{ApiError, ErrorCode, PeerError, RequestError},
    keyboard::Keyboard,
    requests::{Method, Request, read_answer},
    transport::Answer,
    types::{
        Cmid, Message, PeerId,
        field::{Field, Unfit, deserialize_by_field},
    },
    utils::format::Formatted,
};

/// Addressees of one call, by VK's documentation.
const MAX_PEERS: usize = 100;

impl Bot {
    /// Writes to one person or chat.
    ///
    /// A refusal of the addressee is a [`RequestError::Api`] too, although VK tells it inside of a success.
    /// <https://dev.vk.com/ru/method/messages.send>
    pub fn messages_send(
        &self,
        peer: impl Into<PeerId>,
        text: impl Into<Formatted>,
    ) -> Request<MessagesSend> {
        let out = Outgoing::new(vec![peer.into()], text.into(), self.random_id());
        self.request(MessagesSend(out))
    }

    /// Writes where a message came from, as an answer to it: people see it quoted. To write there without quoting it, say
    /// [`messages_send`](Self::messages_send) to its `peer_id`.
    /// <https://dev.vk.com/ru/method/messages.send>
    pub fn reply(&self, message: &Message, text: impl Into<Formatted>) -> Request<MessagesSend> {
        let request = self.messages_send(message.peer_id, text);
        match message.cmid {
            Some(cmid) => request.forward(json!({
                "peer_id": message.peer_id, "conversation_message_ids": [cmid], "is_reply": true,
            })),
            None => request,
        }
    }

    /// Writes a text of any length to one person or chat: requests to be sent in order, each with a `random_id` of its
    /// own. A blank text makes none.
    pub fn messages_send_split(
        &self,
        peer: impl Into<PeerId>,
        text: impl Into<Formatted>,
    ) -> Vec<Request<MessagesSend>> {
        let peer = peer.into();
        text.into().split().into_iter().map(|part| self.messages_send(peer, part)).collect()
    }

    /// Writes the same to up to 100 people or chats; each has an outcome of its own.
    pub fn messages_send_many(
        &self,
        peers: Vec<PeerId>,
        text: impl Into<Formatted>,
    ) -> Request<MessagesSendMany> {
        self.request(MessagesSendMany(Outgoing::new(peers, text.into(), self.random_id())))
    }
}

/// What is common to a message for one and for many.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outgoing {
    peer_ids: Vec<PeerId>,
    random_id: i32,
    message: String,
    attachment: Option<String>,
    keyboard: Option<String>,
    template: Option<String>,
    payload: Option<String>,
    format_data: Option<String>,
    forward: Option<Value>,
    reply_to: Option<i64>,
    dont_parse_links: Option<bool>,
    disable_mentions: Option<bool>,
}

impl Outgoing {
    fn new(peer_ids: Vec<PeerId>, text: Formatted, random_id: i32) -> Self {
        let format_data = text.format_data().map(Into::into);
        Self {
            peer_ids,
            random_id,
            message: text.into_text(),
            attachment: None,
            keyboard: None,
            template: None,
            payload: None,
            format_data,
            forward: None,
            reply_to: None,
            dont_parse_links: None,
            disable_mentions: None,
        }
    }
}

/// `messages.send` to one.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct MessagesSend(Outgoing);

/// `messages.send` to many.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct MessagesSendMany(Outgoing);

macro_rules! outgoing_setters {
    ($method:ty { $( $(#[$meta:meta])* $field:ident: $type:ty, )* }) => {
        impl Request<$method> {
            $(
                $(#[$meta])*
                pub fn $field(mut self, $field: impl Into<$type>) -> Self {
                    self.payload.0.$field = Some($field.into());
                    self
                }
            )*

            /// The number against repeats: with the same one VK sends a message to a peer only once an hour.
            /// Made once with the request if not set; 0 switches the guard off.
            pub fn random_id(mut self, random_id: i32) -> Self {
                self.payload.0.random_id = random_id;
                self
            }

            /// The keyboard.
            pub fn keyboard(self, keyboard: &Keyboard) -> Self {
                self.keyboard_json(keyboard.to_json())
            }

            /// The keyboard as VK's JSON, not checked.
            pub fn keyboard_json(mut self, keyboard: impl Into<String>) -> Self {
                self.payload.0.keyboard = Some(keyboard.into());
                self
            }
        }
    };
    ($($method:ty),*) => {$(
        outgoing_setters!($method {
            /// What hangs on it: `{type}{owner}_{id}[_{key}]`, up to 10 joined by commas.
            attachment: String,
            /// The carousel as VK's JSON.
            template: String,
            /// What comes back with events about the message; up to 1000 characters.
            payload: String,
            /// Bold, italic, underlined and linked parts as VK's JSON; offsets in UTF-16 units.
            format_data: String,
            /// What is forwarded or answered, as VK's `forward` object.
            forward: Value,
            /// The message it answers, by the number that is unique for the community.
            reply_to: i64,
            /// Whether links stay without a preview.
            dont_parse_links: bool,
            /// Whether mentioned people are not told.
            disable_mentions: bool,
        });
    )*};
}
outgoing_setters!(MessagesSend, MessagesSendMany);

/// A sent message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The number that is unique for the community; 0 in chats.
    pub message_id: i64,
    /// The number within the conversation, what edit and delete want; 0 if VK did not tell, as before 5.124.
    pub cmid: Cmid,
}

impl Field for Sent {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        let Some(Value::Object(mut members)) = value else { return Err(Unfit::new("not an object")) };
        let message_id = Option::read(members.remove("message_id"))?;
        let cmid = Option::read(members.remove("conversation_message_id"))?;
        if message_id.is_none() && cmid.is_none() {
            return Err(Unfit::new("neither a message nor an error"));
        }
        Ok(Self { message_id: message_id.unwrap_or(0), cmid: cmid.unwrap_or(Cmid(0)) })
    }
}
deserialize_by_field!(Sent);

/// What became of a message for one of many.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The addressee.
    pub peer_id: PeerId,
    /// The sent message, or why it was not sent.
    pub result: Result<Sent, PeerError>,
}

impl Field for Delivery {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        let Some(Value::Object(mut members)) = value else { return Err(Unfit::new("not an object")) };
        let peer_id = PeerId::read(members.remove("peer_id")).map_err(|unfit| unfit.within("peer_id"))?;
        let result = match members.remove("error") {
            None | Some(Value::Null) => Ok(Sent::read(Some(Value::Object(members)))?),
            Some(error @ Value::Object(_)) => Err(PeerError::read(Some(error))?),
            // VK's documentation knows a text here; the number is then lost.
            Some(other) => Err(PeerError::new(ErrorCode(0), String::read(Some(other)).unwrap_or_default())),
        };
        Ok(Self { peer_id, result })
    }
}
deserialize_by_field!(Delivery);

impl Method for MessagesSend {
    type Output = Sent;
    const NAME: &'static str = "messages.send";
    // `random_id` makes it so.
    const IDEMPOTENT: bool = true;

    fn read(answer: &Answer) -> Result<Sent, RequestError> {
        let deliveries: Vec<Delivery> = read_answer(Self::NAME, answer)?;
        match deliveries.into_iter().next().map(|delivery| delivery.result) {
            Some(Ok(sent)) => Ok(sent),
            Some(Err(error)) => {
                Err(RequestError::Api(ApiError::new(error.code, error.description, Self::NAME)))
            }
            None => Err(RequestError::Decode {
                method: Self::NAME.to_owned(),
                path: "[0]".to_owned(),
                reason: "nothing about the addressee".to_owned(),
            }),
        }
    }
}

impl Method for MessagesSendMany {
    type Output = Vec<Delivery>;
    const NAME: &'static str = "messages.send";
    // `random_id` makes it so.
    const IDEMPOTENT: bool = true;

    fn check(&self) -> Result<(), RequestError> {
        let peers = self.0.peer_ids.len();
        if (1..=MAX_PEERS).contains(&peers) {
            Ok(())
        } else {
            Err(RequestError::Invalid(format!(
                "{peers} addressees: 1 to {MAX_PEERS} can be written to at once"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Delivery;
    use crate::types::field::Field;

    #[test]
    fn an_outcome_is_read_with_an_error_of_either_shape() {
        let object = Delivery::read(Some(json!({"peer_id": 1, "error": {"code": 901, "description": "no"}})));
        assert_eq!(object.unwrap().result.unwrap_err().code.0, 901);
        let text = Delivery::read(Some(json!({"peer_id": 1, "message_id": 0, "error": "no"}))).unwrap();
        assert_eq!(text.result.unwrap_err().description, "no");
        let sent = Delivery::read(Some(json!({"peer_id": 1, "message_id": 5, "conversation_message_id": 7})));
        assert_eq!(sent.unwrap().result.unwrap().cmid.0, 7);
    }
}
