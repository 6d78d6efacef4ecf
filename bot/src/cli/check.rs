use std::path::Path;

use vkapi::{ApiError, Bot, ErrorCode, ErrorKind, RequestError, types::GroupId, update_listeners::subscribe};

use super::{BAD_TOKEN, Failed, bot, open_content, region, watch};
use crate::{config::Config, inbox};

/// What to do about a key that VK does not take.
pub(super) const BAD_TOKEN_ADVICE: &str = "vk.token: ВКонтакте не принимает ключ. Создайте новый: Управление → Дополнительно → Работа с API → Ключи доступа — и запишите его в настройки.";

/// Checks config, content, the key's rights and the long-poll settings, without polling.
pub(super) async fn check(file: &Path, config: Config) -> Result<(), Failed> {
    println!("настройки: в порядке");
    for told in watch::exposed(file, &config) {
        tracing::warn!("{told}");
    }
    let content = open_content(&config.content.path)?;
    region(&config, &content)?;
    println!("содержание: в порядке, версия {}", content.version());
    let (bot, group) = bot(&config)?;
    match community(&bot, group).await {
        Ok(()) => println!("ключ и Long Poll: в порядке"),
        Err(failed) => return Err(failed),
    }
    Ok(())
}

/// Looks whether the key may do what the bot needs and whether the events it needs are sent; switches them on if
/// the key may. What only hinders is told; faults on the way are left to the bot, which waits for VK by itself.
///
/// # Errors
/// The key is not taken or may not write messages.
pub(super) async fn community(bot: &Bot, group: GroupId) -> Result<(), Failed> {
    let manage = match bot.groups_get_token_permissions().await {
        Ok(rights) => {
            if !rights.messages() {
                return Err(Failed(
                    BAD_TOKEN,
                    "vk.token: ключу нужно право «сообщения сообщества». Создайте ключ заново и отметьте его.".into(),
                ));
            }
            rights.manage()
        }
        Err(error) if is(&error, ErrorCode(5)) => return Err(Failed(BAD_TOKEN, BAD_TOKEN_ADVICE.into())),
        Err(error) => {
            tracing::warn!(%error, "права ключа узнать не удалось");
            return Ok(());
        }
    };
    if !manage {
        tracing::warn!(
            "у ключа нет права «управление сообществом»: события включите сами, в «Работа с API → Long Poll API»"
        );
        return Ok(());
    }
    long_poll(bot, group).await
}

async fn long_poll(bot: &Bot, group: GroupId) -> Result<(), Failed> {
    match subscribe(bot, group, &inbox::tree().description().events()).await {
        Ok(missing) => {
            if !missing.is_empty() {
                tracing::info!(?missing, "Long Poll и нужные события включены");
            }
            Ok(())
        }
        // Faults and limits pass by themselves.
        Err(error) if !error.api().is_some_and(is_lasting) => {
            tracing::warn!(%error, "настройки Long Poll узнать не удалось");
            Ok(())
        }
        Err(error) if error.api().is_some_and(|e| e.method == "groups.setLongPollSettings") => {
            tracing::warn!(%error, "Long Poll включить не удалось: включите его в «Работа с API → Long Poll API»");
            Ok(())
        }
        Err(error) => {
            Err(Failed::config(format!("vk.group_id: ВКонтакте не показывает настройки Long Poll: {error}")))
        }
    }
}

/// No waiting mends it.
fn is_lasting(error: &ApiError) -> bool {
    matches!(error.kind(), ErrorKind::Request | ErrorKind::Setup | ErrorKind::NotThere)
}

fn is(error: &RequestError, code: ErrorCode) -> bool {
    error.api().is_some_and(|e| e.code == code)
}
