//! How her page stands among those of its sphere and size: what is usual there, its place, and whether it is named.

use vkapi::types::GroupId;

use super::{Action, Known, Need, Screen, Talk, menu, nudge, page, router::Step};
use crate::{
    domain::{
        league::{self, LEAST, League},
        page::{Aspect, Page, Word},
    },
    store::Expect,
};

/// The page among its peers.
pub(super) fn open(talk: &mut Talk<'_>, id: i64) -> Step {
    let Some(mine) = mine(talk, id)? else { return page::open(talk) };
    let named = mine.word(Aspect::Named).is_some_and(|word| word.yes);
    show(talk, &mine, named)
}

fn mine(talk: &mut Talk<'_>, id: i64) -> Result<Option<Page>, Need> {
    let hers = nudge::pages(talk)?;
    let kept = hers.pages.iter().filter_map(|seen| seen.kept.as_ref());
    let found = kept.into_iter().find(|kept| kept.id == GroupId(id) && kept.admin(talk.person.id).is_some());
    if found.is_none() {
        page::not_hers(talk, GroupId(id))?;
    }
    Ok(found.cloned())
}

fn show(talk: &mut Talk<'_>, mine: &Page, named: bool) -> Step {
    let Known::Peers(all) = talk.known(Need::Peers(mine.id))? else { return Ok(()) };
    let mut lines = vec![talk.f("peers-title", &[("page", mine.name.clone().into())])];
    match league::of(all, mine.id) {
        None => lines.push(talk.f("peers-few", &[("least", LEAST.into())])),
        Some(league) => lines.extend(told(talk, &league)),
    }
    lines.push(String::new());
    lines.push(talk.t(if named { "peers-named" } else { "peers-unnamed" }));
    let toggle = if named { "peers-hide" } else { "peers-name" };
    let screen = Screen::text(lines.join("\n"))
        .row([talk.choice(toggle, Action::PeersName { p: mine.id.0, on: !named })])
        .row([talk.choice("back", Action::Standing { p: mine.id.0 }), menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

fn told(talk: &Talk<'_>, league: &League) -> Vec<String> {
    let mut lines = vec![talk.f("peers-count", &[("count", league.peers.into())])];
    lines.extend(
        league.score.map(|n| talk.f("peers-score", &[("n", n.into()), ("mine", told_of(league.mine.0))])),
    );
    lines.extend(
        league.posts.map(|n| talk.f("peers-posts", &[("n", n.into()), ("mine", told_of(league.mine.1))])),
    );
    lines.extend(
        league.views.map(|n| talk.f("peers-views", &[("n", n.into()), ("mine", told_of(league.mine.2))])),
    );
    lines.push(String::new());
    let of = league.peers + 1;
    lines.push(talk.f("peers-place", &[("place", league.place.into()), ("of", of.into())]));
    for (place, name) in &league.named {
        lines.push(talk.f("peers-ahead", &[("place", (*place).into()), ("page", name.clone().into())]));
    }
    lines
}

fn told_of(n: Option<u32>) -> crate::content::Arg {
    n.map_or_else(|| "—".to_owned(), |n| n.to_string()).into()
}

/// Whether the page may be named to others of its league: her word, which she takes back as easily.
pub(super) fn name(talk: &mut Talk<'_>, id: i64, on: bool) -> Step {
    let Some(mut mine) = mine(talk, id)? else { return page::open(talk) };
    show(talk, &mine, on)?;
    talk.expect(Expect::PageRev(mine.id, mine.rev));
    mine.say(Word { what: Aspect::Named, yes: on, by: talk.person.id, confirmed: false, at: talk.now() });
    talk.op(crate::store::Op::PutPage(Box::new(mine)));
    talk.toast(talk.t(if on { "peers-named-toast" } else { "peers-hidden-toast" }));
    Ok(())
}
