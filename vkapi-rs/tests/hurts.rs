//! What has hurt users of other frameworks, and the tests that guard against each of it here. Those that fit no other
//! file are in this one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, routing::post};
use common::{Vk, bot_of, until};
use serde_json::{Value, json};
use vk_sandbox::{Fault, LONG_POLL, Sandbox};
use vkapi::{
    API_URL, ErrorKind,
    dispatching::dialogue::{self, InMemStorage},
    prelude::*,
    update_listeners::{Polling, UpdateListener},
};

/// A file and a test in it.
type Guard = (&'static str, &'static str);

/// Where it hurt, what, and which tests guard. Numbers are issues of those projects.
const HURTS: &[(&str, &str, &[Guard])] = &[
    (
        "teloxide",
        "a panic in a handler kills the bot (#1435, #247)",
        &[("tests/dispatching.rs", "a_panic_and_an_error_reach_the_error_handler_and_harm_nobody")],
    ),
    (
        "teloxide",
        "an error handler knows nothing but the error (#676)",
        &[("tests/dispatching.rs", "an_error_handler_may_answer_the_person_with_what_handlers_have")],
    ),
    (
        "teloxide",
        "a missing dependency is a panic at run time (#871)",
        &[("tests/dispatching.rs", "a_handler_that_asks_for_what_nobody_gives_is_refused_when_built")],
    ),
    (
        "teloxide",
        "a new field or kind loses the update (#1252, #944, #1107, #1062, #778, #957, #475, #427)",
        &[
            ("tests/updates.rs", "an_odd_event_costs_nothing_but_itself"),
            ("tests/polling.rs", "an_odd_event_never_costs_its_neighbours"),
        ],
    ),
    (
        "teloxide",
        "a changed state locks users out (#1156)",
        &[("tests/dialogues.rs", "a_changed_state_locks_nobody_out")],
    ),
    (
        "teloxide",
        "the throttle does not hold (#449, #515, #535)",
        &[("tests/throttle.rs", "never_above_the_limit_in_any_second_as_vk_sees_it")],
    ),
    (
        "teloxide",
        "no mocking in the box (#296, #1217)",
        &[
            ("tests/examples.rs", "testing_shows_how_a_bot_is_tried"),
            ("tests/throttle.rs", "a_raw_call_is_throttled_too"),
        ],
    ),
    (
        "teloxide",
        "polling retries in a busy loop (#496, #780)",
        &[
            ("tests/polling.rs", "a_key_that_expires_at_once_again_and_again_makes_no_storm"),
            ("tests/whole_way.rs", "a_bot_may_be_stopped_before_it_knows_its_community"),
        ],
    ),
    (
        "teloxide",
        "errors are matched by their English text (#1426, #1349)",
        &[
            ("tests/requests.rs", "an_error_of_vks_keeps_all_it_tells"),
            ("tests/requests.rs", "what_an_error_means_depends_on_the_method_where_it_must"),
        ],
    ),
    (
        "teloxide",
        "the client's timeout breaks long polling in silence (#223)",
        &[("tests/polling.rs", "a_silent_server_is_given_ten_seconds_more_than_the_wait")],
    ),
    (
        "vkbottle",
        "strict models fall over real data (#743, #1074, #1145, #1140, #1151, #1062, #526, #292, #163)",
        &[
            ("tests/updates.rs", "every_kept_event_is_read_as_its_kind_and_none_is_malformed"),
            ("tests/updates.rs", "every_kept_message_keeps_its_text_attachments_and_payload"),
        ],
    ),
    (
        "vkbottle",
        "old messages come again after a reconnect (#1045)",
        &[("tests/hurts.rs", "a_reconnect_brings_no_message_again")],
    ),
    (
        "vkbottle",
        "events are lost when one transport fails, doubled when both work (#1212)",
        &[
            ("tests/callback.rs", "an_event_that_comes_by_both_ways_is_handled_once"),
            ("tests/callback.rs", "when_one_way_fails_the_other_goes_on"),
        ],
    ),
    (
        "vkbottle",
        "no limiter (#54)",
        &[("tests/throttle.rs", "never_above_the_limit_in_any_second_as_vk_sees_it")],
    ),
    (
        "vkbottle",
        "states do not outlive a restart (#641)",
        &[("tests/dialogues.rs", "sled_keeps_a_dialogue_over_a_restart")],
    ),
    (
        "vkbottle",
        "callback buttons are raw, two handlers take one event (#373, #374, #1176)",
        &[
            ("tests/filters.rs", "a_payload_comes_to_its_handler_from_either_kind_of_button"),
            ("tests/hurts.rs", "an_event_is_taken_by_one_handler_only"),
        ],
    ),
    (
        "vkbottle",
        "errors of captcha and login lose their fields (#969, #665)",
        &[("tests/requests.rs", "an_error_of_vks_keeps_all_it_tells")],
    ),
    (
        "vkbottle",
        "uploads without a name, of a wrong type, to a wrong owner (#314, #418, #841)",
        &[
            ("tests/uploads.rs", "a_photo_goes_with_its_name_and_type_and_is_kept"),
            ("tests/uploads.rs", "a_document_goes_with_its_name_and_type_and_is_kept_under_its_title"),
            ("tests/uploads.rs", "what_cannot_be_taken_is_not_sent"),
        ],
    ),
    (
        "vkbottle",
        "nobody knows in which order middlewares run (#435, #108, #329, #343)",
        &[("tests/hurts.rs", "what_is_written_before_a_handler_runs_before_it_in_that_order")],
    ),
    (
        "vkbottle",
        "audit of 2026 (#1208): no backoff, a place lost or stored too early",
        &[
            (
                "tests/polling.rs",
                "a_refusal_of_unknown_meaning_costs_the_session_first_and_the_place_only_when_it_repeats",
            ),
            ("tests/polling.rs", "faults_of_the_way_keep_key_and_place"),
            (
                "tests/dispatching.rs",
                "the_cursor_never_passes_an_unfinished_event_and_always_reaches_the_end",
            ),
        ],
    ),
    (
        "vkbottle",
        "audit of 2026 (#1208): one random_id for all parts of a long text",
        &[("tests/format.rs", "a_long_text_goes_as_several_messages_with_a_number_against_repeats_each")],
    ),
    (
        "vkbottle",
        "audit of 2026 (#1208): captcha asked for without end",
        &[("tests/hurts.rs", "a_captcha_is_told_and_not_tried_again")],
    ),
    (
        "vkbottle",
        "audit of 2026 (#1208): a command is found inside of a word",
        &[("tests/commands.rs", "a_name_is_the_whole_word")],
    ),
    (
        "vkbottle",
        "audit of 2026 (#1208): a session is bound to a dead event loop",
        &[("tests/throttle.rs", "a_bot_outlives_the_runtime_it_was_first_used_in")],
    ),
    (
        "vk-io",
        "attachments vanish in a pack of calls (#565)",
        &[("tests/batch.rs", "any_text_arrives_the_same_inside_of_a_pack")],
    ),
    (
        "vk-io",
        "a call that cannot be packed is packed (#171), a captcha in a pack (#385)",
        &[
            ("tests/batch.rs", "packing_switched_off_sends_each_by_itself"),
            ("tests/batch.rs", "each_of_a_pack_gets_its_own_error"),
        ],
    ),
    (
        "vk-io",
        "one answer that is false shifts all errors after it",
        &[("tests/batch.rs", "an_answer_that_is_false_takes_nobody_elses_error")],
    ),
    (
        "vk-io",
        "a new captcha has only an address (#581, #544)",
        &[("tests/requests.rs", "an_error_of_vks_keeps_all_it_tells")],
    ),
    (
        "vk-io",
        "long polling stops in a bad network (#43, #42)",
        &[
            ("tests/polling.rs", "faults_that_go_on_cost_the_key_but_never_the_place"),
            ("tests/polling.rs", "a_server_that_is_not_there_is_waited_for"),
        ],
    ),
    (
        "vk-io",
        "an upload is broken off after 20 seconds (#458, #354, #90)",
        &[("tests/hurts.rs", "an_upload_may_take_longer_than_a_call")],
    ),
    (
        "vk-io",
        "the event never arrives: it is off in the settings (#327, #344, #366)",
        &[
            ("tests/subscribing.rs", "a_bot_gets_an_event_that_was_off_in_the_communitys_settings"),
            ("tests/subscribing.rs", "a_missing_right_is_told_with_the_events_to_switch_on_by_hand"),
        ],
    ),
    (
        "vk-io",
        "random_id is forgotten (#407)",
        &[("tests/requests.rs", "a_random_id_is_made_once_and_stays_when_the_request_is_sent_again")],
    ),
    (
        "vk-io",
        "all steps of a scene run at once (#217)",
        &[("tests/dialogues.rs", "a_dialogue_goes_from_step_to_step_and_ends")],
    ),
    (
        "vk-io",
        "sessions of one person race",
        &[("tests/hurts.rs", "messages_of_one_person_do_not_race_over_their_dialogue")],
    ),
    (
        "vk-io",
        "handlers find untyped things in their context",
        &[("tests/dispatching.rs", "a_handler_that_asks_for_what_nobody_gives_is_refused_when_built")],
    ),
    (
        "vksdk",
        "long polling ends at the first fault",
        &[("tests/polling.rs", "a_server_that_is_not_there_is_waited_for")],
    ),
    (
        "vksdk",
        "methods are written by hand and grow old (#191, #102)",
        &[
            ("codegen/tests/generated.rs", "the_sources_are_those_the_facts_make"),
            ("codegen/tests/generated.rs", "every_method_of_the_schema_is_there_once"),
        ],
    ),
    (
        "vksdk",
        "2 in a flag, false in place of an object (#244, #232, #201, #147)",
        &[("tests/updates.rs", "flags_ids_and_nested_objects_are_read_in_whatever_shape_they_come")],
    ),
    (
        "vksdk",
        "ts comes as a number (#179)",
        &[("tests/polling.rs", "events_come_in_order_and_the_place_moves_whether_a_text_or_a_number")],
    ),
    (
        "vksdk",
        "the limiter is wrong (#57)",
        &[(
            "tests/throttle.rs",
            "no_lane_waits_longer_than_two_seconds_for_its_turn_and_each_keeps_its_order",
        )],
    ),
    (
        "vksdk",
        "keyboards have no limits (#67)",
        &[("tests/keyboards.rs", "a_keyboard_is_taken_exactly_within_the_limits")],
    ),
    ("vksdk", "an empty token is sent (#319)", &[("tests/requests.rs", "a_bot_is_not_made_of_nonsense")]),
    (
        "vksdk",
        "a call waits for ever",
        &[("tests/requests.rs", "faults_of_the_way_are_told_from_vks_errors_and_may_be_tried_again")],
    ),
    (
        "vksdk",
        "no router and no dialogues",
        &[("tests/examples.rs", "a_dialogue_books_a_visit_and_may_be_left")],
    ),
    (
        "java-vk-bots-long-poll-api",
        "an old session loses some kinds of events (#137)",
        &[("tests/hurts.rs", "a_session_is_renewed_before_it_grows_old_and_loses_nothing")],
    ),
    (
        "vk-sdk-kotlin",
        "sessions asked for too often are refused for hours (#19)",
        &[("tests/polling.rs", "a_session_refused_is_asked_for_ever_more_seldom")],
    ),
    (
        "vk_api",
        "a message sent again has another random_id (#209)",
        &[
            ("tests/requests.rs", "a_random_id_is_made_once_and_stays_when_the_request_is_sent_again"),
            ("tests/broadcast.rs", "a_part_sent_again_after_a_crash_reaches_nobody_twice"),
        ],
    ),
    (
        "all",
        "VK moved from vk.com to vk.ru",
        &[("tests/hurts.rs", "the_methods_are_called_at_vk_ru_unless_told_otherwise")],
    ),
];

#[test]
fn every_hurt_is_guarded_by_a_test_that_is_there() {
    for (who, what, guards) in HURTS {
        assert!(!guards.is_empty(), "{who}: {what}");
        for (file, test) in *guards {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            let source = std::fs::read_to_string(&path).unwrap();
            assert!(source.contains(&format!("fn {test}(")), "{who}, {what}: no {test} in {file}");
        }
    }
}

type Heard = Arc<Mutex<Vec<String>>>;

async fn hear(new: Arc<MessageNew>, heard: Heard) -> Result<(), RequestError> {
    heard.lock().unwrap().push(new.message.text.clone());
    Ok(())
}

#[tokio::test]
async fn a_reconnect_brings_no_message_again() {
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    let heard = Heard::default();
    let handler = Update::filter_message_new().endpoint(hear);
    let bot = bot_of(&sandbox);
    let running =
        Dispatcher::builder(bot, handler).dependencies(deps![Arc::clone(&heard)]).build().dispatch();
    let running = tokio::spawn(running);
    until(|| sandbox.call_counts().contains_key("groups.getLongPollServer")).await;
    for (number, fault) in [Fault::Failed(2), Fault::DropAfter, Fault::HalfAnswer].into_iter().enumerate() {
        sandbox.faults().once(LONG_POLL, fault);
        sandbox.write(5, &number.to_string());
        until(|| heard.lock().unwrap().len() > number).await;
    }
    running.abort();
    assert_eq!(*heard.lock().unwrap(), ["0", "1", "2"]);
}

/// What a tree of handlers does with one message.
async fn done(handler: UpdateHandler<RequestError>) -> Vec<String> {
    let message = json!({"from_id": 5, "peer_id": 5, "text": "раз"});
    let update = json!({"type": "message_new", "group_id": 7, "object": {"message": message}});
    let update = Update::read(serde_json::value::to_raw_value(&update).unwrap(), GroupId(7));
    let heard = Heard::default();
    let _ = handler.dispatch(deps![Arc::new(update), Arc::clone(&heard)]).await;
    let heard = heard.lock().unwrap();
    heard.clone()
}

fn note(what: &'static str) -> impl Fn(Heard) + Clone + Send + Sync + 'static {
    move |heard: Heard| heard.lock().unwrap().push(what.to_owned())
}

#[tokio::test]
async fn an_event_is_taken_by_one_handler_only() {
    let take = || Update::filter_message_new().endpoint(hear);
    let handler = dptree::entry().branch(take()).branch(take());
    assert_eq!(done(handler).await, ["раз"]);
}

#[tokio::test]
async fn what_is_written_before_a_handler_runs_before_it_in_that_order() {
    let refused = Update::filter_message_new().inspect(note("a branch")).filter(|| false).endpoint(hear);
    let handler = dptree::entry()
        .inspect(note("first"))
        .inspect(note("second"))
        .branch(refused)
        .branch(Update::filter_message_new().inspect(note("third")).endpoint(hear));
    assert_eq!(done(handler).await, ["first", "second", "a branch", "third", "раз"]);
}

#[tokio::test]
async fn a_captcha_is_told_and_not_tried_again() {
    let vk = Vk::start().await;
    vk.error("messages.send", 14, "Captcha needed");
    let error = vk.bot().messages_send(5, "привет").await.unwrap_err();
    assert!(!error.is_retryable());
    assert_ne!(error.api().unwrap().kind(), ErrorKind::RetrySoon);
    assert_eq!(vk.asked("messages.send").len(), 1);
}

#[tokio::test]
async fn an_upload_may_take_longer_than_a_call() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/upload", listener.local_addr().unwrap());
    let slow = async || {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        axum::Json(json!({"server": 7, "photo": "[{}]", "hash": "h"}))
    };
    let app = Router::new().route("/upload", post(slow));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let vk = Vk::start().await;
    vk.response("photos.getMessagesUploadServer", json!({"upload_url": url, "album_id": -64}));
    vk.response("photos.saveMessagesPhoto", json!([{"id": 45, "owner_id": -7, "album_id": -64}]));
    let bot = vk.bot_with_timeout(Duration::from_secs(1));
    assert_eq!(bot.upload_message_photo(5, "GIF8", "a.gif").await.unwrap(), "photo-7_45");
}

#[tokio::test]
async fn messages_of_one_person_do_not_race_over_their_dialogue() {
    type Counting = Dialogue<u32, InMemStorage<u32>>;
    async fn count(dialogue: Counting, counted: u32) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        // Whoever reads meanwhile, reads the old state.
        tokio::task::yield_now().await;
        dialogue.update(counted + 1).await?;
        Ok(())
    }
    let sandbox = Sandbox::builder().start("127.0.0.1:0").await.unwrap();
    let handler = dialogue::enter::<Update, InMemStorage<u32>, u32, _>()
        .branch(Update::filter_message_new().endpoint(count));
    let storage = InMemStorage::<u32>::new();
    let dispatcher =
        Dispatcher::builder(bot_of(&sandbox), handler).dependencies(deps![Arc::clone(&storage)]).build();
    let stop = dispatcher.shutdown_token();
    let running = tokio::spawn(dispatcher.dispatch());
    until(|| sandbox.call_counts().contains_key("groups.getLongPollServer")).await;
    for _ in 0..50 {
        sandbox.write(5, "раз");
    }
    let key =
        dialogue::Key { group_id: GroupId(sandbox.group_id()), peer_id: PeerId(5), user_id: Some(UserId(5)) };
    let counted = Counting::new(storage, key);
    let all = async {
        while counted.get_or_default().await.unwrap() < 50 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), all).await.is_ok(), "a count was lost");
    stop.shutdown();
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_session_is_renewed_before_it_grows_old_and_loses_nothing() {
    let vk = Vk::start().await;
    vk.session("old", "1").session("new", "99");
    let answer = |ts: &str| -> Value { json!({"ts": ts, "updates": []}) };
    vk.reply("/lp", common::Reply::Json(answer("2"))).reply("/lp", common::Reply::Json(answer("3")));
    let mut polling = Polling::builder(vk.bot(), 7).renew(Duration::from_secs(3600)).build();
    polling.next().await.unwrap();
    polling.next().await.unwrap();
    tokio::time::advance(Duration::from_secs(3600)).await;
    polling.next().await.unwrap();
    let asked = vk.asked("/lp");
    assert_eq!((asked[0].param("key"), asked[0].param("ts")), (Some("old"), Some("1")));
    assert_eq!(
        (asked[1].param("key"), asked[1].param("ts")),
        (Some("new"), Some("2")),
        "from the same place"
    );
}

#[test]
fn the_methods_are_called_at_vk_ru_unless_told_otherwise() {
    assert_eq!(API_URL, "https://api.vk.ru/method");
    assert!(Bot::builder("t").api_url("https://proxy.example.ru/method/").build().is_ok());
}
