//! How a dispatcher is stopped.

use std::io;

use tokio_util::sync::CancellationToken;

/// Stops a dispatcher from anywhere. Cloning is cheap, and clones stop the same one.
#[derive(Clone, Debug, Default)]
pub struct ShutdownToken {
    stop: CancellationToken,
    abort: CancellationToken,
}

impl ShutdownToken {
    /// Lets what runs end, takes nothing new.
    pub fn shutdown(&self) {
        self.stop.cancel();
    }

    /// Takes nothing new and waits for nothing: handlers are dropped where they are.
    pub fn abort(&self) {
        self.abort.cancel();
        self.stop.cancel();
    }

    /// Whether it was asked to stop.
    pub fn is_shutdown(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Waits until it is asked to stop.
    pub async fn wait(&self) {
        self.stop.cancelled().await;
    }

    /// Waits until it is asked to stop at once.
    pub(crate) async fn aborted(&self) {
        self.abort.cancelled().await;
    }

    /// Stops on the first SIGINT or SIGTERM, aborts on the second.
    pub(crate) fn on_signals(&self) -> io::Result<tokio::task::AbortHandle> {
        let token = self.clone();
        let mut signals = Signals::new()?;
        let task = tokio::spawn(async move {
            signals.next().await;
            tracing::info!("asked to stop by a signal; another one stops at once");
            token.shutdown();
            signals.next().await;
            tracing::warn!("asked to stop at once by a second signal");
            token.abort();
        });
        Ok(task.abort_handle())
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
