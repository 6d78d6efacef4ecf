//! Keyboards shown, buttons pressed, presses answered.

use serde_json::{Value, json};
use vk_sandbox::{ClientInfo, PressError};

use crate::{MARIA, MINUTE, Vk, assert_has_shape, fixture, types};

const USUAL: &str =
    r#"{"one_time":true,"buttons":[[{"action":{"type":"text","label":"Меню","payload":"{\"m\":1}"}}]]}"#;
const INLINE: &str = r#"{"inline":true,"buttons":[[
    {"action":{"type":"callback","label":"Готово","payload":"{\"done\":[1,2]}"},"color":"positive"},
    {"action":{"type":"text","label":"Ещё","payload":{"more":true}}},
    {"action":{"type":"open_link","label":"Сайт","link":"https://vk.ru"}}]]}"#;

async fn sent(keyboard: &str) -> Vk {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    vk.ok(
        "messages.send",
        &[("peer_id", "1"), ("random_id", "1"), ("message", "Вот"), ("keyboard", keyboard)],
    )
    .await;
    vk
}

#[tokio::test]
async fn the_usual_keyboard_stays_until_replaced_hidden_or_used_up() {
    let vk = sent(USUAL).await;
    assert_eq!(vk.sandbox.keyboard(MARIA).unwrap()["one_time"], true);
    vk.send("2", "Без клавиатуры").await;
    assert!(vk.sandbox.keyboard(MARIA).is_some());
    vk.sandbox.press_keyboard(MARIA, "Меню").unwrap();
    assert_eq!(vk.sandbox.keyboard(MARIA), None);
    assert_eq!(vk.sandbox.press_keyboard(MARIA, "Меню"), Err(PressError::NoKeyboard));
    let last = vk.updates().await.pop().unwrap();
    assert_eq!(last["object"]["message"]["text"], "Меню");
    assert_eq!(last["object"]["message"]["payload"], r#"{"m":1}"#);

    let send = async |id: &str, keyboard: &str| {
        let params = [("peer_id", "1"), ("random_id", id), ("message", "Вот"), ("keyboard", keyboard)];
        vk.ok("messages.send", &params).await
    };
    send("3", &USUAL.replace("true", "false")).await;
    vk.sandbox.press_keyboard(MARIA, "Меню").unwrap();
    assert!(vk.sandbox.keyboard(MARIA).is_some());
    send("4", r#"{"buttons":[],"one_time":false,"inline":false}"#).await;
    assert_eq!(vk.sandbox.keyboard(MARIA), None);
}

#[tokio::test]
async fn a_callback_press_is_an_event_with_its_payload_as_json() {
    let vk = sent(INLINE).await;
    let event_id = vk.sandbox.press(MARIA, 2, "Готово").unwrap();
    assert_eq!(event_id.len(), 12);
    let updates = vk.updates().await;
    let press = updates.last().unwrap();
    assert_eq!(types(&updates).last(), Some(&"message_event"));
    let mut captured = fixture("message_event");
    captured["object"]["payload"] = json!({});
    assert_has_shape(press, &captured, "update");
    assert_eq!(
        press["object"],
        json!({
            "user_id": MARIA, "peer_id": MARIA, "event_id": event_id, "conversation_message_id": 2,
            "payload": {"done": [1, 2]},
        })
    );
    assert_eq!(vk.sandbox.conversation(MARIA).len(), 2);
}

#[tokio::test]
async fn a_text_button_under_a_message_writes_its_label() {
    let vk = sent(INLINE).await;
    assert_eq!(vk.sandbox.press_at(MARIA, 2, 0, 1).unwrap().len(), 40);
    let message = vk.sandbox.conversation(MARIA).pop().unwrap();
    assert_eq!((message.text.as_str(), message.payload.as_deref()), ("Ещё", Some(r#"{"more":true}"#)));
}

#[tokio::test]
async fn what_cannot_be_pressed_is_told() {
    let vk = sent(INLINE).await;
    assert_eq!(vk.sandbox.press(MARIA, 1, "Готово"), Err(PressError::NoMessage(1)));
    assert_eq!(vk.sandbox.press(MARIA, 2, "Сайт"), Err(PressError::OpensElsewhere("open_link".to_owned())));
    let missing = vk.sandbox.press(MARIA, 2, "Нет").unwrap_err();
    assert!(missing.to_string().contains("Готово"), "{missing}");
    let blind = ClientInfo { inline_keyboard: false, ..ClientInfo::default() };
    vk.sandbox.set_client_info(MARIA, blind);
    assert_eq!(vk.sandbox.press(MARIA, 2, "Готово"), Err(PressError::NoKeyboard));
    vk.sandbox.write(MARIA, "Где кнопки?");
    let info = &vk.updates().await.pop().unwrap()["object"]["client_info"];
    assert_eq!((&info["inline_keyboard"], &info["keyboard"]), (&json!(false), &json!(true)));
    vk.sandbox.block(MARIA);
    assert_eq!(vk.sandbox.press(MARIA, 2, "Готово"), Err(PressError::Blocked));
}

#[tokio::test]
async fn a_press_is_answered_once_within_a_minute() {
    let vk = sent(INLINE).await;
    let answer = async |event_id: &str, data: Option<Value>| {
        let data = data.map(|data| data.to_string()).unwrap_or_default();
        let params = [("event_id", event_id), ("user_id", "1"), ("peer_id", "1"), ("event_data", &data)];
        let answer = vk.call("messages.sendMessageEventAnswer", &params).await;
        answer["error"]["error_code"].as_i64().unwrap_or_else(|| 1 - answer["response"].as_i64().unwrap())
    };
    let snackbar = |text: &str| Some(json!({"type": "show_snackbar", "text": text}));
    let event = vk.sandbox.press(MARIA, 2, "Готово").unwrap();
    assert_eq!(answer(&event, snackbar(&"я".repeat(91))).await, 100);
    assert_eq!(answer(&event, Some(json!({"type": "dance"}))).await, 100);
    assert_eq!(answer(&event, snackbar("Отмечено")).await, 0);
    assert_eq!(answer(&event, snackbar("Ещё раз")).await, 100);
    assert_eq!(answer("0123456789ab", None).await, 100);

    let late = vk.sandbox.press(MARIA, 2, "Готово").unwrap();
    vk.pass(MINUTE + 1);
    assert_eq!(answer(&late, None).await, 100);
    let silent = vk.sandbox.press(MARIA, 2, "Готово").unwrap();
    vk.pass(MINUTE);
    assert_eq!(answer(&silent, None).await, 0);

    let seen = vk.sandbox.snackbars(MARIA);
    assert_eq!(
        seen.iter().map(vk_sandbox::EventAnswerSeen::text).collect::<Vec<_>>(),
        [Some("Отмечено"), None]
    );
    assert_eq!((seen[0].event_id.as_str(), seen[0].cmid), (event.as_str(), 2));
}

#[tokio::test]
async fn a_wrong_keyboard_is_911_with_the_place_and_broken_json_100() {
    let vk = sent(USUAL).await;
    let refuse = async |keyboard: &str| {
        let params = [("peer_id", "1"), ("random_id", "5"), ("message", "Вот"), ("keyboard", keyboard)];
        vk.error("messages.send", &params).await
    };
    assert_eq!(
        refuse(r#"{"buttons":[[{"action":{"type":"text","label":""}}]]}"#).await,
        (
            911,
            "Keyboard format is invalid: button [0][0] label should be at least 1 letters length".to_owned()
        )
    );
    let (code, message) = refuse("{").await;
    assert_eq!(code, 100);
    assert!(message.ends_with("keyboard contains incorrect JSON"));
    assert_eq!(vk.sandbox.conversation(MARIA).len(), 2);
}

#[tokio::test]
async fn a_carousel_is_pressed_by_element_and_button() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    let template = r#"{"type":"carousel","elements":[{"title":"Раз","description":"Первое","buttons":[
        {"action":{"type":"callback","label":"Выбрать","payload":"{\"n\":1}"}}]}]}"#;
    let params = [("peer_id", "1"), ("random_id", "1"), ("message", "Выберите"), ("template", template)];
    vk.ok("messages.send", &params).await;
    vk.sandbox.press_at(MARIA, 2, 0, 0).unwrap();
    assert_eq!(vk.updates().await.pop().unwrap()["object"]["payload"], json!({"n": 1}));
}
