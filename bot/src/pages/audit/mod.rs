//! What a page really does: pure measures over what VK tells of it.

mod hours;
mod posts;
mod profile;
mod questions;
mod score;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tests_pages;
mod tiles;
mod weeks;

use serde::Serialize;
use vkapi::types::{Group, WallPost};

pub use posts::{MONTH, Numbers, PostKind, Span, WEEK};
pub use profile::{FIELDS, Profile};
pub use questions::{COMMENTED, commented, waiting};
pub use score::{Evidence, Gain, Said, Score, Scored, Unscored, Zone, found, score};
pub use tiles::{Defect, Tile, TileKind, Tiles};
pub use weeks::kept;

use crate::domain::Ms;

/// The most posts `wall.get` tells at once. <https://dev.vk.com/ru/method/wall.get>
pub const WALL: usize = 100;

/// What was seen of a wall.
#[derive(Clone, Debug)]
pub enum Wall {
    /// Its newest posts, as VK orders them.
    Read(Vec<WallPost>),
    /// VK shows it to nobody, or not to us.
    Shut,
}

/// A page as it was seen at a moment.
#[derive(Clone, Debug)]
pub struct Look {
    /// The moment.
    pub at: Ms,
    /// Its fields, as many of [`FIELDS`] as VK tells.
    pub group: Group,
    /// Its wall.
    pub wall: Wall,
}

/// When the newest post of a wall came out.
pub fn newest(wall: &[WallPost], now: Ms) -> Option<Ms> {
    posts::published(wall, now).first().and_then(|post| post.date).map(|date| Ms(date.saturating_mul(1_000)))
}

/// All measures of a page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measures {
    /// Its fields.
    pub profile: Profile,
    /// Its tiles of ПОС.
    pub tiles: Tiles,
    /// Days since the last post, whole ones; absent without posts.
    pub silent_days: Option<i64>,
    /// The last seven days.
    pub week: Option<Span>,
    /// The last thirty.
    pub month: Option<Span>,
}

impl Measures {
    /// Takes them of a page.
    pub fn of(look: &Look) -> Self {
        let (mut silent_days, mut week, mut month) = (None, None, None);
        if let Wall::Read(wall) = &look.wall {
            let posts = posts::published(wall, look.at);
            let last = posts.first().and_then(|post| post.date);
            silent_days = last.map(|date| (look.at.0 / 1_000 - date) / 86_400);
            week = Some(Span::of(&posts::within(&posts, look.at, WEEK), WEEK));
            month = Some(Span::of(&posts::within(&posts, look.at, MONTH), MONTH));
        }
        Self { profile: Profile::of(&look.group), tiles: Tiles::of(&look.group), silent_days, week, month }
    }
}
