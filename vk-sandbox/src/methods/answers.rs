//! Answers to presses, marks and signs that are no messages.

use serde_json::{Value, json};

use super::{Answer, Ctx, send::may_write};
use crate::{
    chat::{ChatEvent, EventAnswerSeen},
    error::ApiError,
    params::undefined,
    settings::millis,
};

/// The last reaction VK offers.
const LAST_REACTION: i64 = 16;
const LONGEST_SNACKBAR: usize = 90;

pub(super) fn send_message_event_answer(ctx: &mut Ctx<'_>) -> Answer {
    let event_id = ctx.params.required_text("event_id")?.to_owned();
    let user = ctx.params.required_int("user_id")?;
    let peer = ctx.params.required_int("peer_id")?;
    if ctx.params.text("event_data").is_some_and(|data| data.chars().count() > 1000) {
        return Err(ApiError::param("event_data is too long"));
    }
    let data = ctx.params.json("event_data")?;
    data.as_ref().map_or(Ok(()), check_event_data)?;
    let life = millis(ctx.state.settings.press_life);
    let now = ctx.now;
    let refused = || ApiError::param("event_id is invalid");
    let press = ctx.state.presses.get_mut(&event_id).ok_or_else(refused)?;
    if press.answered || press.person != user || press.person != peer || now - press.at > life {
        return Err(refused());
    }
    press.answered = true;
    let answer = EventAnswerSeen { event_id, cmid: press.cmid, at_ms: now, data };
    ctx.state.dialog(user).answers.push(answer.clone());
    ctx.state.tell(ChatEvent::Snackbar { person: user, answer });
    Ok(json!(1))
}

fn check_event_data(data: &Value) -> Result<(), ApiError> {
    let filled = |name: &str| data[name].as_str().is_some_and(|text| !text.is_empty());
    let good = match data["type"].as_str() {
        Some("show_snackbar") => {
            filled("text")
                && data["text"].as_str().is_some_and(|text| text.chars().count() <= LONGEST_SNACKBAR)
        }
        Some("open_link") => filled("link"),
        Some("open_app") => !data["app_id"].is_null(),
        _ => false,
    };
    if good { Ok(()) } else { Err(ApiError::param("event_data is invalid")) }
}

pub(super) fn mark_as_read(ctx: &mut Ctx<'_>) -> Answer {
    let ids = ctx.params.ints("message_ids", 1000)?;
    let Some(peer) = ctx.params.int("peer_id")? else {
        if ids.is_empty() {
            return Err(undefined("peer_id"));
        }
        for id in ids {
            if let Some((person, cmid)) = ctx.state.index.get(&id).copied() {
                read(ctx, person, cmid);
            }
        }
        return Ok(json!(1));
    };
    let up_to = match (ctx.params.int("up_to_cmid")?, ctx.params.int("start_message_id")?) {
        (Some(cmid), _) => cmid,
        (None, Some(id)) => {
            ctx.state.index.get(&id).filter(|(person, _)| *person == peer).map_or(0, |place| place.1)
        }
        (None, None) => i64::MAX,
    };
    if ctx.state.dialogs.contains_key(&peer) {
        read(ctx, peer, up_to);
    }
    Ok(json!(1))
}

fn read(ctx: &mut Ctx<'_>, person: i64, up_to: i64) {
    let dialog = ctx.state.dialog(person);
    let cmid = up_to.min(dialog.last_cmid());
    if cmid > dialog.in_read {
        dialog.in_read = cmid;
        ctx.state.tell(ChatEvent::Read { person, by_person: false, cmid });
    }
}

pub(super) fn set_activity(ctx: &mut Ctx<'_>) -> Answer {
    let peer =
        ctx.params.int("peer_id")?.or(ctx.params.int("user_id")?).ok_or_else(|| undefined("peer_id"))?;
    let activity = ctx.params.text("type").unwrap_or("typing");
    if !["typing", "audiomessage", "photo", "video", "file", "videomessage"].contains(&activity) {
        return Err(ApiError::param("type is invalid"));
    }
    may_write(ctx.state, peer)?;
    ctx.state.tell(ChatEvent::Activity { person: peer, activity: activity.to_owned() });
    Ok(json!(1))
}

pub(super) fn send_reaction(ctx: &mut Ctx<'_>) -> Answer {
    let reaction = ctx.params.required_int("reaction_id")?;
    if !(1..=LAST_REACTION).contains(&reaction) {
        return Err(ApiError::new(1009));
    }
    set_reaction(ctx, Some(reaction))
}

pub(super) fn delete_reaction(ctx: &mut Ctx<'_>) -> Answer {
    set_reaction(ctx, None)
}

fn set_reaction(ctx: &mut Ctx<'_>, reaction: Option<i64>) -> Answer {
    let person = ctx.params.required_int("peer_id")?;
    let cmid = ctx.params.required_int("cmid")?;
    may_write(ctx.state, person)?;
    let message = ctx.state.dialog(person).message_mut(cmid);
    message.ok_or_else(|| ApiError::param("cmid is invalid"))?.reaction = reaction;
    ctx.state.tell(ChatEvent::Reaction { person, cmid, by_person: false, reaction });
    Ok(json!(1))
}

pub(super) fn is_messages_from_group_allowed(ctx: &mut Ctx<'_>) -> Answer {
    ctx.own_group()?;
    let user = ctx.params.required_int("user_id")?;
    let allowed = may_write(ctx.state, user).is_ok();
    Ok(json!({"is_allowed": i64::from(allowed)}))
}
