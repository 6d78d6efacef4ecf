use serde::{Deserialize, Serialize};

use super::Role;

/// A list of the staff's room that comes as a table too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ListOf {
    /// Announcements, with what became of them.
    Letters,
    /// Classes, with who enrolled and came.
    Classes,
    /// Questions without an answer, those that mean the same together.
    Questions,
    /// Who has which role.
    Roles,
    /// The conversations that go on with people.
    Handoffs,
}

impl ListOf {
    /// The least role that sees it, as it takes to open the list in the chat.
    pub fn needs(self) -> Role {
        match self {
            Self::Letters | Self::Questions | Self::Roles | Self::Handoffs => Role::Curator,
            Self::Classes => Role::Trainer,
        }
    }
}
