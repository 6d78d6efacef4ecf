//! What an operator looks at: health and metrics.

mod alarms;
mod calls;
mod http;
mod metrics;

pub(crate) use alarms::{Alarms, watch};
pub(crate) use http::serve;
#[cfg(test)]
pub(crate) use http::told;
pub(crate) use metrics::Metrics;
