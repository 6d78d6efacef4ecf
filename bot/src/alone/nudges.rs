//! The weekly nudge of people in each of Russia's eleven zones, through the whole bot and its schedule.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use vkapi::types::{GroupId, PeerId, UserId};

use super::{Alone, MONDAY, fuzz::acquaint};
use crate::{
    chat::{Action, Event},
    config::Staff,
    domain::{
        Day, Hm, Ms, PageRef, Weekdays, Zone,
        page::{Admin, Page, Sight, State},
    },
    pages::nudge::tests::week_from,
    store::{Commit, Op, OutMessage, Store},
};

const ZONES: [&str; 11] = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
];
/// The first of them lives in the first zone, and so on.
const FIRST: i64 = 101;
/// How often the schedule is looked at.
const STEP: i64 = 10 * Ms::MINUTE;

fn press(action: Action) -> Event {
    Event::Press(Some(action), None)
}

/// A person in each zone, who runs a page with eight weeks known.
async fn region() -> Alone {
    let mut bot = Alone::new(Staff::default());
    for (n, zone) in ZONES.iter().enumerate() {
        let user = UserId(FIRST + n as i64);
        acquaint(&mut bot, user).await;
        bot.hear(user, &press(Action::Zone { z: (*zone).to_owned() })).await;
        let mut person = bot.person(user).await.unwrap();
        let named = PageRef {
            id: GroupId(500 + n as i64),
            screen_name: format!("school{n}"),
            name: format!("Школа № {n}"),
        };
        person.pages = vec![named.clone()];
        let mut page = Page::new(named, MONDAY);
        page.admins.push(Admin::new(user, MONDAY));
        let sight = Sight {
            read: Some(MONDAY),
            state: State::Open,
            ..Sight::new(page.id, MONDAY.plus(90 * Ms::DAY))
        };
        let monday = Day::from(MONDAY.date()).monday();
        // The night has been there before each Monday of the test.
        let weeks = (-3..8).map(|back| week_from(Day(monday.0 - 7 * back), 40, 3));
        let weeks = weeks.map(|week| Op::PutWeek(page.id, Box::new(week)));
        let mut ops: Vec<Op> = weeks.collect();
        ops.extend([Op::PutPage(Box::new(page)), Op::PutSight(Box::new(sight))]);
        ops.push(Op::PutPerson(Box::new(person)));
        bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
        // Any turn of hers sets the nudge up.
        bot.hear(user, &press(Action::Menu)).await;
    }
    // It was Monday morning while they came: what was due then is of no zone's ten o'clock.
    bot.pass(Ms::DAY).await;
    bot
}

/// When a nudge left for whom in so many weeks: person, moment by her own clock.
async fn nudges(bot: &mut Alone, weeks: i64) -> BTreeMap<UserId, Vec<jiff::civil::DateTime>> {
    let mut came: BTreeMap<UserId, Vec<_>> = BTreeMap::new();
    for _ in 0..weeks * 7 * Ms::DAY / STEP {
        for message in bot.pass(STEP).await {
            if let Some((user, zone)) = whose(&message).filter(|_| message.text.contains("Школа № ")) {
                came.entry(user).or_default().push(zone.local(bot.clock_now()));
            }
        }
    }
    came
}

fn whose(message: &OutMessage) -> Option<(UserId, Zone)> {
    let n = (0..ZONES.len()).find(|n| message.to == PeerId::from(UserId(FIRST + *n as i64)))?;
    Some((UserId(FIRST + n as i64), Zone::try_from(ZONES[n].to_owned()).ok()?))
}

#[tokio::test]
async fn it_comes_on_monday_at_ten_by_the_clock_of_each_of_the_eleven_zones() {
    let mut bot = region().await;
    let came = nudges(&mut bot, 3).await;
    assert_eq!(came.len(), ZONES.len(), "everybody has had one: {came:?}");
    for (user, moments) in came {
        let zone = ZONES[(user.0 - FIRST) as usize];
        assert!(moments.len() >= 2, "{zone}: {moments:?}");
        for at in &moments {
            let minutes = i32::from(at.hour()) * 60 + i32::from(at.minute());
            // The schedule is looked at every ten minutes here.
            assert!(at.weekday() == Weekday::Monday && (600..=610).contains(&minutes), "{zone}: {at}");
        }
        let mut days: Vec<_> = moments.iter().map(|at| at.date()).collect();
        days.dedup();
        assert_eq!(days.len(), moments.len(), "{zone}: twice on one day");
    }
}

#[tokio::test]
async fn who_has_an_hour_of_her_own_for_posts_gets_it_then_in_her_zone_too() {
    let mut bot = region().await;
    for n in 0..ZONES.len() as i64 {
        let hour = Hm { hour: 15, minute: 0 };
        let days = Weekdays::of(&[3]);
        bot.hear(UserId(FIRST + n), &press(Action::Hour { d: days, t: hour })).await;
    }
    let came = nudges(&mut bot, 2).await;
    assert_eq!(came.len(), ZONES.len());
    for (user, moments) in came {
        let mondays = moments.iter().filter(|at| at.weekday() == Weekday::Monday);
        assert!(mondays.clone().count() >= 1, "{user}: {moments:?}");
        assert!(mondays.clone().all(|at| at.hour() == 15), "{user}: {moments:?}");
    }
}

#[tokio::test]
async fn another_zone_chosen_on_the_day_it_came_brings_no_second_one() {
    let mut bot = region().await;
    let user = UserId(FIRST + 10);
    let mut before = 0;
    while before == 0 {
        let sent = bot.pass(STEP).await;
        before = sent.iter().filter(|m| m.to == PeerId::from(user) && m.text.contains("Школа № ")).count();
    }
    // From Kamchatka to Kaliningrad: there it is yesterday evening, and Monday's ten o'clock is still to come.
    bot.hear(user, &press(Action::Zone { z: ZONES[0].to_owned() })).await;
    let mut again = 0;
    for _ in 0..2 * Ms::DAY / STEP {
        let sent = bot.pass(STEP).await;
        again += sent.iter().filter(|m| m.to == PeerId::from(user) && m.text.contains("Школа № ")).count();
    }
    assert_eq!(again, 0, "it would tell of the same week once more");
}
