//! What stands between a request and the network.

mod cache;
mod captcha;
mod limits;
mod pack;
mod queue;
mod retry;
mod script;
mod throttle;
mod window;

pub use cache::Cache;
pub(crate) use cache::Caching;
pub use captcha::CaptchaAnswer;
pub(crate) use captcha::Solving;
pub use limits::Limits;
pub use retry::Retry;
pub(crate) use retry::Retrying;
pub(crate) use throttle::Throttle;
