//! How the facts are told in Rust: what no schema knows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use serde::Deserialize;

/// `overlay.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    /// VK's types that `vkapi-rs` has by hand, or under another name: VK's name, and Rust's.
    pub(crate) types: BTreeMap<String, String>,
    /// Methods written by hand.
    pub(crate) by_hand: BTreeSet<String>,
    /// Parameters without which a call makes no sense although VK's schema does not demand them; in order.
    pub(crate) required: BTreeMap<String, Vec<String>>,
    /// What methods answer, where it is not what the schema makes of it: Rust types.
    pub(crate) answers: BTreeMap<String, String>,
    /// Whether methods may be said twice, where their name misleads.
    pub(crate) idempotent: BTreeMap<String, bool>,
    /// Whether methods may go inside of an `execute`, where their name misleads.
    pub(crate) batchable: BTreeMap<String, bool>,
    /// What methods do, in a line.
    pub(crate) docs: BTreeMap<String, String>,
    /// What members of many objects and parameters of many methods are, in a line.
    pub(crate) glossary: BTreeMap<String, String>,
    /// Names of errors, where VK's own are not clear.
    pub(crate) errors: BTreeMap<String, String>,
}

impl Overlay {
    pub(crate) fn load(home: &Path) -> Result<Self> {
        let path = home.join("overlay.toml");
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }
}
