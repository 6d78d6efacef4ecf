//! Posts and comments.

use serde_json::Value;

use super::{
    attachment::Attachment,
    field::object,
    ids::{PeerId, UserId},
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
        copyright: Option<Value>,
        /// The place: here its coordinates are a text.
        geo: Option<Value>,
        /// How many liked it.
        likes: Option<Count>,
        /// How many commented on it.
        comments: Option<Count>,
        /// How many reposted it.
        reposts: Option<Count>,
        /// How many saw it.
        views: Option<Count>,
        /// All reactions by kind.
        reactions: Option<Value>,
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
    }
}
