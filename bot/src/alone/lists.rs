//! The lists of the staff's room: full ones keep their buttons, and as tables they hold what is hers to see.

use vk_sandbox::check_message;
use vkapi::types::{Cmid, UserId};

use super::{Alone, fuzz::acquaint};
use crate::{
    chat::{Action, Event},
    config::Staff,
    domain::{
        Asked, Campaign, CampaignId, CampaignState, Class, ClassState, Context, Grant, Handoff, ListOf, Ms,
        Person, Role, Scope,
        letter::{Letter, Stage},
    },
    outbox::{list, list_table},
    sheets::{Cell, Table},
    store::{Commit, Op, OutFile, OutMessage, Store, conformance::samples},
};

const TRAINER: UserId = UserId(1006);
const SCOPED: UserId = UserId(1010);
const CURATOR: UserId = UserId(1005);
const ADMIN: UserId = UserId(101);
const ALL: [ListOf; 5] =
    [ListOf::Letters, ListOf::Classes, ListOf::Questions, ListOf::Handoffs, ListOf::Roles];
/// Questions of which no two mean the same.
const QUESTIONS: [&str; 9] = [
    "где взять рыбу для аквариума",
    "почём нынче трактор",
    "болит голова что делать",
    "когда прилетит космический корабль",
    "сколько весит слон",
    "кто написал Каренину",
    "как сварить борщ",
    "зачем кошке хвост",
    "куда уехал цирк",
];

fn press(action: Action) -> Event {
    Event::Press(Some(action), Some(Cmid(3)))
}

fn of(town: &str) -> Scope {
    Scope { municipality: Some(town.to_owned()), ..Scope::default() }
}

/// A bot in which nine of everything happen in Моршанск and one in Кирсанов, with a trainer of all and of Кирсанов, and a
/// curator of Кирсанов.
async fn busy() -> Alone {
    let mut bot = Alone::new(Staff { trainers: vec![TRAINER.0], ..Staff::default() });
    let now = bot.clock_now();
    let grant = |id, who, role| Grant {
        id,
        by: Some(UserId(1)),
        scope: of("Кирсанов"),
        ..Grant::of_config(who, role)
    };
    let mut ops = vec![
        Op::PutGrant(Box::new(grant(1, SCOPED, Role::Trainer))),
        Op::PutGrant(Box::new(grant(2, CURATOR, Role::Curator))),
    ];
    for (n, question) in (0..10).zip(QUESTIONS.into_iter().chain(["можно ли купаться зимой"]))
    {
        let town = if n == 9 { "Кирсанов" } else { "Моршанск" };
        let who = 70_000 + n;
        let person = Person { municipality: Some(town.to_owned()), ..Person::new(UserId(who), now) };
        ops.push(Op::PutPerson(Box::new(person)));
        ops.push(Op::PutAsked(
            Asked { text: question.to_owned(), ..samples::asked(who, 0, 1 + n.unsigned_abs(), now.0) }.into(),
        ));
        let context = Context { municipality: Some(town.to_owned()), ..Context::default() };
        ops.push(Op::PutHandoff(Box::new(Handoff::new(
            500 + n.unsigned_abs(),
            UserId(who),
            now,
            context,
            None,
            question,
        ))));
        let class = Class {
            state: ClassState::Open,
            starts: now.plus((n + 1) * Ms::DAY),
            enrol_by: None,
            spheres: Vec::new(),
            municipality: Some(town.to_owned()),
            title: format!("Занятие {n} в городе {town}"),
            ..samples::class(100 + n.unsigned_abs())
        };
        ops.push(Op::PutClass(Box::new(class)));
        let author = if n == 9 { SCOPED } else { TRAINER };
        let id = 200 + n.unsigned_abs();
        let campaign = Campaign {
            author,
            text: format!("Объявление {n}"),
            ..samples::campaign(id, CampaignState::Finished)
        };
        let to = crate::domain::segment::Segment {
            atoms: vec![crate::domain::segment::Atom::Place(town.to_owned())],
        };
        let letter = Letter { to, ..samples::letter(id, author.0, Stage::Sent { by: None }) };
        ops.push(Op::PutLetter(Box::new(letter)));
        ops.push(Op::StartCampaign(campaign, [(UserId(who), now)].into()));
        ops.push(Op::Press(CampaignId(id), UserId(who), true, now));
    }
    for n in 0..3 {
        ops.push(Op::PutLetter(Box::new(Letter::draft(
            CampaignId(300 + n),
            TRAINER,
            now,
            "Черновик".into(),
        ))));
    }
    bot.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    for who in [TRAINER, SCOPED, CURATOR, ADMIN] {
        acquaint(&mut bot, who).await;
    }
    bot
}

async fn table(bot: &Alone, who: UserId, of: ListOf) -> Table {
    let rights = bot.core.rights(who).await.unwrap();
    list_table(&bot.core, who, &rights, of).await.unwrap()
}

#[tokio::test]
async fn the_middle_of_a_long_list_keeps_all_its_buttons_and_the_way_back_and_home() {
    let mut bot = busy().await;
    for (list, most) in [
        (Action::Handoffs { p: 1 }, 9),
        (Action::Questions { p: 1 }, 9),
        (Action::Training { p: 1 }, 10),
        (Action::Letters { p: 0 }, 10),
        (Action::Letters { p: 1 }, 10),
    ] {
        let shown = bot.hear(TRAINER, &press(list.clone())).await;
        let message = shown.last(TRAINER).unwrap();
        let keyboard =
            message.keyboard.as_deref().unwrap_or_else(|| panic!("{list:?}: its buttons are gone"));
        check_message(&message.text, Some(keyboard)).unwrap_or_else(|e| panic!("{list:?}: {e:?}"));
        for label in ["Таблица", "Дальше ›", "Кабинет", "Меню"] {
            assert!(keyboard.contains(&format!("\"{label}\"")), "{list:?}: {label}: {keyboard}");
        }
        let first = matches!(list, Action::Letters { p: 0 });
        assert_eq!(keyboard.contains("‹ Раньше"), !first, "{list:?}");
        let buttons = keyboard.matches("\"label\"").count();
        assert_eq!(buttons, if first { most - 1 } else { most }, "{list:?}: {keyboard}");
    }
}

#[tokio::test]
async fn a_table_holds_what_its_list_shows_to_her_and_is_written_into_the_log() {
    let mut bot = busy().await;
    for of in ALL {
        let sent = bot.hear(SCOPED, &press(Action::ListSend { l: of })).await;
        let message = sent.last(SCOPED).unwrap();
        assert_eq!(message.file, Some(OutFile::List(of)));
        let keyboard = message.keyboard.as_deref().unwrap();
        assert!(keyboard.contains("Назад") && keyboard.contains("Меню"), "{keyboard}");
        let (all, hers) = (table(&bot, TRAINER, of).await, table(&bot, SCOPED, of).await);
        let rows = match of {
            ListOf::Letters => (13, 1),
            ListOf::Classes | ListOf::Questions | ListOf::Handoffs => (10, 1),
            ListOf::Roles => (3, 2),
        };
        assert_eq!((all.rows.len(), hers.rows.len()), rows, "{of:?}: {:?}", hers.rows);
        let told = format!("{:?}", hers.rows);
        if of == ListOf::Letters {
            assert_eq!((&*hers.heading[8], &hers.rows[0][8]), ("Ознакомились", &Cell::Number(1)));
        }
        let mark = match of {
            ListOf::Letters => "Объявление 9",
            ListOf::Classes => "Занятие 9 в городе Кирсанов",
            ListOf::Questions => "купаться",
            ListOf::Handoffs | ListOf::Roles => "Кирсанов",
        };
        assert!(told.contains(mark) && !told.contains("70009"), "{of:?}: {told}");
    }
    let log = bot.core.store.audit(99).await.unwrap();
    for what in ["letters-table", "classes-table", "questions-table", "handoffs-table", "roles-table"] {
        assert_eq!(log.iter().filter(|line| line.what == what && line.who == SCOPED).count(), 1, "{what}");
    }
}

#[tokio::test]
async fn nobody_gets_a_table_without_the_right_nor_after_it_was_taken() {
    let mut bot = busy().await;
    let tried = [(ADMIN, &ALL[..]), (CURATOR, &[ListOf::Classes][..])];
    for (who, lists) in tried {
        for of in lists {
            let answered = bot.hear(who, &press(Action::ListSend { l: *of })).await;
            assert!(answered.messages.iter().all(|message| message.file.is_none()), "{who} {of:?}");
        }
        let log = bot.core.store.audit(999).await.unwrap();
        let refused = log.iter().filter(|line| line.what == "refused" && line.who == who).count();
        assert_eq!(refused, lists.len(), "{who}");
    }
    // A curator sees announcements and questions of her part, and no drafts.
    for of in [ListOf::Letters, ListOf::Questions] {
        assert_eq!(table(&bot, CURATOR, of).await.rows.len(), 1, "{of:?}");
    }
    // Between the press and the file her role was taken: VK, which would refuse everything here, is not even asked.
    let drop = vec![Op::DropGrant(SCOPED, 1)];
    bot.core.store.commit(Commit { expect: Vec::new(), ops: drop }).await.unwrap();
    for of in ALL {
        let mut message =
            OutMessage { to: SCOPED.into(), ..samples::message(SCOPED.0, "Вот таблица") };
        assert_eq!(list(&bot.core, &mut message, SCOPED, of).await.unwrap(), None);
        assert_eq!(message.text, "Вот таблица", "no upload was tried");
    }
}

#[tokio::test]
async fn of_a_list_that_is_empty_by_then_the_message_says_so() {
    let mut bot = Alone::new(Staff { trainers: vec![TRAINER.0], ..Staff::default() });
    acquaint(&mut bot, TRAINER).await;
    // Of roles there is always her own.
    for of in ALL.into_iter().filter(|of| *of != ListOf::Roles) {
        let mut message = samples::message(TRAINER.0, "Вот таблица");
        assert_eq!(list(&bot.core, &mut message, TRAINER, of).await.unwrap(), None);
        assert_eq!(message.text, "Список успел опустеть: в таблицу положить нечего.");
    }
    let training = bot.hear(TRAINER, &press(Action::Training { p: 0 })).await;
    assert!(!training.last(TRAINER).unwrap().keyboard.as_deref().unwrap().contains("Таблица"));
}
