//! The way to VK.

use std::{
    fmt,
    future::Future,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, Url, header::HeaderValue, redirect::Policy};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::{
    errors::{ApiError, RequestError},
    layers::{Cache, Caching, CaptchaAnswer, Limits, Retry, Retrying, Solving, Throttle},
    requests::{Method, Request, read_answer, to_form},
    transport::{Call, Http, Transport},
};

/// Where VK's methods live unless said otherwise.
pub const API_URL: &str = "https://api.vk.ru/method";

/// The version of VK's API this crate is written for.
pub const API_VERSION: &str = "5.199";

/// VK, as one token sees it. Cloning is cheap, and clones share their limits.
#[derive(Clone)]
pub struct Bot {
    transport: Arc<dyn Transport>,
    client: Client,
    random: Arc<Mutex<fastrand::Rng>>,
}

impl Bot {
    /// A bot with everything by default.
    pub fn new(token: impl Into<String>) -> Result<Self, BuildError> {
        Self::builder(token).build()
    }

    /// A bot of the environment: its token in `VK_TOKEN`, and in `VK_API_URL`, if it is set, where the methods live.
    ///
    /// # Errors
    ///
    /// [`BuildError::Env`] without a token, or as of [`BotBuilder::build`].
    pub fn from_env() -> Result<Self, BuildError> {
        let token = std::env::var("VK_TOKEN").map_err(|_| BuildError::Env)?;
        let builder = Self::builder(token);
        match std::env::var("VK_API_URL") {
            Ok(url) => builder.api_url(&url).build(),
            Err(_) => builder.build(),
        }
    }

    /// Begins a bot with settings of its own.
    pub fn builder(token: impl Into<String>) -> BotBuilder {
        BotBuilder {
            token: SecretString::from(token.into()),
            api_url: API_URL.to_owned(),
            version: API_VERSION.to_owned(),
            timeout: Duration::from_secs(30),
            seed: None,
        }
    }

    /// The same bot with another way to VK: a layer over [`Bot::transport`], or a stand-in for tests.
    #[must_use]
    pub fn with_transport(&self, transport: Arc<dyn Transport>) -> Self {
        Self { transport, ..self.clone() }
    }

    /// The way to VK with all its layers.
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.transport)
    }

    /// The same bot that never calls more often than `limits` allow; urgent [lanes](crate::Lane) go first. While more waits than
    /// single calls can carry, calls travel [together](Limits::pack).
    #[must_use]
    pub fn throttle(&self, limits: Limits) -> Self {
        self.with_transport(Arc::new(Throttle::new(self.transport(), limits)))
    }

    /// The same bot that says again, as `retry` has it, what brought no answer and does no harm twice. Comes after
    /// [`throttle`](Self::throttle), so that each try takes its own place in the second.
    #[must_use]
    pub fn retry(&self, retry: Retry) -> Self {
        let (inner, random) = (self.transport(), Mutex::new(self.fork_random()));
        self.layer(Retrying { inner, retry, random })
    }

    /// The same bot that answers from memory what was asked a while ago; comes after [`throttle`](Self::throttle) and
    /// [`retry`](Self::retry), so that what is remembered takes nobody's place.
    #[must_use]
    pub fn cache(&self, cache: Cache) -> Self {
        self.layer(Caching::new(self.transport(), cache))
    }

    /// The same bot that has captchas solved: `solve` is told VK's error, with the [picture](ApiError::captcha) or the
    /// [page](ApiError::redirect_uri), and the call is said again with what it answers, up to five times. With `None` the
    /// captcha becomes the call's error, as it is for a bot without this layer. Comes after [`throttle`](Self::throttle).
    ///
    /// VK rarely asks a community's key for one.
    #[must_use]
    pub fn captcha<F, Fut>(&self, solve: F) -> Self
    where
        F: Fn(ApiError) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Option<CaptchaAnswer>> + Send + 'static,
    {
        self.layer(Solving { inner: self.transport(), solve: Box::new(move |error| Box::pin(solve(error))) })
    }

    /// The same bot whose calls go through a layer of yours, which holds what was [the way](Self::transport) before.
    #[must_use]
    pub fn layer(&self, layer: impl Transport) -> Self {
        self.with_transport(Arc::new(layer))
    }

    /// A request of a method this crate or you describe.
    pub fn request<M: Method>(&self, payload: M) -> Request<M> {
        Request::new(self.clone(), payload)
    }

    /// Calls any method by its name; `params` is anything that serializes to an object.
    ///
    /// It keeps to the same limits as typed requests, and is packed and said again as they are if VK's schema has the
    /// method: `messages.send` only with a `random_id` of yours.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: impl Serialize,
    ) -> Result<T, RequestError> {
        let call = Call::by_name(method.to_owned(), to_form(&params)?);
        let answer = self.transport.call(&call).await?;
        read_answer(method, &answer)
    }

    pub(crate) async fn send(&self, call: &Call) -> Result<crate::transport::Answer, RequestError> {
        self.transport.call(call).await
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// A number against repeats: never 0, which would switch VK's own guard off.
    pub(crate) fn random_id(&self) -> i32 {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).i32(1..)
    }

    /// A source of chance of its own, drawn from the bot's.
    pub(crate) fn fork_random(&self) -> fastrand::Rng {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fork()
    }
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot").finish_non_exhaustive()
    }
}

/// A [`Bot`] being set up.
#[derive(Clone, Debug)]
#[must_use]
pub struct BotBuilder {
    token: SecretString,
    api_url: String,
    version: String,
    timeout: Duration,
    seed: Option<u64>,
}

/// Why a [`Bot`] could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There is no token in the environment.
    #[error("VK_TOKEN is not set: it is the community's key")]
    Env,
    /// The token is empty or has characters no token has.
    #[error("the token is empty or has characters no token has")]
    Token,
    /// The address of the methods is not an HTTP address.
    #[error("not an address of VK's methods: {0}")]
    ApiUrl(String),
    /// The HTTP client could not be made.
    #[error("cannot make an HTTP client")]
    Client(#[source] reqwest::Error),
}

impl BotBuilder {
    /// Where the methods live; a method's address is `{api_url}/{name}`. By default [`API_URL`].
    pub fn api_url(mut self, url: &str) -> Self {
        url.trim_end_matches('/').clone_into(&mut self.api_url);
        self
    }

    /// The version of VK's API. By default [`API_VERSION`].
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// How long a call may take. By default 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Makes `random_id`s and jitter repeatable, for tests. By default the system's chance.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Makes the bot; asks VK nothing.
    pub fn build(self) -> Result<Bot, BuildError> {
        let token = self.token.expose_secret();
        if token.is_empty() || HeaderValue::from_str(token).is_err() {
            return Err(BuildError::Token);
        }
        let url = Url::parse(&self.api_url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or_else(|| BuildError::ApiUrl(self.api_url.clone()))?;
        // Another part of the program may have chosen its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .gzip(true)
            .timeout(self.timeout)
            .connect_timeout(self.timeout.min(Duration::from_secs(10)))
            .tcp_keepalive(Duration::from_secs(30))
            .redirect(Policy::none());
        if is_loopback(&url) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(BuildError::Client)?;
        let http =
            Http { client: client.clone(), api_url: self.api_url, version: self.version, token: self.token };
        let random = self.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        Ok(Bot { transport: Arc::new(http), client, random: Arc::new(Mutex::new(random)) })
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
