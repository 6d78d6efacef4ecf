//! The events of the community waiting for long poll.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::settings::{Settings, millis};

/// Every event type that `groups.setLongPollSettings` can switch.
pub(crate) const EVENT_FLAGS: &[&str] = &[
    "message_new",
    "message_reply",
    "message_allow",
    "message_deny",
    "message_edit",
    "message_typing_state",
    "message_read",
    "photo_new",
    "audio_new",
    "video_new",
    "wall_reply_new",
    "wall_reply_edit",
    "wall_reply_delete",
    "wall_reply_restore",
    "wall_post_new",
    "wall_repost",
    "board_post_new",
    "board_post_edit",
    "board_post_restore",
    "board_post_delete",
    "photo_comment_new",
    "photo_comment_edit",
    "photo_comment_delete",
    "photo_comment_restore",
    "video_comment_new",
    "video_comment_edit",
    "video_comment_delete",
    "video_comment_restore",
    "market_comment_new",
    "market_comment_edit",
    "market_comment_delete",
    "market_comment_restore",
    "poll_vote_new",
    "group_join",
    "group_leave",
    "group_change_settings",
    "group_change_photo",
    "group_officers_edit",
    "user_block",
    "user_unblock",
    "like_add",
    "like_remove",
    "message_event",
    "message_reaction_event",
    "donut_subscription_create",
    "donut_subscription_prolonged",
    "donut_subscription_cancelled",
    "donut_subscription_price_changed",
    "donut_subscription_expired",
    "donut_money_withdraw",
    "donut_money_withdraw_error",
];

/// Told by `groups.getLongPollSettings`, though Long Poll has no way to switch them on.
pub(crate) const UNSETTABLE: &[&str] = &[
    "lead_forms_new",
    "market_order_new",
    "market_order_edit",
    "wall_schedule_post_new",
    "wall_schedule_post_delete",
];

/// Off until asked for: echoes of what the community does itself, and what comes by the dozen.
const OFF_AT_FIRST: &[&str] = &["message_reply", "message_edit", "message_typing_state", "message_read"];

/// What a poll gets.
#[derive(Debug, PartialEq)]
pub(crate) enum Polled {
    /// Nothing newer than the client's `ts`.
    Nothing,
    /// Events and the number of the last of them.
    Events(u64, Vec<Value>),
    /// History before this `ts` is gone.
    Outdated(u64),
    /// The key is unknown or too old.
    KeyExpired,
}

pub(crate) struct Queue {
    pub(crate) enabled: bool,
    pub(crate) api_version: String,
    flags: BTreeMap<&'static str, bool>,
    /// `(ts, when, event)`, `ts` growing by one.
    events: VecDeque<(u64, i64, Value)>,
    keys: Vec<(String, i64)>,
    last: watch::Sender<u64>,
    /// Where the next session starts after a refusal made up by a fault, so that it loses nothing.
    resume_from: Option<u64>,
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self {
            enabled: true,
            api_version: "5.199".to_owned(),
            flags: EVENT_FLAGS.iter().map(|flag| (*flag, !OFF_AT_FIRST.contains(flag))).collect(),
            events: VecDeque::new(),
            keys: Vec::new(),
            last: watch::Sender::new(1),
            resume_from: None,
        }
    }

    pub(crate) fn flags(&self) -> Value {
        let switched = self.flags.iter().map(|(flag, on)| (*flag, i64::from(*on)));
        let all = switched.chain(UNSETTABLE.iter().map(|flag| (*flag, 0)));
        all.map(|(flag, on)| (flag.to_owned(), json!(on))).collect()
    }

    /// Switches an event type; `false` when there is none of this name.
    pub(crate) fn set_flag(&mut self, flag: &str, on: bool) -> bool {
        self.flags.get_mut(flag).map(|value| *value = on).is_some()
    }

    /// Whether an event of this type is kept: types without a flag are.
    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.enabled && self.flags.get(kind).copied().unwrap_or(true)
    }

    pub(crate) fn last_ts(&self) -> u64 {
        *self.last.borrow()
    }

    /// Changes when an event arrives.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    pub(crate) fn push(&mut self, update: Value, now: i64, settings: &Settings) {
        let ts = self.last_ts() + 1;
        self.events.push_back((ts, now, update));
        self.prune(now, settings);
        self.last.send_replace(ts);
    }

    /// Forgets every waiting event: what a client that has not read them gets is `failed: 1`.
    pub(crate) fn forget(&mut self) {
        self.events.clear();
    }

    /// A new session: its key and the `ts` to start from.
    pub(crate) fn open(&mut self, key: String, now: i64, settings: &Settings) -> u64 {
        let life = millis(settings.key_life);
        self.keys.retain(|(_, issued)| now - issued < life);
        self.keys.push((key, now));
        let last = self.last_ts();
        self.resume_from.map_or(last, |ts| ts.min(last))
    }

    /// Forgets every key: the next poll is answered `failed: 2`.
    pub(crate) fn expire_keys(&mut self) {
        self.keys.clear();
    }

    pub(crate) fn resume_from(&mut self, ts: u64) {
        self.resume_from = Some(self.resume_from.map_or(ts, |before| before.min(ts)));
    }

    pub(crate) fn poll(&mut self, key: &str, ts: Option<u64>, now: i64, settings: &Settings) -> Polled {
        let life = millis(settings.key_life);
        if !self.keys.iter().any(|(known, issued)| known == key && now - issued < life) {
            return Polled::KeyExpired;
        }
        self.prune(now, settings);
        let last = self.last_ts();
        let kept_after = self.events.front().map_or(last, |(first, _, _)| first - 1);
        let Some(ts) = ts.filter(|ts| (kept_after..=last).contains(ts)) else {
            return Polled::Outdated(if ts.is_some_and(|ts| ts < kept_after) { kept_after } else { last });
        };
        // Not before: the answer about the new session may itself be lost on the way.
        self.resume_from = None;
        if ts == last {
            return Polled::Nothing;
        }
        let skip = usize::try_from(ts - kept_after).unwrap_or(usize::MAX);
        let batch: Vec<Value> = self
            .events
            .iter()
            .skip(skip)
            .take(settings.batch.max(1))
            .map(|(_, _, event)| event.clone())
            .collect();
        Polled::Events(ts + batch.len() as u64, batch)
    }

    /// What came after a moment of the stream, oldest first; what is gone from the queue is not there.
    pub(crate) fn after(&self, ts: u64) -> Vec<Value> {
        self.events.iter().filter(|(number, ..)| *number > ts).map(|(.., event)| event.clone()).collect()
    }

    fn prune(&mut self, now: i64, settings: &Settings) {
        let age = millis(settings.queue_age);
        while self.events.len() > settings.queue_events
            || self.events.front().is_some_and(|(_, at, _)| now - at > age)
        {
            self.events.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(events: u64, settings: &Settings) -> Queue {
        let mut queue = Queue::new();
        queue.open("k".to_owned(), 0, settings);
        for number in 0..events {
            queue.push(json!({"number": number}), 0, settings);
        }
        queue
    }

    #[test]
    fn a_poll_gets_what_came_after_its_ts_and_may_ask_again() {
        let settings = Settings { batch: 2, ..Settings::default() };
        let mut queue = queue(3, &settings);
        for _ in 0..2 {
            let Polled::Events(ts, events) = queue.poll("k", Some(1), 0, &settings) else { panic!("events") };
            assert_eq!((ts, events.len()), (3, 2));
        }
        let Polled::Events(ts, events) = queue.poll("k", Some(3), 0, &settings) else { panic!("events") };
        assert_eq!((ts, events), (4, vec![json!({"number": 2})]));
        assert_eq!(queue.poll("k", Some(4), 0, &settings), Polled::Nothing);
    }

    #[test]
    fn a_bounded_queue_tells_where_history_begins() {
        let settings = Settings { queue_events: 2, ..Settings::default() };
        let mut queue = queue(5, &settings);
        assert_eq!(queue.poll("k", Some(1), 0, &settings), Polled::Outdated(4));
        let Polled::Events(_, events) = queue.poll("k", Some(4), 0, &settings) else { panic!("events") };
        assert_eq!(events.len(), 2);
    }

    #[test]
    fn a_ts_from_the_future_or_none_gets_the_last_one() {
        let settings = Settings::default();
        let mut queue = queue(1, &settings);
        assert_eq!(queue.poll("k", Some(99), 0, &settings), Polled::Outdated(2));
        assert_eq!(queue.poll("k", None, 0, &settings), Polled::Outdated(2));
    }

    #[test]
    fn keys_and_events_grow_old_by_the_clock() {
        let settings = Settings::default();
        let mut queue = queue(1, &settings);
        let day = 24 * 3600 * 1000;
        assert_eq!(queue.poll("k", Some(1), day + 1, &settings), Polled::KeyExpired);
        queue.open("new".to_owned(), day + 1, &settings);
        assert_eq!(queue.poll("new", Some(1), day + 1, &settings), Polled::Outdated(2));
    }

    #[test]
    fn switched_off_types_are_not_wanted() {
        let mut queue = Queue::new();
        assert!(queue.wants("message_new") && queue.wants("brand_new_event"));
        assert!(!queue.wants("message_reply"));
        assert!(queue.set_flag("message_reply", true) && !queue.set_flag("nonsense", true));
        assert!(queue.wants("message_reply"));
        queue.enabled = false;
        assert!(!queue.wants("message_new"));
    }
}
