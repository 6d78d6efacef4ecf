//! What is listened to, read, followed, answered or bought.

use super::{Photo, Video};
use crate::types::{field::object, schema};

object! {
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
