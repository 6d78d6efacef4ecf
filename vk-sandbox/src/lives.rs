//! Pages that live by the clock: what is on their walls, what they are called and whether they are there follows from a
//! seed and the moment, so that a region of thousands needs nobody to write its posts.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::pages::{Comment, Page, Post};

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;
/// Weeks that a wall shows at most.
const SHOWN: i64 = 60;
/// Numbers of posts that a week may use.
const NUMBERS: i64 = 64;

/// How a page lives from a moment on. Moments are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Life {
    /// What everything else is drawn from.
    pub seed: u64,
    /// When it begins.
    pub since: i64,
    /// Posts a week, give or take one.
    pub a_week: u8,
    /// How many of a hundred posts are reposts.
    pub reposts: u8,
    /// After this moment it writes no more.
    pub silent: Option<i64>,
    /// From this moment on it has another name.
    pub renamed: Option<(i64, String)>,
    /// From this moment on only members see it.
    pub closed: Option<i64>,
    /// From this moment on it is deleted.
    pub deleted: Option<i64>,
}

/// A number that depends on nothing but these.
fn draw(seed: u64, place: i64) -> u64 {
    let mut x = seed ^ place.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for shift in [30, 27, 31] {
        x = (x ^ (x >> shift)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    x ^ (x >> 29)
}

fn below(seed: u64, place: i64, bound: i64) -> i64 {
    i64::try_from(draw(seed, place) % bound.max(1).cast_unsigned()).unwrap_or(0)
}

impl Life {
    /// The posts there are at a moment on a page with so many followers.
    pub(crate) fn posts(&self, now: i64, members: i64) -> Vec<Post> {
        let until = self.silent.map_or(now, |silent| silent.min(now));
        if until < self.since {
            return Vec::new();
        }
        let last = (until - self.since) / WEEK;
        (0.max(last - SHOWN)..=last)
            .flat_map(|week| (0..self.in_week(week)).map(move |n| self.post(week, n, members)))
            .filter(|post| post.date <= until)
            .collect()
    }

    fn in_week(&self, week: i64) -> i64 {
        let a_week = i64::from(self.a_week);
        (a_week - 1 + below(self.seed, week * 3, 3)).clamp(a_week.min(1), NUMBERS - 1)
    }

    fn post(&self, week: i64, n: i64, members: i64) -> Post {
        let id = week * NUMBERS + n + 1;
        let of = |place: i64, bound: i64| below(self.seed.wrapping_add(7), id * 16 + place, bound);
        let each = WEEK / self.in_week(week).max(1);
        let views = members * (10 + of(1, 30)) / 100;
        let words = ["Утренник", "Прививки", "Выставка рисунков", "Ремонт двора", "Приём врача", "Концерт"];
        let word = usize::try_from(of(2, words.len() as i64)).ok().and_then(|at| words.get(at));
        let date = self.since + week * WEEK + n * each + of(3, each);
        let mut post = Post {
            id,
            date,
            text: format!("{}: как это было, запись {id}", word.unwrap_or(&"Новости")),
            likes: views * (1 + of(4, 6)) / 100,
            talk: Self::talk(id, date, of(5, 4), of),
            reposts: of(6, 3),
            views: Some(views),
            ..Post::default()
        };
        if of(7, 100) < i64::from(self.reposts) {
            post.copy_history =
                vec![json!({"id": 1, "owner_id": -1, "from_id": -1, "date": date, "text": "Чужое"})];
        } else if of(8, 3) > 0 {
            post.attachments =
                vec![json!({"type": "photo", "photo": {"id": id, "owner_id": -1, "sizes": []}})];
        }
        post
    }

    /// What is said below a post that came out at a moment: praise, questions that the page answers, and some that it
    /// does not.
    fn talk(post: i64, date: i64, count: i64, of: impl Fn(i64, i64) -> i64) -> Vec<Comment> {
        let mut talk = Vec::new();
        for n in 0..count {
            let id = post * 16 + 2 * n + 1;
            let kind = of(9 + n, 6);
            let text = if kind < 2 {
                "Подскажите, а во сколько?"
            } else {
                "Как хорошо!"
            };
            let (from_id, date, text) = (1_000 + id, date + 60 * (n + 1), text.to_owned());
            talk.push(Comment { id, from_id, date, text, reply_to: 0 });
            if kind == 1 {
                let text = "Каждый день с десяти.".to_owned();
                talk.push(Comment { id: id + 1, from_id: 0, date: date + 60, text, reply_to: id });
            }
        }
        talk
    }

    /// The page as it is at a moment, without its posts.
    pub(crate) fn seen(&self, page: &Page, now: i64) -> Page {
        let mut seen = Page { posts: Vec::new(), life: None, ..page.clone() };
        if let Some((_, name)) = self.renamed.as_ref().filter(|(at, _)| *at <= now) {
            seen.name.clone_from(name);
        }
        seen.closed |= self.closed.is_some_and(|at| at <= now);
        if self.deleted.is_some_and(|at| at <= now) {
            seen.deactivated = Some("deleted".to_owned());
        }
        seen
    }
}

/// So many pages of a region with varied lives from a moment on: most write as they should, some little, some only
/// repost; a few go silent, close, change their name or are deleted within eight weeks, and the first has ten thousand
/// followers. Their ids go up from `first`.
pub fn region(first: i64, count: usize, seed: u64, since: i64) -> Vec<Page> {
    (0..count).map(|n| one(first, n as i64, seed, since)).collect()
}

fn one(first: i64, n: i64, seed: u64, since: i64) -> Page {
    let own = draw(seed, n);
    let of = |place: i64, bound: i64| below(own, place, bound);
    let id = first + n;
    let kinds = ["Школа", "Детский сад", "Поликлиника", "Библиотека"];
    let kind = kinds[usize::try_from(n % 4).unwrap_or(0)];
    let within = since + (1 + of(1, 7)) * WEEK + of(2, WEEK);
    let mut life = Life { seed: own, since, a_week: 5, ..Life::default() };
    match n % 20 {
        0..=10 => {}
        11..=13 => life.a_week = 2,
        14 | 15 => life.reposts = 90,
        16 => life.silent = Some(within),
        17 => life.closed = Some(within),
        18 => life.renamed = Some((within, format!("{kind} № {n}, новое имя"))),
        _ => life.deleted = Some(within),
    }
    let mut extra =
        json!({"has_photo": 1, "cover": {"enabled": i64::from(of(3, 3) > 0)}, "menu": {"items": []}});
    if of(4, 2) == 0 {
        extra["addresses"] = json!({"is_enabled": true, "main_address_id": 1});
    }
    let Value::Object(extra) = extra else { return Page::default() };
    Page {
        id,
        screen_name: format!("page{id}"),
        name: format!("{kind} № {n}"),
        activity: "Государственная организация".to_owned(),
        description: if of(5, 4) > 0 {
            format!("{kind}. Телефон 5-12-{:02}", of(6, 100))
        } else {
            String::new()
        },
        members_count: if n == 0 { 10_000 } else { 60 + of(7, 1_200) },
        extra,
        life: Some(life),
        ..Page::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINCE: i64 = 1_790_000_000;

    #[test]
    fn a_life_is_the_same_whenever_it_is_looked_at() {
        let life = Life { seed: 7, since: SINCE, a_week: 5, reposts: 30, ..Life::default() };
        let later = life.posts(SINCE + 8 * WEEK, 500);
        let sooner = life.posts(SINCE + 3 * WEEK, 500);
        assert_eq!(sooner, later.iter().filter(|p| p.date <= SINCE + 3 * WEEK).cloned().collect::<Vec<_>>());
        let a_week = later.len() as f64 / 8.0;
        assert!((4.0..=6.0).contains(&a_week), "{a_week} a week");
        assert!(later.windows(2).all(|w| w[0].id < w[1].id && w[0].date <= w[1].date));
        assert!(later.iter().any(|p| !p.copy_history.is_empty()) && life.posts(SINCE - 1, 500).is_empty());
    }

    #[test]
    fn a_region_has_every_kind_of_life() {
        let pages = region(1_000, 200, 1, SINCE);
        let at =
            |now: i64| -> Vec<Page> { pages.iter().map(|p| p.life.as_ref().unwrap().seen(p, now)).collect() };
        let (before, after) = (at(SINCE), at(SINCE + 9 * WEEK));
        let changed = |of: fn(&Page) -> bool| after.iter().filter(|p| of(p)).count();
        assert_eq!((changed(|p| p.closed), changed(|p| p.deactivated.is_some())), (10, 10));
        assert_eq!(before.iter().zip(&after).filter(|(a, b)| a.name != b.name).count(), 10);
        assert_eq!(pages[0].members_count, 10_000);
        let silent = pages.iter().filter(|p| {
            let now = SINCE + 10 * WEEK;
            p.life.as_ref().unwrap().posts(now, 100).last().is_some_and(|post| now - post.date > 8 * DAY)
        });
        assert!(silent.count() >= 8);
        assert_eq!(region(1_000, 200, 1, SINCE), pages);
    }
}
