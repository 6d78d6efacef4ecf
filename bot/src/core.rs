//! What every part of the running bot shares, and the one way to commit a turn.

use std::{
    any::Any,
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use tokio::sync::{Notify, watch};
use vkapi::{
    Bot,
    types::{GroupId, PeerId, UserId},
};

use crate::{
    census::Census,
    chat::{
        self, Absent, CodeSeen, Colleague, Event, HerPages, Known, Need, Region, Scene, Screen, Seen, Taken,
        Turn,
    },
    claims::Claims,
    config::{Campaigns, Staff},
    content::Content,
    domain::{
        Asked, Campaign, CampaignId, Class, ClassId, Clerk, Clock, Day, Grant, Hall, Ms, Person, Place,
        Reminder, Report, Rights, SeatState, Tally, Tick, Voices, What,
        attention::{self, Body, Held, Kind},
        board::Row,
        league::{self, Entry},
        page::{Page, Sight},
        text,
    },
    handoffs::Awaited,
    ops::{Alarms, Metrics},
    outbox::{self, Outbox},
    pages::{Auditor, Pages},
    rosters, rows,
    store::{AnyStore, Commit, Expect, Op, OutLane, OutMessage, Result, Store},
};

/// How often a turn asks for something more before that is a mistake of ours; more often than anybody has something held.
pub(crate) const READS: usize = 64;
/// People read at a time when an audience is gathered.
const PEOPLE: usize = 1_000;
/// Announcements read first when some are looked for that somebody may see; four times as many each next time.
const CAMPAIGNS: usize = 64;
/// The most characters of a municipality's name.
const MUNICIPALITY: usize = 60;
/// Questions that staff looks through at a time.
const QUESTIONS: usize = 1_000;

/// What every part of the running bot shares.
pub(crate) struct Core {
    pub(crate) bot: Bot,
    pub(crate) group: GroupId,
    pub(crate) store: Arc<AnyStore>,
    /// What the bot teaches and says; may be changed for another while it runs.
    pub(crate) books: watch::Sender<Arc<Content>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) region: Region,
    pub(crate) staff: Staff,
    pub(crate) pages: Pages,
    /// Looks at pages; none without a service key.
    pub(crate) auditor: Option<Arc<Auditor>>,
    pub(crate) outbox: Outbox,
    /// Small rows of everybody, to count whom an announcement concerns.
    pub(crate) census: Census,
    pub(crate) claims: Claims,
    pub(crate) metrics: Metrics,
    /// What the owners have to know at once.
    pub(crate) alarms: Alarms,
    /// What numbers that nobody may guess are made of.
    pub(crate) chance: u64,
    /// The moment at which who is silent is looked for next; nothing of it is under way before.
    pub(crate) tidy_at: AtomicI64,
    /// Reminders were set or moved.
    pub(crate) rescheduled: Notify,
    /// When the next conversation with staff is late.
    pub(crate) awaited: Awaited,
    /// A campaign was started or changed.
    pub(crate) campaigned: watch::Sender<()>,
    /// How campaigns are sent.
    pub(crate) campaigns: Campaigns,
    /// The store was not left clean: what was queued when this process began may have been sent.
    pub(crate) began_in_doubt: bool,
    /// When the bot was at work last before this process began.
    pub(crate) alive_before: Option<Ms>,
    /// Who was told that the bot has been away, and has written nothing new since.
    pub(crate) told_late: Mutex<HashSet<UserId>>,
    /// Something has been sent without a receipt and is not asked after yet.
    pub(crate) unsure: AtomicBool,
}

/// A turn as it was made, with what it was made from.
pub(crate) struct Made {
    pub(crate) turn: Turn,
    /// The revision of the person's record it was made from.
    pub(crate) rev: u64,
    /// When it was made.
    pub(crate) at: Ms,
}

impl Core {
    /// The content as of now.
    pub(crate) fn content(&self) -> Arc<Content> {
        self.books.borrow().clone()
    }

    /// Makes the turn of an event. A mistake in it becomes an apology with a number that finds it in the log.
    pub(crate) async fn make(&self, user: UserId, event: &Event, nonce: u64) -> Result<Made> {
        let now = self.clock.now();
        let person = self.store.person(user).await?.unwrap_or_else(|| Person::new(user, now));
        let rev = person.rev;
        let steps: BTreeMap<(String, String), Tick> = self
            .store
            .steps(user)
            .await?
            .into_iter()
            .map(|(key, tick)| ((key.checklist, key.step), tick))
            .collect();
        let progress = self.store.progress(user).await?;
        let reminders = self.store.reminders(user).await?;
        let content = self.content();
        let pages = self.pages_of(&person).await?;
        let rights = self.rights(user).await?;
        let staffed = self.staff.anybody() || self.granted().await?;
        let mut known = Vec::new();
        let mut why = "it asks for more and more".to_owned();
        for _ in 0..READS {
            let scene = Scene {
                now,
                person: person.clone(),
                steps: &steps,
                progress: &progress,
                reminders: &reminders,
                pages: &pages,
                role: rights.role(),
                rights: &rights,
                region: &self.region,
                staffed,
                content: &content,
                nonce,
                known: &known,
            };
            match catch_unwind(AssertUnwindSafe(|| chat::turn(&scene, event))) {
                Ok(Ok(mut turn)) => {
                    // What staff does is done only while she still is staff.
                    let granted = rights.grants().iter().filter(|g| g.by.is_some()).map(|g| g.id);
                    let ids: Vec<u64> = granted.collect();
                    if !ids.is_empty() {
                        turn.expect.push(Expect::GrantsAre(user, ids));
                    }
                    return Ok(Made { turn, rev, at: now });
                }
                Ok(Err(need)) => {
                    let answer = self.read(&need).await?;
                    known.push((need, answer));
                }
                Err(panic) => {
                    why = words(&*panic);
                    break;
                }
            }
        }
        Ok(Made { turn: self.apology(person, event, nonce, &why), rev, at: now })
    }

    /// Whoever waits for an answer is told; what came by itself is tried again later, without a word to her: else it
    /// would be due again at once, and she would be told without end.
    fn apology(&self, person: Person, event: &Event, nonce: u64, why: &str) -> Turn {
        let number = trace(nonce);
        tracing::error!(number, user = person.id.0, why, "a turn failed");
        self.metrics.failed_turns.inc();
        let text = self.content().texts().format("failed", &[("number", number.into())]);
        let mut says = vec![chat::Say { screen: Screen::text(text), edit: None, file: None }];
        let mut ops = Vec::new();
        if let Event::Due(reminders, _) = event {
            let due = self.clock.now().plus(Ms::HOUR);
            ops.extend(reminders.iter().map(|r| Op::PutReminder(Reminder { due, ..r.clone() })));
            says.clear();
        }
        let alerts = outbox::owners(self, "alert-failed", &[("number", trace(nonce).into())]);
        let alerts = alerts.into_iter().filter_map(|alert| Some((alert.to.user()?, alert.text)));
        let tells = alerts.map(|(to, text)| chat::Tell { to, text }).collect();
        Turn { person: Some(person), ops, expect: Vec::new(), says, tells, hands: Vec::new(), snackbar: None }
    }

    async fn read(&self, need: &Need) -> Result<Known> {
        Ok(match need {
            Need::Page(typed) => Known::Page(self.pages.card(typed).await),
            Need::Colleague(typed) => Known::Colleague(self.colleague(typed).await?),
            Need::Pages(id) => Known::Pages(Box::new(self.her_pages(*id).await?)),
            Need::Absent(id) => Known::Absent(self.absent(*id).await?),
            Need::Audience(crowd) => Known::Audience(self.audience(crowd).await?),
            Need::Outlook(crowd) => Known::Outlook(self.outlook(crowd).await?),
            Need::Count(crowd) => Known::Count(self.count(crowd).await?),
            Need::Towns(by) => Known::Towns(self.towns(*by).await?),
            Need::Letter(id) => Known::Letter(self.store.letter(*id).await?.map(Box::new)),
            Need::Letters(who) => Known::Letters(self.letters_for(*who).await?),
            Need::Reach(id) => Known::Reach(self.reach(*id).await?),
            Need::Segments => Known::Segments(self.store.segments().await?),
            Need::Addressee(id) => Known::Addressee(self.addressee(*id).await?),
            Need::Reader(crowd, typed) => Known::Reader(self.reader(crowd, typed.as_deref()).await?),
            Need::Approval => Known::Approval(self.campaigns.approval()),
            Need::Pressed(id) => Known::Pressed(self.pressed(*id).await?),
            Need::Received(id, who) => Known::Received(self.received(*id, *who).await?),
            Need::Unacked(id, by, skip, n) => {
                let (some, all) = self.unacked(*id, *by, *skip, *n).await?;
                Known::Unacked(some, all)
            }
            Need::Told(id, who) => Known::Told(self.told(*id, *who).await?),
            Need::Campaign(id) => Known::Campaign(self.report(*id).await?.map(Box::new)),
            Need::Campaigns(who, skip, n) => {
                let (found, more) = self.campaigns_for(*who, *skip, *n).await?;
                Known::Campaigns(found, more)
            }
            Need::Questions => Known::Gathered(self.gathered().await?),
            Need::Registered(id) => Known::Registered(self.store.page(*id).await?.map(Box::new)),
            Need::Code(id, code) => Known::Code(self.code(*id, code).await),
            Need::Contested => {
                let unsure = |page: &Page| {
                    page.present().count() > 1 && page.present().any(|admin| !admin.proof.is_there())
                };
                Known::Contested(self.pages_that(unsure).await?)
            }
            Need::Claimed => {
                let claimed = |page: &Page| chat::claims(page).next().is_some();
                Known::Contested(self.pages_that(claimed).await?)
            }
            Need::Peers(id) => Known::Peers(self.peers(*id).await?),
            Need::LastPost(id) => Known::LastPost(match &self.auditor {
                Some(auditor) => match auditor.last_post(*id).await? {
                    Some(at) => Some(at),
                    // No read is left for it: what the night has seen.
                    None => self.store.sight(*id).await?.and_then(|sight| sight.last_post),
                },
                None => None,
            }),
            Need::Classes => Known::Classes(self.classes().await?),
            Need::Class(id) => Known::Class(self.hall(*id).await?.map(Box::new)),
            Need::SeatsOf(user) => {
                let mut found = Vec::new();
                for seat in self.store.seats_of(*user).await? {
                    found.extend(self.store.class(seat.class).await?.map(|class| (class, seat)));
                }
                Known::Seats(found)
            }
            Need::Certificate(number) => {
                Known::Certificate(self.store.certificate(*number).await?.map(Box::new))
            }
            Need::Names(ids) => Known::Names(self.pages.names(ids).await),
            Need::Link(name) => Known::Link(format!("https://vk.me/club{}?ref={name}", self.group)),
            Need::Voices => Known::Voices(self.voices().await?),
            Need::Chance(class, user) => Known::Chance(self.chance_of((class.0, user.0))),
            Need::QuestionsOf(user) => Known::Questions(self.store.asked_by(*user).await?),
            Need::Board => Known::Board(self.board().await?),
            Need::Watch(id) => Known::Watch(self.store.watch(*id).await?),
            Need::Desk => Known::Desk(self.desk().await?),
            Need::Handoffs => Known::Handoffs(self.store.handoffs().await?),
            Need::Handoff(id) => Known::Handoffs(self.store.handoff(*id).await?.into_iter().collect()),
            Need::HandoffsOf(user) => Known::Handoffs(self.store.handoffs_of(*user).await?),
            Need::Sheet(who, sheet) => Known::Sheet(rosters::trial(self, *who, sheet).await?),
            Need::Roster(who) => Known::Roster(rosters::lists(self, *who).await?),
            Need::Here(user) => Known::Here(self.here(*user).await?),
            Need::Municipalities => Known::Municipalities(self.municipalities().await?),
            Need::Log(n) => Known::Log(self.store.audit(*n).await?),
            Need::Staff => Known::Staff(self.roles().await?),
        })
    }

    /// The campaigns that somebody may see, those that go on first, then by falling number: so many left out, at most so
    /// many told; and whether there are more.
    pub(crate) async fn campaigns_for(
        &self,
        who: UserId,
        skip: usize,
        n: usize,
    ) -> Result<(Vec<(Campaign, Tally)>, bool)> {
        let rights = self.rights(who).await?;
        let mut going = self.store.active().await?;
        going.retain(|campaign| !campaign.state.is_over());
        let mut seen = Vec::new();
        for campaign in going.iter().rev() {
            if self.reach_of(campaign).await?.is_seen_by(&rights) {
                seen.push(campaign.clone());
            }
        }
        let going: HashSet<CampaignId> = going.into_iter().map(|campaign| campaign.id).collect();
        let (mut looked, mut at_once) = (0, CAMPAIGNS);
        while seen.len() <= skip.saturating_add(n) {
            let some = self.store.campaigns(at_once).await?;
            let last = some.len() < at_once;
            for campaign in some.into_iter().skip(std::mem::replace(&mut looked, at_once)) {
                if !going.contains(&campaign.id) && self.reach_of(&campaign).await?.is_seen_by(&rights) {
                    seen.push(campaign);
                }
            }
            if last {
                break;
            }
            at_once = at_once.saturating_mul(4);
        }
        let more = seen.len() > skip.saturating_add(n);
        let mut found = Vec::new();
        for campaign in seen.into_iter().skip(skip).take(n) {
            let tally = self.store.tally(campaign.id).await?;
            found.push((campaign, tally));
        }
        Ok((found, more))
    }

    /// What a person may now: by the config and by what was granted.
    pub(crate) async fn rights(&self, user: UserId) -> Result<Rights> {
        let granted = self.store.grants_of(user).await?;
        Ok(Rights::new(user, self.staff.grants_of(user).chain(granted)))
    }

    /// Every registered page with what is known of it and of its people.
    pub(crate) async fn board(&self) -> Result<Vec<Row>> {
        let (rules, zone) = (&self.region.attention, &self.region.zone);
        rows::board(self.store.as_ref(), rules, zone, self.clock.now()).await
    }

    /// Everybody's roles: those of the config, then those that were granted.
    pub(crate) async fn roles(&self) -> Result<Vec<Grant>> {
        Ok(self.staff.grants().chain(self.store.grants().await?).collect())
    }

    /// Everybody of staff, with what she may and her record.
    pub(crate) async fn desk(&self) -> Result<Vec<Clerk>> {
        let mut grants: BTreeMap<UserId, Vec<Grant>> = BTreeMap::new();
        for grant in self.staff.grants().chain(self.store.grants().await?) {
            grants.entry(grant.who).or_default().push(grant);
        }
        let mut desk = Vec::new();
        for (id, grants) in grants {
            let person = self.store.person(id).await?;
            desk.push(Clerk { id, rights: Rights::new(id, grants), person });
        }
        Ok(desk)
    }

    /// The questions of everybody, each with where who asked it is: as it was when she handed it over, else as she is now.
    pub(crate) async fn gathered(&self) -> Result<Vec<(Asked, Place)>> {
        let talks = self.store.handoffs().await?;
        let begun: HashMap<u64, Place> = talks.iter().map(|one| (one.context.asked, one.place())).collect();
        let mut places: HashMap<UserId, Place> = HashMap::new();
        let mut found = Vec::new();
        for asked in self.store.asked(QUESTIONS).await? {
            let who = asked.key.person;
            let place = if let Some(place) = begun.get(&asked.id) {
                place.clone()
            } else if let Some(place) = places.get(&who) {
                place.clone()
            } else {
                let person = self.store.person(who).await?;
                let place = person.as_ref().map(Place::of_person).unwrap_or_default();
                places.insert(who, place.clone());
                place
            };
            found.push((asked, place));
        }
        Ok(found)
    }

    /// Somebody to answer questions was granted that role.
    async fn granted(&self) -> Result<bool> {
        Ok(self.store.grants().await?.iter().any(|grant| grant.role.is_staff()))
    }

    /// A number that nobody who does not know the bot's own chance can tell, the same whenever the turn is made again.
    fn chance_of(&self, of: impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.chance, of).hash(&mut hasher);
        hasher.finish()
    }

    /// All classes with how many people have to do with them.
    pub(crate) async fn classes(&self) -> Result<Vec<(Class, Taken)>> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let classes = self.store.classes(after, PEOPLE).await?;
            let Some(last) = classes.last() else { return Ok(found) };
            after = Some(last.id);
            for class in classes {
                let seats = self.store.seats(class.id).await?;
                let hall = Hall { class, seats };
                let taken = Taken {
                    enrolled: hall.count(SeatState::Enrolled),
                    waiting: hall.count(SeatState::Waiting),
                    came: hall.came(),
                };
                found.push((hall.class, taken));
            }
        }
    }

    /// A class with everybody who has to do with it. Read before the seats, its revision is never newer than they are.
    pub(crate) async fn hall(&self, id: ClassId) -> Result<Option<Hall>> {
        let Some(class) = self.store.class(id).await? else { return Ok(None) };
        Ok(Some(Hall { class, seats: self.store.seats(id).await? }))
    }

    /// What is kept of the pages a person runs, and how they looked last.
    async fn pages_of(&self, person: &Person) -> Result<Vec<(Page, Option<Sight>)>> {
        let mut found = Vec::new();
        for named in &person.pages {
            if let Some(page) = self.store.page(named.id).await? {
                found.push((page, self.store.sight(named.id).await?));
            }
        }
        Ok(found)
    }

    /// Whether a word stands on a page: in what it tells of itself or, if walls can be read, in its newest posts.
    async fn code(&self, id: GroupId, code: &str) -> CodeSeen {
        let seen = self.pages.holds(id, code).await;
        match (&self.auditor, seen) {
            (Some(auditor), CodeSeen::NotThere) => auditor.holds(id, code).await,
            _ => seen,
        }
    }

    async fn pages_that(&self, fits: impl Fn(&Page) -> bool + Send) -> Result<Vec<Page>> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let pages = self.store.pages(after, PEOPLE).await?;
            let Some(last) = pages.last() else { return Ok(found) };
            after = Some(last.id);
            found.extend(pages.into_iter().filter(&fits));
        }
    }

    /// A page and its peers; of others only what cannot be told from the page's own record is read.
    async fn peers(&self, id: GroupId) -> Result<Vec<Entry>> {
        let (page, sight) = (self.store.page(id).await?, self.store.sight(id).await?);
        let kind = page.zip(sight).and_then(|(page, sight)| league::kind(&page, &sight));
        let Some(kind) = kind else { return Ok(Vec::new()) };
        let monday = Day::from(self.region.zone.local(self.clock.now()).date()).monday();
        let mut found = Vec::new();
        for page in self.pages_that(|page| page.sphere == Some(kind.0)).await? {
            let Some(sight) = self.store.sight(page.id).await? else { continue };
            if league::kind(&page, &sight) == Some(kind) {
                let weeks = self.store.weeks(page.id).await?;
                found.push(Entry::of(&page, &sight, &weeks, monday));
            }
        }
        Ok(found)
    }

    /// When something may come to a person who is in her quiet hours now and does not write herself.
    async fn quiet_until(&self, id: UserId) -> Result<Option<Ms>> {
        let now = self.clock.now();
        let Some(person) = self.store.person(id).await? else { return Ok(None) };
        let reader = person.reader(&self.region.attention, &self.region.zone);
        let talks = now.0 - person.seen.0 < attention::AWAKE;
        Ok(Some(reader.quiet.end(reader.zone, now)).filter(|opens| *opens > now && !talks))
    }

    /// The bot may write to somebody.
    async fn here(&self, id: UserId) -> Result<bool> {
        Ok(self.store.person(id).await?.is_some_and(|p| p.consent.is_some() && p.writable))
    }

    async fn voices(&self) -> Result<Voices> {
        let (mut voices, mut after) = (Voices::default(), None);
        loop {
            let some = self.store.opinions(after, PEOPLE).await?;
            let Some((last, _)) = some.last() else { return Ok(voices) };
            after = Some(*last);
            for (_, opinion) in &some {
                voices.add(opinion, self.clock.now());
            }
        }
    }

    /// The municipalities of the roster and of registered pages, those with most of them first.
    async fn municipalities(&self) -> Result<Arc<[String]>> {
        let mut counts: HashMap<String, (String, usize)> = HashMap::new();
        let mut count = |name: Option<String>| {
            let Some(name) = name.and_then(|name| text::line(&name, MUNICIPALITY)) else { return };
            counts.entry(text::folded(&name)).or_insert_with(|| (name, 0)).1 += 1;
        };
        let mut after = None;
        loop {
            let some = self.store.institutions(after, PEOPLE).await?;
            let Some(last) = some.last() else { break };
            after = Some(last.key.clone());
            for institution in some {
                count(institution.municipality);
            }
        }
        let mut after = None;
        loop {
            let some = self.store.pages(after, PEOPLE).await?;
            let Some(last) = some.last() else { break };
            after = Some(last.id);
            for page in some {
                count(page.municipality);
            }
        }
        let mut towns: Vec<(String, usize)> = counts.into_values().collect();
        towns.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        Ok(towns.into_iter().map(|(name, _)| name).collect())
    }

    /// Somebody by a link to her; that VK does not answer is no reason to lose what else is being set.
    async fn colleague(&self, typed: &str) -> Result<Option<Colleague>> {
        let Some((id, name)) = self.pages.person(typed).await else { return Ok(None) };
        Ok(Some(Colleague { id, name, here: self.here(id).await? }))
    }

    async fn her_pages(&self, id: UserId) -> Result<HerPages> {
        let mut pages = Vec::new();
        let person = self.store.person(id).await?;
        for page in person.map(|person| person.pages).unwrap_or_default() {
            let kept = self.store.page(page.id).await?;
            let sight = self.store.sight(page.id).await?;
            let weeks = self.store.weeks(page.id).await?;
            let waiting = self.store.comments(page.id).await?.map(|known| known.open).unwrap_or_default();
            pages.push(Seen { page, kept, sight, weeks, waiting });
        }
        Ok(HerPages { pages, nudged: self.store.nudged(id).await? })
    }

    async fn absent(&self, id: UserId) -> Result<Option<Absent>> {
        let Some(person) = self.store.person(id).await? else { return Ok(None) };
        let page = person.page().cloned();
        let Some(away) = person.away else { return Ok(None) };
        let reminders = self.store.reminders(id).await?.into_iter();
        let posts = reminders.filter(|r| r.what == What::Post).filter_map(|r| r.rule).collect();
        Ok(Some(Absent { away, page, sphere: person.sphere, posts }))
    }

    async fn report(&self, id: CampaignId) -> Result<Option<Report>> {
        let Some(campaign) = self.store.campaign(id).await? else { return Ok(None) };
        let mut report = Report::new(campaign);
        let mut after = None;
        loop {
            let page = self.store.recipients(id, after, PEOPLE).await?;
            let Some((last, _)) = page.last() else { return Ok(Some(report)) };
            after = Some(*last);
            for (_, state) in page {
                report.add(state);
            }
        }
    }

    /// Commits a turn together with these preconditions and changes, and hands its messages to the outbox.
    pub(crate) async fn commit(
        &self,
        user: UserId,
        made: &Made,
        lane: OutLane,
        nonce: u64,
        expect: Vec<Expect>,
        ops: Vec<Op>,
    ) -> Result<()> {
        let now = made.at;
        let mut commit = Commit { expect, ops };
        commit.expect.push(Expect::PersonRev(user, made.rev));
        let turn = &made.turn;
        if let Some(person) = &turn.person {
            commit.ops.push(Op::PutPerson(Box::new(person.clone())));
        }
        commit.expect.extend(turn.expect.iter().cloned());
        commit.ops.extend(turn.ops.iter().cloned());
        let plain = turn.person.as_ref().is_some_and(|p| p.plain);
        let says = turn.says.iter().map(|say| {
            let drawn = say.screen.draw(plain);
            (lane, (user, drawn.text, drawn.keyboard, say.edit, say.file.clone()))
        });
        let mut tells = Vec::new();
        for (n, tell) in turn.tells.iter().enumerate() {
            // What a colleague says at night is read in the morning.
            if let Some(opens) = self.quiet_until(tell.to).await? {
                let held = Held { kind: Kind::Answer, at: now, body: Body::Text(tell.text.clone()) };
                commit.ops.push(Op::Hold(tell.to, held, opens));
            } else {
                tells.push((turn.says.len() + n, (lane, (tell.to, tell.text.clone(), None, None, None))));
            }
        }
        let mut hands = Vec::new();
        for (n, hand) in turn.hands.iter().enumerate() {
            // At night a word of staff waits in the outbox, with its buttons; whoever is just writing gets it at once.
            let asleep = self.quiet_until(hand.to).await?.is_some();
            if asleep && hand.fleeting {
                continue;
            }
            let lane = if asleep { OutLane::Reminder } else { lane };
            let plain = self.store.person(hand.to).await?.is_some_and(|p| p.plain);
            let drawn = hand.screen.draw(false);
            let keyboard = drawn.keyboard.filter(|_| !plain);
            let place = turn.says.len() + turn.tells.len() + n;
            hands.push((place, (lane, (hand.to, drawn.text, keyboard, None, None))));
        }
        let messages: Vec<OutMessage> = says
            .enumerate()
            .chain(tells)
            .chain(hands)
            .map(|(place, (lane, (to, text, keyboard, edit, file)))| OutMessage {
                to: PeerId::from(to),
                lane,
                random_id: random_id(nonce, place as u64),
                text,
                keyboard,
                edit,
                file,
                at: now,
                attempts: 0,
                not_before: now,
            })
            .collect();
        commit.ops.extend(messages.iter().cloned().map(Op::Enqueue));
        let campaigns = commit
            .ops
            .iter()
            .any(|op| matches!(op, Op::StartCampaign(..) | Op::PutCampaign(_) | Op::PutLetter(_)));
        let sets = |op: &Op| {
            matches!(op, Op::PutReminder(_) | Op::Hold(..) | Op::PutHandoff(_) | Op::Wake(..) | Op::Forget(_))
        };
        let reminders = commit.ops.iter().any(sets);
        let pages = commit.ops.iter().any(|op| matches!(op, Op::PutSight(_)));
        for op in &commit.ops {
            if let Op::StartCampaign(campaign, _) = op {
                commit.expect.push(Expect::CampaignNew(campaign.id));
            }
        }
        let forgotten = turn.person.is_none();
        let committed = self.store.commit(commit).await?;
        if forgotten {
            self.outbox.forget(PeerId::from(user));
        }
        self.outbox.push(Some(nonce), committed.queued.into_iter().zip(messages));
        if campaigns {
            self.campaigned.send_replace(());
        }
        if reminders {
            self.rescheduled.notify_one();
        }
        if let Some(auditor) = self.auditor.as_ref().filter(|_| pages) {
            auditor.wake();
        }
        Ok(())
    }

    /// Something was sent that has no receipt and was not asked after.
    pub(crate) fn unsure(&self) {
        self.unsure.store(true, Ordering::SeqCst);
    }

    /// Of everything sent it is known what became of it.
    pub(crate) fn is_sure(&self) -> bool {
        self.outbox.is_sure() && !self.unsure.load(Ordering::SeqCst)
    }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without words").to_owned()
}

/// She may be written an announcement.
pub(crate) fn wants_news(person: &Person) -> bool {
    person.consent.is_some() && person.subscriptions.announcements && person.writable
}

/// A number from 1 to 2³¹−1 that depends on nothing but these: VK drops a second message with the same one.
pub(crate) fn random_id(nonce: u64, place: u64) -> i32 {
    let folded = hash(&[nonce.to_be_bytes(), place.to_be_bytes()].concat());
    (folded % (i32::MAX as u64)) as i32 + 1
}

/// What finds a turn, all that is sent for it and its apology in the log.
pub(crate) fn trace(nonce: u64) -> String {
    format!("{:08x}", nonce as u32)
}

/// FNV-1a: the same on every machine and in every version, which std's hashers do not promise.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_are_never_zero_and_depend_on_both() {
        let ids: std::collections::BTreeSet<i32> =
            (0..1000).flat_map(|nonce| (0..3).map(move |place| random_id(nonce, place))).collect();
        assert_eq!(ids.len(), 3000);
        assert!(ids.iter().all(|id| *id > 0));
        assert_eq!(random_id(7, 1), random_id(7, 1));
    }
}
