//! How much one token may ask.

use std::time::Duration;

use super::pack::MOST_CALLS;

/// How many calls one token may make, and how carefully that is kept.
///
/// VK counts a call when it arrives, which is some time after it left. So a place among the calls of a second is taken
/// until one second after the latest moment the call can have arrived. That moment is told from the answer: it came at
/// least as late as the answer minus the fastest way there and back seen lately for the same method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Calls in any second; at least 1.
    pub per_second: usize,
    /// How much later than usual a call is believed to have arrived at most, whatever its answer took. Longer delays on
    /// the way to VK may bring too many calls together; shorter ones never do.
    pub doubt: Duration,
    /// Calls that may leave as one while more waits than single calls can carry: up to 25 travel in one `execute`, and the
    /// same message to up to 100 in one `messages.send`. 1: each travels by itself.
    pub pack: usize,
    /// How long everything waits after VK said "too many requests".
    pub pause: Duration,
    /// How often one call is put back after "too many requests" before that becomes its answer.
    pub put_back: u32,
}

impl Limits {
    /// A community's token: 20 calls a second, <https://dev.vk.com/ru/api/api-requests>.
    pub fn community() -> Self {
        Self {
            per_second: 20,
            // What opening a new encrypted connection adds.
            doubt: Duration::from_millis(250),
            pack: MOST_CALLS,
            pause: Duration::from_secs(1),
            put_back: 20,
        }
    }

    /// A service token: 3 calls a second, the least VK names, each by itself.
    pub fn service() -> Self {
        Self { per_second: 3, pack: 1, ..Self::community() }
    }

    /// Another number of calls in any second; 0 counts as 1.
    #[must_use]
    pub fn per_second(mut self, calls: usize) -> Self {
        self.per_second = calls.max(1);
        self
    }

    /// Another number of calls that may leave as one; 1 to 25.
    #[must_use]
    pub fn pack(mut self, calls: usize) -> Self {
        self.pack = calls.clamp(1, MOST_CALLS);
        self
    }

    /// Another longest [`doubt`](Self::doubt); at least 2 milliseconds.
    #[must_use]
    pub fn doubt(mut self, doubt: Duration) -> Self {
        self.doubt = doubt;
        self
    }
}
