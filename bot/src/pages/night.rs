//! The reader that looks at every registered page each night: in the order they are due, within VK's limits, and after a
//! stop from where it was.

mod comments;
mod words;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vkapi::types::{Group, GroupId, WallPost};

use comments::Commented;

use super::{
    Reader, WallFault,
    audit::{Look, Said, Wall, commented, kept},
};
use crate::{
    chat::CodeSeen,
    config::Audit,
    content::Norm,
    core::Core,
    domain::{
        Clock, Day, Ms, Weekdays, Zone,
        page::{Month, Page, Sight, State, WEEKS, Week},
        rhythm::{earned, rhythm},
        text,
    },
    store::{AnyStore, Commit, Expect, Op, Result, Store, StoreError},
};

/// The most pages `groups.getById` tells of at once. <https://dev.vk.com/ru/method/groups.getById>
const GROUPS: usize = 500;
/// Pages in a row that VK does not answer about before the pass is given up for a while.
const DOWN: usize = 3;
/// How long it is given up for.
const AGAIN: i64 = 15 * Ms::MINUTE;
/// Days until a page that is no more is looked at again: it may come back.
const GONE: i64 = 7;
/// One of so many walls a day is kept for looks by day.
const BY_DAY: u32 = 10;
/// How long an answer about the newest post is good.
const FRESH: i64 = 10 * Ms::MINUTE;
/// How long to wait after the store could not be read or written.
const STORE_AGAIN: Duration = Duration::from_secs(60);

/// Looks at registered pages and keeps what it saw.
pub struct Auditor {
    store: Arc<AnyStore>,
    reader: Reader,
    clock: Arc<dyn Clock>,
    norm: Norm,
    zone: Zone,
    settings: Audit,
    /// One pass at a time.
    busy: tokio::sync::Mutex<()>,
    /// A page was registered.
    woken: Notify,
    /// No pass is to begin before this moment.
    rests: AtomicI64,
    /// When a page's newest post came out, as seen at a moment.
    posted: Mutex<Vec<(GroupId, Ms, Option<Ms>)>>,
}

/// What a pass came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// Pages looked at.
    pub pages: usize,
    /// Walls read.
    pub walls: usize,
    /// Pages that nobody can see, or that are no more.
    pub shut: usize,
    /// Pages VK did not answer about.
    pub failed: usize,
    /// Posts whose comments were read.
    pub commented: usize,
    /// It ended early: the day's walls are used up, or VK does not answer.
    pub early: bool,
}

/// What became of one page.
enum One {
    Seen { wall: bool },
    Failed,
    Limit,
}

impl Auditor {
    /// A reader of pages by a norm.
    pub fn new(
        store: Arc<AnyStore>,
        reader: Reader,
        clock: Arc<dyn Clock>,
        norm: Norm,
        zone: Zone,
        settings: Audit,
    ) -> Self {
        Self {
            store,
            reader,
            clock,
            norm,
            zone,
            settings,
            busy: tokio::sync::Mutex::new(()),
            woken: Notify::new(),
            rests: AtomicI64::new(i64::MIN),
            posted: Mutex::default(),
        }
    }

    /// A page was registered: it is looked at soon.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Nothing is to be looked at at this moment.
    pub(crate) async fn is_settled(&self) -> bool {
        let now = self.clock.now();
        let next = self.store.next_sight().await;
        let due = matches!(next, Ok(Some(at)) if at <= now);
        (!due || self.rests.load(Ordering::SeqCst) > now.0) && self.busy.try_lock().is_ok()
    }

    /// Looks at every page that is due; told to stop, it ends after the page in hand.
    async fn pass(&self, stop: &CancellationToken) -> Result<Passed> {
        self.pages(None, false, stop).await
    }

    /// Looks at pages whether they are due or not, those that wait longest first, each once, at most `limit` of them.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub async fn all(&self, limit: Option<usize>) -> Result<Passed> {
        self.pages(limit, true, &CancellationToken::new()).await
    }

    async fn pages(&self, limit: Option<usize>, undue: bool, stop: &CancellationToken) -> Result<Passed> {
        let _one = self.busy.lock().await;
        let began = self.clock.now();
        // A page looked at is due later than any that waits: whoever does not wait for that takes all at once.
        let mut all = if undue { self.store.sights_due(Ms(i64::MAX), usize::MAX).await? } else { Vec::new() };
        let (mut passed, mut down, mut talked) = (Passed::default(), 0, Vec::new());
        loop {
            let left = limit.unwrap_or(usize::MAX).saturating_sub(passed.pages + passed.failed);
            let walls = self.walls_left(self.settings.walls_a_day / BY_DAY).await?;
            let most = left.min(walls).min(GROUPS);
            let due = if undue {
                all.drain(..most.min(all.len())).collect()
            } else {
                self.store.sights_due(self.clock.now(), most).await?
            };
            if due.is_empty() {
                let waits = undue && !all.is_empty()
                    || !undue && !self.store.sights_due(self.clock.now(), 1).await?.is_empty();
                if waits && left > 0 {
                    self.rest_until(self.next_night());
                    passed.early = true;
                }
                break;
            }
            let ids: Vec<GroupId> = due.iter().map(|sight| sight.id).collect();
            let groups = match self.reader.groups(&ids).await {
                Ok(groups) => groups,
                Err(error) => {
                    tracing::warn!(%error, "pages were not read");
                    self.rest_until(self.clock.now().plus(AGAIN));
                    passed.early = true;
                    break;
                }
            };
            for sight in due {
                let group = groups.iter().find(|group| group.id == sight.id);
                match self.one(sight, group, &mut talked).await? {
                    One::Seen { wall } => {
                        passed.pages += 1;
                        *(if wall { &mut passed.walls } else { &mut passed.shut }) += 1;
                        down = 0;
                    }
                    One::Failed => {
                        passed.failed += 1;
                        down += 1;
                    }
                    One::Limit => {
                        tracing::warn!("VK takes no more reads of walls today");
                        self.rest_until(self.next_night());
                        passed.early = true;
                    }
                }
                if down >= DOWN {
                    self.rest_until(self.clock.now().plus(AGAIN));
                    passed.early = true;
                }
                if passed.early || stop.is_cancelled() {
                    break;
                }
            }
            if passed.early || stop.is_cancelled() {
                break;
            }
        }
        if down < DOWN {
            self.read_comments(&talked, &mut passed, stop).await?;
        }
        if passed.pages > 0 {
            let seconds = (self.clock.now().0 - began.0) / 1_000;
            tracing::info!(
                passed.pages,
                passed.walls,
                passed.shut,
                passed.failed,
                passed.commented,
                seconds,
                "looked at pages"
            );
        }
        Ok(passed)
    }

    /// Looks at one page and keeps what was seen, with the call it took, in one commit; notes its posts with comments.
    async fn one(&self, mut sight: Sight, group: Option<&Group>, talked: &mut Vec<Commented>) -> Result<One> {
        let now = self.clock.now();
        let mut expect = vec![Expect::SightDue(sight.id, sight.next)];
        let Some(page) = self.store.page(sight.id).await? else {
            // Whoever removed it removed its sight as well.
            return Ok(One::Seen { wall: false });
        };
        let night = self.next_night();
        let Some(group) = group else {
            let was = sight.state;
            let sight = sight.gone(now, night.plus((GONE - 1) * Ms::DAY));
            let mut ops = self.shut(&page, was, sight.state).await?;
            ops.push(Op::PutSight(Box::new(sight)));
            self.keep(expect, ops).await?;
            return Ok(One::Seen { wall: false });
        };
        let shut = group.deactivated.is_some() || group.is_closed.unwrap_or(0) != 0;
        let mut ops = Vec::new();
        let wall = if shut {
            Wall::Shut
        } else {
            let read = self.reader.wall(sight.id).await;
            ops.push(Op::ReadWalls(self.day(now), 1));
            match read {
                Ok(posts) => Wall::Read(posts),
                Err(WallFault::Shut) => Wall::Shut,
                Err(WallFault::Limit) => {
                    self.keep(Vec::new(), vec![Op::ReadWalls(self.day(now), self.settings.walls_a_day)])
                        .await?;
                    return Ok(One::Limit);
                }
                Err(WallFault::Unreachable) => {
                    sight.fails = sight.fails.saturating_add(1);
                    sight.next = now.plus(AGAIN * i64::from(sight.fails)).min(night);
                    ops.push(Op::PutSight(Box::new(sight)));
                    self.keep(expect, ops).await?;
                    return Ok(One::Failed);
                }
            }
        };
        let look = Look { at: now, group: group.clone(), wall };
        let norm = self.norm.of_class(page.class());
        let (mut seen, weeks) = kept(&sight, &look, Said::of(&page), &norm, &self.zone);
        let gone = matches!(seen.state, State::Deleted | State::Banned);
        seen.next = if gone { night.plus((GONE - 1) * Ms::DAY) } else { night };
        if let Some(named) = renamed(&page, group) {
            if named.name != page.name {
                seen.renamed = Some((now, page.name.clone()));
            }
            expect.push(Expect::PageRev(page.id, page.rev));
            ops.push(Op::PutPage(Box::new(named)));
        }
        let id = seen.id;
        if let Wall::Read(wall) = &look.wall {
            talked.push(Commented { id, next: seen.next, posts: commented(wall, now) });
        }
        self.reached(&mut seen, &weeks).await?;
        ops.extend(self.shut(&page, sight.state, seen.state).await?);
        ops.extend(self.alarm(&page, &mut seen).await?);
        let last = self.day(now).0 - 7 * WEEKS;
        ops.push(Op::DropWeeks(id, Day(last)));
        ops.push(Op::PutSight(Box::new(seen)));
        ops.extend(weeks.into_iter().map(|week| Op::PutWeek(id, Box::new(week))));
        self.keep(expect, ops).await?;
        Ok(One::Seen { wall: !shut })
    }

    /// What the page has reached, of all its weeks: it stays when they are kept no more.
    async fn reached(&self, seen: &mut Sight, new: &[Week]) -> Result<()> {
        let mut weeks = self.store.weeks(seen.id).await?;
        weeks.retain(|week| new.iter().all(|other| other.from != week.from));
        weeks.extend_from_slice(new);
        weeks.sort_unstable_by_key(|week| week.from);
        let today = Day::from(self.zone.local(self.clock.now()).date());
        seen.earned = earned(&seen.earned, &weeks);
        seen.best_run = seen.best_run.max(rhythm(&weeks, today).best);
        seen.month = Month::of(&weeks, today);
        Ok(())
    }

    /// A page that was changed or removed meanwhile is still due, or no more; the calls it took count all the same.
    async fn keep(&self, expect: Vec<Expect>, ops: Vec<Op>) -> Result<()> {
        let calls: Vec<Op> =
            ops.iter().filter(|op| matches!(op, Op::ReadWalls(..) | Op::ReadComments(..))).cloned().collect();
        match self.store.commit(Commit { expect, ops }).await {
            Err(StoreError::Conflict) => {
                self.store.commit(Commit { expect: vec![], ops: calls }).await.map(drop)
            }
            other => other.map(drop),
        }
    }

    /// When the newest post of a page came out, looked up just now if there is a read left for it; `None` if it cannot
    /// be known.
    pub(crate) async fn last_post(&self, id: GroupId) -> Result<Option<Ms>> {
        let now = self.clock.now();
        let known = self.posted().iter().find(|(page, at, _)| *page == id && now.0 - at.0 < FRESH).copied();
        if let Some((_, _, last)) = known {
            return Ok(last);
        }
        if self.walls_left(0).await? == 0 {
            return Ok(None);
        }
        let dates = self.wall(id).await?.ok();
        let last = dates.and_then(|posts| super::audit::newest(&posts, now));
        let mut posted = self.posted();
        posted.retain(|(page, at, _)| *page != id && now.0 - at.0 < FRESH);
        posted.push((id, now, last));
        Ok(last)
    }

    fn posted(&self) -> std::sync::MutexGuard<'_, Vec<(GroupId, Ms, Option<Ms>)>> {
        self.posted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a word stands in one of a page's newest posts; asked anew each time.
    pub(crate) async fn holds(&self, id: GroupId, word: &str) -> CodeSeen {
        if !matches!(self.walls_left(0).await, Ok(1..)) {
            return CodeSeen::Unreachable;
        }
        match self.wall(id).await {
            Ok(Ok(posts)) if posts.iter().any(|post| post.text.to_lowercase().contains(word)) => {
                CodeSeen::There
            }
            Ok(Ok(_) | Err(WallFault::Shut)) => CodeSeen::NotThere,
            _ => CodeSeen::Unreachable,
        }
    }

    /// Reads a wall by day; the call is counted first.
    async fn wall(&self, id: GroupId) -> Result<std::result::Result<Vec<WallPost>, WallFault>> {
        self.keep(Vec::new(), vec![Op::ReadWalls(self.day(self.clock.now()), 1)]).await?;
        Ok(self.reader.wall(id).await)
    }

    /// How many more walls may be read today, if so many are left alone.
    async fn walls_left(&self, alone: u32) -> Result<usize> {
        let read = self.store.walls(self.day(self.clock.now())).await?;
        Ok(self.settings.walls_a_day.saturating_sub(alone).saturating_sub(read) as usize)
    }

    /// The day that reads are counted of: it begins with the night's work, so that what is left of one night is not
    /// read just before the next.
    fn day(&self, at: Ms) -> Day {
        let local = self.zone.local(at);
        let day = Day::from(local.date());
        if self.zone.time(at) < self.settings.night { Day(day.0 - 1) } else { day }
    }

    fn next_night(&self) -> Ms {
        let now = self.clock.now();
        self.zone.next(Weekdays::ALL, self.settings.night, now).unwrap_or(now.plus(Ms::DAY))
    }

    fn rest_until(&self, at: Ms) {
        self.rests.store(at.0, Ordering::SeqCst);
    }
}

/// The page by its present name, if that is another.
fn renamed(page: &Page, group: &Group) -> Option<Page> {
    let name = text::line(&group.name, 120).filter(|_| group.deactivated.is_none());
    let name = name.unwrap_or_else(|| page.name.clone());
    let screen_name = group.screen_name.clone().unwrap_or_else(|| page.screen_name.clone());
    let same = name == page.name && screen_name == page.screen_name;
    (!same).then(|| Page { screen_name, name, ..page.clone() })
}

/// Looks at pages whenever they are due, until told to stop.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let Some(auditor) = core.auditor.clone() else { return };
    loop {
        let pass = auditor.pass(&stop).await;
        // What was held for people has its moment.
        core.rescheduled.notify_one();
        let wait = async {
            let next = match pass {
                Ok(_) => auditor.store.next_sight().await,
                Err(error) => Err(error),
            };
            match next {
                Ok(next) => {
                    let now = auditor.clock.now();
                    let next = next.unwrap_or(now.plus(Ms::DAY));
                    auditor.clock.until(next.max(Ms(auditor.rests.load(Ordering::SeqCst)))).await;
                }
                Err(error) => {
                    tracing::error!(%error, "pages could not be looked at");
                    tokio::time::sleep(STORE_AGAIN).await;
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = auditor.woken.notified() => {}
            () = wait => {}
        }
    }
}
