//! Reading pages: what VK tells of a community, cached.

mod address;
pub mod audit;
pub mod effect;
mod night;
pub mod nudge;
mod reader;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use vkapi::{
    Bot, ErrorKind, RequestError,
    types::{Group, GroupId, UserId},
};

pub use address::Address;
pub(crate) use address::person as person_address;
pub(crate) use night::run;
pub use night::{Auditor, Passed};
pub use reader::{Reader, WallFault};

use crate::{
    chat::{CodeSeen, PageCard, PageFault},
    domain::{Clock, Ms},
};

/// VK's limit for people named in one call of `users.get`.
/// <https://dev.vk.com/ru/method/users.get>
const NAMES: usize = 1_000;

/// How long an answer is good.
const FRESH: i64 = 10 * Ms::MINUTE;
/// The most answers kept.
const KEPT: usize = 10_000;

/// Reads pages through the community's key.
pub struct Pages {
    bot: Bot,
    clock: Arc<dyn Clock>,
    cache: Mutex<HashMap<Address, (Ms, PageCard)>>,
}

impl Pages {
    /// A reader with an empty cache.
    pub fn new(bot: Bot, clock: Arc<dyn Clock>) -> Self {
        Self { bot, clock, cache: Mutex::default() }
    }

    /// The page at an address as people type it.
    ///
    /// # Errors
    /// It is no address, VK knows no community there, or VK does not answer.
    pub async fn card(&self, typed: &str) -> Result<PageCard, PageFault> {
        let address = Address::read(typed).ok_or(PageFault::NoAddress)?;
        let now = self.clock.now();
        if let Some((at, card)) = self.cache().get(&address)
            && now.0 - at.0 < FRESH
        {
            return Ok(card.clone());
        }
        let request = self.bot.groups_get_by_id().ids([&address]).fields(["members_count"]);
        let groups = request.await.map_err(|error| fault(&error))?;
        let card = groups.into_iter().find(|g| g.id != GroupId(0)).map(card).ok_or(PageFault::NoPage)?;
        let mut cache = self.cache();
        if cache.len() >= KEPT {
            cache.clear();
        }
        cache.insert(address, (now, card.clone()));
        Ok(card)
    }

    /// Whether a word stands in what a page tells of itself; asked anew each time.
    pub async fn holds(&self, id: GroupId, word: &str) -> CodeSeen {
        let request = self.bot.groups_get_by_id().ids([id]).fields(["description", "status"]);
        match request.await {
            Ok(groups) => {
                let texts = groups.iter().flat_map(|g| [g.description.as_deref(), g.status.as_deref()]);
                let there = texts.flatten().any(|text| text.to_lowercase().contains(word));
                if there { CodeSeen::There } else { CodeSeen::NotThere }
            }
            Err(error) if fault(&error) == PageFault::NoPage => CodeSeen::NotThere,
            Err(_) => CodeSeen::Unreachable,
        }
    }

    /// The person behind a link, `@name` or `id…`, with her name; `None` if there is none or VK does not answer.
    pub async fn person(&self, typed: &str) -> Option<(UserId, String)> {
        let id = match address::person(typed)? {
            Address::Id(id) => UserId(id),
            Address::Name(name) => match self.bot.utils_resolve_screen_name(name).await {
                Ok(Some(found)) if found.kind == "user" => UserId(found.object_id),
                Ok(_) => return None,
                Err(error) => {
                    tracing::warn!(%error, "a person was not looked up");
                    return None;
                }
            },
        };
        match self.bot.users_get([id]).await {
            Ok(users) => users.into_iter().find(|user| user.id == id).map(|user| {
                let name = format!("{} {}", user.first_name, user.last_name);
                (id, crate::domain::text::line(&name, 60).unwrap_or_else(|| format!("id{id}")))
            }),
            Err(error) => {
                tracing::warn!(%error, "a person's name was not read");
                None
            }
        }
    }

    /// People's names; of whom VK does not tell one nothing, and nothing at all if it does not answer.
    pub async fn names(&self, ids: &[UserId]) -> BTreeMap<UserId, String> {
        let mut names = BTreeMap::new();
        for some in ids.chunks(NAMES) {
            match self.bot.users_get(some.to_vec()).await {
                Ok(users) => names.extend(users.into_iter().filter_map(|user| {
                    let name = format!("{} {}", user.first_name, user.last_name);
                    Some((user.id, crate::domain::text::line(&name, 60)?))
                })),
                Err(error) => tracing::warn!(%error, "people's names were not read"),
            }
        }
        names
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, HashMap<Address, (Ms, PageCard)>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn card(group: Group) -> PageCard {
    let name = group.name;
    PageCard {
        id: group.id,
        screen_name: group.screen_name.unwrap_or_else(|| format!("club{}", group.id)),
        name: crate::domain::text::line(&name, 120).unwrap_or_else(|| format!("club{}", group.id)),
        members: group.members_count,
        shut: group.deactivated.is_some() || group.is_closed.is_some_and(|closed| closed != 0),
    }
}

fn fault(error: &RequestError) -> PageFault {
    if let Some(ErrorKind::Request | ErrorKind::NotThere) = error.api().map(vkapi::ApiError::kind) {
        return PageFault::NoPage;
    }
    tracing::warn!(%error, "a page was not read");
    PageFault::Unreachable
}
