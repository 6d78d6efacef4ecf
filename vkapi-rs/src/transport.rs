//! The way of a call to VK: a stack of layers behind one type.

use std::{
    borrow::Cow,
    fmt,
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, value::RawValue};
use tracing::{Instrument, debug, field::Empty, info_span};

use crate::{
    errors::{ApiError, RequestError},
    json::without_halves,
    methods::{MessagesSend, MessagesSendMessageEventAnswer, known_of},
    requests::Method,
};

/// How urgent a call is. Under [`Bot::throttle`](crate::Bot::throttle) the urgent leave first, with two exceptions: where
/// single urgent calls trickle, every second place goes to the others; and a lane that has waited for a second is next,
/// so that with 20 calls a second none waits much longer than two for its turn.
/// Reminders and mailings leave evenly spaced, so that an urgent call finds a place within a twentieth of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// Answers to pressed buttons: worthless after a minute.
    EventAnswer,
    /// Answers to people, and all else that somebody waits for.
    Reply,
    /// Reminders a person has asked for.
    Reminder,
    /// Mailings.
    Campaign,
}

/// A call on its way to VK.
#[derive(Clone)]
#[non_exhaustive]
pub struct Call {
    /// VK's name of the method.
    pub method: Cow<'static, str>,
    /// The parameters as VK takes them.
    pub form: Vec<(String, String)>,
    /// How urgent it is.
    pub lane: Lane,
    /// Carried out twice, it does no more than once.
    pub idempotent: bool,
    /// May leave together with others, as one call.
    pub batchable: bool,
    /// Does not leave together with another that is marked so.
    pub apart: bool,
    /// Which try this is, from 1; for logs.
    pub attempt: u32,
    /// How long it has waited under [`Bot::throttle`](crate::Bot::throttle) for its place; of several calls in one, the
    /// longest of them.
    pub waited: Duration,
}

impl Call {
    /// A call of `method` with parameters encoded by [`to_form`](crate::requests::to_form), to be carried out once and by
    /// itself.
    pub fn new(method: impl Into<Cow<'static, str>>, form: Vec<(String, String)>, lane: Lane) -> Self {
        Self {
            method: method.into(),
            form,
            lane,
            idempotent: false,
            batchable: false,
            apart: false,
            attempt: 1,
            waited: Duration::ZERO,
        }
    }

    /// A call as what is known of its method makes it.
    pub(crate) fn by_name(method: impl Into<Cow<'static, str>>, form: Vec<(String, String)>) -> Self {
        let method = method.into();
        let answers_press = method == <MessagesSendMessageEventAnswer as Method>::NAME;
        let lane = if answers_press { Lane::EventAnswer } else { Lane::Reply };
        let (idempotent, batchable) = known_of(&method);
        let mut call = Self { batchable, ..Self::new(method, form, lane) };
        call.idempotent = idempotent && call.is_guarded();
        call
    }

    /// Whether VK itself would take a message said again for the one it has: by a `random_id`, and not 0, with which VK
    /// sends every time.
    pub(crate) fn is_guarded(&self) -> bool {
        match self.form.iter().find(|(name, _)| name == "random_id") {
            Some((_, value)) => value != "0",
            None => self.method != <MessagesSend as Method>::NAME,
        }
    }
}

impl fmt::Debug for Call {
    /// Parameters hold what people write: only their names are shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.form.iter().map(|(name, _)| name).collect();
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("form", &names)
            .field("lane", &self.lane)
            .field("idempotent", &self.idempotent)
            .field("batchable", &self.batchable)
            .field("apart", &self.apart)
            .field("attempt", &self.attempt)
            .field("waited", &self.waited)
            .finish()
    }
}

/// VK's successful answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// What the method returned.
    pub response: Box<RawValue>,
    /// What failed inside an `execute`, in order; empty for other methods.
    pub execute_errors: Vec<ApiError>,
}

impl Answer {
    /// Reads a whole body of VK's.
    pub fn read(body: &[u8], method: &str) -> Result<Self, RequestError> {
        #[derive(Deserialize)]
        struct Envelope<'a> {
            #[serde(borrow, default, deserialize_with = "present")]
            response: Option<&'a RawValue>,
            error: Option<Value>,
            execute_errors: Option<Vec<Value>>,
        }
        // A script may return `null`, and that is an answer.
        fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
            <&RawValue>::deserialize(deserializer).map(Some)
        }
        let garbled = |reason: String| RequestError::Garbled { method: method.to_owned(), reason };
        let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| {
            let kind = if body.is_empty() { "empty" } else { "not JSON" };
            garbled(format!("{kind}, {} bytes: {error}", body.len()))
        })?;
        if let Some(error) = envelope.error {
            return Err(RequestError::Api(ApiError::read(&error, method)));
        }
        let response = envelope.response.ok_or_else(|| garbled("neither response nor error".to_owned()))?;
        let execute_errors = envelope
            .execute_errors
            .unwrap_or_default()
            .iter()
            .map(|error| {
                let method = error.get("method").and_then(Value::as_str).unwrap_or("execute");
                ApiError::read(error, method)
            })
            .collect();
        let response = match without_halves(response.get()) {
            Cow::Borrowed(_) => response.to_owned(),
            Cow::Owned(mended) => {
                RawValue::from_string(mended).map_err(|error| garbled(error.to_string()))?
            }
        };
        Ok(Self { response, execute_errors })
    }
}

/// One layer of the way to VK, or its end.
pub trait Transport: Send + Sync + 'static {
    /// Carries a call to VK and the answer back. May be dropped half-way.
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>>;
}

/// The end of the way: one HTTP request a call.
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    pub(crate) api_url: String,
    pub(crate) version: String,
    pub(crate) token: SecretString,
}

impl Transport for Http {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        let span = info_span!("vk_call", method = %call.method, lane = ?call.lane, attempt = call.attempt, code = Empty, latency_ms = Empty);
        let started = Instant::now();
        let work = async move {
            let result = self.post(call).await;
            let span = tracing::Span::current();
            span.record("latency_ms", started.elapsed().as_millis() as u64);
            match &result {
                Ok(_) => {
                    span.record("code", 0);
                    debug!("VK answered");
                }
                Err(error) => {
                    if let Some(api) = error.api() {
                        span.record("code", api.code.0);
                    }
                    debug!(%error, "VK call failed");
                }
            }
            result
        };
        Box::pin(work.instrument(span))
    }
}

impl Http {
    async fn post(&self, call: &Call) -> Result<Answer, RequestError> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", self.token.expose_secret()))
            .map_err(|_| RequestError::Invalid("the token cannot be a header".to_owned()))?;
        bearer.set_sensitive(true);
        let response = self
            .client
            .post(format!("{}/{}", self.api_url, call.method))
            .header(AUTHORIZATION, bearer)
            .form(&Form { call, version: &self.version })
            .send()
            .await
            .map_err(RequestError::network)?;
        let status = response.status();
        let body = response.bytes().await.map_err(RequestError::network)?;
        match Answer::read(&body, &call.method) {
            // VK's own errors come with any status; a proxy's page is known by its status alone.
            Err(RequestError::Garbled { .. }) if !status.is_success() => {
                Err(RequestError::Http { status: status.as_u16() })
            }
            answer => answer,
        }
    }
}

/// The body of a call: its own parameters and the version.
struct Form<'a> {
    call: &'a Call,
    version: &'a str,
}

impl serde::Serialize for Form<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.call.form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let version = (!self.call.form.iter().any(|(name, _)| name == "v")).then_some(("v", self.version));
        serializer.collect_seq(own.chain(version))
    }
}
