//! What events other than messages carry.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    attachment::Photo,
    field::{Field, Unfit, object},
    ids::{Cmid, GroupId, PeerId, UserId},
};

/// A button's payload, whether VK sent it as JSON or as JSON in a text.
///
/// Anyone who can call VK's API can send any payload: parse it strictly, look rights up elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payload(pub Value);

impl Payload {
    /// The payload read as `T`; `None` if it is of another shape.
    pub fn read_as<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.0).ok()
    }
}

impl Field for Payload {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        Ok(Self(match value.unwrap_or_default() {
            Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            value => value,
        }))
    }
}

impl From<Payload> for Value {
    fn from(payload: Payload) -> Self {
        payload.0
    }
}

object! {
    /// A person pressed a callback button; answer within a minute, or the button keeps spinning.
    MessageEvent {
        /// Who.
        user_id: UserId,
        /// In which conversation.
        peer_id: PeerId,
        /// What `messages.sendMessageEventAnswer` wants; not the event's own id.
        event_id: String,
        /// The button's payload, which anyone who can call VK's API may forge.
        payload: Value as Payload,
        /// The message the button is under.
        conversation_message_id: Option<Cmid>,
    }

    /// A person allowed messages from the community.
    MessageAllow {
        /// Who.
        user_id: UserId,
        /// What the page that asked for it passed along; empty when the person simply wrote first.
        key: String,
    }

    /// A person forbade messages from the community.
    MessageDeny {
        /// Who.
        user_id: UserId,
    }

    /// Somebody is typing.
    MessageTypingState {
        /// Who.
        from_id: PeerId,
        /// To whom; a community is negative.
        to_id: PeerId,
        /// `typing`.
        state: String,
    }

    /// A person has read the community's messages.
    MessageRead {
        /// Who.
        from_id: PeerId,
        /// In which conversation.
        peer_id: PeerId,
        /// The last one read.
        read_message_id: Option<i64>,
        /// The same by its number in the conversation.
        cmid: Option<Cmid> = "conversation_message_id",
    }

    /// A reaction was put on a message or taken off.
    MessageReaction {
        /// Who.
        reacted_id: PeerId,
        /// In which conversation.
        peer_id: PeerId,
        /// On which message.
        cmid: Cmid,
        /// Which; none when it was taken off.
        reaction_id: Option<i64>,
    }

    /// A comment under a photo, a video, a post, goods or in a discussion was deleted.
    CommentDelete {
        /// The comment.
        id: i64,
        /// The owner of what it was under; a community is negative.
        owner_id: Option<i64>,
        /// Who wrote it, where VK tells.
        user_id: Option<PeerId>,
        /// Who deleted it, where VK tells.
        deleter_id: Option<PeerId>,
        /// The post it was under.
        post_id: Option<i64>,
        /// The photo it was under.
        photo_id: Option<i64>,
        /// The video it was under.
        video_id: Option<i64>,
        /// The goods it was under.
        item_id: Option<i64>,
        /// The discussion it was in.
        topic_id: Option<i64>,
        /// The discussion's owner.
        topic_owner_id: Option<i64>,
    }

    /// A like was put or taken off.
    Like {
        /// Who.
        liker_id: PeerId,
        /// On what: `post`, `comment`, `photo`, `video` and so on.
        object_type: String,
        /// Its owner; a community is negative.
        object_owner_id: i64,
        /// Its number.
        object_id: i64,
        /// The post, if it is a comment.
        post_id: Option<i64>,
        /// The answer within the comment's thread.
        thread_reply_id: Option<i64>,
    }

    /// Somebody joined the community or asked to.
    GroupJoin {
        /// Who.
        user_id: UserId,
        /// `join`, `unsure`, `accepted`, `approved`, `request`.
        join_type: String,
    }

    /// Somebody left the community or was removed.
    GroupLeave {
        /// Who.
        user_id: UserId,
        /// Whether of own will.
        by_self: bool = "self",
    }

    /// Somebody was put on the community's black list.
    UserBlock {
        /// By whom.
        admin_id: UserId,
        /// Who.
        user_id: UserId,
        /// Until when, Unix seconds; 0 is for ever.
        unblock_date: Option<i64>,
        /// 0 other, 1 spam, 2 insults, 3 strong language, 4 off topic.
        reason: Option<i64>,
        /// The administrator's note.
        comment: Option<String>,
    }

    /// Somebody was taken off the black list.
    UserUnblock {
        /// By whom.
        admin_id: UserId,
        /// Who.
        user_id: UserId,
        /// Whether because the time was over.
        by_end_date: bool,
    }

    /// Somebody voted in an open poll; of several answers only one is told.
    PollVote {
        /// The poll's owner; a community is negative.
        owner_id: i64,
        /// The poll.
        poll_id: i64,
        /// The answer.
        option_id: i64,
        /// Who.
        user_id: UserId,
    }

    /// The list of the community's managers has changed.
    GroupOfficersEdit {
        /// By whom.
        admin_id: UserId,
        /// Whose rights.
        user_id: UserId,
        /// Before: 0 none, 1 moderator, 2 editor, 3 administrator.
        level_old: Option<i64>,
        /// After, the same numbers.
        level_new: Option<i64>,
    }

    /// The community's settings have changed.
    GroupChangeSettings {
        /// By whom.
        user_id: UserId,
        /// Which, with `old_value` and `new_value` each.
        changes: Value,
    }

    /// The community's picture has changed.
    GroupChangePhoto {
        /// By whom.
        user_id: UserId,
        /// The new one.
        photo: Option<Photo>,
    }

    /// Somebody paid through VK Pay.
    VkpayTransaction {
        /// Who.
        from_id: UserId,
        /// How much, as VK counts.
        amount: i64,
        /// What was written with it.
        description: String,
        /// When, Unix seconds.
        date: Option<i64>,
    }

    /// A mini application of the community sent something.
    AppPayload {
        /// By whom.
        user_id: UserId,
        /// From which application.
        app_id: i64,
        /// What.
        payload: Payload,
    }

    /// Somebody filled in a form.
    LeadForm {
        /// The answer sheet.
        lead_id: i64,
        /// Whose form.
        group_id: GroupId,
        /// Who.
        user_id: UserId,
        /// The form.
        form_id: i64,
        /// Its name.
        form_name: String,
        /// The advertisement that led to it.
        ad_id: Option<i64>,
        /// Questions and answers.
        answers: Vec<LeadAnswer>,
    }

    /// An answer in a form.
    LeadAnswer {
        /// The question's key.
        key: String,
        /// The question.
        question: Option<String>,
        /// The answer: a text or a list.
        answer: Value,
    }

    /// A paid subscription began or went on.
    DonutSubscription {
        /// Whose.
        user_id: Option<UserId>,
        /// Roubles.
        amount: Option<f64>,
        /// Roubles less VK's fee.
        amount_without_fee: Option<f64>,
    }

    /// A paid subscription ended or was cancelled.
    DonutEnd {
        /// Whose.
        user_id: Option<UserId>,
    }

    /// A paid subscription's price has changed.
    DonutPrice {
        /// Whose.
        user_id: Option<UserId>,
        /// Roubles before.
        amount_old: Option<f64>,
        /// Roubles after.
        amount_new: Option<f64>,
        /// The difference, roubles.
        amount_diff: Option<f64>,
        /// The difference less VK's fee, roubles.
        amount_diff_without_fee: Option<f64>,
    }

    /// Money of subscriptions was withdrawn.
    DonutWithdraw {
        /// Roubles.
        amount: Option<f64>,
        /// Roubles less VK's fee.
        amount_without_fee: Option<f64>,
    }

    /// Money of subscriptions could not be withdrawn.
    DonutWithdrawError {
        /// Why.
        reason: String,
    }
}
