//! Every word the content knows, and ways to it from words people type.

use std::collections::{HashMap, HashSet};

use super::{
    parts::{Part, Parts},
    spelling::Spelling,
    synonyms::Synonyms,
    words::{Stems, root, sound, words},
};

/// A stem, or a concept that several stems name.
pub(crate) type Term = u32;

/// How sure we are that another word of the family was meant.
const FAMILY: f32 = 0.7;
/// How sure we are that a word written by ear was meant.
const BY_EAR: f32 = 0.9;
/// Of more words nobody forgets all the spaces.
const MOST_PIECES: usize = 4;
/// How much a concept counts beside the word itself.
pub(crate) const CONCEPT: f32 = 0.85;

/// From this length on, filler is known in all its forms.
const INFLECTED: usize = 5;

/// A name of a concept: its words in order.
struct Name {
    words: Vec<Term>,
    concept: Term,
    /// Whether it counts in questions only.
    heard: bool,
}

/// Every word the content knows.
pub(crate) struct Lexicon {
    /// What works of the method.
    pub(crate) parts: Parts,
    stems: Stems,
    terms: HashMap<String, Term>,
    count: Term,
    filler: HashSet<Term>,
    /// Names by their first word.
    names: HashMap<Term, Vec<Name>>,
    roots: HashMap<String, Vec<Term>>,
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
    pub(crate) fn new(synonyms: &Synonyms, parts: Parts) -> Self {
        let mut lexicon = Self {
            parts,
            stems: Stems::new(parts),
            terms: HashMap::new(),
            count: 0,
            filler: HashSet::new(),
            names: HashMap::new(),
            roots: HashMap::new(),
            term_roots: HashMap::new(),
            sounds: HashMap::new(),
            forms: HashMap::new(),
            spelling: Spelling::default(),
        };
        let filler = synonyms.filler.iter().filter(|_| parts.has(Part::Filler));
        for word in filler.flat_map(|f| words(f, parts)) {
            // Short words only as they stand: «меня» and «меню» share a stem.
            let term = if word.chars().count() < INFLECTED {
                let term = lexicon.next();
                *lexicon.forms.entry(word).or_insert(term)
            } else {
                lexicon.learn(&word)
            };
            lexicon.filler.insert(term);
        }
        for group in synonyms.groups.iter().filter(|_| parts.has(Part::Synonyms)) {
            let concept = lexicon.next();
            let known = group.words.iter().map(|w| (w, false));
            for (name, heard) in known.chain(group.heard.iter().map(|w| (w, true))) {
                let words: Vec<Term> = words(name, parts).iter().map(|w| lexicon.learn(w)).collect();
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

    /// Words that sound like an unknown one, with how sure we are.
    pub(crate) fn by_ear(&self, word: &str) -> Vec<(Term, f32)> {
        if !self.parts.has(Part::Ear) {
            return Vec::new();
        }
        let heard = [sound(word), sound(&self.stems.stem(word))];
        let heard = heard.iter().filter(|h| h.chars().count() > 2).find_map(|h| self.sounds.get(h));
        heard.into_iter().flatten().map(|t| (*t, BY_EAR)).collect()
    }

    /// Words that an unknown one differs from by a slip, or else its family, with how sure we are.
    pub(crate) fn alike(&self, word: &str) -> Vec<(Term, f32)> {
        let near = if self.parts.has(Part::Slips) { self.spelling.near(word) } else { Vec::new() };
        if near.is_empty() { self.family(&root(&self.stems.stem(word)), None) } else { near }
    }

    /// Words written together, if an unknown word comes apart into known ones.
    pub(crate) fn apart(&self, word: &str) -> Option<Vec<Term>> {
        self.parts.has(Part::Apart).then(|| self.pieces(word, MOST_PIECES)).flatten()
    }

    /// The word that two neighbours make, if the content has it.
    pub(crate) fn joined(&self, word: &str, next: &str) -> Option<Term> {
        self.parts.has(Part::Joined).then(|| self.known(&format!("{word}{next}"))).flatten()
    }

    /// The fewest known pieces; a piece with a meaning of its own is longer than «и» or «не».
    fn pieces(&self, word: &str, most: usize) -> Option<Vec<Term>> {
        let cuts = word.char_indices().map(|(at, _)| at).skip(2);
        let splits = cuts.filter_map(|at| {
            let (left, right) = word.split_at(at);
            let first = self.piece(left)?;
            let rest = match self.piece(right) {
                Some(last) => vec![last],
                None if most > 2 => self.pieces(right, most - 1)?,
                None => return None,
            };
            let pieces: Vec<Term> = [first].into_iter().chain(rest).collect();
            pieces.iter().any(|p| !self.is_filler(*p)).then_some(pieces)
        });
        splits.min_by_key(Vec::len)
    }

    fn piece(&self, part: &str) -> Option<Term> {
        let term = *self.forms.get(part)?;
        let least = if self.is_filler(term) { 2 } else { 4 };
        (part.chars().count() >= least).then_some(term)
    }

    /// Other terms that may stand for this one in a guide, with how sure we are.
    pub(crate) fn relatives(&self, term: Term) -> Vec<(Term, f32)> {
        self.term_roots.get(&term).map_or_else(Vec::new, |root| self.family(root, Some(term)))
    }

    fn family(&self, root: &str, not: Option<Term>) -> Vec<(Term, f32)> {
        let roots = self.parts.has(Part::Families).then_some(&self.roots);
        let family = roots.and_then(|r| r.get(root)).into_iter().flatten().copied();
        family.filter(|t| Some(*t) != not && !self.is_filler(*t)).map(|t| (t, FAMILY)).collect()
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
