//! Keyboards and carousels, checked as VK checks them.
//!
//! Limits: developers' documentation of VK, «Клавиатуры для ботов» and «Шаблоны сообщений».

use serde_json::{Map, Value};

use crate::error::ApiError;

const MOST_IN_ROW: usize = 5;
const MOST_ROWS: usize = 10;
const MOST_BUTTONS: usize = 40;
const MOST_INLINE_ROWS: usize = 6;
const MOST_INLINE_BUTTONS: usize = 10;
const LONGEST_LABEL: usize = 40;
const LONGEST_PAYLOAD: usize = 255;
const LONGEST_PAYLOADS: usize = 1000;

fn invalid(detail: impl Into<String>) -> ApiError {
    ApiError::with(911, detail)
}

/// Checks the `keyboard` parameter.
pub(crate) fn check(keyboard: &Value) -> Result<(), ApiError> {
    let keyboard = keyboard.as_object().ok_or_else(|| invalid("keyboard should be object"))?;
    let inline = flag(keyboard, "inline")?;
    if flag(keyboard, "one_time")? && inline {
        return Err(invalid("one_time is not available for inline keyboard"));
    }
    let rows = keyboard
        .get("buttons")
        .and_then(Value::as_array)
        .ok_or_else(|| invalid("buttons should be array"))?;
    let (most_rows, most_buttons) =
        if inline { (MOST_INLINE_ROWS, MOST_INLINE_BUTTONS) } else { (MOST_ROWS, MOST_BUTTONS) };
    if rows.len() > most_rows {
        return Err(invalid("keyboard contains too much rows"));
    }
    let (mut buttons, mut payloads) = (0, 0);
    for (row_number, row) in rows.iter().enumerate() {
        let row = row.as_array().ok_or_else(|| invalid(format!("row {row_number} should be array")))?;
        if row.is_empty() {
            return Err(invalid(format!("row {row_number} is empty")));
        }
        let wide = row.iter().any(|button| is_wide(&button["action"]));
        if row.len() > MOST_IN_ROW || (wide && row.len() > 1) {
            return Err(invalid(format!("row {row_number} contains too much columns")));
        }
        for (column, button) in row.iter().enumerate() {
            payloads += check_button(button, &format!("button [{row_number}][{column}]"), false)?;
        }
        buttons += row.len();
    }
    if buttons > most_buttons {
        return Err(invalid("keyboard contains too much buttons"));
    }
    check_payloads(payloads)
}

/// Checks the `template` parameter: a carousel.
pub(crate) fn check_template(template: &Value) -> Result<(), ApiError> {
    let wrong = |detail: &str| ApiError::param(format!("template is invalid: {detail}"));
    if template["type"] != "carousel" {
        return Err(wrong("type should be carousel"));
    }
    let elements = template["elements"].as_array().ok_or_else(|| wrong("elements should be array"))?;
    if elements.is_empty() || elements.len() > 10 {
        return Err(wrong("elements should contain from 1 to 10 items"));
    }
    let mut payloads = 0;
    let mut first_fields: Option<Vec<&String>> = None;
    for (number, element) in elements.iter().enumerate() {
        let fields = element.as_object().ok_or_else(|| wrong("element should be object"))?;
        let names: Vec<&String> = fields.keys().collect();
        if *first_fields.get_or_insert_with(|| names.clone()) != names {
            return Err(wrong("all elements should have the same fields"));
        }
        for field in ["title", "description"] {
            let length = fields.get(field).and_then(Value::as_str).map_or(0, |text| text.chars().count());
            if length > 80 {
                return Err(wrong(&format!(
                    "{field} of element {number} should be no more than 80 letters length"
                )));
            }
        }
        let titled = fields.contains_key("title") && fields.contains_key("description");
        if !titled && !fields.contains_key("photo_id") {
            return Err(wrong("element should have photo_id, or title and description"));
        }
        let buttons = fields
            .get("buttons")
            .and_then(Value::as_array)
            .ok_or_else(|| wrong("buttons should be array"))?;
        if buttons.is_empty() || buttons.len() > 3 {
            return Err(wrong("element should contain from 1 to 3 buttons"));
        }
        for (column, button) in buttons.iter().enumerate() {
            payloads += check_button(button, &format!("button [{number}][{column}]"), true)?;
        }
        if let Some(action) = fields.get("action")
            && !matches!(action["type"].as_str(), Some("open_link" | "open_photo"))
        {
            return Err(wrong("action should be open_link or open_photo"));
        }
    }
    check_payloads(payloads)
}

fn check_payloads(length: usize) -> Result<(), ApiError> {
    if length > LONGEST_PAYLOADS {
        return Err(invalid(format!("total payload length should be no more than {LONGEST_PAYLOADS}")));
    }
    Ok(())
}

/// These take a whole row.
fn is_wide(action: &Value) -> bool {
    matches!(action["type"].as_str(), Some("location" | "vkpay" | "open_app"))
}

fn flag(keyboard: &Map<String, Value>, name: &str) -> Result<bool, ApiError> {
    match keyboard.get(name) {
        None => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        Some(Value::Number(number)) if matches!(number.as_i64(), Some(0 | 1)) => {
            Ok(number.as_i64() == Some(1))
        }
        Some(_) => Err(invalid(format!("{name} should be boolean"))),
    }
}

/// Checks one button; the length of its payload.
fn check_button(button: &Value, place: &str, in_carousel: bool) -> Result<usize, ApiError> {
    let action =
        button["action"].as_object().ok_or_else(|| invalid(format!("{place} action should be object")))?;
    let kind = action.get("type").and_then(Value::as_str).unwrap_or_default();
    let (fields, required): (&[&str], &[&str]) = match kind {
        "text" | "callback" => (&["label", "payload"], &["label"]),
        "open_link" => (&["label", "link", "payload"], &["label", "link"]),
        "location" => (&["payload"], &[]),
        "vkpay" => (&["hash", "payload"], &["hash"]),
        "open_app" => (&["app_id", "owner_id", "label", "hash", "payload"], &["app_id", "label"]),
        "open_photo" if in_carousel => (&["payload"], &[]),
        "intent_subscribe" | "intent_unsubscribe" => {
            (&["peer_id", "intent", "subscribe_id", "label", "payload"], &["peer_id", "intent", "label"])
        }
        _ => return Err(invalid(format!("{place} action type is invalid"))),
    };
    if action.keys().any(|name| name != "type" && !fields.contains(&name.as_str())) {
        return Err(invalid("action contains unknown fields"));
    }
    if required.contains(&"label") {
        let label = action.get("label").and_then(Value::as_str).unwrap_or_default().chars().count();
        if label == 0 {
            return Err(invalid(format!("{place} label should be at least 1 letters length")));
        }
        if label > LONGEST_LABEL {
            return Err(invalid(format!(
                "{place} label should be no more than {LONGEST_LABEL} letters length"
            )));
        }
    }
    for name in required {
        if action.get(*name).is_none_or(|value| value.is_null() || value == "") {
            return Err(invalid(format!("{place} {name} is required")));
        }
    }
    if matches!(kind, "text" | "callback") {
        match button.get("color").map(Value::as_str) {
            None | Some(Some("primary" | "secondary" | "default" | "positive" | "negative")) => {}
            _ => return Err(invalid(format!("{place} color is invalid"))),
        }
    }
    payload_length(action, place)
}

fn payload_length(action: &Map<String, Value>, place: &str) -> Result<usize, ApiError> {
    let length = match action.get("payload") {
        None => return Ok(0),
        Some(Value::String(text)) => {
            if serde_json::from_str::<Value>(text).is_err() {
                return Err(invalid(format!("{place} payload should be valid JSON")));
            }
            text.chars().count()
        }
        Some(object @ (Value::Object(_) | Value::Array(_))) => object.to_string().chars().count(),
        Some(_) => return Err(invalid(format!("{place} payload should be a JSON string"))),
    };
    if length > LONGEST_PAYLOAD {
        return Err(invalid(format!(
            "{place} payload should be no more than {LONGEST_PAYLOAD} letters length"
        )));
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(label: &str) -> Value {
        json!({"action": {"type": "text", "label": label, "payload": "{\"a\":1}"}, "color": "primary"})
    }

    fn refused(keyboard: &Value) -> String {
        let error = check(keyboard).expect_err("refused");
        assert_eq!(error.code, 911);
        error.message()
    }

    #[test]
    fn good_keyboards_pass() {
        for keyboard in [
            json!({"one_time": false, "inline": false, "buttons": []}),
            json!({"one_time": true, "buttons": vec![vec![text("Да"); 4]; 10]}),
            json!({"inline": true, "buttons": vec![vec![text("Да"); 5]; 2]}),
            json!({"buttons": [[{"action": {"type": "location", "payload": {"a": 1}}}]]}),
            json!({"buttons": [[{"action": {"type": "open_link", "label": "Сайт", "link": "https://vk.ru"}}]]}),
        ] {
            assert_eq!(check(&keyboard), Ok(()), "{keyboard}");
        }
    }

    #[test]
    fn wrong_keyboards_are_refused_in_vks_words() {
        let message = |keyboard: Value| refused(&keyboard);
        assert_eq!(
            message(json!({"buttons": [[text("")]]})),
            "Keyboard format is invalid: button [0][0] label should be at least 1 letters length"
        );
        assert_eq!(
            message(json!({"buttons": [[text("1")], vec![text("1"); 6]]})),
            "Keyboard format is invalid: row 1 contains too much columns"
        );
        assert_eq!(
            message(json!({"buttons": [[{"action": {"type": "location", "label": "Где я"}}]]})),
            "Keyboard format is invalid: action contains unknown fields"
        );
    }

    #[test]
    fn limits_of_size_hold() {
        for keyboard in [
            json!({"buttons": vec![vec![text("1")]; 11]}),
            json!({"buttons": vec![vec![text("1"); 5]; 9]}),
            json!({"inline": true, "buttons": vec![vec![text("1")]; 7]}),
            json!({"inline": true, "buttons": vec![vec![text("1"); 4]; 3]}),
            json!({"inline": true, "one_time": true, "buttons": [[text("1")]]}),
            json!({"buttons": [[text(&"ы".repeat(41))]]}),
            json!({"buttons": [[{"action": {"type": "text", "label": "1", "payload": null}}]]}),
            json!({"buttons": [[{"action": {"type": "text", "label": "1", "payload": format!("\"{}\"", "a".repeat(254))}}]]}),
            json!({"buttons": vec![vec![json!({"action": {"type": "text", "label": "1", "payload": format!("\"{}\"", "a".repeat(200))}})]; 5]}),
            json!({"buttons": [[{"action": {"type": "open_photo"}}]]}),
            json!({"buttons": [[{"action": {"type": "text", "label": "1"}, "color": "purple"}]]}),
            json!({"buttons": [[{"action": {"type": "location"}}, text("1")]]}),
        ] {
            refused(&keyboard);
        }
    }

    #[test]
    fn a_carousel_is_checked_whole() {
        let element = json!({"title": "Раз", "description": "Два", "buttons": [text("Да")]});
        let carousel = |elements: Vec<Value>| json!({"type": "carousel", "elements": elements});
        assert_eq!(check_template(&carousel(vec![element.clone(); 10])), Ok(()));
        assert!(check_template(&carousel(vec![element.clone(); 11])).is_err());
        let mut other = element.clone();
        other["photo_id"] = json!("-1_2");
        assert!(check_template(&carousel(vec![element.clone(), other])).is_err());
        let mut long = element;
        long["title"] = json!("ы".repeat(81));
        assert!(check_template(&carousel(vec![long])).is_err());
    }
}
