//! Callback servers of the community.

use serde_json::{Value, json};

use super::{Answer, Ctx};
use crate::{
    callbacks::{Errand, MOST_SERVERS, Server},
    error::ApiError,
    queue::{EVENT_FLAGS, UNSETTABLE},
    vk_json::Version,
};

const LONGEST_TITLE: usize = 14;
const LONGEST_SECRET: usize = 50;

impl Ctx<'_> {
    fn server(&mut self) -> Result<&mut Server, ApiError> {
        let id = self.params.required_int("server_id")?;
        self.state.callbacks.servers.get_mut(&id).ok_or_else(|| ApiError::new(104))
    }

    /// Address, title and secret, as they may be.
    fn address(&self) -> Result<(String, String, String), ApiError> {
        let url = self.params.required_text("url")?;
        let title = self.params.required_text("title")?;
        let secret = self.params.text("secret_key").unwrap_or_default();
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(ApiError::param("url is invalid"));
        }
        for (name, text, most) in [("title", title, LONGEST_TITLE), ("secret_key", secret, LONGEST_SECRET)] {
            if text.chars().count() > most {
                return Err(ApiError::param(format!("{name} should be shorter than {most} chars")));
            }
        }
        Ok((url.to_owned(), title.to_owned(), secret.to_owned()))
    }
}

pub(super) fn add(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let (url, title, secret) = ctx.address()?;
    if ctx.state.callbacks.servers.len() >= MOST_SERVERS {
        return Err(ApiError::new(2000));
    }
    Ok(json!({"server_id": ctx.state.callbacks.add(url, title, secret)}))
}

pub(super) fn edit(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let (url, title, secret) = ctx.address()?;
    let server = ctx.server()?;
    let moved = server.url != url;
    (server.url, server.title, server.secret) = (url, title, secret);
    let id = server.id;
    if moved {
        server.status = "wait";
        ctx.state.callbacks.send(id, Errand::Confirm);
    }
    Ok(json!(1))
}

pub(super) fn delete(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let id = ctx.params.required_int("server_id")?;
    if ctx.state.callbacks.remove(id) { Ok(json!(1)) } else { Err(ApiError::new(104)) }
}

pub(super) fn list(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let asked = ctx.params.ints("server_ids", MOST_SERVERS)?;
    let servers = ctx.state.callbacks.servers.values();
    let items: Vec<Value> =
        servers.filter(|server| asked.is_empty() || asked.contains(&server.id)).map(Server::to_vk).collect();
    Ok(json!({"count": items.len(), "items": items}))
}

pub(super) fn confirmation_code(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    Ok(json!({"code": ctx.state.callbacks.code}))
}

pub(super) fn settings(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let server = ctx.server()?;
    Ok(json!({"api_version": server.api_version, "events": server.flags()}))
}

pub(super) fn set_settings(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let version = ctx.params.text("api_version").map(ToOwned::to_owned);
    if version.as_deref().is_some_and(|version| Version::parse(version) < Version(5, 80)) {
        return Err(ApiError::param("api_version is invalid"));
    }
    let flags: Vec<(&str, bool)> = EVENT_FLAGS
        .iter()
        .chain(UNSETTABLE)
        .filter(|flag| ctx.params.text(flag).is_some())
        .map(|flag| (*flag, ctx.params.flag(flag)))
        .collect();
    let server = ctx.server()?;
    if let Some(version) = version {
        server.api_version = version;
    }
    for (flag, on) in flags {
        server.set_flag(flag, on);
    }
    Ok(json!(1))
}
