//! Requests as values: made by [`Bot`]'s methods, finished by setters, sent by `.await`.

use std::future::{Future, IntoFuture};

use futures::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    bot::Bot,
    errors::RequestError,
    transport::{Answer, Call, Lane},
    types::field::Field,
};

/// Whose key a call is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// A community's.
    Community,
    /// A person's.
    User,
    /// An application's own.
    Service,
}

/// A method of VK's: its parameters are what it serializes to.
pub trait Method: Serialize + Send + Sync {
    /// What it answers.
    type Output: DeserializeOwned + Send;

    /// VK's name of it, such as `messages.send`.
    const NAME: &'static str;

    /// Whether saying it twice does no more than saying it once, so that it may be said again when no answer came.
    const IDEMPOTENT: bool = false;

    /// Whether it may go inside an `execute` with others.
    const BATCHABLE: bool = true;

    /// Whose keys may call it.
    const TOKENS: &'static [TokenKind] = &[TokenKind::Community];

    /// How urgent it is unless [said otherwise](Request::lane).
    const LANE: Lane = Lane::Reply;

    /// Refuses what VK would refuse, before it is sent.
    fn check(&self) -> Result<(), RequestError> {
        Ok(())
    }

    /// Reads the answer.
    fn read(answer: &Answer) -> Result<Self::Output, RequestError> {
        read_answer(Self::NAME, answer)
    }
}

/// A request: nothing is sent until it is awaited.
#[derive(Clone, Debug)]
#[must_use = "a request is sent only when awaited"]
pub struct Request<M> {
    bot: Bot,
    pub(crate) payload: M,
    lane: Lane,
    apart: bool,
}

impl<M: Method> Request<M> {
    pub(crate) fn new(bot: Bot, payload: M) -> Self {
        Self { bot, payload, lane: M::LANE, apart: false }
    }

    /// How urgent it is; by default [as the method says](Method::LANE).
    pub fn lane(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    /// Keeps it out of the company of its like: of the calls that are marked so, [`Limits::pack`](crate::Limits::pack)
    /// puts at most one into a pack. Others, such as answers to people, may travel with it and then take no place of a
    /// second of their own.
    pub fn apart(mut self) -> Self {
        self.apart = true;
        self
    }

    /// Sends it and keeps it, so that the very same one can be sent again: `random_id` included.
    pub fn send_ref(&self) -> impl Future<Output = Result<M::Output, RequestError>> + Send + use<M> {
        let bot = self.bot.clone();
        let call = self.call();
        async move { M::read(&bot.send(&call?).await?) }
    }

    fn call(&self) -> Result<Call, RequestError> {
        self.payload.check()?;
        let mut call = Call::new(M::NAME, to_form(&self.payload)?, self.lane);
        call.idempotent = M::IDEMPOTENT && call.is_guarded();
        call.batchable = M::BATCHABLE;
        call.apart = self.apart;
        Ok(call)
    }
}

impl<M: Method + 'static> IntoFuture for Request<M> {
    type Output = Result<M::Output, RequestError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send_ref())
    }
}

/// Reads an answer as `T`, telling where it does not fit.
pub fn read_answer<T: DeserializeOwned>(method: &str, answer: &Answer) -> Result<T, RequestError> {
    let mut deserializer = serde_json::Deserializer::from_str(answer.response.get());
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| RequestError::Decode {
        method: method.to_owned(),
        path: error.path().to_string(),
        reason: error.inner().to_string(),
    })
}

/// Reads an answer by the rules of members: flags of many shapes, numbers written as texts.
pub(crate) fn read_by_field<T: Field>(method: &str, answer: &Answer) -> Result<T, RequestError> {
    let value =
        serde_json::from_str(answer.response.get()).map_err(|error| (String::new(), error.to_string()));
    let read = value.and_then(|value| {
        T::read_whole(value).map_err(|unfit| {
            let (path, reason) = unfit.parts();
            (path, reason.to_owned())
        })
    });
    read.map_err(|(path, reason)| RequestError::Decode { method: method.to_owned(), path, reason })
}

/// Writes parameters as VK takes them: flags as 1 and 0, lists joined by commas, objects as JSON, `None` left out.
pub fn to_form(params: &impl Serialize) -> Result<Vec<(String, String)>, RequestError> {
    let members = match serde_json::to_value(params) {
        Ok(Value::Object(members)) => members,
        Ok(Value::Null) => return Ok(Vec::new()),
        Ok(_) => return Err(RequestError::Invalid("parameters must be an object".to_owned())),
        Err(error) => return Err(RequestError::Invalid(error.to_string())),
    };
    Ok(members.into_iter().filter_map(|(name, value)| Some((name, encode(value)?))).collect())
}

fn encode(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(u8::from(flag).to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            Some(Value::Array(items).to_string())
        }
        Value::Array(items) => Some(items.into_iter().filter_map(encode).collect::<Vec<_>>().join(",")),
        object @ Value::Object(_) => Some(object.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{RequestError, to_form};

    #[test]
    fn parameters_are_written_as_vk_takes_them() {
        let form = to_form(&json!({
            "flag": true, "off": false, "ids": [1, -2, "x"], "none": null, "empty": [], "number": 1.5,
            "object": {"a": [1]}, "objects": [{"b": 1}], "text": "a,b & ё",
        }))
        .unwrap();
        let expected = [
            ("flag", "1"),
            ("ids", "1,-2,x"),
            ("number", "1.5"),
            ("object", r#"{"a":[1]}"#),
            ("objects", r#"[{"b":1}]"#),
            ("off", "0"),
            ("text", "a,b & ё"),
        ];
        assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(to_form(&()).unwrap().is_empty());
        assert!(matches!(to_form(&[1]), Err(RequestError::Invalid(_))));
    }
}
