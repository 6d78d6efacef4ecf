//! What is looked at: photos, videos, stories, stickers.

use crate::types::{field::object, ids::UserId, schema};

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

    /// A sticker.
    Sticker {
        /// Number.
        sticker_id: i64,
        /// The set.
        product_id: Option<i64>,
        /// Its pictures of several sizes.
        images: Vec<schema::BaseImage>,
        /// The same on a background.
        images_with_background: Vec<schema::BaseImage>,
        /// Where its animation is.
        animation_url: Option<String>,
        /// Its animations, one a theme.
        animations: Vec<schema::BaseStickerAnimation>,
        /// Whether the caller may send it.
        is_allowed: Option<bool>,
        /// VK's name of the shape: `base_sticker_new`.
        inner_type: Option<String>,
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
}
