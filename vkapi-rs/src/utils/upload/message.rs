//! What is sent with messages.

use super::{
    InputFile, MAX_DOC, MAX_PHOTO, UploadError, Uploaded, attachment, check, content_type, missing,
    persist_method, picture_type, refused,
};
use crate::{
    bot::Bot,
    types::{Attachment, Media, PeerId, field::Field},
};

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
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<String, UploadError> {
        let (peer, file, name) = (peer.into(), file.into(), file_name.into());
        let length = check(&file, &name, MAX_PHOTO).await?;
        let kind = picture_type(&file, &name).await?;
        let request = self.photos_get_messages_upload_server().peer_id(peer);
        let server = persist_method(self, || request.send_ref()).await?;
        let part = Uploaded { field: "photo", file: &file, length, name: &name, kind: &kind };
        let answer = self.upload(&server.upload_url, part).await?;
        let text = |name| String::read(answer.get(name).cloned()).unwrap_or_default();
        let photo = text("photo");
        // With nothing to keep, the next step would only tell of a wrong parameter.
        if matches!(photo.trim(), "" | "[]" | "{}" | "null") {
            return Err(refused(&answer));
        }
        let number =
            i64::read(answer.get("server").cloned()).map_err(|unfit| super::garbled(unfit.to_string()))?;
        let request = self.photos_save_messages_photo(photo, number, text("hash"));
        let photos = persist_method(self, || request.send_ref()).await?;
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
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
        title: impl Into<String>,
    ) -> Result<String, UploadError> {
        let saved =
            self.message_file("doc", peer.into(), file.into(), file_name.into(), title.into()).await?;
        let Media::Doc(doc) = saved.media else { return Err(missing("docs.save", "doc").into()) };
        Ok(attachment("doc", doc.owner_id, doc.id, doc.access_key.as_deref()))
    }

    /// Uploads a voice message: an OGG file with Opus inside, 16 kHz, mono, up to 5 minutes.
    ///
    /// The answer is `audio_message{owner}_{id}_{key}`; a message with it has no text. Each step is tried 3 times when
    /// the way to VK fails. <https://dev.vk.com/ru/api/upload/audio-record>
    pub async fn upload_message_voice(
        &self,
        peer: impl Into<PeerId>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<String, UploadError> {
        let (file, name) = (file.into(), file_name.into());
        let saved = self.message_file("audio_message", peer.into(), file, name, String::new()).await?;
        let Media::AudioMessage(voice) = saved.media else {
            return Err(missing("docs.save", "audio_message").into());
        };
        Ok(attachment("audio_message", voice.owner_id, voice.id, voice.access_key.as_deref()))
    }

    /// Uploads a drawing for messages: a PNG.
    ///
    /// The answer is `graffiti{owner}_{id}_{key}`. Each step is tried 3 times when the way to VK fails.
    /// <https://dev.vk.com/ru/method/docs.getMessagesUploadServer>
    pub async fn upload_message_graffiti(
        &self,
        peer: impl Into<PeerId>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<String, UploadError> {
        let (file, name) = (file.into(), file_name.into());
        let saved = self.message_file("graffiti", peer.into(), file, name, String::new()).await?;
        let Media::Graffiti(drawing) = saved.media else {
            return Err(missing("docs.save", "graffiti").into());
        };
        Ok(attachment("graffiti", drawing.owner_id, drawing.id, drawing.access_key.as_deref()))
    }

    /// What VK keeps as a document of one kind or another.
    async fn message_file(
        &self,
        kind: &str,
        peer: PeerId,
        file: InputFile,
        name: String,
        title: String,
    ) -> Result<Attachment, UploadError> {
        let length = check(&file, &name, MAX_DOC).await?;
        let request = self.docs_get_messages_upload_server(peer);
        let request = if kind == "doc" { request } else { request.kind(kind) };
        let server = persist_method(self, || request.send_ref()).await?;
        let part = Uploaded { field: "file", file: &file, length, name: &name, kind: &content_type(&name) };
        let answer = self.upload(&server.upload_url, part).await?;
        let file = String::read(answer.get("file").cloned()).unwrap_or_default();
        if file.is_empty() {
            return Err(refused(&answer));
        }
        let request = self.docs_save(file);
        let request = if title.is_empty() { request } else { request.title(title) };
        Ok(persist_method(self, || request.send_ref()).await?)
    }
}
