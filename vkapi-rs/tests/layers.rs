//! Layers behind the one type: saying again, remembering, and what they tell of themselves.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

mod common;

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use common::Fake;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use vkapi::{Bot, Cache, Call, CaptchaAnswer, Limits, RequestError, Retry, types::UserId};

/// A VK that refuses with this code so many times; what it was asked.
fn failing(code: i64, times: usize) -> (Bot, Arc<Mutex<Vec<Call>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let came = Arc::clone(&calls);
    let left = AtomicUsize::new(times);
    let vk = Fake(move |call: &Call| {
        came.lock().unwrap().push(call.clone());
        if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return json!({"error": {"error_code": code, "error_msg": "no"}});
        }
        match &*call.method {
            "users.get" => json!({"response": [{"id": 1}]}),
            _ => json!({"response": [{"peer_id": 1, "message_id": 1, "conversation_message_id": 1}]}),
        }
    });
    (vk.bot(), calls)
}

#[tokio::test(start_paused = true)]
async fn a_message_is_said_again_as_the_very_same_one() {
    let (bot, calls) = failing(10, 3);
    bot.retry(Retry::default()).messages_send(1, "раз").await.unwrap();
    let calls = calls.lock().unwrap();
    assert_eq!(calls.iter().map(|call| call.attempt).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(calls.iter().all(|call| call.form == calls[0].form));
}

#[tokio::test(start_paused = true)]
async fn what_would_do_more_the_second_time_is_said_once() {
    let (bot, calls) = failing(10, 1);
    let error = bot.retry(Retry::default()).messages_send(1, "раз").random_id(0).await.unwrap_err();
    assert_eq!((error.api().unwrap().code.0, calls.lock().unwrap().len()), (10, 1));
}

#[tokio::test(start_paused = true)]
async fn only_what_may_pass_by_itself_is_said_again_and_not_for_ever() {
    for (code, tries) in [(1, 5), (10, 5), (9, 1), (14, 1), (29, 1), (5, 1), (901, 1), (914, 1)] {
        let (bot, calls) = failing(code, usize::MAX);
        bot.retry(Retry::default()).messages_send(1, "раз").await.unwrap_err();
        assert_eq!(calls.lock().unwrap().len(), tries, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_those_of_two_bots_differ() {
    let waited = async |seed| {
        let (bot, _) = failing(10, usize::MAX);
        let bot = Bot::builder("t").seed(seed).build().unwrap().with_transport(bot.transport());
        let started = Instant::now();
        bot.retry(Retry::default().tries(8)).users_get([UserId(1)]).await.unwrap_err();
        started.elapsed()
    };
    let (one, same, other) = (waited(1).await, waited(1).await, waited(2).await);
    assert_eq!(one, same);
    assert_ne!(one, other);
    // At most 0.5 + 1 + 2 + 4 + 8 + 10 + 10 seconds.
    assert!(one < Duration::from_millis(35_600), "{one:?}");
}

#[tokio::test(start_paused = true)]
async fn each_try_takes_its_own_place_in_the_second() {
    let (bot, _) = failing(10, 3);
    let bot = bot.throttle(Limits::community().per_second(1)).retry(Retry::default());
    let started = Instant::now();
    bot.users_get([UserId(1)]).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn who_people_are_is_asked_once_in_ten_minutes_and_failures_are_not_kept() {
    let (bot, calls) = failing(10, 1);
    let bot = bot.cache(Cache::default());
    bot.users_get([UserId(1)]).await.unwrap_err();
    for _ in 0..3 {
        bot.users_get([UserId(1)]).await.unwrap();
    }
    bot.users_get([UserId(2)]).await.unwrap();
    assert_eq!(calls.lock().unwrap().len(), 3);
    sleep(Duration::from_secs(600)).await;
    bot.users_get([UserId(1)]).await.unwrap();
    assert_eq!(calls.lock().unwrap().len(), 4);
    for _ in 0..2 {
        bot.messages_send(1, "раз").await.unwrap();
    }
    assert_eq!(calls.lock().unwrap().len(), 6);
}

/// Logs as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_trace_tells_method_code_try_time_and_lane_but_neither_token_nor_text() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let sandbox =
        vk_sandbox::Sandbox::builder().group(7, "Школа", "secret-token").start("127.0.0.1:0").await.unwrap();
    let bot = Bot::builder("secret-token").api_url(&sandbox.api_url()).build().unwrap();
    let error: RequestError = bot.messages_send(1, "тайна").await.unwrap_err();
    assert_eq!(error.api().unwrap().code.0, 901);
    bot.call::<Value>("utils.getServerTime", ()).await.unwrap();
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for part in ["vk_call", "method=messages.send", "lane=Reply", "attempt=1", "latency_ms=", "code=0"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("secret-token") && !text.contains("тайна"), "{text}");
}

/// A VK that wants captchas solved before it answers; what it was asked.
fn guarded(captchas: usize, error: Value) -> (Bot, Arc<Mutex<Vec<Call>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let came = Arc::clone(&calls);
    let left = AtomicUsize::new(captchas);
    let vk = Fake(move |call: &Call| {
        came.lock().unwrap().push(call.clone());
        let asks = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if asks { json!({ "error": error }) } else { json!({"response": [{"id": 1}]}) }
    });
    (vk.bot(), calls)
}

#[tokio::test]
async fn a_captcha_is_solved_by_whoever_can_and_the_call_said_again() {
    let picture = json!({"error_code": 14, "error_msg": "Captcha", "captcha_sid": "77", "captcha_img": "https://vk.ru/c"});
    let page = json!({"error_code": 14, "error_msg": "Captcha", "redirect_uri": "https://id.vk.ru/c"});
    let told = |call: &Call| -> Vec<String> {
        call.form
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .filter(|one| !one.starts_with("user"))
            .collect()
    };
    let (bot, calls) = guarded(2, picture);
    let solving = bot.captcha(|error| async move {
        let captcha = error.captcha.unwrap();
        assert_eq!(captcha.img.unwrap(), "https://vk.ru/c");
        Some(CaptchaAnswer::Text("зб7к".to_owned()))
    });
    solving.users_get([UserId(1)]).await.unwrap();
    let calls: Vec<_> = calls.lock().unwrap().iter().map(told).collect();
    let solved = || vec!["captcha_sid=77".to_owned(), "captcha_key=зб7к".to_owned()];
    assert_eq!(calls, [Vec::new(), solved(), solved()]);

    let (bot, calls) = guarded(1, page);
    let solving = bot.captcha(|error| async move {
        assert_eq!(error.redirect_uri.as_deref(), Some("https://id.vk.ru/c"));
        Some(CaptchaAnswer::Token("t".to_owned()))
    });
    solving.users_get([UserId(1)]).await.unwrap();
    assert_eq!(told(&calls.lock().unwrap()[1]), ["success_token=t"]);
}

#[tokio::test]
async fn captchas_are_not_solved_for_ever_and_a_captcha_nobody_solves_is_the_answer() {
    let picture = json!({"error_code": 14, "error_msg": "Captcha", "captcha_sid": "77", "captcha_img": "x"});
    let (bot, calls) = guarded(usize::MAX, picture.clone());
    let solving = bot.captcha(|_| async { Some(CaptchaAnswer::Text("x".to_owned())) });
    let error = solving.users_get([UserId(1)]).await.unwrap_err();
    assert_eq!((error.api().unwrap().code.0, calls.lock().unwrap().len()), (14, 6));

    let (bot, calls) = guarded(usize::MAX, picture);
    let error = bot.captcha(|_| async { None }).users_get([UserId(1)]).await.unwrap_err();
    assert_eq!((error.api().unwrap().code.0, calls.lock().unwrap().len()), (14, 1));
}
