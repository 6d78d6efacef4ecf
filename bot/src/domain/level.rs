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

impl Level {
    /// The phrase of what a list is narrowed to, and what the next press narrows it to.
    pub fn turn(level: Option<Self>) -> (&'static str, Option<Self>) {
        match level {
            None => ("level-any", Some(Self::Start)),
            Some(Self::Start) => ("level-start", Some(Self::Grow)),
            Some(Self::Grow) => ("level-grow", None),
        }
    }
}
