//! The weekly nudge in the chat, and why a page has its points.

use vkapi::types::{Cmid, GroupId};

use super::{Action, Does, Event, HerPages, Role, Seen, Turn, tests::World};
use crate::{
    domain::{
        Consent, Day, Ms, PageRef, Sphere, What,
        attention::{Body, Held, Kind, Ledger},
        league::Entry,
        page::{Admin, Answer, Aspect, Defect, Found, Page, Shown, Sight, State, TileKind, Week, Zone},
    },
    pages::nudge::tests::week_from,
    store::Op,
};

/// Her pages with eight weeks up to the present one.
pub(super) fn kept(world: &World) -> HerPages {
    let monday = Day::from(world.now.date()).monday();
    let seen = |page: &PageRef| {
        let mut kept = Page::new(page.clone(), world.now);
        kept.admins.push(Admin::new(world.person.id, world.now));
        let found = |what, there, shown| Found { what, there, shown };
        let sight = Sight {
            read: Some(world.now),
            state: State::Open,
            members: Some(800),
            score: Some(60),
            zone: Some(Zone::Red),
            found: vec![
                found(Aspect::Posts, false, Shown::Count(2)),
                found(Aspect::Tiles, false, Shown::Count(1)),
                found(Aspect::Avatar, true, Shown::Page),
                found(Aspect::Cover, false, Shown::Page),
            ],
            posts: vec![9, 8],
            views: Some((400, 800)),
            defects: vec![(TileKind::Opinion, Defect::Placeholder)],
            parts: vec![(Aspect::Tiles, if world.hides.is_some() { 0 } else { 5 })],
            ..Sight::new(page.id, world.now)
        };
        let mut sight = sight;
        sight.found.retain(|found| Some(found.what) != world.hides);
        let weeks: Vec<Week> = (0..8)
            .rev()
            .map(|back| week_from(Day(monday.0 - 7 * back), 40 - i64::from(back), back as u16 % 4))
            .collect();
        Seen { page: page.clone(), kept: Some(kept), sight: Some(sight), weeks, waiting: Vec::new() }
    };
    HerPages { pages: world.person.pages.iter().map(seen).collect(), nudged: world.nudged.clone() }
}

/// A page of a league, the better the lower its number.
pub(super) fn entry(id: i64) -> Entry {
    let n = u32::try_from(id.rem_euclid(100)).unwrap_or(0);
    Entry {
        page: GroupId(id),
        kept: (id.rem_euclid(5)) as u8,
        score: Some(n),
        posts: Some(n),
        views: None,
        named: Some(format!("Школа № {id}")),
    }
}

fn settled() -> World {
    let mut world = World::new(Role::Admin);
    world.person.consent = Some(Consent { version: super::tests::CONTENT.consent().version, at: world.now });
    world.person.onboarded = Some(world.now);
    world.person.writable = true;
    world.person.sphere = Some(Sphere::School);
    world.person.pages =
        vec![PageRef { id: GroupId(5), screen_name: "school".into(), name: "Школа № 5".into() }];
    world.play(&press(Action::Menu));
    world
}

fn press(action: Action) -> Event {
    Event::Press(Some(action), Some(Cmid(1)))
}

/// Goes to the moment the nudge is due and lets it come.
fn nudge(world: &mut World, ledger: Ledger) -> Turn {
    let due = world.reminders.values().find(|r| r.what == What::Nudge).expect("she has one").clone();
    world.now = due.due;
    world.play(&Event::Due(vec![due], ledger))
}

fn actions(turn: &Turn) -> Vec<Action> {
    let choices = turn.says.iter().flat_map(|say| say.screen.rows.iter().flatten());
    choices
        .filter_map(|choice| match &choice.does {
            Does::Act(action) => Some(action.clone()),
            Does::Open(_) => None,
        })
        .collect()
}

#[test]
fn it_comes_on_mondays_at_ten_by_her_clock_and_once_a_week() {
    let mut world = settled();
    let before = world.nudged.turns;
    for week in 1..=4 {
        let turn = nudge(&mut world, Ledger::default());
        assert_eq!(turn.says.len(), 1);
        let local = crate::domain::Zone::try_from("Europe/Moscow".to_owned()).unwrap().local(world.now);
        assert_eq!((local.weekday(), local.hour()), (jiff::civil::Weekday::Monday, 10));
        assert_eq!(world.nudged.turns, before + week);
        assert!(actions(&turn).len() <= 10);
    }
}

#[test]
fn another_hour_chosen_after_it_has_come_brings_no_second_one_that_week() {
    let mut world = settled();
    nudge(&mut world, Ledger::default());
    let monday = Day::from(world.now.date()).monday();
    let evening = crate::domain::Hm { hour: 20, minute: 0 };
    world.play(&press(Action::Hour { d: crate::domain::Weekdays::ALL, t: evening }));
    let next = world.reminders.values().find(|r| r.what == What::Nudge).unwrap().due;
    assert_eq!(Day::from(next.date()).monday().0, monday.0 + 7);
}

#[test]
fn who_wants_no_advice_or_runs_no_page_has_no_nudge() {
    let mut world = settled();
    world.play(&press(Action::SubTips { on: false }));
    assert!(world.reminders.values().all(|r| r.what != What::Nudge));
    world.play(&press(Action::SubTips { on: true }));
    assert!(world.reminders.values().any(|r| r.what == What::Nudge));
    world.person.pages.clear();
    world.play(&press(Action::Menu));
    assert!(world.reminders.values().all(|r| r.what != What::Nudge));
}

#[test]
fn a_used_up_budget_puts_it_off() {
    let mut world = settled();
    let mut ledger = Ledger::default();
    for hours in 1..=3 {
        ledger.spend(world.now.plus(5 * Ms::DAY + hours * Ms::HOUR));
    }
    let due = world.reminders.values().find(|r| r.what == What::Nudge).unwrap().due;
    let turn = nudge(&mut world, ledger);
    assert!(turn.says.is_empty());
    let later = world.reminders.values().find(|r| r.what == What::Nudge).unwrap().due;
    assert!(later > due);
}

#[test]
fn while_something_is_held_it_comes_after_it_and_not_again_at_once() {
    let mut world = settled();
    let mut ledger = Ledger::default();
    let body = Body::Text("Отложенное".to_owned());
    ledger.hold(Held { kind: Kind::Announcement, at: world.now, body });
    let turn = nudge(&mut world, ledger);
    assert!(turn.says.is_empty());
    let later = world.reminders.values().find(|r| r.what == What::Nudge).unwrap().due;
    assert!(later > world.now, "it would be due for ever");
}

#[test]
fn a_vacation_is_silent() {
    let mut world = settled();
    let back = world.now.plus(60 * Ms::DAY).date();
    world.person.away = Some(crate::domain::Away { back, deputy: None, from: None });
    let turn = nudge(&mut world, Ledger::default());
    assert!(turn.says.is_empty());
    let due = world.reminders.values().find(|r| r.what == What::Nudge).unwrap().due;
    assert!(due.date() >= back);
}

#[test]
fn her_answers_are_kept_and_the_nudge_stays() {
    let mut world = settled();
    let turn = nudge(&mut world, Ledger::default());
    let Some(Action::Advised { p, i, .. }) =
        actions(&turn).into_iter().find(|a| matches!(a, Action::Advised { .. }))
    else {
        panic!("no advice: {turn:?}")
    };
    let later = press(Action::Advised { p, i: i.clone(), t: Answer::Later });
    for _ in 0..2 {
        let turn = world.play(&later);
        assert!(turn.says.is_empty() && turn.snackbar.is_some());
        assert_eq!(world.nudged.declined, [(i.clone(), 1)]);
    }
    let how = world.play(&press(Action::Advised { p, i, t: Answer::How }));
    assert!(how.says.iter().all(|say| say.edit.is_none()), "the guide comes below the nudge");
}

#[test]
fn the_score_is_told_with_every_point_and_she_may_disagree() {
    let mut world = settled();
    let page = world.play(&press(Action::Page));
    assert!(page.says[0].screen.text.contains("Оценка 60 из 100"), "{}", page.says[0].screen.text);
    assert!(page.says[0].screen.text.contains("не официальный рейтинг"));
    let why = world.play(&press(Action::Standing { p: 5 }));
    let text = &why.says[0].screen.text;
    for part in ["записи за неделю", "плитки ПОС: верных 1 из 2", "аватар: есть", "обложка: пусто"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let appeal = world.play(&press(Action::Appeal { p: 5 }));
    assert!(appeal.says[0].screen.text.contains("60 из 100"), "{}", appeal.says[0].screen.text);
    let said = world.play(&press(Action::Said { p: 5, w: "badge".into(), yes: true }));
    let put = said.ops.iter().find_map(|op| match op {
        Op::PutPage(page) => Some(page),
        _ => None,
    });
    let word = *put.unwrap().word(Aspect::Badge).unwrap();
    assert!(word.yes && !word.confirmed, "it is her word, and marked so");
    let other = world.play(&press(Action::Said { p: 5, w: "cover".into(), yes: true }));
    assert!(!other.ops.iter().any(|op| matches!(op, Op::PutPage(_))), "what a machine sees is not said");
}

#[test]
fn every_point_is_told_with_its_posts_numbers_and_defects() {
    let mut world = settled();
    let text = world.play(&press(Action::Standing { p: 5 })).says[0].screen.text.clone();
    for evidence in [
        "vk.ru/wall-5_9, vk.ru/wall-5_8",
        "просмотров 400 на 800 подписчиков, это 50 %",
        "верных 1 из 2; «Высказать мнение»: в ссылке осталось слово из образца",
    ] {
        assert!(text.contains(evidence), "{evidence}: {text}");
    }
}

#[test]
fn what_vk_does_not_show_is_asked_of_her_and_a_curator_confirms_it() {
    let mut world = settled();
    world.hides = Some(Aspect::Tiles);
    let why = world.play(&press(Action::Standing { p: 5 }));
    let screen = &why.says[0].screen;
    assert!(
        screen.text.contains("0 из 10 · плитки ПОС: ВКонтакте этого не показывает: скажите"),
        "{}",
        screen.text
    );
    assert!(screen.rows.len() <= 6 && screen.rows.iter().flatten().count() <= 10, "VK takes no more");
    let word = Action::Said { p: 5, w: "tiles".into(), yes: true };
    assert!(actions(&why).contains(&word), "{:?}", actions(&why));
    let said = world.play(&press(word));
    let put = said.ops.iter().find_map(|op| match op {
        Op::PutPage(page) => Some(page),
        _ => None,
    });
    assert!(put.unwrap().word(Aspect::Tiles).is_some_and(|word| word.yes && !word.confirmed));
    assert_eq!(super::claims(put.unwrap()).count(), 1, "it waits for a curator");
}

/// What comes of something held for her.
fn held(world: &mut World, body: Body) -> Vec<String> {
    let mut ledger = Ledger::default();
    ledger.hold(Held { kind: Kind::Nudge, at: world.now, body });
    // Tuesday, ten in the morning.
    world.now = Ms(1_795_503_600_000);
    let digest = crate::domain::Reminder::digest(world.person.id, world.now);
    world.reminders.insert(digest.key, digest.clone());
    let turn = world.play(&Event::Due(vec![digest], ledger));
    turn.says.into_iter().map(|say| say.screen.text).collect()
}

#[test]
fn a_silence_is_told_as_it_is_when_it_leaves_or_not_at_all() {
    let now = Ms(1_795_503_600_000);
    let silence = |days: i64| Body::Silence {
        page: GroupId(5),
        name: "Школа № 5".to_owned(),
        last: now.plus(-days * Ms::DAY),
        asked: 3,
    };
    let told = held(&mut settled(), silence(6));
    assert!(told.len() == 1 && told[0].contains("6 дней нет новых записей"), "{told:?}");
    assert!(held(&mut settled(), silence(8)).is_empty(), "the week is over");
    let mut wrote = settled();
    wrote.posted = Some(now.plus(-Ms::HOUR));
    assert!(held(&mut wrote, silence(5)).is_empty(), "she has written since");
}

#[test]
fn other_alarms_are_looked_at_again_when_they_leave() {
    let told = held(&mut settled(), Body::Misses(GroupId(5)));
    assert!(told.len() == 1 && told[0].contains("записей меньше, чем 3 по норме"), "{told:?}");
    assert!(held(&mut settled(), Body::Misses(GroupId(6))).is_empty(), "none of her pages");
    assert!(held(&mut settled(), Body::Question { page: GroupId(5) }).is_empty(), "answered meanwhile");
    let shut = Body::Shut { page: GroupId(5), state: State::Closed };
    assert!(held(&mut settled(), shut).is_empty(), "open again");
}

#[test]
fn a_month_is_a_month_by_her_own_mondays() {
    let mut world = settled();
    let turn = nudge(&mut world, Ledger::default());
    let first = world.now;
    let Some(Action::Advised { p, i, .. }) =
        actions(&turn).into_iter().find(|a| matches!(a, Action::Advised { .. }))
    else {
        panic!("no advice: {turn:?}")
    };
    world.play(&press(Action::Advised { p, i: i.clone(), t: Answer::Later }));
    for _ in 0..8 {
        let turn = nudge(&mut world, Ledger::default());
        let again =
            actions(&turn).iter().any(|a| matches!(a, Action::Advised { i: other, .. } if *other == i));
        assert!(
            !again || world.now.0 - first.0 >= 27 * Ms::DAY,
            "{i} after {} days",
            (world.now.0 - first.0) / Ms::DAY
        );
    }
}
