//! Whom an announcement is for: conditions that are put together by buttons, and small rows of facts to try them on.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

use super::{
    ClassId, Day, Ms, Sphere,
    page::{PageClass, Zone as Light},
    text,
};

/// The most conditions of one segment.
pub const ATOMS: usize = 24;
/// The most characters of a saved segment's name.
pub const NAME: usize = 32;

/// Conditions. Of the same kind (municipalities, spheres, sizes, zones, classes of pages) one has to hold; of different
/// kinds, and of lessons, checklists and courses, all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// In the order they were chosen; none: everybody.
    pub atoms: Vec<Atom>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Atom {
    /// She is of this municipality; case and signs do not matter.
    Place(String),
    /// Her institution is of this sphere.
    Sphere(Sphere),
    /// A page of hers has so many subscribers.
    Size(Size),
    /// A page of hers stands so by the norm.
    Zone(Light),
    /// She wrote to the bot or pressed something within so many days.
    Seen(u16),
    /// She did not for so many days.
    Unseen(u16),
    /// None of her pages has had a post for so many days.
    Silent(u16),
    /// She went through this lesson.
    Learnt(String),
    /// She did not.
    Unlearnt(String),
    /// She went through this checklist at least once.
    Done(String),
    /// She did not.
    Undone(String),
    /// A page of hers is of this class.
    Class(PageClass),
    /// She was at a class of this course.
    Came(String),
    /// She was not.
    Missed(String),
    /// She was at this class.
    CameTo(ClassId),
    /// She was not.
    MissedAt(ClassId),
}

/// How many subscribers a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// Fewer than 100.
    Tiny,
    /// 100 to 499.
    Small,
    /// 500 to 1,999.
    Middle,
    /// 2,000 to 9,999.
    Big,
    /// 10,000 and more: those that the law has rules of their own for.
    Huge,
}

impl Size {
    /// All of them, smallest first.
    pub const ALL: [Self; 5] = [Self::Tiny, Self::Small, Self::Middle, Self::Big, Self::Huge];

    /// Of a page with so many subscribers.
    pub fn of(members: u32) -> Self {
        match members {
            0..100 => Self::Tiny,
            100..500 => Self::Small,
            500..2_000 => Self::Middle,
            2_000..10_000 => Self::Big,
            _ => Self::Huge,
        }
    }
}

impl Atom {
    /// Whether choosing this one takes the place of that one.
    fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Seen(_) | Self::Unseen(_), Self::Seen(_) | Self::Unseen(_))
            | (Self::Silent(_), Self::Silent(_)) => true,
            (Self::Learnt(a) | Self::Unlearnt(a), Self::Learnt(b) | Self::Unlearnt(b))
            | (Self::Done(a) | Self::Undone(a), Self::Done(b) | Self::Undone(b))
            | (Self::Came(a) | Self::Missed(a), Self::Came(b) | Self::Missed(b)) => a == b,
            (Self::CameTo(a) | Self::MissedAt(a), Self::CameTo(b) | Self::MissedAt(b)) => a == b,
            (Self::Place(a), Self::Place(b)) => text::folded(a) == text::folded(b),
            (a, b) => a == b,
        }
    }
}

impl Segment {
    /// Chooses a condition, or, if it is chosen, takes it back. False if there are too many already.
    pub fn toggle(&mut self, atom: Atom) -> bool {
        let had = self.atoms.contains(&atom);
        self.atoms.retain(|other| !atom.replaces(other));
        if !had && self.atoms.len() < ATOMS {
            self.atoms.push(atom);
            return true;
        }
        had
    }
}

/// A segment that was given a name; whoever fits it is found anew each time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Its number.
    pub id: u64,
    /// Its name, at most 32 characters.
    pub name: String,
    /// Who saved it.
    pub by: UserId,
    /// When.
    pub at: Ms,
    /// The conditions.
    pub segment: Segment,
}

/// Numbers of names that facts are told by: municipalities, lessons, checklists, courses, classes.
#[derive(Debug, Default)]
pub struct Names {
    numbers: HashMap<String, u32>,
    shown: Vec<String>,
}

impl Names {
    fn number(&mut self, key: String, shown: &str) -> u32 {
        let next = self.shown.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.shown.push(shown.to_owned());
        }
        number
    }

    /// The number of a municipality.
    pub fn place(&mut self, name: &str) -> u32 {
        self.number(format!("p{}", text::folded(name)), name)
    }

    /// The number of a lesson.
    pub fn lesson(&mut self, id: &str) -> u32 {
        self.number(format!("l{id}"), id)
    }

    /// The number of a checklist.
    pub fn list(&mut self, id: &str) -> u32 {
        self.number(format!("c{id}"), id)
    }

    /// The number of a course.
    pub fn course(&mut self, id: &str) -> u32 {
        self.number(format!("k{id}"), id)
    }

    /// The number of a class.
    pub fn class(&mut self, id: ClassId) -> u32 {
        self.number(class_key(id), "")
    }

    /// A name as it was written first.
    pub fn shown(&self, number: u32) -> Option<&str> {
        self.shown.get(number as usize).map(String::as_str)
    }

    /// What no fact has is nobody's.
    fn known(&self, key: &str) -> u32 {
        self.numbers.get(key).copied().unwrap_or(u32::MAX)
    }
}

fn class_key(id: ClassId) -> String {
    format!("t{}", id.0)
}

/// What a segment is tried on: some forty bytes a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Who she is.
    pub id: UserId,
    /// The day she was seen last, in UTC.
    pub seen: Day,
    /// The day of the newest post of her pages, in UTC, if any is known.
    pub posted: Option<Day>,
    /// VK's number of the page she is asked about; 0 if she runs none.
    pub page: i64,
    /// Her municipality.
    pub place: Option<u32>,
    /// What she has gone through, ascending.
    pub done: Box<[u32]>,
    /// Her sphere.
    pub sphere: Option<Sphere>,
    /// The sizes of her pages, a bit each.
    pub sizes: u8,
    /// The zones of her pages, a bit each.
    pub zones: u8,
    /// The classes of her pages, a bit each.
    pub classes: u8,
    /// She may be written an announcement.
    pub news: bool,
}

/// A segment made ready for many rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    places: Option<Vec<u32>>,
    spheres: Option<Vec<Sphere>>,
    sizes: Option<u8>,
    zones: Option<u8>,
    classes: Option<u8>,
    seen: std::ops::RangeInclusive<Day>,
    silent: Option<Day>,
    with: Vec<u32>,
    without: Vec<u32>,
}

impl Filter {
    /// A segment as of a day.
    pub fn new(segment: &Segment, names: &Names, today: Day) -> Self {
        let ago = |days: u16| Day(today.0 - i32::from(days));
        let mut filter = Self {
            places: None,
            spheres: None,
            sizes: None,
            zones: None,
            classes: None,
            seen: Day(i32::MIN)..=Day(i32::MAX),
            silent: None,
            with: Vec::new(),
            without: Vec::new(),
        };
        for atom in &segment.atoms {
            match atom {
                Atom::Place(name) => {
                    let number = names.known(&format!("p{}", text::folded(name)));
                    filter.places.get_or_insert_default().push(number);
                }
                Atom::Sphere(sphere) => filter.spheres.get_or_insert_default().push(*sphere),
                Atom::Size(size) => *filter.sizes.get_or_insert_default() |= 1 << *size as u8,
                Atom::Zone(zone) => *filter.zones.get_or_insert_default() |= 1 << *zone as u8,
                Atom::Seen(days) => filter.seen = ago(*days)..=Day(i32::MAX),
                Atom::Unseen(days) => filter.seen = Day(i32::MIN)..=ago(*days),
                Atom::Silent(days) => filter.silent = Some(ago(*days)),
                Atom::Learnt(id) => filter.with.push(names.known(&format!("l{id}"))),
                Atom::Unlearnt(id) => filter.without.push(names.known(&format!("l{id}"))),
                Atom::Done(id) => filter.with.push(names.known(&format!("c{id}"))),
                Atom::Undone(id) => filter.without.push(names.known(&format!("c{id}"))),
                Atom::Class(class) => *filter.classes.get_or_insert_default() |= 1 << *class as u8,
                Atom::Came(id) => filter.with.push(names.known(&format!("k{id}"))),
                Atom::Missed(id) => filter.without.push(names.known(&format!("k{id}"))),
                Atom::CameTo(id) => filter.with.push(names.known(&class_key(*id))),
                Atom::MissedAt(id) => filter.without.push(names.known(&class_key(*id))),
            }
        }
        filter
    }

    /// Whether all conditions hold of her. Of a page that was never read it is not known how it stands: what asks for its
    /// size, its zone or its silence does not hold.
    pub fn fits(&self, facts: &Facts) -> bool {
        let any = |of: Option<u8>, has: u8| of.is_none_or(|of| of & has != 0);
        let has = |number: &u32| facts.done.binary_search(number).is_ok();
        any(self.sizes, facts.sizes)
            && any(self.zones, facts.zones)
            && any(self.classes, facts.classes)
            && self.spheres.as_ref().is_none_or(|some| facts.sphere.is_some_and(|s| some.contains(&s)))
            && self.places.as_ref().is_none_or(|some| facts.place.is_some_and(|p| some.contains(&p)))
            && self.seen.contains(&facts.seen)
            && self.silent.is_none_or(|day| facts.posted.is_some_and(|posted| posted <= day))
            && self.with.iter().all(has)
            && !self.without.iter().any(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(names: &mut Names) -> Facts {
        Facts {
            id: UserId(7),
            seen: Day(100),
            posted: Some(Day(90)),
            page: 77,
            place: Some(names.place("г. Ольховск")),
            done: vec![
                names.lesson("first"),
                names.list("weekly"),
                names.course("start"),
                names.class(ClassId(5)),
            ]
            .into(),
            sphere: Some(Sphere::School),
            sizes: 1 << Size::Small as u8,
            zones: 1 << Light::Red as u8,
            classes: 1 << PageClass::Card as u8,
            news: true,
        }
    }

    fn fits(atoms: &[Atom]) -> bool {
        let mut names = Names::default();
        let facts = facts(&mut names);
        Filter::new(&Segment { atoms: atoms.to_vec() }, &names, Day(101)).fits(&facts)
    }

    #[test]
    fn each_condition_holds_or_not() {
        assert!(fits(&[]));
        let id = || "first".to_owned();
        for (yes, no) in [
            (Atom::Place("Г ОЛЬХОВСК".into()), Atom::Place("Тамбов".into())),
            (Atom::Sphere(Sphere::School), Atom::Sphere(Sphere::Clinic)),
            (Atom::Size(Size::Small), Atom::Size(Size::Huge)),
            (Atom::Zone(Light::Red), Atom::Zone(Light::Green)),
            (Atom::Seen(1), Atom::Unseen(2)),
            (Atom::Unseen(1), Atom::Seen(0)),
            (Atom::Silent(11), Atom::Silent(12)),
            (Atom::Learnt(id()), Atom::Unlearnt(id())),
            (Atom::Undone(id()), Atom::Done(id())),
            (Atom::Done("weekly".into()), Atom::Learnt("weekly".into())),
            (Atom::Class(PageClass::Card), Atom::Class(PageClass::Flagship)),
            (Atom::Came("start".into()), Atom::Missed("start".into())),
            (Atom::Missed("weekly".into()), Atom::Came("weekly".into())),
            (Atom::CameTo(ClassId(5)), Atom::MissedAt(ClassId(5))),
            (Atom::MissedAt(ClassId(6)), Atom::CameTo(ClassId(6))),
        ] {
            assert!(fits(std::slice::from_ref(&yes)), "{yes:?}");
            assert!(!fits(std::slice::from_ref(&no)), "{no:?}");
            assert!(
                !fits(&[yes, no.clone()])
                    || matches!(
                        no,
                        Atom::Place(_) | Atom::Sphere(_) | Atom::Size(_) | Atom::Zone(_) | Atom::Class(_)
                    )
            );
        }
    }

    #[test]
    fn of_one_kind_any_will_do_and_of_two_kinds_both_must() {
        let place = |name: &str| Atom::Place(name.to_owned());
        assert!(fits(&[place("Тамбов"), place("г Ольховск")]));
        assert!(!fits(&[place("г Ольховск"), Atom::Sphere(Sphere::Clinic)]));
        assert!(fits(&[place("г Ольховск"), Atom::Sphere(Sphere::Clinic), Atom::Sphere(Sphere::School)]));
    }

    #[test]
    fn a_chip_pressed_twice_is_as_if_it_was_never_pressed() {
        let mut segment = Segment::default();
        assert!(segment.toggle(Atom::Seen(7)));
        assert!(segment.toggle(Atom::Unseen(30)));
        assert_eq!(segment.atoms, [Atom::Unseen(30)], "both at once are nobody");
        assert!(segment.toggle(Atom::Unseen(30)));
        assert_eq!(segment, Segment::default());
        assert!(segment.toggle(Atom::CameTo(ClassId(5))) && segment.toggle(Atom::MissedAt(ClassId(6))));
        assert!(segment.toggle(Atom::MissedAt(ClassId(5))));
        assert_eq!(segment.atoms, [Atom::MissedAt(ClassId(6)), Atom::MissedAt(ClassId(5))]);
        segment = Segment::default();
        for n in 0..ATOMS {
            assert!(segment.toggle(Atom::Place(format!("Место {n}"))));
        }
        assert!(!segment.toggle(Atom::Place("лишнее".into())));
        assert_eq!(segment.atoms.len(), ATOMS);
    }
}
