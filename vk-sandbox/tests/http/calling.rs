//! Tokens, parameters, errors and the limit of requests.

use serde_json::{Value, json};
use vk_sandbox::{Rights, Settings};

use crate::{MARIA, Vk, assert_has_shape, error_of, fixture};

#[tokio::test]
async fn parameters_come_by_query_form_or_multipart_and_tokens_by_header_or_parameter() {
    let vk = Vk::new().await;
    let url = format!("{}/users.get", vk.sandbox.api_url());
    let query = [("v", "5.199"), ("access_token", "group-token"), ("user_ids", "1")];
    let multipart = reqwest::multipart::Form::new().text("v", "5.199").text("user_ids", "1");
    for request in [
        vk.http.get(&url).query(&query),
        vk.http.post(&url).query(&query),
        vk.http.post(&url).form(&query),
        vk.http.post(&url).bearer_auth("group-token").multipart(multipart),
    ] {
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["response"][0]["first_name"], "Мария", "{answer}");
    }
}

#[tokio::test]
async fn a_json_body_is_not_taken() {
    let vk = Vk::new().await;
    let url = format!("{}/users.get", vk.sandbox.api_url());
    let request = vk.http.post(url).query(&[("v", "5.199")]).json(&json!({"access_token": "group-token"}));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(error_of(&answer).0, 5);
}

#[tokio::test]
async fn an_error_repeats_what_was_asked_as_text_and_without_the_token() {
    let vk = Vk::new().await;
    let url = format!("{}/messages.send", vk.sandbox.api_url());
    let form = [("access_token", "group-token"), ("v", "5.199"), ("peer_id", "1"), ("random_id", "5")];
    let answer: Value = vk.http.post(url).form(&form).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        answer["error"]["request_params"],
        json!([
            {"key": "method", "value": "messages.send"}, {"key": "oauth", "value": "1"},
            {"key": "v", "value": "5.199"}, {"key": "peer_id", "value": "1"}, {"key": "random_id", "value": "5"},
        ])
    );
    assert!(!answer.to_string().contains("group-token"));
}

#[tokio::test]
async fn a_call_without_a_token_is_refused_as_captured() {
    let vk = Vk::new().await;
    let url = format!("{}/groups.getLongPollServer", vk.sandbox.api_url());
    let form = [("group_id", "111"), ("v", "5.107")];
    let answer: Value = vk.http.post(url).form(&form).send().await.unwrap().json().await.unwrap();
    let captured = fixture("no_access_token");
    assert_has_shape(&answer, &captured, "error");
    assert_eq!(error_of(&answer), error_of(&captured));
    let sorted = |answer: &Value| {
        let mut params: Vec<String> =
            answer["error"]["request_params"].as_array().unwrap().iter().map(Value::to_string).collect();
        params.sort();
        params
    };
    assert_eq!(sorted(&answer), sorted(&captured));
}

#[tokio::test]
async fn tokens_versions_methods_and_verbs_are_checked() {
    let vk = Vk::new().await;
    let code = async |token: &str, method: &str| error_of(&vk.call_as(token, method, &[]).await).0;
    assert_eq!(code("wrong", "users.get").await, 5);
    assert_eq!(code("group-token", "users.Get").await, 3);
    let url = format!("{}/users.get", vk.sandbox.api_url());
    let send = async |request: reqwest::RequestBuilder| -> Value {
        let answer = request.bearer_auth("group-token").send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    };
    assert_eq!(error_of(&send(vk.http.post(&url)).await).0, 8);
    assert_eq!(error_of(&send(vk.http.post(&url).query(&[("v", "5.50")])).await).0, 8);
    assert_eq!(error_of(&send(vk.http.put(&url)).await), (9999, "Not supported http method".to_owned()));
}

#[tokio::test]
async fn a_method_of_another_kind_of_token_is_refused() {
    let vk = Vk::with(|builder| builder.group_token("messages-only", Rights::MESSAGES)).await;
    assert_eq!(
        vk.error("wall.get", &[("owner_id", "-1")]).await,
        (27, "Group authorization failed: method is unavailable with group auth.".to_owned())
    );
    let service = vk.call_as("service-token", "messages.send", &[]).await;
    assert_eq!(error_of(&service).0, 28);
    let limited = vk.call_as("messages-only", "groups.getLongPollServer", &[]).await;
    assert_eq!(
        error_of(&limited),
        (
            15,
            "Access denied: no access to call this method. It cannot be called with current scopes."
                .to_owned()
        )
    );
    assert_eq!(limited["error"]["error_subcode"], 1133);
    vk.sandbox.write(MARIA, "Привет");
    let sent = vk
        .call_as("messages-only", "messages.send", &[("peer_id", "1"), ("random_id", "1"), ("message", "да")])
        .await;
    assert_eq!(sent["response"], 2);
}

#[tokio::test]
async fn the_rights_of_a_token_are_told_as_captured() {
    let vk = Vk::new().await;
    let permissions = vk.ok("groups.getTokenPermissions", &[]).await;
    assert_has_shape(&permissions, &fixture("token_permissions")["response"], "response");
    assert_eq!(permissions["mask"], 4 + 4096 + 131_072 + 262_144);
}

#[tokio::test]
async fn more_than_the_limit_of_requests_in_a_second_is_error_6() {
    let vk = Vk::with_settings(Settings::default()).await;
    let mut refused = 0;
    // Thirty take far less than a second, unless the machine stands still.
    for _ in 0..20 {
        let calls = (0..30).map(|_| vk.call("utils.getServerTime", &[]));
        let answers = futures::future::join_all(calls).await;
        refused += answers.iter().filter(|answer| answer["error"]["error_code"] == 6).count();
    }
    assert!(refused >= 10, "{refused}");
    let service = vk.call_as("service-token", "utils.getServerTime", &[]).await;
    assert!(service.get("response").is_some());
}

#[tokio::test]
async fn calls_are_remembered_without_tokens_and_counted() {
    let vk = Vk::with_settings(Settings { calls_kept: 2, ..Settings::default() }).await;
    for _ in 0..3 {
        vk.ok("utils.getServerTime", &[]).await;
    }
    vk.error("messages.send", &[("peer_id", "1"), ("random_id", "3"), ("message", "а")]).await;
    let calls = vk.sandbox.calls();
    assert_eq!(calls.iter().map(|call| call.result).collect::<Vec<_>>(), [Ok(()), Err(901)]);
    assert_eq!(calls[1].param("random_id"), Some("3"));
    assert_eq!(vk.sandbox.call_counts()["utils.getServerTime"], 3);
    assert!(!format!("{calls:?}").contains("group-token"));
    vk.sandbox.clear_calls();
    assert!(vk.sandbox.calls().is_empty() && vk.sandbox.call_counts().is_empty());
}

#[tokio::test]
async fn the_clock_is_the_one_handed_in() {
    let vk = Vk::new().await;
    let before = vk.ok("utils.getServerTime", &[]).await.as_i64().unwrap();
    vk.pass(crate::HOUR);
    assert_eq!(vk.ok("utils.getServerTime", &[]).await, before + 3600);
}

#[tokio::test]
async fn a_stopped_sandbox_is_gone_and_a_held_poll_is_let_go() {
    let vk = Vk::new().await;
    let (server, key, ts) = vk.session().await;
    let query = [("act", "a_check"), ("key", &key), ("ts", &ts), ("wait", "90")];
    let held = tokio::spawn(vk.http.get(server).query(&query).send());
    while vk.sandbox.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    let url = vk.sandbox.api_url();
    vk.sandbox.shutdown().await;
    let _ = held.await.unwrap();
    assert!(vk.http.get(format!("{url}/users.get")).send().await.is_err());
}
