//! The Callback API: VK calls the bot, <https://dev.vk.com/ru/api/callback/getting-started>.
//!
//! ```no_run
//! # use vkapi::{prelude::*, update_listeners::{Callback, callback}};
//! # async fn example(bot: Bot, handler: UpdateHandler<RequestError>) -> Result<(), Box<dyn std::error::Error>> {
//! let secret = std::env::var("VK_SECRET")?;
//! let callback = Callback::builder().group(240_000_001, secret.as_str(), bot.clone()).listen("0.0.0.0:8080").await?;
//! let dispatcher = Dispatcher::builder(bot.clone(), handler).build();
//! callback::register(&bot, 240_000_001, "https://bot.example.ru/", "bot", &secret, &dispatcher.events()).await?;
//! dispatcher.dispatch_with(callback).await?;
//! # Ok(())
//! # }
//! ```

mod receive;
mod register;

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::Router;
use secrecy::SecretString;
use thiserror::Error;
use tokio::{
    net::{TcpListener, ToSocketAddrs},
    sync::mpsc,
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::error;

pub use register::register;

use super::{Acknowledge, Batch, ListenerError, UpdateListener};
use crate::{bot::Bot, types::GroupId};
use receive::Shared;

/// Events that VK brings by itself.
///
/// VK is told `ok` only when an event is in good hands, [`Acknowledge`] says whose; otherwise it is told to come again,
/// and it does for some hours.
#[derive(Debug)]
pub struct Callback {
    queue: mpsc::Receiver<Batch>,
    addr: Option<SocketAddr>,
    /// Stops the own server when dropped.
    server: Option<DropGuard>,
}

/// Where the text comes from that VK wants to see before it sends events.
#[derive(Clone, Debug)]
pub enum Confirmation {
    /// The text itself. VK changes it from time to time.
    Code(String),
    /// `groups.getCallbackConfirmationCode` of this bot, whose token needs the right to manage the community.
    Fetch(Box<Bot>),
}

impl From<&str> for Confirmation {
    fn from(code: &str) -> Self {
        Self::Code(code.to_owned())
    }
}

impl From<Bot> for Confirmation {
    fn from(bot: Bot) -> Self {
        Self::Fetch(Box::new(bot))
    }
}

/// One community that may call.
struct Community {
    secret: Option<SecretString>,
    confirmation: Confirmation,
}

/// Why a [`Callback`] could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// An empty secret, which anybody would know.
    #[error("the secret of community {0} is empty")]
    EmptySecret(GroupId),
    /// The address cannot be listened at.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
}

/// A [`Callback`] being set up.
#[must_use]
pub struct CallbackBuilder {
    groups: HashMap<GroupId, Community>,
    path: String,
    queue: usize,
    acknowledge: Acknowledge,
    patience: Duration,
    retry_after: Duration,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl std::fmt::Debug for CallbackBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackBuilder").field("path", &self.path).finish_non_exhaustive()
    }
}

impl CallbackBuilder {
    /// A community that may call, with the secret key it was given in VK's settings and where the confirmation comes
    /// from. Communities that are not named here are refused with status 403, and so is a wrong secret.
    pub fn group(
        mut self,
        id: impl Into<GroupId>,
        secret: impl Into<SecretString>,
        confirmation: impl Into<Confirmation>,
    ) -> Self {
        let community = Community { secret: Some(secret.into()), confirmation: confirmation.into() };
        self.groups.insert(id.into(), community);
        self
    }

    /// A community without a secret: whoever learns the address can make events up.
    pub fn group_without_secret(
        mut self,
        id: impl Into<GroupId>,
        confirmation: impl Into<Confirmation>,
    ) -> Self {
        self.groups.insert(id.into(), Community { secret: None, confirmation: confirmation.into() });
        self
    }

    /// The path VK calls, by default `/`.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// How many events may wait until the dispatcher takes them, at least 1, by default 64; more are refused with
    /// status 503.
    pub fn queue(mut self, events: usize) -> Self {
        self.queue = events.max(1);
        self
    }

    /// When VK is told `ok`. By default once the event is handled.
    pub fn acknowledge(mut self, when: Acknowledge) -> Self {
        self.acknowledge = when;
        self
    }

    /// How long VK is kept waiting for `ok` before it is told to come again; by default 5 seconds. Handled is the
    /// event all the same, and once.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// After how long VK is asked to come again, in whole seconds, up to 3 hours, by default 10 seconds.
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = after.min(Duration::from_secs(3 * 3600));
        self
    }

    /// The clock from which VK's next try is counted, for tests. By default the system's.
    pub fn now(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Makes the listener and routes to merge into a server of your own.
    pub fn build(self) -> Result<(Callback, Router), CallbackError> {
        let empty = |community: &Community| {
            use secrecy::ExposeSecret;
            community.secret.as_ref().is_some_and(|secret| secret.expose_secret().is_empty())
        };
        if let Some((id, _)) = self.groups.iter().find(|(_, community)| empty(community)) {
            return Err(CallbackError::EmptySecret(*id));
        }
        let (queue, incoming) = mpsc::channel(self.queue);
        let shared = Shared {
            groups: self.groups,
            queue,
            acknowledge: self.acknowledge,
            patience: self.patience,
            retry_after: self.retry_after,
            now: self.now,
        };
        let router = receive::router(&self.path, shared);
        Ok((Callback { queue: incoming, addr: None, server: None }, router))
    }

    /// Makes the listener with a server of its own: plain HTTP, for VK wants HTTPS to be put before it. It serves
    /// until the listener is dropped, which a dispatcher does when it stops.
    pub async fn listen(self, addr: impl ToSocketAddrs) -> Result<Callback, CallbackError> {
        let (mut callback, router) = self.build()?;
        let listener = TcpListener::bind(addr).await.map_err(CallbackError::Listen)?;
        callback.addr = Some(listener.local_addr().map_err(CallbackError::Listen)?);
        let stop = CancellationToken::new();
        callback.server = Some(stop.clone().drop_guard());
        tokio::spawn(async move {
            let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
            if let Err(error) = served {
                error!(%error, "the callback server has ended");
            }
        });
        Ok(callback)
    }
}

impl Callback {
    /// Begins a listener.
    pub fn builder() -> CallbackBuilder {
        CallbackBuilder {
            groups: HashMap::new(),
            path: "/".to_owned(),
            queue: 64,
            acknowledge: Acknowledge::default(),
            patience: Duration::from_secs(5),
            retry_after: Duration::from_secs(10),
            now: Arc::new(SystemTime::now),
        }
    }

    /// Where the own server listens; none without one.
    pub fn addr(&self) -> Option<SocketAddr> {
        self.addr
    }
}

impl UpdateListener for Callback {
    async fn next(&mut self) -> Result<Batch, ListenerError> {
        match self.queue.recv().await {
            Some(batch) => Ok(batch),
            // The routes were dropped: nobody can call any more.
            None => std::future::pending().await,
        }
    }
}
