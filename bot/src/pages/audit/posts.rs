//! What a wall tells: how often a page writes, what, and how it is met.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use vkapi::types::{Media, WallPost};

use crate::domain::Ms;
pub use crate::domain::page::PostKind;

/// The week a rhythm is judged by, in days.
pub const WEEK: u16 = 7;
/// The month a mean is taken over, in days.
pub const MONTH: u16 = 30;

impl PostKind {
    /// What a post mostly is.
    pub fn of(post: &WallPost) -> Self {
        if is_repost(post) {
            return Self::Repost;
        }
        if post.post_type.as_deref() == Some("clip") {
            return Self::Clip;
        }
        let hung = post.attachments.iter().map(|a| hung(&a.kind, &a.media, &a.raw));
        hung.min().unwrap_or(Self::Text)
    }

    /// Whether it is more than words and photos of the page's own.
    pub fn is_more_than_photos(self) -> bool {
        matches!(self, Self::Live | Self::Clip | Self::Video | Self::Poll | Self::Article | Self::Audio)
    }

    /// Whether there is something to look at.
    pub fn is_seen(self) -> bool {
        matches!(self, Self::Live | Self::Clip | Self::Video | Self::Photo)
    }
}

fn hung(kind: &str, media: &Media, raw: &serde_json::Value) -> PostKind {
    match (kind, media) {
        ("clip", _) => PostKind::Clip,
        (_, Media::Video(video)) => match video.kind.as_deref() {
            Some("short_video") => PostKind::Clip,
            Some("live") => PostKind::Live,
            _ if video.live => PostKind::Live,
            _ => PostKind::Video,
        },
        ("video", _) => PostKind::Video,
        ("poll", _) => PostKind::Poll,
        ("article", _) => PostKind::Article,
        (_, Media::Link(link)) if is_article(&link.url) || raw.get("preview_page").is_some() => {
            PostKind::Article
        }
        ("photo" | "posted_photo" | "photos_list" | "album" | "graffiti", _) => PostKind::Photo,
        ("podcast" | "podcasts" | "audio" | "audio_playlist", _) => PostKind::Audio,
        ("doc", _) => PostKind::File,
        ("link", _) => PostKind::Link,
        _ => PostKind::Other,
    }
}

fn is_article(url: &str) -> bool {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    ["vk.com/@", "vk.ru/@", "m.vk.com/@", "vk.com/article", "vk.ru/article"]
        .iter()
        .any(|s| path.starts_with(s))
}

/// Whether a post shows somebody else's.
pub(super) fn is_repost(post: &WallPost) -> bool {
    !post.copy_history.is_empty()
}

/// What was published until `now`, newest first: no drafts, no postponed or suggested posts, none twice; a pinned
/// post stands where its date puts it.
pub(super) fn published(wall: &[WallPost], now: Ms) -> Vec<&WallPost> {
    let mut seen = HashSet::new();
    let mut posts: Vec<&WallPost> = wall
        .iter()
        .filter(|post| {
            !matches!(post.post_type.as_deref(), Some("suggest" | "postpone" | "postponed_ad" | "reply"))
        })
        .filter(|post| post.date.is_some_and(|date| date > 0 && date.saturating_mul(1_000) <= now.0))
        .filter(|post| seen.insert(post.id))
        .collect();
    posts.sort_by_key(|post| (std::cmp::Reverse(post.date), std::cmp::Reverse(post.id)));
    posts
}

/// The posts of the last `days` days.
pub(super) fn within<'p>(posts: &[&'p WallPost], now: Ms, days: u16) -> Vec<&'p WallPost> {
    let from = now.plus(-i64::from(days) * Ms::DAY);
    posts.iter().copied().filter(|post| post.date.unwrap_or(0).saturating_mul(1_000) > from.0).collect()
}

/// Some numbers taken together; what VK does not tell of a post is left out, not taken for nought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Of how many posts the number is known.
    pub known: usize,
    /// All together.
    pub sum: i64,
    /// Half of the posts have no more than this.
    pub median: Option<i64>,
}

impl Numbers {
    fn of(values: impl Iterator<Item = Option<i64>>) -> Self {
        let mut values: Vec<i64> = values.flatten().map(|n| n.max(0)).collect();
        values.sort_unstable();
        let median = match values.len() {
            0 => None,
            n if n % 2 == 1 => values.get(n / 2).copied(),
            n => values.get(n / 2 - 1).zip(values.get(n / 2)).map(|(a, b)| i64::midpoint(*a, *b)),
        };
        Self { known: values.len(), sum: values.iter().fold(0, |sum, n| sum.saturating_add(*n)), median }
    }
}

/// What a page did in some days.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Span {
    /// How many days.
    pub days: u16,
    /// Posts in the community's name.
    pub posts: usize,
    /// How many of them are not reposts.
    pub own: usize,
    /// Posts by what they mostly are.
    pub kinds: BTreeMap<PostKind, usize>,
    /// Posts marked as advertising.
    pub ads: usize,
    /// Views of posts.
    pub views: Numbers,
    /// Likes of posts.
    pub likes: Numbers,
    /// Comments under posts.
    pub comments: Numbers,
    /// Reposts of posts.
    pub reposts: Numbers,
    /// Reactions for a hundred views, in tenths: (likes + comments + reposts) ÷ views, over the posts whose views are
    /// known; absent without views.
    pub engagement: Option<i64>,
    /// The post that was met best: most reactions, the newer of equals.
    pub best: Option<i64>,
}

impl Span {
    /// What these posts amount to; all of them must lie within the days.
    pub fn of(posts: &[&WallPost], days: u16) -> Self {
        let mut kinds = BTreeMap::new();
        for post in posts {
            *kinds.entry(PostKind::of(post)).or_default() += 1;
        }
        let count = |of: fn(&WallPost) -> Option<i64>| Numbers::of(posts.iter().map(|post| of(post)));
        let best = posts.iter().filter(|p| reactions(p) > 0).max_by_key(|p| (reactions(p), p.date, p.id));
        Self {
            days,
            posts: posts.len(),
            own: posts.iter().filter(|post| !is_repost(post)).count(),
            kinds,
            ads: posts.iter().filter(|post| post.marked_as_ads).count(),
            views: count(views),
            likes: count(|post| post.likes.as_ref().map(|n| n.count)),
            comments: count(|post| post.comments.as_ref().map(|n| n.count)),
            reposts: count(|post| post.reposts.as_ref().map(|n| n.count)),
            engagement: engagement(posts),
            best: best.map(|post| post.id),
        }
    }
}

pub(super) fn views(post: &WallPost) -> Option<i64> {
    post.views.as_ref().map(|n| n.count)
}

/// Likes, comments and reposts of a post.
pub(super) fn reactions(post: &WallPost) -> i64 {
    [&post.likes, &post.comments, &post.reposts]
        .iter()
        .filter_map(|n| n.as_ref())
        .fold(0, |sum: i64, n| sum.saturating_add(n.count.max(0)))
}

fn engagement(posts: &[&WallPost]) -> Option<i64> {
    let known = posts.iter().filter_map(|post| views(post).filter(|n| *n > 0).map(|n| (reactions(post), n)));
    let (reacted, seen) = known
        .fold((0_i64, 0_i64), |(r, s), (reacted, seen)| (r.saturating_add(reacted), s.saturating_add(seen)));
    (seen > 0).then(|| reacted.saturating_mul(1_000) / seen)
}
