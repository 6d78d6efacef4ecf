//! Any bytes as a text, a payload or a link, in whatever state the conversation is: no panic, always an answer, and nothing
//! that VK would not take.
//!
//! `KURATOR_FUZZ=100000 cargo test -p kurator --lib fuzz` plays so many events; without it a few hundred are played.

use std::thread;

use fastrand::Rng;
use vk_sandbox::check_message;
use vkapi::types::{Cmid, PeerId, UserId};

use super::{Alone, Answered};
use crate::{
    chat::{Action, Event, tests::CONTENT},
    config::Staff,
    domain::{Ms, Sphere},
    store::OutMessage,
};

/// Events of a run that nobody asked to be longer.
const USUAL: usize = 600;
/// Bots that are played with at once, each with people of its own.
const BOTS: usize = 2;
/// Two administrators, a curator, a trainer, an owner.
const PEOPLE: [UserId; 5] = [UserId(101), UserId(102), UserId(1005), UserId(1006), UserId(1007)];
/// Payloads kept to press again and to spoil.
const KEPT: usize = 400;
/// VK's limit for the line over the chat.
/// <https://dev.vk.com/ru/method/messages.sendMessageEventAnswer>
const SNACKBAR: usize = 90;
/// Members of payloads that make a number too large, of a wrong kind, or nothing.
const SPOILED: [&str; 12] = [
    "-1",
    "0",
    "1e400",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "4294967296",
    "null",
    "true",
    "\"\"",
    "[]",
    "{\"a\":1}",
];
/// What is read as something else than letters somewhere.
const STRANGE: [&str; 24] = [
    "\0",
    "\r\n\r\n",
    "\t",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{2068}",
    "\u{fffd}",
    "e\u{301}\u{301}\u{301}",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "ﷺ",
    "ß",
    "İ",
    "٣",
    "½",
    "{ $name }",
    "⟨menu⟩",
    "[id1|Павел]",
    "@all",
    "https://vk.ru/x",
    "\\\"",
    "'; --",
    "<b>",
];
/// Pieces of what people write about days, hours, pages and themselves.
const PIECES: [&str; 40] = [
    "напомни",
    "завтра",
    "в",
    "по",
    "каждый",
    "каждую",
    "последний",
    "вт",
    "и",
    "чт",
    "пятницу",
    "числа",
    "месяца",
    "через",
    "недели",
    "часов",
    "утра",
    "декабря",
    "31",
    "29 февраля",
    "24:00",
    "25:99",
    "9",
    "0",
    "00:00",
    "-5",
    "10-00",
    "9999",
    "99999999999999999999",
    "про отчёт",
    "vk.com/school5",
    "id7",
    "@school",
    "club0",
    "1",
    "102",
    "школа",
    "меню",
    "отмена",
    "да",
];

/// Makes events out of chance and of what the bot has offered before.
struct Chance {
    rng: Rng,
    payloads: Vec<String>,
}

impl Chance {
    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.rng.usize(..all.len())]
    }

    fn bytes(&mut self) -> String {
        let long = if self.rng.u8(..20) == 0 { 12_000 } else { 60 };
        let bytes: Vec<u8> = (0..self.rng.usize(..long)).map(|_| self.rng.u8(..)).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Words of ours with slips, signs and repetitions.
    fn words(&mut self) -> String {
        let guide = self.of(CONTENT.guides());
        let mut text: Vec<char> = self.of(&guide.ask).chars().collect();
        for _ in 0..self.rng.usize(..4) {
            let at = self.rng.usize(..text.len());
            let sign = self.of(&STRANGE).chars().next().unwrap_or(' ');
            match self.rng.u8(..4) {
                0 => drop(text.remove(at)),
                1 => text.insert(at, sign),
                2 => text.swap(0, at),
                _ => text.extend_from_within(at..),
            }
            if text.is_empty() {
                break;
            }
        }
        text.into_iter().collect()
    }

    fn pieces(&mut self) -> String {
        (0..self.rng.usize(1..9)).map(|_| *self.of(&PIECES)).collect::<Vec<_>>().join(" ")
    }

    fn strange(&mut self) -> String {
        let times = if self.rng.u8(..10) == 0 { 3_000 } else { 5 };
        let (one, other) = (*self.of(&STRANGE), *self.of(&PIECES));
        (0..self.rng.usize(..times)).map(|n| if n % 2 == 0 { one } else { other }).collect()
    }

    fn text(&mut self) -> String {
        match self.rng.u8(..8) {
            0 => self.bytes(),
            1 => self.strange(),
            2 | 3 => self.pieces(),
            4 => self.rng.u16(..120).to_string(),
            5 => (*self.of(&PIECES)).to_owned(),
            _ => self.words(),
        }
    }

    /// What a button carries, or what somebody made up.
    fn payload(&mut self) -> String {
        if self.payloads.is_empty() || self.rng.u8(..12) == 0 {
            return match self.rng.u8(..3) {
                0 => self.bytes(),
                1 => "[".repeat(self.rng.usize(..3_000)),
                _ => format!(r#"{{"a":"list","c":{:?}}}"#, self.strange()),
            };
        }
        let payloads = std::mem::take(&mut self.payloads);
        let whole = self.of(&payloads).clone();
        let other = self.of(&payloads).clone();
        self.payloads = payloads;
        match self.rng.u8(..8) {
            // The middle of one after the beginning of another.
            0 => whole
                .chars()
                .take(self.rng.usize(..60))
                .chain(other.chars().skip(self.rng.usize(..60)))
                .collect(),
            1 => {
                let mut bytes = whole.into_bytes();
                let at = self.rng.usize(..bytes.len());
                bytes[at] = self.rng.u8(..);
                String::from_utf8_lossy(&bytes).into_owned()
            }
            2 | 3 => {
                let value = *self.of(&SPOILED);
                let member = |c: char| c == ',' || c == '}';
                match whole.rsplit_once(':') {
                    Some((head, tail)) => {
                        format!("{head}:{value}{}", tail.trim_start_matches(|c| !member(c)))
                    }
                    None => whole,
                }
            }
            _ => whole,
        }
    }

    fn event(&mut self) -> Event {
        let cmid = self.rng.bool().then(|| Cmid(self.rng.i64(..)));
        match self.rng.u8(..20) {
            0 => Event::Allow,
            1 => Event::Deny,
            2..=10 => Event::Press(Action::read(&self.payload()), cmid),
            kind => Event::Text {
                text: self.text(),
                action: if kind == 11 { Action::read(&self.payload()) } else { None },
                plain: self.rng.u8(..6) == 0,
                link: (self.rng.u8(..10) == 0).then(|| self.text()),
            },
        }
    }

    /// Remembers what the buttons of a message carry.
    fn learn(&mut self, message: &OutMessage) {
        for payload in super::crawl::payloads(message) {
            if self.payloads.len() < KEPT {
                self.payloads.push(payload);
            } else {
                let at = self.rng.usize(..KEPT);
                self.payloads[at] = payload;
            }
        }
    }
}

/// Agrees and answers the interview, as far as it is still to be done.
pub(super) async fn acquaint(bot: &mut Alone, who: UserId) {
    let v = CONTENT.consent().version;
    for action in [
        Action::Consent { yes: true, v },
        Action::Menu,
        Action::Sphere { s: Sphere::School },
        Action::Skip,
        Action::Skip,
        Action::Skip,
        Action::Menu,
    ] {
        bot.hear(who, &Event::Press(Some(action), None)).await;
    }
}

/// What must hold of every answer.
fn sound(event: &Event, answered: &Answered, who: UserId) {
    let Answered { messages, snackbar } = answered;
    let shown = snackbar.as_ref().is_some_and(|line| !line.is_empty());
    let said = messages.iter().any(|message| message.to == PeerId::from(who));
    match event {
        Event::Text { .. } => assert!(said, "no answer"),
        Event::Press(..) => assert!(said || shown, "no answer"),
        _ => {}
    }
    if let Some(line) = snackbar {
        assert!(line.chars().count() <= SNACKBAR, "a line of {} characters: {line}", line.chars().count());
    }
    taken(messages);
}

/// VK takes all of it, by the limits the sandbox has.
fn taken(messages: &[OutMessage]) {
    for message in messages {
        let refused = check_message(&message.text, message.keyboard.as_deref());
        assert_eq!(refused, Ok(()), "VK would not take {message:#?}");
        assert_ne!(message.random_id, 0);
    }
}

async fn play(seed: u64, events: usize) {
    let staff = Staff { owners: vec![1007], trainers: vec![1006], curators: vec![1005], ..Staff::default() };
    let mut bot = Alone::new(staff);
    let mut chance = Chance { rng: Rng::with_seed(seed), payloads: Vec::new() };
    for n in 0..events {
        let who = *chance.of(&PEOPLE);
        if n % 100 < PEOPLE.len() {
            acquaint(&mut bot, PEOPLE[n % 100]).await;
        }
        let event = chance.event();
        let told = format!("seed {seed}, event {n} of {who}: {event:?}");
        let answered = bot.hear(who, &event).await;
        assert_eq!(bot.failed(), 0, "a turn failed; {told}");
        let checked =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sound(&event, &answered, who)));
        assert!(checked.is_ok(), "{told}");
        answered.messages.iter().for_each(|message| chance.learn(message));
        if chance.rng.u8(..50) == 0 {
            let came = bot.pass(chance.rng.i64(0..10) * chance.rng.i64(0..Ms::DAY)).await;
            assert_eq!(bot.failed(), 0, "what came by itself after {told}");
            taken(&came);
            for message in &came {
                chance.learn(message);
            }
        }
    }
}

#[test]
fn any_bytes_get_an_answer_that_vk_takes() {
    let events: usize =
        std::env::var("KURATOR_FUZZ").map_or(USUAL, |n| n.parse().expect("KURATOR_FUZZ is how many events"));
    let players: Vec<_> = (0..BOTS)
        .map(|bot| {
            thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(play(bot as u64, events.div_ceil(BOTS)));
            })
        })
        .collect();
    for player in players {
        player.join().expect("whatever it says above");
    }
}
