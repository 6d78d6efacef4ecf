use std::{
    sync::atomic::{AtomicI64, Ordering},
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

use crate::store::Stats;

/// Counts kept since the start.
pub(crate) struct Metrics {
    registry: Registry,
    turns: Family<Kind, Counter>,
    seconds: Histogram,
    sends: Family<Outcome, Counter>,
    depth: Gauge,
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

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("kurator");
        let turns = Family::<Kind, Counter>::default();
        let seconds = Histogram::new(exponential_buckets(0.000_5, 2.0, 14));
        let sends = Family::<Outcome, Counter>::default();
        let (depth, failed_turns, store_errors) = (Gauge::default(), Counter::default(), Counter::default());
        registry.register("turns", "Events of VK turned into commits", turns.clone());
        registry.register_with_unit(
            "turn_duration",
            "From taking an event to its durable commit",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("sends", "Tries to send a message, by outcome", sends.clone());
        registry.register("outbox_messages", "Messages waiting or under way", depth.clone());
        let store = StoreGauges::default();
        store.register(&mut registry);
        registry.register("failed_turns", "Turns that ended in an apology", failed_turns.clone());
        registry.register("store_errors", "Commits the store did not make", store_errors.clone());
        Self {
            registry,
            turns,
            seconds,
            sends,
            depth,
            store,
            failed_turns,
            store_errors,
            schedule_done: AtomicI64::new(i64::MIN),
        }
    }
}

impl Metrics {
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
    pub(crate) fn text(&self, depth: usize, store: Option<&Stats>) -> String {
        if let Some(stats) = store {
            self.store.set(stats);
        }
        self.depth.set(i64::try_from(depth).unwrap_or(i64::MAX));
        let mut text = String::new();
        if prometheus_client::encoding::text::encode(&mut text, &self.registry).is_err() {
            text.clear();
        }
        text
    }
}
