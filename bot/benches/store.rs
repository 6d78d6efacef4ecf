//! How many commits a second are durable when they return, beside the aim. `cargo bench -p kurator --bench store`
//!
//! On the disk that holds the target folder, with the sync attribute where its file system has it.

use std::{
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use kurator::{
    domain::{Ms, Person},
    store::{
        Commit, Expect, Op, OutId, OutLane, OutMessage, Result, SledOptions, SledStore, Store, StoreError,
    },
};
use vkapi::types::{GroupId, PeerId, UserId};

/// Measured of sled alone with 32 writers, merged, without a journal: person, message and cursor in each.
const FLOOR: &str = "19 300/s";
/// How long each is measured.
const SPAN: Duration = Duration::from_secs(6);
/// How long before that is not counted.
const WARM: Duration = Duration::from_secs(1);
/// People that each writer writes in turn.
const EACH: i64 = 500;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(|e| e.to_string()).and_then(|runtime| runtime.block_on(work())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn work() -> std::result::Result<(), String> {
    println!("durable commits, each a person, a message and the cursor");
    for writers in [1, 32, 256] {
        let (rate, p50, p99) = measure(writers, small).await?;
        let aim =
            if writers == 32 { format!("  (floor {FLOOR}, aim 12 000/s, p99 6 ms)") } else { String::new() };
        println!("{writers:>4} writers  {rate:>6.0}/s  p50 {p50:.2?}  p99 {p99:.2?}{aim}");
    }
    println!(
        "the same as whole turns: the mark of an event, the revision looked at, the last message's receipt"
    );
    let (rate, p50, p99) = measure(32, turn).await?;
    println!("  32 writers  {rate:>6.0}/s  p50 {p50:.2?}  p99 {p99:.2?}");
    Ok(())
}

/// What a writer commits: its number, how many it has made, and the message before.
type Made = fn(i64, i64, Option<OutId>) -> Commit;

async fn measure(writers: i64, made: Made) -> std::result::Result<(f64, Duration, Duration), String> {
    let dir = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).map_err(|e| e.to_string())?;
    let store = Arc::new(open(&dir.path().join("store")).map_err(|e| e.to_string())?);
    let began = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let store = Arc::clone(&store);
        running.spawn(async move {
            let (mut times, mut last) = (Vec::new(), None);
            for n in 0.. {
                if began.elapsed() > WARM + SPAN {
                    break;
                }
                let commit = made(writer, n, last);
                let at = Instant::now();
                last = store.commit(commit).await?.queued.first().copied();
                if began.elapsed() > WARM {
                    times.push(at.elapsed());
                }
            }
            Ok::<_, StoreError>(times)
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = running.join_next().await {
        times.append(&mut ended.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?);
    }
    times.sort_unstable();
    let at = |share: f64| times.get(((times.len() - 1) as f64 * share) as usize).copied().unwrap_or_default();
    Ok((times.len() as f64 / SPAN.as_secs_f64(), at(0.5), at(0.99)))
}

fn open(path: &Path) -> Result<SledStore> {
    let options = |allow_unsafe| SledOptions { path: path.to_owned(), allow_unsafe, cache_bytes: 256 << 20 };
    SledStore::open(&options(false)).or_else(|e| match e {
        StoreError::Unsafe(why) => {
            println!("not safe through a power cut: {why}");
            SledStore::open(&options(true))
        }
        other => Err(other),
    })
}

fn small(writer: i64, n: i64, _: Option<OutId>) -> Commit {
    Commit { expect: Vec::new(), ops: changes(writer, n) }
}

fn turn(writer: i64, n: i64, last: Option<OutId>) -> Commit {
    let event = format!("{writer:08x}-{n:08x}-0123456789abcdef");
    let mut ops = vec![Op::SawEvent(event.clone(), Ms(n))];
    ops.extend(changes(writer, n));
    ops.extend(last.map(Op::FinishOut));
    let rev = (n / EACH) as u64;
    Commit { expect: vec![Expect::EventNew(event), Expect::PersonRev(id(writer, n), rev)], ops }
}

fn id(writer: i64, n: i64) -> UserId {
    UserId(writer * EACH + n % EACH + 1)
}

fn changes(writer: i64, n: i64) -> Vec<Op> {
    let id = id(writer, n);
    let person = Person {
        rev: (n / EACH) as u64,
        municipality: Some("Ольховский район, посёлок Заречный".to_owned()),
        ..Person::new(id, Ms(n))
    };
    let message = OutMessage {
        to: PeerId::from(id),
        lane: OutLane::Reply,
        random_id: 7,
        text: "Записано. Дальше — шаг 2 из 5: расскажите, кто ведёт страницу вместе с вами.".to_owned(),
        keyboard: None,
        edit: None,
        file: None,
        at: Ms(n),
        attempts: 0,
        not_before: Ms(n),
    };
    vec![Op::PutPerson(Box::new(person)), Op::Enqueue(message), Op::SetCursor(GroupId(1), n.to_string())]
}
