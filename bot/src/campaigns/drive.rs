//! One campaign from its first moment to its last.
//!
//! Recipients are read ahead of receipts, and handed out only when the store knows durably up to which place that may
//! have happened: the word of it travels in the commit of the receipts before. After an unclean stop only those up to
//! that place may have been sent without a receipt, and they are asked after before they are sent anything.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio_util::sync::CancellationToken;
use vkapi::types::{PeerId, UserId};

use super::{
    STORE_AGAIN,
    chunk::{self, Came, Chunk},
    progress, reads,
};
use crate::{
    config::Packing,
    core::{Core, wants_news},
    domain::{
        Campaign, CampaignId, CampaignState, Ms, Pause, Reads, Recipient, Skip,
        attention::{Body, Held, Kind, Verdict, verdict},
        letter::Letter,
    },
    outbox::{Busy, Fate, note, owners},
    store::{Commit, Expect, Op, OutMessage, Place, Result, Store, StoreError},
};

/// The most recipients settled in one commit.
const SETTLED: usize = 2_500;
/// How long calls under way may go on after a campaign was paused or cancelled; those that have not left by then do
/// not leave, and are asked after later.
const GRACE: Duration = Duration::from_millis(700);
/// How long somebody waits who is just being written to by another.
const BEHIND: i64 = Ms::MINUTE;
/// When it is looked up who has read a campaign, after it is over.
const LOOKS: [i64; 3] = [Ms::HOUR, Ms::DAY, 3 * Ms::DAY];

/// Drives a campaign until it is over or until told to stop.
pub(super) async fn run(core: Arc<Core>, id: CampaignId, stop: CancellationToken) -> CampaignId {
    let mut drive = Drive::new(core, id);
    loop {
        match drive.go(&stop).await {
            Ok(()) => break,
            Err(error) => {
                tracing::error!(%error, campaign = id.0, "a campaign could not go on");
                tokio::select! { () = stop.cancelled() => {}, () = tokio::time::sleep(STORE_AGAIN) => {} }
            }
        }
    }
    if drive.in_doubt() {
        drive.core.unsure();
    }
    // Whoever starts such drives looks whether there is something new to be done.
    drive.core.campaigned.send_replace(());
    id
}

type Ended = (u64, Came, Busy);

struct Drive {
    core: Arc<Core>,
    id: CampaignId,
    /// What it is made of; none of one that was never written in the chat.
    letter: Option<Arc<Letter>>,
    /// When whoever watches was told last.
    shown: Option<Ms>,
    /// How many calls are under way at once, and how many recipients are read ahead.
    depth: usize,
    window: usize,
    /// Read, and not yet known to the store as handed out.
    ahead: VecDeque<Place>,
    /// The same, while the commit that tells the store is under way.
    telling: VecDeque<Place>,
    ready: VecDeque<Place>,
    read_to: Option<Place>,
    /// Recipients up to here may have been sent it before this process began.
    doubt_to: Option<Place>,
    again: VecDeque<Chunk>,
    calls: FuturesUnordered<BoxFuture<'static, Ended>>,
    /// Calls under way by number, and whether they send or only ask.
    flying: HashMap<u64, (Chunk, bool)>,
    calls_made: u64,
    settled: Vec<(UserId, Recipient)>,
    /// Whose budget was found to have room, until what became of it is in the store…
    claimed: HashSet<UserId>,
    /// …and of these it soon is.
    noting: Vec<UserId>,
    unreachable: Vec<UserId>,
    /// Who gets it in a digest, at that moment at the earliest.
    held: Vec<(UserId, Ms)>,
    commit: Option<BoxFuture<'static, ()>>,
    /// Nothing leaves before this moment.
    hold: Option<Ms>,
    /// Since it was started or resumed.
    tried: u64,
    refused: u64,
}

impl Drive {
    fn new(core: Arc<Core>, id: CampaignId) -> Self {
        let (depth, window) = match core.campaigns.packing {
            // As many calls as VK takes in a second.
            Packing::PeerIds => (20, 30 * chunk::PEOPLE),
            // Six full `execute`s.
            Packing::Execute => (150, 200 * chunk::PEOPLE),
        };
        Self {
            core,
            id,
            letter: None,
            shown: None,
            depth,
            window,
            ahead: VecDeque::new(),
            telling: VecDeque::new(),
            ready: VecDeque::new(),
            read_to: None,
            doubt_to: None,
            again: VecDeque::new(),
            calls: FuturesUnordered::new(),
            flying: HashMap::new(),
            calls_made: 0,
            settled: Vec::new(),
            claimed: HashSet::new(),
            noting: Vec::new(),
            unreachable: Vec::new(),
            held: Vec::new(),
            commit: None,
            hold: None,
            tried: 0,
            refused: 0,
        }
    }

    async fn go(&mut self, stop: &CancellationToken) -> Result<()> {
        if self.core.began_in_doubt && self.read_to.is_none() {
            self.doubt_to = self.core.store.handed_out(self.id).await?;
        }
        self.letter = self.core.store.letter(self.id).await?.map(Arc::new);
        let mut changed = self.core.campaigned.subscribe();
        let mut calm_at = None;
        while !stop.is_cancelled() {
            changed.borrow_and_update();
            let Some(campaign) = self.core.store.campaign(self.id).await? else { return Ok(()) };
            let now = self.core.clock.now();
            let going = campaign.state == CampaignState::Running;
            let wake = match campaign.state {
                CampaignState::Scheduled if campaign.starts > now => Some(campaign.starts),
                CampaignState::Scheduled => {
                    self.put(campaign, CampaignState::Running, None).await?;
                    continue;
                }
                CampaignState::Running => self.feed(&campaign, now).await?,
                CampaignState::Paused(_) => {
                    (self.tried, self.refused) = (0, 0);
                    self.let_go();
                    None
                }
                CampaignState::Cancelling => self.take_out(&campaign).await?,
                CampaignState::Finished | CampaignState::Cancelled => match campaign.reads.next {
                    None => return Ok(()),
                    Some(next) if next > now => Some(next),
                    Some(_) => {
                        reads::look(&self.core, campaign, stop).await?;
                        continue;
                    }
                },
            };
            self.begin_commit();
            if going {
                self.show(&campaign, now).await?;
            }
            if self.is_empty() && wake.is_none() {
                match campaign.state {
                    // Somebody put off while the clock was set back is read from the beginning.
                    CampaignState::Running | CampaignState::Cancelling if self.read_to.take().is_some() => {
                        continue;
                    }
                    CampaignState::Running => {
                        tracing::info!(campaign = self.id.0, "a campaign is finished");
                        let over = over(campaign, now);
                        self.put(over, CampaignState::Finished, None).await?;
                        continue;
                    }
                    CampaignState::Cancelling => {
                        let over = over(campaign, now);
                        self.put(over, CampaignState::Cancelled, None).await?;
                        continue;
                    }
                    _ => {}
                }
            }
            let sending = self.flying.values().any(|(_, send)| *send);
            calm_at = if going || !sending {
                None
            } else {
                calm_at.or_else(|| Some(tokio::time::Instant::now() + GRACE))
            };
            self.wait(&mut changed, &campaign, wake, calm_at, stop).await?;
        }
        self.end().await;
        Ok(())
    }

    /// Waits until there is something to be done.
    async fn wait(
        &mut self,
        changed: &mut tokio::sync::watch::Receiver<()>,
        campaign: &Campaign,
        wake: Option<Ms>,
        calm_at: Option<tokio::time::Instant>,
        stop: &CancellationToken,
    ) -> Result<()> {
        let clock = Arc::clone(&self.core.clock);
        let wake = async {
            match wake {
                Some(at) => clock.until(at).await,
                None => std::future::pending().await,
            }
        };
        let calm = async {
            match calm_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            _ = changed.changed() => {}
            () = wake => {}
            () = calm => self.drop_calls(),
            Some(ended) = self.calls.next(), if !self.calls.is_empty() => self.ended(campaign, ended).await?,
            () = committed(&mut self.commit) => self.committed(),
        }
        Ok(())
    }

    /// Reads ahead and hands out; returns when there is more to do, if that is known.
    async fn feed(&mut self, campaign: &Campaign, now: Ms) -> Result<Option<Ms>> {
        let wake = self.read_ahead(now).await?;
        if let Some(until) = self.hold {
            if now < until && until.0 - now.0 <= Ms::HOUR {
                return Ok(Some(until));
            }
            // It is over, or the clock was set back.
            self.hold = None;
        }
        while self.calls.len() < self.depth {
            let Some(chunk) = self.next_chunk(now).await? else { break };
            // Where VK may have some of it already it only tells who has not.
            let send = !chunk.doubt;
            self.call(campaign, chunk, send);
        }
        Ok(wake)
    }

    async fn read_ahead(&mut self, now: Ms) -> Result<Option<Ms>> {
        let have = self.ready.len() + self.telling.len() + self.ahead.len();
        if have > self.window / 2 {
            return Ok(None);
        }
        for place in self.core.store.queued(self.id, self.read_to, self.window - have).await? {
            if place.0 > now {
                return Ok(Some(place.0));
            }
            self.read_to = Some(place);
            self.ahead.push_back(place);
        }
        Ok(None)
    }

    /// The next recipients of a call; who must not be sent it is settled at once.
    async fn next_chunk(&mut self, now: Ms) -> Result<Option<Chunk>> {
        while let Some(mut chunk) = self.again.pop_front() {
            // It may be night by now.
            if !chunk.doubt {
                chunk.people = self.fit(chunk.people, now).await?;
            }
            if !chunk.people.is_empty() {
                return Ok(Some(chunk));
            }
        }
        // A call for a few, while more are about to be ready, would waste it.
        let more = !self.ahead.is_empty() || !self.telling.is_empty();
        if self.ready.is_empty() || (more && self.ready.len() < chunk::PEOPLE) {
            return Ok(None);
        }
        let mut chunk = Chunk { people: Vec::with_capacity(chunk::PEOPLE), doubt: false, tries: 0 };
        while chunk.people.len() < chunk::PEOPLE
            && let Some(place) = self.ready.front().copied()
        {
            let doubt = self.doubt_to.is_some_and(|to| place <= to);
            if doubt != chunk.doubt && !chunk.people.is_empty() {
                break;
            }
            chunk.doubt = doubt;
            self.ready.pop_front();
            // What may have been sent before she changed her mind is asked after all the same.
            match if doubt { None } else { self.unfit(place.1, now).await? } {
                Some(state) => self.settled.push((place.1, state)),
                None => chunk.people.push(place.1),
            }
        }
        Ok((!chunk.people.is_empty()).then_some(chunk))
    }

    /// Of these, who may be sent it now; the others are settled.
    async fn fit(&mut self, people: Vec<UserId>, now: Ms) -> Result<Vec<UserId>> {
        let mut fit = Vec::with_capacity(people.len());
        for user in people {
            match self.unfit(user, now).await? {
                Some(state) => self.settled.push((user, state)),
                None => fit.push(user),
            }
        }
        Ok(fit)
    }

    /// Where a person stands without being sent anything now, if she must not be.
    async fn unfit(&mut self, user: UserId, now: Ms) -> Result<Option<Recipient>> {
        let store = &self.core.store;
        let Some(person) = store.person(user).await? else {
            return Ok(Some(Recipient::Skipped(Skip::Unwanted)));
        };
        if !person.writable {
            return Ok(Some(Recipient::Skipped(Skip::Unreachable)));
        }
        if !wants_news(&person) {
            return Ok(Some(Recipient::Skipped(Skip::Unwanted)));
        }
        if !self.claimed.contains(&user) && !self.core.claims.take(user) {
            return Ok(Some(Recipient::Queued(now.plus(BEHIND))));
        }
        self.claimed.insert(user);
        let content = self.core.content();
        let (region, calendar) = (&self.core.region, content.calendar());
        let reader = person.reader(&region.attention, &region.zone);
        let ledger = store.ledger(user).await?;
        let kind = Kind::Announcement;
        Ok(match verdict(&region.attention, calendar, &reader, &ledger, kind, now) {
            // One thing at a time comes to her by itself.
            Verdict::Now if self.core.outbox.has_proactive(PeerId::from(user)) => {
                Some(Recipient::Queued(now.plus(BEHIND)))
            }
            Verdict::Now => None,
            Verdict::Later(at) => Some(Recipient::Queued(at)),
            Verdict::Digest(at) => {
                self.held.push((user, at));
                Some(Recipient::Skipped(Skip::Digest))
            }
        })
    }

    fn call(&mut self, campaign: &Campaign, chunk: Chunk, send: bool) {
        let (core, campaign) = (Arc::clone(&self.core), campaign.clone());
        let letter = self.letter.clone();
        self.calls_made += 1;
        let number = self.calls_made;
        self.flying.insert(number, (chunk.clone(), send));
        let busy = core.outbox.busy();
        self.calls.push(Box::pin(async move {
            let came = if send {
                chunk::send(&core, &campaign, letter.as_deref(), chunk).await
            } else {
                chunk::check(&core, &campaign, chunk).await
            };
            (number, came, busy)
        }));
    }

    async fn ended(&mut self, campaign: &Campaign, (number, came, busy): Ended) -> Result<()> {
        self.flying.remove(&number);
        for (user, state) in &came.settled {
            self.tried += 1;
            if let Recipient::Refused(code) = state {
                self.refused += 1;
                if chunk::unreachable(*code) {
                    self.unreachable.push(*user);
                }
            }
        }
        self.settled.extend(came.settled);
        self.again.extend(came.left);
        drop(busy);
        match came.fate {
            Fate::Taken | Fate::Refused(_) => {}
            Fate::Again { wait, .. } => {
                self.core.metrics.sent("again");
                self.hold = self.hold.max(Some(self.core.clock.now().plus(wait)));
            }
            Fate::Wrong(code) => {
                self.core.metrics.sent("parked");
                self.pause(campaign, Pause::Text(code)).await?;
            }
        }
        let limit = &self.core.campaigns;
        if campaign.state == CampaignState::Running
            && self.tried >= u64::from(limit.breaker_least)
            && self.refused * 100 >= u64::from(limit.breaker_percent) * self.tried
        {
            self.pause(campaign, Pause::Refusals).await?;
        }
        Ok(())
    }

    /// Pauses for a reason its author is told of.
    async fn pause(&mut self, campaign: &Campaign, why: Pause) -> Result<()> {
        let core = Arc::clone(&self.core);
        let title = crate::chat::title(&campaign.text);
        let (key, code) = match why {
            Pause::Text(code) => ("campaign-paused-text-note", code),
            _ => ("campaign-paused-refusals-note", 0),
        };
        tracing::warn!(campaign = self.id.0, ?why, "a campaign is paused");
        let percent = self.refused * 100 / self.tried.max(1);
        let args =
            [("title", title.clone().into()), ("code", i64::from(code).into()), ("percent", percent.into())];
        let mut notes = vec![note(&core, campaign.author, &core.content().texts().format(key, &args))];
        if let Pause::Text(code) = why {
            notes.extend(owners(&core, "alert-parked", &[("why", format!("VK {code}, «{title}»").into())]));
        }
        self.put(campaign.clone(), CampaignState::Paused(why), Some(notes)).await
    }

    /// Tells whoever watches how it goes, now and then.
    async fn show(&mut self, campaign: &Campaign, now: Ms) -> Result<()> {
        if self.letter.as_ref().is_none_or(|letter| letter.watch.is_none())
            || self.shown.is_some_and(|at| (0..progress::PAUSE).contains(&(now.0 - at.0)))
        {
            return Ok(());
        }
        self.shown = Some(now);
        self.put(campaign.clone(), campaign.state, None).await
    }

    /// Writes the campaign in another state, unless somebody has done so meanwhile.
    async fn put(
        &mut self,
        campaign: Campaign,
        state: CampaignState,
        notes: Option<Vec<OutMessage>>,
    ) -> Result<()> {
        let mut notes = notes.unwrap_or_default();
        let mut expect = vec![Expect::CampaignIs(campaign.id, campaign.state)];
        let mut ops = Vec::new();
        if let Some((letter, note)) = progress::told(&self.core, &campaign, state).await? {
            expect.push(Expect::LetterRev(letter.id, letter.rev));
            ops.push(Op::PutLetter(Box::new(letter)));
            notes.push(note);
        } else if state == campaign.state {
            return Ok(());
        }
        ops.push(Op::PutCampaign(Campaign { state, ..campaign }));
        ops.extend(notes.iter().cloned().map(Op::Enqueue));
        match self.core.store.commit(Commit { expect, ops }).await {
            Ok(committed) => self.core.outbox.push(None, committed.queued.into_iter().zip(notes)),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Takes everybody who waits out, but asks after those who may have been sent it.
    async fn take_out(&mut self, campaign: &Campaign) -> Result<Option<Ms>> {
        let asked = self.hold.filter(|until| {
            let now = self.core.clock.now();
            now < *until && until.0 - now.0 <= Ms::HOUR
        });
        if !self.calls.is_empty() || asked.is_some() {
            return Ok(asked);
        }
        self.hold = None;
        self.read_ahead(Ms(i64::MAX)).await?;
        for place in self.ready.drain(..).chain(self.telling.drain(..)).chain(self.ahead.drain(..)) {
            if self.doubt_to.is_some_and(|to| place <= to) {
                self.again.push_back(Chunk { people: vec![place.1], doubt: true, tries: 0 });
            } else {
                self.settled.push((place.1, Recipient::Cancelled));
            }
        }
        while let Some(chunk) = self.again.pop_front() {
            if chunk.doubt {
                self.call(campaign, chunk, false);
            } else {
                self.settled.extend(chunk.people.into_iter().map(|user| (user, Recipient::Cancelled)));
            }
        }
        Ok(None)
    }

    /// What has not left by now does not leave; whether some of it did is asked later.
    fn drop_calls(&mut self) {
        self.calls.clear();
        self.again.extend(self.flying.drain().map(|(_, (chunk, _))| Chunk { doubt: true, ..chunk }));
    }

    /// Begins to commit what has come, and up to which place will be handed out, if no commit is under way.
    fn begin_commit(&mut self) {
        if self.commit.is_some() || (self.settled.is_empty() && self.ahead.is_empty()) {
            return;
        }
        let some: Vec<_> = self.settled.drain(..self.settled.len().min(SETTLED)).collect();
        self.noting.extend(some.iter().map(|(user, _)| *user));
        let now = self.core.clock.now();
        let mut ops: Vec<Op> = self.unreachable.drain(..).map(|user| Op::SetWritable(user, false)).collect();
        let body = Body::Campaign(self.id);
        ops.extend(self.held.drain(..).map(|(user, at)| {
            Op::Hold(user, Held { kind: Kind::Announcement, at: now, body: body.clone() }, at)
        }));
        let sent: Vec<UserId> = some
            .iter()
            .filter(|(_, state)| matches!(state, Recipient::Sent(_)))
            .map(|(user, _)| *user)
            .collect();
        if !sent.is_empty() {
            ops.push(Op::Spend(sent, now));
        }
        if !some.is_empty() {
            ops.push(Op::Settle(self.id, some));
        }
        if let Some(last) = self.ahead.back() {
            ops.push(Op::HandOut(self.id, *last));
        }
        self.telling.append(&mut self.ahead);
        let core = Arc::clone(&self.core);
        let busy = core.outbox.busy();
        self.commit = Some(Box::pin(async move {
            while let Err(error) = core.store.commit(Commit { expect: Vec::new(), ops: ops.clone() }).await {
                tracing::error!(%error, "receipts of a campaign were not noted");
                core.metrics.store_errors.inc();
                tokio::time::sleep(STORE_AGAIN).await;
            }
            drop(busy);
        }));
    }

    fn committed(&mut self) {
        self.commit = None;
        self.ready.append(&mut self.telling);
        let noted = self.noting.drain(..).filter(|user| self.claimed.remove(user));
        self.core.claims.release(noted.collect::<Vec<_>>());
    }

    /// Lets go of whoever is not being written to just now: her budget is looked at again when this goes on.
    fn let_go(&mut self) {
        if self.calls.is_empty() && self.commit.is_none() && self.settled.is_empty() {
            self.core.claims.release(self.claimed.drain());
        }
    }

    fn is_empty(&self) -> bool {
        self.calls.is_empty()
            && self.commit.is_none()
            && self.settled.is_empty()
            && self.again.is_empty()
            && self.ready.is_empty()
            && self.ahead.is_empty()
    }

    /// Lets what is under way come to its end, and notes it.
    async fn end(&mut self) {
        while let Some((number, came, busy)) = self.calls.next().await {
            self.flying.remove(&number);
            self.settled.extend(came.settled);
            self.again.extend(came.left);
            drop(busy);
        }
        self.ahead.clear();
        while self.commit.is_some() || !self.settled.is_empty() {
            self.begin_commit();
            committed(&mut self.commit).await;
            self.committed();
        }
    }

    /// VK may have something of which there is no receipt.
    fn in_doubt(&self) -> bool {
        let unasked = |to: Place| {
            self.read_to.is_none_or(|read| read < to) || self.ready.front().is_some_and(|first| *first <= to)
        };
        !self.flying.is_empty()
            || self.again.iter().any(|chunk| chunk.doubt)
            || self.doubt_to.is_some_and(unasked)
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        self.core.claims.release(self.claimed.drain());
    }
}

/// Ends when the commit under way does; never if there is none.
async fn committed(commit: &mut Option<BoxFuture<'static, ()>>) {
    match commit {
        Some(commit) => commit.as_mut().map(drop).await,
        None => std::future::pending().await,
    }
}

/// Nobody waits any more: it is time to look who reads it.
fn over(campaign: Campaign, now: Ms) -> Campaign {
    let reads = Reads { next: Some(now.plus(LOOKS[0])), ..campaign.reads };
    Campaign { reads, ..campaign }
}

/// When it is looked up next who has read a campaign that began then, after it was looked up now.
pub(super) fn next_look(campaign: &Campaign, now: Ms) -> Option<Ms> {
    LOOKS.into_iter().map(|after| campaign.starts.plus(after)).find(|at| *at > now.plus(Ms::HOUR / 2))
}
