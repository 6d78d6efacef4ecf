//! Events that come twice.

use std::collections::{HashMap, VecDeque, hash_map::Entry};

use tracing::debug;

use crate::{
    types::{GroupId, Update},
    update_listeners::Receipt,
};

/// How many event numbers are remembered against repeats.
const SEEN: usize = 10_000;

/// Which event: numbers are a community's own.
type EventKey = (GroupId, String);

/// The last event numbers, so that an event that comes twice is handled once, whichever way it comes.
#[derive(Default)]
pub(super) struct Seen {
    /// Of an event not finished yet: who is to be told of it.
    events: HashMap<EventKey, Option<Vec<Receipt>>>,
    order: VecDeque<EventKey>,
}

impl Seen {
    /// Whether an event has not come before; who brought it is told when it is handled.
    pub(super) fn is_new(&mut self, update: &Update, receipt: Option<&Receipt>) -> bool {
        let Some(event_id) = &update.event_id else { return true };
        let event = (update.group_id, event_id.clone());
        match self.events.entry(event.clone()) {
            Entry::Occupied(mut seen) => {
                debug!(event_id, "this event has come before");
                match (receipt, seen.get_mut()) {
                    (Some(receipt), Some(waiting)) => waiting.push(receipt.clone()),
                    (Some(receipt), None) => receipt.handled(),
                    (None, _) => {}
                }
                return false;
            }
            Entry::Vacant(new) => new.insert(Some(receipt.cloned().into_iter().collect())),
        };
        self.order.push_back(event);
        if self.order.len() > SEEN
            && let Some(oldest) = self.order.pop_front()
        {
            self.events.remove(&oldest);
        }
        true
    }

    /// The event is handled.
    pub(super) fn finish(&mut self, update: &Update) {
        let Some(event_id) = &update.event_id else { return };
        let waiting = self.events.get_mut(&(update.group_id, event_id.clone())).and_then(Option::take);
        for receipt in waiting.into_iter().flatten() {
            receipt.handled();
        }
    }
}
