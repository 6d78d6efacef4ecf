//! Messages and what is in them.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    attachment::Attachment,
    field::{Field, Unfit, object},
    ids::{Cmid, PeerId, UserId},
    schema,
};

object! {
    /// A message as events and `messages.get…` methods give it.
    Message {
        /// The number that is unique for the community; 0 in chats, so prefer [`Message::cmid`].
        id: Option<i64>,
        /// The number within the conversation: what edit, delete and pin want.
        cmid: Option<Cmid> = "conversation_message_id",
        /// When it was written, Unix seconds.
        date: Option<i64>,
        /// When it was last edited, Unix seconds.
        update_time: Option<i64>,
        /// Who wrote it; a community is negative.
        from_id: PeerId,
        /// The conversation it is in.
        peer_id: PeerId,
        /// Whether the community itself sent it.
        out: bool,
        /// The text; mentions look like `[id1|Name]`.
        text: String,
        /// The sender's own number against repeats; 0 in what people write.
        random_id: Option<i64>,
        /// Pictures, files and all else that hangs on it.
        attachments: Vec<Attachment>,
        /// Forwarded messages.
        fwd_messages: Vec<ForeignMessage>,
        /// The message it answers.
        reply_message: Option<Box<ForeignMessage>>,
        /// A place, if one was sent.
        geo: Option<Box<schema::BaseGeo>>,
        /// The pressed button's payload: JSON as text, which anyone who can call VK's API may forge.
        payload: Option<String> as PayloadText,
        /// What happened in the chat, if this message tells of it.
        action: Option<MessageAction>,
        /// The keyboard sent with it.
        keyboard: Option<Box<schema::MessagesKeyboard>>,
        /// The carousel sent with it; VK documents no shape of it in answers.
        template: Option<Value>,
        /// The `ref` of the `vk.me` link that brought the person.
        r#ref: Option<String> = "ref",
        /// The `ref_source` of that link.
        ref_source: Option<String>,
        /// The administrator who wrote it by hand in the community's name.
        admin_author_id: Option<UserId>,
        /// Whether the event carries a cut message; the whole one is in `messages.getByConversationMessageId`.
        is_cropped: bool,
        /// Whether it is hidden.
        is_hidden: bool,
        /// Whether it is marked as important.
        important: bool,
        /// Bold, italic, underlined and linked parts.
        format_data: Option<Box<schema::MessagesFormatData>>,
        /// How many people are in the chat; only with some actions.
        members_count: Option<i64>,
        /// Deleted.
        deleted: Option<bool>,
        /// Whether it is silent.
        is_silent: Option<bool>,
        /// Whether it is unavailable.
        is_unavailable: Option<bool>,
        /// Version.
        version: Option<i64>,
        /// Whether it is pinned.
        is_pinned: Option<bool>,
        /// Last reaction id.
        last_reaction_id: Option<i64>,
        /// Pinned at.
        pinned_at: Option<i64>,
        /// Reaction id.
        reaction_id: Option<i64>,
        /// Reactions.
        reactions: Vec<schema::MessagesReactionCounterResponseItem>,
        /// Was listened.
        was_listened: Option<bool>,
        /// VK's estimate of how much the writer is listened to.
        influence_score: Option<f64>,
    }

    /// A message inside another one: forwarded or answered.
    ForeignMessage {
        /// The number that is unique for the community; 0 in chats.
        id: Option<i64>,
        /// The number within the conversation.
        cmid: Option<Cmid> = "conversation_message_id",
        /// When it was written, Unix seconds.
        date: Option<i64>,
        /// Who wrote it; a community is negative.
        from_id: Option<PeerId>,
        /// The conversation it is from.
        peer_id: Option<PeerId>,
        /// The text.
        text: String,
        /// What hangs on it.
        attachments: Vec<Attachment>,
        /// Messages forwarded in it.
        fwd_messages: Vec<ForeignMessage>,
        /// The message it answers.
        reply_message: Option<Box<ForeignMessage>>,
        /// A pressed button's payload: JSON as text.
        payload: Option<String> as PayloadText,
        /// Geo.
        geo: Option<Box<schema::BaseGeo>>,
        /// Update time.
        update_time: Option<i64>,
        /// Was listened.
        was_listened: Option<bool>,
        /// Bold, italic, underlined and linked parts.
        format_data: Option<Box<schema::MessagesFormatData>>,
        /// Whether it is cut; the whole one is in `messages.getByConversationMessageId`.
        is_cropped: bool,
    }

    /// Something that happened in a chat.
    MessageAction {
        /// What: `chat_create`, `chat_invite_user`, `chat_kick_user` and so on; new ones may appear.
        kind: String = "type",
        /// Whom it is about; a community is negative.
        member_id: Option<PeerId>,
        /// The new title.
        text: Option<String>,
        /// The pinned message's number.
        cmid: Option<Cmid> = "conversation_message_id",
        /// The pinned message's text.
        message: Option<String>,
        /// The invited address.
        email: Option<String>,
        /// The chat's new picture.
        photo: Option<Box<schema::MessagesMessageActionPhoto>>,
    }

    /// What the writer's application can show.
    ClientInfo {
        /// The kinds of buttons it knows: `text`, `callback`, `open_link` and so on.
        button_actions: Vec<String>,
        /// Whether it shows a keyboard.
        keyboard: bool,
        /// Whether it shows buttons under messages.
        inline_keyboard: bool,
        /// Whether it shows carousels.
        carousel: bool,
        /// The interface's language: 0 Russian, 1 Ukrainian, 2 Belarusian, 3 English and so on.
        lang_id: Option<i64>,
    }
}

impl Message {
    /// The pressed button's payload read as `T`; `None` if there is none or it is of another shape.
    pub fn payload_as<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.payload.as_deref()?).ok()
    }
}

/// A message's payload: a text as it came, or the JSON that some clients send in its place written as one.
struct PayloadText(Option<String>);

impl Field for PayloadText {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        Ok(Self(match value.unwrap_or_default() {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }))
    }
}

impl From<PayloadText> for Option<String> {
    fn from(payload: PayloadText) -> Self {
        payload.0
    }
}

/// A new message, with what its writer's application can show.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MessageNew {
    /// The message.
    pub message: Message,
    /// What the writer's application can show; nothing is known of it before version 5.103 of events.
    pub client_info: ClientInfo,
}

impl Default for ClientInfo {
    /// An application of which nothing is known: text and a keyboard, as VK's every client has.
    fn default() -> Self {
        Self {
            button_actions: vec!["text".to_owned()],
            keyboard: true,
            inline_keyboard: false,
            carousel: false,
            lang_id: None,
        }
    }
}

impl ClientInfo {
    /// The interface's language as a tag, such as `ru`: what to choose the words by. `None` where VK does not tell, or tells
    /// a number of which this crate does not know the language.
    pub fn language(&self) -> Option<&'static str> {
        const LANGUAGES: [&str; 8] = ["ru", "uk", "be", "en", "es", "fi", "de", "it"];
        LANGUAGES.get(usize::try_from(self.lang_id?).ok()?).copied()
    }

    /// Whether it shows buttons of a kind, by VK's name of it: `callback`, `open_link`. Every application shows `text`.
    pub fn shows(&self, action: &str) -> bool {
        action == "text" || self.button_actions.iter().any(|known| known == action)
    }
}

impl Field for MessageNew {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        match value {
            // Since 5.103 the message is a member; before, it was the object itself.
            Some(Value::Object(mut members)) if members.contains_key("message") => Ok(Self {
                message: Message::read(members.remove("message")).map_err(|unfit| unfit.within("message"))?,
                client_info: Option::read(members.remove("client_info"))?.unwrap_or_default(),
            }),
            value => Ok(Self { message: Message::read(value)?, client_info: ClientInfo::default() }),
        }
    }
}
super::field::deserialize_by_field!(MessageNew);
