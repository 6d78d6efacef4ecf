//! What buttons and mini applications carry.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::field::{Field, Unfit};

/// A button's payload, whether VK sent it as JSON or as JSON in a text.
///
/// Anyone who can call VK's API can send any payload: parse it strictly, look rights up elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payload(pub Value);

impl Payload {
    /// The payload read as `T`; `None` if it is of another shape.
    pub fn read_as<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.0).ok()
    }
}

impl Field for Payload {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        Ok(Self(match value.unwrap_or_default() {
            Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            value => value,
        }))
    }
}

impl From<Payload> for Value {
    fn from(payload: Payload) -> Self {
        payload.0
    }
}
