use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{Field, Unfit};

/// Ids of chats start above this.
const FIRST_CHAT: i64 = 2_000_000_000;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Field for $name {
            fn read(value: Option<Value>) -> Result<Self, Unfit> {
                i64::read(value).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Only VK's JSON writes numbers in several ways; other formats hold what this crate wrote, and some
                // of them cannot tell what comes next.
                if !deserializer.is_human_readable() {
                    return i64::deserialize(deserializer).map(Self);
                }
                Self::read(Some(Value::deserialize(deserializer)?)).map_err(serde::de::Error::custom)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }
    };
}

id! {
    /// A person in VK; positive.
    UserId
}
id! {
    /// A community; positive, without the minus it has as an owner or a peer.
    GroupId
}
id! {
    /// The other side of a conversation: a person's id, 2 000 000 000 + n for a chat, minus a community's id.
    PeerId
}
id! {
    /// A message's number within its conversation.
    Cmid
}

impl PeerId {
    /// The person, if the conversation is with one.
    pub fn user(self) -> Option<UserId> {
        (self.0 > 0 && self.0 < FIRST_CHAT).then_some(UserId(self.0))
    }

    /// Whether the conversation is a chat of several people.
    pub fn is_chat(self) -> bool {
        self.0 > FIRST_CHAT
    }

    /// The community, if the other side is one.
    pub fn group(self) -> Option<GroupId> {
        (self.0 < 0).then_some(GroupId(-self.0))
    }
}

impl From<UserId> for PeerId {
    fn from(id: UserId) -> Self {
        Self(id.0)
    }
}

impl From<GroupId> for PeerId {
    fn from(id: GroupId) -> Self {
        Self(-id.0)
    }
}
