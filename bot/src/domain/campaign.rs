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
}

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CampaignState {
    /// Some recipients are still waiting.
    Running,
    /// Each recipient was delivered to or refused.
    Finished,
}

/// Where one recipient of a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recipient {
    /// Not sent yet.
    Queued,
    /// VK took the message.
    Delivered,
    /// VK refused it with this error code.
    Refused(i32),
    /// Not sent because she had taken back her consent or switched announcements off by then.
    Skipped,
}

/// How many recipients of a campaign stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Not sent yet.
    pub queued: u64,
    /// Delivered.
    pub delivered: u64,
    /// Refused by VK.
    pub refused: u64,
    /// Not sent because she did not want it any more.
    pub skipped: u64,
}
