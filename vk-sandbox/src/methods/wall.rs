//! Walls of pages, for service tokens.

use serde_json::{Value, json};

use super::{Answer, Ctx, groups::community_id};
use crate::{
    error::ApiError,
    pages::{Comment, Page, Post},
    params::undefined,
    vk_json::Version,
};

pub(super) fn get(ctx: &mut Ctx<'_>) -> Answer {
    let page = match (ctx.params.int("owner_id")?, ctx.params.text("domain")) {
        (Some(owner), _) => ctx.state.pages.get(&-owner),
        (None, Some(domain)) => community_id(ctx.state, domain).and_then(|id| ctx.state.pages.get(&id)),
        (None, None) => return Err(undefined("owner_id")),
    };
    let page = page.map(|page| page.at(ctx.now / 1_000));
    let page = readable(page.as_ref())?;
    let offset = ctx.params.amount("offset", 0, usize::MAX)?;
    let count = ctx.params.amount("count", 20, 100)?;
    let of_page = |post: &&Post| post.from_id == 0 || post.from_id == -page.id;
    let mut posts = page.wall();
    match ctx.params.text("filter").unwrap_or("all") {
        "all" => {}
        "owner" => posts.retain(of_page),
        "others" => posts.retain(|post| !of_page(post)),
        // Only the page's own people see these.
        "postponed" | "suggests" | "archived" | "donut" => return Err(ApiError::new(15)),
        _ => return Err(ApiError::param("filter is invalid")),
    }
    let items = posts.iter().skip(offset).take(count).map(|post| post.to_vk(page.id));
    let mut answer = json!({"count": posts.len()});
    answer["items"] = items.collect();
    if ctx.params.flag("extended") {
        answer["profiles"] = json!([]);
        answer["groups"] = json!([page.to_vk(&ctx.params.list("fields"))]);
    }
    Ok(answer)
}

fn readable(page: Option<&Page>) -> Result<&Page, ApiError> {
    let page = page.ok_or_else(|| ApiError::with(15, "access denied"))?;
    if page.deactivated.is_some() {
        return Err(ApiError::with(15, "group is blocked"));
    }
    if page.wall_off {
        return Err(ApiError::with(15, "wall is disabled"));
    }
    if page.closed {
        return Err(ApiError::with(15, "this wall available only for community members"));
    }
    Ok(page)
}

pub(super) fn get_by_id(ctx: &mut Ctx<'_>) -> Answer {
    let posts = ctx.params.list("posts");
    if posts.is_empty() {
        return Err(undefined("posts"));
    }
    let found = posts.iter().take(100).filter_map(|name| {
        let (owner, id) = name.split_once('_')?;
        let owner: i64 = owner.parse().ok()?;
        let id: i64 = id.parse().ok()?;
        let page = ctx.state.pages.get(&-owner).map(|page| page.at(ctx.now / 1_000));
        let page = readable(page.as_ref()).ok()?;
        page.posts.iter().find(|post| post.id == id).map(|post| post.to_vk(page.id))
    });
    let items: Vec<Value> = found.collect();
    // An object since 5.139, like groups.getById.
    if ctx.version >= Version(5, 139) { Ok(json!({"items": items})) } else { Ok(json!(items)) }
}

/// The most comments told at once, and the most answers below each.
const COMMENTS: usize = 100;
const THREAD: usize = 10;

pub(super) fn get_comments(ctx: &mut Ctx<'_>) -> Answer {
    let owner = ctx.params.required_int("owner_id")?;
    let id = ctx.params.required_int("post_id")?;
    let page = ctx.state.pages.get(&-owner).map(|page| page.at(ctx.now / 1_000));
    let page = readable(page.as_ref())?;
    let post = page.posts.iter().find(|post| post.id == id);
    let post = post.ok_or_else(|| ApiError::param("post_id is incorrect"))?;
    if post.talk_closed {
        return Err(ApiError::new(212));
    }
    let offset = ctx.params.amount("offset", 0, usize::MAX)?;
    let count = ctx.params.amount("count", 10, COMMENTS)?;
    let below = ctx.params.amount("thread_items_count", 0, THREAD)?;
    let level = ctx.params.int("comment_id")?.unwrap_or(0);
    let of = |level: i64| -> Vec<&Comment> {
        let mut all: Vec<&Comment> = post.talk.iter().filter(|c| c.reply_to == level).collect();
        all.sort_by_key(|comment| (comment.date, comment.id));
        all
    };
    let mut all = of(level);
    match ctx.params.text("sort").unwrap_or("asc") {
        "asc" | "smart" => {}
        "desc" => all.reverse(),
        _ => return Err(ApiError::param("sort is invalid")),
    }
    let start = match ctx.params.int("start_comment_id")? {
        Some(start) if start > 0 => all.iter().position(|c| c.id == start).unwrap_or(all.len()),
        _ => 0,
    };
    let likes = ctx.params.flag("need_likes");
    let told = |comment: &Comment| {
        let mut told = comment.to_vk(page.id, post.id);
        if likes {
            told["likes"] = json!({"can_like": 0, "count": 0, "user_likes": 0});
        }
        told
    };
    let items = all.iter().skip(start + offset).take(count).map(|comment| {
        let mut item = told(comment);
        if level == 0 {
            let answers = of(comment.id);
            let some: Vec<Value> = answers.iter().take(below).map(|answer| told(answer)).collect();
            item["thread"] = json!({
                "count": answers.len(), "items": some, "can_post": false, "show_reply_button": false,
                "groups_can_post": false, "author_replied": answers.iter().any(|answer| answer.from_id == 0),
            });
        }
        item
    });
    let items: Vec<Value> = items.collect();
    let mut answer = json!({
        "count": post.commented(), "items": items, "current_level_count": all.len(), "can_post": false,
        "show_reply_button": false, "groups_can_post": false,
    });
    if ctx.params.flag("extended") {
        answer["profiles"] = json!([]);
        answer["groups"] = json!([page.to_vk(&ctx.params.list("fields"))]);
        answer["post_author_id"] = json!(-page.id);
    }
    Ok(answer)
}
