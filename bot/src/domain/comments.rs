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
    /// Those of them that its people were told of.
    pub told: Vec<(i64, i64)>,
}

impl Comments {
    /// A page whose comments were not read yet.
    pub fn new(id: GroupId) -> Self {
        Self { id, read: Vec::new(), open: Vec::new(), told: Vec::new() }
    }

    /// The questions that have waited since a moment or longer and that nobody was told of: from now on they were. None while
    /// one that was told of still waits: whoever looks for it sees the others.
    pub fn tell(&mut self, since: Ms) -> Vec<Question> {
        let open = &self.open;
        self.told.retain(|told| open.iter().any(|question| question.key() == *told));
        if !self.told.is_empty() {
            return Vec::new();
        }
        let new: Vec<Question> = self.open.iter().filter(|question| question.at <= since).copied().collect();
        self.told.extend(new.iter().map(Question::key));
        new
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
    /// The numbers of its post and of itself: no other question has both.
    fn key(&self) -> (i64, i64) {
        (self.post, self.comment)
    }

    /// Where it can be read, without a scheme.
    pub fn link(&self, page: GroupId) -> String {
        format!("vk.ru/wall-{page}_{}?reply={}", self.post, self.comment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_told_of_once_when_it_has_waited_and_forgotten_when_it_is_answered() {
        let question = |comment, at| Question { post: 9, comment, at: Ms(at) };
        let mut known =
            Comments { open: vec![question(1, 10), question(2, 50)], ..Comments::new(GroupId(5)) };
        assert_eq!(known.tell(Ms(9)), []);
        assert_eq!(known.tell(Ms(20)), [question(1, 10)]);
        assert_eq!(known.tell(Ms(20)), [], "once");
        assert_eq!(known.tell(Ms(60)), [], "she has not looked yet, and will see both");
        known.open.remove(0);
        assert_eq!(known.tell(Ms(60)), [question(2, 50)]);
        assert_eq!(known.told, [(9, 2)]);
    }
}
