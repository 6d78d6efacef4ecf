use std::collections::{BTreeMap, BTreeSet};

use kurator::domain::{Ms, Zone};
use serde_json::Value;
use vk_sandbox::{ChatMessage, Sandbox};

use super::cast::{CAST, Member, SCHOOLS};

/// A longer message that comes again is shown by its beginning, so that a transcript stays readable.
const LINES: usize = 10;
/// How many lines of it are shown.
const SHOWN: usize = 3;
/// Days of the week as «when?», Monday first.
const WHEN: [&str; 7] =
    ["в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"];

/// What one person's chat showed when it was last looked at.
#[derive(Default)]
struct Seen {
    messages: BTreeMap<i64, (String, Option<Value>)>,
    keyboard: Option<Value>,
    answers: usize,
}

/// What everybody's chat showed when it was last looked at.
#[derive(Default)]
pub(super) struct Answers {
    seen: BTreeMap<i64, Seen>,
    /// The long texts shown so far.
    long: BTreeSet<String>,
}

/// How to tell whose chat an answer came to.
pub(super) enum For<'a> {
    /// The one who has just done something: her own answers go unnamed.
    Actor(&'a Member),
    /// Nobody has: each answer tells who gets it and when by the clock of this zone.
    Nobody(&'a Zone),
}

impl Answers {
    /// What has changed in the chats since the last look, as quotes.
    pub(super) fn look(&mut self, sandbox: &Sandbox, whose: &For<'_>) -> Vec<String> {
        let mut quotes = Vec::new();
        for member in CAST.iter().chain(&SCHOOLS) {
            let seen = self.seen.entry(member.id).or_default();
            for (date, lines) in seen.look(sandbox, member.id, &mut self.long) {
                let mut lines = lines;
                match whose {
                    For::Actor(actor) if actor.id == member.id => {}
                    For::Actor(_) => lines.insert(0, format!("*{} получает:*", member.name)),
                    For::Nobody(zone) => {
                        lines.insert(0, format!("*{} {}:*", member.name, received(zone, date)));
                    }
                }
                let first = matches!(whose, For::Actor(actor) if actor.id == member.id);
                quotes.push((!first, if first { 0 } else { date }, lines));
            }
        }
        // Whoever acted reads first; the others in the order of time. The sort keeps each one's own order.
        quotes.sort_by_key(|(other, date, _)| (*other, *date));
        quotes.iter().map(|(.., lines)| quote(lines)).collect()
    }
}

fn received(zone: &Zone, date: i64) -> String {
    let local = zone.local(Ms(date * 1000));
    let day = local.weekday().to_monday_zero_offset() as usize;
    format!("получает {} в {}:{:02}", WHEN[day % 7], local.hour(), local.minute())
}

impl Seen {
    /// The new snackbars, edited and new messages of one chat: the second of each and its lines.
    fn look(
        &mut self,
        sandbox: &Sandbox,
        person: i64,
        long: &mut BTreeSet<String>,
    ) -> Vec<(i64, Vec<String>)> {
        let mut found = Vec::new();
        let answers = sandbox.snackbars(person);
        for answer in answers.iter().skip(self.answers) {
            if let Some(text) = answer.text() {
                found.push((answer.at_ms / 1000, vec![format!("💬 {text}")]));
            }
        }
        self.answers = answers.len();
        for message in sandbox.conversation(person).iter().filter(|m| !m.from_person) {
            let now = (message.text.clone(), message.keyboard.clone());
            match self.messages.insert(message.cmid, now.clone()) {
                Some(before) if before == now => {}
                before => found.push((message.date, drawn(message, before.is_some(), long))),
            }
        }
        let keyboard = sandbox.keyboard(person);
        if keyboard != self.keyboard {
            let mut rows =
                rows(keyboard.as_ref()).into_iter().map(|row| format!("⌨ {row}")).collect::<Vec<_>>();
            if rows.is_empty() {
                rows.push("⌨ кнопки внизу убраны".to_owned());
            }
            match found.last_mut() {
                Some((_, lines)) => {
                    lines.push(String::new());
                    lines.append(&mut rows);
                }
                None => found.push((0, rows)),
            }
            self.keyboard = keyboard;
        }
        found
    }
}

fn drawn(message: &ChatMessage, edited: bool, long: &mut BTreeSet<String>) -> Vec<String> {
    let mut lines: Vec<String> = message.text.lines().map(str::to_owned).collect();
    if lines.len() > LINES && !long.insert(message.text.clone()) {
        let rest = lines.split_off(SHOWN).iter().filter(|l| !l.is_empty()).count();
        lines.push(format!("*… и ещё строк: {rest}, как выше*"));
    }
    if edited && let Some(first) = lines.first_mut() {
        first.insert_str(0, "✎ ");
    }
    for doc in message.attachments.iter().filter(|a| a["type"] == "doc") {
        lines.push(format!("📎 {}", doc["doc"]["title"].as_str().unwrap_or_default()));
    }
    let pictures = message.attachments.iter().filter(|a| a["type"] == "photo").count();
    lines.extend(std::iter::repeat_n("🖼 Картинка".to_owned(), pictures));
    let keyboard = message.keyboard.as_ref().filter(|k| k["inline"] == true);
    let mut rows = rows(keyboard);
    if !rows.is_empty() {
        lines.push(String::new());
        lines.append(&mut rows);
    }
    lines
}

/// A keyboard by row: `[Да] [Нет]`.
fn rows(keyboard: Option<&Value>) -> Vec<String> {
    let Some(rows) = keyboard.and_then(|k| k["buttons"].as_array()) else { return Vec::new() };
    let label = |button: &Value| {
        let action = &button["action"];
        let label = action["label"].as_str().unwrap_or_default();
        match action["link"].as_str() {
            Some(link) => format!("[{label} → {link}]"),
            None => format!("[{label}]"),
        }
    };
    rows.iter()
        .filter_map(Value::as_array)
        .map(|row| row.iter().map(label).collect::<Vec<_>>().join(" "))
        .collect()
}

/// Lines as a Markdown quote that keeps its line breaks.
fn quote(lines: &[String]) -> String {
    let mut out = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let goes_on = lines.get(i + 1).is_some_and(|next| !next.is_empty());
        out.push(match line.as_str() {
            "" => ">".to_owned(),
            line if goes_on => format!("> {line}  "),
            line => format!("> {line}"),
        });
    }
    out.join("\n")
}
