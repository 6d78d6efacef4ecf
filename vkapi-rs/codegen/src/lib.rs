//! VK's API as facts, and what is written from them.
//!
//! [`Facts`] hold what VK's schema says of methods, objects and errors: names, types, limits, no prose. They are reduced
//! from the schema by [`reduce`], kept in `facts/`, mended by `overlay.facts`, and turned into the sources of `vkapi-rs`
//! by [`write()`]. [`Facts::check_request`] and [`Facts::check_answer`] hold calls against them.

mod check;
mod facts;
mod overlay;
mod reduce;
mod rust;
mod text;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use anyhow::Result;

pub use check::Problem;
pub use facts::{Def, ErrorFact, Facts, Member, MethodFact, Token, Type};
pub use reduce::reduce;

use overlay::Overlay;

/// Files to write: the way from the package's folder, and the text.
pub type Files = BTreeMap<String, String>;

/// The package's own folder.
pub fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The facts kept in `facts/`, mended by `overlay.facts`.
pub fn facts() -> Result<Facts> {
    text::load(&home())
}

/// The members that the facts know of a type of `vkapi-rs`, by the type's name there: of all of VK's types it stands for.
pub fn members_of(rust: &str) -> Result<BTreeSet<String>> {
    let (facts, overlay) = (facts()?, Overlay::load(&home())?);
    let stands_for = |name: &&String| overlay.rust_name(name) == rust;
    let members = facts.types.keys().filter(stands_for).filter_map(|name| facts.members(name));
    Ok(members.flatten().map(|member| member.name).collect())
}

/// The sources of `vkapi-rs` that the facts make, by their way from this package's folder.
pub fn write() -> Result<Files> {
    rust::write(&facts()?, &Overlay::load(&home())?)
}
