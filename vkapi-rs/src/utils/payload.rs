//! Typed payloads of buttons.
//!
//! ```
//! use vkapi::{keyboard::{Keyboard, KeyboardError}, utils::payload::ButtonPayload};
//!
//! #[derive(ButtonPayload, Clone, Debug, PartialEq)]
//! enum Press {
//!     Size { ml: u16 },
//!     Back,
//! }
//!
//! # fn main() -> Result<(), KeyboardError> {
//! let sizes = Keyboard::inline().row([Press::Size { ml: 250 }.callback("250 мл")?, Press::Back.callback("Назад")?])?;
//! let pressed = sizes.rows()[0][0].payload_text().and_then(Press::read_text);
//! assert_eq!(pressed, Some(Press::Size { ml: 250 }));
//! # Ok(())
//! # }
//! ```
//!
//! What would be `null` is refused when the bot is compiled, for VK refuses it:
//!
//! ```compile_fail
//! #[derive(vkapi::utils::payload::ButtonPayload)]
//! struct Back;
//! ```
//!
//! Handlers get it by [`HandlerExt::filter_payload`](crate::dispatching::HandlerExt::filter_payload).

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
pub use vkapi_macros::ButtonPayload;

use crate::keyboard::{Button, KeyboardError};

/// What a button carries and a press brings back. Anyone who can call VK's API may forge it: look rights up elsewhere.
pub trait ButtonPayload: Serialize + DeserializeOwned {
    /// A callback button with it: a press makes a `message_event`. Told here if its JSON has above 255 characters.
    fn callback(&self, label: impl Into<String>) -> Result<Button, KeyboardError> {
        Button::callback(label, self).checked()
    }

    /// A text button with it: a press says the label in the person's name.
    fn text(&self, label: impl Into<String>) -> Result<Button, KeyboardError> {
        Button::text(label, self).checked()
    }

    /// Reads what a press brought; `None` unless it is of exactly this shape.
    fn read(payload: &Value) -> Option<Self> {
        Self::deserialize(payload).ok()
    }

    /// Reads what came as JSON in a text, as in messages.
    fn read_text(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }
}
