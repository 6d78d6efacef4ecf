//! Reading the comments below posts of pages that were just looked at: what they have more than at the last time, so that
//! questions without an answer are known. It has a budget of its own and comes after all walls.

use tokio_util::sync::CancellationToken;
use vkapi::types::GroupId;

use super::{Auditor, Passed};
use crate::{
    domain::{Ms, comments::Comments},
    pages::{WallFault, audit::waiting},
    store::{Expect, Op, Result, Store},
};

/// The most posts of one page whose comments are read in one pass; the others are read in the next.
const A_PAGE: usize = 5;

/// A page whose posts have comments.
pub(super) struct Commented {
    pub(super) id: GroupId,
    /// When the page is looked at next: it is written of only while that still holds.
    pub(super) next: Ms,
    /// Posts with how many comments each has, newest first.
    pub(super) posts: Vec<(i64, u32)>,
}

/// Whether more may be asked of VK.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    On,
    Stop,
}

impl Auditor {
    /// Reads what the pages have got of comments, as far as the day's budget goes.
    pub(super) async fn read_comments(
        &self,
        all: &[Commented],
        passed: &mut Passed,
        stop: &CancellationToken,
    ) -> Result<()> {
        for page in all {
            let read = self.store.comments_read(self.day(self.clock.now())).await?;
            let left = self.settings.comments_a_day.saturating_sub(read) as usize;
            if stop.is_cancelled() || left == 0 || self.of_page(page, left, passed).await? == Then::Stop {
                break;
            }
        }
        Ok(())
    }

    async fn of_page(&self, page: &Commented, left: usize, passed: &mut Passed) -> Result<Then> {
        let known = self.store.comments(page.id).await?.unwrap_or_else(|| Comments::new(page.id));
        let mut now = known.clone();
        // What is too old to be read again is not spoken of: nobody would see that it was answered.
        now.read.retain(|(post, _)| page.posts.iter().any(|(there, _)| there == post));
        now.open.retain(|question| page.posts.iter().any(|(there, _)| *there == question.post));
        let (mut calls, mut then) = (0, Then::On);
        let new = page.posts.iter().filter(|(post, count)| !known.knows(*post, *count));
        for (post, count) in new.take(A_PAGE.min(left)) {
            calls += 1;
            let open = match self.reader.comments(page.id, *post).await {
                Ok(comments) => waiting(page.id, *post, &comments),
                Err(WallFault::Shut) => Vec::new(),
                Err(WallFault::Limit) => {
                    tracing::warn!("VK takes no more reads of comments today");
                    calls = self.settings.comments_a_day;
                    then = Then::Stop;
                    break;
                }
                Err(WallFault::Unreachable) => {
                    then = Then::Stop;
                    break;
                }
            };
            passed.commented += 1;
            now.read.retain(|(read, _)| read != post);
            now.read.push((*post, *count));
            now.open.retain(|question| question.post != *post);
            now.open.extend(open);
        }
        now.open.sort_by_key(|question| (question.at, question.comment));
        let patience = self.clock.now().plus(-i64::from(self.norm.reader_hours) * Ms::HOUR);
        let mut ops = Vec::new();
        if !now.tell(patience).is_empty()
            && let Some(page) = self.store.page(page.id).await?
        {
            ops.extend(self.asked(&page).await?);
        }
        if calls > 0 {
            ops.push(Op::ReadComments(self.day(self.clock.now()), calls));
        }
        if now != known {
            ops.push(Op::PutComments(Box::new(now)));
        }
        if !ops.is_empty() {
            self.keep(vec![Expect::SightDue(page.id, page.next)], ops).await?;
        }
        Ok(then)
    }
}
