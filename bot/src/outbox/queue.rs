//! Whose turn it is: lanes first, and a person's messages of a lane in order.

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
    /// It waits for the end of quiet hours, and not for VK.
    pub(super) asleep: bool,
}

impl Waiting {
    /// What finds it in the log: its turn, after a restart itself.
    pub(super) fn trace(&self) -> String {
        trace(self.nonce.unwrap_or(u64::from(self.message.random_id.unsigned_abs())))
    }
}

/// Longer than anything waits for VK, in milliseconds.
const LONGEST: i64 = 6 * Ms::MINUTE;
/// Longer than any quiet hours, in milliseconds.
const NIGHT: i64 = 27 * Ms::HOUR;

/// How a message waits that VK has not taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Again {
    /// Until when.
    pub(super) at: Ms,
    /// How often it was tried.
    pub(super) attempts: u16,
    /// VK may have it already.
    pub(super) doubt: bool,
    /// Until the end of quiet hours, and not because of VK.
    pub(super) asleep: bool,
}

/// The messages that wait or are under way.
#[derive(Debug, Default)]
pub(super) struct Queue {
    messages: HashMap<OutId, Waiting>,
    people: HashMap<(PeerId, OutLane), Line>,
    ready: BTreeSet<(OutLane, OutId)>,
    /// Messages in front of their person's line that wait for a moment.
    later: BTreeSet<(Ms, OutLane, OutId)>,
    /// The same, for the end of quiet hours.
    asleep: BTreeSet<(Ms, OutLane, OutId)>,
    doubts: usize,
}

/// One person's messages of a lane: one in front, ready, waiting or under way, the rest behind it.
#[derive(Debug, Default)]
struct Line {
    front: Option<OutId>,
    behind: BTreeSet<OutId>,
}

impl Queue {
    /// Whether a message of that lane waits for this person or is under way to her.
    pub(super) fn has(&self, to: PeerId, lane: OutLane) -> bool {
        self.people.contains_key(&(to, lane))
    }

    /// The texts of a person's messages of that lane.
    pub(super) fn texts(&self, to: PeerId, lane: OutLane) -> Vec<String> {
        let Some(line) = self.people.get(&(to, lane)) else { return Vec::new() };
        let ids = line.front.iter().chain(&line.behind);
        ids.filter_map(|id| Some(self.messages.get(id)?.message.text.clone())).collect()
    }

    /// How many wait for their turn or for VK, or are under way: all but those behind quiet hours that are not over.
    pub(super) fn awake(&self, now: Ms) -> usize {
        let until = |waiting: &Waiting| waiting.asleep && waiting.message.not_before > now;
        let sleeps = |id: &OutId| self.messages.get(id).is_some_and(until);
        let lines = self.people.values().filter(|line| !line.front.as_ref().is_some_and(sleeps));
        lines.map(|line| line.behind.len() + usize::from(line.front.is_some())).sum()
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
        let whose = (message.to, message.lane);
        self.doubts += usize::from(doubt);
        self.messages.insert(id, Waiting { message, doubt, nonce, asleep: false });
        self.people.entry(whose).or_default().behind.insert(id);
        self.next_of(whose);
    }

    /// The next message whose turn it is, or the moment when there may be one.
    pub(super) fn take(&mut self, now: Ms) -> Result<(OutId, Waiting), Option<Ms>> {
        for (waiting, longest) in [(&mut self.later, LONGEST), (&mut self.asleep, NIGHT)] {
            while let Some(first) = waiting.first().copied().filter(|(at, ..)| *at <= now) {
                waiting.remove(&first);
                self.ready.insert((first.1, first.2));
            }
            // Nothing waits for so long: the clock was set back.
            while let Some(last) = waiting.last().copied().filter(|(at, ..)| at.0 - now.0 > longest) {
                waiting.remove(&last);
                self.ready.insert((last.1, last.2));
            }
        }
        while let Some((_, id)) = self.ready.pop_first() {
            if let Some(waiting) = self.messages.get_mut(&id) {
                waiting.asleep = false;
                return Ok((id, waiting.clone()));
            }
        }
        let next = self.later.first().into_iter().chain(self.asleep.first());
        Err(next.map(|(at, ..)| *at).min())
    }

    /// The message leaves the queue; the next one of its line comes to the front.
    pub(super) fn finished(&mut self, id: OutId) {
        let Some(Waiting { message, .. }) = self.drop_message(id) else { return };
        let whose = (message.to, message.lane);
        if let Some(line) = self.people.get_mut(&whose)
            && line.front == Some(id)
        {
            line.front = None;
        }
        self.next_of(whose);
    }

    /// The message stays in front of its line and waits, unless its person was forgotten meanwhile.
    pub(super) fn put_back(&mut self, id: OutId, Again { at, attempts, doubt, asleep }: Again) {
        let Some(waiting) = self.messages.get_mut(&id) else { return };
        self.doubts = self.doubts + usize::from(doubt) - usize::from(waiting.doubt);
        (waiting.doubt, waiting.asleep) = (doubt, asleep);
        waiting.message.attempts = attempts;
        waiting.message.not_before = at;
        let waits = if asleep { &mut self.asleep } else { &mut self.later };
        waits.insert((at, waiting.message.lane, id));
    }

    /// What a person has not just asked for and is not under way to her.
    pub(super) fn unasked(&self, to: PeerId) -> Vec<OutId> {
        self.people.get(&(to, OutLane::Reminder)).into_iter().flat_map(|l| &l.behind).copied().collect()
    }

    /// Drops what a person has not asked for and is not under way to her.
    pub(super) fn drop_behind(&mut self, to: PeerId, ids: &[OutId]) {
        for id in ids {
            if self.people.get_mut(&(to, OutLane::Reminder)).is_some_and(|line| line.behind.remove(id)) {
                self.drop_message(*id);
            }
        }
    }

    /// Drops what waits for a person.
    pub(super) fn forget(&mut self, peer: PeerId) {
        let lines = [OutLane::Reply, OutLane::Reminder].map(|lane| self.people.remove(&(peer, lane)));
        for id in lines.into_iter().flatten().flat_map(|line| line.front.into_iter().chain(line.behind)) {
            if let Some(Waiting { message, .. }) = self.drop_message(id) {
                self.ready.remove(&(message.lane, id));
                let waits = (message.not_before, message.lane, id);
                self.later.remove(&waits);
                self.asleep.remove(&waits);
            }
        }
    }

    fn drop_message(&mut self, id: OutId) -> Option<Waiting> {
        let waiting = self.messages.remove(&id)?;
        self.doubts -= usize::from(waiting.doubt);
        Some(waiting)
    }

    /// Brings the next message of a line to the front if nothing is there.
    fn next_of(&mut self, whose: (PeerId, OutLane)) {
        let Some(line) = self.people.get_mut(&whose).filter(|line| line.front.is_none()) else { return };
        line.front = line.behind.pop_first();
        let next = line.front.and_then(|id| self.messages.get(&id).map(|w| (id, &w.message)));
        match next.map(|(id, message)| (message.attempts, (message.not_before, message.lane, id))) {
            // Whatever the clock shows by now, it has not been tried yet.
            Some((0, (_, lane, id))) => drop(self.ready.insert((lane, id))),
            Some((_, first)) => drop(self.later.insert(first)),
            None => drop(self.people.remove(&whose)),
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

    fn again(at: i64, doubt: bool, asleep: bool) -> Again {
        Again { at: Ms(at), attempts: 1, doubt, asleep }
    }

    #[test]
    fn a_person_gets_her_messages_in_order_and_replies_leave_before_reminders() {
        let mut queue = Queue::default();
        for (id, to, lane) in [
            (1, 7, OutLane::Reminder),
            (2, 7, OutLane::Reminder),
            (3, 8, OutLane::Reminder),
            (4, 9, OutLane::Reply),
        ] {
            queue.push(OutId(id), message(to, lane), false, None);
        }
        assert_eq!([(); 4].map(|()| taken(&mut queue, 0)), [Some(4), Some(1), Some(3), None]);
        // The first of hers comes back and keeps the second behind it.
        queue.put_back(OutId(1), again(5, true, false));
        assert_eq!((taken(&mut queue, 4), queue.doubts()), (None, 1));
        assert_eq!(taken(&mut queue, 5), Some(1));
        queue.finished(OutId(1));
        assert_eq!((taken(&mut queue, 5), queue.doubts(), queue.messages.len()), (Some(2), 0, 3));
    }

    #[test]
    fn a_reminder_that_waits_for_the_morning_keeps_reminders_behind_it_but_no_answer() {
        let mut queue = Queue::default();
        queue.push(OutId(1), message(7, OutLane::Reminder), false, None);
        queue.push(OutId(2), message(7, OutLane::Reminder), false, None);
        assert_eq!(taken(&mut queue, 0), Some(1));
        assert_eq!(queue.awake(Ms(0)), 2);
        queue.put_back(OutId(1), again(100, false, true));
        assert_eq!(
            (queue.awake(Ms(99)), queue.messages.len(), queue.has(PeerId(7), OutLane::Reminder)),
            (0, 2, true)
        );
        assert_eq!(queue.awake(Ms(100)), 2, "the night is over");
        queue.push(OutId(3), message(7, OutLane::Reply), false, None);
        assert_eq!((queue.awake(Ms(50)), taken(&mut queue, 50)), (1, Some(3)));
        queue.finished(OutId(3));
        assert_eq!((queue.take(Ms(99)).unwrap_err(), taken(&mut queue, 100)), (Some(Ms(100)), Some(1)));
        queue.finished(OutId(1));
        assert_eq!((queue.awake(Ms(100)), taken(&mut queue, 100)), (1, Some(2)));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_waiting() {
        let (mut queue, mut waits) = (Queue::default(), Vec::new());
        for (id, asleep) in [(1, false), (2, true)] {
            queue.push(OutId(id), message(id as i64, OutLane::Reminder), false, None);
            assert_eq!(taken(&mut queue, 0), Some(id));
            waits.push((OutId(id), again(Ms::HOUR, false, asleep)));
        }
        for (id, again) in waits {
            queue.put_back(id, again);
        }
        // An hour is nothing for a night, and more than anybody waits for VK.
        assert_eq!((taken(&mut queue, 0), taken(&mut queue, 0)), (Some(1), None));
        assert_eq!(taken(&mut queue, -2 * Ms::DAY), Some(2));
        queue.push(OutId(3), OutMessage { not_before: Ms(900), ..message(3, OutLane::Reply) }, false, None);
        assert_eq!(taken(&mut queue, 0), Some(3));
    }

    #[test]
    fn what_was_not_asked_for_can_be_dropped_and_a_forgotten_person_has_nothing() {
        let mut queue = Queue::default();
        let lanes = [OutLane::Reply, OutLane::Reminder, OutLane::Reply, OutLane::Reminder];
        for (id, lane) in (1..).zip(lanes) {
            queue.push(OutId(id), message(7, lane), id == 4, None);
        }
        assert_eq!([taken(&mut queue, 0), taken(&mut queue, 0)], [Some(1), Some(2)]);
        assert_eq!(queue.unasked(PeerId(7)), [OutId(4)]);
        queue.drop_behind(PeerId(7), &[OutId(4), OutId(3), OutId(1)]);
        assert_eq!((queue.messages.len(), queue.doubts()), (3, 0));
        queue.forget(PeerId(7));
        queue.finished(OutId(1));
        assert_eq!((queue.messages.len(), taken(&mut queue, 9)), (0, None));
    }
}
