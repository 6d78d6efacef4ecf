//! Files are uploaded once and sent many times.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

mod common;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, UNIX_EPOCH},
};

use vk_sandbox::{Fault, Sandbox};
use vkapi::utils::upload_cache::UploadCache;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x64\0\0\0\x64\x08\x02\0\0\0";
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn start() -> Sandbox {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    (1..=10).for_each(|person| sandbox.allow(person));
    sandbox
}

fn uploads(sandbox: &Sandbox) -> u64 {
    let counts = sandbox.call_counts();
    ["photos.saveMessagesPhoto", "docs.save"].iter().filter_map(|method| counts.get(*method)).sum()
}

#[tokio::test]
async fn the_same_picture_is_uploaded_once_until_its_time_is_over() {
    let sandbox = start().await;
    let bot = common::bot_of(&sandbox);
    let now = Arc::new(Mutex::new(UNIX_EPOCH));
    let hands = Arc::clone(&now);
    let cache = UploadCache::new(DAY, 10, Arc::new(move || *hands.lock().unwrap()));
    let first = cache.message_photo(&bot, 5, PNG, "a.png").await.unwrap();
    assert_eq!(cache.message_photo(&bot, 6, PNG, "b.png").await.unwrap(), first, "whatever its name");
    assert_eq!(uploads(&sandbox), 1);
    let other = [PNG, b"\0"].concat();
    assert_ne!(cache.message_photo(&bot, 5, other, "a.png").await.unwrap(), first);
    *now.lock().unwrap() += DAY;
    assert_ne!(cache.message_photo(&bot, 5, PNG, "a.png").await.unwrap(), first);
    assert_eq!(uploads(&sandbox), 3);
}

#[tokio::test]
async fn asked_for_by_many_at_once_a_file_is_uploaded_once() {
    let sandbox = start().await;
    let bot = common::bot_of(&sandbox);
    let cache = UploadCache::new(DAY, 10, Arc::new(|| UNIX_EPOCH));
    let asked = (1..=10).map(|peer| cache.message_doc(&bot, peer, "план", "plan.txt", "План"));
    let docs: Vec<_> = futures::future::join_all(asked).await.into_iter().map(Result::unwrap).collect();
    assert!(docs.iter().all(|doc| *doc == docs[0]));
    assert_eq!(uploads(&sandbox), 1);
    cache.message_doc(&bot, 5, "план", "plan.txt", "Другое имя").await.unwrap();
    assert_eq!(uploads(&sandbox), 2, "people see the title");
}

#[tokio::test]
async fn an_upload_that_failed_is_not_remembered() {
    let sandbox = start().await;
    let bot = common::bot_of(&sandbox);
    let cache = UploadCache::new(DAY, 10, Arc::new(|| UNIX_EPOCH));
    sandbox.faults().once("photos.getMessagesUploadServer", Fault::Error(15));
    cache.message_photo(&bot, 5, PNG, "a.png").await.unwrap_err();
    cache.message_photo(&bot, 5, PNG, "a.png").await.unwrap();
}

#[tokio::test]
async fn no_more_files_are_remembered_than_stated() {
    let sandbox = start().await;
    let bot = common::bot_of(&sandbox);
    let seconds = Arc::new(Mutex::new(0));
    let clock = move || {
        *seconds.lock().unwrap() += 1;
        UNIX_EPOCH + Duration::from_secs(*seconds.lock().unwrap())
    };
    let cache = UploadCache::new(DAY, 2, Arc::new(clock));
    for text in ["1", "2", "3", "3", "2", "1"] {
        cache.message_doc(&bot, 5, text, "x.txt", "").await.unwrap();
    }
    assert_eq!(uploads(&sandbox), 4, "the first was forgotten when the third came");
}
