//! An announcement as it is seen: by its readers, and by whoever writes it.

use vkapi::types::UserId;

use super::super::{Action, Choice, Drawn, Known, Need, Screen, Talk, settings, told};
use crate::{
    content::Content,
    domain::{
        CampaignId, ClassId,
        blanks::{self, Blank},
        letter::{Addressee, Letter, LetterButton, When},
        segment::{Atom, Segment},
    },
};

/// Its text for one reader. What cannot be taken apart stays as it is: an older campaign never had blanks.
pub(crate) fn filled(content: &Content, letter: &Letter, reader: &Addressee) -> String {
    let texts = content.texts();
    let Ok(pieces) = blanks::pieces(&letter.text) else { return letter.text.clone() };
    let days = |n: i64| texts.format("days", &[("n", n.into())]);
    blanks::fill(
        &pieces,
        |blank| match blank {
            Blank::Name => reader.name.clone(),
            Blank::Page => reader.page.clone(),
            Blank::Place => reader.place.clone(),
            Blank::Silence => reader.silence.map(days),
        },
        |blank| {
            texts.get(match blank {
                Blank::Name => "blank-no-name",
                Blank::Page => "blank-no-page",
                Blank::Place => "blank-no-place",
                Blank::Silence => "blank-no-silence",
            })
        },
    )
}

/// The message with this text, as VK takes it.
pub(crate) fn drawn(content: &Content, letter: &Letter, text: String, plain: bool) -> Drawn {
    screen(content, letter, text).draw(plain)
}

fn screen(content: &Content, letter: &Letter, text: String) -> Screen {
    let id = letter.id;
    let mut screen = Screen::text(text);
    for (n, button) in letter.buttons.iter().enumerate() {
        let pressed = Action::LetterPress { id, n };
        screen = screen.row([match button {
            LetterButton::Link { label, url } => Choice::link(label, url),
            LetterButton::Open { label, .. } => Choice::new(label, pressed).main(),
            LetterButton::Join { label, .. } => Choice::new(label, pressed).good(),
            LetterButton::Ack => Choice::new(content.texts().get("letter-ack"), pressed).good(),
        }]);
    }
    screen
}

/// The message as this person sees it.
pub(super) fn seen(talk: &Talk<'_>, letter: &Letter, who: UserId) -> Result<Screen, Need> {
    let text = match blanks::pieces(&letter.text) {
        Ok(pieces) if blanks::differs(&pieces) => {
            let Known::Addressee(reader) = talk.known(Need::Addressee(who))? else {
                return Ok(Screen::default());
            };
            filled(talk.content(), letter, reader)
        }
        _ => filled(talk.content(), letter, &Addressee::default()),
    };
    Ok(screen(talk.content(), letter, text))
}

/// To whom, when, and with what, in a line each.
pub(super) fn facts(talk: &Talk<'_>, letter: &Letter) -> Result<String, Need> {
    let mut lines = vec![talk.f("letter-to", &[("whom", whom(talk, &letter.to)?.into())])];
    lines.push(talk.f("letter-when", &[("when", when(talk, letter)?.into())]));
    if !letter.files.is_empty() {
        lines.push(talk.f("letter-files", &[("n", letter.files.len().into())]));
    }
    Ok(lines.join("\n"))
}

/// A segment in words.
pub(super) fn whom(talk: &Talk<'_>, segment: &Segment) -> Result<String, Need> {
    if segment.atoms.is_empty() {
        return Ok(talk.t("to-everybody"));
    }
    let named: Result<Vec<String>, Need> = segment.atoms.iter().map(|atom| named(talk, atom)).collect();
    Ok(named?.join(", "))
}

/// A condition in words.
pub(super) fn named(talk: &Talk<'_>, atom: &Atom) -> Result<String, Need> {
    let lesson = |id: &str| talk.content().lesson(id).map_or_else(|| id.to_owned(), |l| l.title.clone());
    let list = |id: &str| talk.content().checklist(id).map_or_else(|| id.to_owned(), |l| l.title.clone());
    let course = |id: &str| talk.content().course(id).map_or_else(|| id.to_owned(), |c| c.title.clone());
    let days = |key: &str, n: u16| talk.f(key, &[("n", i64::from(n).into())]);
    Ok(match atom {
        Atom::Place(name) => name.clone(),
        Atom::Sphere(sphere) => talk.t(&format!("sphere-{}", sphere.slug())),
        Atom::Size(size) => talk.t(&format!("size-{}", *size as u8)),
        Atom::Zone(zone) => talk.t(&format!("to-zone-{}", *zone as u8)),
        Atom::Seen(n) => days("to-seen", *n),
        Atom::Unseen(n) => days("to-unseen", *n),
        Atom::Silent(n) => days("to-silent", *n),
        Atom::Learnt(id) => talk.f("to-learnt", &[("title", lesson(id).into())]),
        Atom::Unlearnt(id) => talk.f("to-unlearnt", &[("title", lesson(id).into())]),
        Atom::Done(id) => talk.f("to-done", &[("title", list(id).into())]),
        Atom::Undone(id) => talk.f("to-undone", &[("title", list(id).into())]),
        Atom::Class(class) => {
            let class = talk.t(&format!("page-class-{}", class.slug()));
            talk.f("to-class", &[("class", class.into())])
        }
        Atom::Came(id) => talk.f("to-came", &[("title", course(id).into())]),
        Atom::Missed(id) => talk.f("to-missed", &[("title", course(id).into())]),
        Atom::CameTo(id) => talk.f("to-came", &[("title", held(talk, *id)?.into())]),
        Atom::MissedAt(id) => talk.f("to-missed", &[("title", held(talk, *id)?.into())]),
    })
}

/// A class by its title and its day: the same is held again.
fn held(talk: &Talk<'_>, id: ClassId) -> Result<String, Need> {
    let Known::Classes(all) = talk.known(Need::Classes)? else { return Ok(String::new()) };
    let Some((class, _)) = all.iter().find(|(class, _)| class.id == id) else {
        return Ok(talk.t("to-class-gone"));
    };
    let day = class.zone.local(class.starts).date();
    let month = talk.t(&format!("month-{}", day.month()));
    Ok(format!("{}, {} {month}", class.title, day.day()))
}

/// When it leaves, in words.
pub(super) fn when(talk: &Talk<'_>, letter: &Letter) -> Result<String, Need> {
    let at = match &letter.when {
        When::Now => talk.t("letter-now"),
        When::At { local, own: false } => {
            told::moment(talk, super::when::clock(talk, letter)?.moment(*local))
        }
        When::At { local, own: true } => {
            let day = told::date(talk, local.date());
            let time = local.time().strftime("%-H:%M").to_string();
            let at = talk.f("reminder-weekly", &[("days", day.into()), ("time", time.into())]);
            talk.f("letter-own", &[("when", at.into())])
        }
        When::Repeat(rule) => {
            let rule = told::rule(talk, rule);
            let region = &talk.scene().region.zone;
            // Her own clock would show another hour.
            if talk.local() == region.local(talk.now()) {
                rule
            } else {
                let zone = settings::zone_name(talk, region.name());
                talk.f("letter-regions-clock", &[("when", rule.into()), ("zone", zone.into())])
            }
        }
    };
    Ok(match letter.spread {
        0 => at,
        n => talk.f("letter-spread", &[("when", at.into()), ("n", i64::from(n).into())]),
    })
}

/// How it is called in a list.
pub(super) fn title(letter: &Letter) -> String {
    super::campaign::title(&letter.text)
}

/// The number of a campaign in a sentence of the log.
pub(super) fn number(id: CampaignId) -> String {
    id.0.to_string()
}
