//! How VK's objects and lists of values are declared.

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

/// Declares values of several shapes, told apart by what JSON they are.
macro_rules! shapes {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$variant_meta:meta])* $variant:ident($type:ty), )* } )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$variant_meta])* $variant($type), )*
            /// One of a shape this crate does not know.
            Unlisted(serde_json::Value),
        }

        impl $crate::types::field::Field for $name {
            fn read(value: Option<serde_json::Value>) -> Result<Self, $crate::types::field::Unfit> {
                let Some(value) = value else { return Err($crate::types::field::Unfit::new("missing")) };
                $(
                    if $crate::types::field::Shape::$variant.fits(&value) {
                        return <$type>::read(Some(value)).map(Self::$variant);
                    }
                )*
                Ok(Self::Unlisted(value))
            }

            fn read_whole(value: serde_json::Value) -> Result<Self, $crate::types::field::Unfit> {
                $(
                    if $crate::types::field::Shape::$variant.fits(&value) {
                        return <$type>::read_whole(value).map(Self::$variant);
                    }
                )*
                Ok(Self::Unlisted(value))
            }
        }

        $crate::types::field::deserialize_by_field!($name);
    )*};
}

#[allow(unused_imports)]
pub(crate) use one_of;
pub(crate) use {deserialize_by_field, numbers, object, read_via, shapes, texts, wire_name};
