//! The hourly export of the store, from which a start heals, and the nightly look whether its files have outgrown
//! what is in them.
//!
//! Files are made anew at night and not at the start: people wait for a bot that starts, and at night nobody waits for
//! the seconds in which nothing is committed.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{core::Core, domain::Ms};

/// The hour of the region's night in which files are made anew.
const NIGHT: i8 = 3;
/// How long after the start the first export is made: not while people wait for the bot to come back.
const SETTLED: i64 = 60_000;

/// Exports soon after the start and then every hour, until stopped.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let mut wait = SETTLED;
    loop {
        let next = core.clock.now().plus(wait);
        tokio::select! {
            () = stop.cancelled() => return,
            () = core.clock.until(next) => {}
        }
        wait = Ms::HOUR;
        match core.store.backup().await {
            Ok(Some(path)) => {
                tracing::debug!(path = %path.display(), "exported the store");
                core.alarms.backed_up(None);
            }
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "копия хранилища не сделана");
                core.alarms.backed_up(Some(error.to_string()));
            }
        }
        if core.region.zone.local(core.clock.now()).hour() != NIGHT {
            continue;
        }
        match core.store.compact_if_grown().await {
            Ok(Some(made)) => tracing::info!(records = made.records, "the store's files are made anew"),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "файлы хранилища не ужаты"),
        }
    }
}
