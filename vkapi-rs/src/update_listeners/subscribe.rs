//! Asking VK for the events a bot wants.

use crate::{bot::Bot, errors::RequestError, types::GroupId};

/// Switches long polling and these kinds of events on in a community's settings, and nothing off: others may need
/// what this bot does not.
///
/// Returns the kinds that were off. Wants the right to manage the community. Kinds that long polling does not know are
/// passed over. <https://dev.vk.com/ru/method/groups.setLongPollSettings>
pub async fn subscribe(
    bot: &Bot,
    group_id: impl Into<GroupId>,
    events: &[&'static str],
) -> Result<Vec<&'static str>, RequestError> {
    let group_id = group_id.into();
    let settings = bot.groups_get_long_poll_settings(group_id).await?;
    let off = |event: &&&str| settings.events.get(**event) == Some(&false);
    let missing: Vec<_> = events.iter().filter(off).copied().collect();
    if settings.is_enabled && missing.is_empty() {
        return Ok(missing);
    }
    let mut request =
        bot.groups_set_long_poll_settings(group_id).enabled(true).api_version(crate::API_VERSION);
    for event in &missing {
        request = request.event(*event, true);
    }
    request.await?;
    Ok(missing)
}
