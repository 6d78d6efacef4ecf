//! Events.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    field::{Field, Unfit},
    ids::{GroupId, PeerId, UserId},
    kinds::update_kinds,
    wall::Comment,
};
use crate::json::without_halves;

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
    /// It waited at VK because nobody had asked for events for minutes; only long polling tells.
    pub late: bool,
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
                let object = envelope
                    .object
                    .map_or(Ok(Value::Null), |object| serde_json::from_str(&without_halves(object.get())));
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
        Self { group_id, event_id, version, retries: 0, late: false, kind, raw }
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
            Kind::GroupLeave(leave) => leave.user_id,
            Kind::UserBlock(block) => Some(block.user_id),
            Kind::UserUnblock(unblock) => Some(unblock.user_id),
            Kind::PollVoteNew(vote) => Some(vote.user_id),
            Kind::GroupOfficersEdit(edit) => Some(edit.user_id),
            Kind::GroupChangeSettings(change) => Some(change.user_id),
            Kind::GroupChangePhoto(change) => Some(change.user_id),
            Kind::VkpayTransaction(payment) => payment.from_id.user(),
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
