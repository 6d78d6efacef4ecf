//! A page's weeks, and what its people were advised and did.

use serde::{Deserialize, Serialize};
use vkapi::types::{GroupId, UserId};

use super::{Aspect, PostKind, Zone};
use crate::domain::{Day, Ms};

/// A week of a page, from Monday by the region's clock: as far as it has come at the last look, or the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Its Monday.
    pub from: Day,
    /// The moment it was counted up to; the end of the week once that is over.
    pub at: Ms,
    /// Posts in the community's name.
    pub posts: u16,
    /// How many of them are not reposts.
    pub own: u16,
    /// How many posts the norm asked for.
    pub asked: u8,
    /// Posts by what they mostly are, each kind once.
    pub kinds: Vec<(PostKind, u16)>,
    /// Views of posts.
    pub views: Sum,
    /// Likes of posts.
    pub likes: Sum,
    /// Comments under posts.
    pub comments: Sum,
    /// Reposts of posts.
    pub reposts: Sum,
    /// Subscribers; not known of weeks from before the first look.
    pub members: Option<u32>,
    /// Points by the norm then in force; none for weeks from before the first look and pages that are not scored.
    pub score: Option<u8>,
    /// Where that is.
    pub zone: Option<Zone>,
    /// Whole days without a post at that moment.
    pub silent_days: Option<u16>,
    /// The post that was met best.
    pub best: Option<Best>,
    /// What would have brought points, the most for a minute of work first.
    pub lacks: Vec<Lack>,
}

/// What curators keep of a page: that its people were warned of weeks below the norm, and whether it may be shown as an
/// example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The page.
    pub id: GroupId,
    /// Grows by one with each change; the store refuses a change made from an older one.
    pub rev: u32,
    /// The Monday of the week in which its people were warned of the misses that still go on.
    pub warned: Option<Day>,
    /// The Monday of the week in which its curator was told of them.
    pub told: Option<Day>,
    /// Who of its people lets it be shown to others as an example.
    pub example: Option<Example>,
}

impl Watch {
    /// A page of which nothing is kept yet.
    pub fn new(id: GroupId) -> Self {
        Self { id, rev: 0, warned: None, told: None, example: None }
    }

    /// Removes the word of a person who is forgotten; true if there was one.
    pub fn forget(&mut self, person: UserId) -> bool {
        let hers = self.example.is_some_and(|example| example.by == person);
        if hers {
            self.example = None;
        }
        hers
    }
}

/// Somebody's word that a page may be shown as an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Ms,
}

/// A number told of each post of a week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// All together.
    pub sum: u32,
    /// Half of the posts have no more; `None` if VK tells it of no post.
    pub median: Option<u32>,
}

/// A post that was met well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Best {
    /// Its number on the wall.
    pub post: i64,
    /// When it came out.
    pub at: Ms,
    /// Its first words, at most sixty characters; empty if it has none.
    pub words: String,
    /// Views, if VK tells.
    pub views: Option<u32>,
    /// Likes, comments and reposts together.
    pub reactions: u32,
}

/// Something that would have brought points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lack {
    /// What.
    pub what: Aspect,
    /// Points.
    pub points: u8,
    /// Minutes of one person's work.
    pub minutes: u16,
}

/// What a person was advised about her pages and how she took it; kept under her id and forgotten with her.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudged {
    /// The Monday of the week of the last nudge.
    pub week: Option<Day>,
    /// How many nudges she got: wordings take turns by it.
    pub turns: u16,
    /// What was advised, newest first, at most [`Nudged::ADVISED`].
    pub advised: Vec<Advised>,
    /// How often she said «Не сейчас» to an advice, by its id; after three times it is not given again.
    pub declined: Vec<(String, u8)>,
}

impl Nudged {
    /// Advice kept: three a week for three months and a half.
    pub const ADVISED: usize = 45;
}

/// An advice that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advised {
    /// The advice's id.
    pub advice: String,
    /// The page it was about.
    pub page: GroupId,
    /// The Monday of the week it was given in.
    pub week: Day,
    /// What she answered.
    pub answer: Option<Answer>,
}

/// An answer to an advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// «Сделано».
    Done,
    /// «Как сделать».
    How,
    /// «Не сейчас».
    Later,
}
