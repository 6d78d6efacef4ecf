//! What is remembered of nudges, so that none is given twice running and none against her will.

use vkapi::types::GroupId;

use super::Nudge;
use crate::domain::{
    Day,
    page::{Advised, Answer, Nudged},
};

/// An advice declined so often is not given again.
pub(super) const DECLINES: u8 = 3;
/// How long an advice that was answered rests, in days from the Monday of the week its message was about: that came a
/// week later, and she was promised a month.
pub(super) const REST: i32 = 35;

/// Notes that a nudge was given.
pub fn remember(nudged: &mut Nudged, nudge: &Nudge<'_>) {
    let given = nudge.chosen.iter().map(|chosen| Advised {
        advice: chosen.advice.id.clone(),
        page: chosen.page.id,
        week: nudge.week,
        answer: None,
    });
    let mut advised: Vec<Advised> = given.collect();
    advised.append(&mut nudged.advised);
    advised.truncate(Nudged::ADVISED);
    nudged.advised = advised;
    nudged.week = Some(nudge.week);
    nudged.turns = nudged.turns.wrapping_add(1);
}

/// Notes her answer to an advice she was given; `false` if it was not given, or she said the same before. «Не
/// сейчас» is counted once for each time the advice was given.
pub fn answered(nudged: &mut Nudged, page: GroupId, advice: &str, answer: Answer) -> bool {
    let given = nudged.advised.iter_mut().find(|a| a.advice == advice && a.page == page);
    let Some(given) = given.filter(|given| given.answer != Some(answer)) else { return false };
    given.answer = Some(answer);
    if answer == Answer::Later {
        match nudged.declined.iter_mut().find(|(id, _)| id == advice) {
            Some((_, times)) => *times = times.saturating_add(1),
            None => nudged.declined.push((advice.to_owned(), 1)),
        }
    }
    true
}

/// Whether an advice may be given for a page now. What she did rests for that page; what she did not want, and what was
/// in the last message, for all of hers: it would be the same words to the same person.
pub(super) fn may(nudged: &Nudged, page: GroupId, advice: &str, today: Day) -> bool {
    let declined = nudged.declined.iter().find(|(id, _)| id == advice).map_or(0, |(_, times)| *times);
    let before = |page: Option<GroupId>| {
        let of = move |a: &&Advised| a.advice == advice && page.is_none_or(|page| a.page == page);
        nudged.advised.iter().filter(of)
    };
    let lately = |given: &&Advised| today.0 - given.week.0 < REST;
    let done = before(Some(page)).next().filter(lately).is_some_and(|a| a.answer == Some(Answer::Done));
    let put_off = before(None).filter(lately).any(|a| a.answer == Some(Answer::Later));
    let running = before(None).next().is_some_and(|before| Some(before.week) == nudged.week);
    declined < DECLINES && !done && !put_off && !running
}

/// How often an advice was given for any page, as far as that is remembered: its wordings take turns by it.
pub(super) fn times(nudged: &Nudged, advice: &str) -> usize {
    nudged.advised.iter().filter(|a| a.advice == advice).count()
}

/// The week an advice was last given for any page.
pub(super) fn last(nudged: &Nudged, advice: &str) -> Option<Day> {
    nudged.advised.iter().find(|a| a.advice == advice).map(|a| a.week)
}
