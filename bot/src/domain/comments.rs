//! Comments under a page's posts, as far as the bot keeps them: not what they say, and not whose they are.

use serde::{Deserialize, Serialize};
use vkapi::types::GroupId;

use super::Ms;

/// How far the comments under a page's posts were read, and which questions wait for an answer. The reader alone writes
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comments {
    /// The page.
    pub id: GroupId,
    /// Posts with how many comments each had when they were read: who answers makes them more, and they are read again.
    pub read: Vec<(i64, u32)>,
    /// Questions that nobody has answered, the oldest first.
    pub open: Vec<Question>,
}

impl Comments {
    /// A page whose comments were not read yet.
    pub fn new(id: GroupId) -> Self {
        Self { id, read: Vec::new(), open: Vec::new() }
    }

    /// Whether a post with so many comments has nothing that was not read.
    pub fn knows(&self, post: i64, count: u32) -> bool {
        self.read.contains(&(post, count))
    }
}

/// A question under a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The post.
    pub post: i64,
    /// The comment that asks.
    pub comment: i64,
    /// When it was asked.
    pub at: Ms,
}

impl Question {
    /// Where it can be read, without a scheme.
    pub fn link(&self, page: GroupId) -> String {
        format!("vk.ru/wall-{page}_{}?reply={}", self.post, self.comment)
    }
}
