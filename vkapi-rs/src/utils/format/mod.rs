//! Bold, italic, underlined and linked text.
//!
//! VK takes a plain text and, beside it, which parts of it look how: [`FormatData`]. [`Formatted`] holds both and goes
//! wherever a request takes a text:
//!
//! ```no_run
//! # async fn hello(bot: vkapi::Bot, peer: vkapi::types::PeerId, name: String) -> Result<(), Box<dyn std::error::Error>> {
//! use vkapi::utils::format::{Formatted, markdown};
//!
//! bot.messages_send(peer, markdown("**Готово.** Дальше — [правила](https://vk.ru/dev/rules).")).await?;
//!
//! let hello = Formatted::new().plain("Здравствуйте, ").bold(name).plain("!");
//! bot.messages_send(peer, hello).await?;
//! # Ok(())
//! # }
//! ```

mod markdown;

use std::ops::Range;

use reqwest::Url;
use serde::{Serialize, Serializer, ser::SerializeStruct};
use thiserror::Error;

pub use markdown::{escape, markdown};

use super::split::{MAX_TEXT, ranges};

/// A text and how its parts look. Any plain text is one: `"text".into()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formatted {
    text: String,
    spans: Vec<Span>,
}

/// A part of a text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    range: Range<usize>,
    style: Style,
}

/// How a part of a text looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Style {
    /// Bold.
    Bold,
    /// Italic.
    Italic,
    /// Underlined.
    Underline,
    /// Leads to an address.
    Url {
        /// The address, `http` or `https`.
        url: String,
    },
}

/// What cannot be formatted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FormatError {
    /// An address that is not of the web, or has whitespace in it.
    #[error("not an http or https address: «{0}»")]
    Url(String),
}

impl Formatted {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text as it is.
    #[must_use]
    pub fn plain(mut self, text: impl Into<Self>) -> Self {
        let Self { text, spans } = text.into();
        let at = self.text.len();
        self.text.push_str(&text);
        self.spans.extend(
            spans
                .into_iter()
                .map(|Span { range, style }| Span { range: at + range.start..at + range.end, style }),
        );
        self
    }

    /// Adds a bold text; what is italic in it stays so, as with the other styles.
    #[must_use]
    pub fn bold(self, text: impl Into<Self>) -> Self {
        self.styled(text.into(), Style::Bold)
    }

    /// Adds an italic text.
    #[must_use]
    pub fn italic(self, text: impl Into<Self>) -> Self {
        self.styled(text.into(), Style::Italic)
    }

    /// Adds an underlined text.
    #[must_use]
    pub fn underline(self, text: impl Into<Self>) -> Self {
        self.styled(text.into(), Style::Underline)
    }

    /// Adds a text that leads to an `http` or `https` address; links inside of it are links no more.
    pub fn link(self, text: impl Into<Self>, url: impl Into<String>) -> Result<Self, FormatError> {
        let url = url.into();
        if is_web(&url) {
            Ok(self.styled(text.into(), Style::Url { url }))
        } else {
            Err(FormatError::Url(url))
        }
    }

    fn styled(self, mut text: Self, style: Style) -> Self {
        // One look is told once: what is inside of the same one adds nothing.
        text.spans.retain(|span| std::mem::discriminant(&span.style) != std::mem::discriminant(&style));
        if !text.text.is_empty() {
            text.spans.push(Span { range: 0..text.text.len(), style });
        }
        self.plain(text)
    }

    /// The text without its looks.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text alone.
    pub fn into_text(self) -> String {
        self.text
    }

    /// How its parts look; `None` if all of it is plain.
    pub fn format_data(&self) -> Option<FormatData> {
        if self.spans.is_empty() {
            return None;
        }
        let units = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
        let mut items: Vec<_> = self
            .spans
            .iter()
            // The outer of two was made last.
            .rev()
            .map(|Span { range, style }| FormatItem {
                offset: units(&self.text[..range.start]),
                length: units(&self.text[range.clone()]),
                style: style.clone(),
            })
            .collect();
        items.sort_by_key(|item| (item.offset, std::cmp::Reverse(item.length)));
        Some(FormatData { items })
    }

    /// Cuts it into messages VK takes, as [`split`](super::split::split) does; a part on both sides of a cut looks
    /// the same on both.
    pub fn split(&self) -> Vec<Self> {
        self.split_by(MAX_TEXT)
    }

    /// Cuts it into parts of up to `limit` UTF-16 units, as [`split_by`](super::split::split_by) does.
    pub fn split_by(&self, limit: usize) -> Vec<Self> {
        ranges(&self.text, limit).into_iter().map(|part| self.part(&part)).collect()
    }

    fn part(&self, part: &Range<usize>) -> Self {
        let within = |span: &Span| {
            let (start, end) = (span.range.start.max(part.start), span.range.end.min(part.end));
            let style = span.style.clone();
            (start < end).then(|| Span { range: start - part.start..end - part.start, style })
        };
        Self {
            text: self.text[part.clone()].to_owned(),
            spans: self.spans.iter().filter_map(within).collect(),
        }
    }
}

impl<T: Into<String>> From<T> for Formatted {
    fn from(text: T) -> Self {
        Self { text: text.into(), spans: Vec::new() }
    }
}

pub(super) fn is_web(url: &str) -> bool {
    !url.contains(|c: char| c.is_whitespace() || c.is_control())
        && Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Which parts of a text look how: VK's `format_data`, written as JSON where a text is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatData {
    /// The parts, in order; they may overlap.
    pub items: Vec<FormatItem>,
}

/// A part of a text and how it looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormatItem {
    /// UTF-16 units before it.
    pub offset: usize,
    /// UTF-16 units in it.
    pub length: usize,
    /// How it looks.
    #[serde(flatten)]
    pub style: Style,
}

impl Serialize for FormatData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut data = serializer.serialize_struct("FormatData", 2)?;
        data.serialize_field("version", "1")?;
        data.serialize_field("items", &self.items)?;
        data.end()
    }
}

impl From<FormatData> for String {
    fn from(data: FormatData) -> Self {
        serde_json::json!(data).to_string()
    }
}
