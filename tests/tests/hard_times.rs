//! Days on which something larger than a call goes wrong, lived through by the whole bot: the clock is set back by an hour
//! and forward by a day, and VK is down for a day. Nobody misses an announcement or a reminder, nobody gets one twice,
//! whoever wrote is answered once, and nobody is woken.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{ops::Range, sync::Arc, time::Duration};

use kurator::{
    domain::{
        Campaign, CampaignId, CampaignState, Clock, Consent, Hm, Ms, Person, Reads, Reminder, ReminderKey,
        Rule, Weekdays, What, Zone, attention::Quiet,
    },
    store::Op,
};
use tests::{Kept, Setup, World, load_content, monday};
use vk_sandbox::{ChatMessage, Faults};
use vkapi::types::UserId;

/// Who gets the announcement.
const READERS: Range<i64> = 1_000..1_250;
/// Who of them is reminded every evening at a quarter to ten.
const REMINDED: Range<i64> = 1_000..1_060;
/// Who writes while things are wrong.
const TALKERS: Range<i64> = 1_100..1_130;
const TEXT: &str = "Завтра в десять часов встреча с редакторами страниц.";
const REMINDER: &str = "Время записи";

fn moscow() -> Zone {
    Zone::try_from("Europe/Moscow".to_owned()).unwrap()
}

/// A moment of that week in Moscow; Monday is 0.
fn at(day: i64, hour: i64, minute: i64) -> Ms {
    // It begins on Monday at nine.
    monday().plus(day * Ms::DAY + (hour - 9) * Ms::HOUR + minute * Ms::MINUTE)
}

/// People, their reminders, and an announcement for a moment.
fn region(announced: Ms) -> Vec<Op> {
    let consent = Some(Consent { version: load_content().unwrap().consent().version, at: monday() });
    let mut ops = Vec::new();
    for id in READERS {
        let person = Person { consent, onboarded: Some(monday()), ..Person::new(UserId(id), monday()) };
        ops.push(Op::PutPerson(Box::new(person)));
        if REMINDED.contains(&id) {
            let rule = Some(Rule::weekly(Weekdays::ALL, Hm { hour: 21, minute: 45 }));
            let key = ReminderKey { person: UserId(id), n: 1 };
            ops.push(Op::PutReminder(Reminder { key, due: at(0, 21, 45), rule, what: What::Post }));
        }
    }
    let campaign = Campaign {
        id: CampaignId(1),
        author: UserId(1),
        at: monday(),
        text: TEXT.to_owned(),
        state: CampaignState::Scheduled,
        starts: announced,
        local: false,
        reads: Reads::default(),
    };
    let recipients: Arc<[_]> = READERS.map(|id| (UserId(id), announced)).collect();
    ops.push(Op::StartCampaign(campaign, recipients));
    ops
}

async fn begin(announced: Ms) -> World {
    let setup = Setup { kept: Kept::Disk, first: region(announced), ..Setup::default() };
    let world = World::start(setup).await.unwrap();
    READERS.for_each(|id| world.sandbox.allow(id));
    world.settle().await.unwrap();
    world
}

fn came(world: &World, id: i64, text: &str) -> Vec<ChatMessage> {
    let all = world.sandbox.conversation(id).into_iter();
    all.filter(|message| !message.from_person && message.text.contains(text)).collect()
}

/// Everybody has the announcement once, everybody who wrote has one answer, and nothing came by itself at night.
fn all_is_well(world: &World, reminders: usize) {
    let zone = moscow();
    for id in READERS {
        assert_eq!(came(world, id, TEXT).len(), 1, "reader {id}");
        assert_eq!(came(world, id, REMINDER).len(), reminders * usize::from(REMINDED.contains(&id)), "{id}");
        assert_eq!(came(world, id, "Чем помочь?").len(), usize::from(TALKERS.contains(&id)), "{id}");
        for message in came(world, id, TEXT).iter().chain(&came(world, id, REMINDER)) {
            let sent = Ms(message.date * 1_000);
            assert!(
                !Quiet::USUAL.covers(&zone, sent),
                "{id} was woken at {}: {}",
                zone.local(sent),
                message.text
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_set_back_an_hour_and_forward_a_day_in_the_middle_of_everything() {
    let world = begin(at(0, 21, 45)).await;
    world.pass(at(0, 21, 40).0 - world.clock.now().0, Ms::HOUR).await.unwrap();
    world.clock.advance(5 * Ms::MINUTE);
    // Now all of it is under way.
    for id in TALKERS {
        world.sandbox.write(id, "Меню");
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    world.clock.advance(-Ms::HOUR);
    world.pass(3 * Ms::HOUR, 5 * Ms::MINUTE).await.unwrap();
    all_is_well(&world, 1);

    world.clock.advance(Ms::DAY);
    world.settle().await.unwrap();
    // A day was left out, in which one evening's reminder was due.
    world.pass(at(2, 12, 0).0 - world.clock.now().0, 15 * Ms::MINUTE).await.unwrap();
    all_is_well(&world, 2);
    world.pass(at(2, 22, 0).0 - world.clock.now().0, 15 * Ms::MINUTE).await.unwrap();
    all_is_well(&world, 3);
    world.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn vk_is_down_for_a_day_from_the_evening_to_the_next_night() {
    let world = begin(at(0, 21, 45)).await;
    world.pass(at(0, 21, 40).0 - world.clock.now().0, Ms::HOUR).await.unwrap();
    world.sandbox.faults().set(Faults { server_error: 1.0, ..Faults::default() });
    // Announcement and reminders fall due, and nothing can leave.
    runs(&world, at(1, 22, 40), 10 * Ms::MINUTE).await;
    assert!(
        READERS.clone().all(|id| came(&world, id, TEXT).is_empty() && came(&world, id, REMINDER).is_empty())
    );

    world.sandbox.faults().set(Faults::default());
    for id in TALKERS {
        world.sandbox.write(id, "Меню");
    }
    // What was tried in vain is tried again after a while by the clock; what is held until the morning keeps what is due
    // after it waiting, so that the bot is at rest only then.
    runs(&world, at(2, 7, 50), 5 * Ms::MINUTE).await;
    assert!(
        READERS.clone().all(|id| came(&world, id, TEXT).is_empty()),
        "the day's announcement came at night"
    );
    runs(&world, at(2, 12, 0), 5 * Ms::MINUTE).await;
    comes_to_rest(&world).await;
    // Two evenings were missed: what is due again while the first is on its way is said once.
    all_is_well(&world, 1);
    world.pass(at(2, 21, 50).0 - world.clock.now().0, 15 * Ms::MINUTE).await.unwrap();
    all_is_well(&world, 2);
    world.stop().await.unwrap();
}

/// Lets time run on until all that is to be tried again has been: on a busy machine some of it is still ahead.
async fn comes_to_rest(world: &World) {
    for _ in 0..30 {
        match tokio::time::timeout(Duration::from_secs(1), world.settle()).await {
            Ok(rest) => return rest.unwrap(),
            Err(_) => world.clock.advance(10 * Ms::MINUTE),
        }
    }
    panic!("the bot never comes to rest");
}

/// Lets time run until a moment, whether the bot is at rest or not.
async fn runs(world: &World, until: Ms, step: i64) {
    while world.clock.now() < until {
        world.clock.advance(step.min(until.0 - world.clock.now().0));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
