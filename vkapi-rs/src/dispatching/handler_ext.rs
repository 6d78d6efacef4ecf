//! Filters by what a message says and a button carries.

use std::sync::Arc;

use crate::{
    bot::Bot,
    dptree::{Handler, filter, filter_async, filter_map},
    types::{Attachment, Message, PeerId, Update, UpdateKind},
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

    /// Passes new messages on that tell of something that happened in a chat, one of these by VK's names, such as
    /// `chat_invite_user`, and gives the next handlers the [`MessageAction`](crate::types::MessageAction). With none named, all pass.
    #[must_use]
    fn filter_action(self, kinds: impl IntoIterator<Item = impl Into<String>>) -> Self;

    /// Passes new messages on with something of one of these kinds on them, by VK's names, such as `photo`. With none
    /// named, anything does.
    #[must_use]
    fn filter_attachment(self, kinds: impl IntoIterator<Item = impl Into<String>>) -> Self;

    /// Passes events of a chat on that one of its administrators has caused. VK is asked who they are each time, unless
    /// a [cache](crate::Bot::cache) knows `messages.getConversationMembers`; it tells only where the community itself is
    /// an administrator, and without its word nobody passes.
    #[must_use]
    fn filter_chat_admin(self) -> Self;

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

    fn filter_action(self, kinds: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let kinds: Vec<String> = kinds.into_iter().map(Into::into).collect();
        self.chain(filter_map(move |update: Arc<Update>| {
            let action = message(&update)?.action.as_ref()?;
            (kinds.is_empty() || kinds.contains(&action.kind)).then(|| action.clone())
        }))
    }

    fn filter_attachment(self, kinds: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let kinds: Vec<String> = kinds.into_iter().map(Into::into).collect();
        self.chain(filter(move |update: Arc<Update>| {
            let wanted = |attachment: &Attachment| kinds.is_empty() || kinds.contains(&attachment.kind);
            message(&update).is_some_and(|message| message.attachments.iter().any(wanted))
        }))
    }

    fn filter_chat_admin(self) -> Self {
        self.chain(filter_async(|bot: Bot, update: Arc<Update>| async move {
            let (Some(chat), Some(user)) = (update.peer_id().filter(|peer| peer.is_chat()), update.user_id())
            else {
                return false;
            };
            match bot.messages_get_conversation_members(chat).await {
                Ok(members) => members.items.iter().any(|member| {
                    member.member_id == Some(user.0)
                        && (member.is_admin == Some(true) || member.is_owner == Some(true))
                }),
                Err(error) => {
                    tracing::warn!(%error, chat = chat.0, "VK does not tell who administers a chat");
                    false
                }
            }
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

/// The new message.
fn message(update: &Update) -> Option<&Message> {
    let UpdateKind::MessageNew(new) = &update.kind else { return None };
    Some(&new.message)
}

/// The text of a new message.
fn text(update: &Update) -> Option<&str> {
    message(update).map(|message| message.text.as_str())
}

fn command<C: BotCommands>(update: &Update) -> Option<Result<C, CommandError>> {
    Some(C::parse(text(update)?, update.group_id))
}
