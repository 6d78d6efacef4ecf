//! What the generated methods are declared with.

/// How an argument or a setter takes a value: `(type)`, or `[type least most]` for a list; `str` is any text.
macro_rules! argument {
    ((str)) => { impl Into<String> };
    (($type:ty)) => { impl Into<$type> };
    ([str $($limit:literal)*]) => { impl IntoIterator<Item = impl ToString> };
    ([$type:ident $($limit:literal)*]) => { impl IntoIterator<Item = impl Into<$type>> };
}

/// Puts a value taken so into the parameters.
macro_rules! put {
    ($params:expr, $name:literal, $value:ident, (str)) => {
        $params.text($name, $value.into())
    };
    ($params:expr, $name:literal, $value:ident, (bool)) => {
        $params.flag($name, $value.into())
    };
    ($params:expr, $name:literal, $value:ident, ($type:ty)) => {
        $params.text($name, Into::<$type>::into($value).to_string())
    };
    ($params:expr, $name:literal, $value:ident, [str $least:literal $($most:literal)?]) => {
        $params.list($name, &$value.into_iter().map(|item| item.to_string()).collect::<Vec<_>>(), $least, &[$($most)?])
    };
    ($params:expr, $name:literal, $value:ident, [$type:ident $least:literal $($most:literal)?]) => {
        $params.list(
            $name,
            &$value.into_iter().map(|item| Into::<$type>::into(item).to_string()).collect::<Vec<_>>(),
            $least,
            &[$($most)?],
        )
    };
}

/// Declares methods: the function that makes a request, the request's type, VK's name, whose keys may call it, whether
/// it may be repeated and batched, its arguments, its answer, its setters.
macro_rules! methods {
    ($(
        $(#[$meta:meta])*
        $call:ident $type:ident $name:literal [$($token:ident)*] $idempotent:literal $batchable:literal
        ($($arg:ident $taken:tt $wire:literal),*) -> $output:ty {
            $( $(#[$setter_meta:meta])* $setter:ident $setter_taken:tt $setter_wire:literal, )*
        }
    )*) => {$(
        impl $crate::bot::Bot {
            $(#[$meta])*
            #[allow(clippy::too_many_arguments)]
            pub fn $call(&self, $($arg: argument!($taken)),*) -> $crate::requests::Request<$type> {
                let params = $crate::methods::params::Params::default();
                $( let params = put!(params, $wire, $arg, $taken); )*
                self.request($type(params))
            }
        }

        #[doc = concat!("`", $name, "`, made by [`Bot::", stringify!($call), "`](crate::Bot::", stringify!($call), ").")]
        #[derive(Clone, Debug)]
        pub struct $type(pub(crate) $crate::methods::params::Params);

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl $crate::requests::Method for $type {
            type Output = $output;
            const NAME: &'static str = $name;
            const IDEMPOTENT: bool = $idempotent;
            const BATCHABLE: bool = $batchable;
            const TOKENS: &'static [$crate::requests::TokenKind] = &[$($crate::requests::TokenKind::$token),*];

            fn read(answer: &$crate::transport::Answer) -> Result<$output, $crate::errors::RequestError> {
                $crate::requests::read_by_field(Self::NAME, answer)
            }

            fn check(&self) -> Result<(), $crate::errors::RequestError> {
                self.0.check()
            }
        }

        impl $crate::requests::Request<$type> {
            $(
                $(#[$setter_meta])*
                pub fn $setter(mut self, $setter: argument!($setter_taken)) -> Self {
                    self.payload.0 = put!(self.payload.0, $setter_wire, $setter, $setter_taken);
                    self
                }
            )*
        }
    )*};
}

pub(crate) use {argument, methods, put};
