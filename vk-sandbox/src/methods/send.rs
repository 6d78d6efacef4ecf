//! `messages.send`.

use serde_json::{Value, json};

use super::{Answer, Ctx};
use crate::{
    chat::ChatMessage,
    error::ApiError,
    keyboard,
    params::Params,
    settings::{Settings, millis},
    state::State,
    vk_json::{self, Version},
};

/// Peers from here on are chats of many people, of which this VK has none.
const FIRST_CHAT: i64 = 2_000_000_000;
const MOST_PEERS: usize = 100;
const MOST_ATTACHMENTS: usize = 10;
const MOST_FORWARDED: usize = 100;
const LONGEST_PARAMETER: usize = 9000;
const LONGEST_PAYLOAD: usize = 1000;

/// What a message says, apart from whom it is for; `messages.edit` has the same.
pub(super) struct Content {
    pub(super) text: String,
    pub(super) attachments: Vec<Value>,
    pub(super) keyboard: Option<Value>,
    pub(super) template: Option<Value>,
    pub(super) geo: Option<Value>,
    pub(super) format_data: Option<Value>,
}

impl Content {
    pub(super) fn read(ctx: &Ctx<'_>) -> Result<Self, ApiError> {
        let params = ctx.params;
        let text = params.text("message").unwrap_or_default();
        if text.encode_utf16().count() > ctx.state.settings.message_limit {
            return Err(ApiError::new(914));
        }
        let keyboard = params.json("keyboard")?;
        let template = params.json("template")?;
        if (keyboard.is_some() || template.is_some()) && !ctx.state.group.bot_features {
            return Err(ApiError::new(912));
        }
        keyboard.as_ref().map_or(Ok(()), keyboard::check)?;
        template.as_ref().map_or(Ok(()), keyboard::check_template)?;
        if template.is_some() && text.trim().is_empty() {
            return Err(empty());
        }
        Ok(Self {
            attachments: attachments(ctx.state, params)?,
            geo: geo(params)?,
            format_data: format_data(params, text)?,
            text: text.to_owned(),
            keyboard,
            template: template.map(|template| with_photos(ctx.state, template)),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.attachments.is_empty() && self.geo.is_none()
    }
}

/// What VK would say of a message with this text and this keyboard; nothing if it takes them.
///
/// # Errors
/// VK's words for what it does not take: a text over its limit or without words, or a keyboard that breaks one of its rules.
pub fn check_message(text: &str, keyboard: Option<&str>) -> Result<(), String> {
    let checked = || {
        if text.encode_utf16().count() > Settings::default().message_limit {
            return Err(ApiError::new(914));
        }
        if text.trim().is_empty() {
            return Err(empty());
        }
        match keyboard.map(serde_json::from_str::<Value>) {
            None => Ok(()),
            Some(Ok(keyboard)) => keyboard::check(&keyboard),
            Some(Err(_)) => Err(ApiError::param("keyboard should be a JSON object")),
        }
    };
    checked().map_err(|error| error.message())
}

pub(super) fn empty() -> ApiError {
    ApiError::param("message is empty or invalid")
}

pub(super) fn send(ctx: &mut Ctx<'_>) -> Answer {
    if !ctx.state.group.messages {
        return Err(ApiError::new(7));
    }
    let (peers, many) = addressees(ctx)?;
    let random_id = match ctx.params.int("random_id")? {
        // VK keeps 32 bits of it.
        Some(number) => i64::from(number as i32),
        None if ctx.version >= Version(5, 90) => {
            return Err(ApiError::param("random_id is a required parameter"));
        }
        None => 0,
    };
    let mut content = Content::read(ctx)?;
    if ctx.params.text("payload").is_some_and(|payload| payload.chars().count() > LONGEST_PAYLOAD) {
        return Err(ApiError::param("payload is too long"));
    }
    check_intent(ctx.params)?;
    if let Some(sticker) = ctx.params.int("sticker_id")? {
        content.attachments = vec![
            json!({"type": "sticker", "sticker": {"sticker_id": sticker, "product_id": 1, "images": []}}),
        ];
    }
    let quoted = Quoted::read(ctx)?;
    if content.is_empty() && quoted.is_empty() {
        return Err(empty());
    }
    if !many {
        let sent = send_one(ctx, peers[0], random_id, &content, &quoted)?;
        return Ok(json!(sent.0));
    }
    let items = peers.iter().map(|peer| match send_one(ctx, *peer, random_id, &content, &quoted) {
        Ok((id, cmid)) => json!({"peer_id": peer, "message_id": id, "conversation_message_id": cmid}),
        Err(error) => json!({
            "peer_id": peer, "message_id": 0, "conversation_message_id": 0, "error": error.per_peer(),
        }),
    });
    Ok(Value::Array(items.collect()))
}

/// Whom to write to, and whether the answer is a list. There is at least one.
fn addressees(ctx: &Ctx<'_>) -> Result<(Vec<i64>, bool), ApiError> {
    let params = ctx.params;
    for name in ["peer_ids", "user_ids"] {
        let peers = params.ints(name, MOST_PEERS)?;
        if !peers.is_empty() {
            return Ok((peers, true));
        }
    }
    let one = if let Some(peer) = params.int("peer_id")?.or(params.int("user_id")?) {
        Some(peer)
    } else if let Some(chat) = params.int("chat_id")? {
        Some(FIRST_CHAT + chat)
    } else if let Some(domain) = params.text("domain") {
        let id = domain.strip_prefix("id").and_then(|id| id.parse().ok());
        Some(id.ok_or_else(|| ApiError::with(113, "domain is invalid"))?)
    } else {
        None
    };
    let one = one.filter(|peer| *peer != 0).ok_or_else(|| {
        ApiError::param("you should specify peer_id, user_id, domain, chat_id or user_ids param")
    })?;
    Ok((vec![one], false))
}

/// Sends to one peer: the message's id and cmid, which are the earlier ones if this is a repeat.
fn send_one(
    ctx: &mut Ctx<'_>,
    peer: i64,
    random_id: i64,
    content: &Content,
    quoted: &Quoted,
) -> Result<(i64, i64), ApiError> {
    may_write(ctx.state, peer)?;
    if let Some(earlier) = sent_before(ctx.state, peer, random_id, ctx.now) {
        return Ok(earlier);
    }
    let date = ctx.seconds();
    let (reply_to, forwarded) = quoted.in_dialog(ctx.state, peer)?;
    let cmid = ctx.state.add_message(
        peer,
        ChatMessage {
            cmid: 0,
            id: 0,
            from_person: false,
            text: content.text.clone(),
            keyboard: content.keyboard.clone(),
            template: content.template.clone(),
            payload: ctx.params.text("payload").map(str::to_owned),
            date,
            edited: false,
            attachments: content.attachments.clone(),
            random_id,
            reply_to,
            forwarded,
            format_data: content.format_data.clone(),
            geo: content.geo.clone(),
            ref_: None,
            reaction: None,
            person_reaction: None,
            update_time: None,
            deleted: false,
        },
    );
    if let Some(keyboard) = content.keyboard.as_ref().filter(|keyboard| keyboard["inline"] != true) {
        let hides = keyboard["buttons"].as_array().is_none_or(Vec::is_empty);
        ctx.state.set_keyboard(peer, (!hides).then(|| keyboard.clone()));
    }
    let dialog = ctx.state.dialog(peer);
    let id = dialog.message(cmid).map_or(0, |message| message.id);
    if ctx.state.queue.wants("message_reply") {
        echo(ctx, "message_reply", peer, cmid);
    }
    Ok((id, cmid))
}

/// Tells the community of its own message.
pub(super) fn echo(ctx: &mut Ctx<'_>, kind: &str, peer: i64, cmid: i64) {
    let group = ctx.state.group.id;
    let dialog = ctx.state.dialog(peer);
    if let Some(message) = dialog.message(cmid) {
        let object = vk_json::message(group, peer, dialog, message);
        ctx.state.push_event(kind, &object, ctx.now);
    }
}

/// Whether the community may write to this peer now.
pub(crate) fn may_write(state: &State, peer: i64) -> Result<(), ApiError> {
    if peer >= FIRST_CHAT {
        return Err(ApiError::new(917));
    }
    if peer < 0 {
        return Err(ApiError::new(932));
    }
    match state.dialogs.get(&peer) {
        Some(dialog) if dialog.blocked => Err(ApiError::new(900)),
        Some(dialog) if dialog.allowed => Ok(()),
        _ => Err(ApiError::new(901)),
    }
}

fn sent_before(state: &State, peer: i64, random_id: i64, now: i64) -> Option<(i64, i64)> {
    if random_id == 0 {
        return None;
    }
    let since = (now - millis(state.settings.random_id_life)).div_euclid(1000);
    let remembered = state.dialogs.get(&peer)?.sent().take(state.settings.random_id_messages);
    let mut same = remembered.filter(|message| message.random_id == random_id && message.date > since);
    same.next().map(|message| (message.id, message.cmid))
}

fn check_intent(params: &Params) -> Result<(), ApiError> {
    const INTENTS: &[&str] = &[
        "default",
        "account_update",
        "bot_ad_invite",
        "bot_ad_promo",
        "confirmed_notification",
        "customer_support",
        "finance_notification",
        "game_notification",
        "moderated_newsletter",
        "non_promo_newsletter",
        "promo_newsletter",
        "purchase_update",
    ];
    match params.text("intent") {
        Some(intent) if !INTENTS.contains(&intent) => Err(ApiError::param("intent is invalid")),
        _ => Ok(()),
    }
}

/// `photo-1_2_key,doc3_4` as VK objects; what was uploaded here comes with its address.
fn attachments(state: &State, params: &Params) -> Result<Vec<Value>, ApiError> {
    const KINDS: &[&str] = &[
        "audio_message",
        "photo",
        "video",
        "audio",
        "doc",
        "wall",
        "market",
        "poll",
        "question",
        "graffiti",
        "story",
    ];
    let listed = params.list("attachment");
    if listed.len() > MOST_ATTACHMENTS
        || params.text("attachment").is_some_and(|t| t.len() > LONGEST_PARAMETER)
    {
        return Err(ApiError::param(format!(
            "attachment should contain no more than {MOST_ATTACHMENTS} items"
        )));
    }
    listed
        .into_iter()
        .map(|item| {
            let wrong = || ApiError::param(format!("attachment is invalid: {item}"));
            let kind = KINDS.iter().find(|kind| item.starts_with(**kind)).ok_or_else(wrong)?;
            let mut parts = item[kind.len()..].splitn(3, '_');
            let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok()).ok_or_else(wrong);
            let (owner, id) = (number()?, number()?);
            let key = parts.next();
            let object = if *kind == "wall" { wall_post(state, owner, id) } else { None };
            let object = object
                .or_else(|| state.media.object(owner, id))
                .unwrap_or_else(|| json!({"id": id, "owner_id": owner, "access_key": key}));
            Ok(json!({"type": kind, *kind: object}))
        })
        .collect()
}

/// The carousel with the photos its elements name, as VK shows it.
fn with_photos(state: &State, mut template: Value) -> Value {
    for element in template["elements"].as_array_mut().into_iter().flatten() {
        let named = element["photo_id"].as_str().and_then(|name| name.split_once('_'));
        let ids = named.and_then(|(owner, id)| Some((owner.parse().ok()?, id.parse().ok()?)));
        if let Some(photo) = ids.and_then(|(owner, id)| state.media.object(owner, id)) {
            element["photo"] = photo;
        }
    }
    template
}

fn wall_post(state: &State, owner: i64, id: i64) -> Option<Value> {
    let page = state.pages.get(&-owner)?;
    page.posts.iter().find(|post| post.id == id).map(|post| post.to_vk(page.id))
}

fn geo(params: &Params) -> Result<Option<Value>, ApiError> {
    let (Some(lat), Some(long)) = (params.float("lat")?, params.float("long")?) else { return Ok(None) };
    if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&long) {
        return Err(ApiError::param("lat or long is out of range"));
    }
    Ok(Some(json!({"type": "point", "coordinates": {"latitude": lat, "longitude": long}})))
}

/// Checks that every item lies inside the text, counted in UTF-16 units.
fn format_data(params: &Params, text: &str) -> Result<Option<Value>, ApiError> {
    let Some(data) = params.json("format_data")? else { return Ok(None) };
    let length = text.encode_utf16().count() as u64;
    let items = data["items"].as_array().ok_or_else(|| ApiError::param("format_data is invalid"))?;
    for item in items {
        let known = match item["type"].as_str() {
            Some("bold" | "italic" | "underline") => true,
            Some("url") => item["url"].is_string(),
            _ => false,
        };
        let end = item["offset"].as_u64().zip(item["length"].as_u64()).map(|(offset, long)| offset + long);
        if !known || end.is_none_or(|end| end > length) {
            return Err(ApiError::param("format_data is invalid"));
        }
    }
    Ok(Some(data))
}

/// Messages answered or forwarded, not yet looked up in a conversation.
struct Quoted {
    /// Global ids: the answered one, and forwarded ones.
    reply_to: Option<i64>,
    messages: Vec<i64>,
    /// `forward`: its cmids, and whether it is an answer.
    cmids: Vec<i64>,
    is_reply: bool,
}

impl Quoted {
    fn read(ctx: &Ctx<'_>) -> Result<Self, ApiError> {
        let mut quoted = Self {
            reply_to: ctx.params.int("reply_to")?,
            messages: ctx.params.ints("forward_messages", 1000)?,
            cmids: Vec::new(),
            is_reply: false,
        };
        if let Some(forward) = ctx.params.json("forward")? {
            let ints = |name: &str| -> Vec<i64> {
                match &forward[name] {
                    Value::Array(items) => items.iter().filter_map(Value::as_i64).collect(),
                    Value::String(text) => {
                        text.split(',').filter_map(|item| item.trim().parse().ok()).collect()
                    }
                    Value::Number(number) => number.as_i64().into_iter().collect(),
                    _ => Vec::new(),
                }
            };
            quoted.cmids = [ints("conversation_message_ids"), ints("cmids")].concat();
            quoted.messages.extend(ints("message_ids"));
            quoted.is_reply = forward["is_reply"] == true || forward["is_reply"] == 1;
            if quoted.is_empty() || (quoted.is_reply && quoted.cmids.len() + quoted.messages.len() != 1) {
                return Err(ApiError::param("forward is invalid"));
            }
        }
        if quoted.cmids.len() + quoted.messages.len() > MOST_FORWARDED {
            return Err(ApiError::new(913));
        }
        Ok(quoted)
    }

    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.cmids.is_empty()
    }

    /// The answered message and the forwarded ones, as cmids of this conversation.
    fn in_dialog(&self, state: &State, peer: i64) -> Result<(Option<i64>, Vec<i64>), ApiError> {
        let here = |id: &i64| match state.index.get(id) {
            Some((person, cmid)) if *person == peer => Ok(*cmid),
            _ => Err(ApiError::new(921)),
        };
        let reply_to = self.reply_to.as_ref().map(here).transpose()?;
        let mut cmids: Vec<i64> = self.messages.iter().map(here).collect::<Result<_, _>>()?;
        cmids.extend(&self.cmids);
        let dialog = state.dialogs.get(&peer);
        if cmids.iter().any(|cmid| dialog.is_none_or(|dialog| dialog.message(*cmid).is_none())) {
            return Err(ApiError::new(921));
        }
        if self.is_reply { Ok((cmids.pop(), Vec::new())) } else { Ok((reply_to, cmids)) }
    }
}
