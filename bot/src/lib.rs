//! Kurator: a VK chat bot for people who run Russian official public pages.

#[cfg(test)]
mod alone;
pub mod app;
mod backups;
mod campaigns;
pub mod census;
pub mod chat;
mod claims;
pub mod cli;
pub mod config;
pub mod content;
mod control;
mod core;
mod crowd;
pub mod demo;
pub mod domain;
pub mod draft;
mod drafts;
mod handoffs;
mod heartbeat;
mod ics;
mod inbox;
mod log;
mod mydata;
mod ops;
mod outbox;
pub mod pages;
pub mod pictures;
mod retention;
mod rosters;
mod schedule;
pub mod search;
pub mod sheets;
pub mod simulate;
pub mod store;
mod tables;
mod watch;
