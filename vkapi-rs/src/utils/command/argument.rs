//! Arguments of commands.

use super::{ArgumentSpec, CommandError};

/// What can be an argument of a command.
pub trait Argument: Sized {
    /// Whether it may be left out.
    const OPTIONAL: bool = false;

    /// Whether, as the last one, it takes all that is left rather than a word.
    const TAKES_REST: bool = false;

    /// What it should be, as people are told: «нужно …».
    fn expected() -> String;

    /// Reads it; `None` if it is something else.
    fn read(word: &str) -> Option<Self>;

    /// What it is when left out.
    fn absent() -> Option<Self> {
        None
    }
}

impl Argument for String {
    const TAKES_REST: bool = true;

    fn expected() -> String {
        "какой-нибудь текст".to_owned()
    }

    fn read(word: &str) -> Option<Self> {
        Some(word.to_owned())
    }
}

impl<T: Argument> Argument for Option<T> {
    const OPTIONAL: bool = true;
    const TAKES_REST: bool = T::TAKES_REST;

    fn expected() -> String {
        T::expected()
    }

    fn read(word: &str) -> Option<Self> {
        T::read(word).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

macro_rules! integers {
    ($($kind:ty)*) => {$(
        impl Argument for $kind {
            fn expected() -> String {
                format!("целое число от {} до {}", Self::MIN, Self::MAX)
            }

            fn read(word: &str) -> Option<Self> {
                word.parse().ok()
            }
        }
    )*};
}
integers!(i8 i16 i32 i64 u8 u16 u32 u64);

impl Argument for f64 {
    fn expected() -> String {
        "число".to_owned()
    }

    /// With a comma or a dot; neither infinities nor «not a number».
    fn read(word: &str) -> Option<Self> {
        word.replace(',', ".").parse().ok().filter(|number: &Self| number.is_finite())
    }
}

impl Argument for bool {
    fn expected() -> String {
        "«да» или «нет»".to_owned()
    }

    fn read(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "да" | "yes" | "on" | "1" | "+" => Some(true),
            "нет" | "no" | "off" | "0" | "-" => Some(false),
            _ => None,
        }
    }
}

/// What follows the name of a command, being read.
#[derive(Debug)]
pub struct Arguments<'a> {
    specs: std::slice::Iter<'static, ArgumentSpec>,
    usage: String,
    rest: &'a str,
}

impl<'a> Arguments<'a> {
    pub(super) fn new(specs: &'static [ArgumentSpec], usage: String, rest: &'a str) -> Self {
        Self { specs: specs.iter(), usage, rest: rest.trim() }
    }

    /// Reads an argument that others follow: a word, or several in quotes.
    pub fn word<T: Argument>(&mut self) -> Result<T, CommandError> {
        let word = self.take_word();
        self.read(word)
    }

    /// Reads the last argument.
    pub fn last<T: Argument>(&mut self) -> Result<T, CommandError> {
        let text = if T::TAKES_REST {
            Some(std::mem::take(&mut self.rest)).filter(|rest| !rest.is_empty())
        } else {
            self.take_word()
        };
        self.read(text)
    }

    /// Refuses what is left over.
    pub fn finish(self) -> Result<(), CommandError> {
        match self.rest {
            "" => Ok(()),
            rest => Err(CommandError::Extra { text: rest.to_owned(), usage: self.usage }),
        }
    }

    fn read<T: Argument>(&mut self, text: Option<&str>) -> Result<T, CommandError> {
        let argument = self.specs.next().map_or("", |spec| spec.name);
        match text {
            Some(text) => T::read(text).ok_or_else(|| CommandError::Wrong {
                word: text.to_owned(),
                expected: T::expected(),
                usage: self.usage.clone(),
            }),
            None => T::absent().ok_or_else(|| CommandError::Missing { argument, usage: self.usage.clone() }),
        }
    }

    fn take_word(&mut self) -> Option<&'a str> {
        let rest = self.rest;
        let quoted = [('"', '"'), ('«', '»')].into_iter().find_map(|(open, close)| {
            let (word, rest) = rest.strip_prefix(open)?.split_once(close)?;
            (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((word, rest))
        });
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, left) = quoted.unwrap_or_else(|| rest.split_at(end));
        self.rest = left.trim_start();
        (!rest.is_empty()).then_some(word)
    }
}
