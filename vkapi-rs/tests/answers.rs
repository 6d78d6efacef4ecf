//! Answers VK has really given, read as their methods read them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use common::Fake;
use serde_json::Value;
use vkapi::{
    Bot, Call, ErrorCode, ErrorKind, RequestError,
    types::{PeerId, UserId},
};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A bot that is always answered with a kept file, and the file's `response`.
fn answered_with(name: &str) -> (Bot, Value) {
    let body = read(&fixtures().join(format!("responses/{name}.json")));
    let response = body["response"].clone();
    (Fake(move |_: &Call| body.clone()).bot(), response)
}

#[tokio::test]
async fn communities() {
    for name in [
        "vknet__Groups_GetById_Multiple_NormalCaseAllFields_ReturnTwoItems",
        "vknet__Groups_GetById_NormalCaseDefaultFields_ReturnTwoItems",
        "vknet__Groups_GetById_BanInfo",
    ] {
        let (bot, response) = answered_with(name);
        let wire = response["groups"].as_array().or(response.as_array()).unwrap();
        let groups = bot.groups_get_by_id().await.unwrap();
        assert_eq!(groups.len(), wire.len(), "{name}");
        for (group, wire) in groups.iter().zip(wire) {
            assert_eq!(Some(group.id.0), wire["id"].as_i64(), "{name}");
            assert_eq!(group.name, wire["name"].as_str().unwrap(), "{name}");
            assert_eq!(group.description.as_deref(), wire["description"].as_str(), "{name}");
            assert_eq!(group.members_count, wire["members_count"].as_i64(), "{name}");
            assert_eq!(group.contacts.is_some(), wire["contacts"].is_array(), "{name}");
            assert_eq!(group.city.is_some(), wire["city"].is_object(), "{name}");
        }
    }
}

#[tokio::test]
async fn settings_of_events_and_sessions() {
    let (bot, response) = answered_with("vknet__Groups_GetLongPollSettings");
    let settings = bot.groups_get_long_poll_settings(1).await.unwrap();
    let wire = response["events"].as_object().unwrap();
    assert_eq!(settings.events.len(), wire.len());
    for (kind, on) in wire {
        assert_eq!(settings.events[kind], on.as_i64() == Some(1) || on.as_bool() == Some(true), "{kind}");
    }

    let (bot, _) = answered_with("vknet__Groups_GetTokenPermissions");
    let permissions = bot.groups_get_token_permissions().await.unwrap();
    assert!(permissions.messages() && permissions.manage());
    assert_eq!(permissions.permissions.len(), 3);

    let (bot, _) = answered_with("bivashy-java-vk__get_long_poll_server_response_sample_5_110");
    let server = bot.groups_get_long_poll_server(1).await.unwrap();
    assert_eq!((server.key.as_str(), server.server.as_str(), server.ts.as_str()), ("aaa", "bbb", "2587"));
}

#[tokio::test]
async fn messages() {
    for name in ["vknet__Messages_GetHistory", "bivashy-java-vk__messages_get_history_sample_5_118"] {
        let (bot, response) = answered_with(name);
        let history = bot.messages_get_history(PeerId(1)).await.unwrap();
        assert_eq!(history.items.len(), response["items"].as_array().unwrap().len(), "{name}");
        assert!(!history.items.is_empty(), "{name}");
    }
    let (bot, response) = answered_with("vknet__Messages_GetConversationsById");
    let conversations = bot.messages_get_conversations_by_id(vec![PeerId(1)]).await.unwrap();
    assert_eq!(conversations.items.len(), response["items"].as_array().unwrap().len());

    let (bot, _) = answered_with("vknet__Messages_MessagesSendToPeerIds_Send_ArrayResult");
    let sent = bot.messages_send(PeerId(32_190_123), "а").await.unwrap();
    assert_eq!(
        (sent.message_id, sent.cmid.0),
        (210_525, 0),
        "an old version tells no number in the conversation"
    );
    let (bot, _) = answered_with("bivashy-java-vk__message_send_responses_sample_5_110");
    let deliveries = bot.messages_send_many(vec![PeerId(111), PeerId(222)], "а").await.unwrap();
    assert!(deliveries.iter().all(|delivery| delivery.result.is_ok()));
    assert_eq!(deliveries[1].peer_id, PeerId(222));
}

#[tokio::test]
async fn people_and_short_names() {
    for name in [
        "vknet__Users_Get_DefaultFields_UidFirstNameLastName",
        "vknet__Users_Get_DeletedUser",
        "vknet__Users_Get_ListOfUsers",
    ] {
        let (bot, response) = answered_with(name);
        let users = bot.users_get([UserId(1)]).await.unwrap();
        assert_eq!(users.len(), response.as_array().unwrap().len(), "{name}");
        for (user, wire) in users.iter().zip(response.as_array().unwrap()) {
            assert_eq!(user.first_name, wire["first_name"].as_str().unwrap(), "{name}");
            assert_eq!(user.deactivated.as_deref(), wire["deactivated"].as_str(), "{name}");
        }
    }
    for (name, kind) in
        [("vknet__Utils_ResolveScreenName", "user"), ("vknet__Utils_ResolveScreenName_Group", "group")]
    {
        let (bot, response) = answered_with(name);
        let resolved = bot.utils_resolve_screen_name("x").await.unwrap().unwrap();
        assert_eq!(resolved.kind, kind);
        assert_eq!(Some(resolved.object_id as f64), response["object_id"].as_f64());
    }
}

#[tokio::test]
async fn every_kept_error_is_read_with_its_code_and_words() {
    let mut kinds = BTreeSet::new();
    for entry in fs::read_dir(fixtures().join("errors")).unwrap() {
        let path = entry.unwrap().path();
        let body = read(&path);
        let wire = body["error"].clone();
        let result = Fake(move |_: &Call| body.clone()).bot().call::<Value>("messages.send", ()).await;
        if wire.is_null() {
            assert_eq!(result.unwrap(), Value::Null, "{}", path.display());
            continue;
        }
        let Err(RequestError::Api(error)) = result else { panic!("{}: {result:?}", path.display()) };
        assert_eq!(Some(i64::from(error.code.0)), wire["error_code"].as_i64());
        assert_eq!(Some(error.message.as_str()), wire["error_msg"].as_str());
        assert_eq!(error.redirect_uri.as_deref(), wire["redirect_uri"].as_str());
        assert_eq!(error.captcha.is_some(), wire["captcha_img"].is_string());
        assert!(error.code.text().is_some(), "{}", error.code);
        kinds.insert(format!("{:?}", error.kind()));
    }
    assert!(kinds.len() >= 5, "{kinds:?}");
}

#[tokio::test]
async fn a_scripts_failures_are_told_even_when_it_returned_nothing() {
    let body = read(&fixtures().join("errors/vknet__Errors_ExecuteErrorsHandler.json"));
    let failed = body["execute_errors"].as_array().unwrap().len();
    let executed = Fake(move |_: &Call| body.clone()).bot().execute("return null;").await.unwrap();
    assert_eq!((executed.value, executed.errors.len()), (Value::Null, failed));
    assert_eq!(executed.errors[1].code, ErrorCode::USER_NOT_IN_CHAT);
    assert_eq!(executed.errors[1].kind(), ErrorKind::Recipient);
}
