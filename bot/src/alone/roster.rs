//! The roster by the bot's own ways: who came by which invitation, and who may send it.

use vkapi::types::{Cmid, UserId};

use super::{Alone, fuzz::acquaint};
use crate::{
    chat::{Action, Event},
    config::Staff,
    domain::{
        Grant, Role, Scope,
        roster::{self, Institution, RosterKey, invite, invite_place},
    },
    store::{Commit, Op, OutFile, Store, conformance::samples::institution},
};

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

/// A bot with two institutions of two towns, and a curator of the first.
async fn curated() -> (Alone, [Institution; 2]) {
    let mut bot = Alone::new(Staff::default());
    let one = |name: &str, town: &str| Institution {
        key: RosterKey::Name(name.to_owned()),
        name: format!("Школа {name}"),
        municipality: Some(town.to_owned()),
        vk: None,
        ..institution(4, None)
    };
    let both = [one("first", "Моршанск"), one("other", "Кирсанов")];
    let scope = Scope { municipality: Some("Моршанск".to_owned()), ..Scope::default() };
    let grant = Grant { id: 1, by: Some(UserId(1)), scope, ..Grant::of_config(SHE, Role::Curator) };
    let mut ops: Vec<Op> = both.iter().cloned().map(|one| Op::PutInstitution(Box::new(one))).collect();
    ops.push(Op::PutGrant(Box::new(grant)));
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    acquaint(&mut bot, SHE).await;
    (bot, both)
}

#[tokio::test]
async fn an_invitation_is_sent_as_a_picture_with_its_link_in_words() {
    let (mut bot, [first, _]) = curated().await;
    let press = |action| Event::Press(Some(action), Some(Cmid(3)));
    let shown = bot.hear(SHE, &press(Action::Invites { p: 0 })).await;
    let keyboard = shown.last(SHE).unwrap().keyboard.clone().unwrap();
    assert!(keyboard.contains("QR: Моршанск") && keyboard.contains("QR: Школа first"), "{keyboard}");
    assert!(!keyboard.contains("other") && !keyboard.contains("Кирсанов"), "{keyboard}");
    for r in [invite(&first.key), invite_place("Моршанск")] {
        let sent = bot.hear(SHE, &press(Action::InviteCode { r: r.clone() })).await;
        let message = sent.last(SHE).unwrap();
        assert_eq!(message.file, Some(OutFile::Invite(r.clone())));
        assert!(message.text.contains(&format!("https://vk.me/club1?ref={r}")), "{}", message.text);
        let drawn = crate::rosters::code(&bot.core, SHE, &r).await.unwrap();
        assert!(drawn.is_some_and(|png| png.starts_with(b"\x89PNG")));
    }
    let log = bot.core.store.audit(9).await.unwrap();
    assert_eq!(log.iter().filter(|line| line.what == "roster-invite-code").count(), 2);
}

#[tokio::test]
async fn a_curator_sends_no_invitation_of_another_municipality() {
    let (mut bot, [first, other]) = curated().await;
    for r in [invite(&other.key), invite_place("Кирсанов"), "m-00000000".to_owned(), String::new()] {
        let forged = Event::Press(Some(Action::InviteCode { r: r.clone() }), Some(Cmid(3)));
        let sent = bot.hear(SHE, &forged).await;
        assert!(sent.messages.iter().all(|message| message.file.is_none()), "{r}");
        assert!(bot.core.store.audit(1).await.unwrap().iter().all(|line| line.what == "refused"), "{r}");
        // Nor is a picture made of a message that was queued before her right was taken.
        assert_eq!(crate::rosters::code(&bot.core, SHE, &r).await.unwrap(), None, "{r}");
    }
    let r = invite(&first.key);
    let ops = vec![Op::DropGrant(SHE, 1)];
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    assert_eq!(crate::rosters::code(&bot.core, SHE, &r).await.unwrap(), None);
}
