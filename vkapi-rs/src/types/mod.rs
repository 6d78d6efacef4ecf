//! VK's objects, read so that odd data costs as little as it can: nothing is closed against what VK may add.

mod attachment;
mod conversation;
mod events;
pub(crate) mod field;
mod group;
mod ids;
pub(crate) mod kinds;
mod message;
mod payload;
pub mod schema;
mod update;
mod user;
mod wall;

pub use attachment::{
    Attachment, Audio, AudioMessage, Call, Doc, Gift, Graffiti, Link, MarketItem, Media, Photo, PhotoSize,
    Poll, PollAnswer, Sticker, Story, Video,
};
pub use conversation::{CanWrite, Conversation, Conversations, History, Peer};
pub use events::*;
pub use field::IdOr;
pub use group::{
    Addresses, Contact, Counters, Cover, Group, GroupLink, LongPollServer, LongPollSettings, Named,
    OnlineStatus, Resolved, TokenPermission, TokenPermissions,
};
pub use ids::{Cmid, GroupId, PeerId, UserId};
pub use message::{ClientInfo, ForeignMessage, Message, MessageAction, MessageNew};
pub use payload::Payload;
pub use update::{Update, UpdateKind};
pub use user::User;
pub use wall::{Comment, Count, WallPost};
