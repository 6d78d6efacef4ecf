//! In order for each person, side by side for different ones, and nobody harmed by another's failure.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    collections::VecDeque,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use proptest::prelude::*;
use serde_json::{json, value::RawValue};
use tokio::time::{Instant, sleep};
use vkapi::{
    Bot, Call,
    dispatching::{Behind, BoxError, DispatchError, Dispatcher, DispatcherBuilder},
    prelude::*,
    update_listeners::{Batch, ListenerError, ListenerErrorKind, UpdateListener},
};

type Error = String;

/// Gives batches one after another, then waits or ends.
struct Script {
    batches: VecDeque<Batch>,
    end: Option<ListenerError>,
}

impl UpdateListener for Script {
    async fn next(&mut self) -> Result<Batch, ListenerError> {
        match (self.batches.pop_front(), &self.end) {
            (Some(batch), _) => Ok(batch),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => pending().await,
        }
    }
}

fn ended() -> ListenerError {
    ListenerError { kind: ListenerErrorKind::BadToken, source: RequestError::Timeout }
}

/// Batches of messages: each is who wrote; the text is the number of the message in all.
fn batches(writers: &[Vec<i64>]) -> VecDeque<Batch> {
    let mut number = 0;
    let mut batch = |(index, writers): (usize, &Vec<i64>)| {
        let mut message = |user: &i64| {
            number += 1;
            let message = json!({"from_id": user, "peer_id": user, "text": number.to_string()});
            event(&format!("e{number}"), "message_new", &json!({ "message": message }))
        };
        Batch {
            ts: Some((index + 1).to_string()),
            updates: writers.iter().map(&mut message).collect(),
            ..Batch::default()
        }
    };
    writers.iter().enumerate().map(&mut batch).collect()
}

fn event(event_id: &str, kind: &str, object: &serde_json::Value) -> Update {
    let event = json!({"type": kind, "group_id": 1, "event_id": event_id, "object": object});
    Update::read(RawValue::from_string(event.to_string()).unwrap(), GroupId(1))
}

fn finite(writers: &[Vec<i64>]) -> Script {
    Script { batches: batches(writers), end: Some(ended()) }
}

/// Everything handlers did, in order.
type Diary = Arc<Mutex<Vec<String>>>;

fn builder(handler: UpdateHandler<Error>, diary: &Diary) -> DispatcherBuilder<Error> {
    Dispatcher::builder(Bot::new("t").unwrap(), handler).dependencies(deps![Arc::clone(diary)])
}

async fn run(dispatcher: Dispatcher<Error>, script: Script) {
    let error = dispatcher.dispatch_with(script).await.unwrap_err();
    assert!(matches!(error, DispatchError::Listener(_)), "{error}");
}

fn told(diary: &Diary) -> Vec<String> {
    diary.lock().unwrap().clone()
}

async fn slow(new: Arc<MessageNew>, diary: Diary) -> Result<(), Error> {
    let Message { from_id, text, .. } = &new.message;
    diary.lock().unwrap().push(format!("{from_id} begins {text}"));
    sleep(Duration::from_secs(1)).await;
    diary.lock().unwrap().push(format!("{from_id} ends {text}"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn every_batch_is_shown_before_it_is_handled_also_one_without_events() {
    let (diary, seen) = (Diary::default(), Diary::default());
    let dispatcher = builder(Update::filter_message_new().endpoint(slow), &diary).on_batch({
        let (diary, seen) = (Arc::clone(&diary), Arc::clone(&seen));
        move |batch| {
            let handled = diary.lock().unwrap().len();
            seen.lock().unwrap().push(format!("{} at {handled}", batch.updates.len()));
        }
    });
    run(dispatcher.build(), finite(&[vec![1], vec![], vec![]])).await;
    assert_eq!(told(&seen)[0], "1 at 0");
    assert_eq!(told(&seen).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn one_persons_messages_are_in_order_and_people_are_side_by_side() {
    let diary = Diary::default();
    let started = Instant::now();
    let dispatcher = builder(Update::filter_message_new().endpoint(slow), &diary).build();
    run(dispatcher, finite(&[vec![1, 2, 1], vec![1, 3]])).await;
    assert_eq!(
        started.elapsed(),
        Duration::from_secs(3),
        "three messages of one person, the others meanwhile"
    );
    let of_1: Vec<_> = told(&diary).into_iter().filter(|line| line.starts_with("1 ")).collect();
    assert_eq!(of_1, ["1 begins 1", "1 ends 1", "1 begins 3", "1 ends 3", "1 begins 4", "1 ends 4"]);
    assert_eq!(told(&diary).len(), 10);
}

async fn looks_back(new: Arc<MessageNew>, behind: Behind, diary: Diary) -> Result<(), Error> {
    let text = |update: &Arc<Update>| match &update.kind {
        UpdateKind::MessageNew(new) => new.message.text.clone(),
        other => other.name().to_owned(),
    };
    let waiting: Vec<String> = behind.0.iter().map(text).collect();
    diary.lock().unwrap().push(format!("{}: {}", new.message.text, waiting.join(" ")));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_see_what_of_the_same_person_waits_behind() {
    let diary = Diary::default();
    let handler = Update::filter_message_new().endpoint(looks_back);
    run(builder(handler, &diary).concurrency(1).build(), finite(&[vec![1, 2, 1, 1]])).await;
    let mut told = told(&diary);
    told.sort_unstable();
    assert_eq!(told, ["1: 3 4", "2: ", "3: 4", "4: "]);
}

#[tokio::test(start_paused = true)]
async fn no_more_run_side_by_side_than_allowed_and_no_more_are_taken_than_fit() {
    let diary = Diary::default();
    let dispatcher =
        builder(Update::filter_message_new().endpoint(slow), &diary).concurrency(2).queue(3).build();
    let writers: Vec<_> = (1..=20).map(|user| vec![user]).collect();
    run(dispatcher, finite(&writers)).await;
    let mut running = 0;
    for line in told(&diary) {
        running += if line.contains("begins") { 1 } else { -1 };
        assert!((0..=2).contains(&running));
    }
    assert_eq!(told(&diary).len(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_holds_the_listener_back() {
    struct Counting(Arc<Mutex<usize>>);
    impl UpdateListener for Counting {
        async fn next(&mut self) -> Result<Batch, ListenerError> {
            *self.0.lock().unwrap() += 1;
            let number = *self.0.lock().unwrap();
            let object = json!({"user_id": number});
            let update = event(&number.to_string(), "message_deny", &object);
            Ok(Batch { ts: Some(number.to_string()), updates: vec![update], ..Batch::default() })
        }
    }
    let taken = Arc::new(Mutex::new(0));
    let handler = Update::filter_message_deny().endpoint(|| async { pending().await });
    let dispatcher = builder(handler, &Diary::default()).queue(5).build();
    tokio::spawn(dispatcher.dispatch_with(Counting(Arc::clone(&taken))));
    sleep(Duration::from_secs(60)).await;
    let taken = *taken.lock().unwrap();
    assert!((5..=8).contains(&taken), "{taken}");
}

#[tokio::test(start_paused = true)]
async fn a_panic_and_an_error_reach_the_error_handler_and_harm_nobody() {
    async fn moody(new: Arc<MessageNew>, diary: Diary) -> Result<(), Error> {
        match new.message.text.as_str() {
            "1" => panic!("ой"),
            "2" => Err("нет".to_owned()),
            text => {
                diary.lock().unwrap().push(format!("handled {text}"));
                Ok(())
            }
        }
    }
    let diary = Diary::default();
    let notes = Arc::clone(&diary);
    let on_error = move |failure: Failure<Error>, context: ErrorContext| {
        let notes = Arc::clone(&notes);
        async move {
            let panicked = matches!(failure, Failure::Panic(_));
            notes.lock().unwrap().push(format!("{failure} of {}", context.update.user_id().unwrap()));
            assert!(!panicked, "even an error handler's panic harms nobody");
        }
    };
    let dispatcher =
        builder(Update::filter_message_new().endpoint(moody), &diary).error_handler(on_error).build();
    run(dispatcher, finite(&[vec![1], vec![1], vec![1, 2]])).await;
    assert_eq!(told(&diary), ["panic: ой of 1", "нет of 1", "handled 3", "handled 4"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_handler_may_answer_the_person_with_what_handlers_have() {
    struct Apology(&'static str);
    let fake = common::Fake(|call: &Call| {
        assert_eq!(call.method, "messages.send");
        let said = call.form.iter().find(|(name, _)| name == "message").map(|(_, text)| text.as_str());
        assert_eq!(said, Some("Что-то пошло не так. Номер: 1"));
        json!({"response": [{"peer_id": 5, "message_id": 1, "conversation_message_id": 1}]})
    });
    let diary = Diary::default();
    let on_error = async |failure: Failure<Error>, context: ErrorContext| {
        assert_eq!(failure.to_string(), "упало");
        let peer = context.update.peer_id().unwrap();
        let apology = context.dependencies.get::<Arc<Apology>>();
        let text = format!("{} Номер: 1", apology.0);
        context.bot.messages_send(peer, text).await.unwrap();
        context.dependencies.get::<Diary>().lock().unwrap().push(format!("answered {peer}"));
    };
    let handler = Update::filter_message_new().endpoint(async || Err("упало".to_owned()));
    let dispatcher = Dispatcher::builder(fake.bot(), handler)
        .dependencies(deps![Arc::clone(&diary), Arc::new(Apology("Что-то пошло не так."))])
        .error_handler(on_error)
        .build();
    run(dispatcher, finite(&[vec![5]])).await;
    assert_eq!(told(&diary), ["answered 5"]);
}

#[tokio::test(start_paused = true)]
async fn a_callback_event_holds_the_cursor_back_and_does_not_move_it() {
    let saves = Saves::default();
    let mut script = finite(&[vec![1], vec![2]]);
    let by_itself = Batch { ts: None, ..batches(&[vec![3, 3]]).pop_front().unwrap() };
    // Its numbers are those of the first batches: told apart, or taken for repeats.
    let renamed = by_itself.updates.into_iter().enumerate().map(|(n, mut update)| {
        update.event_id = Some(format!("c{n}"));
        update
    });
    let by_itself = Batch { updates: renamed.collect(), ..Batch::default() };
    script.batches.insert(1, by_itself);
    let dispatcher =
        builder(Update::filter_message_new().endpoint(slow), &Diary::default()).cursor(saves.clone()).build();
    let running = tokio::spawn(run(dispatcher, script));
    sleep(Duration::from_millis(1500)).await;
    assert_eq!(saves.all(), ["1"], "the second batch is handled, what came between is not");
    running.await.unwrap();
    assert_eq!(saves.all(), ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_twice_is_handled_once() {
    let diary = Diary::default();
    let mut script = finite(&[vec![1, 2]]);
    let mut again = batches(&[vec![1, 2, 3]]).pop_front().unwrap();
    again.ts = Some("2".to_owned());
    script.batches.push_back(again);
    run(builder(Update::filter_message_new().endpoint(slow), &diary).build(), script).await;
    assert_eq!(told(&diary).iter().filter(|line| line.contains("begins")).count(), 3);
}

#[tokio::test(start_paused = true)]
async fn branches_take_their_kinds_and_the_default_handler_takes_the_rest() {
    async fn allowed(allow: Arc<MessageAllow>, diary: Diary) -> Result<(), Error> {
        diary.lock().unwrap().push(format!("{} allows", allow.user_id));
        Ok(())
    }
    async fn pressed(event: Arc<MessageEvent>, update: Arc<Update>, diary: Diary) -> Result<(), Error> {
        assert_eq!(update.kind.name(), "message_event");
        diary.lock().unwrap().push(format!("{} presses {}", event.user_id, event.payload));
        Ok(())
    }
    let diary = Diary::default();
    // A tree of this shape is refused at build by dptree's own entry.
    let handler = dptree::entry()
        .branch(Update::filter_message_allow().endpoint(allowed))
        .branch(Update::filter_message_event().endpoint(pressed))
        .branch(dptree::filter(|update: Arc<Update>| update.user_id() == Some(UserId(9))).endpoint(
            |diary: Diary| async move {
                diary.lock().unwrap().push("the ninth".to_owned());
                Ok(())
            },
        ));
    let notes = Arc::clone(&diary);
    let dispatcher = builder(handler, &diary)
        .default_handler(move |update| {
            notes.lock().unwrap().push(format!("nobody takes {}", update.kind.name()));
            std::future::ready(())
        })
        .key(|_| Some(0))
        .build();
    let press = json!({"user_id": 2, "peer_id": 2, "event_id": "0123456789ab", "payload": {"a": 1}});
    let updates = vec![
        event("1", "message_allow", &json!({"user_id": 1, "key": ""})),
        event("2", "message_event", &press),
        event("3", "message_deny", &json!({"user_id": 3})),
        event("4", "message_deny", &json!({"user_id": 9})),
        event("5", "of_tomorrow", &json!({})),
    ];
    let batch = Batch { ts: Some("1".to_owned()), updates, ..Batch::default() };
    run(dispatcher, Script { batches: VecDeque::from([batch]), end: Some(ended()) }).await;
    let expected = [
        "1 allows",
        r#"2 presses {"a":1}"#,
        "nobody takes message_deny",
        "the ninth",
        "nobody takes of_tomorrow",
    ];
    assert_eq!(told(&diary), expected);
}

#[test]
#[should_panic(expected = "bool")]
fn a_handler_that_asks_for_what_nobody_gives_is_refused_when_built() {
    let handler = Update::filter_message_new().endpoint(|_: bool| async { Ok::<_, Error>(()) });
    let _ = builder(handler, &Diary::default()).build();
}

/// A cursor kept in memory; every save is remembered.
#[derive(Clone, Default)]
struct Saves(Arc<Mutex<Vec<String>>>);

impl Saves {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl CursorStore for Saves {
    async fn load(&self) -> Result<Option<String>, BoxError> {
        Ok(self.0.lock().unwrap().last().cloned())
    }

    async fn save(&self, ts: &str) -> Result<(), BoxError> {
        sleep(Duration::from_millis(7)).await;
        self.0.lock().unwrap().push(ts.to_owned());
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_what_was_taken_end() {
    let diary = Diary::default();
    let saves = Saves::default();
    let dispatcher = builder(Update::filter_message_new().endpoint(slow), &diary)
        .cursor(saves.clone())
        .concurrency(1)
        .build();
    let stop = dispatcher.shutdown_token();
    let script = Script { batches: batches(&[vec![1, 2], vec![3]]), end: None };
    let running = tokio::spawn(dispatcher.dispatch_with(script));
    sleep(Duration::from_millis(500)).await;
    stop.shutdown();
    running.await.unwrap().unwrap();
    assert_eq!(told(&diary).len(), 6, "two events of the first batch and one of the second");
    assert_eq!(saves.all().last().map(String::as_str), Some("2"));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_by_the_deadline_is_dropped_and_its_place_is_not_saved() {
    async fn stuck_on_2(new: Arc<MessageNew>) -> Result<(), Error> {
        if new.message.text == "2" { pending().await } else { Ok(()) }
    }
    let diary = Diary::default();
    let saves = Saves::default();
    let dispatcher = builder(Update::filter_message_new().endpoint(stuck_on_2), &diary)
        .cursor(saves.clone())
        .shutdown_deadline(Duration::from_secs(3))
        .build();
    let stop = dispatcher.shutdown_token();
    let script = Script { batches: batches(&[vec![1], vec![2, 3], vec![4]]), end: None };
    let running = tokio::spawn(dispatcher.dispatch_with(script));
    sleep(Duration::from_secs(1)).await;
    let started = Instant::now();
    stop.shutdown();
    running.await.unwrap().unwrap();
    assert_eq!(started.elapsed(), Duration::from_secs(3));
    assert_eq!(saves.all(), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn empty_batches_move_the_place_and_save_only_when_they_do() {
    let saves = Saves::default();
    let dispatcher =
        builder(Update::filter_message_new().endpoint(slow), &Diary::default()).cursor(saves.clone()).build();
    let empty = |ts: &str| Batch { ts: Some(ts.to_owned()), ..Batch::default() };
    let batches = VecDeque::from([empty("5"), empty("5"), empty("6")]);
    run(dispatcher, Script { batches, end: Some(ended()) }).await;
    assert_eq!(saves.all().last().map(String::as_str), Some("6"));
    assert!(saves.all().len() <= 2);
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_cannot_be_saved_is_tried_again() {
    struct Sulky(Mutex<u32>, Saves);
    impl CursorStore for Sulky {
        async fn load(&self) -> Result<Option<String>, BoxError> {
            Ok(None)
        }

        async fn save(&self, ts: &str) -> Result<(), BoxError> {
            *self.0.lock().unwrap() += 1;
            if *self.0.lock().unwrap() < 3 {
                Err("full".into())
            } else {
                CursorStore::save(&self.1, ts).await
            }
        }
    }
    let saves = Saves::default();
    let dispatcher = builder(Update::filter_message_new().endpoint(slow), &Diary::default())
        .cursor(Sulky(Mutex::new(0), saves.clone()))
        .build();
    let stop = dispatcher.shutdown_token();
    let running = tokio::spawn(dispatcher.dispatch_with(Script { batches: batches(&[vec![1]]), end: None }));
    sleep(Duration::from_secs(10)).await;
    stop.shutdown();
    running.await.unwrap().unwrap();
    assert_eq!(saves.all(), ["1"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_cursor_never_passes_an_unfinished_event_and_always_reaches_the_end(
        writers in prop::collection::vec(prop::collection::vec(1_i64..6, 0..5), 1..12),
        times in prop::collection::vec((0_u64..50, any::<bool>()), 60),
    ) {
        type Snapshot = (String, Vec<usize>);
        #[derive(Clone, Default)]
        struct World {
            saves: Saves,
            finished: Arc<Mutex<Vec<usize>>>,
            times: Arc<Vec<(u64, bool)>>,
            /// For each `ts` stored: what was finished just before.
            snapshots: Arc<Mutex<Vec<Snapshot>>>,
        }
        impl CursorStore for World {
            async fn load(&self) -> Result<Option<String>, BoxError> {
                Ok(None)
            }

            async fn save(&self, ts: &str) -> Result<(), BoxError> {
                let finished = self.finished.lock().unwrap().clone();
                self.snapshots.lock().unwrap().push((ts.to_owned(), finished));
                CursorStore::save(&self.saves, ts).await
            }
        }
        async fn work(new: Arc<MessageNew>, ticket: Ticket, world: World) -> Result<(), Error> {
            let number: usize = new.message.text.parse().unwrap();
            let (time, stores) = world.times[number];
            sleep(Duration::from_millis(time)).await;
            let cursor = if stores { ticket.cursor() } else { None };
            if let Some(ts) = &cursor {
                // A commit takes its time too.
                sleep(Duration::from_millis(time / 2)).await;
                let mut finished = world.finished.lock().unwrap().clone();
                finished.push(number);
                world.snapshots.lock().unwrap().push((ts.clone(), finished));
                world.saves.0.lock().unwrap().push(ts.clone());
                ticket.stored(ts);
            }
            world.finished.lock().unwrap().push(number);
            Ok(())
        }
        let world = World { times: Arc::new(times), ..World::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let dispatcher = Dispatcher::builder(
                Bot::new("t").unwrap(),
                Update::filter_message_new().endpoint(work),
            )
            .dependencies(deps![world.clone()])
            .cursor(world.clone())
            .concurrency(4)
            .build();
            run(dispatcher, finite(&writers)).await;
        });

        let mut last_of_batch = Vec::new();
        let mut number = 0;
        for batch in &writers {
            number += batch.len();
            last_of_batch.push(number);
        }
        for (ts, finished) in world.snapshots.lock().unwrap().iter() {
            let upto = last_of_batch[ts.parse::<usize>().unwrap() - 1];
            for event in 1..=upto {
                prop_assert!(finished.contains(&event), "{ts} was stored before event {event} was finished");
            }
        }
        let saves: Vec<usize> = world.saves.all().iter().map(|ts| ts.parse().unwrap()).collect();
        prop_assert!(saves.windows(2).all(|pair| pair[0] < pair[1]), "{saves:?}");
        prop_assert_eq!(saves.last().copied(), Some(writers.len()));
    }
}
