//! People's names and screen names.

use serde_json::{Value, json};

use super::{Answer, Ctx, groups::community_id};
use crate::{error::ApiError, vk_json};

pub(super) fn get(ctx: &mut Ctx<'_>) -> Answer {
    let asked = ctx.params.list("user_ids");
    if asked.len() > 1000 {
        return Err(ApiError::param("user_ids should contain no more than 1000 items"));
    }
    let known = asked.iter().filter_map(|name| {
        let id: i64 = name.strip_prefix("id").unwrap_or(name).parse().ok()?;
        ctx.state.people.get(&id)
    });
    Ok(known.map(vk_json::user).collect())
}

/// Nothing found is an empty list, not an error.
pub(super) fn resolve_screen_name(ctx: &mut Ctx<'_>) -> Answer {
    let name = ctx.params.required_text("screen_name")?;
    let user = name.strip_prefix("id").and_then(|id| id.parse().ok());
    if let Some(person) = user.and_then(|id: i64| ctx.state.people.get(&id)) {
        return Ok(json!({"type": "user", "object_id": person.id}));
    }
    // A bare number is nobody's screen name.
    if let Some(id) = community_id(ctx.state, name).filter(|_| name.parse::<i64>().is_err()) {
        let kind = if id == ctx.state.group.id { "group" } else { "page" };
        return Ok(json!({"type": kind, "object_id": id}));
    }
    Ok(Value::Array(Vec::new()))
}
