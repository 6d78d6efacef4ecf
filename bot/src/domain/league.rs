//! Pages of the same sphere and size beside each other: a place for each, a name only for who wants hers told.

use vkapi::types::GroupId;

use super::Sphere;

/// A league of fewer pages would tell too much of each.
pub const LEAST: usize = 5;
/// Names told at most.
const NAMED: usize = 3;

/// How large a page is, by its subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    /// Up to 299.
    Small,
    /// Up to 999.
    Middle,
    /// Up to 2,999.
    Large,
    /// From 3,000 on.
    Great,
}

impl Size {
    /// The size with so many subscribers. The steps are ours: about equal shares of schools and kindergartens.
    pub fn of(members: u32) -> Self {
        match members {
            0..300 => Self::Small,
            300..1_000 => Self::Middle,
            1_000..3_000 => Self::Large,
            _ => Self::Great,
        }
    }
}

/// A page in its league.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub page: GroupId,
    /// What its institution does.
    pub sphere: Sphere,
    /// Subscribers.
    pub members: u32,
    /// Weeks by the norm of the last four.
    pub kept: u8,
    /// Its name, if whoever runs it wants it told.
    pub named: Option<String>,
}

/// A place in a league.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1; equals share the better one.
    pub place: usize,
    /// How many pages there are.
    pub of: usize,
    /// The best pages whose names may be told, with their places.
    pub named: Vec<(usize, String)>,
}

/// The place of a page among those of its sphere and size; `None` where there are fewer than five.
pub fn place(all: &[Entry], page: GroupId) -> Option<Place> {
    let mine = all.iter().find(|entry| entry.page == page)?;
    let same = |e: &&Entry| e.sphere == mine.sphere && Size::of(e.members) == Size::of(mine.members);
    let league: Vec<&Entry> = all.iter().filter(same).collect();
    if league.len() < LEAST {
        return None;
    }
    let place = |entry: &Entry| league.iter().filter(|other| other.kept > entry.kept).count() + 1;
    let mut named: Vec<(usize, String)> =
        league.iter().filter_map(|entry| Some((place(entry), entry.named.clone()?))).collect();
    named.sort();
    named.truncate(NAMED);
    Some(Place { place: place(mine), of: league.len(), named })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64, members: u32, kept: u8, named: Option<&str>) -> Entry {
        Entry { page: GroupId(id), sphere: Sphere::School, members, kept, named: named.map(str::to_owned) }
    }

    #[test]
    fn a_place_is_among_the_same_sphere_and_size_and_equals_share_it() {
        let mut all: Vec<Entry> = (1..=5).map(|n| entry(n, 100, n as u8 / 2, None)).collect();
        all.push(entry(6, 5_000, 4, None));
        all.push(Entry { sphere: Sphere::Clinic, ..entry(7, 100, 4, None) });
        assert_eq!(place(&all, GroupId(5)), Some(Place { place: 1, of: 5, named: vec![] }));
        assert_eq!(place(&all, GroupId(3)).map(|p| p.place), Some(3));
        assert_eq!(place(&all, GroupId(2)).map(|p| p.place), Some(3));
        assert_eq!(place(&all, GroupId(6)), None, "alone in its league");
        assert_eq!(place(&all, GroupId(99)), None);
    }

    #[test]
    fn only_who_wants_is_named() {
        let mut all: Vec<Entry> = (1..=8).map(|n| entry(n, 500, 4 - (n as u8 - 1) / 2, None)).collect();
        all[1].named = Some("Школа № 2".to_owned());
        all[6].named = Some("Школа № 7".to_owned());
        let found = place(&all, GroupId(8)).unwrap();
        assert_eq!(found.named, [(1, "Школа № 2".to_owned()), (7, "Школа № 7".to_owned())]);
    }
}
