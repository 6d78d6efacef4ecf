//! The whole bot from outside: a sandbox and a bot in one process, and transcripts played against them.

pub mod audit;
pub mod crash;
pub mod dialogue;
pub mod full;
pub mod fuzz;
pub mod load;
mod log;
pub mod people;
pub mod real;
mod world;

pub use log::Log;
pub use world::{
    GROUP, Kept, SERVICE, Setup, TOKEN, World, content_dir, content_with_new_consent, copy, load_content,
    monday,
};
