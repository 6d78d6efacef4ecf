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

/// When each call left, by its number; some of them are refused with error 6.
#[derive(Default)]
struct Recorder {
    left: Mutex<Vec<(Instant, usize)>>,
    latency: Duration,
    refuse: AtomicUsize,
}

impl Transport for Recorder {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        let number = call.form.iter().find(|(name, _)| name == "user_ids").unwrap().1.parse().unwrap();
        self.left.lock().unwrap().push((Instant::now(), number));
        let refused =
            self.refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        let body = if refused {
            json!({"error": {"error_code": 6, "error_msg": "Too many requests per second"}})
        } else {
            json!({"response": []})
        };
        Box::pin(async move {
            sleep(self.latency).await;
            Answer::read(body.to_string().as_bytes(), &call.method)
        })
    }
}

fn bot(recorder: &Arc<Recorder>, limits: Limits) -> Bot {
    Bot::new("t").unwrap().with_transport(Arc::clone(recorder) as Arc<dyn Transport>).throttle(limits)
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn never_above_the_limit_in_any_second_and_lanes_in_order(
        calls in prop::collection::vec((0_u64..2500, 0_usize..4), 1..120),
        limit in 1_usize..25,
        latency in 0_u64..400,
        refuse in 0_usize..3,
    ) {
        let recorder = Arc::new(Recorder {
            latency: Duration::from_millis(latency),
            refuse: AtomicUsize::new(refuse),
            ..Recorder::default()
        });
        let limits = Limits::community().per_second(limit);
        let started = paused(async {
            let started = Instant::now();
            let bot = bot(&recorder, limits);
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
        let left = recorder.left.lock().unwrap();
        prop_assert_eq!(left.len(), calls.len() + refuse.min(left.len()));
        for pair in left.windows(limit + 1) {
            let span = pair[limit].0 - pair[0].0;
            prop_assert!(span >= SECOND + limits.margin, "{} calls within {:?}", limit + 1, span);
        }
        if refuse == 0 {
            for (index, (at, number)) in left.iter().enumerate() {
                let (came, lane) = calls[*number];
                for (_, later) in &left[index + 1..] {
                    let (other_came, other_lane) = calls[*later];
                    let waited = started + Duration::from_millis(other_came) < *at;
                    prop_assert!(!(waited && other_lane < lane), "{number} in lane {lane} left before {later}");
                    prop_assert!(!(other_lane == lane && other_came < came), "{number} before {later}");
                }
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
    assert_eq!(started.elapsed(), SECOND + Limits::community().margin);
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_pauses_all_and_the_refused_call_goes_first_in_its_lane() {
    let recorder = Arc::new(Recorder { refuse: AtomicUsize::new(1), ..Recorder::default() });
    let bot = bot(&recorder, Limits::community().per_second(1));
    let started = Instant::now();
    join_all([
        call(&bot, 0, Lane::Reply).into_future(),
        call(&bot, 1, Lane::Reply).into_future(),
        call(&bot, 2, Lane::EventAnswer).into_future(),
    ])
    .await;
    let left = recorder.left.lock().unwrap();
    let order: Vec<_> = left.iter().map(|(_, number)| *number).collect();
    assert_eq!(order, [0, 2, 0, 1]);
    assert!(left[1].0 - started >= SECOND);
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_without_end_becomes_the_answer() {
    let recorder = Arc::new(Recorder { refuse: AtomicUsize::new(usize::MAX), ..Recorder::default() });
    let bot = bot(&recorder, Limits::community());
    let error = call(&bot, 0, Lane::Reply).await.unwrap_err();
    assert_eq!(error.api().unwrap().code, ErrorCode::TOO_MANY_REQUESTS);
    assert_eq!(recorder.left.lock().unwrap().len() as u32, Limits::community().put_back + 1);
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
    let order: Vec<_> = recorder.left.lock().unwrap().iter().map(|(_, number)| *number).collect();
    assert_eq!(order, [0, 2]);
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
