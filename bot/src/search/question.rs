//! A question taken apart: which words of the content each typed word may mean.

use super::{
    lexicon::{CONCEPT, Lexicon, Term},
    parts::Part,
    typed,
    words::{cyrillic, words},
};

/// More words than this are not read: a phone's screen of speech is about a hundred.
const MOST_WORDS: usize = 120;
/// A longer word is none of ours: the longest real ones have half as many letters.
const MOST_LETTERS: usize = 40;
/// How sure we are that two neighbours were one word.
const JOINED: f32 = 0.9;
/// What is left of a word once a name it belongs to has been recognised.
const IN_NAME: f32 = 0.5;

/// One thing said: what it may mean, with how sure we are. Empty: an unknown word.
pub(crate) struct Slot {
    pub(crate) meanings: Vec<(Term, f32)>,
}

/// Reads a question.
pub(crate) fn read(lexicon: &Lexicon, question: &str) -> Vec<Slot> {
    let mut row: Vec<Vec<(Term, f32)>> = Vec::new();
    let typed: Vec<String> =
        question.split_whitespace().flat_map(|chunk| meant(lexicon, chunk)).take(MOST_WORDS).collect();
    for (at, word) in typed.iter().enumerate() {
        if word.chars().count() > MOST_LETTERS {
            row.push(Vec::new());
        } else if let Some(term) = lexicon.known(word) {
            row.push(vec![(term, 1.0)]);
        } else {
            let heard = lexicon.by_ear(word);
            match lexicon.apart(word).filter(|_| heard.is_empty()) {
                Some(pieces) => row.extend(pieces.into_iter().map(|piece| vec![(piece, JOINED)])),
                None if heard.is_empty() => row.push(lexicon.alike(word)),
                None => row.push(heard),
            }
        }
        let joined = typed.get(at + 1).and_then(|next| lexicon.joined(word, next));
        if let (Some(term), Some(place)) = (joined, row.last_mut()) {
            place.push((term, JOINED));
        }
    }
    slots(lexicon, &row)
}

fn slots(lexicon: &Lexicon, row: &[Vec<(Term, f32)>]) -> Vec<Slot> {
    let spotted = lexicon.spot(row, true);
    let in_name = |at: usize| spotted.iter().any(|s| s.places.len() > 1 && s.places.contains(&at));
    let mut slots: Vec<Slot> = Vec::new();
    for (at, place) in row.iter().enumerate() {
        let single = spotted.iter().filter(|s| s.places == [at]).map(|s| s.concept);
        let concepts: Vec<Term> = single.collect();
        let filler = place.first().is_some_and(|(t, _)| lexicon.is_filler(*t));
        if filler && concepts.is_empty() {
            continue;
        }
        let share = if in_name(at) { IN_NAME } else { 1.0 };
        let mut meanings: Vec<(Term, f32)> = Vec::new();
        for (term, sure) in place {
            mean(&mut meanings, *term, sure * share);
            for (relative, weight) in lexicon.relatives(*term) {
                mean(&mut meanings, relative, sure * weight * share);
            }
        }
        let sure = place.iter().map(|(_, s)| *s).fold(0.0, f32::max);
        for concept in concepts {
            mean(&mut meanings, concept, sure * CONCEPT * share);
        }
        slots.push(Slot { meanings });
    }
    for name in spotted.iter().filter(|s| s.places.len() > 1) {
        slots.push(Slot { meanings: vec![(name.concept, 1.0)] });
    }
    slots
}

fn mean(meanings: &mut Vec<(Term, f32)>, term: Term, sure: f32) {
    match meanings.iter_mut().find(|(t, _)| *t == term) {
        Some((_, known)) => *known = known.max(sure),
        None => meanings.push((term, sure)),
    }
}

/// The words of a chunk as they were meant, whatever keyboard they were typed on.
fn meant(lexicon: &Lexicon, chunk: &str) -> Vec<String> {
    let parts = lexicon.parts;
    let plain = words(chunk, parts);
    if chunk.chars().count() > MOST_LETTERS || understood(lexicon, &plain) == plain.len() {
        return plain;
    }
    let (keys, latin) = if plain.iter().any(|w| cyrillic(w)) {
        (typed::english_keys(chunk), None)
    } else {
        (typed::russian_keys(chunk), Some(typed::spelled(chunk)))
    };
    let keys = parts.has(Part::Layout).then(|| words(&keys, parts));
    let latin = latin.filter(|_| parts.has(Part::Latin)).map(|text| words(&text, parts));
    let whole = |reading: &Vec<String>| !reading.is_empty() && understood(lexicon, reading) == reading.len();
    if let Some(reading) = keys.iter().chain(&latin).find(|r| whole(r)) {
        return reading.clone();
    }
    // A slip of the finger on the wrong keyboard is rarer than a Latin word we do not know.
    let guess =
        latin.filter(|r| r.iter().all(|w| !lexicon.by_ear(w).is_empty() || !lexicon.alike(w).is_empty()));
    guess.unwrap_or(plain)
}

fn understood(lexicon: &Lexicon, words: &[String]) -> usize {
    words.iter().filter(|w| lexicon.known(w).is_some()).count()
}
