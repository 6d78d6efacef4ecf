//! The composition root: builds the parts, runs them, and shuts them down in order.

use std::{
    hash::{BuildHasher, RandomState},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use thiserror::Error;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use vkapi::{
    Bot, Limits,
    dispatching::{DispatchError, Dispatcher, ShutdownToken},
    dptree::deps,
    types::GroupId,
};

use crate::{
    backups, campaigns,
    census::Census,
    chat::Region,
    claims::Claims,
    config::{Audit, Campaigns, Staff},
    content::Content,
    control,
    core::Core,
    domain::{Clock, Ms},
    handoffs::{self, Awaited},
    heartbeat, inbox,
    ops::{self, Alarms, Metrics},
    outbox::{self, Outbox},
    pages::{self, Auditor, Pages, Reader},
    retention, schedule,
    store::{AnyStore, Commit, Op, Store, StoreError},
};

/// How long handlers may go on after the stop; with the outbox's last calls it stays below ten seconds.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long the last calls may take after that.
const LAST_CALLS: Duration = Duration::from_secs(3);

/// What a bot is made of.
pub struct Parts {
    /// The way to VK, without a limiter.
    pub bot: Bot,
    /// VK's limit for the key; `None` where the other side has none.
    pub limits: Option<Limits>,
    /// The community.
    pub group: GroupId,
    /// Where things are remembered.
    pub store: AnyStore,
    /// What the bot teaches and says.
    pub content: Arc<Content>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// The region it serves.
    pub region: Region,
    /// Who is staff.
    pub staff: Staff,
    /// How announcements are sent.
    pub campaigns: Campaigns,
    /// The way to VK with a service key, with its limiter; without it pages are not looked at.
    pub service: Option<Bot>,
    /// How pages are looked at.
    pub audit: Audit,
    /// Where health and metrics are served.
    pub http: Option<SocketAddr>,
    /// What numbers that nobody may guess are made of: of chance, but for tests, which have to come out the same.
    pub chance: u64,
}

/// A number of chance, from the system.
pub fn chance() -> u64 {
    RandomState::new().hash_one(0)
}

/// Why a bot did not start or ended.
#[derive(Debug, Error)]
pub enum AppError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The way from VK.
    #[error(transparent)]
    Vk(#[from] DispatchError),
    /// Health and metrics.
    #[error("http.listen: {0}")]
    Http(#[from] std::io::Error),
}

/// What the parts share, before anything runs.
pub(crate) fn core(parts: Parts, clean: bool, alive_before: Option<Ms>) -> Core {
    let metrics = Metrics::default();
    let calls = &metrics.calls;
    let bot = parts.bot.layer(calls.requests(parts.bot.transport()));
    let bot = match parts.limits {
        Some(limits) => bot.throttle(limits),
        None => bot,
    };
    let bot = bot.layer(calls.answers(bot.transport()));
    let store = Arc::new(parts.store);
    let auditor = parts.service.zip(parts.content.norm(&parts.region.norm)).map(|(service, norm)| {
        Arc::new(Auditor::new(
            Arc::clone(&store),
            Reader::new(service, Arc::clone(&parts.clock)),
            Arc::clone(&parts.clock),
            norm.clone(),
            parts.region.zone.clone(),
            parts.audit,
        ))
    });
    Core {
        auditor,
        pages: Pages::new(bot.clone(), Arc::clone(&parts.clock)),
        bot,
        group: parts.group,
        store,
        books: watch::Sender::new(parts.content),
        clock: parts.clock,
        region: parts.region,
        staff: parts.staff,
        outbox: Outbox::default(),
        census: Census::default(),
        claims: Claims::default(),
        metrics,
        alarms: Alarms::default(),
        chance: parts.chance,
        tidy_at: AtomicI64::new(i64::MIN),
        rescheduled: Notify::new(),
        awaited: Awaited::default(),
        campaigned: watch::Sender::new(()),
        campaigns: parts.campaigns,
        began_in_doubt: !clean,
        alive_before,
        told_late: Mutex::default(),
        unsure: AtomicBool::new(false),
    }
}

/// What takes events and makes turns of them.
pub(crate) fn dispatcher(core: &Arc<Core>) -> Dispatcher<StoreError> {
    Dispatcher::builder(core.bot.clone(), inbox::tree())
        .dependencies(deps![Arc::clone(core)])
        .default_handler({
            let core = Arc::clone(core);
            move |update| inbox::other(Arc::clone(&core), update)
        })
        .error_handler(inbox::failure)
        .cursor(inbox::Cursor(Arc::clone(core)))
        .group_id(core.group)
        .on_batch({
            let core = Arc::clone(core);
            move |_| core.alarms.heard()
        })
        // `kurator run` has asked for them, and told in Russian what could not be done.
        .subscribe(false)
        .shutdown_deadline(DEADLINE)
        .build()
}

/// A running bot.
pub struct App {
    core: Arc<Core>,
    inbox: ShutdownToken,
    stop: CancellationToken,
    ended: watch::Receiver<bool>,
    listening: JoinHandle<Result<(), DispatchError>>,
    working: Vec<JoinHandle<()>>,
}

impl App {
    /// Starts a bot.
    ///
    /// # Errors
    /// The store cannot be read, or the address for health and metrics is taken.
    pub async fn start(parts: Parts) -> Result<Self, AppError> {
        // Whatever was sent before an unclean stop may have no receipt.
        let clean = parts.store.clean().await?;
        let http = parts.http;
        let alive_before = parts.store.alive().await?;
        let core = Arc::new(core(parts, clean, alive_before));
        outbox::load(&core, !clean).await?;
        if clean {
            core.store.commit(Commit { expect: Vec::new(), ops: vec![Op::SetClean(false)] }).await?;
        }
        let stop = CancellationToken::new();
        if let Some(listen) = http {
            ops::serve(Arc::clone(&core), listen, stop.clone()).await?;
        }
        let dispatcher = dispatcher(&core);
        let inbox = dispatcher.shutdown_token();
        let (ending, ended) = watch::channel(false);
        let listening = tokio::spawn(async move {
            let result = dispatcher.dispatch().await;
            ending.send_replace(true);
            result
        });
        let working = vec![
            tokio::spawn(outbox::run(Arc::clone(&core), stop.clone())),
            tokio::spawn(campaigns::run(Arc::clone(&core), stop.clone())),
            tokio::spawn(campaigns::repeat(Arc::clone(&core), stop.clone())),
            tokio::spawn(campaigns::amend(Arc::clone(&core), stop.clone())),
            tokio::spawn(Census::keep(Arc::clone(&core), stop.clone())),
            tokio::spawn(schedule::run(Arc::clone(&core), stop.clone())),
            tokio::spawn(retention::run(Arc::clone(&core), stop.clone())),
            tokio::spawn(pages::run(Arc::clone(&core), stop.clone())),
            tokio::spawn(backups::run(Arc::clone(&core), stop.clone())),
            tokio::spawn(control::serve(Arc::clone(&core), stop.clone())),
            tokio::spawn(heartbeat::run(Arc::clone(&core), stop.clone())),
            tokio::spawn(ops::watch(Arc::clone(&core), stop.clone())),
        ];
        Ok(Self { core, inbox, stop, ended, listening, working })
    }

    /// From now on the bot teaches and says this.
    pub fn reload(&self, content: Arc<Content>) {
        self.core.books.send_replace(content);
    }

    /// Waits until no more events can come, which happens only when something must be mended.
    pub async fn ended(&self) {
        let mut ended = self.ended.clone();
        let _ = ended.wait_for(|ended| *ended).await;
    }

    /// Everything that has happened up to the long-poll `ts` is committed and said, and nothing more is due.
    pub async fn is_settled(&self, ts: &str) -> bool {
        let core = &self.core;
        let store = &core.store;
        let cursor = store.cursor(core.group).await;
        let due = store.due(core.clock.now(), 1).await;
        matches!(cursor, Ok(Some(at)) if at == ts)
            && core.outbox.is_idle(core.clock.now())
            && matches!(campaigns::are_settled(core).await, Ok(true))
            && matches!(due, Ok(due) if due.is_empty())
            && matches!(handoffs::are_settled(core).await, Ok(true))
            && core.metrics.scheduled_until() != i64::MIN
            && core.tidy_at.load(Ordering::SeqCst) > core.clock.now().0
            && self.has_looked().await
    }

    /// The same for a bot that may not have met any event yet, whose place in their stream is then unknown.
    pub async fn is_calm(&self, ts: &str) -> bool {
        let quiet = matches!(self.core.store.cursor(self.core.group).await, Ok(None))
            && self.core.outbox.is_idle(self.core.clock.now());
        self.has_looked().await && (quiet || self.is_settled(ts).await)
    }

    /// No page is to be looked at now.
    pub async fn has_looked(&self) -> bool {
        match &self.core.auditor {
            Some(auditor) => auditor.is_settled().await,
            None => true,
        }
    }

    /// Stops taking events, lets what runs finish, and closes the store.
    ///
    /// # Errors
    /// The listener had ended by itself before, for a reason that must be mended.
    pub async fn stop(self) -> Result<(), AppError> {
        self.inbox.shutdown();
        let listened = self.listening.await.unwrap_or(Ok(()));
        self.stop.cancel();
        let aborts: Vec<_> = self.working.iter().map(JoinHandle::abort_handle).collect();
        let rest = futures::future::join_all(self.working);
        if tokio::time::timeout(LAST_CALLS, rest).await.is_err() {
            aborts.iter().for_each(tokio::task::AbortHandle::abort);
        } else if self.core.is_sure() {
            let ops = vec![Op::SetClean(true), Op::SetAlive(self.core.clock.now())];
            self.core.store.commit(Commit { expect: Vec::new(), ops }).await?;
        }
        Ok(listened?)
    }
}
