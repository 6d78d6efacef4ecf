//! Filters by what a message says and a button carries.

use std::sync::Arc;

use crate::{
    dptree::{Handler, filter, filter_map},
    types::{PeerId, Update, UpdateKind},
    utils::{
        command::{BotCommands, CommandError},
        payload::ButtonPayload,
    },
};

/// Filters that narrow a handler further. All want the [`Arc<Update>`](Update), which every handler may have.
pub trait HandlerExt {
    /// Passes new messages with a command on and gives it to the next handlers.
    #[must_use]
    fn filter_command<C: BotCommands + Clone + Send + Sync + 'static>(self) -> Self;

    /// Passes new messages on that were meant as a command and are none, and gives the next handlers the
    /// [`CommandError`], whose text can be told to the person.
    #[must_use]
    fn filter_command_error<C: BotCommands + Send + Sync + 'static>(self) -> Self;

    /// Passes new messages on that say just one of these, whatever the case and the space around.
    #[must_use]
    fn filter_text(self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self;

    /// Passes new messages on in which the expression is found, and gives the next handlers the [`Captured`].
    #[cfg(feature = "regex")]
    #[must_use]
    fn filter_regex(self, regex: regex::Regex) -> Self;

    /// Passes events of conversations with one person on.
    #[must_use]
    fn filter_private(self) -> Self;

    /// Passes events of chats of several people on.
    #[must_use]
    fn filter_chat(self) -> Self;

    /// Passes presses of buttons with such a payload on, text and callback ones, and gives it to the next handlers.
    #[must_use]
    fn filter_payload<P: ButtonPayload + Clone + Send + Sync + 'static>(self) -> Self;
}

impl<Output: Send + 'static> HandlerExt for Handler<'static, Output> {
    fn filter_command<C: BotCommands + Clone + Send + Sync + 'static>(self) -> Self {
        self.chain(filter_map(|update: Arc<Update>| command::<C>(&update)?.ok()))
    }

    fn filter_command_error<C: BotCommands + Send + Sync + 'static>(self) -> Self {
        self.chain(filter_map(|update: Arc<Update>| {
            command::<C>(&update)?.err().filter(|error| *error != CommandError::NotCommand)
        }))
    }

    fn filter_text(self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(|text| text.as_ref().trim().to_lowercase()).collect();
        self.chain(filter(move |update: Arc<Update>| {
            text(&update).is_some_and(|text| texts.contains(&text.trim().to_lowercase()))
        }))
    }

    #[cfg(feature = "regex")]
    fn filter_regex(self, regex: regex::Regex) -> Self {
        self.chain(filter_map(move |update: Arc<Update>| Captured::of(&regex, text(&update)?)))
    }

    fn filter_private(self) -> Self {
        self.chain(filter(|update: Arc<Update>| update.peer_id().is_some_and(|peer| peer.user().is_some())))
    }

    fn filter_chat(self) -> Self {
        self.chain(filter(|update: Arc<Update>| update.peer_id().is_some_and(PeerId::is_chat)))
    }

    fn filter_payload<P: ButtonPayload + Clone + Send + Sync + 'static>(self) -> Self {
        self.chain(filter_map(|update: Arc<Update>| match &update.kind {
            UpdateKind::MessageNew(new) => P::read_text(new.message.payload.as_deref()?),
            UpdateKind::MessageEvent(event) => P::read(&event.payload),
            _ => None,
        }))
    }
}

/// What a regular expression has found in a message.
#[cfg(feature = "regex")]
#[derive(Clone, Debug)]
pub struct Captured {
    regex: regex::Regex,
    groups: Vec<Option<String>>,
}

#[cfg(feature = "regex")]
impl Captured {
    fn of(regex: &regex::Regex, text: &str) -> Option<Self> {
        let found = regex.captures(text)?;
        let groups = found.iter().map(|group| group.map(|group| group.as_str().to_owned())).collect();
        Some(Self { regex: regex.clone(), groups })
    }

    /// What a group has taken in; 0 is the whole match.
    pub fn get(&self, group: usize) -> Option<&str> {
        self.groups.get(group)?.as_deref()
    }

    /// The same by the group's name.
    pub fn name(&self, name: &str) -> Option<&str> {
        self.get(self.regex.capture_names().position(|known| known == Some(name))?)
    }
}

/// The text of a new message.
fn text(update: &Update) -> Option<&str> {
    let UpdateKind::MessageNew(new) = &update.kind else { return None };
    Some(&new.message.text)
}

fn command<C: BotCommands>(update: &Update) -> Option<Result<C, CommandError>> {
    let UpdateKind::MessageNew(new) = &update.kind else { return None };
    Some(C::parse(&new.message.text, update.group_id))
}
