//! Plays the transcripts of `dialogues/` and compares the bot's answers with those written there.
//!
//! `UPDATE=1` writes the present answers instead; `DIALOGUE=name` plays only the files whose names hold that.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use futures::StreamExt;
use tracing::{
    Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context, prelude::*};

/// Transcripts played at once.
const AT_ONCE: usize = 4;

/// Everything the bot logged as an error.
static ERRORS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Errors;

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl<S: Subscriber> Layer<S> for Errors {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::ERROR {
            let mut words = Words(event.metadata().target().to_owned());
            event.record(&mut words);
            ERRORS.lock().unwrap_or_else(PoisonError::into_inner).push(words.0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_dialogue_goes_as_it_is_written() {
    tracing_subscriber::registry().with(Errors).init();
    let update = std::env::var_os("UPDATE").is_some();
    let only = std::env::var("DIALOGUE").unwrap_or_default();
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("dialogues"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .filter(|path| !path.ends_with("README.md") && path.to_string_lossy().contains(&only))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "there are no transcripts");
    // The first one proves the content; the others wait for it anyhow.
    tests::load_content().unwrap();
    let played = futures::stream::iter(files).map(|file| async move {
        let written = fs::read_to_string(&file).unwrap();
        let played = tokio::spawn(async move {
            let began = std::time::Instant::now();
            (tests::dialogue::play(&written).await, written, began.elapsed())
        });
        (file, played.await.unwrap())
    });
    let mut faults = Vec::new();
    let mut played = played.buffered(AT_ONCE);
    while let Some((file, (result, written, took))) = played.next().await {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        println!("{name}: {} ms", took.as_millis());
        match result {
            Err(error) => faults.push(format!("{name}: {error:#}")),
            Ok(now) if same(&now, &written) => {}
            Ok(now) if update => fs::write(&file, now).unwrap(),
            Ok(now) => faults.push(difference(&name, &written, &now)),
        }
    }
    assert!(faults.is_empty(), "{}\n\nUPDATE=1 writes the answers of now; read them.", faults.join("\n\n"));
    let errors = ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(errors.is_empty(), "the bot logged errors: {errors:#?}");
}

/// The same but for spaces at the ends of lines, which editors remove.
fn same(a: &str, b: &str) -> bool {
    a.lines().map(str::trim_end).eq(b.lines().map(str::trim_end))
}

/// The first lines that differ.
fn difference(name: &str, written: &str, now: &str) -> String {
    let (mut written, mut now) = (written.lines(), now.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (written.next(), now.next()) {
            (Some(a), Some(b)) if a.trim_end() == b.trim_end() => {}
            (a, b) => {
                return format!(
                    "{name}:{line}\n  written: {}\n  now:     {}",
                    a.unwrap_or("—"),
                    b.unwrap_or("—")
                );
            }
        }
    }
}

#[test]
fn the_readme_shows_a_conversation_as_it_goes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("../README.md")).unwrap();
    let told = std::fs::read_to_string(root.join("dialogues/reminders.md")).unwrap();
    let (_, after) = readme.split_once("<!-- from tests/dialogues/reminders.md -->\n").unwrap();
    let (shown, _) = after.split_once("\n<!-- end -->").unwrap();
    assert!(told.contains(shown), "copy the lines of the transcript anew");
}
