//! Telling VK where to call.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use tracing::info;

use crate::{API_VERSION, bot::Bot, errors::RequestError, requests::to_form, types::GroupId};

/// Makes VK call `url` about these kinds of events: finds the server among the community's up to 10 or adds it, and
/// switches the events on there, and nothing off. Returns the server's number.
///
/// The listener must be there already, for VK asks it for the confirmation when the server is added. `title` is up to 14
/// characters, `secret` up to 50. Wants the right to manage the community.
/// <https://dev.vk.com/ru/method/groups.addCallbackServer>,
/// <https://dev.vk.com/ru/method/groups.setCallbackSettings>
pub async fn register(
    bot: &Bot,
    group_id: impl Into<GroupId>,
    url: &str,
    title: &str,
    secret: &str,
    events: &[&'static str],
) -> Result<i64, RequestError> {
    #[derive(Deserialize)]
    struct Servers {
        items: Vec<Server>,
    }
    #[derive(Deserialize)]
    struct Server {
        id: i64,
        url: String,
        secret_key: Option<String>,
    }
    #[derive(Deserialize)]
    struct Added {
        server_id: i64,
    }
    let group_id = group_id.into();
    let servers: Servers = bot.call("groups.getCallbackServers", json!({ "group_id": group_id })).await?;
    let mut params = json!({ "group_id": group_id, "url": url, "title": title, "secret_key": secret });
    let server_id = if let Some(server) = servers.items.into_iter().find(|server| server.url == url) {
        if server.secret_key.as_deref() != Some(secret) {
            params["server_id"] = json!(server.id);
            bot.call::<serde_json::Value>("groups.editCallbackServer", params).await?;
        }
        server.id
    } else {
        let added: Added = bot.call("groups.addCallbackServer", params).await?;
        info!(%group_id, server_id = added.server_id, "VK has a new address to call");
        added.server_id
    };
    let mut settings: BTreeMap<&str, String> = events.iter().map(|event| (*event, "1".to_owned())).collect();
    let own = json!({ "group_id": group_id, "server_id": server_id, "api_version": API_VERSION });
    let own = to_form(&own)?;
    settings.extend(own.iter().map(|(name, value)| (name.as_str(), value.clone())));
    bot.call::<serde_json::Value>("groups.setCallbackSettings", settings).await?;
    Ok(server_id)
}
