//! Photos and documents: the upload servers, `photos.saveMessagesPhoto`, `docs.save`, and what became of
//! the bytes.

use std::collections::HashMap;

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::{
    error::ApiError,
    methods::{Answer, Ctx},
    params::undefined,
    picture,
};

/// VK: a photo is at most 50 MB, its sides together at most 14 000, one at most 20 times the other.
const LARGEST_PHOTO: usize = 50 * 1024 * 1024;
const LONGEST_SIDES: u32 = 14_000;
const LONGEST_RATIO: u32 = 20;
/// The number of the made-up upload server.
const SERVER: i64 = 848_128;

/// A file sent by someone.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Bytes,
}

/// Where an upload is going: a ticket is good for many files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Photo,
    Doc,
    AudioMessage,
    Graffiti,
}

#[derive(Default)]
pub(crate) struct Media {
    tickets: HashMap<String, Kind>,
    /// Uploaded and not yet saved, by hash.
    uploaded: HashMap<String, (Kind, File)>,
    /// Saved, by id.
    saved: HashMap<i64, Saved>,
}

struct Saved {
    owner: i64,
    object: Value,
    file: File,
}

impl Media {
    /// The VK object of what was saved here.
    pub(crate) fn object(&self, owner: i64, id: i64) -> Option<Value> {
        self.saved.get(&id).filter(|saved| saved.owner == owner).map(|saved| saved.object.clone())
    }

    pub(crate) fn file(&self, id: i64) -> Option<&File> {
        self.saved.get(&id).map(|saved| &saved.file)
    }

    /// Keeps a photo; the VK object, or `None` when VK would not take it.
    pub(crate) fn save_photo(
        &mut self,
        owner: i64,
        file: File,
        key: &str,
        date: i64,
        base: &str,
    ) -> Option<Value> {
        let (width, height) = photo_size(&file)?;
        let id = self.next_id();
        let url = format!("{base}/media/{id}/photo");
        let object = json!({
            "album_id": -64, "id": id, "owner_id": owner, "date": date, "access_key": key, "text": "",
            "has_tags": false, "width": width, "height": height,
            "sizes": [
                {"type": "m", "width": 130.min(width), "height": 130.min(height), "url": url},
                {"type": "x", "width": width, "height": height, "url": url},
            ],
        });
        self.saved.insert(id, Saved { owner, object: object.clone(), file });
        Some(object)
    }

    pub(crate) fn save_doc(
        &mut self,
        owner: i64,
        file: File,
        title: Option<&str>,
        key: &str,
        date: i64,
        base: &str,
    ) -> Value {
        let id = self.next_id();
        let extension = extension(&file.name);
        let object = json!({
            "id": id, "owner_id": owner, "title": title.unwrap_or(&file.name), "size": file.bytes.len(),
            "ext": extension, "date": date, "type": doc_type(&extension), "is_unsafe": 0, "access_key": key,
            "url": format!("{base}/media/{id}/doc"),
        });
        self.saved.insert(id, Saved { owner, object: object.clone(), file });
        object
    }

    fn save_voice(&mut self, owner: i64, file: File, key: &str, base: &str) -> Value {
        let id = self.next_id();
        let url = format!("{base}/media/{id}/voice.ogg");
        let object = json!({
            "id": id, "owner_id": owner, "access_key": key, "duration": 1, "waveform": [0],
            "link_ogg": url, "link_mp3": url,
        });
        self.saved.insert(id, Saved { owner, object: object.clone(), file });
        object
    }

    fn next_id(&self) -> i64 {
        457_239_017 + self.saved.len() as i64
    }

    /// Takes a file sent to an upload address; what the upload server answers.
    pub(crate) fn receive(
        &mut self,
        ticket: &str,
        field: &str,
        file: Option<File>,
        hash: &str,
    ) -> Option<Value> {
        let kind = *self.tickets.get(ticket)?;
        let file = file.filter(|file| !file.name.is_empty() && !file.bytes.is_empty());
        if kind == Kind::Photo {
            // A photo without a file name or type, or not a photo at all, is answered by an empty list.
            let good = file.filter(|file| field == "photo" && photo_size(file).is_some());
            let photo = if good.is_some() {
                json!([{"photo": hash, "sizes": []}]).to_string()
            } else {
                "[]".to_owned()
            };
            if let Some(file) = good {
                self.uploaded.insert(hash.to_owned(), (kind, file));
            }
            return Some(json!({"server": SERVER, "photo": photo, "hash": hash}));
        }
        let Some(file) = file.filter(|_| field == "file") else {
            return Some(json!({"error": "no file", "error_descr": "file is not found in the request"}));
        };
        if matches!(extension(&file.name).as_str(), "mp3" | "exe" | "apk" | "bat" | "cmd" | "com") {
            return Some(json!({"error": "wrong_file", "error_descr": "files of this type are not allowed"}));
        }
        let token =
            format!("0|0|0|{SERVER}|{}|{}|{}|{hash}", extension(&file.name), file.bytes.len(), file.name);
        self.uploaded.insert(hash.to_owned(), (kind, file));
        Some(json!({"file": token}))
    }
}

fn photo_size(file: &File) -> Option<(u32, u32)> {
    if file.bytes.len() > LARGEST_PHOTO || file.content_type.is_empty() {
        return None;
    }
    let (width, height) = picture::size(&file.bytes)?;
    let fits = width.saturating_add(height) <= LONGEST_SIDES
        && width <= height.saturating_mul(LONGEST_RATIO)
        && height <= width.saturating_mul(LONGEST_RATIO);
    (fits && width > 0 && height > 0).then_some((width, height))
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}

/// VK's numbers for kinds of documents.
fn doc_type(extension: &str) -> i64 {
    match extension {
        "txt" | "doc" | "docx" | "xls" | "xlsx" | "csv" | "ppt" | "pptx" | "rtf" | "pdf" | "odt" | "ods" => 1,
        "zip" | "rar" | "7z" | "gz" | "tar" => 2,
        "gif" => 3,
        "jpg" | "jpeg" | "png" | "webp" | "bmp" => 4,
        "ogg" | "wav" | "flac" => 5,
        "mp4" | "avi" | "mov" | "mkv" | "webm" => 6,
        "epub" | "fb2" | "djvu" => 7,
        _ => 8,
    }
}

pub(crate) fn photos_upload_server(ctx: &mut Ctx<'_>) -> Answer {
    let upload_url = open(ctx, Kind::Photo)?;
    Ok(json!({"album_id": -64, "upload_url": upload_url, "user_id": 0, "group_id": ctx.state.group.id}))
}

pub(crate) fn docs_upload_server(ctx: &mut Ctx<'_>) -> Answer {
    let kind = match ctx.params.text("type").unwrap_or("doc") {
        "doc" => Kind::Doc,
        "audio_message" => Kind::AudioMessage,
        "graffiti" => Kind::Graffiti,
        _ => return Err(ApiError::param("type is invalid")),
    };
    Ok(json!({"upload_url": open(ctx, kind)?}))
}

fn open(ctx: &mut Ctx<'_>, kind: Kind) -> Result<String, ApiError> {
    if let Some(peer) = ctx.params.int("peer_id")?.filter(|peer| *peer != 0) {
        ctx.may_write(peer)?;
    }
    let ticket = ctx.state.hex(16);
    ctx.state.media.tickets.insert(ticket.clone(), kind);
    Ok(format!("{}/upload/{ticket}", ctx.state.base_url))
}

pub(crate) fn save_messages_photo(ctx: &mut Ctx<'_>) -> Answer {
    let photo = ctx.params.required_text("photo")?;
    if photo == "[]" || photo == "{}" {
        return Err(ApiError::new(129));
    }
    if ctx.params.int("server")?.is_some_and(|server| server != SERVER) {
        return Err(ApiError::new(118));
    }
    let hash = ctx.params.required_text("hash")?.to_owned();
    let (_, file) = taken(ctx, &hash, |kind| kind == Kind::Photo).ok_or_else(|| ApiError::new(121))?;
    let (owner, key, date) = (-ctx.state.group.id, ctx.state.hex(18), ctx.seconds());
    let saved = ctx.state.media.save_photo(owner, file, &key, date, &ctx.state.base_url);
    Ok(json!([saved.ok_or_else(|| ApiError::new(129))?]))
}

pub(crate) fn docs_save(ctx: &mut Ctx<'_>) -> Answer {
    let token = ctx.params.text("file").ok_or_else(|| undefined("file"))?;
    let hash = token.rsplit('|').next().unwrap_or_default().to_owned();
    let (kind, file) = taken(ctx, &hash, |kind| kind != Kind::Photo).ok_or_else(|| ApiError::new(105))?;
    let (owner, key, date) = (-ctx.state.group.id, ctx.state.hex(18), ctx.seconds());
    let (media, base) = (&mut ctx.state.media, &ctx.state.base_url);
    Ok(match kind {
        Kind::AudioMessage => {
            json!({"type": "audio_message", "audio_message": media.save_voice(owner, file, &key, base)})
        }
        Kind::Graffiti => match media.save_photo(owner, file, &key, date, base) {
            Some(photo) => {
                let graffiti = json!({
                    "id": photo["id"], "owner_id": owner, "access_key": key, "url": photo["sizes"][1]["url"],
                    "width": photo["width"], "height": photo["height"],
                });
                json!({"type": "graffiti", "graffiti": graffiti})
            }
            None => return Err(ApiError::new(105)),
        },
        Kind::Doc | Kind::Photo => {
            let title = ctx.params.text("title");
            json!({"type": "doc", "doc": media.save_doc(owner, file, title, &key, date, base)})
        }
    })
}

/// Takes what was uploaded under this hash, if it is of the right kind: it can be saved once.
fn taken(ctx: &mut Ctx<'_>, hash: &str, right: fn(Kind) -> bool) -> Option<(Kind, File)> {
    let uploaded = &mut ctx.state.media.uploaded;
    uploaded.get(hash).filter(|(kind, _)| right(*kind))?;
    uploaded.remove(hash)
}
