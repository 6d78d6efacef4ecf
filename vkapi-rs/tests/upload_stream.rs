//! A file on disk is sent without ever being held whole. By itself, since it looks at the memory of the whole process.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

mod common;

use std::fs::File;

use axum::{Json, Router, body::Body, routing::post};
use common::Vk;
use futures::StreamExt;
use serde_json::json;
use vkapi::utils::upload::{InputFile, UploadError};

const LARGE: u64 = 150 << 20;

/// The most memory this process has had, bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

async fn count(body: Body) -> Json<serde_json::Value> {
    let length = body.into_data_stream().fold(0, async |sum, chunk| sum + chunk.unwrap().len() as u64).await;
    Json(json!({"file": format!("f|{length}")}))
}

#[tokio::test]
async fn a_file_on_disk_is_sent_as_it_is_read() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/upload", listener.local_addr().unwrap());
    let app = Router::new().route("/upload", post(count));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let vk = Vk::start().await;
    vk.response("docs.getMessagesUploadServer", json!({"upload_url": url}));
    vk.response("docs.save", json!({"type": "doc", "doc": {"id": 9, "owner_id": -7}}));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("план.bin");
    File::create(&path).unwrap().set_len(LARGE).unwrap();
    let before = peak();
    let doc = vk.bot().upload_message_doc(5, InputFile::path(&path), "план.bin", "").await.unwrap();
    assert_eq!(doc, "doc-7_9");
    let held = peak() - before;
    assert!(held < LARGE / 5, "{held} bytes");
    let sent: u64 = vk.asked("docs.save")[0].param("file").unwrap()[2..].parse().unwrap();
    assert!((LARGE..LARGE + 1000).contains(&sent), "{sent}");

    let missing = vk.bot().upload_message_doc(5, folder.path().join("нет"), "a.txt", "").await.unwrap_err();
    assert!(matches!(missing, UploadError::Disk(_)), "{missing:?}");
    let no_file = vk.bot().upload_message_doc(5, folder.path(), "a.txt", "").await.unwrap_err();
    assert!(matches!(no_file, UploadError::File(_)), "{no_file:?}");
}
