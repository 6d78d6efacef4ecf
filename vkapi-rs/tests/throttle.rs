//! Never above the limit, the urgent first.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, join_all};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use vkapi::{
    Answer, Bot, Call, ErrorCode, Lane, Limits, RequestError, Transport, methods::UsersGet, types::UserId,
};

const LANES: [Lane; 4] = [Lane::EventAnswer, Lane::Reply, Lane::Reminder, Lane::Campaign];
const SECOND: Duration = Duration::from_secs(1);

/// When each call came to VK, by its number; some of them are refused with error 6.
#[derive(Default)]
struct Recorder {
    came: Mutex<Vec<(Instant, usize)>>,
    left: AtomicUsize,
    /// The way there and the way back of one call after another, in milliseconds, over and over.
    ways: Vec<(u64, u64)>,
    refuse: AtomicUsize,
}

impl Recorder {
    fn came(&self) -> Vec<(Instant, usize)> {
        let mut came = self.came.lock().unwrap().clone();
        came.sort_unstable();
        came
    }

    fn order(&self) -> Vec<usize> {
        self.came().into_iter().map(|(_, number)| number).collect()
    }
}

impl Transport for Recorder {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        let number = call.form.iter().find(|(name, _)| name == "user_ids").unwrap().1.parse().unwrap();
        let index = self.left.fetch_add(1, Ordering::SeqCst);
        let (there, back) = self.ways.get(index % self.ways.len().max(1)).copied().unwrap_or_default();
        Box::pin(async move {
            sleep(Duration::from_millis(there)).await;
            self.came.lock().unwrap().push((Instant::now(), number));
            let refused = self
                .refuse
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                .is_ok();
            let body = if refused {
                json!({"error": {"error_code": 6, "error_msg": "Too many requests per second"}})
            } else {
                json!({"response": []})
            };
            sleep(Duration::from_millis(back)).await;
            Answer::read(body.to_string().as_bytes(), &call.method)
        })
    }
}

fn bot(recorder: &Arc<Recorder>, limits: Limits) -> Bot {
    Bot::new("t").unwrap().with_transport(Arc::clone(recorder) as Arc<dyn Transport>).throttle(limits.pack(1))
}

fn call(bot: &Bot, number: usize, lane: Lane) -> vkapi::requests::Request<UsersGet> {
    bot.users_get([UserId(number as i64)]).lane(lane)
}

fn paused<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work)
}

/// Ways to VK and back: steady ones, all of which may be late by up to the longest doubt, but not each fourth call.
fn ways() -> impl Strategy<Value = Vec<(u64, u64)>> {
    let late = prop::collection::vec((0_u64..248, 0_u64..300), 1..40);
    (0_u64..100, 0_u64..200, late).prop_map(|(there, back, late)| {
        let way = |(index, (more_there, more_back)): (usize, &(u64, u64))| {
            if index % 4 == 3 { (there, back) } else { (there + more_there, back + more_back) }
        };
        late.iter().enumerate().map(way).chain([(there, back)]).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn never_above_the_limit_in_any_second_as_vk_sees_it(
        calls in prop::collection::vec((0_u64..6000, 0_usize..4), 1..200),
        limit in 1_usize..25,
        ways in ways(),
        refuse in 0_usize..3,
    ) {
        let recorder = Arc::new(Recorder { ways, refuse: AtomicUsize::new(refuse), ..Recorder::default() });
        paused(async {
            let bot = bot(&recorder, Limits::community().per_second(limit));
            let work = calls.iter().enumerate().map(|(number, (at, lane))| {
                let bot = bot.clone();
                async move {
                    sleep(Duration::from_millis(*at)).await;
                    call(&bot, number, LANES[*lane]).await.unwrap();
                }
            });
            join_all(work).await;
        });
        let came = recorder.came();
        prop_assert_eq!(came.len(), calls.len() + refuse);
        for pair in came.windows(limit + 1) {
            let span = pair[limit].0 - pair[0].0;
            prop_assert!(span >= SECOND, "{} calls within {:?}", limit + 1, span);
        }
    }

    #[test]
    fn no_lane_waits_longer_than_two_seconds_for_its_turn_and_each_keeps_its_order(
        calls in prop::collection::vec((0_u64..4000, 0_usize..4), 1..300),
        limit in 4_usize..25,
    ) {
        let recorder = Arc::new(Recorder::default());
        let started = paused(async {
            let started = Instant::now();
            let bot = bot(&recorder, Limits::community().per_second(limit));
            let work = calls.iter().enumerate().map(|(number, (at, lane))| {
                let bot = bot.clone();
                async move {
                    sleep(Duration::from_millis(*at)).await;
                    call(&bot, number, LANES[*lane]).await.unwrap();
                }
            });
            join_all(work).await;
            started
        });
        for lane in 0..LANES.len() {
            let mut turn = started;
            let mut before = 0;
            for (at, number) in recorder.came.lock().unwrap().iter().filter(|(_, number)| calls[*number].1 == lane) {
                let waits_since = turn.max(started + Duration::from_millis(calls[*number].0));
                prop_assert!(*at - waits_since < 2 * SECOND + Duration::from_millis(20), "lane {lane}: {:?}", *at - waits_since);
                prop_assert!(calls[*number].0 >= before, "{number} before an earlier one");
                (turn, before) = (*at, calls[*number].0);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_bot_sends_at_once() {
    let recorder = Arc::new(Recorder::default());
    let bot = bot(&recorder, Limits::community());
    let started = Instant::now();
    join_all((0..20).map(|number| call(&bot, number, Lane::Reply).into_future())).await;
    assert_eq!(started.elapsed(), Duration::ZERO);
    call(&bot, 20, Lane::Reply).await.unwrap();
    assert!((SECOND..SECOND + Duration::from_millis(5)).contains(&started.elapsed()));
}

#[tokio::test(start_paused = true)]
async fn on_a_steady_way_the_guarantee_costs_less_than_a_hundredth_of_the_rate() {
    for way in [(0, 60), (30, 30), (60, 0)] {
        let recorder = Arc::new(Recorder { ways: vec![way], ..Recorder::default() });
        let bot = bot(&recorder, Limits::community());
        let started = Instant::now();
        join_all((0..2000).map(|number| call(&bot, number, Lane::Campaign).into_future())).await;
        assert!(started.elapsed() <= Duration::from_secs(101), "{way:?}: {:?}", started.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_keeps_its_place() {
    let recorder = Arc::new(Recorder { ways: vec![(0, 10_000), (0, 10)], ..Recorder::default() });
    let bot = bot(&recorder, Limits::community().per_second(2));
    let started = Instant::now();
    let _slow = tokio::spawn(call(&bot, 0, Lane::Reply).into_future());
    tokio::task::yield_now().await;
    for number in 1..4 {
        call(&bot, number, Lane::Reply).await.unwrap();
    }
    assert!(started.elapsed() >= 2 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_urgent_call_gets_a_place_at_once_while_a_mailing_runs_and_the_mailing_goes_on() {
    let recorder = Arc::new(Recorder { ways: vec![(30, 30)], ..Recorder::default() });
    let bot = bot(&recorder, Limits::community());
    let started = Instant::now();
    let mailing = tokio::spawn(join_all((0..400).map({
        let bot = bot.clone();
        move |number| call(&bot, number, Lane::Campaign).into_future()
    })));
    let mut presses = Vec::new();
    // By then the way to VK is known.
    sleep(2 * SECOND).await;
    for number in 0..40 {
        sleep(Duration::from_millis(237)).await;
        let bot = bot.clone();
        presses.push(tokio::spawn(async move {
            let pressed = Instant::now();
            call(&bot, 1000 + number, Lane::EventAnswer).await.unwrap();
            pressed.elapsed()
        }));
    }
    for press in presses {
        let took = press.await.unwrap();
        assert!(took <= Duration::from_millis(60 + 60), "{took:?}");
    }
    mailing.await.unwrap();
    // 440 calls at 20 a second.
    assert!(started.elapsed() < Duration::from_millis(22_500), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_trickle_of_urgent_calls_leaves_every_second_place_to_a_mailing() {
    let recorder = Arc::new(Recorder { ways: vec![(30, 30)], ..Recorder::default() });
    let bot = bot(&recorder, Limits::community());
    let mailing = tokio::spawn(join_all((0..100).map({
        let bot = bot.clone();
        move |number| call(&bot, number, Lane::Campaign).into_future()
    })));
    let started = Instant::now();
    for number in 0..80 {
        call(&bot, 1000 + number, Lane::Reply).await.unwrap();
    }
    // One after another, each waits for one of the mailing at most.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let mailed = recorder.order().iter().filter(|number| **number < 1000).count();
    assert!(mailed > 60, "{mailed}");
    mailing.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_pauses_all_and_the_refused_call_goes_first_in_its_lane() {
    let recorder = Arc::new(Recorder { refuse: AtomicUsize::new(1), ..Recorder::default() });
    let bot = bot(&recorder, Limits::community().per_second(1));
    let started = Instant::now();
    join_all([call(&bot, 0, Lane::Campaign).into_future(), call(&bot, 1, Lane::Campaign).into_future()])
        .await;
    assert_eq!(recorder.order(), [0, 0, 1]);
    assert!(recorder.came()[1].0 - started >= SECOND);
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_makes_careful_for_a_minute() {
    let ways = vec![(0, 60)];
    let recorder = Arc::new(Recorder { ways, refuse: AtomicUsize::new(1), ..Recorder::default() });
    let bot = bot(&recorder, Limits::community());
    call(&bot, 0, Lane::Reply).await.unwrap();
    let rate = async |calls: usize| {
        let started = Instant::now();
        join_all((0..calls).map(|number| call(&bot, number, Lane::Campaign).into_future())).await;
        calls as f64 / started.elapsed().as_secs_f64()
    };
    assert!(rate(200).await < 19.2);
    sleep(Duration::from_secs(60)).await;
    assert!(rate(2000).await > 19.8);
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_without_end_becomes_the_answer() {
    let recorder = Arc::new(Recorder { refuse: AtomicUsize::new(usize::MAX), ..Recorder::default() });
    let bot = bot(&recorder, Limits::community());
    let error = call(&bot, 0, Lane::Reply).await.unwrap_err();
    assert_eq!(error.api().unwrap().code, ErrorCode::TOO_MANY_REQUESTS);
    assert_eq!(recorder.came().len() as u32, Limits::community().put_back + 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_given_up_while_waiting_holds_nobody_up() {
    let recorder = Arc::new(Recorder::default());
    let bot = bot(&recorder, Limits::community().per_second(1));
    call(&bot, 0, Lane::Reply).await.unwrap();
    let given_up = tokio::spawn(call(&bot, 1, Lane::EventAnswer).into_future());
    let patient = tokio::spawn(call(&bot, 2, Lane::Campaign).into_future());
    sleep(Duration::from_millis(100)).await;
    given_up.abort();
    patient.await.unwrap().unwrap();
    assert_eq!(recorder.order(), [0, 2]);
}

#[test]
fn a_bot_outlives_the_runtime_it_was_first_used_in() {
    let recorder = Arc::new(Recorder { ways: vec![(0, 50)], ..Recorder::default() });
    let bot = bot(&recorder, Limits::community().per_second(1));
    paused(async {
        tokio::spawn(call(&bot, 0, Lane::Reply).into_future());
        tokio::spawn(call(&bot, 1, Lane::Reply).into_future());
        sleep(Duration::from_millis(10)).await;
    });
    paused(async { call(&bot, 2, Lane::Reply).await.unwrap() });
    assert_eq!(recorder.order(), [0, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_raw_call_is_throttled_too() {
    let recorder = Arc::new(Recorder::default());
    let bot = bot(&recorder, Limits::service());
    let started = Instant::now();
    for number in 0..4 {
        let _: Value = bot.call("users.get", json!({"user_ids": [number]})).await.unwrap();
    }
    assert!(started.elapsed() >= SECOND);
}
