//! What an operator has to know at once, told to the owners in VK: looked at all the time, said when it begins, once a
//! day while it lasts, and when it is over.
//!
//! It does not go through the outbox: what has to be told may be that nothing can be kept any more. What VK does not take
//! is said again at the next look, under the same `random_id`.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vkapi::types::UserId;

use super::http::lag;
use crate::{
    content::Arg,
    core::{Core, hash, random_id},
    domain::Ms,
    heartbeat,
    outbox::{Fate, fate},
};

/// How often it is looked.
const EVERY: i64 = 20_000;
/// A long poll brings something every half minute; after so long without, VK is not to be reached.
const DEAF: Duration = Duration::from_secs(15 * 60);
/// Reminders come later than this, in seconds, in so many looks one after another: a wave is spread over five minutes,
/// and a clock that was set has everything due at once.
const LATE: f64 = 15.0 * 60.0;
/// Below so many bytes there is still time to make room; at 64 MiB the bot takes no more events.
const ROOM: u64 = 512 << 20;
/// Nobody was at work for longer than this before the start.
const AWAY: Duration = Duration::from_secs(30 * 60);
/// What lasts is said again after this.
const AGAIN: i64 = Ms::DAY;
/// What comes and goes is not said more often than this.
const PAUSE: i64 = Ms::HOUR;
/// The most words in any 24 hours; the log has the rest.
const A_DAY: usize = 12;

/// Something that needs a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    /// Nothing can be written: the disk is full, or it does not take writes.
    Writing,
    /// The disk is nearly full.
    Room,
    /// VK has brought no answer to a long poll for long.
    Deaf,
    /// What is due comes late.
    Lag,
    /// The hourly copy could not be made.
    Backup,
    /// The start found the store damaged and healed it.
    Repaired,
    /// Nobody was at work for long before the start.
    Away,
}

impl Trouble {
    /// What is said when it begins, and when it is over.
    fn phrases(self) -> (&'static str, &'static str) {
        match self {
            Self::Writing => ("alarm-writing", "alarm-writing-over"),
            Self::Room => ("alarm-room", "alarm-room-over"),
            Self::Deaf => ("alarm-deaf", "alarm-deaf-over"),
            Self::Lag => ("alarm-lag", "alarm-lag-over"),
            Self::Backup => ("alarm-backup", "alarm-backup-over"),
            // These have no end.
            Self::Repaired => ("alarm-repaired", "alarm-repaired"),
            Self::Away => ("alarm-away", "alarm-away"),
        }
    }

    /// The bot stands still: told at night as well.
    fn stands_still(self) -> bool {
        matches!(self, Self::Writing | Self::Deaf)
    }

    /// Has happened, and has no end that could be told.
    fn is_past(self) -> bool {
        matches!(self, Self::Repaired | Self::Away)
    }

    /// In how many looks one after another it has to be there.
    fn looks(self) -> u8 {
        match self {
            // A disk that had no room has kept the bot from asking too: now it asks.
            Self::Deaf => 2,
            Self::Lag => 3,
            _ => 1,
        }
    }
}

/// What is known of a trouble besides that it is there.
type Args = Vec<(&'static str, Arg)>;

/// What other parts of the bot have met, for the next look.
#[derive(Debug)]
pub(crate) struct Alarms {
    heard: Mutex<Instant>,
    backup: Mutex<Option<String>>,
    writing: Mutex<Option<String>>,
}

impl Default for Alarms {
    fn default() -> Self {
        Self { heard: Mutex::new(Instant::now()), backup: Mutex::default(), writing: Mutex::default() }
    }
}

fn open<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Alarms {
    /// VK has answered a long poll.
    pub(crate) fn heard(&self) {
        *open(&self.heard) = Instant::now();
    }

    /// For how long VK has answered no long poll.
    pub(crate) fn unheard(&self) -> Duration {
        open(&self.heard).elapsed()
    }

    /// The hourly copy was made, or why not.
    pub(crate) fn backed_up(&self, failed: Option<String>) {
        *open(&self.backup) = failed;
    }

    /// A commit that changes nothing for people was made, or why not.
    pub(crate) fn wrote(&self, failed: Option<String>) {
        *open(&self.writing) = failed;
    }
}

/// Looks until told to stop.
pub(crate) async fn watch(core: Arc<Core>, stop: CancellationToken) {
    core.alarms.heard();
    let mut said = Watch::default();
    let mut past = past(&core);
    loop {
        let next = core.clock.now().plus(EVERY);
        let look = async {
            said.look(&core, &mut past).await;
            core.clock.until(next).await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = look => {}
        }
    }
}

/// What the start has met.
fn past(core: &Core) -> BTreeMap<Trouble, Args> {
    let mut past = BTreeMap::new();
    if let Some(how) = core.store.repaired() {
        past.insert(Trouble::Repaired, vec![("how", how.into())]);
    }
    if let Some((since, _)) = core.alive_before.zip(heartbeat::idle(core).filter(|idle| *idle > AWAY)) {
        let args = vec![("from", told(core, since).into()), ("to", told(core, core.clock.now()).into())];
        past.insert(Trouble::Away, args);
    }
    past
}

/// A moment as the region's clocks show it.
fn told(core: &Core, at: Ms) -> String {
    core.region.zone.local(at).strftime("%d.%m %H:%M").to_string()
}

/// What is amiss now.
async fn present(core: &Core) -> BTreeMap<Trouble, Args> {
    let mut present = BTreeMap::new();
    let writing = core.store.waits().or_else(|| open(&core.alarms.writing).clone());
    if let Some(why) = writing {
        // Whatever else is amiss then comes of it.
        present.insert(Trouble::Writing, vec![("why", why.into())]);
        return present;
    }
    if let Some(stats) = core.store.stats().await.filter(|stats| stats.free < ROOM) {
        let mib = i64::try_from(stats.free >> 20).unwrap_or(i64::MAX);
        present.insert(Trouble::Room, vec![("mib", mib.into())]);
    }
    if let Some(why) = open(&core.alarms.backup).clone() {
        present.insert(Trouble::Backup, vec![("why", why.into())]);
    }
    let unheard = core.alarms.unheard();
    if unheard > DEAF {
        let minutes = i64::try_from(unheard.as_secs() / 60).unwrap_or(i64::MAX);
        present.insert(Trouble::Deaf, vec![("minutes", minutes.into())]);
        return present;
    }
    let late = lag(core).await;
    if late > LATE {
        present.insert(Trouble::Lag, vec![("minutes", ((late / 60.0) as i64).into())]);
    }
    present
}

/// A word to the owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Begins(Trouble),
    Over(Trouble),
}

/// A trouble that lasts, or that is over and was not told so.
#[derive(Clone, Debug)]
struct Lasting {
    since: Ms,
    looks: u8,
    over: bool,
    /// Somebody tried to tell it.
    tried: bool,
    told: Option<Ms>,
}

/// What was said of what.
#[derive(Debug, Default)]
struct Watch {
    lasting: BTreeMap<Trouble, Lasting>,
    /// When each was told last, beyond its end.
    last: BTreeMap<Trouble, Ms>,
    said: VecDeque<Ms>,
}

impl Watch {
    /// Notes what is amiss; returns what is to be said of it.
    fn words(&mut self, now: Ms, quiet: bool, present: &BTreeMap<Trouble, Args>) -> Vec<Word> {
        for trouble in present.keys() {
            let new = Lasting { since: now, looks: 0, over: false, tried: false, told: None };
            let lasting = self.lasting.entry(*trouble).or_insert(new);
            lasting.over = false;
            lasting.looks = lasting.looks.saturating_add(1);
        }
        self.lasting.retain(|trouble, lasting| {
            lasting.over = !present.contains_key(trouble);
            !lasting.over || (lasting.tried && !trouble.is_past())
        });
        self.said.retain(|at| at.0 > now.0 - Ms::DAY && *at <= now);
        let mut words = Vec::new();
        for (trouble, lasting) in &mut self.lasting {
            if self.said.len() + words.len() >= A_DAY || (quiet && !trouble.stands_still()) {
                continue;
            }
            let recent =
                |pause: i64| self.last.get(trouble).is_some_and(|at| (at.0..at.0 + pause).contains(&now.0));
            if lasting.over {
                words.push(Word::Over(*trouble));
            } else if lasting.looks >= trouble.looks()
                && !recent(if lasting.told.is_some() { AGAIN } else { PAUSE })
            {
                lasting.tried = true;
                words.push(Word::Begins(*trouble));
            }
        }
        words
    }

    /// It was said.
    fn said(&mut self, now: Ms, word: Word) {
        self.said.push_back(now);
        match word {
            Word::Begins(trouble) => {
                self.last.insert(trouble, now);
                if let Some(lasting) = self.lasting.get_mut(&trouble) {
                    lasting.told = Some(now);
                }
            }
            Word::Over(trouble) => drop(self.lasting.remove(&trouble)),
        }
    }

    async fn look(&mut self, core: &Core, past: &mut BTreeMap<Trouble, Args>) {
        let now = core.clock.now();
        let mut found = present(core).await;
        found.extend(past.iter().map(|(trouble, args)| (*trouble, args.clone())));
        let quiet = core.region.attention.quiet.covers(&core.region.zone, now);
        for word in self.words(now, quiet, &found) {
            let (Word::Begins(trouble) | Word::Over(trouble)) = word;
            let Some(since) = self.lasting.get(&trouble).map(|lasting| lasting.since) else { continue };
            let (begins, over) = trouble.phrases();
            let (key, args) = match word {
                Word::Begins(_) => (begins, found.get(&trouble).cloned().unwrap_or_default()),
                Word::Over(_) => {
                    (over, vec![("from", told(core, since).into()), ("to", told(core, now).into())])
                }
            };
            let name = format!("{key}:{}:{}", since.0, self.last.get(&trouble).map_or(0, |at| at.0));
            if say(core, &name, &core.content().texts().format(key, &args)).await {
                self.said(now, word);
                if trouble.is_past() {
                    past.remove(&trouble);
                }
            }
        }
    }
}

/// Tells the owners; true if VK has taken it for each or never will.
async fn say(core: &Core, name: &str, text: &str) -> bool {
    let mut all = true;
    for owner in &core.staff.owners {
        let id = random_id(hash(format!("{name}:{owner}").as_bytes()), 0);
        let result = core.bot.messages_send(UserId(*owner), text).random_id(id).await;
        if let (Fate::Again { .. }, Err(error)) = (fate(&result, 0), &result) {
            tracing::warn!(%error, alarm = name, "the owners were not told");
            all = false;
        }
    }
    tracing::warn!(alarm = name, told = all, "something needs a person");
    all
}

#[cfg(test)]
mod tests {
    use futures::future::BoxFuture;
    use vkapi::{Answer, Call, RequestError, Transport};

    use super::*;
    use crate::{
        alone::{MONDAY, parts},
        app,
        config::Staff,
        domain::TestClock,
    };

    /// A VK that takes what it is given, unless that is too much for it.
    #[derive(Default)]
    struct Takes {
        busy: Mutex<bool>,
        said: Mutex<Vec<String>>,
    }

    impl Transport for Takes {
        fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
            if *open(&self.busy) {
                let told = br#"{"error":{"error_code":9,"error_msg":"Flood control"}}"#;
                return Box::pin(std::future::ready(Answer::read(told, &call.method)));
            }
            let param =
                |name: &str| call.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            let to = param("peer_ids").or(param("peer_id")).unwrap_or_default();
            open(&self.said).push(format!("{to}: {}", param("message").unwrap_or_default()));
            let told = format!(r#"{{"response":[{{"peer_id":{to},"message_id":1}}]}}"#);
            Box::pin(std::future::ready(Answer::read(told.as_bytes(), &call.method)))
        }
    }

    #[tokio::test]
    async fn owners_are_told_in_words_as_soon_as_vk_takes_them() {
        let (clock, vk) = (TestClock::still(MONDAY), Arc::new(Takes::default()));
        let staff = Staff { owners: vec![1, 2], ..Staff::default() };
        let core = app::core(parts(staff, &clock, vk.clone()), true, Some(MONDAY.plus(-3 * Ms::HOUR)));
        core.alarms.backed_up(Some("нет прав на папку".into()));
        let mut said = Watch::default();
        let mut past = past(&core);
        *open(&vk.busy) = true;
        said.look(&core, &mut past).await;
        assert!(open(&vk.said).is_empty() && past.len() == 1);
        *open(&vk.busy) = false;
        for _ in 0..3 {
            clock.advance(EVERY);
            said.look(&core, &mut past).await;
        }
        core.alarms.backed_up(None);
        said.look(&core, &mut past).await;
        let told = open(&vk.said).join("\n");
        let backup =
            "Ежечасная копия хранилища не сделалась: нет прав на папку. Через час бот попробует ещё раз.";
        let away = "Бот не работал с 23.11 06:00 до 23.11 09:00. Сейчас он отвечает на то, что ВКонтакте сберёг. \
                    Почему он останавливался, скажет журнал.";
        let over = "Копия хранилища сделана, всё снова в порядке.";
        assert_eq!(told, format!("1: {backup}\n2: {backup}\n1: {away}\n2: {away}\n1: {over}\n2: {over}"));
    }

    fn found(troubles: &[Trouble]) -> BTreeMap<Trouble, Args> {
        troubles.iter().map(|trouble| (*trouble, Vec::new())).collect()
    }

    /// Looks, and says all that is to be said.
    fn look(watch: &mut Watch, minute: i64, quiet: bool, troubles: &[Trouble]) -> Vec<Word> {
        let now = Ms(minute * Ms::MINUTE);
        let words = watch.words(now, quiet, &found(troubles));
        for word in &words {
            watch.said(now, *word);
        }
        words
    }

    #[test]
    fn it_is_said_when_it_begins_once_a_day_and_when_it_is_over() {
        let (mut watch, full) = (Watch::default(), [Trouble::Writing]);
        assert_eq!(look(&mut watch, 0, false, &full), [Word::Begins(Trouble::Writing)]);
        for minute in 1..24 * 60 {
            assert_eq!(look(&mut watch, minute, true, &full), [], "{minute}");
        }
        assert_eq!(look(&mut watch, 24 * 60, true, &full), [Word::Begins(Trouble::Writing)]);
        assert_eq!(look(&mut watch, 24 * 60 + 1, true, &[]), [Word::Over(Trouble::Writing)]);
        assert_eq!(look(&mut watch, 24 * 60 + 2, true, &[]), []);
    }

    #[test]
    fn what_vk_did_not_take_is_said_later_and_that_it_is_over_all_the_same() {
        let mut watch = Watch::default();
        for minute in 0..5 {
            let words = watch.words(Ms(minute * Ms::MINUTE), true, &found(&[Trouble::Deaf]));
            assert_eq!(words.len(), usize::from(minute > 0), "nobody could be told: {words:?}");
        }
        assert_eq!(look(&mut watch, 5, true, &[]), [Word::Over(Trouble::Deaf)]);
    }

    #[test]
    fn whoever_sleeps_is_woken_only_when_the_bot_stands_still() {
        let mut watch = Watch::default();
        let all = [Trouble::Writing, Trouble::Room, Trouble::Backup, Trouble::Away];
        assert_eq!(look(&mut watch, 0, true, &all), [Word::Begins(Trouble::Writing)]);
        // By the morning there is room again.
        let morning = [Trouble::Backup, Trouble::Away];
        assert_eq!(
            look(&mut watch, 400, false, &morning),
            [Word::Over(Trouble::Writing), Word::Begins(Trouble::Backup), Word::Begins(Trouble::Away)]
        );
        // What is past is said once and has no end.
        assert_eq!(look(&mut watch, 401, false, &[]), [Word::Over(Trouble::Backup)]);
    }

    #[test]
    fn a_clock_that_was_set_makes_nothing_late() {
        let (mut watch, late) = (Watch::default(), [Trouble::Lag]);
        assert_eq!(look(&mut watch, 0, false, &late), []);
        assert_eq!(look(&mut watch, 1, false, &[]), []);
        for (minute, words) in [(2, 0), (3, 0), (4, 1), (5, 0)] {
            assert_eq!(look(&mut watch, minute, false, &late).len(), words, "{minute}");
        }
    }

    #[test]
    fn what_comes_and_goes_does_not_fill_the_chat() {
        let (mut watch, mut said) = (Watch::default(), Vec::new());
        for minute in 0..24 * 60 {
            let there = [Trouble::Room, Trouble::Writing];
            let words = look(&mut watch, minute, false, if minute % 2 == 0 { &there } else { &[] });
            said.extend(words);
        }
        assert_eq!(said.len(), A_DAY, "{said:?}");
    }
}
