//! What VK never took is kept for its time.

use vkapi::types::UserId;

use super::Alone;
use crate::{
    chat::Event,
    config::Staff,
    domain::Ms,
    retention,
    store::{Commit, Op, OutLane, Store},
};

#[tokio::test]
async fn a_message_that_vk_never_took_goes_after_its_time() {
    let bot = Alone::new(Staff::default());
    let now = bot.core.clock.now();
    let hello = Event::Text { text: "Начать".to_owned(), action: None, plain: false, link: None };
    for user in [UserId(8), UserId(9)] {
        let made = bot.core.make(user, &hello, 1).await.unwrap();
        bot.core.commit(user, &made, OutLane::Reply, 1, Vec::new(), Vec::new()).await.unwrap();
    }
    let queued = bot.core.store.outbox(None, 9).await.unwrap();
    assert_eq!(queued.len(), 2);
    let parked_at = [now, now.plus(Ms::DAY)];
    let park = |((id, _), at): (&(_, _), Ms)| Op::ParkOut(*id, "914".to_owned(), at);
    let ops = queued.iter().zip(parked_at).map(park).collect();
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    for (day, left) in [(retention::PARKED, 2), (1, 1), (Ms::DAY - 1, 1), (1, 0)] {
        bot.clock.advance(day);
        retention::age(&bot.core).await.unwrap();
        assert_eq!(bot.core.store.parked(None, 9).await.unwrap().len(), left);
    }
}
