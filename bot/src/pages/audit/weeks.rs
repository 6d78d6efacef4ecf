//! What a look at a page is kept as: how it looked, and small rows of its weeks.

use vkapi::types::WallPost;

use super::{
    Evidence, Look, Numbers, Profile, Said, Score, Span, Tiles, Wall, found,
    hours::hours,
    posts::{published, reactions, views},
    score,
};
use crate::{
    content::Norm,
    domain::{
        Day, Ms, Zone,
        page::{Aspect, Best, Lack, Sight, State, Sum, WORDS, Week},
        text,
    },
};

/// Weeks from before the first look that are counted from the posts that can still be seen: what a card shows.
const BACK: i32 = 8;
/// Days of a week.
const DAYS: i32 = 7;

/// What a look comes to: the sight to keep, but for when the page is looked at next, and the weeks it changes, oldest
/// first.
pub fn kept(old: &Sight, look: &Look, said: Said, norm: &Norm, zone: &Zone) -> (Sight, Vec<Week>) {
    let (scored, unscored) = match score(look, said, norm) {
        Ok(scored) => (Some(scored), None),
        Err(why) => (None, Some(why)),
    };
    let evidence = |what| {
        let parts = scored.iter().flat_map(|s: &Score| &s.parts);
        parts.filter(move |part| part.what == what).map(|part| &part.evidence)
    };
    let posts = evidence(Aspect::Posts).find_map(|evidence| match evidence {
        Evidence::Posts { ids, .. } => Some(ids.iter().copied().take(Sight::POSTS).collect()),
        _ => None,
    });
    let views = evidence(Aspect::Views).find_map(|evidence| match evidence {
        Evidence::Views { views, members, .. } => Some((large(*views), large(*members))),
        _ => None,
    });
    let open = matches!(look.wall, Wall::Read(_));
    let mut sight = Sight {
        read: Some(look.at),
        state: state(look),
        fails: 0,
        members: members(look),
        last_post: None,
        score: scored.as_ref().map(|s| s.points),
        zone: scored.as_ref().map(|s| s.zone),
        found: found(look, norm.posts_a_week),
        unscored,
        parts: scored.iter().flat_map(|s| s.parts.iter().map(|part| (part.what, part.got))).collect(),
        posts: posts.unwrap_or_default(),
        views,
        defects: if open { Tiles::of(&look.group).defects() } else { Vec::new() },
        comments: Profile::of(&look.group).comments().filter(|_| open),
        hours: None,
        ..old.clone()
    };
    let Wall::Read(wall) = &look.wall else { return (sight, Vec::new()) };
    let posts = published(wall, look.at);
    sight.hours = hours(&posts, look.at, zone);
    sight.last_post = posts.first().and_then(|post| post.date).map(|date| Ms(date.saturating_mul(1_000)));
    let monday = day(zone, look.at).monday();
    let weeks = (1..=BACK).rev().map(|n| Day(monday.0 - n * DAYS));
    let weeks = weeks.filter(|from| is_open(old, *from, zone) && is_seen(wall, &posts, *from, zone));
    let mut rows: Vec<Week> = weeks
        .map(|from| {
            let end = begins(zone, Day(from.0 + DAYS));
            // The page's fields of today are those of a week that has just ended, not of one long past.
            let then = Look { at: end.plus(-1), ..look.clone() };
            let fresh = from.0 + DAYS == monday.0 && old.read.is_some_and(|read| read >= begins(zone, from));
            let scored = if fresh { score(&then, said, norm).ok() } else { None };
            let members = if fresh { sight.members } else { None };
            week(wall, from, end, zone, norm, members, scored.as_ref())
        })
        .collect();
    rows.push(week(wall, monday, look.at, zone, norm, sight.members, scored.as_ref()));
    (sight, rows)
}

fn day(zone: &Zone, at: Ms) -> Day {
    zone.local(at).date().into()
}

fn begins(zone: &Zone, day: Day) -> Ms {
    zone.moment(day.date().at(0, 0, 0, 0))
}

/// A week was not over at the last look.
fn is_open(old: &Sight, from: Day, zone: &Zone) -> bool {
    old.read.is_none_or(|read| read < begins(zone, Day(from.0 + DAYS)))
}

/// All posts of a week can be seen: the wall reaches back to before it, and the page wrote before its end.
fn is_seen(wall: &[WallPost], posts: &[&WallPost], from: Day, zone: &Zone) -> bool {
    let (start, end) = (begins(zone, from), begins(zone, Day(from.0 + DAYS)));
    // A pinned post may be years older than the oldest of the others.
    let mut oldest = posts.iter().rev().filter(|post| !post.is_pinned);
    let Some(oldest) = oldest.next().and_then(|post| post.date).map(|date| Ms(date.saturating_mul(1_000)))
    else {
        return false;
    };
    if wall.len() < super::WALL { oldest < end } else { oldest < start }
}

fn state(look: &Look) -> State {
    match (look.group.deactivated.as_deref(), &look.wall) {
        (Some("deleted"), _) => State::Deleted,
        (Some(_), _) => State::Banned,
        (None, _) if look.group.is_closed.unwrap_or(0) != 0 => State::Closed,
        (None, Wall::Shut) => State::NoWall,
        (None, Wall::Read(_)) => State::Open,
    }
}

fn members(look: &Look) -> Option<u32> {
    look.group.members_count.and_then(|n| u32::try_from(n).ok())
}

fn week(
    wall: &[WallPost],
    from: Day,
    upto: Ms,
    zone: &Zone,
    norm: &Norm,
    members: Option<u32>,
    scored: Option<&Score>,
) -> Week {
    let start = begins(zone, from);
    let at = |post: &WallPost| Ms(post.date.unwrap_or(0).saturating_mul(1_000));
    let before = published(wall, upto.plus(-1));
    let last = before.first().map(|post| at(post));
    let posts: Vec<&WallPost> = before.into_iter().filter(|post| at(post) >= start).collect();
    let span = Span::of(&posts, super::WEEK);
    let best = span.best.and_then(|id| posts.iter().find(|post| post.id == id));
    let lacks = scored.map_or(&[][..], |s| &s.gains);
    Week {
        from,
        at: upto,
        posts: small(span.posts),
        own: small(span.own),
        asked: norm.posts_a_week,
        kinds: span.kinds.iter().map(|(kind, n)| (*kind, small(*n))).collect(),
        views: sum(span.views),
        likes: sum(span.likes),
        comments: sum(span.comments),
        reposts: sum(span.reposts),
        members,
        score: scored.map(|s| s.points),
        zone: scored.map(|s| s.zone),
        silent_days: last.map(|last| small(usize::try_from((upto.0 - last.0) / Ms::DAY).unwrap_or(0))),
        best: best.map(|post| Best {
            post: post.id,
            at: at(post),
            words: text::begins(&post.text, WORDS),
            views: views(post).map(large),
            reactions: large(reactions(post)),
        }),
        lacks: lacks
            .iter()
            .map(|gain| Lack { what: gain.what, points: gain.points, minutes: gain.minutes })
            .collect(),
    }
}

fn sum(numbers: Numbers) -> Sum {
    Sum { sum: large(numbers.sum), median: numbers.median.map(large) }
}

fn small(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

fn large(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::CONTENT;
    use super::*;
    use crate::domain::page::{Aspect, Shown};

    /// Monday, 23 November 2026, 1:00 in Moscow.
    const MONDAY: i64 = 1_795_384_800;
    const HOUR: i64 = 3_600;

    fn zone() -> Zone {
        Zone::try_from("Europe/Moscow".to_owned()).unwrap()
    }

    fn look(at: i64, more: &Value, posts: &[(i64, i64)]) -> Look {
        let mut group = json!({"id": 5, "name": "Школа", "members_count": 500, "has_photo": 1});
        group.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let post = |(id, date): &(i64, i64)| {
            let text = format!("Запись {id}: мы сегодня сажали ёлки всем двором, было много народу");
            json!({"id": id, "date": date, "text": text, "likes": {"count": id}, "views": {"count": 100}})
        };
        let wall = posts.iter().map(|p| serde_json::from_value(post(p)).unwrap()).collect();
        Look { at: Ms(at * 1_000), group: serde_json::from_value(group).unwrap(), wall: Wall::Read(wall) }
    }

    fn kept_of(old: &Sight, look: &Look) -> (Sight, Vec<Week>) {
        kept(old, look, Said::default(), CONTENT.norm("open").unwrap(), &zone())
    }

    #[test]
    fn the_first_look_counts_the_weeks_that_can_still_be_seen() {
        // Two posts last week, none the week before, one three weeks ago.
        let posts = [(9, MONDAY - 2 * 24 * HOUR), (8, MONDAY - 2 * HOUR), (7, MONDAY - 18 * 24 * HOUR)];
        let (sight, weeks) =
            kept_of(&Sight::new(vkapi::types::GroupId(5), Ms(0)), &look(MONDAY, &json!({}), &posts));
        assert_eq!(
            (sight.state, sight.members, sight.last_post),
            (State::Open, Some(500), Some(Ms(posts[1].1 * 1_000)))
        );
        let told: Vec<_> = weeks.iter().map(|w| (w.from.date().to_string(), w.posts, w.score)).collect();
        let none = |day: &str, posts| (day.to_owned(), posts, None);
        assert_eq!(
            told[..3],
            [none("2026-11-02", 1), none("2026-11-09", 0), none("2026-11-16", 2)],
            "no score for what was before us, no rows from before the page wrote"
        );
        assert_eq!((told.len(), weeks[3].posts, weeks[3].score.is_some()), (4, 0, true));
        let best = weeks[2].best.as_ref().unwrap();
        assert_eq!(
            (best.post, best.words.as_str()),
            (9, "Запись 9: мы сегодня сажали ёлки всем двором, было много…")
        );
        assert_eq!(
            (weeks[2].views.sum, weeks[2].views.median, weeks[2].silent_days),
            (200, Some(100), Some(0))
        );
    }

    #[test]
    fn a_week_that_is_over_is_counted_to_its_end_once() {
        let posts = [(9, MONDAY - 30 * HOUR), (8, MONDAY - 50 * HOUR), (7, MONDAY - 40 * 24 * HOUR)];
        let old = Sight {
            read: Some(Ms((MONDAY - 24 * HOUR) * 1_000)),
            ..Sight::new(vkapi::types::GroupId(5), Ms(0))
        };
        let (sight, weeks) = kept_of(&old, &look(MONDAY, &json!({}), &posts));
        let told: Vec<_> =
            weeks.iter().map(|w| (w.posts, w.score.is_some(), w.at.0 - MONDAY * 1_000)).collect();
        assert_eq!(told, [(2, true, -3_600_000), (0, true, 0)]);
        let (_, again) = kept_of(&sight, &look(MONDAY + 24 * HOUR, &json!({}), &posts));
        assert_eq!(again.len(), 1, "only the present one is open");
    }

    #[test]
    fn what_was_found_is_kept_with_what_shows_it() {
        let posts = [(9, MONDAY - 30 * HOUR), (8, MONDAY - 50 * HOUR)];
        let more = json!({"description": "Школа. 5-12-34", "cover": {"enabled": 0}});
        let (sight, _) = kept_of(&Sight::new(vkapi::types::GroupId(5), Ms(0)), &look(MONDAY, &more, &posts));
        let found = |what| sight.found(what).map(|f| (f.there, f.shown));
        assert_eq!(found(Aspect::Cover), Some((false, Shown::Page)));
        assert_eq!(found(Aspect::Phone), Some((true, Shown::Page)));
        assert_eq!(found(Aspect::Description), Some((true, Shown::Count(14))));
        assert_eq!(found(Aspect::Posts), Some((false, Shown::Count(2))));
        assert_eq!(found(Aspect::Own), Some((true, Shown::Post(9))));
        assert_eq!(found(Aspect::Tiles), None, "VK did not tell the menu");
        let shut = Look { wall: Wall::Shut, ..look(MONDAY, &json!({"is_closed": 1}), &[]) };
        let (sight, weeks) = kept_of(&sight, &shut);
        assert_eq!((sight.state, sight.found.len(), weeks.len()), (State::Closed, 1, 0));
    }
}
