//! `kill -9` at random moments of a conversation of many people, and of an announcement to more.

pub(crate) mod campaign;

use std::{
    fmt, fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use fastrand::Rng;
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use kurator::{
    domain::{Clock, SystemClock},
    store::{SledOptions, SledStore, Store},
};
use vk_sandbox::{Faults, Sandbox, Settings};
use vkapi::types::GroupId;

use self::campaign::Announcement;
use crate::{
    GROUP, TOKEN, load_content,
    people::{Acknowledged, Book, Eyes, Person, Tally},
    real::{self, Real, Signal},
};

/// The first person's id.
const FIRST: i64 = 7_000_000;
/// How long the bot may take to begin, to stop, and to answer what is left at the end.
const PATIENCE: Duration = Duration::from_secs(60);
/// So long a message can be edited.
const FOR_EVER: Duration = Duration::from_secs(1_000 * 24 * 3600);
/// Memory for the cache of a store that is looked into.
const CACHE: u64 = 8 << 20;

/// How it is done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often the bot is killed.
    pub kills: usize,
    /// How many people talk to it.
    pub people: usize,
    /// What every choice and moment follows from, as far as they follow from anything.
    pub seed: u64,
    /// How many others an announcement goes to meanwhile, over two seconds for each kill; 0: there is none.
    pub recipients: usize,
    /// Whether VK has troubles all the while: one in twenty of each kind, and a `random_id` forgotten now and then,
    /// because its clock has moved on by more than an hour.
    pub troubles: bool,
    /// The longest a bot lives after it began to answer; some are killed while they still start.
    pub longest_life: Duration,
}

/// What was seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    /// How often the bot was killed.
    pub kills: usize,
    /// Of these, before it had begun to answer.
    pub in_start: usize,
    /// How many people talked.
    pub people: usize,
    /// What they did and saw.
    pub tally: Tally,
    /// Ticks in the store at the end.
    pub ticks: usize,
    /// Recipients of the announcement who have it, each once.
    pub delivered: u64,
    /// Recipients who had forbidden messages.
    pub refused: u64,
    /// How often VK's clock was moved on by more than an hour.
    pub moves: usize,
    /// Messages VK was given more than once, which it dropped by their `random_id`.
    pub dropped_repeats: usize,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { deeds, reminders, repeated_edits, snackbars } = self.tally;
        write!(
            f,
            "{} kills ({} while starting), {} people, {deeds} messages and presses each answered once, {} ticks kept, \
             {reminders} reminders, {snackbars} snackbars; an announcement to {} who have it once and {} who forbid it; \
             VK's clock moved on {} times; made again without harm: {} sends, {repeated_edits} edits; {:.0?}",
            self.kills,
            self.in_start,
            self.people,
            self.ticks,
            self.delivered,
            self.refused,
            self.moves,
            self.dropped_repeats,
            self.took
        )
    }
}

/// Kills the bot as often as planned while people talk to it.
///
/// After each kill a copy of the store is looked into: everything acknowledged to anybody is in it. At the end each
/// person opens all she has used and sees it.
///
/// # Errors
/// Something was lost or doubled, or the bot did not start again.
pub async fn run(plan: Plan) -> anyhow::Result<Summary> {
    let began = Instant::now();
    // Messages are pressed however far VK's clock has moved on meanwhile.
    let settings = Settings { calls_kept: 1_000_000, edit_life: FOR_EVER, ..Settings::default() };
    let moved = Arc::new(AtomicI64::new(0));
    let ours = Arc::clone(&moved);
    let sandbox = Sandbox::builder()
        .group(GROUP, "Куратор", TOKEN)
        .settings(settings)
        .now(Arc::new(move || campaign::ahead(ours.load(Ordering::SeqCst))))
        .start("127.0.0.1:0")
        .await?;
    let folder = tempfile::tempdir()?;
    // Nobody waits for the morning.
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path()))?;
    let span = campaign::seconds(2 * plan.kills)?;
    let announcement = Announcement::prepare(folder.path(), &sandbox, plan.recipients, span).await?;

    let mut bot = Real::run(&config)?;
    // Without a stored place in the events a new bot begins with what comes after its first session.
    bot.says("long poll session", PATIENCE).await?;
    let talking = AtomicBool::new(true);
    let content = load_content()?;
    let (eyes, book) = (Eyes::open(&sandbox), Book::new(&content));
    let mut people = People { talks: FuturesUnordered::new(), acknowledged: Vec::new() };
    for id in (FIRST..).take(plan.people) {
        let now = Arc::new(|| SystemClock.now());
        let mut person = Person::new(id, plan.seed, &sandbox, &eyes, &book, now)?;
        people.acknowledged.push((id, person.acknowledged()));
        let talking = &talking;
        people.talks.push(Box::pin(async move {
            person.talk(|| talking.load(Ordering::SeqCst)).await?;
            person.look_back().await
        }));
    }
    let mut rng = Rng::with_seed(plan.seed);
    if plan.troubles {
        sandbox.faults().set(troubles(plan.seed));
    }
    let mut summary = Summary { kills: plan.kills, people: plan.people, ..Summary::default() };
    for kill in 1..=plan.kills {
        let life = plan.longest_life.mul_f64(rng.f64());
        let living = async {
            if rng.u8(..5) == 0 {
                tokio::time::sleep(life / 4).await;
                return Ok(());
            }
            bot.says(real::RUNS, PATIENCE).await?;
            tokio::time::sleep(life).await;
            if rng.bool() {
                // Just now VK has taken something, and the bot may not have noted it yet.
                eyes.grown().changed().await?;
            }
            anyhow::Ok(())
        };
        tokio::select! {
            lived = living => lived?,
            Some(ended) = people.talks.next() => {
                let Err(error) = ended else { bail!("somebody stopped talking") };
                let log = bot.log();
                bot.kill().await?;
                return Err(error.context(format!("the bot, before kill {kill}:\n{log}\n{}", unsent(folder.path()).await?)));
            }
        }
        let ended = bot.kill().await?;
        ensure!(ended.code.is_none(), "the bot ended before it was killed: {ended:?}");
        summary.in_start += usize::from(!ended.err.contains(real::RUNS));
        let kept = look_into(folder.path(), &people.acknowledged).await;
        kept.with_context(|| format!("after kill {kill}"))?;
        if plan.troubles && rng.u8(..8) == 0 {
            moved.fetch_add(campaign::more_than_an_hour(&mut rng), Ordering::SeqCst);
            summary.moves += 1;
        }
        if kill == plan.kills {
            sandbox.faults().clear();
        }
        bot = Real::run(&config)?;
    }
    bot.says(real::RUNS, PATIENCE).await?;
    talking.store(false, Ordering::SeqCst);
    while let Some(ended) = people.talks.next().await {
        let tally = ended?;
        summary.tally.deeds += tally.deeds;
        summary.tally.reminders += tally.reminders;
        summary.tally.repeated_edits += tally.repeated_edits;
        summary.tally.snackbars += tally.snackbars;
    }
    let until = Instant::now() + span + PATIENCE;
    while !announcement.is_there(&sandbox) {
        ensure!(Instant::now() < until, "somebody never gets the announcement: {}", bot.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    bot.signal(Signal::TERM)?;
    let ended = bot.end(PATIENCE).await?;
    ensure!(ended.code == Some(0), "the bot did not stop well: {ended:?}");
    ensure!(!ended.err.contains(r#""level":"ERROR""#), "the last bot complained: {}", ended.err);
    summary.ticks = look_into(folder.path(), &people.acknowledged).await?;
    finished(&folder.path().join("store"), &sandbox).await?;
    let tally = announcement.check(folder.path(), &sandbox).await?;
    (summary.delivered, summary.refused) = (tally.sent, tally.refused);
    campaign::nothing_twice(&sandbox, (FIRST..).take(plan.people))?;
    summary.dropped_repeats = repeats(&sandbox)?;
    summary.took = began.elapsed();
    Ok(summary)
}

/// One in twenty of each kind.
fn troubles(seed: u64) -> Faults {
    Faults {
        seed,
        server_error: 0.05,
        drop_before: 0.05,
        drop_after: 0.05,
        errors: vec![(6, 0.05), (9, 0.05), (10, 0.05)],
        failed1: 0.05,
        failed2: 0.05,
        failed3: 0.05,
        ..Faults::default()
    }
}

/// Those who talk, and what each was told.
struct People<'a> {
    talks: FuturesUnordered<BoxFuture<'a, anyhow::Result<Tally>>>,
    acknowledged: Vec<(i64, Acknowledged)>,
}

/// Opens a copy of the store, as the next bot will open the store, and looks for all that was acknowledged.
async fn look_into(folder: &Path, acknowledged: &[(i64, Acknowledged)]) -> anyhow::Result<usize> {
    let copy = tempfile::tempdir()?;
    copy_all(&folder.join("store"), &copy.path().join("store"))?;
    let store = open(copy.path().join("store").as_path()).await?;
    let mut ticks = 0;
    for (person, acknowledged) in acknowledged {
        ticks += acknowledged.check(&store, *person).await?;
    }
    tokio::task::spawn_blocking(move || drop(store)).await?;
    Ok(ticks)
}

/// What waits to be sent: an answer that does is late, one that does not is lost.
async fn unsent(folder: &Path) -> anyhow::Result<String> {
    let waits = open(&folder.join("store")).await?.outbox(None, 50).await?;
    Ok(format!("it was still to send: {waits:#?}"))
}

async fn open(path: &Path) -> anyhow::Result<SledStore> {
    let options = SledOptions { path: path.to_owned(), allow_unsafe: true, cache_bytes: CACHE };
    Ok(tokio::task::spawn_blocking(move || SledStore::open(&options)).await??)
}

fn copy_all(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else if entry.file_type()?.is_file() {
            // A socket of the killed bot stays behind; it is no part of the store.
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Every event is dealt with and every message has left.
async fn finished(store: &Path, sandbox: &Sandbox) -> anyhow::Result<()> {
    let store = open(store).await?;
    let cursor = store.cursor(GroupId(GROUP)).await?;
    ensure!(cursor == Some(sandbox.last_ts()), "events up to {}, dealt with {cursor:?}", sandbox.last_ts());
    let left = store.outbox(None, 10).await?;
    ensure!(left.is_empty(), "never sent: {left:?}");
    Ok(())
}

/// How many messages VK was given more than once: each time the very same.
fn repeats(sandbox: &Sandbox) -> anyhow::Result<usize> {
    let mut given = std::collections::HashMap::new();
    let mut repeats = 0;
    for call in sandbox.calls().iter().filter(|c| c.method == "messages.send" && c.result == Ok(())) {
        let peer = call.param("peer_ids").context("a message to nobody")?.to_owned();
        let random_id = call.param("random_id").context("a message without random_id")?.to_owned();
        let text = call.param("message").unwrap_or_default().to_owned();
        if let Some(before) = given.insert((peer, random_id), text.clone()) {
            ensure!(before == text, "one random_id for «{before}» and «{text}»");
            repeats += 1;
        }
    }
    Ok(repeats)
}
