use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

use super::Ms;

/// A question of a person that the guides did not settle, or settled, kept for those who write them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Whose and which.
    pub key: AskedKey,
    /// Names it on the buttons of staff, so that they never tell who asked; below 2⁵³, which a payload keeps.
    pub id: u64,
    /// When it was asked.
    pub at: Ms,
    /// What was asked, masked, at most [`Asked::TEXT`] characters; empty if only the guide is known.
    pub text: String,
    /// How the bot did.
    pub how: How,
    /// The guide it was answered with.
    pub guide: Option<String>,
    /// She waits for an answer of a person.
    pub waits: bool,
    /// What staff made of it.
    pub fate: Fate,
}

impl Asked {
    /// The most characters kept of a question.
    pub const TEXT: usize = 300;

    /// Whether staff has to look at it.
    pub fn is_open(&self) -> bool {
        self.waits || (self.fate == Fate::Open && self.how != How::Helped)
    }
}

/// Names a kept question: its person and its place among hers. There are [`AskedKey::MOST`] places, so that nobody
/// fills the store; after that her oldest makes room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AskedKey {
    /// Who asked.
    pub person: UserId,
    /// Her place, from 0.
    pub n: u16,
}

impl AskedKey {
    /// How many questions are kept of one person.
    pub const MOST: u16 = 64;
}

/// How the bot did with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// It knew no guide.
    Unknown,
    /// It offered several to choose from.
    Unsure,
    /// It answered, and that did not help.
    Unhelpful,
    /// It answered, and that helped.
    Helped,
}

/// What staff made of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// Nothing yet.
    Open,
    /// A person answered it.
    Answered,
    /// It is no question for the guides.
    Hidden,
    /// It belongs to this guide (`None`: to one still to be written); an editor adds it.
    Filed(Option<String>),
}

/// The question a person asked last, for the buttons under its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// Its place, as in [`AskedKey`].
    pub n: u16,
    /// Tells it from others on buttons.
    pub mark: u32,
    /// The question, masked.
    pub text: String,
    /// The id it is kept under; 0 while it is not.
    pub id: u64,
}
