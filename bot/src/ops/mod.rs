//! What an operator looks at: health and metrics.

mod calls;
mod http;
mod metrics;

pub(crate) use http::serve;
pub(crate) use metrics::Metrics;
