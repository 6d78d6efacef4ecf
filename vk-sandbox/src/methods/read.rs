//! The methods that read conversations.

use serde_json::{Value, json};

use super::{Answer, Ctx};
use crate::{chat::ChatMessage, error::ApiError, params::undefined, state::Dialog, vk_json};

pub(super) fn get_conversations(ctx: &mut Ctx<'_>) -> Answer {
    let offset = ctx.params.amount("offset", 0, usize::MAX)?;
    let count = ctx.params.amount("count", 20, 200)?;
    let start = ctx.params.int("start_message_id")?;
    let filter = ctx.params.text("filter").unwrap_or("all");
    if !["all", "unread", "important", "unanswered", "archive", "sorted_chats"].contains(&filter) {
        return Err(ApiError::param("filter is invalid"));
    }
    let chosen: Vec<(i64, &Dialog)> = ctx
        .state
        .dialogs_by_freshness()
        .into_iter()
        .filter(|(id, _)| start.is_none_or(|start| *id <= start))
        .filter_map(|(_, person)| Some((person, ctx.state.dialogs.get(&person)?)))
        .filter(|(_, dialog)| match filter {
            "all" | "sorted_chats" => true,
            "unread" => dialog.unread_by_community() > 0,
            "unanswered" => dialog.messages().next_back().is_some_and(|message| message.from_person),
            _ => false,
        })
        .collect();
    let unread = ctx.state.dialogs.values().filter(|dialog| dialog.unread_by_community() > 0).count();
    let group = ctx.state.group.id;
    let page: Vec<&(i64, &Dialog)> = chosen.iter().skip(offset).take(count).collect();
    let items: Vec<Value> = page
        .iter()
        .map(|(person, dialog)| {
            let mut item = json!({"conversation": vk_json::conversation(*person, dialog)});
            if let Some(last) = dialog.messages().next_back() {
                item["last_message"] = vk_json::message(group, *person, dialog, last);
            }
            item
        })
        .collect();
    let people = page.iter().map(|(person, _)| *person).collect();
    let answer = json!({"count": chosen.len(), "unread_count": unread, "items": items});
    Ok(with_profiles(ctx, answer, people))
}

pub(super) fn get_conversations_by_id(ctx: &mut Ctx<'_>) -> Answer {
    let peers = ctx.params.ints("peer_ids", 100)?;
    if peers.is_empty() {
        return Err(undefined("peer_ids"));
    }
    let unknown = Dialog::default();
    let items: Vec<Value> = peers
        .iter()
        .filter(|peer| ctx.state.people.contains_key(peer))
        .map(|peer| vk_json::conversation(*peer, ctx.state.dialogs.get(peer).unwrap_or(&unknown)))
        .collect();
    let answer = json!({"count": items.len(), "items": items});
    Ok(with_profiles(ctx, answer, peers))
}

pub(super) fn get_history(ctx: &mut Ctx<'_>) -> Answer {
    let peer =
        ctx.params.int("peer_id")?.or(ctx.params.int("user_id")?).ok_or_else(|| undefined("peer_id"))?;
    let offset = ctx.params.amount("offset", 0, usize::MAX)?;
    let count = ctx.params.amount("count", 20, 200)?;
    let start = ctx.params.int("start_message_id")?;
    let oldest_first = ctx.params.flag("rev");
    let Some(dialog) = ctx.state.dialogs.get(&peer) else {
        return Ok(with_profiles(ctx, json!({"count": 0, "items": []}), Vec::new()));
    };
    let mut messages: Vec<&ChatMessage> = dialog.messages().collect();
    let all = messages.len();
    if oldest_first {
        messages.retain(|message| start.is_none_or(|start| message.id >= start));
    } else {
        messages.retain(|message| start.is_none_or(|start| message.id <= start));
        messages.reverse();
    }
    let group = ctx.state.group.id;
    let page = messages.into_iter().skip(offset).take(count);
    let items: Vec<Value> = page.map(|message| vk_json::message(group, peer, dialog, message)).collect();
    let mut answer = json!({"count": all, "items": items});
    if ctx.params.flag("extended") {
        answer["conversations"] = json!([vk_json::conversation(peer, dialog)]);
    }
    Ok(with_profiles(ctx, answer, vec![peer]))
}

pub(super) fn get_by_id(ctx: &mut Ctx<'_>) -> Answer {
    let ids = ctx.params.ints("message_ids", 100)?;
    let places: Vec<(i64, i64)> = if ids.is_empty() {
        let cmids = ctx.params.ints("cmids", 100)?;
        if cmids.is_empty() {
            return Err(undefined("message_ids"));
        }
        let peer = ctx.params.required_int("peer_id")?;
        cmids.into_iter().map(|cmid| (peer, cmid)).collect()
    } else {
        ids.iter().filter_map(|id| ctx.state.index.get(id).copied()).collect()
    };
    Ok(at_places(ctx, &places))
}

pub(super) fn get_by_conversation_message_id(ctx: &mut Ctx<'_>) -> Answer {
    let peer = ctx.params.required_int("peer_id")?;
    let cmids = ctx.params.ints("conversation_message_ids", 100)?;
    if cmids.is_empty() {
        return Err(undefined("conversation_message_ids"));
    }
    let places: Vec<(i64, i64)> = cmids.into_iter().map(|cmid| (peer, cmid)).collect();
    Ok(at_places(ctx, &places))
}

/// The messages that are there; the others are left out, as VK does.
fn at_places(ctx: &Ctx<'_>, places: &[(i64, i64)]) -> Value {
    let group = ctx.state.group.id;
    let found = places.iter().filter_map(|(person, cmid)| {
        let dialog = ctx.state.dialogs.get(person)?;
        Some(vk_json::message(group, *person, dialog, dialog.message(*cmid)?))
    });
    let items: Vec<Value> = found.collect();
    let answer = json!({"count": items.len(), "items": items});
    with_profiles(ctx, answer, places.iter().map(|(person, _)| *person).collect())
}

/// With `extended`, adds who these people are, each once.
fn with_profiles(ctx: &Ctx<'_>, mut answer: Value, mut people: Vec<i64>) -> Value {
    if ctx.params.flag("extended") {
        people.sort_unstable();
        people.dedup();
        let known = people.iter().filter_map(|id| ctx.state.people.get(id));
        answer["profiles"] = known.map(vk_json::user).collect();
        answer["groups"] = json!([vk_json::community(ctx.state.group.id, &ctx.state.group.name)]);
    }
    answer
}
