//! People.

use serde_json::Value;

use super::{field::object, ids::UserId};

object! {
    /// A person.
    User {
        /// Number.
        id: UserId,
        /// First name.
        first_name: String,
        /// Last name.
        last_name: String,
        /// `deleted` or `banned`, if the page is gone.
        deactivated: Option<String>,
        /// Whether the page is closed.
        is_closed: bool,
        /// The short name, if asked for.
        screen_name: Option<String>,
        /// 1 a woman, 2 a man, 0 not told; if asked for.
        sex: Option<i64>,
        /// The city, if asked for and told.
        city: Option<Value>,
        /// The time zone's offset in hours, if asked for and told.
        timezone: Option<f64>,
        /// A picture 100 pixels wide, if asked for.
        photo_100: Option<String>,
    }
}
