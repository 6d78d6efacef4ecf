//! «Записаться» below an announcement: who gets it enrols in a class by one press; and an announcement of a class, ready
//! to be sent to those it is for.

use super::{
    super::{Action, Choice, Known, Need, Screen, Talk, menu, router::Step, short},
    Do, campaign_id, parts, preview_from,
};
use crate::domain::{
    Class, ClassId,
    letter::{BUTTONS, Letter, LetterButton},
    segment::{Atom, Segment},
};

/// Classes a screen shows, a row each.
const SHOWN: usize = 4;
/// VK's limit for what is written on a button, in characters.
const LABEL: usize = 40;

/// The classes that people may enrol in now, the next first.
pub(super) fn open<'a>(talk: &Talk<'a>) -> Result<Vec<&'a Class>, Need> {
    let Known::Classes(found) = talk.known(Need::Classes)? else { return Ok(Vec::new()) };
    let now = talk.now();
    let mut open: Vec<&Class> =
        found.iter().map(|(class, _)| class).filter(|class| class.shut(now).is_none()).collect();
    open.sort_by_key(|class| (class.starts, class.id));
    Ok(open)
}

/// Offers the classes, a page of them.
pub(super) fn list(talk: &mut Talk<'_>, letter: &Letter, page: usize) -> Step {
    let (id, open) = (letter.id, open(talk)?);
    let pages = open.len().div_ceil(SHOWN).max(1);
    let page = page.min(pages - 1);
    let mut screen =
        Screen::text(talk.t(if open.is_empty() { "letter-classes-none" } else { "letter-classes-title" }));
    for class in open.iter().skip(page * SHOWN).take(SHOWN) {
        screen = screen.row([Choice::new(class.title.clone(), Action::Letter { id, d: Do::Join(class.id) })]);
    }
    let pager = menu::pager(talk, page, pages, |p| Action::Letter { id, d: Do::Classes(p) });
    let back = talk.choice("back", Action::Letter { id, d: Do::Buttons });
    talk.show(screen.row(pager).row([back, menu::cancel_button(talk)]));
    Ok(())
}

/// Puts the button of a class below it, before «Ознакомлен»; once.
pub(super) fn add(talk: &mut Talk<'_>, mut letter: Letter, id: ClassId) -> Step {
    let Some(class) = open(talk)?.into_iter().find(|class| class.id == id) else {
        talk.toast(talk.t("class-gone"));
        return list(talk, &letter, 0);
    };
    let has = |button: &LetterButton| matches!(button, LetterButton::Join { class, .. } if *class == id);
    if letter.buttons.iter().any(has) {
        return parts::buttons(talk, &letter);
    }
    if letter.buttons.len() >= BUTTONS {
        talk.toast(talk.t("letter-buttons-full"));
        return parts::buttons(talk, &letter);
    }
    let other = letter.buttons.iter().any(|button| matches!(button, LetterButton::Join { .. }));
    let label = if other {
        short(&talk.f("letter-join", &[("title", class.title.clone().into())]), LABEL)
    } else {
        talk.t("class-join")
    };
    parts::put_before_ack(&mut letter, LetterButton::Join { label, class: id });
    parts::changed(talk, &letter)
}

/// Begins an announcement of a class for those it is for; `when` is told by the class's own clock.
pub(in super::super) fn of_class(talk: &mut Talk<'_>, class: &Class, when: &str) -> Step {
    let place = match &class.place {
        Some(place) => talk.f("class-place", &[("place", place.clone().into())]),
        None => talk.t("class-online"),
    };
    let mut lines =
        vec![talk.f("letter-class", &[("title", class.title.clone().into()), ("when", when.into())]), place];
    if !class.about.is_empty() {
        lines.push(format!("\n{}", class.about));
    }
    lines.push(format!("\n{}", talk.t("letter-class-how")));
    // A brace of a title is none of a blank.
    let text = lines.join("\n").replace('{', "{{").replace('}', "}}");
    let atoms = class.municipality.iter().cloned().map(Atom::Place);
    let atoms = atoms.chain(class.spheres.iter().copied().map(Atom::Sphere)).collect();
    let (now, author) = (talk.now(), talk.person.id);
    let join = LetterButton::Join { label: talk.t("class-join"), class: class.id };
    let letter = Letter {
        buttons: vec![join],
        to: Segment { atoms },
        ..Letter::draft(campaign_id(now, talk.scene().nonce), author, now, text)
    };
    let back = talk.choice("class-room", Action::ClassRoom { id: class.id });
    preview_from(talk, &letter, back)
}
