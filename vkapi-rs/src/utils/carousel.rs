//! Carousels that VK will not refuse: cards side by side under a message, which must have a text too.
//!
//! The limits are those of <https://dev.vk.com/ru/api/bots/development/messages>.
//!
//! ```no_run
//! # async fn send(bot: vkapi::Bot, peer: vkapi::types::PeerId) -> Result<(), Box<dyn std::error::Error>> {
//! use vkapi::{keyboard::Button, utils::carousel::{Card, Carousel}};
//!
//! let cards = ["Утро", "Вечер"].map(|title| Card::titled(title, "Полтора часа").button(Button::text("Хочу", title)));
//! bot.messages_send(peer, "Выберите занятие").template(Carousel::new(cards)?).await?;
//! # Ok(())
//! # }
//! ```

use serde::Serialize;
use thiserror::Error;

use super::format::is_web;
use crate::keyboard::{Button, KeyboardError, check_payloads};

/// Cards of a carousel.
pub const MAX_CARDS: usize = 10;
/// Characters of a title or a description.
pub const MAX_TITLE: usize = 80;
/// Buttons of a card.
pub const MAX_CARD_BUTTONS: usize = 3;

/// Cards side by side, within VK's limits; goes where a request takes a `template`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carousel {
    cards: Vec<Card>,
}

/// A limit of VK's that a carousel would break.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CarouselError {
    /// No cards, or too many.
    #[error("a carousel has 1 to {MAX_CARDS} cards, this one {0}")]
    Cards(usize),
    /// A title or a description of a wrong length.
    #[error("titles and descriptions have 1 to {MAX_TITLE} characters, this one {chars}: «{text}»")]
    Title {
        /// The title or description.
        text: String,
        /// Its characters.
        chars: usize,
    },
    /// No buttons, or too many.
    #[error("a card has 1 to {MAX_CARD_BUTTONS} buttons, this one {0}")]
    Buttons(usize),
    /// A button VK would refuse.
    #[error(transparent)]
    Button(#[from] KeyboardError),
    /// Not a photo.
    #[error("a photo is `photo{{owner}}_{{id}}`, not «{0}»")]
    Photo(String),
    /// A press upon the card leads nowhere.
    #[error("not an http or https address: «{0}»")]
    Link(String),
    /// A press opens the photo of a card that has none.
    #[error("a card without a photo cannot open it")]
    NoPhoto,
    /// Cards differ in what they have.
    #[error("all cards must have the same parts: a title, a photo, an action")]
    Parts,
}

/// One card: a title with a description, a photo, or both; 1 to 3 buttons. Checked by [`Carousel::new`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Card {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Action>,
    buttons: Vec<Button>,
}

/// What a press upon the card itself does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Action {
    OpenLink { link: String },
    OpenPhoto,
}

impl Card {
    /// A card with a title and a description, 1 to 80 characters each.
    pub fn titled(title: impl Into<String>, description: impl Into<String>) -> Self {
        let (title, description) = (Some(title.into()), Some(description.into()));
        Self { title, description, photo_id: None, action: None, buttons: Vec::new() }
    }

    /// A card that is a photo; see [`Card::photo`].
    pub fn pictured(photo: impl AsRef<str>) -> Self {
        let card = Self { title: None, description: None, photo_id: None, action: None, buttons: Vec::new() };
        card.photo(photo)
    }

    /// Its photo as an upload answers it, `photo{owner}_{id}`: 13 to 8, at least 221 by 136 pixels.
    #[must_use]
    pub fn photo(mut self, photo: impl AsRef<str>) -> Self {
        let photo = photo.as_ref();
        // VK wants it without the kind and without the key.
        let id = photo.strip_prefix("photo").unwrap_or(photo);
        self.photo_id = Some(id.splitn(3, '_').take(2).collect::<Vec<_>>().join("_"));
        self
    }

    /// A press upon it opens an address.
    #[must_use]
    pub fn open_link(mut self, link: impl Into<String>) -> Self {
        self.action = Some(Action::OpenLink { link: link.into() });
        self
    }

    /// A press upon it opens its photo.
    #[must_use]
    pub fn open_photo(mut self) -> Self {
        self.action = Some(Action::OpenPhoto);
        self
    }

    /// Adds a button.
    #[must_use]
    pub fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    fn check(&self) -> Result<(), CarouselError> {
        for text in [&self.title, &self.description].into_iter().flatten() {
            let chars = text.chars().count();
            if !(1..=MAX_TITLE).contains(&chars) {
                return Err(CarouselError::Title { text: text.clone(), chars });
            }
        }
        if let Some(photo) = &self.photo_id
            && !photo
                .split_once('_')
                .is_some_and(|(owner, id)| is_number::<i64>(owner) && is_number::<u64>(id))
        {
            return Err(CarouselError::Photo(photo.clone()));
        }
        match &self.action {
            Some(Action::OpenLink { link }) if !is_web(link) => {
                return Err(CarouselError::Link(link.clone()));
            }
            Some(Action::OpenPhoto) if self.photo_id.is_none() => return Err(CarouselError::NoPhoto),
            _ => {}
        }
        if !(1..=MAX_CARD_BUTTONS).contains(&self.buttons.len()) {
            return Err(CarouselError::Buttons(self.buttons.len()));
        }
        self.buttons.iter().try_for_each(Button::check)?;
        Ok(())
    }

    /// Which of the parts it has that VK wants in all cards or in none.
    fn parts(&self) -> [bool; 3] {
        [self.title.is_some(), self.photo_id.is_some(), self.action.is_some()]
    }
}

fn is_number<T: std::str::FromStr>(text: &str) -> bool {
    !text.starts_with('+') && text.parse::<T>().is_ok()
}

impl Carousel {
    /// A carousel of 1 to 10 cards with the same parts.
    pub fn new(cards: impl IntoIterator<Item = Card>) -> Result<Self, CarouselError> {
        let cards: Vec<_> = cards.into_iter().collect();
        if !(1..=MAX_CARDS).contains(&cards.len()) {
            return Err(CarouselError::Cards(cards.len()));
        }
        cards.iter().try_for_each(Card::check)?;
        if cards.iter().any(|card| card.parts() != cards[0].parts()) {
            return Err(CarouselError::Parts);
        }
        check_payloads(cards.iter().flat_map(|card| &card.buttons))?;
        Ok(Self { cards })
    }

    /// VK's JSON of it.
    pub fn to_json(&self) -> String {
        serde_json::json!({"type": "carousel", "elements": self.cards}).to_string()
    }
}

impl From<Carousel> for String {
    fn from(carousel: Carousel) -> Self {
        carousel.to_json()
    }
}
