//! Invented people who talk to the bot by a seeded script, notice every answer, and complain of what is lost, doubled
//! or out of order.

mod book;
mod deeds;
mod eyes;
mod known;
mod person;
mod screen;

pub use self::{
    book::Book,
    eyes::Eyes,
    known::{Acknowledged, Known},
    person::{Now, Person, Tally},
};
