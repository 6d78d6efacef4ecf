//! What hangs on messages and posts.

mod other;
mod pictures;

use serde_json::Value;

pub use other::{Audio, AudioMessage, Call, Doc, Link, MarketItem, Poll, PollAnswer};
pub use pictures::{Gift, Graffiti, Photo, PhotoSize, Sticker, Story, Video};

use super::{
    field::{Field, Unfit},
    wall::{Comment, WallPost},
};

/// An attachment: its kind, its body as VK sent it, and the body typed where this crate knows the kind.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Attachment {
    /// VK's name of the kind: `photo`, `doc` and so on; new ones may appear.
    pub kind: String,
    /// The body as it came.
    pub raw: Value,
    /// The body typed.
    pub media: Media,
}

macro_rules! media {
    ($( $(#[$meta:meta])* $variant:ident($type:ty) = $kind:literal, )*) => {
        /// The typed body of an attachment.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Media {
            $( $(#[$meta])* $variant(Box<$type>), )*
            /// A kind that is not typed here, or a body of another shape; look at [`Attachment::raw`].
            Other,
        }

        impl Media {
            fn read(kind: &str, body: &Value) -> Self {
                let body = Some(body.clone());
                match kind {
                    $( $kind => <Box<$type>>::read(body).map_or(Self::Other, Self::$variant), )*
                    _ => Self::Other,
                }
            }
        }
    };
}

media! {
    /// A photo.
    Photo(Photo) = "photo",
    /// A video, a clip or a live broadcast.
    Video(Video) = "video",
    /// A track.
    Audio(Audio) = "audio",
    /// A voice message.
    AudioMessage(AudioMessage) = "audio_message",
    /// A file.
    Doc(Doc) = "doc",
    /// A link.
    Link(Link) = "link",
    /// A post.
    Wall(WallPost) = "wall",
    /// A comment.
    WallReply(Comment) = "wall_reply",
    /// A sticker.
    Sticker(Sticker) = "sticker",
    /// A drawing.
    Graffiti(Graffiti) = "graffiti",
    /// A poll.
    Poll(Poll) = "poll",
    /// Goods.
    Market(MarketItem) = "market",
    /// A gift.
    Gift(Gift) = "gift",
    /// A story.
    Story(Story) = "story",
    /// A call.
    Call(Call) = "call",
}

impl Field for Attachment {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        let Some(Value::Object(mut members)) = value else { return Err(Unfit::new("not an object")) };
        let kind = String::read(members.remove("type")).map_err(|unfit| unfit.within("type"))?;
        let raw = members.remove(&kind).unwrap_or_default();
        Ok(Self { media: Media::read(&kind, &raw), kind, raw })
    }
}
super::field::deserialize_by_field!(Attachment);
