//! Captchas solved by whoever can.

use std::sync::Arc;

use futures::future::BoxFuture;
use tracing::warn;

use crate::{
    errors::{ApiError, ErrorCode, RequestError},
    transport::{Answer, Call, Transport},
};

/// How many captchas of one call are solved.
const CAPTCHAS: u32 = 5;

/// What a captcha was solved by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CaptchaAnswer {
    /// What is written on the [picture](crate::Captcha::img).
    Text(String),
    /// The `success_token` that the page at [`ApiError::redirect_uri`] gives.
    Token(String),
}

type Solve = dyn Fn(ApiError) -> BoxFuture<'static, Option<CaptchaAnswer>> + Send + Sync;

/// The layer that has captchas solved and says calls again.
pub(crate) struct Solving {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) solve: Box<Solve>,
}

impl Transport for Solving {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        Box::pin(async move {
            let mut solved = None;
            for _ in 0..CAPTCHAS {
                let result = self.inner.call(solved.as_ref().unwrap_or(call)).await;
                let error = match &result {
                    Err(RequestError::Api(error)) if error.code == ErrorCode::CAPTCHA => error.clone(),
                    _ => return result,
                };
                warn!(method = %call.method, "VK wants a captcha to be solved");
                let sid = error.captcha.as_ref().and_then(|captcha| captcha.sid.clone());
                let fields = match ((self.solve)(error).await, sid) {
                    (Some(CaptchaAnswer::Text(key)), Some(sid)) => {
                        vec![("captcha_sid", sid), ("captcha_key", key)]
                    }
                    (Some(CaptchaAnswer::Token(token)), _) => vec![("success_token", token)],
                    // Nobody has solved it, or there was no picture to read.
                    _ => return result,
                };
                let mut again = call.clone();
                again.form.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
                // What is said of a captcha holds for a request, and not for a part of one.
                again.batchable = false;
                solved = Some(again);
            }
            self.inner.call(solved.as_ref().unwrap_or(call)).await
        })
    }
}
