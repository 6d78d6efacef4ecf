//! Measures and score against what is counted by hand.

use std::{path::Path, sync::LazyLock};

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    content::{Content, Norm},
    domain::page::Aspect,
};

/// Monday, 23 November 2026, noon in Moscow.
pub(super) const NOW: Ms = Ms(1_795_424_400_000);
const DAY: i64 = 86_400;

pub(crate) static CONTENT: LazyLock<Content> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    Content::load(&dir, date(2026, 11, 23)).unwrap().0
});

fn norm() -> &'static Norm {
    CONTENT.norm("open").unwrap()
}

fn post(id: i64, days_ago: i64) -> Value {
    json!({
        "id": id, "owner_id": -5, "from_id": -5, "date": NOW.0 / 1_000 - days_ago * DAY - 60, "post_type": "post",
        "text": "Новости школы", "attachments": [], "likes": {"count": 10}, "comments": {"count": 2},
        "reposts": {"count": 1}, "views": {"count": 200},
    })
}

fn with(mut post: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("no object") };
    post.as_object_mut().unwrap().extend(more);
    post
}

const TILES: [&str; 2] = [
    "https://pos.gosuslugi.ru/form/?opaId=217373&utm_source=vk&utm_medium=68&utm_campaign=1026801221810",
    "https://pos.gosuslugi.ru/og/org-activities?reg_code=68&utm_source=vk1&utm_medium=68&utm_campaign=1026801221810",
];

fn whole_page() -> Value {
    json!({
        "id": 5, "name": "Школа № 5", "screen_name": "school5", "is_closed": 0, "has_photo": 1,
        "cover": {"enabled": 1, "images": []}, "description": "Школа в центре. +7 (4752) 72-00-00", "members_count": 1000,
        "menu": {"items": TILES.map(|url| json!({ "url": url }))},
    })
}

fn look(page: &Value, posts: &[Value]) -> Look {
    Look {
        at: NOW,
        group: serde_json::from_value(page.clone()).unwrap(),
        wall: Wall::Read(posts.iter().map(|p| serde_json::from_value(p.clone()).unwrap()).collect()),
    }
}

/// Three posts this week and two long ago.
fn steady() -> Vec<Value> {
    [(9, 0), (8, 2), (7, 6), (6, 20), (5, 40)].map(|(id, ago)| post(id, ago)).to_vec()
}

fn points(page: &Value, posts: &[Value], said: Said) -> u8 {
    score(&look(page, posts), said, norm()).unwrap().points
}

const BOTH: Said = Said { badge: Some(true), connected: Some(true), avatar: None, cover: None, tiles: None };

#[test]
fn a_page_that_does_everything_has_all_but_what_its_readers_give() {
    // Three posts of 200 views for 1,000 subscribers: 60 %, so 7 of 10.
    let found = score(&look(&whole_page(), &steady()), BOTH, norm()).unwrap();
    assert_eq!((found.points, found.zone), (97, Zone::Green));
    let views = found.parts.iter().find(|p| p.what.slug() == "views").unwrap();
    assert_eq!(views.evidence, Evidence::Views { views: 600, members: 1000, percent: 60 });
    let posts = found.parts.iter().find(|p| p.what.slug() == "posts").unwrap();
    assert_eq!(posts.evidence, Evidence::Posts { ids: vec![9, 8, 7], asked: 3 });
    let gains: Vec<_> = found.gains.iter().map(|g| (g.what.slug(), g.points)).collect();
    assert_eq!(gains, [("views", 3)]);
}

#[test]
fn every_point_goes_with_its_field() {
    let said = BOTH;
    for (gone, lost) in [("has_photo", 5), ("cover", 10), ("description", 5), ("menu", 10)] {
        let mut page = whole_page();
        page.as_object_mut().unwrap().remove(gone);
        assert_eq!(points(&page, &steady(), said), 97 - lost, "{gone}");
    }
    assert_eq!(points(&whole_page(), &steady(), Said { badge: None, ..BOTH }), 87);
    assert_eq!(points(&whole_page(), &steady(), Said { connected: Some(false), ..BOTH }), 87);
    let one = with(whole_page(), json!({"menu": {"items": [{"url": TILES[0]}]}}));
    assert_eq!(points(&one, &steady(), said), 92);
    // Two posts a week: no 40 points, and 400 views are no more than 50 %.
    assert_eq!(points(&whole_page(), &steady()[1..], said), 97 - 40 - 2);
}

#[test]
fn a_pinned_post_is_not_taken_for_a_fresh_one() {
    let mut posts = steady();
    posts.insert(0, with(post(1, 300), json!({"is_pinned": 1})));
    let measures = Measures::of(&look(&whole_page(), &posts[..1]));
    assert_eq!(measures.silent_days, Some(300));
    assert_eq!(Measures::of(&look(&whole_page(), &posts)).silent_days, Some(0));
}

#[test]
fn drafts_postponed_and_future_posts_are_not_counted_and_none_twice() {
    let mut posts = steady();
    posts.push(with(post(20, 1), json!({"post_type": "suggest"})));
    posts.push(with(post(21, 1), json!({"post_type": "postpone"})));
    posts.push(post(22, -3));
    posts.push(post(9, 0));
    let week = Measures::of(&look(&whole_page(), &posts)).week.unwrap();
    assert_eq!((week.posts, week.views.sum), (3, 600));
}

#[test]
fn kinds_are_told_apart() {
    let kind = |more: Value| PostKind::of(&serde_json::from_value(with(post(1, 0), more)).unwrap());
    let hung = |kind: &str, body: Value| json!({"attachments": [{"type": kind, kind: body}]});
    let video = |kind: &str| json!({"id": 1, "owner_id": -5, "type": kind});
    assert_eq!(kind(json!({})), PostKind::Text);
    assert_eq!(kind(hung("photo", json!({"id": 1, "owner_id": -5, "sizes": []}))), PostKind::Photo);
    assert_eq!(kind(hung("video", video("video"))), PostKind::Video);
    assert_eq!(kind(hung("video", video("short_video"))), PostKind::Clip);
    assert_eq!(kind(hung("video", with(video("video"), json!({"live": 1})))), PostKind::Live);
    assert_eq!(kind(hung("clip", json!({}))), PostKind::Clip);
    assert_eq!(kind(json!({"post_type": "clip"})), PostKind::Clip);
    assert_eq!(kind(hung("poll", json!({"id": 1}))), PostKind::Poll);
    assert_eq!(kind(hung("article", json!({"id": 1}))), PostKind::Article);
    assert_eq!(kind(hung("link", json!({"url": "https://vk.com/@school5-kak"}))), PostKind::Article);
    assert_eq!(kind(hung("link", json!({"url": "https://gosuslugi.ru"}))), PostKind::Link);
    assert_eq!(kind(hung("hologram", json!({"id": 1}))), PostKind::Other);
    let repost = with(hung("photo", json!({"id": 1})), json!({"copy_history": [{"id": 3, "owner_id": -1}]}));
    assert_eq!(kind(repost), PostKind::Repost);
}

#[test]
fn numbers_that_vk_does_not_tell_are_left_out_of_means() {
    let mut bare = post(9, 0);
    bare.as_object_mut().unwrap().remove("views");
    let posts = [bare, with(post(8, 1), json!({"views": {"count": 100}})), post(7, 2), post(6, 30)];
    let measures = Measures::of(&look(&whole_page(), &posts));
    let week = measures.week.unwrap();
    assert_eq!(week.views, Numbers { known: 2, sum: 300, median: Some(150) });
    // 13 reactions a post over two posts with 300 views: 26 ÷ 300 = 8.6 %.
    assert_eq!(week.engagement, Some(86));
    assert_eq!((week.best, week.own), (Some(9), 3));
    // The fourth is just over thirty days old.
    assert_eq!(measures.month.unwrap().posts, 3);
}

#[test]
fn a_page_too_small_too_young_or_shut_has_no_score() {
    let found = |page: &Value, posts: &[Value]| score(&look(page, posts), BOTH, norm());
    let small = with(whole_page(), json!({"members_count": 9}));
    assert_eq!(found(&small, &steady()), Err(Unscored::Small { members: 9, least: 10 }));
    assert_eq!(found(&whole_page(), &steady()[..3]), Err(Unscored::Young { days: 6, least: 14 }));
    for shut in [json!({"is_closed": 1}), json!({"deactivated": "banned"})] {
        assert_eq!(found(&with(whole_page(), shut), &steady()), Err(Unscored::Closed));
    }
    let unread = Look { wall: Wall::Shut, ..look(&whole_page(), &[]) };
    assert_eq!(score(&unread, BOTH, norm()), Err(Unscored::Unread));
}

#[test]
fn an_empty_wall_is_scored_and_told() {
    let found = score(&look(&whole_page(), &[]), BOTH, norm()).unwrap();
    // Everything but 40 for posts and 10 for views.
    assert_eq!((found.points, found.zone), (50, Zone::Red));
    let gains: Vec<_> = found.gains.iter().map(|g| g.what.slug()).collect();
    assert_eq!(gains, ["posts", "views"], "two points a minute before a third of one");
}

fn any_post() -> impl Strategy<Value = Value> {
    (1..200_i64, -2..60_i64, 0..500_i64, proptest::option::of(0..5_000_i64), any::<bool>()).prop_map(
        |(id, ago, likes, views, repost)| {
            let mut made = with(post(id, ago), json!({"likes": {"count": likes}}));
            match views {
                Some(views) => made["views"] = json!({ "count": views }),
                None => drop(made.as_object_mut().unwrap().remove("views")),
            }
            if repost {
                made["copy_history"] = json!([{"id": 1, "owner_id": -1}]);
            }
            made
        },
    )
}

fn any_page() -> impl Strategy<Value = Value> {
    (proptest::collection::vec(any::<bool>(), 4), 10..5_000_i64).prop_map(|(there, members)| {
        let mut page = with(whole_page(), json!({ "members_count": members }));
        for (name, there) in ["has_photo", "cover", "description", "menu"].iter().zip(there) {
            if !there {
                page.as_object_mut().unwrap().remove(*name);
            }
        }
        page
    })
}

fn any_said() -> impl Strategy<Value = Said> {
    let said = proptest::option::of(any::<bool>());
    (said.clone(), said.clone(), said.clone(), said.clone(), said)
        .prop_map(|(badge, connected, avatar, cover, tiles)| Said { badge, connected, avatar, cover, tiles })
}

proptest! {
    #[test]
    fn a_score_is_the_sum_of_its_parts_and_at_most_a_hundred(
        page in any_page(), posts in proptest::collection::vec(any_post(), 0..30), said in any_said(),
    ) {
        if let Ok(found) = score(&look(&page, &posts), said, norm()) {
            prop_assert!(found.points <= 100);
            prop_assert_eq!(u32::from(found.points), found.parts.iter().map(|p| u32::from(p.got)).sum::<u32>());
            let more: u32 = found.gains.iter().map(|g| u32::from(g.points)).sum();
            // Nothing is promised for what VK does not show and nobody has told.
            let hides = |p: &&Scored| {
                p.evidence == Evidence::Unknown && !matches!(p.what, Aspect::Badge | Aspect::Connected)
            };
            let hidden: u32 = found.parts.iter().filter(hides).map(|p| u32::from(p.of - p.got)).sum();
            prop_assert_eq!(u32::from(found.points) + more + hidden, 100);
            let promised = |p: &Scored| found.gains.iter().any(|gain| gain.what == p.what);
            prop_assert!(found.parts.iter().filter(hides).all(|p| !promised(p)));
            prop_assert!(found.parts.iter().all(|p| p.got <= p.of));
        }
    }

    #[test]
    fn the_order_of_posts_does_not_matter(
        page in any_page(), posts in proptest::collection::vec(any_post(), 0..30), said in any_said(), turn in 0..30_usize,
    ) {
        // One number is one post; of two with a number VK would tell only one.
        let mut posts = posts;
        posts.sort_by_key(|p| p["id"].as_i64());
        posts.dedup_by_key(|p| p["id"].as_i64());
        let mut turned = posts.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(score(&look(&page, &posts), said, norm()), score(&look(&page, &turned), said, norm()));
        prop_assert_eq!(Measures::of(&look(&page, &posts)), Measures::of(&look(&page, &turned)));
    }

    #[test]
    fn more_of_a_good_thing_never_lowers_a_score(
        page in any_page(), posts in proptest::collection::vec(any_post(), 1..20), said in any_said(), views in 0..9_000_i64,
    ) {
        let before = score(&look(&page, &posts), said, norm());
        prop_assume!(before.is_ok());
        let before = before.unwrap().points;
        let mut more = posts.clone();
        more.push(with(post(777, 1), json!({"views": {"count": views}})));
        prop_assert!(points(&page, &more, said) >= before, "a post more");
        prop_assert!(points(&whole_page_like(&page), &posts, said) >= before, "every field filled");
        prop_assert!(points(&page, &posts, Said { badge: said.badge.or(Some(true)), ..said }) >= before, "a badge said");
        let all = Said { avatar: Some(true), cover: Some(true), tiles: Some(true), ..said };
        prop_assert!(points(&page, &posts, all) >= before, "what VK hides said");
    }
}

fn whole_page_like(page: &Value) -> Value {
    with(whole_page(), json!({"members_count": page["members_count"]}))
}
