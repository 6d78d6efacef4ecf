//! Slips of the finger: words at a small edit distance, found through shared trigrams.

use std::collections::HashMap;

use super::lexicon::Term;
use crate::domain::text::distance;

/// At most this many corrections of one word.
const KEPT: usize = 3;

/// Words by the trigrams they hold.
#[derive(Default)]
pub(crate) struct Spelling {
    words: Vec<(Vec<char>, Term)>,
    trigrams: HashMap<[char; 3], Vec<u32>>,
}

impl Spelling {
    /// Takes in a word; short ones are left out, too many others are near them.
    pub(crate) fn learn(&mut self, word: &str, term: Term) {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < 4 {
            return;
        }
        let number = self.words.len() as u32;
        for trigram in trigrams(&letters) {
            self.trigrams.entry(trigram).or_default().push(number);
        }
        self.words.push((letters, term));
    }

    /// The nearest words with how sure we are, the surest first.
    pub(crate) fn near(&self, word: &str) -> Vec<(Term, f32)> {
        let letters: Vec<char> = word.chars().collect();
        let allowed = match letters.len() {
            0..=4 => return Vec::new(),
            5..=7 => 1,
            _ => 2,
        };
        let mut shared: HashMap<u32, usize> = HashMap::new();
        let mine = trigrams(&letters);
        for trigram in &mine {
            for number in self.trigrams.get(trigram).into_iter().flatten() {
                *shared.entry(*number).or_default() += 1;
            }
        }
        // One slip spoils at most four trigrams.
        let enough = mine.len().saturating_sub(4 * allowed).max(1);
        let mut best: HashMap<Term, usize> = HashMap::new();
        for (number, _) in shared.into_iter().filter(|(_, count)| *count >= enough) {
            let (other, term) = &self.words[number as usize];
            if other.len().abs_diff(letters.len()) <= allowed
                && let Some(distance) = distance(&letters, other, allowed)
            {
                let kept = best.entry(*term).or_insert(distance);
                *kept = distance.min(*kept);
            }
        }
        let mut near: Vec<(Term, usize)> = best.into_iter().collect();
        near.sort_by_key(|(term, distance)| (*distance, *term));
        let nearest = near.first().map_or(0, |(_, d)| *d);
        near.retain(|(_, distance)| *distance == nearest);
        near.truncate(KEPT);
        let sure = if nearest == 1 { 0.8 } else { 0.65 };
        near.into_iter().map(|(term, _)| (term, sure)).collect()
    }
}

fn trigrams(letters: &[char]) -> Vec<[char; 3]> {
    let padded: Vec<char> = [' '].into_iter().chain(letters.iter().copied()).chain([' ']).collect();
    padded.windows(3).map(|w| [w[0], w[1], w[2]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_a_different_word_does_not() {
        let mut spelling = Spelling::default();
        for (term, word) in (0..).zip(["обложка", "статистика", "конкурс", "пост"])
        {
            spelling.learn(word, term);
        }
        let near = |w: &str| spelling.near(w).first().map(|(t, _)| *t);
        assert_eq!(near("облошка"), Some(0));
        assert_eq!(near("оболжка"), Some(0), "neighbours swapped");
        assert_eq!(near("статитсикаа"), Some(1), "two slips in a long word");
        assert_eq!(near("ложка"), None, "two letters fewer in a short word is another word");
        assert_eq!(near("мост"), None, "short words are not corrected");
    }
}
