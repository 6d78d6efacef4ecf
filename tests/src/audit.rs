//! A region of pages under the reader: how many calls a night takes, and what a stop or a kill in the middle of it costs.

pub mod killed;

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, ensure};
use kurator::{
    config::Audit,
    domain::{
        Clock, PageRef,
        page::{Page, Sight, State},
    },
    store::{Commit, Op, Store},
};
use vk_sandbox::Settings;
use vkapi::types::GroupId;

use crate::world::{Kept, Setup, World, monday};

/// The first page's id.
const FIRST: i64 = 700_000;
/// Weeks that the pages have lived before the first look.
const WEEKS: i64 = 8;
/// VK's calls a second for a service key, and the bot's.
const A_SECOND: u32 = 3;
/// How long a night may take on a busy machine beyond its calls.
const PATIENCE: Duration = Duration::from_secs(60);

/// What region is looked at, and how.
#[derive(Clone, Debug)]
pub struct Region {
    /// How many pages.
    pub pages: usize,
    /// The bot is stopped when so many walls were read, and started again.
    pub stop_after: Option<u64>,
    /// How many walls may be read in a day.
    pub walls_a_day: u32,
    /// Under how many posts comments may be read in a day.
    pub comments_a_day: u32,
    /// Both sides keep VK's pace.
    pub paced: bool,
}

impl Default for Region {
    fn default() -> Self {
        Self { pages: 1_050, stop_after: None, walls_a_day: 5_000, comments_a_day: 2_000, paced: false }
    }
}

/// What a night came to.
#[derive(Clone, Debug)]
pub struct Night {
    /// Pages looked at.
    pub pages: usize,
    /// Calls of VK it took, without those of the chat.
    pub calls: u64,
    /// How many calls it may take.
    pub most: u64,
    /// Calls that read comments, which have a budget of their own.
    pub comments: u64,
    /// Questions without an answer that were found.
    pub questions: usize,
    /// Pages by how they were.
    pub states: BTreeMap<String, usize>,
    /// How long it took.
    pub took: Duration,
}

/// A night over a region.
///
/// # Errors
/// A page was not looked at, or twice; or more calls were made than may be.
pub async fn run(region: &Region) -> anyhow::Result<Night> {
    let settings = Settings {
        requests_per_second: None,
        service_requests_per_second: region.paced.then_some(A_SECOND),
        calls_kept: 100_000,
        ..Settings::default()
    };
    let audit =
        Audit { walls_a_day: region.walls_a_day, comments_a_day: region.comments_a_day, ..Audit::default() };
    let setup = Setup { kept: Kept::Disk, pages: Some(audit), settings, ..Setup::default() };
    let mut world = World::start(setup).await?;
    let since = monday().0 / 1_000 - WEEKS * 7 * 86_400;
    let pages = vk_sandbox::region(FIRST, region.pages, 7, since);
    world.stop_bot().await?;
    let store = world.store().await?;
    let ops = pages.iter().flat_map(|page| {
        let id = GroupId(page.id);
        let named = PageRef { id, screen_name: page.screen_name.clone(), name: page.name.clone() };
        let kept = Page::new(named, monday());
        [Op::PutPage(Box::new(kept)), Op::PutSight(Box::new(Sight::new(id, monday())))]
    });
    store.commit(Commit { expect: Vec::new(), ops: ops.collect() }).await?;
    drop(store);
    for page in pages {
        world.sandbox.add_page(page);
    }
    let (began, before) = (std::time::Instant::now(), calls(&world));
    world.start_bot().await?;
    if let Some(walls) = region.stop_after {
        while count(&world, "wall.get") < walls {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        world.stop_bot().await?;
        world.start_bot().await?;
    }
    let reads = region.pages as u64 + u64::from(region.comments_a_day);
    let patience = PATIENCE + Duration::from_millis(reads * 1_100 / u64::from(A_SECOND));
    while !looked_at(&world).await {
        ensure!(began.elapsed() < patience, "the night does not end: {:?}", world.sandbox.call_counts());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = began.elapsed();
    let calls = calls(&world) - before;
    world.stop_bot().await?;
    let store = world.store().await?;
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    let (mut seen, mut questions, mut unread) = (0, 0, 0);
    for n in 0..region.pages as i64 {
        let id = GroupId(FIRST + n);
        let sight = store.sight(id).await?.context("a page is lost")?;
        seen += usize::from(sight.read.is_some() && sight.next > world.clock.now());
        *states.entry(format!("{:?}", sight.state)).or_default() += 1;
        if let Some(known) = store.comments(id).await? {
            unread += usize::from(known.read.is_empty());
            questions += known.open.len();
        }
        let weeks = store.weeks(id).await?;
        ensure!(
            (sight.state == State::Open) != weeks.is_empty(),
            "page {n} is {:?} and has {} weeks",
            sight.state,
            weeks.len()
        );
    }
    let day = kurator::domain::Day::from(monday().date());
    let walls = count(&world, "wall.get");
    ensure!(u64::from(store.walls(day).await?) == walls, "not every read of a wall was counted");
    let comments = count(&world, "wall.getComments");
    let counted = u64::from(store.comments_read(day).await?);
    // A stop between a read and its commit leaves what was read uncounted, one page at the most.
    ensure!(
        counted <= comments && comments <= counted + 5,
        "{comments} reads of comments, {counted} counted"
    );
    ensure!(comments <= u64::from(region.comments_a_day), "{comments} reads of comments");
    ensure!(unread == 0, "{unread} pages have comments that were not read");
    drop(store);
    ensure!(seen == region.pages, "{seen} of {} pages were looked at", region.pages);
    let mut posts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for call in world.sandbox.calls().iter().filter(|call| call.method == "wall.getComments") {
        let param = |name: &str| call.param(name).unwrap_or_default().to_owned();
        *posts.entry((param("owner_id"), param("post_id"))).or_default() += 1;
    }
    let again = posts.values().map(|n| n - 1).sum::<usize>();
    ensure!(again <= 5, "comments of {again} posts were read again");
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    for call in world.sandbox.calls().iter().filter(|call| call.method == "wall.get") {
        let owner = call.param("owner_id").unwrap_or_default().to_owned();
        *owners.entry(owner).or_default() += 1;
    }
    let twice = owners.values().filter(|n| **n > 1).count();
    ensure!(twice == 0, "{twice} pages were read twice");
    let pages = region.pages as u64;
    let most = pages + pages.div_ceil(500) + (pages / 50).max(1);
    ensure!(calls <= most, "{calls} calls for {pages} pages, {most} are allowed");
    let refused = world.sandbox.calls().iter().filter(|call| call.result == Err(6)).count();
    ensure!(refused == 0, "VK's pace was not kept: {refused} calls were refused");
    world.stop().await?;
    Ok(Night { pages: seen, calls, most, comments, questions, states, took })
}

/// Nothing is left to be looked at.
async fn looked_at(world: &World) -> bool {
    match world.app() {
        Some(app) => app.has_looked().await,
        None => false,
    }
}

fn count(world: &World, method: &str) -> u64 {
    world.sandbox.call_counts().get(method).copied().unwrap_or(0)
}

/// Calls that look at pages.
fn calls(world: &World) -> u64 {
    count(world, "wall.get") + count(world, "groups.getById")
}
