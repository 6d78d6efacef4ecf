//! Saying again what brought no answer.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use tracing::info;

use crate::{
    errors::RequestError,
    transport::{Answer, Call, Transport},
};

/// When to say a call again, and how long to wait before.
///
/// Only calls that do no more twice than once are said again, and only after what may pass by itself: a fault of the way,
/// a hiccup of VK's. A limit or a suspicion (9, 14, 29), a refusal and a mistake are answers at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// How often one call is said at most, the first time included; at least 1.
    pub tries: u32,
    /// The longest wait before the second try; doubled for each further one. The wait is any time up to it, so that
    /// callers who failed together do not come back together.
    pub first: Duration,
    /// The longest wait there is.
    pub longest: Duration,
}

impl Default for Retry {
    /// Five tries, within about ten seconds.
    fn default() -> Self {
        Self { tries: 5, first: Duration::from_millis(500), longest: Duration::from_secs(10) }
    }
}

impl Retry {
    /// Another number of tries; 0 counts as 1.
    #[must_use]
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries.max(1);
        self
    }

    /// The longest wait after so many failures.
    fn most(&self, failures: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_mul(doubled).min(self.longest)
    }
}

/// The layer that says calls again.
pub(crate) struct Retrying {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) retry: Retry,
    pub(crate) random: Mutex<fastrand::Rng>,
}

impl Transport for Retrying {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        Box::pin(async move {
            let mut failures = 0;
            loop {
                let mut this = call.clone();
                this.attempt += failures;
                let error = match self.inner.call(&this).await {
                    Err(error) if call.idempotent && error.is_retryable() => error,
                    answer => return answer,
                };
                failures += 1;
                if failures >= self.retry.tries {
                    return Err(error);
                }
                let share = self.random.lock().unwrap_or_else(PoisonError::into_inner).f64();
                let wait = self.retry.most(failures).mul_f64(share);
                info!(method = %call.method, failures, wait_ms = wait.as_millis() as u64, %error, "a VK call is said again");
                tokio::time::sleep(wait).await;
            }
        })
    }
}
