//! `kurator simulate`: weeks of a region in minutes, and whether all that must hold does.

use std::{path::Path, sync::Arc};

use super::{Failed, open_content};
use crate::{
    config::ContentDir,
    simulate::{self, Plan},
};

/// Prints the table, writes the JSON, and fails if something did not hold.
pub(super) fn simulate(plan: Plan, json: Option<&Path>, content: &ContentDir) -> Result<(), Failed> {
    let content = Arc::new(open_content(content)?);
    let began = std::time::Instant::now();
    let told = |week| eprintln!("прошла неделя {week}, {:.0?}", began.elapsed());
    let report = simulate::run(plan, content, told).map_err(Failed::other)?;
    println!("{report}");
    if let Some(file) = json {
        let text = report.json().map_err(Failed::other)?;
        std::fs::write(file, text).map_err(|e| Failed::other(format!("{}: {e}", file.display())))?;
    }
    match report.violations.first() {
        None => Ok(()),
        Some(first) => Err(Failed::other(format!("нарушено: {first}"))),
    }
}
