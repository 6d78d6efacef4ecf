//! The one way in: an event becomes a turn, and the turn one commit with the mark of the event.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tracing::Instrument;
use vkapi::{
    dispatching::{Behind, BoxError, CursorStore},
    prelude::*,
    types::{Attachment, UpdateKind},
};

use crate::{
    chat::{self, Action, Event},
    core::{Core, hash, trace},
    domain::{letter::FILES, roster::SentSheet, text::line},
    heartbeat,
    outbox::Busy,
    store::{Commit, Expect, Op, OutLane, Store, StoreError},
};

/// How often a turn is made again because the person's record changed under it, before that is worth a warning.
const CONFLICTS: u32 = 10;
/// How long to wait after the store could not be written.
const STORE_AGAIN: Duration = Duration::from_secs(1);
/// VK's limit for a message of the person; longer is cut before it is looked at.
const TYPED: usize = 9_000;
/// The most characters of a document's title.
const NAME: usize = 60;
/// The longest address of a document, in bytes.
const ADDRESS: usize = 1_000;

/// The handler tree: which events the bot takes, and so which VK is asked to send.
pub(crate) fn tree() -> UpdateHandler<StoreError> {
    dptree::entry()
        .branch(Update::filter_message_new().endpoint(message))
        .branch(Update::filter_message_event().endpoint(press))
        .branch(Update::filter_message_allow().endpoint(allow))
        .branch(Update::filter_message_deny().endpoint(deny))
}

/// Events that nothing has to be done about.
#[expect(clippy::needless_pass_by_value, reason = "the shape of a handler")]
pub(crate) fn other(core: Arc<Core>, update: Arc<Update>) -> std::future::Ready<()> {
    core.metrics.update("other");
    tracing::debug!(kind = update.kind.name(), "an event of no use");
    std::future::ready(())
}

async fn message(
    core: Arc<Core>,
    update: Arc<Update>,
    ticket: Ticket,
    behind: Behind,
    new: Arc<MessageNew>,
) -> Result<(), StoreError> {
    core.metrics.update(update.kind.name());
    let message = &new.message;
    // Chats of many people and other communities are not talked to, nor is the bot's own echo.
    let Some(user) = message.peer_id.user().filter(|_| message.from_id == message.peer_id) else {
        return Ok(());
    };
    if let Some(cmid) = message.cmid {
        core.outbox.was_there(message.peer_id, cmid, core.clock.now());
    }
    let client = &new.client_info;
    let plain = !(client.inline_keyboard && client.button_actions.iter().any(|a| a == "callback"));
    let way = Way { update: &update, ticket: &ticket, repeated: is_repeated(&update, &behind) };
    if let Some(sheet) = message.attachments.iter().find_map(sheet)
        && message.payload.is_none()
        && message.r#ref.is_none()
    {
        let text = message.text.chars().take(TYPED).collect();
        let file = files(&message.attachments).into_iter().next();
        return handle(&core, way, user, Event::Sheet { sheet, file, text, plain }, None).await;
    }
    let files = files(&message.attachments);
    if !files.is_empty() && message.payload.is_none() && message.r#ref.is_none() {
        let text = message.text.chars().take(TYPED).collect();
        let event = Event::Files { files, text, plain };
        return handle(&core, way, user, event, None).await;
    }
    let event = Event::Text {
        text: message.text.chars().take(TYPED).collect(),
        action: message.payload.as_deref().and_then(Action::read),
        plain,
        link: message.r#ref.clone(),
    };
    handle(&core, way, user, event, None).await
}

/// A document that is a table by its name.
fn sheet(file: &Attachment) -> Option<SentSheet> {
    let word = |key: &str| file.raw.get(key).and_then(serde_json::Value::as_str);
    let table = matches!(word("ext")?.to_lowercase().as_str(), "xlsx" | "xls" | "csv");
    let url = word("url").filter(|url| url.len() <= ADDRESS)?;
    if file.kind != "doc" || !table {
        return None;
    }
    let size = file.raw.get("size").and_then(serde_json::Value::as_u64).unwrap_or(0);
    let name = line(word("title").unwrap_or_default(), NAME).unwrap_or_else(|| "…".to_owned());
    Some(SentSheet { name, url: url.to_owned(), size })
}

/// Attachments that can be sent on, named as VK names them: `photo1_2_key`.
fn files(attachments: &[Attachment]) -> Vec<String> {
    let number = |file: &Attachment, key: &str| file.raw.get(key).and_then(serde_json::Value::as_i64);
    let name = |file: &Attachment| {
        if !matches!(file.kind.as_str(), "photo" | "doc" | "video" | "audio" | "wall" | "poll") {
            return None;
        }
        let owner = number(file, "owner_id").or_else(|| number(file, "to_id"))?;
        let id = number(file, "id")?;
        let key = file.raw.get("access_key").and_then(serde_json::Value::as_str);
        let key = key.filter(|key| key.len() <= 100 && key.chars().all(|c| c.is_ascii_alphanumeric()));
        let key = key.map(|key| format!("_{key}")).unwrap_or_default();
        Some(format!("{}{owner}_{id}{key}", file.kind))
    };
    attachments.iter().filter_map(name).take(FILES).collect()
}

async fn press(
    core: Arc<Core>,
    update: Arc<Update>,
    ticket: Ticket,
    behind: Behind,
    press: Arc<MessageEvent>,
) -> Result<(), StoreError> {
    core.metrics.update(update.kind.name());
    if press.peer_id.user() != Some(press.user_id) {
        return Ok(());
    }
    if let Some(cmid) = press.conversation_message_id {
        core.outbox.was_there(press.peer_id, cmid, core.clock.now());
    }
    let action = Action::read(&press.payload.to_string());
    let event = Event::Press(action, press.conversation_message_id);
    let way = Way { update: &update, ticket: &ticket, repeated: is_repeated(&update, &behind) };
    handle(&core, way, press.user_id, event, Some(press.event_id.clone())).await
}

async fn allow(
    core: Arc<Core>,
    update: Arc<Update>,
    ticket: Ticket,
    allow: Arc<MessageAllow>,
) -> Result<(), StoreError> {
    permission(&core, &update, &ticket, allow.user_id, Event::Allow).await
}

async fn deny(
    core: Arc<Core>,
    update: Arc<Update>,
    ticket: Ticket,
    deny: Arc<MessageDeny>,
) -> Result<(), StoreError> {
    permission(&core, &update, &ticket, deny.user_id, Event::Deny).await
}

/// A word on messages from somebody unknown leaves no record of her.
async fn permission(
    core: &Core,
    update: &Update,
    ticket: &Ticket,
    user: UserId,
    event: Event,
) -> Result<(), StoreError> {
    core.metrics.update(update.kind.name());
    if core.store.person(user).await?.is_none() {
        return Ok(());
    }
    handle(core, Way { update, ticket, repeated: false }, user, event, None).await
}

/// How an event has come.
#[derive(Clone, Copy)]
struct Way<'a> {
    update: &'a Update,
    ticket: &'a Ticket,
    /// The same is asked once more behind it.
    repeated: bool,
}

/// Whether somebody whom nobody answered has said the same again: then only the last of it is answered.
fn is_repeated(update: &Update, Behind(behind): &Behind) -> bool {
    use UpdateKind as Kind;
    let same = |later: &Arc<Update>| match (&update.kind, &later.kind) {
        (Kind::MessageEvent(this), Kind::MessageEvent(later)) => this.payload == later.payload,
        (Kind::MessageNew(this), Kind::MessageNew(later)) => {
            let (this, later) = (&this.message, &later.message);
            let alike =
                (&this.text, &this.payload, &this.r#ref) == (&later.text, &later.payload, &later.r#ref);
            // Two files are two things, whatever is said of them.
            alike && this.attachments.is_empty() && later.attachments.is_empty()
        }
        _ => false,
    };
    update.late && behind.iter().any(same)
}

/// Makes the turn and commits it, as often as it takes: an event is left only when its commit is durable.
async fn handle(
    core: &Core,
    way: Way<'_>,
    user: UserId,
    event: Event,
    press: Option<String>,
) -> Result<(), StoreError> {
    // From here until the press is answered something is under way, though nothing waits yet.
    let busy = core.outbox.busy();
    let update = way.update;
    let late = lateness(core, &way, user);
    let nonce = hash(update.event_id.as_deref().unwrap_or_else(|| update.raw.get()).as_bytes());
    let started = std::time::Instant::now();
    let kind = update.kind.name();
    // The same number is in the lines of all that is sent for it, and in the apology if it fails.
    let span = tracing::info_span!("update", trace = trace(nonce), kind, user = user.0);
    let snackbar = until_committed(core, &way, late, user, &event, nonce);
    let Some(snackbar) = snackbar.instrument(span.clone()).await? else { return Ok(()) };
    core.metrics.turn(kind, started.elapsed());
    let _inside = span.entered();
    tracing::info!(took_ms = started.elapsed().as_millis() as u64, "an event is handled");
    // VK takes an answer for a minute.
    if let Some(press) = press.filter(|_| late == Late::No) {
        answer_press(core, press, user, snackbar, busy);
    }
    Ok(())
}

/// The line to show for a moment, if there is one; nothing if the event was handled before.
async fn until_committed(
    core: &Core,
    way: &Way<'_>,
    late: Late,
    user: UserId,
    event: &Event,
    nonce: u64,
) -> Result<Option<Option<String>>, StoreError> {
    let mut tries = 0;
    loop {
        match once(core, way, late, user, event, nonce).await {
            Ok(snackbar) => return Ok(Some(snackbar)),
            Err(StoreError::Duplicate) => return Ok(None),
            Err(StoreError::Conflict) => {
                tries += 1;
                if tries % CONFLICTS == 0 {
                    tracing::warn!(tries, "a person's record keeps changing");
                }
            }
            Err(error) => {
                tracing::error!(%error, "a turn was not committed");
                core.metrics.store_errors.inc();
                tokio::time::sleep(STORE_AGAIN).await;
            }
        }
    }
}

/// How an event that has waited is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Late {
    /// It has not waited.
    No,
    /// With a word on that.
    Told,
    /// As a new message, which shows that something has come.
    Apart,
    /// Not at all: the same is asked again behind it.
    Repeated,
}

/// Whoever was left alone is told so once, with the first answer.
fn lateness(core: &Core, way: &Way<'_>, user: UserId) -> Late {
    let mut told = core.told_late.lock().unwrap_or_else(PoisonError::into_inner);
    if !way.update.late {
        told.remove(&user);
        Late::No
    } else if way.repeated {
        Late::Repeated
    } else if told.insert(user) {
        Late::Told
    } else {
        Late::Apart
    }
}

async fn once(
    core: &Core,
    way: &Way<'_>,
    late: Late,
    user: UserId,
    event: &Event,
    nonce: u64,
) -> Result<Option<String>, StoreError> {
    let Way { update, ticket, .. } = *way;
    let id = update.event_id.as_deref();
    let mut expect = Vec::new();
    let mut ops = Vec::new();
    if let Some(id) = id {
        expect.push(Expect::EventNew(id.to_owned()));
        ops.push(Op::SawEvent(id.to_owned(), core.clock.now()));
    }
    let cursor = ticket.cursor();
    if let Some(ts) = &cursor {
        ops.push(Op::SetCursor(core.group, ts.clone()));
    }
    let snackbar = if late == Late::Repeated {
        tracing::info!(user = user.0, kind = update.kind.name(), "asked again, so answered later");
        core.store.commit(Commit { expect, ops }).await?;
        None
    } else {
        let mut made = core.make(user, event, nonce).await?;
        if late != Late::No {
            chat::answer_late(&mut made.turn, core.content().texts(), late == Late::Told);
        }
        core.commit(user, &made, OutLane::Reply, nonce, expect, ops).await?;
        made.turn.snackbar
    };
    if let Some(ts) = cursor {
        ticket.stored(&ts);
    }
    Ok(snackbar)
}

/// Stops the button's spinning. Worthless after a minute, so it is not kept.
fn answer_press(core: &Core, event_id: String, user: UserId, snackbar: Option<String>, busy: Busy) {
    let mut request = core.bot.messages_send_message_event_answer(event_id, user, user);
    if let Some(text) = snackbar {
        request = request.answer(EventAnswer::snackbar(text));
    }
    let answer = async move {
        if let Err(error) = request.await {
            tracing::debug!(%error, "a press was not answered");
        }
        drop(busy);
    };
    tokio::spawn(answer.in_current_span());
}

/// The cursor, where no turn has stored it.
pub(crate) struct Cursor(pub(crate) Arc<Core>);

impl CursorStore for Cursor {
    async fn load(&self) -> Result<Option<String>, BoxError> {
        Ok(self.0.store.cursor(self.0.group).await?)
    }

    async fn idle(&self) -> Result<Option<Duration>, BoxError> {
        Ok(heartbeat::idle(&self.0))
    }

    async fn save(&self, ts: &str) -> Result<(), BoxError> {
        let ops = vec![Op::SetCursor(self.0.group, ts.to_owned())];
        self.0.store.commit(Commit { expect: Vec::new(), ops }).await?;
        Ok(())
    }
}

/// Is told of a panic outside of a turn, which has its own apology.
#[expect(clippy::needless_pass_by_value, reason = "the shape of an error handler")]
pub(crate) fn failure(failure: Failure<StoreError>, context: ErrorContext) -> BoxFuture<'static, ()> {
    tracing::error!(%failure, kind = context.update.kind.name(), "an event was not handled");
    Box::pin(std::future::ready(()))
}
