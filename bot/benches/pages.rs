//! What the pages of the whole country cost: measures, score and nudge of 130,000 pages from VK's stored answers on two
//! cores beside the limit of a minute, and a card beside 40 ms and 60 KB. `cargo bench -p kurator --bench pages`; a number
//! after `--` asks for fewer pages.

use std::{
    fs,
    path::Path,
    process::exit,
    time::{Duration, Instant},
};

use jiff::civil::date;
use kurator::{
    content::{Content, DEFAULT_NORM},
    domain::{
        Day, Ms, PageRef, Sphere,
        page::{Best, Lack, Nudged, Sum, Week},
    },
    pages::{
        audit::{Look, Measures, Said, Score, Span, Wall, score},
        nudge::{Ground, Subject, nudge},
    },
    pictures::Card,
};
use serde_json::Value;

/// Pages of the country, with room: 175 thousand were told of once, most of them schools and kindergartens.
const PAGES: usize = 130_000;
const CORES: usize = 2;
const LIMIT: Duration = Duration::from_secs(60);
const CARD: Duration = Duration::from_millis(40);
const CARD_BYTES: usize = 60 * 1024;
const CARDS: usize = 100;
/// Monday, 23 November 2026, noon in Moscow: the moment the stored pages are of.
const NOW: Ms = Ms(1_795_424_400_000);

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok((content, _)) = Content::load(&root.join("../content"), date(2026, 11, 23)) else {
        eprintln!("the content of this repository is not sound: kurator content check");
        exit(1);
    };
    let stored = stored(&root.join("tests/pages"));
    let pages = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(PAGES);
    let began = Instant::now();
    let said: usize = std::thread::scope(|scope| {
        let work = |core: usize| {
            let (content, stored) = (&content, &stored);
            scope.spawn(move || (core..pages).step_by(CORES).map(|n| one(content, stored, n)).sum::<usize>())
        };
        let all: Vec<_> = (0..CORES).map(work).collect();
        all.into_iter().filter_map(|one| one.join().ok()).sum()
    });
    let took = began.elapsed();
    // Fewer pages have a smaller limit.
    let limit = LIMIT.mul_f64(pages as f64 / PAGES as f64);
    println!("{pages} pages from {} stored answers, {said} characters of nudges", stored.len());
    println!("pages  {took:?} on {CORES} cores  ({:.2} of their limit {limit:?})", ratio(took, limit));
    card(&content);
}

fn card(content: &Content) {
    let weeks: Vec<Week> = (0..8).map(|n| week(n, None, None)).collect();
    let Some(card) = Card::of("Школа № 5 города Ольховска", &weeks) else { return };
    let began = Instant::now();
    let mut bytes = 0;
    for _ in 0..CARDS {
        let Ok(png) = std::hint::black_box(card.png(content.texts())) else {
            eprintln!("a card was not drawn");
            exit(1);
        };
        bytes = png.len();
    }
    let each = began.elapsed() / CARDS as u32;
    println!("card   {each:?} on one core  ({:.2} of its limit {CARD:?})", ratio(each, CARD));
    println!("card   {bytes} bytes  ({:.2} of its limit {CARD_BYTES})", bytes as f64 / CARD_BYTES as f64);
}

fn ratio(time: Duration, limit: Duration) -> f64 {
    time.as_secs_f64() / limit.as_secs_f64()
}

/// The stored answers as texts, as they lie in a store: reading them is part of the work.
fn stored(dir: &Path) -> Vec<String> {
    let Ok(files) = fs::read_dir(dir) else {
        eprintln!("{} cannot be read", dir.display());
        exit(1);
    };
    let mut paths: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "json"));
    paths.sort();
    paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
}

/// One page, from the text of VK's answers to the message for its administrator; the message's length.
fn one(content: &Content, stored: &[String], n: usize) -> usize {
    let Some(look) = stored.get(n % stored.len().max(1)).and_then(|text| look(text)) else { return 0 };
    let Some(norm) = content.norm(DEFAULT_NORM) else { return 0 };
    let measures = Measures::of(&look);
    let scored = score(&look, Said::default(), norm).ok();
    let page = PageRef { id: look.group.id, screen_name: String::new(), name: look.group.name.clone() };
    let weeks = [week(0, None, None), week(1, measures.week.as_ref(), scored.as_ref())];
    let nudged = Nudged { turns: n as u16, ..Nudged::default() };
    let sphere = Sphere::ALL.get(n % Sphere::ALL.len()).copied();
    let ground =
        Ground { content, today: date(2026, 11, 23), sphere, nudged: &nudged, passed: &[], seed: n as u64 };
    let subject = Subject::new(&page, &weeks);
    nudge(&ground, &[subject]).map_or(0, |nudge| nudge.text.chars().count())
}

fn look(text: &str) -> Option<Look> {
    let page: Value = serde_json::from_str(text).ok()?;
    let groups = page.get("groups.getById")?.get("response")?;
    let group = groups.get("groups").unwrap_or(groups).get(0)?;
    let wall = match page.get("wall.get")?.get("response") {
        Some(posts) => Wall::Read(serde_json::from_value(posts.get("items")?.clone()).ok()?),
        None => Wall::Shut,
    };
    Some(Look { at: NOW, group: serde_json::from_value(group.clone()).ok()?, wall })
}

fn week(n: i32, span: Option<&Span>, score: Option<&Score>) -> Week {
    let sum = |n: i64| Sum { sum: n as u32, median: Some(n as u32) };
    let posts = span.map_or(n as u16 % 5, |span| span.posts as u16);
    let best = span.and_then(|span| span.best).map(|post| Best {
        post,
        at: NOW,
        words: "Сегодня в столовой пекли пироги".to_owned(),
        views: None,
        reactions: 13,
    });
    let lacks = score.map_or_else(Vec::new, |score| {
        score.gains.iter().map(|g| Lack { what: g.what, points: g.points, minutes: g.minutes }).collect()
    });
    Week {
        from: Day(20_780 + 7 * n),
        at: NOW,
        posts,
        own: posts,
        asked: 3,
        kinds: Vec::new(),
        views: sum(span.map_or(0, |span| span.views.sum)),
        likes: Sum::default(),
        comments: Sum::default(),
        reposts: Sum::default(),
        members: Some(800),
        score: Some(score.map_or(40 + 5 * n as u8, |score| score.points)),
        zone: score.map(|score| score.zone),
        silent_days: None,
        best,
        lacks,
    }
}
