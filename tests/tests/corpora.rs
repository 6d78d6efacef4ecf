//! Replays what fuzzing is begun with and whatever it has found, each also cut short and with bytes changed.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use std::{fs, path::Path};

use fastrand::Rng;
use tests::fuzz::TARGETS;

/// Changed copies of each file; none of content, which is proved as a whole each time.
const CHANGED: usize = 150;

fn changed(data: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut data = data.to_vec();
    if rng.bool() {
        data.truncate(rng.usize(..=data.len()));
    }
    for _ in 0..rng.usize(..4) {
        if !data.is_empty() {
            let at = rng.usize(..data.len());
            data[at] = if rng.bool() { rng.u8(..) } else { b"{}[]\"\\:,0-\n;()"[rng.usize(..14)] };
        }
    }
    data
}

#[test]
fn whatever_the_bot_reads_is_taken_or_refused() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(name);
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        let recorded = match name {
            "updates" => "updates",
            "polls" => "longpoll",
            _ => "",
        };
        if !recorded.is_empty() {
            let folder = folder.join("../../../vkapi-rs/tests/fixtures").join(recorded);
            files.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        }
        files.sort();
        assert!(!files.is_empty(), "{name} has nothing to begin with");
        let mut rng = Rng::with_seed(7);
        for file in files {
            let data = fs::read(&file).unwrap();
            println!("{}", file.display());
            target(&data);
            let times = if name == "content" { 0 } else { CHANGED };
            for _ in 0..times {
                target(&changed(&data, &mut rng));
            }
        }
    }
}
