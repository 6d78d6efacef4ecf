//! How a member of VK's JSON is read: one rule a type, so that odd data never costs more than the member it is in.
//!
//! VK sends flags as `0`, `1`, `true` and `"1"`, ids as numbers and texts, `false` and `[]` where an object is
//! expected. Only what has no sensible "nothing" (an id, a number) is required; all else falls back.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use tracing::{Level, enabled, trace};

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

/// Declares an object of VK's with its members, read by the rules above; `= "name"` where the wire's name differs,
/// `as Type` where another type's rule reads it.
macro_rules! object {
    ($(
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty $(= $wire:literal)? $(as $via:ty)?, )*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl $crate::types::field::Field for $name {
            fn read(value: Option<serde_json::Value>) -> Result<Self, $crate::types::field::Unfit> {
                match value {
                    Some(serde_json::Value::Object(mut members)) => {
                        let object = Self {$(
                            $field: $crate::types::field::read_via!(
                                members,
                                $crate::types::field::wire_name!($field $(, $wire)?)
                                $(, $via)?
                            ),
                        )*};
                        $crate::types::field::left_over(stringify!($name), &members);
                        Ok(object)
                    }
                    None => Err($crate::types::field::Unfit::new("missing")),
                    Some(_) => Err($crate::types::field::Unfit::new("not an object")),
                }
            }
        }

        $crate::types::field::deserialize_by_field!($name);
    )*};
}

/// Lets serde read a type by its [`Field`] rule.
macro_rules! deserialize_by_field {
    ($name:ty) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
                $crate::types::field::Field::read(Some(value)).map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! wire_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident, $wire:literal) => {
        $wire
    };
}

macro_rules! read_via {
    ($members:ident, $wire:expr) => {
        $crate::types::field::take(&mut $members, $wire)?
    };
    ($members:ident, $wire:expr, $via:ty) => {
        $crate::types::field::take::<$via>(&mut $members, $wire)?.into()
    };
}

/// Declares a list of texts that VK may add to.
macro_rules! texts {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$value_meta:meta])* $variant:ident = $text:literal, )* } )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$value_meta])* $variant, )*
            /// One this crate does not know.
            Unlisted(Box<str>),
        }

        impl $name {
            /// VK's word for it.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )*
                    Self::Unlisted(text) => text,
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $( $text => Self::$variant, )*
                    _ => Self::Unlisted(text.into()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }

        impl $crate::types::field::Field for $name {
            fn read(value: Option<serde_json::Value>) -> Result<Self, $crate::types::field::Unfit> {
                String::read(value).map(Into::into)
            }
        }

        $crate::types::field::deserialize_by_field!($name);
    )*};
}

/// Declares a list of numbers that VK may add to.
macro_rules! numbers {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$value_meta:meta])* $variant:ident = $number:literal, )* } )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$value_meta])* $variant, )*
            /// One this crate does not know.
            Unlisted(i64),
        }

        impl $name {
            /// VK's number of it.
            pub fn number(self) -> i64 {
                match self {
                    $( Self::$variant => $number, )*
                    Self::Unlisted(number) => number,
                }
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                match number {
                    $( $number => Self::$variant, )*
                    _ => Self::Unlisted(number),
                }
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> Self {
                value.number()
            }
        }

        impl $crate::types::field::Field for $name {
            fn read(value: Option<serde_json::Value>) -> Result<Self, $crate::types::field::Unfit> {
                i64::read(value).map(Into::into)
            }
        }

        $crate::types::field::deserialize_by_field!($name);
    )*};
}

/// Declares objects of several kinds, told apart by one member.
#[allow(unused_macros)] // Only some features have such.
macro_rules! one_of {
    ($( $(#[$meta:meta])* $name:ident by $tag:literal { $( $variant:ident($type:ty) = $value:literal, )* } )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $value, "`.")]
                $variant(Box<$type>),
            )*
            /// A kind this crate does not know, or one of another shape.
            Unlisted(serde_json::Value),
        }

        impl $crate::types::field::Field for $name {
            fn read(value: Option<serde_json::Value>) -> Result<Self, $crate::types::field::Unfit> {
                let Some(value) = value else { return Err($crate::types::field::Unfit::new("missing")) };
                let read = match value.get($tag).and_then(serde_json::Value::as_str) {
                    $( Some($value) => <Box<$type>>::read(Some(value.clone())).map(Self::$variant).ok(), )*
                    _ => None,
                };
                Ok(read.unwrap_or(Self::Unlisted(value)))
            }
        }

        $crate::types::field::deserialize_by_field!($name);
    )*};
}

#[allow(unused_imports)]
pub(crate) use one_of;
pub(crate) use {deserialize_by_field, numbers, object, read_via, texts, wire_name};

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
