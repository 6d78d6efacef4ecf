//! Communities: the own one's settings and long poll, and the pages.

use serde_json::{Value, json};

use super::{Answer, Ctx};
use crate::{
    error::ApiError,
    params::undefined,
    queue::EVENT_FLAGS,
    state::State,
    token::Token,
    vk_json::{self, Version},
};

pub(super) fn get_by_id(ctx: &mut Ctx<'_>) -> Answer {
    let mut asked = ctx.params.list("group_ids");
    asked.extend(ctx.params.text("group_id"));
    if asked.len() > 500 {
        return Err(ApiError::param("group_ids should contain no more than 500 items"));
    }
    let fields = ctx.params.list("fields");
    let groups: Vec<Value> = if asked.is_empty() {
        if ctx.token == Token::Service {
            return Err(undefined("group_ids"));
        }
        group(ctx, &ctx.state.group.id.to_string(), &fields).into_iter().collect()
    } else {
        asked.iter().filter_map(|name| group(ctx, name, &fields)).collect()
    };
    if groups.is_empty() {
        return Err(undefined("group_ids"));
    }
    if ctx.version >= Version(5, 139) {
        Ok(json!({"groups": groups, "profiles": []}))
    } else {
        Ok(Value::Array(groups))
    }
}

fn group(ctx: &Ctx<'_>, name: &str, fields: &[&str]) -> Option<Value> {
    let state = &ctx.state;
    let id = community_id(state, name)?;
    let page = state.pages.get(&id).map(|page| page.face(ctx.now / 1_000).to_vk(fields));
    page.or_else(|| (id == state.group.id).then(|| vk_json::community(id, &state.group.name)))
}

/// The community called `123`, `club123`, `public123`, `event123` or by its short address.
pub(super) fn community_id(state: &State, name: &str) -> Option<i64> {
    let number =
        ["club", "public", "event", ""].iter().find_map(|prefix| name.strip_prefix(prefix)?.parse().ok());
    match number {
        Some(id) if id == state.group.id || state.pages.contains_key(&id) => Some(id),
        _ => state.pages.values().find(|page| page.screen_name == name).map(|page| page.id),
    }
}

pub(super) fn get_long_poll_server(ctx: &mut Ctx<'_>) -> Answer {
    let group = ctx.own_group()?;
    if !ctx.state.queue.enabled {
        return Err(ApiError::param("longpoll for this group is not enabled"));
    }
    let key = ctx.state.hex(40);
    let ts = ctx.state.queue.open(key.clone(), ctx.now, &ctx.state.settings);
    let server = format!("{}/lp/{group}", ctx.state.base_url);
    Ok(json!({"key": key, "server": server, "ts": ts.to_string()}))
}

pub(super) fn get_long_poll_settings(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let queue = &ctx.state.queue;
    Ok(json!({"is_enabled": queue.enabled, "api_version": queue.api_version, "events": queue.flags()}))
}

pub(super) fn set_long_poll_settings(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let switch = |name: &str| match ctx.params.text(name) {
        None => Ok(None),
        Some("1" | "true") => Ok(Some(true)),
        Some("0" | "false") => Ok(Some(false)),
        Some(_) => Err(ApiError::param(format!("{name} should be boolean"))),
    };
    let enabled = switch("enabled")?;
    let flags: Vec<(&str, bool)> = EVENT_FLAGS
        .iter()
        .filter_map(|flag| switch(flag).map(|on| on.map(|on| (*flag, on))).transpose())
        .collect::<Result<_, _>>()?;
    if let Some(version) = ctx.params.text("api_version") {
        if Version::parse(version) < Version(5, 80) {
            return Err(ApiError::param("api_version is invalid"));
        }
        version.clone_into(&mut ctx.state.queue.api_version);
    }
    if let Some(enabled) = enabled {
        ctx.state.queue.enabled = enabled;
    }
    for (flag, on) in flags {
        ctx.state.queue.set_flag(flag, on);
    }
    Ok(json!(1))
}

pub(super) fn set_settings(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    if ctx.params.text("messages").is_some() {
        ctx.state.group.messages = ctx.params.flag("messages");
    }
    if ctx.params.text("bots_capabilities").is_some() {
        ctx.state.group.bot_features = ctx.params.flag("bots_capabilities");
    }
    Ok(json!(1))
}

pub(super) fn get_token_permissions(ctx: &mut Ctx<'_>) -> Answer {
    match ctx.token {
        Token::Community(rights) => Ok(rights.to_vk()),
        Token::Service => Err(ApiError::new(28)),
    }
}

pub(super) fn is_member(ctx: &mut Ctx<'_>) -> Answer {
    let name = ctx.params.required_text("group_id")?;
    let group = community_id(ctx.state, name).ok_or_else(|| ApiError::new(125))?;
    let member = |user: i64| {
        let joined = ctx.state.dialogs.get(&user).is_some_and(|dialog| dialog.member);
        i64::from(group == ctx.state.group.id && joined)
    };
    let users = ctx.params.ints("user_ids", 500)?;
    if !users.is_empty() {
        let items = users.iter().map(|user| json!({"user_id": user, "member": member(*user)}));
        return Ok(items.collect());
    }
    let member = member(ctx.params.required_int("user_id")?);
    if ctx.params.flag("extended") { Ok(json!({"member": member})) } else { Ok(json!(member)) }
}

pub(super) fn get_online_status(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    Ok(json!({"status": if ctx.state.group.online { "online" } else { "none" }}))
}

pub(super) fn enable_online(ctx: &mut Ctx<'_>) -> Answer {
    set_online(ctx, true)
}

pub(super) fn disable_online(ctx: &mut Ctx<'_>) -> Answer {
    set_online(ctx, false)
}

fn set_online(ctx: &mut Ctx<'_>, online: bool) -> Answer {
    ctx.own_group()?;
    ctx.state.group.online = online;
    Ok(json!(1))
}
