//! Pages, names and walls.

use serde_json::{Value, json};
use vk_sandbox::{Comment, Page, Post};

use crate::{GROUP, Vk, error_of};

async fn with_school() -> Vk {
    let vk = Vk::new().await;
    let post = |id, date, text: &str| Post { id, date, text: text.to_owned(), likes: id, ..Post::default() };
    vk.sandbox.add_page(Page {
        id: 77,
        screen_name: "school5".to_owned(),
        name: "Школа № 5".to_owned(),
        activity: "Образовательное учреждение".to_owned(),
        members_count: 812,
        posts: vec![
            post(1, 100, "Старая"),
            Post { pinned: true, views: Some(9), ..post(2, 50, "Закреплённая") },
            post(3, 200, "Новая"),
            Post { from_id: 1, ..post(4, 150, "Чужая") },
        ],
        ..Page::default()
    });
    vk
}

async fn service(vk: &Vk, method: &str, params: &[(&str, &str)]) -> Value {
    vk.call_as("service-token", method, params).await
}

#[tokio::test]
async fn pages_are_described_by_id_or_address_with_the_fields_asked_for() {
    let vk = with_school().await;
    for name in ["77", "club77", "public77", "school5"] {
        let answer =
            vk.ok("groups.getById", &[("group_id", name), ("fields", "activity,members_count,place")]).await;
        let group = &answer["groups"][0];
        assert_eq!((&group["id"], &group["members_count"]), (&json!(77), &json!(812)));
        assert_eq!(group["activity"], "Образовательное учреждение");
        assert!(group.get("place").is_none() && group.get("description").is_none());
        assert_eq!(answer["profiles"], json!([]));
    }
    let own = vk.ok("groups.getById", &[]).await;
    assert_eq!((&own["groups"][0]["id"], &own["groups"][0]["name"]), (&json!(GROUP), &json!("Куратор")));
    vk.sandbox
        .add_page(Page { id: GROUP, name: "Куратор".to_owned(), members_count: 5, ..Page::default() });
    let own = vk.ok("groups.getById", &[("fields", "members_count")]).await;
    assert_eq!(own["groups"][0]["members_count"], 5);
    assert_eq!(vk.error("groups.getById", &[("group_ids", "nobody")]).await.0, 100);
    let many = vec!["77"; 501].join(",");
    assert_eq!(vk.error("groups.getById", &[("group_ids", &many)]).await.0, 100);
}

#[tokio::test]
async fn before_5_139_communities_are_a_bare_list() {
    let vk = with_school().await;
    let url = format!("{}/groups.getById", vk.sandbox.api_url());
    let query = [("v", "5.131"), ("group_ids", "77,school5")];
    let request = vk.http.get(url).bearer_auth("group-token").query(&query);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["response"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn short_addresses_are_resolved_and_a_miss_is_an_empty_list() {
    let vk = with_school().await;
    let resolve = async |name: &str| vk.ok("utils.resolveScreenName", &[("screen_name", name)]).await;
    assert_eq!(resolve("school5").await, json!({"type": "page", "object_id": 77}));
    assert_eq!(resolve("id2").await, json!({"type": "user", "object_id": 2}));
    assert_eq!(resolve(&format!("club{GROUP}")).await, json!({"type": "group", "object_id": GROUP}));
    assert_eq!(resolve("nobody").await, json!([]));
}

#[tokio::test]
async fn a_wall_is_read_from_the_pinned_post_by_a_service_token() {
    let vk = with_school().await;
    let ids = async |params: &[(&str, &str)]| {
        let answer = service(&vk, "wall.get", params).await;
        let items = answer["response"]["items"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
        items.iter().map(|post| post["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[("owner_id", "-77")]).await, [2, 3, 4, 1]);
    assert_eq!(ids(&[("domain", "school5"), ("offset", "1"), ("count", "2")]).await, [3, 4]);
    assert_eq!(ids(&[("owner_id", "-77"), ("filter", "owner")]).await, [2, 3, 1]);
    assert_eq!(ids(&[("owner_id", "-77"), ("filter", "others")]).await, [4]);
    let answer = service(&vk, "wall.get", &[("owner_id", "-77"), ("extended", "1")]).await;
    let pinned = &answer["response"]["items"][0];
    assert_eq!((&pinned["is_pinned"], &pinned["views"]["count"]), (&json!(1), &json!(9)));
    assert_eq!((&pinned["from_id"], &pinned["likes"]["count"]), (&json!(-77), &json!(2)));
    assert!(answer["response"]["items"][1].get("views").is_none());
    assert_eq!(answer["response"]["groups"][0]["name"], "Школа № 5");
    assert_eq!(error_of(&service(&vk, "wall.get", &[("owner_id", "-77"), ("count", "101")]).await).0, 100);
    let one = service(&vk, "wall.getById", &[("posts", "-77_3,-77_99")]).await;
    assert_eq!(one["response"]["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn comments_are_told_with_their_threads_to_a_service_token() {
    let vk = Vk::new().await;
    let said = |id, from_id, date, reply_to| Comment { id, from_id, date, reply_to, text: format!("{id}") };
    let talk = vec![said(10, 1, 110, 0), said(11, 2, 120, 0), said(12, 0, 130, 10), said(13, 1, 140, 10)];
    let posts = vec![
        Post { id: 1, date: 100, talk, ..Post::default() },
        Post { id: 2, date: 200, comments: 3, ..Post::default() },
        Post { id: 3, date: 300, talk_closed: true, ..Post::default() },
    ];
    vk.sandbox.add_page(Page { id: 77, screen_name: "school5".to_owned(), posts, ..Page::default() });
    let wall = service(&vk, "wall.get", &[("owner_id", "-77"), ("offset", "2")]).await;
    assert_eq!(wall["response"]["items"][0]["comments"]["count"], 4);
    let of = async |more: &[(&str, &str)]| {
        let params = [&[("owner_id", "-77")], more].concat();
        service(&vk, "wall.getComments", &params).await["response"].clone()
    };
    let all = of(&[("post_id", "1"), ("sort", "desc"), ("thread_items_count", "1")]).await;
    assert_eq!((&all["count"], &all["current_level_count"]), (&json!(4), &json!(2)));
    assert_eq!((&all["items"][0]["id"], &all["items"][0]["thread"]["count"]), (&json!(11), &json!(0)));
    let thread = &all["items"][1]["thread"];
    assert_eq!((&thread["count"], &thread["author_replied"]), (&json!(2), &json!(true)));
    assert_eq!(thread["items"].as_array().map(Vec::len), Some(1));
    let answer = &thread["items"][0];
    assert_eq!((&answer["from_id"], &answer["reply_to_comment"]), (&json!(-77), &json!(10)));
    assert_eq!(of(&[("post_id", "1"), ("comment_id", "10")]).await["items"][1]["id"], 13);
    assert_eq!(of(&[("post_id", "1"), ("offset", "1"), ("count", "5")]).await["items"][0]["id"], 11);
    let extended = of(&[("post_id", "2"), ("extended", "1")]).await;
    assert_eq!((&extended["count"], &extended["post_author_id"]), (&json!(3), &json!(-77)));
    let error = async |post: &str, more: (&str, &str)| {
        let params = [("owner_id", "-77"), ("post_id", post), more];
        error_of(&service(&vk, "wall.getComments", &params).await).0
    };
    assert_eq!(error("3", ("count", "1")).await, 212);
    assert_eq!(error("9", ("count", "1")).await, 100);
    assert_eq!(error("1", ("count", "101")).await, 100);
    assert_eq!(error("1", ("thread_items_count", "11")).await, 100);
    assert_eq!(vk.error("wall.getComments", &[("owner_id", "-77"), ("post_id", "1")]).await.0, 27);
}

#[tokio::test]
async fn closed_and_vanished_walls_are_access_denied() {
    let vk = Vk::new().await;
    let page = |id| Page { id, screen_name: format!("page{id}"), ..Page::default() };
    vk.sandbox.add_page(Page { closed: true, ..page(1) });
    vk.sandbox.add_page(Page { wall_off: true, ..page(2) });
    vk.sandbox.add_page(Page { deactivated: Some("banned".to_owned()), ..page(3) });
    for owner in ["-1", "-2", "-3", "-4"] {
        assert_eq!(error_of(&service(&vk, "wall.get", &[("owner_id", owner)]).await).0, 15, "{owner}");
    }
}

#[tokio::test]
async fn names_are_told_of_those_who_are() {
    let vk = Vk::new().await;
    let people = vk.ok("users.get", &[("user_ids", "2,id1,99")]).await;
    assert_eq!(people.as_array().unwrap().len(), 2);
    assert_eq!((&people[0]["last_name"], &people[1]["first_name"]), (&json!("Сафин"), &json!("Мария")));
}
