//! What people said of their pages that no machine sees, and a curator's word on it.

use vkapi::types::GroupId;

use super::{Action, Choice, Known, Need, Screen, Talk, Tell, menu, page, router::Step, short, staff};
use crate::domain::{
    Place, Role,
    page::{Aspect, Page, Word},
};

/// Pages a screen shows.
const PAGES: usize = 5;
/// Words a screen has buttons for.
const WORDS: usize = 4;
/// What no machine sees, and what VK happens not to show of some pages.
pub(super) const UNSEEN: [Aspect; 5] =
    [Aspect::Badge, Aspect::Connected, Aspect::Tiles, Aspect::Cover, Aspect::Avatar];

/// Her words of a page that nobody has confirmed.
pub(crate) fn waiting(page: &Page) -> impl Iterator<Item = &Word> {
    page.said.iter().filter(|word| UNSEEN.contains(&word.what) && word.yes && !word.confirmed)
}

/// She is a curator where the page is.
fn mine(talk: &Talk<'_>, page: &Page) -> bool {
    talk.scene().rights.covers(Role::Curator, &Place::of_page(page))
}

/// The pages of hers with such words.
pub(super) fn claimed<'a>(talk: &Talk<'a>) -> Result<Vec<&'a Page>, Need> {
    match talk.known(Need::Claimed)? {
        Known::Contested(pages) => Ok(pages.iter().filter(|page| mine(talk, page)).collect()),
        _ => Ok(Vec::new()),
    }
}

/// The list of them.
pub(super) fn list(talk: &mut Talk<'_>) -> Step {
    let pages = claimed(talk)?;
    let mut screen = Screen::text(talk.t(if pages.is_empty() { "claims-none" } else { "claims-title" }));
    for page in pages.iter().take(PAGES) {
        screen = screen.row([Choice::new(short(&page.name, 40), Action::Claim { g: page.id })]);
    }
    talk.show(screen.row([talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)]));
    Ok(())
}

/// What was said of one page.
pub(super) fn one(talk: &mut Talk<'_>, id: GroupId) -> Step {
    let Known::Registered(Some(page)) = talk.known(Need::Registered(id))? else { return list(talk) };
    let mine = mine(talk, page);
    if staff::may(talk, mine) {
        drawn(talk, page);
    }
    Ok(())
}

fn drawn(talk: &mut Talk<'_>, page: &Page) {
    let mut lines = vec![page::title(&page.named()), talk.t("claims-look")];
    let mut screen = Screen::default();
    let mut said: Vec<(Aspect, &Word)> =
        UNSEEN.into_iter().filter_map(|what| Some((what, page.word(what)?))).collect();
    // What waits for her comes first: there are not buttons for all.
    said.sort_by_key(|(_, word)| word.confirmed);
    for (n, (what, word)) in said.into_iter().enumerate() {
        let name = talk.t(&format!("audit-what-{what}"));
        let key = match (word.confirmed, word.yes) {
            (true, true) => "standing-confirmed",
            (true, false) => "standing-confirmed-no",
            (false, true) => "claims-yes",
            (false, false) => "claims-no",
        };
        let said = talk.f(key, &[("who", page::person(word.by).into())]);
        lines.push(talk.f("claims-line", &[("what", name.clone().into()), ("said", said.into())]));
        let (g, w) = (page.id, what.slug().to_owned());
        if n >= WORDS {
            continue;
        }
        screen = screen.row([
            Choice::new(
                talk.f("claims-confirm", &[("what", name.clone().into())]),
                Action::ClaimSay { g, w: w.clone(), yes: true },
            )
            .good(),
            Choice::new(
                talk.f("claims-deny", &[("what", name.into())]),
                Action::ClaimSay { g, w, yes: false },
            ),
        ]);
    }
    screen.text = lines.join("\n");
    talk.show(screen.row([talk.choice("back", Action::Claims), menu::home(talk)]));
}

/// Her word is so, or is not: from now on it is a curator's, and nobody who runs the page changes it.
pub(super) fn say(talk: &mut Talk<'_>, id: GroupId, what: &str, yes: bool) -> Step {
    let Known::Registered(Some(kept)) = talk.known(Need::Registered(id))? else { return list(talk) };
    let mine = mine(talk, kept);
    if !staff::may(talk, mine) {
        return Ok(());
    }
    let Some(what) = UNSEEN.into_iter().find(|unseen| unseen.slug() == what) else { return one(talk, id) };
    let mut page = Page::clone(kept);
    let before = page.word(what).copied();
    page.say(Word { what, yes, by: talk.person.id, confirmed: true, at: talk.now() });
    let key = if yes { "claims-told-yes" } else { "claims-told-no" };
    let args = [("what", talk.t(&format!("audit-what-{what}")).into()), ("page", page.name.clone().into())];
    let text = talk.f(key, &args);
    let me = talk.person.id;
    for to in page.present().map(|admin| admin.person).filter(|person| *person != me) {
        talk.tell(Tell { to, text: text.clone() });
    }
    let log = if yes { "page-confirm" } else { "page-deny" };
    talk.audit_of(log, format!("{what} of {id}"), before.as_ref(), page.word(what));
    page::put(talk, page.clone());
    drawn(talk, &page);
    Ok(())
}
