//! The roster by the bot's own ways: who came by which invitation.

use vkapi::types::UserId;

use super::{Alone, fuzz::acquaint};
use crate::{chat::Event, config::Staff, domain::roster};

const SHE: UserId = UserId(101);

#[tokio::test]
async fn who_came_by_an_invitation_is_counted_for_it_whatever_link_she_opens_later() {
    let mut bot = Alone::new(Staff::default());
    for name in ["M-0a1b2c3d", "event_1", "i-p77", "guide_cover-basics"] {
        let link = Some(name.to_owned());
        bot.hear(SHE, &Event::Text { text: "Начать".to_owned(), action: None, plain: false, link }).await;
        acquaint(&mut bot, SHE).await;
    }
    let she = bot.person(SHE).await.unwrap();
    assert_eq!(she.invited.as_deref(), Some("M-0a1b2c3d"), "the first");
    assert_eq!(she.link.unwrap().name, "guide_cover-basics");
    let comer = roster::Comer { id: SHE, writable: true, pages: Vec::new(), invited: she.invited };
    assert_eq!(roster::comers(&[comer]).get("m-0a1b2c3d"), Some(&1));
}
