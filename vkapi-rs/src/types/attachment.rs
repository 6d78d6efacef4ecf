//! What hangs on messages and posts.

use serde_json::Value;

use super::{
    field::{Field, Unfit, object},
    ids::UserId,
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

object! {
    /// A photo.
    Photo {
        /// Number within the owner's photos.
        id: i64,
        /// Whose it is; a community is negative.
        owner_id: i64,
        /// The album; -64 or so for photos of messages.
        album_id: Option<i64>,
        /// Who uploaded it, where the owner is a community.
        user_id: Option<UserId>,
        /// What opens it to others.
        access_key: Option<String>,
        /// When it was uploaded, Unix seconds.
        date: Option<i64>,
        /// The caption.
        text: String,
        /// Its copies of several sizes.
        sizes: Vec<PhotoSize>,
    }

    /// One copy of a photo.
    PhotoSize {
        /// VK's letter of the size.
        kind: String = "type",
        /// Where it is; the address expires.
        url: Option<String>,
        /// Width, pixels.
        width: Option<i64>,
        /// Height, pixels.
        height: Option<i64>,
    }

    /// A video, a clip (`short_video`) or a live broadcast.
    Video {
        /// Number within the owner's videos.
        id: i64,
        /// Whose it is; a community is negative.
        owner_id: i64,
        /// `video`, `short_video`, `live`, `movie` and so on.
        kind: Option<String> = "type",
        /// The title.
        title: String,
        /// The description.
        description: Option<String>,
        /// Seconds.
        duration: Option<i64>,
        /// When it was made, Unix seconds.
        date: Option<i64>,
        /// How often it was watched.
        views: Option<i64>,
        /// Whether it is a broadcast.
        live: bool,
        /// What opens it to others.
        access_key: Option<String>,
    }

    /// A track.
    Audio {
        /// Number within the owner's tracks.
        id: i64,
        /// Whose it is; a community is negative.
        owner_id: i64,
        /// The performer.
        artist: String,
        /// The title.
        title: String,
        /// Seconds.
        duration: Option<i64>,
        /// Where it is; may be empty.
        url: Option<String>,
    }

    /// A voice message.
    AudioMessage {
        /// Number.
        id: i64,
        /// Whose it is.
        owner_id: i64,
        /// Seconds.
        duration: Option<i64>,
        /// Where the OGG is.
        link_ogg: Option<String>,
        /// Where the MP3 is.
        link_mp3: Option<String>,
        /// What was said, when VK has recognised it.
        transcript: Option<String>,
        /// What opens it to others.
        access_key: Option<String>,
    }

    /// A file.
    Doc {
        /// Number.
        id: i64,
        /// Whose it is.
        owner_id: i64,
        /// Its name.
        title: String,
        /// Bytes.
        size: Option<i64>,
        /// The name's extension.
        ext: Option<String>,
        /// Where it is; the address expires.
        url: Option<String>,
        /// When it was uploaded, Unix seconds.
        date: Option<i64>,
        /// What opens it to others.
        access_key: Option<String>,
    }

    /// A link.
    Link {
        /// Where it leads.
        url: String,
        /// The page's title.
        title: Option<String>,
        /// A line under the title.
        caption: Option<String>,
        /// The page's description.
        description: Option<String>,
        /// The page's picture.
        photo: Option<Photo>,
    }

    /// A sticker.
    Sticker {
        /// Number.
        sticker_id: i64,
        /// The set.
        product_id: Option<i64>,
    }

    /// A drawing.
    Graffiti {
        /// Number.
        id: i64,
        /// Whose it is.
        owner_id: i64,
        /// Where it is.
        url: Option<String>,
        /// What opens it to others.
        access_key: Option<String>,
    }

    /// A poll.
    Poll {
        /// Number.
        id: i64,
        /// Whose it is; a community is negative.
        owner_id: i64,
        /// What is asked.
        question: String,
        /// How many have voted.
        votes: Option<i64>,
        /// Whether several answers may be chosen.
        multiple: bool,
        /// Whether names are hidden.
        anonymous: bool,
        /// The answers.
        answers: Vec<PollAnswer>,
    }

    /// An answer of a poll.
    PollAnswer {
        /// Number.
        id: i64,
        /// The text.
        text: String,
        /// How many have chosen it.
        votes: Option<i64>,
    }

    /// Goods.
    MarketItem {
        /// Number.
        id: i64,
        /// Whose they are; a community is negative.
        owner_id: Option<i64>,
        /// The name.
        title: String,
        /// The description.
        description: Option<String>,
    }

    /// A gift.
    Gift {
        /// Number.
        id: i64,
    }

    /// A story.
    Story {
        /// Number.
        id: i64,
        /// Whose it is; a community is negative.
        owner_id: i64,
        /// When it was published, Unix seconds.
        date: Option<i64>,
        /// When it disappears, Unix seconds.
        expires_at: Option<i64>,
        /// What opens it to others.
        access_key: Option<String>,
    }

    /// A call.
    Call {
        /// Who called.
        initiator_id: i64,
        /// Who was called.
        receiver_id: i64,
        /// How it ended: `reached`, `canceled_by_initiator`, `canceled_by_receiver`.
        state: String,
        /// When, Unix seconds.
        time: Option<i64>,
        /// Seconds.
        duration: Option<i64>,
        /// Whether with a picture.
        video: bool,
    }
}
