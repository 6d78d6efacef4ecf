use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use tokio_util::sync::CancellationToken;

use super::metrics::Now;
use crate::{
    core::Core,
    domain::CampaignState,
    store::{Store, StoreError},
};

/// Announcements that are looked at: more than are ever under way.
const LAST: usize = 50;

/// Answers `/healthz` (the process lives), `/readyz` (the store answers and takes commits) and `/metrics` until told to stop.
pub(crate) async fn serve(core: Arc<Core>, listen: SocketAddr, stop: CancellationToken) -> io::Result<()> {
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tracing::info!(address = %listener.local_addr()?, "health and metrics");
    let routes = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(core);
    tokio::spawn(async move {
        let served = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = served.await {
            tracing::error!(%error, "health and metrics ended");
        }
    });
    Ok(())
}

async fn ready(State(core): State<Arc<Core>>) -> impl IntoResponse {
    let waits = core.store.waits().map(StoreError::Full);
    match (waits, core.store.cursor(core.group).await) {
        (None, Ok(_)) => (StatusCode::OK, "ok\n".to_owned()),
        (Some(error), _) | (None, Err(error)) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("store: {error}\n"))
        }
    }
}

async fn metrics(State(core): State<Arc<Core>>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], told(&core).await)
}

/// All metrics as they are now.
pub(crate) async fn told(core: &Core) -> String {
    let (store, content) = (core.store.stats().await, core.content());
    let now = Now {
        depth: core.outbox.depths(),
        recipients: recipients(core).await,
        store: store.as_ref(),
        content: content.version(),
        lag: lag(core).await,
        unheard: core.alarms.unheard().as_secs_f64(),
    };
    core.metrics.text(&now)
}

/// How many recipients of the last announcements wait, of those under way and of those that pause.
async fn recipients(core: &Core) -> [(&'static str, u64); 2] {
    let (mut queued, mut paused) = (0, 0);
    let campaigns = core.store.campaigns(LAST).await.unwrap_or_default();
    for campaign in campaigns.iter().filter(|campaign| !campaign.state.is_over()) {
        let waits = core.store.tally(campaign.id).await.map_or(0, |tally| tally.queued);
        if matches!(campaign.state, CampaignState::Paused(_)) {
            paused += waits;
        } else {
            queued += waits;
        }
    }
    [("queued", queued), ("paused", paused)]
}

/// For how many seconds the earliest reminder has been due.
pub(super) async fn lag(core: &Core) -> f64 {
    let due = core.store.next_due().await.ok().flatten();
    let late = due.map_or(0, |due| core.clock.now().0 - due.0);
    late.max(0) as f64 / 1_000.0
}
