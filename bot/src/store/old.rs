//! Records as earlier versions wrote them.

pub(super) mod v1 {
    use serde::Deserialize;
    use vkapi::types::UserId;

    use crate::domain::Ms;

    /// A line of the log before it told what was and what is.
    #[derive(Deserialize)]
    pub(crate) struct AuditEntry {
        pub(crate) at: Ms,
        pub(crate) who: UserId,
        pub(crate) what: String,
        pub(crate) detail: String,
    }

    impl From<AuditEntry> for crate::store::AuditEntry {
        fn from(old: AuditEntry) -> Self {
            let AuditEntry { at, who, what, detail } = old;
            Self { at, who, what, detail, before: None, after: None }
        }
    }
}
