//! The open score: points that anybody can count again by hand. A hint of the bot, no official rating.

use serde::Serialize;

use super::{
    Look, Profile, Tiles, Wall,
    posts::{Span, WEEK, published, within},
};
use crate::content::{Formula, Norm, Part, What};

/// What no machine sees, as a person said it or a curator confirmed it; `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The page has the mark «Госорганизация».
    pub badge: Option<bool>,
    /// It is connected to «Госпаблики».
    pub connected: Option<bool>,
}

/// How a page stands by its norm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Below the norm's yellow.
    Red,
    /// Below its green.
    Yellow,
    /// From its green on.
    Green,
}

/// What a part's points rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A field of the page is there.
    Filled,
    /// A field of the page is empty.
    Empty,
    /// VK does not tell it, or nobody said it.
    Unknown,
    /// A person said so.
    Said(bool),
    /// So many right tiles of ПОС of two.
    Tiles(u8),
    /// These posts, newest first, of so many that are asked for.
    Posts {
        /// Their numbers.
        ids: Vec<i64>,
        /// How many the norm asks for.
        asked: u8,
    },
    /// So many views of the week's posts for so many subscribers.
    Views {
        /// Views.
        views: i64,
        /// Subscribers.
        members: i64,
        /// One for a hundred of the other.
        percent: i64,
    },
}

/// One part of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scored {
    /// The part, by its word in the norm.
    pub what: &'static str,
    /// Points got.
    pub got: u8,
    /// Points there are.
    pub of: u8,
    /// Why.
    pub evidence: Evidence,
}

/// Something that would bring points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gain {
    /// The part, by its word in the norm.
    pub what: &'static str,
    /// How many points it would bring.
    pub points: u8,
    /// How many minutes of work it takes.
    pub minutes: u16,
}

/// A page's score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// 0 to 100.
    pub points: u8,
    /// Where that is.
    pub zone: Zone,
    /// The parts, in the norm's order.
    pub parts: Vec<Scored>,
    /// What would bring more, the most points for a minute of work first.
    pub gains: Vec<Gain>,
}

/// Why a page has no score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unscored {
    /// It is deleted, banned or closed.
    Closed,
    /// Its wall could not be read.
    Unread,
    /// It has too few subscribers for shares of them to mean anything.
    Small {
        /// Subscribers it has.
        members: i64,
        /// Subscribers the norm asks for.
        least: u32,
    },
    /// Its first post is too young for a rhythm to show.
    Young {
        /// Days since the first post that can be seen.
        days: i64,
        /// Days the norm asks for.
        least: u16,
    },
}

/// Counts a page's score by a norm.
///
/// # Errors
/// It cannot or should not be scored.
pub fn score(look: &Look, said: Said, norm: &Norm) -> Result<Score, Unscored> {
    let profile = Profile::of(&look.group);
    if !profile.open {
        return Err(Unscored::Closed);
    }
    let Wall::Read(wall) = &look.wall else { return Err(Unscored::Unread) };
    enough(look, &profile, wall, &norm.formula)?;
    let posts = published(wall, look.at);
    let week = within(&posts, look.at, WEEK);
    let span = Span::of(&week, WEEK);
    let ids: Vec<i64> = week.iter().map(|post| post.id).collect();
    let own: Vec<i64> = week.iter().filter(|p| !super::posts::is_repost(p)).map(|p| p.id).collect();
    let facts =
        Facts { profile, tiles: Tiles::of(&look.group), said, ids, own, span, asked: norm.posts_a_week };
    let parts: Vec<Scored> = norm.formula.parts.iter().map(|part| facts.scored(part)).collect();
    let points = parts.iter().fold(0_u8, |sum, part| sum.saturating_add(part.got));
    Ok(Score { points, zone: zone(points, &norm.formula), gains: gains(&parts, &norm.formula), parts })
}

/// Where a number of points is.
fn zone(points: u8, formula: &Formula) -> Zone {
    match points {
        n if n >= formula.green => Zone::Green,
        n if n >= formula.yellow => Zone::Yellow,
        _ => Zone::Red,
    }
}

fn enough(
    look: &Look,
    profile: &Profile,
    wall: &[vkapi::types::WallPost],
    formula: &Formula,
) -> Result<(), Unscored> {
    if let Some(members) = profile.members.filter(|n| *n < i64::from(formula.least_members)) {
        return Err(Unscored::Small { members, least: formula.least_members });
    }
    // A full answer of VK's hundred says that older posts are there.
    let whole = wall.len() < super::WALL;
    let first = published(wall, look.at).last().and_then(|post| post.date).unwrap_or(look.at.0 / 1_000);
    let days = (look.at.0 / 1_000 - first) / 86_400;
    if whole && !wall.is_empty() && days < i64::from(formula.least_days) {
        return Err(Unscored::Young { days, least: formula.least_days });
    }
    Ok(())
}

fn gains(parts: &[Scored], formula: &Formula) -> Vec<Gain> {
    let mut gains: Vec<Gain> = parts
        .iter()
        .zip(&formula.parts)
        .filter(|(scored, _)| scored.got < scored.of)
        .map(|(scored, part)| Gain {
            what: scored.what,
            points: scored.of - scored.got,
            minutes: part.minutes,
        })
        .collect();
    // a/b > c/d as a·d > c·b: no fractions, no ties by rounding.
    gains.sort_by(|a, b| {
        let (left, right) =
            (u32::from(a.points) * u32::from(b.minutes), u32::from(b.points) * u32::from(a.minutes));
        right.cmp(&left).then_with(|| a.what.cmp(b.what))
    });
    gains
}

struct Facts {
    profile: Profile,
    tiles: Tiles,
    said: Said,
    ids: Vec<i64>,
    own: Vec<i64>,
    span: Span,
    asked: u8,
}

impl Facts {
    fn scored(&self, part: &Part) -> Scored {
        let of = part.points;
        let (got, evidence) = match part.what {
            What::Badge => said(self.said.badge, of),
            What::Connected => said(self.said.connected, of),
            What::Avatar => field(self.profile.avatar, of),
            What::Cover => field(self.profile.cover, of),
            What::Address => field(self.profile.address, of),
            What::Description => field(Some(self.profile.description > 0), of),
            What::Site => field(Some(self.profile.site), of),
            What::ShortName => field(Some(self.profile.short_name), of),
            What::Phone => field(Some(self.profile.phone), of),
            What::Pinned => field(Some(self.profile.pinned.is_some()), of),
            What::Tiles => match (&self.tiles, self.tiles.right()) {
                (Tiles::Hidden, _) => (0, Evidence::Unknown),
                (Tiles::Seen(_), right) => {
                    (u8::try_from(u16::from(of) * u16::from(right) / 2).unwrap_or(of), Evidence::Tiles(right))
                }
            },
            What::Posts => {
                let got = if self.ids.len() >= usize::from(self.asked) { of } else { 0 };
                (got, Evidence::Posts { ids: self.ids.clone(), asked: self.asked })
            }
            What::Own => {
                let got = if self.own.is_empty() { 0 } else { of };
                (got, Evidence::Posts { ids: self.own.clone(), asked: 1 })
            }
            What::Views => self.views(part),
        };
        Scored { what: part.what.slug(), got, of, evidence }
    }

    fn views(&self, part: &Part) -> (u8, Evidence) {
        let Some(members) = self.profile.members.filter(|n| *n > 0) else { return (0, Evidence::Unknown) };
        if self.span.posts > 0 && self.span.views.known == 0 {
            return (0, Evidence::Unknown);
        }
        let views = self.span.views.sum;
        let over = |step: &&crate::content::ViewsStep| {
            i128::from(views) * 100 > i128::from(step.over) * i128::from(members)
        };
        let got = part.steps.iter().filter(over).map(|step| step.points).max().unwrap_or(0);
        let percent = views.saturating_mul(100) / members;
        (got, Evidence::Views { views, members, percent })
    }
}

fn said(said: Option<bool>, of: u8) -> (u8, Evidence) {
    match said {
        Some(yes) => (if yes { of } else { 0 }, Evidence::Said(yes)),
        None => (0, Evidence::Unknown),
    }
}

fn field(there: Option<bool>, of: u8) -> (u8, Evidence) {
    match there {
        Some(true) => (of, Evidence::Filled),
        Some(false) => (0, Evidence::Empty),
        None => (0, Evidence::Unknown),
    }
}
