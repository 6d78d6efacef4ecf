//! Nudges of pages with lives of their own.

use jiff::civil::{Date, date};
use vkapi::types::GroupId;

use super::*;
use crate::{
    domain::{
        Ms,
        comments::Question,
        page::{Advised, Answer, Aspect, Best, Lack, Shown, Sum, Zone},
    },
    pages::audit::tests::CONTENT,
};

/// A Friday.
const TODAY: Date = date(2026, 10, 9);

fn named(id: i64, name: &str) -> PageRef {
    PageRef { id: GroupId(id), screen_name: format!("club{id}"), name: name.to_owned() }
}

fn lack(what: Aspect, points: u8, minutes: u16) -> Lack {
    Lack { what, points, minutes }
}

/// The week that begins `back` weeks before today's, with so many posts.
fn week(back: i32, posts: u16) -> Week {
    week_from(Day(Day::from(TODAY).monday().0 - 7 * back), 40 - i64::from(back), posts)
}

/// A week with so many posts, the last of them with this number.
pub(crate) fn week_from(from: Day, last: i64, posts: u16) -> Week {
    let best = (posts > 0).then(|| Best {
        post: last,
        at: Ms(0),
        words: "Сегодня в столовой пекли пироги".to_owned(),
        views: Some(300),
        reactions: 21,
    });
    Week {
        from,
        at: Ms(0),
        posts,
        own: posts,
        asked: 3,
        kinds: Vec::new(),
        views: Sum { sum: 200 * u32::from(posts), median: (posts > 0).then_some(200) },
        likes: Sum::default(),
        comments: Sum::default(),
        reposts: Sum::default(),
        members: Some(800),
        score: Some(60),
        zone: Some(Zone::Red),
        silent_days: None,
        best,
        lacks: vec![
            lack(Aspect::Posts, 40, 20),
            lack(Aspect::Cover, 10, 15),
            lack(Aspect::Tiles, 10, 15),
            lack(Aspect::Views, 10, 30),
        ],
    }
}

fn ground(nudged: &Nudged) -> Ground<'_> {
    Ground { content: &CONTENT, today: TODAY, sphere: Some(Sphere::School), nudged, passed: &[], seed: 5 }
}

fn ids<'a>(nudge: &'a Nudge<'_>) -> Vec<&'a str> {
    nudge.chosen.iter().map(|c| c.advice.id.as_str()).collect()
}

#[test]
fn a_nudge_names_a_post_a_number_three_things_an_idea_and_a_lesson() {
    let (page, weeks) = (named(5, "Школа № 5"), [week(1, 1), week(0, 2)]);
    let nudged = Nudged::default();
    let subject = Subject::new(&page, &weeks);
    let nudge = nudge(&ground(&nudged), &[subject]).unwrap();
    assert!(nudge.text.contains("Сегодня в столовой пекли пироги"), "{}", nudge.text);
    assert!(nudge.text.contains("vk.ru/wall-5_40"), "{}", nudge.text);
    assert!(nudge.text.contains("Записей 2, неделей раньше было 1."), "{}", nudge.text);
    assert_eq!(nudge.chosen.iter().map(|c| c.advice.mends).collect::<Vec<_>>()[0], Aspect::Posts);
    assert_eq!(nudge.chosen.len(), 3);
    assert!(nudge.lesson.is_some());
    assert!(nudge.text.chars().count() <= LENGTH);
}

#[test]
fn a_question_that_waits_is_told_with_its_link_in_words_that_differ() {
    let (page, weeks) = (named(5, "Школа № 5"), [week(1, 1), week(0, 2)]);
    let oldest = Question { post: 40, comment: 12, at: Ms(0) };
    let line = |turns: u16, count: u32| {
        let nudged = Nudged { turns, ..Nudged::default() };
        let waiting = Some(Waiting { count, oldest, since: date(2026, 11, 19) });
        let subject = Subject { waiting, ..Subject::new(&page, &weeks) };
        let text = nudge(&ground(&nudged), &[subject]).unwrap().text;
        assert!(text.chars().count() <= LENGTH);
        let line = text.lines().find(|line| line.contains("vk.ru/wall-5_40?reply=12"));
        line.unwrap_or_else(|| panic!("{text}")).to_owned()
    };
    for count in [1, 3, 21, 7] {
        let lines = [0, 1, 2].map(|turns| line(turns, count));
        assert!(lines.iter().all(|line| line.contains("19 ноября")), "{lines:?}");
        assert!(lines[0] != lines[1] && lines[1] != lines[2] && lines[0] != lines[2], "{lines:?}");
    }
    assert!([0, 1, 2].map(|turns| line(turns, 3)).iter().all(|line| line.contains("3 вопроса")));
    assert!([0, 1, 2].map(|turns| line(turns, 21)).iter().all(|line| line.contains("21 вопрос")));
    let subject = Subject::new(&page, &weeks);
    assert!(!nudge(&ground(&Nudged::default()), &[subject]).unwrap().text.contains("reply"));
}

#[test]
fn what_brings_most_for_a_minute_comes_first_and_the_rest_after_it() {
    let (page, weeks) = (named(5, "Школа № 5"), [week(0, 3)]);
    let mut weeks = weeks;
    weeks[0].lacks = vec![lack(Aspect::Connected, 10, 60), lack(Aspect::Avatar, 5, 5)];
    let found = [Found { what: Aspect::Site, there: false, shown: Shown::Page }];
    let nudged = Nudged::default();
    let subject = Subject { found: &found, ..Subject::new(&page, &weeks) };
    assert_eq!(
        ids(&nudge(&ground(&nudged), &[subject]).unwrap()),
        ["put-avatar", "connect-page", "put-site"]
    );
}

#[test]
fn the_same_is_never_advised_twice_running_and_words_differ() {
    let (page, weeks) = (named(5, "Школа № 5"), [week(1, 0), week(0, 0)]);
    let mut nudged = Nudged::default();
    let mut before: Option<(Vec<String>, String)> = None;
    for passed in 0..12 {
        let today = TODAY.checked_add(jiff::Span::new().weeks(passed)).unwrap();
        let weeks = weeks.clone().map(|w| Week { from: Day(w.from.0 + 7 * passed), ..w });
        let subject = Subject::new(&page, &weeks);
        let given = {
            let ground = Ground { today, ..ground(&nudged) };
            let nudge = nudge(&ground, &[subject]).unwrap();
            let ids: Vec<String> = ids(&nudge).iter().map(ToString::to_string).collect();
            if let Some((advised, text)) = &before {
                assert!(ids.iter().all(|id| !advised.contains(id)), "{ids:?} after {advised:?}");
                assert_ne!(*text, nudge.text);
                let hello = |text: &str| text.lines().next().unwrap().to_owned();
                assert_ne!(hello(text), hello(&nudge.text));
            }
            let mut after = nudged.clone();
            remember(&mut after, &nudge);
            before = Some((ids, nudge.text));
            after
        };
        nudged = given;
    }
    assert!(nudged.advised.len() <= Nudged::ADVISED);
}

#[test]
fn what_she_declined_three_times_is_not_advised_again_and_what_she_did_rests() {
    let (page, mut weeks) = (named(5, "Школа № 5"), [week(0, 3)]);
    weeks[0].lacks = vec![lack(Aspect::Cover, 10, 15)];
    let mut nudged = Nudged::default();
    let mut given = Vec::new();
    for passed in 0..40 {
        let today = TODAY.checked_add(jiff::Span::new().weeks(passed)).unwrap();
        // The message of a Monday is about the week before.
        weeks[0].from = Day(Day::from(today).monday().0 - 7);
        let subject = Subject::new(&page, &weeks);
        let mut after = nudged.clone();
        {
            let nudge = nudge(&Ground { today, ..ground(&nudged) }, &[subject]).unwrap();
            remember(&mut after, &nudge);
            if !nudge.chosen.is_empty() {
                given.push(passed);
            }
        }
        if given.last() == Some(&passed) {
            assert!(answered(&mut after, page.id, "put-cover", Answer::Later));
            assert!(!answered(&mut after, page.id, "put-cover", Answer::Later), "one press is one");
        }
        nudged = after;
    }
    assert_eq!(given, [0, 4, 8], "not for four weeks, and three times at most");
    assert!(!answered(&mut nudged, page.id, "never-given", Answer::Done));
}

#[test]
fn a_week_of_nothing_is_met_kindly_and_reminds_of_what_went_well() {
    let (page, weeks) = (named(5, "Школа № 5"), [week(1, 3), week(0, 0)]);
    for turns in 0..3 {
        let nudged = Nudged { turns, ..Nudged::default() };
        let subject = Subject::new(&page, &weeks);
        let text = nudge(&ground(&nudged), &[subject]).unwrap().text;
        assert!(text.contains("пекли пироги"), "{text}");
        for blame in ["норм", "неделей раньше", "плохо", "отста", "должны"] {
            assert!(!text.contains(blame), "{blame}: {text}");
        }
    }
}

#[test]
fn several_pages_come_in_one_message_each_with_its_best_thing_to_do() {
    let pages: Vec<PageRef> = (1..=5)
        .map(|n| named(n, &format!("Муниципальное бюджетное учреждение № {n} города Ольховска")))
        .collect();
    let weeks = [week(1, 1), week(0, 2)];
    let subjects: Vec<Subject<'_>> = pages.iter().map(|page| Subject::new(page, &weeks)).collect();
    let mut heard = Vec::new();
    for turns in 0..5 {
        let nudged = Nudged { turns, ..Nudged::default() };
        let nudge = nudge(&ground(&nudged), &subjects).unwrap();
        assert!(nudge.text.chars().count() <= LENGTH, "{}", nudge.text);
        assert_eq!(nudge.pages.len(), 3);
        let mut of: Vec<i64> = nudge.chosen.iter().map(|c| c.page.id.0).collect();
        of.dedup();
        assert_eq!(of.len(), 3, "one thing for each");
        heard.extend(nudge.pages);
    }
    heard.sort_unstable();
    heard.dedup();
    assert_eq!(heard.len(), 5, "every page is heard of");
}

#[test]
fn a_page_in_order_gets_thanks_and_no_advice_and_an_unknown_one_nothing() {
    let (page, mut weeks) = (named(5, "Школа № 5"), [week(1, 3), week(0, 3)]);
    weeks[1].lacks.clear();
    let nudged = Nudged::default();
    let nudge_of = |weeks| nudge(&ground(&nudged), &[Subject::new(&page, weeks)]);
    let found = nudge_of(&weeks).unwrap();
    assert!(found.chosen.is_empty() && found.lesson.is_none());
    assert!(found.text.contains("ритм держится"), "{}", found.text);
    assert!(nudge_of(&weeks[..0]).is_none());
}

#[test]
fn a_lesson_she_went_through_is_not_offered_again() {
    let (page, weeks) = (named(5, "Школа № 5"), [week(0, 1)]);
    let nudged = Nudged::default();
    let subject = [Subject::new(&page, &weeks)];
    let offered = nudge(&ground(&nudged), &subject).unwrap().lesson.unwrap();
    let passed = [offered];
    let next = nudge(&Ground { passed: &passed, ..ground(&nudged) }, &subject).unwrap();
    assert_ne!(next.lesson, Some(offered));
}

#[test]
fn the_memory_of_the_dead_is_kept_without_congratulations() {
    let (page, weeks) = (named(5, "Школа № 5"), [week(0, 1)]);
    let nudged = Nudged::default();
    let memorial =
        CONTENT.occasions().iter().find(|o| o.tone == crate::content::Tone::Memory && !o.own).unwrap();
    let day = memorial.on(2026)[0];
    let subject = [Subject::new(&page, &weeks)];
    let text = nudge(&Ground { today: day, ..ground(&nudged) }, &subject).unwrap().text;
    assert!(text.contains("без поздравлений") || !text.contains(&memorial.title), "{text}");
}

#[test]
fn what_was_advised_for_one_page_is_not_advised_for_another_the_week_after() {
    let pages = [named(5, "Детский сад «Рябинка»"), named(6, "Ясли № 2")];
    let mut nudged = Nudged::default();
    let mut before: Vec<String> = Vec::new();
    for passed in 0..8 {
        let today = TODAY.checked_add(jiff::Span::new().weeks(passed)).unwrap();
        let weeks = [Week { from: Day(Day::from(today).monday().0 - 7), ..week(0, 0) }];
        let subjects = [Subject::new(&pages[0], &weeks), Subject::new(&pages[1], &weeks)];
        let mut after = nudged.clone();
        {
            let nudge = nudge(&Ground { today, ..ground(&nudged) }, &subjects).unwrap();
            let now: Vec<String> = ids(&nudge).iter().map(ToString::to_string).collect();
            assert!(now.iter().all(|id| !before.contains(id)), "{now:?} after {before:?}");
            remember(&mut after, &nudge);
            before = now;
        }
        nudged = after;
    }
}

#[test]
fn what_she_declined_for_one_page_rests_for_all_of_hers() {
    let pages = [named(5, "Детский сад «Рябинка»"), named(6, "Ясли № 2")];
    let given = Advised {
        advice: "put-cover".to_owned(),
        page: GroupId(5),
        week: Day(Day::from(TODAY).monday().0 - 14),
        answer: Some(Answer::Later),
    };
    let nudged = Nudged { advised: vec![given], ..Nudged::default() };
    let mut weeks = [week(0, 3)];
    weeks[0].lacks = vec![lack(Aspect::Cover, 10, 15)];
    let subjects = [Subject::new(&pages[0], &weeks), Subject::new(&pages[1], &weeks)];
    assert!(nudge(&ground(&nudged), &subjects).unwrap().chosen.is_empty());
}

#[test]
fn points_are_promised_for_a_post_only_where_one_is_missing() {
    let page = named(5, "Школа № 5");
    let nudged = Nudged::default();
    let told = |posts: u16| {
        let weeks = [week(0, posts)];
        nudge(&ground(&nudged), &[Subject::new(&page, &weeks)]).unwrap().text
    };
    assert!(told(2).contains("(+40, "), "{}", told(2));
    assert!(!told(0).contains("(+40") && told(0).contains("шаг к +40"), "{}", told(0));
}

#[test]
fn a_page_whose_advice_only_rests_is_not_told_that_all_is_done() {
    let (page, mut weeks) = (named(5, "Школа № 5"), [week(0, 3)]);
    weeks[0].lacks = vec![lack(Aspect::Cover, 10, 15)];
    for turns in 0..3 {
        let nudged = Nudged { turns, declined: vec![("put-cover".to_owned(), 3)], ..Nudged::default() };
        let text = nudge(&ground(&nudged), &[Subject::new(&page, &weeks)]).unwrap().text;
        assert!(!text.contains("всё главное сделано") && !text.contains("Подсказывать нечего"), "{text}");
        assert!(text.contains("Нов") || text.contains("нового"), "{text}");
    }
}

#[test]
fn the_advice_on_tiles_names_what_is_wrong_and_that_on_hours_her_own() {
    let (page, mut weeks) = (named(5, "Школа № 5"), [week(0, 3)]);
    weeks[0].lacks = vec![lack(Aspect::Tiles, 10, 15)];
    let nudged = Nudged::default();
    let defects = [(TileKind::Opinion, Defect::Placeholder), (TileKind::Problem, Defect::Missing)];
    let subject = Subject { defects: &defects, ..Subject::new(&page, &weeks) };
    let text = nudge(&ground(&nudged), &[subject]).unwrap().text;
    assert!(text.contains("«Высказать мнение»: в ссылке осталось слово из образца"), "{text}");
    weeks[0].lacks = vec![lack(Aspect::Views, 10, 30)];
    let hours = Some(Hours { from: 18, posts: 21 });
    let mut told = Vec::new();
    for turns in 0..8 {
        let nudged = Nudged { turns, ..Nudged::default() };
        let subject = Subject { hours, ..Subject::new(&page, &weeks) };
        told.push(nudge(&ground(&nudged), &[subject]).unwrap().text);
    }
    assert!(told.iter().any(|text| text.contains("с 18:00 до 21:00")), "{told:?}");
}

#[test]
fn what_a_page_reached_in_that_week_is_told_once() {
    let (page, weeks) = (named(5, "Школа № 5"), [week(1, 3), week(0, 3)]);
    let nudged = Nudged::default();
    let told = |back: i32| {
        let earned = [(Badge::Month, Day(weeks[1].from.0 - 7 * back))];
        let subject = Subject { earned: &earned, ..Subject::new(&page, &weeks) };
        nudge(&ground(&nudged), &[subject]).unwrap().text
    };
    assert!(told(0).contains("четыре недели подряд"), "{}", told(0));
    assert!(!told(1).contains("четыре недели подряд"), "{}", told(1));
}

#[test]
fn the_number_of_posts_is_not_told_twice() {
    let (page, mut weeks) = (named(5, "Школа № 5"), [week(1, 0), week(0, 1)]);
    weeks[1].best = None;
    for turns in 0..3 {
        let nudged = Nudged { turns, ..Nudged::default() };
        let text = nudge(&ground(&nudged), &[Subject::new(&page, &weeks)]).unwrap().text;
        assert!(!text.contains("неделей раньше было 0"), "{text}");
    }
}
