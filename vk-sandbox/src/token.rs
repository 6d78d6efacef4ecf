//! Tokens: whose they are and what they may do.

use serde_json::{Value, json};

/// Rights of a community token, as VK's bit mask.
///
/// ```
/// use vk_sandbox::Rights;
/// let rights = Rights::MESSAGES | Rights::PHOTOS;
/// assert!(rights.has(Rights::MESSAGES) && !rights.has(Rights::MANAGE));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights(u32);

impl Rights {
    /// No right at all: methods that need none still work.
    pub const NONE: Self = Self(0);
    /// «Доступ к фотографиям».
    pub const PHOTOS: Self = Self(4);
    /// «Доступ к сообщениям».
    pub const MESSAGES: Self = Self(4096);
    /// «Доступ к документам».
    pub const DOCS: Self = Self(131_072);
    /// «Управление сообществом».
    pub const MANAGE: Self = Self(262_144);
    /// All of them.
    pub const ALL: Self = Self(4 | 4096 | 131_072 | 262_144);

    const NAMES: [(Self, &'static str); 4] = [
        (Self::PHOTOS, "photos"),
        (Self::MESSAGES, "messages"),
        (Self::DOCS, "docs"),
        (Self::MANAGE, "manage"),
    ];

    /// Whether all of `other` is here.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The answer of `groups.getTokenPermissions`.
    pub(crate) fn to_vk(self) -> Value {
        let permissions: Vec<Value> = Self::NAMES
            .iter()
            .filter(|(right, _)| self.has(*right))
            .map(|(right, name)| json!({"name": name, "setting": right.0}))
            .collect();
        json!({"mask": self.0, "permissions": permissions})
    }
}

impl std::ops::BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// Of the community, with these rights.
    Community(Rights),
    /// Of an application.
    Service,
}
