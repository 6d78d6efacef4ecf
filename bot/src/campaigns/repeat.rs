//! Announcements that come again and again: each time a campaign of its own, to whom it concerns then.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::STORE_AGAIN;
use crate::{
    core::{Core, hash},
    domain::{
        Campaign, CampaignId, CampaignState, Clerk, Ms, Reads,
        attention::{Body, Held, Kind},
        letter::{Letter, Stage, When},
    },
    store::{Commit, Expect, Op, Result, Store, StoreError},
};

/// One that is later than this, because the bot did not run, is left out.
const STALE: i64 = 12 * Ms::HOUR;

/// Starts those whose moment has come until told to stop.
pub(crate) async fn run(core: Arc<Core>, stop: CancellationToken) {
    let mut changed = core.campaigned.subscribe();
    while !stop.is_cancelled() {
        changed.borrow_and_update();
        let next = match pass(&core).await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(%error, "announcements that come again could not be looked at");
                tokio::time::sleep(STORE_AGAIN).await;
                continue;
            }
        };
        super::rest(&core, &stop, &mut changed, next).await;
    }
}

/// The earliest moment of one that comes again.
pub(super) async fn next(core: &Core) -> Result<Option<Ms>> {
    let letters = core.store.letters_open().await?;
    Ok(letters.iter().filter_map(due).min())
}

fn due(letter: &Letter) -> Option<Ms> {
    match letter.stage {
        Stage::Repeats { next, .. } => next,
        _ => None,
    }
}

/// Starts all whose moment has come; the earliest moment of the others.
pub(crate) async fn pass(core: &Core) -> Result<Option<Ms>> {
    loop {
        let now = core.clock.now();
        let letters = core.store.letters_open().await?;
        let Some(letter) = letters.into_iter().find(|letter| due(letter).is_some_and(|at| at <= now)) else {
            return next(core).await;
        };
        match start(core, letter, now).await {
            // Somebody has just changed it: it is read again.
            Ok(()) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
}

/// One commit: the campaign, and when the next one is.
async fn start(core: &Core, letter: Letter, now: Ms) -> Result<()> {
    let (Stage::Repeats { next: Some(at), by }, When::Repeat(rule)) = (&letter.stage, &letter.when) else {
        return Ok(());
    };
    let _busy = core.outbox.busy();
    let by = *by;
    let next = rule.next(&core.region.zone, core.content().calendar(), now);
    let audience = core.audience(&letter.crowd()).await?;
    let id = number(letter.id, *at);
    if by.is_none() && core.campaigns.approval().is_some_and(|above| audience.len() > above) {
        return ask(core, letter, audience.len(), now).await;
    }
    let mut commit = Commit {
        expect: vec![Expect::LetterRev(letter.id, letter.rev)],
        ops: vec![Op::PutLetter(Box::new(Letter { stage: Stage::Repeats { next, by }, ..letter.clone() }))],
    };
    if now.0 - at.0 <= STALE && !audience.is_empty() {
        commit.expect.extend([Expect::CampaignNew(id), Expect::LetterRev(id, 0)]);
        let (author, text) = (letter.author, letter.text.clone());
        let one = Letter { id, rev: 0, at: now, when: When::Now, stage: Stage::Sent { by }, ..letter };
        let state = CampaignState::Running;
        let campaign =
            Campaign { id, author, at: now, text, state, starts: now, local: false, reads: Reads::default() };
        commit.ops.push(Op::PutLetter(Box::new(one)));
        commit.ops.push(Op::StartCampaign(campaign, audience));
    }
    core.store.commit(commit).await?;
    core.campaigned.send_replace(());
    Ok(())
}

/// Its audience has grown beyond what goes without a second person's word: from now on it waits for that, and both its
/// author and those who may give it are told.
async fn ask(core: &Core, letter: Letter, people: usize, now: Ms) -> Result<()> {
    let content = core.content();
    let texts = content.texts();
    let args = [("title", crate::chat::title(&letter.text).into()), ("count", people.into())];
    let reach = core.reach(letter.id).await?;
    let rules = |clerk: &&Clerk| {
        clerk.id != letter.author && reach.as_ref().is_some_and(|reach| reach.is_ruled_by(&clerk.rights))
    };
    let desk = core.desk().await?;
    let hold =
        |to, text: String| Op::Hold(to, Held { kind: Kind::Nudge, at: now, body: Body::Text(text) }, now);
    let mut ops: Vec<Op> =
        desk.iter().filter(rules).map(|clerk| hold(clerk.id, texts.format("approve-ask", &args))).collect();
    let key = if ops.is_empty() { "letter-repeats-alone" } else { "letter-repeats-waits" };
    ops.push(hold(letter.author, texts.format(key, &args)));
    let expect = vec![Expect::LetterRev(letter.id, letter.rev)];
    let stage = Stage::Waits { since: now, people: u32::try_from(people).unwrap_or(u32::MAX) };
    ops.push(Op::PutLetter(Box::new(Letter { stage, ..letter })));
    core.store.commit(Commit { expect, ops }).await?;
    core.rescheduled.notify_one();
    Ok(())
}

/// The same for the same moment of the same announcement, so that none is sent twice.
fn number(of: CampaignId, at: Ms) -> CampaignId {
    let nonce = hash(&[of.0.to_be_bytes(), at.0.to_be_bytes()].concat());
    crate::chat::campaign_id(at, nonce)
}
