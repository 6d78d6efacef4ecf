//! VK's error codes and what to do about them.

use std::fmt;

/// The number of an error; numbers VK adds later are kept as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorCode(pub i32);

/// What an error means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A hiccup of VK's: the same call may do in a moment.
    RetrySoon,
    /// A limit or a suspicion: the same call will not do for minutes or hours.
    RetryLater,
    /// This addressee cannot be reached; others can.
    Recipient,
    /// The call itself is wrong.
    Request,
    /// The token, its rights or the community's settings are wrong: tell an administrator.
    Setup,
    /// What was asked for is gone, closed or was never there.
    NotThere,
    /// A code this crate knows nothing of.
    Unknown,
}

macro_rules! codes {
    ($($name:ident = $code:literal $text:literal,)*) => {
        impl ErrorCode {
            $(
                #[doc = concat!("VK's words: \"", $text, "\".")]
                pub const $name: Self = Self($code);
            )*

            /// VK's own words for the code, if it is a known one.
            pub const fn text(self) -> Option<&'static str> {
                match self.0 {
                    $( $code => Some($text), )*
                    _ => None,
                }
            }
        }
    };
}

pub(super) use codes;

impl ErrorCode {
    /// What the code means when `method` answers with it.
    pub fn kind(self, method: &str) -> ErrorKind {
        let messages = method.starts_with("messages.");
        match self.0 {
            1 | 6 | 10 | 32 | 36 | 43 | 995 => ErrorKind::RetrySoon,
            9 | 14 | 29 | 601 | 603 | 944 => ErrorKind::RetryLater,
            // The person is the addressee here, and the content elsewhere.
            18 if messages => ErrorKind::Recipient,
            7 if method == "messages.send" => ErrorKind::Recipient,
            900..=902
            | 917
            | 922
            | 925
            | 927
            | 932
            | 935
            | 936
            | 945
            | 946
            | 950
            | 962
            | 983
            | 985..=988
            | 993
            | 996
            | 1012
            | 1016
            | 1017
            | 1021 => ErrorKind::Recipient,
            3
            | 8
            | 100
            | 113
            | 114
            | 118
            | 121
            | 125
            | 129
            | 909..=911
            | 913
            | 914
            | 920
            | 921
            | 924
            | 940
            | 943
            | 969
            | 991
            | 992
            | 994
            | 9999 => ErrorKind::Request,
            // 984 is VK holding the whole community for spam: nothing but a person can mend it.
            2 | 5 | 7 | 15 | 16 | 20 | 21 | 23 | 27 | 28 | 912 | 984 | 1114..=1118 | 3609 => ErrorKind::Setup,
            18 | 19 | 30 | 104 | 203 | 210 | 212 => ErrorKind::NotThere,
            _ => ErrorKind::Unknown,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<i32> for ErrorCode {
    fn from(code: i32) -> Self {
        Self(code)
    }
}
