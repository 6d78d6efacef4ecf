//! Buttons.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{KeyboardError, MAX_LABEL, MAX_PAYLOAD};
use crate::types::ClientInfo;

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

    /// VK's name of it.
    fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Callback { .. } => "callback",
            Self::OpenLink { .. } => "open_link",
            Self::Location { .. } => "location",
            Self::OpenApp { .. } => "open_app",
            Self::Vkpay { .. } => "vkpay",
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

    /// The button as an application can show it.
    pub(super) fn fit(mut self, client: &ClientInfo) -> Option<Self> {
        if client.shows(self.action.name()) {
            return Some(self);
        }
        let Action::Callback { label, payload } = self.action else { return None };
        self.action = Action::Text { label, payload };
        Some(self)
    }

    /// Whether it takes a whole row.
    pub(super) fn is_wide(&self) -> bool {
        self.action.is_wide()
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
