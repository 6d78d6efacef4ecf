//! «Мои данные»: everything that is kept about a person, as one JSON file that she can read.
//!
//! Every record is taken apart field by field, so that a field added to one does not compile until it is told here.

use std::sync::Arc;

use vkapi::{RequestError, types::UserId};

use self::writer::Writer;
use crate::{
    core::Core,
    domain::{
        Asked, Campaign, Certificate, Day, Grant, Handoff, Ms, Opinion, PageRef, Person, Progress, Recipient,
        Reminder, Seat, Tick,
        attention::Ledger,
        letter::{Letter, Pressed},
        page::{Admin, Nudged, Word},
        roster::Institution,
    },
    outbox::document,
    store::{AuditEntry, OutFile, OutId, OutMessage, Result, StepKey, Store},
};

mod json;
mod records;
mod writer;

/// The file's name.
const NAME: &str = "moi-dannye.json";
/// The document's title in the chat.
const TITLE: &str = "Мои данные.json";
/// How many days what is deleted stays in the store's own copies.
const COPIES: u32 = 14;
/// Messages read at a time when those that wait for her are looked for.
const READ: usize = 1_000;

/// Everything that is kept about a person.
struct Kept {
    person: Person,
    steps: Vec<(StepKey, Tick)>,
    progress: Progress,
    reminders: Vec<Reminder>,
    runs: Vec<(PageRef, Admin, Vec<Word>)>,
    nudged: Nudged,
    opinion: Option<Opinion>,
    named: Vec<Institution>,
    ledger: Ledger,
    asked: Vec<Asked>,
    talks: Vec<Handoff>,
    shows: Vec<(PageRef, Ms)>,
    waiting: Vec<OutMessage>,
    received: Vec<(Campaign, Recipient, Pressed)>,
    letters: Vec<Letter>,
    seats: Vec<(Option<String>, Seat, Option<Certificate>)>,
    deeds: Vec<AuditEntry>,
    roles: Vec<Grant>,
    refused: Option<(Day, u16)>,
}

/// Reads everything that is kept about a person; `None` if nothing is.
async fn read(store: &impl Store, user: UserId) -> Result<Option<Kept>> {
    let Some(person) = store.person(user).await? else { return Ok(None) };
    let mut waiting = Vec::new();
    let mut after: Option<OutId> = None;
    loop {
        let messages = store.outbox(after, READ).await?;
        let Some((last, _)) = messages.last() else { break };
        after = Some(*last);
        waiting.extend(messages.into_iter().map(|(_, m)| m).filter(|m| m.to.user() == Some(user)));
    }
    let parked = store.parked(None, usize::MAX).await?.into_iter().map(|(_, parked)| parked.message);
    waiting.extend(parked.filter(|m| m.to.user() == Some(user)));
    let deeds = store.audit(usize::MAX).await?.into_iter().filter(|e| e.who == user).collect();
    Ok(Some(Kept {
        person,
        steps: store.steps(user).await?,
        progress: store.progress(user).await?,
        reminders: store.reminders(user).await?,
        runs: runs(store, user).await?,
        nudged: store.nudged(user).await?,
        opinion: store.opinion(user).await?,
        named: store.institutions_of(user).await?,
        ledger: store.ledger(user).await?,
        asked: store.asked_by(user).await?,
        talks: store.handoffs_of(user).await?,
        shows: shows(store, user).await?,
        waiting,
        received: received(store, user).await?,
        letters: store.letters(usize::MAX).await?.into_iter().filter(|l| l.author == user).collect(),
        seats: seats(store, user).await?,
        deeds,
        roles: store.grants_of(user).await?,
        refused: store.refused(user).await?,
    }))
}

/// The announcements a person was sent, with what she did with each.
async fn received(store: &impl Store, user: UserId) -> Result<Vec<(Campaign, Recipient, Pressed)>> {
    let mut found = Vec::new();
    for (campaign, state) in store.received(user).await? {
        let before = Some(UserId(user.0.saturating_sub(1)));
        let next = store.pressed(campaign.id, before, 1).await?;
        let did = next.first().filter(|(who, _)| *who == user).map(|(_, did)| *did).unwrap_or_default();
        found.push((campaign, state, did));
    }
    Ok(found)
}
/// The classes a person has to do with: the title, her seat, her certificate.
async fn seats(store: &impl Store, user: UserId) -> Result<Vec<(Option<String>, Seat, Option<Certificate>)>> {
    let mut found = Vec::new();
    for seat in store.seats_of(user).await? {
        let title = store.class(seat.class).await?.map(|class| class.title);
        let paper = match seat.paper {
            Some(number) => store.certificate(number).await?,
            None => None,
        };
        found.push((title, seat, paper));
    }
    Ok(found)
}

/// The pages a person runs or ran.
async fn runs(store: &impl Store, user: UserId) -> Result<Vec<(PageRef, Admin, Vec<Word>)>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let pages = store.pages(after, READ).await?;
        let Some(last) = pages.last() else { return Ok(found) };
        after = Some(last.id);
        for page in &pages {
            let hers = page.admins.iter().filter(|admin| admin.person == user);
            let said = || page.said.iter().filter(|word| word.by == user).copied().collect();
            found.extend(hers.map(|admin| (page.named(), *admin, said())));
        }
    }
}

/// The pages that a person lets be shown as an example.
async fn shows(store: &impl Store, user: UserId) -> Result<Vec<(PageRef, Ms)>> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let pages = store.pages(after, READ).await?;
        let Some(last) = pages.last() else { return Ok(found) };
        after = Some(last.id);
        for page in &pages {
            let word = store.watch(page.id).await?.and_then(|watch| watch.example);
            found.extend(word.filter(|word| word.by == user).map(|word| (page.named(), word.at)));
        }
    }
}

/// Uploads the file that goes with a message; what to attach, if anything does.
///
/// # Errors
/// VK or the store cannot be reached now: the message has to wait. Where the file can never be sent, the message says so
/// instead.
pub(crate) async fn attach(
    core: &Core,
    message: &mut OutMessage,
) -> std::result::Result<Option<String>, RequestError> {
    let (Some(OutFile::MyData), Some(user)) = (&message.file, message.to.user()) else { return Ok(None) };
    let kept =
        read(core.store.as_ref(), user).await.map_err(|error| RequestError::Network(Arc::new(error)))?;
    // She has been forgotten since; her messages are leaving the queue.
    let Some(kept) = kept else { return Ok(None) };
    let zone = kept.person.zone.clone().unwrap_or_else(|| core.region.zone.clone());
    let norm = &core.region.norm;
    let written = Writer { zone: &zone, content: &core.content(), norm, retention: core.region.retention }
        .all(kept, core.clock.now());
    let bytes = serde_json::to_vec_pretty(&written).unwrap_or_default();
    document(core, message, bytes, (NAME, TITLE), "my-data-failed").await
}
