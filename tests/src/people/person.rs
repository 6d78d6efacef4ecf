use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use fastrand::Rng;
use kurator::domain::{Ms, Zone};
use vk_sandbox::{ChatMessage, ClientInfo, Sandbox};

use super::{
    Acknowledged, Book, Eyes,
    eyes::Shown,
    screen::{How, choice},
};

/// How long an answer may take, whatever happens to the bot meanwhile; then it is lost. Where a third of VK's calls fail and
/// the bot is killed every two seconds, one of thousands needs some dozens of tries.
const PATIENCE: Duration = Duration::from_secs(900);
/// How a reminder that comes by itself begins.
const REMINDER: &str = "Время записи на странице";
/// Soon reminders are due at the first whole minute this long after a person was made.
const SOON: i64 = 15_000;

/// Where the time comes from.
pub type Now = Arc<dyn Fn() -> Ms + Send + Sync>;

/// Which message an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A new one.
    New,
    /// This one, edited.
    Edited(i64),
}

/// What she did, and what came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Messages written and buttons pressed; each had its one answer.
    pub deeds: u64,
    /// Reminders that came by themselves.
    pub reminders: u64,
    /// Edits that were made again, which changes nothing.
    pub repeated_edits: u64,
    /// Presses that stopped spinning.
    pub snackbars: u64,
}

/// A person who talks to the bot.
///
/// She waits for the answer of one deed before the next, or does two or three in a row and waits for all. A new message
/// that answers nothing is an error, as is an answer that is not the expected one or does not come.
pub struct Person<'a> {
    pub(super) id: i64,
    /// Her VK shows no buttons: she types numbers, and each answer is a new message.
    pub(super) plain: bool,
    pub(super) rng: Rng,
    pub(super) sandbox: &'a Sandbox,
    eyes: &'a Eyes,
    pub(super) book: &'a Book,
    pub(super) now: Now,
    pub(super) zone: Zone,
    pub(super) soon_at: Ms,
    pub(super) acknowledged: Acknowledged,
    tally: Tally,
    /// How much of what she saw she has thought about.
    thought: usize,
    /// The bot's messages as they should read now, by cmid.
    chat: HashMap<i64, String>,
    snackbars: HashSet<String>,
    /// When soon reminders are due, and whether they surely were set before that.
    pub(super) soon: Vec<(Ms, bool)>,
    /// Reminders that came and were not answered.
    pub(super) came: Vec<ChatMessage>,
}

impl<'a> Person<'a> {
    /// A person of this id, whose whole script follows from the seed; every third has no buttons.
    pub fn new(
        id: i64,
        seed: u64,
        sandbox: &'a Sandbox,
        eyes: &'a Eyes,
        book: &'a Book,
        now: Now,
    ) -> anyhow::Result<Self> {
        let plain = id % 3 == 0;
        if plain {
            let client = ClientInfo {
                keyboard: false,
                inline_keyboard: false,
                callback: false,
                ..ClientInfo::default()
            };
            sandbox.set_client_info(id, client);
        }
        let soon_at = Ms(((now().0 + SOON).div_euclid(Ms::MINUTE) + 1) * Ms::MINUTE);
        Ok(Self {
            id,
            plain,
            soon_at,
            rng: Rng::with_seed(seed ^ id.unsigned_abs()),
            sandbox,
            eyes,
            book,
            now,
            zone: Zone::try_from("Europe/Moscow".to_owned()).map_err(anyhow::Error::msg)?,
            acknowledged: Acknowledged::default(),
            tally: Tally::default(),
            thought: 0,
            chat: HashMap::new(),
            snackbars: HashSet::new(),
            soon: Vec::new(),
            came: Vec::new(),
        })
    }

    /// What the bot has acknowledged to her so far.
    pub fn acknowledged(&self) -> Acknowledged {
        self.acknowledged.clone()
    }

    /// Talks: meets the bot, then does one thing after another for as long as `go_on` says.
    ///
    /// # Errors
    /// Something was lost, doubled or wrong; the error tells who was doing what.
    pub async fn talk(&mut self, mut go_on: impl FnMut() -> bool) -> anyhow::Result<()> {
        let who = format!("person {}{}", self.id, if self.plain { " without buttons" } else { "" });
        self.meet().await.with_context(|| format!("{who}, meeting the bot"))?;
        while go_on() {
            self.something().await.with_context(|| who.clone())?;
        }
        Ok(())
    }

    /// Opens all she has used, looks that everything is there, and waits for what is still due.
    ///
    /// # Errors
    /// Something is missing or is there twice.
    pub async fn look_back(&mut self) -> anyhow::Result<Tally> {
        let who = format!("person {} looking back", self.id);
        for list in 0..self.book.lists.len() {
            let ticks = self.acknowledged.get().ticks.clone();
            if ticks.iter().any(|(id, _)| *id == self.book.lists[list].id) {
                self.open_list(list).await.with_context(|| who.clone())?;
            }
        }
        self.progress().await.with_context(|| who.clone())?;
        self.all_reminders().await.with_context(|| who.clone())?;
        let (sure, most) = (self.soon.iter().filter(|(_, sure)| *sure).count(), self.soon.len());
        let last = self.soon.iter().map(|(due, _)| *due).max();
        let mut grown = self.eyes.grown();
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            while let Some(shown) = self.next() {
                let unasked = self.notice(shown)?;
                ensure!(unasked.is_none(), "{who}: an answer to nothing: {unasked:#?}");
            }
            let came = self.tally.reminders as usize;
            ensure!(came <= most, "{who}: {came} reminders came of {most} set");
            if came >= sure && last.is_none_or(|last| (self.now)() > last.plus(2_000)) {
                break;
            }
            ensure!(tokio::time::Instant::now() < until, "{who}: {came} reminders came of {sure} set");
            let _ = tokio::time::timeout(Duration::from_millis(200), grown.changed()).await;
        }
        self.compare().with_context(|| who)?;
        Ok(self.tally)
    }

    /// The conversation as VK has it is what she was shown, message by message.
    fn compare(&self) -> anyhow::Result<()> {
        let conversation = self.sandbox.conversation(self.id);
        let theirs = conversation.iter().filter(|message| !message.from_person);
        let theirs: HashMap<i64, String> = theirs.map(|m| (m.cmid, m.text.clone())).collect();
        ensure!(theirs.len() == self.chat.len(), "{} messages of {}", theirs.len(), self.chat.len());
        for (cmid, text) in &self.chat {
            ensure!(
                theirs.get(cmid) == Some(text),
                "message {cmid} reads {:?}, not {text:?}",
                theirs.get(cmid)
            );
        }
        Ok(())
    }

    pub(super) fn say(&mut self, text: &str) {
        self.tally.deeds += 1;
        self.sandbox.write(self.id, text);
    }

    pub(super) async fn write(
        &mut self,
        text: &str,
        fits: impl Fn(&str) -> bool,
    ) -> anyhow::Result<ChatMessage> {
        self.say(text);
        self.answer(Place::New, fits).await.with_context(|| format!("«{text}»"))
    }

    /// Makes a choice; tells where its answer will be.
    pub(super) fn make(&mut self, how: &How) -> anyhow::Result<Place> {
        match how {
            How::Press(cmid, row, column) => {
                self.tally.deeds += 1;
                self.sandbox.press_at(self.id, *cmid, *row, *column)?;
                Ok(Place::Edited(*cmid))
            }
            How::Type(number) => {
                self.say(number);
                Ok(Place::New)
            }
        }
    }

    pub(super) async fn choose(
        &mut self,
        message: &ChatMessage,
        label: impl Fn(&str) -> bool,
        fits: impl Fn(&str) -> bool,
    ) -> anyhow::Result<ChatMessage> {
        let how = choice(message, label)?;
        let place = self.make(&how)?;
        self.answer(place, fits).await.with_context(|| format!("{how:?}"))
    }

    fn next(&mut self) -> Option<Shown> {
        let shown = self.eyes.at(self.id, self.thought)?;
        self.thought += 1;
        Some(shown)
    }

    /// Takes note of what is no answer; returns what may be one, with where it is.
    fn notice(&mut self, shown: Shown) -> anyhow::Result<Option<(Place, ChatMessage)>> {
        match shown {
            Shown::Snackbar(event) => {
                ensure!(self.snackbars.insert(event), "a press was answered twice");
                self.tally.snackbars += 1;
                Ok(None)
            }
            Shown::New(message) => {
                self.chat.insert(message.cmid, message.text.clone());
                if message.text.starts_with(REMINDER) {
                    self.tally.reminders += 1;
                    self.came.push(message);
                    return Ok(None);
                }
                Ok(Some((Place::New, message)))
            }
            Shown::Edited(message) => {
                if self.chat.get(&message.cmid) == Some(&message.text) {
                    self.tally.repeated_edits += 1;
                    return Ok(None);
                }
                self.chat.insert(message.cmid, message.text.clone());
                Ok(Some((Place::Edited(message.cmid), message)))
            }
        }
    }

    /// Waits for the next answer, which must be there and as expected.
    pub(super) async fn answer(
        &mut self,
        place: Place,
        fits: impl Fn(&str) -> bool,
    ) -> anyhow::Result<ChatMessage> {
        let mut grown = self.eyes.grown();
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            while let Some(shown) = self.next() {
                let Some((at, message)) = self.notice(shown)? else { continue };
                ensure!(at == place, "an answer at {at:?}, not at {place:?}: {}", message.text);
                ensure!(fits(&message.text), "not the answer: {}", message.text);
                return Ok(message);
            }
            match tokio::time::timeout_at(until, grown.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => bail!("the sandbox is gone"),
                Err(_) => bail!("no answer within {PATIENCE:?}"),
            }
        }
    }
}
