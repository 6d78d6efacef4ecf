use serde::{Deserialize, Serialize};

/// For whom a course or a class is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Those who begin.
    Start,
    /// Those who have run a page for a while.
    Grow,
}
