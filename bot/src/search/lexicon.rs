//! Every word the content knows, and ways to it from words people type.

use std::collections::{HashMap, HashSet};

use super::{
    spelling::Spelling,
    synonyms::Synonyms,
    words::{Stems, root, sound, unprefixed, words},
};

/// A stem, or a concept that several stems name.
pub(crate) type Term = u32;

/// How sure we are that another word of the family was meant.
const FAMILY: f32 = 0.7;
const PREFIXED: f32 = 0.45;
const CONCEPT: f32 = 0.85;

/// A name of a concept: its words in order.
struct Name {
    words: Vec<Term>,
    concept: Term,
    /// Whether it counts in questions only.
    heard: bool,
}

/// Every word the content knows.
pub(crate) struct Lexicon {
    stems: Stems,
    terms: HashMap<String, Term>,
    count: Term,
    filler: HashSet<Term>,
    /// Names by their first word.
    names: HashMap<Term, Vec<Name>>,
    roots: HashMap<String, Vec<Term>>,
    bare_roots: HashMap<String, Vec<Term>>,
    term_roots: HashMap<Term, String>,
    sounds: HashMap<String, Vec<Term>>,
    forms: HashMap<String, Term>,
    spelling: Spelling,
}

/// A concept found in a row of words.
pub(crate) struct Spotted {
    pub(crate) concept: Term,
    /// The places of its words.
    pub(crate) places: Vec<usize>,
}

impl Lexicon {
    pub(crate) fn new(synonyms: &Synonyms) -> Self {
        let mut lexicon = Self {
            stems: Stems::new(),
            terms: HashMap::new(),
            count: 0,
            filler: HashSet::new(),
            names: HashMap::new(),
            roots: HashMap::new(),
            bare_roots: HashMap::new(),
            term_roots: HashMap::new(),
            sounds: HashMap::new(),
            forms: HashMap::new(),
            spelling: Spelling::default(),
        };
        for word in synonyms.filler.iter().flat_map(|f| words(f)) {
            let term = lexicon.learn(&word);
            lexicon.filler.insert(term);
        }
        for group in &synonyms.groups {
            let concept = lexicon.next();
            let known = group.words.iter().map(|w| (w, false));
            for (name, heard) in known.chain(group.heard.iter().map(|w| (w, true))) {
                let words: Vec<Term> = words(name).iter().map(|w| lexicon.learn(w)).collect();
                if let Some(first) = words.first().copied() {
                    lexicon.names.entry(first).or_default().push(Name { words, concept, heard });
                }
            }
        }
        lexicon
    }

    fn next(&mut self) -> Term {
        self.count += 1;
        self.count - 1
    }

    /// How many terms there are; they are numbered from 0.
    pub(crate) fn len(&self) -> usize {
        self.count as usize
    }

    /// Takes in a word of the content.
    pub(crate) fn learn(&mut self, word: &str) -> Term {
        if let Some(term) = self.forms.get(word) {
            return *term;
        }
        let stem = self.stems.stem(word);
        let term = if let Some(term) = self.terms.get(&stem) {
            *term
        } else {
            let term = self.next();
            let root = root(&stem);
            self.roots.entry(root.clone()).or_default().push(term);
            self.bare_roots.entry(unprefixed(&root).to_owned()).or_default().push(term);
            self.term_roots.insert(term, root);
            self.sounds.entry(sound(&stem)).or_default().push(term);
            self.spelling.learn(&stem, term);
            self.terms.insert(stem, term);
            term
        };
        self.forms.insert(word.to_owned(), term);
        let by_ear = self.sounds.entry(sound(word)).or_default();
        if !by_ear.contains(&term) {
            by_ear.push(term);
        }
        self.spelling.learn(word, term);
        term
    }

    /// The term of a word if the content has it in any form.
    pub(crate) fn known(&self, word: &str) -> Option<Term> {
        self.forms.get(word).or_else(|| self.terms.get(&self.stems.stem(word))).copied()
    }

    /// Whether a term says nothing of the topic.
    pub(crate) fn is_filler(&self, term: Term) -> bool {
        self.filler.contains(&term)
    }

    /// Words that sound like an unknown one, or else differ from it by a slip, with how sure we are.
    pub(crate) fn alike(&self, word: &str) -> Vec<(Term, f32)> {
        let stem = self.stems.stem(word);
        for heard in [sound(word), sound(&stem)] {
            if let Some(terms) = self.sounds.get(&heard).filter(|_| heard.chars().count() > 2) {
                return terms.iter().map(|t| (*t, 0.9)).collect();
            }
        }
        let near = self.spelling.near(word);
        if near.is_empty() { self.relatives_of(&root(&stem), None) } else { near }
    }

    /// Two words written together, if an unknown word comes apart into known ones.
    pub(crate) fn apart(&self, word: &str) -> Option<(Term, Term)> {
        let cuts = word.char_indices().map(|(at, _)| at).skip(2);
        cuts.filter_map(|at| {
            let (left, right) = word.split_at(at);
            let (a, b) = (*self.forms.get(left)?, self.known(right)?);
            let lengths = (left.chars().count(), right.chars().count());
            let sound = match (self.is_filler(a), self.is_filler(b)) {
                (true, _) => lengths.1 >= 3,
                (_, true) => lengths.0 >= 4 && lengths.1 >= 2,
                _ => lengths.0 >= 3 && lengths.1 >= 4,
            };
            sound.then_some((lengths.0.min(lengths.1), a, b))
        })
        .max_by_key(|(shorter, ..)| *shorter)
        .map(|(_, a, b)| (a, b))
    }

    /// Other terms that may stand for this one in a guide, with how sure we are.
    pub(crate) fn relatives(&self, term: Term) -> Vec<(Term, f32)> {
        self.term_roots.get(&term).map_or_else(Vec::new, |root| self.relatives_of(root, Some(term)))
    }

    fn relatives_of(&self, root: &str, not: Option<Term>) -> Vec<(Term, f32)> {
        let family = self.roots.get(root).into_iter().flatten().map(|t| (*t, FAMILY));
        let bare = unprefixed(root);
        let prefixed = self.bare_roots.get(bare).into_iter().flatten().map(|t| (*t, PREFIXED));
        let mut found: Vec<(Term, f32)> = Vec::new();
        for (term, weight) in family.chain(prefixed) {
            if Some(term) != not && !self.is_filler(term) && found.iter().all(|(t, _)| *t != term) {
                found.push((term, weight));
            }
        }
        found
    }

    /// The concepts named by a row of words, in a question or in a guide.
    /// One other word may stand between the words of a name.
    pub(crate) fn spot(&self, row: &[Vec<(Term, f32)>], question: bool) -> Vec<Spotted> {
        let mut spotted = Vec::new();
        for (at, place) in row.iter().enumerate() {
            for name in place.iter().filter_map(|(t, _)| self.names.get(t)).flatten() {
                if name.heard && !question {
                    continue;
                }
                if let Some(places) = places(&name.words, row, at) {
                    spotted.push(Spotted { concept: name.concept, places });
                }
            }
        }
        spotted
    }

    /// How much a concept counts beside the word itself.
    pub(crate) const fn concept_weight() -> f32 {
        CONCEPT
    }
}

fn places(words: &[Term], row: &[Vec<(Term, f32)>], first: usize) -> Option<Vec<usize>> {
    let mut places = vec![first];
    let mut at = first;
    for word in &words[1..] {
        let next = (at + 1..row.len().min(at + 3)).find(|i| row[*i].iter().any(|(t, _)| t == word))?;
        places.push(next);
        at = next;
    }
    Some(places)
}
