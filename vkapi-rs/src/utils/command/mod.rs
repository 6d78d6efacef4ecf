//! Commands people type: `/помощь`, `!заказ латте`, `@name помощь`.
//!
//! ```
//! use vkapi::{types::GroupId, utils::command::BotCommands};
//!
//! /// Кофейня. Что я умею:
//! #[derive(BotCommands, Clone, Debug, PartialEq)]
//! #[command(prefixes = ["/", "!"])]
//! enum Command {
//!     /// показать это
//!     #[command(rename = "помощь", aliases = ["help", "начать"])]
//!     Help,
//!     /// заказать напиток
//!     #[command(rename = "заказ")]
//!     Order {
//!         /// сколько
//!         count: u8,
//!         /// напиток
//!         drink: String,
//!     },
//! }
//!
//! let group = GroupId(7);
//! let order = Command::Order { count: 2, drink: "латте без сахара".to_owned() };
//! assert_eq!(Command::parse("!Заказ 2 латте без сахара", group), Ok(order));
//! assert_eq!(Command::parse("[club7|Кофейня], помощь", group), Ok(Command::Help));
//!
//! let error = Command::parse("/заказ два латте", group).unwrap_err();
//! let told = "Не понимаю «два»: нужно целое число от 0 до 255. Напишите так: /заказ <сколько> <напиток>";
//! assert_eq!(error.to_string(), told);
//! ```
//!
//! Two commands of one name are refused when the bot is compiled, however the names are written:
//!
//! ```compile_fail
//! use vkapi::utils::command::BotCommands;
//!
//! #[derive(BotCommands)]
//! enum Command {
//!     #[command(rename = "ещё")]
//!     More,
//!     #[command(aliases = ["ЕЩЕ"])]
//!     Again,
//! }
//! ```
//!
//! Handlers get it by [`HandlerExt::filter_command`](crate::dispatching::HandlerExt::filter_command).

mod argument;

use std::fmt::Write;

use thiserror::Error;
pub use vkapi_macros::BotCommands;

pub use argument::{Argument, Arguments};

use super::mention::harmless;
use crate::types::GroupId;

/// Commands that a bot takes; derive it.
pub trait BotCommands: Sized {
    /// Their names and what is told of them.
    const COMMANDS: CommandSet;

    /// Makes the command of this place in [`CommandSet::commands`].
    fn build(index: usize, arguments: Arguments<'_>) -> Result<Self, CommandError>;

    /// Reads a message written to the community.
    ///
    /// A command begins with one of the prefixes, or with a mention of the community, as chats write it: `[club7|…]`,
    /// `@club7`, `@name`; or with both. Names are read in any case, with `ё` as `е`. Arguments are words, or several
    /// in quotes; a last `String` takes all that is left.
    fn parse(text: &str, group: GroupId) -> Result<Self, CommandError> {
        let (index, arguments) = Self::COMMANDS.find(text, group)?;
        Self::build(index, arguments)
    }

    /// The list of commands for people, one a line.
    fn descriptions() -> String {
        Self::COMMANDS.descriptions()
    }
}

/// Why a message is not a command. Its text can be told to the person, but for [`CommandError::NotCommand`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CommandError {
    /// It was never meant as one.
    #[error("Это не команда.")]
    NotCommand,
    /// No command has this name.
    #[error("Не знаю команды «{}».", shown(name))]
    Unknown {
        /// The prefix and the name as typed.
        name: String,
    },
    /// Too few arguments.
    #[error("Не хватает: {argument}. Напишите так: {usage}")]
    Missing {
        /// The first one that is missing.
        argument: &'static str,
        /// The command with its arguments.
        usage: String,
    },
    /// An argument of a wrong kind.
    #[error("Не понимаю «{}»: нужно {expected}. Напишите так: {usage}", shown(word))]
    Wrong {
        /// The argument as typed.
        word: String,
        /// What it should be.
        expected: String,
        /// The command with its arguments.
        usage: String,
    },
    /// More than the command takes.
    #[error("Не понимаю, что делать с «{}». Напишите так: {usage}", shown(text))]
    Extra {
        /// What is left over, as typed.
        text: String,
        /// The command with its arguments.
        usage: String,
    },
}

/// A person's own words, made fit to be said back.
fn shown(typed: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = typed.chars().take(LONGEST).collect();
    if shown.len() < typed.len() {
        shown.push('…');
    }
    harmless(&shown)
}

/// All commands of a bot.
#[derive(Clone, Copy, Debug)]
pub struct CommandSet {
    /// What stands above their list.
    pub about: &'static str,
    /// What a command begins with; empty for nothing.
    pub prefixes: &'static [&'static str],
    /// The community's short name.
    pub screen_name: Option<&'static str>,
    /// The commands.
    pub commands: &'static [CommandSpec],
}

/// What is known of a command.
#[derive(Clone, Copy, Debug)]
pub struct CommandSpec {
    /// Its name.
    pub name: &'static str,
    /// Its other names.
    pub aliases: &'static [&'static str],
    /// Its arguments, in order.
    pub arguments: &'static [ArgumentSpec],
    /// What it does.
    pub description: &'static str,
    /// Whether the list leaves it out.
    pub hidden: bool,
}

/// What is known of an argument.
#[derive(Clone, Copy, Debug)]
pub struct ArgumentSpec {
    /// What people call it.
    pub name: &'static str,
    /// Whether it may be left out.
    pub optional: bool,
}

impl CommandSet {
    fn find<'a>(&self, text: &'a str, group: GroupId) -> Result<(usize, Arguments<'a>), CommandError> {
        let text = text.trim();
        let called = self.after_mention(text, group);
        let text = called.unwrap_or(text);
        let prefixes = self.prefixes.iter().filter(|prefix| text.starts_with(**prefix));
        let prefix = match prefixes.max_by_key(|prefix| prefix.len()) {
            Some(prefix) => *prefix,
            None if called.is_some() => "",
            None => return Err(CommandError::NotCommand),
        };
        let command = &text[prefix.len()..];
        let end = command.find(char::is_whitespace).unwrap_or(command.len());
        let (name, rest) = command.split_at(end);
        let wanted = folded(name);
        match self.commands.iter().position(|command| command.has_name(&wanted)) {
            Some(index) => {
                let command = &self.commands[index];
                Ok((index, Arguments::new(command.arguments, self.usage(command), rest)))
            }
            // What begins with a prefix was meant as a command; what is said to the community need not be one.
            None if !prefix.is_empty() && !name.is_empty() => {
                Err(CommandError::Unknown { name: format!("{prefix}{name}") })
            }
            None => Err(CommandError::NotCommand),
        }
    }

    /// What follows a mention of the community at the beginning.
    fn after_mention<'a>(&self, text: &'a str, group: GroupId) -> Option<&'a str> {
        let own = |address: &str| {
            let number = address.strip_prefix("club").or_else(|| address.strip_prefix("public"));
            number == Some(group.to_string().as_str())
                || self.screen_name.is_some_and(|name| name.eq_ignore_ascii_case(address))
        };
        let rest = if let Some(mention) = text.strip_prefix('[') {
            let (mention, rest) = mention.split_once(']')?;
            let (address, _) = mention.split_once('|')?;
            own(address).then_some(rest)
        } else {
            let mention = text.strip_prefix(['@', '*'])?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
            let end = mention.find(|c| !is_name(c)).unwrap_or(mention.len());
            own(&mention[..end]).then_some(&mention[end..])
        }?;
        Some(rest.trim_start_matches([',', ':']).trim_start())
    }

    fn usage(&self, command: &CommandSpec) -> String {
        let mut usage = format!("{}{}", self.prefixes.first().unwrap_or(&""), command.name);
        for ArgumentSpec { name, optional } in command.arguments {
            let (open, close) = if *optional { ('[', ']') } else { ('<', '>') };
            let _ = write!(usage, " {open}{name}{close}");
        }
        usage
    }

    fn descriptions(&self) -> String {
        let mut list = self.about.to_owned();
        for command in self.commands.iter().filter(|command| !command.hidden) {
            if !list.is_empty() {
                list.push('\n');
            }
            list.push_str(&self.usage(command));
            if !command.description.is_empty() {
                let _ = write!(list, " — {}", command.description);
            }
        }
        list
    }
}

impl CommandSpec {
    fn has_name(&self, folded_name: &str) -> bool {
        std::iter::once(&self.name).chain(self.aliases).any(|name| folded(name) == folded_name)
    }
}

/// How names are compared.
fn folded(name: &str) -> String {
    name.to_lowercase().replace('ё', "е")
}
