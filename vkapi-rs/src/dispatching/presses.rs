//! Presses of callback buttons that nobody has answered: without an answer a button spins for a minute.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::future::BoxFuture;
use tracing::debug;

use crate::{
    bot::Bot,
    errors::RequestError,
    methods::MessagesSendMessageEventAnswer,
    requests::Method,
    transport::{Answer, Call, Transport},
    types::MessageEvent,
};

/// The presses that are being handled and are not answered yet, by the numbers VK gives them for that.
#[derive(Clone, Default)]
pub(crate) struct Presses(Arc<Mutex<HashSet<String>>>);

impl Presses {
    /// The same bot, whose answers to presses are noticed.
    pub(super) fn watch(&self, bot: &Bot) -> Bot {
        bot.layer(Watched { inner: bot.transport(), presses: self.clone() })
    }

    /// A handler is to answer this one.
    pub(super) fn begin(&self, press: &MessageEvent) {
        self.open().insert(press.event_id.clone());
    }

    /// Its handler has ended; whether it left the press without an answer.
    pub(super) fn end(&self, press: &MessageEvent) -> bool {
        self.open().remove(&press.event_id)
    }

    fn open(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Presses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presses").field("open", &self.open().len()).finish()
    }
}

/// Stops the button's spinning and shows nothing.
pub(super) async fn stop_spinning(bot: &Bot, press: &MessageEvent) {
    debug!(event_id = press.event_id, "the handler has not answered the press");
    let answer = bot.messages_send_message_event_answer(&press.event_id, press.user_id, press.peer_id);
    if let Err(error) = answer.await {
        debug!(%error, "a press was not answered");
    }
}

struct Watched {
    inner: Arc<dyn Transport>,
    presses: Presses,
}

impl Transport for Watched {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        if call.method == <MessagesSendMessageEventAnswer as Method>::NAME
            && let Some((_, event_id)) = call.form.iter().find(|(name, _)| name == "event_id")
        {
            self.presses.open().remove(event_id);
        }
        self.inner.call(call)
    }
}
