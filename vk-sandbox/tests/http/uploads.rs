//! Photos and documents, in their three steps.

use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::{MARIA, Vk, assert_has_shape, error_of, fixture};

/// The header of a picture of 640 × 480; nobody looks further.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0";

fn picture() -> Part {
    Part::bytes(PNG).file_name("card.png").mime_str("image/png").unwrap()
}

async fn upload(vk: &Vk, server: &Value, form: Form) -> Value {
    let url = server["upload_url"].as_str().unwrap();
    vk.http.post(url).multipart(form).send().await.unwrap().json().await.unwrap()
}

fn save_photo(uploaded: &Value) -> [(&'static str, String); 3] {
    let text = |name: &str| uploaded[name].as_str().map_or_else(|| uploaded[name].to_string(), str::to_owned);
    [("photo", text("photo")), ("server", text("server")), ("hash", text("hash"))]
}

async fn saved(vk: &Vk, params: &[(&str, String)]) -> Value {
    let params: Vec<(&str, &str)> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
    vk.call("photos.saveMessagesPhoto", &params).await
}

#[tokio::test]
async fn a_photo_is_uploaded_saved_once_sent_and_served_back() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    let server = vk.ok("photos.getMessagesUploadServer", &[("peer_id", "1")]).await;
    let uploaded = upload(&vk, &server, Form::new().part("photo", picture())).await;
    let params = save_photo(&uploaded);
    let photo = saved(&vk, &params).await["response"][0].clone();
    assert_eq!((&photo["width"], &photo["height"]), (&640.into(), &480.into()));
    assert_eq!(error_of(&saved(&vk, &params).await).0, 121);

    let name =
        format!("photo{}_{}_{}", photo["owner_id"], photo["id"], photo["access_key"].as_str().unwrap());
    vk.ok("messages.send", &[("peer_id", "1"), ("random_id", "1"), ("attachment", &name)]).await;
    let message = vk.sandbox.conversation(MARIA).pop().unwrap();
    let url = message.attachments[0]["photo"]["sizes"][1]["url"].as_str().unwrap().to_owned();
    let picture = vk.http.get(url).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(picture.bytes().await.unwrap(), PNG);
}

#[tokio::test]
async fn a_photo_without_a_name_or_that_is_no_photo_uploads_as_an_empty_list() {
    let vk = Vk::new().await;
    let server = vk.ok("photos.getMessagesUploadServer", &[]).await;
    let nameless = Part::bytes(PNG).mime_str("image/png").unwrap();
    let untyped = Part::bytes(PNG).file_name("card.png");
    let text = Part::bytes(b"no picture").file_name("card.png").mime_str("image/png").unwrap();
    for form in [
        Form::new().part("photo", nameless),
        Form::new().part("photo", untyped),
        Form::new().part("photo", text),
        Form::new().part("file", picture()),
    ] {
        let uploaded = upload(&vk, &server, form).await;
        assert_eq!(uploaded["photo"], "[]");
        assert_eq!(error_of(&saved(&vk, &save_photo(&uploaded)).await).0, 129);
    }
    let good = upload(&vk, &server, Form::new().part("photo", picture())).await;
    let mut wrong = save_photo(&good);
    wrong[2].1 = "0123".to_owned();
    assert_eq!(error_of(&saved(&vk, &wrong).await).0, 121);
    wrong[1].1 = "5".to_owned();
    assert_eq!(error_of(&saved(&vk, &wrong).await).0, 118);
}

#[tokio::test]
async fn a_document_is_uploaded_and_saved_as_captured() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    let server = vk.ok("docs.getMessagesUploadServer", &[("type", "doc"), ("peer_id", "1")]).await;
    let file = Part::bytes(b"a;b\n1;2\n").file_name("отчёт.csv").mime_str("text/csv").unwrap();
    let uploaded = upload(&vk, &server, Form::new().part("file", file)).await;
    let answer =
        vk.call("docs.save", &[("file", uploaded["file"].as_str().unwrap()), ("title", "Отчёт")]).await;
    assert_has_shape(&answer, &fixture("docs_save"), "answer");
    let doc = &answer["response"]["doc"];
    assert_eq!((&doc["title"], &doc["ext"], &doc["size"]), (&"Отчёт".into(), &"csv".into(), &8.into()));
    assert_eq!(error_of(&vk.call("docs.save", &[("file", uploaded["file"].as_str().unwrap())]).await).0, 105);
    assert_eq!(
        vk.error("docs.save", &[]).await,
        (100, "One of the parameters specified was missing or invalid: file is undefined".to_owned())
    );
    let music = Part::bytes(b"ID3").file_name("song.mp3").mime_str("audio/mpeg").unwrap();
    assert!(upload(&vk, &server, Form::new().part("file", music)).await["error"].is_string());
}

#[tokio::test]
async fn voice_and_graffiti_are_saved_as_what_they_are() {
    let vk = Vk::new().await;
    for (kind, part) in
        [("audio_message", Part::bytes(b"OggS").file_name("voice.ogg")), ("graffiti", picture())]
    {
        let server = vk.ok("docs.getMessagesUploadServer", &[("type", kind)]).await;
        let part = part.mime_str(if kind == "graffiti" { "image/png" } else { "audio/ogg" }).unwrap();
        let uploaded = upload(&vk, &server, Form::new().part("file", part)).await;
        let answer = vk.ok("docs.save", &[("file", uploaded["file"].as_str().unwrap())]).await;
        assert_eq!(answer["type"], kind);
        assert!(answer[kind]["id"].is_i64() && answer[kind]["access_key"].is_string());
    }
}

#[tokio::test]
async fn an_address_for_someone_who_did_not_allow_is_refused() {
    let vk = Vk::new().await;
    for method in ["photos.getMessagesUploadServer", "docs.getMessagesUploadServer"] {
        assert_eq!(vk.error(method, &[("peer_id", "1")]).await.0, 901);
    }
}
