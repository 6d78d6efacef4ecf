//! Announcements as somebody of ill will would have them: beyond her rights, agreed to by herself, sent twice.

use vkapi::types::{Cmid, GroupId, UserId};

use super::{Alone, fuzz::acquaint};
use crate::{
    chat::{Action, Do, Event},
    config::Staff,
    domain::{
        Campaign, CampaignId, CampaignState, Context, Grant, Handoff, Ms, PageRef, Person, Reads, Role, Rule,
        Scope, Weekdays,
        letter::{Crowd, Letter, Stage, When},
        page::{Admin, Aspect, Page, Word},
        segment::{Atom, Segment},
    },
    store::{Commit, Op, Store},
};

const AUTHOR: UserId = UserId(1006);
const OTHER: UserId = UserId(1007);
const SCOPED: UserId = UserId(1010);

async fn make(bot: &Alone, ops: Vec<Op>) {
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
}

/// A bot that knows people of two towns, each by the number's parity.
async fn known(people: std::ops::Range<i64>) -> Alone {
    let mut bot = Alone::new(Staff { trainers: vec![AUTHOR.0, OTHER.0], ..Staff::default() });
    let consent = Some(crate::domain::Consent { version: 1, at: Ms(0) });
    let town = |id: i64| if id % 2 == 0 { "Ольховск" } else { "Тамбов" }.to_owned();
    let person = |id| Person { consent, municipality: Some(town(id)), ..Person::new(UserId(id), Ms(0)) };
    make(&bot, people.map(|id| Op::PutPerson(Box::new(person(id)))).collect()).await;
    acquaint(&mut bot, AUTHOR).await;
    acquaint(&mut bot, OTHER).await;
    bot
}

fn press(action: Action) -> Event {
    Event::Press(Some(action), Some(Cmid(3)))
}

fn typed(text: &str) -> Event {
    Event::Text { text: text.to_owned(), action: None, plain: false, link: None }
}

fn to(id: CampaignId, d: Do) -> Event {
    press(Action::Letter { id, d })
}

async fn drafted(bot: &mut Alone) -> Letter {
    bot.hear(AUTHOR, &press(Action::Announce)).await;
    bot.hear(AUTHOR, &typed("Завтра в 15:00 семинар для всех")).await;
    bot.core.store.letters(1).await.unwrap().remove(0)
}

async fn stage(bot: &Alone, id: CampaignId) -> Stage {
    bot.core.store.letter(id).await.unwrap().unwrap().stage
}

#[tokio::test]
async fn a_trainer_of_a_town_reaches_nobody_elsewhere() {
    let bot = known(1..100).await;
    let scope = Scope { municipality: Some("ольховск".into()), ..Scope::default() };
    let (role, by) = (Role::Trainer, Some(UserId(1)));
    let grant = Grant { id: 1, who: SCOPED, role, scope, by, at: Ms(0), note: String::new() };
    make(&bot, vec![Op::PutGrant(Box::new(grant))]).await;
    let crowd = |atoms: Vec<Atom>| Crowd {
        by: SCOPED,
        to: Segment { atoms },
        rest: None,
        when: When::Now,
        spread: 0,
    };
    let everybody = bot.core.audience(&crowd(Vec::new())).await.unwrap();
    assert_eq!(everybody.len(), 49);
    assert!(everybody.iter().all(|(who, _)| who.0 % 2 == 0), "only hers");
    assert_eq!(bot.core.count(&crowd(vec![Atom::Place("Тамбов".into())])).await.unwrap(), 0);
    assert_eq!(bot.core.towns(SCOPED).await.unwrap(), [("Ольховск".to_owned(), 49)]);
    // Taken away, the right reaches nobody, whatever was begun before.
    make(&bot, vec![Op::DropGrant(SCOPED, 1)]).await;
    assert_eq!(bot.core.audience(&crowd(Vec::new())).await.unwrap().len(), 0);
}

#[tokio::test]
async fn nobody_agrees_to_her_own_and_nobody_without_the_right_to_any() {
    let mut bot = known(1..400).await;
    acquaint(&mut bot, UserId(7)).await;
    let letter = drafted(&mut bot).await;
    let id = letter.id;
    bot.hear(AUTHOR, &to(id, Do::Send)).await;
    assert!(matches!(stage(&bot, id).await, Stage::Waits { people: 401, .. }));
    for (who, d) in
        [(AUTHOR, Do::Yes(1_000)), (UserId(7), Do::Yes(1_000)), (UserId(7), Do::No), (AUTHOR, Do::Send)]
    {
        bot.hear(who, &to(id, d)).await;
        assert!(matches!(stage(&bot, id).await, Stage::Waits { .. }), "{who}");
    }
    assert_eq!(bot.core.store.campaign(id).await.unwrap(), None);
    let refused = bot.core.store.audit(99).await.unwrap();
    let refused = |who| refused.iter().filter(|entry| entry.what == "refused" && entry.who == who).count();
    assert_eq!((refused(AUTHOR), refused(UserId(7))), (1, 2));
    // Who agrees has seen fewer: she looks once more.
    bot.hear(OTHER, &to(id, Do::Yes(300))).await;
    assert_eq!(bot.core.store.campaign(id).await.unwrap(), None);
    bot.hear(OTHER, &to(id, Do::Yes(401))).await;
    assert_eq!(stage(&bot, id).await, Stage::Sent { by: Some(OTHER) });
    assert_eq!(bot.core.store.tally(id).await.unwrap().queued, 401);
    // What she reads is not what is sent if it can still be changed.
    for d in [Do::Send, Do::Drop, Do::Bare, Do::All, Do::Text] {
        bot.hear(AUTHOR, &to(id, d)).await;
    }
    bot.hear(AUTHOR, &typed("Совсем другой текст объявления")).await;
    let kept = bot.core.store.letter(id).await.unwrap().unwrap();
    assert_eq!((kept.text, kept.stage), (letter.text, Stage::Sent { by: Some(OTHER) }));
}

#[tokio::test]
async fn a_request_that_nobody_answers_is_not_agreed_to_later() {
    let mut bot = known(1..400).await;
    let id = drafted(&mut bot).await.id;
    bot.hear(AUTHOR, &to(id, Do::Send)).await;
    bot.pass(3 * Ms::DAY).await;
    bot.hear(OTHER, &to(id, Do::Yes(401))).await;
    assert_eq!(bot.core.store.campaign(id).await.unwrap(), None);
    bot.hear(AUTHOR, &to(id, Do::Stop)).await;
    assert_eq!(stage(&bot, id).await, Stage::Draft);
}

#[tokio::test]
async fn a_button_of_an_announcement_that_was_not_hers_leaves_nothing() {
    let mut bot = known(1..10).await;
    let id = drafted(&mut bot).await.id;
    bot.hear(AUTHOR, &to(id, Do::Ack)).await;
    let (author, at) = (AUTHOR, Ms(1));
    let campaign = Campaign {
        id,
        author,
        at,
        text: "Завтра".into(),
        state: CampaignState::Running,
        starts: at,
        local: false,
        reads: Reads::default(),
    };
    make(&bot, vec![Op::StartCampaign(campaign, vec![(OTHER, at)].into())]).await;
    for who in [AUTHOR, OTHER] {
        bot.hear(who, &press(Action::LetterPress { id, n: 0 })).await;
        bot.hear(who, &press(Action::LetterPress { id, n: 7 })).await;
        bot.hear(who, &press(Action::LetterPress { id: CampaignId(5), n: 0 })).await;
    }
    let pressed = bot.core.store.pressed(id, None, 9).await.unwrap();
    assert_eq!(pressed.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [OTHER]);
    assert_eq!(bot.failed(), 0);
}

#[tokio::test]
async fn one_that_comes_again_is_sent_once_each_time() {
    let mut bot = known(1..10).await;
    let draft = drafted(&mut bot).await;
    let rule = Rule::weekly(Weekdays::of(&[1]), crate::domain::Hm { hour: 9, minute: 0 });
    let due = bot.core.clock.now().plus(Ms::HOUR);
    let stage = Stage::Repeats { next: Some(due), by: None };
    let letter = Letter { when: When::Repeat(rule), stage, ..draft.clone() };
    make(&bot, vec![Op::PutLetter(Box::new(letter))]).await;
    let campaigns = async |bot: &Alone| bot.core.store.campaigns(9).await.unwrap().len();
    crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    assert_eq!(campaigns(&bot).await, 0, "its moment has not come");
    bot.pass(Ms::HOUR).await;
    for _ in 0..3 {
        crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    }
    assert_eq!(campaigns(&bot).await, 1);
    let next = crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    assert!(next.is_some_and(|at| at > bot.core.clock.now()));
    // A bot that did not run for long sends no word of last week.
    bot.pass(9 * Ms::DAY).await;
    crate::campaigns::repeat_pass(&bot.core).await.unwrap();
    assert_eq!(campaigns(&bot).await, 1);
}

#[tokio::test]
async fn a_room_with_everything_in_it_still_has_its_buttons() {
    let mut bot = known(20..30).await;
    let mut ops = Vec::new();
    for n in 1..=3 {
        let campaign = Campaign {
            id: CampaignId(n),
            author: AUTHOR,
            at: Ms(0),
            text: format!("Объявление {n}"),
            state: CampaignState::Finished,
            starts: Ms(0),
            local: false,
            reads: Reads::default(),
        };
        ops.push(Op::StartCampaign(campaign, [(UserId(20), Ms(0))].into()));
        let named =
            PageRef {
                id: GroupId(n as i64), screen_name: format!("p{n}"), name: format!("Школа № {n}")
            };
        let mut page = Page::new(named, Ms(0));
        page.admins = vec![Admin::new(UserId(20), Ms(0)), Admin::new(UserId(21), Ms(0))];
        page.say(Word { what: Aspect::Badge, yes: true, by: UserId(20), confirmed: false, at: Ms(0) });
        ops.push(Op::PutPage(Box::new(page)));
        let talk =
            Handoff::new(n, UserId(20 + n as i64), Ms(0), Context::default(), None, "Как поменять обложку?");
        ops.push(Op::PutHandoff(Box::new(talk)));
    }
    make(&bot, ops).await;
    bot.hear(AUTHOR, &press(Action::Announce)).await;
    bot.hear(AUTHOR, &typed("Завтра в 15:00 семинар для всех")).await;
    let room = bot.hear(AUTHOR, &press(Action::Cabinet)).await.messages.pop().unwrap();
    let keyboard = room.keyboard.expect("all of the room's buttons are gone");
    for label in ["Кто ведёт страницу", "Новое объявление", "Занятия", "Вопросы людей", "Меню"]
    {
        assert!(keyboard.contains(label), "{label}: {keyboard}");
    }
    let runners = bot.hear(AUTHOR, &press(Action::Runners)).await.messages.pop().unwrap();
    assert!(runners.keyboard.unwrap().contains("Слова о страницах: 3"));
}
