//! Methods around uploads: `photos.*` and `docs.*`. The whole way is
//! [`Bot::upload_message_photo`] and [`Bot::upload_message_doc`].

use serde::Serialize;

use super::{method, setters};
use crate::{
    bot::Bot,
    requests::Request,
    types::{Attachment, PeerId, Photo, field::object},
};

impl Bot {
    /// Where to upload a photo for a message. <https://dev.vk.com/ru/method/photos.getMessagesUploadServer>
    pub fn photos_get_messages_upload_server(&self) -> Request<PhotosGetMessagesUploadServer> {
        self.request(PhotosGetMessagesUploadServer { peer_id: None })
    }

    /// Keeps an uploaded photo; the three are what the upload server answered.
    /// <https://dev.vk.com/ru/method/photos.saveMessagesPhoto>
    pub fn photos_save_messages_photo(
        &self,
        photo: impl Into<String>,
        server: i64,
        hash: impl Into<String>,
    ) -> Request<PhotosSaveMessagesPhoto> {
        self.request(PhotosSaveMessagesPhoto { photo: photo.into(), server, hash: hash.into() })
    }

    /// Where to upload a document for a message. <https://dev.vk.com/ru/method/docs.getMessagesUploadServer>
    pub fn docs_get_messages_upload_server(
        &self,
        peer: impl Into<PeerId>,
    ) -> Request<DocsGetMessagesUploadServer> {
        self.request(DocsGetMessagesUploadServer { peer_id: peer.into(), kind: None })
    }

    /// Keeps an uploaded document; `file` is what the upload server answered.
    /// <https://dev.vk.com/ru/method/docs.save>
    pub fn docs_save(&self, file: impl Into<String>) -> Request<DocsSave> {
        self.request(DocsSave { file: file.into(), title: None, tags: None })
    }
}

object! {
    /// Where to upload.
    UploadServer {
        /// The address; it expires.
        upload_url: String,
    }
}

/// `photos.getMessagesUploadServer`.
#[derive(Clone, Debug, Serialize)]
pub struct PhotosGetMessagesUploadServer {
    peer_id: Option<PeerId>,
}
method!(PhotosGetMessagesUploadServer: "photos.getMessagesUploadServer" -> UploadServer, IDEMPOTENT: bool = true);
setters!(PhotosGetMessagesUploadServer {
    /// The conversation the photo is for; photos for no certain one are counted by the day.
    peer_id: PeerId,
});

/// `photos.saveMessagesPhoto`.
#[derive(Clone, Debug, Serialize)]
pub struct PhotosSaveMessagesPhoto {
    photo: String,
    server: i64,
    hash: String,
}
method!(PhotosSaveMessagesPhoto: "photos.saveMessagesPhoto" -> Vec<Photo>, BATCHABLE: bool = false);

/// `docs.getMessagesUploadServer`.
#[derive(Clone, Debug, Serialize)]
pub struct DocsGetMessagesUploadServer {
    peer_id: PeerId,
    #[serde(rename = "type")]
    kind: Option<String>,
}
method!(DocsGetMessagesUploadServer: "docs.getMessagesUploadServer" -> UploadServer, IDEMPOTENT: bool = true);
setters!(DocsGetMessagesUploadServer {
    /// What it will be: `doc`, the usual one, `audio_message` or `graffiti`.
    kind: String,
});

/// `docs.save`.
#[derive(Clone, Debug, Serialize)]
pub struct DocsSave {
    file: String,
    title: Option<String>,
    tags: Option<Vec<String>>,
}
method!(DocsSave: "docs.save" -> Attachment, BATCHABLE: bool = false);
setters!(DocsSave {
    /// What it is called; its file's name if not set.
    title: String,
    /// Words to find it by.
    tags: Vec<String>,
});
