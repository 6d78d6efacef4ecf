//! How well the search does on questions with known answers.

use std::fmt;

use super::{Found, Index, Outcome};

/// What stands for «no guide answers this» in the column of expected slugs.
const NONE: &str = "-";
const SHOWN: usize = 3;

/// A question that was not answered as expected.
#[derive(Clone, Debug)]
pub struct Miss {
    /// The row's id.
    pub id: String,
    /// The question.
    pub question: String,
    /// Slugs that would have been right, separated by commas, or `-`.
    pub expected: String,
    /// What was found instead.
    pub found: Found,
}

#[derive(Clone, Debug, Default)]
struct Tally {
    asked: usize,
    first: usize,
    shown: usize,
    outside: usize,
    refused: usize,
    wrong: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.first += other.first;
        self.shown += other.shown;
        self.outside += other.outside;
        self.refused += other.refused;
        self.wrong += other.wrong;
    }
}

/// The result of [`eval`]; printed as a table by kind of question and a last line of shares.
#[derive(Clone, Debug, Default)]
pub struct EvalReport {
    kinds: Vec<(String, Tally)>,
    misses: Vec<Miss>,
    unread: usize,
}

impl EvalReport {
    /// Questions whose first candidate was not right, and those answered that should not be.
    pub fn misses(&self) -> &[Miss] {
        &self.misses
    }

    fn total(&self) -> Tally {
        let mut total = Tally::default();
        for (_, tally) in &self.kinds {
            total.add(tally);
        }
        total
    }
}

/// Asks every question of a table of columns id, question, expected slugs and kind, separated by tabs.
///
/// Any of several slugs, separated by commas, is right; `-` expects no confident answer. A heading is passed
/// over; rows with another number of columns are counted and told.
pub fn eval(index: &Index, tsv: &str) -> EvalReport {
    let mut report = EvalReport::default();
    for line in tsv.lines().filter(|l| !l.trim().is_empty()) {
        let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
        let [id, question, expected, kind] = columns[..] else {
            report.unread += 1;
            continue;
        };
        if id == "id" && question == "question" {
            continue;
        }
        let found = index.find(question);
        let tally = judge(&found, expected);
        if tally.first + tally.refused == 0 {
            let (id, question, expected) = (id.to_owned(), question.to_owned(), expected.to_owned());
            report.misses.push(Miss { id, question, expected, found });
        }
        match report.kinds.iter_mut().find(|(k, _)| k == kind) {
            Some((_, known)) => known.add(&tally),
            None => report.kinds.push((kind.to_owned(), tally)),
        }
    }
    report
}

fn judge(found: &Found, expected: &str) -> Tally {
    let right = |slug: &str| expected.split(',').any(|e| e.trim() == slug);
    let answer = match &found.outcome {
        Outcome::Answer(slug) => Some(slug),
        _ => None,
    };
    let mut tally = Tally { asked: 1, ..Tally::default() };
    tally.wrong = usize::from(answer.is_some_and(|slug| expected == NONE || !right(slug)));
    if expected == NONE {
        tally.outside = 1;
        tally.refused = usize::from(answer.is_none());
    } else if found.outcome != Outcome::Nothing {
        // What a person who is told «не знаю» does not see cannot be right.
        let place = found.candidates.iter().position(|c| right(&c.slug));
        tally.first = usize::from(place == Some(0));
        tally.shown = usize::from(place.is_some_and(|p| p < SHOWN));
    }
    tally
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "—".to_owned() } else { format!("{:.3}", part as f64 / whole as f64) }
}

impl fmt::Display for EvalReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unread > 0 {
            writeln!(f, "строк не из четырёх столбцов пропущено: {}", self.unread)?;
        }
        writeln!(
            f,
            "{:<12} {:>8} {:>7} {:>7} {:>8} {:>7}",
            "вид", "вопросов", "top1", "top3", "refused", "wrong"
        )?;
        for (kind, t) in &self.kinds {
            let asked = t.asked - t.outside;
            let (top1, top3) = (share(t.first, asked), share(t.shown, asked));
            let (refused, wrong) = (share(t.refused, t.outside), share(t.wrong, t.asked));
            writeln!(f, "{kind:<12} {:>8} {top1:>7} {top3:>7} {refused:>8} {wrong:>7}", t.asked)?;
        }
        let t = self.total();
        let asked = t.asked - t.outside;
        let number = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        write!(
            f,
            "top1={:.3} top3={:.3} refused={:.3} confident_wrong={:.3}",
            number(t.first, asked),
            number(t.shown, asked),
            number(t.refused, t.outside),
            number(t.wrong, t.asked)
        )
    }
}
