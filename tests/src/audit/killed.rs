//! A night over pages by the real binary, which is killed in the middle of it, more than once.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use fastrand::Rng;
use kurator::{
    domain::{Clock, Ms, PageRef, SystemClock, page::Page, page::Sight},
    store::{Commit, Op, SledOptions, SledStore, Store},
};
use vk_sandbox::{Sandbox, Settings};
use vkapi::types::GroupId;

use super::{A_SECOND, FIRST, Night, PATIENCE, WEEKS};
use crate::{
    GROUP, SERVICE, TOKEN,
    real::{self, Real},
};

/// How long the bot may take to begin or to end.
const BEGINS: Duration = Duration::from_secs(60);
/// How often it is looked at how far it has come.
const LOOK: Duration = Duration::from_millis(2);
/// Memory for the cache of a store that is looked into.
const CACHE: u64 = 8 << 20;
/// Comments are read under so many posts of a page before that is written down.
const A_PAGE: usize = 5;

/// What a killed night came to.
#[derive(Clone, Debug)]
pub struct Killed {
    /// The night.
    pub night: Night,
    /// How often the bot was killed with SIGKILL while it read walls.
    pub kills: usize,
    /// Pages whose wall was read twice: at most one for each kill, the one in hand.
    pub again: usize,
}

/// A night over so many pages at the pace VK asks for, with so many kills at chance moments of it.
///
/// # Errors
/// A page was not looked at, was read again although the bot had written it down, or was not counted.
pub async fn run(pages: usize, kills: usize, comments_a_day: u32, seed: u64) -> anyhow::Result<Killed> {
    let settings = Settings {
        requests_per_second: None,
        service_requests_per_second: Some(A_SECOND),
        calls_kept: 100_000,
        ..Settings::default()
    };
    let sandbox = Sandbox::builder()
        .group(GROUP, "Куратор", TOKEN)
        .service_token(SERVICE)
        .settings(settings)
        .start("127.0.0.1:0")
        .await?;
    let folder = tempfile::tempdir()?;
    let config = real::config(&sandbox, folder.path());
    // The night begins an hour from now at the earliest: what is read is what waits for its first look.
    let config = config.replace("[store]", &format!("service_token = {SERVICE:?}\n[store]"));
    let config = format!("{config}[audit]\ncomments_a_day = {comments_a_day}\n");
    let config = real::write(folder.path(), &config)?;
    let options = SledOptions { path: folder.path().join("store"), cache_bytes: CACHE, allow_unsafe: true };
    let now = SystemClock.now();
    let lives = vk_sandbox::region(FIRST, pages, seed, now.0 / 1_000 - WEEKS * 7 * 86_400);
    let store = SledStore::open(&options)?;
    let ops = lives.iter().flat_map(|page| {
        let id = GroupId(page.id);
        let named = PageRef { id, screen_name: page.screen_name.clone(), name: page.name.clone() };
        let waits = Sight::new(id, now.plus(-Ms::MINUTE));
        [Op::PutPage(Box::new(Page::new(named, now))), Op::PutSight(Box::new(waits))]
    });
    store.commit(Commit { expect: Vec::new(), ops: ops.collect() }).await?;
    drop(store);
    let open = lives.len();
    for page in lives {
        sandbox.add_page(page);
    }
    let count = |method: &str| sandbox.call_counts().get(method).copied().unwrap_or(0);

    let mut rng = Rng::with_seed(seed);
    // Closed and deleted pages have no wall that is read: never wait for the last of them.
    let mut moments: Vec<u64> = (0..kills).map(|_| rng.u64(1..(open as u64 * 3 / 4).max(2))).collect();
    moments.sort_unstable();
    let began = Instant::now();
    let patience = PATIENCE + Duration::from_millis((pages as u64 + u64::from(comments_a_day)) * 1_100 / 3);
    let mut bot = Real::run(&config)?;
    for moment in &moments {
        while count("wall.get") < *moment {
            ensure!(began.elapsed() < patience, "the night does not go on: {}", bot.log());
            tokio::time::sleep(LOOK).await;
        }
        let ended = bot.kill().await?;
        ensure!(ended.code.is_none(), "the bot ended before it was killed: {ended:?}");
        bot = Real::run(&config)?;
    }
    bot.says("looked at pages", patience).await.context("the night does not end")?;
    let took = began.elapsed();
    bot.signal(real::Signal::TERM)?;
    bot.end(BEGINS).await?;

    let store = SledStore::open(&options)?;
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    let (mut seen, mut questions) = (0, 0);
    for n in 0..pages as i64 {
        let sight = store.sight(GroupId(FIRST + n)).await?.context("a page is lost")?;
        seen += usize::from(sight.read.is_some() && sight.next > SystemClock.now());
        *states.entry(format!("{:?}", sight.state)).or_default() += 1;
        questions += store.comments(sight.id).await?.map_or(0, |known| known.open.len());
    }
    ensure!(seen == pages, "{seen} of {pages} pages were looked at");
    let again = twice(&sandbox, "wall.get", &["owner_id"]);
    // A page is written down with its read in one commit, one page at a time: a kill between the two costs that page.
    ensure!(again <= kills, "{again} walls were read again after {kills} kills");
    let comments = twice(&sandbox, "wall.getComments", &["owner_id", "post_id"]);
    ensure!(comments <= kills * A_PAGE, "comments of {comments} posts were read again after {kills} kills");
    let refused = sandbox.calls().iter().filter(|call| call.result == Err(6)).count();
    // Whoever was killed does not know what it has asked in this second.
    ensure!(refused <= 2 * kills, "VK's pace was not kept: {refused} calls were refused");
    let calls = count("wall.get") + count("groups.getById");
    let most = pages as u64 + pages.div_ceil(500) as u64 + (pages as u64 / 50).max(1) + 3 * kills as u64;
    ensure!(calls <= most, "{calls} calls for {pages} pages, {most} are allowed");
    let comments = count("wall.getComments");
    let night = Night { pages: seen, calls, most, comments, questions, states, took };
    Ok(Killed { night, kills, again })
}

/// How many things were asked of VK a second time.
fn twice(sandbox: &Sandbox, method: &str, named_by: &[&str]) -> usize {
    let mut asked: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for call in sandbox.calls().iter().filter(|call| call.method == method && call.result.is_ok()) {
        let name = named_by.iter().map(|name| call.param(name).unwrap_or_default().to_owned()).collect();
        *asked.entry(name).or_default() += 1;
    }
    asked.values().map(|n| n - 1).sum()
}
