//! What stands between a request and the network.

mod limits;
mod pack;
mod queue;
mod script;
mod throttle;
mod window;

pub use limits::Limits;
pub(crate) use throttle::Throttle;
