//! What is fed with any bytes: by `cargo fuzz` in `fuzz/`, and by a test that replays `tests/corpora/` on stable Rust.
//!
//! Each takes whatever it is given and may refuse it, but must neither panic nor hang.

use std::{
    path::Path,
    sync::{LazyLock, Mutex, OnceLock, PoisonError},
};

use kurator::{chat::Action, content::Content, sheets};
use serde_json::value::RawValue;
use tokio::runtime::Runtime;
use vk_sandbox::{Sandbox, Settings};
use vkapi::{
    types::{GroupId, Update},
    update_listeners::read_answer,
};

use crate::{GROUP, TOKEN, content_dir, monday};

/// A target: its name, which is that of its corpus, and what is fed.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 6] = [
    ("updates", updates),
    ("payloads", payloads),
    ("content", content),
    ("roster", roster),
    ("vkscript", vkscript),
    ("polls", polls),
];

/// An event of VK.
pub fn updates(data: &[u8]) {
    let Ok(raw) = serde_json::from_slice::<Box<RawValue>>(data) else { return };
    let update = Update::read(raw, GroupId(GROUP));
    // Whatever it is, it can be told whose it is and what.
    let _ = (update.user_id(), update.peer_id(), update.kind.name().len());
}

/// What VK answers to a long poll.
pub fn polls(data: &[u8]) {
    let _ = read_answer(data);
}

/// The payload of a button.
///
/// # Panics
/// When it is taken wrongly: that is what is looked for.
pub fn payloads(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(action) = Action::read(text) {
        let written = action.payload();
        assert_eq!(Action::read(&written).as_ref(), Some(&action), "{written} is read as something else");
    }
}

/// A roster of institutions, as a table or a workbook.
pub fn roster(data: &[u8]) {
    let _ = sheets::read(data);
}

/// One file of the content: the first line is its path there, the rest what is in it.
///
/// # Panics
/// When it is taken wrongly: that is what is looked for.
pub fn content(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some((path, text)) = text.split_once('\n') else { return };
    let inside = Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if path.is_empty() || !inside {
        return;
    }
    let Ok(folder) = tempfile::tempdir() else { return };
    if copy(&content_dir(), folder.path()).is_err() {
        return;
    }
    let file = folder.path().join(path);
    let parent = file.parent().unwrap_or(folder.path());
    if std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&file, text)).is_err() {
        return;
    }
    match Content::load(folder.path(), monday().date()) {
        Ok(_) => {}
        Err(problems) => assert!(!problems.is_empty(), "refused without a word"),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A script for `execute`.
///
/// # Panics
/// When it is taken wrongly: that is what is looked for.
pub fn vkscript(data: &[u8]) {
    static PLACE: LazyLock<Option<(Runtime, Mutex<Sandbox>)>> = LazyLock::new(|| {
        let runtime = Runtime::new().ok()?;
        let settings = Settings { requests_per_second: None, calls_kept: 0, ..Settings::default() };
        let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).settings(settings);
        let sandbox = runtime.block_on(sandbox.start("127.0.0.1:0")).ok()?;
        Some((runtime, Mutex::new(sandbox)))
    });
    static VERSION: OnceLock<(String, String)> = OnceLock::new();
    let (Ok(code), Some((_, sandbox))) = (std::str::from_utf8(data), PLACE.as_ref()) else { return };
    let version = VERSION.get_or_init(|| ("v".to_owned(), vkapi::API_VERSION.to_owned())).clone();
    let sandbox = sandbox.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = sandbox.call(TOKEN, "execute", vec![("code".to_owned(), code.to_owned()), version]);
    let told = answer.get("response").or(answer.get("error"));
    assert!(told.is_some(), "neither an answer nor a refusal");
}
