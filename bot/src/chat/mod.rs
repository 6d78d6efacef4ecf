//! The conversation: one file a feature, each a function from a scene and an action to what is said and changed.

mod action;
mod alarms;
mod ask;
mod asked;
mod board;
mod campaign;
mod checklists;
mod claims;
mod classes;
mod courses;
mod desk;
mod draft;
mod due;
mod handoff;
mod ideas;
mod interview;
mod known;
mod late;
mod lessons;
mod letter;
mod links;
mod menu;
mod next;
mod nudge;
mod opinion;
mod page;
mod peers;
mod people;
mod progress;
mod questions;
mod quiet;
mod reminders;
mod report;
mod roster;
mod rounds;
mod router;
mod runners;
mod screen;
mod seen;
mod settings;
mod staff;
mod standing;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tests_away;
#[cfg(test)]
mod tests_ideas;
#[cfg(test)]
mod tests_nudge;
#[cfg(test)]
mod tests_opinion;
#[cfg(test)]
mod tests_report;
#[cfg(test)]
mod tests_roster;
mod told;
mod turn;
mod vacation;

pub use crate::domain::Role;
pub use action::Action;
pub(crate) use campaign::title;
pub(crate) use claims::waiting as claims;
pub(crate) use due::reminded;
pub use known::{Absent, CodeSeen, Colleague, HerPages, Known, Need, PageCard, PageFault, Seen, Taken};
pub(crate) use late::answer_late;
pub use letter::{Chip, Do};
pub(crate) use letter::{campaign_id, drawn as letter_drawn, filled as letter_text};
pub(crate) use links::place as content_link;
pub use links::{all as links, place};
pub(crate) use questions::{grouped, worded};
use router::act as act_on;
pub use router::turn;
pub use screen::{Choice, Does, Drawn, Screen, short};
pub(crate) use settings::zone_told;
pub(crate) use standing::{defect, unscored};
pub use turn::{Event, Hand, Region, Say, Scene, Talk, Tell, Turn};
