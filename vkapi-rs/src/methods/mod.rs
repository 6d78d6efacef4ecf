//! The methods this crate knows, and what makes requests of them.

mod event_answer;
mod groups;
mod messages;
mod other;
mod params;
mod schema;
mod schema_macros;
mod send;
mod table;

use serde_json::Value;

pub use event_answer::EventAnswer;
pub use groups::{GroupsGetById, GroupsSetLongPollSettings};
pub use messages::{MessagesEdit, MessagesSendMessageEventAnswer};
pub use other::{Execute, Executed, UtilsResolveScreenName};
pub use schema::*;
pub use send::{Delivery, MessagesSend, MessagesSendMany, Sent};

use crate::types::field::{Field, Unfit, deserialize_by_field};

/// What is known of a method by its name: whether it may be said twice, and whether it may go inside of an `execute`.
/// Of those that VK's schema lacks nothing is known, so neither may be.
pub(crate) fn known_of(name: &str) -> (bool, bool) {
    let found = table::METHODS.binary_search_by_key(&name, |(known, ..)| known);
    found
        .ok()
        .and_then(|at| table::METHODS.get(at))
        .map_or((false, false), |(_, twice, within)| (*twice, *within))
}

/// VK did what was asked and has nothing more to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done;

impl Field for Done {
    fn read(value: Option<Value>) -> Result<Self, Unfit> {
        if bool::read(value)? { Ok(Self) } else { Err(Unfit::new("VK answered that it did not")) }
    }
}
deserialize_by_field!(Done);

/// Declares a method whose answer is read as it comes.
macro_rules! method {
    ($type:ty: $name:literal -> $output:ty $(, $const:ident: $const_type:ty = $value:expr)*) => {
        impl $crate::requests::Method for $type {
            type Output = $output;
            const NAME: &'static str = $name;
            $( const $const: $const_type = $value; )*
        }
    };
}

/// Gives a request its setters, one an optional parameter.
macro_rules! setters {
    ($method:ty { $( $(#[$meta:meta])* $field:ident: $type:ty, )* }) => {
        impl $crate::requests::Request<$method> {
            $(
                $(#[$meta])*
                pub fn $field(mut self, $field: impl Into<$type>) -> Self {
                    self.payload.$field = Some($field.into());
                    self
                }
            )*
        }
    };
}

use {method, setters};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::Method;

    #[test]
    fn what_is_known_by_name_is_what_requests_say() {
        fn same<M: Method>() {
            assert_eq!(known_of(M::NAME), (M::IDEMPOTENT, M::BATCHABLE), "{}", M::NAME);
        }
        same::<Execute>();
        same::<GroupsGetById>();
        same::<GroupsSetLongPollSettings>();
        same::<MessagesEdit>();
        same::<MessagesSend>();
        same::<MessagesSendMessageEventAnswer>();
        same::<UtilsResolveScreenName>();
        same::<MessagesGetHistory>();
        same::<PhotosSaveMessagesPhoto>();
        assert_eq!(known_of("messages.dance"), (false, false));
        assert_eq!(known_of("execute.mine"), (false, false));
        assert_eq!(table::METHODS.len(), 566);
        assert!(table::METHODS.is_sorted());
    }
}
