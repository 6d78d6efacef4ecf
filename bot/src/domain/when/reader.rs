//! Goes over a text word by word and gathers what it says of days and hours.

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};

use super::words;
use crate::domain::{Hm, MonthDay};

/// A word or a number.
#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    /// Where it stands, in characters.
    from: usize,
    to: usize,
    used: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Word(String),
    Number(u32),
    /// «9:30», «5.12»: two numbers, what stands between, and whether the first begins with a nought.
    Pair(u32, char, u32, bool),
}

/// A time of day as it was named.
#[derive(Clone, Copy, Debug)]
struct Time {
    at: Hm,
    /// «Утра», «вечера» or minutes leave no doubt about the half of the day.
    sure: bool,
}

/// The reading of a text.
#[expect(clippy::struct_excessive_bools, reason = "each is something the text says or does not")]
pub(super) struct Reader {
    letters: Vec<char>,
    tokens: Vec<Token>,
    now: DateTime,
    times: Vec<Time>,
    /// A date, or a day of the year if `yearly`.
    pub(super) date: Option<Date>,
    /// Days of the week.
    pub(super) week: Vec<u8>,
    /// Every how many weeks.
    pub(super) every: Option<u8>,
    /// Every how many months.
    pub(super) months: Option<u8>,
    /// A day of the month.
    pub(super) month_day: Option<MonthDay>,
    pub(super) yearly: bool,
    /// Every working day.
    pub(super) working: bool,
    /// «Каждый», «по …ам».
    pub(super) each: bool,
    /// «В пятницу».
    pub(super) once: bool,
}

impl Reader {
    pub(super) fn new(text: &str, now: DateTime) -> Self {
        let letters: Vec<char> = text.chars().take(500).collect();
        let tokens = tokens(&letters);
        Self {
            letters,
            tokens,
            now,
            times: Vec::new(),
            date: None,
            week: Vec::new(),
            every: None,
            months: None,
            month_day: None,
            yearly: false,
            working: false,
            each: false,
            once: false,
        }
    }

    pub(super) fn read(&mut self) {
        let mut i = 0;
        while i < self.tokens.len() {
            let taken = self
                .relative(i)
                .or_else(|| self.period(i))
                .or_else(|| self.of_month(i))
                .or_else(|| self.dated(i))
                .or_else(|| self.day(i))
                .or_else(|| self.time(i));
            let n = taken.unwrap_or(0);
            for token in self.tokens.iter_mut().skip(i).take(n) {
                token.used = true;
            }
            i += n.max(1);
        }
    }

    /// The times, those in doubt taken for the afternoon if they would be at night.
    pub(super) fn times(&self) -> Vec<Hm> {
        let day = |t: &Time| match t {
            Time { at, sure: false } if (1..=6).contains(&at.hour) => Hm { hour: at.hour + 12, ..*at },
            Time { at, .. } => *at,
        };
        self.times.iter().map(day).collect()
    }

    /// The longest run of words that say nothing of days and hours, as it was typed.
    pub(super) fn about(&self) -> Option<String> {
        let filler = |t: &Token| matches!(&t.kind, Kind::Word(w) if words::is_filler(w));
        let mut best: Option<&[Token]> = None;
        for run in self.tokens.split(|t| t.used) {
            let from = run.iter().position(|t| !filler(t)).unwrap_or(run.len());
            let to = run.iter().rposition(|t| !filler(t)).map_or(from, |last| last + 1);
            let run = &run[from..to];
            if run.len() > best.map_or(0, <[Token]>::len) {
                best = Some(run);
            }
        }
        let run = best?;
        let text: String = self.letters[run.first()?.from..run.last()?.to].iter().collect();
        (text.chars().filter(|c| c.is_alphabetic()).count() > 2).then_some(text)
    }

    fn word(&self, i: usize) -> Option<&str> {
        match &self.tokens.get(i)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn starts(&self, i: usize, stems: &[&str]) -> bool {
        self.word(i).is_some_and(|w| stems.iter().any(|stem| w.starts_with(stem)))
    }

    fn number(&self, i: usize) -> Option<u32> {
        match &self.tokens.get(i)?.kind {
            Kind::Number(n) => Some(*n),
            Kind::Word(word) => words::number(word),
            Kind::Pair(..) => None,
        }
    }

    /// «Через два часа», «через полчаса», «через неделю».
    fn relative(&mut self, i: usize) -> Option<usize> {
        if self.word(i)? != "через" {
            return None;
        }
        if self.word(i + 1).is_some_and(|w| w == "полчаса") {
            return self.after(30, i + 1, 2);
        }
        let (n, unit) = match self.number(i + 1) {
            Some(n) => (i64::from(n.min(1_000)), i + 2),
            None => (1, i + 1),
        };
        let taken = unit + 1 - i;
        if self.starts(unit, &["минут"]) {
            return self.after(n, unit, taken);
        }
        if self.starts(unit, &["час"]) {
            return match self.number(unit + 1).filter(|_| self.starts(unit + 2, &["минут"])) {
                Some(minutes) => self.after(n * 60 + i64::from(minutes.min(1_000)), unit, taken + 2),
                None => self.after(n * 60, unit, taken),
            };
        }
        let today = self.now.date();
        let date = match self.word(unit)? {
            w if w.starts_with("день") || w.starts_with("дн") => today.checked_add(n.days()),
            w if w.starts_with("недел") => today.checked_add(n.weeks()),
            w if w.starts_with("месяц") => today.checked_add(n.months()),
            _ => return None,
        };
        self.date = Some(date.ok()?);
        Some(taken)
    }

    fn after(&mut self, minutes: i64, _unit: usize, taken: usize) -> Option<usize> {
        let at = self.now.checked_add(minutes.minutes()).ok()?;
        self.date = Some(at.date());
        let at = Hm { hour: at.hour() as u8, minute: at.minute() as u8 };
        self.times.push(Time { at, sure: true });
        Some(taken)
    }

    /// «Каждый день», «раз в две недели», «ежемесячно», «по будням».
    fn period(&mut self, i: usize) -> Option<usize> {
        let word = self.word(i)?.to_owned();
        let from = match word.as_str() {
            "раз" if self.word(i + 1).is_some_and(|w| w == "в" || w == "во") => i + 2,
            w if w.starts_with("кажд") => i + 1,
            w if w.starts_with("ежедневн") => {
                self.week.extend(0..7);
                return Some(1);
            }
            w if w.starts_with("еженедельн") => return Some(self.weeks(1, 1)),
            w if w.starts_with("ежемесячн") => return Some(self.every_month(1, 1)),
            w if w.starts_with("ежеквартальн") => return Some(self.every_month(3, 1)),
            w if w.starts_with("ежегодн") => {
                self.yearly = true;
                return Some(1);
            }
            w if w.starts_with("будн") => {
                self.working = true;
                return Some(1);
            }
            w if w.starts_with("рабоч") && self.starts(i + 1, &["дн", "ден"]) => {
                self.working = true;
                return Some(2);
            }
            w if w.starts_with("выходн") => {
                self.week.extend([5, 6]);
                return Some(1);
            }
            _ => return None,
        };
        self.each = true;
        let head = from - i;
        let (n, unit) = match self
            .number(from)
            .or_else(|| self.word(from).and_then(words::ordinal).map(|n| n.max(1) as u32))
        {
            Some(n) if self.starts(from + 1, &["недел", "месяц", "дн", "ден"]) => {
                (n.min(52) as u8, from + 1)
            }
            _ => (1, from),
        };
        let taken = unit + 1 - i;
        match self.word(unit).unwrap_or_default() {
            w if w.starts_with("недел") => Some(self.weeks(n, taken)),
            w if w.starts_with("месяц") => Some(self.every_month(n, taken)),
            w if w.starts_with("квартал") => Some(self.every_month(3, taken)),
            w if w.starts_with("полгод") => Some(self.every_month(6, taken)),
            "год" => {
                self.yearly = true;
                Some(taken)
            }
            w if (w.starts_with("ден") || w == "дня") && n == 1 => {
                self.week.extend(0..7);
                Some(taken)
            }
            w if w.starts_with("утр") || w.starts_with("вечер") => {
                self.week.extend(0..7);
                // The word itself is a time, read next.
                Some(head)
            }
            _ => Some(head),
        }
    }

    fn weeks(&mut self, n: u8, taken: usize) -> usize {
        self.each = true;
        self.every = Some(n.max(1));
        taken
    }

    fn every_month(&mut self, n: u8, taken: usize) -> usize {
        self.each = true;
        self.months = Some(n.max(1));
        taken
    }

    /// «Последняя пятница», «15 числа», «последний день месяца».
    fn of_month(&mut self, i: usize) -> Option<usize> {
        if let Some(nth) = self.word(i).and_then(words::ordinal) {
            if let Some((weekday, _)) = self.word(i + 1).and_then(words::weekday) {
                self.month_day = Some(MonthDay::Nth { nth, weekday });
                return Some(2);
            }
            let day = self.starts(i + 1, &["числ"])
                || (self.starts(i + 1, &["ден", "дн"]) && self.starts(i + 2, &["месяц"]));
            if day && (nth == 1 || nth == -1) {
                self.month_day = Some(MonthDay::Day(if nth == 1 { 1 } else { 31 }));
                return Some(2);
            }
            return None;
        }
        let n = self.number(i).filter(|n| (1..=31).contains(n))?;
        let ending = usize::from(self.word(i + 1).is_some_and(|w| w == "го" || w == "е"));
        if self.starts(i + 1 + ending, &["числ"]) {
            self.month_day = Some(MonthDay::Day(n as i8));
            return Some(2 + ending);
        }
        None
    }

    /// «Завтра», «5 декабря», «05.12».
    fn dated(&mut self, i: usize) -> Option<usize> {
        let today = self.now.date();
        if let Kind::Pair(day, '.', month, _) = self.tokens[i].kind
            && !self.before_time(i)
        {
            let year = self.number(i + 1).filter(|y| (2_000..2_200).contains(y));
            self.date = Some(on(today, month, day, year)?);
            return Some(1 + usize::from(year.is_some()));
        }
        match self.word(i) {
            Some("сегодня") => self.date = Some(today),
            Some("завтра" | "завтро" | "завтр" | "завтраа") => {
                self.date = today.tomorrow().ok();
            }
            Some("послезавтра") => self.date = today.checked_add(2.days()).ok(),
            _ => {
                let n = self.number(i)?;
                let ending = usize::from(self.word(i + 1).is_some_and(|w| w == "го" || w == "е"));
                let month = self.word(i + 1 + ending).and_then(words::month)?;
                let at = i + 2 + ending;
                let year = self.number(at).filter(|y| (2_000..2_200).contains(y));
                self.date = Some(on(today, month as u32, n, year)?);
                return Some(at - i + usize::from(year.is_some()));
            }
        }
        Some(1)
    }

    /// A preposition before it says that a pair of numbers is a time.
    fn before_time(&self, i: usize) -> bool {
        i > 0 && matches!(self.word(i - 1), Some("в" | "во" | "к" | "до"))
    }

    /// «По вторникам», «в пятницу», «с понедельника по среду», «пн–пт».
    fn day(&mut self, i: usize) -> Option<usize> {
        let (day, many) = self.word(i).and_then(words::weekday)?;
        let before = i.checked_sub(1).and_then(|b| self.word(b)).unwrap_or_default();
        let single = matches!(before, "в" | "во" | "эту" | "этот" | "это" | "до" | "к")
            || ["ближайш", "следующ"].iter().any(|stem| before.starts_with(stem));
        let ranged = before == "с" && self.word(i + 1) == Some("по");
        let next = if ranged { i + 2 } else { i + 1 };
        let dash = self
            .tokens
            .get(i + 1)
            .is_some_and(|t| self.letters[self.tokens[i].to..t.from].iter().any(|c| "-–—".contains(*c)));
        if let Some((last, _)) = self.word(next).and_then(words::weekday).filter(|_| ranged || dash) {
            let mut d = day;
            while d != last {
                self.week.push(d);
                d = (d + 1) % 7;
            }
            self.week.push(last);
            return Some(next + 1 - i);
        }
        self.week.push(day);
        if single && !many && self.word(i).is_some_and(|w| w.chars().count() > 3) {
            self.once = true;
        } else {
            self.each = true;
        }
        Some(1)
    }

    /// «В 10», «9:30», «7 вечера», «полдень», «утром».
    fn time(&mut self, i: usize) -> Option<usize> {
        if self.starts(i, &["половин"])
            && let Some(hour) = self.word(i + 1).and_then(words::hour_in_progress)
        {
            self.times.push(Time { at: Hm { hour, minute: 30 }, sure: false });
            return Some(2 + self.half(i + 2));
        }
        let named = match self.word(i) {
            Some("полдень") => Some((12, true)),
            Some("обед") => Some((13, true)),
            Some("утром" | "утро" | "утру" | "утра") => Some((9, false)),
            Some("днем") => Some((13, false)),
            Some("вечером" | "вечер" | "вечеру") => Some((18, false)),
            _ => None,
        };
        if let Some((hour, alone)) = named {
            // «Завтра утром в 9» names the hour itself.
            if alone || (self.times.is_empty() && !self.hour_follows(i + 1)) {
                self.times.push(Time { at: Hm { hour, minute: 0 }, sure: true });
            } else if let Some(last) = self.times.last_mut()
                && hour == 18
            {
                evening(last);
            }
            return Some(1);
        }
        if let Kind::Pair(hour, sep, minute, nought) = self.tokens[i].kind {
            if hour > 23 || minute > 59 || (sep == '-' && !self.before_time(i)) {
                return None;
            }
            let at = Hm { hour: hour as u8, minute: minute as u8 };
            self.times.push(Time { at, sure: nought });
            return Some(1 + self.half(i + 1));
        }
        let hour = self.number(i).filter(|h| *h < 24).or_else(|| self.one_o_clock(i))?;
        let unit = self.starts(i + 1, &["час"]) || self.word(i + 1) == Some("ч");
        let half = ["утра", "вечера", "дня", "ночи"].contains(&self.word(i + 1).unwrap_or_default());
        let listed =
            matches!(self.word(i.wrapping_sub(1)), Some("и") | None) && !self.times.is_empty() && i > 0;
        let after_used = i > 0 && self.tokens[i - 1].used;
        let alone = self.tokens.len() == 1;
        if !(self.before_time(i) || unit || half || listed || after_used || alone) || self.is_count(i + 1) {
            return None;
        }
        let minute = match self.word(i + 1) {
            Some("тридцать") => 30,
            Some("пятнадцать") => 15,
            _ => 0,
        };
        self.times.push(Time { at: Hm { hour: hour as u8, minute }, sure: false });
        let taken = 1 + usize::from(unit || minute > 0);
        Some(taken + self.half(i + taken))
    }

    /// «В час дня».
    fn one_o_clock(&self, i: usize) -> Option<u32> {
        (self.word(i)? == "час" && self.before_time(i)).then_some(1)
    }

    fn hour_follows(&self, i: usize) -> bool {
        let i = if self.before_time(i + 1) { i + 1 } else { i };
        self.number(i).is_some() || matches!(self.tokens.get(i).map(|t| &t.kind), Some(Kind::Pair(..)))
    }

    /// What is counted is no hour.
    fn is_count(&self, i: usize) -> bool {
        // «В 10 построение» and «в 10 разослать» count nothing.
        let whole = ["пост", "поста", "постов", "раз", "раза", "класс", "класса", "классов", "классе"];
        self.starts(i, &["минут", "недел", "месяц", "фото", "дней", "человек", "групп"])
            || self.word(i).is_some_and(|word| whole.contains(&word))
    }

    /// The half of the day after an hour.
    fn half(&mut self, i: usize) -> usize {
        let Some(last) = self.times.last_mut() else { return 0 };
        match self.tokens.get(i).map(|t| &t.kind) {
            Some(Kind::Word(w)) if w == "утра" || w == "ночи" => last.sure = true,
            Some(Kind::Word(w)) if w == "вечера" || w == "дня" => evening(last),
            _ => return 0,
        }
        1
    }
}

fn evening(time: &mut Time) {
    if time.at.hour < 12 {
        time.at.hour += 12;
    }
    time.sure = true;
}

/// The date of a day and month: in that year, or the next one to come.
fn on(today: Date, month: u32, day: u32, year: Option<u32>) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    if let Some(year) = year {
        return Date::new(i16::try_from(year).ok()?, month, day).ok();
    }
    // Eight years hold every day of a year.
    (0..=8).filter_map(|n| Date::new(today.year() + n, month, day).ok()).find(|date| *date >= today)
}

fn tokens(letters: &[char]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut i = 0;
    while i < letters.len() {
        let from = i;
        let class = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        let kind = class(letters[i]);
        if kind == (false, false) {
            i += 1;
            continue;
        }
        while i < letters.len() && class(letters[i]) == kind {
            i += 1;
        }
        let text: String = letters[from..i].iter().collect();
        let kind = if kind.0 {
            // Longer numbers name no day and no hour.
            Kind::Number(text.parse().unwrap_or(u32::MAX))
        } else {
            Kind::Word(text.to_lowercase().replace('ё', "е"))
        };
        tokens.push(Token { kind, from, to: i, used: false });
    }
    join_pairs(letters, tokens)
}

/// «9», «:» and «30» become one.
fn join_pairs(letters: &[char], tokens: Vec<Token>) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::new();
    for token in tokens {
        if let (Some(Token { kind: Kind::Number(a), from, to, .. }), Kind::Number(b)) =
            (joined.last(), &token.kind)
            && token.from == to + 1
            && to - from <= 2
            && token.to - token.from == 2
            && [':', '.', '-'].contains(&letters[*to])
        {
            let nought = letters[*from] == '0';
            let kind = Kind::Pair(*a, letters[*to], *b, nought);
            let from = *from;
            joined.pop();
            joined.push(Token { kind, from, to: token.to, used: false });
        } else {
            joined.push(token);
        }
    }
    joined
}
