//! Somebody of staff reaches for what is not hers: she is refused, it is logged, and nothing comes of it.

use vkapi::types::{Cmid, GroupId, PeerId, UserId};

use super::Alone;
use crate::{
    chat::{Action, Event, tests::CONTENT},
    config::Staff,
    domain::{Form, Grant, Person, Role, Scope, board::Show, page::PageClass},
    store::{
        Commit, Op, Store,
        conformance::samples::{full_person, handoff, page, put},
    },
};

const CURATOR: UserId = UserId(1005);
const ADMIN: i64 = 101;

/// A bot with an administrator of Моршанск, her page and her question, and a curator of this municipality.
async fn bot(town: &str, role: Role) -> Alone {
    let bot = Alone::new(Staff::default());
    let known = |id| Person { away: None, form: None, ..full_person(id) };
    let scope = Scope { municipality: Some(town.to_owned()), ..Scope::default() };
    let grant = Grant { id: 1, by: Some(UserId(1)), scope, ..Grant::of_config(CURATOR, role) };
    let mut page = page(77, &[ADMIN]);
    page.municipality = Some("Моршанск".to_owned());
    let ops = vec![
        put(&known(ADMIN)),
        put(&known(CURATOR.0)),
        Op::PutGrant(Box::new(grant)),
        Op::PutPage(Box::new(page)),
        Op::PutHandoff(Box::new(handoff(5, ADMIN, None))),
    ];
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    bot
}

fn reached() -> Vec<Action> {
    let m = || Some("Моршанск".to_owned());
    vec![
        Action::BoardPage { g: GroupId(77) },
        Action::WriteTo { g: GroupId(77) },
        Action::PageClass { g: GroupId(77), c: PageClass::Card },
        Action::Handoff { id: 5 },
        Action::HandoffTake { id: 5 },
        Action::HandoffSay { id: 5 },
        Action::HandoffClose { id: 5 },
        Action::HandoffDraft { id: 5 },
        Action::Report { m: m(), p: 0 },
        Action::ReportPicture { m: m() },
        Action::ReportTable { m: m() },
    ]
}

#[tokio::test]
async fn a_curator_reaches_no_other_municipality() {
    let mut bot = bot("Кирсанов", Role::Curator).await;
    let before = bot.core.store.handoff(5).await.unwrap();
    for (n, action) in reached().into_iter().enumerate() {
        let answered = bot.hear(CURATOR, &Event::Press(Some(action.clone()), Some(Cmid(3)))).await;
        assert_eq!(answered.snackbar, Some(CONTENT.texts().get("stale-button")), "{action:?}");
        assert!(answered.messages.iter().all(|m| m.to == PeerId::from(CURATOR)), "{action:?}");
        let log = bot.core.store.audit(99).await.unwrap();
        assert_eq!(log.iter().filter(|entry| entry.what == "refused").count(), n + 1, "{action:?}");
    }
    // A form of hers that names another's page or conversation is worth no more than the button.
    for form in [Form::HandoffSay { id: 5 }, Form::WriteTo { page: GroupId(77) }] {
        let curator = bot.person(CURATOR).await.unwrap();
        let typing = Op::PutPerson(Box::new(Person { form: Some(form.clone()), ..curator }));
        bot.core.store.commit(Commit { expect: Vec::new(), ops: vec![typing] }).await.unwrap();
        let text = "Здравствуйте, это не ваш куратор".to_owned();
        let typed = Event::Text { text, action: None, plain: false, link: None };
        let answered = bot.hear(CURATOR, &typed).await;
        assert!(answered.messages.iter().all(|m| m.to == PeerId::from(CURATOR)), "{form:?}");
    }
    assert_eq!(bot.core.store.handoff(5).await.unwrap(), before);
    // Her own list does not show it.
    let list =
        bot.hear(CURATOR, &Event::Press(Some(Action::Board { f: Show::All, p: 0 }), Some(Cmid(3)))).await;
    assert!(list.messages.iter().all(|m| !m.text.contains("Детсад")), "{:?}", list.messages);
}

#[tokio::test]
async fn the_municipalitys_own_curator_is_let_in() {
    for action in reached() {
        let mut bot = bot("Моршанск", Role::Curator).await;
        bot.hear(CURATOR, &Event::Press(Some(action.clone()), Some(Cmid(3)))).await;
        let log = bot.core.store.audit(99).await.unwrap();
        assert!(log.iter().all(|entry| entry.what != "refused"), "{action:?}: {log:?}");
    }
}

#[tokio::test]
async fn a_head_reads_and_does_nothing_else() {
    for action in reached() {
        let mut bot = bot("Моршанск", Role::Head).await;
        bot.hear(CURATOR, &Event::Press(Some(action.clone()), Some(Cmid(3)))).await;
        let log = bot.core.store.audit(99).await.unwrap();
        let reads = action.needs() == Role::Head;
        let refused = log.iter().any(|entry| entry.what == "refused");
        assert_eq!(refused, !reads, "{action:?}");
    }
}
