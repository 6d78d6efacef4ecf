//! The one way out: messages leave by lane, a person's in order, each until VK has taken or refused it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use vkapi::{
    ApiError, Bot, ErrorKind, Lane, RequestError,
    types::{PeerId, UserId},
};

use crate::{
    core::Core,
    domain::Ms,
    store::{Commit, Op, OutId, OutLane, OutMessage, Result, Store},
};

/// Calls under way at once: enough to use VK's 20 a second at a second and a half each.
const AT_ONCE: usize = 32;
/// Messages read at a time at the start.
const READ: usize = 1_000;
/// The first wait after a fault, in milliseconds; doubled at each further one.
const WAIT: i64 = 500;
/// The longest wait after a passing fault, in milliseconds.
const LONGEST: i64 = 60_000;
/// The wait after a limit that lasts (flood control, captcha, quantity), in milliseconds.
const LIMIT: i64 = 5 * 60_000;

/// The queue of messages on their way.
#[derive(Default)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
    wake: Notify,
    flying: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Queue {
    messages: HashMap<OutId, OutMessage>,
    people: HashMap<PeerId, Line>,
    ready: BTreeSet<(OutLane, OutId)>,
    /// Messages in front of their person's line that wait for a moment.
    later: BTreeSet<(Ms, OutLane, OutId)>,
}

/// One person's messages: one in front, ready, waiting or under way, the rest behind it.
#[derive(Default)]
struct Line {
    front: Option<OutId>,
    behind: BTreeSet<OutId>,
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

    /// Takes committed messages on.
    pub(crate) fn push(&self, messages: impl IntoIterator<Item = (OutId, OutMessage)>) {
        let mut queue = self.queue();
        for (id, message) in messages {
            let to = message.to;
            queue.messages.insert(id, message);
            queue.people.entry(to).or_default().behind.insert(id);
            queue.next_of(to);
        }
        drop(queue);
        self.wake.notify_one();
    }

    /// Drops what waits for a person; what is under way may still arrive.
    pub(crate) fn forget(&self, peer: PeerId) {
        let mut queue = self.queue();
        let Some(line) = queue.people.remove(&peer) else { return };
        for id in line.front.into_iter().chain(line.behind) {
            if let Some(message) = queue.messages.remove(&id) {
                queue.ready.remove(&(message.lane, id));
                queue.later.remove(&(message.not_before, message.lane, id));
            }
        }
    }

    /// Marks something as under way.
    pub(crate) fn busy(&self) -> Busy {
        self.flying.fetch_add(1, Ordering::SeqCst);
        Busy(Arc::clone(&self.flying))
    }

    /// How many messages wait or are under way.
    pub(crate) fn depth(&self) -> usize {
        self.queue().messages.len()
    }

    /// Nothing waits and nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.depth() == 0 && self.flying.load(Ordering::SeqCst) == 0
    }

    /// The next message whose turn it is, or the moment when there may be one.
    fn take(&self, now: Ms) -> std::result::Result<(OutId, OutMessage), Option<Ms>> {
        let mut queue = self.queue();
        while let Some(first) = queue.later.first().copied().filter(|(at, ..)| *at <= now) {
            queue.later.remove(&first);
            queue.ready.insert((first.1, first.2));
        }
        while let Some((_, id)) = queue.ready.pop_first() {
            if let Some(message) = queue.messages.get(&id) {
                return Ok((id, message.clone()));
            }
        }
        Err(queue.later.first().map(|(at, ..)| *at))
    }

    /// The message leaves the queue; the person's next one comes to the front.
    fn finished(&self, id: OutId, to: PeerId) {
        let mut queue = self.queue();
        queue.messages.remove(&id);
        if let Some(line) = queue.people.get_mut(&to)
            && line.front == Some(id)
        {
            line.front = None;
        }
        queue.next_of(to);
        drop(queue);
        self.wake.notify_one();
    }

    /// The message stays in front of its person's line and waits, unless she was forgotten meanwhile.
    fn put_back(&self, id: OutId, at: Ms) {
        let mut queue = self.queue();
        if let Some(message) = queue.messages.get_mut(&id) {
            message.attempts = message.attempts.saturating_add(1);
            message.not_before = at;
            let lane = message.lane;
            queue.later.insert((at, lane, id));
        }
        drop(queue);
        self.wake.notify_one();
    }
}

impl Queue {
    /// Brings a person's next message to the front if nothing is there.
    fn next_of(&mut self, to: PeerId) {
        let Some(line) = self.people.get_mut(&to).filter(|line| line.front.is_none()) else { return };
        line.front = line.behind.pop_first();
        match line.front.and_then(|id| self.messages.get(&id).map(|m| (m.not_before, m.lane, id))) {
            Some(first) => drop(self.later.insert(first)),
            None => drop(self.people.remove(&to)),
        }
    }
}

/// Reads what was left from before.
pub(crate) async fn load(core: &Core) -> Result<()> {
    let mut after = None;
    loop {
        let messages = core.store.outbox(after, READ).await?;
        let Some((last, _)) = messages.last() else { return Ok(()) };
        after = Some(*last);
        core.outbox.push(messages);
    }
}

/// Sends until told to stop; then waits for what is under way.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let slot = tokio::select! {
            () = stop.cancelled() => break,
            slot = Arc::clone(&slots).acquire_owned() => slot,
        };
        let Ok(slot) = slot else { break };
        match core.outbox.take(core.clock.now()) {
            Ok((id, message)) => {
                let core = Arc::clone(&core);
                tokio::spawn(async move {
                    let busy = core.outbox.busy();
                    deliver(&core, id, message).await;
                    drop(busy);
                    drop(slot);
                });
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
    let _ = slots.acquire_many(AT_ONCE as u32).await;
}

/// Sends one message and commits what came of it.
async fn deliver(core: &Core, id: OutId, message: OutMessage) {
    let result = send(&core.bot, &message).await;
    let to = message.to;
    let now = core.clock.now();
    match fate(&result, message.attempts) {
        Fate::Taken => core.metrics.sent("taken"),
        Fate::Refused(code) => {
            core.metrics.sent("refused");
            tracing::info!(user = to.0, code, "VK refuses messages for a person");
            let unreachable = core.amend(UserId(to.0), |p| std::mem::replace(&mut p.writable, false));
            if let Err(error) = unreachable.await {
                tracing::error!(%error, "a refusal was not noted");
            }
        }
        Fate::Wrong => {
            core.metrics.sent("wrong");
            if let Err(error) = &result {
                tracing::error!(%error, out = id.0, "VK does not take a message as it is");
            }
        }
        Fate::Again(wait) => {
            core.metrics.sent("again");
            if let Err(error) = &result {
                tracing::warn!(%error, out = id.0, attempts = message.attempts, wait_ms = wait, "a message has to wait");
            }
            let at = now.plus(wait);
            let op = Op::RetryOut(id, message.attempts.saturating_add(1), at);
            if let Err(error) = core.store.commit(Commit { expect: Vec::new(), ops: vec![op] }).await {
                tracing::error!(%error, "a retry was not noted");
            }
            return core.outbox.put_back(id, at);
        }
    }
    let commit = Commit { expect: Vec::new(), ops: vec![Op::FinishOut(id)] };
    if let Err(error) = core.store.commit(commit).await {
        // VK has it; after a restart it is sent again with the same random_id, which VK drops.
        tracing::error!(%error, out = id.0, "a receipt was not noted");
    }
    core.outbox.finished(id, to);
}

async fn send(bot: &Bot, message: &OutMessage) -> std::result::Result<(), RequestError> {
    let lane = match message.lane {
        OutLane::Reply => Lane::Reply,
        OutLane::Reminder => Lane::Reminder,
    };
    if let Some(cmid) = message.edit {
        let mut edit = bot.messages_edit(message.to, cmid, &message.text).lane(lane).dont_parse_links(true);
        if let Some(keyboard) = &message.keyboard {
            edit = edit.keyboard_json(keyboard);
        }
        match edit.await {
            Err(RequestError::Api(error)) if beyond_edit(&error) => {}
            other => return other.map(drop),
        }
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
    request.await.map(drop)
}

/// The message is too old to be edited, deleted or not there at all: no answer is lost for that.
fn beyond_edit(error: &ApiError) -> bool {
    matches!(error.kind(), ErrorKind::Request | ErrorKind::NotThere | ErrorKind::Unknown)
}

/// What is to be done after a try.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// VK has it.
    Taken,
    /// This person cannot be written to, for this code.
    Refused(i32),
    /// VK will never take it.
    Wrong,
    /// Again after so many milliseconds.
    Again(i64),
}

pub(crate) fn fate<T>(result: &std::result::Result<T, RequestError>, attempts: u16) -> Fate {
    let wait = (WAIT << attempts.min(10)).min(LONGEST);
    match result {
        Ok(_) => Fate::Taken,
        Err(error) if error.is_retryable() => Fate::Again(wait),
        Err(RequestError::Api(error)) => match error.kind() {
            ErrorKind::Recipient => Fate::Refused(error.code.0),
            ErrorKind::RetryLater => Fate::Again(LIMIT),
            // The operator has to mend it; what waits must not be lost meanwhile.
            ErrorKind::Setup => Fate::Again(LONGEST),
            ErrorKind::RetrySoon => Fate::Again(wait),
            _ => Fate::Wrong,
        },
        // VK may have acted on what it answered strangely; the same random_id makes a second try harmless.
        Err(RequestError::Http { .. }) => Fate::Again(LONGEST),
        Err(_) => Fate::Wrong,
    }
}
