//! Pages that the bot looks after: whose they are, what the last look found, and small rows of their weeks.

use serde::{Deserialize, Serialize};
use vkapi::types::{GroupId, UserId};

use super::{Ms, PageRef, Sphere};

mod sight;
mod week;

pub use sight::*;
pub use week::*;

/// Weeks of a page that are kept: thirteen months.
pub const WEEKS: i32 = 57;
/// The most characters of a post's first words.
pub const WORDS: usize = 60;

/// A page that somebody registered. What the reader sees of it is in [`Sight`] and [`Week`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// VK's id of the community.
    pub id: GroupId,
    /// Grows by one with each change; the store refuses a change made from an older one.
    pub rev: u32,
    /// Its short address without a host.
    pub screen_name: String,
    /// Its name.
    pub name: String,
    /// What its institution does.
    pub sphere: Option<Sphere>,
    /// Its municipality in an administrator's words.
    pub municipality: Option<String>,
    /// When it was registered.
    pub added: Ms,
    /// Who runs it and who did, in the order they came; nobody who was forgotten.
    pub admins: Vec<Admin>,
    /// What no machine sees, as people said it; one word for each thing.
    pub said: Vec<Word>,
}

impl Page {
    /// A page just registered by nobody yet.
    pub fn new(page: PageRef, now: Ms) -> Self {
        let PageRef { id, screen_name, name } = page;
        Self {
            id,
            rev: 0,
            screen_name,
            name,
            sphere: None,
            municipality: None,
            added: now,
            admins: Vec::new(),
            said: Vec::new(),
        }
    }

    /// As it is named to people.
    pub fn named(&self) -> PageRef {
        PageRef { id: self.id, screen_name: self.screen_name.clone(), name: self.name.clone() }
    }

    /// Removes a person who is forgotten: that she ran it, and what she said of it, but not what she confirmed as staff.
    /// True if there was something.
    pub fn forget(&mut self, person: UserId) -> bool {
        let were = self.admins.len() + self.said.len();
        self.admins.retain(|admin| admin.person != person);
        self.said.retain(|word| word.by != person || word.confirmed);
        self.admins.len() + self.said.len() < were
    }

    /// Who runs it now.
    pub fn present(&self) -> impl Iterator<Item = &Admin> {
        self.admins.iter().filter(|admin| admin.until.is_none())
    }

    /// The person among those who run it now.
    pub fn admin(&self, person: UserId) -> Option<&Admin> {
        self.present().find(|admin| admin.person == person)
    }

    /// The same, to be changed.
    pub fn admin_mut(&mut self, person: UserId) -> Option<&mut Admin> {
        self.admins.iter_mut().find(|admin| admin.person == person && admin.until.is_none())
    }

    /// What was said of something no machine sees.
    pub fn word(&self, what: Aspect) -> Option<&Word> {
        self.said.iter().find(|word| word.what == what)
    }

    /// Which kind of page it is, as a curator has said.
    pub fn class(&self) -> PageClass {
        let said = |what| self.word(what).is_some_and(|word| word.yes && word.confirmed);
        match (said(Aspect::Flagship), said(Aspect::Card)) {
            (true, _) => PageClass::Flagship,
            (false, true) => PageClass::Card,
            (false, false) => PageClass::Active,
        }
    }

    /// A curator says which kind of page it is.
    pub fn classify(&mut self, class: PageClass, by: UserId, at: Ms) {
        self.said.retain(|word| !matches!(word.what, Aspect::Flagship | Aspect::Card));
        let what = match class {
            PageClass::Active => return,
            PageClass::Flagship => Aspect::Flagship,
            PageClass::Card => Aspect::Card,
        };
        self.said.push(Word { what, yes: true, by, confirmed: true, at });
    }

    /// Somebody says something that no machine sees, instead of what was said of it before.
    pub fn say(&mut self, word: Word) {
        self.said.retain(|old| old.what != word.what);
        self.said.push(word);
    }
}

/// Somebody who runs a page, or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admin {
    /// Who.
    pub person: UserId,
    /// Since when.
    pub since: Ms,
    /// Why that is believed.
    pub proof: Proof,
    /// Until when; `None`: she runs it now.
    pub until: Option<Ms>,
}

impl Admin {
    /// Somebody who says that she runs a page.
    pub fn new(person: UserId, now: Ms) -> Self {
        Self { person, since: now, proof: Proof::None, until: None }
    }
}

/// Why it is believed that somebody runs a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proof {
    /// She says so.
    None,
    /// The bot saw her code on the page at that moment.
    Code(Ms),
    /// A curator said so.
    Curator {
        /// Who.
        by: UserId,
        /// When.
        at: Ms,
    },
}

impl Proof {
    /// There is more than her own word.
    pub fn is_there(self) -> bool {
        !matches!(self, Self::None)
    }
}

/// Something that no machine sees, as a person said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Of what.
    pub what: Aspect,
    /// It is there.
    pub yes: bool,
    /// Who said so.
    pub by: UserId,
    /// She is a curator: it is confirmed, not only said.
    pub confirmed: bool,
    /// When.
    pub at: Ms,
}

/// Which kind of page it is to its region, which asks posts of it accordingly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageClass {
    /// «Флагман»: the region looks at it first.
    Flagship,
    /// «Активная»: as most are, and as any is that nobody has spoken of.
    Active,
    /// «Визитка»: it tells who one is and how to come, and writes seldom.
    Card,
}

impl PageClass {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Flagship, Self::Active, Self::Card];

    /// The word for it in the names of texts.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Flagship => "flagship",
            Self::Active => "active",
            Self::Card => "card",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_of_one_class_and_a_curator_says_which() {
        let mut page =
            Page::new(PageRef { id: GroupId(5), screen_name: "ds5".into(), name: "Сад".into() }, Ms(1));
        assert_eq!(page.class(), PageClass::Active);
        for class in [PageClass::Card, PageClass::Flagship, PageClass::Card, PageClass::Active] {
            page.classify(class, UserId(7), Ms(2));
            assert_eq!(page.class(), class);
        }
        assert!(page.said.is_empty());
        page.say(Word { what: Aspect::Flagship, yes: true, by: UserId(8), confirmed: false, at: Ms(3) });
        assert_eq!(page.class(), PageClass::Active, "her own word is not enough");
    }

    #[test]
    fn who_left_a_page_runs_it_no_more() {
        let named = PageRef { id: GroupId(5), screen_name: "ds5".into(), name: "Детсад № 5".into() };
        let mut page = Page::new(named.clone(), Ms(1));
        page.admins.push(Admin { until: Some(Ms(5)), ..Admin::new(UserId(7), Ms(1)) });
        assert!(page.admin(UserId(7)).is_none());
        page.admins.push(Admin::new(UserId(7), Ms(9)));
        assert_eq!(page.admin(UserId(7)).unwrap().since, Ms(9));
        assert_eq!((page.present().count(), page.named()), (1, named));
    }
}
