//! Small rows of all people in memory, so that «кому» is counted while somebody presses chips.
//!
//! They are read once, some seconds after the start, a second for 200,000 people, and kept up to date by what commits have changed
//! since. A row is some sixty bytes; a person's record stays in the store.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::sync::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;
use vkapi::types::UserId;

use crate::{
    content::Content,
    core::wants_news,
    domain::{
        Day, Ms, Person, Sphere,
        segment::{Facts, Filter, Names, Segment, Size},
    },
    store::{Result, Store},
};

/// People read at a time.
const READ: usize = 1_000;
/// How often what commits have changed is looked at, so that little is left to be read when somebody counts.
const LOOK: Duration = Duration::from_secs(2);
/// How long after the start people are read if nobody counts before: whoever has written meanwhile is answered first.
const SETTLE: Duration = Duration::from_secs(10);

/// Rows of all people.
#[derive(Debug, Default)]
pub struct Census(Mutex<Rows>);

#[derive(Debug, Default)]
struct Rows {
    names: Names,
    people: BTreeMap<UserId, Facts>,
    /// What checklists were read by; none: nothing is read yet.
    content: Option<Arc<Content>>,
}

/// A municipality with how many people there may be written to.
pub type Town = (String, usize);

impl Census {
    /// The rows as they are after all commits that have ended.
    async fn fresh(&self, store: &impl Store, content: &Arc<Content>) -> Result<MutexGuard<'_, Rows>> {
        let mut rows = self.0.lock().await;
        let known = rows.content.as_ref().is_some_and(|known| Arc::ptr_eq(known, content));
        // Taken before anything is read: what changes meanwhile is read again.
        let (mut people, pages) = store.touched().take();
        if !known {
            rows.content = None;
            rows.people.clear();
            let mut after = None;
            loop {
                let some = store.people(after, READ).await?;
                let Some(last) = some.last() else { break };
                after = Some(last.id);
                for person in some {
                    let facts = facts(&mut rows.names, store, content, &person).await?;
                    rows.people.insert(person.id, facts);
                }
            }
            rows.content = Some(Arc::clone(content));
            return Ok(rows);
        }
        for id in pages {
            let admins = store.page(id).await?.map(|page| page.admins).unwrap_or_default();
            people.extend(admins.iter().map(|admin| admin.person));
        }
        for id in people {
            match store.person(id).await? {
                Some(person) => {
                    let facts = facts(&mut rows.names, store, content, &person).await?;
                    rows.people.insert(id, facts);
                }
                None => drop(rows.people.remove(&id)),
            }
        }
        Ok(rows)
    }

    /// Whoever fits a segment and may be written an announcement, by ascending id.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn fitting(
        &self,
        store: &impl Store,
        content: &Arc<Content>,
        (segment, now): (&Segment, Ms),
        within: impl Fn(&Who<'_>) -> bool,
    ) -> Result<Vec<UserId>> {
        let rows = self.fresh(store, content).await?;
        let filter = Filter::new(segment, &rows.names, Day::from(now.date()));
        let fits = |facts: &&Facts| {
            let place = facts.place.and_then(|place| rows.names.shown(place));
            facts.news && filter.fits(facts) && within(&Who { place, sphere: facts.sphere, page: facts.page })
        };
        Ok(rows.people.values().filter(fits).map(|facts| facts.id).collect())
    }

    /// The municipalities of those who may be written an announcement, those with most people first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn towns(
        &self,
        store: &impl Store,
        content: &Arc<Content>,
        within: impl Fn(&Who<'_>) -> bool,
    ) -> Result<Vec<Town>> {
        let rows = self.fresh(store, content).await?;
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for facts in rows.people.values().filter(|facts| facts.news) {
            let place = facts.place.and_then(|place| rows.names.shown(place));
            let there = within(&Who { place, sphere: facts.sphere, page: facts.page });
            if let Some(place) = facts.place.filter(|_| there) {
                *counts.entry(place).or_default() += 1;
            }
        }
        let shown = |(place, n): (u32, usize)| Some((rows.names.shown(place)?.to_owned(), n));
        let mut towns: Vec<Town> = counts.into_iter().filter_map(shown).collect();
        towns.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(towns)
    }

    /// Keeps the rows fresh until told to stop.
    pub(crate) async fn keep(core: Arc<crate::core::Core>, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SETTLE) => {}
        }
        loop {
            if let Err(error) = core.census.fresh(core.store.as_ref(), &core.content()).await {
                tracing::error!(%error, "people could not be read for segments");
            }
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
                if !core.store.touched().is_empty() {
                    break;
                }
            }
        }
    }
}

/// Where somebody is, for what looks at rights.
pub struct Who<'a> {
    /// Her municipality.
    pub place: Option<&'a str>,
    /// Her sphere.
    pub sphere: Option<Sphere>,
    /// VK's number of the page she is asked about; 0 if she runs none.
    pub page: i64,
}

/// What is known of a person, from her record and those of her pages.
async fn facts(names: &mut Names, store: &impl Store, content: &Content, person: &Person) -> Result<Facts> {
    let mut facts = Facts {
        id: person.id,
        seen: Day::from(person.seen.date()),
        posted: None,
        page: person.page().map_or(0, |page| page.id.0),
        place: None,
        done: Box::default(),
        sphere: person.sphere,
        sizes: 0,
        zones: 0,
        classes: 0,
        news: wants_news(person),
    };
    let mut municipality = person.municipality.clone();
    for page in &person.pages {
        if let Some(sight) = store.sight(page.id).await? {
            facts.sizes |= sight.members.map_or(0, |members| 1 << Size::of(members) as u8);
            facts.zones |= sight.zone.map_or(0, |zone| 1 << zone as u8);
            facts.posted = facts.posted.max(sight.last_post.map(|at| Day::from(at.date())));
        }
        if let Some(page) = store.page(page.id).await? {
            facts.classes |= 1 << page.class() as u8;
            municipality = municipality.or(page.municipality);
        }
    }
    facts.place = municipality.map(|name| names.place(&name));
    let progress = store.progress(person.id).await?;
    let passed = progress.lessons.iter().filter(|mark| mark.passed.is_some());
    let mut done: Vec<u32> = passed.map(|mark| names.lesson(&mark.lesson)).collect();
    let whole = progress.rounds.iter().filter(|round| round.of > 0 && round.done >= round.of);
    done.extend(whole.map(|round| names.list(&round.list)));
    for seat in store.seats_of(person.id).await? {
        if seat.came.is_none() {
            continue;
        }
        done.push(names.class(seat.class));
        let class = store.class(seat.class).await?;
        done.extend(class.and_then(|class| class.course).map(|course| names.course(&course)));
    }
    let ticks = store.steps(person.id).await?;
    for list in ticks.chunk_by(|a, b| a.0.checklist == b.0.checklist) {
        let Some(list) = list.first().and_then(|(key, _)| content.checklist(&key.checklist)) else {
            continue;
        };
        let ticked = |step: &str| ticks.iter().any(|(key, _)| key.checklist == list.id && key.step == step);
        if list.steps.iter().all(|step| ticked(&step.id)) {
            done.push(names.list(&list.id));
        }
    }
    done.sort_unstable();
    done.dedup();
    facts.done = done.into();
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use vkapi::types::GroupId;

    use super::*;
    use crate::{
        chat::tests::CONTENT,
        domain::{
            Came, Class, ClassId, Consent, PageRef, Seat,
            page::{PageClass, Sight},
            segment::Atom,
        },
        store::{Commit, MemStore, Op, StepKey},
    };

    fn person(id: i64, town: &str) -> Person {
        let page = PageRef { id: GroupId(id), screen_name: "s".into(), name: "Школа".into() };
        Person {
            consent: Some(Consent { version: 1, at: Ms(0) }),
            municipality: Some(town.to_owned()),
            sphere: Some(Sphere::School),
            pages: vec![page],
            ..Person::new(UserId(id), Ms(0))
        }
    }

    async fn make(store: &MemStore, ops: Vec<Op>) {
        store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    }

    async fn count(census: &Census, store: &MemStore, atoms: &[Atom]) -> usize {
        let segment = Segment { atoms: atoms.to_vec() };
        let content = &CONTENT;
        census.fitting(store, content, (&segment, Ms(Ms::DAY)), |_| true).await.unwrap().len()
    }

    #[tokio::test]
    async fn rows_follow_what_is_committed() {
        let (store, census) = (MemStore::new(), Census::default());
        let put = |person: Person| Op::PutPerson(Box::new(person));
        make(&store, vec![put(person(7, "Ольховск")), put(person(8, "Тамбов"))]).await;
        let town = Atom::Place("ольховск".into());
        assert_eq!(count(&census, &store, &[]).await, 2);
        assert_eq!(count(&census, &store, std::slice::from_ref(&town)).await, 1);
        make(&store, vec![put(person(8, "Ольховск")), put(person(9, "Тамбов"))]).await;
        assert_eq!(count(&census, &store, std::slice::from_ref(&town)).await, 2);
        // A page that was looked at is its administrator's.
        let mut page = crate::domain::page::Page::new(person(8, "").pages[0].clone(), Ms(0));
        page.admins.push(crate::domain::page::Admin::new(UserId(8), Ms(0)));
        let sight = Sight { members: Some(700), ..Sight::new(GroupId(8), Ms(5)) };
        make(&store, vec![Op::PutPage(Box::new(page))]).await;
        assert_eq!(count(&census, &store, &[Atom::Size(Size::Middle)]).await, 0);
        make(&store, vec![Op::PutSight(Box::new(sight))]).await;
        assert_eq!(count(&census, &store, &[town, Atom::Size(Size::Middle)]).await, 1);
        let mut page = store.page(GroupId(8)).await.unwrap().unwrap();
        page.classify(PageClass::Flagship, UserId(1), Ms(6));
        make(&store, vec![Op::PutPage(Box::new(page))]).await;
        assert_eq!(count(&census, &store, &[Atom::Class(PageClass::Flagship)]).await, 1);
        make(&store, vec![Op::Forget(UserId(8)), Op::SetWritable(UserId(9), false)]).await;
        assert_eq!(count(&census, &store, &[]).await, 1);
        let towns = census.towns(&store, &CONTENT, |_| true).await.unwrap();
        assert_eq!(towns, [("Ольховск".to_owned(), 1)]);
        let nowhere = census.towns(&store, &CONTENT, |who| who.place == Some("Тамбов")).await.unwrap();
        assert!(nowhere.is_empty());
    }

    #[tokio::test]
    async fn who_was_at_a_class_has_been_at_its_course() {
        let (store, census) = (MemStore::new(), Census::default());
        let zone = crate::domain::Zone::try_from("Europe/Moscow".to_owned()).unwrap();
        let class = Class::new(ClassId(1), UserId(1), Ms(1), zone, "Обложка за час".to_owned());
        let class = Class { course: Some("start".to_owned()), ..class };
        let seat = |who, came: bool| Seat {
            came: came.then_some(Came { at: Ms(9), by: None }),
            ..Seat::new(ClassId(1), UserId(who))
        };
        let put = |who| Op::PutPerson(Box::new(person(who, "Ольховск")));
        make(&store, vec![put(7), put(8), put(9), Op::PutClass(Box::new(class))]).await;
        let (came, missed) = ([Atom::Came("start".to_owned())], [Atom::Missed("start".to_owned())]);
        assert_eq!((count(&census, &store, &came).await, count(&census, &store, &missed).await), (0, 3));
        make(&store, vec![Op::PutSeat(Box::new(seat(7, true))), Op::PutSeat(Box::new(seat(8, false)))]).await;
        assert_eq!((count(&census, &store, &came).await, count(&census, &store, &missed).await), (1, 2));
        let (came, missed) = ([Atom::CameTo(ClassId(1))], [Atom::MissedAt(ClassId(1))]);
        assert_eq!((count(&census, &store, &came).await, count(&census, &store, &missed).await), (1, 2));
        assert_eq!(count(&census, &store, &[Atom::CameTo(ClassId(2))]).await, 0);
    }

    #[tokio::test]
    async fn a_checklist_is_done_when_its_last_step_is_ticked() {
        let (store, census) = (MemStore::new(), Census::default());
        make(&store, vec![Op::PutPerson(Box::new(person(7, "Ольховск")))]).await;
        let list = CONTENT.checklists().first().unwrap();
        let done = Atom::Done(list.id.clone());
        let tick = |step: &str| {
            let key = StepKey { person: UserId(7), checklist: list.id.clone(), step: step.to_owned() };
            Op::SetStep(key, Some(crate::domain::Tick { at: Ms(1), post: None, seen: false }))
        };
        for step in &list.steps {
            assert_eq!(count(&census, &store, std::slice::from_ref(&done)).await, 0);
            make(&store, vec![tick(&step.id)]).await;
        }
        assert_eq!(count(&census, &store, std::slice::from_ref(&done)).await, 1);
        assert_eq!(count(&census, &store, &[Atom::Undone(list.id.clone())]).await, 0);
    }
}
