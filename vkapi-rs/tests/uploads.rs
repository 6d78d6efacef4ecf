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
use vkapi::{
    Bot, ErrorCode, RequestError,
    types::Media,
    utils::upload::{InputFile, UploadError},
};

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
async fn a_file_on_disk_goes_whole_each_time() {
    let server = Server::start([(502, String::new()), taken()]).await;
    let vk = vk(&server).await;
    vk.response("photos.saveMessagesPhoto", saved_photo());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, PNG).unwrap();
    let photo = vk.bot().upload_message_photo(5, InputFile::path(&path), "обложка").await.unwrap();
    assert_eq!(photo, "photo-7_45_k1");
    let whole = |body: &String| body.contains("Content-Type: image/png") && body.contains("IHDR");
    assert!(server.bodies().len() == 2 && server.bodies().iter().all(whole));
}

#[tokio::test]
async fn a_cover_is_uploaded_and_put_up() {
    let server = Server::start([ok(&json!({"hash": "h", "photo": "p"}))]).await;
    let vk = Vk::start().await;
    vk.response("photos.getOwnerCoverPhotoUploadServer", json!({"upload_url": server.url}));
    let image = json!({"url": "https://example.com/c.jpg", "width": 1590, "height": 530});
    vk.response("photos.saveOwnerCoverPhoto", json!({"images": [image]}));
    let bot = vk.bot();
    let place = bot.photos_get_owner_cover_photo_upload_server().group_id(7).crop_x2(1590);
    let images = bot.upload_cover(place, PNG, "cover.png").await.unwrap();
    assert_eq!(images[0].width, Some(1590));
    let asked = &vk.asked("photos.getOwnerCoverPhotoUploadServer")[0];
    assert_eq!((asked.param("group_id"), asked.param("crop_x2")), (Some("7"), Some("1590")));
    let saved = &vk.asked("photos.saveOwnerCoverPhoto")[0];
    assert_eq!((saved.param("hash"), saved.param("photo")), (Some("h"), Some("p")));
    assert!(server.bodies()[0].contains("name=\"photo\"; filename=\"cover.png\""));
}

#[tokio::test]
async fn a_chat_gets_its_picture() {
    let server = Server::start([ok(&json!({"response": "r"})), ok(&json!({"error": "bad"}))]).await;
    let vk = Vk::start().await;
    let place = json!({"upload_url": server.url});
    vk.response("photos.getChatUploadServer", place.clone());
    vk.response("photos.getChatUploadServer", place);
    vk.response("messages.setChatPhoto", json!({"message_id": 1}));
    let bot = vk.bot();
    bot.upload_chat_photo(bot.photos_get_chat_upload_server(1), PNG, "chat.png").await.unwrap();
    assert_eq!(vk.asked("messages.setChatPhoto")[0].param("file"), Some("r"));
    let refused = bot.upload_chat_photo(bot.photos_get_chat_upload_server(1), PNG, "chat.png").await;
    assert!(matches!(refused, Err(UploadError::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_story_is_uploaded_and_published() {
    let taken = json!({"response": {"upload_result": "u"}, "_sig": "s"});
    let server = Server::start([ok(&taken), ok(&taken)]).await;
    let vk = Vk::start().await;
    for method in ["stories.getPhotoUploadServer", "stories.getVideoUploadServer"] {
        vk.response(method, json!({"upload_url": server.url, "user_ids": []}));
        vk.response("stories.save", json!({"count": 1, "items": [{"id": 3, "owner_id": -7}]}));
    }
    let bot = vk.bot();
    let place = bot.stories_get_photo_upload_server().group_id(7).add_to_news(true);
    let story = bot.upload_story_photo(place, PNG, "story.png").await.unwrap();
    assert_eq!((story.owner_id, story.id), (-7, 3));
    let place = bot.stories_get_video_upload_server().group_id(7).add_to_news(true);
    bot.upload_story_video(place, "mp4", "story.mp4").await.unwrap();
    assert!(server.bodies()[0].contains("name=\"file\"; filename=\"story.png\""));
    assert!(server.bodies()[1].contains("name=\"video_file\"; filename=\"story.mp4\""));
    let saved = vk.asked("stories.save");
    assert!(saved.len() == 2 && saved.iter().all(|save| save.param("upload_results") == Some("u")));
}

#[cfg(feature = "video")]
#[tokio::test]
async fn a_video_is_uploaded_with_a_users_key() {
    let server = Server::start([ok(&json!({"size": 3, "video_id": 8}))]).await;
    let vk = Vk::start().await;
    let place = json!({"upload_url": server.url, "owner_id": -7, "video_id": 8, "access_key": "k"});
    vk.response("video.save", place);
    let bot = vk.bot();
    let request = bot.video_save().name("Экскурсия").group_id(7);
    assert_eq!(bot.upload_video(request, "mp4", "tour.mp4").await.unwrap(), "video-7_8_k");
    assert!(server.bodies()[0].contains("name=\"video_file\"; filename=\"tour.mp4\""));
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

    let voice = bot.upload_message_voice(5, "OggS", "ответ.ogg").await.unwrap();
    let drawing = bot.upload_message_graffiti(5, PNG, "сердце.png").await.unwrap();
    let sent = bot.messages_send(5, "").attachment(format!("{voice},{drawing}")).await.unwrap();
    let history = bot.messages_get_history(5).await.unwrap();
    let message = history.items.iter().find(|message| message.cmid == Some(sent.cmid)).unwrap();
    assert!(matches!(message.attachments[0].media, Media::AudioMessage(_)), "{voice}");
    assert!(matches!(message.attachments[1].media, Media::Graffiti(_)), "{drawing}");

    let refused = bot.upload_message_photo(5, "no picture", "a.png").await.unwrap_err();
    assert!(matches!(refused, UploadError::Refused { .. }), "{refused:?}");
    let refused = bot.upload_message_doc(5, "x", "a.exe", "").await.unwrap_err();
    assert!(matches!(refused, UploadError::Refused { .. }), "{refused:?}");
    sandbox.shutdown().await;
}
