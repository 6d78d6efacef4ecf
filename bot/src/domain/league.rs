//! Pages of the same sphere and size beside each other: what is usual among them, a place for each, a name only for who
//! wants hers told.

use vkapi::types::GroupId;

use super::{
    Day, Sphere,
    page::{Aspect, Page, Sight, State, Week},
};

/// A league with fewer pages beside hers would tell too much of each.
pub const LEAST: usize = 5;
/// Names told at most.
const NAMED: usize = 3;
/// Weeks a place is counted over.
const WEEKS: i32 = 4;

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

/// Where a page belongs: pages of the same are peers.
pub type Kind = (Sphere, Size);

/// Where a page belongs; `None` while its sphere or size is not known, or nobody can see it.
pub fn kind(page: &Page, sight: &Sight) -> Option<Kind> {
    let seen = sight.members.filter(|_| sight.state == State::Open && page.present().next().is_some())?;
    Some((page.sphere?, Size::of(seen)))
}

/// A page of a league.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub page: GroupId,
    /// Weeks by the norm of the last four that are over.
    pub kept: u8,
    /// Points by the norm.
    pub score: Option<u32>,
    /// Posts of the last week that is over.
    pub posts: Option<u32>,
    /// What half of that week's posts were viewed at most.
    pub views: Option<u32>,
    /// Its name, if whoever runs it wants it told.
    pub named: Option<String>,
}

impl Entry {
    /// A page as its weeks tell of it, in the week that begins on that Monday.
    pub fn of(page: &Page, sight: &Sight, weeks: &[Week], monday: Day) -> Self {
        let since = monday.0 - 7 * WEEKS;
        let lately = weeks.iter().filter(|week| week.from < monday && week.from.0 >= since);
        let kept = lately.filter(|week| week.posts >= u16::from(week.asked)).count();
        let last = weeks.iter().find(|week| week.from.0 == monday.0 - 7);
        // The word of who runs it no more does not count.
        let agreed = page.word(Aspect::Named).is_some_and(|word| word.yes && page.admin(word.by).is_some());
        Self {
            page: page.id,
            kept: u8::try_from(kept).unwrap_or(u8::MAX),
            score: sight.score.map(u32::from),
            posts: last.map(|week| u32::from(week.posts)),
            views: last.and_then(|week| week.views.median),
            named: agreed.then(|| page.name.clone()),
        }
    }
}

/// A page among its peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct League {
    /// How many pages there are beside it.
    pub peers: usize,
    /// Its own points, posts and views of a post.
    pub mine: (Option<u32>, Option<u32>, Option<u32>),
    /// The median of the peers' points; `None` if fewer than five of them have any, here and below.
    pub score: Option<u32>,
    /// The median of their posts a week.
    pub posts: Option<u32>,
    /// The median of their views of a post.
    pub views: Option<u32>,
    /// Its place by weeks that kept to the norm, counted from 1; equals share the better one.
    pub place: usize,
    /// The best pages whose names may be told, with their places.
    pub named: Vec<(usize, String)>,
}

/// A page among the entries of its league; `None` where there are fewer than five beside it.
pub fn of(all: &[Entry], page: GroupId) -> Option<League> {
    let mine = all.iter().find(|entry| entry.page == page)?;
    let peers: Vec<&Entry> = all.iter().filter(|entry| entry.page != page).collect();
    if peers.len() < LEAST {
        return None;
    }
    let place = |entry: &Entry| all.iter().filter(|other| other.kept > entry.kept).count() + 1;
    let mut named: Vec<(usize, String)> =
        peers.iter().filter_map(|entry| Some((place(entry), entry.named.clone()?))).collect();
    named.sort();
    named.truncate(NAMED);
    Some(League {
        peers: peers.len(),
        mine: (mine.score, mine.posts, mine.views),
        score: median(&peers, |entry| entry.score),
        posts: median(&peers, |entry| entry.posts),
        views: median(&peers, |entry| entry.views),
        place: place(mine),
        named,
    })
}

/// Half of those who have a number have no more; an even number of them is told by the lower of the middle two.
fn median(peers: &[&Entry], number: impl Fn(&Entry) -> Option<u32>) -> Option<u32> {
    let mut all: Vec<u32> = peers.iter().filter_map(|entry| number(entry)).collect();
    if all.len() < LEAST {
        return None;
    }
    all.sort_unstable();
    all.get((all.len() - 1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            Ms, PageRef,
            page::{Admin, Word},
        },
        pages::nudge::tests::week_from,
    };
    use vkapi::types::UserId;

    fn entry(id: i64, kept: u8, named: Option<&str>) -> Entry {
        let n = u32::try_from(id).unwrap();
        Entry {
            page: GroupId(id),
            kept,
            score: Some(10 * n),
            posts: Some(n),
            views: (n % 2 == 0).then_some(100),
            named: named.map(str::to_owned),
        }
    }

    #[test]
    fn peers_are_told_of_by_their_median_from_five_on() {
        let all: Vec<Entry> = (1..=6).map(|n| entry(n, n as u8 / 2, None)).collect();
        let league = of(&all, GroupId(1)).unwrap();
        assert_eq!((league.peers, league.score, league.posts), (5, Some(40), Some(4)), "of 2 to 6");
        assert_eq!(league.views, None, "only three of five tell their views");
        assert_eq!(league.mine, (Some(10), Some(1), None));
        assert_eq!((of(&all, GroupId(6)).unwrap().place, of(&all, GroupId(2)).unwrap().place), (1, 4));
        assert_eq!(of(&all, GroupId(3)).unwrap().place, 4, "equals share the better place");
        assert_eq!(of(&all[1..], GroupId(2)), None, "four peers are too few");
        assert_eq!(of(&all, GroupId(99)), None);
    }

    #[test]
    fn only_who_wants_is_named() {
        let mut all: Vec<Entry> = (1..=8).map(|n| entry(n, 4 - (n as u8 - 1) / 2, None)).collect();
        all[1].named = Some("Школа № 2".to_owned());
        all[6].named = Some("Школа № 7".to_owned());
        let found = of(&all, GroupId(8)).unwrap();
        assert_eq!(found.named, [(1, "Школа № 2".to_owned()), (7, "Школа № 7".to_owned())]);
    }

    #[test]
    fn a_page_belongs_by_sphere_and_size_and_its_name_goes_with_who_gave_the_word() {
        let named = PageRef { id: GroupId(5), screen_name: "s5".into(), name: "Школа № 5".into() };
        let mut page = Page { sphere: Some(Sphere::School), ..Page::new(named, Ms(1)) };
        let mut sight = Sight { members: Some(400), state: State::Open, ..Sight::new(page.id, Ms(1)) };
        assert_eq!(kind(&page, &sight), None, "nobody runs it");
        page.admins.push(Admin::new(UserId(7), Ms(1)));
        assert_eq!(kind(&page, &sight), Some((Sphere::School, Size::Middle)));
        page.say(Word { what: Aspect::Named, yes: true, by: UserId(7), confirmed: false, at: Ms(2) });
        let monday = Day(20_731 + 35);
        let weeks: Vec<Week> = [3, 0, 3, 2, 4]
            .iter()
            .zip(0..)
            .map(|(posts, n)| week_from(Day(20_731 + 7 * n), 5, *posts))
            .collect();
        let found = Entry::of(&page, &sight, &weeks, monday);
        assert_eq!((found.kept, found.posts), (2, Some(4)), "of the last four; the first is long ago");
        assert_eq!(found.named.as_deref(), Some("Школа № 5"));
        page.admins[0].until = Some(Ms(9));
        page.admins.push(Admin::new(UserId(8), Ms(9)));
        assert_eq!(Entry::of(&page, &sight, &weeks, monday).named, None, "her successor has not agreed");
        sight.state = State::Closed;
        assert_eq!(kind(&page, &sight), None);
    }
}
