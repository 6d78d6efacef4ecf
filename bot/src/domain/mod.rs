//! Plain data and rules: no I/O, no clock, no randomness.

mod asked;
pub mod attention;
pub mod blanks;
pub mod board;
mod calendar;
mod campaign;
pub mod care;
mod change;
mod class;
pub mod comments;
mod handoff;
pub mod league;
pub mod letter;
mod level;
mod list_of;
pub mod mask;
mod opinion;
pub mod page;
mod person;
mod post;
mod progress;
mod recurrence;
mod reminder;
mod retention;
pub mod rhythm;
pub mod rights;
pub mod roster;
pub mod segment;
mod sphere;
pub mod text;
mod time;
pub mod when;
mod working;

pub use asked::{Asked, AskedKey, Asking, Fate, How};
pub use calendar::{Calendar, Holiday};
pub use campaign::{
    Campaign, CampaignId, CampaignState, Outlook, Pause, Reads, Recipient, Report, Skip, Tally, forecast,
};
pub use care::{Care, Clerk};
pub use change::change;
pub use class::{
    Came, Certificate, Class, ClassAsk, ClassId, ClassState, CodeWord, Cue, Hall, News, SEATS, Seat,
    SeatState, Shut, TRIES,
};
pub use handoff::{Context, Handoff, Line};
pub use level::Level;
pub use list_of::ListOf;
pub use opinion::{Opinion, Voices};
pub use person::{Arrived, Away, Consent, Deputy, Form, Link, Offer, PageRef, Person, Subscriptions};
pub use post::{Pasted, PostRef};
pub use progress::{Day, Gain, LessonMark, Lost, Progress, Round, Standing, Streak, Tick};
pub use recurrence::{Days, MonthDay, Rule};
pub use reminder::{Reminder, ReminderKey, Weekdays, What};
pub use retention::{Due, Retention};
pub use rights::{Grant, Granting, Place, Rights, Role, Scope, same_municipality};
pub use sphere::Sphere;
pub use time::{Clock, Hm, Ms, SystemClock, TestClock, Zone};
pub use working::WorkingHours;
