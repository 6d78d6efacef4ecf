//! An announcement from its first draft on: what it says, to whom, when, and who has to agree.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use vkapi::types::{Cmid, UserId};

use super::{CampaignId, Ms, Rule, segment::Segment};

/// How long somebody may think about an announcement that waits for her word, in milliseconds.
pub const WAITS: i64 = 3 * Ms::DAY;
/// The most files of one announcement; VK takes ten.
pub const FILES: usize = 10;
/// The most buttons of one announcement, a row each; VK takes six rows.
pub const BUTTONS: usize = 4;

/// What a campaign is made of. It begins as a draft and has the number of the campaign it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number.
    pub id: CampaignId,
    /// Grows by one with each change; the store refuses a change made from an older one.
    pub rev: u32,
    /// Who writes it.
    pub author: UserId,
    /// When it was begun.
    pub at: Ms,
    /// What it says, with its blanks; at most 3,500 UTF-16 units.
    pub text: String,
    /// What hangs on it, as VK names it: `photo1_2_key`.
    pub files: Vec<String>,
    /// What stands below it.
    pub buttons: Vec<LetterButton>,
    /// To whom.
    pub to: Segment,
    /// Only to some of those who were sent another.
    pub rest: Option<(CampaignId, Rest)>,
    /// When.
    pub when: When,
    /// Over how many minutes it is spread, each reader having a moment of her own; 0: all at once.
    pub spread: u16,
    /// How far it is.
    pub stage: Stage,
    /// The message that tells how it goes, whose it is, and when it was changed last.
    pub watch: Option<(UserId, Cmid, Ms)>,
}

/// A button below an announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LetterButton {
    /// Opens an address; VK does not tell who pressed it.
    Link {
        /// What is written on it.
        label: String,
        /// The address.
        url: String,
    },
    /// Opens a place of the bot.
    Open {
        /// What is written on it.
        label: String,
        /// The place by the name of its link, such as `course_first`.
        name: String,
    },
    /// «Ознакомлен».
    Ack,
}

/// Some of those who were sent an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// Who is not known to have read it.
    Unread,
    /// Who has not pressed «Ознакомлен».
    Unacked,
}

/// When an announcement leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// At once.
    Now,
    /// Once.
    At {
        /// What a clock shows then.
        local: DateTime,
        /// Each reader's own clock; otherwise the author's.
        own: bool,
    },
    /// Again and again, by the region's clock; whom it concerns is found anew each time.
    Repeat(Rule),
}

/// How far an announcement is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It is being written.
    Draft,
    /// Somebody else has to agree.
    Waits {
        /// Since when.
        since: Ms,
        /// To how many it would go then.
        people: u32,
    },
    /// Somebody else does not agree.
    Declined {
        /// Who.
        by: UserId,
        /// When.
        at: Ms,
        /// Why, in her words.
        word: String,
    },
    /// It is a campaign.
    Sent {
        /// Who agreed, where somebody had to.
        by: Option<UserId>,
    },
    /// It leaves again and again, each time as a campaign of its own.
    Repeats {
        /// When next; none: never again.
        next: Option<Ms>,
        /// Who agreed, where somebody had to.
        by: Option<UserId>,
    },
}

impl Letter {
    /// A draft to everybody, at once.
    pub fn draft(id: CampaignId, author: UserId, at: Ms, text: String) -> Self {
        Self {
            id,
            rev: 0,
            author,
            at,
            text,
            files: Vec::new(),
            buttons: Vec::new(),
            to: Segment::default(),
            rest: None,
            when: When::Now,
            spread: 0,
            stage: Stage::Draft,
            watch: None,
        }
    }

    /// Whether it may be changed.
    pub fn is_draft(&self) -> bool {
        matches!(self.stage, Stage::Draft | Stage::Declined { .. })
    }

    /// Whether it waits for somebody's word, and has not waited too long.
    pub fn waits(&self, now: Ms) -> bool {
        matches!(self.stage, Stage::Waits { since, .. } if now < since.plus(WAITS))
    }

    /// Whether it is forgotten with this person: it is hers, and nobody has got it.
    pub fn goes_with(&self, person: UserId) -> bool {
        let campaign = matches!(self.stage, Stage::Sent { .. } | Stage::Repeats { .. });
        self.author == person && !campaign
    }

    /// Removes a person who is forgotten: the message in which she looked how it goes. True if there was one.
    pub fn forget(&mut self, person: UserId) -> bool {
        let hers = self.watch.is_some_and(|(who, ..)| who == person);
        if hers {
            self.watch = None;
        }
        hers
    }

    /// Whether «Ознакомлен» stands below it.
    pub fn asks_ack(&self) -> bool {
        self.buttons.contains(&LetterButton::Ack)
    }

    /// Whom it goes to, as far as that is known of it.
    pub fn crowd(&self) -> Crowd {
        Crowd {
            by: self.author,
            to: self.to.clone(),
            rest: self.rest,
            when: self.when.clone(),
            spread: self.spread,
        }
    }
}

/// Whom an announcement goes to and when: what an audience is gathered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// Whose announcement it is: nobody beyond her rights is in it.
    pub by: UserId,
    /// The conditions.
    pub to: Segment,
    /// Only some of those who were sent another.
    pub rest: Option<(CampaignId, Rest)>,
    /// When.
    pub when: When,
    /// Over how many minutes.
    pub spread: u16,
}

/// What an announcement that is being written asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Its text.
    Text,
    /// A button.
    Button,
    /// When it leaves.
    When,
    /// A name for its segment.
    Name,
    /// A reader whose eyes to look with.
    As,
    /// Why somebody does not agree to it.
    Why,
    /// Pictures and documents.
    Files,
}

/// What is known of a reader for the blanks of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Her first name in VK.
    pub name: Option<String>,
    /// The name of the page she is asked about.
    pub page: Option<String>,
    /// Her municipality.
    pub place: Option<String>,
    /// How many days ago the newest post of that page came out.
    pub silence: Option<i64>,
}

/// What a recipient did with an announcement; kept under her id and forgotten with her.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressed {
    /// When she pressed «Ознакомлен» first.
    pub acked: Option<Ms>,
    /// When she pressed another button first.
    pub opened: Option<Ms>,
}

impl Pressed {
    /// She pressed «Ознакомлен» (`true`) or another button; the first moment counts.
    pub fn press(&mut self, ack: bool, at: Ms) {
        let first = if ack { &mut self.acked } else { &mut self.opened };
        first.get_or_insert(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_nobody_gave_is_not_waited_for_for_ever() {
        let mut letter = Letter::draft(CampaignId(1), UserId(7), Ms(0), "Завтра".into());
        assert!(letter.is_draft() && !letter.waits(Ms(0)));
        letter.stage = Stage::Waits { since: Ms(5), people: 400 };
        assert!(!letter.is_draft() && letter.waits(Ms(5)) && letter.waits(Ms(4 + WAITS)));
        assert!(!letter.waits(Ms(5 + WAITS)));
    }
}
