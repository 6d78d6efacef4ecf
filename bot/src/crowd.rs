//! Whom an announcement goes to, and when each of them: gathered by conditions, within its author's rights.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use vkapi::{Lane, RequestError, types::UserId};

use crate::{
    campaigns,
    census::Who,
    chat::letter_text,
    core::{Core, hash},
    domain::{
        Campaign, CampaignId, CampaignState, Ms, Outlook, Person, Place, Recipient, Role, Scope, Skip,
        attention::{Kind, Verdict, verdict},
        forecast,
        letter::{Addressee, Crowd, Letter, LetterButton, Pressed, Reach, Rest, When},
        segment::Segment,
    },
    store::{Result, Store},
};

/// Recipients read at a time.
const READ: usize = 1_000;

/// The part of the region that somebody's announcements reach.
struct Within(Vec<Scope>);

impl Within {
    fn has(&self, who: &Who<'_>) -> bool {
        self.0.iter().any(|scope| {
            scope.is_whole()
                || scope.covers(&Place {
                    municipality: who.place.map(str::to_owned),
                    sphere: who.sphere,
                    page: (who.page != 0).then_some(vkapi::types::GroupId(who.page)),
                })
        })
    }
}

impl Core {
    async fn within(&self, by: UserId) -> Result<Within> {
        let rights = self.rights(by).await?;
        Ok(Within(rights.places(Role::Trainer).into_iter().cloned().collect()))
    }

    /// The people of a crowd.
    async fn fitting(&self, crowd: &Crowd) -> Result<Vec<UserId>> {
        let within = self.within(crowd.by).await?;
        let (content, now) = (self.content(), self.clock.now());
        let fits = |who: &Who<'_>| within.has(who);
        let mut people = self.census.fitting(self.store.as_ref(), &content, (&crowd.to, now), fits).await?;
        if let Some((of, rest)) = crowd.rest {
            let rest = self.rest(of, rest).await?;
            people.retain(|user| rest.contains(user));
        }
        Ok(people)
    }

    /// How many people are in a crowd.
    pub(crate) async fn count(&self, crowd: &Crowd) -> Result<usize> {
        Ok(self.fitting(crowd).await?.len())
    }

    /// The municipalities within somebody's rights with how many people there may be written to.
    pub(crate) async fn towns(&self, by: UserId) -> Result<Vec<(String, usize)>> {
        let within = self.within(by).await?;
        self.census.towns(self.store.as_ref(), &self.content(), |who| within.has(who)).await
    }

    /// The people of a crowd, each with her moment.
    pub(crate) async fn audience(&self, crowd: &Crowd) -> Result<Arc<[(UserId, Ms)]>> {
        let now = self.clock.now();
        let author = self.store.person(crowd.by).await?;
        let author = author.and_then(|person| person.zone).unwrap_or_else(|| self.region.zone.clone());
        let people = self.fitting(crowd).await?;
        let mut audience = Vec::with_capacity(people.len());
        for user in people {
            let due = match &crowd.when {
                When::At { local, own: false } => author.moment(*local),
                When::At { local, own: true } => {
                    let person = self.store.person(user).await?;
                    let zone = person.as_ref().and_then(|person| person.zone.as_ref());
                    zone.unwrap_or(&self.region.zone).moment(*local)
                }
                When::Now | When::Repeat(_) => now,
            };
            let span = i64::from(crowd.spread) * Ms::MINUTE;
            let later = if span > 0 { (hash(&user.0.to_be_bytes()) % span as u64) as i64 } else { 0 };
            audience.push((user, due.max(now).plus(later)));
        }
        Ok(audience.into())
    }

    /// Those who were sent a campaign and have not done that.
    async fn rest(&self, id: CampaignId, rest: Rest) -> Result<HashSet<UserId>> {
        let acked: HashSet<UserId> = match rest {
            Rest::Unread => HashSet::new(),
            Rest::Unacked => {
                let pressed = self.pressed(id).await?.into_iter();
                pressed.filter(|(_, pressed)| pressed.acked.is_some()).map(|(user, _)| user).collect()
            }
        };
        let is_left = |user: &UserId, state: Recipient| match (rest, state) {
            // Below a digest stands «Ознакомлен» as well.
            (_, Recipient::Sent(_)) | (Rest::Unacked, Recipient::Read | Recipient::Skipped(Skip::Digest)) => {
                !acked.contains(user)
            }
            _ => false,
        };
        let mut found = HashSet::new();
        let mut after = None;
        loop {
            let page = self.store.recipients(id, after, READ).await?;
            let Some((last, _)) = page.last() else { return Ok(found) };
            after = Some(*last);
            found.extend(page.iter().filter(|(user, state)| is_left(user, *state)).map(|(user, _)| *user));
        }
    }

    /// What recipients of a campaign did with it.
    pub(crate) async fn pressed(&self, id: CampaignId) -> Result<Vec<(UserId, Pressed)>> {
        let mut found = Vec::new();
        loop {
            let page = self.store.pressed(id, found.last().map(|(user, _)| *user), READ).await?;
            if page.is_empty() {
                return Ok(found);
            }
            found.extend(page);
        }
    }

    /// Those whom somebody may see of those who got a campaign and have not pressed «Ознакомлен», some of them with what is known of them, and how many
    /// there are.
    pub(crate) async fn unacked(
        &self,
        id: CampaignId,
        by: UserId,
        skip: usize,
        n: usize,
    ) -> Result<(Vec<(UserId, Addressee)>, usize)> {
        let rights = self.rights(by).await?;
        let mut left: Vec<UserId> = self.rest(id, Rest::Unacked).await?.into_iter().collect();
        left.sort_unstable();
        let (mut some, mut all) = (Vec::new(), 0);
        for user in left {
            let Some(person) = self.store.person(user).await? else { continue };
            if !rights.covers(Role::Curator, &Place::of_person(&person)) {
                continue;
            }
            if (skip..skip.saturating_add(n)).contains(&all) {
                some.push((user, self.known_of(Some(&person)).await?));
            }
            all += 1;
        }
        Ok((some, all))
    }

    /// Whether somebody is a recipient of a campaign.
    pub(crate) async fn received(&self, id: CampaignId, who: UserId) -> Result<bool> {
        let before = Some(UserId(who.0.saturating_sub(1)));
        let next = self.store.recipients(id, before, 1).await?;
        Ok(next.first().is_some_and(|(user, _)| *user == who))
    }

    /// What a campaign says to a person and which of its buttons is «Ознакомлен»; nothing if it was taken back or cancelled
    /// since: whoever has not got it by then does not get it.
    pub(crate) async fn told(&self, id: CampaignId, who: UserId) -> Result<Option<(String, Option<usize>)>> {
        let Some(campaign) = self.store.campaign(id).await? else { return Ok(None) };
        if matches!(campaign.state, CampaignState::Cancelling | CampaignState::Cancelled) {
            return Ok(None);
        }
        let Some(letter) = self.store.letter(id).await? else { return Ok(Some((campaign.text, None))) };
        if letter.is_recalled() {
            return Ok(None);
        }
        let reader = self.addressee(who).await?;
        Ok(Some((letter_text(&self.content(), &letter, &reader), ack(&letter))))
    }

    /// Judges everybody as the campaign would if it began as it is set.
    pub(crate) async fn outlook(&self, crowd: &Crowd) -> Result<Outlook> {
        let now = self.clock.now();
        let content = self.content();
        let (rules, calendar) = (&self.region.attention, content.calendar());
        let audience = self.audience(crowd).await?;
        let mut dues: BTreeMap<Ms, usize> = BTreeMap::new();
        let (mut digest, mut later, mut opens) = (0, 0, None::<Ms>);
        for (user, due) in audience.iter() {
            let Some(person) = self.store.person(*user).await? else { continue };
            let reader = person.reader(rules, &self.region.zone);
            let ledger = self.store.ledger(*user).await?;
            match verdict(rules, calendar, &reader, &ledger, Kind::Announcement, *due) {
                Verdict::Now => *dues.entry(*due).or_default() += 1,
                Verdict::Later(at) => {
                    *dues.entry(at).or_default() += 1;
                    later += 1;
                    opens = Some(opens.map_or(at, |opens| opens.min(at)));
                }
                Verdict::Digest(_) => digest += 1,
            }
        }
        let ends = forecast(&dues, now, campaigns::pace(self.campaigns.packing));
        Ok(Outlook { people: audience.len(), later, opens, digest, ends })
    }

    /// The announcements of which something is still to come, as far as they are somebody's to rule over, newest first.
    pub(crate) async fn letters_for(&self, who: UserId) -> Result<Vec<Letter>> {
        let rights = self.rights(who).await?;
        let mut found = Vec::new();
        for letter in self.store.letters_open().await? {
            if self.reach_by(letter.author, &letter.to).await?.is_ruled_by(&rights) {
                found.push(letter);
            }
        }
        Ok(found)
    }

    /// Whose an announcement is and what it reaches, whether it is a campaign already or not.
    pub(crate) async fn reach(&self, id: CampaignId) -> Result<Option<Reach>> {
        if let Some(letter) = self.store.letter(id).await? {
            return self.reach_by(letter.author, &letter.to).await.map(Some);
        }
        let Some(campaign) = self.store.campaign(id).await? else { return Ok(None) };
        self.reach_by(campaign.author, &Segment::default()).await.map(Some)
    }

    /// The same of a campaign that was read.
    pub(crate) async fn reach_of(&self, campaign: &Campaign) -> Result<Reach> {
        let letter = self.store.letter(campaign.id).await?;
        self.reach_by(campaign.author, &letter.map(|letter| letter.to).unwrap_or_default()).await
    }

    async fn reach_by(&self, author: UserId, to: &Segment) -> Result<Reach> {
        let within = self.within(author).await?;
        Ok(Reach::new(author, &within.0, to))
    }

    /// What is known of a person for the blanks of a text, but for her name.
    async fn known_of(&self, person: Option<&Person>) -> Result<Addressee> {
        let Some(person) = person else { return Ok(Addressee::default()) };
        let page = person.page();
        let sight = match page {
            Some(page) => self.store.sight(page.id).await?,
            None => None,
        };
        let days = |at: Ms| (self.clock.now().0 - at.0).max(0) / Ms::DAY;
        Ok(Addressee {
            name: None,
            page: page.map(|page| page.name.clone()),
            place: person.municipality.clone(),
            silence: sight.and_then(|sight| sight.last_post).map(days),
        })
    }

    /// What is known of these people for the blanks of a text, in their order.
    ///
    /// # Errors
    /// VK does not tell their names now, or the store cannot be read.
    pub(crate) async fn addressees(
        &self,
        people: &[UserId],
    ) -> std::result::Result<Vec<Addressee>, RequestError> {
        let unread = |error| RequestError::Network(Arc::new(error));
        let users = self.bot.users_get(people.iter().copied()).lane(Lane::Campaign).await?;
        let mut found = Vec::with_capacity(people.len());
        for id in people {
            let person = self.store.person(*id).await.map_err(unread)?;
            let known = self.known_of(person.as_ref()).await.map_err(unread)?;
            let name = users.iter().find(|user| user.id == *id).map(|user| user.first_name.clone());
            found.push(Addressee { name, ..known });
        }
        Ok(found)
    }

    /// What is known of one person; without her name if VK does not tell it.
    pub(crate) async fn addressee(&self, id: UserId) -> Result<Addressee> {
        match self.addressees(&[id]).await {
            Ok(found) => Ok(found.into_iter().next().unwrap_or_default()),
            Err(error) => {
                tracing::warn!(%error, "a reader's name was not read");
                let person = self.store.person(id).await?;
                self.known_of(person.as_ref()).await
            }
        }
    }

    /// Somebody of a crowd by a link to her, or any by chance.
    pub(crate) async fn reader(&self, crowd: &Crowd, typed: Option<&str>) -> Result<Option<Addressee>> {
        let people = self.fitting(crowd).await?;
        let id = if let Some(typed) = typed {
            let named = self.pages.person(typed).await.map(|(id, _)| id);
            named.filter(|id| people.binary_search(id).is_ok())
        } else {
            let chance = hash(&self.clock.now().0.to_be_bytes()) as usize;
            people.get(chance.checked_rem(people.len()).unwrap_or_default()).copied()
        };
        match id {
            Some(id) => self.addressee(id).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Which button of an announcement is «Ознакомлен».
fn ack(letter: &Letter) -> Option<usize> {
    letter.buttons.iter().position(|button| *button == LetterButton::Ack)
}
