//! `kurator log`: the log of what staff did, as a table.

use std::{fs::File, io, path::Path};

use super::{
    Failed, load,
    way::{Way, other_version},
};
use crate::{
    control::{Ask, Told},
    log,
};

/// Writes the whole log, oldest line first.
pub(super) fn export(config: &Path, csv: Option<&Path>) -> Result<(), Failed> {
    let config = load(config)?;
    let Told::Log(mut lines) = Way::to(&config)?.ask(Ask::Log)? else { return Err(other_version()) };
    lines.reverse();
    let zone = &config.region.time_zone;
    let Some(file) = csv else { return log::csv(&lines, zone, io::stdout().lock()).map_err(Failed::other) };
    let named = |e: &dyn std::fmt::Display| Failed::other(format!("{}: {e}", file.display()));
    let to = File::create(file).map_err(|e| named(&e))?;
    log::csv(&lines, zone, to).map_err(|e| named(&e))?;
    println!("{}: строк {}", file.display(), lines.len());
    Ok(())
}
