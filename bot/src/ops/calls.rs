//! What VK is asked, counted on the way.

use std::{sync::Arc, time::Instant};

use futures::future::BoxFuture;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use vkapi::{Answer, Call, Lane, RequestError, Transport};

/// Counts of what VK is asked. Clones count together.
#[derive(Clone)]
pub(crate) struct Calls {
    requests: Family<Asked, Counter>,
    request_seconds: Histogram,
    answer_seconds: Family<Urgency, Histogram>,
    limiter_seconds: Family<Urgency, Histogram>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    method: String,
    /// VK's error code, 0 for an answer, or why there was none.
    code: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Urgency {
    lane: &'static str,
}

fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.01, 2.0, 14))
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            request_seconds: seconds(),
            answer_seconds: Family::new_with_constructor(seconds),
            limiter_seconds: Family::new_with_constructor(seconds),
        }
    }
}

impl Calls {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "vk_requests",
            "Requests to VK by method and by VK's error code: 0 is an answer, the rest is why there was none",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "vk_request_duration",
            "From sending a request to VK's answer",
            Unit::Seconds,
            self.request_seconds.clone(),
        );
        registry.register_with_unit(
            "vk_answer_duration",
            "From wanting something of VK to its answer: what waits for VK's limits waits here",
            Unit::Seconds,
            self.answer_seconds.clone(),
        );
        registry.register_with_unit(
            "vk_limiter_wait",
            "How long a request has waited for its place in VK's limits; of several calls in one the longest",
            Unit::Seconds,
            self.limiter_seconds.clone(),
        );
    }

    /// A layer that counts what really goes to VK.
    pub(crate) fn requests(&self, inner: Arc<dyn Transport>) -> impl Transport + use<> {
        Requests { inner, calls: self.clone() }
    }

    /// A layer that times how long whoever asks has to wait.
    pub(crate) fn answers(&self, inner: Arc<dyn Transport>) -> impl Transport + use<> {
        Answers { inner, calls: self.clone() }
    }
}

struct Requests {
    inner: Arc<dyn Transport>,
    calls: Calls,
}

impl Transport for Requests {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        Box::pin(async move {
            let urgency = Urgency { lane: name(call.lane) };
            self.calls.limiter_seconds.get_or_create(&urgency).observe(call.waited.as_secs_f64());
            let began = Instant::now();
            let result = self.inner.call(call).await;
            self.calls.request_seconds.observe(began.elapsed().as_secs_f64());
            let asked = Asked { method: call.method.to_string(), code: code(&result) };
            self.calls.requests.get_or_create(&asked).inc();
            result
        })
    }
}

struct Answers {
    inner: Arc<dyn Transport>,
    calls: Calls,
}

impl Transport for Answers {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        Box::pin(async move {
            let began = Instant::now();
            let result = self.inner.call(call).await;
            let urgency = Urgency { lane: name(call.lane) };
            self.calls.answer_seconds.get_or_create(&urgency).observe(began.elapsed().as_secs_f64());
            result
        })
    }
}

fn code(result: &Result<Answer, RequestError>) -> String {
    match result {
        Ok(_) => "0".to_owned(),
        Err(RequestError::Api(error)) => error.code.0.to_string(),
        Err(RequestError::Http { status }) => format!("http_{status}"),
        Err(RequestError::Network(_)) => "network".to_owned(),
        Err(_) => "unreadable".to_owned(),
    }
}

fn name(lane: Lane) -> &'static str {
    match lane {
        Lane::EventAnswer => "event_answer",
        Lane::Reply => "reply",
        Lane::Reminder => "reminder",
        Lane::Campaign => "campaign",
    }
}
