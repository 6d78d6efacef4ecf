//! The whole bot but for its way to VK, in memory: what happens goes in, what VK would be asked to send comes out.

mod age;
mod attacks;
mod checklists;
mod classes;
mod crawl;
mod fuzz;
mod handoffs;
mod letters;
mod lists;
mod night;
mod nudges;
mod rights;
mod roster;
mod unasked;

use std::sync::Arc;

use futures::future::BoxFuture;
use vkapi::{
    Answer, ApiError, Bot, Call, ErrorCode, RequestError, Transport,
    types::{GroupId, PeerId, UserId},
};

use crate::{
    app::{self, Parts},
    chat::{Action, Event, Region, Role, tests::CONTENT},
    config::{Audit, Campaigns, Staff},
    content::DEFAULT_NORM,
    core::{Core, hash},
    domain::{Care, Ms, Person, Retention, TestClock, Zone, attention::Rules},
    schedule,
    store::{AnyStore, Commit, MemStore, Op, OutLane, OutMessage, Store},
};

/// Monday, 23 November 2026, 9:00 in Moscow.
pub(crate) const MONDAY: Ms = Ms(1_795_413_600_000);

/// A bot alone.
pub(crate) struct Alone {
    core: Core,
    clock: TestClock,
    events: u64,
    sweep_at: Ms,
}

/// What came of an event.
pub(crate) struct Answered {
    /// What leaves, in order.
    pub(crate) messages: Vec<OutMessage>,
    /// The line shown over the chat.
    pub(crate) snackbar: Option<String>,
}

impl Alone {
    /// A bot that knows nobody yet.
    pub(crate) fn new(staff: Staff) -> Self {
        let clock = TestClock::still(MONDAY);
        Self {
            core: app::core(parts(staff, &clock, Arc::new(Elsewhere)), true, None),
            clock,
            events: 0,
            sweep_at: MONDAY,
        }
    }

    /// What happens to a person; a minute later than what happened before.
    pub(crate) async fn hear(&mut self, user: UserId, event: &Event) -> Answered {
        self.clock.advance(Ms::MINUTE);
        self.events += 1;
        let nonce = hash(&self.events.to_be_bytes());
        let made = self.core.make(user, event, nonce).await.unwrap();
        logged(event, &made.turn.ops);
        self.core.commit(user, &made, OutLane::Reply, nonce, Vec::new(), Vec::new()).await.unwrap();
        Answered { messages: self.sent().await, snackbar: made.turn.snackbar }
    }

    /// Time passes; what comes by itself.
    pub(crate) async fn pass(&mut self, ms: i64) -> Vec<OutMessage> {
        self.clock.advance(ms);
        schedule::pass(&self.core, &mut self.sweep_at).await.unwrap();
        self.sent().await
    }

    /// VK has taken all that waited.
    async fn sent(&mut self) -> Vec<OutMessage> {
        let waiting = self.core.store.outbox(None, usize::MAX).await.unwrap();
        let ops = waiting.iter().map(|(id, _)| Op::FinishOut(*id)).collect();
        self.core.store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
        for (_, message) in &waiting {
            self.core.outbox.forget(message.to);
        }
        waiting.into_iter().map(|(_, message)| message).collect()
    }

    /// The moment it is.
    pub(crate) fn clock_now(&self) -> Ms {
        self.core.clock.now()
    }

    /// What is kept of a person.
    pub(crate) async fn person(&self, user: UserId) -> Option<Person> {
        self.core.store.person(user).await.unwrap()
    }

    /// What she may do.
    pub(crate) async fn role(&self, user: UserId) -> Role {
        self.core.rights(user).await.unwrap().role()
    }

    /// How many turns ended in an apology.
    pub(crate) fn failed(&self) -> u64 {
        self.core.metrics.failed_turns.get()
    }
}

/// Whatever staff changes of what is not her own is written down with how it was or how it is.
fn logged(event: &Event, ops: &[Op]) {
    let Event::Press(Some(action), _) = event else { return };
    if action.needs() == Role::Admin || matches!(action, Action::CampaignLeave { .. }) {
        return;
    }
    let changes = ops.iter().find(|op| {
        matches!(
            op,
            Op::PutPage(_)
                | Op::DropPage(_)
                | Op::PutClass(_)
                | Op::DropClass(_)
                | Op::PutSeat(_)
                | Op::PutCampaign(_)
                | Op::StartCampaign(..)
                | Op::PutLetter(_)
                | Op::DropLetter(_)
                | Op::ChangeAsked(_)
                | Op::PutHandoff(_)
                | Op::PutSegment(_)
                | Op::DropSegment(_)
                | Op::PutGrant(_)
                | Op::DropGrant(..)
                | Op::PutInstitution(_)
                | Op::DropInstitution(_)
        )
    });
    let told = |op: &Op| matches!(op, Op::Audit(line) if line.before.is_some() || line.after.is_some());
    assert!(changes.is_none() || ops.iter().any(told), "{action:?} is not in the log: {changes:?}");
}

/// What a bot in memory is made of, with that VK.
pub(crate) fn parts(staff: Staff, clock: &TestClock, vk: Arc<dyn Transport>) -> Parts {
    Parts {
        bot: Bot::new("token").unwrap().with_transport(vk),
        limits: None,
        group: GroupId(1),
        store: AnyStore::Mem(MemStore::new()),
        content: Arc::clone(&CONTENT),
        clock: Arc::new(clock.clone()),
        region: Region {
            name: "Область".into(),
            zone: Zone::try_from("Europe/Moscow".to_owned()).unwrap(),
            attention: Rules::default(),
            norm: DEFAULT_NORM.to_owned(),
            care: Care::default(),
            retention: Retention::default(),
        },
        staff,
        campaigns: Campaigns::default(),
        service: None,
        audit: Audit::default(),
        http: None,
        chance: 7,
    }
}

impl Answered {
    /// The last message to a person.
    pub(crate) fn last(&self, to: UserId) -> Option<&OutMessage> {
        self.messages.iter().rev().find(|message| message.to == PeerId::from(to))
    }
}

/// A VK that tells of pages with «school» in their address and of people by their number, and of nothing else.
struct Elsewhere;

impl Transport for Elsewhere {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        let param = |name: &str| call.form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
        let told = match call.method.as_ref() {
            "groups.getById" if param("group_ids").contains("school") => {
                r#"{"response":{"groups":[{"id":5,"name":"Школа № 5","screen_name":"school5","members_count":1105}]}}"#.to_owned()
            }
            "users.get" => {
                let id = param("user_ids").parse::<i64>().unwrap_or(1);
                format!(r#"{{"response":[{{"id":{id},"first_name":"Ольга","last_name":"Седова"}}]}}"#)
            }
            method => {
                let error = ApiError::new(ErrorCode(100), "there is nothing here", method);
                return Box::pin(std::future::ready(Err(RequestError::Api(error))));
            }
        };
        Box::pin(std::future::ready(Answer::read(told.as_bytes(), &call.method)))
    }
}
