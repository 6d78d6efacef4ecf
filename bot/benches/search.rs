//! What a question to the guides costs on one core, beside its limits: 2 ms at the 99th percentile, and 300 ms to
//! read, prove and index all content. `cargo bench -p kurator --bench search`

use std::{
    path::Path,
    time::{Duration, Instant},
};

use kurator::content::Content;

/// The limit for a question at the 99th percentile.
const QUESTION: Duration = Duration::from_millis(2);
/// The limit for loading.
const LOAD: Duration = Duration::from_millis(300);
/// How often every question is asked.
const ROUNDS: usize = 5;

fn main() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let began = Instant::now();
    let loaded = Content::load(&dir, jiff::civil::date(2026, 11, 23));
    let load = began.elapsed();
    let Ok((content, _)) = loaded else {
        eprintln!("the content of this repository is not sound: kurator content check");
        std::process::exit(1);
    };
    let guides = content.guides();
    // What people may type: every phrasing as it is, and each with two letters swapped, which takes the long way.
    let asked = guides.iter().flat_map(|g| g.ask.iter().chain([&g.title])).cloned();
    let questions: Vec<String> = asked.flat_map(|q| [swapped(&q), q]).collect();
    let mut times: Vec<Duration> = Vec::with_capacity(questions.len() * ROUNDS);
    for _ in 0..ROUNDS {
        for question in &questions {
            let began = Instant::now();
            std::hint::black_box(content.index().find(std::hint::black_box(question)));
            times.push(began.elapsed());
        }
    }
    times.sort();
    let at = |share: f64| times.get(((times.len() - 1) as f64 * share) as usize).copied().unwrap_or_default();
    let of = |time: Duration, limit: Duration| time.as_secs_f64() / limit.as_secs_f64();
    println!("{} guides, {} questions asked {ROUNDS} times", guides.len(), questions.len());
    println!("load   {load:?}  ({:.2} of its limit {LOAD:?})", of(load, LOAD));
    println!("p50    {:?}", at(0.5));
    println!("p99    {:?}  ({:.2} of its limit {QUESTION:?})", at(0.99), of(at(0.99), QUESTION));
    println!("worst  {:?}", at(1.0));
}

fn swapped(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let middle = letters.len() / 2;
    if middle > 0 {
        letters.swap(middle, middle - 1);
    }
    letters.into_iter().collect()
}
