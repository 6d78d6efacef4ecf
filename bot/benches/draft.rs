//! What a look over a draft of 4,000 characters costs on one core, beside its limit of 50 ms.
//! `cargo bench -p kurator --bench draft`

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use kurator::{content::Content, draft};

/// The limit for a draft.
const LIMIT: Duration = Duration::from_millis(50);
/// How long a draft is, in characters.
const LENGTH: usize = 4_000;
/// How often every draft is looked over.
const ROUNDS: usize = 200;
/// What people paste: officialese, a guest list, a shout, one endless sentence, and what is made to be slow.
const DRAFTS: [(&str, &str); 5] = [
    (
        "officialese",
        "В целях осуществления мероприятий по организации проведения праздника администрацией школы производится \
         приглашение родителей в актовый зал 12 декабря. ",
    ),
    (
        "names",
        "Иванова Мария, 5 «Б» класс, Петров Иван, группа «Рябинка», ул. Лесная, д. 5, 8 (900) 123-45-67. ",
    ),
    ("capitals", "ВНИМАНИЕ!!! ПРИХОДИТЕ ВСЕ НА ФЕСТИВАЛЬ #школа #праздник #дети #ольховск #новости "),
    ("one sentence", "и тогда мы все вместе пошли туда где нас ждали дети с цветами и "),
    ("digits and spaces", "1 2 3 4 - ( ) 5 6 «7» 8 г. д. ул. к. "),
];

fn main() -> ExitCode {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    let Ok((content, _)) = Content::load(&dir, jiff::civil::date(2026, 11, 23)) else {
        eprintln!("the content of this repository is not sound: kurator content check");
        return ExitCode::FAILURE;
    };
    let mut slowest = Duration::ZERO;
    for (name, piece) in DRAFTS {
        let text: String = piece.chars().cycle().take(LENGTH).collect();
        let mut times: Vec<Duration> = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let began = Instant::now();
            std::hint::black_box(draft::check(std::hint::black_box(&text), content.draft_words()));
            times.push(began.elapsed());
        }
        times.sort();
        let (middle, worst) = (times[ROUNDS / 2], times[ROUNDS - 1]);
        println!("{name:<18} p50 {middle:?}, worst {worst:?}");
        slowest = slowest.max(worst);
    }
    let share = slowest.as_secs_f64() / LIMIT.as_secs_f64();
    println!("slowest of all     {slowest:?}  ({share:.2} of its limit {LIMIT:?})");
    if slowest <= LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
