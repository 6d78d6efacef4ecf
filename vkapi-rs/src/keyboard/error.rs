//! What VK would refuse.

use thiserror::Error;

use super::{MAX_LABEL, MAX_PAYLOAD, MAX_PAYLOADS};

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
