//! Telling VK where to call.

use tracing::info;

use crate::{API_VERSION, bot::Bot, errors::RequestError, types::GroupId};

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
    let group_id = group_id.into();
    let servers = bot.groups_get_callback_servers(group_id).await?;
    let server_id = if let Some(server) = servers.items.into_iter().find(|server| server.url == url) {
        if server.secret_key != secret {
            bot.groups_edit_callback_server(group_id, server.id, url, title).secret_key(secret).await?;
        }
        server.id
    } else {
        let added = bot.groups_add_callback_server(group_id, url, title).secret_key(secret).await?;
        let server_id = added.server_id.ok_or_else(|| RequestError::Decode {
            method: "groups.addCallbackServer".to_owned(),
            path: "server_id".to_owned(),
            reason: "missing".to_owned(),
        })?;
        info!(%group_id, server_id, "VK has a new address to call");
        server_id
    };
    let mut settings = bot.groups_set_callback_settings(group_id);
    for event in events {
        settings = settings.event(event, true);
    }
    settings.server_id(server_id).api_version(API_VERSION).await?;
    Ok(server_id)
}
