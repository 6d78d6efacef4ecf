//! An announcement that goes on while the bot is killed.

use std::{collections::BTreeSet, path::Path, time::Duration};

use anyhow::{Context, ensure};
use kurator::{
    domain::{
        Campaign, CampaignId, CampaignState, Clock, Consent, Ms, Person, Reads, Recipient, SystemClock, Tally,
    },
    store::{Commit, Op, Store},
};
use vk_sandbox::{ChatMessage, Sandbox};
use vkapi::types::UserId;

use super::open;

/// The first recipient's id.
const FIRST: i64 = 8_000_000;
/// Of so many one has forbidden messages.
const FORBID: i64 = 50;
/// Recipients that are due at the same moment.
const WAVE: usize = 250;
/// People written in one commit.
const TOGETHER: usize = 1_000;
const ID: CampaignId = CampaignId(1);
const TEXT: &str = "Коллеги, в среду в десять встречаемся на вебинаре о сообщениях от жителей.";

/// An announcement to many people, a wave of them at a time.
pub(crate) struct Announcement {
    people: i64,
}

fn forbids(person: i64) -> bool {
    person % FORBID == 0
}

impl Announcement {
    /// Writes people and an announcement into a store before the bot first begins; its waves come over `span`.
    pub(crate) async fn prepare(
        folder: &Path,
        sandbox: &Sandbox,
        people: usize,
        span: Duration,
    ) -> anyhow::Result<Self> {
        let store = open(folder.join("store").as_path()).await?;
        let now = SystemClock.now();
        let ids: Vec<i64> = (FIRST..).take(people).collect();
        let consent = Some(Consent { version: 1, at: now });
        for some in ids.chunks(TOGETHER) {
            let person = |id: &i64| Person { consent, ..Person::new(UserId(*id), now) };
            let ops = some.iter().map(|id| Op::PutPerson(Box::new(person(id)))).collect();
            store.commit(Commit { expect: Vec::new(), ops }).await?;
        }
        let waves = people.div_ceil(WAVE).max(1);
        let step = i64::try_from(span.as_millis())? / i64::try_from(waves)?;
        let due = |place: usize| now.plus(step * (place / WAVE) as i64);
        let recipients = ids.iter().enumerate().map(|(place, id)| (UserId(*id), due(place))).collect();
        let campaign = Campaign {
            id: ID,
            author: UserId(1),
            at: now,
            text: TEXT.to_owned(),
            state: CampaignState::Scheduled,
            starts: now,
            local: true,
            reads: Reads::default(),
        };
        let ops = vec![Op::StartCampaign(campaign, recipients)];
        store.commit(Commit { expect: Vec::new(), ops }).await?;
        tokio::task::spawn_blocking(move || drop(store)).await?;
        ids.iter().filter(|id| !forbids(**id)).for_each(|id| sandbox.allow(*id));
        Ok(Self { people: i64::try_from(people)? })
    }

    /// Whether everybody who allows messages has it.
    pub(crate) fn is_there(&self, sandbox: &Sandbox) -> bool {
        (FIRST..).take(self.people as usize).all(|id| forbids(id) || !sent(sandbox, id).is_empty())
    }

    /// Nobody has missed it, nobody got it twice, and the store knows.
    pub(crate) async fn check(&self, folder: &Path, sandbox: &Sandbox) -> anyhow::Result<Tally> {
        for id in (FIRST..).take(self.people as usize) {
            let got = sent(sandbox, id);
            ensure!(
                got.len() == usize::from(!forbids(id)),
                "recipient {id} got it {} times: {got:#?}",
                got.len()
            );
        }
        let store = open(folder.join("store").as_path()).await?;
        let recipients = store.recipients(ID, None, usize::MAX).await?;
        ensure!(recipients.len() == self.people as usize, "{} recipients", recipients.len());
        for (user, state) in recipients {
            let right = match state {
                Recipient::Sent(id) => sent(sandbox, user.0).iter().any(|message| message.id == id),
                Recipient::Refused(901) => forbids(user.0),
                _ => false,
            };
            ensure!(right, "recipient {user}: {state:?}");
        }
        let tally = store.tally(ID).await?;
        tokio::task::spawn_blocking(move || drop(store)).await?;
        Ok(tally)
    }
}

fn sent(sandbox: &Sandbox, person: i64) -> Vec<ChatMessage> {
    sandbox.conversation(person).into_iter().filter(|message| message.text == TEXT).collect()
}

/// The numbers of messages with this text must be there once.
pub(super) fn nothing_twice(sandbox: &Sandbox, people: impl Iterator<Item = i64>) -> anyhow::Result<()> {
    for person in people {
        let mut seen = BTreeSet::new();
        for message in sandbox.conversation(person).iter().filter(|message| !message.from_person) {
            ensure!(message.random_id != 0, "a message without a guard");
            let again = !seen.insert(message.random_id);
            ensure!(!again, "person {person} got a message twice: {message:#?}");
        }
    }
    Ok(())
}

/// Milliseconds by a clock that is that much ahead.
pub(super) fn ahead(by: i64) -> i64 {
    SystemClock.now().plus(by).0
}

/// How far VK's clock is moved on: more than it remembers a `random_id`.
pub(super) fn more_than_an_hour(rng: &mut fastrand::Rng) -> i64 {
    rng.i64(61..120) * Ms::MINUTE
}

/// A span of so many seconds.
pub(super) fn seconds(many: usize) -> anyhow::Result<Duration> {
    Ok(Duration::from_secs(u64::try_from(many).context("too long")?))
}
