//! Keyboards that VK will not refuse: its limits are checked while they are built.
//!
//! The limits are those of <https://dev.vk.com/ru/api/bots/development/keyboard>.

mod button;
mod error;

use serde::Deserialize;

use crate::types::ClientInfo;

pub use button::{Button, Color};
pub use error::KeyboardError;

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

    /// The keyboard as a person's application can show it; `None` if none of it can.
    ///
    /// Where there are no callback buttons, they say their labels instead, with the same payload: `filter_payload` takes
    /// both. Where there are no buttons under messages, they stand below the line for typing until the first press. Other
    /// buttons that are not known there are left out.
    #[must_use]
    pub fn fit(mut self, client: &ClientInfo) -> Option<Self> {
        let shows_any = client.keyboard || (self.inline && client.inline_keyboard);
        if !shows_any {
            return None;
        }
        for row in &mut self.rows {
            let buttons = std::mem::take(row).into_iter();
            row.extend(buttons.filter_map(|button| button.fit(client)));
        }
        self.rows.retain(|row| !row.is_empty());
        if self.inline && !client.inline_keyboard {
            (self.inline, self.one_time) = (false, true);
        }
        (!self.rows.is_empty()).then_some(self)
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
            if row.len() > 1 && row.iter().any(Button::is_wide) {
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
