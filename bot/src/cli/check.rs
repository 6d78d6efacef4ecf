use std::path::Path;

use vkapi::{ApiError, Bot, ErrorCode, ErrorKind, RequestError, types::GroupId, update_listeners::subscribe};

use super::{BAD_TOKEN, Failed, bot, open_content, region, watch};
use crate::{config::Config, inbox};

/// What to do about a key that VK does not take.
pub(super) const BAD_TOKEN_ADVICE: &str = "vk.token: ВКонтакте не принимает ключ. Создайте новый: Управление → Дополнительно → Работа с API → Ключи доступа — и запишите его в настройки.";

const BAD_SERVICE_ADVICE: &str = "vk.service_token: ВКонтакте не принимает сервисный ключ. Возьмите его заново в разделе для разработчиков ВКонтакте и запишите в файл ключа.";
const BY_HAND: &str = "Включите сами: Управление → Работа с API → Long Poll API";

/// Checks config, content, the key's rights and the long-poll settings, without polling.
pub(super) async fn check(file: &Path, config: Config) -> Result<(), Failed> {
    println!("настройки: в порядке");
    for told in watch::exposed(file, &config) {
        tracing::warn!("{told}");
    }
    let content = open_content(&config.content)?;
    region(&config, &content)?;
    println!("содержание: в порядке, версия {}", content.version());
    let (bot, group) = bot(&config)?;
    match community(&bot, group).await? {
        Seen::Well => println!("ключ и Long Poll: в порядке"),
        Seen::ByHand => {
            println!("ключ: в порядке");
            println!("Long Poll: не проверен, у ключа нет права «управление сообществом»");
        }
        Seen::Off(error) => {
            println!("ключ: в порядке");
            return Err(Failed::other(format!("Long Poll включить не удалось: {error}. {BY_HAND}")));
        }
        Seen::Nothing(error) => return Err(unseen("ключ и Long Poll", &error)),
    }
    let Some(service) = super::service(&config)? else {
        println!("сервисный ключ: не задан, страниц бот не увидит");
        return Ok(());
    };
    service_key(&service, group).await
}

/// What is seen of the community's key and its long poll.
pub(super) enum Seen {
    /// All is as the bot needs it.
    Well,
    /// The key is good, and may not look at the long poll.
    ByHand,
    /// The key is good, and the long poll could not be switched on.
    Off(RequestError),
    /// VK has not answered: nothing is known.
    Nothing(RequestError),
}

fn unseen(what: &str, error: &RequestError) -> Failed {
    Failed::other(format!("{what}: не проверено, ВКонтакте не ответил: {error}. Повторите проверку позже"))
}

/// Reads a post of the community with the service key.
async fn service_key(bot: &Bot, group: GroupId) -> Result<(), Failed> {
    let error = bot.wall_get().owner_id(-group.0).count(1).await.err();
    match error.as_ref().and_then(|error| Some(error.api()?.code.0)) {
        // A wall that is shut is shut to the best of keys.
        Some(15 | 18 | 19 | 30 | 212) => {}
        Some(29) => {
            println!("сервисный ключ: в порядке, но дневной запас чтений стен вышел");
            return Ok(());
        }
        Some(5) => return Err(Failed(BAD_TOKEN, BAD_SERVICE_ADVICE.into())),
        Some(27 | 28) => {
            let why = "vk.service_token: это ключ сообщества или другой, а нужен сервисный ключ приложения";
            return Err(Failed(BAD_TOKEN, why.into()));
        }
        _ => {
            if let Some(error) = error {
                return Err(unseen("сервисный ключ", &error));
            }
        }
    }
    println!("сервисный ключ: в порядке");
    Ok(())
}

/// Looks whether the key may do what the bot needs and whether the events it needs are sent; switches them on if
/// the key may. What only hinders is told; faults on the way are left to the bot, which waits for VK by itself.
///
/// # Errors
/// The key is not taken or may not write messages.
pub(super) async fn community(bot: &Bot, group: GroupId) -> Result<Seen, Failed> {
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
            return Ok(Seen::Nothing(error));
        }
    };
    if !manage {
        tracing::warn!("у ключа нет права «управление сообществом». {BY_HAND}");
        return Ok(Seen::ByHand);
    }
    long_poll(bot, group).await
}

async fn long_poll(bot: &Bot, group: GroupId) -> Result<Seen, Failed> {
    match subscribe(bot, group, &inbox::tree().description().events()).await {
        Ok(missing) => {
            if !missing.is_empty() {
                tracing::info!(?missing, "Long Poll и нужные события включены");
            }
            Ok(Seen::Well)
        }
        // Faults and limits pass by themselves.
        Err(error) if !error.api().is_some_and(is_lasting) => {
            tracing::warn!(%error, "настройки Long Poll узнать не удалось");
            Ok(Seen::Nothing(error))
        }
        Err(error) if error.api().is_some_and(|e| e.method == "groups.setLongPollSettings") => {
            tracing::warn!(%error, "Long Poll включить не удалось. {BY_HAND}");
            Ok(Seen::Off(error))
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
