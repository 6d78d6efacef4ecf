//! The log of what staff did, as a table.

use std::io;

use vkapi::{RequestError, types::UserId};

use crate::{
    core::Core,
    domain::Zone,
    outbox::document,
    sheets::{Cell, Table},
    store::{AuditEntry, OutMessage, Store, StoreError},
};

const HEADING: [&str; 6] = ["когда", "кто (VK id)", "что", "подробности", "было", "стало"];

/// The lines as a table, in the order they are given; moments by the clock of this zone.
pub(crate) fn table(lines: &[AuditEntry], zone: &Zone) -> Table {
    let mut table = Table::new("Журнал", HEADING);
    for AuditEntry { at, who, what, detail, before, after } in lines {
        table.push([
            zone.local(*at).strftime("%Y-%m-%d %H:%M:%S").to_string().as_str().into(),
            Cell::count(Some(who.0)),
            what.as_str().into(),
            detail.as_str().into(),
            Cell::maybe(before.as_deref()),
            Cell::maybe(after.as_deref()),
        ]);
    }
    table
}

/// Writes the lines as CSV for a spreadsheet.
///
/// # Errors
/// What they are written to fails.
pub(crate) fn csv(lines: &[AuditEntry], zone: &Zone, to: impl io::Write) -> Result<(), csv::Error> {
    table(lines, zone).csv(to)
}

/// Uploads the log for whoever asked for it; nothing for one who may not read it any more.
///
/// # Errors
/// VK or the store cannot be reached now: the message has to wait.
pub(crate) async fn attach(
    core: &Core,
    message: &mut OutMessage,
    user: UserId,
) -> Result<Option<String>, RequestError> {
    let unread = |error: StoreError| RequestError::Network(std::sync::Arc::new(error));
    if !core.rights(user).await.map_err(unread)?.role().may_read_log() {
        return Ok(None);
    }
    let mut lines = core.store.audit(usize::MAX).await.map_err(unread)?;
    lines.reverse();
    let mut bytes = Vec::new();
    if csv(&lines, &core.region.zone, &mut bytes).is_err() {
        return Ok(None);
    }
    document(core, message, bytes, ("zhurnal.csv", "Журнал действий.csv"), "log-failed").await
}
