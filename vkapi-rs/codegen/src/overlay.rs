//! How the facts are told in Rust: what no schema knows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::rust::pascal;

/// `overlay.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    /// VK's types that `vkapi-rs` has by hand, or under another name: VK's name, and Rust's.
    pub(crate) types: BTreeMap<String, String>,
    /// What the types written here are called, where it is not VK's name in Rust's way.
    pub(crate) names: BTreeMap<String, String>,
    /// Members of objects that are read as more than the schema says: `object.member`, and the type.
    pub(crate) members: BTreeMap<String, String>,
    /// Events, and what has happened, in a line.
    pub(crate) events: BTreeMap<String, String>,
    /// Of VK's list of events, those that are none.
    pub(crate) no_events: BTreeSet<String>,
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
    /// What methods do, objects are and their members mean, in a line: `section.method`, `object`, `object.member`.
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

    /// What a type is called in Rust, by hand or not.
    pub(crate) fn rust_name(&self, name: &str) -> String {
        let told = self.types.get(name).or_else(|| self.names.get(name)).cloned();
        told.unwrap_or_else(|| pascal(name.strip_prefix(EVENT).unwrap_or(name)))
    }
}

/// How names of what only events have begin in VK's schema.
pub(crate) const EVENT: &str = "callback_";
