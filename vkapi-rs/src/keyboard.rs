//! Keyboards that VK will not refuse: its limits are checked while they are built.
//!
//! The limits are those of <https://dev.vk.com/ru/api/bots/development/keyboard>.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// Buttons in a row.
pub const MAX_IN_ROW: usize = 5;
/// Rows of a usual keyboard.
pub const MAX_ROWS: usize = 10;
/// Buttons of a usual keyboard.
pub const MAX_BUTTONS: usize = 40;
/// Rows of a keyboard under a message.
pub const MAX_INLINE_ROWS: usize = 6;
/// Buttons of a keyboard under a message.
pub const MAX_INLINE_BUTTONS: usize = 10;
/// Characters of a label.
pub const MAX_LABEL: usize = 40;
/// Characters of a payload's JSON.
pub const MAX_PAYLOAD: usize = 255;
/// Characters of all payloads together; VK documents it nowhere, its clients have met it.
pub const MAX_PAYLOADS: usize = 1000;

/// Buttons below the line for typing, or under one message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Keyboard {
    #[serde(default)]
    one_time: bool,
    #[serde(default)]
    inline: bool,
    #[serde(default, rename = "buttons")]
    rows: Vec<Vec<Button>>,
}

impl Keyboard {
    /// A keyboard in place of the phone's own: up to 10 rows and 40 buttons. It stays until another one comes.
    pub fn new() -> Self {
        Self { one_time: false, inline: false, rows: Vec::new() }
    }

    /// A keyboard under one message: up to 6 rows and 10 buttons.
    pub fn inline() -> Self {
        Self { inline: true, ..Self::new() }
    }

    /// What takes the usual keyboard away.
    pub fn remove() -> Self {
        Self::new()
    }

    /// Whether it goes after the first press; not for one under a message.
    #[must_use]
    pub fn one_time(mut self, one_time: bool) -> Self {
        self.one_time = one_time;
        self
    }

    /// Adds a row of up to 5 buttons.
    pub fn row(mut self, buttons: impl IntoIterator<Item = Button>) -> Result<Self, KeyboardError> {
        self.rows.push(buttons.into_iter().collect());
        self.check_rows()?;
        Ok(self)
    }

    /// Checks the whole of it once more: what rows cannot see, and what came from elsewhere.
    pub fn build(self) -> Result<Self, KeyboardError> {
        if self.inline && self.one_time {
            return Err(KeyboardError::OneTimeInline);
        }
        self.check_rows()?;
        Ok(self)
    }

    /// Whether it is under a message.
    pub fn is_inline(&self) -> bool {
        self.inline
    }

    /// Its rows.
    pub fn rows(&self) -> &[Vec<Button>] {
        &self.rows
    }

    /// VK's JSON of it.
    pub fn to_json(&self) -> String {
        // `one_time` beside `inline` is refused, even as `false` by some accounts, so it is left out there.
        let keyboard = if self.inline {
            serde_json::json!({"inline": true, "buttons": self.rows})
        } else {
            serde_json::json!({"one_time": self.one_time, "inline": false, "buttons": self.rows})
        };
        keyboard.to_string()
    }

    /// Reads VK's JSON; limits are checked by [`Keyboard::build`].
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    fn check_rows(&self) -> Result<(), KeyboardError> {
        let (max_rows, max_buttons) =
            if self.inline { (MAX_INLINE_ROWS, MAX_INLINE_BUTTONS) } else { (MAX_ROWS, MAX_BUTTONS) };
        if self.rows.len() > max_rows {
            return Err(KeyboardError::Rows { max: max_rows });
        }
        if self.rows.iter().map(Vec::len).sum::<usize>() > max_buttons {
            return Err(KeyboardError::Buttons { max: max_buttons });
        }
        for row in &self.rows {
            if row.is_empty() {
                return Err(KeyboardError::EmptyRow);
            }
            if row.len() > MAX_IN_ROW {
                return Err(KeyboardError::InRow { max: MAX_IN_ROW });
            }
            if row.len() > 1 && row.iter().any(|button| button.action.is_wide()) {
                return Err(KeyboardError::Wide);
            }
            row.iter().try_for_each(Button::check)?;
        }
        check_payloads(self.rows.iter().flatten())
    }
}

/// Checks the payloads of all buttons together.
pub(crate) fn check_payloads<'a>(buttons: impl Iterator<Item = &'a Button>) -> Result<(), KeyboardError> {
    let chars = buttons.filter_map(Button::payload_text).map(|json| json.chars().count()).sum();
    if chars > MAX_PAYLOADS { Err(KeyboardError::Payloads { chars }) } else { Ok(()) }
}

impl Default for Keyboard {
    fn default() -> Self {
        Self::new()
    }
}

/// A limit of VK's that a keyboard would break.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyboardError {
    /// Too many rows.
    #[error("more than {max} rows")]
    Rows {
        /// The limit.
        max: usize,
    },
    /// Too many buttons.
    #[error("more than {max} buttons")]
    Buttons {
        /// The limit.
        max: usize,
    },
    /// Too many buttons in a row.
    #[error("more than {max} buttons in a row")]
    InRow {
        /// The limit.
        max: usize,
    },
    /// A row without buttons.
    #[error("a row without buttons")]
    EmptyRow,
    /// A location, payment or application button shares its row.
    #[error("location, vkpay and open_app buttons take a whole row")]
    Wide,
    /// A label of a wrong length.
    #[error("a label has 1 to {MAX_LABEL} characters, this one {chars}: «{label}»")]
    Label {
        /// The label.
        label: String,
        /// Its characters.
        chars: usize,
    },
    /// A payload too long.
    #[error("a payload has up to {MAX_PAYLOAD} characters of JSON, this one {chars}")]
    PayloadLength {
        /// Its characters.
        chars: usize,
    },
    /// Payloads too long together.
    #[error("payloads have up to {MAX_PAYLOADS} characters of JSON together, these {chars}")]
    Payloads {
        /// Their characters.
        chars: usize,
    },
    /// A payload that is no JSON.
    #[error("a payload that is no JSON: {0}")]
    Payload(String),
    /// A colour where VK has none.
    #[error("only text and callback buttons have colours")]
    Color,
    /// A keyboard under a message cannot go after a press.
    #[error("a keyboard under a message cannot be one_time")]
    OneTimeInline,
}

/// A button's colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Color {
    /// Blue.
    Primary,
    /// Grey, the usual one.
    #[serde(alias = "default")]
    Secondary,
    /// Red.
    Negative,
    /// Green.
    Positive,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    action: Action,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color: Option<Color>,
    /// Why the payload could not be written; told when the button enters a row.
    #[serde(skip)]
    fault: Option<String>,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Action {
    Text {
        label: String,
        #[serde(flatten)]
        payload: Payload,
    },
    Callback {
        label: String,
        #[serde(flatten)]
        payload: Payload,
    },
    OpenLink {
        label: String,
        link: String,
        #[serde(flatten)]
        payload: Payload,
    },
    Location {
        #[serde(flatten)]
        payload: Payload,
    },
    OpenApp {
        label: String,
        app_id: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner_id: Option<i64>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        hash: String,
        #[serde(flatten)]
        payload: Payload,
    },
    Vkpay {
        hash: String,
        #[serde(flatten)]
        payload: Payload,
    },
}

/// A payload: JSON in a text, as VK's clients write it; an absent one is left out, for `null` is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Payload {
    #[serde(
        default,
        rename = "payload",
        skip_serializing_if = "Option::is_none",
        deserialize_with = "json_text"
    )]
    json: Option<String>,
}

/// VK also takes the payload as an object.
fn json_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    })
}

impl Action {
    fn label(&self) -> Option<&str> {
        match self {
            Self::Text { label, .. }
            | Self::Callback { label, .. }
            | Self::OpenLink { label, .. }
            | Self::OpenApp { label, .. } => Some(label),
            Self::Location { .. } | Self::Vkpay { .. } => None,
        }
    }

    fn payload(&self) -> &Payload {
        match self {
            Self::Text { payload, .. }
            | Self::Callback { payload, .. }
            | Self::OpenLink { payload, .. }
            | Self::Location { payload }
            | Self::OpenApp { payload, .. }
            | Self::Vkpay { payload, .. } => payload,
        }
    }

    fn payload_mut(&mut self) -> &mut Payload {
        match self {
            Self::Text { payload, .. }
            | Self::Callback { payload, .. }
            | Self::OpenLink { payload, .. }
            | Self::Location { payload }
            | Self::OpenApp { payload, .. }
            | Self::Vkpay { payload, .. } => payload,
        }
    }

    fn is_wide(&self) -> bool {
        matches!(self, Self::Location { .. } | Self::OpenApp { .. } | Self::Vkpay { .. })
    }
}

impl Button {
    fn new(action: Action) -> Self {
        Self { action, color: None, fault: None }
    }

    /// Says its label in the person's name; the payload comes with that message. `()` is no payload.
    pub fn text(label: impl Into<String>, payload: impl Serialize) -> Self {
        Self::new(Action::Text { label: label.into(), payload: Payload::default() }).payload(payload)
    }

    /// Makes a `message_event` with the payload and says nothing in the chat.
    pub fn callback(label: impl Into<String>, payload: impl Serialize) -> Self {
        Self::new(Action::Callback { label: label.into(), payload: Payload::default() }).payload(payload)
    }

    /// Opens an address.
    pub fn open_link(label: impl Into<String>, link: impl Into<String>) -> Self {
        Self::new(Action::OpenLink { label: label.into(), link: link.into(), payload: Payload::default() })
    }

    /// Sends where the person is; takes a whole row, and VK words its label.
    pub fn location(payload: impl Serialize) -> Self {
        Self::new(Action::Location { payload: Payload::default() }).payload(payload)
    }

    /// Opens a mini application of VK's; takes a whole row. `hash` goes after `#` in its address.
    pub fn open_app(
        label: impl Into<String>,
        app_id: i64,
        owner_id: Option<i64>,
        hash: impl Into<String>,
    ) -> Self {
        let (label, hash) = (label.into(), hash.into());
        Self::new(Action::OpenApp { label, app_id, owner_id, hash, payload: Payload::default() })
    }

    /// Opens a payment; takes a whole row, and VK words its label. `hash` holds the payment's parameters.
    pub fn vkpay(hash: impl Into<String>) -> Self {
        Self::new(Action::Vkpay { hash: hash.into(), payload: Payload::default() })
    }

    /// The colour; only for text and callback buttons.
    #[must_use]
    pub fn color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }

    /// The payload, written as JSON; `()` is none.
    #[must_use]
    pub fn payload(mut self, payload: impl Serialize) -> Self {
        match serde_json::to_value(payload) {
            Ok(Value::Null) => self.action.payload_mut().json = None,
            Ok(value) => self.action.payload_mut().json = Some(value.to_string()),
            Err(error) => self.fault = Some(error.to_string()),
        }
        self
    }

    /// The payload as JSON already written.
    #[must_use]
    pub fn payload_json(mut self, json: impl Into<String>) -> Self {
        self.action.payload_mut().json = Some(json.into());
        self
    }

    /// What is written on it, if that is not VK's to choose.
    pub fn label(&self) -> Option<&str> {
        self.action.label()
    }

    /// Its payload's JSON.
    pub fn payload_text(&self) -> Option<&str> {
        self.action.payload().json.as_deref()
    }

    /// Whether a press says nothing in the chat and makes a `message_event`.
    pub fn is_callback(&self) -> bool {
        matches!(self.action, Action::Callback { .. })
    }

    /// The button, if VK would take it.
    pub(crate) fn checked(self) -> Result<Self, KeyboardError> {
        self.check().map(|()| self)
    }

    pub(crate) fn check(&self) -> Result<(), KeyboardError> {
        if let Some(fault) = &self.fault {
            return Err(KeyboardError::Payload(fault.clone()));
        }
        if let Some(label) = self.action.label() {
            let chars = label.chars().count();
            if !(1..=MAX_LABEL).contains(&chars) {
                return Err(KeyboardError::Label { label: label.to_owned(), chars });
            }
        }
        if let Some(json) = &self.action.payload().json {
            let chars = json.chars().count();
            if chars > MAX_PAYLOAD {
                return Err(KeyboardError::PayloadLength { chars });
            }
            if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(json) {
                return Err(KeyboardError::Payload(error.to_string()));
            }
        }
        if self.color.is_some() && !matches!(self.action, Action::Text { .. } | Action::Callback { .. }) {
            return Err(KeyboardError::Color);
        }
        Ok(())
    }
}
