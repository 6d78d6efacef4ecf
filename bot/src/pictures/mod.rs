//! Pictures that go into the chat: the eight weeks of a page, a region's summary, a word of thanks, a link as a code. Opaque, so that they read the same in
//! both of VK's themes; large letters, as a phone shows them at a third of their size.

mod canvas;
mod card;
mod code;
mod paper;
mod sheet;
mod summary;
mod thanks;

pub use card::{Card, CardWeek};
pub use code::CodeSheet;
pub use paper::Paper;
pub use summary::Summary;
pub use thanks::Thanks;

/// A picture that could not be drawn: its size or its font is wrong, which is a mistake of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a picture could not be drawn")]
pub struct Undrawn;

#[cfg(test)]
mod tests;
