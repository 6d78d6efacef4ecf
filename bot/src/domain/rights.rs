//! Who may do what, and where: roles, the part of the region a role is for, and what was granted to whom.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vkapi::types::{GroupId, UserId};

use super::{
    Ms, Person, Sphere,
    page::Page,
    roster::{Institution, RosterKey},
    text,
};

/// What a person may do besides running her page; each may what those before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs a page.
    #[default]
    Admin,
    /// Answers for a region or a part of it: reads its reports, which name pages and places but no people.
    Head,
    /// Helps the pages of a municipality: sees who runs them, answers questions, keeps their part of the roster.
    Curator,
    /// Teaches and announces: courses, events, announcements.
    Trainer,
    /// Answers for the installation: grants any role and reads the log.
    Owner,
}

impl Role {
    /// The roles that can be granted, least first.
    pub const GRANTED: [Self; 4] = [Self::Head, Self::Curator, Self::Trainer, Self::Owner];

    /// The name used in keys of texts and in the log.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Head => "head",
            Self::Curator => "curator",
            Self::Trainer => "trainer",
            Self::Owner => "owner",
        }
    }

    /// Sees «Кабинет».
    pub fn has_cabinet(self) -> bool {
        self > Self::Admin
    }

    /// Reads reports; a head reads nothing else.
    pub fn may_report(self) -> bool {
        self >= Self::Head
    }

    /// Works with people: sees who they are, answers them, and may grant roles up to her own.
    pub fn is_staff(self) -> bool {
        self >= Self::Curator
    }

    /// May announce and teach.
    pub fn may_announce(self) -> bool {
        self >= Self::Trainer
    }

    /// Reads the log of what staff did.
    pub fn may_read_log(self) -> bool {
        self >= Self::Owner
    }
}

/// The part of the region that a role is for: what is set has to be so; with nothing set it is the whole region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scope {
    /// A municipality by name, at most 60 characters; names are compared without case, «ё» and signs.
    pub municipality: Option<String>,
    /// Institutions that do this.
    pub sphere: Option<Sphere>,
    /// One page.
    pub page: Option<GroupId>,
}

/// Where something is; what is not known of it is in no scope that asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The municipality by name.
    pub municipality: Option<String>,
    /// What the institution does.
    pub sphere: Option<Sphere>,
    /// The page.
    pub page: Option<GroupId>,
}

impl Place {
    /// A municipality as a whole.
    pub fn municipality(name: impl Into<String>) -> Self {
        Self { municipality: Some(name.into()), ..Self::default() }
    }

    /// Where a registered page is.
    pub fn of_page(page: &Page) -> Self {
        Self { municipality: page.municipality.clone(), sphere: page.sphere, page: Some(page.id) }
    }

    /// Where a person is, by her own words; with the page she is asked about.
    pub fn of_person(person: &Person) -> Self {
        let page = person.page().map(|page| page.id);
        Self { municipality: person.municipality.clone(), sphere: person.sphere, page }
    }

    /// Where an institution of the roster is.
    pub fn of_institution(institution: &Institution) -> Self {
        let page = match institution.key {
            RosterKey::Page(id) => Some(id),
            RosterKey::Name(_) | RosterKey::Ogrn(_) => None,
        };
        Self { municipality: institution.municipality.clone(), sphere: institution.sphere, page }
    }
}

/// Whether two names are of the same municipality.
pub fn same_municipality(a: &str, b: &str) -> bool {
    text::folded(a) == text::folded(b)
}

impl Scope {
    /// It is the whole region.
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// The place is in it.
    pub fn covers(&self, place: &Place) -> bool {
        named(self.municipality.as_deref(), place.municipality.as_deref())
            && self.sphere.is_none_or(|sphere| place.sphere == Some(sphere))
            && self.page.is_none_or(|page| place.page == Some(page))
    }

    /// What is in both as far as that is known; `None` if nothing can be.
    pub fn and(&self, other: &Self) -> Option<Self> {
        if differ(self.sphere, other.sphere) || differ(self.page, other.page) {
            return None;
        }
        let (sphere, page) = (self.sphere.or(other.sphere), self.page.or(other.page));
        let municipality = match (&self.municipality, &other.municipality) {
            (Some(a), Some(b)) if !same_municipality(a, b) => return None,
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        Some(Self { municipality, sphere, page })
    }

    /// Every place in it is in the other as well.
    pub fn is_within(&self, other: &Self) -> bool {
        named(other.municipality.as_deref(), self.municipality.as_deref())
            && other.sphere.is_none_or(|sphere| self.sphere == Some(sphere))
            && other.page.is_none_or(|page| self.page == Some(page))
    }
}

/// Both say something, and not the same.
fn differ<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a != b)
}

fn named(asked: Option<&str>, there: Option<&str>) -> bool {
    asked.is_none_or(|asked| there.is_some_and(|there| same_municipality(asked, there)))
}

/// A role that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Told apart by it from her other roles; never 0 but for those of the config.
    pub id: u64,
    /// Who has it.
    pub who: UserId,
    /// The role; never [`Role::Admin`].
    pub role: Role,
    /// What part of the region it is for.
    pub scope: Scope,
    /// Who granted it; `None`: the config.
    pub by: Option<UserId>,
    /// When it was granted.
    pub at: Ms,
    /// Her name as VK told it then, at most 60 characters, so that lists can be read.
    pub note: String,
}

impl Grant {
    /// The most roles a person may have besides those of the config.
    pub const MOST: usize = 20;

    /// A role of the whole region by the config.
    pub fn of_config(who: UserId, role: Role) -> Self {
        Self { id: 0, who, role, scope: Scope::default(), by: None, at: Ms(0), note: String::new() }
    }

    /// As the log keeps it.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A role that is being granted, as far as it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granting {
    /// To whom.
    pub who: UserId,
    /// Her name in VK.
    pub name: String,
    /// Which; [`Role::Admin`] until it is chosen.
    pub role: Role,
    /// Where; `None` until it is chosen.
    pub scope: Option<Scope>,
}

/// The granted roles that a log tells of, oldest line first: what each line of granting and taking away comes to.
pub fn replayed<'a>(
    lines: impl IntoIterator<Item = (&'a str, Option<&'a str>, Option<&'a str>)>,
) -> BTreeMap<(UserId, u64), Grant> {
    let read = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Grant>(text).ok());
    let mut roles = BTreeMap::new();
    for (what, before, after) in lines {
        if !matches!(what, GRANTED | REVOKED) {
            continue;
        }
        if let Some(grant) = read(before) {
            roles.remove(&(grant.who, grant.id));
        }
        if let Some(grant) = read(after) {
            roles.insert((grant.who, grant.id), grant);
        }
    }
    roles
}

/// Whether a line of the log tells how a role came about that is among these, told by person and number: with such lines
/// alone [`replayed`] finds the same roles.
pub fn tells_of(standing: &BTreeSet<(UserId, u64)>, what: &str, after: Option<&str>) -> bool {
    let read = |text: &str| serde_json::from_str::<Grant>(text).ok();
    matches!(what, GRANTED | REVOKED)
        && after.and_then(read).is_some_and(|grant| standing.contains(&(grant.who, grant.id)))
}

/// The log's word for a role that was granted.
pub const GRANTED: &str = "role-grant";
/// The log's word for a role that was taken away.
pub const REVOKED: &str = "role-revoke";

/// What a person may now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    who: UserId,
    grants: Vec<Grant>,
}

impl Rights {
    /// Those of a person with these roles; what is another's is left out.
    pub fn new(who: UserId, grants: impl IntoIterator<Item = Grant>) -> Self {
        Self { who, grants: grants.into_iter().filter(|grant| grant.who == who).collect() }
    }

    /// Those of whoever only runs her page.
    pub fn none(who: UserId) -> Self {
        Self { who, grants: Vec::new() }
    }

    /// Whose they are.
    pub fn who(&self) -> UserId {
        self.who
    }

    /// Her highest role anywhere.
    pub fn role(&self) -> Role {
        self.grants.iter().map(|grant| grant.role).max().unwrap_or_default()
    }

    /// Her roles, as they were granted.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// She has this role or a higher one where the place is.
    pub fn covers(&self, role: Role, place: &Place) -> bool {
        role == Role::Admin || self.at_least(role).any(|grant| grant.scope.covers(place))
    }

    /// She has this role or a higher one in the whole region.
    pub fn everywhere(&self, role: Role) -> bool {
        role == Role::Admin || self.at_least(role).any(|grant| grant.scope.is_whole())
    }

    /// The roles that somebody may know of: her own, and those within what is hers as a curator or more; the highest first.
    pub fn seen<'a>(&self, all: &'a [Grant]) -> Vec<&'a Grant> {
        let places = self.places(Role::Curator);
        let hers =
            |grant: &&Grant| grant.who == self.who || places.iter().any(|scope| grant.scope.is_within(scope));
        let mut seen: Vec<&Grant> = all.iter().filter(hers).collect();
        seen.sort_by_key(|grant| (std::cmp::Reverse(grant.role), grant.who, grant.id));
        seen
    }

    /// Where she has this role or a higher one: scopes of which none is within another; one that
    /// [is whole](Scope::is_whole) if it is everywhere.
    pub fn places(&self, role: Role) -> Vec<&Scope> {
        let mut found: Vec<&Scope> = Vec::new();
        for grant in self.at_least(role) {
            if !found.iter().any(|scope| grant.scope.is_within(scope)) {
                found.retain(|scope| !scope.is_within(&grant.scope));
                found.push(&grant.scope);
            }
        }
        found
    }

    /// She may grant somebody this: nobody grants to herself, nor above or outside her own role.
    pub fn may_grant(&self, to: UserId, role: Role, scope: &Scope) -> bool {
        let sound = role > Role::Admin && (role < Role::Owner || scope.is_whole());
        let within = |grant: &Grant| grant.role.is_staff() && scope.is_within(&grant.scope);
        to != self.who && sound && self.at_least(role).any(within)
    }

    /// She may take this away: her own always, what she granted herself or what is below her role within its scope;
    /// an owner everything but what the config says.
    pub fn may_revoke(&self, grant: &Grant) -> bool {
        let stands_over = |mine: &Grant| {
            let over = mine.role > grant.role || grant.by == Some(self.who) || mine.role == Role::Owner;
            mine.role.is_staff() && mine.role >= grant.role && over && grant.scope.is_within(&mine.scope)
        };
        grant.by.is_some() && (grant.who == self.who || self.grants.iter().any(stands_over))
    }

    fn at_least(&self, role: Role) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.role >= role)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scope(municipality: Option<&str>, sphere: Option<Sphere>, page: Option<i64>) -> Scope {
        Scope { municipality: municipality.map(str::to_owned), sphere, page: page.map(GroupId) }
    }

    fn grant(who: i64, role: Role, scope: Scope, by: i64) -> Grant {
        Grant { id: 1, who: UserId(who), role, scope, by: Some(UserId(by)), at: Ms(1), note: String::new() }
    }

    fn scopes() -> impl Strategy<Value = Scope> {
        let town = prop_oneof![Just("Моршанск"), Just("г. МОРШАНСК"), Just("Кирсанов")];
        let sphere = prop_oneof![Just(Sphere::School), Just(Sphere::Clinic)];
        (proptest::option::of(town), proptest::option::of(sphere), proptest::option::of(1..3_i64))
            .prop_map(|(town, sphere, page)| scope(town, sphere, page))
    }

    fn roles() -> impl Strategy<Value = Role> {
        prop_oneof![
            Just(Role::Admin),
            Just(Role::Head),
            Just(Role::Curator),
            Just(Role::Trainer),
            Just(Role::Owner)
        ]
    }

    #[test]
    fn a_curator_of_a_municipality_reaches_no_other() {
        let rights =
            Rights::new(UserId(7), [grant(7, Role::Curator, scope(Some("Моршанск"), None, None), 1)]);
        assert_eq!(rights.role(), Role::Curator);
        assert!(rights.covers(Role::Curator, &Place::municipality("МОРШАНСК")));
        assert!(rights.covers(Role::Head, &Place::municipality("моршанск")), "she reads its reports");
        assert!(!rights.covers(Role::Curator, &Place::municipality("Кирсанов")));
        assert!(!rights.covers(Role::Trainer, &Place::municipality("Моршанск")));
        assert!(!rights.covers(Role::Curator, &Place::default()), "what is nowhere known is not hers");
        assert!(!rights.everywhere(Role::Curator));
        assert!(Rights::none(UserId(8)).covers(Role::Admin, &Place::default()));
        assert!(!Rights::none(UserId(8)).covers(Role::Head, &Place::municipality("Моршанск")));
    }

    #[test]
    fn another_persons_roles_are_not_hers() {
        let rights = Rights::new(UserId(7), [grant(8, Role::Owner, Scope::default(), 1)]);
        assert_eq!(rights.role(), Role::Admin);
    }

    #[test]
    fn places_name_the_widest_scopes_once() {
        let (town, school) = (Some("Моршанск"), Some(Sphere::School));
        let hers = [
            grant(7, Role::Curator, scope(town, school, None), 1),
            grant(7, Role::Curator, scope(town, None, None), 1),
            grant(7, Role::Trainer, scope(None, school, None), 1),
        ];
        let rights = Rights::new(UserId(7), hers);
        assert_eq!(rights.places(Role::Curator), [&scope(town, None, None), &scope(None, school, None)]);
        assert_eq!(rights.places(Role::Trainer), [&scope(None, school, None)]);
        assert!(rights.places(Role::Owner).is_empty());
        let owner = Rights::new(UserId(1), [Grant::of_config(UserId(1), Role::Owner)]);
        assert_eq!(owner.places(Role::Head), [&Scope::default()]);
    }

    #[test]
    fn nobody_grants_to_herself_above_or_outside_her_role() {
        let town = || scope(Some("Моршанск"), None, None);
        let curator = Rights::new(UserId(7), [grant(7, Role::Curator, town(), 1)]);
        let page = scope(Some("моршанск"), None, Some(5));
        assert!(curator.may_grant(UserId(8), Role::Curator, &page));
        assert!(curator.may_grant(UserId(8), Role::Head, &town()));
        assert!(!curator.may_grant(UserId(7), Role::Curator, &page), "to herself");
        assert!(!curator.may_grant(UserId(8), Role::Trainer, &town()), "above");
        assert!(!curator.may_grant(UserId(8), Role::Curator, &Scope::default()), "outside");
        assert!(!curator.may_grant(UserId(8), Role::Curator, &scope(None, None, Some(5))), "anywhere");
        let head = Rights::new(UserId(7), [grant(7, Role::Head, Scope::default(), 1)]);
        assert!(!head.may_grant(UserId(8), Role::Head, &town()), "a head reads");
        let owner = Rights::new(UserId(1), [Grant::of_config(UserId(1), Role::Owner)]);
        assert!(owner.may_grant(UserId(8), Role::Owner, &Scope::default()));
        assert!(!owner.may_grant(UserId(8), Role::Owner, &town()), "an owner of a part is none");
    }

    #[test]
    fn a_role_is_taken_by_whoever_stands_over_it_granted_it_or_has_it() {
        let town = || scope(Some("Моршанск"), None, None);
        let curators = |who, by| grant(who, Role::Curator, town(), by);
        let curator = Rights::new(UserId(7), [curators(7, 1)]);
        assert!(curator.may_revoke(&curators(7, 1)), "her own");
        assert!(curator.may_revoke(&curators(8, 7)), "she granted it");
        assert!(!curator.may_revoke(&curators(8, 1)), "her equal");
        assert!(
            !curator.may_revoke(&grant(8, Role::Head, scope(Some("Кирсанов"), None, None), 1)),
            "elsewhere"
        );
        let trainer = Rights::new(UserId(9), [grant(9, Role::Trainer, Scope::default(), 1)]);
        assert!(trainer.may_revoke(&curators(7, 1)));
        let owner = Rights::new(UserId(1), [Grant::of_config(UserId(1), Role::Owner)]);
        assert!(owner.may_revoke(&grant(2, Role::Owner, Scope::default(), 3)));
        assert!(!owner.may_revoke(&Grant::of_config(UserId(2), Role::Trainer)), "the config's stay");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_granted_never_reaches_further_than_who_granted_it(
            mine in proptest::collection::vec((roles(), scopes()), 0..4),
            role in roles(),
            wanted in scopes(),
            place in scopes(),
        ) {
            let mine = mine.into_iter().map(|(role, scope)| grant(7, role, scope, 1));
            let rights = Rights::new(UserId(7), mine);
            if rights.may_grant(UserId(8), role, &wanted) {
                let given = Rights::new(UserId(8), [grant(8, role, wanted, 7)]);
                let place = Place { municipality: place.municipality, sphere: place.sphere, page: place.page };
                for role in Role::GRANTED {
                    prop_assert!(!given.covers(role, &place) || rights.covers(role, &place));
                }
            }
        }
    }
}
