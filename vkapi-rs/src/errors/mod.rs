//! What can go wrong with a call.

mod code;
mod codes;

use std::{error::Error as StdError, fmt, sync::Arc};

use serde_json::Value;
use thiserror::Error;

pub use code::{ErrorCode, ErrorKind};

use crate::types::field::{Field, deserialize_by_field, object};

/// Why a call brought no answer. Never holds the token, nor an address with a secret in it.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum RequestError {
    /// VK answered with an error.
    #[error(transparent)]
    Api(ApiError),
    /// No connection, or it broke.
    #[error("network: {0}")]
    Network(#[source] Arc<dyn StdError + Send + Sync>),
    /// No answer within the time given.
    #[error("no answer in time")]
    Timeout,
    /// An HTTP status other than success.
    #[error("HTTP status {status}")]
    Http {
        /// The status.
        status: u16,
    },
    /// A successful status, but not VK's JSON: a page of a proxy, an empty or a cut body.
    #[error("{method}: the answer is not VK's: {reason}")]
    Garbled {
        /// The method called.
        method: String,
        /// What was wrong.
        reason: String,
    },
    /// VK's JSON, but not of the shape this crate expects of the method.
    #[error("{method}: cannot read the answer at {path}: {reason}")]
    Decode {
        /// The method called.
        method: String,
        /// Where in the answer.
        path: String,
        /// What was wrong.
        reason: String,
    },
    /// The call breaks a known limit and was not sent.
    #[error("not sent: {0}")]
    Invalid(String),
}

impl RequestError {
    /// Whether the same call may do in a moment: faults of the way and VK's hiccups.
    ///
    /// Say it again only if that does no harm: a reading call, or `messages.send` with the same `random_id`.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Api(error) => error.kind() == ErrorKind::RetrySoon,
            Self::Network(_) | Self::Timeout | Self::Garbled { .. } => true,
            Self::Http { status } => *status >= 500 || *status == 429 || *status == 408,
            Self::Decode { .. } | Self::Invalid(_) => false,
        }
    }

    /// VK's error, if it is one.
    pub fn api(&self) -> Option<&ApiError> {
        if let Self::Api(error) = self { Some(error) } else { None }
    }

    pub(crate) fn network(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        // Addresses of long polling hold its key.
        Self::Network(Arc::new(error.without_url()))
    }
}

/// An error VK answered with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ApiError {
    /// The number.
    pub code: ErrorCode,
    /// A finer number, for some codes.
    pub subcode: Option<i32>,
    /// VK's words; the detail often follows a colon.
    pub message: String,
    /// The method called.
    pub method: String,
    /// What to solve, with [`ErrorCode::CAPTCHA`].
    pub captcha: Option<Box<Captcha>>,
    /// Where a person may lift the obstacle: captcha, validation.
    pub redirect_uri: Option<Box<str>>,
    /// What a person must confirm, with [`ErrorCode::CONFIRMATION_REQUIRED`].
    pub confirmation_text: Option<Box<str>>,
}

impl ApiError {
    /// An error with nothing but its code and words.
    pub fn new(code: ErrorCode, message: impl Into<String>, method: impl Into<String>) -> Self {
        Self {
            code,
            subcode: None,
            message: message.into(),
            method: method.into(),
            captcha: None,
            redirect_uri: None,
            confirmation_text: None,
        }
    }

    /// What the error means for the caller.
    pub fn kind(&self) -> ErrorKind {
        self.code.kind(&self.method)
    }

    /// Reads VK's `error` object; a member of another shape is as good as none.
    pub(crate) fn read(error: &Value, method: &str) -> Self {
        let number = |name| member::<i64>(error, name).and_then(|code| i32::try_from(code).ok());
        let text = |name| member::<String>(error, name);
        let captcha = Captcha::read(Some(error.clone())).ok();
        Self {
            code: ErrorCode(number("error_code").unwrap_or_default()),
            subcode: number("error_subcode"),
            message: text("error_msg").or_else(|| text("error_text")).unwrap_or_default(),
            method: method.to_owned(),
            captcha: captcha.filter(|captcha| *captcha != Captcha::default()).map(Box::new),
            redirect_uri: text("redirect_uri").map(Into::into),
            confirmation_text: text("confirmation_text").map(Into::into),
        }
    }
}

fn member<T: Field>(object: &Value, name: &str) -> Option<T> {
    Option::read(object.get(name).cloned()).unwrap_or_default()
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: VK error {}", self.method, self.code)?;
        if let Some(subcode) = self.subcode {
            write!(f, ".{subcode}")?;
        }
        let words =
            if self.message.is_empty() { self.code.text().unwrap_or_default() } else { &self.message };
        write!(f, ": {words}")
    }
}

impl StdError for ApiError {}

object! {
    /// What VK asks to solve; newer answers carry only an address to send a person to.
    #[derive(Default)]
    Captcha {
        /// Which captcha.
        sid: Option<String> = "captcha_sid",
        /// Its picture.
        img: Option<String> = "captcha_img",
        /// When it was made, Unix seconds with a fraction.
        ts: Option<f64> = "captcha_ts",
        /// Which attempt this is.
        attempt: Option<i64> = "captcha_attempt",
    }

    /// An error of one addressee of a `messages.send` that did for others.
    PeerError {
        /// The number.
        code: ErrorCode,
        /// VK's words.
        description: String,
    }
}

impl PeerError {
    /// What the error means for the caller.
    pub fn kind(&self) -> ErrorKind {
        self.code.kind("messages.send")
    }

    pub(crate) fn new(code: ErrorCode, description: impl Into<String>) -> Self {
        Self { code, description: description.into() }
    }
}

impl fmt::Display for PeerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VK error {}: {}", self.code, self.description)
    }
}

impl StdError for PeerError {}

impl Field for ErrorCode {
    fn read(value: Option<Value>) -> Result<Self, crate::types::field::Unfit> {
        i64::read(value).map(|code| Self(i32::try_from(code).unwrap_or_default()))
    }
}
deserialize_by_field!(ErrorCode);
