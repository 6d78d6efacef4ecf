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

/// The most calls for pages of which VK refuses some: enough to find two or three bad numbers among 500.
const HALVES: u32 = 32;

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
    /// VK refuses a call when it knows none of the pages, and maybe for one bad number among many: then halves are asked
    /// for, `HALVES` calls at most, until those it refuses stand alone.
    ///
    /// # Errors
    /// VK does not answer, or refuses whatever is asked: then nothing is known of any page.
    pub async fn groups(&self, ids: &[GroupId]) -> Result<Vec<Group>, RequestError> {
        let (mut found, mut calls) = (Vec::new(), 0);
        let mut parts = vec![ids];
        while let Some(part) = parts.pop() {
            match self.bot.groups_get_by_id().ids(part).fields(FIELDS).await {
                Ok(groups) => found.extend(groups),
                Err(error) if super::fault(&error) == PageFault::NoPage => {
                    let (left, right) = part.split_at(part.len() / 2);
                    let alone = left.is_empty();
                    // Refused each and all, it is hardly for the pages: a field may be taken no more.
                    let all = parts.is_empty() && found.is_empty() && ids.len() > 2;
                    if calls >= HALVES || alone && all {
                        return Err(error);
                    }
                    if alone {
                        tracing::warn!(page = part.first().map(|id| id.0), "VK refuses to tell of a page");
                    } else {
                        tracing::warn!(%error, pages = part.len(), "VK refuses to tell of pages: asking for halves");
                        parts.extend([right, left]);
                    }
                }
                Err(error) => return Err(error),
            }
            calls += 1;
        }
        Ok(found)
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

#[cfg(test)]
mod tests {
    use futures::future::BoxFuture;
    use vkapi::{Answer, ApiError, Call, ErrorCode, Transport};

    use super::*;
    use crate::domain::TestClock;

    /// A VK that refuses every call which names a bad page, or every call.
    struct Refuses(fn(i64) -> bool);

    impl Transport for Refuses {
        fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
            let ids = call.form.iter().find(|(name, _)| name == "group_ids").map_or("", |(_, ids)| ids);
            let ids: Vec<i64> = ids.split(',').filter_map(|id| id.parse().ok()).collect();
            if ids.iter().any(|id| (self.0)(*id)) {
                let error =
                    ApiError::new(ErrorCode(100), "one of the parameters is wrong", call.method.as_ref());
                return Box::pin(std::future::ready(Err(RequestError::Api(error))));
            }
            let groups: Vec<String> =
                ids.iter().map(|id| format!(r#"{{"id":{id},"name":"Школа"}}"#)).collect();
            let told = format!(r#"{{"response":{{"groups":[{}]}}}}"#, groups.join(","));
            Box::pin(std::future::ready(Answer::read(told.as_bytes(), &call.method)))
        }
    }

    async fn found(refuses: fn(i64) -> bool, pages: i64) -> Option<Vec<i64>> {
        let bot = Bot::new("a-key").unwrap().with_transport(Arc::new(Refuses(refuses)));
        let reader = Reader::new(bot, Arc::new(TestClock::still(crate::domain::Ms(0))));
        let ids: Vec<GroupId> = (1..=pages).map(GroupId).collect();
        let mut found: Vec<i64> = reader.groups(&ids).await.ok()?.iter().map(|group| group.id.0).collect();
        found.sort_unstable();
        Some(found)
    }

    #[tokio::test]
    async fn one_bad_number_does_not_hide_its_neighbours() {
        let others: Vec<i64> = (1..=500).filter(|id| *id != 13).collect();
        assert_eq!(found(|id| id == 13, 500).await, Some(others));
        assert_eq!(found(|id| id == 1, 1).await, Some(Vec::new()), "the only one is no more");
        assert_eq!(found(|_| false, 3).await, Some(vec![1, 2, 3]));
    }

    #[tokio::test]
    async fn what_is_refused_for_each_and_all_says_nothing_of_any() {
        for pages in [3, 7, 500] {
            assert_eq!(found(|_| true, pages).await, None, "{pages} pages would be taken for deleted");
        }
    }
}
