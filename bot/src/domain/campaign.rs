use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vkapi::types::UserId;

use super::Ms;

/// Names a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CampaignId(pub u64);

/// The same text to many people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its name.
    pub id: CampaignId,
    /// Who sent it.
    pub author: UserId,
    /// When it was confirmed.
    pub at: Ms,
    /// What people read.
    pub text: String,
    /// Where it stands.
    pub state: CampaignState,
    /// The earliest moment any of it is sent.
    pub starts: Ms,
    /// Each recipient has a moment of her own: the same hour by her own clock.
    pub local: bool,
    /// Who has read it is looked up.
    pub reads: Reads,
}

/// Looking up who has read a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reads {
    /// When it is to be looked up next.
    pub next: Option<Ms>,
    /// When it was looked up last.
    pub last: Option<Ms>,
}

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CampaignState {
    /// Confirmed; its first moment has not come.
    Scheduled,
    /// Some recipients are still waiting.
    Running,
    /// Nobody is sent anything until it is resumed.
    Paused(Pause),
    /// Stopped for good; those who wait are being taken out.
    Cancelling,
    /// Stopped for good.
    Cancelled,
    /// Each recipient was sent it, refused or skipped.
    Finished,
}

impl CampaignState {
    /// It may be paused and cancelled.
    pub fn is_going(self) -> bool {
        matches!(self, Self::Scheduled | Self::Running)
    }

    /// No recipient will be sent anything any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Cancelling | Self::Cancelled | Self::Finished)
    }
}

/// Why a campaign is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pause {
    /// Somebody of the staff said so.
    Staff,
    /// Too many recipients were refused.
    Refusals,
    /// VK does not take its text, with this error code.
    Text(i32),
}

/// Where one recipient of a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recipient {
    /// Waits for this moment.
    Queued(Ms),
    /// VK took the message under this number; 0 if it told none.
    Sent(i64),
    /// She has read it.
    Read,
    /// VK refused it with this error code.
    Refused(i32),
    /// Not sent on purpose.
    Skipped(Skip),
    /// Not sent because the campaign was cancelled.
    Cancelled,
}

/// Why a recipient was not sent anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Skip {
    /// She had taken back her consent or switched announcements off by then.
    Unwanted,
    /// VK had refused messages to her before, and she has not written since.
    Unreachable,
    /// It came to her in a digest instead.
    Digest,
}

/// How many recipients of a campaign stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Not sent yet.
    pub queued: u64,
    /// Taken by VK and not known to be read.
    pub sent: u64,
    /// Read.
    pub read: u64,
    /// Refused by VK.
    pub refused: u64,
    /// Not sent on purpose.
    pub skipped: u64,
    /// Not sent because it was cancelled.
    pub cancelled: u64,
}

impl Tally {
    /// The count a recipient in this state is in.
    pub fn count(&mut self, state: Recipient) -> &mut u64 {
        match state {
            Recipient::Queued(_) => &mut self.queued,
            Recipient::Sent(_) => &mut self.sent,
            Recipient::Read => &mut self.read,
            Recipient::Refused(_) => &mut self.refused,
            Recipient::Skipped(_) => &mut self.skipped,
            Recipient::Cancelled => &mut self.cancelled,
        }
    }

    /// Recipients in all.
    pub fn all(self) -> u64 {
        self.queued + self.sent + self.read + self.refused + self.skipped + self.cancelled
    }

    /// Taken by VK, read or not.
    pub fn delivered(self) -> u64 {
        self.sent + self.read
    }
}

/// What has become of a campaign, recipient by recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The campaign.
    pub campaign: Campaign,
    /// How many stand where.
    pub tally: Tally,
    /// How many VK refused, by its error code.
    pub refusals: BTreeMap<i32, u64>,
    /// How many were not sent anything on purpose, by reason.
    pub skips: BTreeMap<Skip, u64>,
    /// The earliest moment somebody waits for.
    pub next: Option<Ms>,
}

impl Report {
    /// A report of no recipients yet.
    pub fn new(campaign: Campaign) -> Self {
        let (tally, refusals, skips) = (Tally::default(), BTreeMap::new(), BTreeMap::new());
        Self { campaign, tally, refusals, skips, next: None }
    }

    /// How many have got it or get it in a digest: so many can press «Ознакомлен».
    pub fn reached(&self) -> u64 {
        self.tally.delivered() + self.skips.get(&Skip::Digest).copied().unwrap_or_default()
    }

    /// Counts one more recipient.
    pub fn add(&mut self, state: Recipient) {
        *self.tally.count(state) += 1;
        match state {
            Recipient::Refused(code) => *self.refusals.entry(code).or_default() += 1,
            Recipient::Skipped(why) => *self.skips.entry(why).or_default() += 1,
            Recipient::Queued(at) => self.next = Some(self.next.map_or(at, |next| next.min(at))),
            Recipient::Sent(_) | Recipient::Read | Recipient::Cancelled => {}
        }
    }
}

/// What sending to an audience would come to, as things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Who would be sent it, in all.
    pub people: usize,
    /// How many of them have quiet hours now.
    pub later: usize,
    /// When the first of those may be sent it; `None` if there are none.
    pub opens: Option<Ms>,
    /// How many would get it in a digest: on vacation, or with the budget of attention used up.
    pub digest: usize,
    /// About when the last of the others would be sent it.
    pub ends: Ms,
}

/// When a campaign will be over, if nothing stands in its way: recipients become due at their moments, and leave at so
/// many a second.
pub fn forecast(dues: &BTreeMap<Ms, usize>, now: Ms, per_second: u32) -> Ms {
    dues.iter().fold(now, |free, (due, people)| {
        let millis = (*people as i64).saturating_mul(1_000) / i64::from(per_second.max(1));
        free.max(*due).plus(millis)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_waits_for_each_moment_and_for_those_before() {
        let dues = |all: &[(i64, usize)]| all.iter().map(|(at, n)| (Ms(*at), *n)).collect();
        assert_eq!(forecast(&dues(&[]), Ms(5), 2_000), Ms(5));
        assert_eq!(forecast(&dues(&[(0, 130_000)]), Ms(0), 2_000), Ms(65_000));
        // The second group is due while the first is still leaving, the third long after.
        let three = dues(&[(0, 4_000), (1_000, 2_000), (60_000, 2_000)]);
        assert_eq!(forecast(&three, Ms(0), 2_000), Ms(61_000));
        assert_eq!(forecast(&dues(&[(0, 4_000), (1_000, 2_000)]), Ms(0), 2_000), Ms(3_000));
    }
}
