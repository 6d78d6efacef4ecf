//! Weeks below the norm: a page's people are warned kindly, and a week later its curator is told.

use crate::{
    core::Core,
    domain::{
        Day,
        attention::{Body, Held, Kind},
        board::{self, Next, Row},
        page::Watch,
    },
    store::{Commit, Expect, Op, Result, Store, StoreError},
};

/// Looks at every page; what was done this week is not done again, whenever the bot was stopped.
pub(crate) async fn pass(core: &Core) -> Result<()> {
    let now = core.clock.now();
    let monday = Day::from(core.region.zone.local(now).date()).monday();
    for row in core.board().await? {
        let next = board::next(&row, monday, core.region.care.misses);
        if next == Next::Nothing {
            continue;
        }
        match act(core, &row, next, monday).await {
            // Her word on the page came between: it is looked at again tomorrow.
            Ok(()) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    core.rescheduled.notify_one();
    Ok(())
}

async fn act(core: &Core, row: &Row, next: Next, monday: Day) -> Result<()> {
    let now = core.clock.now();
    let mut watch = row.watch.clone().unwrap_or_else(|| Watch::new(row.page.id));
    let expect = vec![Expect::WatchRev(row.page.id, watch.rev)];
    let mut ops = Vec::new();
    match next {
        Next::Nothing => return Ok(()),
        Next::Forgive => (watch.warned, watch.told) = (None, None),
        // The Friday digest names it.
        Next::Tell => watch.told = Some(monday),
        Next::Warn => {
            watch.warned = Some(monday);
            for admin in row.page.present() {
                let person = core.store.person(admin.person).await?;
                if person.is_some_and(|person| person.consent.is_some()) {
                    let held = Held { kind: Kind::Nudge, at: now, body: Body::Misses(row.page.id) };
                    ops.push(Op::Hold(admin.person, held, now));
                }
            }
        }
    }
    ops.push(Op::PutWatch(Box::new(watch)));
    core.store.commit(Commit { expect, ops }).await.map(drop)
}
