use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vkapi::types::{GroupId, UserId};

use super::{
    Asking, CampaignId, ClassAsk, ClassId, Granting, Ms, Role, Sphere, Weekdays, What, Zone,
    attention::{Quiet, Reader, Rules},
    letter::Ask,
    roster::SentSheet,
    text::has_number,
    when::Wish,
};

/// Everything kept about one person, but her ticks and reminders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who she is in VK.
    pub id: UserId,
    /// Grows by one with each change; the store refuses a change made from an older one.
    pub rev: u64,
    /// When she first wrote.
    pub since: Ms,
    /// When she last wrote or pressed something.
    pub seen: Ms,
    /// What she agreed to; `None` until she did or after she took it back.
    pub consent: Option<Consent>,
    /// When the interview ended.
    pub onboarded: Option<Ms>,
    /// What her institution does.
    pub sphere: Option<Sphere>,
    /// Her municipality in her own words, at most 60 characters.
    pub municipality: Option<String>,
    /// The pages she runs, the one she is asked about first.
    pub pages: Vec<PageRef>,
    /// Her time zone; `None` is the region's.
    pub zone: Option<Zone>,
    /// When nothing may come to her by itself; `None` is the installation's hours.
    pub quiet: Option<Quiet>,
    /// Her vacation; it ends by itself.
    pub away: Option<Away>,
    /// What the bot may send without being asked.
    pub subscriptions: Subscriptions,
    /// VK takes messages for her; false after 901 and the like until she writes again.
    pub writable: bool,
    /// Her VK client shows no inline keyboards: choices are written out with numbers.
    pub plain: bool,
    /// What her next typed text belongs to.
    pub form: Option<Form>,
    /// The choices of the last screen she saw, for a typed number or name.
    pub offers: Vec<Offer>,
    /// The number her next reminder gets.
    pub next_reminder: u16,
    /// The last messages that reminded her of something, the newest last, each until she answers it.
    pub came: Vec<Arrived>,
    /// The link she came by last.
    pub link: Option<Link>,
    /// The question she asked last.
    pub asking: Option<Asking>,
    /// When she was told that she will be forgotten, if she has not come back since.
    pub warned: Option<Ms>,
    /// The name of the first invitation she came by, whatever links brought her since.
    pub invited: Option<String>,
}

impl Person {
    /// A person seen for the first time.
    pub fn new(id: UserId, now: Ms) -> Self {
        Self {
            id,
            rev: 0,
            since: now,
            seen: now,
            consent: None,
            onboarded: None,
            sphere: None,
            municipality: None,
            pages: Vec::new(),
            zone: None,
            quiet: None,
            away: None,
            subscriptions: Subscriptions { reminders: true, announcements: true, tips: true },
            writable: true,
            plain: false,
            form: None,
            offers: Vec::new(),
            next_reminder: 1,
            came: Vec::new(),
            link: None,
            asking: None,
            warned: None,
            invited: None,
        }
    }

    /// The page she is asked about, if she runs any.
    pub fn page(&self) -> Option<&PageRef> {
        self.pages.first()
    }

    /// Removes from her record a colleague who is forgotten: that she is her deputy, or asked her to be one. True if there
    /// was something.
    pub fn forget(&mut self, colleague: UserId) -> bool {
        let mut found = false;
        if let Some(away) = &mut self.away
            && away.deputy.as_ref().is_some_and(|deputy| deputy.id == Some(colleague))
        {
            away.deputy = None;
            found = true;
        }
        let many = |her: &Self| her.came.iter().map(|a| a.what.len()).sum::<usize>() + her.offers.len();
        let were = many(self);
        for arrived in &mut self.came {
            arrived.what.retain(|what| !what.is_of(colleague));
        }
        self.came.retain(|arrived| !arrived.what.is_empty());
        self.offers.retain(|offer| !has_number(&offer.payload, colleague.0));
        found || many(self) < were
    }

    /// Her as whoever something is to come to.
    pub fn reader<'a>(&'a self, rules: &Rules, region: &'a Zone) -> Reader<'a> {
        Reader {
            zone: self.zone.as_ref().unwrap_or(region),
            quiet: self.quiet.unwrap_or(rules.quiet),
            away: self.away.as_ref().map(|away| (away.from, away.back)),
        }
    }
}

/// A vacation: until she is back nothing comes to her by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// The first day she is there again.
    pub back: Date,
    /// Who looks after her page meanwhile.
    pub deputy: Option<Deputy>,
    /// Its first day; `None`: from the moment she said so.
    pub from: Option<Date>,
}

/// A message that reminded her of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// When that was due: by it its buttons tell which message they stand under.
    pub at: Ms,
    /// What it was about.
    pub what: Vec<What>,
}

/// Who looks after a page while its administrator is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputy {
    /// Her name, at most 60 characters.
    pub name: String,
    /// Who she is in VK, if that is known.
    pub id: Option<UserId>,
}

/// What a person agreed to, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The version of the text she saw.
    pub version: u32,
    /// When she agreed.
    pub at: Ms,
}

/// A deep link she came by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its name (`ref`), at most 64 characters; any text, as a link can be made by anyone.
    pub name: String,
    /// The place was not opened yet: consent or the interview comes first.
    pub waits: bool,
}

/// A page by what is shown of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRef {
    /// VK's id of the community.
    pub id: GroupId,
    /// Its short address without a host.
    pub screen_name: String,
    /// Its name when it was last read.
    pub name: String,
}

/// What the bot may send without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriptions {
    /// Her own reminders.
    pub reminders: bool,
    /// Announcements of the regional centre.
    pub announcements: bool,
    /// What the bot itself finds useful to say: nudges, tips, that a round has begun.
    pub tips: bool,
}

/// A choice that a typed number or name picks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The number it goes by.
    pub number: u16,
    /// The label of its button.
    pub label: String,
    /// The payload of its button.
    pub payload: String,
}

/// Input that takes more than one message, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// The municipality's name.
    Municipality,
    /// The page's address.
    Page,
    /// Days of a posting reminder are being chosen.
    Days,
    /// The hour of a posting reminder is being chosen.
    Hour {
        /// The days it is for.
        days: Weekdays,
    },
    /// A question to the guide was asked for; the next text is one even if it looks like a label.
    Question,
    /// The text of an announcement is awaited.
    AnnounceText,
    /// An announcement was shown and waits for its author's word.
    AnnounceConfirm {
        /// Its text.
        text: String,
    },
    /// The draft of a post is awaited.
    Draft,
    /// Staff is asked for the answer to these kept questions.
    Reply {
        /// Their ids.
        to: Vec<u64>,
    },
    /// The answer was shown and waits for its author's word.
    ReplyConfirm {
        /// The ids of the questions.
        to: Vec<u64>,
        /// The answer.
        text: String,
    },
    /// A step was just ticked: the address of a post typed next is what shows it; anything else is what it is.
    Proof {
        /// The checklist.
        list: String,
        /// The step.
        step: String,
    },
    /// A reminder as far as it was typed; it waits for the rest, or for her word if it is whole.
    Remind(Wish),
    /// The day she is back from a vacation is awaited.
    AwayUntil,
    /// Who looks after her page while she is away is awaited.
    Deputy,
    /// An announcement to whoever has not read it was shown and waits for the word of staff.
    AgainConfirm {
        /// The campaign they were sent it with.
        of: CampaignId,
    },
    /// Staff is asked for a word in a conversation.
    HandoffSay {
        /// Which.
        id: u64,
    },
    /// Staff is asked for a word to those who run a page.
    WriteTo {
        /// Which.
        page: GroupId,
    },
    /// Her quiet hours are awaited.
    Quiet,
    /// Who is to get a role is awaited.
    RoleWho,
    /// A role as far as it is told: which, where, and her word.
    Role(Box<Granting>),
    /// A sheet with the roster is awaited.
    RosterFile,
    /// What a sheet would change was shown and waits for her word.
    RosterSheet {
        /// The sheet.
        sheet: Box<SentSheet>,
        /// What its bytes came to.
        sum: u64,
    },
    /// An announcement that is being written asks for something.
    Letter {
        /// Which.
        id: CampaignId,
        /// For what.
        ask: Ask,
    },
    /// A part of a page's name is awaited.
    PageSearch,
    /// Something about a class is awaited.
    Class {
        /// Which; 0 is one that has no title yet.
        id: ClassId,
        /// What.
        of: ClassAsk,
        /// The next question follows.
        next: bool,
    },
    /// What she would mend in the bot is awaited, after her score.
    Opinion {
        /// The score, from 0 to 10.
        score: u8,
    },
    /// Another text for a delivered announcement was shown and waits for her word.
    Mend {
        /// Which.
        id: CampaignId,
        /// The text.
        text: String,
    },
}

impl Form {
    /// The least role it takes to fill it in; whoever has lost that loses the form.
    pub fn needs(&self) -> Role {
        match self {
            Self::Municipality
            | Self::Page
            | Self::Days
            | Self::Hour { .. }
            | Self::Question
            | Self::Draft
            | Self::Proof { .. }
            | Self::Remind(_)
            | Self::AwayUntil
            | Self::Deputy
            | Self::Quiet
            | Self::Opinion { .. } => Role::Admin,
            Self::Reply { .. }
            | Self::ReplyConfirm { .. }
            | Self::HandoffSay { .. }
            | Self::WriteTo { .. }
            | Self::RoleWho
            | Self::Role(_)
            | Self::RosterFile
            | Self::RosterSheet { .. }
            | Self::PageSearch => Role::Curator,
            Self::Class { of, .. } if !of.is_staffs() => Role::Admin,
            Self::Letter { .. }
            | Self::Mend { .. }
            | Self::AnnounceText
            | Self::AnnounceConfirm { .. }
            | Self::AgainConfirm { .. }
            | Self::Class { .. } => Role::Trainer,
        }
    }
}
