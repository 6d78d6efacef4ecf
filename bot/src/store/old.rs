//! Records as earlier versions wrote them.

pub(super) mod v1 {
    use serde::Deserialize;
    use vkapi::types::{GroupId, UserId};

    use crate::domain::{
        Arrived, Asking, Away, Consent, Day, Form, LessonMark, Link, Ms, Offer, PageRef, PostRef, Round,
        Sphere, Subscriptions, Zone,
        attention::Quiet,
        comments::Question,
        page::{Found, State, Zone as Light},
        roster::is_invite,
    };

    /// A ticked step before it was kept whether the bot had seen it itself.
    #[derive(Deserialize)]
    pub(crate) struct Tick {
        pub(crate) at: Ms,
        pub(crate) post: Option<PostRef>,
    }

    impl From<Tick> for crate::domain::Tick {
        fn from(old: Tick) -> Self {
            let Tick { at, post } = old;
            Self { at, post, seen: false }
        }
    }

    /// What a person has done before it was kept which run of weeks she may have back.
    #[derive(Deserialize)]
    pub(crate) struct Progress {
        rounds: Vec<Round>,
        lessons: Vec<LessonMark>,
        streak: Streak,
    }

    #[derive(Deserialize)]
    struct Streak {
        week: Day,
        run: u16,
        best: u16,
        forgiven: Option<Day>,
    }

    impl From<Progress> for crate::domain::Progress {
        fn from(old: Progress) -> Self {
            let Progress { rounds, lessons, streak } = old;
            let Streak { week, run, best, forgiven } = streak;
            let streak = crate::domain::Streak { week, run, best, forgiven, lost: None };
            Self { rounds, lessons, streak }
        }
    }

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

    /// What was kept of a page before the evidence of its points was.
    #[derive(Deserialize)]
    pub(crate) struct Sight {
        id: GroupId,
        next: Ms,
        read: Option<Ms>,
        state: State,
        renamed: Option<(Ms, String)>,
        fails: u8,
        members: Option<u32>,
        last_post: Option<Ms>,
        alarmed: Option<Ms>,
        score: Option<u8>,
        zone: Option<Light>,
        found: Vec<Found>,
    }

    impl From<Sight> for crate::domain::page::Sight {
        fn from(old: Sight) -> Self {
            let Sight { id, next, read, state, renamed, fails, members, .. } = old;
            let Sight { last_post, alarmed, score, zone, found, .. } = old;
            Self {
                read,
                state,
                renamed,
                fails,
                members,
                last_post,
                alarmed,
                score,
                zone,
                found,
                ..Self::new(id, next)
            }
        }
    }

    /// Comments of a page before it was kept which questions its people were told of.
    #[derive(Deserialize)]
    pub(crate) struct Comments {
        id: GroupId,
        read: Vec<(i64, u32)>,
        open: Vec<Question>,
    }

    impl From<Comments> for crate::domain::comments::Comments {
        fn from(old: Comments) -> Self {
            let Comments { id, read, open } = old;
            Self { read, open, ..Self::new(id) }
        }
    }
}
