//! What came of it: for people a table, for programs JSON that is the same to the byte for the same seed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;

use super::{Plan, people::Deed};

/// A message by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Answer,
    Edit,
    PressAnswer,
    Word,
    Reminder,
    Class,
    Nudge,
    Digest,
    Announcement,
    Back,
    Other,
    Picture,
}

impl Kind {
    const ALL: [Self; 12] = [
        Self::Answer,
        Self::Edit,
        Self::PressAnswer,
        Self::Word,
        Self::Reminder,
        Self::Class,
        Self::Nudge,
        Self::Digest,
        Self::Announcement,
        Self::Back,
        Self::Other,
        Self::Picture,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Answer => "ответы",
            Self::Edit => "правки на месте",
            Self::PressAnswer => "ответы на нажатия",
            Self::Word => "слово от коллеги или куратора",
            Self::Reminder => "свои напоминания",
            Self::Class => "о занятиях",
            Self::Nudge => "неделя страницы",
            Self::Digest => "сводка отложенного",
            Self::Announcement => "объявления",
            Self::Back => "конец отпуска",
            Self::Other => "служебные",
            Self::Picture => "из них с картинкой",
        }
    }
}

/// What came of a simulation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// What was simulated.
    pub plan: Plan,
    /// How many people there were, with the staff.
    pub people: usize,
    /// How many of them went through the interview.
    pub met: usize,
    /// What people did, by deed.
    pub deeds: BTreeMap<&'static str, u64>,
    /// How many messages and to how many people, by kind.
    pub messages: BTreeMap<&'static str, (u64, usize)>,
    /// What VK refused, by method and code.
    pub refused: BTreeMap<String, u64>,
    /// Calls of VK by method and code; 0 is an answer.
    pub calls: BTreeMap<String, BTreeMap<i64, u64>>,
    /// VK calls of the chat a person a week.
    pub calls_a_week: Spread,
    /// Messages a person a week she did not ask for or set up.
    pub unasked_a_week: Spread,
    /// What became of each announcement's recipients.
    pub announcements: Vec<BTreeMap<String, u64>>,
    /// Who enrolled in each class, waited for a seat, came and got a certificate.
    pub classes: Vec<BTreeMap<String, u64>>,
    /// Everything said, in order, folded into a number.
    pub trace: String,
    /// How often something that must hold did not.
    pub broken: u64,
    /// The first of them in words.
    pub violations: Vec<String>,
    #[serde(skip)]
    pub(super) counted: BTreeMap<Kind, (u64, BTreeSet<i64>)>,
}

/// How a number is spread over people and weeks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// The mean, in hundredths.
    pub mean_hundredths: u64,
    /// 99 of 100 have no more.
    pub p99: u64,
    /// The most.
    pub most: u64,
}

impl Spread {
    pub(super) fn of(mut all: Vec<u64>) -> Self {
        all.sort_unstable();
        let at = |percent: usize| all.get((all.len().saturating_sub(1)) * percent / 100).copied();
        Self {
            mean_hundredths: all.iter().sum::<u64>() * 100 / all.len().max(1) as u64,
            p99: at(99).unwrap_or(0),
            most: at(100).unwrap_or(0),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.mean_hundredths / 100, self.mean_hundredths % 100);
        write!(
            f,
            "в среднем {whole},{rest:02}, у 99 из 100 не больше {}, самое большее {}",
            self.p99, self.most
        )
    }
}

impl Report {
    pub(super) fn did(&mut self, deed: Deed) {
        *self.deeds.entry(deed.name()).or_default() += 1;
    }

    pub(super) fn count(&mut self, kind: Kind, to: i64) {
        let (count, people) = self.counted.entry(kind).or_default();
        *count += 1;
        people.insert(to);
    }

    pub(super) fn finish(&mut self) {
        let counted = Kind::ALL.iter().filter_map(|kind| Some((kind.name(), self.counted.get(kind)?)));
        self.messages = counted.map(|(name, (count, people))| (name, (*count, people.len()))).collect();
    }

    /// As JSON, the same to the byte for the same seed.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|json| json + "\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { pages, weeks, seed } = self.plan;
        writeln!(
            f,
            "Страниц {pages}, недель {weeks}, людей {} (познакомились {}), зерно {seed}",
            self.people, self.met
        )?;
        writeln!(f, "\nЧто делали люди")?;
        for (deed, count) in &self.deeds {
            writeln!(f, "  {count:>9}  {deed}")?;
        }
        writeln!(f, "\nЧто говорил бот              всего     людям")?;
        for kind in Kind::ALL {
            let (count, people) = self.messages.get(kind.name()).copied().unwrap_or_default();
            writeln!(f, "  {:<29}{count:>7} {people:>8}", kind.name())?;
        }
        for (what, all) in [("объявление", &self.announcements), ("занятие", &self.classes)]
        {
            for (n, states) in all.iter().enumerate() {
                let states: Vec<String> =
                    states.iter().map(|(name, count)| format!("{name} {count}")).collect();
                writeln!(f, "  {what} {}: {}", n + 1, states.join(", "))?;
            }
        }
        writeln!(f, "\nЗапросов VK на человека в неделю: {}", self.calls_a_week)?;
        writeln!(f, "Непрошеных сообщений на человека в неделю: {}", self.unasked_a_week)?;
        for (what, count) in &self.refused {
            writeln!(f, "  VK отказал {count} раз: {what}")?;
        }
        if self.broken == 0 {
            write!(f, "\nВсё, что должно соблюдаться, соблюдалось. След: {}", self.trace)
        } else {
            writeln!(f, "\nНарушений: {}", self.broken)?;
            write!(f, "  {}", self.violations.join("\n  "))
        }
    }
}
