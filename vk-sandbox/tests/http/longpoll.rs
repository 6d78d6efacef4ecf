//! Bots Long Poll.

use std::time::Duration;

use serde_json::{Value, json};
use vk_sandbox::Settings;

use crate::{GROUP, HOUR, MARIA, Vk, assert_has_shape, error_of, fixture, types};

#[tokio::test]
async fn a_first_message_is_told_as_consent_and_message() {
    let vk = Vk::new().await;
    let (server, key, ts) = vk.session().await;
    vk.sandbox.start(MARIA, Some("плакат"));
    let answer = vk.poll_raw(&server, &key, &ts).await;
    assert_eq!(answer["ts"], vk.sandbox.last_ts());
    let updates = answer["updates"].as_array().unwrap();
    assert_eq!(types(updates), ["message_allow", "message_new"]);
    assert_eq!(updates[0]["object"], json!({"user_id": MARIA, "key": ""}));
    let message = &updates[1];
    assert_has_shape(message, &fixture("message_new_start_button"), "update");
    assert_eq!(message["group_id"], GROUP);
    assert_eq!(message["v"], "5.199");
    assert!(message["event_id"].as_str().is_some_and(|id| id.len() == 40));
    assert_eq!(message["object"]["message"]["text"], "Начать");
    assert_eq!(message["object"]["message"]["payload"], r#"{"command":"start"}"#);
    assert_eq!(message["object"]["message"]["ref"], "плакат");

    vk.sandbox.write(MARIA, "Ещё");
    let next = vk.poll_raw(&server, &key, answer["ts"].as_str().unwrap()).await;
    assert_eq!(types(next["updates"].as_array().unwrap()), ["message_new"]);
}

#[tokio::test]
async fn nothing_new_is_an_empty_answer_with_the_same_ts_as_text() {
    let vk = Vk::new().await;
    let (server, key, ts) = vk.session().await;
    let answer = vk.poll_raw(&server, &key, &ts).await;
    assert_has_shape(&answer, &fixture("longpoll_empty"), "answer");
    assert_eq!(answer, json!({"ts": ts, "updates": []}));
}

#[tokio::test]
async fn a_poll_is_held_until_an_event_and_may_be_a_post_with_strange_parameters() {
    let vk = Vk::new().await;
    let (server, key, ts) = vk.session().await;
    let query =
        [("act", "a_check"), ("key", &key), ("ts", &ts), ("wait", "90"), ("mode", "2"), ("version", "3")];
    let held = tokio::spawn(vk.http.post(server).query(&query).send());
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!held.is_finished());
    vk.sandbox.write(MARIA, "Привет");
    let answer: Value = held.await.unwrap().unwrap().json().await.unwrap();
    assert_eq!(answer["updates"][0]["type"], "message_allow");
}

#[tokio::test]
async fn two_sessions_get_every_event_and_an_old_ts_gets_them_again() {
    let vk = Vk::new().await;
    let (server, one, ts) = vk.session().await;
    let (_, other, _) = vk.session().await;
    vk.sandbox.write(MARIA, "Привет");
    let first = vk.poll_raw(&server, &one, &ts).await;
    assert_eq!(first, vk.poll_raw(&server, &other, &ts).await);
    assert_eq!(first, vk.poll_raw(&server, &one, &ts).await);
}

#[tokio::test]
async fn lost_history_is_failed_1_with_ts_as_a_number() {
    let vk = Vk::new().await;
    let (server, key, ts) = vk.session().await;
    vk.sandbox.write(MARIA, "Привет");
    vk.sandbox.lose_events();
    let answer = vk.poll_raw(&server, &key, &ts).await;
    assert_has_shape(&answer, &fixture("longpoll_failed1"), "answer");
    assert_eq!(answer["failed"], 1);
    assert_eq!(answer["ts"].as_i64().unwrap().to_string(), vk.sandbox.last_ts());
}

#[tokio::test]
async fn a_key_lives_an_hour_by_the_clock_and_the_old_ts_stays_good() {
    let vk = Vk::new().await;
    let (server, key, ts) = vk.session().await;
    vk.sandbox.write(MARIA, "Привет");
    vk.pass(HOUR);
    assert_eq!(vk.poll_raw(&server, &key, &ts).await, json!({"failed": 2}));
    assert_eq!(vk.poll_raw(&server, "nonsense", &ts).await, json!({"failed": 2}));
    let (_, key, new_ts) = vk.session().await;
    assert_ne!(new_ts, ts);
    assert_eq!(vk.poll_raw(&server, &key, &ts).await["updates"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn answers_are_capped_and_the_rest_follows() {
    let vk = Vk::with_settings(Settings { batch: 3, ..Settings::default() }).await;
    for number in 0..4 {
        vk.sandbox.write(MARIA, &number.to_string());
    }
    let (server, key, _) = vk.session().await;
    let first = vk.poll_raw(&server, &key, "1").await;
    assert_eq!((first["ts"].as_str(), first["updates"].as_array().unwrap().len()), (Some("4"), 3));
    let second = vk.poll_raw(&server, &key, "4").await;
    assert_eq!(second["updates"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn event_types_are_switched_one_by_one() {
    let vk = Vk::new().await;
    let group = GROUP.to_string();
    let settings = vk.ok("groups.getLongPollSettings", &[("group_id", &group)]).await;
    assert_eq!(settings["is_enabled"], true);
    assert_eq!(
        (&settings["events"]["message_new"], &settings["events"]["message_reply"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(settings["events"]["wall_schedule_post_new"], 0);
    let change = [
        ("group_id", group.as_str()),
        ("message_allow", "0"),
        ("message_reply", "1"),
        ("api_version", "5.131"),
    ];
    assert_eq!(vk.ok("groups.setLongPollSettings", &change).await, 1);
    vk.sandbox.write(MARIA, "Привет");
    vk.send("1", "И вам").await;
    let updates = vk.updates().await;
    assert_eq!(types(&updates), ["message_new", "message_reply"]);
    assert_eq!(updates[0]["v"], "5.131");
    let mut captured = fixture("message_reply");
    // Only a message written by an administrator by hand has an author.
    captured["object"].as_object_mut().unwrap().remove("admin_author_id");
    assert_has_shape(&updates[1], &captured, "update");
    assert_eq!((&updates[1]["object"]["out"], &updates[1]["object"]["from_id"]), (&json!(1), &json!(-GROUP)));
}

#[tokio::test]
async fn before_5_103_a_message_is_the_object_itself() {
    let vk = Vk::new().await;
    vk.ok("groups.setLongPollSettings", &[("group_id", &GROUP.to_string()), ("api_version", "5.100")]).await;
    vk.sandbox.write(MARIA, "Привет");
    assert_eq!(vk.updates().await[1]["object"]["text"], "Привет");
}

#[tokio::test]
async fn switched_off_long_poll_keeps_nothing_and_gives_no_session() {
    let vk = Vk::new().await;
    vk.sandbox.switch_community(true, true, false);
    vk.sandbox.write(MARIA, "Привет");
    let (code, message) = vk.error("groups.getLongPollServer", &[("group_id", &GROUP.to_string())]).await;
    assert_eq!(code, 100);
    assert!(message.ends_with("longpoll for this group is not enabled"), "{message}");
    vk.sandbox.switch_community(true, true, true);
    assert_eq!(vk.updates().await, Vec::<Value>::new());
}

#[tokio::test]
async fn another_community_has_no_session_with_this_token() {
    let vk = Vk::new().await;
    assert_eq!(error_of(&vk.call("groups.getLongPollServer", &[("group_id", "5")]).await).0, 15);
    assert_eq!(
        vk.error("groups.getLongPollServer", &[]).await,
        (100, "One of the parameters specified was missing or invalid: group_id is undefined".to_owned())
    );
}

#[tokio::test]
async fn made_up_updates_go_through_untouched() {
    let vk = Vk::new().await;
    let odd = json!({"type": "nobody_knows", "object": [1, {"deep": null}], "group_id": GROUP});
    vk.sandbox.push_raw(odd.clone());
    let id = vk.sandbox.push_event("wall_post_new", &json!({"id": 5}));
    assert_eq!(
        vk.updates().await,
        [
            odd,
            json!({"type": "wall_post_new", "object": {"id": 5}, "group_id": GROUP, "event_id": id, "v": "5.199"})
        ]
    );
}

#[tokio::test]
async fn what_people_do_beside_writing_is_told() {
    let vk = Vk::new().await;
    for kind in ["message_read", "message_typing_state"] {
        assert!(vk.sandbox.switch_event(kind, true));
    }
    vk.sandbox.allow(MARIA);
    vk.send("1", "Здравствуйте").await;
    vk.sandbox.read(MARIA);
    vk.sandbox.typing(MARIA);
    assert!(vk.sandbox.react(MARIA, 1, Some(4)) && !vk.sandbox.react(MARIA, 9, None));
    vk.sandbox.join(MARIA);
    vk.sandbox.leave(MARIA);
    vk.sandbox.block(MARIA);
    vk.sandbox.unblock(MARIA);
    vk.sandbox.deny(MARIA);
    vk.sandbox.deny(MARIA);
    let updates = vk.updates().await;
    assert_eq!(
        types(&updates),
        [
            "message_allow",
            "message_read",
            "message_typing_state",
            "message_reaction_event",
            "group_join",
            "group_leave",
            "user_block",
            "user_unblock",
            "message_deny"
        ]
    );
    assert_eq!(
        updates[3]["object"],
        json!({"reacted_id": MARIA, "peer_id": MARIA, "cmid": 1, "reaction_id": 4})
    );
}
