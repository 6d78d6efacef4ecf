//! Free text → guide: finds the answer to a question as people type it, and knows when it has none.

mod eval;
mod groups;
mod index;
mod lexicon;
mod parts;
mod question;
mod spelling;
mod synonyms;
#[cfg(test)]
mod tests;
mod typed;
mod words;

pub use eval::{EvalReport, eval};
pub use index::Index;
pub use parts::{Part, Parts};
pub use synonyms::Synonyms;

use index::Fit;

/// At most this many candidates are told.
const CANDIDATES: usize = 5;
/// At most this many are offered to choose from.
const OFFERED: usize = 4;

/// What was found for a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What to do.
    pub outcome: Outcome,
    /// The nearest guides, the best first, at most five; may be some even if the outcome is `Nothing`.
    pub candidates: Vec<Candidate>,
    /// The id of the topic of `content/synonyms.toml` that the bot does not answer about, if it is about that.
    pub outside: Option<String>,
}

/// What to do about a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This guide answers it.
    Answer(String),
    /// One of these may; two to four slugs, the likeliest first.
    Maybe(Vec<String>),
    /// No guide answers it.
    Nothing,
}

/// A guide that may answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How well it fits, from 0; comparable within one question only.
    pub score: f32,
}

/// Below this much evidence, in rarity, nothing is offered.
const LEAST_EVIDENCE: f32 = 1.0;
/// Below this score nothing is offered.
const LEAST_SCORE: f32 = 0.25;
/// How sure we are of the first candidate: its lead over the others, in words once more, then its own score
/// and evidence (one word is little to go by), less what a topic outside of the guides comes to beside it, and less the
/// share of what was said in words that no guide knows. From `SURE` on, it is the answer.
const LEAD_IN_WORDS: f32 = 0.5;
const LIKELY: f32 = 0.3;
const EVIDENT: f32 = 0.03;
const MUCH_EVIDENCE: f32 = 10.0;
const FOREIGN: f32 = 0.3;
const STRANGE: f32 = 0.3;
const SURE: f32 = 0.72;
/// Below this score the only candidate is no answer either.
const ANSWER_SCORE: f32 = 0.5;
/// A topic outside of the guides must fit this many times better than the first guide to be what was meant.
const OUTWEIGHS: f32 = 1.15;

impl Index {
    /// The guides that answer a question; any text will do.
    pub fn find(&self, question: &str) -> Found {
        let said = question::read(&self.lexicon, question);
        let fits = self.fits(&said);
        let outside = fits.iter().find(|f| !self.is_guide(f.document));
        let mut guides: Vec<&Fit> =
            fits.iter().filter(|f| self.is_guide(f.document)).take(CANDIDATES).collect();
        let foreign = outside.filter(|o| guides.first().is_none_or(|g| o.score >= OUTWEIGHS * g.score));
        if let Some(at) = self.exactly(question) {
            // An editor wrote these very words for this guide.
            guides.sort_by_key(|fit| fit.document != at);
            let outcome = Outcome::Answer(self.name(at).0.to_owned());
            return Found { outcome, candidates: self.candidates(&guides), outside: None };
        }
        let outcome = if foreign.is_some() {
            Outcome::Nothing
        } else {
            self.outcome(&guides, outside, self.strange(&said))
        };
        Found {
            outcome,
            candidates: self.candidates(&guides),
            outside: foreign.map(|o| self.name(o.document).0.to_owned()),
        }
    }

    fn candidates(&self, guides: &[&Fit]) -> Vec<Candidate> {
        let candidate = |fit: &&Fit| {
            let (slug, title) = self.name(fit.document);
            Candidate { slug: slug.to_owned(), title: title.to_owned(), score: fit.score }
        };
        guides.iter().map(candidate).collect()
    }

    fn outcome(&self, guides: &[&Fit], outside: Option<&Fit>, strange: f32) -> Outcome {
        let Some(first) = guides.first() else { return Outcome::Nothing };
        if first.evidence < LEAST_EVIDENCE || first.score < LEAST_SCORE {
            return Outcome::Nothing;
        }
        let lead = |of: fn(&Fit) -> f32| of(first) - guides[1..].iter().map(|f| of(f)).fold(0.0, f32::max);
        let foreign = outside.map_or(0.0, |f| f.score) / first.score;
        let slug = |fit: &Fit| self.name(fit.document).0.to_owned();
        let sure = LEAD_IN_WORDS * lead(|f| f.words)
            + lead(|f| f.score)
            + LIKELY * first.score
            + EVIDENT * first.evidence.min(MUCH_EVIDENCE)
            - FOREIGN * foreign
            - STRANGE * strange;
        let answers = sure >= SURE || !self.lexicon.parts.has(Part::Choice);
        if answers && first.score >= ANSWER_SCORE {
            return Outcome::Answer(slug(first));
        }
        let offered: Vec<String> = guides.iter().take(OFFERED).map(|f| slug(f)).collect();
        if offered.len() < 2 { Outcome::Nothing } else { Outcome::Maybe(offered) }
    }
}
