//! What goes on without her: a vacation and who looks after her page, what the bot sees itself, a new consent text.

use jiff::civil::{Date, date};
use vkapi::types::{Cmid, GroupId, UserId};

use super::{
    Absent, Action, Event, Role, Turn,
    tests::{CONTENT, World},
};
use crate::{
    content::Check,
    domain::{
        Away, Consent, Deputy, Hm, Ms, PageRef, Reminder, ReminderKey, Rule, Sphere, Weekdays, What, Zone,
        attention::Ledger,
        page::{Admin, Aspect, Found, Page, Shown, Sight},
    },
    store::Op,
};

const COLLEAGUE: UserId = UserId(8);

fn moscow(day: Date) -> Ms {
    Zone::try_from("Europe/Moscow".to_owned()).unwrap().moment(day.at(10, 0, 0, 0))
}

fn press(action: Action) -> Event {
    Event::Press(Some(action), Some(Cmid(3)))
}

fn typed(text: &str) -> Event {
    Event::Text { text: text.to_owned(), action: None, plain: false, link: None }
}

fn text(turn: &Turn) -> &str {
    &turn.says.last().unwrap().screen.text
}

fn page() -> PageRef {
    PageRef { id: GroupId(5), screen_name: "school".into(), name: "Школа № 5".into() }
}

/// Somebody who has gone through the interview, on a day at ten.
fn somebody(day: Date) -> World {
    let mut world = World::new(Role::Admin);
    world.now = moscow(day);
    world.person.consent = Some(Consent { version: CONTENT.consent().version, at: world.now });
    world.person.onboarded = Some(world.now);
    world.person.sphere = Some(Sphere::School);
    world
}

/// A colleague who is away and has named her.
fn absent(back: Date, deputy: UserId) -> Absent {
    Absent {
        away: Away {
            back,
            deputy: Some(Deputy { name: "Анна".into(), id: Some(deputy) }),
            from: Some(date(2026, 12, 7)),
        },
        page: Some(page()),
        sphere: Some(Sphere::Culture),
        posts: vec![Rule::weekly(Weekdays::ALL, Hm { hour: 12, minute: 0 })],
    }
}

fn due(world: &World) -> Reminder {
    let of_the_colleague = |r: &&Reminder| r.what.is_of(COLLEAGUE);
    world.reminders.values().filter(of_the_colleague).min_by_key(|r| r.due).unwrap().clone()
}

#[test]
fn a_deputy_is_reminded_from_the_first_day_with_an_idea_for_that_page() {
    let mut world = somebody(date(2026, 11, 24));
    world.absent = Some(absent(date(2026, 12, 21), world.person.id));
    let taken = world.play(&press(Action::Cover { whose: COLLEAGUE, yes: true }));
    assert!(text(&taken).contains("Школа № 5"), "{}", text(&taken));
    let first = due(&world);
    assert_eq!(World::zone().local(first.due).date(), date(2026, 12, 7), "not before the vacation");
    world.now = first.due;
    let turn = world.play(&Event::Due(vec![first], Ledger::default()));
    let labels: Vec<&str> =
        turn.says[0].screen.rows.iter().flatten().map(|choice| choice.label.as_str()).collect();
    assert!(labels.contains(&"Идея для записи") && labels.contains(&"Заготовка"), "{labels:?}");
    let of_culture = |turn: &Turn| {
        CONTENT.ideas(Sphere::Culture).iter().any(|idea| text(turn).contains(&format!("💡 {}", idea.title)))
    };
    let offers = turn.says[0].screen.draw(false).offers;
    let idea = offers.iter().find(|offer| offer.label == "Идея для записи").unwrap();
    let opened = world.play(&press(Action::read(&idea.payload).unwrap()));
    assert!(of_culture(&opened), "{}", text(&opened));
}

#[test]
fn a_deputy_is_not_reminded_of_a_post_that_is_out() {
    let mut world = somebody(date(2026, 12, 8));
    world.absent = Some(absent(date(2026, 12, 21), world.person.id));
    world.play(&press(Action::Cover { whose: COLLEAGUE, yes: true }));
    let next = due(&world);
    world.now = next.due;
    world.posted = Some(next.due.plus(-Ms::HOUR));
    let turn = world.play(&Event::Due(vec![next], Ledger::default()));
    assert!(turn.says.is_empty(), "{turn:?}");
    assert!(due(&world).due > world.now);
}

#[test]
fn whoever_is_back_early_or_has_named_another_frees_her_deputy() {
    for now in [None, Some(absent(date(2026, 12, 21), UserId(99)))] {
        let mut world = somebody(date(2026, 12, 8));
        let two = Rule::weekly(Weekdays::ALL, Hm { hour: 17, minute: 0 });
        let mut away = absent(date(2026, 12, 21), world.person.id);
        away.posts.push(two);
        world.absent = Some(away);
        world.play(&press(Action::Cover { whose: COLLEAGUE, yes: true }));
        let next = due(&world);
        world.now = next.due;
        world.absent = now;
        let turn = world.play(&Event::Due(vec![next], Ledger::default()));
        assert!(text(&turn).contains("присматривать больше не нужно"), "{}", text(&turn));
        assert!(world.reminders.values().all(|r| !r.what.is_of(COLLEAGUE)), "none of them is left");
    }
}

#[test]
fn a_vacation_may_begin_later_be_moved_and_be_cancelled() {
    let mut world = somebody(date(2026, 11, 24));
    world.play(&press(Action::Hour { d: Weekdays::ALL, t: Hm { hour: 10, minute: 0 } }));
    let own = |world: &World| world.reminders.values().find(|r| r.what == What::Post).unwrap().clone();
    world.play(&press(Action::Away));
    let set = world.play(&typed("с 7 по 21 декабря"));
    assert!(text(&set).contains("Начало: 7 декабря") && text(&set).contains("22 декабря"), "{}", text(&set));
    // Until then all goes on.
    let next = own(&world);
    world.now = next.due;
    assert_eq!(world.play(&Event::Due(vec![next], Ledger::default())).says.len(), 1);
    // On its days nothing comes.
    let next = Reminder { due: moscow(date(2026, 12, 8)), ..own(&world) };
    world.now = next.due;
    assert!(world.play(&Event::Due(vec![next], Ledger::default())).says.is_empty());
    assert_eq!(World::zone().local(own(&world).due).date(), date(2026, 12, 22));
    // Another day of return, without ending it.
    let asked = world.play(&press(Action::AwayMove));
    assert!(text(&asked).starts_with("Когда вы снова на работе?"));
    world.play(&typed("14 декабря"));
    let away = world.person.away.clone().unwrap();
    assert_eq!((away.back, away.from), (date(2026, 12, 14), None));
    assert_eq!(world.reminders.values().filter(|r| r.what == What::Back).count(), 1);
    world.play(&press(Action::AwayEnd));
    assert_eq!(world.person.away, None);
}

/// How the page looked, a step of the weekly list being there or not.
fn sight(world: &World, posts: bool) -> Sight {
    let found = |what, there| Found { what, there, shown: Shown::Page };
    let all = [Aspect::Fresh, Aspect::Own, Aspect::Visual, Aspect::Formats, Aspect::Readable];
    let mut found: Vec<Found> = all.map(|what| found(what, true)).to_vec();
    found.push(Found { what: Aspect::Posts, there: posts, shown: Shown::Count(if posts { 5 } else { 2 }) });
    Sight { read: Some(world.now), found, ..Sight::new(GroupId(5), world.now) }
}

#[test]
fn what_the_bot_sees_itself_is_in_the_history_of_the_week() {
    let mut world = somebody(date(2026, 11, 26));
    let mut kept = Page::new(page(), world.now);
    kept.admins.push(Admin::new(world.person.id, world.now));
    world.pages.insert(GroupId(5), kept);
    world.person.pages = vec![page()];
    world.sight = Some(sight(&world, true));
    let list = CONTENT.checklist("weekly").unwrap();
    for step in list.steps.iter().filter(|step| step.check != Check::Auto) {
        let action = Action::Tick { c: list.id.clone(), s: step.id.clone(), on: true, p: 0 };
        world.play(&press(action));
    }
    // A night later a post is missing, and it is seen again.
    world.sight = Some(sight(&world, false));
    world.play(&press(Action::Menu));
    assert!(!world.steps.contains_key(&("weekly".into(), "three-posts".into())));
    world.sight = Some(sight(&world, true));
    world.play(&press(Action::Menu));
    // Monday.
    world.now = moscow(date(2026, 11, 30));
    world.play(&press(Action::Menu));
    let round = world.progress.rounds_of("weekly").next().expect("the week is in the history");
    assert_eq!((usize::from(round.done), usize::from(round.of)), (list.steps.len(), list.steps.len()));
    assert!(world.steps.keys().all(|(list, _)| list != "weekly"), "a new week is empty: {:?}", world.steps);
}

#[test]
fn until_she_has_read_a_new_consent_text_only_what_she_set_herself_comes() {
    let mut world = somebody(date(2026, 11, 26));
    world.person.pages = vec![page()];
    world.play(&press(Action::Hour { d: Weekdays::ALL, t: Hm { hour: 10, minute: 0 } }));
    let version = CONTENT.consent().version - 1;
    world.person.consent = Some(Consent { version, at: world.now });
    let nudge = world.reminders.values().find(|r| r.what == What::Nudge).unwrap().clone();
    world.now = nudge.due;
    let turn = world.play(&Event::Due(vec![nudge], Ledger::default()));
    assert!(turn.says.is_empty() && !turn.ops.iter().any(|op| matches!(op, Op::PutNudged(..))), "{turn:?}");
    let own = world.reminders.values().find(|r| r.what == What::Post).unwrap().clone();
    assert_eq!(own.key, ReminderKey { person: world.person.id, n: 1 });
    world.now = own.due;
    assert_eq!(world.play(&Event::Due(vec![own], Ledger::default())).says.len(), 1);
}
