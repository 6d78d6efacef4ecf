use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};

use super::calls::Calls;
use crate::store::{OutLane, Stats};

/// Counts kept since the start.
pub(crate) struct Metrics {
    registry: Registry,
    updates: Family<Kind, Counter>,
    turns: Family<Kind, Counter>,
    seconds: Histogram,
    sends: Family<Outcome, Counter>,
    depth: Family<Queued, Gauge>,
    recipients: Family<State, Gauge>,
    content: Family<Version, Gauge>,
    lag: Gauge<f64, AtomicU64>,
    unheard: Gauge<f64, AtomicU64>,
    /// What VK is asked.
    pub(crate) calls: Calls,
    store: StoreGauges,
    /// Turns that ended in an apology.
    pub(crate) failed_turns: Counter,
    /// Commits the store did not make.
    pub(crate) store_errors: Counter,
    /// The moment up to which the schedule has served all that was due, in milliseconds since 1970.
    pub(crate) schedule_done: AtomicI64,
}

/// How the store stands, as of when it was last asked. Sizes are in bytes.
#[derive(Default)]
struct StoreGauges {
    files: Gauge,
    journal: Gauge,
    exports: Gauge,
    free: Gauge,
    waits: Gauge,
}

impl StoreGauges {
    fn register(&self, registry: &mut Registry) {
        let sizes = [
            ("store_files", "Size of the store's files", &self.files),
            ("store_journal", "Size of the store's journal", &self.journal),
            ("store_exports", "Size of the store's own exports", &self.exports),
            ("store_disk_free", "What is free where the store lies", &self.free),
        ];
        for (name, help, gauge) in sizes {
            registry.register_with_unit(name, help, Unit::Bytes, gauge.clone());
        }
        registry.register("store_waits", "1 while commits wait for room on the disk", self.waits.clone());
    }

    fn set(&self, stats: &Stats) {
        let sizes = [
            (&self.files, stats.files),
            (&self.journal, stats.journal),
            (&self.exports, stats.exports),
            (&self.free, stats.free),
        ];
        for (gauge, bytes) in sizes {
            gauge.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        self.waits.set(stats.waits.is_some().into());
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    kind: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Queued {
    lane: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Version {
    version: String,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("kurator");
        let updates = Family::<Kind, Counter>::default();
        let turns = Family::<Kind, Counter>::default();
        let seconds = Histogram::new(exponential_buckets(0.000_5, 2.0, 14));
        let sends = Family::<Outcome, Counter>::default();
        let (depth, recipients, content) = (Family::default(), Family::default(), Family::default());
        let (lag, unheard) = (Gauge::default(), Gauge::default());
        let (failed_turns, store_errors) = (Counter::default(), Counter::default());
        let calls = Calls::default();
        calls.register(&mut registry);
        registry.register("updates", "Events that VK has brought, by kind", updates.clone());
        registry.register("turns", "Events of VK turned into commits", turns.clone());
        registry.register_with_unit(
            "turn_duration",
            "From taking an event to its durable commit",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("sends", "Tries to send a message, by outcome", sends.clone());
        registry.register("outbox_messages", "Messages waiting or under way, by lane", depth.clone());
        registry.register(
            "campaign_recipients",
            "Recipients of announcements that are not sent theirs yet, by whether it is under way or pauses",
            recipients.clone(),
        );
        registry.register("content_info", "1 for the version of the content in use", content.clone());
        registry.register_with_unit(
            "schedule_lag",
            "For how long the earliest reminder has been due; 0 while none is",
            Unit::Seconds,
            lag.clone(),
        );
        registry.register_with_unit(
            "long_poll_age",
            "How long ago VK answered a long poll last; it does at least every half minute",
            Unit::Seconds,
            unheard.clone(),
        );
        let store = StoreGauges::default();
        store.register(&mut registry);
        registry.register("failed_turns", "Turns that ended in an apology", failed_turns.clone());
        registry.register("store_errors", "Commits the store did not make", store_errors.clone());
        Self {
            registry,
            updates,
            turns,
            seconds,
            sends,
            depth,
            recipients,
            content,
            lag,
            unheard,
            calls,
            store,
            failed_turns,
            store_errors,
            schedule_done: AtomicI64::new(i64::MIN),
        }
    }
}

impl Metrics {
    /// Counts an event that VK has brought; kinds the bot has no use for are one.
    pub(crate) fn update(&self, kind: &str) {
        self.updates.get_or_create(&Kind { kind: kind.to_owned() }).inc();
    }

    /// Counts a turn of an event of this kind.
    pub(crate) fn turn(&self, kind: &str, took: Duration) {
        self.turns.get_or_create(&Kind { kind: kind.to_owned() }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts a try to send.
    pub(crate) fn sent(&self, outcome: &'static str) {
        self.sends.get_or_create(&Outcome { outcome }).inc();
    }

    /// The moment up to which the schedule has served all that was due.
    pub(crate) fn scheduled_until(&self) -> i64 {
        self.schedule_done.load(Ordering::SeqCst)
    }

    /// All of them in Prometheus' text form.
    pub(crate) fn text(&self, now: &Now<'_>) -> String {
        if let Some(stats) = now.store {
            self.store.set(stats);
        }
        for (lane, depth) in now.depth {
            let lane = match lane {
                OutLane::Reply => "reply",
                OutLane::Reminder => "reminder",
            };
            self.depth.get_or_create(&Queued { lane }).set(i64::try_from(depth).unwrap_or(i64::MAX));
        }
        for (state, count) in now.recipients {
            self.recipients.get_or_create(&State { state }).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        self.content.clear();
        self.content.get_or_create(&Version { version: now.content.to_owned() }).set(1);
        self.lag.set(now.lag);
        self.unheard.set(now.unheard);
        let mut text = String::new();
        if prometheus_client::encoding::text::encode(&mut text, &self.registry).is_err() {
            text.clear();
        }
        text
    }
}

/// What is not counted but looked up when somebody asks.
pub(crate) struct Now<'a> {
    /// Messages waiting or under way.
    pub(crate) depth: [(OutLane, usize); 2],
    /// Recipients of announcements that are not sent it yet: of those under way, and of those that pause.
    pub(crate) recipients: [(&'static str, u64); 2],
    /// How the store stands.
    pub(crate) store: Option<&'a Stats>,
    /// The version of the content in use.
    pub(crate) content: &'a str,
    /// For how many seconds something has been due that is not served.
    pub(crate) lag: f64,
    /// How many seconds ago VK answered a long poll last.
    pub(crate) unheard: f64,
}
