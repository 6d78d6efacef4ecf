//! How a dispatcher is stopped.

use std::io;

use tokio_util::sync::CancellationToken;

/// Stops a dispatcher from anywhere. Cloning is cheap, and clones stop the same one.
#[derive(Clone, Debug, Default)]
pub struct ShutdownToken(CancellationToken);

impl ShutdownToken {
    /// Lets what runs end, takes nothing new.
    pub fn shutdown(&self) {
        self.0.cancel();
    }

    /// Whether it was asked to stop.
    pub fn is_shutdown(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until it is asked to stop.
    pub async fn wait(&self) {
        self.0.cancelled().await;
    }

    /// Stops on SIGINT and SIGTERM.
    pub(crate) fn on_signals(&self) -> io::Result<tokio::task::AbortHandle> {
        let token = self.clone();
        let stop = stop_signal()?;
        let task = tokio::spawn(async move {
            stop.await;
            tracing::info!("asked to stop by a signal");
            token.shutdown();
        });
        Ok(task.abort_handle())
    }
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
