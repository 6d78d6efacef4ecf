//! What a community's page, its chats and its stories show.

use serde_json::Value;

#[cfg(feature = "video")]
use super::attachment;
use super::{
    ANY, InputFile, MAX_PHOTO, UploadError, Uploaded, check, content_type, missing, persist_method,
    picture_type, refused,
};
#[cfg(feature = "video")]
use crate::methods::VideoSave;
use crate::{
    bot::Bot,
    methods::{
        PhotosGetChatUploadServer, PhotosGetOwnerCoverPhotoUploadServer, StoriesGetPhotoUploadServer,
        StoriesGetVideoUploadServer,
    },
    requests::Request,
    types::{Story, field::Field, schema},
};

impl Bot {
    /// Uploads a picture and makes it the community's cover, as `server` says for which and how it is cut:
    /// `bot.photos_get_owner_cover_photo_upload_server().group_id(…)`.
    ///
    /// The answer tells where the cover is in its sizes. <https://dev.vk.com/ru/api/upload/community-cover>
    pub async fn upload_cover(
        &self,
        server: Request<PhotosGetOwnerCoverPhotoUploadServer>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<Vec<schema::BaseImage>, UploadError> {
        let (file, name) = (file.into(), file_name.into());
        let length = check(&file, &name, MAX_PHOTO).await?;
        let kind = picture_type(&file, &name).await?;
        let server = persist_method(self, || server.send_ref()).await?;
        let part = Uploaded { field: "photo", file: &file, length, name: &name, kind: &kind };
        let answer = self.upload(&server.upload_url, part).await?;
        let text = |name| String::read(answer.get(name).cloned()).unwrap_or_default();
        let (photo, hash) = (text("photo"), text("hash"));
        if photo.is_empty() || hash.is_empty() {
            return Err(refused(&answer));
        }
        let request = self.photos_save_owner_cover_photo().photo(photo).hash(hash);
        Ok(persist_method(self, || request.send_ref()).await?.images)
    }

    /// Uploads a picture and makes it a chat's, as `server` says for which and how it is cut:
    /// `bot.photos_get_chat_upload_server(chat_id)`.
    ///
    /// <https://dev.vk.com/ru/api/upload/chat-photo>
    pub async fn upload_chat_photo(
        &self,
        server: Request<PhotosGetChatUploadServer>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<(), UploadError> {
        let (file, name) = (file.into(), file_name.into());
        let length = check(&file, &name, MAX_PHOTO).await?;
        let kind = picture_type(&file, &name).await?;
        let server = persist_method(self, || server.send_ref()).await?;
        let part = Uploaded { field: "file", file: &file, length, name: &name, kind: &kind };
        let answer = self.upload(&server.upload_url, part).await?;
        let kept = answer.get("response").and_then(Value::as_str).filter(|kept| !kept.is_empty());
        // Said twice, the chat would be told of it twice.
        self.messages_set_chat_photo(kept.ok_or_else(|| refused(&answer))?).await?;
        Ok(())
    }

    /// Uploads a picture and publishes it as a story, as `server` says whose and with what:
    /// `bot.stories_get_photo_upload_server().group_id(…).add_to_news(true)`.
    ///
    /// <https://dev.vk.com/ru/api/upload/stories>
    pub async fn upload_story_photo(
        &self,
        server: Request<StoriesGetPhotoUploadServer>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<Story, UploadError> {
        let (file, name) = (file.into(), file_name.into());
        let length = check(&file, &name, ANY).await?;
        let kind = picture_type(&file, &name).await?;
        let server = persist_method(self, || server.send_ref()).await?;
        let part = Uploaded { field: "file", file: &file, length, name: &name, kind: &kind };
        self.publish_story(&server.upload_url, part).await
    }

    /// Uploads a video and publishes it as a story, as `server` says whose and with what:
    /// `bot.stories_get_video_upload_server().group_id(…).add_to_news(true)`.
    ///
    /// <https://dev.vk.com/ru/api/upload/stories>
    pub async fn upload_story_video(
        &self,
        server: Request<StoriesGetVideoUploadServer>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<Story, UploadError> {
        let (file, name) = (file.into(), file_name.into());
        let length = check(&file, &name, ANY).await?;
        let server = persist_method(self, || server.send_ref()).await?;
        let part =
            Uploaded { field: "video_file", file: &file, length, name: &name, kind: &content_type(&name) };
        self.publish_story(&server.upload_url, part).await
    }

    async fn publish_story(&self, url: &str, part: Uploaded<'_>) -> Result<Story, UploadError> {
        let answer = self.upload(url, part).await?;
        let kept = answer.pointer("/response/upload_result").and_then(Value::as_str);
        // Said twice, there might be two.
        let saved = self.stories_save().upload_results([kept.ok_or_else(|| refused(&answer))?]).await?;
        Ok(saved.items.into_iter().next().ok_or_else(|| missing("stories.save", "items[0]"))?)
    }

    /// Uploads a video, as `server` says whose and with what: `bot.video_save().name("…").group_id(…)`. With a
    /// user's key only: with a community's VK refuses.
    ///
    /// The answer, `video{owner}_{id}_{key}`, may be sent at once; VK makes it ready for viewing in a while.
    /// <https://dev.vk.com/ru/api/upload/video-in-profile>
    #[cfg(feature = "video")]
    pub async fn upload_video(
        &self,
        server: Request<VideoSave>,
        file: impl Into<InputFile>,
        file_name: impl Into<String>,
    ) -> Result<String, UploadError> {
        let (file, name) = (file.into(), file_name.into());
        let length = check(&file, &name, ANY).await?;
        // Said twice, it would make a second video.
        let saved = server.send_ref().await?;
        let url = saved.upload_url.ok_or_else(|| missing("video.save", "upload_url"))?;
        let part =
            Uploaded { field: "video_file", file: &file, length, name: &name, kind: &content_type(&name) };
        let answer = self.upload(&url, part).await?;
        if answer.get("error").is_some() {
            return Err(refused(&answer));
        }
        let number = |name: &str, told: Option<i64>| told.or_else(|| answer.get(name)?.as_i64());
        match (number("owner_id", saved.owner_id), number("video_id", saved.video_id)) {
            (Some(owner), Some(id)) => Ok(attachment("video", owner, id, saved.access_key.as_deref())),
            _ => Err(missing("video.save", "video_id").into()),
        }
    }
}
