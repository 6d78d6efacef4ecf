//! How a region's curators work: their hours, when they are told of what, and who is to be asked.

use vkapi::types::UserId;

use super::{Hm, Ms, Person, Place, Rights, Role, Scope, WorkingHours, Zone, attention::Rules};

/// How curators of an installation work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Care {
    /// The hours in which they answer.
    pub hours: WorkingHours,
    /// For so many hours after the last word of a conversation the bot does not answer in it.
    pub silent_hours: u16,
    /// After so many weeks in a row below the norm a page's people are warned, and a week later its curator is told.
    pub misses: u8,
    /// When the curator's Friday digest comes, by her clock.
    pub friday: Hm,
    /// When the head's Monday summary comes, by her clock.
    pub monday: Hm,
}

impl Default for Care {
    fn default() -> Self {
        let hour = |hour| Hm { hour, minute: 0 };
        Self { hours: WorkingHours::USUAL, silent_hours: 24, misses: 3, friday: hour(15), monday: hour(9) }
    }
}

/// Somebody of staff, with what decides whether she can be asked now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clerk {
    /// Who.
    pub id: UserId,
    /// What she may, and where.
    pub rights: Rights,
    /// Her record; `None` if she has never written to the bot.
    pub person: Option<Person>,
}

impl Clerk {
    /// The bot may write to her, and she is not on vacation.
    fn is_there(&self, rules: Rules, region: &Zone, now: Ms) -> bool {
        self.person.as_ref().is_some_and(|person| {
            let away = person.reader(&rules, region).away_until(now).is_some();
            person.consent.is_some() && person.writable && !away
        })
    }
}

/// Who is asked what comes from a place: its municipality's curators, else its sphere's, else the region's, else trainers
/// and owners. Whoever cannot be written to or is on vacation is passed over; nobody if all are.
pub fn queue(desk: &[Clerk], place: &Place, rules: Rules, region: &Zone, now: Ms) -> Vec<UserId> {
    let there: Vec<&Clerk> = desk.iter().filter(|clerk| clerk.is_there(rules, region, now)).collect();
    let nearest: [fn(&Scope) -> bool; 3] = [
        |scope| scope.municipality.is_some() || scope.page.is_some(),
        |scope| scope.sphere.is_some(),
        Scope::is_whole,
    ];
    for near in nearest {
        let asked = |clerk: &&&Clerk| {
            let mut grants = clerk.rights.grants().iter();
            grants.any(|g| g.role == Role::Curator && g.scope.covers(place) && near(&g.scope))
        };
        let found: Vec<UserId> = there.iter().filter(asked).map(|clerk| clerk.id).collect();
        if !found.is_empty() {
            return found;
        }
    }
    over(&there, place, Role::Trainer)
}

/// Who is told that a question from a place was not answered in time: trainers there, else owners.
pub fn above(desk: &[Clerk], place: &Place, rules: Rules, region: &Zone, now: Ms) -> Vec<UserId> {
    let there: Vec<&Clerk> = desk.iter().filter(|clerk| clerk.is_there(rules, region, now)).collect();
    over(&there, place, Role::Trainer)
}

/// The heads who answer for a place.
pub fn heads(desk: &[Clerk], place: &Place) -> Vec<UserId> {
    let heads = |clerk: &&Clerk| {
        clerk.rights.grants().iter().any(|g| g.role == Role::Head && g.scope.covers(place))
            && clerk.person.as_ref().is_some_and(|person| person.consent.is_some())
    };
    desk.iter().filter(heads).map(|clerk| clerk.id).collect()
}

/// Those there who have the role over a place; if nobody has, owners.
fn over(there: &[&Clerk], place: &Place, role: Role) -> Vec<UserId> {
    let has = |role: Role| -> Vec<UserId> {
        let with =
            |clerk: &&&Clerk| clerk.rights.grants().iter().any(|g| g.role == role && g.scope.covers(place));
        there.iter().filter(with).map(|clerk| clerk.id).collect()
    };
    let found = has(role);
    if found.is_empty() { has(Role::Owner) } else { found }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::{Away, Consent, Grant, Sphere};

    fn clerk(id: i64, role: Role, town: Option<&str>, sphere: Option<Sphere>) -> Clerk {
        let who = UserId(id);
        let scope = Scope { municipality: town.map(str::to_owned), sphere, page: None };
        let mut person = Person::new(who, Ms(0));
        person.consent = Some(Consent { version: 1, at: Ms(0) });
        let rights = Rights::new(who, [Grant { scope, ..Grant::of_config(who, role) }]);
        Clerk { id: who, rights, person: Some(person) }
    }

    fn desk() -> Vec<Clerk> {
        vec![
            clerk(1, Role::Owner, None, None),
            clerk(2, Role::Trainer, None, None),
            clerk(3, Role::Curator, None, None),
            clerk(4, Role::Curator, None, Some(Sphere::School)),
            clerk(5, Role::Curator, Some("Ольховск"), None),
            clerk(6, Role::Curator, Some("Кирсанов"), None),
            clerk(7, Role::Head, None, None),
        ]
    }

    fn asked(desk: &[Clerk], town: &str, sphere: Sphere) -> Vec<i64> {
        let place = Place { municipality: Some(town.to_owned()), sphere: Some(sphere), page: None };
        let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
        queue(desk, &place, Rules::default(), &zone, Ms(1_795_478_400_000)).iter().map(|id| id.0).collect()
    }

    #[test]
    fn the_nearest_curator_is_asked_first() {
        let mut desk = desk();
        assert_eq!(asked(&desk, "ОЛЬХОВСК", Sphere::School), [5], "the municipality's");
        assert_eq!(asked(&desk, "Моршанск", Sphere::School), [4], "the sphere's");
        assert_eq!(asked(&desk, "Моршанск", Sphere::Clinic), [3], "the region's");
        desk.remove(2);
        assert_eq!(asked(&desk, "Моршанск", Sphere::Clinic), [2], "a trainer");
        desk.remove(1);
        assert_eq!(asked(&desk, "Моршанск", Sphere::Clinic), [1], "an owner");
    }

    #[test]
    fn who_is_away_or_cannot_be_written_to_is_passed_over() {
        let mut desk = desk();
        desk[4].person.as_mut().unwrap().away =
            Some(Away { back: date(2030, 1, 1), deputy: None, from: None });
        assert_eq!(asked(&desk, "Ольховск", Sphere::School), [4]);
        desk[3].person.as_mut().unwrap().writable = false;
        desk[2].person = None;
        assert_eq!(asked(&desk, "Ольховск", Sphere::School), [2]);
    }
}
