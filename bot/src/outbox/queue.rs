//! Whose turn it is: lanes first, and a person's messages in order.

use std::collections::{BTreeSet, HashMap};

use vkapi::types::PeerId;

use crate::{
    core::trace,
    domain::Ms,
    store::{OutId, OutLane, OutMessage},
};

/// A message that waits or is under way.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) message: OutMessage,
    /// VK may have it already.
    pub(super) doubt: bool,
    /// Of which turn it is, if that is known still.
    pub(super) nonce: Option<u64>,
}

impl Waiting {
    /// What finds it in the log: its turn, after a restart itself.
    pub(super) fn trace(&self) -> String {
        trace(self.nonce.unwrap_or(u64::from(self.message.random_id.unsigned_abs())))
    }
}

/// The messages that wait or are under way.
#[derive(Debug, Default)]
pub(super) struct Queue {
    messages: HashMap<OutId, Waiting>,
    people: HashMap<PeerId, Line>,
    ready: BTreeSet<(OutLane, OutId)>,
    /// Messages in front of their person's line that wait for a moment.
    later: BTreeSet<(Ms, OutLane, OutId)>,
    doubts: usize,
}

/// One person's messages: one in front, ready, waiting or under way, the rest behind it.
#[derive(Debug, Default)]
struct Line {
    front: Option<OutId>,
    behind: BTreeSet<OutId>,
}

impl Queue {
    /// Whether a message of that lane waits for this person or is under way to her.
    pub(super) fn has(&self, to: PeerId, lane: OutLane) -> bool {
        let Some(line) = self.people.get(&to) else { return false };
        let mut waiting = line.front.iter().chain(&line.behind).filter_map(|id| self.messages.get(id));
        waiting.any(|message| message.message.lane == lane)
    }

    /// How many messages wait or are under way.
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// How many of a lane wait or are under way.
    pub(super) fn of(&self, lane: OutLane) -> usize {
        self.messages.values().filter(|waiting| waiting.message.lane == lane).count()
    }

    /// How many of them VK may have already.
    pub(super) fn doubts(&self) -> usize {
        self.doubts
    }

    /// Takes a message on.
    pub(super) fn push(&mut self, id: OutId, message: OutMessage, doubt: bool, nonce: Option<u64>) {
        let to = message.to;
        self.doubts += usize::from(doubt);
        self.messages.insert(id, Waiting { message, doubt, nonce });
        self.people.entry(to).or_default().behind.insert(id);
        self.next_of(to);
    }

    /// The next message whose turn it is, or the moment when there may be one.
    pub(super) fn take(&mut self, now: Ms) -> Result<(OutId, Waiting), Option<Ms>> {
        while let Some(first) = self.later.first().copied().filter(|(at, ..)| *at <= now) {
            self.later.remove(&first);
            self.ready.insert((first.1, first.2));
        }
        while let Some((_, id)) = self.ready.pop_first() {
            if let Some(waiting) = self.messages.get(&id) {
                return Ok((id, waiting.clone()));
            }
        }
        Err(self.later.first().map(|(at, ..)| *at))
    }

    /// The message leaves the queue; the person's next one comes to the front.
    pub(super) fn finished(&mut self, id: OutId, to: PeerId) {
        self.drop_message(id);
        if let Some(line) = self.people.get_mut(&to)
            && line.front == Some(id)
        {
            line.front = None;
        }
        self.next_of(to);
    }

    /// The message stays in front of its person's line and waits, unless she was forgotten meanwhile.
    pub(super) fn put_back(&mut self, id: OutId, at: Ms, attempts: u16, doubt: bool) {
        let Some(waiting) = self.messages.get_mut(&id) else { return };
        self.doubts = self.doubts + usize::from(doubt) - usize::from(waiting.doubt);
        waiting.doubt = doubt;
        waiting.message.attempts = attempts;
        waiting.message.not_before = at;
        self.later.insert((at, waiting.message.lane, id));
    }

    /// What waits behind the front of a person's line and she has not just asked for.
    pub(super) fn unasked(&self, to: PeerId) -> Vec<OutId> {
        let behind = self.people.get(&to).into_iter().flat_map(|line| &line.behind);
        behind
            .copied()
            .filter(|id| self.messages.get(id).is_some_and(|w| w.message.lane != OutLane::Reply))
            .collect()
    }

    /// Drops messages that wait behind the front of a person's line.
    pub(super) fn drop_behind(&mut self, to: PeerId, ids: &[OutId]) {
        for id in ids {
            if self.people.get_mut(&to).is_some_and(|line| line.behind.remove(id)) {
                self.drop_message(*id);
            }
        }
    }

    /// Drops what waits for a person.
    pub(super) fn forget(&mut self, peer: PeerId) {
        let Some(line) = self.people.remove(&peer) else { return };
        for id in line.front.into_iter().chain(line.behind) {
            if let Some(Waiting { message, .. }) = self.drop_message(id) {
                self.ready.remove(&(message.lane, id));
                self.later.remove(&(message.not_before, message.lane, id));
            }
        }
    }

    fn drop_message(&mut self, id: OutId) -> Option<Waiting> {
        let waiting = self.messages.remove(&id)?;
        self.doubts -= usize::from(waiting.doubt);
        Some(waiting)
    }

    /// Brings a person's next message to the front if nothing is there.
    fn next_of(&mut self, to: PeerId) {
        let Some(line) = self.people.get_mut(&to).filter(|line| line.front.is_none()) else { return };
        line.front = line.behind.pop_first();
        let next = line.front.and_then(|id| self.messages.get(&id).map(|w| (id, &w.message)));
        match next.map(|(id, message)| (message.not_before, message.lane, id)) {
            Some(first) => drop(self.later.insert(first)),
            None => drop(self.people.remove(&to)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(to: i64, lane: OutLane) -> OutMessage {
        OutMessage {
            to: PeerId(to),
            lane,
            random_id: 1,
            text: String::new(),
            keyboard: None,
            file: None,
            edit: None,
            at: Ms(0),
            attempts: 0,
            not_before: Ms(0),
        }
    }

    fn taken(queue: &mut Queue, now: i64) -> Option<u64> {
        queue.take(Ms(now)).ok().map(|(id, _)| id.0)
    }

    #[test]
    fn a_person_gets_her_messages_in_order_and_replies_leave_before_reminders() {
        let mut queue = Queue::default();
        for (id, to, lane) in [
            (1, 7, OutLane::Reminder),
            (2, 7, OutLane::Reply),
            (3, 8, OutLane::Reminder),
            (4, 9, OutLane::Reply),
        ] {
            queue.push(OutId(id), message(to, lane), false, None);
        }
        assert_eq!([(); 4].map(|()| taken(&mut queue, 0)), [Some(4), Some(1), Some(3), None]);
        // The first of hers comes back and keeps the second behind it.
        queue.put_back(OutId(1), Ms(5), 1, true);
        assert_eq!((taken(&mut queue, 4), queue.doubts()), (None, 1));
        assert_eq!(taken(&mut queue, 5), Some(1));
        queue.finished(OutId(1), PeerId(7));
        assert_eq!((taken(&mut queue, 5), queue.doubts(), queue.len()), (Some(2), 0, 3));
    }

    #[test]
    fn what_was_not_asked_for_can_be_dropped_and_a_forgotten_person_has_nothing() {
        let mut queue = Queue::default();
        let lanes = [OutLane::Reply, OutLane::Reminder, OutLane::Reply, OutLane::Reminder];
        for (id, lane) in (1..).zip(lanes) {
            queue.push(OutId(id), message(7, lane), id == 4, None);
        }
        assert_eq!(taken(&mut queue, 0), Some(1));
        assert_eq!(queue.unasked(PeerId(7)), [OutId(2), OutId(4)]);
        queue.drop_behind(PeerId(7), &[OutId(2), OutId(4), OutId(1)]);
        assert_eq!((queue.len(), queue.doubts()), (2, 0));
        queue.forget(PeerId(7));
        queue.finished(OutId(1), PeerId(7));
        assert_eq!((queue.len(), taken(&mut queue, 9)), (0, None));
    }
}
