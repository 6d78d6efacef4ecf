use super::{Action, Choice, Screen, Talk, interview, next};
use crate::domain::Person;

/// The words that lead somewhere from anywhere, by the key of their phrase.
pub(super) fn words(talk: &Talk<'_>) -> Vec<(&'static str, Action)> {
    // What the consent promises is found by its name, wherever she is.
    let mut words = vec![
        ("word-start", Action::Menu),
        ("menu", Action::Menu),
        ("cancel", Action::Cancel),
        ("my-data", Action::MyData),
        ("withdraw", Action::Withdraw),
    ];
    if onboarded(&talk.person) {
        words.push(("menu-next-step", Action::Next));
        words.push(("set-quiet", Action::Quiet));
        words.push(("my-classes", Action::MyClasses { p: 0 }));
        if talk.scene().role.may_announce() {
            words.push(("training", Action::Training { p: 0 }));
        }
        words.extend(items(talk));
        words.extend([
            ("word-progress", Action::Progress),
            ("word-courses", Action::Courses { p: 0, l: None }),
            ("word-lessons", Action::Lessons { p: 0 }),
            ("word-checklists", Action::Lists { p: 0 }),
            ("vacation", Action::Away),
            ("draft", Action::Draft),
        ]);
    }
    words
}

fn onboarded(person: &Person) -> bool {
    person.onboarded.is_some()
}

/// The main menu's items.
fn items(talk: &Talk<'_>) -> Vec<(&'static str, Action)> {
    let mut items = vec![
        ("menu-checklists", Action::Lists { p: 0 }),
        ("menu-ask", Action::Ask),
        ("menu-reminders", Action::Reminders),
        ("menu-courses", Action::Courses { p: 0, l: None }),
        ("menu-page", Action::Page),
        ("menu-progress", Action::Progress),
        ("menu-settings", Action::Settings),
    ];
    if talk.scene().role.has_cabinet() {
        items.push(("menu-cabinet", Action::Cabinet));
    }
    items
}

/// The main menu with the next useful step; the interview where it was left, if it was not finished.
pub(super) fn open(talk: &mut Talk<'_>) {
    talk.form(None);
    if !interview::consented(talk) {
        return interview::ask_consent(talk);
    }
    if !onboarded(&talk.person) {
        return interview::next(talk);
    }
    let text = format!("{}\n\n{}", talk.t("menu-title"), next::words(talk));
    draw(talk, text);
}

/// The main menu's buttons under this text.
pub(super) fn draw(talk: &mut Talk<'_>, text: String) {
    let choices: Vec<Choice> =
        items(talk).into_iter().map(|(key, action)| talk.choice(key, action)).collect();
    let next = talk.choice("menu-next-step", Action::Next).main();
    talk.show(Screen::text(text).row([next]).grid(2, choices).usual());
}

/// Leaves whatever was being filled in.
pub(super) fn cancel(talk: &mut Talk<'_>) {
    if !onboarded(&talk.person) {
        return interview::next(talk);
    }
    let text = talk.t("cancelled");
    draw(talk, text);
}

/// The row that leads home.
pub(super) fn home(talk: &Talk<'_>) -> Choice {
    talk.choice("home", Action::Menu)
}

/// The button that leaves a form.
pub(super) fn cancel_button(talk: &Talk<'_>) -> Choice {
    talk.choice("cancel", Action::Cancel)
}

/// The buttons to the neighbouring pages of a list.
pub(super) fn pager(talk: &Talk<'_>, page: usize, pages: usize, to: impl Fn(usize) -> Action) -> Vec<Choice> {
    let mut row = Vec::new();
    if page > 0 {
        row.push(talk.choice("previous", to(page - 1)));
    }
    if page + 1 < pages {
        row.push(talk.choice("next", to(page + 1)));
    }
    row
}
