//! What the night had to tell of a page, said as it stands when it leaves: nothing of what is over.

use vkapi::types::GroupId;

use super::{Known, Need, Seen, Talk, nudge, told};
use crate::domain::{
    Day, Ms, Reminder, What,
    page::{State, Week},
};

/// Days without a post after which nobody can make up for the week any more.
const OVER: i64 = 7;

/// That a page is silent: with the days as they are now, and nothing if somebody has written since.
pub(super) fn silence(
    talk: &Talk<'_>,
    page: GroupId,
    name: &str,
    last: Ms,
    asked: u8,
) -> Result<Option<String>, Need> {
    let newest = match talk.known(Need::LastPost(page))? {
        Known::LastPost(Some(at)) => (*at).max(last),
        _ => last,
    };
    let days = (talk.now().0 - last.0) / Ms::DAY;
    if newest > last || days >= OVER {
        return Ok(None);
    }
    let args = [("page", name.into()), ("days", days.into()), ("asked", asked.into())];
    Ok(Some(talk.f("silence-alarm", &args)))
}

/// That a page has missed its norm for weeks; nothing once it keeps to it again.
pub(super) fn misses(talk: &Talk<'_>, page: GroupId) -> Result<Option<String>, Need> {
    let monday = talk.today().monday();
    let Some(seen) = seen(talk, page)? else { return Ok(None) };
    let over = seen.weeks.iter().rev().filter(|week| week.from < monday).enumerate();
    // A week that is not known ends the row.
    let below = over.take_while(|(back, week)| {
        week.from.0 == monday.0 - 7 * (*back as i32 + 1) && week.posts < u16::from(week.asked)
    });
    let below: Vec<&Week> = below.map(|(_, week)| week).collect();
    let Some(week) = below.first() else { return Ok(None) };
    let args = [
        ("page", seen.page.name.clone().into()),
        ("weeks", below.len().into()),
        ("asked", week.asked.into()),
    ];
    Ok(Some(talk.f("misses-warning", &args)))
}

/// That readers wait for an answer, with the question that waits longest.
pub(super) fn question(talk: &Talk<'_>, page: GroupId) -> Result<Option<String>, Need> {
    let Some(seen) = seen(talk, page)? else { return Ok(None) };
    let Some(waiting) = nudge::waiting(talk, seen) else { return Ok(None) };
    // The word of the week that comes today tells it too.
    let today = talk.today();
    let comes = |r: &Reminder| r.what == What::Nudge && Day::from(talk.zone().local(r.due).date()) == today;
    if talk.reminders().iter().any(comes) {
        return Ok(None);
    }
    let args = [
        ("page", seen.page.name.clone().into()),
        ("count", waiting.count.into()),
        ("since", told::date(talk, waiting.since).into()),
        ("link", waiting.oldest.link(page).into()),
    ];
    Ok(Some(talk.f("question-alarm", &args)))
}

/// That nobody sees a page any more; nothing once it is seen again.
pub(super) fn shut(talk: &Talk<'_>, page: GroupId, state: State) -> Result<Option<String>, Need> {
    let Some(seen) = seen(talk, page)? else { return Ok(None) };
    if seen.sight.as_ref().is_none_or(|sight| sight.state != state) {
        return Ok(None);
    }
    let key = match state {
        State::New | State::Open => return Ok(None),
        State::Closed => "shut-closed",
        State::NoWall => "shut-no-wall",
        State::Deleted | State::Banned | State::Gone => "shut-gone",
    };
    Ok(Some(talk.f(key, &[("page", seen.page.name.clone().into())])))
}

/// What is kept of a page of hers; nothing if she runs it no more.
fn seen<'a>(talk: &Talk<'a>, page: GroupId) -> Result<Option<&'a Seen>, Need> {
    Ok(nudge::pages(talk)?.pages.iter().find(|seen| seen.page.id == page))
}
