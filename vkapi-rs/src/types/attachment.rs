//! What hangs on messages and posts.

use serde_json::Value;

use super::{
    field::{Field, Unfit, object},
    ids::UserId,
    schema,
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
        /// Whether one can comment.
        can_comment: Option<bool>,
        /// Comments.
        comments: Option<Box<schema::BaseObjectCount>>,
        /// Whether it has tags.
        has_tags: Option<bool>,
        /// Height, pixels.
        height: Option<i64>,
        /// Hidden.
        hidden: Option<bool>,
        /// Images.
        images: Vec<schema::PhotosImage>,
        /// Latitude, degrees.
        lat: Option<f64>,
        /// Likes.
        likes: Option<Box<schema::BaseLikes>>,
        /// Longitude, degrees.
        long: Option<f64>,
        /// Photo 256.
        photo_256: Option<String>,
        /// Place.
        place: Option<String>,
        /// The post. At least 1.
        post_id: Option<i64>,
        /// Real offset.
        real_offset: Option<i64>,
        /// Reposts.
        reposts: Option<Box<schema::BaseRepostsInfo>>,
        /// Square crop.
        square_crop: Option<String>,
        /// Tags.
        tags: Option<Box<schema::BaseObjectCount>>,
        /// Thumb hash.
        thumb_hash: Option<String>,
        /// Vertical align. One of `top`, `middle`, `bottom`.
        vertical_align: Option<String>,
        /// Width, pixels.
        width: Option<i64>,
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
        /// Src.
        src: Option<String>,
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
        /// Added.
        added: Option<bool>,
        /// Adding date.
        adding_date: Option<i64>,
        /// Balance.
        balance: Option<i64>,
        /// Whether one can add.
        can_add: Option<bool>,
        /// Whether one can add to faves.
        can_add_to_faves: Option<bool>,
        /// Whether one can attach link.
        can_attach_link: Option<bool>,
        /// Whether one can be promoted.
        can_be_promoted: Option<bool>,
        /// Whether one can comment.
        can_comment: Option<bool>,
        /// Whether one can delete.
        can_delete: Option<bool>,
        /// Whether it can be edited.
        can_edit: Option<bool>,
        /// Whether one can edit privacy.
        can_edit_privacy: Option<bool>,
        /// Whether one can like.
        can_like: Option<bool>,
        /// Whether one can repost. From 1 to 3.
        can_repost: Option<i64>,
        /// Whether one can subscribe.
        can_subscribe: Option<bool>,
        /// Comments.
        comments: Option<i64>,
        /// Content restricted.
        content_restricted: Option<i64>,
        /// Content restricted message.
        content_restricted_message: Option<String>,
        /// Converting.
        converting: Option<bool>,
        /// First frame.
        first_frame: Vec<schema::VideoVideoImage>,
        /// Height, pixels.
        height: Option<i64>,
        /// Image.
        image: Vec<schema::VideoVideoImage>,
        /// Whether it is favorite.
        is_favorite: Option<bool>,
        /// Whether it is private.
        is_private: Option<bool>,
        /// Whether it is subscribed.
        is_subscribed: Option<bool>,
        /// Likes.
        likes: Option<Box<schema::BaseLikes>>,
        /// Live notify.
        live_notify: Option<bool>,
        /// Live start time.
        live_start_time: Option<i64>,
        /// Local views.
        local_views: Option<i64>,
        /// Platform.
        platform: Option<String>,
        /// Player.
        player: Option<String>,
        /// Processing.
        processing: Option<bool>,
        /// Repeat.
        repeat: Option<bool>,
        /// Reposts.
        reposts: Option<Box<schema::BaseRepostsInfo>>,
        /// Response type. One of `min`, `full`.
        response_type: Option<String>,
        /// Spectators.
        spectators: Option<i64>,
        /// Track code.
        track_code: Option<String>,
        /// Upcoming.
        upcoming: Option<bool>,
        /// The person.
        user_id: Option<UserId>,
        /// Width, pixels.
        width: Option<i64>,
        /// Episodes.
        episodes: Vec<schema::VideoEpisode>,
        /// Files.
        files: Option<Box<schema::VideoVideoFiles>>,
        /// Live settings.
        live_settings: Option<Box<schema::VideoLiveSettings>>,
        /// Trailer.
        trailer: Option<Box<schema::VideoVideoFiles>>,
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
        /// What opens it to others.
        access_key: Option<String>,
        /// The album.
        album_id: Option<i64>,
        /// When, Unix seconds.
        date: Option<i64>,
        /// File size.
        file_size: Option<i64>,
        /// Performer.
        performer: Option<String>,
        /// Stream duration.
        stream_duration: Option<i64>,
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
        /// Transcript error. From 1 to 11.
        transcript_error: Option<i64>,
        /// Waveform.
        waveform: Vec<i64>,
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
        /// Whether it is licensed.
        is_licensed: Option<bool>,
        /// Preview.
        preview: Option<Box<schema::DocsDocPreview>>,
        /// Tags.
        tags: Vec<String>,
        /// The kind.
        kind: Option<i64> = "type",
        /// Whether it is unsafe.
        is_unsafe: Option<bool>,
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
        /// Application.
        application: Option<Box<schema::BaseLinkApplication>>,
        /// Button.
        button: Option<Box<schema::BaseLinkButton>>,
        /// Number.
        id: Option<String>,
        /// Whether it is external.
        is_external: Option<bool>,
        /// Whether it is favorite.
        is_favorite: Option<bool>,
        /// Preview page.
        preview_page: Option<String>,
        /// Preview URL.
        preview_url: Option<String>,
        /// Rating.
        rating: Option<Box<schema::BaseLinkRating>>,
        /// Target object.
        target_object: Option<Box<schema::LinkTargetObject>>,
        /// Video.
        video: Option<Box<Video>>,
        /// Product.
        product: Option<Box<schema::BaseLinkProduct>>,
        /// The text.
        text: Option<String>,
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
        /// Height, pixels.
        height: Option<i64>,
        /// Width, pixels.
        width: Option<i64>,
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
        /// Answer id.
        answer_id: Option<i64>,
        /// Answer ids.
        answer_ids: Vec<i64>,
        /// Author id.
        author_id: Option<i64>,
        /// Background.
        background: Option<Box<schema::PollsBackground>>,
        /// Whether it can be edited.
        can_edit: Option<bool>,
        /// Whether one can report.
        can_report: Option<bool>,
        /// Whether one can share.
        can_share: Option<bool>,
        /// Whether one can vote.
        can_vote: Option<bool>,
        /// Closed.
        closed: Option<bool>,
        /// Created.
        created: Option<i64>,
        /// Disable unvote.
        disable_unvote: Option<bool>,
        /// Embed hash.
        embed_hash: Option<String>,
        /// End date.
        end_date: Option<i64>,
        /// Friends.
        friends: Vec<schema::PollsFriend>,
        /// Whether it is board.
        is_board: Option<bool>,
        /// Photo.
        photo: Option<Box<schema::PollsBackground>>,
    }

    /// An answer of a poll.
    PollAnswer {
        /// Number.
        id: i64,
        /// The text.
        text: String,
        /// How many have chosen it.
        votes: Option<i64>,
        /// Rate.
        rate: Option<f64>,
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
        /// What opens it to others.
        access_key: Option<String>,
        /// Availability. One of `0 available`, `1 removed`, `2 unavailable`.
        availability: Option<schema::MarketMarketItemAvailability>,
        /// Button title.
        button_title: Option<String>,
        /// Category.
        category: Option<Box<schema::MarketMarketCategoryNested>>,
        /// Category v2.
        category_v2: Option<Box<schema::MarketMarketCategoryNested>>,
        /// When, Unix seconds.
        date: Option<i64>,
        /// External id.
        external_id: Option<String>,
        /// Whether it is adult.
        is_adult: Option<bool>,
        /// Whether it is favorite.
        is_favorite: Option<bool>,
        /// Whether it is main variant.
        is_main_variant: Option<bool>,
        /// Whether it is owner.
        is_owner: Option<bool>,
        /// The post.
        post_id: Option<i64>,
        /// Post owner id.
        post_owner_id: Option<i64>,
        /// Price.
        price: Option<Box<schema::MarketPrice>>,
        /// Sku. Up to 50 characters.
        sku: Option<String>,
        /// Stock amount.
        stock_amount: Option<i64>,
        /// Thumb photo.
        thumb_photo: Option<String>,
        /// The address.
        url: Option<String>,
        /// Variants grouping id.
        variants_grouping_id: Option<i64>,
        /// Ad id.
        ad_id: Option<i64>,
        /// Albums ids.
        albums_ids: Vec<i64>,
        /// Whether one can comment.
        can_comment: Option<bool>,
        /// Whether one can delete.
        can_delete: Option<bool>,
        /// Whether it can be edited.
        can_edit: Option<bool>,
        /// Whether one can recover.
        can_recover: Option<bool>,
        /// Whether one can repost.
        can_repost: Option<bool>,
        /// Whether one can show convert to service.
        can_show_convert_to_service: Option<bool>,
        /// Cancel info.
        cancel_info: Option<Box<Link>>,
        /// Likes.
        likes: Option<Box<schema::BaseLikes>>,
        /// How many orders.
        orders_count: Option<i64>,
        /// Owner info.
        owner_info: Option<Box<schema::MarketItemOwnerInfo>>,
        /// Photos.
        photos: Vec<Photo>,
        /// Promotion.
        promotion: Option<Box<schema::MarketItemPromotionInfo>>,
        /// Rating. From 0 to 5.
        rating: Option<f64>,
        /// Reposts.
        reposts: Option<Box<schema::BaseRepostsInfo>>,
        /// User agreement info.
        user_agreement_info: Option<String>,
        /// How many views.
        views_count: Option<i64>,
        /// Vk pay discount.
        vk_pay_discount: Option<i64>,
        /// Wishlist item id.
        wishlist_item_id: Option<i64>,
    }

    /// A gift.
    Gift {
        /// Number.
        id: i64,
        /// Build id.
        build_id: Option<String>,
        /// Whether it is stickers style.
        is_stickers_style: Option<bool>,
        /// Keywords.
        keywords: Option<String>,
        /// Stickers product id.
        stickers_product_id: Option<i64>,
        /// Thumb 256.
        thumb_256: Option<String>,
        /// Thumb 48.
        thumb_48: Option<String>,
        /// Thumb 512.
        thumb_512: Option<String>,
        /// Thumb 96.
        thumb_96: Option<String>,
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
        /// Blurred preview.
        blurred_preview: Option<String>,
        /// Whether one can ask.
        can_ask: Option<bool>,
        /// Whether one can ask anonymous.
        can_ask_anonymous: Option<bool>,
        /// Whether one can comment.
        can_comment: Option<bool>,
        /// Whether one can hide.
        can_hide: Option<bool>,
        /// Whether one can like.
        can_like: Option<bool>,
        /// Whether one can reply.
        can_reply: Option<bool>,
        /// Whether one can see.
        can_see: Option<bool>,
        /// Whether one can share.
        can_share: Option<bool>,
        /// Whether one can use in narrative.
        can_use_in_narrative: Option<bool>,
        /// Clickable stickers.
        clickable_stickers: Option<Box<schema::StoriesClickableStickers>>,
        /// First narrative id.
        first_narrative_id: Option<i64>,
        /// First narrative title.
        first_narrative_title: Option<String>,
        /// Whether it is deleted.
        is_deleted: Option<bool>,
        /// Whether it is expired.
        is_expired: Option<bool>,
        /// Link.
        link: Option<Box<schema::StoriesStoryLink>>,
        /// How many narratives.
        narratives_count: Option<i64>,
        /// Parent story.
        parent_story: Option<Box<Story>>,
        /// Parent story access key.
        parent_story_access_key: Option<String>,
        /// Parent story id.
        parent_story_id: Option<i64>,
        /// Parent story owner id.
        parent_story_owner_id: Option<i64>,
        /// Photo.
        photo: Option<Box<Photo>>,
        /// Replies.
        replies: Option<Box<schema::StoriesReplies>>,
        /// Seen.
        seen: Option<bool>,
        /// The kind. One of `photo`, `video`, `live_active`, `live_finished`.
        kind: Option<schema::StoriesStoryType> = "type",
        /// Video.
        video: Option<Box<Video>>,
        /// Views.
        views: Option<i64>,
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
        /// Participants.
        participants: Option<Box<schema::CallsParticipants>>,
    }
}
