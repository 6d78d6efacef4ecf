//! «Кому?»: conditions as chips, with a count that follows each press, and segments that have a name.

use super::{
    super::{Action, Choice, Known, Need, Screen, Talk, menu, router::Step, short},
    Chip, Do, ask, panel, put, view,
};
use crate::{
    domain::{
        Class, ClassId, ClassState, Ms, Role, Sphere,
        letter::{Ask, Letter},
        page::{PageClass, Zone as Light},
        segment::{Atom, NAME, Saved, Size},
        text,
    },
    store::Op,
};

/// Chips a screen shows: two a row, with a row to turn pages and one that leads back.
const CHIPS: usize = 6;
/// How long it is asked who was at a class, in milliseconds: half a year.
const HELD: i64 = 183 * Ms::DAY;
/// The most classes that chips offer.
const CLASSES: usize = 9;
/// Saved segments a screen shows, each with a button beside it that forgets it; one fewer where pages have to be turned.
const SAVED: usize = 3;
/// The most segments that are kept.
const KEPT: usize = 100;
/// Days without a sign of her, or with one, that chips offer.
const SEEN: [Atom; 5] = [Atom::Seen(7), Atom::Seen(30), Atom::Unseen(30), Atom::Silent(7), Atom::Silent(14)];

/// How many fit now.
fn count(talk: &Talk<'_>, letter: &Letter) -> Result<usize, Need> {
    let Known::Count(count) = talk.known(Need::Count(Box::new(letter.crowd())))? else { return Ok(0) };
    Ok(*count)
}

/// The kinds of conditions, with what is chosen.
pub(super) fn open(talk: &mut Talk<'_>, letter: &Letter) -> Step {
    let count = count(talk, letter)?;
    let id = letter.id;
    let whom = view::whom(talk, &letter.to)?;
    let fit = talk.f("to-fit", &[("count", count.into())]);
    let text = format!("{}\n{whom}\n\n{fit}", talk.t("to-title"));
    let kind = |key: &str, kind: Chip| talk.choice(key, Action::Letter { id, d: Do::Chips(kind, 0) });
    let button = |key: &str, d: Do| talk.choice(key, Action::Letter { id, d });
    let mut saved = vec![button("to-saved", Do::Saved)];
    if !letter.to.atoms.is_empty() {
        saved.push(button("to-all", Do::All));
    }
    let screen = Screen::text(text)
        .row([kind("to-place", Chip::Place), kind("to-sphere", Chip::Sphere)])
        .row([kind("to-page", Chip::Page), kind("to-activity", Chip::Seen)])
        .row([kind("to-learning", Chip::Lesson), kind("to-ticks", Chip::List)])
        .row(saved)
        .row([button("letter-done", Do::Look).good(), menu::cancel_button(talk)]);
    talk.show(screen);
    Ok(())
}

/// The conditions of a kind, a page of them.
pub(super) fn chips(talk: &mut Talk<'_>, letter: &Letter, kind: Chip, page: usize) -> Step {
    let all = atoms(talk, letter, kind)?;
    let count = count(talk, letter)?;
    let id = letter.id;
    let pages = all.len().div_ceil(CHIPS).max(1);
    let page = page.min(pages - 1);
    let chip = |atom: &Atom| {
        let on = letter.to.atoms.contains(atom);
        let label = view::named(talk, atom)?;
        let label = if on { format!("✓ {label}") } else { label };
        let choice = Choice::new(label, Action::Letter { id, d: Do::Chip(atom.clone(), page) });
        Ok(if on { choice.main() } else { choice })
    };
    let shown: Vec<Choice> =
        all.iter().skip(page * CHIPS).take(CHIPS).map(chip).collect::<Result<_, Need>>()?;
    let key = if all.is_empty() { "to-nothing" } else { "to-choose" };
    let fit = talk.f("to-fit", &[("count", count.into())]);
    let text = format!("{}\n\n{fit}", talk.t(key));
    let pager = menu::pager(talk, page, pages, |p| Action::Letter { id, d: Do::Chips(kind, p) });
    let back = talk.choice("to-back", Action::Letter { id, d: Do::To });
    let screen = Screen::text(text).grid(2, shown).row(pager).row([back.good(), menu::cancel_button(talk)]);
    talk.show(screen);
    Ok(())
}

fn atoms(talk: &Talk<'_>, letter: &Letter, kind: Chip) -> Result<Vec<Atom>, Need> {
    let both =
        |id: &str, yes: fn(String) -> Atom, no: fn(String) -> Atom| [yes(id.to_owned()), no(id.to_owned())];
    Ok(match kind {
        Chip::Place => {
            let Known::Towns(towns) = talk.known(Need::Towns(letter.author))? else { return Ok(Vec::new()) };
            towns.iter().map(|(name, _)| Atom::Place(name.clone())).collect()
        }
        Chip::Sphere => Sphere::ALL.map(Atom::Sphere).into(),
        Chip::Page => {
            let zones = [Light::Green, Light::Yellow, Light::Red].map(Atom::Zone);
            let classes = PageClass::ALL.map(Atom::Class);
            zones.into_iter().chain(Size::ALL.map(Atom::Size)).chain(classes).collect()
        }
        Chip::Seen => SEEN.into(),
        Chip::Lesson => {
            let held = held(talk)?.into_iter().flat_map(|id| [Atom::CameTo(id), Atom::MissedAt(id)]);
            let lessons = talk.content().lessons().iter();
            let lessons = lessons.flat_map(|l| both(&l.id, Atom::Learnt, Atom::Unlearnt));
            let courses = talk.content().courses().iter();
            let courses = courses.flat_map(|c| both(&c.id, Atom::Came, Atom::Missed));
            held.chain(lessons).chain(courses).collect()
        }
        Chip::List => {
            let lists = talk.content().checklists().iter();
            let admins = lists.filter(|l| l.audience == crate::content::Audience::Admin);
            admins.flat_map(|l| both(&l.id, Atom::Done, Atom::Undone)).collect()
        }
    })
}

/// The classes of no course that were held in her part of the region, the latest first: whoever was at one of a course is
/// found by the course.
fn held(talk: &Talk<'_>) -> Result<Vec<ClassId>, Need> {
    let Known::Classes(all) = talk.known(Need::Classes)? else { return Ok(Vec::new()) };
    let rights = &talk.scene().rights;
    let now = talk.now();
    let held = |class: &&Class| {
        let begun = class.starts <= now && class.starts.plus(HELD) > now;
        class.state == ClassState::Open
            && class.course.is_none()
            && begun
            && rights.covers(Role::Trainer, &class.place())
    };
    let mut held: Vec<&Class> = all.iter().map(|(class, _)| class).filter(held).collect();
    held.sort_by_key(|class| std::cmp::Reverse((class.starts, class.id)));
    Ok(held.into_iter().take(CLASSES).map(|class| class.id).collect())
}

fn kind_of(atom: &Atom) -> Chip {
    match atom {
        Atom::Place(_) => Chip::Place,
        Atom::Sphere(_) => Chip::Sphere,
        Atom::Size(_) | Atom::Zone(_) | Atom::Class(_) => Chip::Page,
        Atom::Seen(_) | Atom::Unseen(_) | Atom::Silent(_) => Chip::Seen,
        Atom::Learnt(_)
        | Atom::Unlearnt(_)
        | Atom::Came(_)
        | Atom::Missed(_)
        | Atom::CameTo(_)
        | Atom::MissedAt(_) => Chip::Lesson,
        Atom::Done(_) | Atom::Undone(_) => Chip::List,
    }
}

/// Chooses a condition or takes it back.
pub(super) fn toggle(talk: &mut Talk<'_>, mut letter: Letter, atom: Atom, page: usize) -> Step {
    let kind = kind_of(&atom);
    // A forged chip is no condition: only those that are offered are.
    if !atoms(talk, &letter, kind)?.contains(&atom) && !letter.to.atoms.contains(&atom) {
        talk.toast(talk.t("stale-button"));
        return chips(talk, &letter, kind, page);
    }
    if letter.to.toggle(atom) {
        put(talk, &letter);
    } else {
        talk.toast(talk.t("to-full"));
    }
    chips(talk, &letter, kind, page)
}

/// To everybody.
pub(super) fn all(talk: &mut Talk<'_>, mut letter: Letter) -> Step {
    letter.to.atoms.clear();
    put(talk, &letter);
    open(talk, &letter)
}

fn segments<'a>(talk: &Talk<'a>) -> Result<&'a [Saved], Need> {
    let Known::Segments(saved) = talk.known(Need::Segments)? else { return Ok(&[]) };
    Ok(saved)
}

/// The segments that have a name, the newest first, and the way to name this one.
pub(super) fn saved(talk: &mut Talk<'_>, letter: &Letter, page: usize) -> Step {
    let all = segments(talk)?;
    listed(talk, letter, &all.iter().rev().collect::<Vec<_>>(), page)
}

fn listed(talk: &mut Talk<'_>, letter: &Letter, all: &[&Saved], page: usize) -> Step {
    let id = letter.id;
    let shown = if all.len() > SAVED { SAVED - 1 } else { SAVED };
    let pages = all.len().div_ceil(shown).max(1);
    let page = page.min(pages - 1);
    let mut text = talk.t(if all.is_empty() { "to-saved-none" } else { "to-saved-title" });
    let mut screen = Screen::default();
    for saved in all.iter().skip(page * shown).take(shown) {
        let whom = view::whom(talk, &saved.segment)?;
        text = format!("{text}\n— «{}»: {}", saved.name, short(&whom, 200));
        screen = screen.row([
            Choice::new(&saved.name, Action::Letter { id, d: Do::Use(saved.id) }),
            Choice::new(talk.t("to-forget"), Action::Letter { id, d: Do::Forget(saved.id) }),
        ]);
    }
    screen.text = text;
    screen = screen.row(menu::pager(talk, page, pages, |p| Action::Letter { id, d: Do::SavedPage(p) }));
    if !letter.to.atoms.is_empty() {
        screen = screen.row([talk.choice("to-keep", Action::Letter { id, d: Do::Keep })]);
    }
    let back = talk.choice("to-back", Action::Letter { id, d: Do::To });
    talk.show(screen.row([back.good(), menu::cancel_button(talk)]));
    Ok(())
}

/// Takes the conditions of a segment by its number.
pub(super) fn take(talk: &mut Talk<'_>, mut letter: Letter, number: u64) -> Step {
    if let Some(saved) = segments(talk)?.iter().find(|saved| saved.id == number) {
        letter.to = saved.segment.clone();
        put(talk, &letter);
        return open(talk, &letter);
    }
    talk.toast(talk.t("stale-button"));
    self::saved(talk, &letter, 0)
}

/// A name was typed for what is chosen; a segment of that name is written over.
pub(super) fn keep(talk: &mut Talk<'_>, letter: &Letter, typed: &str) -> Step {
    let all = segments(talk)?;
    let name = text::line(typed, NAME).filter(|_| typed.trim().chars().count() <= NAME);
    let (Some(name), false) = (name, letter.to.atoms.is_empty()) else {
        ask(talk, letter.id, Ask::Name, "to-keep-wrong");
        return Ok(());
    };
    let same = all.iter().find(|saved| text::folded(&saved.name) == text::folded(&name));
    if same.is_none() && all.len() >= KEPT {
        talk.say(Screen::text(talk.t("to-keep-many")));
        return self::saved(talk, letter, 0);
    }
    let id = same.map_or_else(|| all.iter().map(|saved| saved.id).max().unwrap_or(0) + 1, |saved| saved.id);
    let saved = Saved { id, name, by: talk.person.id, at: talk.now(), segment: letter.to.clone() };
    talk.form(None);
    talk.audit_of("segment", saved.name.clone(), same, Some(&saved));
    talk.op(Op::PutSegment(Box::new(saved)));
    panel(talk, letter)
}

/// Forgets a segment.
pub(super) fn forget(talk: &mut Talk<'_>, letter: &Letter, number: u64) -> Step {
    let all = segments(talk)?;
    if let Some(saved) = all.iter().find(|saved| saved.id == number) {
        talk.audit_of("segment-forget", saved.name.clone(), Some(saved), None);
        talk.op(Op::DropSegment(number));
    }
    listed(talk, letter, &all.iter().rev().filter(|saved| saved.id != number).collect::<Vec<_>>(), 0)
}
