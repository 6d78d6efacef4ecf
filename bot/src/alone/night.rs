//! What staff says at night: it waits for the morning, unless the person is up and writing.

use vkapi::types::UserId;

use super::{Alone, Answered, crawl::payloads, fuzz::acquaint};
use crate::{
    chat::{Action, Event},
    config::Staff,
    domain::Ms,
    store::{OutLane, Store},
};

const HER: UserId = UserId(101);
const CURATOR: UserId = UserId(1005);

fn press(action: Action) -> Event {
    Event::Press(Some(action), None)
}

fn text(text: &str) -> Event {
    Event::Text { text: text.to_owned(), action: None, plain: false, link: None }
}

fn to_her(answered: &Answered) -> Vec<(OutLane, &str)> {
    let hers = answered.messages.iter().filter(|message| message.to.user() == Some(HER));
    hers.map(|message| (message.lane, message.text.as_str())).collect()
}

/// At half past ten in the evening a curator takes what was asked at nine in the morning.
async fn late() -> (Alone, u64) {
    let mut bot = Alone::new(Staff { curators: vec![CURATOR.0], ..Staff::default() });
    acquaint(&mut bot, HER).await;
    acquaint(&mut bot, CURATOR).await;
    let asked = bot.hear(HER, &text("чпокает брондулятор")).await;
    let offered = payloads(asked.last(HER).unwrap());
    let ask = offered.iter().filter_map(|p| Action::read(p)).find_map(|action| match action {
        Action::AskCurator { q } => Some(q),
        _ => None,
    });
    bot.hear(HER, &press(Action::AskCuratorYes { q: ask.unwrap() })).await;
    let id = bot.core.store.handoffs_of(HER).await.unwrap()[0].id;
    bot.pass(13 * Ms::HOUR + 30 * Ms::MINUTE).await;
    (bot, id)
}

#[tokio::test]
async fn an_answer_waits_for_the_morning_and_that_it_was_taken_is_not_said_at_all() {
    let (mut bot, id) = late().await;
    let taken = bot.hear(CURATOR, &press(Action::HandoffTake { id })).await;
    assert_eq!(to_her(&taken), []);
    bot.hear(CURATOR, &press(Action::HandoffSay { id })).await;
    let said = bot.hear(CURATOR, &text("Замените плёнку")).await;
    let [(lane, told)] = to_her(&said)[..] else { panic!("{:?}", to_her(&said)) };
    // The lane that the outbox holds to quiet hours.
    assert_eq!(lane, OutLane::Reminder);
    assert!(told.contains("Замените плёнку"), "{told}");
}

#[tokio::test]
async fn whoever_is_writing_gets_it_at_once_and_so_does_the_curator() {
    let (mut bot, id) = late().await;
    bot.hear(CURATOR, &press(Action::HandoffTake { id })).await;
    // The bot may have begun to answer her itself since the morning: these words are for the curator.
    bot.hear(HER, &press(Action::HandoffSay { id })).await;
    let heard = bot.hear(HER, &text("Ещё не спите?")).await;
    assert!(heard.last(CURATOR).is_some_and(|message| message.lane == OutLane::Reply));
    bot.hear(CURATOR, &press(Action::HandoffSay { id })).await;
    let said = bot.hear(CURATOR, &text("Замените плёнку")).await;
    assert!(matches!(to_her(&said)[..], [(OutLane::Reply, _)]), "{:?}", to_her(&said));
    // An hour later she sleeps, and he does: neither is woken.
    bot.pass(Ms::HOUR).await;
    let said = bot.hear(CURATOR, &text("И выключите из розетки")).await;
    assert!(matches!(to_her(&said)[..], [(OutLane::Reminder, _)]), "{:?}", to_her(&said));
    bot.pass(Ms::HOUR).await;
    let heard = bot.hear(HER, &text("Спасибо!")).await;
    assert!(heard.last(CURATOR).is_none());
}
