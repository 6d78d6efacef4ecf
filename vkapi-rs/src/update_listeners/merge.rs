//! Two sources of events as one.

use tokio::{sync::mpsc, task::JoinSet};
use tracing::warn;

use super::{Batch, ListenerError, UpdateListener};

/// What [`merge`] makes.
#[derive(Debug)]
pub struct Merged {
    incoming: mpsc::Receiver<Result<Batch, ListenerError>>,
    /// Ends the listeners when dropped.
    _tasks: JoinSet<()>,
    left: usize,
}

/// Events of both listeners, each in its own order. The same event from both is handled once: the dispatcher knows it
/// by its number.
///
/// When one of them fails, the other goes on, and a warning tells why; only when both have failed, the second error is
/// returned. Must be called inside of a Tokio runtime.
pub fn merge(first: impl UpdateListener, second: impl UpdateListener) -> Merged {
    let (batches, incoming) = mpsc::channel(1);
    let mut tasks = JoinSet::new();
    tasks.spawn(hand_over(first, batches.clone()));
    tasks.spawn(hand_over(second, batches));
    Merged { incoming, _tasks: tasks, left: 2 }
}

async fn hand_over(mut listener: impl UpdateListener, batches: mpsc::Sender<Result<Batch, ListenerError>>) {
    loop {
        let batch = listener.next().await;
        let failed = batch.is_err();
        if batches.send(batch).await.is_err() || failed {
            return;
        }
    }
}

impl UpdateListener for Merged {
    async fn next(&mut self) -> Result<Batch, ListenerError> {
        loop {
            match self.incoming.recv().await {
                Some(Ok(batch)) => return Ok(batch),
                Some(Err(error)) => {
                    self.left -= 1;
                    if self.left == 0 {
                        return Err(error);
                    }
                    warn!(%error, "one of two listeners has failed, the other goes on");
                }
                // Both have ended by a panic, or were asked again after they failed: nothing will come.
                None => std::future::pending().await,
            }
        }
    }
}
