//! What a conversation is made of, as the person in it and a test see it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An invented person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// VK id, positive.
    pub id: i64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
}

/// What the person's VK application can show; sent as `client_info` with every message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "VK tells of each ability apart")]
pub struct ClientInfo {
    /// Shows the usual keyboard.
    pub keyboard: bool,
    /// Shows keyboards under messages.
    pub inline_keyboard: bool,
    /// Shows carousels.
    pub carousel: bool,
    /// Makes `message_event` of a press; without it callback buttons act as text buttons do.
    pub callback: bool,
    /// Language: 0 Russian, 3 English.
    pub lang_id: i64,
}

impl Default for ClientInfo {
    fn default() -> Self {
        Self { keyboard: true, inline_keyboard: true, carousel: true, callback: true, lang_id: 0 }
    }
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatMessage {
    /// `conversation_message_id`: number in the conversation, from 1.
    pub cmid: i64,
    /// Number among all messages of the community.
    pub id: i64,
    /// Whether the person wrote it; otherwise the community did.
    pub from_person: bool,
    /// Text as sent.
    pub text: String,
    /// The keyboard sent with it, of either kind (`inline` tells).
    pub keyboard: Option<Value>,
    /// The carousel sent with it.
    pub template: Option<Value>,
    /// Payload of the pressed text button, or of `messages.send`: JSON as text.
    pub payload: Option<String>,
    /// Seconds since 1970 by the sandbox's clock.
    pub date: i64,
    /// Whether it was edited since.
    pub edited: bool,
    /// Attachments as VK objects: `{"type": "photo", "photo": {…}}`.
    pub attachments: Vec<Value>,
    /// `random_id` of the call that sent it; 0 for people's messages.
    pub random_id: i64,
    /// `cmid` of the message it answers.
    pub reply_to: Option<i64>,
    /// `cmid`s of the messages forwarded with it.
    pub forwarded: Vec<i64>,
    /// `format_data` as sent: bold, italic, underline and links by UTF-16 offsets.
    pub format_data: Option<Value>,
    /// Place sent with it.
    pub geo: Option<Value>,
    /// `ref` of the link that led the person here.
    #[serde(rename = "ref")]
    pub ref_: Option<String>,
    /// The community's reaction, a number from 1.
    pub reaction: Option<i64>,
    /// The person's reaction.
    pub person_reaction: Option<i64>,
    #[serde(skip)]
    pub(crate) update_time: Option<i64>,
    #[serde(skip)]
    pub(crate) deleted: bool,
}

/// A message for a person to write, beyond plain text.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Outgoing {
    /// Text.
    pub text: String,
    /// Payload, JSON as text, as a pressed text button sends it.
    pub payload: Option<String>,
    /// `ref` of a `vk.me/…?ref=` link.
    #[serde(rename = "ref")]
    pub ref_: Option<String>,
    /// Attachments as VK objects, handed on untouched.
    pub attachments: Vec<Value>,
    /// `cmid` of the message this one answers.
    pub reply_to: Option<i64>,
    /// A place: VK's `geo` object, handed on untouched.
    pub geo: Option<Value>,
}

impl Outgoing {
    /// What the «Начать» button sends.
    pub(crate) fn start(ref_: Option<String>) -> Self {
        let payload = Some(r#"{"command":"start"}"#.to_owned());
        Self { text: "Начать".to_owned(), payload, ref_, ..Self::default() }
    }
}

impl From<&str> for Outgoing {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// The answer to a press that the community gave with `messages.sendMessageEventAnswer`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventAnswerSeen {
    /// `event_id` of the press.
    pub event_id: String,
    /// `cmid` of the message whose button was pressed.
    pub cmid: i64,
    /// When it came: milliseconds since 1970 by the sandbox's clock.
    pub at_ms: i64,
    /// `event_data` as sent; `None` when the button should only stop spinning.
    pub data: Option<Value>,
}

impl EventAnswerSeen {
    /// Text of the snackbar, if it is one.
    pub fn text(&self) -> Option<&str> {
        let data = self.data.as_ref()?;
        (data["type"] == "show_snackbar").then(|| data["text"].as_str()).flatten()
    }
}

/// Why a button could not be pressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PressError {
    /// No such message from the community in this conversation, or it was deleted.
    #[error("no message {0} from the community in this conversation")]
    NoMessage(i64),
    /// The person sees no keyboard there: none was sent, it was hidden, or her application shows none.
    #[error("no keyboard is shown there")]
    NoKeyboard,
    /// The keyboard has no such button.
    #[error("no button «{wanted}» among: {labels:?}")]
    NoButton {
        /// The label or place asked for.
        wanted: String,
        /// The labels there are.
        labels: Vec<String>,
    },
    /// The button opens something in VK and tells the community nothing.
    #[error("a button of type {0} tells the community nothing")]
    OpensElsewhere(String),
    /// The person is in the community's blacklist: VK lets her send nothing.
    #[error("the person is in the community's blacklist")]
    Blocked,
}

/// Something that the person in a chat can see happen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChatEvent {
    /// A new message, of either side.
    Message {
        /// Whose conversation.
        person: i64,
        /// The message.
        message: ChatMessage,
    },
    /// A message was edited.
    Edited {
        /// Whose conversation.
        person: i64,
        /// The message as it is now.
        message: ChatMessage,
    },
    /// A message was deleted for everybody.
    Deleted {
        /// Whose conversation.
        person: i64,
        /// Which message.
        cmid: i64,
    },
    /// The usual keyboard changed or went away.
    Keyboard {
        /// Whose conversation.
        person: i64,
        /// The keyboard shown now.
        keyboard: Option<Value>,
    },
    /// The community answered a press.
    Snackbar {
        /// Whose conversation.
        person: i64,
        /// The answer.
        answer: EventAnswerSeen,
    },
    /// The community is typing, recording or sending.
    Activity {
        /// Whose conversation.
        person: i64,
        /// `typing`, `audiomessage`, `photo`, `video` or `file`.
        activity: String,
    },
    /// One side read the other's messages.
    Read {
        /// Whose conversation.
        person: i64,
        /// Whether the person read; otherwise the community did.
        by_person: bool,
        /// Up to which message.
        cmid: i64,
    },
    /// A reaction was put on a message or taken off.
    Reaction {
        /// Whose conversation.
        person: i64,
        /// Which message.
        cmid: i64,
        /// Whether the person reacted; otherwise the community did.
        by_person: bool,
        /// The reaction; `None`: taken off.
        reaction: Option<i64>,
    },
    /// A person appeared in the sandbox.
    Person {
        /// Who.
        person: Person,
    },
}
