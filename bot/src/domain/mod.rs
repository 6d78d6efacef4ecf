//! Plain data and rules: no I/O, no clock, no randomness.

mod campaign;
mod person;
mod reminder;
mod sphere;
pub mod text;
mod time;
pub mod when;

pub use campaign::{Campaign, CampaignId, CampaignState, Recipient, Tally};
pub use person::{Consent, Form, Link, Offer, PageRef, Person, Subscriptions};
pub use reminder::{Reminder, ReminderKey, Repeat, Weekdays};
pub use sphere::Sphere;
pub use time::{Clock, Hm, Ms, SystemClock, TestClock, Zone};
