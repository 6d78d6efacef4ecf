//! The store in memory: the model that the others are compared with, for tests and short-lived demos.
//! It shares no code with them, so that a mistake has to be made twice to pass.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use vkapi::types::{GroupId, PeerId, UserId};

use super::{
    AuditEntry, Commit, Committed, Expect, LogKey, Op, OutId, OutMessage, Parked, Place, REFUSALS_A_DAY,
    Result, StepKey, Store, StoreError, Touched,
};
use crate::domain::{
    Asked, AskedKey, Campaign, CampaignId, CampaignState, Certificate, Class, ClassId, Day, Grant, Handoff,
    Ms, Opinion, Person, Progress, Recipient, Reminder, ReminderKey, Seat, Tally, Tick,
    attention::Ledger,
    comments::Comments,
    letter::{Letter, Pressed},
    page::{Nudged, Page, Sight, Watch, Week},
    roster::{Institution, RosterKey},
    segment::Saved,
    text::has_number,
};

/// Keeps everything in memory; lost with the process.
#[derive(Debug, Default)]
pub struct MemStore(Box<Mutex<State>>, Touched);

#[derive(Debug, Default)]
struct State {
    people: BTreeMap<UserId, Person>,
    steps: BTreeMap<StepKey, Tick>,
    progress: BTreeMap<UserId, Progress>,
    reminders: BTreeMap<ReminderKey, Reminder>,
    outbox: BTreeMap<OutId, OutMessage>,
    last_out: u64,
    campaigns: BTreeMap<CampaignId, Campaign>,
    recipients: BTreeMap<CampaignId, BTreeMap<UserId, Recipient>>,
    handed_out: BTreeMap<CampaignId, Place>,
    parked: BTreeMap<OutId, Parked>,
    clean: bool,
    alive: Option<Ms>,
    seen: BTreeMap<String, Ms>,
    cursors: BTreeMap<GroupId, String>,
    audit: BTreeMap<LogKey, AuditEntry>,
    last_line: u64,
    ledgers: BTreeMap<UserId, Ledger>,
    asked: BTreeMap<AskedKey, Asked>,
    pages: BTreeMap<GroupId, Page>,
    sights: BTreeMap<GroupId, Sight>,
    weeks: BTreeMap<(GroupId, Day), Week>,
    walls: (Day, u32),
    nudged: BTreeMap<UserId, Nudged>,
    opinions: BTreeMap<UserId, Opinion>,
    roster: BTreeMap<RosterKey, Institution>,
    grants: BTreeMap<(UserId, u64), Grant>,
    refused: BTreeMap<UserId, (Day, u16)>,
    letters: BTreeMap<CampaignId, Letter>,
    pressed: BTreeMap<(CampaignId, UserId), Pressed>,
    segments: BTreeMap<u64, Saved>,
    handoffs: BTreeMap<u64, Handoff>,
    watches: BTreeMap<GroupId, Watch>,
    comments: BTreeMap<GroupId, Comments>,
    comments_read: (Day, u32),
    classes: BTreeMap<ClassId, Class>,
    seats: BTreeMap<(ClassId, UserId), Seat>,
    certificates: BTreeMap<u64, Certificate>,
}

impl MemStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn check(&self, expect: &Expect) -> Result<()> {
        let holds = match expect {
            Expect::EventNew(event) if self.seen.contains_key(event) => return Err(StoreError::Duplicate),
            Expect::EventNew(_) => true,
            Expect::PersonRev(id, rev) => self.people.get(id).map_or(0, |p| p.rev) == *rev,
            Expect::ReminderDue(key, due) => self.reminders.get(key).is_some_and(|r| r.due == *due),
            Expect::LedgerRev(id, rev) => self.ledgers.get(id).map_or(0, |l| l.rev) == *rev,
            Expect::CampaignNew(id) => !self.campaigns.contains_key(id),
            Expect::AskedWaits(key, id) => self.asked.get(key).is_some_and(|a| a.id == *id && a.waits),
            Expect::CampaignIs(id, state) => self.campaigns.get(id).is_some_and(|c| c.state == *state),
            Expect::PageRev(id, rev) => self.pages.get(id).map_or(0, |p| p.rev) == *rev,
            Expect::WatchRev(id, rev) => self.watches.get(id).map_or(0, |w| w.rev) == *rev,
            Expect::HandoffRev(id, rev) => self.handoffs.get(id).map_or(0, |h| h.rev) == *rev,
            Expect::SightDue(id, next) => self.sights.get(id).is_some_and(|s| s.next == *next),
            Expect::GrantsAre(id, ids) => {
                let hers = self.grants.keys().filter(|(who, _)| who == id).map(|(_, n)| n);
                hers.eq(ids)
            }
            Expect::LetterRev(id, rev) => self.letters.get(id).map_or(0, |l| l.rev) == *rev,
            Expect::ClassRev(id, rev) => self.classes.get(id).map_or(0, |c| c.rev) == *rev,
            Expect::SeatRev(id, person, rev) => self.seats.get(&(*id, *person)).map_or(0, |s| s.rev) == *rev,
        };
        if holds { Ok(()) } else { Err(StoreError::Conflict) }
    }

    #[expect(clippy::too_many_lines, reason = "a list: one arm an operation")]
    fn apply(&mut self, op: Op, done: &mut Committed) {
        match op {
            Op::SawEvent(event, at) => {
                self.seen.insert(event, at);
            }
            Op::SetCursor(group, ts) => {
                self.cursors.insert(group, ts);
            }
            Op::PutPerson(mut person) => {
                person.rev += 1;
                self.people.insert(person.id, *person);
            }
            Op::SetStep(step, Some(tick)) => {
                self.steps.insert(step, tick);
            }
            Op::SetStep(step, None) => {
                self.steps.remove(&step);
            }
            Op::PutProgress(person, progress) => {
                self.progress.insert(person, *progress);
            }
            Op::PutReminder(reminder) => {
                self.reminders.insert(reminder.key, reminder);
            }
            Op::DropReminder(key) => {
                self.reminders.remove(&key);
            }
            Op::Enqueue(message) => {
                self.last_out += 1;
                self.outbox.insert(OutId(self.last_out), message);
                done.queued.push(OutId(self.last_out));
            }
            Op::FinishOut(id) => {
                self.outbox.remove(&id);
            }
            Op::RetryOut(id, attempts, not_before) => {
                if let Some(message) = self.outbox.get_mut(&id) {
                    message.attempts = attempts;
                    message.not_before = not_before;
                }
            }
            Op::ParkOut(id, why, at) => {
                if let Some(message) = self.outbox.remove(&id) {
                    self.parked.insert(id, Parked { message, why, at });
                }
            }
            Op::StartCampaign(campaign, people) => self.start(campaign, &people),
            Op::PutCampaign(campaign) => {
                self.campaigns.insert(campaign.id, campaign);
            }
            Op::Settle(id, states) => {
                let Some(all) = self.recipients.get_mut(&id) else { return };
                for (person, new) in states {
                    all.entry(person).and_modify(|state| *state = new);
                }
            }
            Op::HandOut(id, to) => {
                if let Some(all) = self.recipients.get(&id) {
                    let (due, UserId(person)) = to;
                    let there = all.contains_key(&to.1);
                    let to = (due, UserId(if there { person } else { person.saturating_sub(1) }));
                    let place = self.handed_out.entry(id).or_insert(to);
                    *place = to.max(*place);
                }
            }
            Op::SetWritable(id, writable) => {
                if let Some(person) = self.people.get_mut(&id).filter(|p| p.writable != writable) {
                    person.writable = writable;
                    person.rev += 1;
                }
            }
            Op::SetClean(clean) => self.clean = clean,
            Op::SetAlive(at) => self.alive = Some(at),
            Op::Audit(entry) => self.log(entry),
            Op::Spend(people, at) => {
                for person in people.into_iter().filter(|p| self.people.contains_key(p)) {
                    self.ledgers.entry(person).or_default().spend(at);
                }
            }
            Op::Respend(person, was, at) => {
                if self.people.contains_key(&person) {
                    self.ledgers.entry(person).or_default().respend(was, at);
                }
            }
            Op::Hold(person, held, at) => {
                if !self.people.contains_key(&person) {
                    return;
                }
                self.ledgers.entry(person).or_default().hold(held);
                let digest = Reminder::digest(person, at);
                let set = self.reminders.entry(digest.key).or_insert_with(|| digest.clone());
                if set.due > at {
                    *set = digest;
                }
            }
            Op::PutLedger(person, ledger) => {
                self.ledgers.insert(person, ledger);
            }
            Op::PutAsked(asked) => {
                self.asked.insert(asked.key, *asked);
            }
            Op::ChangeAsked(asked) => {
                self.asked.entry(asked.key).and_modify(|kept| {
                    if kept.id == asked.id {
                        *kept = *asked;
                    }
                });
            }
            Op::DropAsked(key) => {
                self.asked.remove(&key);
            }
            Op::PutPage(mut page) => {
                page.rev += 1;
                self.pages.insert(page.id, *page);
            }
            Op::DropPage(id) => {
                self.pages.remove(&id);
                self.sights.remove(&id);
                self.watches.remove(&id);
                self.comments.remove(&id);
                self.weeks.retain(|(page, _), _| *page != id);
            }
            Op::PutSight(sight) => {
                self.sights.insert(sight.id, *sight);
            }
            Op::PutWeek(id, week) => {
                self.weeks.insert((id, week.from), *week);
            }
            Op::DropWeeks(id, before) => {
                let old = self.weeks.range((id, Day(i32::MIN))..(id, before)).map(|(key, _)| *key);
                for key in old.collect::<Vec<_>>() {
                    self.weeks.remove(&key);
                }
            }
            Op::ReadWalls(day, n) => {
                let before = if self.walls.0 == day { self.walls.1 } else { 0 };
                self.walls = (day, before + n);
            }
            Op::PutComments(comments) => {
                self.comments.insert(comments.id, *comments);
            }
            Op::ReadComments(day, n) => {
                let before = if self.comments_read.0 == day { self.comments_read.1 } else { 0 };
                self.comments_read = (day, before + n);
            }
            Op::PutNudged(person, nudged) => {
                self.nudged.insert(person, *nudged);
            }
            Op::PutOpinion(person, opinion) => {
                self.opinions.insert(person, opinion);
            }
            Op::PutInstitution(institution) => {
                self.roster.insert(institution.key.clone(), *institution);
            }
            Op::DropInstitution(key) => {
                self.roster.remove(&key);
            }
            Op::PutLetter(mut letter) => {
                letter.rev += 1;
                self.letters.insert(letter.id, *letter);
            }
            Op::DropLetter(id) => {
                self.letters.remove(&id);
            }
            Op::Press(id, person, ack, at) => {
                if self.recipients.get(&id).is_some_and(|all| all.contains_key(&person)) {
                    self.pressed.entry((id, person)).or_default().press(ack, at);
                }
            }
            Op::PutSegment(saved) => {
                self.segments.insert(saved.id, *saved);
            }
            Op::DropSegment(id) => {
                self.segments.remove(&id);
            }

            Op::PutHandoff(mut talk) => {
                talk.rev += 1;
                self.handoffs.insert(talk.id, *talk);
            }
            Op::PutWatch(mut watch) => {
                watch.rev += 1;
                self.watches.insert(watch.id, *watch);
            }
            Op::DropHandoff(id) => {
                self.handoffs.remove(&id);
            }
            Op::PutClass(mut class) => {
                class.rev += 1;
                self.classes.insert(class.id, *class);
            }
            Op::DropClass(id) => {
                self.classes.remove(&id);
                for seat in self.seats.values().filter(|seat| seat.class == id) {
                    seat.paper.map(|number| self.certificates.remove(&number));
                }
                self.seats.retain(|(class, _), _| *class != id);
            }
            Op::PutSeat(mut seat) => {
                seat.rev += 1;
                self.seats.insert((seat.class, seat.person), *seat);
            }
            Op::PutCertificate(paper) => {
                self.certificates.insert(paper.number, *paper);
            }
            Op::Wake(person, at) => {
                if self.people.contains_key(&person) {
                    let new = Reminder::classes(person, at);
                    let set = self.reminders.entry(new.key).or_insert(new);
                    if set.due > at {
                        *set = set.clone().woken(at);
                    }
                }
            }
            Op::Forget(id) => self.forget(id),
            Op::DropCampaign(id) => {
                self.campaigns.remove(&id);
                self.recipients.remove(&id);
                self.handed_out.remove(&id);
                self.letters.remove(&id);
                self.pressed.retain(|(campaign, _), _| *campaign != id);
            }
            Op::DropAudit(line) => {
                self.audit.remove(&line);
            }
            Op::DropParked(id) => {
                self.parked.remove(&id);
            }
            Op::PutGrant(grant) => {
                self.grants.insert((grant.who, grant.id), *grant);
            }
            Op::DropGrant(person, id) => {
                self.grants.remove(&(person, id));
            }
            Op::Refuse(entry) => {
                let days = entry.at.0.div_euclid(24 * 60 * 60 * 1_000);
                let day = Day(i32::try_from(days).unwrap_or_default());
                let kept = self.refused.get(&entry.who).filter(|(last, _)| *last == day);
                let n = kept.map_or(0, |(_, n)| *n);
                if n < REFUSALS_A_DAY {
                    self.refused.insert(entry.who, (day, n + 1));
                    self.log(entry);
                }
            }
        }
    }

    fn log(&mut self, entry: AuditEntry) {
        self.last_line += 1;
        self.audit.insert((entry.at, self.last_line), entry);
    }

    fn start(&mut self, campaign: Campaign, people: &[(UserId, Ms)]) {
        let all = self.recipients.entry(campaign.id).or_default();
        all.clear();
        for (person, due) in people {
            all.entry(*person).or_insert(Recipient::Queued(*due));
        }
        self.handed_out.remove(&campaign.id);
        self.campaigns.insert(campaign.id, campaign);
    }

    fn forget(&mut self, id: UserId) {
        self.people.remove(&id);
        self.ledgers.remove(&id);
        self.progress.remove(&id);
        self.nudged.remove(&id);
        self.opinions.remove(&id);
        self.refused.remove(&id);
        self.grants.retain(|(who, _), _| *who != id);
        self.pressed.retain(|(_, person), _| *person != id);
        self.letters.retain(|_, letter| !letter.goes_with(id));
        for letter in self.letters.values_mut() {
            letter.rev += u32::from(letter.forget(id));
        }
        for page in self.pages.values_mut() {
            page.rev += u32::from(page.forget(id));
        }
        for institution in self.roster.values_mut().filter(|i| i.vk == Some(id)) {
            institution.vk = None;
            institution.responsible = None;
        }
        for ((class, _), seat) in self.seats.iter().filter(|((_, who), _)| *who == id) {
            seat.paper.map(|number| self.certificates.remove(&number));
            if let Some(class) = self.classes.get_mut(class) {
                class.rev += 1;
            }
        }
        self.seats.retain(|(_, who), _| *who != id);
        for person in self.people.values_mut() {
            person.rev += u64::from(person.forget(id));
        }
        for ledger in self.ledgers.values_mut() {
            ledger.forget(id);
        }
        let waiting = self.outbox.values_mut().chain(self.parked.values_mut().map(|p| &mut p.message));
        for message in waiting {
            message.keyboard = message.keyboard.take().filter(|keyboard| !has_number(keyboard, id.0));
        }
        self.handoffs.retain(|_, talk| talk.who != id);
        for watch in self.watches.values_mut() {
            watch.rev += u32::from(watch.forget(id));
        }
        for talk in self.handoffs.values_mut() {
            talk.rev += u32::from(talk.forget(id));
        }
        self.reminders.retain(|_, reminder| !reminder.what.is_of(id));
        self.steps.retain(|step, _| step.person != id);
        self.reminders.retain(|key, _| key.person != id);
        self.asked.retain(|key, _| key.person != id);
        self.outbox.retain(|_, message| message.to != PeerId::from(id));
        self.parked.retain(|_, parked| parked.message.to != PeerId::from(id));
        for (campaign, all) in &mut self.recipients {
            if all.remove(&id).is_some()
                && let Some(place) = self.handed_out.get_mut(campaign).filter(|(_, who)| *who == id)
            {
                place.1 = UserId(id.0.saturating_sub(1));
            }
        }
    }
}

impl Store for MemStore {
    async fn commit(&self, commit: Commit) -> Result<Committed> {
        let changes = self.1.of(&commit);
        let mut state = self.state();
        commit.expect.iter().try_for_each(|expect| state.check(expect))?;
        let mut done = Committed::default();
        for op in commit.ops {
            state.apply(op, &mut done);
        }
        drop(state);
        self.1.note(changes);
        Ok(done)
    }

    async fn person(&self, id: UserId) -> Result<Option<Person>> {
        Ok(self.state().people.get(&id).cloned())
    }

    async fn people(&self, after: Option<UserId>, n: usize) -> Result<Vec<Person>> {
        Ok(self.state().people.values().filter(|p| after.is_none_or(|a| p.id > a)).take(n).cloned().collect())
    }

    async fn steps(&self, id: UserId) -> Result<Vec<(StepKey, Tick)>> {
        let state = self.state();
        let first = StepKey { person: id, checklist: String::new(), step: String::new() };
        let hers = state.steps.range(first..).take_while(|(step, _)| step.person == id);
        Ok(hers.map(|(step, tick)| (step.clone(), *tick)).collect())
    }

    async fn progress(&self, id: UserId) -> Result<Progress> {
        Ok(self.state().progress.get(&id).cloned().unwrap_or_default())
    }

    async fn received(&self, id: UserId) -> Result<Vec<(Campaign, Recipient)>> {
        let state = self.state();
        let mine = |campaign: &Campaign| state.recipients.get(&campaign.id)?.get(&id).copied();
        Ok(state.campaigns.values().rev().filter_map(|c| Some((c.clone(), mine(c)?))).collect())
    }

    async fn reminders(&self, id: UserId) -> Result<Vec<Reminder>> {
        let hers = ReminderKey { person: id, n: 0 }..=ReminderKey { person: id, n: u16::MAX };
        Ok(self.state().reminders.range(hers).map(|(_, reminder)| reminder.clone()).collect())
    }

    async fn ledger(&self, id: UserId) -> Result<Ledger> {
        Ok(self.state().ledgers.get(&id).cloned().unwrap_or_default())
    }

    async fn due(&self, now: Ms, n: usize) -> Result<Vec<Reminder>> {
        let mut due: Vec<_> = self.state().reminders.values().filter(|r| r.due <= now).cloned().collect();
        due.sort_by_key(|r| (r.due, r.key));
        due.truncate(n);
        Ok(due)
    }

    async fn next_due(&self) -> Result<Option<Ms>> {
        Ok(self.state().reminders.values().map(|r| r.due).min())
    }

    async fn outbox(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, OutMessage)>> {
        let state = self.state();
        let later = state.outbox.iter().filter(|(id, _)| after.is_none_or(|a| **id > a));
        Ok(later.take(n).map(|(id, message)| (*id, message.clone())).collect())
    }

    async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>> {
        Ok(self.state().campaigns.get(&id).cloned())
    }

    async fn active(&self) -> Result<Vec<Campaign>> {
        let over = |c: &Campaign| matches!(c.state, CampaignState::Finished | CampaignState::Cancelled);
        let state = self.state();
        Ok(state.campaigns.values().filter(|c| !over(c) || c.reads.next.is_some()).cloned().collect())
    }

    async fn queued(&self, id: CampaignId, after: Option<Place>, n: usize) -> Result<Vec<Place>> {
        let state = self.state();
        let all = state.recipients.get(&id).into_iter().flatten();
        let mut queued: Vec<Place> = all
            .filter_map(
                |(person, r)| if let Recipient::Queued(due) = r { Some((*due, *person)) } else { None },
            )
            .filter(|place| after.is_none_or(|after| *place > after))
            .collect();
        queued.sort_unstable();
        queued.truncate(n);
        Ok(queued)
    }

    async fn handed_out(&self, id: CampaignId) -> Result<Option<Place>> {
        Ok(self.state().handed_out.get(&id).copied())
    }

    async fn recipients(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> Result<Vec<(UserId, Recipient)>> {
        let state = self.state();
        let all = state.recipients.get(&id).into_iter().flatten().map(|(person, r)| (*person, *r));
        Ok(all.filter(|(person, _)| after.is_none_or(|after| *person > after)).take(n).collect())
    }

    async fn parked(&self, after: Option<OutId>, n: usize) -> Result<Vec<(OutId, Parked)>> {
        let state = self.state();
        let later = state.parked.iter().filter(|(id, _)| after.is_none_or(|a| **id > a));
        Ok(later.take(n).map(|(id, parked)| (*id, parked.clone())).collect())
    }

    async fn clean(&self) -> Result<bool> {
        Ok(self.state().clean)
    }

    async fn alive(&self) -> Result<Option<Ms>> {
        Ok(self.state().alive)
    }

    async fn tally(&self, id: CampaignId) -> Result<Tally> {
        let state = self.state();
        let mut tally = Tally::default();
        for recipient in state.recipients.get(&id).into_iter().flat_map(BTreeMap::values) {
            *tally.count(*recipient) += 1;
        }
        Ok(tally)
    }

    async fn campaigns(&self, n: usize) -> Result<Vec<Campaign>> {
        Ok(self.state().campaigns.values().rev().take(n).cloned().collect())
    }

    async fn cursor(&self, group: GroupId) -> Result<Option<String>> {
        Ok(self.state().cursors.get(&group).cloned())
    }

    async fn audit(&self, n: usize) -> Result<Vec<AuditEntry>> {
        Ok(self.state().audit.values().rev().take(n).cloned().collect())
    }

    async fn audit_before(
        &self,
        before: Ms,
        after: Option<LogKey>,
        n: usize,
    ) -> Result<Vec<(LogKey, AuditEntry)>> {
        let state = self.state();
        let old = state.audit.iter().filter(|(key, _)| key.0 < before && after.is_none_or(|a| **key > a));
        Ok(old.take(n).map(|(key, entry)| (*key, entry.clone())).collect())
    }

    async fn asked(&self, n: usize) -> Result<Vec<Asked>> {
        let mut all: Vec<Asked> = self.state().asked.values().cloned().collect();
        all.sort_by_key(|a| std::cmp::Reverse((a.at, a.key)));
        all.truncate(n);
        Ok(all)
    }

    async fn asked_before(&self, before: Ms, n: usize) -> Result<Vec<Asked>> {
        let mut all: Vec<Asked> = self.state().asked.values().filter(|a| a.at < before).cloned().collect();
        all.sort_by_key(|a| (a.at, a.key));
        all.truncate(n);
        Ok(all)
    }

    async fn asked_by(&self, id: UserId) -> Result<Vec<Asked>> {
        Ok(self.state().asked.values().filter(|a| a.key.person == id).cloned().collect())
    }

    async fn page(&self, id: GroupId) -> Result<Option<Page>> {
        Ok(self.state().pages.get(&id).cloned())
    }

    async fn pages(&self, after: Option<GroupId>, n: usize) -> Result<Vec<Page>> {
        Ok(self.state().pages.values().filter(|p| after.is_none_or(|a| p.id > a)).take(n).cloned().collect())
    }

    async fn sight(&self, id: GroupId) -> Result<Option<Sight>> {
        Ok(self.state().sights.get(&id).cloned())
    }

    async fn sights_due(&self, now: Ms, n: usize) -> Result<Vec<Sight>> {
        let mut due: Vec<Sight> = self.state().sights.values().filter(|s| s.next <= now).cloned().collect();
        due.sort_by_key(|s| (s.next, s.id));
        due.truncate(n);
        Ok(due)
    }

    async fn next_sight(&self) -> Result<Option<Ms>> {
        Ok(self.state().sights.values().map(|s| s.next).min())
    }

    async fn weeks(&self, id: GroupId) -> Result<Vec<Week>> {
        let state = self.state();
        let its = state.weeks.range((id, Day(i32::MIN))..=(id, Day(i32::MAX)));
        Ok(its.map(|(_, week)| week.clone()).collect())
    }

    async fn walls(&self, day: Day) -> Result<u32> {
        let walls = self.state().walls;
        Ok(if walls.0 == day { walls.1 } else { 0 })
    }

    async fn comments(&self, id: GroupId) -> Result<Option<Comments>> {
        Ok(self.state().comments.get(&id).cloned())
    }

    async fn comments_read(&self, day: Day) -> Result<u32> {
        let read = self.state().comments_read;
        Ok(if read.0 == day { read.1 } else { 0 })
    }

    async fn nudged(&self, id: UserId) -> Result<Nudged> {
        Ok(self.state().nudged.get(&id).cloned().unwrap_or_default())
    }

    async fn opinion(&self, id: UserId) -> Result<Option<Opinion>> {
        Ok(self.state().opinions.get(&id).cloned())
    }

    async fn opinions(&self, after: Option<UserId>, n: usize) -> Result<Vec<(UserId, Opinion)>> {
        let state = self.state();
        let later = state.opinions.iter().filter(|(id, _)| after.is_none_or(|a| **id > a));
        Ok(later.take(n).map(|(id, opinion)| (*id, opinion.clone())).collect())
    }

    async fn institutions(&self, after: Option<RosterKey>, n: usize) -> Result<Vec<Institution>> {
        let state = self.state();
        let later = state.roster.values().filter(|i| after.as_ref().is_none_or(|a| i.key > *a));
        Ok(later.take(n).cloned().collect())
    }

    async fn institutions_of(&self, id: UserId) -> Result<Vec<Institution>> {
        Ok(self.state().roster.values().filter(|i| i.vk == Some(id)).cloned().collect())
    }

    async fn grants_of(&self, id: UserId) -> Result<Vec<Grant>> {
        Ok(self.state().grants.values().filter(|g| g.who == id).cloned().collect())
    }

    async fn grants(&self) -> Result<Vec<Grant>> {
        Ok(self.state().grants.values().cloned().collect())
    }

    async fn refused(&self, id: UserId) -> Result<Option<(Day, u16)>> {
        Ok(self.state().refused.get(&id).copied())
    }

    fn touched(&self) -> &Touched {
        &self.1
    }

    async fn letter(&self, id: CampaignId) -> Result<Option<Letter>> {
        Ok(self.state().letters.get(&id).cloned())
    }

    async fn letters(&self, n: usize) -> Result<Vec<Letter>> {
        Ok(self.state().letters.values().rev().take(n).cloned().collect())
    }

    async fn letters_open(&self) -> Result<Vec<Letter>> {
        Ok(self.state().letters.values().rev().filter(|letter| letter.is_open()).cloned().collect())
    }

    async fn pressed(
        &self,
        id: CampaignId,
        after: Option<UserId>,
        n: usize,
    ) -> Result<Vec<(UserId, Pressed)>> {
        let state = self.state();
        let all = state.pressed.iter().filter(|((campaign, _), _)| *campaign == id);
        let later = all.filter(|((_, person), _)| after.is_none_or(|after| *person > after));
        Ok(later.take(n).map(|((_, person), pressed)| (*person, *pressed)).collect())
    }

    async fn segments(&self) -> Result<Vec<Saved>> {
        Ok(self.state().segments.values().cloned().collect())
    }

    async fn watch(&self, id: GroupId) -> Result<Option<Watch>> {
        Ok(self.state().watches.get(&id).cloned())
    }

    async fn handoff(&self, id: u64) -> Result<Option<Handoff>> {
        Ok(self.state().handoffs.get(&id).cloned())
    }

    async fn handoffs(&self) -> Result<Vec<Handoff>> {
        Ok(self.state().handoffs.values().filter(|h| h.is_open()).cloned().collect())
    }

    async fn handoffs_of(&self, id: UserId) -> Result<Vec<Handoff>> {
        Ok(self.state().handoffs.values().filter(|h| h.who == id).cloned().collect())
    }

    async fn handoffs_closed(&self, below: u64, n: usize) -> Result<Vec<Handoff>> {
        Ok(self
            .state()
            .handoffs
            .range(..below)
            .map(|(_, h)| h)
            .filter(|h| !h.is_open())
            .take(n)
            .cloned()
            .collect())
    }

    async fn class(&self, id: ClassId) -> Result<Option<Class>> {
        Ok(self.state().classes.get(&id).cloned())
    }

    async fn classes(&self, after: Option<ClassId>, n: usize) -> Result<Vec<Class>> {
        let state = self.state();
        let later = state.classes.values().filter(|c| after.is_none_or(|a| c.id > a));
        Ok(later.take(n).cloned().collect())
    }

    async fn seats(&self, id: ClassId) -> Result<Vec<Seat>> {
        Ok(self.state().seats.values().filter(|s| s.class == id).cloned().collect())
    }

    async fn seats_of(&self, id: UserId) -> Result<Vec<Seat>> {
        Ok(self.state().seats.values().filter(|s| s.person == id).cloned().collect())
    }

    async fn certificate(&self, number: u64) -> Result<Option<Certificate>> {
        Ok(self.state().certificates.get(&number).cloned())
    }

    async fn sweep(&self, before: Ms) -> Result<u64> {
        let mut state = self.state();
        let were = state.seen.len();
        state.seen.retain(|_, at| *at >= before);
        Ok((were - state.seen.len()) as u64)
    }

    async fn size(&self) -> Result<u64> {
        Ok(0)
    }
}
