//! `messages.*`.

use serde::Serialize;

use super::{Done, EventAnswer, method, setters};
use crate::{
    bot::Bot,
    errors::RequestError,
    keyboard::Keyboard,
    requests::{Method, Request},
    transport::Lane,
    types::{Cmid, Conversations, History, PeerId, UserId},
    utils::format::Formatted,
};

/// Conversations of one call, by VK's documentation.
const MAX_PEERS: usize = 100;

impl Bot {
    /// Changes an own message, within a day. Keyboard and attachments not given again are taken off.
    /// <https://dev.vk.com/ru/method/messages.edit>
    pub fn messages_edit(
        &self,
        peer: impl Into<PeerId>,
        cmid: impl Into<Cmid>,
        text: impl Into<Formatted>,
    ) -> Request<MessagesEdit> {
        let text = text.into();
        self.request(MessagesEdit {
            peer_id: peer.into(),
            cmid: cmid.into(),
            format_data: text.format_data().map(Into::into),
            message: text.into_text(),
            attachment: None,
            keyboard: None,
            dont_parse_links: None,
            disable_mentions: None,
        })
    }

    /// Answers the press of a callback button, once and within a minute; without an answer only stops its spinning.
    /// <https://dev.vk.com/ru/method/messages.sendMessageEventAnswer>
    pub fn messages_send_message_event_answer(
        &self,
        event_id: impl Into<String>,
        user: impl Into<UserId>,
        peer: impl Into<PeerId>,
    ) -> Request<MessagesSendMessageEventAnswer> {
        self.request(MessagesSendMessageEventAnswer {
            event_id: event_id.into(),
            user_id: user.into(),
            peer_id: peer.into(),
            event_data: None,
        })
    }

    /// Marks a conversation as read. <https://dev.vk.com/ru/method/messages.markAsRead>
    pub fn messages_mark_as_read(&self, peer: impl Into<PeerId>) -> Request<MessagesMarkAsRead> {
        self.request(MessagesMarkAsRead {
            peer_id: peer.into(),
            start_message_id: None,
            mark_conversation_as_read: None,
        })
    }

    /// Shows for some seconds that the community is doing something: `typing`, `audiomessage`.
    /// <https://dev.vk.com/ru/method/messages.setActivity>
    pub fn messages_set_activity(
        &self,
        peer: impl Into<PeerId>,
        kind: impl Into<String>,
    ) -> Request<MessagesSetActivity> {
        self.request(MessagesSetActivity { peer_id: peer.into(), kind: kind.into() })
    }

    /// Tells of up to 100 conversations. <https://dev.vk.com/ru/method/messages.getConversationsById>
    pub fn messages_get_conversations_by_id(
        &self,
        peers: Vec<PeerId>,
    ) -> Request<MessagesGetConversationsById> {
        self.request(MessagesGetConversationsById { peer_ids: peers, extended: None, fields: None })
    }

    /// A conversation's messages, newest first. <https://dev.vk.com/ru/method/messages.getHistory>
    pub fn messages_get_history(&self, peer: impl Into<PeerId>) -> Request<MessagesGetHistory> {
        self.request(MessagesGetHistory {
            peer_id: peer.into(),
            offset: None,
            count: None,
            start_message_id: None,
            rev: None,
            extended: None,
        })
    }
}

/// `messages.edit`.
#[derive(Clone, Debug, Serialize)]
pub struct MessagesEdit {
    peer_id: PeerId,
    cmid: Cmid,
    message: String,
    attachment: Option<String>,
    keyboard: Option<String>,
    dont_parse_links: Option<bool>,
    disable_mentions: Option<bool>,
    format_data: Option<String>,
}
method!(MessagesEdit: "messages.edit" -> Done, IDEMPOTENT: bool = true);
setters!(MessagesEdit {
    /// What hangs on it: `{type}{owner}_{id}[_{key}]`, up to 10 joined by commas.
    attachment: String,
    /// Whether links stay without a preview.
    dont_parse_links: bool,
    /// Whether mentioned people are not told.
    disable_mentions: bool,
    /// Bold, italic, underlined and linked parts as VK's JSON; offsets in UTF-16 units.
    format_data: String,
});

impl Request<MessagesEdit> {
    /// The keyboard under the message.
    pub fn keyboard(self, keyboard: &Keyboard) -> Self {
        self.keyboard_json(keyboard.to_json())
    }

    /// The keyboard as VK's JSON, not checked.
    pub fn keyboard_json(mut self, keyboard: impl Into<String>) -> Self {
        self.payload.keyboard = Some(keyboard.into());
        self
    }
}

/// `messages.sendMessageEventAnswer`.
#[derive(Clone, Debug, Serialize)]
pub struct MessagesSendMessageEventAnswer {
    event_id: String,
    user_id: UserId,
    peer_id: PeerId,
    event_data: Option<EventAnswer>,
}
method!(MessagesSendMessageEventAnswer: "messages.sendMessageEventAnswer" -> Done, LANE: Lane = Lane::EventAnswer);

impl Request<MessagesSendMessageEventAnswer> {
    /// What the person sees.
    pub fn answer(mut self, answer: EventAnswer) -> Self {
        self.payload.event_data = Some(answer);
        self
    }
}

/// `messages.markAsRead`.
#[derive(Clone, Debug, Serialize)]
pub struct MessagesMarkAsRead {
    peer_id: PeerId,
    start_message_id: Option<i64>,
    mark_conversation_as_read: Option<bool>,
}
method!(MessagesMarkAsRead: "messages.markAsRead" -> Done, IDEMPOTENT: bool = true);
setters!(MessagesMarkAsRead {
    /// Up to which message, by the number that is unique for the community.
    start_message_id: i64,
    /// Whether the whole conversation.
    mark_conversation_as_read: bool,
});

/// `messages.setActivity`.
#[derive(Clone, Debug, Serialize)]
pub struct MessagesSetActivity {
    peer_id: PeerId,
    #[serde(rename = "type")]
    kind: String,
}
method!(MessagesSetActivity: "messages.setActivity" -> Done, IDEMPOTENT: bool = true);

/// `messages.getConversationsById`.
#[derive(Clone, Debug, Serialize)]
pub struct MessagesGetConversationsById {
    peer_ids: Vec<PeerId>,
    extended: Option<bool>,
    fields: Option<Vec<String>>,
}
setters!(MessagesGetConversationsById {
    /// Whether people and communities come along.
    extended: bool,
    /// What to tell of people and communities.
    fields: Vec<String>,
});

impl Method for MessagesGetConversationsById {
    type Output = Conversations;
    const NAME: &'static str = "messages.getConversationsById";
    const IDEMPOTENT: bool = true;

    fn check(&self) -> Result<(), RequestError> {
        let peers = self.peer_ids.len();
        if (1..=MAX_PEERS).contains(&peers) {
            Ok(())
        } else {
            Err(RequestError::Invalid(format!(
                "{peers} conversations: 1 to {MAX_PEERS} can be asked for at once"
            )))
        }
    }
}

/// `messages.getHistory`.
#[derive(Clone, Debug, Serialize)]
pub struct MessagesGetHistory {
    peer_id: PeerId,
    offset: Option<i64>,
    count: Option<i64>,
    start_message_id: Option<i64>,
    rev: Option<bool>,
    extended: Option<bool>,
}
method!(MessagesGetHistory: "messages.getHistory" -> History, IDEMPOTENT: bool = true);
setters!(MessagesGetHistory {
    /// How many to skip.
    offset: i64,
    /// How many, up to 200; 20 if not set.
    count: i64,
    /// From which message on, by the number that is unique for the community.
    start_message_id: i64,
    /// Whether oldest first.
    rev: bool,
    /// Whether people and communities come along.
    extended: bool,
});
