//! The hourly export of the store, from which a start heals.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{core::Core, domain::Ms};

/// Exports at the start and then every hour, until stopped.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    loop {
        match core.store.backup().await {
            Ok(Some(path)) => tracing::debug!(path = %path.display(), "exported the store"),
            Ok(None) => return,
            Err(error) => tracing::error!(%error, "копия хранилища не сделана"),
        }
        let next = core.clock.now().plus(Ms::HOUR);
        tokio::select! {
            () = stop.cancelled() => return,
            () = core.clock.until(next) => {}
        }
    }
}
