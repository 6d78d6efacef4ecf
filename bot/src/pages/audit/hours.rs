//! At which hours a page's posts are looked at most, from its own history.

use vkapi::types::WallPost;

use super::posts::{is_repost, views};
use crate::domain::{Ms, Zone, page::Hours};

/// Hours that are taken together: single ones have too few posts.
const TOGETHER: u8 = 3;
/// Fewer posts of its own with known views say nothing. Our own threshold.
const LEAST: usize = 20;
/// Fewer posts of the same hours say nothing of them.
const EACH: usize = 4;
/// Posts older than this are of another time, in days.
const DAYS: i64 = 120;
/// A post is looked at for some days: a younger one would count for less than it will have.
const SETTLED: i64 = 2 * Ms::DAY;

/// The hours whose posts have the highest median of views, at least a tenth above that of all; nothing where posts are
/// few, or come out at about the same hours always.
pub(super) fn hours(posts: &[&WallPost], now: Ms, zone: &Zone) -> Option<Hours> {
    let moment = |post: &WallPost| Ms(post.date.unwrap_or(0).saturating_mul(1_000));
    let fits = |post: &&&WallPost| {
        let age = now.0 - moment(post).0;
        !is_repost(post) && (SETTLED..DAYS * Ms::DAY).contains(&age)
    };
    let known = posts.iter().filter(fits).filter_map(|post| {
        let hour = zone.time(moment(post)).hour;
        Some((hour - hour % TOGETHER, views(post)?))
    });
    let known: Vec<(u8, i64)> = known.collect();
    if known.len() < LEAST {
        return None;
    }
    let all = median(known.iter().map(|(_, views)| *views).collect())?;
    let of = |from: u8| -> Vec<i64> {
        known.iter().filter(|(hours, _)| *hours == from).map(|(_, views)| *views).collect()
    };
    let times = (0..24).step_by(usize::from(TOGETHER)).map(|from| (from, of(from)));
    let mut times: Vec<(u8, i64)> = times
        .filter(|(_, views)| views.len() >= EACH)
        .filter_map(|(from, views)| Some((from, median(views)?)))
        .collect();
    if times.len() < 2 {
        return None;
    }
    // Of equals the earlier.
    times.sort_by_key(|(from, views)| (std::cmp::Reverse(*views), *from));
    let (from, best) = *times.first()?;
    let posts = u16::try_from(known.len()).unwrap_or(u16::MAX);
    (best.saturating_mul(10) >= all.saturating_mul(11)).then_some(Hours { from, posts })
}

fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Monday, 23 November 2026, 0:00 in Moscow.
    const MIDNIGHT: i64 = 1_795_381_200;

    /// A post of so many days ago at an hour in Moscow.
    fn post(days: i64, hour: i64, views: i64) -> WallPost {
        let date = MIDNIGHT - days * 86_400 + hour * 3_600;
        let post = json!({"id": days * 24 + hour, "date": date, "text": "", "views": {"count": views}});
        serde_json::from_value(post).unwrap()
    }

    fn told(posts: &[WallPost]) -> Option<Hours> {
        let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
        hours(&posts.iter().collect::<Vec<_>>(), Ms(MIDNIGHT * 1_000), &zone)
    }

    #[test]
    fn the_hours_that_are_looked_at_most_are_told_from_twenty_posts_on() {
        let mut posts: Vec<WallPost> = (3..18).map(|day| post(day, 10, 100)).collect();
        posts.extend((3..7).map(|day| post(day, 19, 160)));
        assert_eq!(told(&posts), None, "nineteen");
        posts.push(post(12, 18, 150));
        assert_eq!(told(&posts), Some(Hours { from: 18, posts: 20 }));
        posts.extend((3..6).map(|day| post(day, 7, 900)));
        assert_eq!(told(&posts).map(|h| h.from), Some(18), "three posts say nothing of their hours");
    }

    #[test]
    fn hours_that_do_not_differ_are_not_told() {
        let mut posts: Vec<WallPost> = (3..23).map(|day| post(day, 10, 100)).collect();
        assert_eq!(told(&posts), None, "always the same");
        posts.extend((3..13).map(|day| post(day, 19, 105)));
        assert_eq!(told(&posts), None, "less than a tenth");
        let young: Vec<WallPost> = (0..2).map(|day| post(day, 7, 9_000)).cycle().take(20).collect();
        posts.extend(young);
        assert_eq!(told(&posts), None, "too young to be judged");
    }
}
