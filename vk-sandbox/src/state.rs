//! Everything the sandbox remembers, behind one lock.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::{
    callbacks::Callbacks,
    calls::CallLog,
    chat::{ChatEvent, ChatMessage, ClientInfo, EventAnswerSeen, Person},
    faults::FaultSwitch,
    pages::Page,
    queue::Queue,
    settings::{Settings, millis},
    token::Token,
    uploads::Media,
};

pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) base_url: String,
    pub(crate) group: Community,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) people: BTreeMap<i64, Person>,
    pub(crate) dialogs: HashMap<i64, Dialog>,
    pub(crate) pages: BTreeMap<i64, Page>,
    pub(crate) queue: Queue,
    pub(crate) callbacks: Callbacks,
    pub(crate) media: Media,
    pub(crate) calls: CallLog,
    pub(crate) faults: FaultSwitch,
    pub(crate) news: broadcast::Sender<ChatEvent>,
    pub(crate) presses: HashMap<String, Press>,
    /// Where each message is: its global id to person and cmid.
    pub(crate) index: HashMap<i64, (i64, i64)>,
    pub(crate) rng: fastrand::Rng,
    next_message_id: i64,
}

/// The community whose tokens the sandbox gives out.
pub(crate) struct Community {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) online: bool,
    /// «Сообщения сообщества».
    pub(crate) messages: bool,
    /// «Возможности ботов».
    pub(crate) bot_features: bool,
}

/// A conversation of the community with one person.
#[derive(Default)]
pub(crate) struct Dialog {
    /// Message with cmid `n` is at `n - 1`.
    messages: Vec<ChatMessage>,
    /// The person wrote first or allowed messages, and did not forbid them since.
    pub(crate) allowed: bool,
    /// The person is in the community's blacklist.
    pub(crate) blocked: bool,
    pub(crate) member: bool,
    pub(crate) keyboard: Option<Value>,
    /// Read by the community and by the person, up to this cmid.
    pub(crate) in_read: i64,
    pub(crate) out_read: i64,
    pub(crate) answers: Vec<EventAnswerSeen>,
    pub(crate) client: ClientInfo,
}

/// A press of a callback button waiting for its answer.
pub(crate) struct Press {
    pub(crate) person: i64,
    pub(crate) cmid: i64,
    pub(crate) at: i64,
    pub(crate) answered: bool,
}

impl Dialog {
    pub(crate) fn last_cmid(&self) -> i64 {
        self.messages.len() as i64
    }

    /// The message, unless it was deleted.
    pub(crate) fn message(&self, cmid: i64) -> Option<&ChatMessage> {
        let at = usize::try_from(cmid - 1).ok()?;
        self.messages.get(at).filter(|message| !message.deleted)
    }

    pub(crate) fn message_mut(&mut self, cmid: i64) -> Option<&mut ChatMessage> {
        let at = usize::try_from(cmid - 1).ok()?;
        self.messages.get_mut(at).filter(|message| !message.deleted)
    }

    /// Messages that were not deleted, oldest first.
    pub(crate) fn messages(&self) -> impl DoubleEndedIterator<Item = &ChatMessage> {
        self.messages.iter().filter(|message| !message.deleted)
    }

    /// What the community sent, newest first, deleted messages too.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &ChatMessage> {
        self.messages.iter().rev().filter(|message| !message.from_person)
    }

    pub(crate) fn unread_by_person(&self) -> usize {
        self.messages().filter(|message| !message.from_person && message.cmid > self.out_read).count()
    }

    pub(crate) fn unread_by_community(&self) -> usize {
        self.messages().filter(|message| message.from_person && message.cmid > self.in_read).count()
    }
}

impl State {
    pub(crate) fn new(settings: Settings, group: Community, faults: FaultSwitch) -> Self {
        let mut state = Self {
            rng: fastrand::Rng::with_seed(settings.seed),
            calls: CallLog::new(settings.calls_kept),
            settings,
            base_url: String::new(),
            group,
            tokens: HashMap::new(),
            people: BTreeMap::new(),
            dialogs: HashMap::new(),
            pages: BTreeMap::new(),
            queue: Queue::new(),
            callbacks: Callbacks::default(),
            media: Media::default(),
            faults,
            news: broadcast::Sender::new(4096),
            presses: HashMap::new(),
            index: HashMap::new(),
            next_message_id: 1,
        };
        state.callbacks.code = state.hex(8);
        state
    }

    /// The conversation with a person, begun if there is none; the person is invented if unknown.
    pub(crate) fn dialog(&mut self, person: i64) -> &mut Dialog {
        if !self.people.contains_key(&person) {
            self.add_person(Person {
                id: person,
                first_name: "Человек".to_owned(),
                last_name: person.to_string(),
            });
        }
        self.dialogs.entry(person).or_default()
    }

    pub(crate) fn add_person(&mut self, person: Person) {
        self.people.insert(person.id, person.clone());
        self.dialogs.entry(person.id).or_default();
        self.tell(ChatEvent::Person { person });
    }

    /// Puts a message into a conversation: numbers it, shows it to the person, returns its cmid.
    pub(crate) fn add_message(&mut self, person: i64, mut message: ChatMessage) -> i64 {
        message.id = self.next_message_id;
        self.next_message_id += 1;
        let dialog = self.dialog(person);
        message.cmid = dialog.last_cmid() + 1;
        // Writing shows that everything before was read.
        if message.from_person {
            dialog.out_read = message.cmid - 1;
        }
        let (id, cmid) = (message.id, message.cmid);
        let told = (self.news.receiver_count() > 0).then(|| message.clone());
        self.dialog(person).messages.push(message);
        self.index.insert(id, (person, cmid));
        if let Some(message) = told {
            self.tell(ChatEvent::Message { person, message });
        }
        cmid
    }

    pub(crate) fn set_keyboard(&mut self, person: i64, keyboard: Option<Value>) {
        let dialog = self.dialog(person);
        if dialog.keyboard != keyboard {
            dialog.keyboard.clone_from(&keyboard);
            self.tell(ChatEvent::Keyboard { person, keyboard });
        }
    }

    /// Marks a press; its 12-hex event id is good for [`Settings::press_life`].
    pub(crate) fn add_press(&mut self, person: i64, cmid: i64, now: i64) -> String {
        let life = millis(self.settings.press_life);
        self.presses.retain(|_, press| now - press.at <= life);
        let id = self.hex(12);
        self.presses.insert(id.clone(), Press { person, cmid, at: now, answered: false });
        id
    }

    /// Tells an event to long poll and to the callback servers, each if its type is switched on there; its id.
    pub(crate) fn push_event(&mut self, kind: &str, object: &Value, now: i64) -> String {
        let event_id = self.hex(40);
        let update = json!({
            "group_id": self.group.id, "type": kind, "event_id": event_id,
            "v": self.queue.api_version, "object": object,
        });
        self.callbacks.tell(kind, &update);
        if self.queue.wants(kind) {
            self.push_update(update, now);
        }
        event_id
    }

    /// Puts a whole update before long poll, with the neighbours and doubles that the faults ask for.
    pub(crate) fn push_update(&mut self, update: Value, now: i64) {
        if self.faults.unknown_event() {
            let stranger = json!({
                "group_id": self.group.id, "type": "sandbox_unheard_of", "event_id": self.hex(40),
                "v": self.queue.api_version, "object": {"what": ["is", {"this": null}]},
            });
            self.queue.push(stranger, now, &self.settings);
        }
        if self.faults.duplicate_event() {
            self.queue.push(update.clone(), now, &self.settings);
        }
        self.queue.push(update, now, &self.settings);
    }

    pub(crate) fn tell(&self, event: ChatEvent) {
        // No listener is no error.
        let _ = self.news.send(event);
    }

    /// Hexadecimal digits from the seeded source.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from_digit(self.rng.u32(0..16), 16).unwrap_or('0')).collect()
    }

    /// Dialogs that have a message, the one with the newest message first, with that message's id.
    pub(crate) fn dialogs_by_freshness(&self) -> Vec<(i64, i64)> {
        let mut fresh: Vec<(i64, i64)> = self
            .dialogs
            .iter()
            .filter_map(|(person, dialog)| Some((dialog.messages().next_back()?.id, *person)))
            .collect();
        fresh.sort_unstable_by(|a, b| b.cmp(a));
        fresh
    }
}

/// A queue with a bound: the oldest leaves when a new one does not fit.
pub(crate) fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, most: usize) {
    while !queue.is_empty() && queue.len() >= most {
        queue.pop_front();
    }
    if most > 0 {
        queue.push_back(item);
    }
}
