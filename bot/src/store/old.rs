//! Records as earlier versions wrote them.

pub(super) mod v1 {
    use serde::Deserialize;
    use vkapi::types::UserId;

    use crate::domain::{
        Arrived, Asking, Away, Consent, Form, Link, Ms, Offer, PageRef, Sphere, Subscriptions, Zone,
        attention::Quiet, roster::is_invite,
    };

    /// A person before it was kept by which invitation she came first.
    #[derive(Deserialize)]
    pub(crate) struct Person {
        pub(crate) id: UserId,
        pub(crate) rev: u64,
        pub(crate) since: Ms,
        pub(crate) seen: Ms,
        pub(crate) consent: Option<Consent>,
        pub(crate) onboarded: Option<Ms>,
        pub(crate) sphere: Option<Sphere>,
        pub(crate) municipality: Option<String>,
        pub(crate) pages: Vec<PageRef>,
        pub(crate) zone: Option<Zone>,
        pub(crate) quiet: Option<Quiet>,
        pub(crate) away: Option<Away>,
        pub(crate) subscriptions: Subscriptions,
        pub(crate) writable: bool,
        pub(crate) plain: bool,
        pub(crate) form: Option<Form>,
        pub(crate) offers: Vec<Offer>,
        pub(crate) next_reminder: u16,
        pub(crate) came: Vec<Arrived>,
        pub(crate) link: Option<Link>,
        pub(crate) asking: Option<Asking>,
        pub(crate) warned: Option<Ms>,
    }

    impl From<Person> for crate::domain::Person {
        fn from(old: Person) -> Self {
            let Person {
                id,
                rev,
                since,
                seen,
                consent,
                onboarded,
                sphere,
                municipality,
                pages,
                zone,
                quiet,
                away,
                subscriptions,
                writable,
                plain,
                form,
                offers,
                next_reminder,
                came,
                link,
                asking,
                warned,
            } = old;
            let invited = link.as_ref().map(|link| link.name.clone()).filter(|name| is_invite(name));
            Self {
                id,
                rev,
                since,
                seen,
                consent,
                onboarded,
                sphere,
                municipality,
                pages,
                zone,
                quiet,
                away,
                subscriptions,
                writable,
                plain,
                form,
                offers,
                next_reminder,
                came,
                link,
                asking,
                warned,
                invited,
            }
        }
    }

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
