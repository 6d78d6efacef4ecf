//! `execute`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{ILDAR, MARIA, Vk, assert_has_shape, error_of, fixture};

async fn run(vk: &Vk, code: &str) -> Value {
    vk.call("execute", &[("code", code), ("who", "2")]).await
}

async fn result(code: &str) -> Value {
    let vk = Vk::new().await;
    let mut answer = run(&vk, code).await;
    assert!(answer.get("response").is_some(), "{answer}");
    answer["response"].take()
}

#[tokio::test]
async fn many_messages_go_in_one_request_and_a_refused_one_is_false() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    vk.sandbox.write(ILDAR, "Привет");
    let mut code = "return [".to_owned();
    for (peer, text) in [(1, "Раз \\\"два\\\"\\n\\u0442ри"), (77, "Никому"), (2, "Четыре")]
    {
        let random = peer + 10;
        write!(code, r#"API.messages.send({{"peer_id":{peer},"random_id":{random},"message":"{text}"}}),"#)
            .unwrap();
    }
    code.push_str("];");
    let answer = run(&vk, &code).await;
    assert_eq!(answer["response"], json!([3, false, 4]));
    assert_eq!(
        answer["execute_errors"],
        json!([{
            "method": "messages.send", "error_code": 901,
            "error_msg": "Can't send messages for users without permission",
        }])
    );
    assert_has_shape(
        &answer["execute_errors"],
        &fixture("execute_errors")["execute_errors"],
        "execute_errors",
    );
    assert_eq!(vk.texts(MARIA)[1], "Раз \"два\"\nтри");
    let calls = vk.sandbox.calls();
    assert_eq!(calls.iter().filter(|call| call.in_execute).count(), 3);
    assert_eq!(
        calls.iter().filter(|call| !call.in_execute).map(|call| &call.method).collect::<Vec<_>>(),
        ["execute"]
    );
}

#[tokio::test]
async fn the_language_is_understood_as_far_as_clients_use_it() {
    let cases = [
        ("return 1 + 2 * 3 - 8 / 2;", json!(3)),
        ("return \"а\" + 1 + 'б';", json!("а1б")),
        ("var a = [], i = 0; while (i < 3) { a.push(i * i); i = i + 1; } return a;", json!([0, 1, 4])),
        ("if (!0 && \"да\") { return 1 == \"1\"; } else return 2;", json!(true)),
        (
            "var o = {}; o.x = {y: [1, 2]}; o.x.y[1] = 5; return [o.x.y, o.none.deep, o.x.y.length];",
            json!([[1, 5], null, 2]),
        ),
        ("return API.users.get({user_ids: [1, 2]})@.first_name;", json!(["Мария", "Ильдар"])),
        ("return API.users.get({\"user_ids\": Args.who})[0].last_name;", json!("Сафин")),
        ("// так\n/* и\nтак */ return parseInt(\"7\") % 4;", json!(3)),
        ("return [1,2,3,4].slice(1, 3);", json!([2, 3])),
        ("var x = -1;", Value::Null),
    ];
    for (code, expected) in cases {
        assert_eq!(result(code).await, expected, "{code}");
    }
}

#[tokio::test]
async fn a_script_that_does_not_compile_is_refused_as_captured() {
    let vk = Vk::new().await;
    let captured = fixture("execute_does_not_compile");
    let code = captured["error"]["request_params"][2]["value"].as_str().unwrap();
    let answer = run(&vk, code).await;
    assert_eq!(error_of(&answer), error_of(&captured));
    for code in [
        "return {;",
        "return \"open",
        "return 1 $ 2;",
        &format!("return {}1;", "(".repeat(5000)),
        "return 1.2.3;",
    ] {
        assert_eq!(error_of(&run(&vk, code).await).0, 12, "{}", &code[..9]);
    }
    assert_eq!(error_of(&vk.call("execute", &[]).await).0, 100);
}

#[tokio::test]
async fn too_many_calls_and_endless_loops_are_stopped() {
    let vk = Vk::new().await;
    let calls = |n: usize| format!("return [{}];", vec!["API.utils.getServerTime()"; n].join(","));
    assert_eq!(run(&vk, &calls(25)).await["response"].as_array().map(Vec::len), Some(25));
    assert_eq!(error_of(&run(&vk, &calls(26)).await).0, 13);
    assert_eq!(error_of(&run(&vk, "while (1) {}").await).0, 13);
    assert_eq!(error_of(&run(&vk, "return 1 / 0;").await).0, 13);
    let sum = |n: usize| format!("return {};", vec!["1"; n].join("+"));
    assert_eq!(run(&vk, &sum(100)).await["response"], 100);
    assert_eq!(error_of(&run(&vk, &sum(100_000)).await).0, 12);
    let blocks = format!("{}{}{}", "if (1) {".repeat(45), sum(90), "}".repeat(45));
    assert_eq!(run(&vk, &blocks).await["response"], 90);
    let nested = (0..90).fold("1".to_owned(), |inside, _| format!("({inside}){}", "+1".repeat(9)));
    assert_eq!(error_of(&run(&vk, &format!("return {nested};")).await).0, 13);
}

#[tokio::test]
async fn execute_is_one_request_to_the_limit_and_faults_reach_into_it() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    vk.sandbox.faults().once("messages.send", vk_sandbox::Fault::Error(9));
    let send = r#"API.messages.send({"peer_id":1,"random_id":5,"message":"а"})"#;
    let answer =
        run(&vk, &format!("return [{send}, {send}, {send}, API.execute({{\"code\":\"return 1;\"}})];")).await;
    assert_eq!(answer["response"], json!([false, 2, 2, false]));
    assert_eq!(answer["execute_errors"][0]["error_code"], 9);
}
