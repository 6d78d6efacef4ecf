//! «Что опубликовать?»: what is offered, to whom, when, and how one gets there.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use vkapi::types::{Cmid, UserId};

use super::{
    Action, Event, Role, Say, Turn,
    tests::{CONTENT, World},
};
use crate::domain::{Hm, Ms, Reminder, ReminderKey, Rule, Sphere, Weekdays, What, Zone, attention::Ledger};

fn moscow(day: Date) -> Ms {
    Zone::try_from("Europe/Moscow".to_owned()).unwrap().moment(day.at(10, 0, 0, 0))
}

/// Somebody of that sphere who has agreed and whose interview is over, at ten in the morning of a day.
fn somebody(sphere: Sphere, day: Date) -> World {
    let mut world = World::new(Role::Admin);
    let v = CONTENT.consent().version;
    world.play(&Event::Press(Some(Action::Consent { yes: true, v }), None));
    world.now = moscow(day);
    world.person.onboarded = Some(world.now);
    world.person.sphere = Some(sphere);
    world
}

fn typed(text: &str) -> Event {
    Event::Text { text: text.to_owned(), action: None, plain: false, link: None }
}

fn press(action: Action) -> Event {
    Event::Press(Some(action), Some(Cmid(3)))
}

fn said(turn: &Turn) -> &Say {
    turn.says.last().unwrap()
}

fn labels(say: &Say) -> Vec<&str> {
    say.screen.rows.iter().flatten().map(|c| c.label.as_str()).collect()
}

/// The action behind a button.
fn behind(say: &Say, label: &str) -> Event {
    let offers = say.screen.draw(false).offers;
    let offer = offers.iter().find(|o| o.label == label).unwrap_or_else(|| panic!("no «{label}»"));
    press(Action::read(&offer.payload).unwrap())
}

/// The titles of the sphere's ideas that a text shows.
fn ideas(text: &str, sphere: Sphere) -> BTreeSet<String> {
    let shown = |title: &&str| text.contains(&format!("💡 {title}\n"));
    CONTENT.ideas(sphere).iter().map(|i| i.title.as_str()).filter(shown).map(str::to_owned).collect()
}

/// Makes a reminder and lets it come on that day.
fn reminded(world: &mut World, day: Date) -> Turn {
    world.now = moscow(day).plus(-Ms::HOUR);
    world.play(&press(Action::Hour { d: Weekdays::ALL, t: Hm { hour: 10, minute: 0 } }));
    let reminder = world.reminders.values().next().unwrap().clone();
    assert_eq!(reminder.due, moscow(day));
    world.now = reminder.due;
    world.play(&Event::Due(vec![reminder], Ledger::default()))
}

#[test]
fn the_occasions_of_the_next_seven_days_are_those_of_her_sphere() {
    let monday = date(2026, 11, 23);
    let turn = somebody(Sphere::School, monday).play(&typed("идея"));
    let text = &said(&turn).screen.text;
    assert!(text.contains("— вс 29.11: День матери."), "{text}");
    assert!(!text.contains("герба"), "the 30th is the eighth day: {text}");
    assert!(!text.contains("психолога"), "yesterday is over: {text}");
    let school = somebody(Sphere::School, date(2026, 12, 1)).play(&typed("идея"));
    let clinic = somebody(Sphere::Clinic, date(2026, 12, 1)).play(&typed("идея"));
    let (school, clinic) = (&said(&school).screen.text, &said(&clinic).screen.text);
    assert!(school.contains("День математика") && !school.contains("СПИДом"), "{school}");
    assert!(
        clinic.contains("борьбы со СПИДом (дату уточните)") && !clinic.contains("математика"),
        "{clinic}"
    );
}

#[test]
fn the_new_year_does_not_hide_what_comes_after_it() {
    let turn = somebody(Sphere::School, date(2026, 12, 28)).play(&typed("идея"));
    let text = &said(&turn).screen.text;
    assert!(text.contains("— пт 01.01: Новый год."), "{text}");
}

#[test]
fn a_day_of_mourning_asks_for_no_congratulations() {
    let turn = somebody(Sphere::Sport, date(2027, 6, 22)).play(&typed("идея"));
    let text = &said(&turn).screen.text;
    let line = text.lines().find(|l| l.contains("День памяти и скорби")).unwrap();
    assert!(line.ends_with("Пишем без поздравлений и смайлов."), "{line}");
    let turn = somebody(Sphere::Sport, date(2027, 6, 12)).play(&typed("идея"));
    assert!(!said(&turn).screen.text.contains("без поздравлений"));
}

#[test]
fn ideas_go_round_by_weeks_and_none_comes_again_before_all_were_shown() {
    for sphere in Sphere::ALL {
        let all = CONTENT.ideas(sphere).len();
        let mut seen = BTreeSet::new();
        for week in 0..all / 3 {
            let monday = date(2026, 11, 23).saturating_add(jiff::Span::new().weeks(week as i64));
            let mut world = somebody(sphere, monday);
            let first = ideas(&said(&world.play(&typed("идея"))).screen.text, sphere);
            let friday = monday.saturating_add(jiff::Span::new().days(4));
            world.now = moscow(friday);
            assert_eq!(first, ideas(&said(&world.play(&typed("идея"))).screen.text, sphere));
            assert_eq!(first.len(), 3, "{sphere:?}");
            assert!(seen.is_disjoint(&first), "{sphere:?} in week {week}: {first:?}");
            seen.extend(first);
        }
    }
}

#[test]
fn more_ideas_shows_every_one_and_begins_again() {
    let mut world = somebody(Sphere::Clinic, date(2026, 11, 23));
    let mut turn = world.play(&typed("Что опубликовать?"));
    let first = said(&turn).screen.text.clone();
    let mut seen = ideas(&first, Sphere::Clinic);
    for _ in 1..CONTENT.ideas(Sphere::Clinic).len().div_ceil(3) {
        let more = behind(said(&turn), "Ещё идеи");
        turn = world.play(&more);
        seen.extend(ideas(&said(&turn).screen.text, Sphere::Clinic));
        assert!(!said(&turn).screen.text.contains("Поводы"), "the occasions are on the first page");
    }
    assert_eq!(seen.len(), CONTENT.ideas(Sphere::Clinic).len());
    let more = behind(said(&turn), "Ещё идеи");
    assert_eq!(said(&world.play(&more)).screen.text, first);
}

#[test]
fn neighbours_are_not_given_the_same_ideas() {
    let shown = |id: u64| {
        let mut world = somebody(Sphere::Culture, date(2026, 11, 23));
        world.person.id = UserId(id as _);
        ideas(&said(&world.play(&typed("идея"))).screen.text, Sphere::Culture)
    };
    assert_ne!(shown(101), shown(104));
}

#[test]
fn words_and_buttons_lead_there() {
    let mut world = somebody(Sphere::Social, date(2026, 11, 23));
    for words in ["идея", "Что опубликовать?", "нечего публиковать", "ИДЕИ!"]
    {
        let turn = world.play(&typed(words));
        assert!(said(&turn).screen.text.starts_with("Что опубликовать на этой неделе"), "{words}");
    }
    for from in [Action::Ask, Action::Reminders] {
        let turn = world.play(&press(from));
        let there = behind(said(&turn), "Что опубликовать?");
        let turn = world.play(&there);
        assert_eq!(ideas(&said(&turn).screen.text, Sphere::Social).len(), 3);
        assert_eq!(said(&turn).edit, Some(Cmid(3)));
    }
}

#[test]
fn a_reminder_brings_an_idea_and_a_draft_and_stays_when_they_are_opened() {
    let mut world = somebody(Sphere::School, date(2026, 11, 23));
    let turn = reminded(&mut world, date(2026, 11, 24));
    let reminder = said(&turn);
    let idea = reminder.screen.text.lines().find_map(|l| l.strip_prefix("Идея: ")).unwrap();
    assert!(CONTENT.ideas(Sphere::School).iter().any(|i| idea == format!("{}. {}", i.title, i.text)));
    assert_eq!(
        labels(reminder),
        ["Готово", "Пропустить", "Через час", "Завтра", "Идея для записи", "Заготовка"]
    );
    let week = world.play(&behind(reminder, "Идея для записи"));
    assert_eq!(said(&week).edit, None, "the reminder keeps its «Готово»");
    assert!(said(&week).screen.text.contains(idea.split(". ").next().unwrap()), "the same idea is there");
    assert!(said(&week).screen.text.contains("День матери"));
    let draft = world.play(&behind(reminder, "Заготовка"));
    assert_eq!(said(&draft).edit, None);
    assert!(said(&draft).screen.text.contains('['), "{}", said(&draft).screen.text);
}

#[test]
fn a_reminder_on_a_day_with_an_occasion_names_it() {
    let mut world = somebody(Sphere::School, date(2026, 11, 23));
    let turn = reminded(&mut world, date(2026, 12, 3));
    let text = &said(&turn).screen.text;
    assert!(text.contains("\n\nСегодня: День Неизвестного Солдата."), "{text}");
    assert!(text.ends_with("Пишем без поздравлений и смайлов."), "{text}");
}

#[test]
fn every_template_of_her_sphere_is_reached_by_another() {
    let mut world = somebody(Sphere::Sport, date(2026, 11, 23));
    let mut turn = world.play(&typed("идея"));
    let mut next = behind(said(&turn), "Заготовка");
    let mut seen = BTreeSet::new();
    for _ in CONTENT.templates(Sphere::Sport) {
        turn = world.play(&next);
        seen.insert(said(&turn).screen.text.clone());
        next = behind(said(&turn), "Другая");
    }
    assert_eq!(seen.len(), CONTENT.templates(Sphere::Sport).len());
}

#[test]
fn who_has_no_sphere_gets_what_suits_any_institution() {
    let mut world = somebody(Sphere::School, date(2026, 11, 23));
    world.person.sphere = None;
    let turn = world.play(&typed("идея"));
    assert_eq!(ideas(&said(&turn).screen.text, Sphere::Other).len(), 3);
    let shown = world.play(&press(Action::Template { n: usize::MAX, apart: false, s: None }));
    assert!(said(&shown).screen.text.starts_with("Заготовка «"));
}

#[test]
fn a_daily_reminder_brings_another_idea_until_all_were_shown() {
    let mut world = somebody(Sphere::Other, date(2027, 2, 1));
    let mut seen = BTreeSet::new();
    let (first, all) = (date(2027, 2, 2), CONTENT.ideas(Sphere::Other).len());
    for day in first.series(jiff::Span::new().days(1)).take(all) {
        world.reminders.clear();
        let turn = reminded(&mut world, day);
        let text = &said(&turn).screen.text;
        // On a day with an occasion that is the idea.
        let Some(idea) = text.lines().find(|l| l.starts_with("Идея: ")) else { continue };
        assert!(seen.insert(idea.to_owned()), "{day}: {idea}");
        let opened = world.play(&behind(said(&turn), "Идея для записи"));
        let title = idea.trim_start_matches("Идея: ").split(". ").next().unwrap();
        assert!(said(&opened).screen.text.contains(&format!("💡 {title}\n")), "{title}");
    }
    assert!(seen.len() >= all - 3, "{seen:?}");
}

#[test]
fn two_reminders_are_answered_each_by_its_own_buttons() {
    let mut world = somebody(Sphere::School, date(2026, 11, 23));
    world.play(&typed("напомни завтра в 9:30 про отчёт"));
    world.play(&press(Action::RemindYes));
    let task = world.reminders.values().next().unwrap().clone();
    world.now = task.due;
    let first = world.play(&Event::Due(vec![task], Ledger::default()));
    let tomorrow = behind(said(&first), "Завтра");
    world.play(&tomorrow);
    // The post's reminder at noon, and its «Готово».
    world.play(&press(Action::Hour { d: Weekdays::ALL, t: Hm { hour: 12, minute: 0 } }));
    let post = world.reminders.values().find(|r| r.rule.is_some()).unwrap().clone();
    world.now = post.due;
    let second = world.play(&Event::Due(vec![post], Ledger::default()));
    world.play(&behind(said(&second), "Готово"));
    let put_off: Vec<_> = world.reminders.values().filter(|r| r.rule.is_none()).collect();
    assert_eq!(put_off.len(), 1, "the report is still to come: {put_off:?}");
    assert_eq!(put_off[0].what, What::Task("про отчёт".into()));
    let nine = Zone::try_from("Europe/Moscow".to_owned()).unwrap().local(put_off[0].due).time();
    assert_eq!((nine.hour(), nine.minute()), (9, 30), "tomorrow at its own hour");
    // It is in the list, and the old message's «Готово» is about the report.
    let list = world.play(&press(Action::Reminders));
    assert!(said(&list).screen.text.contains("отложено: завтра в 9:30 — про отчёт"), "{:?}", said(&list));
    let done = world.play(&behind(said(&first), "Готово"));
    assert!(said(&done).screen.text.starts_with("Отлично, одним делом меньше!"), "{:?}", said(&done));
    assert!(world.reminders.values().all(|r| r.rule.is_some()));
}

#[test]
fn a_deputy_with_many_reminders_has_all_her_buttons() {
    let mut world = somebody(Sphere::School, date(2026, 11, 23));
    for n in 1..=8_u16 {
        let key = ReminderKey { person: world.person.id, n };
        let rule = Rule::weekly(Weekdays::of(&[0]), Hm { hour: 8 + n as u8, minute: 0 });
        let what = if n <= 5 {
            What::Post
        } else {
            let back = date(2026, 12, 14);
            What::Cover { whose: UserId(8), page: "Музей".into(), sphere: Some(Sphere::Culture), back }
        };
        world.reminders.insert(key, Reminder { key, due: world.now.plus(Ms::DAY), rule: Some(rule), what });
    }
    let mut turn = world.play(&press(Action::Reminders));
    let mut crosses = 0;
    for page in 0..2 {
        let drawn = said(&turn).screen.draw(false);
        assert!(drawn.keyboard.is_some(), "page {page}");
        let labels = labels(said(&turn));
        crosses += labels.iter().filter(|l| l.starts_with('✖')).count();
        assert!(labels.contains(&"Меню") && labels.contains(&"Отпуск"), "{labels:?}");
        if page == 0 {
            turn = world.play(&behind(said(&turn), "Дальше ›"));
        }
    }
    assert_eq!(crosses, 8);
}

#[test]
fn thanks_questions_and_wishes_after_a_draft_are_no_drafts() {
    let checked = |text: &str| {
        let mut world = somebody(Sphere::School, date(2026, 11, 23));
        world.play(&press(Action::Draft));
        world.play(&typed("Завтра в 15:00 лепим из глины в библиотеке, звоните 2-15-40"));
        let turn = world.play(&typed(text));
        said(&turn).screen.text.clone()
    };
    assert!(checked("спасибо").starts_with("Пожалуйста"), "{}", checked("спасибо"));
    assert!(checked("как закрепить запись?").contains("Закреп"), "{}", checked("как закрепить запись?"));
    assert!(checked("напомни завтра в 9").starts_with("Правильно понимаю?"));
    assert!(checked("ну вот").starts_with("Пока мало текста"));
    let again = checked("Завтра в 16:00 лепим из глины в библиотеке, звоните 2-15-40");
    assert!(again.starts_with("Замечаний нет"), "{again}");
}

#[test]
fn on_no_day_of_the_year_the_screen_grows_too_long() {
    for sphere in Sphere::ALL {
        let mut world = somebody(sphere, date(2027, 1, 1));
        for day in date(2027, 1, 1).series(jiff::Span::new().days(1)).take(365) {
            world.now = moscow(day);
            let turn = world.play(&typed("идея"));
            let text = &said(&turn).screen.text;
            assert!(text.chars().count() <= 2_300, "{sphere:?} {day}: {} {text}", text.chars().count());
            assert!(!text.contains('⟨'), "{text}");
        }
    }
}

#[test]
fn what_was_put_off_and_what_comes_anyhow_within_minutes_are_said_once() {
    let mut world = World::new(Role::Admin);
    world.play(&press(Action::Consent { yes: true, v: CONTENT.consent().version }));
    reminded(&mut world, date(2026, 12, 1));
    let rule = world.reminders.values().find(|r| r.rule.is_some()).unwrap().clone();
    // «Через час» at four to nine: four minutes before the next day's own.
    world.now = rule.due.plus(-Ms::HOUR - 5 * Ms::MINUTE);
    world.play(&press(Action::InHour { m: None }));
    let put_off = world.reminders.values().find(|r| r.rule.is_none()).unwrap().clone();
    assert!(put_off.due < rule.due && rule.due.0 - put_off.due.0 < 5 * Ms::MINUTE);
    world.now = put_off.due.plus(-Ms::MINUTE);
    let turn = world.play(&Event::Due(vec![put_off], Ledger::default()));
    assert_eq!(turn.says.len(), 1);
    let left: Vec<_> = world.reminders.values().filter(|r| r.is_own()).collect();
    assert!(left.len() == 1 && left[0].due.0 - world.now.0 > 20 * Ms::HOUR, "{left:?}");
}
