//! `messages.edit` and `messages.delete`.

use serde_json::{Value, json};

use super::{
    Answer, Ctx,
    send::{self, Content, may_write},
};
use crate::{chat::ChatEvent, error::ApiError, params::undefined, settings::millis};

/// What a message is called by: its cmid, or its global id.
fn target(ctx: &Ctx<'_>, peer: i64) -> Result<i64, ApiError> {
    let params = ctx.params;
    if let Some(cmid) = params.int("cmid")?.or(params.int("conversation_message_id")?) {
        return Ok(cmid);
    }
    let id = params.int("message_id")?.ok_or_else(|| undefined("message_id"))?;
    match ctx.state.index.get(&id) {
        Some((person, cmid)) if *person == peer => Ok(*cmid),
        _ => Err(ApiError::param("message_id is invalid")),
    }
}

fn too_old(ctx: &Ctx<'_>, date: i64) -> bool {
    ctx.now - date * 1000 > millis(ctx.state.settings.edit_life)
}

pub(super) fn edit(ctx: &mut Ctx<'_>) -> Answer {
    let peer = ctx.params.required_int("peer_id")?;
    let cmid = target(ctx, peer)?;
    may_write(ctx.state, peer)?;
    let content = Content::read(ctx)?;
    let edited = ctx.state.dialogs.get(&peer).and_then(|dialog| dialog.message(cmid));
    let message = edited.ok_or_else(|| ApiError::param("cmid is invalid"))?;
    if message.from_person {
        return Err(ApiError::new(920));
    }
    if too_old(ctx, message.date) {
        return Err(ApiError::new(909));
    }
    let keep_forwarded = ctx.params.flag("keep_forward_messages");
    if content.is_empty()
        && !(keep_forwarded && (!message.forwarded.is_empty() || message.reply_to.is_some()))
    {
        return Err(send::empty());
    }
    let at = ctx.seconds();
    let Some(message) = ctx.state.dialog(peer).message_mut(cmid) else { return Ok(json!(0)) };
    message.text = content.text;
    message.attachments = content.attachments;
    message.keyboard = content.keyboard;
    message.template = content.template;
    message.format_data = content.format_data;
    message.geo = content.geo;
    message.edited = true;
    message.update_time = Some(at);
    if !keep_forwarded {
        message.forwarded.clear();
        message.reply_to = None;
    }
    let message = message.clone();
    ctx.state.tell(ChatEvent::Edited { person: peer, message });
    if ctx.state.queue.wants("message_edit") {
        send::echo(ctx, "message_edit", peer, cmid);
    }
    Ok(json!(1))
}

pub(super) fn delete(ctx: &mut Ctx<'_>) -> Answer {
    let ids = ctx.params.ints("message_ids", 1000)?;
    let targets: Vec<(i64, i64, i64)> = if ids.is_empty() {
        let cmids = ctx.params.ints("cmids", 100)?;
        if cmids.is_empty() {
            return Err(undefined("message_ids"));
        }
        let peer = ctx.params.required_int("peer_id")?;
        cmids.into_iter().map(|cmid| (peer, cmid, id_of(ctx, peer, cmid))).collect()
    } else {
        let place = |id| ctx.state.index.get(&id).map_or((0, 0, id), |(peer, cmid)| (*peer, *cmid, id));
        ids.into_iter().map(place).collect()
    };
    let for_all = ctx.params.flag("delete_for_all");
    let items: Vec<Value> = targets
        .into_iter()
        .map(|(peer, cmid, id)| {
            let mut item = json!({"peer_id": peer, "message_id": id, "conversation_message_id": cmid});
            match delete_one(ctx, peer, cmid, for_all) {
                Ok(()) => item["response"] = json!(1),
                Err(error) => item["error"] = error.per_peer(),
            }
            item
        })
        .collect();
    Ok(Value::Array(items))
}

fn id_of(ctx: &Ctx<'_>, peer: i64, cmid: i64) -> i64 {
    ctx.state.dialogs.get(&peer).and_then(|dialog| dialog.message(cmid)).map_or(0, |message| message.id)
}

/// Without `for_all` the message goes only from the community's side, which nobody sees here.
fn delete_one(ctx: &mut Ctx<'_>, peer: i64, cmid: i64, for_all: bool) -> Result<(), ApiError> {
    let message = ctx.state.dialogs.get(&peer).and_then(|dialog| dialog.message(cmid));
    let message = message.ok_or_else(|| ApiError::param("message_id is invalid"))?;
    if !for_all {
        return Ok(());
    }
    if message.from_person || too_old(ctx, message.date) {
        return Err(ApiError::new(924));
    }
    if let Some(message) = ctx.state.dialog(peer).message_mut(cmid) {
        message.deleted = true;
    }
    ctx.state.tell(ChatEvent::Deleted { person: peer, cmid });
    Ok(())
}
