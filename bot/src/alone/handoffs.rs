//! Conversations with staff whose roles are taken, or who do not answer in time.

use vkapi::types::UserId;

use super::{Alone, MONDAY, fuzz::acquaint};
use crate::{
    chat::{Action, Event},
    config::Staff,
    domain::{Context, Grant, Handoff, Ms, Role, Scope},
    store::{Commit, Op, OutMessage, Store},
};

const OWNER: UserId = UserId(1007);
const TRAINER: UserId = UserId(1006);
const CURATOR: UserId = UserId(1005);
const COLLEAGUE: UserId = UserId(1004);
const SHE: UserId = UserId(101);
/// Of a conversation that began on Monday: an older one is removed.
const ID: u64 = MONDAY.0.unsigned_abs() << 12 | 1;

async fn make(bot: &Alone, ops: Vec<Op>) {
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
}

fn curator(who: UserId, id: u64) -> Op {
    let scope = Scope { municipality: Some("Моршанск".to_owned()), ..Scope::default() };
    let (role, by) = (Role::Curator, Some(OWNER));
    Op::PutGrant(Box::new(Grant { id, who, role, scope, by, at: Ms(1), note: String::new() }))
}

/// A question of hers that the curator has taken, the bot being silent in it.
async fn taken(staff: Staff) -> Alone {
    let mut bot = Alone::new(staff);
    for who in [OWNER, TRAINER, CURATOR, COLLEAGUE, SHE] {
        acquaint(&mut bot, who).await;
    }
    let now = bot.core.clock.now();
    let context = Context { municipality: Some("Моршанск".to_owned()), ..Context::default() };
    let talk = Handoff {
        by: Some(CURATOR),
        due: Some(now.plus(Ms::HOUR)),
        silent: Some(now.plus(Ms::DAY)),
        ..Handoff::new(ID, SHE, now, context, None, "Как поменять обложку?")
    };
    make(&bot, vec![curator(CURATOR, 5), curator(COLLEAGUE, 6), Op::PutHandoff(Box::new(talk))]).await;
    bot
}

fn staff() -> Staff {
    Staff { owners: vec![OWNER.0], trainers: vec![TRAINER.0], ..Staff::default() }
}

fn typed(text: &str) -> Event {
    Event::Text { text: text.to_owned(), action: None, plain: false, link: None }
}

fn press(action: Action) -> Event {
    Event::Press(Some(action), None)
}

async fn kept(bot: &Alone) -> Handoff {
    bot.core.store.handoff(ID).await.unwrap().unwrap()
}

/// Half an hour after half an hour passes: what comes by itself comes in its time.
async fn pass(bot: &mut Alone, hours: i64) -> Vec<OutMessage> {
    let mut came = Vec::new();
    for _ in 0..2 * hours {
        came.extend(bot.pass(30 * Ms::MINUTE).await);
    }
    came
}

fn said(messages: &[OutMessage], to: UserId, what: &str) -> usize {
    messages.iter().filter(|m| m.to.user() == Some(to) && m.text.contains(what)).count()
}

#[tokio::test]
async fn words_of_people_reach_no_curator_whose_role_is_taken() {
    let mut bot = taken(staff()).await;
    bot.hear(OWNER, &press(Action::RoleDropYes { u: CURATOR, n: 5 })).await;
    assert_eq!(kept(&bot).await.by, None, "it is free at once");
    let heard = bot.hear(SHE, &typed("И где взять картинку?")).await;
    assert_eq!(said(&heard.messages, CURATOR, "картинку"), 0);
    let later = pass(&mut bot, 3).await;
    assert_eq!(said(&later, COLLEAGUE, "обложку"), 1, "{later:?}");
    assert_eq!(said(&later, CURATOR, "обложку"), 0);
    bot.hear(COLLEAGUE, &press(Action::HandoffTake { id: ID })).await;
    assert_eq!(kept(&bot).await.by, Some(COLLEAGUE));
}

#[tokio::test]
async fn a_role_that_is_gone_without_a_press_is_noticed_at_the_next_word() {
    let mut bot = taken(staff()).await;
    make(&bot, vec![Op::DropGrant(CURATOR, 5)]).await;
    let heard = bot.hear(SHE, &typed("И где взять картинку?")).await;
    assert_eq!(said(&heard.messages, CURATOR, "картинку"), 0);
    let now = kept(&bot).await;
    assert_eq!((now.by, now.told), (None, vec![COLLEAGUE]));
    // Nor is she told that it is over.
    let mut bot = taken(staff()).await;
    make(&bot, vec![Op::DropGrant(CURATOR, 5)]).await;
    let closed = bot.hear(SHE, &press(Action::HandoffClose { id: ID })).await;
    assert!(closed.messages.iter().all(|m| m.to.user() != Some(CURATOR)), "{:?}", closed.messages);
    assert!(!kept(&bot).await.is_open());
}

#[tokio::test]
async fn each_answer_that_is_waited_for_is_told_further_once() {
    let mut bot = taken(staff()).await;
    let late = pass(&mut bot, 3).await;
    assert_eq!((said(&late, TRAINER, "обложку"), said(&late, SHE, "тренеру")), (1, 1), "{late:?}");
    let again = pass(&mut bot, 3).await;
    assert_eq!((said(&again, TRAINER, "обложку"), said(&again, SHE, "задерживается")), (0, 0));
    bot.hear(CURATOR, &press(Action::HandoffSay { id: ID })).await;
    bot.hear(CURATOR, &typed("Откройте управление сообществом.")).await;
    bot.hear(SHE, &typed("Там нет такой кнопки")).await;
    let now = kept(&bot).await;
    assert!(now.due.is_some() && now.escalated.is_none());
    let late = pass(&mut bot, 48).await;
    assert_eq!((said(&late, TRAINER, "обложку"), said(&late, SHE, "задерживается")), (1, 1), "{late:?}");
}

#[tokio::test]
async fn nobody_is_said_to_have_been_told_who_is_not_there() {
    let mut bot = taken(Staff { heads: vec![TRAINER.0], ..Staff::default() }).await;
    let late = pass(&mut bot, 3).await;
    assert_eq!((said(&late, SHE, "задерживается"), said(&late, SHE, "тренеру")), (1, 0), "{late:?}");
    assert_eq!((said(&late, TRAINER, "передать его некому"), said(&late, TRAINER, "сказано")), (1, 0));
}
