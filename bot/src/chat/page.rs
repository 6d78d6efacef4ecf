use super::{Action, Known, Need, PageFault, Screen, Talk, interview, menu, nudge, router::Step, standing};
use crate::domain::{Form, PageRef};

/// A page as it is named to people.
pub(super) fn title(page: &PageRef) -> String {
    format!("{} (vk.ru/{})", page.name, page.screen_name)
}

/// What is known of her page now.
pub(super) fn open(talk: &mut Talk<'_>) -> Step {
    let Some(page) = talk.person.page().cloned() else {
        let set = talk.choice("page-set", Action::PageSet).main();
        talk.show(Screen::text(talk.t("page-none")).row([set, menu::home(talk)]));
        return Ok(());
    };
    // By id: the short address may have been changed since.
    let known = talk.known(Need::Page(format!("club{}", page.id)))?;
    let mut lines = vec![title(&page)];
    match known {
        Known::Page(Ok(card)) => {
            let fresh =
                PageRef { id: card.id, screen_name: card.screen_name.clone(), name: card.name.clone() };
            lines = vec![title(&fresh)];
            talk.person.pages = vec![fresh];
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
    let hers = nudge::pages(talk)?;
    let seen = hers.pages.iter().find(|seen| seen.page.id == page.id);
    let (score, why) = seen.map_or_else(Default::default, |seen| standing::lines(talk, seen));
    lines.push(String::new());
    lines.extend(score);
    if why.is_none() {
        lines.push(talk.t("page-about"));
    }
    let screen = Screen::text(lines.join("\n"))
        .row(why)
        .row([talk.choice("page-design", Action::List { c: "design".into(), p: 0 })])
        .row([talk.choice("page-change", Action::PageSet), menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// Asks for the address.
pub(super) fn ask(talk: &mut Talk<'_>) {
    talk.form(Some(Form::Page));
    talk.show(Screen::text(talk.t("page-ask")).row([menu::cancel_button(talk)]));
}

/// An address was typed.
pub(super) fn address(talk: &mut Talk<'_>, typed: &str) -> Step {
    let Known::Page(found) = talk.known(Need::Page(typed.to_owned()))? else { return Ok(()) };
    let problem = match found {
        Ok(card) => {
            let page =
                PageRef { id: card.id, screen_name: card.screen_name.clone(), name: card.name.clone() };
            talk.form(None);
            let line = talk.f("page-found", &[("page", title(&page).into())]);
            talk.person.pages = vec![page];
            if talk.person.onboarded.is_some() {
                return open(talk);
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
