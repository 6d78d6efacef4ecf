//! Which of all advice is worth her minutes now.

use super::{Chosen, Ground, MOST, Subject, memory};
use crate::{
    content::{Advice, Lesson},
    domain::page::{Aspect, Week},
};

/// Good things that bring no points by most norms, in the order they are spoken of.
const BESIDES: [Aspect; 12] = [
    Aspect::Open,
    Aspect::Own,
    Aspect::Visual,
    Aspect::Phone,
    Aspect::Pinned,
    Aspect::Site,
    Aspect::Address,
    Aspect::ShortName,
    Aspect::Email,
    Aspect::Topic,
    Aspect::Formats,
    Aspect::Readable,
];

/// Up to three things to do, the most effect for a minute first; of several pages each has its best one before any has
/// its second.
pub(super) fn choose<'a>(ground: &Ground<'a>, subjects: &[&Subject<'a>]) -> Vec<Chosen<'a>> {
    let lists: Vec<Vec<Chosen<'a>>> = subjects.iter().map(|subject| of_page(ground, subject)).collect();
    let deepest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let in_turn = (0..deepest).flat_map(|n| lists.iter().filter_map(move |list| list.get(n)));
    let mut chosen: Vec<Chosen<'a>> = Vec::new();
    for one in in_turn {
        // Two pages with the same words would read like a form letter.
        if chosen.len() < MOST && chosen.iter().all(|other| other.advice.id != one.advice.id) {
            chosen.push(*one);
        }
    }
    best_first(&mut chosen);
    chosen
}

/// The lesson that mends the weakest place: that of the first thing to do which has one she has not gone through.
pub(super) fn lesson<'a>(ground: &Ground<'a>, chosen: &[Chosen<'a>]) -> Option<&'a Lesson> {
    let ids = chosen.iter().filter_map(|chosen| chosen.advice.lesson.as_deref());
    ids.filter(|id| !ground.passed.contains(id)).find_map(|id| ground.content.lesson(id))
}

/// Something may still be made better, whether or not there is advice on it now.
pub(super) fn is_left(subjects: &[&Subject<'_>]) -> bool {
    let lacks = |subject: &&Subject<'_>| {
        let missing = subject.found.iter().any(|f| !f.there && BESIDES.contains(&f.what));
        missing || subject.weeks.last().is_some_and(|w| !w.lacks.is_empty() || w.posts < u16::from(w.asked))
    };
    subjects.iter().any(lacks)
}

/// How many times a thing is to be done before it brings its points: posts bring theirs all at once, with the last of
/// those that are asked for.
fn times(week: &Week, what: Aspect) -> u16 {
    if what == Aspect::Posts { u16::from(week.asked).saturating_sub(week.posts).max(1) } else { 1 }
}

/// All that may be advised for a page, best first, one advice for each thing.
fn of_page<'a>(ground: &Ground<'a>, subject: &Subject<'a>) -> Vec<Chosen<'a>> {
    let Some(week) = subject.weeks.last() else { return Vec::new() };
    let lacks = week.lacks.iter().map(|lack| (lack.what, lack.points));
    // Of a week without posts nobody's views can be mended.
    let lacks = lacks.filter(|(what, _)| *what != Aspect::Views || week.posts > 0);
    let missing = |what: &Aspect| subject.found.iter().any(|f| f.what == *what && !f.there);
    let told = |what: &Aspect| week.lacks.iter().any(|lack| lack.what == *what);
    // What a week's posts lack is no advice for a week without posts.
    let of_posts = |what: &Aspect| {
        matches!(what, Aspect::Own | Aspect::Visual | Aspect::Formats | Aspect::Readable) && week.posts == 0
    };
    let besides = BESIDES.into_iter().filter(|what| missing(what) && !told(what) && !of_posts(what));
    // A page that has no score yet lacks nothing by it, and still should write.
    let few = (week.posts < u16::from(week.asked) && !told(&Aspect::Posts)).then_some(Aspect::Posts);
    let wanted = lacks.chain(few.into_iter().chain(besides).map(|what| (what, 0)));
    let mut chosen: Vec<Chosen<'a>> = wanted
        .filter_map(|(what, points)| {
            let advice = freshest(ground, subject, what)?;
            Some(Chosen { page: subject.page, advice, points, times: times(week, what) })
        })
        .collect();
    best_first(&mut chosen);
    chosen
}

/// The most points for a minute first; stable, so that what brings none keeps its order.
fn best_first(chosen: &mut [Chosen<'_>]) {
    // a/b > c/d as a·d > c·b: no fractions, no ties by rounding.
    chosen.sort_by_key(|c| {
        let minutes = u32::from(c.advice.minutes.max(1)) * u32::from(c.times);
        std::cmp::Reverse(u32::from(c.points) * 10_000 / minutes)
    });
}

/// The advice for one thing that may be given and was given longest ago.
fn freshest<'a>(ground: &Ground<'a>, subject: &Subject<'a>, what: Aspect) -> Option<&'a Advice> {
    let page = subject.page.id;
    let all: Vec<&'a Advice> = ground.content.advice().iter().filter(|a| a.mends == what).collect();
    // Pages begin at different places, so that one message does not ask the same of two.
    let turn = usize::from(ground.nudged.turns) + (ground.seed as usize + page.0 as usize) % all.len().max(1);
    let rotated = (0..all.len()).filter_map(|n| all.get((n + turn) % all.len()));
    let may = rotated.filter(|a| memory::may(ground.nudged, page, &a.id, ground.today.into()));
    // `min_by_key` takes the first of equals, and `None` comes before any week.
    may.min_by_key(|a| memory::last(ground.nudged, &a.id)).copied()
}
