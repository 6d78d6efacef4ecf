//! Requests as VK gets them, answers as the caller gets them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::time::Duration;

use common::{Reply, Vk};
use serde_json::{Value, json};
use vkapi::{
    Bot, BuildError, ErrorCode, ErrorKind, Lane, RequestError,
    keyboard::{Button, Keyboard},
    methods::{EventAnswer, MessagesSend, Sent},
    requests::Request,
    types::{Cmid, GroupId, Message, PeerId, UserId},
};

fn sent(peer_id: i64) -> Value {
    json!([{"peer_id": peer_id, "message_id": 100, "conversation_message_id": 7}])
}

#[tokio::test]
async fn a_message_goes_as_a_form_with_the_token_in_the_header() {
    let vk = Vk::start().await;
    vk.response("messages.send", sent(5));
    let keyboard = Keyboard::inline().row([Button::callback("Да", "да")]).unwrap();
    let Sent { message_id, cmid, .. } = vk
        .bot()
        .messages_send(UserId(5), "Привет, & «мир»")
        .keyboard(&keyboard)
        .dont_parse_links(true)
        .disable_mentions(false)
        .lane(Lane::Reminder)
        .await
        .unwrap();
    assert_eq!((message_id, cmid), (100, Cmid(7)));

    let asked = &vk.asked("messages.send")[0];
    assert_eq!(asked.headers["authorization"], "Bearer test-token");
    assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
    assert!(asked.headers["accept-encoding"].to_str().unwrap().contains("gzip"));
    let names: Vec<_> = asked.params.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["disable_mentions", "dont_parse_links", "keyboard", "message", "peer_ids", "random_id", "v"]
    );
    assert_eq!(asked.param("message"), Some("Привет, & «мир»"));
    assert_eq!((asked.param("peer_ids"), asked.param("v")), (Some("5"), Some("5.199")));
    assert_eq!((asked.param("dont_parse_links"), asked.param("disable_mentions")), (Some("1"), Some("0")));
    assert_eq!(asked.param("keyboard"), Some(keyboard.to_json().as_str()));
}

#[tokio::test]
async fn a_random_id_is_made_once_and_stays_when_the_request_is_sent_again() {
    let vk = Vk::start().await;
    for _ in 0..4 {
        vk.response("messages.send", sent(5));
    }
    let bot = vk.bot();
    let request: Request<MessagesSend> = bot.messages_send(PeerId(5), "раз");
    request.send_ref().await.unwrap();
    request.send_ref().await.unwrap();
    bot.messages_send(PeerId(5), "два").await.unwrap();
    bot.messages_send(PeerId(5), "три").random_id(77).await.unwrap();
    let ids: Vec<i32> = vk
        .asked("messages.send")
        .iter()
        .map(|asked| asked.param("random_id").unwrap().parse().unwrap())
        .collect();
    assert!(ids.iter().all(|id| *id > 0), "{ids:?}");
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert_eq!(ids[3], 77);
}

#[tokio::test]
async fn a_refusal_inside_of_a_success_is_an_error_of_the_one_addressee() {
    let vk = Vk::start().await;
    vk.response(
        "messages.send",
        json!([{"peer_id": 5, "error": {"code": 901, "description": "Can't send"}}]),
    );
    let error = vk.bot().messages_send(PeerId(5), "а").await.unwrap_err();
    let api = error.api().unwrap();
    assert_eq!((api.code, api.kind()), (ErrorCode::NO_PERMISSION_FROM_USER, ErrorKind::Recipient));
    assert!(!error.is_retryable());
    assert_eq!(error.to_string(), "messages.send: VK error 901: Can't send");
}

#[tokio::test]
async fn of_many_addressees_each_has_an_outcome() {
    let vk = Vk::start().await;
    vk.response(
        "messages.send",
        json!([
            {"peer_id": 1, "message_id": 10, "conversation_message_id": 3},
            {"peer_id": 2, "message_id": 0, "error": {"code": 900, "description": "blacklist"}},
        ]),
    );
    let bot = vk.bot();
    let deliveries = bot.messages_send_many(vec![PeerId(1), PeerId(2)], "всем").await.unwrap();
    assert_eq!(deliveries[0].result.as_ref().unwrap().cmid, Cmid(3));
    let error = deliveries[1].result.as_ref().unwrap_err();
    assert_eq!(
        (deliveries[1].peer_id, error.code, error.kind()),
        (PeerId(2), ErrorCode::USER_BLACKLIST, ErrorKind::Recipient)
    );
    assert_eq!(vk.asked("messages.send")[0].param("peer_ids"), Some("1,2"));

    for count in [0, 101] {
        let peers = (1..=count).map(PeerId).collect();
        assert!(matches!(bot.messages_send_many(peers, "а").await, Err(RequestError::Invalid(_))));
    }
    assert_eq!(vk.asked("messages.send").len(), 1, "what VK would refuse is not sent");
}

#[tokio::test]
async fn a_press_is_answered() {
    let vk = Vk::start().await;
    let method = "messages.sendMessageEventAnswer";
    vk.response(method, json!(1)).response(method, json!(1)).response(method, json!(0));
    let bot = vk.bot();
    let request = || bot.messages_send_message_event_answer("0123456789ab", 5, 5);
    request().answer(EventAnswer::snackbar("Готово")).await.unwrap();
    request().await.unwrap();
    assert!(matches!(request().await, Err(RequestError::Decode { .. })), "0 is not done");
    let asked = vk.asked(method);
    let data: Value = serde_json::from_str(asked[0].param("event_data").unwrap()).unwrap();
    assert_eq!(data, json!({"type": "show_snackbar", "text": "Готово"}));
    assert_eq!(asked[1].param("event_data"), None);
}

#[tokio::test]
async fn a_message_is_answered_so_that_it_is_quoted_in_chats_too() {
    let vk = Vk::start().await;
    vk.response("messages.send", sent(2_000_000_001)).response("messages.send", sent(5));
    let message = |json: Value| serde_json::from_value::<Message>(json).unwrap();
    let in_chat =
        json!({"from_id": 5, "peer_id": 2_000_000_001, "conversation_message_id": 7, "id": 0, "text": "а"});
    vk.bot().reply(&message(in_chat), "Да").await.unwrap();
    vk.bot().reply(&message(json!({"from_id": 5, "peer_id": 5, "text": "а"})), "Да").await.unwrap();
    let asked = vk.asked("messages.send");
    assert_eq!(asked[0].param("peer_ids"), Some("2000000001"));
    let forward: Value = serde_json::from_str(asked[0].param("forward").unwrap()).unwrap();
    assert_eq!(forward, json!({"peer_id": 2_000_000_001, "conversation_message_ids": [7], "is_reply": true}));
    assert_eq!((asked[1].param("forward"), asked[1].param("message")), (None, Some("Да")));
}

#[tokio::test]
async fn half_of_a_letter_is_refused_on_the_way_out_and_mended_on_the_way_in() {
    let vk = Vk::start().await;
    let half =
        serde_json::value::RawValue::from_string(r#"{"peer_id":5,"message":"\ud83d"}"#.to_owned()).unwrap();
    let refused = vk.bot().call::<Value>("messages.send", half).await.unwrap_err();
    assert!(matches!(refused, RequestError::Invalid(_)), "{refused:?}");
    assert!(vk.asked("messages.send").is_empty());

    let history =
        r#"{"response": {"count": 1, "items": [{"from_id": 5, "peer_id": 5, "text": "Ура \ud83d"}]}}"#;
    vk.reply("messages.getHistory", Reply::Raw(200, history));
    let history = vk.bot().messages_get_history(5).await.unwrap();
    assert_eq!(history.items[0].text, "Ура \u{fffd}");
}

#[tokio::test]
async fn a_message_is_edited_by_its_number_in_the_conversation() {
    let vk = Vk::start().await;
    vk.response("messages.edit", json!(1));
    let keyboard = Keyboard::inline().row([Button::text("Ещё", ())]).unwrap();
    vk.bot()
        .messages_edit(PeerId(5), Cmid(7), "иначе")
        .keyboard(&keyboard)
        .attachment("photo1_2")
        .await
        .unwrap();
    let asked = &vk.asked("messages.edit")[0];
    let params = ["peer_id", "cmid", "message", "attachment"].map(|name| asked.param(name).unwrap());
    assert_eq!(params, ["5", "7", "иначе", "photo1_2"]);
    assert!(asked.param("keyboard").is_some() && asked.param("random_id").is_none());
}

#[tokio::test]
async fn communities_are_read_from_both_shapes_with_whatever_is_odd_left_out() {
    let vk = Vk::start().await;
    let group = json!({
        "id": 1, "name": "Школа", "screen_name": "school", "is_closed": 0, "type": "page", "verified": 1,
        "members_count": "250", "city": false, "contacts": [{"user_id": 3, "desc": "директор"}, 5], "cover": [],
        "counters": {"photos": 10}, "is_government_organization": true, "site": "", "new": {},
    });
    vk.response("groups.getById", json!({"groups": [group], "profiles": []}))
        .response("groups.getById", json!([group]))
        .response("groups.getById", json!({"groups": []}));
    let bot = vk.bot();
    let groups = bot.groups_get_by_id().ids([1]).fields(["city", "verified"]).await.unwrap();
    assert_eq!(groups, bot.groups_get_by_id().await.unwrap());
    assert_eq!(groups[0].id, GroupId(1));
    assert_eq!((groups[0].verified, groups[0].members_count), (Some(true), Some(250)));
    assert_eq!((groups[0].city.is_none(), groups[0].cover.is_none()), (true, true));
    assert_eq!(groups[0].contacts.as_ref().unwrap().len(), 1);
    assert_eq!(groups[0].counters.as_ref().unwrap().photos, Some(10));
    assert!(bot.groups_get_by_id().await.unwrap().is_empty());
    let asked = &vk.asked("groups.getById")[0];
    assert_eq!((asked.param("group_ids"), asked.param("fields")), (Some("1"), Some("city,verified")));
}

#[tokio::test]
async fn a_short_name_stands_for_something_or_for_nothing() {
    let vk = Vk::start().await;
    let method = "utils.resolveScreenName";
    vk.response(method, json!({"type": "group", "object_id": 9}))
        .response(method, json!([]))
        .response(method, json!({}));
    let bot = vk.bot();
    let resolved = bot.utils_resolve_screen_name("school").await.unwrap().unwrap();
    assert_eq!((resolved.kind.as_str(), resolved.object_id), ("group", 9));
    assert!(bot.utils_resolve_screen_name("nobody").await.unwrap().is_none());
    assert!(bot.utils_resolve_screen_name("nobody").await.unwrap().is_none());
}

#[tokio::test]
async fn settings_of_events_are_read_and_written() {
    let vk = Vk::start().await;
    vk.response("groups.setLongPollSettings", json!(1))
        .response(
            "groups.getLongPollSettings",
            json!({"is_enabled": true, "api_version": "5.199", "events": {"message_new": 1, "message_event": 0}}),
        )
        .response(
            "groups.getTokenPermissions",
            json!({"mask": 266_240, "permissions": [{"name": "manage", "setting": 262_144}]}),
        );
    let bot = vk.bot();
    let request = bot.groups_set_long_poll_settings(7).enabled(true).api_version("5.199");
    request.event("message_new", true).event("message_event", false).await.unwrap();
    let asked = &vk.asked("groups.setLongPollSettings")[0];
    let params =
        ["group_id", "enabled", "api_version", "message_new", "message_event"].map(|name| asked.param(name));
    assert_eq!(params, [Some("7"), Some("1"), Some("5.199"), Some("1"), Some("0")]);

    let settings = bot.groups_get_long_poll_settings(7).await.unwrap();
    assert!(settings.is_enabled && settings.events["message_new"] && !settings.events["message_event"]);
    let permissions = bot.groups_get_token_permissions().await.unwrap();
    assert!(permissions.messages() && permissions.manage());
    assert_eq!(permissions.permissions[0].name, "manage");
}

#[tokio::test]
async fn the_rest_of_the_methods_go_out_under_their_names() {
    let vk = Vk::start().await;
    vk.response("messages.markAsRead", json!(1))
        .response("messages.setActivity", json!(1))
        .response(
            "messages.getConversationsById",
            json!({"count": 1, "items": [{"peer": {"id": 5, "type": "user"}, "can_write": {"allowed": false, "reason": 901}}]}),
        )
        .response("messages.getHistory", json!({"count": 1, "items": [{"from_id": 5, "peer_id": 5, "text": "а"}]}))
        .response("users.get", json!([{"id": 5, "first_name": "Анна", "last_name": "К", "is_closed": false}]))
        .response("utils.getServerTime", json!(1_700_000_000));
    let bot = vk.bot();
    bot.messages_mark_as_read(PeerId(5)).mark_conversation_as_read(true).await.unwrap();
    bot.messages_set_activity(PeerId(5), "typing").await.unwrap();
    let conversations = bot.messages_get_conversations_by_id(vec![PeerId(5)]).await.unwrap();
    let can_write = conversations.items[0].can_write.as_ref().unwrap();
    assert_eq!((can_write.allowed, can_write.reason), (false, Some(901)));
    assert_eq!(bot.messages_get_history(PeerId(5)).count(10).await.unwrap().items[0].text, "а");
    assert_eq!(bot.users_get([UserId(5)]).fields(["city"]).await.unwrap()[0].first_name, "Анна");
    assert_eq!(bot.call::<i64>("utils.getServerTime", ()).await.unwrap(), 1_700_000_000);
    assert_eq!(vk.asked("messages.setActivity")[0].param("type"), Some("typing"));
    assert_eq!(vk.asked("messages.getHistory")[0].param("count"), Some("10"));
}

#[tokio::test]
async fn a_script_tells_what_failed_inside_of_it() {
    let vk = Vk::start().await;
    let failed = json!([{"method": "messages.send", "error_code": 901, "error_msg": "no"}]);
    vk.reply("execute", Reply::Json(json!({"response": [1, false], "execute_errors": failed})));
    let executed = vk.bot().execute("return [API.messages.send(), API.messages.send()];").await.unwrap();
    assert_eq!(executed.value, json!([1, false]));
    assert_eq!((executed.errors[0].method.as_str(), executed.errors[0].code.0), ("messages.send", 901));
    assert_eq!(executed.errors[0].kind(), ErrorKind::Recipient);
}

#[tokio::test]
async fn an_error_of_vks_keeps_all_it_tells() {
    let vk = Vk::start().await;
    vk.reply(
        "users.get",
        Reply::Json(json!({"error": {
            "error_code": 14, "error_subcode": 2, "error_msg": "Captcha needed", "captcha_sid": 123, "captcha_img": "i",
            "redirect_uri": "https://id.vk.ru/not_robot", "request_params": [{"key": "a", "value": "b"}],
        }})),
    );
    vk.reply("users.get", Reply::Json(json!({"error": {"error_code": "6"}})));
    vk.reply("users.get", Reply::Json(json!({"error": {"error_code": 24, "confirmation_text": "Точно?"}})));
    let bot = vk.bot();
    let call = || bot.users_get([1]).into_future();
    let error = call().await.unwrap_err();
    let api = error.api().unwrap();
    assert_eq!((api.code, api.subcode, api.kind()), (ErrorCode::CAPTCHA, Some(2), ErrorKind::RetryLater));
    assert_eq!(api.captcha.as_ref().unwrap().sid.as_deref(), Some("123"));
    assert_eq!(api.redirect_uri.as_deref(), Some("https://id.vk.ru/not_robot"));

    let error = call().await.unwrap_err();
    assert!(error.is_retryable());
    assert_eq!(error.to_string(), "users.get: VK error 6: Too many requests per second");
    assert!(error.api().unwrap().captcha.is_none());
    assert_eq!(call().await.unwrap_err().api().unwrap().confirmation_text.as_deref(), Some("Точно?"));
}

#[tokio::test]
async fn faults_of_the_way_are_told_from_vks_errors_and_may_be_tried_again() {
    let vk = Vk::start().await;
    for reply in [
        Reply::Raw(502, "<html>"),
        Reply::Raw(200, "<html>"),
        Reply::Raw(200, ""),
        Reply::Raw(200, r#"{"response": {"cou"#),
        Reply::Raw(200, "{}"),
        Reply::Cut(r#"{"response": ["#),
        Reply::Json(json!({"response": "text"})),
    ] {
        vk.reply("users.get", reply);
    }
    let bot = vk.bot();
    let call = || bot.users_get([UserId(1)]).into_future();
    assert!(matches!(call().await.unwrap_err(), RequestError::Http { status: 502 }));
    for _ in 0..4 {
        let error = call().await.unwrap_err();
        assert!(matches!(&error, RequestError::Garbled { method, .. } if method == "users.get"), "{error:?}");
        assert!(error.is_retryable());
    }
    let cut = call().await.unwrap_err();
    assert!(matches!(cut, RequestError::Network(_)) && cut.is_retryable(), "{cut:?}");
    let hasty = vk.bot_with_timeout(Duration::from_millis(100));
    // What has no reply is never answered.
    let silent = hasty.call::<Value>("utils.getServerTime", ()).await.unwrap_err();
    assert!(matches!(silent, RequestError::Timeout) && silent.is_retryable(), "{silent:?}");
    let other = call().await.unwrap_err();
    assert!(matches!(other, RequestError::Decode { .. }) && !other.is_retryable(), "{other:?}");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_told_with_the_way_to_it() {
    let vk = Vk::start().await;
    vk.response("users.get", json!([{"id": 1}, {"id": {}}]));
    let RequestError::Decode { path, reason, .. } = vk.bot().users_get([1]).await.unwrap_err() else {
        panic!()
    };
    assert_eq!((path.as_str(), reason.as_str()), ("[1].id", "not a number"));
}

#[tokio::test]
async fn vks_errors_are_told_whatever_the_http_status() {
    let vk = Vk::start().await;
    vk.reply(
        "users.get",
        Reply::Raw(403, r#"{"error":{"error_code":5,"error_msg":"User authorization failed"}}"#),
    );
    let error = vk.bot().users_get([1]).await.unwrap_err();
    assert_eq!(error.api().unwrap().kind(), ErrorKind::Setup);
}

#[test]
fn a_bot_is_not_made_of_nonsense() {
    assert!(matches!(Bot::new(""), Err(BuildError::Token)));
    assert!(matches!(Bot::new("a\nb"), Err(BuildError::Token)));
    assert!(matches!(Bot::builder("t").api_url("api.vk.ru/method").build(), Err(BuildError::ApiUrl(_))));
    assert!(matches!(Bot::builder("t").api_url("ftp://vk.ru").build(), Err(BuildError::ApiUrl(_))));
    assert!(Bot::builder("t").api_url("https://api.vk.ru/method/").build().is_ok());
}

#[test]
fn what_an_error_means_depends_on_the_method_where_it_must() {
    let kind = |code, method| ErrorCode(code).kind(method);
    assert_eq!(kind(7, "messages.send"), ErrorKind::Recipient);
    assert_eq!(kind(7, "groups.getById"), ErrorKind::Setup);
    assert_eq!(kind(18, "messages.send"), ErrorKind::Recipient);
    assert_eq!(kind(18, "wall.get"), ErrorKind::NotThere);
    assert_eq!(kind(123_456, "wall.get"), ErrorKind::Unknown);
    assert_eq!(
        ErrorCode::NO_PERMISSION_FROM_USER.text(),
        Some("Can't send messages for users without permission")
    );
}
