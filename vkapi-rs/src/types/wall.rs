//! Posts and comments.

use serde_json::Value;

use super::{
    attachment::Attachment,
    field::object,
    ids::{PeerId, UserId},
    schema,
};

object! {
    /// A post of a wall.
    WallPost {
        /// Number within the wall.
        id: i64,
        /// Whose wall it is on; a community is negative.
        owner_id: Option<i64>,
        /// Who wrote it; a community is negative.
        from_id: Option<PeerId>,
        /// The administrator who published it in the community's name, where VK tells.
        created_by: Option<UserId>,
        /// The author named under it.
        signer_id: Option<UserId>,
        /// When it was published, Unix seconds.
        date: Option<i64>,
        /// When it was last edited, Unix seconds.
        edited: Option<i64>,
        /// The text.
        text: String,
        /// `post`, `suggest`, `postpone`, `reply` and so on: look at it before taking a post for a published one.
        post_type: Option<String>,
        /// What hangs on it.
        attachments: Vec<Attachment>,
        /// What it reposts, nearest first.
        copy_history: Vec<WallPost>,
        /// Whether it is marked as advertising.
        marked_as_ads: bool,
        /// Whether it is pinned.
        is_pinned: bool,
        /// The source the author named.
        copyright: Option<Box<schema::WallPostCopyright>>,
        /// The place: here its coordinates are a text.
        geo: Option<Box<schema::WallGeo>>,
        /// How many liked it.
        likes: Option<Count>,
        /// How many commented on it.
        comments: Option<Count>,
        /// How many reposted it.
        reposts: Option<Count>,
        /// How many saw it.
        views: Option<Count>,
        /// All reactions by kind; VK does not document their shape.
        reactions: Option<Value>,
        /// Carousel offset.
        carousel_offset: Option<i64>,
        /// What opens it to others.
        access_key: Option<String>,
        /// Deleted details.
        deleted_details: Option<String>,
        /// Deleted reason.
        deleted_reason: Option<String>,
        /// Donut miniapp URL.
        donut_miniapp_url: Option<String>,
        /// Inner type. One of `wall_wallpost`.
        inner_type: Option<String>,
        /// Whether it is archived.
        is_archived: Option<bool>,
        /// Whether it is deleted.
        is_deleted: Option<bool>,
        /// Whether it is favorite.
        is_favorite: Option<bool>,
        /// Parents stack.
        parents_stack: Vec<i64>,
        /// The post.
        post_id: Option<i64>,
        /// Post source.
        post_source: Option<Box<schema::WallPostSource>>,
        /// Whether one can delete.
        can_delete: Option<bool>,
        /// Whether it can be edited.
        can_edit: Option<bool>,
        /// Whether one can pin.
        can_pin: Option<bool>,
        /// Donut.
        donut: Option<Box<schema::WallWallpostDonut>>,
        /// Feedback.
        feedback: Option<Box<schema::NewsfeedItemWallpostFeedback>>,
        /// Hash.
        hash: Option<String>,
        /// Short text rate. From 0 to 1.
        short_text_rate: Option<f64>,
        /// To id.
        to_id: Option<i64>,
        /// The discussion. One of `0`, `1`, `7`, `12`, `16`, `19`, `21`, `23`, `25`, `26`, `32`, `43`.
        topic_id: Option<i64>,
        /// The kind. One of `post`, `copy`, `reply`, `postpone`, `suggest`, `post_ads`, `photo`, `video`, `clip`.
        kind: Option<schema::WallPostType> = "type",
    }

    /// How many of something there are.
    Count {
        /// The number.
        count: i64,
    }

    /// A comment under a post, a photo, a video, goods or in a discussion.
    Comment {
        /// Number.
        id: i64,
        /// Who wrote it; a community is negative, and it may be your own.
        from_id: Option<PeerId>,
        /// When, Unix seconds.
        date: Option<i64>,
        /// The text.
        text: String,
        /// What hangs on it.
        attachments: Vec<Attachment>,
        /// The post it is under.
        post_id: Option<i64>,
        /// The post's owner.
        post_owner_id: Option<i64>,
        /// The wall's owner.
        owner_id: Option<i64>,
        /// The photo it is under.
        photo_id: Option<i64>,
        /// The photo's owner.
        photo_owner_id: Option<i64>,
        /// The video it is under.
        video_id: Option<i64>,
        /// The video's owner.
        video_owner_id: Option<i64>,
        /// The goods it is under.
        item_id: Option<i64>,
        /// The goods' owner.
        market_owner_id: Option<i64>,
        /// The discussion it is in.
        topic_id: Option<i64>,
        /// The discussion's owner.
        topic_owner_id: Option<i64>,
        /// Whom it answers.
        reply_to_user: Option<PeerId>,
        /// The comment it answers.
        reply_to_comment: Option<i64>,
        /// The comments above it.
        parents_stack: Vec<i64>,
        /// Whether it can be edited.
        can_edit: Option<bool>,
        /// Deleted.
        deleted: Option<bool>,
        /// Donut.
        donut: Option<Box<schema::WallWallCommentDonut>>,
        /// Whether it is from post author.
        is_from_post_author: Option<bool>,
        /// Likes.
        likes: Option<Box<schema::BaseLikesInfo>>,
        /// Pid.
        pid: Option<i64>,
        /// Real offset.
        real_offset: Option<i64>,
        /// Thread.
        thread: Option<Box<schema::CommentThread>>,
    }
}
