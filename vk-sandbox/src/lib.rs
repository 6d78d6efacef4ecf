//! A local VK, for trying and testing community bots without an account or a network.
//!
//! It speaks VK's own HTTP: methods, Bots Long Poll, the Callback API, uploads, `execute`, limits and errors as VK answers
//! them. Everything is in memory; people and pages are invented. What VK documents nowhere is a setting
//! ([`Settings`]), and troubles come on demand ([`Faults`]).
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let sandbox = vk_sandbox::Sandbox::builder()
//!     .group(240_000_001, "Куратор", "group-token")
//!     .start("127.0.0.1:0")
//!     .await?;
//! println!("give the bot {} and {}", sandbox.api_url(), sandbox.token());
//!
//! sandbox.add_person(1, "Мария", "Петрова");
//! sandbox.write(1, "Здравствуйте!");
//! # Ok(())
//! # }
//! ```
//!
//! On the same port is a web chat for a person, and for a program in any language the control interface:
//! JSON under `/sandbox/` (see the table in `src/control.rs`).
//!
//! Conversations are of the community with one person; chats of many people are not here.

mod callbacks;
mod calls;
mod chat;
mod conn;
mod control;
mod error;
mod execute;
mod faults;
mod http;
mod keyboard;
mod lives;
mod longpoll;
mod methods;
mod pages;
mod params;
mod people;
mod picture;
mod queue;
mod sandbox;
mod settings;
mod state;
mod token;
mod uploads;
mod vk_json;
mod web;

pub use crate::{
    callbacks::Delivery,
    calls::Call,
    chat::{ChatEvent, ChatMessage, ClientInfo, EventAnswerSeen, Outgoing, Person, PressError},
    faults::{Fault, FaultSwitch, Faults, LONG_POLL},
    lives::{Life, region},
    methods::{check_message, serves},
    pages::{Comment, Page, Post},
    sandbox::{Builder, Sandbox},
    settings::Settings,
    token::Rights,
};
