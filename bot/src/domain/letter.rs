//! An announcement from its first draft on: what it says, to whom, when, and who has to agree.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use vkapi::types::{Cmid, UserId};

use super::{
    CampaignId, ClassId, Ms, Rights, Role, Rule, Scope,
    segment::{Atom, Segment},
};

/// How long somebody may think about an announcement that waits for her word, in milliseconds.
pub const WAITS: i64 = 3 * Ms::DAY;
/// The most files of one announcement; VK takes ten.
pub const FILES: usize = 10;
/// The most buttons of one announcement, a row each; VK takes six rows.
pub const BUTTONS: usize = 4;

/// What a campaign is made of. It begins as a draft and has the number of the campaign it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number.
    pub id: CampaignId,
    /// Grows by one with each change; the store refuses a change made from an older one.
    pub rev: u32,
    /// Who writes it.
    pub author: UserId,
    /// When it was begun.
    pub at: Ms,
    /// What it says, with its blanks; at most 3,500 UTF-16 units.
    pub text: String,
    /// What hangs on it, as VK names it: `photo1_2_key`.
    pub files: Vec<String>,
    /// What stands below it.
    pub buttons: Vec<LetterButton>,
    /// To whom.
    pub to: Segment,
    /// Only to some of those who were sent another.
    pub rest: Option<(CampaignId, Rest)>,
    /// When.
    pub when: When,
    /// Over how many minutes it is spread, each reader having a moment of her own; 0: all at once.
    pub spread: u16,
    /// How far it is.
    pub stage: Stage,
    /// The message that tells how it goes, whose it is, and when it was changed last.
    pub watch: Option<(UserId, Cmid, Ms)>,
}

/// A button below an announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LetterButton {
    /// Opens an address; VK does not tell who pressed it.
    Link {
        /// What is written on it.
        label: String,
        /// The address.
        url: String,
    },
    /// Opens a place of the bot.
    Open {
        /// What is written on it.
        label: String,
        /// The place by the name of its link, such as `course_first`.
        name: String,
    },
    /// «Ознакомлен».
    Ack,
    /// Enrols in a class.
    Join {
        /// What is written on it.
        label: String,
        /// Which class.
        class: ClassId,
    },
}

/// Some of those who were sent an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// Who is not known to have read it.
    Unread,
    /// Who has not pressed «Ознакомлен».
    Unacked,
}

/// When an announcement leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// At once.
    Now,
    /// Once.
    At {
        /// What a clock shows then.
        local: DateTime,
        /// Each reader's own clock; otherwise the author's.
        own: bool,
    },
    /// Again and again, by the region's clock; whom it concerns is found anew each time.
    Repeat(Rule),
}

/// How far an announcement is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It is being written.
    Draft,
    /// Somebody else has to agree.
    Waits {
        /// Since when.
        since: Ms,
        /// To how many it would go then.
        people: u32,
    },
    /// Somebody else does not agree.
    Declined {
        /// Who.
        by: UserId,
        /// When.
        at: Ms,
        /// Why, in her words.
        word: String,
    },
    /// It is a campaign.
    Sent {
        /// Who agreed, where somebody had to.
        by: Option<UserId>,
    },
    /// It leaves again and again, each time as a campaign of its own.
    Repeats {
        /// When next; none: never again.
        next: Option<Ms>,
        /// Who agreed, where somebody had to.
        by: Option<UserId>,
    },
    /// It is a campaign, and what was delivered of it is being changed or was.
    Amended(Amends),
}

/// How far changing what was delivered is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amends {
    /// Who said so.
    pub by: UserId,
    /// Who agreed that it is sent, where somebody had to.
    pub agreed: Option<UserId>,
    /// When.
    pub at: Ms,
    /// It is taken back; otherwise its text is another.
    pub recall: bool,
    /// The last recipient that was dealt with, by id.
    pub after: Option<UserId>,
    /// At how many it was done.
    pub done: u32,
    /// At how many VK did not do it: it is older than a day, or gone.
    pub missed: u32,
    /// All were dealt with.
    pub over: bool,
}

impl Letter {
    /// A draft to everybody, at once.
    pub fn draft(id: CampaignId, author: UserId, at: Ms, text: String) -> Self {
        Self {
            id,
            rev: 0,
            author,
            at,
            text,
            files: Vec::new(),
            buttons: Vec::new(),
            to: Segment::default(),
            rest: None,
            when: When::Now,
            spread: 0,
            stage: Stage::Draft,
            watch: None,
        }
    }

    /// Whether it may be changed.
    pub fn is_draft(&self) -> bool {
        matches!(self.stage, Stage::Draft | Stage::Declined { .. })
    }

    /// Whether it waits for somebody's word, and has not waited too long.
    pub fn waits(&self, now: Ms) -> bool {
        matches!(self.stage, Stage::Waits { since, .. } if now < since.plus(WAITS))
    }

    /// Whether it was taken back.
    pub fn is_recalled(&self) -> bool {
        matches!(self.stage, Stage::Amended(Amends { recall: true, .. }))
    }

    /// Whether something of it is still to come: it is no campaign yet, comes again, or is being changed.
    pub fn is_open(&self) -> bool {
        match &self.stage {
            Stage::Draft | Stage::Waits { .. } | Stage::Declined { .. } => true,
            Stage::Sent { .. } => false,
            Stage::Repeats { next, .. } => next.is_some(),
            Stage::Amended(amends) => !amends.over,
        }
    }

    /// Its place among those that are listed for somebody who rules over it, lower first: what waits for her word, her own
    /// that waits for another's, what comes again, and what only she may go on with; `None` if it is not listed.
    pub fn listed(&self, whom: UserId, now: Ms) -> Option<u8> {
        let hers = self.author == whom;
        match self.stage {
            Stage::Waits { .. } if !hers => self.waits(now).then_some(0),
            Stage::Waits { .. } => Some(1),
            Stage::Repeats { next: Some(_), .. } => Some(2),
            Stage::Declined { .. } if hers => Some(3),
            Stage::Draft if hers => Some(4),
            _ => None,
        }
    }

    /// Whether it is forgotten with this person: it is hers, and nobody has got it.
    pub fn goes_with(&self, person: UserId) -> bool {
        let campaign = matches!(self.stage, Stage::Sent { .. } | Stage::Repeats { .. } | Stage::Amended(_));
        self.author == person && !campaign
    }

    /// Removes a person who is forgotten: the message in which she looked how it goes. True if there was one.
    pub fn forget(&mut self, person: UserId) -> bool {
        let hers = self.watch.is_some_and(|(who, ..)| who == person);
        if hers {
            self.watch = None;
        }
        hers
    }

    /// Whether «Ознакомлен» stands below it.
    pub fn asks_ack(&self) -> bool {
        self.buttons.contains(&LetterButton::Ack)
    }

    /// Whether something else below it tells the bot who pressed it.
    pub fn has_presses(&self) -> bool {
        let tells =
            |button: &LetterButton| matches!(button, LetterButton::Open { .. } | LetterButton::Join { .. });
        self.buttons.iter().any(tells)
    }

    /// Whom it goes to, as far as that is known of it.
    pub fn crowd(&self) -> Crowd {
        Crowd {
            by: self.author,
            to: self.to.clone(),
            rest: self.rest,
            when: self.when.clone(),
            spread: self.spread,
        }
    }
}

/// Whom an announcement goes to and when: what an audience is gathered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// Whose announcement it is: nobody beyond her rights is in it.
    pub by: UserId,
    /// The conditions.
    pub to: Segment,
    /// Only some of those who were sent another.
    pub rest: Option<(CampaignId, Rest)>,
    /// When.
    pub when: When,
    /// Over how many minutes.
    pub spread: u16,
}

/// Whose an announcement is and what of the region it reaches: by that it is told who else sees it and rules over it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    author: UserId,
    scopes: Vec<Scope>,
}

impl Reach {
    /// Of an author whose announcements reach these parts of the region, narrowed by the conditions of this one.
    pub fn new<'a>(author: UserId, places: impl IntoIterator<Item = &'a Scope>, to: &Segment) -> Self {
        let any = || vec![Scope::default()];
        let or_any = |some: Vec<Scope>| if some.is_empty() { any() } else { some };
        let towns = or_any(to.atoms.iter().filter_map(of_town).collect());
        let spheres = or_any(to.atoms.iter().filter_map(of_sphere).collect());
        let mut scopes = Vec::new();
        for place in places {
            for town in towns.iter().filter_map(|town| place.and(town)) {
                scopes.extend(spheres.iter().filter_map(|sphere| town.and(sphere)));
            }
        }
        Self { author, scopes }
    }

    /// It reaches somebody she looks after, or is hers: she may read it and how it stands.
    pub fn is_seen_by(&self, rights: &Rights) -> bool {
        let hers = rights.places(Role::Curator);
        let meets = |scope: &Scope| hers.iter().any(|place| scope.and(place).is_some());
        rights.who() == self.author || rights.everywhere(Role::Curator) || self.scopes.iter().any(meets)
    }

    /// It reaches nobody beyond what her own announcements reach, or is hers: she may agree to it, pause it, end it.
    pub fn is_ruled_by(&self, rights: &Rights) -> bool {
        let hers = rights.places(Role::Trainer);
        let within = |scope: &Scope| hers.iter().any(|place| scope.is_within(place));
        let all = !self.scopes.is_empty() && self.scopes.iter().all(within);
        let trains = rights.role().may_announce();
        trains && (rights.who() == self.author || rights.everywhere(Role::Trainer) || all)
    }
}

fn of_town(atom: &Atom) -> Option<Scope> {
    match atom {
        Atom::Place(name) => Some(Scope { municipality: Some(name.clone()), ..Scope::default() }),
        _ => None,
    }
}

fn of_sphere(atom: &Atom) -> Option<Scope> {
    match atom {
        Atom::Sphere(sphere) => Some(Scope { sphere: Some(*sphere), ..Scope::default() }),
        _ => None,
    }
}

/// What an announcement that is being written asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Its text.
    Text,
    /// A button.
    Button,
    /// When it leaves.
    When,
    /// A name for its segment.
    Name,
    /// A reader whose eyes to look with.
    As,
    /// Why somebody does not agree to it.
    Why,
    /// Pictures and documents.
    Files,
    /// Another text for what was delivered.
    Mend,
}

/// What is known of a reader for the blanks of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Her first name in VK.
    pub name: Option<String>,
    /// The name of the page she is asked about.
    pub page: Option<String>,
    /// Her municipality.
    pub place: Option<String>,
    /// How many days ago the newest post of that page came out.
    pub silence: Option<i64>,
}

/// What a recipient did with an announcement; kept under her id and forgotten with her.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressed {
    /// When she pressed «Ознакомлен» first.
    pub acked: Option<Ms>,
    /// When she pressed another button first.
    pub opened: Option<Ms>,
}

impl Pressed {
    /// She pressed «Ознакомлен» (`true`) or another button; the first moment counts.
    pub fn press(&mut self, ack: bool, at: Ms) {
        let first = if ack { &mut self.acked } else { &mut self.opened };
        first.get_or_insert(at);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Grant, *};

    fn of(town: &str) -> Scope {
        Scope { municipality: (!town.is_empty()).then(|| town.to_owned()), ..Scope::default() }
    }

    fn rights(who: i64, role: Role, town: &str) -> Rights {
        let grant =
            Grant { id: 1, by: Some(UserId(1)), scope: of(town), ..Grant::of_config(UserId(who), role) };
        Rights::new(UserId(who), [grant])
    }

    #[test]
    fn an_announcement_is_read_where_it_reaches_somebody_and_ruled_where_it_reaches_nobody_else() {
        let to = |towns: &[&str]| Segment { atoms: towns.iter().map(|t| Atom::Place((*t).into())).collect() };
        let reach = |place: &str, towns: &[&str]| Reach::new(UserId(1), [&of(place)], &to(towns));
        let curator = rights(7, Role::Curator, "Моршанск");
        let trainer = rights(8, Role::Trainer, "Моршанск");
        for (place, towns, seen, ruled) in [
            ("", &[][..], true, false),
            ("", &["МОРШАНСК"], true, true),
            ("", &["Моршанск", "Кирсанов"], true, false),
            ("", &["Кирсанов"], false, false),
            ("моршанск", &[], true, true),
            ("Кирсанов", &["Моршанск"], false, false),
        ] {
            let reach = reach(place, towns);
            assert_eq!(reach.is_seen_by(&curator), seen, "{place} {towns:?}");
            assert_eq!(reach.is_seen_by(&trainer), seen, "{place} {towns:?}");
            assert_eq!(reach.is_ruled_by(&trainer), ruled, "{place} {towns:?}");
            assert!(!reach.is_ruled_by(&curator), "a curator announces nothing");
            assert!(reach.is_ruled_by(&rights(9, Role::Trainer, "")), "{place} {towns:?}");
            assert!(reach.is_ruled_by(&rights(1, Role::Trainer, "Уварово")), "her own");
        }
        // Whose author has lost her right reaches nobody known: only who stands over all of it sees it.
        let nobodys = Reach::new(UserId(1), [], &to(&[]));
        assert!(!nobodys.is_seen_by(&curator) && !nobodys.is_ruled_by(&trainer));
        assert!(nobodys.is_seen_by(&rights(9, Role::Curator, "")));
    }

    #[test]
    fn a_word_that_nobody_gave_is_not_waited_for_for_ever() {
        let mut letter = Letter::draft(CampaignId(1), UserId(7), Ms(0), "Завтра".into());
        assert!(letter.is_draft() && !letter.waits(Ms(0)));
        letter.stage = Stage::Waits { since: Ms(5), people: 400 };
        assert!(!letter.is_draft() && letter.waits(Ms(5)) && letter.waits(Ms(4 + WAITS)));
        assert!(!letter.waits(Ms(5 + WAITS)));
    }
}
