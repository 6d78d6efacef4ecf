//! Looks at pages with the service key: a community's key may not read walls.
//! <https://dev.vk.com/ru/method/wall.get>

use std::sync::Arc;

use vkapi::{
    Bot, RequestError,
    types::{Comment, Group, GroupId, WallPost},
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

/// Why a wall was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallFault {
    /// VK shows it to nobody, or not to us: closed, switched off, banned.
    Shut,
    /// VK takes no more such calls today.
    Limit,
    /// VK does not answer now.
    Unreachable,
}

/// The most comments VK tells at once, and the most answers below each.
/// <https://dev.vk.com/ru/method/wall.getComments>
const COMMENTS: i64 = 100;
const THREAD: i64 = 10;

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
            match self.wall(group.id).await {
                Ok(posts) => Wall::Read(posts),
                Err(WallFault::Shut) => Wall::Shut,
                Err(WallFault::Limit | WallFault::Unreachable) => return Err(PageFault::Unreachable),
            }
        };
        Ok(Look { at: self.clock.now(), group, wall })
    }

    /// What VK tells of these pages, at most 500: one call. Whoever VK does not know is not in the answer.
    ///
    /// # Errors
    /// VK does not answer.
    pub async fn groups(&self, ids: &[GroupId]) -> Result<Vec<Group>, RequestError> {
        match self.bot.groups_get_by_id().ids(ids).fields(FIELDS).await {
            // VK refuses the call when it knows none of them.
            Err(error) if super::fault(&error) == PageFault::NoPage => Ok(Vec::new()),
            answer => answer,
        }
    }

    /// The newest posts of a page in its own name, at most [`WALL`]: one call.
    ///
    /// # Errors
    /// VK does not show them.
    pub async fn wall(&self, id: GroupId) -> Result<Vec<WallPost>, WallFault> {
        let request = self.bot.wall_get().owner_id(-id.0).count(WALL as i64).filter("owner");
        match request.await {
            Ok(posts) => Ok(posts.items),
            Err(error) => Err(wall_fault(&error, id)),
        }
    }

    /// The newest comments under a post of a page, at most a hundred, with up to ten answers below each: one call.
    ///
    /// # Errors
    /// VK does not show them.
    pub async fn comments(&self, id: GroupId, post: i64) -> Result<Vec<Comment>, WallFault> {
        let request = self.bot.wall_get_comments().owner_id(-id.0).post_id(post).count(COMMENTS);
        let request = request.sort("desc").preview_length(0).thread_items_count(THREAD);
        match request.await {
            Ok(comments) => Ok(comments.items),
            // The post is no more.
            Err(error) if error.api().is_some_and(|e| e.code.0 == 100) => Ok(Vec::new()),
            Err(error) => Err(wall_fault(&error, id)),
        }
    }
}

fn wall_fault(error: &RequestError, id: GroupId) -> WallFault {
    match error.api().map(|e| e.code.0) {
        Some(15 | 18 | 19 | 30 | 212) => WallFault::Shut,
        Some(29) => WallFault::Limit,
        _ => {
            tracing::warn!(%error, page = id.0, "a wall or its comments were not read");
            WallFault::Unreachable
        }
    }
}
