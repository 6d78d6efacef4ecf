//! The made-up people: each has habits and hours of her own, and sees no more than her chat shows.

use std::collections::VecDeque;

use fastrand::Rng;
use serde_json::Value;
use vk_sandbox::{ChatMessage, ClientInfo, Page, Sandbox};

use crate::domain::{Ms, Zone};

/// The first person's id.
const FIRST: i64 = 10_001;
/// Messages she looks at.
const SEEN: usize = 6;
/// Nobody presses these on the way to something else.
const LAST: [&str; 3] = ["Удалить меня", "Да, удалить", "Не согласен"];
/// What many think twice about.
const RARE: [&str; 4] = ["Выключить", "Отпуск", "Отмена", "✖"];
const SPHERES: [&str; 6] = ["Школа", "Детский сад", "Больница", "Культура", "Администрация", "Соцзащита"];
const HOURS: [&str; 5] = ["9:00", "10:00", "12:00", "15:00", "17:00"];
const DAYS: [&str; 6] = ["вт и чт", "по будням", "пн, ср, пт", "каждый понедельник", "среда", "вт, сб"];
const ROOMS: [&str; 9] = [
    "Чек-листы",
    "Задать вопрос",
    "Напоминания",
    "Обучение",
    "Моя страница",
    "Мой прогресс",
    "Настройки",
    "Следующий шаг",
    "Меню",
];
const REMIND: [&str; 5] = [
    "напоминай по будням в 10",
    "напоминай каждую пятницу в 16:30",
    "напомни завтра в 11 про отчёт",
    "по вт и чт в 9",
    "напомни через 3 дня в 15:00 позвонить в ЦУР",
];

/// What somebody is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// Comes several times a week and answers what comes.
    Steady,
    /// Comes now and then.
    Rare,
    /// Met the bot once, and reads what comes at best.
    Silent,
    /// Presses whatever is in the chat, however old.
    Restless,
    /// Writes announcements.
    Trainer,
    /// Answers questions.
    Curator,
}

/// Something she does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Start,
    /// By a link to something of the bot.
    Come(String),
    Say(String),
    /// The first button under the last messages whose label begins so.
    Press(Vec<String>),
    /// Any button of the newest message that has some.
    Any,
    Deny,
}

/// What somebody did, for the table of deeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Wrote,
    Pressed,
    PressedOld,
    Denied,
    /// There was nothing to press where she looked.
    Nothing,
}

impl Deed {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Wrote => "написали",
            Self::Pressed => "нажали кнопку",
            Self::PressedOld => "нажали старую кнопку",
            Self::Denied => "запретили сообщения",
            Self::Nothing => "не нашли, что нажать",
        }
    }
}

/// One of them.
#[derive(Debug)]
pub(super) struct Human {
    pub(super) id: i64,
    pub(super) habit: Habit,
    rng: Rng,
    script: VecDeque<Step>,
    /// Deeds left of this visit.
    left: u8,
    /// Her hours of the day, from and to; beyond 24 is the night after.
    hours: (i64, i64),
    plain: bool,
    /// When she leaves, and whether she comes back some days later.
    leaves: Option<(Ms, bool)>,
    vacation: Option<Ms>,
    /// Messages with buttons she has seen.
    keyed: Vec<i64>,
}

/// What people know to write.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) questions: Vec<String>,
    /// The number and the title of the class that was announced last.
    pub(super) class: Option<(u64, String)>,
}

/// What the crowd is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cast {
    pub(super) start: Ms,
    pub(super) end: Ms,
    pub(super) seed: u64,
}

/// Everybody, with the moment of the first deed: one runs each page, some pages have two; and the staff.
pub(super) fn crowd(pages: &[Page], cast: Cast, sandbox: &Sandbox) -> Vec<(Ms, Human)> {
    let mut all = Vec::new();
    for (n, page) in (0..).zip(pages) {
        all.push(one(n, page, cast));
        if n % 17 == 16 {
            all.push(one(pages.len() as i64 + n, page, cast));
        }
    }
    let staff = [(Habit::Trainer, 2), (Habit::Curator, pages.len() as i64 / 100 + 1)];
    let mut id = FIRST + 2 * pages.len() as i64;
    for (habit, count) in staff {
        for _ in 0..count {
            id += 1;
            let rng = Rng::with_seed(cast.seed ^ id.unsigned_abs());
            let first = cast.start.plus(Ms::MINUTE * (id % 50));
            let script = meeting("пропустить", None, &rng);
            all.push((first, Human::new(id, habit, rng, script)));
        }
    }
    for (_, human) in &all {
        sandbox.add_person(human.id, "Человек", human.id.to_string());
        if human.plain {
            let client = ClientInfo {
                keyboard: false,
                inline_keyboard: false,
                carousel: false,
                callback: false,
                lang_id: 0,
            };
            sandbox.set_client_info(human.id, client);
        }
    }
    all
}

fn one(n: i64, page: &Page, cast: Cast) -> (Ms, Human) {
    let id = FIRST + n;
    let mut rng = Rng::with_seed(cast.seed ^ id.unsigned_abs().wrapping_mul(0x9e37_79b9));
    let habit = match rng.u8(..100) {
        0..45 => Habit::Steady,
        45..70 => Habit::Rare,
        70..86 => Habit::Silent,
        _ => Habit::Restless,
    };
    let town = format!("Округ {}", n % 24 + 1);
    let script = meeting(&town, Some(&page.screen_name), &rng);
    let span = cast.end.0 - cast.start.0;
    let some = |rng: &mut Rng| cast.start.plus(Ms::DAY + rng.i64(0..(span - Ms::DAY).max(1)));
    // Most come in the first days, the rest over the weeks.
    let within = if rng.u8(..10) < 7 { 3 * Ms::DAY } else { span / 2 };
    let first = cast.start.plus(rng.i64(0..within.max(Ms::HOUR)));
    let mut human = Human::new(id, habit, rng, script);
    human.leaves = (human.rng.u8(..100) < 6).then(|| (some(&mut human.rng), human.rng.bool()));
    human.vacation = (human.rng.u8(..100) < 15).then(|| some(&mut human.rng));
    human.plain = human.rng.u8(..100) < 5;
    (first, human)
}

/// Consent and the interview, in the way she prefers.
fn meeting(town: &str, page: Option<&str>, rng: &Rng) -> VecDeque<Step> {
    let mut rng = rng.clone();
    let mut script = VecDeque::from([Step::Start, press("Согласен")]);
    script.push_back(press_one(&[SPHERES[rng.usize(..SPHERES.len())], "Другое"]));
    script.push_back(Step::Say(town.to_owned()));
    script.push_back(match page {
        Some(page) => Step::Say(format!("vk.ru/{page}")),
        None => press("Пропустить"),
    });
    if rng.bool() {
        script.push_back(press("Дальше"));
        script.push_back(press(HOURS[rng.usize(..HOURS.len())]));
    } else {
        script.push_back(Step::Say(DAYS[rng.usize(..DAYS.len())].to_owned()));
        script.push_back(Step::Say(format!("в {}:30", rng.u8(7..21))));
    }
    script
}

impl Human {
    fn new(id: i64, habit: Habit, mut rng: Rng, script: VecDeque<Step>) -> Self {
        let owl = rng.u8(..100) < 8;
        let from = if owl { rng.i64(18..21) } else { rng.i64(7..11) };
        let to = from + rng.i64(4..10);
        let left = script.len() as u8;
        Self {
            id,
            habit,
            rng,
            script,
            left,
            hours: (from, to),
            plain: false,
            leaves: None,
            vacation: None,
            keyed: Vec::new(),
        }
    }

    /// A trainer's announcement: returns how many deeds that takes.
    pub(super) fn announce(&mut self, text: String) -> usize {
        self.begin([
            say("Кабинет"),
            press("Новое объявление"),
            Step::Say(text),
            press("Кнопки"),
            press("Добавить «Ознакомлен»"),
            press("Готово"),
            press("Отправить"),
        ])
    }

    /// A second trainer's word on an announcement to many: returns how many deeds that takes.
    pub(super) fn agree(&mut self) -> usize {
        self.begin([say("Кабинет"), press("Объявления"), press("Посмотреть"), press("Согласен, отправить")])
    }

    /// A trainer's class with a code word: returns how many deeds that takes.
    pub(super) fn teach(&mut self, title: &str, when: &str, word: &str) -> usize {
        self.begin([
            say("Кабинет"),
            press("Занятия"),
            press("Новое занятие"),
            say(title),
            press("Пропустить"),
            say(when),
            press("Онлайн, ссылка позже"),
            press("20"),
            press("Опубликовать"),
            press("Кодовое слово"),
            say(word),
        ])
    }

    fn begin<const N: usize>(&mut self, steps: [Step; N]) -> usize {
        self.script = VecDeque::from(steps);
        self.left = N as u8;
        N
    }

    /// She is at a class and hears its code word: how soon she writes it, if she does.
    pub(super) fn hear(&mut self, title: &str, word: &str) -> Option<i64> {
        if self.rng.u8(..100) >= 70 || !self.script.is_empty() {
            return None;
        }
        self.begin([say("Мои занятия"), press(title), press("Я здесь"), say(word)]);
        Some(self.rng.i64(Ms::MINUTE..40 * Ms::MINUTE))
    }

    /// Something came by itself: how soon she answers, if she does.
    pub(super) fn notice(&mut self) -> Option<i64> {
        let answers = match self.habit {
            Habit::Steady => 60,
            Habit::Rare => 20,
            Habit::Restless => 50,
            _ => 0,
        };
        if self.rng.u8(..100) >= answers || !self.script.is_empty() {
            return None;
        }
        self.script.push_back(Step::Any);
        self.left = 1;
        Some(self.rng.i64(2 * Ms::MINUTE..150 * Ms::MINUTE))
    }

    /// Does one thing.
    pub(super) fn act(&mut self, sandbox: &Sandbox, words: &Words, now: Ms) -> Deed {
        self.left = self.left.saturating_sub(1);
        let newest = sandbox.newest(self.id, SEEN);
        for message in &newest {
            if has_buttons(message) && !self.keyed.contains(&message.cmid) {
                self.keyed.push(message.cmid);
            }
        }
        let step = self.script.pop_front().unwrap_or_else(|| self.think(now, words));
        match step {
            Step::Start => {
                sandbox.start(self.id, None);
                Deed::Wrote
            }
            Step::Come(to) => {
                sandbox.start(self.id, Some(&to));
                Deed::Wrote
            }
            Step::Deny => {
                sandbox.deny(self.id);
                Deed::Denied
            }
            Step::Say(text) => {
                sandbox.write(self.id, &text);
                Deed::Wrote
            }
            Step::Press(labels) => self.press(sandbox, &newest, &labels),
            Step::Any => self.any(sandbox, &newest, words),
        }
    }

    /// What comes to her mind.
    fn think(&mut self, now: Ms, words: &Words) -> Step {
        if let Some((_, back)) = self.leaves.take_if(|(at, _)| *at <= now) {
            if back {
                // She comes back with a word some days later: her next visit.
                self.script.push_back(Step::Say("Здравствуйте, я снова здесь".to_owned()));
            }
            return Step::Deny;
        }
        if self.vacation.take_if(|at| *at <= now).is_some() {
            let weeks = ["Через неделю", "Через две недели", "Никто"].map(str::to_owned);
            self.script.extend([
                Step::Press(vec!["Отпуск".to_owned()]),
                Step::Press(weeks.to_vec()),
                Step::Press(vec!["Никто".to_owned()]),
            ]);
            self.left += 3;
            return Step::Say("Напоминания".to_owned());
        }
        let rng = &mut self.rng;
        match rng.u8(..100) {
            0..4 if words.class.is_some() => {
                let Some((number, title)) = &words.class else { return Step::Any };
                self.script.push_back(press_one(&["Записаться", "В лист ожидания", "Не смогу прийти"]));
                self.left += 1;
                if rng.bool() {
                    return Step::Come(format!("event_{number}"));
                }
                self.script.push_front(press(title));
                self.script.push_front(press("Вебинары и семинары"));
                self.left += 2;
                say("Обучение")
            }
            4..25 if !words.questions.is_empty() => {
                let question = words.questions[rng.usize(..words.questions.len())].clone();
                Step::Say(if rng.u8(..3) == 0 { mistyped(&question, rng) } else { question })
            }
            ..50 => Step::Say(ROOMS[rng.usize(..ROOMS.len())].to_owned()),
            50..54 => Step::Say(REMIND[rng.usize(..REMIND.len())].to_owned()),
            54..56 => Step::Say("позовите человека, тут что-то странное со страницей".to_owned()),
            _ => Step::Any,
        }
    }

    fn press(&mut self, sandbox: &Sandbox, newest: &[ChatMessage], labels: &[String]) -> Deed {
        if self.plain {
            let label = labels.first().cloned().unwrap_or_default();
            sandbox.write(self.id, &label);
            return Deed::Wrote;
        }
        for message in newest.iter().rev() {
            for label in labels {
                let wanted = |l: &str| bare(l).starts_with(bare(label));
                if let Some((row, column)) =
                    buttons(message).find(|(.., l)| wanted(l)).map(|(r, c, _)| (r, c))
                    && sandbox.press_at(self.id, message.cmid, row, column).is_ok()
                {
                    return Deed::Pressed;
                }
            }
        }
        Deed::Nothing
    }

    fn any(&mut self, sandbox: &Sandbox, newest: &[ChatMessage], words: &Words) -> Deed {
        if self.plain {
            let number = self.rng.u8(1..5).to_string();
            sandbox.write(self.id, &number);
            return Deed::Wrote;
        }
        let old = self.habit == Habit::Restless && self.rng.bool() && !self.keyed.is_empty();
        let message = if old {
            let cmid = self.keyed[self.rng.usize(..self.keyed.len())];
            sandbox.message(self.id, cmid)
        } else {
            newest.iter().rev().find(|message| has_buttons(message)).cloned()
        };
        let Some(message) = message else {
            sandbox.write(self.id, "Меню");
            return Deed::Wrote;
        };
        let mut offered: Vec<_> = buttons(&message).collect();
        let careful = self.rng.u8(..100);
        offered.retain(|(.., label)| {
            !LAST.iter().any(|l| label.starts_with(l))
                && (careful < 20 || !RARE.iter().any(|l| label.starts_with(l)))
        });
        if offered.is_empty() {
            let question = words.questions.get(self.rng.usize(..words.questions.len().max(1)));
            sandbox.write(self.id, question.map_or("Меню", String::as_str));
            return Deed::Wrote;
        }
        let (row, column, _) = offered[self.rng.usize(..offered.len())];
        match sandbox.press_at(self.id, message.cmid, row, column) {
            Ok(_) if old => Deed::PressedOld,
            Ok(_) => Deed::Pressed,
            Err(_) => Deed::Nothing,
        }
    }

    /// When she does the next thing.
    pub(super) fn next(&mut self, zone: &Zone, now: Ms) -> Ms {
        if self.left > 0 {
            return now.plus(self.rng.i64(8_000..90_000));
        }
        let days = match self.habit {
            Habit::Steady => self.rng.i64(1..4),
            Habit::Rare => self.rng.i64(5..16),
            Habit::Silent => self.rng.i64(20..60),
            Habit::Restless => self.rng.i64(1..6),
            Habit::Trainer | Habit::Curator => 1,
        };
        self.left = match self.habit {
            Habit::Silent | Habit::Rare => self.rng.u8(1..3),
            _ => self.rng.u8(2..7),
        };
        let day = zone.local(now).date().saturating_add(jiff::Span::new().days(days));
        let midnight = zone.moment(day.at(0, 0, 0, 0));
        let (from, to) = self.hours;
        midnight.plus(self.rng.i64(from * Ms::HOUR..to * Ms::HOUR))
    }
}

fn say(text: &str) -> Step {
    Step::Say(text.to_owned())
}

fn press(label: &str) -> Step {
    press_one(&[label])
}

/// The first of these that is there.
fn press_one(labels: &[&str]) -> Step {
    Step::Press(labels.iter().map(|l| (*l).to_owned()).collect())
}

/// A label without what stands before its first letter or digit.
fn bare(label: &str) -> &str {
    label.trim_start_matches(|c: char| !c.is_alphanumeric())
}

fn keyboard(message: &ChatMessage) -> Option<&Value> {
    message.keyboard.as_ref().filter(|k| !message.from_person && k["inline"] == true)
}

fn has_buttons(message: &ChatMessage) -> bool {
    keyboard(message).is_some()
}

/// The buttons under a message that tell the community something: row, column, label.
fn buttons(message: &ChatMessage) -> impl Iterator<Item = (usize, usize, String)> {
    let rows = keyboard(message).and_then(|k| k["buttons"].as_array()).into_iter().flatten().enumerate();
    rows.flat_map(|(row, buttons)| {
        let buttons = buttons.as_array().into_iter().flatten().enumerate();
        buttons.filter_map(move |(column, button)| {
            let action = &button["action"];
            let tells = matches!(action["type"].as_str(), Some("callback" | "text"));
            Some((row, column, action["label"].as_str().filter(|_| tells)?.to_owned()))
        })
    })
}

/// With two letters in each other's place.
fn mistyped(text: &str, rng: &mut Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() > 5 {
        let at = rng.usize(1..letters.len() - 2);
        letters.swap(at, at + 1);
    }
    letters.into_iter().collect()
}
