//! Photos, documents, voice for messages; covers, stories and more: asking where to, sending there, keeping what was
//! sent. A file is given as bytes, or as [a file on disk](InputFile::path), which is read while it is sent.
//!
//! ```no_run
//! # async fn send(bot: vkapi::Bot, peer: vkapi::types::PeerId, png: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! let photo = bot.upload_message_photo(peer, png, "cover.png").await?;
//! bot.messages_send(peer, "Ваша обложка").attachment(photo).await?;
//! # Ok(())
//! # }
//! ```

mod file;
mod message;
mod page;

use std::{future::Future, io, sync::Arc, time::Duration};

use reqwest::{Url, multipart::Form};
use serde_json::Value;
use thiserror::Error;

pub use file::InputFile;

use crate::{bot::Bot, errors::RequestError, update_listeners::Backoff};

/// Bytes of a photo, by VK's documentation.
pub const MAX_PHOTO: u64 = 50 << 20;
/// Bytes of a document, by VK's documentation.
pub const MAX_DOC: u64 = 200 << 20;

/// No limit of this crate's: VK's own are not known for sure.
const ANY: u64 = u64::MAX;
/// How often a step is tried.
const ATTEMPTS: u32 = 3;
/// How long to wait between tries.
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(5) };
/// How slow a line may be, bytes a second.
const SLOWEST: u64 = 64 << 10;

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
    /// The file on disk cannot be read.
    #[error("the file cannot be read: {0}")]
    Disk(#[source] Arc<io::Error>),
    /// The file cannot be taken and was not sent.
    #[error("not sent: {0}")]
    File(&'static str),
}

impl Bot {
    /// Sends a file to the upload server; its answer is an object.
    async fn upload(&self, url: &str, uploaded: Uploaded<'_>) -> Result<Value, UploadError> {
        let url = Url::parse(url).map_err(|_| missing("getMessagesUploadServer", "upload_url"))?;
        let Uploaded { field, file, length, name, kind } = uploaded;
        let timeout = Duration::from_secs(60 + length / SLOWEST);
        let send = || async {
            let part = file.part(length).await?.file_name(name.to_owned());
            let part = part.mime_str(kind).map_err(RequestError::network).map_err(UploadError::Server)?;
            // VK reads names as browsers write them: unescaped.
            let form = Form::new().percent_encode_noop().part(field, part);
            let request = self.client().post(url.clone()).timeout(timeout).multipart(form);
            answer_of(request).await.map_err(UploadError::Server)
        };
        let passes =
            |error: &UploadError| matches!(error, UploadError::Server(error) if error.is_retryable());
        persist(self, send, passes).await
    }
}

/// A file as a form has it.
#[derive(Clone, Copy)]
struct Uploaded<'a> {
    /// The form's name of it.
    field: &'static str,
    file: &'a InputFile,
    length: u64,
    name: &'a str,
    /// Its content type.
    kind: &'a str,
}

async fn answer_of(request: reqwest::RequestBuilder) -> Result<Value, RequestError> {
    let response = request.send().await.map_err(RequestError::network)?;
    let status = response.status();
    if !status.is_success() {
        return Err(RequestError::Http { status: status.as_u16() });
    }
    let body = response.bytes().await.map_err(RequestError::network)?;
    let garbled = |reason: String| RequestError::Garbled { method: "upload".to_owned(), reason };
    match serde_json::from_slice(&body) {
        Ok(answer @ Value::Object(_)) => Ok(answer),
        Ok(_) => Err(garbled("not an object".to_owned())),
        Err(error) => Err(garbled(error.to_string())),
    }
}

/// Refuses what VK would; how many bytes the file has.
async fn check(file: &InputFile, name: &str, max: u64) -> Result<u64, UploadError> {
    if name.trim().is_empty() {
        return Err(UploadError::File("a file needs a name"));
    }
    match file.length().await? {
        0 => Err(UploadError::File("an empty file")),
        length if length > max => Err(UploadError::File("a file larger than VK takes")),
        length => Ok(length),
    }
}

/// Tries a step until it does, or fails for good: said again, none of them does harm.
async fn persist<T, E, Step>(bot: &Bot, step: impl Fn() -> Step, passes: impl Fn(&E) -> bool) -> Result<T, E>
where
    Step: Future<Output = Result<T, E>>,
{
    let mut random = bot.fork_random();
    for faults in 1..ATTEMPTS {
        match step().await {
            Err(error) if passes(&error) => tokio::time::sleep(BACKOFF.half(faults, &mut random)).await,
            result => return result,
        }
    }
    step().await
}

/// [`persist`] for a method of VK's.
async fn persist_method<T, Step>(bot: &Bot, step: impl Fn() -> Step) -> Result<T, RequestError>
where
    Step: Future<Output = Result<T, RequestError>>,
{
    persist(bot, step, RequestError::is_retryable).await
}

fn content_type(name: &str) -> String {
    mime_guess::from_path(name).first_or_octet_stream().essence_str().to_owned()
}

/// A picture tells what it is better than its name does.
async fn picture_type(file: &InputFile, name: &str) -> Result<String, UploadError> {
    let signs: [(&[u8], _); 3] =
        [(b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif")];
    let begin = file.begin().await?;
    let known = signs.into_iter().find(|(sign, _)| begin.starts_with(sign));
    Ok(known.map_or_else(|| content_type(name), |(_, kind)| kind.to_owned()))
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
