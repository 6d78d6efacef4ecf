//! `messages.*`.

use serde::Serialize;

use super::{Done, EventAnswer, method, setters};
use crate::{
    bot::Bot,
    keyboard::Keyboard,
    requests::Request,
    transport::Lane,
    types::{Cmid, MessageEvent, PeerId, UserId},
    utils::format::Formatted,
};

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

    /// Answers the press of a callback button with what the person is to see, once and within a minute.
    /// <https://dev.vk.com/ru/method/messages.sendMessageEventAnswer>
    pub fn answer(
        &self,
        press: &MessageEvent,
        answer: EventAnswer,
    ) -> Request<MessagesSendMessageEventAnswer> {
        self.messages_send_message_event_answer(&press.event_id, press.user_id, press.peer_id).answer(answer)
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
