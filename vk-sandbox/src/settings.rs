//! How this VK behaves where VK documents a limit, and where it documents none.

use std::time::Duration;

/// Limits and habits of the sandbox; the default is VK's own where VK states one.
///
/// A span called "by the clock" is measured by [`Builder::now`](crate::Builder::now), so it can be made to
/// pass at once; everything else is real time.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Calls with a community token in any sliding second of real time; more are refused with error 6.
    /// `None`: no limit. VK: 20.
    pub requests_per_second: Option<u32>,
    /// The same for a service token. VK: 5 for an application of up to 10 000 installations.
    pub service_requests_per_second: Option<u32>,
    /// Longest `message` in UTF-16 units; longer ones are refused with error 914. VK documents 4096 for
    /// editing and is seen to hold to it when sending.
    pub message_limit: usize,
    /// Added to every answer of a method; real time.
    pub latency: Duration,
    /// How long a long-poll key is good, by the clock; then `failed: 2`. Not documented; about an hour.
    pub key_life: Duration,
    /// How many events the long-poll queue keeps; older ones are `failed: 1`. Not documented.
    pub queue_events: usize,
    /// How long the long-poll queue keeps an event, by the clock. Not documented.
    pub queue_age: Duration,
    /// Most events in one long-poll answer. Not documented.
    pub batch: usize,
    /// How long `messages.sendMessageEventAnswer` is accepted after the press, by the clock. VK: a minute.
    pub press_life: Duration,
    /// How long a `random_id` is remembered in a conversation, by the clock. VK: an hour.
    pub random_id_life: Duration,
    /// How many of the community's last messages in a conversation have their `random_id` remembered.
    /// VK: 100.
    pub random_id_messages: usize,
    /// How long a message can be edited or deleted for everybody, by the clock; then 909 and 924. A day.
    pub edit_life: Duration,
    /// After how long an event is brought to a callback server again that did not take it, try by try; real time. A
    /// server may ask for another span by `Retry-After`. VK: 10 seconds, 3, 10 and 30 minutes, an hour.
    pub callback_retries: Vec<Duration>,
    /// How many calls [`Sandbox::calls`](crate::Sandbox::calls) remembers; older ones are forgotten, the
    /// counts by method never.
    pub calls_kept: usize,
    /// Seed of the ids of events, keys and access keys.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            requests_per_second: Some(20),
            service_requests_per_second: Some(5),
            message_limit: 4096,
            latency: Duration::ZERO,
            key_life: Duration::from_secs(3600),
            queue_events: 1000,
            queue_age: Duration::from_secs(24 * 3600),
            batch: 100,
            press_life: Duration::from_secs(60),
            random_id_life: Duration::from_secs(3600),
            random_id_messages: 100,
            edit_life: Duration::from_secs(24 * 3600),
            callback_retries: [10, 180, 600, 1800, 3600].map(Duration::from_secs).to_vec(),
            calls_kept: 10_000,
            seed: 0,
        }
    }
}

/// Milliseconds of a span, for arithmetic with the clock.
pub(crate) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
