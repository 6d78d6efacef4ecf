//! The open score: points that anybody can count again by hand. A hint of the bot, no official rating.

use serde::Serialize;
use vkapi::types::WallPost;

use super::{
    Look, PostKind, Profile, Tiles, Wall,
    posts::{Span, WEEK, is_repost, published, within},
};
pub use crate::domain::page::{Unscored, Zone};
use crate::{
    content::{Formula, Norm, Part},
    domain::page::{Aspect, Found, Page, Shown},
};

/// A post is fresh for so many days. Our own threshold.
const FRESH: u16 = 3;
/// A post with more characters and no picture is not read to its end. Our own threshold.
const LONG: usize = 1_500;

/// What no machine sees, or what VK happens not to show, as a person said it or a curator confirmed it; `None` is
/// unknown. Of what VK shows its word alone counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The page has the mark «Госорганизация».
    pub badge: Option<bool>,
    /// It is connected to «Госпаблики».
    pub connected: Option<bool>,
    /// It has a picture.
    pub avatar: Option<bool>,
    /// It has a cover.
    pub cover: Option<bool>,
    /// It has both tiles of ПОС.
    pub tiles: Option<bool>,
}

impl Said {
    /// What people said of a page.
    pub fn of(page: &Page) -> Self {
        let word = |what| page.word(what).map(|word| word.yes);
        Self {
            badge: word(Aspect::Badge),
            connected: word(Aspect::Connected),
            avatar: word(Aspect::Avatar),
            cover: word(Aspect::Cover),
            tiles: word(Aspect::Tiles),
        }
    }
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
    /// The part.
    pub what: Aspect,
    /// Points got.
    pub got: u8,
    /// Points there are.
    pub of: u8,
    /// Why.
    pub evidence: Evidence,
}

impl Scored {
    /// Whether anybody can do something for it. What VK does not show may be there already: nothing is promised for
    /// it. The badge and the connection are never seen: of them her word is asked.
    fn is_to_mend(&self) -> bool {
        self.evidence != Evidence::Unknown || matches!(self.what, Aspect::Badge | Aspect::Connected)
    }
}

/// Something that would bring points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gain {
    /// The part.
    pub what: Aspect,
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
    let facts = Facts::of(look, wall, profile, said, norm.posts_a_week);
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

fn enough(look: &Look, profile: &Profile, wall: &[WallPost], formula: &Formula) -> Result<(), Unscored> {
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
        .filter(|(scored, _)| scored.got < scored.of && scored.is_to_mend())
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
        right.cmp(&left).then_with(|| a.what.slug().cmp(b.what.slug()))
    });
    gains
}

/// What was found on a page, in the order of [`Aspect::ALL`]; what VK does not tell is not in it.
pub fn found(look: &Look, posts_a_week: u8) -> Vec<Found> {
    let profile = Profile::of(&look.group);
    let open = Found { what: Aspect::Open, there: profile.open, shown: Shown::Page };
    let Wall::Read(wall) = &look.wall else { return vec![open] };
    if !profile.open {
        return vec![open];
    }
    let characters = u32::try_from(profile.description).unwrap_or(u32::MAX);
    let facts = Facts::of(look, wall, profile, Said::default(), posts_a_week);
    let one = |(_, what): &(&str, Aspect)| {
        // Two points: one tile of two is half of them.
        let Scored { got, of, evidence, .. } =
            facts.scored(&Part { what: *what, points: 2, minutes: 1, steps: Vec::new() });
        let shown = match (what, evidence) {
            (_, Evidence::Unknown | Evidence::Said(_) | Evidence::Views { .. }) => return None,
            (Aspect::Description, _) => Shown::Count(characters),
            (_, Evidence::Filled | Evidence::Empty) => Shown::Page,
            (_, Evidence::Tiles(right)) => Shown::Count(u32::from(right)),
            (Aspect::Posts, Evidence::Posts { ids, .. }) => {
                Shown::Count(u32::try_from(ids.len()).unwrap_or(u32::MAX))
            }
            (_, Evidence::Posts { ids, .. }) => ids.first().map_or(Shown::Page, |id| Shown::Post(*id)),
        };
        Some(Found { what: *what, there: got == of, shown })
    };
    Aspect::ALL.iter().filter_map(one).collect()
}

struct Facts {
    profile: Profile,
    tiles: Tiles,
    said: Said,
    /// The week's posts, newest first.
    ids: Vec<i64>,
    own: Vec<i64>,
    visual: Vec<i64>,
    formats: Vec<i64>,
    /// The newest post if it is fresh.
    fresh: Vec<i64>,
    /// The week has posts, and each can be read.
    readable: bool,
    span: Span,
    asked: u8,
}

impl Facts {
    fn of(look: &Look, wall: &[WallPost], profile: Profile, said: Said, asked: u8) -> Self {
        let posts = published(wall, look.at);
        let week = within(&posts, look.at, WEEK);
        let some = |fits: &dyn Fn(&WallPost) -> bool| -> Vec<i64> {
            week.iter().filter(|post| fits(post)).map(|post| post.id).collect()
        };
        let long = |post: &WallPost| {
            post.text.chars().count() > LONG && matches!(PostKind::of(post), PostKind::Text | PostKind::Link)
        };
        Self {
            profile,
            tiles: Tiles::of(&look.group),
            said,
            ids: some(&|_| true),
            own: some(&|post| !is_repost(post)),
            visual: some(&|post| PostKind::of(post).is_seen()),
            formats: some(&|post| PostKind::of(post).is_more_than_photos()),
            fresh: within(&posts, look.at, FRESH).first().map(|post| post.id).into_iter().collect(),
            readable: !week.is_empty() && some(&long).is_empty(),
            span: Span::of(&week, WEEK),
            asked,
        }
    }

    fn scored(&self, part: &Part) -> Scored {
        let of = part.points;
        let (got, evidence) = match part.what {
            Aspect::Badge => said(self.said.badge, of),
            Aspect::Connected => said(self.said.connected, of),
            Aspect::Named | Aspect::Flagship | Aspect::Card => (0, Evidence::Unknown),
            Aspect::Avatar => seen_or_said(self.profile.avatar, self.said.avatar, of),
            Aspect::Cover => seen_or_said(self.profile.cover, self.said.cover, of),
            Aspect::Address => field(self.profile.address, of),
            Aspect::Description => field(Some(self.profile.description > 0), of),
            Aspect::Site => field(Some(self.profile.site), of),
            Aspect::ShortName => field(Some(self.profile.short_name), of),
            Aspect::Phone => field(Some(self.profile.phone), of),
            Aspect::Pinned => field(Some(self.profile.pinned.is_some()), of),
            Aspect::Tiles => match (&self.tiles, self.tiles.right()) {
                (Tiles::Hidden, _) => said(self.said.tiles, of),
                (Tiles::Seen(_), right) => {
                    (u8::try_from(u16::from(of) * u16::from(right) / 2).unwrap_or(of), Evidence::Tiles(right))
                }
            },
            Aspect::Posts => {
                let got = if self.ids.len() >= usize::from(self.asked) { of } else { 0 };
                (got, Evidence::Posts { ids: self.ids.clone(), asked: self.asked })
            }
            Aspect::Own => one_of(&self.own, of),
            Aspect::Visual => one_of(&self.visual, of),
            Aspect::Formats => one_of(&self.formats, of),
            Aspect::Fresh => one_of(&self.fresh, of),
            Aspect::Readable => field(Some(self.readable), of),
            Aspect::Open => field(Some(self.profile.open), of),
            Aspect::Email => field(Some(self.profile.email), of),
            Aspect::Topic => field(Some(self.profile.activity.is_some()), of),
            Aspect::Views => self.views(part),
        };
        Scored { what: part.what, got, of, evidence }
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

/// What VK shows, or, where it shows nothing, what a person said.
fn seen_or_said(seen: Option<bool>, word: Option<bool>, of: u8) -> (u8, Evidence) {
    if seen.is_some() { field(seen, of) } else { said(word, of) }
}

fn one_of(posts: &[i64], of: u8) -> (u8, Evidence) {
    (if posts.is_empty() { 0 } else { of }, Evidence::Posts { ids: posts.to_vec(), asked: 1 })
}

fn field(there: Option<bool>, of: u8) -> (u8, Evidence) {
    match there {
        Some(true) => (of, Evidence::Filled),
        Some(false) => (0, Evidence::Empty),
        None => (0, Evidence::Unknown),
    }
}
