//! What the night has to tell a page's people before the week is over. Only that there is something is held: what is said
//! of it is made when it leaves, so that nobody reads of a silence that is over.

use vkapi::types::UserId;

use super::Auditor;
use crate::{
    domain::{
        Day, Ms,
        attention::{Body, Held, Kind},
        page::{Page, Sight, State},
    },
    store::{Op, Result, Store},
};

impl Auditor {
    /// Tells those who run a page that it is silent, while its norm can still be kept: once for one silence. Whoever is
    /// away is left in peace; her deputy is told.
    pub(super) async fn alarm(&self, page: &Page, seen: &mut Sight) -> Result<Vec<Op>> {
        let now = self.clock.now();
        let Some(last) = seen.last_post.filter(|last| seen.alarmed != Some(*last)) else {
            return Ok(Vec::new());
        };
        let silent = (now.0 - last.0) / Ms::DAY;
        let asked = self.norm.asked(page.class());
        // What the norm asks for can be written in as many days as it has posts.
        if seen.state != State::Open || !((7 - i64::from(asked)).max(2)..7).contains(&silent) {
            return Ok(Vec::new());
        }
        seen.alarmed = Some(last);
        let body = Body::Silence { page: page.id, name: page.name.clone(), last, asked };
        Ok(self.hold(self.there(page).await?, &body))
    }

    /// Tells those who run a page that nobody sees it any more, at the look that finds it so.
    pub(super) async fn shut(&self, page: &Page, was: State, is: State) -> Result<Vec<Op>> {
        if was != State::Open || is == State::Open {
            return Ok(Vec::new());
        }
        Ok(self.hold(self.all_of(page).await?, &Body::Shut { page: page.id, state: is }))
    }

    /// Tells those who run a page that a question waits; on a Monday the word of the week does.
    pub(super) async fn asked(&self, page: &Page) -> Result<Vec<Op>> {
        let today = Day::from(self.zone.local(self.clock.now()).date());
        if today == today.monday() {
            return Ok(Vec::new());
        }
        Ok(self.hold(self.all_of(page).await?, &Body::Question { page: page.id }))
    }

    fn hold(&self, people: Vec<UserId>, body: &Body) -> Vec<Op> {
        let now = self.clock.now();
        let held = |to| Op::Hold(to, Held { kind: Kind::Nudge, at: now, body: body.clone() }, now);
        people.into_iter().map(held).collect()
    }

    /// Who runs a page and wants to hear of it.
    async fn all_of(&self, page: &Page) -> Result<Vec<UserId>> {
        let mut people = Vec::new();
        for admin in page.present() {
            let person = self.store.person(admin.person).await?;
            if person.is_some_and(|p| p.consent.is_some() && p.subscriptions.tips) {
                people.push(admin.person);
            }
        }
        Ok(people)
    }

    /// The same, with the deputies of those who are away in their place.
    async fn there(&self, page: &Page) -> Result<Vec<UserId>> {
        let today = self.zone.local(self.clock.now()).date();
        let mut people = Vec::new();
        for id in self.all_of(page).await? {
            let away = self.store.person(id).await?.and_then(|person| person.away);
            let to = match away.filter(|away| away.back > today) {
                None => Some(id),
                Some(away) => self.deputy(away.deputy.and_then(|deputy| deputy.id), id).await?,
            };
            people.extend(to.filter(|to| !people.contains(to)));
        }
        Ok(people)
    }

    /// A deputy who has agreed to look after the page of whom that is: she has that one's reminders.
    async fn deputy(&self, id: Option<UserId>, whose: UserId) -> Result<Option<UserId>> {
        let Some(id) = id else { return Ok(None) };
        let reminders = self.store.reminders(id).await?;
        Ok(reminders.iter().any(|reminder| reminder.what.is_of(whose)).then_some(id))
    }
}
