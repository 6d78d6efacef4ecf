//! Walls of pages, for service tokens.

use serde_json::{Value, json};

use super::{Answer, Ctx, groups::community_id};
use crate::{
    error::ApiError,
    pages::{Page, Post},
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
    let items: Vec<Value> = posts.iter().skip(offset).take(count).map(|post| post.to_vk(page.id)).collect();
    let mut answer = json!({"count": posts.len(), "items": items});
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
