use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use futures::future::BoxFuture;
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::Weekdays;

/// A moment in milliseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ms(pub i64);

impl Ms {
    /// One minute.
    pub const MINUTE: i64 = 60_000;
    /// One hour.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// Twenty-four hours.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// The moment this many milliseconds later (earlier if negative).
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Its day in UTC.
    pub fn date(self) -> civil::Date {
        self.timestamp().to_zoned_datetime(TimeZone::UTC).date()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// A local time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hm {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

impl std::str::FromStr for Hm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once(':').and_then(|(hour, minute)| {
            let time = Self { hour: hour.parse().ok()?, minute: minute.parse().ok()? };
            (time.hour < 24 && time.minute < 60).then_some(time)
        });
        parsed.ok_or_else(|| format!("«{text}» — не время суток; нужно, например, 22:00"))
    }
}

impl std::fmt::Display for Hm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{:02}", self.hour, self.minute)
    }
}

/// A time zone by its IANA name, checked when made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(String);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        TimeZone::get(&name).map(|_| Self(name)).map_err(|e| e.to_string())
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

impl Zone {
    /// Its IANA name.
    pub fn name(&self) -> &str {
        &self.0
    }

    fn tz(&self) -> TimeZone {
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }

    /// What a clock and a calendar show there at this moment.
    pub fn local(&self, at: Ms) -> civil::DateTime {
        at.timestamp().to_zoned_datetime(self.tz()).datetime()
    }

    /// The moment when a clock there shows this; of a repeated hour the first, of a skipped one the next.
    pub fn moment(&self, local: civil::DateTime) -> Ms {
        self.tz()
            .to_ambiguous_zoned_datetime(local)
            .compatible()
            .map_or(Ms(0), |z| Ms(z.timestamp().as_millisecond()))
    }

    /// What a clock there shows, without the seconds.
    pub fn time(&self, at: Ms) -> Hm {
        let local = self.local(at);
        Hm { hour: local.hour() as u8, minute: local.minute() as u8 }
    }

    /// The first moment strictly after `after` when it is one of `days` and the clock shows `at`.
    pub fn next(&self, days: Weekdays, at: Hm, after: Ms) -> Option<Ms> {
        let mut date = self.local(after).date();
        for _ in 0..=7 {
            if days.has(date.weekday().to_monday_zero_offset() as u8) {
                let moment = self.moment(date.at(at.hour as i8, at.minute as i8, 0, 0));
                if moment > after {
                    return Some(moment);
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }
}

/// Where the time comes from; nothing else asks the system.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Ms;
    /// Waits until the moment has come; may end early by at most nothing, late by a scheduler's delay.
    fn until(&self, at: Ms) -> BoxFuture<'_, ()>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Ms {
        Ms(Timestamp::now().as_millisecond())
    }

    fn until(&self, at: Ms) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                let left = at.0 - self.now().0;
                if left <= 0 {
                    return;
                }
                // Short naps notice a clock that was set.
                tokio::time::sleep(std::time::Duration::from_millis(left.min(1_000) as u64)).await;
            }
        })
    }
}

/// A clock that runs with the machine's from a chosen moment on and can be moved; for tests and the demo.
#[derive(Clone, Debug)]
pub struct TestClock {
    inner: Arc<TestInner>,
}

#[derive(Debug)]
struct TestInner {
    /// Added to the machine's clock; or the time itself when it stands still.
    base: AtomicI64,
    runs: bool,
    moved: Notify,
}

impl TestClock {
    /// A clock that stands still until it is moved.
    pub fn still(at: Ms) -> Self {
        Self { inner: Arc::new(TestInner { base: AtomicI64::new(at.0), runs: false, moved: Notify::new() }) }
    }

    /// A clock that runs from the machine's present moment.
    pub fn running() -> Self {
        Self { inner: Arc::new(TestInner { base: AtomicI64::new(0), runs: true, moved: Notify::new() }) }
    }

    /// Moves it by this many milliseconds.
    pub fn advance(&self, ms: i64) {
        self.inner.base.fetch_add(ms, Ordering::SeqCst);
        self.inner.moved.notify_waiters();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Ms {
        let base = self.inner.base.load(Ordering::SeqCst);
        if self.inner.runs { SystemClock.now().plus(base) } else { Ms(base) }
    }

    fn until(&self, at: Ms) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            loop {
                let moved = self.inner.moved.notified();
                let left = at.0 - self.now().0;
                if left <= 0 {
                    return;
                }
                if self.inner.runs {
                    let nap = std::time::Duration::from_millis(left.min(1_000) as u64);
                    tokio::select! { () = moved => {}, () = tokio::time::sleep(nap) => {} }
                } else {
                    // A move between the check and the wait must not be slept through.
                    tokio::select! { () = moved => {}, () = tokio::time::sleep(std::time::Duration::from_millis(50)) => {} }
                }
            }
        })
    }
}
