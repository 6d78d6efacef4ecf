//! The sandbox as its owner holds it.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::Router;
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, ToSocketAddrs},
    sync::{broadcast, mpsc},
    task::JoinHandle,
};

use crate::{
    callbacks::{self, Delivery},
    calls::Call,
    chat::{ChatEvent, ChatMessage, ClientInfo, EventAnswerSeen, Outgoing, Person, PressError},
    conn::{Conn, Listener},
    control,
    faults::FaultSwitch,
    http::{self, Clock, Shared},
    pages::Page,
    params::Params,
    people::{Keyboard, Place},
    settings::Settings,
    state::{Community, State},
    token::{Rights, Token},
    uploads::File,
    web,
};

/// How long [`Sandbox::shutdown`] waits for open connections.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);

/// A VK to be started. By default: community 240000001 «Сообщество» with the token `group-token`, no
/// service token, the system's clock, the control interface and the web chat on.
pub struct Builder {
    group: (i64, String),
    tokens: Vec<(String, Token)>,
    clock: Arc<Clock>,
    settings: Settings,
    control: bool,
    routes: Router,
}

impl Builder {
    /// The community: VK id, name, and a token with every right.
    #[must_use]
    pub fn group(mut self, id: i64, name: impl Into<String>, token: impl Into<String>) -> Self {
        self.group = (id, name.into());
        self.tokens.retain(|(_, kind)| *kind == Token::Service);
        self.tokens.insert(0, (token.into(), Token::Community(Rights::ALL)));
        self
    }

    /// One more token of the community, with these rights only.
    #[must_use]
    pub fn group_token(mut self, token: impl Into<String>, rights: Rights) -> Self {
        self.tokens.push((token.into(), Token::Community(rights)));
        self
    }

    /// A token of an application.
    #[must_use]
    pub fn service_token(mut self, token: impl Into<String>) -> Self {
        self.tokens.push((token.into(), Token::Service));
        self
    }

    /// The clock: milliseconds since 1970. It decides dates, the memory of `random_id`, and the life of
    /// events, keys and presses.
    #[must_use]
    pub fn now(mut self, clock: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        self.clock = clock;
        self
    }

    /// Limits and habits.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Whether `/sandbox/…` and the web chat are served.
    #[must_use]
    pub fn control(mut self, on: bool) -> Self {
        self.control = on;
        self
    }

    /// More routes on the same port, which must not clash with the sandbox's own. Requests of pages of other
    /// sites do not reach them.
    #[must_use]
    pub fn routes(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// Listens and serves until [`Sandbox::shutdown`] or drop. Port 0 picks a free one.
    ///
    /// Must be called inside of a Tokio runtime with I/O and time on.
    pub async fn start(self, listen: impl ToSocketAddrs) -> io::Result<Sandbox> {
        let listener = TcpListener::bind(listen).await?;
        let addr = listener.local_addr()?;
        let (id, name) = self.group;
        let token = self.tokens.iter().find(|(_, kind)| *kind != Token::Service);
        let token = token.map(|(token, _)| token.clone()).unwrap_or_default();
        let group = Community { id, name, online: false, messages: true, bot_features: true };
        let mut state = State::new(self.settings, group, FaultSwitch::default());
        state.tokens = self.tokens.into_iter().collect();
        state.base_url = url(addr);
        let (courier, added) = mpsc::unbounded_channel();
        state.callbacks.courier = Some(courier);
        let shared = Arc::new(Shared::new(state, self.clock));
        tokio::spawn(callbacks::run(Arc::clone(&shared), added));
        let mut driving = self.routes;
        if self.control {
            driving = driving.merge(control::router(Arc::clone(&shared))).merge(web::router());
        }
        let router = http::router(Arc::clone(&shared)).merge(control::guarded(driving, addr.ip()));
        let stop = shared.stop.clone();
        let serving = tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<Conn>();
            let served =
                axum::serve(Listener(listener), service).with_graceful_shutdown(stop.cancelled_owned());
            if let Err(error) = served.await {
                tracing::error!(%error, "the sandbox stopped serving");
            }
        });
        Ok(Sandbox { shared, addr, group: id, token, serving: Some(serving) })
    }
}

fn url(addr: SocketAddr) -> String {
    let mut reached = addr;
    if addr.ip().is_unspecified() {
        reached.set_ip(if addr.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    format!("http://{reached}")
}

/// Milliseconds since 1970 by the system.
fn system_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A local VK that is being served. Dropping it stops it.
///
/// People are invented by the first call that names them; [`Sandbox::add_person`] gives them names.
pub struct Sandbox {
    shared: Arc<Shared>,
    addr: SocketAddr,
    group: i64,
    token: String,
    serving: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("addr", &self.addr)
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// A sandbox to be set up and started.
    pub fn builder() -> Builder {
        Builder {
            group: (240_000_001, "Сообщество".to_owned()),
            tokens: vec![("group-token".to_owned(), Token::Community(Rights::ALL))],
            clock: Arc::new(system_clock),
            settings: Settings::default(),
            control: true,
            routes: Router::new(),
        }
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `http://127.0.0.1:PORT`: the web chat.
    pub fn url(&self) -> String {
        url(self.addr)
    }

    /// `http://127.0.0.1:PORT/method`: what a client takes for `https://api.vk.ru/method`.
    pub fn api_url(&self) -> String {
        format!("{}/method", self.url())
    }

    /// VK id of the community.
    pub fn group_id(&self) -> i64 {
        self.group
    }

    /// The community's token with every right.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Adds a person, or renames one.
    pub fn add_person(&self, id: i64, first_name: impl Into<String>, last_name: impl Into<String>) {
        let person = Person { id, first_name: first_name.into(), last_name: last_name.into() };
        self.shared.state().add_person(person);
    }

    /// Everybody, by id.
    pub fn people(&self) -> Vec<Person> {
        self.shared.state().people.values().cloned().collect()
    }

    /// Adds a page, or replaces the one with this id.
    pub fn add_page(&self, page: Page) {
        self.shared.state().pages.insert(page.id, page);
    }

    /// A person writes; the message's cmid. 0 when she is in the blacklist: then nothing happens.
    pub fn write(&self, person: i64, text: &str) -> i64 {
        self.write_with(person, Outgoing::from(text))
    }

    /// The same with a payload, attachments and the rest.
    pub fn write_with(&self, person: i64, outgoing: Outgoing) -> i64 {
        let now = self.shared.now();
        self.shared.state().write(person, outgoing, now).map_or(0, |(cmid, _)| cmid)
    }

    /// A person uploads a document: the attachment that her message may carry, with an address under which the sandbox
    /// gives the bytes to anybody.
    pub fn document(&self, person: i64, name: &str, bytes: Vec<u8>) -> Value {
        let date = self.shared.now() / 1_000;
        let mut state = self.shared.state();
        let (key, base) = (state.hex(18), state.base_url.clone());
        let content_type = "application/octet-stream".to_owned();
        let file = File { name: name.to_owned(), content_type, bytes: bytes.into() };
        json!({"type": "doc", "doc": state.media.save_doc(person, file, None, &key, date, &base)})
    }

    /// A person presses «Начать», having come by a link with this `ref`; the message's cmid.
    pub fn start(&self, person: i64, ref_: Option<&str>) -> i64 {
        self.write_with(person, Outgoing::start(ref_.map(str::to_owned)))
    }

    /// A person presses a button under message `cmid`, of an inline keyboard or a carousel. The id of the
    /// event: 12 hex digits for a callback button (the `event_id` to answer), 40 for a text button, which
    /// writes a message.
    pub fn press(&self, person: i64, cmid: i64, label: &str) -> Result<String, PressError> {
        self.press_place(person, Keyboard::Under(cmid), Place::Label(label))
    }

    /// The same by place, both from 0; in a carousel the row is the element.
    pub fn press_at(&self, person: i64, cmid: i64, row: usize, column: usize) -> Result<String, PressError> {
        self.press_place(person, Keyboard::Under(cmid), Place::At(row, column))
    }

    /// A person presses a button of the usual keyboard.
    pub fn press_keyboard(&self, person: i64, label: &str) -> Result<String, PressError> {
        self.press_place(person, Keyboard::Usual, Place::Label(label))
    }

    fn press_place(&self, person: i64, keyboard: Keyboard, place: Place<'_>) -> Result<String, PressError> {
        let now = self.shared.now();
        self.shared.state().press(person, keyboard, place, now)
    }

    /// A person allows messages without writing.
    pub fn allow(&self, person: i64) {
        let now = self.shared.now();
        self.shared.state().allow(person, now);
    }

    /// A person forbids messages: sending to her is 901 until she writes or allows.
    pub fn deny(&self, person: i64) {
        let now = self.shared.now();
        self.shared.state().deny(person, now);
    }

    /// The community blacklists a person: sending to her is 900, and she cannot write.
    pub fn block(&self, person: i64) {
        let now = self.shared.now();
        self.shared.state().set_blocked(person, true, now);
    }

    /// Takes a person out of the blacklist.
    pub fn unblock(&self, person: i64) {
        let now = self.shared.now();
        self.shared.state().set_blocked(person, false, now);
    }

    /// A person joins the community.
    pub fn join(&self, person: i64) {
        let now = self.shared.now();
        self.shared.state().set_member(person, true, now);
    }

    /// A person leaves the community.
    pub fn leave(&self, person: i64) {
        let now = self.shared.now();
        self.shared.state().set_member(person, false, now);
    }

    /// A person reads everything so far.
    pub fn read(&self, person: i64) {
        let now = self.shared.now();
        self.shared.state().read_by_person(person, now);
    }

    /// A person begins to type.
    pub fn typing(&self, person: i64) {
        let now = self.shared.now();
        self.shared.state().type_something(person, now);
    }

    /// A person reacts to a message, or with `None` takes it back; `false` when there is no such message.
    pub fn react(&self, person: i64, cmid: i64, reaction: Option<i64>) -> bool {
        let now = self.shared.now();
        self.shared.state().react(person, cmid, reaction, now)
    }

    /// What the person's VK can show from now on.
    pub fn set_client_info(&self, person: i64, client: ClientInfo) {
        self.shared.state().set_client(person, client);
    }

    /// The conversation, oldest first, without deleted messages.
    pub fn conversation(&self, person: i64) -> Vec<ChatMessage> {
        let state = self.shared.state();
        state.dialogs.get(&person).map(|dialog| dialog.messages().cloned().collect()).unwrap_or_default()
    }

    /// The newest messages of a conversation, at most so many, oldest first, without deleted ones.
    pub fn newest(&self, person: i64, most: usize) -> Vec<ChatMessage> {
        let state = self.shared.state();
        let Some(dialog) = state.dialogs.get(&person) else { return Vec::new() };
        let mut newest: Vec<ChatMessage> = dialog.messages().rev().take(most).cloned().collect();
        newest.reverse();
        newest
    }

    /// One message of a conversation, unless it was deleted.
    pub fn message(&self, person: i64, cmid: i64) -> Option<ChatMessage> {
        self.shared.state().dialogs.get(&person)?.message(cmid).cloned()
    }

    /// The bytes of a photo or a document that was uploaded, by its id.
    pub fn uploaded(&self, id: i64) -> Option<Vec<u8>> {
        self.shared.state().media.file(id).map(|file| file.bytes.to_vec())
    }

    /// The usual keyboard now shown.
    pub fn keyboard(&self, person: i64) -> Option<Value> {
        self.shared.state().shown_keyboard(person)
    }

    /// Every answer to this person's presses, oldest first.
    pub fn snackbars(&self, person: i64) -> Vec<EventAnswerSeen> {
        let state = self.shared.state();
        state.dialogs.get(&person).map(|dialog| dialog.answers.clone()).unwrap_or_default()
    }

    /// The last calls, oldest first; [`Settings::calls_kept`] of them.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.state().calls.all()
    }

    /// How many calls there were, by method, forgotten ones too.
    pub fn call_counts(&self) -> BTreeMap<String, u64> {
        self.shared.state().calls.counts()
    }

    /// Forgets calls and counts.
    pub fn clear_calls(&self) {
        self.shared.state().calls.clear();
    }

    /// Number of the last event: the `ts` of a session opened now.
    pub fn last_ts(&self) -> String {
        self.shared.state().queue.last_ts().to_string()
    }

    /// Carries out a call as over HTTP, but at once and without faults; VK's whole answer.
    pub fn call(&self, token: &str, method: &str, params: Vec<(String, String)>) -> Value {
        self.shared.answer(method, &Params::new(params), Some(token), None)
    }

    /// The number of the last event, and the events after this number as long poll would bring them.
    pub fn events_after(&self, ts: &str) -> (String, Vec<Value>) {
        let state = self.shared.state();
        let events = state.queue.after(ts.parse().unwrap_or(0));
        (state.queue.last_ts().to_string(), events)
    }

    /// Makes an event happen; it is kept if its type is switched on, or is none VK knows. Its `event_id`.
    pub fn push_event(&self, kind: &str, object: &Value) -> String {
        let now = self.shared.now();
        self.shared.state().push_event(kind, object, now)
    }

    /// Puts a whole update before long poll as it is, whatever is switched on.
    pub fn push_raw(&self, update: Value) {
        let now = self.shared.now();
        self.shared.state().push_update(update, now);
    }

    /// Loses every event that waits: clients behind get `failed: 1`.
    pub fn lose_events(&self) {
        self.shared.state().queue.forget();
    }

    /// Switches an event type; `false` when VK has none of this name. Until then everything is on but
    /// `message_reply`, `message_edit`, `message_read` and `message_typing_state`.
    pub fn switch_event(&self, kind: &str, on: bool) -> bool {
        self.shared.state().queue.set_flag(kind, on)
    }

    /// Switches the community's messages, bot features and long poll, as its owner does in the settings.
    pub fn switch_community(&self, messages: bool, bot_features: bool, long_poll: bool) {
        let mut state = self.shared.state();
        state.group.messages = messages;
        state.group.bot_features = bot_features;
        state.queue.enabled = long_poll;
    }

    /// Every try to hand something over to a callback server, oldest first; [`Settings::calls_kept`] of them.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.state().callbacks.deliveries.iter().cloned().collect()
    }

    /// Brings what callback servers did not take to them now, not when it is due.
    pub fn retry_callbacks(&self) {
        self.shared.state().callbacks.hurry.notify_waiters();
    }

    /// Troubles on demand.
    pub fn faults(&self) -> FaultSwitch {
        self.shared.faults.clone()
    }

    /// What people in the chats see happen, from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<ChatEvent> {
        self.shared.state().news.subscribe()
    }

    /// Stops serving; what was held is answered. Connections that do not end in two seconds are left.
    pub async fn shutdown(mut self) {
        self.shared.stop.cancel();
        if let Some(serving) = self.serving.take() {
            let stop = serving.abort_handle();
            if tokio::time::timeout(LONGEST_GOODBYE, serving).await.is_err() {
                stop.abort();
            }
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}
