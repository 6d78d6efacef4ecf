//! Events.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    attachment::{Audio, Photo, Video},
    events::{
        AppPayload, CommentDelete, DonutEnd, DonutPrice, DonutSubscription, DonutWithdraw,
        DonutWithdrawError, GroupChangePhoto, GroupChangeSettings, GroupJoin, GroupLeave, GroupOfficersEdit,
        LeadForm, Like, MessageAllow, MessageDeny, MessageEvent, MessageReaction, MessageRead,
        MessageTypingState, PollVote, UserBlock, UserUnblock, VkpayTransaction,
    },
    field::{Field, Unfit},
    ids::{GroupId, PeerId, UserId},
    message::{Message, MessageNew},
    wall::{Comment, WallPost},
};

/// Something that happened in a community.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Update {
    /// The community.
    pub group_id: GroupId,
    /// The event's number, 40 hexadecimal digits: the same event may come twice. Old versions lack it.
    pub event_id: Option<String>,
    /// The version of the event's shape, as set in the community. Old versions lack it.
    pub version: Option<String>,
    /// How often VK has tried to hand it over before, by the Callback API; 0 by long polling.
    pub retries: u32,
    /// What happened.
    pub kind: UpdateKind,
    /// The event as it came, without a secret.
    pub raw: Arc<RawValue>,
}

/// Everything but the event's own object.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(default)]
    group_id: Value,
    #[serde(default, rename = "type")]
    kind: Value,
    #[serde(default)]
    event_id: Value,
    #[serde(default)]
    v: Value,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
}

impl Update {
    /// Reads one element of `updates`; `group_id` stands in where the event does not name its community.
    ///
    /// Never fails: what cannot be read is [`UpdateKind::Malformed`], what is not known [`UpdateKind::Unknown`].
    pub fn read(raw: Box<RawValue>, group_id: GroupId) -> Self {
        let raw = Arc::<RawValue>::from(raw);
        let (group_id, event_id, version, kind) = match serde_json::from_str::<Envelope<'_>>(raw.get()) {
            Ok(envelope) => {
                let name = String::read(Some(envelope.kind)).unwrap_or_default();
                let object =
                    envelope.object.map_or(Ok(Value::Null), |object| serde_json::from_str(object.get()));
                let kind = match object {
                    _ if name.is_empty() => {
                        UpdateKind::Malformed { kind: name, error: "type: missing".to_owned() }
                    }
                    Ok(object) => UpdateKind::read(name, object),
                    Err(error) => UpdateKind::Malformed { kind: name, error: error.to_string() },
                };
                (
                    GroupId::read(Some(envelope.group_id)).unwrap_or(group_id),
                    text(envelope.event_id),
                    text(envelope.v),
                    kind,
                )
            }
            Err(error) => {
                let kind = UpdateKind::Malformed { kind: String::new(), error: error.to_string() };
                (group_id, None, None, kind)
            }
        };
        Self { group_id, event_id, version, retries: 0, kind, raw }
    }

    /// The person behind the event, where there is one.
    pub fn user_id(&self) -> Option<UserId> {
        use UpdateKind as Kind;
        match &self.kind {
            Kind::MessageNew(new) => new.message.from_id.user(),
            Kind::MessageReply(message) | Kind::MessageEdit(message) => message.from_id.user(),
            Kind::MessageEvent(event) => Some(event.user_id),
            Kind::MessageAllow(allow) => Some(allow.user_id),
            Kind::MessageDeny(deny) => Some(deny.user_id),
            Kind::MessageTypingState(state) => state.from_id.user(),
            Kind::MessageRead(read) => read.from_id.user(),
            Kind::MessageReactionEvent(reaction) => reaction.reacted_id.user(),
            Kind::PhotoNew(photo) => photo.user_id,
            Kind::WallPostNew(post) | Kind::WallRepost(post) => post.from_id.and_then(PeerId::user),
            Kind::LikeAdd(like) | Kind::LikeRemove(like) => like.liker_id.user(),
            Kind::GroupJoin(join) => Some(join.user_id),
            Kind::GroupLeave(leave) => Some(leave.user_id),
            Kind::UserBlock(block) => Some(block.user_id),
            Kind::UserUnblock(unblock) => Some(unblock.user_id),
            Kind::PollVoteNew(vote) => Some(vote.user_id),
            Kind::GroupOfficersEdit(edit) => Some(edit.user_id),
            Kind::GroupChangeSettings(change) => Some(change.user_id),
            Kind::GroupChangePhoto(change) => Some(change.user_id),
            Kind::VkpayTransaction(payment) => Some(payment.from_id),
            Kind::AppPayload(payload) => Some(payload.user_id),
            Kind::LeadFormsNew(form) => Some(form.user_id),
            Kind::DonutSubscriptionCreate(donut) | Kind::DonutSubscriptionProlonged(donut) => donut.user_id,
            Kind::DonutSubscriptionExpired(donut) | Kind::DonutSubscriptionCancelled(donut) => donut.user_id,
            Kind::DonutSubscriptionPriceChanged(donut) => donut.user_id,
            kind => kind.comment().and_then(|comment| comment.from_id).and_then(PeerId::user),
        }
    }

    /// The conversation the event is in, where there is one.
    pub fn peer_id(&self) -> Option<PeerId> {
        match &self.kind {
            UpdateKind::MessageNew(new) => Some(new.message.peer_id),
            UpdateKind::MessageReply(message) | UpdateKind::MessageEdit(message) => Some(message.peer_id),
            UpdateKind::MessageEvent(event) => Some(event.peer_id),
            UpdateKind::MessageAllow(allow) => Some(allow.user_id.into()),
            UpdateKind::MessageDeny(deny) => Some(deny.user_id.into()),
            UpdateKind::MessageTypingState(state) => Some(state.from_id),
            UpdateKind::MessageRead(read) => Some(read.peer_id),
            UpdateKind::MessageReactionEvent(reaction) => Some(reaction.peer_id),
            _ => None,
        }
    }
}

/// A text that has something in it.
fn text(value: Value) -> Option<String> {
    String::read(Some(value)).ok().filter(|text| !text.is_empty())
}

/// Every kind of event this crate knows: what it is, its variant, its object, VK's name, the filter's name.
macro_rules! update_kinds {
    ($then:ident) => {
        $then! {
            /// Somebody wrote to the community or to a chat it is in.
            MessageNew(MessageNew) = "message_new", filter_message_new;
            /// The community wrote: the bot itself or an administrator. Does not come for chats.
            MessageReply(Message) = "message_reply", filter_message_reply;
            /// A message was edited. Does not come for chats.
            MessageEdit(Message) = "message_edit", filter_message_edit;
            /// A callback button was pressed.
            MessageEvent(MessageEvent) = "message_event", filter_message_event;
            /// A person allowed messages.
            MessageAllow(MessageAllow) = "message_allow", filter_message_allow;
            /// A person forbade messages.
            MessageDeny(MessageDeny) = "message_deny", filter_message_deny;
            /// Somebody is typing.
            MessageTypingState(MessageTypingState) = "message_typing_state", filter_message_typing_state;
            /// Messages were read.
            MessageRead(MessageRead) = "message_read", filter_message_read;
            /// A reaction was put or taken off.
            MessageReactionEvent(MessageReaction) = "message_reaction_event", filter_message_reaction_event;
            /// A photo was added.
            PhotoNew(Photo) = "photo_new", filter_photo_new;
            /// A track was added.
            AudioNew(Audio) = "audio_new", filter_audio_new;
            /// A video was added.
            VideoNew(Video) = "video_new", filter_video_new;
            /// A photo was commented on.
            PhotoCommentNew(Comment) = "photo_comment_new", filter_photo_comment_new;
            /// A comment on a photo was edited.
            PhotoCommentEdit(Comment) = "photo_comment_edit", filter_photo_comment_edit;
            /// A comment on a photo was put back.
            PhotoCommentRestore(Comment) = "photo_comment_restore", filter_photo_comment_restore;
            /// A comment on a photo was deleted.
            PhotoCommentDelete(CommentDelete) = "photo_comment_delete", filter_photo_comment_delete;
            /// A video was commented on.
            VideoCommentNew(Comment) = "video_comment_new", filter_video_comment_new;
            /// A comment on a video was edited.
            VideoCommentEdit(Comment) = "video_comment_edit", filter_video_comment_edit;
            /// A comment on a video was put back.
            VideoCommentRestore(Comment) = "video_comment_restore", filter_video_comment_restore;
            /// A comment on a video was deleted.
            VideoCommentDelete(CommentDelete) = "video_comment_delete", filter_video_comment_delete;
            /// A post appeared on the wall, perhaps only a suggested or a postponed one.
            WallPostNew(WallPost) = "wall_post_new", filter_wall_post_new;
            /// The community's post was reposted.
            WallRepost(WallPost) = "wall_repost", filter_wall_repost;
            /// A post was commented on, perhaps by the community itself.
            WallReplyNew(Comment) = "wall_reply_new", filter_wall_reply_new;
            /// A comment on a post was edited.
            WallReplyEdit(Comment) = "wall_reply_edit", filter_wall_reply_edit;
            /// A comment on a post was put back.
            WallReplyRestore(Comment) = "wall_reply_restore", filter_wall_reply_restore;
            /// A comment on a post was deleted.
            WallReplyDelete(CommentDelete) = "wall_reply_delete", filter_wall_reply_delete;
            /// A postponed post was made. VK does not document its shape.
            WallSchedulePostNew(Value) = "wall_schedule_post_new", filter_wall_schedule_post_new;
            /// A postponed post was deleted. VK does not document its shape.
            WallSchedulePostDelete(Value) = "wall_schedule_post_delete", filter_wall_schedule_post_delete;
            /// A like was put.
            LikeAdd(Like) = "like_add", filter_like_add;
            /// A like was taken off.
            LikeRemove(Like) = "like_remove", filter_like_remove;
            /// Somebody wrote in a discussion.
            BoardPostNew(Comment) = "board_post_new", filter_board_post_new;
            /// A comment in a discussion was edited.
            BoardPostEdit(Comment) = "board_post_edit", filter_board_post_edit;
            /// A comment in a discussion was put back.
            BoardPostRestore(Comment) = "board_post_restore", filter_board_post_restore;
            /// A comment in a discussion was deleted.
            BoardPostDelete(CommentDelete) = "board_post_delete", filter_board_post_delete;
            /// Goods were commented on.
            MarketCommentNew(Comment) = "market_comment_new", filter_market_comment_new;
            /// A comment on goods was edited.
            MarketCommentEdit(Comment) = "market_comment_edit", filter_market_comment_edit;
            /// A comment on goods was put back.
            MarketCommentRestore(Comment) = "market_comment_restore", filter_market_comment_restore;
            /// A comment on goods was deleted.
            MarketCommentDelete(CommentDelete) = "market_comment_delete", filter_market_comment_delete;
            /// Something was ordered.
            MarketOrderNew(Value) = "market_order_new", filter_market_order_new;
            /// An order has changed.
            MarketOrderEdit(Value) = "market_order_edit", filter_market_order_edit;
            /// Somebody joined.
            GroupJoin(GroupJoin) = "group_join", filter_group_join;
            /// Somebody left.
            GroupLeave(GroupLeave) = "group_leave", filter_group_leave;
            /// Somebody was put on the black list.
            UserBlock(UserBlock) = "user_block", filter_user_block;
            /// Somebody was taken off the black list.
            UserUnblock(UserUnblock) = "user_unblock", filter_user_unblock;
            /// Somebody voted in an open poll.
            PollVoteNew(PollVote) = "poll_vote_new", filter_poll_vote_new;
            /// The managers have changed.
            GroupOfficersEdit(GroupOfficersEdit) = "group_officers_edit", filter_group_officers_edit;
            /// The settings have changed.
            GroupChangeSettings(GroupChangeSettings) = "group_change_settings", filter_group_change_settings;
            /// The picture has changed.
            GroupChangePhoto(GroupChangePhoto) = "group_change_photo", filter_group_change_photo;
            /// Somebody paid through VK Pay.
            VkpayTransaction(VkpayTransaction) = "vkpay_transaction", filter_vkpay_transaction;
            /// A mini application sent something.
            AppPayload(AppPayload) = "app_payload", filter_app_payload;
            /// A form was filled in.
            LeadFormsNew(LeadForm) = "lead_forms_new", filter_lead_forms_new;
            /// A paid subscription began.
            DonutSubscriptionCreate(DonutSubscription) = "donut_subscription_create", filter_donut_subscription_create;
            /// A paid subscription goes on.
            DonutSubscriptionProlonged(DonutSubscription) = "donut_subscription_prolonged", filter_donut_subscription_prolonged;
            /// A paid subscription ended.
            DonutSubscriptionExpired(DonutEnd) = "donut_subscription_expired", filter_donut_subscription_expired;
            /// A paid subscription was cancelled.
            DonutSubscriptionCancelled(DonutEnd) = "donut_subscription_cancelled", filter_donut_subscription_cancelled;
            /// A paid subscription's price has changed.
            DonutSubscriptionPriceChanged(DonutPrice) = "donut_subscription_price_changed", filter_donut_subscription_price_changed;
            /// Money was withdrawn.
            DonutMoneyWithdraw(DonutWithdraw) = "donut_money_withdraw", filter_donut_money_withdraw;
            /// Money could not be withdrawn.
            DonutMoneyWithdrawError(DonutWithdrawError) = "donut_money_withdraw_error", filter_donut_money_withdraw_error;
        }
    };
}
pub(crate) use update_kinds;

macro_rules! kinds {
    ($( $(#[$meta:meta])* $variant:ident($type:ty) = $name:literal, $filter:ident; )*) => {
        /// What happened, with what VK tells of it.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum UpdateKind {
            $( $(#[$meta])* $variant(Arc<$type>), )*
            /// A kind this crate does not know; see [`Update::raw`].
            Unknown {
                /// VK's name of it.
                kind: String,
            },
            /// A known kind of a shape that cannot be read, or no event at all; see [`Update::raw`].
            Malformed {
                /// VK's name of it; empty if it has none.
                kind: String,
                /// What was wrong.
                error: String,
            },
        }

        impl UpdateKind {
            /// Every kind this crate knows, by VK's names.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// VK's name of the kind.
            pub fn name(&self) -> &str {
                match self {
                    $( Self::$variant(_) => $name, )*
                    Self::Unknown { kind } | Self::Malformed { kind, .. } => kind,
                }
            }

            fn read(kind: String, object: Value) -> Self {
                let read: Result<Self, Unfit> = match kind.as_str() {
                    $( $name => <Arc<$type>>::read(Some(object)).map(Self::$variant), )*
                    _ => return Self::Unknown { kind },
                };
                read.unwrap_or_else(|unfit| Self::Malformed { kind, error: unfit.to_string() })
            }
        }
    };
}

update_kinds!(kinds);

impl UpdateKind {
    /// The comment the event is about.
    fn comment(&self) -> Option<&Comment> {
        match self {
            Self::PhotoCommentNew(comment)
            | Self::PhotoCommentEdit(comment)
            | Self::PhotoCommentRestore(comment)
            | Self::VideoCommentNew(comment)
            | Self::VideoCommentEdit(comment)
            | Self::VideoCommentRestore(comment)
            | Self::WallReplyNew(comment)
            | Self::WallReplyEdit(comment)
            | Self::WallReplyRestore(comment)
            | Self::BoardPostNew(comment)
            | Self::BoardPostEdit(comment)
            | Self::BoardPostRestore(comment)
            | Self::MarketCommentNew(comment)
            | Self::MarketCommentEdit(comment)
            | Self::MarketCommentRestore(comment) => Some(comment),
            _ => None,
        }
    }
}
