//! Her pages: which she runs, what is known of each, and why it is believed that she runs it.

use vkapi::types::{GroupId, UserId};

use super::{
    Action, Choice, CodeSeen, Known, Need, PageCard, PageFault, Screen, Seen, Talk, Tell, interview, menu,
    nudge, router::Step, short, standing, told,
};
use crate::{
    domain::{
        Form, PageRef,
        page::{Admin, Example, Page, Proof, Sight, Watch},
    },
    store::{Expect, Op},
};

/// The most pages a person may run with the bot: a button each.
const MOST: usize = 8;

/// A page as it is named to people.
pub(super) fn title(page: &PageRef) -> String {
    format!("{} (vk.ru/{})", page.name, page.screen_name)
}

/// A person as she is named to others: by her address, as her name is not kept.
pub(super) fn person(id: UserId) -> String {
    format!("vk.ru/id{id}")
}

/// What is kept of a page of hers, and how it looked last.
pub(super) fn kept<'a>(talk: &Talk<'a>, id: GroupId) -> Option<&'a (Page, Option<Sight>)> {
    talk.scene().pages.iter().find(|(page, _)| page.id == id)
}

/// Pages that somebody else has taken from her leave her record.
pub(super) fn left(talk: &mut Talk<'_>) {
    let (pages, me) = (talk.scene().pages, talk.person.id);
    talk.person.pages.retain(|named| pages.iter().all(|(p, _)| p.id != named.id || p.admin(me).is_some()));
}

/// The page is none of hers: the button is answered as an old one, and if she never ran the page it is written down that
/// she tried.
pub(super) fn not_hers(talk: &mut Talk<'_>, id: GroupId) -> Step {
    let Known::Registered(found) = talk.known(Need::Registered(id))? else { return Ok(()) };
    let me = talk.person.id;
    if found.as_ref().is_some_and(|page| page.admins.iter().all(|admin| admin.person != me)) {
        talk.refuse();
    }
    talk.toast(talk.t("stale-button"));
    Ok(())
}

/// Her page, or the list of her pages.
pub(super) fn open(talk: &mut Talk<'_>) -> Step {
    let pages = talk.person.pages.clone();
    match &pages[..] {
        [] => {
            let set = talk.choice("page-set", Action::PageSet).main();
            talk.show(Screen::text(talk.t("page-none")).row([set, menu::home(talk)]));
            Ok(())
        }
        [one] => self::one(talk, one.id),
        many => {
            let mut lines = vec![talk.t("pages-title")];
            lines.extend(many.iter().map(|page| format!("— {}", title(page))));
            let mut screen = Screen::text(lines.join("\n"));
            for page in many {
                screen = screen.row([Choice::new(short(&page.name, 40), Action::PageOne { g: page.id })]);
            }
            talk.show(screen.row([talk.choice("page-add", Action::PageSet), menu::home(talk)]));
            Ok(())
        }
    }
}

/// What is known of one page of hers now.
pub(super) fn one(talk: &mut Talk<'_>, id: GroupId) -> Step {
    let Some(page) = talk.person.pages.iter().find(|page| page.id == id).cloned() else {
        not_hers(talk, id)?;
        return if talk.person.pages.iter().any(|p| p.id != id) { open(talk) } else { none(talk) };
    };
    // By id: the short address may have been changed since.
    let known = talk.known(Need::Page(format!("club{id}")))?;
    let mut lines = vec![title(&page)];
    match known {
        Known::Page(Ok(card)) => {
            let fresh = named(card);
            lines = vec![title(&fresh)];
            if let Some(mine) = talk.person.pages.iter_mut().find(|page| page.id == id) {
                *mine = fresh;
            }
            if let Some(members) = card.members {
                lines.push(talk.f("page-members", &[("members", members.into())]));
            }
            if card.shut {
                lines.push(talk.t("page-shut"));
            }
        }
        Known::Page(Err(PageFault::Unreachable)) => lines.push(talk.t("page-unreachable")),
        _ => lines.push(talk.t("page-gone")),
    }
    let proof =
        kept(talk, id).and_then(|(kept, _)| kept.admin(talk.person.id)).map_or(Proof::None, |a| a.proof);
    lines.push(talk.t(match proof {
        Proof::None => "page-unproven",
        Proof::Code(_) => "page-proven-code",
        Proof::Curator { .. } => "page-proven-curator",
    }));
    let hers = nudge::pages(talk)?;
    let seen = hers.pages.iter().find(|seen| seen.page.id == id);
    let (score, why) = seen.map_or_else(Default::default, |seen| standing::lines(talk, seen));
    lines.push(String::new());
    lines.extend(score);
    lines.extend(seen.and_then(|seen| waiting(talk, seen)));
    if why.is_none() {
        lines.push(talk.t("page-about"));
    }
    let mut screen = Screen::text(lines.join("\n"))
        .row(why)
        .row([talk.choice("page-design", Action::List { c: "design".into(), p: 0 })]);
    if !proof.is_there() {
        screen = screen.row([talk.choice("page-prove", Action::PageProve { g: id })]);
    }
    let shown = match talk.known(Need::Watch(id))? {
        Known::Watch(watch) => watch.as_ref().is_some_and(|watch| watch.example.is_some()),
        _ => false,
    };
    if kept(talk, id).is_some() {
        let key = if shown { "example-off" } else { "example-on" };
        screen = screen.row([talk.choice(key, Action::Example { g: id, on: !shown })]);
    }
    screen = screen
        .row([
            talk.choice("page-add", Action::PageSet),
            talk.choice("page-leave", Action::PageLeave { g: id }),
        ])
        .row([menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// That questions below its posts wait for an answer.
fn waiting(talk: &Talk<'_>, seen: &Seen) -> Option<String> {
    let waiting = nudge::waiting(talk, seen)?;
    let since = told::date(talk, waiting.since).into();
    let link = waiting.oldest.link(seen.page.id).into();
    Some(talk.f("page-waiting", &[("count", waiting.count.into()), ("since", since), ("link", link)]))
}

/// Her word whether her page may be shown as an example in the region's summary.
pub(super) fn example(talk: &mut Talk<'_>, id: GroupId, on: bool) -> Step {
    let (by, at) = (talk.person.id, talk.now());
    if kept(talk, id).is_none_or(|(page, _)| page.admin(by).is_none()) {
        not_hers(talk, id)?;
        return open(talk);
    }
    let Known::Watch(kept) = talk.known(Need::Watch(id))? else { return Ok(()) };
    let watch = kept.clone().unwrap_or_else(|| Watch::new(id));
    talk.expect(Expect::WatchRev(id, watch.rev));
    talk.op(Op::PutWatch(Box::new(Watch { example: on.then_some(Example { by, at }), ..watch })));
    let text = talk.t(if on { "example-thanks" } else { "example-no-more" });
    let back = talk.choice("back", Action::PageOne { g: id });
    talk.show(Screen::text(text).row([back, menu::home(talk)]));
    Ok(())
}

fn none(talk: &mut Talk<'_>) -> Step {
    talk.person.pages.clear();
    open(talk)
}

/// Asks for the address.
pub(super) fn ask(talk: &mut Talk<'_>) {
    if talk.person.pages.len() >= MOST {
        let back = talk.choice("menu-page", Action::Page);
        return talk.show(Screen::text(talk.t("page-many")).row([back, menu::home(talk)]));
    }
    talk.form(Some(Form::Page));
    talk.show(Screen::text(talk.t("page-ask")).row([menu::cancel_button(talk)]));
}

/// An address was typed.
pub(super) fn address(talk: &mut Talk<'_>, typed: &str) -> Step {
    let Known::Page(found) = talk.known(Need::Page(typed.to_owned()))? else { return Ok(()) };
    let problem = match found {
        Ok(card) => {
            let Known::Registered(before) = talk.known(Need::Registered(card.id))? else { return Ok(()) };
            let page = named(card);
            talk.form(None);
            let others = register(talk, &page, before.as_deref());
            let line = talk.f("page-found", &[("page", title(&page).into())]);
            if others {
                let line = talk.t("page-has-admin");
                talk.say(
                    Screen::text(line).row([talk.choice("page-prove", Action::PageProve { g: page.id })]),
                );
            }
            if talk.person.onboarded.is_some() {
                return one(talk, page.id);
            }
            talk.say(Screen::text(line));
            interview::ask_days(talk);
            return Ok(());
        }
        Err(PageFault::NoAddress) => "page-no-address",
        Err(PageFault::NoPage) => "page-no-page",
        Err(PageFault::Unreachable) => "page-unreachable-now",
    };
    talk.say(Screen::text(talk.t(problem)).row([interview::leave(talk)]));
    Ok(())
}

fn named(card: &PageCard) -> PageRef {
    PageRef { id: card.id, screen_name: card.screen_name.clone(), name: card.name.clone() }
}

/// From now on she runs the page: those who did before stay, and hear of it. Tells whether there are any.
fn register(talk: &mut Talk<'_>, named: &PageRef, before: Option<&Page>) -> bool {
    let (me, now) = (talk.person.id, talk.now());
    let mut page = before.cloned().unwrap_or_else(|| Page::new(named.clone(), now));
    match talk.person.pages.iter_mut().find(|mine| mine.id == named.id) {
        Some(mine) => *mine = named.clone(),
        None => talk.person.pages.push(named.clone()),
    }
    let others: Vec<UserId> = page.present().map(|admin| admin.person).filter(|p| *p != me).collect();
    if page.admin(me).is_some() {
        return false;
    }
    page.screen_name.clone_from(&named.screen_name);
    page.name.clone_from(&named.name);
    page.sphere = page.sphere.or(talk.person.sphere);
    page.municipality = page.municipality.or_else(|| talk.person.municipality.clone());
    page.admins.push(Admin::new(me, now));
    tell(talk, &others, "page-newcomer", &page);
    if page.rev == 0 {
        talk.op(Op::PutSight(Box::new(Sight::new(page.id, now))));
    }
    put(talk, page);
    !others.is_empty()
}

/// Writes a page as it was read and changed since.
pub(super) fn put(talk: &mut Talk<'_>, page: Page) {
    talk.expect(Expect::PageRev(page.id, page.rev));
    talk.op(Op::PutPage(Box::new(page)));
}

/// Says something about her and a page to others.
fn tell(talk: &mut Talk<'_>, to: &[UserId], key: &str, page: &Page) {
    let who = person(talk.person.id);
    let text = talk.f(key, &[("who", who.into()), ("page", title(&page.named()).into())]);
    for to in to {
        talk.tell(Tell { to: *to, text: text.clone() });
    }
}

/// She runs the page no more; what was known of it stays if somebody was believed to run it.
pub(super) fn leave(talk: &mut Talk<'_>, id: GroupId) -> Step {
    let now = talk.now();
    let mine = talk.person.pages.iter().find(|page| page.id == id).cloned();
    let Some(named) = mine else {
        not_hers(talk, id)?;
        return open(talk);
    };
    talk.person.pages.retain(|page| page.id != id);
    if let Some((page, _)) = kept(talk, id) {
        let mut page = page.clone();
        if let Some(me) = page.admin_mut(talk.person.id) {
            me.until = Some(now);
        }
        let forgotten = page.present().next().is_none() && page.admins.iter().all(|a| !a.proof.is_there());
        if forgotten {
            talk.expect(Expect::PageRev(id, page.rev));
            talk.op(Op::DropPage(id));
        } else {
            put(talk, page);
        }
    }
    let text = talk.f("page-left", &[("page", title(&named).into())]);
    talk.show(Screen::text(text).row([talk.choice("menu-page", Action::Page), menu::home(talk)]));
    Ok(())
}

/// The word that shows the bot that whoever put it on the page is she. It is no secret: only who runs the page can put
/// it there.
fn code(person: UserId, page: GroupId) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
    let mut n = crate::core::hash(format!("page:{person}:{page}").as_bytes());
    let word = (0..6).map(|_| {
        let letter = LETTERS.get((n % 32) as usize).copied().unwrap_or(b'a');
        n /= 32;
        char::from(letter)
    });
    format!("kurator-{}", word.collect::<String>())
}

/// Tells how to show that she runs the page.
pub(super) fn prove(talk: &mut Talk<'_>, id: GroupId) -> Step {
    if kept(talk, id).is_none_or(|(page, _)| page.admin(talk.person.id).is_none()) {
        not_hers(talk, id)?;
        return open(talk);
    }
    let code = code(talk.person.id, id);
    let screen = Screen::text(talk.f("page-prove-how", &[("code", code.into())]))
        .row([talk.choice("page-check", Action::PageCheck { g: id }).main()])
        .row([talk.choice("back", Action::PageOne { g: id })]);
    talk.show(screen);
    Ok(())
}

/// Looks for her code on the page.
pub(super) fn check(talk: &mut Talk<'_>, id: GroupId) -> Step {
    let me = talk.person.id;
    let Some((page, _)) = kept(talk, id).filter(|(page, _)| page.admin(me).is_some()) else {
        not_hers(talk, id)?;
        return open(talk);
    };
    let code = code(me, id);
    let seen = match talk.known(Need::Code(id, code.clone()))? {
        Known::Code(seen) => *seen,
        _ => CodeSeen::Unreachable,
    };
    let key = match seen {
        CodeSeen::There => {
            let mut page = page.clone();
            let now = talk.now();
            if let Some(admin) = page.admin_mut(me) {
                admin.proof = Proof::Code(now);
            }
            let others: Vec<UserId> = page.present().map(|a| a.person).filter(|p| *p != me).collect();
            tell(talk, &others, "page-proved-other", &page);
            put(talk, page);
            let back = talk.choice("menu-page", Action::Page);
            talk.show(Screen::text(talk.t("page-proved")).row([back, menu::home(talk)]));
            return Ok(());
        }
        CodeSeen::NotThere => "page-code-not-there",
        CodeSeen::Unreachable => "page-unreachable-now",
    };
    let screen = Screen::text(talk.f(key, &[("code", code.into())]))
        .row([talk.choice("page-check", Action::PageCheck { g: id }).main()])
        .row([talk.choice("back", Action::PageOne { g: id })]);
    talk.show(screen);
    Ok(())
}
