//! A store of many people under the real bot: `cargo run --release -p tests --bin region`
//!
//! Prints, each beside its aim: how long from the start of the process to its first answer, how much memory it takes,
//! and what a minute with 1,000 due reminders costs beside the same minute over a hundredth of the sleeping ones. The
//! sandbox keeps VK's limits and answers a call after 60 ms. `-- --people 20000` for a smaller one.

use std::{
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use kurator::{
    domain::{
        Clock, Consent, Days, Hm, Ms, Person, Reminder, ReminderKey, Rule, SystemClock, Weekdays, What,
    },
    store::{Commit, Op, SledOptions, SledStore, Store},
};
use tests::{
    GROUP, TOKEN,
    real::{self, RUNS, Real, Signal},
};
use vk_sandbox::{Sandbox, Settings};
use vkapi::types::{GroupId, UserId};

/// How many people there are when nothing else is said: three reminders each.
const PEOPLE: i64 = 203_000;
/// The first of them.
const FIRST: i64 = 1_000;
/// Reminders that become due in the minute.
const DUE: i64 = 1_000;
/// What a call takes.
const LATENCY: Duration = Duration::from_millis(60);
/// How long the minute is: as long as VK lets 1,000 messages take, and a little more.
const MINUTE: Duration = Duration::from_secs(60);
/// How long after the store is made the minute begins, in milliseconds.
const SETTLED: i64 = 80_000;
/// How many people are written at a time.
const AT_ONCE: i64 = 200;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let people = match (args.next().as_deref(), args.next().map(|n| n.parse())) {
        (None, _) => PEOPLE,
        (Some("--people"), Some(Ok(n))) => n,
        _ => {
            eprintln!("there is only --people, with a number");
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(work(people))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn work(people: i64) -> anyhow::Result<()> {
    real::build()?;
    let many = minute(people).await?;
    let few = minute((people / 100).max(DUE)).await?;
    println!("{people} people, {} reminders", people * 3);
    println!("start to first answer   {:.2?}  (floor –, aim 2 s)", many.start);
    println!("memory, most            {} MB  (floor –, aim 300 MB)", many.memory / 1_000_000);
    println!(
        "files of the store      {} MB, journal {} MB",
        many.files / 1_000_000,
        many.journal / 1_000_000
    );
    let ratio = many.cpu.as_secs_f64() / few.cpu.as_secs_f64();
    println!(
        "CPU of a minute, {DUE} due {:.2?}; over a hundredth {:.2?}: {ratio:.2} times  (floor 1, aim 1.5)",
        many.cpu, few.cpu
    );
    Ok(())
}

/// What was seen of one store.
struct Seen {
    start: Duration,
    memory: u64,
    cpu: Duration,
    files: u64,
    journal: u64,
}

async fn minute(people: i64) -> anyhow::Result<Seen> {
    let settings = Settings { latency: LATENCY, ..Settings::default() };
    let sandbox =
        Sandbox::builder().group(GROUP, "Куратор", TOKEN).settings(settings).start("127.0.0.1:0").await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("store");
    let began = Instant::now();
    let due = fill(&path, people, &sandbox.last_ts()).await?;
    for n in 0..DUE {
        sandbox.allow(FIRST + n);
    }
    eprintln!("{people} people written in {:.0?}", began.elapsed());
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path()))?;

    sandbox.write(FIRST, "Меню");
    let began = Instant::now();
    let mut bot = Real::run(&config)?;
    while sandbox.conversation(FIRST).iter().all(|m| m.from_person) {
        ensure!(began.elapsed() < Duration::from_secs(60), "no answer:\n{}", bot.log());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let start = began.elapsed();
    bot.says(RUNS, Duration::from_secs(60)).await?;
    let wait = due.0 - SystemClock.now().0;
    ensure!(wait > 0, "the store took too long to fill for reminders to be still to come");
    tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
    let before = bot.cpu()?;
    tokio::time::sleep(MINUTE).await;
    let cpu = bot.cpu()?.saturating_sub(before);
    let came = (0..DUE).filter(|n| sandbox.conversation(FIRST + n).iter().any(|m| !m.from_person));
    let came = came.count();
    ensure!(came as i64 == DUE, "of {DUE} reminders {came} came");
    let memory = bot.memory()?;
    bot.signal(Signal::TERM)?;
    let ended = bot.end(Duration::from_secs(30)).await?;
    ensure!(ended.code == Some(0), "{ended:?}");
    sandbox.shutdown().await;
    let seen = Seen {
        start,
        memory,
        cpu,
        files: real::size(&path.join("db")),
        journal: real::size(&path.join("journal")),
    };
    Ok(seen)
}

/// Makes the store; tells when the first reminder is due.
async fn fill(path: &Path, people: i64, ts: &str) -> anyhow::Result<Ms> {
    let options = SledOptions { path: path.to_owned(), allow_unsafe: true, cache_bytes: 64 << 20 };
    let store = Arc::new(tokio::task::spawn_blocking(move || SledStore::open(&options)).await??);
    let now = SystemClock.now();
    let mut writing = tokio::task::JoinSet::new();
    for first in (0..people).step_by(usize::try_from(AT_ONCE)?) {
        let ops = (first..people.min(first + AT_ONCE)).flat_map(|n| about(n, now)).collect();
        let store = Arc::clone(&store);
        writing.spawn(async move { store.commit(Commit { expect: Vec::new(), ops }).await });
        if writing.len() >= 8 {
            writing.join_next().await.context("nothing was written")???;
        }
    }
    while let Some(written) = writing.join_next().await {
        written??;
    }
    // As the last hour of a running bot leaves it.
    store.backup().await?;
    // After the export that a bot makes a minute after its start: that is no part of the schedule's work.
    let soon = SystemClock.now().plus(SETTLED);
    for n in 0..DUE {
        let due = soon.plus(n * (MINUTE.as_millis() as i64 - 8_000) / DUE);
        let ops = vec![Op::PutReminder(reminder(FIRST + n, 1, due))];
        let store = Arc::clone(&store);
        writing.spawn(async move { store.commit(Commit { expect: Vec::new(), ops }).await });
    }
    writing.spawn({
        let (store, ops) = (Arc::clone(&store), vec![Op::SetCursor(GroupId(GROUP), ts.to_owned())]);
        async move { store.commit(Commit { expect: Vec::new(), ops }).await }
    });
    while let Some(written) = writing.join_next().await {
        written??;
    }
    tokio::task::spawn_blocking(move || drop(store)).await?;
    Ok(soon)
}

/// A person who has been through the interview, with three reminders that sleep for days.
fn about(n: i64, now: Ms) -> Vec<Op> {
    let id = FIRST + n;
    let person = Person {
        consent: Some(Consent { version: 1, at: now }),
        onboarded: Some(now),
        municipality: Some("Ольховский район".to_owned()),
        ..Person::new(UserId(id), now)
    };
    let mut ops = vec![Op::PutPerson(Box::new(Person { next_reminder: 4, ..person }))];
    ops.extend((1..4).map(|k| {
        let due = now.plus(i64::from(k) * 2 * Ms::DAY + n * 37);
        Op::PutReminder(reminder(id, k, due))
    }));
    ops
}

fn reminder(person: i64, n: u16, due: Ms) -> Reminder {
    let on = Weekdays::of(&[1, 3]);
    let rule =
        Rule { days: Days::Week { on, every: 1, from: due.date() }, times: vec![Hm { hour: 10, minute: 0 }] };
    Reminder { key: ReminderKey { person: UserId(person), n }, due, rule: Some(rule), what: What::Post }
}
