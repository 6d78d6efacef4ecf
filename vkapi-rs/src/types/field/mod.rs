//! How a member of VK's JSON is read: one rule a type, so that odd data never costs more than the member it is in.
//!
//! VK sends flags as `0`, `1`, `true` and `"1"`, ids as numbers and texts, `false` and `[]` where an object is
//! expected. Only what has no sensible "nothing" (an id, a number) is required; all else falls back.

mod declare;

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use tracing::{Level, enabled, trace};

#[allow(unused_imports)] // Only some features have objects of several kinds.
pub(crate) use declare::one_of;
pub(crate) use declare::{deserialize_by_field, numbers, object, read_via, shapes, texts, wire_name};

/// Why a value could not be read: the way to it, then what was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    path: String,
    reason: &'static str,
}

impl Unfit {
    pub(crate) fn new(reason: &'static str) -> Self {
        Self { path: String::new(), reason }
    }

    /// The way, and what was wrong there.
    pub(crate) fn parts(self) -> (String, &'static str) {
        (self.path, self.reason)
    }

    /// The same fault seen from one level up.
    pub(crate) fn within(mut self, member: &str) -> Self {
        self.path = if self.path.is_empty() { member.to_owned() } else { format!("{member}.{}", self.path) };
        self
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(self.reason)
        } else {
            write!(f, "{}: {}", self.path, self.reason)
        }
    }
}

/// A type that can be a member of one of VK's objects; `None` stands for an absent member.
pub(crate) trait Field: Sized {
    fn read(value: Option<Value>) -> Result<Self, Unfit>;

    /// Reads a whole answer. Unlike in a member, nothing of a list is passed over: the caller would not know.
    fn read_whole(value: Value) -> Result<Self, Unfit> {
        Self::read(Some(value))
    }
}

impl Field for i64 {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        match value {
            Some(Value::Number(number)) => number
                .as_i64()
                .or_else(|| number.as_f64().map(|float| float as i64))
                .ok_or(Unfit::new("too big")),
            Some(Value::String(text)) => text.trim().parse().map_err(|_| Unfit::new("not a number")),
            Some(Value::Bool(flag)) => Ok(flag.into()),
            None | Some(Value::Null) => Err(Unfit::new("missing")),
            Some(_) => Err(Unfit::new("not a number")),
        }
    }
}

impl Field for f64 {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        match value {
            Some(Value::Number(number)) => number.as_f64().ok_or(Unfit::new("not a number")),
            Some(Value::String(text)) => text.trim().parse().map_err(|_| Unfit::new("not a number")),
            None | Some(Value::Null) => Err(Unfit::new("missing")),
            Some(_) => Err(Unfit::new("not a number")),
        }
    }
}

impl Field for bool {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        Ok(match value {
            Some(Value::Bool(flag)) => flag,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !matches!(text.as_str(), "" | "0" | "false"),
            _ => false,
        })
    }
}

impl Field for String {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        match value {
            Some(Value::String(text)) => Ok(text),
            Some(Value::Number(number)) => Ok(number.to_string()),
            None | Some(Value::Null) => Ok(Self::new()),
            Some(_) => Err(Unfit::new("not a text")),
        }
    }
}

impl Field for Value {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        Ok(value.unwrap_or_default())
    }
}

impl<T: Field> Field for Option<T> {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        Ok(value.filter(|value| !value.is_null()).and_then(|value| T::read(Some(value)).ok()))
    }
}

impl<T: Field> Field for Vec<T> {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        let Some(Value::Array(items)) = value else { return Ok(Self::new()) };
        Ok(items.into_iter().filter_map(|item| T::read(Some(item)).ok()).collect())
    }

    fn read_whole(value: Value) -> Result<Self, Unfit> {
        let Value::Array(items) = value else { return Err(Unfit::new("not a list")) };
        let read = |(at, item)| T::read_whole(item).map_err(|unfit| unfit.within(&format!("[{at}]")));
        items.into_iter().enumerate().map(read).collect()
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        let Some(Value::Object(members)) = value else { return Ok(Self::new()) };
        Ok(members.into_iter().filter_map(|(name, value)| Some((name, T::read(Some(value)).ok()?))).collect())
    }
}

impl<T: Field> Field for Box<T> {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        T::read(value).map(Self::new)
    }
}

impl<T: Field> Field for Arc<T> {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        T::read(value).map(Self::new)
    }
}

/// What JSON a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Flag,
    Text,
    List,
    Object,
}

impl Shape {
    /// Whether a value has it; flags come as numbers too.
    pub(crate) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Flag => value.is_boolean() || value.is_number(),
            Self::Text => value.is_string(),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
        }
    }
}

/// Takes a member out of an object and reads it.
pub(crate) fn take<T: Field>(members: &mut Map<String, Value>, wire: &str) -> Result<T, Unfit> {
    T::read(members.remove(wire)).map_err(|unfit| unfit.within(wire))
}

/// Tells which members of an object this crate does not know: `vkapi::leftover` at the level of tracing.
pub(crate) fn left_over(object: &'static str, members: &Map<String, Value>) {
    if !members.is_empty() && enabled!(target: "vkapi::leftover", Level::TRACE) {
        let names: Vec<_> = members.keys().map(String::as_str).collect();
        trace!(target: "vkapi::leftover", object, members = names.join(","), "members this crate does not know");
    }
}

/// The number of a thing, or the thing itself where a parameter asked for it.
#[derive(Clone, Debug, PartialEq)]
pub enum IdOr<T> {
    /// Only the number.
    Id(i64),
    /// The thing.
    Whole(Box<T>),
}

impl<T: Field> Field for IdOr<T> {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        match value {
            Some(Value::Object(_)) => T::read(value).map(|whole| Self::Whole(Box::new(whole))),
            value => i64::read(value).map(Self::Id),
        }
    }
}

impl<'de, T: Field> Deserialize<'de> for IdOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Some(Value::deserialize(deserializer)?)).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Field;

    // What the macro makes is public, as all of its other uses need.
    #[allow(unreachable_pub)]
    mod sample {
        crate::types::field::object! {
        /// A sample.
        Sample {
            /// Number.
            id: i64,
            /// Flag.
            on: bool,
            /// Text.
            name: String = "label",
            /// Nested.
            inner: Option<Box<Sample>>,
            /// List.
            list: Vec<i64>,
        }
        }
    }
    use sample::Sample;

    fn read(value: Value) -> Result<Sample, String> {
        Sample::read(Some(value)).map_err(|unfit| unfit.to_string())
    }

    #[test]
    fn flags_come_in_many_shapes() {
        for on in [json!(1), json!(true), json!("1"), json!(2)] {
            assert!(read(json!({"id": 1, "on": on})).unwrap().on);
        }
        for off in [json!(0), json!(false), json!("0"), json!(""), json!([]), json!(null)] {
            assert!(!read(json!({"id": 1, "on": off})).unwrap().on);
        }
    }

    #[test]
    fn numbers_come_as_texts_and_objects_as_false_or_an_empty_list() {
        let sample =
            read(json!({"id": "17", "inner": false, "list": [1, "2", {}, null], "label": 5})).unwrap();
        assert_eq!((sample.id, sample.list, sample.name.as_str()), (17, vec![1, 2], "5"));
        assert!(sample.inner.is_none());
        assert!(read(json!({"id": 1, "inner": []})).unwrap().inner.is_none());
    }

    #[test]
    fn a_missing_number_is_named() {
        assert_eq!(read(json!({})).unwrap_err(), "id: missing");
        assert_eq!(read(json!([])).unwrap_err(), "not an object");
    }
}
