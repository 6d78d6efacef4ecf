//! `utils.*` and `execute`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    bot::Bot,
    errors::{ApiError, RequestError},
    requests::{Method, Request, read_answer},
    transport::Answer,
    types::Resolved,
};

impl Bot {
    /// What a short name stands for. <https://dev.vk.com/ru/method/utils.resolveScreenName>
    pub fn utils_resolve_screen_name(&self, name: impl Into<String>) -> Request<UtilsResolveScreenName> {
        self.request(UtilsResolveScreenName { screen_name: name.into() })
    }

    /// Runs `VKScript` on VK's side: up to 25 calls for the price of one. <https://dev.vk.com/ru/method/execute>
    pub fn execute(&self, code: impl Into<String>) -> Request<Execute> {
        self.request(Execute { code: code.into() })
    }
}

/// `utils.resolveScreenName`.
#[derive(Clone, Debug, Serialize)]
pub struct UtilsResolveScreenName {
    screen_name: String,
}

impl Method for UtilsResolveScreenName {
    type Output = Option<Resolved>;
    const NAME: &'static str = "utils.resolveScreenName";
    const IDEMPOTENT: bool = true;

    fn read(answer: &Answer) -> Result<Option<Resolved>, RequestError> {
        // A name that stands for nothing is an empty list or an empty object.
        match serde_json::from_str(answer.response.get()) {
            Ok(Value::Array(_)) => Ok(None),
            Ok(Value::Object(members)) if members.is_empty() => Ok(None),
            _ => read_answer(Self::NAME, answer).map(Some),
        }
    }
}

/// `execute`.
#[derive(Clone, Debug, Serialize)]
pub struct Execute {
    code: String,
}

/// What a script returned.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Executed {
    /// What it returned; `false` in place of each call that failed.
    pub value: Value,
    /// The calls that failed, in order.
    #[serde(skip)]
    pub errors: Vec<ApiError>,
}

impl Method for Execute {
    type Output = Executed;
    const NAME: &'static str = "execute";
    const BATCHABLE: bool = false;

    fn read(answer: &Answer) -> Result<Executed, RequestError> {
        Ok(Executed { value: read_answer(Self::NAME, answer)?, errors: answer.execute_errors.clone() })
    }
}
