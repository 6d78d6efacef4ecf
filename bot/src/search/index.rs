//! Which guides answer a question: words weighed by field and rarity, and nearness to known phrasings.

use std::{collections::HashMap, fmt};

use super::{
    lexicon::{Lexicon, Term},
    parts::{Part, Parts},
    question::Slot,
    synonyms::Synonyms,
    words::words,
};
use crate::{content::Guide, domain::text::folded};

/// Weights of title, other ways to ask, tags, answer, cards: a word in a title says most of the topic.
const FIELDS: [f32; 5] = [3.0, 2.5, 3.0, 1.0, 0.4];
/// How much a field longer than the average dilutes its words.
const DILUTION: [f32; 5] = [0.3, 0.4, 0.3, 0.6, 0.7];
/// How soon repeating a word stops adding.
const SATURATION: f32 = 1.5;
/// How much likeness to a known phrasing counts beside words.
const PHRASING: f32 = 0.45;
/// A term is as common as if at least this many documents were about it: one chance mention says little.
const COMMON: f32 = 2.0;
/// What an unknown word weighs, in rarity: as one that six guides are about.
const UNKNOWN: f32 = 3.0;
/// The weight of a word of a topic the bot does not answer about: as of another way to ask.
const OUTSIDE: f32 = 2.5;

/// A document with a term at this weight or more is about it; with less, in part.
const ABOUT: f32 = 2.5;

struct Posting {
    at: usize,
    weight: f32,
}

/// A title or a way to ask.
struct Phrase {
    document: usize,
    length: f32,
}

/// The search over the guides; built once, read by many at a time.
pub struct Index {
    pub(crate) lexicon: Lexicon,
    /// Slugs and titles of guides, then ids of topics the bot does not answer about.
    names: Vec<(String, String)>,
    guides: usize,
    /// By term: the documents that have it.
    postings: Vec<Vec<Posting>>,
    /// By term: the phrases that have it.
    phrasings: Vec<Vec<usize>>,
    phrases: Vec<Phrase>,
    rarity: Vec<f32>,
    /// Guides by their titles and ways to ask, folded; a phrase of two guides is neither's.
    exact: HashMap<String, Option<usize>>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Index({} guides, {} terms)", self.guides, self.lexicon.len())
    }
}

/// How well a document fits a question.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fit {
    pub(crate) document: usize,
    /// What candidates are sorted by: words plus likeness to a phrasing.
    pub(crate) score: f32,
    /// The part of the score that comes from words alone.
    pub(crate) words: f32,
    /// Likeness to the nearest of its phrasings, 0 to 1.
    pub(crate) phrasing: f32,
    /// The summed rarity of what it speaks of: how much evidence there is at all.
    pub(crate) evidence: f32,
}

/// A row of words, each with the concepts it names.
type Row = Vec<Vec<Term>>;

struct Document {
    fields: Vec<Row>,
    phrases: Vec<Row>,
}

impl Index {
    /// Builds the search over these guides with these parts of the method.
    pub fn build(guides: &[Guide], synonyms: &Synonyms, parts: Parts) -> Self {
        let mut lexicon = Lexicon::new(synonyms, parts);
        let mut names: Vec<_> = guides.iter().map(|g| (g.slug.clone(), g.title.clone())).collect();
        let mut documents: Vec<Document> = guides.iter().map(|g| document(&mut lexicon, g)).collect();
        for topic in synonyms.outside.iter().filter(|_| parts.has(Part::Outside)) {
            let phrases: Vec<Row> = topic.words.iter().map(|w| bare(&mut lexicon, w)).collect();
            documents.push(Document { fields: vec![phrases.concat()], phrases });
            names.push((topic.id.clone(), String::new()));
        }
        let mut postings: Vec<Vec<Posting>> = Vec::new();
        postings.resize_with(lexicon.len(), Vec::new);
        let average = averages(&documents[..guides.len()]);
        for (at, document) in documents.iter().enumerate() {
            for (term, weight) in weights(document, &average, at >= guides.len()) {
                postings[term as usize].push(Posting { at, weight });
            }
        }
        let count = documents.len() as f32;
        let about = |p: &Vec<Posting>| p.iter().map(|p| (p.weight / ABOUT).min(1.0)).sum::<f32>();
        let rarity: Vec<f32> = postings.iter().map(|p| rarity(count, about(p).max(COMMON))).collect();
        let mut phrasings = vec![Vec::new(); lexicon.len()];
        let mut phrases = Vec::new();
        for (at, document) in documents.iter().enumerate() {
            for phrase in document.phrases.iter().filter(|_| parts.has(Part::Likeness)) {
                for term in phrase.iter().flatten() {
                    if phrasings[*term as usize].last() != Some(&phrases.len()) {
                        phrasings[*term as usize].push(phrases.len());
                    }
                }
                let rarest =
                    |place: &Vec<Term>| place.iter().map(|t| rarity[*t as usize]).fold(0.0, f32::max);
                let length = phrase.iter().map(|place| rarest(place).powi(2)).sum::<f32>().sqrt();
                phrases.push(Phrase { document: at, length });
            }
        }
        let mut exact = HashMap::new();
        for (at, guide) in guides.iter().enumerate().filter(|_| parts.has(Part::Exact)) {
            for phrase in asks(guide, parts).chain([&guide.title]) {
                let known = exact.entry(folded(phrase)).or_insert(Some(at));
                if *known != Some(at) {
                    *known = None;
                }
            }
        }
        Self { lexicon, names, guides: guides.len(), postings, phrasings, phrases, rarity, exact }
    }

    /// The guide that has this very phrase as its title or a way to ask.
    pub(crate) fn exactly(&self, question: &str) -> Option<usize> {
        self.exact.get(&folded(question)).copied().flatten()
    }

    /// Whether a document is a guide rather than a topic the bot does not answer about.
    pub(crate) fn is_guide(&self, document: usize) -> bool {
        document < self.guides
    }

    /// A document's slug (or a topic's id) and title.
    pub(crate) fn name(&self, document: usize) -> (&str, &str) {
        let (slug, title) = &self.names[document];
        (slug, title)
    }

    fn rarity(&self, term: Term) -> f32 {
        self.rarity[term as usize]
    }

    /// How much one meaning of a slot says: a word of the family, or a common name, no more than the word said.
    fn says(&self, term: Term, slot: &Slot) -> f32 {
        let own = self.rarity(term);
        match slot.meanings.first() {
            Some((said, _)) if !self.postings[*said as usize].is_empty() => own.min(self.rarity(*said)),
            _ => own,
        }
    }

    /// How much a thing said weighs; nothing if no guide knows it.
    fn known(&self, slot: &Slot) -> f32 {
        let known = slot.meanings.iter().filter(|(t, _)| !self.postings[*t as usize].is_empty());
        known.map(|(t, sure)| sure * self.says(*t, slot)).fold(0.0, f32::max)
    }

    /// How much a thing said weighs.
    pub(crate) fn weight(&self, slot: &Slot) -> f32 {
        let known = self.known(slot);
        if known > 0.0 { known } else { UNKNOWN }
    }

    /// The share of what was said, by weight, that no guide knows: 0 to 1.
    pub(crate) fn strange(&self, slots: &[Slot]) -> f32 {
        if !self.lexicon.parts.has(Part::Strange) {
            return 0.0;
        }
        let all: f32 = slots.iter().map(|slot| self.weight(slot)).sum();
        let strange: f32 =
            slots.iter().filter(|slot| self.known(slot) == 0.0).map(|slot| self.weight(slot)).sum();
        strange / all.max(f32::EPSILON)
    }

    /// All documents that share something with the question, the best first.
    pub(crate) fn fits(&self, slots: &[Slot]) -> Vec<Fit> {
        let mut fits: Vec<Fit> =
            (0..self.names.len()).map(|document| Fit { document, ..Fit::default() }).collect();
        let mut near = vec![0.0; self.phrases.len()];
        let mut documents = Best::new(self.names.len());
        let mut phrases = Best::new(self.phrases.len());
        let weights: Vec<f32> = slots.iter().map(|s| self.weight(s)).collect();
        for slot in slots {
            self.slot(slot, &mut documents, &mut phrases);
            documents.drain(|at, (score, rarity)| {
                fits[at].words += score;
                fits[at].evidence += rarity;
            });
            phrases.drain(|at, (shared, _)| near[at] += shared);
        }
        let said: f32 = weights.iter().sum::<f32>().max(f32::EPSILON);
        let length = weights.iter().map(|w| w * w).sum::<f32>().sqrt();
        for (phrase, shared) in self.phrases.iter().zip(near).filter(|(_, shared)| *shared > 0.0) {
            let likeness = (shared / (length * phrase.length).max(f32::EPSILON)).min(1.0);
            let fit = &mut fits[phrase.document];
            fit.phrasing = fit.phrasing.max(likeness);
        }
        for fit in &mut fits {
            fit.words /= said;
            fit.score = fit.words + PHRASING * fit.phrasing;
        }
        fits.retain(|f| f.score > 0.0);
        fits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.document.cmp(&b.document)));
        fits
    }

    /// What a slot gives to each document and phrase: the best of its meanings.
    fn slot(&self, slot: &Slot, documents: &mut Best, phrases: &mut Best) {
        for (term, sure) in &slot.meanings {
            let rarity = sure * self.says(*term, slot);
            for posting in &self.postings[*term as usize] {
                documents.keep(posting.at, (rarity * posting.weight / (SATURATION + posting.weight), rarity));
            }
            for phrase in &self.phrasings[*term as usize] {
                phrases.keep(*phrase, (rarity * rarity, 0.0));
            }
        }
    }
}

/// The best of several values by number, emptied without walking through all numbers.
struct Best {
    values: Vec<(f32, f32)>,
    touched: Vec<usize>,
}

impl Best {
    fn new(count: usize) -> Self {
        Self { values: vec![(0.0, 0.0); count], touched: Vec::new() }
    }

    fn keep(&mut self, at: usize, value: (f32, f32)) {
        let kept = &mut self.values[at];
        if *kept == (0.0, 0.0) {
            self.touched.push(at);
        }
        *kept = (kept.0.max(value.0), kept.1.max(value.1));
    }

    fn drain(&mut self, mut take: impl FnMut(usize, (f32, f32))) {
        for at in self.touched.drain(..) {
            take(at, std::mem::take(&mut self.values[at]));
        }
    }
}

/// How much a term says when this many of `count` documents are about it.
fn rarity(count: f32, about: f32) -> f32 {
    (1.0 + (count - about + 0.5) / (about + 0.5)).ln()
}

/// The other ways to ask that count.
fn asks(guide: &Guide, parts: Parts) -> impl Iterator<Item = &String> {
    guide.ask.iter().filter(move |_| parts.has(Part::Asks))
}

fn document(lexicon: &mut Lexicon, guide: &Guide) -> Document {
    let mut phrases = vec![row(lexicon, &guide.title)];
    phrases.extend(asks(guide, lexicon.parts).map(|a| row(lexicon, a)));
    let tags: Vec<Row> = guide.tags.iter().map(|t| row(lexicon, t)).collect();
    let mut fields = vec![phrases[0].clone(), phrases[1..].concat(), tags.concat(), Row::new(), Row::new()];
    if lexicon.parts.has(Part::Texts) {
        fields[3] = row(lexicon, &guide.answer);
        let cards = guide.cards.iter().flat_map(|card| [&card.title, &card.text]);
        let of_spheres = guide.variants.iter().map(|variant| &variant.text);
        fields[4] = cards.chain(of_spheres).flat_map(|text| row(lexicon, text)).collect();
    }
    Document { fields, phrases }
}

/// The words of a text with the concepts they name, without those that say nothing.
fn row(lexicon: &mut Lexicon, text: &str) -> Row {
    let words = words(text, lexicon.parts);
    let said: Vec<Vec<(Term, f32)>> = words.iter().map(|w| vec![(lexicon.learn(w), 1.0)]).collect();
    let mut row: Row = said.iter().map(|p| p.iter().map(|(t, _)| *t).collect()).collect();
    let mut names = Vec::new();
    for spotted in lexicon.spot(&said, false) {
        match spotted.places.as_slice() {
            [place] => row[*place].push(spotted.concept),
            _ => names.push(vec![spotted.concept]),
        }
    }
    row.retain(|place| place.len() > 1 || !lexicon.is_filler(place[0]));
    row.extend(names);
    row
}

/// The words of a topic outside of the guides: as they stand, a common name would draw in what we do answer.
fn bare(lexicon: &mut Lexicon, text: &str) -> Row {
    let terms: Vec<Term> = words(text, lexicon.parts).iter().map(|w| lexicon.learn(w)).collect();
    terms.into_iter().filter(|t| !lexicon.is_filler(*t)).map(|t| vec![t]).collect()
}

fn averages(documents: &[Document]) -> Vec<f32> {
    (0..FIELDS.len())
        .map(|f| {
            let total: usize = documents.iter().map(|d| d.fields[f].len()).sum();
            (total as f32 / documents.len().max(1) as f32).max(1.0)
        })
        .collect()
}

fn weights(document: &Document, average: &[f32], outside: bool) -> HashMap<Term, f32> {
    let mut weights = HashMap::new();
    for (f, row) in document.fields.iter().enumerate() {
        let weight = if outside {
            OUTSIDE
        } else {
            FIELDS[f] / (1.0 - DILUTION[f] + DILUTION[f] * row.len() as f32 / average[f])
        };
        for term in row.iter().flatten() {
            *weights.entry(*term).or_default() += weight;
        }
    }
    weights
}
