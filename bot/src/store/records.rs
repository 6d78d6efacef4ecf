//! What the values are: a version byte, then postcard.
//!
//! postcard does not describe itself: any change of a stored type (a field, an order, a variant that is not the last)
//! is another layout. To make one, copy the old type as it was into a module of its own, write
//! `From<old> for new`, and list both here, the new version first: `Person { 2 => Person, 1 => v1::Person }`.
//! Old bytes are then read as before and written anew at the next change. The fixtures below fail when a layout
//! changes without that.

use serde::{Serialize, de::DeserializeOwned};
use vkapi::types::UserId;

use super::{
    AuditEntry, OutMessage, Parked, Result, StoreError,
    keys::{MIGRATED, SCHEMA, Tree},
    old::v1,
    plan::{Counts, Refusals},
};
use crate::domain::{
    Asked, Campaign, Certificate, Class, Grant, Handoff, Ms, Opinion, Person, Progress, Recipient, Reminder,
    Seat, Tick,
    attention::Ledger,
    comments::Comments,
    letter::{Letter, Pressed},
    page::{Nudged, Page, Sight, Watch, Week},
    roster::Institution,
    segment::Saved,
};

/// A value of a tree.
pub(crate) trait Record: Sized + Serialize {
    /// The version that is written.
    const VERSION: u8;

    /// Reads a body of any version there ever was.
    fn read(version: u8, body: &[u8]) -> Result<Self>;

    /// Its bytes in the newest version.
    fn encode(&self) -> Result<Vec<u8>> {
        postcard::to_extend(self, vec![Self::VERSION]).map_err(|e| damaged::<Self>(&e.to_string()))
    }

    /// Reads bytes of any version there ever was.
    fn decode(bytes: &[u8]) -> Result<Self> {
        let (version, body) = bytes.split_first().ok_or_else(|| damaged::<Self>("пусто"))?;
        Self::read(*version, body)
    }
}

fn damaged<T>(why: &str) -> StoreError {
    StoreError::Corrupt(format!("запись {}: {why}", std::any::type_name::<T>()))
}

/// Reads the whole body; bytes left over mean another layout.
fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok((_, rest)) => Err(damaged::<T>(&format!("лишних байтов: {}", rest.len()))),
        Err(e) => Err(damaged::<T>(&e.to_string())),
    }
}

macro_rules! records {
    ($($record:ty { $newest:literal => $same:ty $(, $older:literal => $old:ty)* })+) => { $(
        impl Record for $record {
            const VERSION: u8 = $newest;

            fn read(version: u8, bytes: &[u8]) -> Result<Self> {
                match version {
                    $newest => body::<$same>(bytes),
                    $($older => body::<$old>(bytes).map(Into::into),)*
                    other => Err(damaged::<Self>(&format!("неизвестная версия {other}"))),
                }
            }
        }
    )+ };
}

records! {
    // `schema` of `meta`; this one never gets a second version.
    u32 { 1 => u32 }
    // The sequences of `meta`.
    u64 { 1 => u64 }
    Person { 2 => Person, 1 => v1::Person }
    // `seen`.
    Ms { 1 => Ms }
    // `step`.
    Tick { 2 => Tick, 1 => v1::Tick }
    Progress { 2 => Progress, 1 => v1::Progress }
    Reminder { 1 => Reminder }
    OutMessage { 1 => OutMessage }
    Campaign { 1 => Campaign }
    // `camp_queue`.
    Vec<UserId> { 1 => Vec<UserId> }
    // `camp_to`.
    Vec<(UserId, Recipient)> { 1 => Vec<(UserId, Recipient)> }
    // `camp_n`.
    Counts { 1 => Counts }
    // `cursor`.
    String { 1 => String }
    AuditEntry { 2 => AuditEntry, 1 => v1::AuditEntry }
    Ledger { 1 => Ledger }
    Asked { 1 => Asked }
    Parked { 1 => Parked }
    Page { 1 => Page }
    Sight { 2 => Sight, 1 => v1::Sight }
    Week { 1 => Week }
    Nudged { 1 => Nudged }
    Institution { 1 => Institution }
    Grant { 1 => Grant }
    Refusals { 1 => Refusals }
    Letter { 1 => Letter }
    Pressed { 1 => Pressed }
    Saved { 1 => Saved }
    Handoff { 1 => Handoff }
    Watch { 1 => Watch }
    Class { 1 => Class }
    Seat { 1 => Seat }
    Certificate { 1 => Certificate }
    Comments { 2 => Comments, 1 => v1::Comments }
    Opinion { 1 => Opinion }
}

impl Tree {
    /// Fails if the value cannot be read as what this tree holds.
    pub(crate) fn check(self, key: &[u8], value: &[u8]) -> Result<()> {
        match self {
            Self::Meta if key == SCHEMA => u32::decode(value).map(drop),
            Self::Meta if key == MIGRATED => Ok(()),
            Self::Meta => u64::decode(value).map(drop),
            Self::Person => Person::decode(value).map(drop),
            Self::Step => Tick::decode(value).map(drop),
            Self::Progress => Progress::decode(value).map(drop),
            Self::Seen => Ms::decode(value).map(drop),
            Self::RemindBy => Reminder::decode(value).map(drop),
            Self::Outbox => OutMessage::decode(value).map(drop),
            Self::Campaign => Campaign::decode(value).map(drop),
            Self::CampQueue => Vec::<UserId>::decode(value).map(drop),
            Self::CampTo => Vec::<(UserId, Recipient)>::decode(value).map(drop),
            Self::CampN => Counts::decode(value).map(drop),
            Self::Cursor => String::decode(value).map(drop),
            Self::Audit => AuditEntry::decode(value).map(drop),
            Self::Ledger => Ledger::decode(value).map(drop),
            Self::Asked => Asked::decode(value).map(drop),
            Self::Parked => Parked::decode(value).map(drop),
            Self::Page => Page::decode(value).map(drop),
            Self::Sight => Sight::decode(value).map(drop),
            Self::Week => Week::decode(value).map(drop),
            Self::Nudged => Nudged::decode(value).map(drop),
            Self::Roster => Institution::decode(value).map(drop),
            Self::Grant => Grant::decode(value).map(drop),
            Self::Refused => Refusals::decode(value).map(drop),
            Self::Letter => Letter::decode(value).map(drop),
            Self::Pressed => Pressed::decode(value).map(drop),
            Self::Segment => Saved::decode(value).map(drop),
            Self::Handoff => Handoff::decode(value).map(drop),
            Self::Watch => Watch::decode(value).map(drop),
            Self::Class => Class::decode(value).map(drop),
            Self::Seat => Seat::decode(value).map(drop),
            Self::Certificate => Certificate::decode(value).map(drop),
            Self::Comments => Comments::decode(value).map(drop),
            Self::Opinion => Opinion::decode(value).map(drop),
            Self::Remind
            | Self::CampRun
            | Self::SeenT
            | Self::AskedT
            | Self::SightT
            | Self::RosterWho
            | Self::HandoffWho
            | Self::SeatWho => {
                if value.is_empty() {
                    return Ok(());
                }
                Err(damaged::<()>("лишние байты в указателе"))
            }
        }
    }
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
