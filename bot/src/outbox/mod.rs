//! The one way out: messages leave by lane, a person's in order, each until VK has taken or refused it.

mod ages;
mod alert;
mod classes;
mod doubt;
mod fate;
mod files;
mod lists;
mod queue;
mod receipts;
mod report;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use vkapi::{
    ApiError, Bot, ErrorCode, ErrorKind, Lane, RequestError,
    types::{Cmid, PeerId},
};

#[cfg(test)]
pub(crate) use self::lists::{attach as list, table as list_table};
use self::{
    ages::Ages,
    alert::Alerts,
    queue::{Again, Queue, Waiting},
    receipts::{Came, Receipt},
};
pub(crate) use self::{
    alert::{note, owners},
    doubt::{Sought, receipt, sent},
    fate::{Fate, fate},
    files::document,
};
use crate::{
    core::Core,
    domain::{Ms, Person},
    store::{OutId, OutLane, OutMessage, Result, Store},
};

/// Requests under way at once: two seconds of what VK takes when 25 travel in each of 20 calls a second.
const AT_ONCE: usize = 1_000;
/// A message that was under way for more milliseconds than this comes at another moment than it was queued at.
const LONG: i64 = Ms::MINUTE;
/// Messages read at a time at the start.
const READ: usize = 1_000;

/// The queue of messages on their way.
#[derive(Default)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
    wake: Notify,
    flying: Arc<AtomicUsize>,
    alerts: Alerts,
    ages: Mutex<Ages>,
}

/// Something is under way until this is dropped.
pub(crate) struct Busy(Arc<AtomicUsize>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Outbox {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes committed messages of a turn on.
    pub(crate) fn push(&self, nonce: Option<u64>, messages: impl IntoIterator<Item = (OutId, OutMessage)>) {
        self.take_on(nonce, messages, false);
    }

    fn take_on(
        &self,
        nonce: Option<u64>,
        messages: impl IntoIterator<Item = (OutId, OutMessage)>,
        doubt: bool,
    ) {
        let mut queue = self.queue();
        for (id, message) in messages {
            queue.push(id, message, doubt, nonce);
        }
        drop(queue);
        self.wake.notify_one();
    }

    fn ages(&self) -> MutexGuard<'_, Ages> {
        self.ages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This message was in the conversation at this moment.
    pub(crate) fn was_there(&self, peer: PeerId, cmid: Cmid, at: Ms) {
        self.ages().was_there(peer, cmid, at);
    }

    /// Drops what waits for a person; what is under way may still arrive.
    pub(crate) fn forget(&self, peer: PeerId) {
        self.queue().forget(peer);
        self.ages().forget(peer);
    }

    /// Something that came by itself waits for this person or is on its way to her.
    pub(crate) fn has_proactive(&self, to: PeerId) -> bool {
        self.queue().has(to, OutLane::Reminder)
    }

    /// What came by itself and waits for this person or is on its way to her, in words.
    pub(crate) fn proactive(&self, to: PeerId) -> Vec<String> {
        self.queue().texts(to, OutLane::Reminder)
    }

    /// Marks something as under way.
    pub(crate) fn busy(&self) -> Busy {
        self.flying.fetch_add(1, Ordering::SeqCst);
        Busy(Arc::clone(&self.flying))
    }

    /// How many messages wait or are under way, by lane.
    pub(crate) fn depths(&self) -> [(OutLane, usize); 2] {
        let queue = self.queue();
        [OutLane::Reply, OutLane::Reminder].map(|lane| (lane, queue.of(lane)))
    }

    /// Nothing waits, but for the end of quiet hours, and nothing is under way.
    pub(crate) fn is_idle(&self, now: Ms) -> bool {
        self.queue().awake(now) == 0 && self.flying.load(Ordering::SeqCst) == 0
    }

    /// Of nothing that waits it is unknown whether VK has it.
    pub(crate) fn is_sure(&self) -> bool {
        self.queue().doubts() == 0
    }

    fn unasked(&self, to: PeerId) -> Vec<OutId> {
        self.queue().unasked(to)
    }

    /// What is committed of these tries holds for the queue as well.
    fn settle(&self, receipts: impl Iterator<Item = Receipt>, dropped: &[(PeerId, Vec<OutId>)]) {
        let mut queue = self.queue();
        for (to, ids) in dropped {
            queue.drop_behind(*to, ids);
        }
        for Receipt { id, came, busy, .. } in receipts {
            match came {
                Came::Again(again) => queue.put_back(id, again),
                _ => queue.finished(id),
            }
            drop(busy);
        }
        drop(queue);
        self.wake.notify_one();
    }
}

/// Reads what was left from before; with `doubt` VK may have any of it.
pub(crate) async fn load(core: &Core, doubt: bool) -> Result<()> {
    let mut after = None;
    loop {
        let messages = core.store.outbox(after, READ).await?;
        let Some((last, _)) = messages.last() else { return Ok(()) };
        after = Some(*last);
        core.outbox.take_on(None, messages, doubt);
    }
}

/// Sends until told to stop; then waits for what is under way, and for its receipts.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let (noted, receipts) = mpsc::channel(AT_ONCE);
    let noting = tokio::spawn(receipts::run(Arc::clone(&core), receipts));
    loop {
        let slot = tokio::select! {
            () = stop.cancelled() => break,
            slot = Arc::clone(&slots).acquire_owned() => slot,
        };
        let Ok(slot) = slot else { break };
        let taken = core.outbox.queue().take(core.clock.now());
        match taken {
            Ok((id, waiting)) => {
                let (core, noted) = (Arc::clone(&core), noted.clone());
                let busy = core.outbox.busy();
                let to = waiting.message.to;
                let span = tracing::info_span!("out", trace = waiting.trace(), out = id.0, user = to.0);
                let sending = async move {
                    let began = Instant::now();
                    let came = deliver(&core, id, waiting).await;
                    let took_ms = began.elapsed().as_millis() as u64;
                    tracing::info!(outcome = came.name(), took_ms, "a message has left");
                    // It ends only after all that send to it.
                    let _ = noted.send(Receipt { id, to, came, busy }).await;
                    drop(slot);
                };
                tokio::spawn(sending.instrument(span));
            }
            Err(at) => {
                drop(slot);
                let wait = async {
                    match at {
                        Some(at) => core.clock.until(at).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = core.outbox.wake.notified() => {}
                    () = wait => {}
                }
            }
        }
    }
    drop(noted);
    if let Err(error) = noting.await {
        tracing::error!(%error, "receipts are no longer noted");
    }
}

/// Sends one message, if VK has not got it yet.
async fn deliver(core: &Core, id: OutId, waiting: Waiting) -> Came {
    let Waiting { mut message, mut doubt, .. } = waiting;
    if message.lane == OutLane::Reminder {
        match welcome(core, message.to).await {
            Welcome::Now => {}
            Welcome::Never => return Came::Unwanted,
            Welcome::From(at) => {
                return Came::Again(Again { at, attempts: message.attempts, doubt, asleep: true });
            }
        }
    }
    let result = match files::attach(core, &mut message).await {
        Ok(file) => send(core, &message, file, doubt).await,
        Err(error) => Err(error),
    };
    let attempts = message.attempts;
    match (fate(&result, attempts), result) {
        (Fate::Refused(code), _) => Came::Refused(code),
        (Fate::Wrong(_), Err(error)) => Came::Wrong(error.to_string()),
        (Fate::Again { wait, doubt: again }, Err(error)) => {
            doubt |= again;
            tracing::warn!(%error, out = id.0, attempts, wait_ms = wait, "a message has to wait");
            let at = core.clock.now().plus(wait);
            Came::Again(Again { at, attempts: attempts.saturating_add(1), doubt, asleep: false })
        }
        _ => {
            let long = core.clock.now().0 - message.at.0 > LONG;
            Came::Taken((long && message.lane == OutLane::Reminder).then_some(message.at))
        }
    }
}

/// Whether something that comes by itself may come to a person.
enum Welcome {
    Now,
    /// Not before this moment.
    From(Ms),
    Never,
}

/// When it was queued it was judged as well, but it may have waited for VK since then.
async fn welcome(core: &Core, to: PeerId) -> Welcome {
    let now = core.clock.now();
    let Some(user) = to.user() else { return Welcome::Now };
    let person = match core.store.person(user).await {
        Ok(person) => person.unwrap_or_else(|| Person::new(user, now)),
        Err(error) => {
            tracing::error!(%error, "a person could not be read");
            return Welcome::From(now.plus(Ms::MINUTE));
        }
    };
    if !person.writable {
        return Welcome::Never;
    }
    let reader = person.reader(&core.region.attention, &core.region.zone);
    let opens = reader.quiet.end(reader.zone, now);
    if opens > now { Welcome::From(opens) } else { Welcome::Now }
}

async fn send(
    core: &Core,
    message: &OutMessage,
    file: Option<String>,
    doubt: bool,
) -> std::result::Result<(), RequestError> {
    let (bot, now) = (&core.bot, core.clock.now());
    let lane = match message.lane {
        OutLane::Reply => Lane::Reply,
        OutLane::Reminder => Lane::Reminder,
    };
    // What is known to be too old is said anew without asking. An edit made again changes nothing, so that only what is new to the conversation is asked after.
    if let Some(cmid) = message.edit
        && !core.outbox.ages().is_too_old(message.to, cmid, now)
    {
        let mut edit = bot.messages_edit(message.to, cmid, &message.text).lane(lane).dont_parse_links(true);
        if let Some(keyboard) = &message.keyboard {
            edit = edit.keyboard_json(keyboard);
        }
        match edit.await {
            Err(RequestError::Api(error)) if beyond_edit(&error) => {
                if error.code == ErrorCode::EDIT_TOO_OLD {
                    core.outbox.ages().is_past(message.to, cmid);
                }
            }
            other => return other.map(drop),
        }
    }
    if doubt && is_there(bot, message, lane).await? {
        return Ok(());
    }
    let mut request = bot
        .messages_send(message.to, &message.text)
        .random_id(message.random_id)
        .lane(lane)
        .dont_parse_links(true)
        .disable_mentions(true);
    if let Some(keyboard) = &message.keyboard {
        request = request.keyboard_json(keyboard);
    }
    if let Some(file) = file {
        request = request.attachment(file);
    }
    let sent = request.await?;
    core.outbox.was_there(message.to, sent.cmid, now);
    Ok(())
}

/// The conversation has the message already, or the one it was to edit reads so.
async fn is_there(bot: &Bot, message: &OutMessage, lane: Lane) -> std::result::Result<bool, RequestError> {
    let found = receipt(bot, message.to, lane, message.at, |there| {
        let edited = message.edit.is_some() && there.cmid == message.edit && there.text == message.text;
        there.random_id == Some(i64::from(message.random_id)) || edited
    });
    match found.await {
        Ok(found) => Ok(found.is_some()),
        // There is no such conversation: VK will say the same of the message.
        Err(RequestError::Api(error)) if error.kind() == ErrorKind::Recipient => Ok(false),
        Err(error) => Err(error),
    }
}

/// The message is too old to be edited, deleted or not there at all: no answer is lost for that.
fn beyond_edit(error: &ApiError) -> bool {
    matches!(error.kind(), ErrorKind::Request | ErrorKind::NotThere | ErrorKind::Unknown)
}
