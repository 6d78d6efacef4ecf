//! The report of a campaign as a workbook: a row for each recipient that its reader may see.

use std::sync::Arc;

use vkapi::{RequestError, types::UserId};

use super::files::document;
use crate::{
    core::Core,
    domain::{CampaignId, Ms, Place, Recipient, Role, Skip, Zone, letter::Pressed},
    sheets::{Cell, Table},
    store::{OutMessage, Result as StoreResult, Store},
};

/// Recipients read at a time.
const READ: usize = 1_000;
/// The most rows of a file.
const ROWS: usize = 250_000;

/// Uploads it; what to attach, if anything does.
///
/// # Errors
/// VK or the store cannot be reached now: the message has to wait.
pub(super) async fn attach(
    core: &Core,
    message: &mut OutMessage,
    user: UserId,
    id: CampaignId,
) -> Result<Option<String>, RequestError> {
    let table = table(core, user, id).await.map_err(|error| RequestError::Network(Arc::new(error)))?;
    let Ok(bytes) = table.xlsx() else {
        message.text = core.content().texts().get("campaign-file-failed");
        return Ok(None);
    };
    let names = ("otchet.xlsx", "Отчёт об объявлении.xlsx");
    document(core, message, bytes, names, "campaign-file-failed").await
}

async fn table(core: &Core, user: UserId, id: CampaignId) -> StoreResult<Table> {
    let texts = core.content();
    let texts = texts.texts();
    let heading = ["person", "page", "place", "sphere", "state", "why", "acked", "opened"];
    let heading = heading.map(|key| texts.get(&format!("report-{key}")));
    let mut table = Table::new(&texts.get("report-name"), heading.iter().map(String::as_str));
    // Whoever has lost the right since gets an empty one.
    let rights = core.rights(user).await?;
    let me = core.store.person(user).await?;
    let zone = me.and_then(|person| person.zone).unwrap_or_else(|| core.region.zone.clone());
    let pressed: std::collections::HashMap<UserId, Pressed> = core.pressed(id).await?.into_iter().collect();
    let mut after = None;
    loop {
        let page = core.store.recipients(id, after, READ).await?;
        let Some((last, _)) = page.last() else { return Ok(table) };
        after = Some(*last);
        for (person, state) in page {
            let Some(kept) = core.store.person(person).await? else { continue };
            if table.rows.len() >= ROWS || !rights.covers(Role::Curator, &Place::of_person(&kept)) {
                continue;
            }
            let did = pressed.get(&person).copied().unwrap_or_default();
            let (state, why) = words(core, state);
            let sphere = kept.sphere.map(|sphere| texts.get(&format!("sphere-{}", sphere.slug())));
            table.push([
                Cell::maybe(Some(format!("https://vk.ru/id{person}"))),
                Cell::maybe(kept.page().map(|page| page.name.clone())),
                Cell::maybe(kept.municipality.clone()),
                Cell::maybe(sphere),
                Cell::maybe(Some(state)),
                Cell::maybe(why),
                moment(&zone, did.acked),
                moment(&zone, did.opened),
            ]);
        }
    }
}

fn moment(zone: &Zone, at: Option<Ms>) -> Cell {
    at.map_or(Cell::Empty, |at| Cell::Moment(zone.local(at)))
}

/// Where a recipient stands, and why.
fn words(core: &Core, state: Recipient) -> (String, Option<String>) {
    let content = core.content();
    let texts = content.texts();
    let get = |key: &str| texts.get(key);
    match state {
        Recipient::Queued(_) => (get("report-queued"), None),
        Recipient::Sent(_) => (get("report-sent"), None),
        Recipient::Read => (get("report-read"), None),
        Recipient::Cancelled => (get("report-cancelled"), None),
        Recipient::Refused(code) => {
            let why = match code {
                900 | 901 | 902 | 936 => get(&format!("refusal-{code}")),
                code => texts.format("refusal-other", &[("code", i64::from(code).into())]),
            };
            (get("report-refused"), Some(why))
        }
        Recipient::Skipped(why) => {
            let why = match why {
                Skip::Unwanted => get("skip-unwanted"),
                Skip::Unreachable => get("skip-unreachable"),
                Skip::Digest => get("skip-digest"),
            };
            (get("report-skipped"), Some(why))
        }
    }
}
