//! Pages that the bot looks after: whose they are, what the last look found, and small rows of their weeks.

use serde::{Deserialize, Serialize};
use vkapi::types::{GroupId, UserId};

use super::{Day, Ms, PageRef, Sphere, rhythm::Badge};

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

/// How a page is to visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Not looked at yet.
    New,
    /// Anybody can see it.
    Open,
    /// Only its members see it.
    Closed,
    /// Its wall is switched off.
    NoWall,
    /// Its own people deleted it.
    Deleted,
    /// VK banned it.
    Banned,
    /// VK knows nothing at its number.
    Gone,
}

/// What the reader keeps of a page: how it looked last, and when it is looked at next. The reader alone writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// The page.
    pub id: GroupId,
    /// When it is to be looked at next.
    pub next: Ms,
    /// When it was looked at last.
    pub read: Option<Ms>,
    /// How it was.
    pub state: State,
    /// The name it had before the present one, and when the new one was seen.
    pub renamed: Option<(Ms, String)>,
    /// How often in a row VK did not answer.
    pub fails: u8,
    /// Subscribers.
    pub members: Option<u32>,
    /// When its newest post came out.
    pub last_post: Option<Ms>,
    /// The newest post when its people were last told of its silence: once for one silence.
    pub alarmed: Option<Ms>,
    /// Points by the norm then in force.
    pub score: Option<u8>,
    /// Where that is.
    pub zone: Option<Zone>,
    /// What was found, in the order of [`Aspect::ALL`]; what VK does not tell is not in it.
    pub found: Vec<Found>,
    /// Why it has no points.
    pub unscored: Option<Unscored>,
    /// The points of each part, in the norm's order.
    pub parts: Vec<(Aspect, u8)>,
    /// The posts of the seven days before the look, newest first, at most [`Sight::POSTS`].
    pub posts: Vec<i64>,
    /// Views of those posts, and the subscribers they were held against.
    pub views: Option<(u32, u32)>,
    /// What is wrong with its tiles of ПОС, as far as VK tells of the menu.
    pub defects: Vec<(TileKind, Defect)>,
    /// Whether people may comment on its posts, if VK tells.
    pub comments: Option<bool>,
    /// The hours at which its posts were looked at most, if there are enough posts to tell.
    pub hours: Option<Hours>,
    /// What it has reached, with the Monday of the week it was reached in: never taken back.
    pub earned: Vec<(Badge, Day)>,
    /// The most weeks in a row by its norm that were ever counted.
    pub best_run: u16,
    /// What the last four weeks that are over came to.
    pub month: Option<Month>,
}

impl Sight {
    /// Posts of a week whose numbers are kept: more than any norm asks for.
    pub const POSTS: usize = 10;

    /// A page that is to be looked at for the first time.
    pub fn new(id: GroupId, next: Ms) -> Self {
        Self {
            id,
            next,
            read: None,
            state: State::New,
            renamed: None,
            fails: 0,
            members: None,
            last_post: None,
            alarmed: None,
            score: None,
            zone: None,
            found: Vec::new(),
            unscored: None,
            parts: Vec::new(),
            posts: Vec::new(),
            views: None,
            defects: Vec::new(),
            comments: None,
            hours: None,
            earned: Vec::new(),
            best_run: 0,
            month: None,
        }
    }

    /// The page as it is once VK knows nothing at its number: how it looked says nothing any more, what it has reached
    /// stays.
    #[must_use]
    pub fn gone(self, read: Ms, next: Ms) -> Self {
        let Self { id, renamed, alarmed, earned, best_run, .. } = self;
        Self {
            read: Some(read),
            state: State::Gone,
            renamed,
            alarmed,
            earned,
            best_run,
            ..Self::new(id, next)
        }
    }

    /// What was found of something.
    pub fn found(&self, what: Aspect) -> Option<&Found> {
        self.found.iter().find(|found| found.what == what)
    }
}

/// Why a page has no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unscored {
    /// It is deleted, banned or closed.
    Closed,
    /// Its wall could not be read.
    Unread,
    /// It has too few subscribers for shares of them to mean anything.
    Small {
        /// Subscribers it has.
        members: i64,
        /// Subscribers the norm asks for.
        least: u32,
    },
    /// Its first post is too young for a rhythm to show.
    Young {
        /// Days since the first post that can be seen.
        days: i64,
        /// Days the norm asks for.
        least: u16,
    },
}

/// What a tile of ПОС is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TileKind {
    /// «Сообщить о проблеме».
    Problem,
    /// «Высказать мнение».
    Opinion,
}

/// What the last four weeks of a page that are over came to, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// Posts.
    pub posts: u32,
    /// Subscribers in the first of the weeks of which they are known, and in the last.
    pub members: Option<(u32, u32)>,
    /// Views of posts.
    pub views: u32,
    /// Likes of posts.
    pub likes: u32,
    /// Comments under posts.
    pub comments: u32,
    /// Reposts of posts.
    pub reposts: u32,
}

impl Month {
    /// Counts them on a day; none if none of these weeks is known.
    pub fn of(weeks: &[Week], today: Day) -> Option<Self> {
        let monday = today.monday().0;
        let known: Vec<&Week> =
            weeks.iter().filter(|week| (monday - 28..monday).contains(&week.from.0)).collect();
        let sum = |of: fn(&Week) -> u32| known.iter().fold(0, |sum: u32, week| sum.saturating_add(of(week)));
        let mut members = known.iter().filter_map(|week| week.members);
        let first = members.next();
        let month = Self {
            posts: sum(|week| week.posts.into()),
            members: first.map(|first| (first, members.next_back().unwrap_or(first))),
            views: sum(|week| week.views.sum),
            likes: sum(|week| week.likes.sum),
            comments: sum(|week| week.comments.sum),
            reposts: sum(|week| week.reposts.sum),
        };
        (!known.is_empty()).then_some(month)
    }
}

/// What is wrong with a tile of ПОС.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Defect {
    /// A word of the pattern was not replaced: `OGRN`, `ID`, `REG-CODE`, `MUN-CODE`.
    Placeholder,
    /// A space within.
    Space,
    /// It does not begin with `https://`.
    Insecure,
    /// `opaId` is missing or no number.
    OpaId,
    /// Neither `reg_code` of 2–8 digits nor `mun_code` of 8.
    Territory,
    /// `utm_source` is none of `vk`, `vk1`, `vk2`.
    Source,
    /// `utm_medium` is not of 2–4 digits.
    Medium,
    /// `utm_campaign` is no ОГРН of 13 digits.
    Ogrn,
    /// There is no such tile.
    Missing,
    /// It is there more than once.
    Twice,
}

impl Defect {
    /// The word for it in the keys of phrases.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Space => "space",
            Self::Insecure => "insecure",
            Self::OpaId => "opa_id",
            Self::Territory => "territory",
            Self::Source => "source",
            Self::Medium => "medium",
            Self::Ogrn => "ogrn",
            Self::Missing => "missing",
            Self::Twice => "twice",
        }
    }
}

/// Hours of the day at which posts came out that were looked at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The first hour of three, by the region's clock.
    pub from: u8,
    /// How many posts that is told from.
    pub posts: u16,
}

/// How a page stands by its norm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Below the norm's yellow.
    Red,
    /// Below its green.
    Yellow,
    /// From its green on.
    Green,
}

/// Something a look found, or found missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What.
    pub what: Aspect,
    /// It is there.
    pub there: bool,
    /// What shows it.
    pub shown: Shown,
}

/// What shows that something is there, or how far it is from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// The page itself.
    Page,
    /// So many of them: posts, days, right tiles, characters.
    Count(u32),
    /// This post.
    Post(i64),
}

/// What can be good about a page: norms give points for it, checklists ask for it, advice is about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The mark «Госорганизация»; no machine sees it.
    Badge,
    /// The connection to «Госпаблики»; no machine sees it.
    Connected,
    /// A picture.
    Avatar,
    /// A description.
    Description,
    /// A cover.
    Cover,
    /// Both tiles of ПОС with right addresses; half the points for one.
    Tiles,
    /// As many posts in seven days as the norm asks for.
    Posts,
    /// Views of the week's posts against subscribers.
    Views,
    /// A site.
    Site,
    /// A short address of its own.
    ShortName,
    /// A pinned post.
    Pinned,
    /// An address on the map.
    Address,
    /// A telephone in the description or the contacts.
    Phone,
    /// At least one post of the week is its own, not a repost.
    Own,
    /// Anybody can see it.
    Open,
    /// An e-mail in the description or the contacts.
    Email,
    /// A topic.
    Topic,
    /// The last post is at most three days old.
    Fresh,
    /// At least one post of the week has a photo or a video.
    Visual,
    /// At least one post of the week is more than words and photos.
    Formats,
    /// No post of the week is long and without a picture.
    Readable,
    /// Others of its league may be told its name: no norm gives points for that, it is only said.
    Named,
    /// Its region calls it a flagship; only said, as its class.
    Flagship,
    /// Its region calls it a visiting card; only said, as its class.
    Card,
}

const ASPECTS: [(&str, Aspect); 21] = [
    ("badge", Aspect::Badge),
    ("connected", Aspect::Connected),
    ("avatar", Aspect::Avatar),
    ("description", Aspect::Description),
    ("cover", Aspect::Cover),
    ("tiles", Aspect::Tiles),
    ("posts", Aspect::Posts),
    ("views", Aspect::Views),
    ("site", Aspect::Site),
    ("short-name", Aspect::ShortName),
    ("pinned", Aspect::Pinned),
    ("address", Aspect::Address),
    ("phone", Aspect::Phone),
    ("own", Aspect::Own),
    ("open", Aspect::Open),
    ("email", Aspect::Email),
    ("topic", Aspect::Topic),
    ("fresh", Aspect::Fresh),
    ("visual", Aspect::Visual),
    ("formats", Aspect::Formats),
    ("readable", Aspect::Readable),
];

impl Aspect {
    /// All that can be found on a page, with their words in files and machine-readable output.
    pub const ALL: &'static [(&'static str, Self)] = &ASPECTS;

    /// The word for it.
    pub fn slug(self) -> &'static str {
        ASPECTS.iter().find(|(_, aspect)| *aspect == self).map_or("", |(slug, _)| slug)
    }
}

impl std::fmt::Display for Aspect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.slug())
    }
}

/// What a post mostly is; the first that fits, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PostKind {
    /// Somebody else's post shown again.
    Repost,
    /// A live broadcast or its record.
    Live,
    /// A clip.
    Clip,
    /// A video.
    Video,
    /// A poll.
    Poll,
    /// An article of VK's editor.
    Article,
    /// Photos or pictures.
    Photo,
    /// A podcast or a track.
    Audio,
    /// A file.
    File,
    /// A link elsewhere.
    Link,
    /// Words only.
    Text,
    /// Something else hangs on it.
    Other,
}

/// A week of a page, from Monday by the region's clock: as far as it has come at the last look, or the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    /// Its Monday.
    pub from: Day,
    /// The moment it was counted up to; the end of the week once that is over.
    pub at: Ms,
    /// Posts in the community's name.
    pub posts: u16,
    /// How many of them are not reposts.
    pub own: u16,
    /// How many posts the norm asked for.
    pub asked: u8,
    /// Posts by what they mostly are, each kind once.
    pub kinds: Vec<(PostKind, u16)>,
    /// Views of posts.
    pub views: Sum,
    /// Likes of posts.
    pub likes: Sum,
    /// Comments under posts.
    pub comments: Sum,
    /// Reposts of posts.
    pub reposts: Sum,
    /// Subscribers; not known of weeks from before the first look.
    pub members: Option<u32>,
    /// Points by the norm then in force; none for weeks from before the first look and pages that are not scored.
    pub score: Option<u8>,
    /// Where that is.
    pub zone: Option<Zone>,
    /// Whole days without a post at that moment.
    pub silent_days: Option<u16>,
    /// The post that was met best.
    pub best: Option<Best>,
    /// What would have brought points, the most for a minute of work first.
    pub lacks: Vec<Lack>,
}

/// What curators keep of a page: that its people were warned of weeks below the norm, and whether it may be shown as an
/// example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The page.
    pub id: GroupId,
    /// Grows by one with each change; the store refuses a change made from an older one.
    pub rev: u32,
    /// The Monday of the week in which its people were warned of the misses that still go on.
    pub warned: Option<Day>,
    /// The Monday of the week in which its curator was told of them.
    pub told: Option<Day>,
    /// Who of its people lets it be shown to others as an example.
    pub example: Option<Example>,
}

impl Watch {
    /// A page of which nothing is kept yet.
    pub fn new(id: GroupId) -> Self {
        Self { id, rev: 0, warned: None, told: None, example: None }
    }

    /// Removes the word of a person who is forgotten; true if there was one.
    pub fn forget(&mut self, person: UserId) -> bool {
        let hers = self.example.is_some_and(|example| example.by == person);
        if hers {
            self.example = None;
        }
        hers
    }
}

/// Somebody's word that a page may be shown as an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Ms,
}

/// A number told of each post of a week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// All together.
    pub sum: u32,
    /// Half of the posts have no more; `None` if VK tells it of no post.
    pub median: Option<u32>,
}

/// A post that was met well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Best {
    /// Its number on the wall.
    pub post: i64,
    /// When it came out.
    pub at: Ms,
    /// Its first words, at most sixty characters; empty if it has none.
    pub words: String,
    /// Views, if VK tells.
    pub views: Option<u32>,
    /// Likes, comments and reposts together.
    pub reactions: u32,
}

/// Something that would have brought points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lack {
    /// What.
    pub what: Aspect,
    /// Points.
    pub points: u8,
    /// Minutes of one person's work.
    pub minutes: u16,
}

/// What a person was advised about her pages and how she took it; kept under her id and forgotten with her.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudged {
    /// The Monday of the week of the last nudge.
    pub week: Option<Day>,
    /// How many nudges she got: wordings take turns by it.
    pub turns: u16,
    /// What was advised, newest first, at most [`Nudged::ADVISED`].
    pub advised: Vec<Advised>,
    /// How often she said «Не сейчас» to an advice, by its id; after three times it is not given again.
    pub declined: Vec<(String, u8)>,
}

impl Nudged {
    /// Advice kept: three a week for three months and a half.
    pub const ADVISED: usize = 45;
}

/// An advice that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advised {
    /// The advice's id.
    pub advice: String,
    /// The page it was about.
    pub page: GroupId,
    /// The Monday of the week it was given in.
    pub week: Day,
    /// What she answered.
    pub answer: Option<Answer>,
}

/// An answer to an advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// «Сделано».
    Done,
    /// «Как сделать».
    How,
    /// «Не сейчас».
    Later,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_aspect_has_a_word_of_its_own() {
        for (i, (slug, aspect)) in Aspect::ALL.iter().enumerate() {
            assert_eq!(*aspect as usize, i);
            assert_eq!(aspect.slug(), *slug);
            assert_eq!(serde_json::to_value(aspect).unwrap(), *slug, "the same word in JSON");
            assert!(Aspect::ALL[..i].iter().all(|(other, _)| other != slug));
        }
    }

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

    #[test]
    fn a_page_vk_knows_no_more_keeps_what_it_reached_and_nothing_of_how_it_looked() {
        let seen = Sight {
            state: State::Open,
            score: Some(80),
            zone: Some(Zone::Yellow),
            members: Some(500),
            found: vec![Found { what: Aspect::Cover, there: true, shown: Shown::Page }],
            earned: vec![(Badge::Month, Day(7))],
            best_run: 4,
            ..Sight::new(GroupId(5), Ms(1))
        };
        let gone = seen.gone(Ms(2), Ms(3));
        assert_eq!((gone.state, gone.read, gone.next), (State::Gone, Some(Ms(2)), Ms(3)));
        assert_eq!((gone.score, gone.zone, gone.members, gone.found.len()), (None, None, None, 0));
        assert_eq!((gone.earned, gone.best_run), (vec![(Badge::Month, Day(7))], 4));
    }
}
