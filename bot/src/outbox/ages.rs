//! How old messages are at least: what is too old to be edited is said anew at once, and VK is not asked in vain.

use std::collections::HashMap;

use vkapi::types::{Cmid, PeerId};

use crate::domain::Ms;

/// VK edits messages that are no older, in milliseconds: a day by Salebot's help; VK's own pages name only the error, 909. If
/// it were more, a message would be said anew instead of changed, and nothing lost.
const EDITABLE: i64 = Ms::DAY;
/// So many conversations are remembered, then anew: what is not known costs one call.
const MOST: usize = 50_000;

/// Of conversations by when which message was there; only of this process, for VK knows it as well.
#[derive(Debug, Default)]
pub(super) struct Ages(HashMap<PeerId, Marks>);

/// Numbers within a conversation rise, so all up to a number were there when it was.
#[derive(Debug, Default)]
struct Marks {
    /// All up to this number are too old.
    old: i64,
    /// Newer ones by when they were there, one for an hour at most; both rise.
    newer: Vec<(i64, Ms)>,
}

impl Ages {
    /// This message was there at this moment.
    pub(super) fn was_there(&mut self, peer: PeerId, cmid: Cmid, at: Ms) {
        if cmid.0 <= 0 {
            return;
        }
        if self.0.len() >= MOST && !self.0.contains_key(&peer) {
            self.0.clear();
        }
        let marks = self.0.entry(peer).or_default();
        marks.pass(at);
        match marks.newer.last_mut() {
            // There since then already.
            Some((last, _)) if *last >= cmid.0 => {}
            Some((last, when)) if at.0 / Ms::HOUR == when.0 / Ms::HOUR => (*last, *when) = (cmid.0, at),
            Some((_, when)) if *when > at => {}
            None if marks.old >= cmid.0 => {}
            _ => {
                marks.newer.reserve_exact(1);
                marks.newer.push((cmid.0, at));
            }
        }
    }

    /// VK says that this message is too old.
    pub(super) fn is_past(&mut self, peer: PeerId, cmid: Cmid) {
        let marks = self.0.entry(peer).or_default();
        marks.old = marks.old.max(cmid.0);
    }

    /// VK would not edit this message by now; false as well where that is not known.
    pub(super) fn is_too_old(&mut self, peer: PeerId, cmid: Cmid, now: Ms) -> bool {
        self.0.get_mut(&peer).is_some_and(|marks| {
            marks.pass(now);
            cmid.0 <= marks.old
        })
    }

    /// Nothing is known of this conversation any more.
    pub(super) fn forget(&mut self, peer: PeerId) {
        self.0.remove(&peer);
    }
}

impl Marks {
    fn pass(&mut self, now: Ms) {
        let past = self.newer.iter().take_while(|(_, when)| now.0 - when.0 > EDITABLE).count();
        for (cmid, _) in self.newer.drain(..past) {
            self.old = self.old.max(cmid);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HER: PeerId = PeerId(1);
    const START: Ms = Ms(1_789_963_200_000);

    #[test]
    fn a_message_is_too_old_a_day_after_it_was_seen_and_so_are_all_before_it() {
        let mut ages = Ages::default();
        assert!(!ages.is_too_old(HER, Cmid(5), START), "nothing is known");
        ages.was_there(HER, Cmid(5), START);
        ages.was_there(HER, Cmid(9), START.plus(3 * Ms::HOUR));
        ages.was_there(HER, Cmid(5), START.plus(20 * Ms::HOUR));
        let day = START.plus(Ms::DAY);
        assert!(!ages.is_too_old(HER, Cmid(5), day), "VK edits it to the end of the day");
        let after = day.plus(1);
        assert!(ages.is_too_old(HER, Cmid(5), after) && ages.is_too_old(HER, Cmid(2), after));
        assert!(!ages.is_too_old(HER, Cmid(6), after), "it came at any moment up to the next that was seen");
        assert!(ages.is_too_old(HER, Cmid(6), after.plus(3 * Ms::HOUR)));
        assert!(
            !ages.is_too_old(HER, Cmid(10), after.plus(90 * Ms::DAY))
                && !ages.is_too_old(PeerId(2), Cmid(1), after)
        );
        ages.is_past(HER, Cmid(40));
        assert!(ages.is_too_old(HER, Cmid(40), START));
        ages.forget(HER);
        assert!(!ages.is_too_old(HER, Cmid(5), after));
    }

    #[test]
    fn of_a_conversation_an_hour_takes_one_mark_and_a_day_a_bounded_number_of_them() {
        let mut ages = Ages::default();
        for minute in 0..10_000 {
            let at = START.plus(minute * Ms::MINUTE);
            ages.was_there(HER, Cmid(minute + 1), at);
            // Nothing is said to be too old before VK says so.
            let oldest = ages.0[&HER].old;
            assert!(oldest <= (minute - 24 * 60).max(0), "{minute}: {oldest}");
        }
        assert!(ages.0[&HER].newer.len() <= 26 && ages.0[&HER].old > 10_000 - 26 * 60);
        for peer in 2..=(MOST as i64 + 10) {
            ages.was_there(PeerId(peer), Cmid(1), START);
        }
        assert!(ages.0.len() <= MOST);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_older() {
        let mut ages = Ages::default();
        ages.was_there(HER, Cmid(5), START.plus(5 * Ms::DAY));
        ages.was_there(HER, Cmid(7), START);
        assert!(!ages.is_too_old(HER, Cmid(7), START.plus(2 * Ms::DAY)));
        assert!(!ages.is_too_old(HER, Cmid(5), START.plus(2 * Ms::DAY)));
    }
}
