//! The whole bot from outside: a sandbox and a bot in one process, and transcripts played against them.

pub mod dialogue;
mod world;

pub use world::{GROUP, Kept, Setup, TOKEN, World, content_dir, load_content, monday};
