//! The roster: the institutions whose pages a region looks after, and how far their people are from the bot.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use vkapi::types::{GroupId, UserId};

use super::{PageRef, Sphere, text};

/// What an institution is known by: its page, or its ОГРН where it has none.
///
/// The page comes first, as a legal entity may run several: those of its branches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RosterKey {
    /// The page by VK's number.
    Page(GroupId),
    /// The page by its short name, in lower case.
    Name(String),
    /// The ОГРН or ОГРНИП.
    Ogrn(u64),
}

/// One row of the roster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Institution {
    /// What it is known by.
    pub key: RosterKey,
    /// Its name, at most 200 characters.
    pub name: String,
    /// Its founder, at most 200 characters.
    pub founder: Option<String>,
    /// Its ОГРН or ОГРНИП, with a right check digit.
    pub ogrn: Option<u64>,
    /// What it does.
    pub sphere: Option<Sphere>,
    /// Its municipality, at most 100 characters.
    pub municipality: Option<String>,
    /// The short name of its page, in lower case, if the roster gives one.
    pub screen_name: Option<String>,
    /// Who answers for its page, at most 200 characters.
    pub responsible: Option<String>,
    /// Who that is in VK.
    pub vk: Option<UserId>,
}

impl Institution {
    /// Its page as people open it; `None` if it has none.
    pub fn address(&self) -> Option<String> {
        match (&self.screen_name, &self.key) {
            (Some(name), _) | (None, RosterKey::Name(name)) => Some(format!("https://vk.com/{name}")),
            (None, RosterKey::Page(id)) => Some(format!("https://vk.com/club{id}")),
            (None, RosterKey::Ogrn(_)) => None,
        }
    }
}

/// What names of links that invite a municipality's people begin with.
const FROM_PLACE: &str = "m-";
/// What names of links that invite an institution's people begin with.
const FROM_ONE: &str = "i-";
/// Institutions that a line of the log names.
const REMOVED: usize = 50;
/// The most characters of a link's name that are kept of whoever came by it.
const LINK: usize = 64;

/// The name (`ref`) of the link by which a municipality's people are invited; the same however its case and signs vary.
pub fn invite_place(municipality: &str) -> String {
    format!("{FROM_PLACE}{:08x}", crc32fast::hash(text::folded(municipality).as_bytes()))
}

/// The name (`ref`) of the link by which an institution's people are invited.
pub fn invite(key: &RosterKey) -> String {
    let name = match key {
        RosterKey::Page(id) => format!("{FROM_ONE}p{id}"),
        RosterKey::Name(name) => format!("{FROM_ONE}n-{name}"),
        RosterKey::Ogrn(number) => format!("{FROM_ONE}o{number}"),
    };
    name.chars().take(LINK).collect()
}

/// Whether a link's name is that of an invitation, in whatever case.
pub fn is_invite(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with(FROM_PLACE) || name.starts_with(FROM_ONE)
}

/// How many people came first by each invitation, by its name in lower case.
pub fn comers(people: &[Comer]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for link in people.iter().filter_map(|person| person.invited.as_ref()) {
        *counts.entry(link.to_lowercase()).or_default() += 1;
    }
    counts
}

/// Whether the last digit of an ОГРН (13 digits) or ОГРНИП (15) is the one its other digits give.
///
/// The rule is that of the order of the Federal Tax Service on keeping the register: the number without its last digit,
/// modulo 11 (13 for ОГРНИП), of which the last digit counts.
pub fn is_ogrn(digits: &str) -> bool {
    let modulus = match digits.len() {
        13 => 11,
        15 => 13,
        _ => return false,
    };
    let Ok(number) = digits.parse::<u64>() else { return false };
    digits.bytes().all(|b| b.is_ascii_digit()) && number / 10 % modulus % 10 == number % 10
}

/// Something that is kept of an institution beside its key and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Its founder.
    Founder,
    /// Its number.
    Ogrn,
    /// What it does.
    Sphere,
    /// Its municipality.
    Municipality,
    /// The short name of its page.
    Page,
    /// Who answers for its page.
    Responsible,
    /// Who that is in VK.
    Vk,
}

impl Field {
    /// The key of the phrase that names its column.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Founder => "roster-column-founder",
            Self::Ogrn => "roster-column-ogrn",
            Self::Sphere => "roster-column-sphere",
            Self::Municipality => "roster-column-municipality",
            Self::Page => "roster-column-page",
            Self::Responsible => "roster-column-responsible",
            Self::Vk => "roster-column-vk",
        }
    }

    fn take(self, to: &mut Institution, from: &Institution) {
        match self {
            Self::Founder => to.founder.clone_from(&from.founder),
            Self::Ogrn => to.ogrn = from.ogrn,
            Self::Sphere => to.sphere = from.sphere,
            Self::Municipality => to.municipality.clone_from(&from.municipality),
            Self::Page => to.screen_name.clone_from(&from.screen_name),
            Self::Responsible => to.responsible.clone_from(&from.responsible),
            Self::Vk => to.vk = from.vk,
        }
    }
}

/// What a sheet does not tell of its rows: that is not the same as telling that there is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untold {
    /// It has no such columns.
    pub columns: BTreeSet<Field>,
    /// What stands there was not understood.
    pub cells: HashSet<(RosterKey, Field)>,
}

impl Untold {
    /// What it does not tell stays as it is kept.
    pub fn fill(&self, rows: &mut [Institution], kept: &[Institution]) {
        if self.columns.is_empty() && self.cells.is_empty() {
            return;
        }
        let kept: HashMap<&RosterKey, &Institution> = kept.iter().map(|one| (&one.key, one)).collect();
        for row in rows {
            let Some(old) = kept.get(&row.key) else { continue };
            for field in &self.columns {
                field.take(row, old);
            }
            for field in [Field::Sphere, Field::Vk] {
                if self.cells.contains(&(row.key.clone(), field)) {
                    field.take(row, old);
                }
            }
        }
    }
}

/// What a new roster changes in the one that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Institutions that were not there.
    pub new: Vec<Institution>,
    /// Institutions that are written otherwise now.
    pub changed: Vec<Institution>,
    /// Institutions that the new roster has not.
    pub gone: Vec<Institution>,
    /// How many stay as they are.
    pub same: usize,
}

/// Compares the roster that is kept with a new one, each key of which is there once.
pub fn compare(kept: Vec<Institution>, rows: Vec<Institution>) -> Change {
    let mut kept: HashMap<RosterKey, Institution> = kept.into_iter().map(|i| (i.key.clone(), i)).collect();
    let mut change = Change::default();
    for row in rows {
        match kept.remove(&row.key) {
            None => change.new.push(row),
            Some(old) if old == row => change.same += 1,
            Some(_) => change.changed.push(row),
        }
    }
    change.gone = kept.into_values().collect();
    change.gone.sort_by(|a, b| a.key.cmp(&b.key));
    change
}

/// A sheet that somebody sent in the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentSheet {
    /// The document's title, at most 60 characters.
    pub name: String,
    /// Where VK keeps it.
    pub url: String,
    /// Its size in bytes, as VK tells it.
    pub size: u64,
}

impl SentSheet {
    /// The largest that is fetched, in bytes; a larger one is for `kurator roster import`.
    pub const MOST: u64 = 8 << 20;
    /// The same in mebibytes.
    pub const MIB: usize = 8;
    /// The most good rows that are taken at once; ten times what a region has.
    pub const ROWS: usize = 20_000;
}

/// What a sheet would change of what is somebody's to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// The change; what is gone is gone of hers.
    pub change: Change,
    /// Each row with a mistake: its number, what is wrong, and whether it was taken all the same.
    pub told: Vec<(u32, String, bool)>,
    /// How many rows were not taken for a mistake.
    pub bad: usize,
    /// The names of good rows that are not hers to change.
    pub outside: Vec<String>,
    /// The numbers of rows that no honest table has.
    pub suspicious: Vec<u32>,
    /// What the file has no columns for: it stays as it is.
    pub lacks: Vec<Field>,
    /// What the file's bytes come to: whether it is still the same.
    pub sum: u64,
}

/// Why a sheet was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetFault {
    /// It is larger than [`SentSheet::MOST`].
    Big,
    /// It has more than [`SentSheet::ROWS`] good rows.
    Many,
    /// VK does not give it.
    Unreachable,
    /// It is no roster; why, in Russian.
    Unread(String),
}

/// The institutions in somebody's care.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Counts of all.
    pub all: Counts,
    /// Of each municipality by name, those first of whose institutions most have never written; without one, an empty name.
    pub each: Vec<(String, Counts)>,
    /// Each municipality with the address of its link and how many came by it.
    pub towns: Vec<(String, String, usize)>,
    /// The institutions nobody of which has written, by key.
    pub silent: Vec<Invited>,
    /// The others.
    pub others: Vec<Invited>,
}

impl Lists {
    /// Whom a link of this address invites: a municipality or an institution; `None` if it is none of these.
    pub fn invites(&self, link: &str) -> Option<&str> {
        let town = self.towns.iter().find(|(_, of, _)| of == link).map(|(name, ..)| name.as_str());
        let mut institutions = self.silent.iter().chain(&self.others);
        town.or_else(|| institutions.find(|one| one.link == link).map(|one| one.name.as_str()))
    }
}

/// What a log tells of institutions that were removed: their names with what they are known by, some a line, so that no line is
/// too long to be read.
pub fn removed(gone: &[Institution]) -> Vec<String> {
    let one = |one: &Institution| match (one.address(), one.ogrn) {
        (Some(page), _) => format!("{} ({page})", one.name),
        (None, Some(ogrn)) => format!("{} (ОГРН {ogrn})", one.name),
        (None, None) => one.name.clone(),
    };
    gone.chunks(REMOVED).map(|some| some.iter().map(one).collect::<Vec<_>>().join("; ")).collect()
}

/// An institution that can be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Its name.
    pub name: String,
    /// The address of its link.
    pub link: String,
}

/// What coverage looks at of somebody who has written to the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comer {
    /// Who she is in VK.
    pub id: UserId,
    /// VK takes messages for her.
    pub writable: bool,
    /// The pages she runs.
    pub pages: Vec<PageRef>,
    /// The name of the first invitation she came by.
    pub invited: Option<String>,
}

/// How far the people of an institution are from the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Whoever answers for the page, or runs it in the bot, can be written to.
    Writable,
    /// She has written to the bot, but has stopped its messages since.
    Stopped,
    /// Nobody has written yet.
    Never,
}

/// An institution with how far its people are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Covered<'a> {
    /// The institution.
    pub institution: &'a Institution,
    /// How far its people are.
    pub reach: Reach,
    /// It has a page, and nobody runs it in the bot.
    pub nobody: bool,
}

/// Counts over institutions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Institutions.
    pub all: usize,
    /// Those whose people can be written to.
    pub writable: usize,
    /// Those whose people have stopped messages.
    pub stopped: usize,
    /// Those nobody of whom has written.
    pub never: usize,
    /// Those whose page nobody runs in the bot.
    pub nobody: usize,
}

impl Counts {
    fn add(&mut self, covered: &Covered<'_>) {
        self.all += 1;
        self.nobody += usize::from(covered.nobody);
        *match covered.reach {
            Reach::Writable => &mut self.writable,
            Reach::Stopped => &mut self.stopped,
            Reach::Never => &mut self.never,
        } += 1;
    }
}

/// Tells of each institution how far its people are, in the order they are given.
pub fn coverage<'a>(roster: &'a [Institution], people: &[Comer]) -> Vec<Covered<'a>> {
    let by_id: HashMap<UserId, bool> = people.iter().map(|p| (p.id, p.writable)).collect();
    // Whether any of those who run a page can be written to.
    let mut by_page: HashMap<GroupId, bool> = HashMap::new();
    let mut by_name: HashMap<&str, bool> = HashMap::new();
    for person in people {
        for page in &person.pages {
            *by_page.entry(page.id).or_default() |= person.writable;
            *by_name.entry(page.screen_name.as_str()).or_default() |= person.writable;
        }
    }
    let one = |institution: &'a Institution| {
        let named = institution.screen_name.as_deref().and_then(|name| by_name.get(name));
        let (page, has_page) = match &institution.key {
            RosterKey::Page(id) => (by_page.get(id).or(named), true),
            RosterKey::Name(_) => (named, true),
            RosterKey::Ogrn(_) => (None, false),
        };
        let answers = institution.vk.and_then(|id| by_id.get(&id));
        let reach = match (page, answers) {
            (None, None) => Reach::Never,
            (page, answers) if page == Some(&true) || answers == Some(&true) => Reach::Writable,
            _ => Reach::Stopped,
        };
        Covered { institution, reach, nobody: has_page && page.is_none() }
    };
    roster.iter().map(one).collect()
}

/// The counts of all, and of each municipality by its name; those without one are under an empty name.
pub fn tally<'a>(covered: &[Covered<'a>]) -> (Counts, BTreeMap<&'a str, Counts>) {
    let (mut all, mut each) = (Counts::default(), BTreeMap::<&str, Counts>::new());
    for one in covered {
        all.add(one);
        each.entry(one.institution.municipality.as_deref().unwrap_or_default()).or_default().add(one);
    }
    (all, each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::samples::institution;

    #[test]
    fn the_check_digit_of_an_ogrn_is_checked() {
        // Sberbank, Gazprom, and a number of an entrepreneur.
        for right in ["1027700132195", "1027700070518", "304500116000157"] {
            assert!(is_ogrn(right), "{right}");
        }
        for wrong in
            ["1027700132196", "102770013219", "", "10277001321955", "+02770013219", "30450011600015x"]
        {
            assert!(!is_ogrn(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_roster_compared_with_itself_changes_nothing() {
        let all = || [2, 3, 4, 5].map(|n| institution(n, Some(7))).to_vec();
        assert_eq!(compare(all(), all()), Change { same: 4, ..Change::default() });
        let change = compare(all()[..3].to_vec(), [institution(3, None), institution(5, None)].to_vec());
        assert_eq!(change.new, [institution(5, None)]);
        assert_eq!(change.changed, [institution(3, None)]);
        assert_eq!(change.gone, [institution(2, Some(7)), institution(4, Some(7))]);
    }

    #[test]
    fn what_a_sheet_does_not_tell_stays_as_it_is() {
        let kept = [institution(2, Some(7)), institution(3, Some(8))];
        let bare = |n| Institution {
            founder: None,
            ogrn: None,
            sphere: None,
            municipality: None,
            responsible: None,
            vk: None,
            ..institution(n, None)
        };
        let columns = [Field::Founder, Field::Ogrn, Field::Municipality, Field::Responsible].into();
        let cells = [(kept[0].key.clone(), Field::Sphere), (kept[0].key.clone(), Field::Vk)].into();
        let untold = Untold { columns, cells };
        let mut rows = [bare(2), bare(3), bare(5)];
        untold.fill(&mut rows, &kept);
        // That the second has no sphere and nobody any more is told.
        let told = Institution { sphere: None, vk: None, ..kept[1].clone() };
        assert_eq!(rows, [kept[0].clone(), told, bare(5)]);
        let mut rows = [bare(2)];
        Untold::default().fill(&mut rows, &kept);
        assert_eq!(rows, [bare(2)], "empty cells are told to be empty");
    }

    #[test]
    fn every_institution_that_is_removed_stands_in_the_log_some_a_line() {
        let gone: Vec<Institution> = (2..=121).map(|n| institution(n, None)).collect();
        let lines = removed(&gone);
        assert_eq!(lines.iter().map(|line| line.split("; ").count()).collect::<Vec<_>>(), [50, 50, 20]);
        assert!(lines.iter().all(|line| line.len() < 32_767), "no longer than a cell of a table");
        let nameless =
            Institution { key: RosterKey::Ogrn(7), screen_name: None, ogrn: Some(7), ..institution(3, None) };
        assert_eq!(removed(std::slice::from_ref(&nameless)), [format!("{} (ОГРН 7)", nameless.name)]);
    }

    #[test]
    fn coverage_tells_who_never_wrote_who_stopped_messages_and_which_pages_have_nobody() {
        let bare = |n, who| Institution { screen_name: None, ..institution(n, who) };
        let named = Institution { screen_name: Some("ds4".to_owned()), ..institution(4, None) };
        let roster =
            [bare(2, Some(7)), bare(3, Some(8)), named, bare(5, Some(9)), bare(6, None), bare(8, Some(7))];
        let page =
            |id, name: &str| PageRef { id: GroupId(id), screen_name: name.to_owned(), name: String::new() };
        let comer = |id, writable, pages| Comer { id: UserId(id), writable, pages, invited: None };
        let people = [
            comer(7, true, vec![page(2, "ds2")]),
            comer(8, false, vec![]),
            comer(10, false, vec![page(44, "ds4")]),
        ];
        let covered = coverage(&roster, &people);
        let told: Vec<_> = covered.iter().map(|c| (c.reach, c.nobody)).collect();
        assert_eq!(
            told,
            [
                (Reach::Writable, false),
                (Reach::Stopped, false),
                (Reach::Stopped, false),
                (Reach::Never, false),
                (Reach::Never, true),
                (Reach::Writable, true),
            ]
        );
        let (all, each) = tally(&covered);
        assert_eq!(all, Counts { all: 6, writable: 2, stopped: 2, never: 2, nobody: 2 });
        assert_eq!(each.get("Моршанск"), Some(&all));
    }

    #[test]
    fn links_of_invitations_are_told_apart_and_count_who_came_by_them() {
        let keys = [2, 3, 4].map(|n| invite(&institution(n, None).key));
        assert_eq!(keys, ["i-p2", "i-o3", "i-n-ds4"]);
        assert_eq!(invite_place("г. Моршанск"), invite_place("Г Моршанск"));
        assert_ne!(invite_place("Моршанск"), invite_place("Кирсанов"));
        assert!(
            keys.iter().all(|name| is_invite(name)) && is_invite(&invite_place("")) && !is_invite("menu")
        );
        let came = |id, link: Option<&str>| Comer {
            id: UserId(id),
            writable: true,
            pages: vec![],
            invited: link.map(str::to_owned),
        };
        let counts =
            comers(&[came(1, Some("i-p2")), came(2, Some("I-P2")), came(3, None), came(4, Some("m-0a"))]);
        assert_eq!((counts.get("i-p2"), counts.get("m-0a"), counts.len()), (Some(&2), Some(&1), 2));
    }
}
