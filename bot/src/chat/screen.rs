use vkapi::keyboard::{Button, Color, Keyboard};

use super::Action;
use crate::{content, domain::Offer};

/// VK's limit for a message, kept with room: 4096 UTF-16 units.
const TEXT_LIMIT: usize = 4096;

/// A button of a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is written on it, cut to VK's 40 characters at a word's end.
    pub label: String,
    /// What it does.
    pub does: Does,
    /// How it looks.
    pub color: Color,
    /// The number a typed answer picks it by, if not its place.
    pub number: Option<u16>,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// Carries an action to the bot.
    Act(Action),
    /// Opens an address.
    Open(String),
}

impl Choice {
    /// A button with an action.
    pub fn new(label: impl Into<String>, action: Action) -> Self {
        Self {
            label: content::label(&label.into()),
            does: Does::Act(action),
            color: Color::Secondary,
            number: None,
        }
    }

    /// A button that opens an address.
    pub fn link(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            label: content::label(&label.into()),
            does: Does::Open(url.into()),
            color: Color::Secondary,
            number: None,
        }
    }

    /// The button expected to be pressed.
    #[must_use]
    pub fn main(mut self) -> Self {
        self.color = Color::Primary;
        self
    }

    /// A button in green.
    #[must_use]
    pub fn good(mut self) -> Self {
        self.color = Color::Positive;
        self
    }

    /// A button picked by this typed number.
    #[must_use]
    pub fn at(mut self, number: u16) -> Self {
        self.number = Some(number);
        self
    }
}

/// What a message of the bot is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// The text.
    pub text: String,
    /// Its buttons by row.
    pub rows: Vec<Vec<Choice>>,
    /// The buttons stay under the input field instead of under the message.
    pub usual: bool,
}

/// A screen as VK takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The text, within the limit.
    pub text: String,
    /// VK's keyboard JSON.
    pub keyboard: Option<String>,
    /// What a typed number or name picks.
    pub offers: Vec<Offer>,
}

impl Screen {
    /// A screen of text only.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// With one more row of buttons; an empty one is left out.
    #[must_use]
    pub fn row(mut self, row: impl IntoIterator<Item = Choice>) -> Self {
        let row: Vec<Choice> = row.into_iter().collect();
        if !row.is_empty() {
            self.rows.push(row);
        }
        self
    }

    /// With these buttons in rows of `per_row`.
    #[must_use]
    pub fn grid(mut self, per_row: usize, choices: impl IntoIterator<Item = Choice>) -> Self {
        let choices: Vec<Choice> = choices.into_iter().collect();
        for row in choices.chunks(per_row.max(1)) {
            self.rows.push(row.to_vec());
        }
        self
    }

    /// With buttons that stay under the input field.
    #[must_use]
    pub fn usual(mut self) -> Self {
        self.usual = true;
        self
    }

    /// Makes it what VK takes. `plain` writes the choices out with their numbers, for a client without buttons.
    pub fn draw(&self, plain: bool) -> Drawn {
        let mut offers = Vec::new();
        let mut lines = Vec::new();
        for choice in self.rows.iter().flatten() {
            match &choice.does {
                Does::Act(action) => {
                    let number = choice.number.unwrap_or(offers.len() as u16 + 1);
                    // «9:00» goes by 9 and «1» by 1: that need not be said twice.
                    let digits = choice.label.chars().take_while(char::is_ascii_digit).collect::<String>();
                    lines.push(if digits == number.to_string() {
                        choice.label.clone()
                    } else {
                        format!("{number}. {}", choice.label)
                    });
                    offers.push(Offer { number, label: choice.label.clone(), payload: action.payload() });
                }
                Does::Open(url) => lines.push(format!("{}: {url}", choice.label)),
            }
        }
        let mut text = self.text.clone();
        if plain && !lines.is_empty() {
            text = format!("{text}\n\n{}", lines.join("\n"));
        }
        let text = cut(&text, TEXT_LIMIT);
        Drawn { text, keyboard: self.keyboard(plain), offers }
    }

    fn keyboard(&self, plain: bool) -> Option<String> {
        if self.rows.is_empty() || (plain && !self.usual) {
            return None;
        }
        let mut keyboard = if self.usual { Keyboard::new() } else { Keyboard::inline() };
        for row in &self.rows {
            let buttons = row.iter().map(|choice| match &choice.does {
                Does::Act(action) if self.usual => Button::text(&choice.label, action).color(choice.color),
                Does::Act(action) => Button::callback(&choice.label, action).color(choice.color),
                Does::Open(url) => Button::open_link(&choice.label, url),
            });
            match keyboard.row(buttons) {
                Ok(grown) => keyboard = grown,
                Err(error) => {
                    // A screen that breaks VK's limits is a mistake of ours; its text still helps.
                    tracing::error!(%error, "a screen has more buttons than VK takes");
                    return None;
                }
            }
        }
        Some(keyboard.to_json())
    }
}

/// Cuts to `max` characters with «…» at the end, at a word's end if one is near.
pub fn short(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    let broken = text.chars().nth(kept.chars().count()).is_some_and(char::is_alphanumeric);
    let whole =
        kept.rsplit_once(' ').map(|(whole, _)| whole).filter(|w| broken && w.chars().count() * 2 > max);
    format!("{}…", whole.unwrap_or(&kept).trim_end())
}

/// Cuts to `max` UTF-16 units, never inside a character.
fn cut(text: &str, max: usize) -> String {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > max {
            return text.get(..at).unwrap_or_default().to_owned();
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_written_out_for_a_client_without_buttons() {
        let screen = Screen::text("Что дальше?")
            .row([Choice::new("Да", Action::Menu), Choice::new("Нет", Action::Cancel)])
            .row([Choice::link("Сайт", "https://vk.ru")]);
        let drawn = screen.draw(true);
        assert_eq!(drawn.text, "Что дальше?\n\n1. Да\n2. Нет\nСайт: https://vk.ru");
        assert_eq!(drawn.keyboard, None);
        assert_eq!(drawn.offers.len(), 2);
        assert!(screen.draw(false).keyboard.is_some());
    }

    #[test]
    fn text_never_grows_over_the_limit_of_vk() {
        let drawn = Screen::text("😀".repeat(5000)).draw(false);
        assert_eq!(drawn.text.encode_utf16().count(), 4096);
        assert_eq!(short("Проверить обложку на телефоне и компьютере", 20), "Проверить обложку…");
        assert_eq!(short("Достопримечательности", 20).chars().count(), 20);
    }
}
