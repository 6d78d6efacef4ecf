use std::{path::Path, sync::Arc};

use tokio::{
    signal::unix::{SignalKind, signal},
    time::MissedTickBehavior,
};
use vkapi::{ErrorCode, Limits, dispatching::DispatchError, update_listeners::ListenerErrorKind};

use super::{
    BAD_TOKEN, Failed, bot, check, open_content, region, store,
    watch::{self, Watch},
};
use crate::{
    app::{self, App, AppError, Parts},
    config::Config,
    domain::SystemClock,
    store::AnyStore,
};

/// Runs the bot until SIGTERM or SIGINT; SIGHUP or a change in its folder has it read its content anew.
pub(super) async fn run(file: &Path, config: Config) -> Result<(), Failed> {
    let (mut term, mut int) = (
        signal(SignalKind::terminate()).map_err(Failed::other)?,
        signal(SignalKind::interrupt()).map_err(Failed::other)?,
    );
    let mut hangup = signal(SignalKind::hangup()).map_err(Failed::other)?;
    let asked = async {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
    };
    tokio::pin!(asked);
    let config = Arc::new(config);
    let content = open_content(&config.content)?;
    let told = region(&config, &content)?;
    let (bot, group) = bot(&config)?;
    let service = super::service(&config)?;
    if service.is_none() {
        tracing::warn!("{}", content.texts().get("audit-no-service"));
    }
    let options = store::options(&config);
    let store = tokio::task::spawn_blocking(move || store::open(&options)).await.map_err(Failed::other)??;
    // Whatever the settings of the community lack is told now; the bot waits for VK by itself.
    tokio::select! {
        () = &mut asked => return Ok(()),
        told = check::community(&bot, group) => drop(told?),
    }
    let app = App::start(Parts {
        bot,
        limits: Some(Limits::community()),
        group,
        store: AnyStore::Sled(store),
        content: Arc::new(content),
        clock: Arc::new(SystemClock),
        region: told,
        staff: config.staff.clone(),
        campaigns: config.campaigns,
        service,
        audit: config.audit,
        http: config.http.listen,
        chance: app::chance(),
    })
    .await
    .map_err(Failed::other)?;
    tracing::info!("the bot runs");
    for told in watch::exposed(file, &config) {
        tracing::warn!("{told}");
    }
    let mut watch = Watch::new(
        [Some(&config.content.path), config.content.own.as_ref()].into_iter().flatten().cloned().collect(),
    );
    let mut look = tokio::time::interval(watch::EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = &mut asked => {
                tracing::info!("the bot stops");
                break;
            }
            () = app.ended() => break,
            _ = hangup.recv() => reload(&app, &config).await,
            _ = look.tick() => if watch.changed() { reload(&app, &config).await },
        }
    }
    app.stop().await.map_err(ended)
}

/// Reads the content anew; what has a mistake is told and changes nothing.
async fn reload(app: &App, config: &Arc<Config>) {
    let config = Arc::clone(config);
    let read = tokio::task::spawn_blocking(move || {
        let content = open_content(&config.content)?;
        region(&config, &content).map(|_| content)
    });
    match read.await.unwrap_or_else(|error| Err(Failed::other(error))) {
        Ok(content) => {
            let content = Arc::new(content);
            app.reload(Arc::clone(&content));
            tracing::info!(version = content.version(), "содержание обновлено");
        }
        Err(Failed(_, why)) => tracing::error!(%why, "содержание не обновлено, работает прежнее"),
    }
}

/// Why no events can come any more, and what to do.
fn ended(error: AppError) -> Failed {
    let bad_token = match &error {
        AppError::Vk(DispatchError::Listener(e)) => e.kind == ListenerErrorKind::BadToken,
        AppError::Vk(DispatchError::Group(e)) => e.api().is_some_and(|e| e.code == ErrorCode(5)),
        _ => false,
    };
    if bad_token { Failed(BAD_TOKEN, check::BAD_TOKEN_ADVICE.into()) } else { Failed::other(error) }
}
