//! Keyboards at the edges of VK's limits.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use proptest::prelude::*;
use serde_json::{Value, json};
use vkapi::{
    keyboard::{
        Button, Color, Keyboard, KeyboardError, MAX_BUTTONS, MAX_IN_ROW, MAX_INLINE_BUTTONS, MAX_INLINE_ROWS,
        MAX_LABEL, MAX_PAYLOAD, MAX_ROWS,
    },
    types::ClientInfo,
};

fn plain(count: usize) -> Vec<Button> {
    (0..count).map(|number| Button::text(number.to_string(), ())).collect()
}

fn build(keyboard: Keyboard, rows: &[usize]) -> Result<Keyboard, KeyboardError> {
    rows.iter().try_fold(keyboard, |keyboard, count| keyboard.row(plain(*count)))?.build()
}

#[test]
fn the_json_is_what_vk_takes() {
    let keyboard = Keyboard::new()
        .one_time(true)
        .row([Button::text("Меню", json!({"a": 1})).color(Color::Primary), Button::callback("Готово", "ok")])
        .unwrap()
        .row([Button::open_link("Сайт", "https://vk.ru")])
        .unwrap()
        .row([Button::location(())])
        .unwrap()
        .build()
        .unwrap();
    let expected = json!({"one_time": true, "inline": false, "buttons": [
        [
            {"action": {"type": "text", "label": "Меню", "payload": "{\"a\":1}"}, "color": "primary"},
            {"action": {"type": "callback", "label": "Готово", "payload": "\"ok\""}},
        ],
        [{"action": {"type": "open_link", "label": "Сайт", "link": "https://vk.ru"}}],
        [{"action": {"type": "location"}}],
    ]});
    assert_eq!(serde_json::from_str::<Value>(&keyboard.to_json()).unwrap(), expected);
    let removed: Value = serde_json::from_str(&Keyboard::remove().to_json()).unwrap();
    assert_eq!(removed, json!({"one_time": false, "inline": false, "buttons": []}));
    let inline = Keyboard::inline().row([Button::text("Да", ())]).unwrap();
    assert!(!inline.to_json().contains("one_time"));
}

#[test]
fn applications_and_payments_take_a_whole_row() {
    for wide in
        [Button::location(()), Button::open_app("Игра", 7, Some(-1), "x"), Button::vkpay("action=pay")]
    {
        assert!(Keyboard::inline().row([wide.clone()]).is_ok());
        assert_eq!(Keyboard::inline().row([wide, Button::text("Да", ())]), Err(KeyboardError::Wide));
    }
}

#[test]
fn colours_are_only_for_text_and_callback_buttons() {
    for button in [Button::open_link("Сайт", "https://vk.ru"), Button::location(()), Button::vkpay("x")] {
        assert_eq!(Keyboard::new().row([button.color(Color::Positive)]), Err(KeyboardError::Color));
    }
    let both =
        [Button::text("Да", ()).color(Color::Positive), Button::callback("Нет", ()).color(Color::Negative)];
    assert!(Keyboard::new().row(both).is_ok());
}

#[test]
fn a_keyboard_under_a_message_cannot_go_after_a_press() {
    assert_eq!(Keyboard::inline().one_time(true).build(), Err(KeyboardError::OneTimeInline));
}

#[test]
fn a_payload_must_be_json_and_fit() {
    let payload = |chars: usize| Button::text("Да", "ы".repeat(chars - 2));
    assert!(Keyboard::new().row([payload(MAX_PAYLOAD)]).is_ok());
    let chars = MAX_PAYLOAD + 1;
    assert_eq!(Keyboard::new().row([payload(chars)]), Err(KeyboardError::PayloadLength { chars }));
    let broken = Button::callback("Да", ()).payload_json("{");
    assert!(matches!(Keyboard::new().row([broken]), Err(KeyboardError::Payload(_))));
    let unwritable = Button::callback("Да", std::collections::HashMap::from([((1, 2), 3)]));
    assert!(matches!(Keyboard::new().row([unwritable]), Err(KeyboardError::Payload(_))));
    assert_eq!(Button::text("Да", ()).payload_text(), None);
}

#[test]
fn a_keyboard_that_came_from_elsewhere_is_checked_when_built() {
    let row = json!([{"action": {"type": "text", "label": "", "payload": {"a": 1}}, "color": "default"}]);
    let keyboard = Keyboard::from_json(&json!({"buttons": [row]}).to_string()).unwrap();
    assert_eq!(keyboard.rows()[0][0].payload_text(), Some("{\"a\":1}"));
    assert!(matches!(keyboard.build(), Err(KeyboardError::Label { .. })));
}

#[test]
fn the_errors_name_the_limit() {
    assert_eq!(build(Keyboard::new(), &[6]).unwrap_err().to_string(), "more than 5 buttons in a row");
    assert_eq!(build(Keyboard::inline(), &[1; 7]).unwrap_err().to_string(), "more than 6 rows");
    assert_eq!(build(Keyboard::new(), &[0]), Err(KeyboardError::EmptyRow));
}

/// What an application shows: the kinds of buttons, and whether below the line and under messages.
fn client(actions: &[&str], keyboard: bool, inline: bool) -> ClientInfo {
    let client =
        serde_json::json!({"button_actions": actions, "keyboard": keyboard, "inline_keyboard": inline});
    serde_json::from_value(client).unwrap()
}

#[test]
fn a_keyboard_fits_what_a_persons_application_can_show() {
    let keyboard = Keyboard::inline()
        .row([Button::callback("Да", "yes").color(Color::Positive), Button::callback("Нет", "no")])
        .unwrap()
        .row([Button::open_link("Сайт", "https://vk.ru")])
        .unwrap();
    let modern = client(&["text", "callback", "open_link"], true, true);
    assert_eq!(keyboard.clone().fit(&modern), Some(keyboard.clone()));

    let old = keyboard.clone().fit(&client(&["text", "open_link"], true, false)).unwrap();
    assert!(!old.is_inline() && old.to_json().contains("\"one_time\":true"), "{}", old.to_json());
    assert_eq!(old.rows()[0][0], Button::text("Да", "yes").color(Color::Positive));
    assert_eq!(old.rows()[1][0], keyboard.rows()[1][0]);
    assert!(old.clone().build().is_ok());

    let plain = keyboard.clone().fit(&client(&[], true, true)).unwrap();
    assert_eq!((plain.rows().len(), plain.rows()[0].len()), (1, 2), "the link is left out with its row");
    assert_eq!(keyboard.clone().fit(&client(&["text"], false, false)), None);
    assert_eq!(
        Keyboard::inline().row([Button::open_link("Сайт", "x")]).unwrap().fit(&client(&[], true, true)),
        None
    );
}

fn button() -> impl Strategy<Value = Button> {
    let label = "\\PC{1,40}";
    let color = prop::option::of(prop::sample::select(vec![
        Color::Primary,
        Color::Secondary,
        Color::Negative,
        Color::Positive,
    ]));
    let payload = prop::option::of("[a-zё\"\\\\\n]{0,60}");
    (0..3, label, color, payload).prop_map(|(kind, label, color, payload)| {
        let button = match kind {
            0 => Button::text(label, payload),
            1 => Button::callback(label, payload),
            _ => return Button::open_link(label, "https://vk.ru/?a=\"б\"").payload(payload),
        };
        if let Some(color) = color { button.color(color) } else { button }
    })
}

proptest! {
    #[test]
    fn a_keyboard_is_taken_exactly_within_the_limits(
        inline: bool,
        rows in prop::collection::vec(1_usize..7, 0..13),
    ) {
        let (max_rows, max_buttons) =
            if inline { (MAX_INLINE_ROWS, MAX_INLINE_BUTTONS) } else { (MAX_ROWS, MAX_BUTTONS) };
        let fits = rows.len() <= max_rows
            && rows.iter().sum::<usize>() <= max_buttons
            && rows.iter().all(|count| *count <= MAX_IN_ROW);
        let keyboard = if inline { Keyboard::inline() } else { Keyboard::new() };
        prop_assert_eq!(build(keyboard, &rows).is_ok(), fits);
    }

    #[test]
    fn a_label_is_taken_exactly_within_the_limits(label in "\\PC{0,45}") {
        let fits = (1..=MAX_LABEL).contains(&label.chars().count());
        prop_assert_eq!(Keyboard::new().row([Button::text(label, ())]).is_ok(), fits);
    }

    #[test]
    fn what_is_written_is_read_back(
        inline: bool,
        one_time: bool,
        rows in prop::collection::vec(prop::collection::vec(button(), 1..=3), 0..=3),
    ) {
        let keyboard = if inline { Keyboard::inline() } else { Keyboard::new().one_time(one_time) };
        let keyboard = rows.into_iter().try_fold(keyboard, Keyboard::row).unwrap();
        prop_assert_eq!(Keyboard::from_json(&keyboard.to_json()).unwrap(), keyboard);
    }
}
