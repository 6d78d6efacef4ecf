//! Whatever goes wrong between the bot and VK, every event is answered once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{sync::Arc, time::Duration};

use futures::future::{join_all, try_join_all};
use kurator::domain::Clock;
use tests::{
    Setup, World, load_content,
    people::{Book, Eyes, Person, Tally},
};
use vk_sandbox::{Fault, Faults, LONG_POLL};
use vkapi::Limits;

/// Moves the clock ten times as fast as it goes, so that nobody waits for long.
async fn hurry(world: &World) -> ! {
    loop {
        world.clock.advance(50);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// So many people do so many things each while these troubles last. Each of them complains of what is lost or doubled.
async fn live_through(
    name: &str,
    faults: Faults,
    setup: Setup,
    book: &Book,
    people: i64,
    things: usize,
) -> Tally {
    let world = World::start(setup).await.unwrap();
    let eyes = Eyes::open(&world.sandbox);
    world.sandbox.faults().set(faults);
    let talks = (1..=people).map(|id| {
        let clock = world.clock.clone();
        let now = Arc::new(move || clock.now());
        let mut person = Person::new(id, 5, &world.sandbox, &eyes, book, now).unwrap();
        async move {
            let mut left = things;
            let go_on = || {
                left = left.saturating_sub(1);
                left > 0
            };
            person.talk(go_on).await?;
            person.look_back().await
        }
    });
    let all = async {
        let tallies = try_join_all(talks).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        world.sandbox.faults().clear();
        world.settle().await.unwrap();
        tallies
    };
    let tallies = tokio::select! { tallies = all => tallies, never = hurry(&world) => never };
    world.stop().await.unwrap();
    tallies.into_iter().fold(Tally::default(), |a, b| Tally {
        deeds: a.deeds + b.deeds,
        reminders: a.reminders + b.reminders,
        repeated_edits: a.repeated_edits + b.repeated_edits,
        snackbars: a.snackbars + b.snackbars,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_answered_once_through_each_kind_of_trouble_at_one_in_ten_of_each() {
    let book = Book::new(&load_content().unwrap());
    let none = Faults { seed: 3, ..Faults::default() };
    let kinds = [
        ("not acted on", Faults { server_error: 0.1, drop_before: 0.1, ..none.clone() }),
        ("acted on and not told", Faults { drop_after: 0.1, half_answer: 0.1, ..none.clone() }),
        ("errors 6 and 10", Faults { errors: vec![(6, 0.1), (10, 0.1)], ..none.clone() }),
        ("failed 1, 2 and 3", Faults { failed1: 0.1, failed2: 0.1, failed3: 0.1, ..none.clone() }),
        ("events twice and unknown", Faults { duplicate_event: 0.1, unknown_event: 0.1, ..none }),
    ];
    let lived = kinds.map(|(name, faults)| live_through(name, faults, Setup::default(), &book, 6, 4));
    for tally in join_all(lived).await {
        assert!(tally.deeds > 60, "{tally:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_answered_once_through_all_kinds_of_trouble_together() {
    let faults = Faults {
        seed: 4,
        server_error: 0.02,
        drop_before: 0.02,
        drop_after: 0.02,
        half_answer: 0.02,
        errors: vec![(6, 0.05), (10, 0.05)],
        failed1: 0.03,
        failed2: 0.03,
        failed3: 0.03,
        duplicate_event: 0.1,
        unknown_event: 0.1,
        ..Faults::default()
    };
    let book = Book::new(&load_content().unwrap());
    let setup = Setup { limits: Some(Limits::community().per_second(200)), ..Setup::default() };
    let tally = live_through("all", faults, setup, &book, 20, 6).await;
    assert!(tally.deeds > 250 && tally.snackbars > 50 && tally.repeated_edits > 0, "{tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_the_place_is_forgotten_and_the_word_of_the_new_one_is_lost_too() {
    let world = World::start(Setup::default()).await.unwrap();
    let sandbox = &world.sandbox;
    sandbox.faults().once(LONG_POLL, Fault::Failed(3));
    sandbox.faults().once("groups.getLongPollServer", Fault::DropAfter);
    sandbox.write(1, "Начать");
    while sandbox.call_counts()["groups.getLongPollServer"] < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    sandbox.write(2, "Начать");
    world.settle().await.unwrap();
    for person in [1, 2] {
        let answers = sandbox.conversation(person).into_iter().filter(|m| !m.from_person).count();
        assert_eq!(answers, 1, "person {person}");
    }
    world.stop().await.unwrap();
}
