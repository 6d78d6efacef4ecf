//! The certificate of who was at a class: her name, the picture, and whether a number is real.

use super::{gone, hall, save};
use crate::{
    chat::{Action, Known, Need, Screen, Talk, menu, router::Step},
    domain::{Certificate, ClassAsk, ClassId, Form, Hall, text},
    store::{Op, OutFile},
};

/// The most characters of a name.
const NAME: usize = 60;

/// Her certificate; without a name it asks for that first.
pub(in crate::chat) fn paper(talk: &mut Talk<'_>, id: ClassId) -> Step {
    let Some(hall) = earned(talk, id)? else { return gone(talk) };
    match hall.seat(talk.person.id).and_then(|seat| seat.paper) {
        Some(number) => send(talk, id, number),
        None => ask(talk, id),
    }
    Ok(())
}

fn earned(talk: &Talk<'_>, id: ClassId) -> Result<Option<Hall>, Need> {
    let (me, now) = (talk.person.id, talk.now());
    Ok(hall(talk, id)?.filter(|hall| hall.seat(me).is_some_and(|seat| seat.earned(&hall.class, now))))
}

/// Asks for the name that is written on it.
pub(super) fn ask_name(talk: &mut Talk<'_>, id: ClassId) -> Step {
    if earned(talk, id)?.is_none() {
        return gone(talk);
    }
    ask(talk, id);
    Ok(())
}

fn ask(talk: &mut Talk<'_>, id: ClassId) {
    talk.form(Some(Form::Class { id, of: ClassAsk::Name, next: false }));
    talk.show(Screen::text(talk.t("paper-name-ask")).row([menu::cancel_button(talk)]));
}

fn send(talk: &mut Talk<'_>, id: ClassId, number: u64) {
    talk.toast(talk.t("paper-toast"));
    let written = Certificate::written(number);
    let screen = Screen::text(talk.f("paper-caption", &[("number", written.into())]))
        .row([talk.choice("paper-rename", Action::ClassAsk { id, of: ClassAsk::Name, n: false })])
        .row([talk.choice("class-back", Action::Class { id }), menu::home(talk)]);
    talk.send(screen, OutFile::Certificate(number));
}

/// A name: two words or more of letters, with hyphens, dots and apostrophes.
fn name_of(typed: &str) -> Option<String> {
    let name = text::line(typed, NAME)?;
    let whole = typed.trim().chars().count() <= NAME;
    let ours = |c: char| c.is_alphabetic() || " -.'’".contains(c);
    let words = name.split(' ').filter(|word| word.chars().any(char::is_alphabetic)).count();
    (whole && words >= 2 && name.chars().all(ours)).then_some(name)
}

/// Her name was typed: the certificate is made, or written anew under its number.
pub(super) fn name(talk: &mut Talk<'_>, id: ClassId, typed: &str) -> Step {
    let Some(before) = earned(talk, id)? else {
        talk.form(None);
        return gone(talk);
    };
    let Some(name) = name_of(typed) else {
        talk.say(Screen::text(talk.t("paper-name-unclear")).row([menu::cancel_button(talk)]));
        return Ok(());
    };
    let (mut after, me, now) = (before.clone(), talk.person.id, talk.now());
    let kept = before.seat(me).and_then(|seat| seat.paper);
    let number = match kept {
        Some(number) => number,
        None => new_number(talk, id)?,
    };
    talk.form(None);
    if let Some(seat) = after.seat_mut(me) {
        seat.paper = Some(number);
    }
    let class = &before.class;
    let paper = Certificate {
        number,
        class: id,
        person: me,
        name,
        title: class.title.clone(),
        held: class.starts,
        zone: class.zone.clone(),
        minutes: class.minutes,
        at: now,
    };
    talk.op(Op::PutCertificate(Box::new(paper)));
    let what = if kept.is_some() { "certificate-renamed" } else { "certificate" };
    talk.audit(what, format!("class {} number {}", id.0, Certificate::written(number)));
    save(talk, &before, after, now);
    send(talk, id, number);
    Ok(())
}

/// A number that nobody has yet.
fn new_number(talk: &Talk<'_>, id: ClassId) -> Result<u64, Need> {
    let Known::Chance(chance) = talk.known(Need::Chance(id, talk.person.id))? else { return Ok(0) };
    let mut number = Certificate::number_of(*chance);
    // One in a million million is taken; the next then is not.
    for _ in 0..2 {
        match talk.known(Need::Certificate(number))? {
            Known::Certificate(None) => break,
            _ => number = Certificate::number_of(number + 1),
        }
    }
    Ok(number)
}

/// Whether a certificate of the number that was typed was given, and what it says.
pub(in crate::chat) fn verify(talk: &mut Talk<'_>, typed: &str) -> Step {
    let Some(number) = Certificate::read(typed) else { return Ok(()) };
    let Known::Certificate(found) = talk.known(Need::Certificate(number))? else { return Ok(()) };
    let written = Certificate::written(number);
    let text = match found.as_deref() {
        Some(paper) => talk.f(
            "paper-real",
            &[
                ("number", written.into()),
                ("name", paper.name.clone().into()),
                ("title", paper.title.clone().into()),
                ("date", day(talk, paper).into()),
            ],
        ),
        None => talk.f("paper-unknown", &[("number", written.into())]),
    };
    talk.say(Screen::text(text).row([menu::home(talk)]));
    Ok(())
}

/// The day of the class in words, with its year.
fn day(talk: &Talk<'_>, paper: &Certificate) -> String {
    let day = paper.zone.local(paper.held).date();
    let month = talk.t(&format!("month-{}", day.month()));
    let args = [
        ("day", i64::from(day.day()).into()),
        ("month", month.into()),
        ("year", day.year().to_string().into()),
    ];
    talk.f("date-year", &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_not_an_address_or_a_number() {
        for name in ["Анна Петрова", "Петрова Анна Сергеевна", "Салтыков-Щедрин М. Е.", "Д'Артаньян Шарль"]
        {
            assert_eq!(name_of(name).as_deref(), Some(name));
        }
        assert_eq!(name_of("  Анна \n Петрова ").as_deref(), Some("Анна Петрова"));
        for bad in ["", "Анна", "Анна 5", "https://vk.ru/anna petrova", "—  —", &"Анна ".repeat(20)]
        {
            assert_eq!(name_of(bad), None, "{bad}");
        }
    }
}
