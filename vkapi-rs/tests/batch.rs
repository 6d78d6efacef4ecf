//! Calls travel together while more waits than single calls can carry, and each gets its own answer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::sync::{Arc, Mutex};

use common::Fake;
use futures::future::{join_all, try_join_all};
use proptest::prelude::*;
use serde_json::{Value, json};
use vk_sandbox::Sandbox;
use vkapi::{
    Bot, Call, ErrorCode, ErrorKind, Lane, Limits, RequestError,
    types::{PeerId, UserId},
};

/// A sandbox where these people take messages, and a bot that may call it so often.
async fn sandbox(people: impl IntoIterator<Item = i64>, limits: Limits) -> (Sandbox, Bot) {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    for person in people {
        sandbox.allow(person);
    }
    let bot = Bot::builder(sandbox.token()).api_url(&sandbox.api_url()).seed(1).build().unwrap();
    (sandbox, bot.throttle(limits))
}

fn texts(sandbox: &Sandbox, person: i64) -> Vec<String> {
    sandbox.conversation(person).into_iter().map(|message| message.text).collect()
}

/// The methods that came over the network, in order.
fn methods(sandbox: &Sandbox) -> Vec<String> {
    sandbox.calls().into_iter().filter(|call| !call.in_execute).map(|call| call.method).collect()
}

/// A VK for a bot that has just made a call, so that its next ones wait for company. Tells what came since.
async fn crowded(answer: impl Fn(&Call) -> Value + Send + Sync + 'static) -> (Bot, Arc<Mutex<Vec<Call>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let came = Arc::clone(&calls);
    let vk = Fake(move |call: &Call| {
        if call.method == "utils.getServerTime" {
            return json!({"response": 1});
        }
        came.lock().unwrap().push(call.clone());
        answer(call)
    });
    let bot = vk.bot().throttle(Limits::community().per_second(4));
    bot.call::<i64>("utils.getServerTime", ()).await.unwrap();
    (bot, calls)
}

/// How many calls are inside of a script.
fn inside(call: &Call) -> usize {
    param(call, "code").matches("API.").count()
}

fn param<'a>(call: &'a Call, name: &str) -> &'a str {
    call.form.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
}

fn sent(peers: impl IntoIterator<Item = i64>) -> Value {
    peers
        .into_iter()
        .map(|peer| json!({"peer_id": peer, "message_id": peer, "conversation_message_id": 1}))
        .collect()
}

#[tokio::test]
async fn an_idle_bot_sends_a_call_as_itself() {
    let (sandbox, bot) = sandbox([1, 2], Limits::community()).await;
    bot.messages_send(1, "раз").await.unwrap();
    bot.messages_send(2, "два").await.unwrap();
    assert_eq!(methods(&sandbox), ["messages.send", "messages.send"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn six_hundred_answers_at_once_go_in_packs_of_twenty_five() {
    let (sandbox, bot) = sandbox(1..=600, Limits::community()).await;
    let sends = (1..=600).map(|person| bot.messages_send(person, format!("Ответ {person}")).into_future());
    let sent = try_join_all(sends).await.unwrap();
    for (person, sent) in (1..).zip(sent) {
        let conversation = sandbox.conversation(person);
        assert_eq!(conversation.len(), 1);
        assert_eq!(
            (&*conversation[0].text, conversation[0].id),
            (&*format!("Ответ {person}"), sent.message_id)
        );
    }
    let methods = methods(&sandbox);
    // The first few find the bot idle.
    assert!(methods.len() <= 40, "{methods:?}");
    assert!(sandbox.calls().iter().all(|call| call.result.is_ok()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_greeting_goes_to_twenty_five_newcomers_at_once() {
    let (sandbox, bot) = sandbox(1..=600, Limits::community()).await;
    let greeting = "Здравствуйте! Я помогу вести страницу: \"напомню\", подскажу\nи проверю. ".repeat(50);
    let sends = (1..=600).map(|person| bot.messages_send(person, &*greeting).into_future());
    try_join_all(sends).await.unwrap();
    for person in 1..=600 {
        assert_eq!(texts(&sandbox, person), [&*greeting]);
    }
    let methods = methods(&sandbox);
    assert!(methods.len() <= 40, "{methods:?}");
}

#[tokio::test]
async fn packing_switched_off_sends_each_by_itself() {
    let (sandbox, bot) = sandbox(1..=15, Limits::community().per_second(100).pack(1)).await;
    try_join_all((1..=15).map(|person| bot.messages_send(person, "раз").into_future())).await.unwrap();
    assert_eq!(methods(&sandbox), ["messages.send"; 15]);
}

#[tokio::test]
async fn calls_that_keep_apart_take_a_place_each_and_answers_ride_with_them() {
    let (sandbox, bot) = sandbox(1..=30, Limits::community().per_second(100)).await;
    let apart = (1..=15).map(|person| {
        bot.messages_send(person, "раз").random_id(7).lane(Lane::Campaign).apart().into_future()
    });
    try_join_all(apart).await.unwrap();
    assert_eq!(methods(&sandbox), ["messages.send"; 15]);

    let (sandbox, bot) = self::sandbox(1..=30, Limits::community()).await;
    let apart = (1..=15).map(|person| {
        bot.messages_send(person, "раз").random_id(7).lane(Lane::Campaign).apart().into_future()
    });
    let answers = (16..=30).map(|person| bot.messages_send(person, "Ответ").into_future());
    try_join_all(answers.chain(apart)).await.unwrap();
    // All the answers ride with the first of those that keep apart.
    let methods = methods(&sandbox);
    assert_eq!((methods.len(), methods.iter().filter(|method| *method == "execute").count()), (15, 1));
    let mut apart = 0;
    for call in sandbox.calls() {
        apart += usize::from(call.params.contains(&("message".to_owned(), "раз".to_owned())));
        if !call.in_execute {
            assert!(apart <= 1, "two that keep apart are in one pack");
            apart = 0;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_text_arrives_the_same_inside_of_a_pack(
        texts in prop::collection::vec("[\u{1}-\u{10ffff}]{1,40}|[\"'\\\\\n\r\t</>{}🙂\u{2028}\u{2029}\u{feff}]{1,40}", 25),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (sandbox, bot) = sandbox(1..26, Limits::community()).await;
            let texts: Vec<String> = texts.iter().map(|text| format!("«{text}»")).collect();
            let sends = (1..).zip(&texts).map(|(person, text)| bot.messages_send(person, text).into_future());
            try_join_all(sends).await.unwrap();
            assert_eq!(methods(&sandbox), ["execute"]);
            for (person, text) in (1..).zip(&texts) {
                assert_eq!(self::texts(&sandbox, person), [text.as_str()]);
            }
        });
    }
}

#[tokio::test]
async fn half_of_a_surrogate_pair_is_refused_before_it_is_sent() {
    let (bot, calls) = crowded(|_| json!({"response": 1})).await;
    let params = serde_json::value::RawValue::from_string(r#"{"message": "\ud83d"}"#.to_owned()).unwrap();
    let refused = bot.call::<Value>("messages.send", params).await.unwrap_err();
    assert!(matches!(refused, RequestError::Invalid(_)), "{refused}");
    assert!(calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn each_of_a_pack_gets_its_own_error() {
    let (sandbox, bot) = sandbox((1..=24).filter(|person| person % 3 != 0), Limits::community()).await;
    let results = join_all((1..=24).map(|person| bot.messages_send(person, "раз").into_future())).await;
    for (person, result) in (1..).zip(results) {
        let code = result.err().map(|error| error.api().unwrap().code.0);
        assert_eq!(code, (person % 3 == 0).then_some(901));
    }
    // The whole call fails here, not one addressee of it.
    let keyboards = ["{}", "не JSON", r#"{"buttons":[]}"#];
    let sends =
        (1..=24).map(|n| bot.messages_send(n % 2 + 1, "раз").keyboard_json(keyboards[n as usize % 3]));
    for (n, result) in (1..).zip(join_all(sends.map(IntoFuture::into_future)).await) {
        let code = result.err().map(|error| error.api().unwrap().code.0);
        assert_eq!(code, [Some(911), Some(100), None][n % 3], "{n}");
    }
    assert_eq!(methods(&sandbox), ["execute", "execute"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_false_takes_nobody_elses_error() {
    let (bot, _) = crowded(|_| {
        json!({
            "response": [false, false, [{"id": 3}], 1],
            "execute_errors": [{"method": "users.get", "error_code": 113, "error_msg": "Invalid user id"}],
        })
    })
    .await;
    let get = |id| bot.users_get([UserId(id)]).into_future();
    let read = bot.messages_mark_as_read(PeerId(1)).into_future();
    let typing = bot.messages_set_activity(PeerId(1), "typing").into_future();
    let (read, failed, told, typing) = tokio::join!(read, get(2), get(3), typing);
    // It is a value, which this method cannot have.
    assert!(matches!(read, Err(RequestError::Decode { .. })), "{read:?}");
    assert_eq!(failed.unwrap_err().api().unwrap().code.0, 113);
    assert_eq!(told.unwrap()[0].id.0, 3);
    typing.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_same_message_to_many_is_one_call_of_up_to_a_hundred() {
    let (bot, calls) = crowded(|call| {
        let lists = param(call, "code").split(r#""peer_ids":""#).skip(1);
        let peers = |list: &str| list.split('"').next().unwrap().split(',').map(|peer| peer.parse().unwrap()).collect();
        json!({"response": lists.map(|list| { let peers: Vec<i64> = peers(list); sent(peers) }).collect::<Vec<_>>()})
    })
    .await;
    let sends = (1..=250).map(|peer| bot.messages_send(peer, "всем").random_id(5).lane(Lane::Campaign));
    let results = join_all(sends.map(IntoFuture::into_future)).await;
    for (peer, result) in (1..).zip(results) {
        assert_eq!(result.unwrap().message_id, peer);
    }
    let calls = calls.lock().unwrap();
    assert_eq!((calls.len(), inside(&calls[0])), (1, 3), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_a_call_made_for_many_is_told_to_each_and_what_concerns_one_to_that_one() {
    let (bot, calls) = crowded(|call| match param(call, "peer_ids") {
        "2,3" => json!({"response": [
            {"peer_id": 2, "message_id": 7, "conversation_message_id": 8},
            {"peer_id": 3, "error": {"code": 901, "description": "no"}},
        ]}),
        _ => json!({"error": {"error_code": 914, "error_msg": "Message is too long"}}),
    })
    .await;
    let send = |peer: i64| bot.messages_send(peer, "всем").random_id(5).into_future();
    let (two, three) = tokio::join!(send(2), send(3));
    assert_eq!(two.unwrap().message_id, 7);
    assert_eq!(three.unwrap_err().api().unwrap().code.0, 901);
    let (four, five) = tokio::join!(send(4), send(5));
    assert_eq!([four, five].map(|result| result.unwrap_err().api().unwrap().code.0), [914, 914]);
    let calls = calls.lock().unwrap();
    assert_eq!(calls.iter().map(|call| &*call.method).collect::<Vec<_>>(), ["messages.send"; 2]);
}

#[tokio::test(start_paused = true)]
async fn what_is_for_one_person_stays_in_order() {
    let (bot, calls) = crowded(|call| json!({"response": vec![false; inside(call)]})).await;
    let one =
        |peer: i64, text: &str, random_id| bot.messages_send(peer, text).random_id(random_id).into_future();
    // The third says what the first does, but to somebody who has to be told something else before.
    join_all([one(1, "всем", 2), one(2, "личное", 3), one(2, "всем", 2), one(3, "всем", 2)]).await;
    let code = param(&calls.lock().unwrap()[0], "code").to_owned();
    let peers = [
        r#""peer_ids":"1","random_id":"2""#,
        r#""peer_ids":"2","random_id":"3""#,
        r#""peer_ids":"2,3","random_id":"2""#,
    ];
    let places = peers.map(|peers| code.find(peers).unwrap_or_else(|| panic!("{peers} in {code}")));
    assert!(places.is_sorted(), "{code}");
}

#[tokio::test(start_paused = true)]
async fn a_script_too_large_for_vk_is_halved_until_it_is_not() {
    for code in [ErrorCode::EXECUTE_COMPILE, ErrorCode::EXECUTE_RUNTIME] {
        let (bot, calls) = crowded(move |call| match inside(call) {
            8.. => json!({"error": {"error_code": code.0, "error_msg": "no"}}),
            inside => json!({"response": vec![json!([{"id": 1}]); inside]}),
        })
        .await;
        for result in join_all((1..=25).map(|id| bot.users_get([UserId(id)]).into_future())).await {
            result.unwrap();
        }
        let sizes: Vec<_> = calls.lock().unwrap().iter().map(inside).collect();
        assert_eq!(sizes, [25, 13, 7, 7, 11, 6, 5]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_failed_script_may_have_done_is_not_done_twice_unless_that_is_harmless() {
    let (bot, calls) = crowded(|call| match &*call.method {
        "execute" => json!({"error": {"error_code": 13, "error_msg": "Runtime error"}}),
        _ => json!({"response": sent([1])}),
    })
    .await;
    let guarded = bot.messages_send(1, "раз").into_future();
    let (unguarded, guarded) = tokio::join!(bot.messages_send(2, "раз").random_id(0).into_future(), guarded);
    assert_eq!(unguarded.unwrap_err().api().unwrap().code, ErrorCode::EXECUTE_RUNTIME);
    guarded.unwrap();
    let methods: Vec<_> = calls.lock().unwrap().iter().map(|call| call.method.clone()).collect();
    assert_eq!(methods, ["execute", "messages.send"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_whole_pack_is_told_to_each_as_it_is() {
    for (code, kind) in [(9, ErrorKind::RetryLater), (10, ErrorKind::RetrySoon), (29, ErrorKind::RetryLater)]
    {
        let (bot, _) = crowded(move |_| json!({"error": {"error_code": code, "error_msg": "no"}})).await;
        for result in join_all((1..4).map(|peer| bot.messages_send(peer, "раз").into_future())).await {
            let error = result.unwrap_err().api().unwrap().clone();
            assert_eq!((error.code.0, error.kind()), (code, kind));
        }
    }
    let (bot, _) = crowded(|_| json!({"response": [1]})).await;
    let results = join_all((1..4).map(|peer| bot.messages_send(peer, "раз").into_future())).await;
    assert!(results.iter().all(|result| matches!(result, Err(RequestError::Garbled { .. }))), "{results:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pack_that_comes_too_soon_goes_again_whole() {
    let refused = Mutex::new(false);
    let (bot, calls) = crowded(move |_| {
        if std::mem::replace(&mut *refused.lock().unwrap(), true) {
            json!({"response": [sent([1]), sent([2])]})
        } else {
            json!({"error": {"error_code": 6, "error_msg": "Too many requests per second"}})
        }
    })
    .await;
    for result in join_all((1..3).map(|peer| bot.messages_send(peer, "раз").into_future())).await {
        result.unwrap();
    }
    let codes: Vec<_> = calls.lock().unwrap().iter().map(|call| param(call, "code").to_owned()).collect();
    assert_eq!((codes.len(), &codes[0]), (2, &codes[1]));
}

#[tokio::test(start_paused = true)]
async fn lanes_mix_in_a_pack_and_the_urgent_go_first() {
    let (bot, calls) = crowded(|call| json!({"response": vec![json!([{"id": 1}]); inside(call)]})).await;
    let get = |id: i64, lane| bot.users_get([UserId(id)]).lane(lane).into_future();
    let campaign = (100..140).map(|id| get(id, Lane::Campaign));
    let reminders = (200..210).map(|id| get(id, Lane::Reminder));
    let press = std::iter::once(get(300, Lane::EventAnswer));
    join_all(campaign.chain(reminders).chain(press)).await;
    let code = param(&calls.lock().unwrap()[0], "code").to_owned();
    let of = |lane: &str| code.matches(&format!(r#""user_ids":"{lane}"#)).count();
    assert_eq!((of("3"), of("2"), of("1")), (1, 10, 14), "{code}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_call_is_lost_when_the_queue_runs_empty_over_and_over() {
    let vk = Fake(|call: &Call| match &*call.method {
        "execute" => json!({"response": vec![json!([{"id": 1}]); inside(call)]}),
        _ => json!({"response": [{"id": 1}]}),
    });
    let bot = vk.bot().throttle(Limits::community().per_second(1_000_000));
    let callers = (0..8).map(|_| {
        let bot = bot.clone();
        tokio::spawn(async move {
            for _ in 0..5_000 {
                bot.users_get([UserId(1)]).await.unwrap();
            }
        })
    });
    for caller in join_all(callers).await {
        caller.unwrap();
    }
}

#[tokio::test]
async fn any_text_comes_out_of_a_script_as_it_was() {
    let texts = [
        "она сказала \"да\" и 'нет'",
        "раз\nдва\r\nтри\tчетыре",
        "до\u{2028}после\u{2029}конец",
        "👨‍👩‍👧‍👦 и 🇷🇺",
        r"C:\\новая\\папка \u0041 \\",
        "</script><!-- ]] }) + API.users.get()",
        "return [API.messages.send({});",
    ];
    let (sandbox, bot) = sandbox(1..=7, Limits::community().per_second(1)).await;
    let sends = texts.iter().enumerate().map(|(at, text)| {
        let bot = bot.clone();
        async move { bot.messages_send(at as i64 + 1, *text).await }
    });
    for sent in join_all(sends).await {
        sent.unwrap();
    }
    assert!(methods(&sandbox).contains(&"execute".to_owned()));
    for (at, text) in texts.iter().enumerate() {
        assert_eq!(self::texts(&sandbox, at as i64 + 1), [*text]);
    }
}
