//! The weekly nudge: what went well, one number that changed, up to three small things to do, an idea and a lesson.
//! Pure: the same pages, memory and day give the same message.

mod choose;
mod memory;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tests_six_weeks;
mod words;

use jiff::civil::Date;
use vkapi::types::GroupId;

pub use memory::{answered, remember};

use crate::{
    content::{Advice, Content},
    domain::{
        Day, PageRef, Sphere,
        comments::Question,
        page::{Defect, Found, Hours, Nudged, TileKind, Week},
        rhythm::Badge,
    },
};

/// The most things to do in one message: each has three buttons, and VK takes ten.
pub const MOST: usize = 3;
/// The most pages one message speaks of; who runs more hears of the others in turn.
pub const PAGES: usize = 3;
/// The most characters of a nudge: a screen and a half of a phone.
pub const LENGTH: usize = 1_200;

/// A page as a nudge sees it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Which.
    pub page: &'a PageRef,
    /// Its weeks, oldest first; the nudge is about the last.
    pub weeks: &'a [Week],
    /// What the last look found of it.
    pub found: &'a [Found],
    /// Questions of its readers that have waited long for an answer.
    pub waiting: Option<Waiting>,
    /// What is wrong with its tiles of ПОС.
    pub defects: &'a [(TileKind, Defect)],
    /// When its posts are looked at most.
    pub hours: Option<Hours>,
    /// What it has reached, with the Monday of the week it was reached in.
    pub earned: &'a [(Badge, Day)],
}

impl<'a> Subject<'a> {
    /// A page of which its weeks alone are known.
    pub fn new(page: &'a PageRef, weeks: &'a [Week]) -> Self {
        Self { page, weeks, found: &[], waiting: None, defects: &[], hours: None, earned: &[] }
    }
}

/// That questions wait for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: u32,
    /// The one that waits longest.
    pub oldest: Question,
    /// The day it was asked on, as she counts days.
    pub since: Date,
}

/// All that a nudge rests on besides the pages.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// What the bot teaches and says.
    pub content: &'a Content,
    /// The day on her wall.
    pub today: Date,
    /// What her institution does.
    pub sphere: Option<Sphere>,
    /// What she was advised before and how she took it.
    pub nudged: &'a Nudged,
    /// The lessons she has gone through.
    pub passed: &'a [&'a str],
    /// A number that is hers: neighbours do not get the same idea.
    pub seed: u64,
}

/// Something to do that a nudge names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// For which page.
    pub page: &'a PageRef,
    /// What.
    pub advice: &'a Advice,
    /// Points it would bring; 0 for what is good but gives none.
    pub points: u8,
    /// How many times it is to be done for that.
    pub times: u16,
}

/// A nudge as it is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nudge<'a> {
    /// The message, at most [`LENGTH`] characters.
    pub text: String,
    /// What it asks for, in the order it names it.
    pub chosen: Vec<Chosen<'a>>,
    /// The lesson it offers.
    pub lesson: Option<&'a str>,
    /// The Monday of the week it is about.
    pub week: Day,
    /// The pages it speaks of.
    pub pages: Vec<GroupId>,
}

/// The nudge for somebody who runs these pages; `None` when nothing is known of any of them yet.
pub fn nudge<'a>(ground: &Ground<'a>, subjects: &[Subject<'a>]) -> Option<Nudge<'a>> {
    let mut known: Vec<&Subject<'a>> = subjects.iter().filter(|s| !s.weeks.is_empty()).collect();
    let week = known.iter().filter_map(|s| s.weeks.last()).map(|w| w.from).max()?;
    // Whoever runs more than fit hears of each in turn.
    let turn = usize::from(ground.nudged.turns) * PAGES % known.len();
    if known.len() > PAGES {
        known.rotate_left(turn);
    }
    known.truncate(PAGES);
    let chosen = choose::choose(ground, &known);
    let lesson = choose::lesson(ground, &chosen);
    let text = words::message(ground, &known, &chosen, lesson);
    Some(Nudge {
        text,
        lesson: lesson.map(|lesson| lesson.id.as_str()),
        chosen,
        week,
        pages: known.iter().map(|s| s.page.id).collect(),
    })
}
