//! A conversation between a person who runs a page and staff, through the bot: a question handed over, or a word of a
//! curator, and what was said since.

use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

use super::{How, Ms, PageRef, Place, Sphere};

/// A conversation with staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// Names it on buttons; a later one has a higher number; below 2⁵³, which a payload keeps.
    pub id: u64,
    /// Grows by one with each change; the store refuses a change made from an older one.
    pub rev: u32,
    /// Whose question it is, or whom a curator wrote to.
    pub who: UserId,
    /// When it began.
    pub at: Ms,
    /// What staff sees around it.
    pub context: Context,
    /// What was said, oldest first, at most [`Handoff::LINES`].
    pub lines: Vec<Line>,
    /// Who was told of it when it came.
    pub told: Vec<UserId>,
    /// Who of staff has taken it.
    pub by: Option<UserId>,
    /// By when staff is to answer; `None`: the last word is staff's.
    pub due: Option<Ms>,
    /// When it was told further because nobody answered in time: once for each answer that is waited for.
    pub escalated: Option<Ms>,
    /// Until when her words go to staff instead of being answered by the bot.
    pub silent: Option<Ms>,
    /// When it ended.
    pub closed: Option<Ms>,
}

/// What staff sees around a question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The page she is asked about.
    pub page: Option<PageRef>,
    /// What its institution does.
    pub sphere: Option<Sphere>,
    /// Her municipality in her own words.
    pub municipality: Option<String>,
    /// The kept question it began with, by its id; 0 if a curator wrote first.
    pub asked: u64,
    /// How the bot did with it.
    pub how: Option<How>,
    /// The guide it was answered with.
    pub guide: Option<String>,
    /// What she had asked the bot shortly before, newest first, at most [`Context::BEFORE`].
    pub before: Vec<String>,
}

impl Context {
    /// Earlier questions that are told.
    pub const BEFORE: usize = 3;
}

/// Something said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When.
    pub at: Ms,
    /// Staff said it; otherwise the person.
    pub staff: bool,
    /// What, at most [`Handoff::LINE`] characters.
    pub text: String,
}

impl Handoff {
    /// Lines kept; beyond it the second oldest goes, as the first is the question.
    pub const LINES: usize = 60;
    /// The most characters kept of a line.
    pub const LINE: usize = 3_000;

    /// A conversation that begins with a word of the person or, if `by` is set, of staff.
    pub fn new(id: u64, who: UserId, at: Ms, context: Context, by: Option<UserId>, text: &str) -> Self {
        let mut new = Self {
            id,
            rev: 0,
            who,
            at,
            context,
            lines: Vec::new(),
            told: Vec::new(),
            by,
            due: None,
            escalated: None,
            silent: None,
            closed: None,
        };
        new.say(at, by.is_some(), text);
        new
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        let Context { page, sphere, municipality, .. } = &self.context;
        Place { municipality: municipality.clone(), sphere: *sphere, page: page.as_ref().map(|page| page.id) }
    }

    /// It goes on.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Her words go to staff at that moment.
    pub fn is_silent(&self, now: Ms) -> bool {
        self.is_open() && self.silent.is_some_and(|until| until > now)
    }

    /// Staff has not answered in time, and nobody was told yet.
    pub fn is_late(&self, now: Ms) -> bool {
        self.is_open() && self.escalated.is_none() && self.due.is_some_and(|due| due <= now)
    }

    /// What it began with.
    pub fn question(&self) -> &str {
        self.lines.first().map_or("", |line| line.text.as_str())
    }

    /// Somebody says something.
    pub fn say(&mut self, at: Ms, staff: bool, text: &str) {
        let text = text.chars().take(Self::LINE).collect();
        self.lines.push(Line { at, staff, text });
        if self.lines.len() > Self::LINES {
            self.lines.remove(1);
        }
    }

    /// Takes out of it somebody of staff who is forgotten; true if she was in it.
    pub fn forget(&mut self, staff: UserId) -> bool {
        let were = self.told.len();
        self.told.retain(|told| *told != staff);
        let took = self.by == Some(staff);
        if took {
            self.by = None;
        }
        took || self.told.len() < were
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_conversation_keeps_its_question() {
        let mut talk = Handoff::new(1, UserId(7), Ms(0), Context::default(), None, "как?");
        for n in 1..100 {
            talk.say(Ms(n), n % 2 == 0, &"я".repeat(4_000));
        }
        assert_eq!((talk.lines.len(), talk.question()), (Handoff::LINES, "как?"));
        assert!(talk.lines.iter().all(|line| line.text.chars().count() <= Handoff::LINE));
        assert_eq!(talk.lines.last().map(|line| line.at), Some(Ms(99)));
    }

    #[test]
    fn it_is_late_once_and_silent_for_a_while() {
        let mut talk = Handoff::new(1, UserId(7), Ms(0), Context::default(), None, "как?");
        talk.due = Some(Ms(10));
        talk.silent = Some(Ms(20));
        assert!(
            !talk.is_late(Ms(9)) && talk.is_late(Ms(10)) && talk.is_silent(Ms(19)) && !talk.is_silent(Ms(20))
        );
        talk.escalated = Some(Ms(10));
        assert!(!talk.is_late(Ms(11)));
        talk.closed = Some(Ms(12));
        assert!(!talk.is_silent(Ms(13)) && !talk.is_open());
    }
}
