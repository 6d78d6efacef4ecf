//! Photos and documents for messages: asking where to, sending there, keeping what was sent.
//!
//! ```no_run
//! # async fn send(bot: vkapi::Bot, peer: vkapi::types::PeerId, png: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! let photo = bot.upload_message_photo(peer, png, "cover.png").await?;
//! bot.messages_send(peer, "Ваша обложка").attachment(photo).await?;
//! # Ok(())
//! # }
//! ```

use std::{future::Future, time::Duration};

use bytes::Bytes;
use reqwest::{
    Url,
    multipart::{Form, Part},
};
use serde_json::Value;
use thiserror::Error;

use crate::{
    bot::Bot,
    errors::RequestError,
    types::{Media, PeerId, field::Field},
    update_listeners::Backoff,
};

/// Bytes of a photo, by VK's documentation.
pub const MAX_PHOTO: usize = 50 << 20;
/// Bytes of a document, by VK's documentation.
pub const MAX_DOC: usize = 200 << 20;

/// How often a step is tried.
const ATTEMPTS: u32 = 3;
/// How long to wait between tries.
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(5) };
/// How slow a line may be, bytes a second.
const SLOWEST: usize = 64 << 10;

/// Why a file was not uploaded.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum UploadError {
    /// VK would not tell where to, or would not keep what was sent.
    #[error(transparent)]
    Method(#[from] RequestError),
    /// The upload server could not be reached, or answered as none does.
    #[error("the upload server: {0}")]
    Server(#[source] RequestError),
    /// The upload server did not take the file: not a picture it knows, a kind of file VK forbids.
    #[error("the file was not taken: {reason}")]
    Refused {
        /// The server's words, where there were any.
        reason: String,
    },
    /// The file cannot be taken and was not sent.
    #[error("not sent: {0}")]
    File(&'static str),
}

impl Bot {
    /// Uploads a photo for messages: JPG, PNG or GIF, up to 50 MB, sides up to 14 000 pixels together and up to 20 times
    /// of each other.
    ///
    /// The answer, `photo{owner}_{id}_{key}`, may be sent to others too and does not expire: keep it rather than upload
    /// again. Each step is tried 3 times when the way to VK fails.
    /// <https://dev.vk.com/ru/api/upload/photo-in-message>
    pub async fn upload_message_photo(
        &self,
        peer: impl Into<PeerId>,
        bytes: impl Into<Bytes>,
        file_name: impl Into<String>,
    ) -> Result<String, UploadError> {
        let (peer, bytes, name) = (peer.into(), bytes.into(), file_name.into());
        check(&bytes, &name, MAX_PHOTO)?;
        let kind = picture_type(&bytes).map_or_else(|| content_type(&name), str::to_owned);
        let request = self.photos_get_messages_upload_server().peer_id(peer);
        let server = persist(self, || request.send_ref()).await?;
        let answer = self.upload(&server.upload_url, "photo", &bytes, &name, &kind).await?;
        let text = |name| String::read(answer.get(name).cloned()).unwrap_or_default();
        let photo = text("photo");
        // With nothing to keep, the next step would only tell of a wrong parameter.
        if matches!(photo.trim(), "" | "[]" | "{}" | "null") {
            return Err(refused(&answer));
        }
        let number = i64::read(answer.get("server").cloned()).map_err(|unfit| garbled(unfit.to_string()))?;
        let request = self.photos_save_messages_photo(photo, number, text("hash"));
        let photos = persist(self, || request.send_ref()).await?;
        let photo = photos.first().ok_or_else(|| missing("photos.saveMessagesPhoto", "[0]"))?;
        Ok(attachment("photo", photo.owner_id, photo.id, photo.access_key.as_deref()))
    }

    /// Uploads a document for messages: any file up to 200 MB but for music and programs. Without a `title` it is called
    /// as its file.
    ///
    /// The answer, `doc{owner}_{id}_{key}`, may be sent to others too and does not expire. Each step is tried 3 times
    /// when the way to VK fails. <https://dev.vk.com/ru/api/upload/document-in-profile>
    pub async fn upload_message_doc(
        &self,
        peer: impl Into<PeerId>,
        bytes: impl Into<Bytes>,
        file_name: impl Into<String>,
        title: impl Into<String>,
    ) -> Result<String, UploadError> {
        let (peer, bytes, name, title) = (peer.into(), bytes.into(), file_name.into(), title.into());
        check(&bytes, &name, MAX_DOC)?;
        let request = self.docs_get_messages_upload_server(peer);
        let server = persist(self, || request.send_ref()).await?;
        let answer = self.upload(&server.upload_url, "file", &bytes, &name, &content_type(&name)).await?;
        let file = String::read(answer.get("file").cloned()).unwrap_or_default();
        if file.is_empty() {
            return Err(refused(&answer));
        }
        let request = self.docs_save(file);
        let request = if title.is_empty() { request } else { request.title(title) };
        let saved = persist(self, || request.send_ref()).await?;
        let Media::Doc(doc) = saved.media else { return Err(missing("docs.save", "doc").into()) };
        Ok(attachment("doc", doc.owner_id, doc.id, doc.access_key.as_deref()))
    }

    /// Sends a file to the upload server; its answer is an object.
    async fn upload(
        &self,
        url: &str,
        field: &'static str,
        bytes: &Bytes,
        name: &str,
        kind: &str,
    ) -> Result<Value, UploadError> {
        let url = Url::parse(url).map_err(|_| missing("getMessagesUploadServer", "upload_url"))?;
        let length = bytes.len();
        let timeout = Duration::from_secs(60) + Duration::from_secs((length / SLOWEST) as u64);
        let send = || async {
            let part = Part::stream_with_length(bytes.clone(), length as u64).file_name(name.to_owned());
            let part = part.mime_str(kind).map_err(RequestError::network)?;
            // VK reads names as browsers write them: unescaped.
            let form = Form::new().percent_encode_noop().part(field, part);
            let sent = self.client().post(url.clone()).timeout(timeout).multipart(form).send().await;
            let response = sent.map_err(RequestError::network)?;
            let status = response.status();
            if !status.is_success() {
                return Err(RequestError::Http { status: status.as_u16() });
            }
            let body = response.bytes().await.map_err(RequestError::network)?;
            match serde_json::from_slice(&body) {
                Ok(answer @ Value::Object(_)) => Ok(answer),
                Ok(_) => {
                    Err(RequestError::Garbled { method: "upload".into(), reason: "not an object".into() })
                }
                Err(error) => {
                    Err(RequestError::Garbled { method: "upload".into(), reason: error.to_string() })
                }
            }
        };
        persist(self, send).await.map_err(UploadError::Server)
    }
}

fn check(bytes: &Bytes, name: &str, max: usize) -> Result<(), UploadError> {
    if name.trim().is_empty() {
        return Err(UploadError::File("a file needs a name"));
    }
    if bytes.is_empty() {
        return Err(UploadError::File("an empty file"));
    }
    if bytes.len() > max {
        return Err(UploadError::File("a file larger than VK takes"));
    }
    Ok(())
}

/// Tries a step until it does, or fails for good: said again, none of them does harm.
async fn persist<T, Step>(bot: &Bot, step: impl Fn() -> Step) -> Result<T, RequestError>
where
    Step: Future<Output = Result<T, RequestError>>,
{
    let mut random = bot.fork_random();
    for faults in 1..ATTEMPTS {
        match step().await {
            Err(error) if error.is_retryable() => tokio::time::sleep(BACKOFF.half(faults, &mut random)).await,
            result => return result,
        }
    }
    step().await
}

fn content_type(name: &str) -> String {
    mime_guess::from_path(name).first_or_octet_stream().essence_str().to_owned()
}

/// A picture tells what it is better than its name does.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    let signs: [(&[u8], _); 3] =
        [(b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif")];
    signs.into_iter().find(|(sign, _)| bytes.starts_with(sign)).map(|(_, kind)| kind)
}

fn refused(answer: &Value) -> UploadError {
    let words = ["error_descr", "error_msg", "error"].into_iter().filter_map(|name| answer[name].as_str());
    let reason = words.into_iter().find(|text| !text.is_empty()).unwrap_or("the answer is empty");
    UploadError::Refused { reason: reason.to_owned() }
}

fn garbled(reason: String) -> UploadError {
    UploadError::Server(RequestError::Garbled { method: "upload".to_owned(), reason })
}

fn missing(method: &str, path: &str) -> RequestError {
    RequestError::Decode { method: method.to_owned(), path: path.to_owned(), reason: "missing".to_owned() }
}

fn attachment(kind: &str, owner: i64, id: i64, key: Option<&str>) -> String {
    let key = key.filter(|key| !key.is_empty()).map(|key| format!("_{key}")).unwrap_or_default();
    format!("{kind}{owner}_{id}{key}")
}
