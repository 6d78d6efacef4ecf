//! Kurator: the bot.

pub mod domain;
