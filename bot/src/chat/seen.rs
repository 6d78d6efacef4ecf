//! Steps of checklists that tick and untick themselves: what the last look at her page says of them.

use super::{Talk, told};
use crate::{
    content::{Check, Step},
    domain::{
        Ms,
        page::{Aspect, Shown, Sight},
    },
};

/// A look older than this says nothing of today.
const FRESH: i64 = 8 * Ms::DAY;
/// A description of so many characters tells who one is and what for. Our own threshold.
const DESCRIPTION: u32 = 200;

/// What the bot saw of a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saw {
    /// It is done.
    pub(super) there: bool,
    /// When the page was looked at.
    pub(super) at: Ms,
    shown: Shown,
    page: i64,
}

/// What of a page a step asks for.
fn aspect(list: &str, step: &str) -> Option<Aspect> {
    Some(match (list, step) {
        ("launch", "open") => Aspect::Open,
        ("launch", "short-address") => Aspect::ShortName,
        ("launch", "widgets") => Aspect::Tiles,
        ("launch" | "design", "pinned") => Aspect::Pinned,
        ("design", "avatar") => Aspect::Avatar,
        ("design", "cover") => Aspect::Cover,
        ("design", "description") => Aspect::Description,
        ("design", "phone") => Aspect::Phone,
        ("design", "email") => Aspect::Email,
        ("design", "site") => Aspect::Site,
        ("design", "map") => Aspect::Address,
        ("design", "category") => Aspect::Topic,
        ("weekly", "three-posts") | ("summer", "once-a-week") => Aspect::Posts,
        ("weekly", "fresh") => Aspect::Fresh,
        ("weekly", "own-post") => Aspect::Own,
        ("weekly", "picture") => Aspect::Visual,
        ("weekly", "other-format") => Aspect::Formats,
        ("weekly", "length") => Aspect::Readable,
        _ => return None,
    })
}

/// What the last look at the page she is asked about says of a step; `None` if it says nothing.
pub(super) fn saw(talk: &Talk<'_>, list: &str, step: &Step) -> Option<Saw> {
    if !matches!(step.check, Check::Auto | Check::Hint) {
        return None;
    }
    let page = talk.person.page()?.id;
    let (_, sight) = super::page::kept(talk, page)?;
    let sight = sight.as_ref()?;
    let at = sight.read.filter(|at| talk.now().0 - at.0 < FRESH)?;
    if let Some(there) = besides(sight, list, &step.id) {
        return Some(Saw { there, at, shown: Shown::Page, page: page.0 });
    }
    let found = sight.found(aspect(list, &step.id)?)?;
    let there = match (list, found.what, found.shown) {
        ("summer", Aspect::Posts, Shown::Count(posts)) => posts > 0,
        // The step says three, whatever the norm of the page is.
        ("weekly", Aspect::Posts, Shown::Count(posts)) => posts >= 3,
        (_, Aspect::Description, Shown::Count(characters)) => characters >= DESCRIPTION,
        _ => found.there,
    };
    Some(Saw { there, at, shown: found.shown, page: page.0 })
}

/// What is known of a page beside its aspects: whether people may comment, and the numbers of a month, which are
/// gathered for her report.
fn besides(sight: &Sight, list: &str, step: &str) -> Option<bool> {
    match (list, step) {
        ("comments", "open") | ("weekly", "comments-open") => sight.comments,
        ("monthly-report", "members") => sight.month?.members.map(|_| true),
        ("monthly-report", "posts" | "reactions") => sight.month.map(|_| true),
        _ => None,
    }
}

/// The numbers of the last four weeks that a step of the month's report asks for.
fn numbers(talk: &Talk<'_>, list: &str, step: &str) -> Option<String> {
    let page = talk.person.page()?.id;
    let (_, sight) = super::page::kept(talk, page)?;
    let month = sight.as_ref()?.month?;
    match (list, step) {
        ("monthly-report", "members") => {
            let (before, now) = month.members?;
            Some(talk.f("seen-members", &[("before", before.into()), ("now", now.into())]))
        }
        ("monthly-report", "posts") => Some(talk.f("seen-posts", &[("posts", month.posts.into())])),
        ("monthly-report", "reactions") => {
            let args = [
                ("views", month.views.into()),
                ("likes", month.likes.into()),
                ("comments", month.comments.into()),
                ("reposts", month.reposts.into()),
            ];
            Some(talk.f("seen-reactions", &args))
        }
        _ => None,
    }
}

/// A step that is done: of what the bot sees itself by what it saw, of everything else by her own tick.
pub(super) fn is_done(talk: &Talk<'_>, list: &str, step: &Step) -> bool {
    let own = talk.ticked(list, &step.id).is_some();
    match (step.check, saw(talk, list, step)) {
        (Check::Auto, Some(saw)) => saw.there,
        _ => own,
    }
}

/// What was seen in words, with the time of the look; nothing where it has nothing to add to her own tick.
pub(super) fn line(talk: &Talk<'_>, list: &str, step: &Step) -> Option<String> {
    let saw = saw(talk, list, step)?;
    if let Some(numbers) = numbers(talk, list, &step.id) {
        return Some(numbers);
    }
    let own = talk.ticked(list, &step.id).is_some_and(|tick| !tick.seen);
    let when = ("when", told::moment(talk, saw.at).into());
    let key = match (step.check, saw.there, own) {
        (Check::Auto, true, _) => match saw.shown {
            Shown::Page => "seen-there",
            Shown::Count(count) => return Some(talk.f("seen-count", &[("count", count.into()), when])),
            Shown::Post(post) => {
                let link = format!("vk.ru/wall-{}_{post}", saw.page);
                return Some(talk.f("seen-post", &[("post", link.into()), when]));
            }
        },
        (Check::Auto, false, false) => "seen-not-there",
        (Check::Auto, false, true) => "seen-not-though",
        (_, true, false) => "seen-hint",
        _ => return None,
    };
    Some(talk.f(key, &[when]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::tests::CONTENT,
        domain::page::{Found, Month},
    };

    #[test]
    fn every_step_that_ticks_itself_has_something_it_is_seen_by() {
        let mut sight = Sight::new(vkapi::types::GroupId(5), Ms(0));
        sight.comments = Some(true);
        sight.month = Some(Month { members: Some((1, 2)), ..Month::default() });
        let found = |(_, what): &(&str, Aspect)| Found { what: *what, there: true, shown: Shown::Page };
        sight.found = Aspect::ALL.iter().map(found).collect();
        for list in CONTENT.checklists() {
            for step in list.steps.iter().filter(|s| matches!(s.check, Check::Auto | Check::Hint)) {
                let by_aspect = aspect(&list.id, &step.id).is_some_and(|what| sight.found(what).is_some());
                let seen = by_aspect || besides(&sight, &list.id, &step.id).is_some();
                assert!(seen, "{}.{} says that the bot sees it, and nothing does", list.id, step.id);
            }
        }
    }
}
