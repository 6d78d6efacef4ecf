//! Looks at pages with the service key: a community's key may not read walls.
//! <https://dev.vk.com/ru/method/wall.get>

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vkapi::{
    Bot, ErrorKind, RequestError,
    types::{GroupId, WallPost},
};

use super::{
    Address,
    audit::{FIELDS, Look, WALL, Wall},
};
use crate::{chat::PageFault, domain::Clock};

/// Looks at pages, one at a time.
pub struct Reader {
    bot: Bot,
    clock: Arc<dyn Clock>,
}

#[derive(Serialize)]
struct Asked {
    owner_id: i64,
    count: usize,
    filter: &'static str,
}

#[derive(Deserialize)]
struct Posts {
    #[serde(default)]
    items: Vec<WallPost>,
}

impl Reader {
    /// A reader whose bot has a service key.
    pub fn new(bot: Bot, clock: Arc<dyn Clock>) -> Self {
        Self { bot, clock }
    }

    /// Looks at the page at an address as people type it: two calls.
    ///
    /// # Errors
    /// It is no address, VK knows no community there, or VK does not answer.
    pub async fn look(&self, typed: &str) -> Result<Look, PageFault> {
        let address = Address::read(typed).ok_or(PageFault::NoAddress)?;
        let request = self.bot.groups_get_by_id().ids([&address]).fields(FIELDS);
        let groups = request.await.map_err(|error| super::fault(&error))?;
        let group = groups.into_iter().find(|g| g.id != GroupId(0)).ok_or(PageFault::NoPage)?;
        let wall = if group.deactivated.is_some() {
            Wall::Shut
        } else {
            let asked = Asked { owner_id: -group.id.0, count: WALL, filter: "owner" };
            match self.bot.call::<Posts>("wall.get", &asked).await {
                Ok(posts) => Wall::Read(posts.items),
                Err(error) if is_shut(&error) => Wall::Shut,
                Err(error) => return Err(super::fault(&error)),
            }
        };
        Ok(Look { at: self.clock.now(), group, wall })
    }
}

/// VK shows this wall to nobody, or not to us: closed, switched off, banned.
fn is_shut(error: &RequestError) -> bool {
    error.api().is_some_and(|error| {
        matches!(error.code.0, 15 | 18 | 19 | 30) && error.kind() != ErrorKind::RetrySoon
    })
}
