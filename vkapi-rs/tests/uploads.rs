//! Photos and documents for messages: against a scripted upload server, and against the sandbox.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use common::{Reply, Vk};
use serde_json::{Value, json};
use vk_sandbox::Sandbox;
use vkapi::{Bot, ErrorCode, RequestError, utils::upload::UploadError};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x64\0\0\0\x64\x08\x02\0\0\0";

/// An upload server: answers by script, remembers the bodies it was sent.
#[derive(Clone, Default)]
struct Server {
    url: String,
    replies: Arc<Mutex<VecDeque<(u16, String)>>>,
    bodies: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(replies: impl IntoIterator<Item = (u16, String)>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/upload", listener.local_addr().unwrap());
        let replies = Arc::new(Mutex::new(replies.into_iter().collect()));
        let server = Self { url, replies, bodies: Arc::default() };
        let app = Router::new().route("/upload", post(take)).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        server
    }

    fn bodies(&self) -> Vec<String> {
        self.bodies.lock().unwrap().clone()
    }
}

async fn take(State(server): State<Server>, body: Bytes) -> (StatusCode, String) {
    server.bodies.lock().unwrap().push(String::from_utf8_lossy(&body).into_owned());
    let (status, body) = server.replies.lock().unwrap().pop_front().unwrap();
    (StatusCode::from_u16(status).unwrap(), body)
}

fn ok(answer: &Value) -> (u16, String) {
    (200, answer.to_string())
}

fn taken() -> (u16, String) {
    ok(&json!({"server": 7, "photo": "[{\"photo\":\"x\"}]", "hash": "h"}))
}

/// A VK that tells of the upload server.
async fn vk(server: &Server) -> Vk {
    let vk = Vk::start().await;
    let address = json!({"upload_url": server.url, "album_id": -64});
    vk.response("photos.getMessagesUploadServer", address.clone());
    vk.response("docs.getMessagesUploadServer", address);
    vk
}

fn saved_photo() -> Value {
    json!([{"id": 45, "owner_id": -7, "access_key": "k1", "album_id": -64}])
}

#[tokio::test]
async fn a_photo_goes_with_its_name_and_type_and_is_kept() {
    let server = Server::start([taken()]).await;
    let vk = vk(&server).await;
    vk.response("photos.saveMessagesPhoto", saved_photo());
    let bot = vk.bot();
    // Handlers run as tasks of their own, so uploads must be able to.
    let upload = tokio::spawn(async move { bot.upload_message_photo(5, PNG, "обложка \"1\".png").await });
    assert_eq!(upload.await.unwrap().unwrap(), "photo-7_45_k1");

    let body = &server.bodies()[0];
    assert!(body.contains("form-data; name=\"photo\"; filename=\"обложка \\\"1\\\".png\""), "{body}");
    assert!(body.contains("Content-Type: image/png"), "{body}");
    assert_eq!(vk.asked("photos.getMessagesUploadServer")[0].param("peer_id"), Some("5"));
    let save = &vk.asked("photos.saveMessagesPhoto")[0];
    let params = ["photo", "server", "hash"].map(|name| save.param(name).unwrap());
    assert_eq!(params, ["[{\"photo\":\"x\"}]", "7", "h"]);
}

#[tokio::test]
async fn a_photo_is_of_the_type_it_is_whatever_its_name() {
    let server = Server::start([taken()]).await;
    let vk = vk(&server).await;
    vk.response("photos.saveMessagesPhoto", saved_photo());
    vk.bot().upload_message_photo(5, PNG, "cover").await.unwrap();
    assert!(server.bodies()[0].contains("Content-Type: image/png"));
}

#[tokio::test]
async fn a_photo_the_server_did_not_take_is_not_kept() {
    for empty in [json!(""), json!("[]"), json!([]), json!(null), json!("{}")] {
        let server = Server::start([ok(&json!({"server": 7, "photo": empty, "hash": "h"}))]).await;
        let vk = vk(&server).await;
        let error = vk.bot().upload_message_photo(5, "text", "a.png").await.unwrap_err();
        assert!(matches!(error, UploadError::Refused { .. }), "{error:?}");
        assert!(vk.asked("photos.saveMessagesPhoto").is_empty());
    }
}

#[tokio::test]
async fn a_document_goes_with_its_name_and_type_and_is_kept_under_its_title() {
    let server = Server::start([ok(&json!({"file": "f|1"}))]).await;
    let vk = vk(&server).await;
    vk.response("docs.save", json!({"type": "doc", "doc": {"id": 9, "owner_id": -7, "title": "План"}}));
    let doc = vk.bot().upload_message_doc(5, "a;b\n", "план.csv", "План").await.unwrap();
    assert_eq!(doc, "doc-7_9");
    let body = &server.bodies()[0];
    assert!(body.contains("name=\"file\"; filename=\"план.csv\"") && body.contains("Content-Type: text/csv"));
    let save = &vk.asked("docs.save")[0];
    assert_eq!((save.param("file"), save.param("title")), (Some("f|1"), Some("План")));
}

#[tokio::test]
async fn a_document_of_a_forbidden_kind_is_told_in_the_servers_words() {
    let server = Server::start([ok(&json!({"error": "wrong_file", "error_descr": "not allowed"}))]).await;
    let error = vk(&server).await.bot().upload_message_doc(5, "x", "a.exe", "").await.unwrap_err();
    assert_eq!(error.to_string(), "the file was not taken: not allowed");
}

#[tokio::test]
async fn every_step_is_tried_again_when_the_way_fails() {
    let server = Server::start([(502, String::new()), (200, "<html>".to_owned()), taken()]).await;
    let vk = Vk::start().await;
    vk.reply("photos.getMessagesUploadServer", Reply::Cut("{\"resp"));
    vk.response("photos.getMessagesUploadServer", json!({"upload_url": server.url}));
    vk.reply("photos.saveMessagesPhoto", Reply::Raw(500, "<html>"));
    vk.response("photos.saveMessagesPhoto", saved_photo());
    assert_eq!(vk.bot().upload_message_photo(5, PNG, "a.png").await.unwrap(), "photo-7_45_k1");
    assert_eq!(server.bodies().len(), 3);
    assert!(server.bodies().iter().all(|body| body.contains("IHDR")), "the file goes whole each time");
}

#[tokio::test]
async fn a_step_is_not_tried_for_ever() {
    let server = Server::start(vec![(502, String::new()); 4]).await;
    let error = vk(&server).await.bot().upload_message_photo(5, PNG, "a.png").await.unwrap_err();
    assert!(matches!(error, UploadError::Server(RequestError::Http { status: 502 })), "{error:?}");
    assert_eq!(server.bodies().len(), 3);
}

#[tokio::test]
async fn what_cannot_be_taken_is_not_sent() {
    let vk = Vk::start().await;
    let bot = vk.bot();
    for (bytes, name) in [(&b""[..], "a.png"), (PNG, " ")] {
        assert!(matches!(bot.upload_message_photo(5, bytes, name).await, Err(UploadError::File(_))));
        assert!(matches!(bot.upload_message_doc(5, bytes, name, "").await, Err(UploadError::File(_))));
    }
    let large = vec![0; (50 << 20) + 1];
    assert!(matches!(bot.upload_message_photo(5, large, "a.png").await, Err(UploadError::File(_))));
    assert!(vk.asked("photos.getMessagesUploadServer").is_empty());
}

#[tokio::test]
async fn a_person_who_may_not_be_written_to_is_an_error_of_vk() {
    let vk = Vk::start().await;
    vk.error("docs.getMessagesUploadServer", 901, "Can't send");
    let error = vk.bot().upload_message_doc(5, "x", "a.txt", "").await.unwrap_err();
    let UploadError::Method(error) = error else { panic!("{error:?}") };
    assert_eq!(error.api().unwrap().code, ErrorCode::NO_PERMISSION_FROM_USER);
}

#[tokio::test]
async fn an_answer_without_an_address_is_named() {
    let vk = Vk::start().await;
    vk.response("docs.getMessagesUploadServer", json!({}));
    let error = vk.bot().upload_message_doc(5, "x", "a.txt", "").await.unwrap_err();
    assert!(matches!(error, UploadError::Method(RequestError::Decode { .. })), "{error:?}");
}

#[tokio::test]
async fn what_is_uploaded_to_the_sandbox_comes_with_a_message() {
    let sandbox =
        Sandbox::builder().group(240_000_001, "Куратор", "group-token").start("127.0.0.1:0").await.unwrap();
    sandbox.add_person(5, "Мария", "Петрова");
    sandbox.write(5, "Здравствуйте!");
    let bot = Bot::builder("group-token").api_url(&sandbox.api_url()).build().unwrap();

    let photo = bot.upload_message_photo(5, PNG, "обложка.png").await.unwrap();
    let doc = bot.upload_message_doc(5, "1;2", "план.csv", "План на год").await.unwrap();
    assert!(photo.starts_with("photo-240000001_") && doc.starts_with("doc-240000001_"), "{photo} {doc}");
    let sent = bot.messages_send(5, "Вот").attachment(format!("{photo},{doc}")).await.unwrap();
    let history = bot.messages_get_history(5).await.unwrap();
    let message = history.items.iter().find(|message| message.cmid == Some(sent.cmid)).unwrap();
    let kinds: Vec<_> = message.attachments.iter().map(|attachment| attachment.kind.as_str()).collect();
    assert_eq!(kinds, ["photo", "doc"]);
    assert_eq!(message.attachments[1].raw["title"], "План на год");

    let refused = bot.upload_message_photo(5, "no picture", "a.png").await.unwrap_err();
    assert!(matches!(refused, UploadError::Refused { .. }), "{refused:?}");
    let refused = bot.upload_message_doc(5, "x", "a.exe", "").await.unwrap_err();
    assert!(matches!(refused, UploadError::Refused { .. }), "{refused:?}");
    sandbox.shutdown().await;
}
