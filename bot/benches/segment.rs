//! How fast it is counted whom a segment concerns among the administrators of the whole country, and what the rows cost.
//! `cargo bench -p kurator --bench segment [people]`

use std::{
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use kurator::{
    census::{Census, Who},
    content::Content,
    domain::{
        Consent, LessonMark, Ms, PageRef, Person, Progress, Sphere,
        page::{Sight, Zone},
        segment::{Atom, Segment, Size},
    },
    store::{Commit, MemStore, Op, Store},
};
use vkapi::types::{GroupId, UserId};

/// State pages of Russia.
const PEOPLE: i64 = 203_000;
/// The most a count may take.
const LIMIT: Duration = Duration::from_millis(200);
/// Counts of each segment.
const TRIES: usize = 20;
const NOW: Ms = Ms(1_800_000_000_000);

fn main() -> ExitCode {
    let people = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(PEOPLE);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.map_err(|e| e.to_string()).and_then(|runtime| runtime.block_on(work(people))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn work(people: i64) -> Result<bool, String> {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let loaded = Content::load(&dir, jiff::civil::date(2026, 11, 23)).map_err(|e| format!("{e:?}"))?;
    let content = Arc::new(loaded.0);
    let store = MemStore::new();
    fill(&store, people).await?;
    let census = Census::default();
    let before = resident();
    let cold = Instant::now();
    count(&census, &store, &content, &Segment::default()).await?;
    println!("{people} people read in {:.2?}; rows take {} MiB", cold.elapsed(), (resident() - before) >> 20);
    let lesson = Atom::Unlearnt("lesson-1".to_owned());
    let towns = (0..6).map(|n| Atom::Place(format!("Район {n}"))).collect::<Vec<_>>();
    let all = [
        ("everybody", vec![]),
        ("six municipalities", towns.clone()),
        ("a sphere and a zone", vec![Atom::Sphere(Sphere::School), Atom::Zone(Zone::Red)]),
        (
            "all kinds at once",
            [
                towns,
                vec![
                    Atom::Sphere(Sphere::School),
                    Atom::Size(Size::Small),
                    Atom::Silent(7),
                    Atom::Seen(30),
                    lesson,
                ],
            ]
            .concat(),
        ),
    ];
    let mut worst = Duration::ZERO;
    for (name, atoms) in all {
        let segment = Segment { atoms };
        let (mut slowest, mut found) = (Duration::ZERO, 0);
        for n in 0..TRIES {
            // Somebody wrote meanwhile: her row is read anew within the count.
            let ops = vec![Op::PutPerson(Box::new(person(n as i64 + 1)))];
            store.commit(Commit { expect: Vec::new(), ops }).await.map_err(|e| e.to_string())?;
            let began = Instant::now();
            found = count(&census, &store, &content, &segment).await?;
            slowest = slowest.max(began.elapsed());
        }
        println!("{name:>20}: {found:>7} fit, slowest of {TRIES} counts {slowest:.2?}");
        worst = worst.max(slowest);
    }
    println!("limit {LIMIT:?}: {}", if worst <= LIMIT { "kept" } else { "not kept" });
    Ok(worst <= LIMIT)
}

async fn count(
    census: &Census,
    store: &MemStore,
    content: &Arc<Content>,
    segment: &Segment,
) -> Result<usize, String> {
    let everywhere = |_: &Who<'_>| true;
    let found = census.fitting(store, content, (segment, NOW), everywhere).await;
    found.map(|found| found.len()).map_err(|e| e.to_string())
}

fn person(id: i64) -> Person {
    let page =
        PageRef { id: GroupId(id), screen_name: format!("school{id}"), name: format!("Школа № {id}") };
    Person {
        consent: Some(Consent { version: 1, at: Ms(0) }),
        seen: NOW.plus(-(id % 90) * Ms::DAY),
        sphere: Sphere::ALL.get(id as usize % Sphere::ALL.len()).copied(),
        municipality: Some(format!("Район {}", id % 2_400)),
        pages: vec![page],
        ..Person::new(UserId(id), Ms(0))
    }
}

async fn fill(store: &MemStore, people: i64) -> Result<(), String> {
    let ids: Vec<i64> = (1..=people).collect();
    for some in ids.chunks(1_000) {
        let ops = some.iter().flat_map(|id| {
            let zone = [Zone::Red, Zone::Yellow, Zone::Green].get(*id as usize % 3).copied();
            let sight = Sight {
                members: u32::try_from(id * 7 % 12_000).ok(),
                last_post: Some(NOW.plus(-(id % 30) * Ms::DAY)),
                zone,
                ..Sight::new(GroupId(*id), NOW)
            };
            let lesson =
                |n: i64| LessonMark { passed: Some(Ms(1)), ..LessonMark::new(&format!("lesson-{n}")) };
            let progress = Progress { lessons: (0..id % 5).map(lesson).collect(), ..Progress::default() };
            [
                Op::PutPerson(Box::new(person(*id))),
                Op::PutSight(Box::new(sight)),
                Op::PutProgress(UserId(*id), Box::new(progress)),
            ]
        });
        let commit = Commit { expect: Vec::new(), ops: ops.collect() };
        store.commit(commit).await.map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// Bytes of memory this process has now.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) * 4_096
}
