//! Helpers for what bots do every day: commands, payloads, carousels, long texts, formatting, mentions, uploads,
//! broadcasts.

pub mod broadcast;
pub mod carousel;
pub mod command;
pub mod download;
pub mod format;
pub mod mention;
pub mod payload;
pub mod split;
pub mod upload;
pub mod upload_cache;
