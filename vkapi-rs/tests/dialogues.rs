//! Conversations of several steps: whose, for how long, and what a changed program makes of old ones.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex},
    time::{Duration, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use serde_json::{json, value::to_raw_value};
use vkapi::{
    Clock,
    dispatching::dialogue::{
        self, DialogueError, DialogueKey, InMemStorage, Key, Loaded, PerPeer, SledStorage, Storage,
        Undecodable,
    },
    prelude::*,
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum State {
    #[default]
    Start,
    Age {
        name: String,
    },
}

type Answer = Result<String, DialogueError>;

fn message(peer: i64, user: i64, text: &str) -> Arc<Update> {
    let message = json!({"from_id": user, "peer_id": peer, "text": text});
    let event =
        json!({"type": "message_new", "group_id": 7, "event_id": "e", "object": {"message": message}});
    Arc::new(Update::read(to_raw_value(&event).unwrap(), GroupId(7)))
}

fn key(peer: i64, user: i64) -> Key {
    Key { group_id: GroupId(7), peer_id: PeerId(peer), user_id: Some(UserId(user)) }
}

/// A bot that asks for a name, then for an age.
fn interview<K: DialogueKey, S: Storage<State>>() -> dptree::Handler<'static, Answer> {
    dialogue::enter::<K, S, State, _>().branch(
        Update::filter_message_new()
            .branch(case![State::Start].endpoint(ask::<S>))
            .branch(case![State::Age { name }].endpoint(end::<S>)),
    )
}

async fn ask<S: Storage<State>>(dialogue: Dialogue<State, S>, new: Arc<MessageNew>) -> Answer {
    match new.message.text.as_str() {
        "зовут" => Ok("Как вас зовут?".to_owned()),
        name => {
            dialogue.update(State::Age { name: name.to_owned() }).await?;
            Ok("Сколько вам лет?".to_owned())
        }
    }
}

async fn end<S: Storage<State>>(dialogue: Dialogue<State, S>, name: String, new: Arc<MessageNew>) -> Answer {
    dialogue.exit().await?;
    Ok(format!("{name}, {}", new.message.text))
}

async fn said<K: DialogueKey, S: Storage<State>>(storage: &Arc<S>, update: Arc<Update>) -> Option<Answer> {
    let handler = interview::<K, S>();
    dptree::type_check(handler.sig(), &deps![Arc::clone(storage), Arc::clone(&update)], &[]);
    match handler.dispatch(deps![Arc::clone(storage), update]).await {
        ControlFlow::Break(said) => Some(said),
        ControlFlow::Continue(_) => None,
    }
}

async fn tell<S: Storage<State>>(storage: &Arc<S>, peer: i64, user: i64, text: &str) -> String {
    said::<Update, S>(storage, message(peer, user, text)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_dialogue_goes_from_step_to_step_and_ends() {
    let storage = InMemStorage::<State>::new();
    assert_eq!(tell(&storage, 5, 5, "Мария").await, "Сколько вам лет?");
    assert_eq!(tell(&storage, 5, 5, "30").await, "Мария, 30");
    assert!(storage.is_empty(), "nothing is left of it");
    assert_eq!(tell(&storage, 5, 5, "Мария").await, "Сколько вам лет?", "and it may begin anew");
}

#[tokio::test]
async fn nothing_is_written_until_the_state_changes() {
    let storage = InMemStorage::<State>::new();
    for user in 1..100 {
        assert_eq!(tell(&storage, user, user, "зовут").await, "Как вас зовут?");
    }
    assert!(storage.is_empty());
}

#[tokio::test]
async fn people_in_one_chat_do_not_disturb_one_another() {
    let (storage, chat) = (InMemStorage::<State>::new(), 2_000_000_001);
    tell(&storage, chat, 1, "Мария").await;
    assert_eq!(tell(&storage, chat, 2, "Ильдар").await, "Сколько вам лет?");
    assert_eq!(tell(&storage, 1, 1, "дома").await, "Сколько вам лет?", "nor the same person elsewhere");
    assert_eq!(tell(&storage, chat, 1, "30").await, "Мария, 30");
    assert_eq!(tell(&storage, chat, 2, "40").await, "Ильдар, 40");
}

#[tokio::test]
async fn a_chat_may_share_one_dialogue() {
    let (storage, chat) = (InMemStorage::<State>::new(), 2_000_000_001);
    said::<PerPeer, _>(&storage, message(chat, 1, "Мария")).await.unwrap().unwrap();
    let second = said::<PerPeer, _>(&storage, message(chat, 2, "40")).await.unwrap().unwrap();
    assert_eq!(second, "Мария, 40");
}

#[tokio::test]
async fn events_of_no_conversation_pass_by() {
    let join = json!({"type": "group_join", "group_id": 7, "object": {"user_id": 5, "join_type": "join"}});
    let join = Arc::new(Update::read(to_raw_value(&join).unwrap(), GroupId(7)));
    assert!(said::<Update, _>(&InMemStorage::<State>::new(), join).await.is_none());
}

#[test]
fn dialogues_want_no_more_events_than_their_handlers() {
    let handler = interview::<Update, InMemStorage<State>>();
    assert_eq!(handler.description().events(), ["message_new"]);
}

/// A clock that is set by hand.
#[derive(Clone, Default)]
struct Hands(Arc<Mutex<Duration>>);

impl Hands {
    fn clock(&self) -> Clock {
        let hands = self.clone();
        Arc::new(move || UNIX_EPOCH + *hands.0.lock().unwrap())
    }

    fn pass(&self, span: Duration) {
        *self.0.lock().unwrap() += span;
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_dialogue_nobody_came_back_to_is_forgotten() {
    let hands = Hands::default();
    let storage = InMemStorage::<State>::with_expiry(HOUR, hands.clock());
    tell(&storage, 5, 5, "Мария").await;
    hands.pass(Duration::from_secs(3599));
    assert_eq!(storage.remove_expired(), 0);
    hands.pass(Duration::from_secs(1));
    assert_eq!(tell(&storage, 5, 5, "Ильдар").await, "Сколько вам лет?");
    hands.pass(HOUR);
    assert_eq!(storage.remove_expired(), 1);
    assert!(storage.is_empty());
}

fn tree(db: &sled::Db) -> sled::Tree {
    db.open_tree("dialogues").unwrap()
}

#[tokio::test]
async fn sled_keeps_a_dialogue_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    {
        let db = sled::open(folder.path()).unwrap();
        tell(&SledStorage::<State>::builder(tree(&db)).build(), 5, 5, "Мария").await;
    }
    let db = sled::open(folder.path()).unwrap();
    let storage = SledStorage::<State>::builder(tree(&db)).build();
    assert_eq!(tell(&storage, 5, 5, "30").await, "Мария, 30");
    assert!(tree(&db).is_empty());
}

#[tokio::test]
async fn sled_forgets_by_the_clock_it_is_given() {
    let db = sled::Config::new().temporary(true).open().unwrap();
    let hands = Hands::default();
    let storage = SledStorage::<State>::builder(tree(&db)).expire_after(HOUR).clock(hands.clock()).build();
    tell(&storage, 5, 5, "Мария").await;
    tell(&storage, 6, 6, "Ильдар").await;
    hands.pass(HOUR / 2);
    tell(&storage, 7, 7, "Анна").await;
    hands.pass(HOUR / 2);
    assert_eq!(storage.get(key(5, 5)).await.unwrap(), Loaded::Nothing);
    assert_eq!(storage.remove_expired().unwrap(), 2);
    assert_eq!(storage.get(key(7, 7)).await.unwrap(), Loaded::State(State::Age { name: "Анна".to_owned() }));
}

#[tokio::test]
async fn a_changed_state_locks_nobody_out() {
    #[derive(Clone, Default, Serialize, Deserialize)]
    enum Old {
        #[default]
        Begin,
        Name,
    }
    let db = sled::Config::new().temporary(true).open().unwrap();
    let old = SledStorage::<Old>::builder(tree(&db)).build();
    old.update(key(5, 5), Old::Name).await.unwrap();

    let skip = SledStorage::<State>::builder(tree(&db)).undecodable(Undecodable::Skip).build();
    assert!(said::<Update, _>(&skip, message(5, 5, "Мария")).await.is_none(), "it passes by");

    let error = SledStorage::<State>::builder(tree(&db)).undecodable(Undecodable::Error).build();
    let told = said::<Update, _>(&error, message(5, 5, "Мария")).await.unwrap().unwrap_err();
    assert!(told.to_string().contains("unknown variant `Name`"), "{told}");
    assert_eq!(tree(&db).len(), 1, "and is kept");

    let reset = SledStorage::<State>::builder(tree(&db)).build();
    assert_eq!(tell(&reset, 5, 5, "Мария").await, "Сколько вам лет?");
    assert_eq!(tell(&reset, 5, 5, "30").await, "Мария, 30");
}

#[tokio::test]
async fn a_state_of_another_version_is_not_taken_for_one_of_this() {
    let db = sled::Config::new().temporary(true).open().unwrap();
    let state = State::Age { name: "Мария".to_owned() };
    SledStorage::<State>::builder(tree(&db)).build().update(key(5, 5), state).await.unwrap();
    let second = SledStorage::<State>::builder(tree(&db)).version(2).undecodable(Undecodable::Error).build();
    let Loaded::Unreadable(reason) = second.get(key(5, 5)).await.unwrap() else { panic!("read") };
    assert_eq!(reason, "version 1, not 2");
    tree(&db).insert(tree(&db).first().unwrap().unwrap().0, b"{").unwrap();
    assert!(matches!(second.get(key(5, 5)).await.unwrap(), Loaded::Unreadable(_)), "nor is rubbish");
}

#[tokio::test]
async fn a_storage_that_fails_ends_the_event_with_an_error() {
    struct Broken;
    impl Storage<State> for Broken {
        async fn get(&self, _: Key) -> Result<Loaded<State>, DialogueError> {
            Err(DialogueError::storage(std::io::Error::other("диск")))
        }

        async fn update(&self, _: Key, _: State) -> Result<(), DialogueError> {
            Ok(())
        }

        async fn remove(&self, _: Key) -> Result<(), DialogueError> {
            Ok(())
        }
    }
    let told = said::<Update, _>(&Arc::new(Broken), message(5, 5, "Мария")).await.unwrap().unwrap_err();
    assert_eq!(told.to_string(), "the storage of dialogues: диск");
}
