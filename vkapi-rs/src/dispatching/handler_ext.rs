//! Filters by what a message says and a button carries.

use std::sync::Arc;

use crate::{
    dptree::{Handler, filter_map},
    types::{Update, UpdateKind},
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

    fn filter_payload<P: ButtonPayload + Clone + Send + Sync + 'static>(self) -> Self {
        self.chain(filter_map(|update: Arc<Update>| match &update.kind {
            UpdateKind::MessageNew(new) => P::read_text(new.message.payload.as_deref()?),
            UpdateKind::MessageEvent(event) => P::read(&event.payload),
            _ => None,
        }))
    }
}

fn command<C: BotCommands>(update: &Update) -> Option<Result<C, CommandError>> {
    let UpdateKind::MessageNew(new) = &update.kind else { return None };
    Some(C::parse(&new.message.text, update.group_id))
}
