//! A curator's word on who runs a page, where more than one person says so.

use vkapi::types::{GroupId, UserId};

use super::{
    Action, Choice, Known, Need, Screen, Talk, Tell, claims, menu, page, router::Step, short, staff,
};
use crate::domain::{
    Place, Role,
    page::{Admin, Page, Proof},
};

/// Pages a screen shows.
const PAGES: usize = 5;
/// People a screen has buttons for: two each, of ten that VK takes.
const PEOPLE: usize = 4;

/// She is a curator where the page is.
fn mine(talk: &Talk<'_>, page: &Page) -> bool {
    talk.scene().rights.covers(Role::Curator, &Place::of_page(page))
}

/// The pages of hers that several people run of whom somebody is not confirmed.
pub(super) fn contested<'a>(talk: &Talk<'a>) -> Result<Vec<&'a Page>, Need> {
    match talk.known(Need::Contested)? {
        Known::Contested(pages) => Ok(pages.iter().filter(|page| mine(talk, page)).collect()),
        _ => Ok(Vec::new()),
    }
}

/// The list of them.
pub(super) fn list(talk: &mut Talk<'_>) -> Step {
    let role = talk.scene().role;
    if !staff::may(talk, role.is_staff()) {
        return Ok(());
    }
    let pages = contested(talk)?;
    let text = if pages.is_empty() { "runners-none" } else { "runners-title" };
    let mut screen = Screen::text(talk.t(text));
    for page in pages.iter().take(PAGES) {
        screen = screen.row([Choice::new(short(&page.name, 40), Action::Runner { g: page.id })]);
    }
    let mut last = vec![talk.choice("menu-cabinet", Action::Cabinet), menu::home(talk)];
    let claimed = claims::claimed(talk)?.len();
    if claimed > 0 {
        last.insert(0, Choice::new(talk.f("claims-open", &[("count", claimed.into())]), Action::Claims));
    }
    talk.show(screen.row(last));
    Ok(())
}

/// Who runs one page, and why that is believed.
pub(super) fn one(talk: &mut Talk<'_>, id: GroupId) -> Step {
    let Known::Registered(Some(page)) = talk.known(Need::Registered(id))? else { return list(talk) };
    let mine = mine(talk, page);
    if staff::may(talk, mine) {
        drawn(talk, page);
    }
    Ok(())
}

fn drawn(talk: &mut Talk<'_>, page: &Page) {
    let mut lines = vec![page::title(&page.named())];
    let mut screen = Screen::default();
    for (n, admin) in page.admins.iter().enumerate() {
        let since = talk.zone().local(admin.since).date().strftime("%d.%m.%Y").to_string();
        let key = match (admin.until, admin.proof) {
            (Some(_), _) => "runner-was",
            (None, Proof::None) => "runner-says",
            (None, Proof::Code(_)) => "runner-code",
            (None, Proof::Curator { .. }) => "runner-curator",
        };
        let args =
            [("n", (n + 1).into()), ("who", page::person(admin.person).into()), ("since", since.into())];
        lines.push(talk.f(key, &args));
        if admin.until.is_none() && screen.rows.len() < PEOPLE {
            let (g, u) = (page.id, admin.person);
            let mut row = Vec::new();
            if !admin.proof.is_there() {
                let label = talk.f("runner-yes", &[("n", (n + 1).into())]);
                row.push(Choice::new(label, Action::RunnerYes { g, u }).good());
            }
            row.push(Choice::new(talk.f("runner-no", &[("n", (n + 1).into())]), Action::RunnerNo { g, u }));
            screen = screen.row(row);
        }
    }
    screen.text = lines.join("\n");
    talk.show(screen.row([talk.choice("back", Action::Runners), menu::home(talk)]));
}

/// Confirms that somebody runs a page, or that she does no more.
pub(super) fn say(talk: &mut Talk<'_>, id: GroupId, who: UserId, yes: bool) -> Step {
    let Known::Registered(Some(kept)) = talk.known(Need::Registered(id))? else { return list(talk) };
    let mine = mine(talk, kept);
    if !staff::may(talk, mine) {
        return Ok(());
    }
    let (by, at) = (talk.person.id, talk.now());
    let mut page = Page::clone(kept);
    let Some(admin) = page.admin_mut(who) else { return one(talk, id) };
    let before = *admin;
    let key = if yes {
        admin.proof = Proof::Curator { by, at };
        "runner-told-yes"
    } else {
        admin.until = Some(at);
        "runner-told-no"
    };
    let after: Admin = *admin;
    let text = talk.f(key, &[("page", page::title(&page.named()).into())]);
    talk.tell(Tell { to: who, text });
    let what = if yes { "page-admin" } else { "page-no-admin" };
    talk.audit_of(what, format!("{who} of {id}"), Some(&before), Some(&after));
    page::put(talk, page.clone());
    drawn(talk, &page);
    Ok(())
}
