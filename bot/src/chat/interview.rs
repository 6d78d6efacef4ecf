use super::{Action, Choice, Screen, Talk, menu, page, reminders, settings, told};
use crate::domain::{Consent, Form, Reminder, Sphere, Weekdays, text};

/// The most characters kept of a municipality's name.
const MUNICIPALITY: usize = 60;

/// She agreed to the text now in force.
pub(super) fn consented(talk: &Talk<'_>) -> bool {
    talk.person.consent.is_some_and(|c| c.version >= talk.content().consent().version)
}

/// Shows what she is asked to agree to.
pub(super) fn ask_consent(talk: &mut Talk<'_>) {
    let consent = talk.content().consent();
    let greeting = if talk.person.consent.is_some() {
        talk.t("consent-changed")
    } else {
        talk.f("hello", &[("region", talk.scene().region.name.clone().into())])
    };
    let v = consent.version;
    let text = consent.filled(talk.content().texts(), talk.scene().region.retention);
    let screen = Screen::text(format!("{greeting}\n\n{text}")).row([
        talk.choice("agree", Action::Consent { yes: true, v }).good(),
        talk.choice("disagree", Action::Consent { yes: false, v }),
    ]);
    talk.show(screen);
}

/// Her word on the consent text.
pub(super) fn consent(talk: &mut Talk<'_>, yes: bool, version: u32) {
    if consented(talk) {
        talk.toast(talk.t("consent-already"));
        menu::open(talk);
    } else if version != talk.content().consent().version {
        ask_consent(talk);
    } else if yes {
        talk.person.consent = Some(Consent { version, at: talk.now() });
        talk.toast(talk.t("consent-thanks"));
        if talk.person.onboarded.is_some() { menu::open(talk) } else { next(talk) }
    } else if talk.person.consent.is_some() {
        // She agreed to an earlier text, and there is much to lose.
        settings::withdraw(talk);
    } else {
        let again = talk.choice("consent-again", Action::Menu);
        let screen = Screen::text(talk.t("consent-refused")).row([again]);
        talk.forget();
        talk.show(screen);
    }
}

/// The first question of the interview that has no answer yet; the end if there is none.
pub(super) fn next(talk: &mut Talk<'_>) {
    if talk.person.sphere.is_none() {
        let text = talk.t("interview-sphere");
        let screen = settings::sphere_choices(talk, text);
        return talk.show(screen);
    }
    ask_municipality(talk);
}

fn ask_municipality(talk: &mut Talk<'_>) {
    if talk.person.municipality.is_some() {
        return ask_page(talk);
    }
    talk.form(Some(Form::Municipality));
    let screen = Screen::text(talk.t("interview-municipality")).row([talk.choice("skip", Action::Skip)]);
    talk.show(screen);
}

/// Asks for the page, if it is not known.
fn ask_page(talk: &mut Talk<'_>) {
    if !talk.person.pages.is_empty() {
        return ask_days(talk);
    }
    talk.form(Some(Form::Page));
    let screen = Screen::text(talk.t("interview-page")).row([talk.choice("skip", Action::Skip)]);
    talk.show(screen);
}

/// Asks for the days to post, if she has no reminder.
pub(super) fn ask_days(talk: &mut Talk<'_>) {
    if talk.reminders().iter().any(Reminder::is_own) {
        return end(talk);
    }
    reminders::days(talk, Weekdays::of(&[0, 2, 4]));
}

/// Her sphere was chosen, in the interview or in the settings.
pub(super) fn sphere(talk: &mut Talk<'_>, sphere: Sphere) {
    talk.person.sphere = Some(sphere);
    talk.toast(talk.t(&format!("sphere-{}", sphere.slug())));
    if talk.person.onboarded.is_some() { settings::open(talk) } else { ask_municipality(talk) }
}

/// Her municipality was typed.
pub(super) fn municipality(talk: &mut Talk<'_>, typed: &str) {
    let Some(name) = text::line(typed, MUNICIPALITY).filter(|n| n.chars().any(char::is_alphabetic)) else {
        let screen = Screen::text(talk.t("municipality-unclear")).row([leave(talk)]);
        return talk.say(screen);
    };
    talk.form(None);
    talk.person.municipality = Some(name);
    if talk.person.onboarded.is_some() { settings::open(talk) } else { ask_page(talk) }
}

/// What a form offers instead of an answer: to skip it in the interview, to leave it later.
pub(super) fn leave(talk: &Talk<'_>) -> Choice {
    if talk.person.onboarded.is_some() {
        menu::cancel_button(talk)
    } else {
        talk.choice("skip", Action::Skip)
    }
}

/// Leaves the present question open.
pub(super) fn skip(talk: &mut Talk<'_>) {
    let form = talk.person.form.take();
    if talk.person.onboarded.is_some() {
        return menu::cancel(talk);
    }
    match form {
        Some(Form::Municipality) => ask_page(talk),
        Some(Form::Page) => ask_days(talk),
        Some(Form::Days | Form::Hour { .. }) => end(talk),
        _ => next(talk),
    }
}

/// The interview is over: what was learnt, and the menu.
pub(super) fn end(talk: &mut Talk<'_>) {
    talk.form(None);
    talk.person.onboarded = Some(talk.now());
    let mut lines = vec![talk.t("interview-end")];
    if let Some(sphere) = talk.person.sphere {
        let name = talk.t(&format!("sphere-{}", sphere.slug()));
        lines.push(talk.f("known-sphere", &[("value", name.into())]));
    }
    if let Some(town) = talk.person.municipality.clone() {
        lines.push(talk.f("known-municipality", &[("value", town.into())]));
    }
    for known in &talk.person.pages {
        lines.push(talk.f("known-page", &[("value", page::title(known).into())]));
    }
    for reminder in talk.reminders().iter().filter(|r| r.is_own()) {
        lines.push(talk.f("known-reminder", &[("value", told::reminder(talk, reminder).into())]));
    }
    lines.push(String::new());
    lines.push(talk.t("interview-after"));
    menu::draw(talk, lines.join("\n"));
}
