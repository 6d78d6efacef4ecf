//! Seats of a class under turns made side by side, as several people press at once.

use std::collections::BTreeMap;

use futures::future::join_all;
use proptest::{collection::vec, prelude::*};
use vkapi::types::{PeerId, UserId};

use super::Alone;
use crate::{
    chat::{Action, Event},
    config::Staff,
    core::hash,
    domain::{Class, ClassId, ClassState, Hall, Ms, SeatState, Zone},
    store::{Commit, Op, OutLane, OutMessage, Store, StoreError},
};

const CLASS: ClassId = ClassId(1);

async fn bot(seats: u16, people: i64) -> Alone {
    let mut bot = Alone::new(Staff { trainers: vec![1006], ..Staff::default() });
    for person in 1..=people {
        super::fuzz::acquaint(&mut bot, UserId(person)).await;
    }
    let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
    let now = bot.core.clock.now();
    let class = Class::new(CLASS, UserId(1006), now, zone, "Обложка за час".to_owned());
    let starts = now.plus(20 * Ms::DAY);
    let class = Class { state: ClassState::Open, starts, seats: Some(seats), ..class };
    let ops = vec![Op::PutClass(class.into())];
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    bot
}

async fn hall(bot: &Alone) -> Hall {
    bot.core.hall(CLASS).await.unwrap().unwrap()
}

/// Presses of several people, all made from what was there before the first, committed in this order; what has changed
/// meanwhile is made again, as the inbox does it. How many had to be made again.
async fn at_once(bot: &mut Alone, presses: &[(UserId, Action)]) -> usize {
    bot.clock.advance(Ms::MINUTE);
    let events: Vec<(UserId, Event, u64)> = presses
        .iter()
        .map(|(user, action)| {
            bot.events += 1;
            (*user, Event::Press(Some(action.clone()), None), hash(&bot.events.to_be_bytes()))
        })
        .collect();
    let made = join_all(events.iter().map(|(user, event, nonce)| bot.core.make(*user, event, *nonce))).await;
    let mut again = 0;
    for ((user, event, nonce), made) in events.iter().zip(made) {
        let mut made = made.unwrap();
        while let Err(error) =
            bot.core.commit(*user, &made, OutLane::Reply, *nonce, Vec::new(), Vec::new()).await
        {
            assert!(matches!(error, StoreError::Conflict), "{error}");
            again += 1;
            made = bot.core.make(*user, event, *nonce).await.unwrap();
        }
    }
    again
}

#[tokio::test]
async fn of_two_who_press_for_the_last_seat_one_gets_it_and_the_other_waits() {
    let mut bot = bot(1, 2).await;
    let join = |user| (UserId(user), Action::ClassJoin { id: CLASS });
    let again = at_once(&mut bot, &[join(1), join(2)]).await;
    assert_eq!(again, 1, "the second was made from what is no more");
    let hall = hall(&bot).await;
    assert_eq!(hall.seat(UserId(1)).unwrap().state, SeatState::Enrolled);
    assert_eq!(hall.seat(UserId(2)).unwrap().state, SeatState::Waiting);
}

#[tokio::test]
async fn who_waited_in_vain_is_told_so_when_it_begins() {
    let mut bot = bot(1, 2).await;
    let join = |user| (UserId(user), Action::ClassJoin { id: CLASS });
    at_once(&mut bot, &[join(1), join(2)]).await;
    let starts = hall(&bot).await.class.starts;
    let mut told = Vec::new();
    while bot.core.clock.now() < starts.plus(Ms::HOUR) {
        told.extend(bot.pass(30 * Ms::MINUTE).await);
    }
    let in_vain: Vec<i64> = told
        .iter()
        .filter(|m| m.text.contains("свободного места так и не нашлось"))
        .map(|m| m.to.0)
        .collect();
    assert_eq!(in_vain, [2], "once, and only who waited: {told:?}");
}

/// Messages that tell somebody of a seat she waited for.
fn told(messages: &[OutMessage]) -> BTreeMap<PeerId, usize> {
    let mut told = BTreeMap::new();
    for message in messages.iter().filter(|m| m.text.contains("Место освободилось, вы записаны"))
    {
        *told.entry(message.to).or_default() += 1;
    }
    told
}

#[tokio::test]
async fn a_seat_that_is_given_up_goes_to_the_first_who_waits_who_is_told_once() {
    let mut bot = bot(1, 4).await;
    for user in 1..=4 {
        at_once(&mut bot, &[(UserId(user), Action::ClassJoin { id: CLASS })]).await;
    }
    bot.sent().await;
    let leave = |user| (UserId(user), Action::ClassLeaveYes { id: CLASS });
    at_once(&mut bot, &[leave(1), leave(3)]).await;
    let mut all = bot.pass(Ms::MINUTE).await;
    all.extend(bot.pass(Ms::HOUR).await);
    assert_eq!(told(&all), BTreeMap::from([(PeerId(2), 1)]));
    // Whoever leaves for good gives up her seat as well.
    at_once(&mut bot, &[(UserId(2), Action::WithdrawYes)]).await;
    let all = bot.pass(Ms::HOUR).await;
    assert_eq!(told(&all), BTreeMap::from([(PeerId(4), 1)]));
    let hall = hall(&bot).await;
    assert_eq!(hall.seat(UserId(2)), None);
    assert_eq!(hall.count(SeatState::Enrolled), 1);
}

#[tokio::test]
async fn reminders_come_a_day_and_an_hour_before_and_not_to_who_has_left() {
    let mut bot = bot(5, 2).await;
    let join = |user| (UserId(user), Action::ClassJoin { id: CLASS });
    at_once(&mut bot, &[join(1), join(2)]).await;
    bot.sent().await;
    let until = |before: i64| 20 * Ms::DAY - before;
    let named = |messages: &[OutMessage], what: &str| -> Vec<PeerId> {
        messages.iter().filter(|m| m.text.contains(what)).map(|m| m.to).collect()
    };
    let came = bot.pass(until(Ms::DAY) - Ms::HOUR).await;
    assert!(named(&came, "Обложка за час").is_empty());
    let mut came = bot.pass(Ms::HOUR).await;
    came.extend(bot.pass(Ms::HOUR).await);
    assert_eq!(named(&came, "Напоминаю: занятие").len(), 2);
    at_once(&mut bot, &[(UserId(2), Action::ClassLeaveYes { id: CLASS })]).await;
    bot.sent().await;
    let mut came = Vec::new();
    for _ in 0..24 {
        came.extend(bot.pass(Ms::HOUR).await);
    }
    assert_eq!(named(&came, "Скоро начнём"), [PeerId(1)]);
}

#[derive(Clone, Copy, Debug)]
enum Does {
    Join,
    Leave,
    Withdraw,
}

fn does() -> impl Strategy<Value = (i64, Does)> {
    let does = prop_oneof![8 => Just(Does::Join), 5 => Just(Does::Leave), 1 => Just(Does::Withdraw)];
    (1..7_i64, does)
}

async fn play(rounds: Vec<Vec<(i64, Does)>>) -> Result<(), TestCaseError> {
    let mut bot = bot(2, 6).await;
    for round in rounds {
        let presses: Vec<(UserId, Action)> = round
            .iter()
            .map(|(user, does)| {
                let action = match does {
                    Does::Join => Action::ClassJoin { id: CLASS },
                    Does::Leave => Action::ClassLeaveYes { id: CLASS },
                    Does::Withdraw => Action::WithdrawYes,
                };
                (UserId(*user), action)
            })
            .collect();
        let before = hall(&bot).await;
        at_once(&mut bot, &presses).await;
        let after = hall(&bot).await;
        prop_assert!(after.count(SeatState::Enrolled) <= 2, "oversold");
        let full = after.count(SeatState::Enrolled) == 2;
        prop_assert!(full || after.count(SeatState::Waiting) == 0, "somebody waits beside a free seat");
        // Who neither came nor went keeps her place before those who came later.
        let busy: Vec<i64> = round.iter().map(|(user, _)| *user).collect();
        let calm = |hall: &Hall| -> Vec<UserId> {
            let line = hall.in_order(SeatState::Waiting).into_iter().map(|seat| seat.person);
            line.filter(|person| !busy.contains(&person.0)).collect()
        };
        let (was, is) = (calm(&before), calm(&after));
        prop_assert!(was.ends_with(&is), "{was:?} became {is:?}");
        // Whoever moved up is told, once.
        let moved = before
            .in_order(SeatState::Waiting)
            .into_iter()
            .filter(|seat| !busy.contains(&seat.person.0))
            .filter(|seat| after.seat(seat.person).is_some_and(|s| s.state == SeatState::Enrolled))
            .map(|seat| (PeerId::from(seat.person), 1))
            .collect::<BTreeMap<_, _>>();
        let mut messages = bot.pass(Ms::MINUTE).await;
        messages.extend(bot.pass(Ms::MINUTE).await);
        let told: BTreeMap<_, _> = told(&messages)
            .into_iter()
            .filter(|(to, _)| to.user().is_some_and(|u| !busy.contains(&u.0)))
            .collect();
        prop_assert_eq!(told, moved);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_presses_at_once_seats_are_never_oversold_and_the_line_keeps_its_order(
        rounds in vec(vec(does(), 1..5), 1..10),
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(play(rounds))?;
    }
}
