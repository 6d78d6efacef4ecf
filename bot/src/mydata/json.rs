//! JSON whose members stay in the order they are written.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// What is not known.
pub(super) const NOTHING: Json = Json::Plain(Value::Null);

/// A JSON value whose members stay in the order they are written.
pub(super) enum Json {
    Plain(Value),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Plain(value) => value.serialize(serializer),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

pub(super) fn value(value: impl Into<Value>) -> Json {
    Json::Plain(value.into())
}

pub(super) fn maybe(value: Option<impl Into<Value>>) -> Json {
    Json::Plain(value.map_or(Value::Null, Into::into))
}

pub(super) fn list<T>(values: impl IntoIterator<Item = T>, write: impl Fn(T) -> Json) -> Json {
    Json::List(values.into_iter().map(write).collect())
}

pub(super) fn whole(value: &impl Serialize) -> Json {
    Json::Plain(serde_json::to_value(value).unwrap_or_default())
}

pub(super) fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    Json::Object(members.into())
}
