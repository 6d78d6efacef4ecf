//! Every registered page with what is known of it and of its people, as a curator's list and a head's summary begin.

use crate::{
    domain::{Ms, Zone, attention::Rules, board::Row, page::Page},
    store::{Result, Store},
};

/// Pages read at a time.
const PAGES: usize = 1_000;

/// Every registered page with what is known of it; whether somebody is away is told by these rules and this zone of who
/// has none of her own.
///
/// # Errors
/// The store cannot be read.
pub async fn board(store: &impl Store, rules: &Rules, zone: &Zone, now: Ms) -> Result<Vec<Row>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let pages = store.pages(after, PAGES).await?;
        let Some(last) = pages.last() else { return Ok(found) };
        after = Some(last.id);
        for page in pages {
            found.push(row(store, page, rules, zone, now).await?);
        }
    }
}

async fn row(store: &impl Store, page: Page, rules: &Rules, zone: &Zone, now: Ms) -> Result<Row> {
    let (mut reachable, mut there, mut away, mut learnt) = (0, 0, 0, false);
    for admin in page.present() {
        let Some(person) = store.person(admin.person).await? else { continue };
        there += 1;
        reachable += usize::from(person.consent.is_some() && person.writable);
        let reader = person.reader(rules, zone);
        away += usize::from(reader.away_until(now).is_some());
        // One who has learnt is enough.
        if !learnt {
            let progress = store.progress(admin.person).await?;
            learnt = progress.lessons.iter().any(|mark| mark.passed.is_some());
        }
    }
    Ok(Row {
        sight: store.sight(page.id).await?,
        weeks: store.weeks(page.id).await?,
        watch: store.watch(page.id).await?,
        page,
        reachable,
        away: there > 0 && away == there,
        learnt,
    })
}
