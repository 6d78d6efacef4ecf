//! What an announcement is made of besides its text: buttons, and looking at it with other eyes.

use super::{
    super::{Action, Known, Need, Screen, Talk, content_link, menu, router::Step},
    Do, ask, enrol, panel, put, view,
};
use crate::domain::{
    CampaignId, ClassId, Form,
    letter::{Ask, BUTTONS, FILES, Letter, LetterButton},
    text,
};

/// The most characters of a button's label.
const LABEL: usize = 40;
/// The longest address of a button.
const URL: usize = 500;

/// Which buttons are below it, and which may come.
pub(super) fn buttons(talk: &mut Talk<'_>, letter: &Letter) -> Step {
    let Known::Classes(classes) = talk.known(Need::Classes)? else { return Ok(()) };
    let title = |id: ClassId| classes.iter().find(|(class, _)| class.id == id).map(|(class, _)| &class.title);
    let some = !enrol::open(talk)?.is_empty();
    let id = letter.id;
    let mut lines = Vec::new();
    for button in &letter.buttons {
        lines.push(match button {
            LetterButton::Link { label, url } => format!("— [{label}] {url}"),
            LetterButton::Open { label, name } => format!("— [{label}] {name}"),
            LetterButton::Ack => format!("— [{}]", talk.t("letter-ack")),
            LetterButton::Join { label, class } => match title(*class) {
                Some(title) => format!("— [{label}] «{title}»"),
                None => format!("— [{label}]"),
            },
        });
    }
    let list = if lines.is_empty() { talk.t("letter-buttons-none") } else { lines.join("\n") };
    let text = format!("{}\n{list}\n\n{}", talk.t("letter-buttons-title"), talk.t("letter-buttons-how"));
    let button = |key: &str, d: Do| talk.choice(key, Action::Letter { id, d });
    let ack = if letter.asks_ack() { "letter-ack-off" } else { "letter-ack-on" };
    let mut screen = Screen::text(text).row([button(ack, Do::Ack), button("letter-link", Do::Link)]);
    let mut row = Vec::new();
    if some {
        row.push(button("letter-classes", Do::Classes(0)));
    }
    if !letter.buttons.is_empty() {
        row.push(button("letter-bare", Do::Bare));
    }
    screen = screen.row(row);
    talk.show(screen.row([button("letter-done", Do::Look).good(), menu::cancel_button(talk)]));
    Ok(())
}

/// Puts «Ознакомлен» below it, last, or takes it away.
pub(super) fn ack(talk: &mut Talk<'_>, mut letter: Letter) -> Step {
    if letter.asks_ack() {
        letter.buttons.retain(|button| *button != LetterButton::Ack);
    } else if letter.buttons.len() < BUTTONS {
        letter.buttons.push(LetterButton::Ack);
    } else {
        talk.toast(talk.t("letter-buttons-full"));
    }
    changed(talk, &letter)
}

/// Takes all buttons away.
pub(super) fn bare(talk: &mut Talk<'_>, mut letter: Letter) -> Step {
    letter.buttons.clear();
    changed(talk, &letter)
}

/// Keeps it with its buttons as they are now, and shows these.
pub(super) fn changed(talk: &mut Talk<'_>, letter: &Letter) -> Step {
    put(talk, letter);
    buttons(talk, letter)
}

/// Puts a button below it; «Ознакомлен» stays last.
pub(super) fn put_before_ack(letter: &mut Letter, button: LetterButton) {
    let at = letter.buttons.iter().position(|b| *b == LetterButton::Ack).unwrap_or(letter.buttons.len());
    letter.buttons.insert(at, button);
}

/// A button was typed: what is written on it, then an address or the name of a place of the bot.
pub(super) fn button(talk: &mut Talk<'_>, mut letter: Letter, typed: &str) -> Step {
    let read = read(talk, typed).filter(|_| letter.buttons.len() < BUTTONS);
    let Some(button) = read else {
        let key = if letter.buttons.len() < BUTTONS { "letter-button-wrong" } else { "letter-buttons-full" };
        ask(talk, letter.id, Ask::Button, key);
        return Ok(());
    };
    put_before_ack(&mut letter, button);
    talk.form(None);
    changed(talk, &letter)
}

fn read(talk: &Talk<'_>, typed: &str) -> Option<LetterButton> {
    let line = text::line(typed, LABEL + URL)?;
    let (label, target) = line.rsplit_once(' ')?;
    let label = label.trim_end_matches([' ', '—', '-', ':', '|']).trim();
    if label.is_empty() || label.chars().count() > LABEL {
        return None;
    }
    let label = label.to_owned();
    // A link of the bot itself opens its place at once.
    let place = target.rsplit_once("ref=").map_or(target, |(_, name)| name);
    let place = place.split('&').next().unwrap_or_default();
    if content_link(talk.content(), place).is_some() {
        return Some(LetterButton::Open { label, name: place.to_lowercase() });
    }
    let host = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"))?;
    let dotted = host.split(['/', '?', '#']).next().is_some_and(|host| host.contains('.'));
    (dotted && target.len() <= URL).then(|| LetterButton::Link { label, url: target.to_owned() })
}

/// Offers to look at it: sent to herself, or with a reader's eyes.
pub(super) fn check(talk: &mut Talk<'_>, id: CampaignId) {
    talk.form(Some(Form::Letter { id, ask: Ask::As }));
    let button = |key: &str, d: Do| talk.choice(key, Action::Letter { id, d });
    let screen = Screen::text(talk.t("letter-as-ask"))
        .row([button("letter-test", Do::Test), button("letter-any", Do::Any)])
        .row([button("back", Do::Look), menu::cancel_button(talk)]);
    talk.show(screen);
}

/// Sends it to its author alone, as a reader would get it.
pub(super) fn test(talk: &mut Talk<'_>, letter: &Letter) -> Step {
    let shown = view::seen(talk, letter, talk.person.id)?;
    talk.audit("announce-test", view::number(letter.id));
    talk.toast(talk.t("letter-tested"));
    talk.say_with(shown, &letter.files);
    talk.press(None);
    panel(talk, letter)
}

/// Shows it as somebody sees it: whoever is named, or any of its readers.
pub(super) fn seen_by(talk: &mut Talk<'_>, letter: &Letter, typed: Option<&str>) -> Step {
    let known = match typed {
        Some(typed) => talk.known(Need::Reader(Box::new(letter.crowd()), Some(typed.to_owned())))?,
        None => talk.known(Need::Reader(Box::new(letter.crowd()), None))?,
    };
    let Known::Reader(reader) = known else { return Ok(()) };
    let Some(reader) = reader else {
        if typed.is_none() {
            talk.toast(talk.t("letter-nobody"));
            return panel(talk, letter);
        }
        talk.form(Some(Form::Letter { id: letter.id, ask: Ask::As }));
        let back = talk.choice("back", Action::Letter { id: letter.id, d: Do::Look });
        talk.say(Screen::text(talk.t("letter-as-nobody")).row([back, menu::cancel_button(talk)]));
        return Ok(());
    };
    talk.form(None);
    let who = reader.page.clone().or_else(|| reader.name.clone()).unwrap_or_else(|| talk.t("blank-no-page"));
    let text = view::filled(talk.content(), letter, reader);
    let Screen { rows, .. } = view::seen(talk, letter, talk.person.id)?;
    talk.say(Screen::text(talk.f("letter-seen-by", &[("who", who.into())])));
    talk.say_with(Screen { text, rows, ..Screen::default() }, &letter.files);
    talk.press(None);
    panel(talk, letter)
}

/// Asks for pictures and documents.
pub(super) fn ask_files(talk: &mut Talk<'_>, letter: &Letter) {
    let id = letter.id;
    talk.form(Some(Form::Letter { id, ask: Ask::Files }));
    let mut screen = Screen::text(talk.t("letter-files-ask"));
    if !letter.files.is_empty() {
        screen = screen.row([talk.choice("letter-bare-files", Action::Letter { id, d: Do::Unhang })]);
    }
    let back = talk.choice("back", Action::Letter { id, d: Do::Look });
    talk.show(screen.row([back, menu::cancel_button(talk)]));
}

/// Files were sent to hang on it.
pub(super) fn files(talk: &mut Talk<'_>, letter: Letter, files: &[String]) -> Step {
    if files.is_empty() {
        ask(talk, letter.id, Ask::Files, "letter-files-wrong");
        return Ok(());
    }
    hang(talk, letter, files)
}

/// Hangs these files on it instead of those there are.
pub(super) fn hang(talk: &mut Talk<'_>, mut letter: Letter, files: &[String]) -> Step {
    letter.files = files.iter().take(FILES).cloned().collect();
    super::preview(talk, &letter)
}
