//! Files uploaded once and sent many times.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::sync::OnceCell;

use super::upload::{InputFile, UploadError};
use crate::{Clock, bot::Bot, types::PeerId};

/// Remembers by a file's content what VK calls it, so that the same one is not uploaded again. One for each community:
/// what one has uploaded, another may not send.
///
/// The same file asked for by several at once is uploaded once.
pub struct UploadCache {
    files: Mutex<HashMap<Key, File>>,
    life: Duration,
    most: usize,
    clock: Clock,
}

/// Kind, SHA-256 of the content, and the name where people see it.
type Key = (&'static str, [u8; 32], String);

struct File {
    since: SystemTime,
    attachment: Arc<OnceCell<String>>,
}

impl fmt::Debug for UploadCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadCache")
            .field("life", &self.life)
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

impl UploadCache {
    /// A cache that uploads a file anew after it was kept for `life`, and forgets the oldest of more than `most`.
    pub fn new(life: Duration, most: usize, clock: Clock) -> Self {
        Self { files: Mutex::default(), life, most: most.max(1), clock }
    }

    /// [`Bot::upload_message_photo`], or what it answered to the same bytes before.
    ///
    /// # Errors
    ///
    /// The upload failed; nothing is remembered of it.
    pub async fn message_photo(
        &self,
        bot: &Bot,
        peer: impl Into<PeerId>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<String, UploadError> {
        let file = file.into();
        let key = ("photo", file.hash().await?, String::new());
        self.keep(key, || bot.upload_message_photo(peer, file, file_name)).await
    }

    /// [`Bot::upload_message_doc`], or what it answered to the same bytes under the same name and title before.
    ///
    /// # Errors
    ///
    /// The upload failed; nothing is remembered of it.
    pub async fn message_doc(
        &self,
        bot: &Bot,
        peer: impl Into<PeerId>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
        title: impl Into<String>,
    ) -> Result<String, UploadError> {
        let (file, file_name, title) = (file.into(), file_name.into(), title.into());
        let key = ("doc", file.hash().await?, format!("{file_name}\0{title}"));
        self.keep(key, || bot.upload_message_doc(peer, file, file_name, title)).await
    }

    /// [`Bot::upload_message_voice`], or what it answered to the same bytes before.
    ///
    /// # Errors
    ///
    /// The upload failed; nothing is remembered of it.
    pub async fn message_voice(
        &self,
        bot: &Bot,
        peer: impl Into<PeerId>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<String, UploadError> {
        let file = file.into();
        let key = ("voice", file.hash().await?, String::new());
        self.keep(key, || bot.upload_message_voice(peer, file, file_name)).await
    }

    async fn keep<Upload>(&self, key: Key, upload: impl FnOnce() -> Upload) -> Result<String, UploadError>
    where
        Upload: Future<Output = Result<String, UploadError>>,
    {
        self.file(key).get_or_try_init(upload).await.cloned()
    }

    fn file(&self, key: Key) -> Arc<OnceCell<String>> {
        let now = (self.clock)();
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, file| now < file.since + self.life);
        if !files.contains_key(&key)
            && files.len() >= self.most
            && let Some(oldest) = files.iter().min_by_key(|(_, file)| file.since).map(|(key, _)| key.clone())
        {
            files.remove(&oldest);
        }
        let new = || File { since: now, attachment: Arc::default() };
        Arc::clone(&files.entry(key).or_insert_with(new).attachment)
    }
}
