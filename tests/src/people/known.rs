use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context, ensure};
use kurator::{
    domain::{Reminder, What},
    store::{StepKey, Store},
};
use vkapi::types::UserId;

/// A checklist and a step of it.
pub(crate) type Step = (String, String);

/// What the bot has acknowledged to a person: it must be there whatever happens to the bot.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// She has agreed.
    pub(crate) consented: bool,
    /// Her interview is over.
    pub(crate) onboarded: bool,
    pub(crate) municipality: Option<String>,
    pub(crate) ticks: BTreeSet<Step>,
    /// Her weekly reminders, in the bot's words.
    pub(crate) reminders: Vec<String>,
    /// What she has asked for and not seen done yet: it may be there or not.
    pub(crate) pending_ticks: BTreeMap<Step, bool>,
    pub(crate) pending_reminder: bool,
}

/// The same, shared with whoever looks into the store.
#[derive(Clone, Debug, Default)]
pub struct Acknowledged(Arc<Mutex<Known>>);

impl Acknowledged {
    pub(crate) fn get(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks whether a store has all of it, and nothing that was never asked for; returns how many ticks it has.
    ///
    /// # Errors
    /// Something is missing, or is there that should not be, or the store cannot be read.
    pub async fn check(&self, store: &impl Store, person: i64) -> anyhow::Result<usize> {
        let known = self.get().clone();
        let user = UserId(person);
        let steps: BTreeSet<Step> = store
            .steps(user)
            .await?
            .into_iter()
            .map(|(StepKey { checklist, step, .. }, _)| (checklist, step))
            .collect();
        for step in steps.union(&known.ticks).filter(|step| !known.pending_ticks.contains_key(*step)) {
            let (kept, seen) = (steps.contains(step), known.ticks.contains(step));
            ensure!(kept == seen, "person {person}, {step:?}: she was shown {seen}, the store has {kept}");
        }
        if !known.consented {
            return Ok(steps.len());
        }
        let kept = store.person(user).await?.with_context(|| format!("person {person} is gone"))?;
        ensure!(kept.consent.is_some(), "person {person}: her consent is gone");
        ensure!(kept.onboarded.is_some() || !known.onboarded, "person {person}: her interview is gone");
        ensure!(
            known.municipality.is_none() || kept.municipality == known.municipality,
            "person {person}: she was told {:?}, the store has {:?}",
            known.municipality,
            kept.municipality
        );
        let reminders = store.reminders(user).await?;
        // The bot sets some for itself, which nobody is shown.
        let hers = |r: &&Reminder| r.rule.is_some() && matches!(r.what, What::Post | What::Task(_));
        let weekly = reminders.iter().filter(hers).count();
        let most = known.reminders.len() + usize::from(known.pending_reminder);
        ensure!(
            (known.reminders.len()..=most).contains(&weekly),
            "person {person}: she was shown reminders {:?}, the store has {reminders:?}",
            known.reminders
        );
        Ok(steps.len())
    }
}
