//! Typed payloads of buttons.

use proptest::prelude::*;
use serde_json::{Value, json};
use vkapi::{
    keyboard::{Button, Keyboard, KeyboardError, MAX_PAYLOAD},
    utils::payload::ButtonPayload,
};

#[derive(ButtonPayload, Clone, Debug, PartialEq)]
enum Press {
    Size { ml: u16, sugar: Option<bool> },
    Open(u64),
    Note(String),
    Back,
}

/// A payload with the short names that VK's limit calls for.
#[derive(ButtonPayload, Clone, Debug, PartialEq)]
#[serde(tag = "c", rename_all = "lowercase")]
enum Short {
    #[serde(rename = "s")]
    Step {
        #[serde(rename = "n")]
        number: u8,
    },
}

#[derive(ButtonPayload, Clone, Debug, PartialEq)]
struct Start {
    command: String,
}

#[test]
fn a_button_carries_its_payload_and_a_press_brings_it_back() {
    let keyboard = Keyboard::inline()
        .row([
            Press::Size { ml: 250, sugar: None }.callback("250 мл").unwrap(),
            Press::Back.text("Назад").unwrap(),
        ])
        .unwrap();
    let texts: Vec<_> = keyboard.rows()[0].iter().map(|button| button.payload_text().unwrap()).collect();
    assert_eq!(texts, [r#"{"Size":{"ml":250,"sugar":null}}"#, r#""Back""#]);
    assert!(keyboard.rows()[0][0].is_callback() && !keyboard.rows()[0][1].is_callback());
    assert_eq!(Press::read_text(texts[0]), Some(Press::Size { ml: 250, sugar: None }));
    assert_eq!(Press::read(&json!("Back")), Some(Press::Back));
}

#[test]
fn the_json_is_shaped_by_serdes_attributes() {
    let button = Button::callback("Шаг", Short::Step { number: 3 });
    assert_eq!(button.payload_text(), Some(r#"{"c":"s","n":3}"#));
    assert_eq!(Short::read(&json!({"c": "s", "n": 3})), Some(Short::Step { number: 3 }));
    let start = Start { command: "start".to_owned() };
    assert_eq!(Start::read(&json!({"command": "start"})), Some(start));
}

#[test]
fn a_payload_of_another_shape_is_not_read() {
    for forged in [
        json!(null),
        json!({}),
        json!("Size"),
        json!({"Size": {}}),
        json!({"Size": {"ml": 65536}}),
        json!({"Size": {"ml": -1}}),
        json!({"Size": {"ml": "250"}}),
        json!({"Size": {"ml": 250, "price": 0}}),
        json!({"Size": {"ml": 250}, "Back": null}),
        json!({"Open": [1]}),
        json!(["Back"]),
        json!("back"),
    ] {
        assert_eq!(Press::read(&forged), None, "{forged}");
        assert_eq!(Press::read_text(&forged.to_string()), None, "{forged}");
    }
    assert_eq!(Start::read(&json!({"command": "start", "admin": true})), None);
    assert_eq!(Short::read(&json!({"c": "s", "n": 3, "x": 1})), None);
    for garbage in ["", "{", "\"Back\" \"Back\""] {
        assert_eq!(Press::read_text(garbage), None, "{garbage}");
    }
}

#[test]
fn a_payload_too_long_is_told_when_the_button_is_built() {
    let note = |chars: usize| Press::Note("ы".repeat(chars - r#"{"Note":""}"#.len()));
    assert!(note(MAX_PAYLOAD).callback("Да").is_ok());
    let chars = MAX_PAYLOAD + 1;
    assert_eq!(note(chars).callback("Да"), Err(KeyboardError::PayloadLength { chars }));
    assert_eq!(note(chars).text("Да"), Err(KeyboardError::PayloadLength { chars }));
    assert!(matches!(Press::Back.text(""), Err(KeyboardError::Label { .. })));
}

fn press() -> impl Strategy<Value = Press> {
    prop_oneof![
        (any::<u16>(), any::<Option<bool>>()).prop_map(|(ml, sugar)| Press::Size { ml, sugar }),
        any::<u64>().prop_map(Press::Open),
        any::<String>().prop_map(Press::Note),
        Just(Press::Back),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(press in press()) {
        let text = serde_json::to_string(&press).unwrap();
        prop_assert_eq!(Press::read_text(&text), Some(press.clone()));
        prop_assert_eq!(Press::read(&serde_json::from_str::<Value>(&text).unwrap()), Some(press));
    }

    #[test]
    fn a_button_is_built_exactly_within_the_limit(press in press()) {
        let chars = serde_json::to_string(&press).unwrap().chars().count();
        prop_assert_eq!(press.callback("Да").is_ok(), chars <= MAX_PAYLOAD);
    }
}
