//! How a page looked to the reader last, and what was found on it.

use serde::{Deserialize, Serialize};
use vkapi::types::GroupId;

use super::Week;
use crate::domain::{Day, Ms, rhythm::Badge};

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
