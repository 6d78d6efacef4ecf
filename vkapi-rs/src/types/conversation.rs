//! Conversations and their history.

use super::{
    field::object,
    group::Group,
    ids::{Cmid, PeerId},
    message::Message,
    schema,
    user::User,
};

object! {
    /// Conversations asked for by their numbers.
    Conversations {
        /// How many there are.
        count: Option<i64>,
        /// The conversations.
        items: Vec<Conversation>,
        /// The people in them, if asked for.
        profiles: Vec<User>,
        /// The communities in them, if asked for.
        groups: Vec<Group>,
    }

    /// A conversation.
    Conversation {
        /// With whom.
        peer: Peer,
        /// The last message.
        last_message_id: Option<i64>,
        /// The last message by its number in the conversation.
        last_cmid: Option<Cmid> = "last_conversation_message_id",
        /// The last message the community has read.
        in_read: Option<i64>,
        /// The last message the other side has read.
        out_read: Option<i64>,
        /// How many are not read.
        unread_count: Option<i64>,
        /// Whether nobody has answered yet.
        unanswered: bool,
        /// Whether the community may write.
        can_write: Option<CanWrite>,
        /// Chat settings.
        chat_settings: Option<Box<schema::MessagesChatSettings>>,
        /// Current keyboard.
        current_keyboard: Option<Box<schema::MessagesKeyboard>>,
        /// Important.
        important: Option<bool>,
        /// Whether it is marked unread.
        is_marked_unread: Option<bool>,
        /// Mentions.
        mentions: Vec<i64>,
        /// Message request data.
        message_request_data: Option<Box<schema::MessagesMessageRequestData>>,
        /// Out read by.
        out_read_by: Option<Box<schema::MessagesOutReadBy>>,
        /// Push settings.
        push_settings: Option<Box<schema::MessagesPushSettings>>,
        /// Sort id.
        sort_id: Option<Box<schema::MessagesConversationSortId>>,
        /// Special service type. One of `business_notify`.
        special_service_type: Option<String>,
        /// Version.
        version: Option<i64>,
        /// In read cmid.
        in_read_cmid: Option<i64>,
        /// Out read cmid.
        out_read_cmid: Option<i64>,
    }

    /// The other side of a conversation.
    Peer {
        /// Number.
        id: PeerId,
        /// `user`, `chat`, `group` or `email`.
        kind: String = "type",
        /// Local id.
        local_id: Option<i64>,
    }

    /// Whether one may write.
    CanWrite {
        /// Whether.
        allowed: bool,
        /// Why not: VK's number, such as 900 black list, 901 no permission.
        reason: Option<i64>,
        /// Until when not, Unix seconds.
        until: Option<i64>,
    }

    /// A page of a conversation's messages.
    History {
        /// How many there are in all.
        count: Option<i64>,
        /// The messages.
        items: Vec<Message>,
        /// The people in them, if asked for.
        profiles: Vec<User>,
        /// The communities in them, if asked for.
        groups: Vec<Group>,
        /// Conversations.
        conversations: Vec<Conversation>,
    }
}
