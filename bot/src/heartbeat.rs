//! Notes now and then that the bot is at work, so that the next one knows how long people were left alone.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    core::Core,
    domain::Ms,
    store::{Commit, Op, Store},
};

/// How often it is noted.
const EVERY: i64 = Ms::MINUTE;

/// Notes it until told to stop.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    loop {
        let now = core.clock.now();
        let beat = async {
            let commit = Commit { expect: Vec::new(), ops: vec![Op::SetAlive(now)] };
            let failed = core.store.commit(commit).await.err();
            if let Some(error) = &failed {
                tracing::warn!(%error, "that the bot is at work was not noted");
            }
            core.alarms.wrote(failed.map(|error| error.to_string()));
            core.clock.until(now.plus(EVERY)).await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = beat => {}
        }
    }
}

/// For how long nobody was at work before this process began; `None` if that is not known.
pub(crate) fn idle(core: &Core) -> Option<Duration> {
    let alive = core.alive_before?;
    let idle = core.clock.now().0.saturating_sub(alive.0).max(0);
    Some(Duration::from_millis(idle.unsigned_abs()))
}
