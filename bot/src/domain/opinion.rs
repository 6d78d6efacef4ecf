//! What people think of the bot: whether they would advise it to a colleague, asked twice a year.

use serde::{Deserialize, Serialize};

use super::Ms;

/// A person's word on the bot; of several the last one is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// When she gave it.
    pub at: Ms,
    /// From 0, never, to 10, by all means.
    pub score: u8,
    /// What she would mend first, masked, at most [`Opinion::WORD`] characters.
    pub word: Option<String>,
}

impl Opinion {
    /// The highest score.
    pub const BEST: u8 = 10;
    /// The most characters of a word.
    pub const WORD: usize = 300;
    /// How long an opinion counts, in milliseconds: half a year, and the days that asking may be put off.
    pub const COUNTS: i64 = 200 * Ms::DAY;

    /// Whether she is asked what to mend.
    pub fn wants_more(score: u8) -> bool {
        score <= 6
    }
}

/// What all opinions come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voices {
    /// They would advise the bot: 9 and 10.
    pub praise: usize,
    /// 7 and 8.
    pub calm: usize,
    /// They would not: 6 and less.
    pub blame: usize,
}

impl Voices {
    /// Fewer are not told: from a few one could guess who said what.
    pub const LEAST: usize = 5;

    /// One opinion more, if it still counts.
    pub fn add(&mut self, opinion: &Opinion, now: Ms) {
        if opinion.at <= now.plus(-Opinion::COUNTS) {
            return;
        }
        match opinion.score {
            9.. => self.praise += 1,
            7..=8 => self.calm += 1,
            _ => self.blame += 1,
        }
    }

    /// How many gave one.
    pub fn all(&self) -> usize {
        self.praise + self.calm + self.blame
    }

    /// The share of those who praise less that of those who blame, in percent from −100 to 100; `None` if there are too few.
    pub fn index(&self) -> Option<i64> {
        let all = self.all();
        let part = |n: usize| n as f64 * 100.0 / all as f64;
        (all >= Self::LEAST).then(|| (part(self.praise) - part(self.blame)).round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voices(scores: &[u8]) -> Voices {
        let mut voices = Voices::default();
        for score in scores {
            voices.add(&Opinion { at: Ms(1), score: *score, word: None }, Ms(2));
        }
        voices
    }

    #[test]
    fn the_index_is_praise_less_blame_and_of_a_few_nothing_is_told() {
        assert_eq!(voices(&[10, 9, 8, 7, 6]).index(), Some(20));
        assert_eq!(voices(&[9; 7]).index(), Some(100));
        assert_eq!(voices(&[0, 3, 6, 5, 1, 7]).index(), Some(-83));
        assert_eq!(voices(&[10, 9, 0, 0]).index(), None);
    }

    #[test]
    fn an_old_opinion_counts_no_more() {
        let mut voices = Voices::default();
        let opinion = Opinion { at: Ms(0), score: 10, word: None };
        voices.add(&opinion, Ms(Opinion::COUNTS));
        voices.add(&opinion, Ms(Opinion::COUNTS - 1));
        assert_eq!(voices.all(), 1);
    }
}
