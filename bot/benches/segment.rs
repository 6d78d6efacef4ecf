//! How fast it is counted whom a segment concerns among the administrators of the whole country, and what the rows cost;
//! how fast all pages of a region are read for its curators and heads. `cargo bench -p kurator --bench segment [people]`

use std::{
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use kurator::{
    census::{Census, Who},
    content::Content,
    domain::{
        Consent, Day, LessonMark, Ms, PageRef, Person, Progress, Sphere, Zone as TimeZone,
        attention::Rules,
        page::{Admin, Page, Sight, Sum, Week, Zone},
        segment::{Atom, Segment, Size},
    },
    rows,
    store::{Commit, MemStore, Op, SledOptions, SledStore, Store, StoreError},
};
use vkapi::types::{GroupId, UserId};

/// State pages of Russia.
const PEOPLE: i64 = 203_000;
/// The most a count may take.
const LIMIT: Duration = Duration::from_millis(200);
/// Pages of a large region.
const PAGES: i64 = 1_700;
/// Weeks that are kept of each.
const WEEKS: i32 = 8;
/// The most that reading all of them may take.
const BOARD: Duration = Duration::from_millis(50);
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
    println!("segments  slowest {worst:.2?}  ({:.2} of their limit {LIMIT:?})", ratio(worst, LIMIT));
    let board = board().await?;
    println!(
        "board     slowest {board:.2?} of {PAGES} pages  ({:.2} of its limit {BOARD:?})",
        ratio(board, BOARD)
    );
    Ok(worst <= LIMIT && board <= BOARD)
}

fn ratio(took: Duration, limit: Duration) -> f64 {
    took.as_secs_f64() / limit.as_secs_f64()
}

/// How long it takes at most to read every page of a region from the disk's store.
async fn board() -> Result<Duration, String> {
    let dir = tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR"))).map_err(|e| e.to_string())?;
    let store = open(&dir.path().join("store")).map_err(|e| e.to_string())?;
    fill(&store, PAGES).await?;
    let weeks = |id: i64| (0..WEEKS).map(move |n| Op::PutWeek(GroupId(id), Box::new(week(n))));
    let ids: Vec<i64> = (1..=PAGES).collect();
    for some in ids.chunks(100) {
        let ops = some.iter().flat_map(|id| {
            let mut page = Page::new(page_of(*id), Ms(0));
            page.municipality = Some(format!("Район {}", id % 30));
            page.admins.push(Admin::new(UserId(*id), Ms(0)));
            [Op::PutPage(Box::new(page))].into_iter().chain(weeks(*id)).collect::<Vec<_>>()
        });
        let commit = Commit { expect: Vec::new(), ops: ops.collect() };
        store.commit(commit).await.map_err(|e| e.to_string())?;
    }
    let zone = TimeZone::try_from("Europe/Moscow".to_owned())?;
    let mut slowest = Duration::ZERO;
    for _ in 0..TRIES {
        let began = Instant::now();
        let found = rows::board(&store, &Rules::default(), &zone, NOW).await.map_err(|e| e.to_string())?;
        slowest = slowest.max(began.elapsed());
        if found.len() != PAGES as usize || found.iter().any(|row| row.weeks.len() != WEEKS as usize) {
            return Err(format!("{} pages were read", found.len()));
        }
    }
    Ok(slowest)
}

fn open(path: &Path) -> Result<SledStore, StoreError> {
    SledStore::open(&SledOptions { path: path.to_owned(), allow_unsafe: true, cache_bytes: 256 << 20 })
}

fn week(n: i32) -> Week {
    Week {
        from: Day(20_000 + 7 * n),
        at: NOW,
        posts: 2,
        own: 2,
        asked: 3,
        kinds: Vec::new(),
        views: Sum::default(),
        likes: Sum::default(),
        comments: Sum::default(),
        reposts: Sum::default(),
        members: Some(900),
        score: Some(60),
        zone: Some(Zone::Yellow),
        silent_days: Some(2),
        best: None,
        lacks: Vec::new(),
    }
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

fn page_of(id: i64) -> PageRef {
    PageRef { id: GroupId(id), screen_name: format!("school{id}"), name: format!("Школа № {id}") }
}

fn person(id: i64) -> Person {
    Person {
        consent: Some(Consent { version: 1, at: Ms(0) }),
        seen: NOW.plus(-(id % 90) * Ms::DAY),
        sphere: Sphere::ALL.get(id as usize % Sphere::ALL.len()).copied(),
        municipality: Some(format!("Район {}", id % 2_400)),
        pages: vec![page_of(id)],
        ..Person::new(UserId(id), Ms(0))
    }
}

async fn fill(store: &impl Store, people: i64) -> Result<(), String> {
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
