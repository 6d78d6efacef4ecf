use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{
    broadcast::error::RecvError,
    watch::{self, Receiver},
};
use vk_sandbox::{ChatEvent, ChatMessage, Sandbox};

/// Something of the bot's that a person sees.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// A new message.
    New(ChatMessage),
    /// A message as it is after an edit.
    Edited(ChatMessage),
    /// An answer to the press with this id.
    Snackbar(String),
}

/// Sees what every person sees, in order.
#[derive(Debug)]
pub struct Eyes {
    seen: Mutex<HashMap<i64, Vec<Shown>>>,
    grown: watch::Sender<u64>,
}

impl Eyes {
    /// Watches a sandbox for as long as it is there.
    pub fn open(sandbox: &Sandbox) -> Arc<Self> {
        let eyes = Arc::new(Self { seen: Mutex::default(), grown: watch::Sender::new(0) });
        let mut news = sandbox.subscribe();
        let seeing = Arc::clone(&eyes);
        tokio::spawn(async move {
            loop {
                match news.recv().await {
                    Ok(event) => seeing.take(event),
                    // Whoever waits for what was missed complains that it never came.
                    Err(RecvError::Lagged(missed)) => tracing::error!(missed, "too much happens to see all"),
                    Err(RecvError::Closed) => return,
                }
            }
        });
        eyes
    }

    fn seen(&self) -> MutexGuard<'_, HashMap<i64, Vec<Shown>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, event: ChatEvent) {
        let (person, shown) = match event {
            ChatEvent::Message { person, message } if !message.from_person => (person, Shown::New(message)),
            ChatEvent::Edited { person, message } => (person, Shown::Edited(message)),
            ChatEvent::Snackbar { person, answer } => (person, Shown::Snackbar(answer.event_id)),
            _ => return,
        };
        self.seen().entry(person).or_default().push(shown);
        self.grown.send_modify(|count| *count += 1);
    }

    /// What a person saw at this place of all she saw.
    pub(crate) fn at(&self, person: i64, place: usize) -> Option<Shown> {
        self.seen().get(&person).and_then(|all| all.get(place).cloned())
    }

    /// Changes whenever there is something new.
    pub(crate) fn grown(&self) -> Receiver<u64> {
        self.grown.subscribe()
    }
}
