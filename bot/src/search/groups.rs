//! Which of many questions mean the same.

use super::{
    Index,
    question::{self, Slot},
};
use crate::domain::text::folded;

/// From this likeness on two questions mean the same.
const ALIKE: f32 = 0.5;

/// A question taken apart.
struct Read {
    folded: String,
    slots: Vec<Slot>,
    weights: Vec<f32>,
    length: f32,
}

impl Index {
    /// Groups questions by likeness: the places of each group's questions in their order. The first of a group is the
    /// one the others are like.
    pub fn groups(&self, questions: &[&str]) -> Vec<Vec<usize>> {
        let mut groups: Vec<(Read, Vec<usize>)> = Vec::new();
        for (at, question) in questions.iter().enumerate() {
            let read = self.taken_apart(question);
            match groups.iter_mut().find(|(first, _)| alike(first, &read)) {
                Some((_, places)) => places.push(at),
                None => groups.push((read, vec![at])),
            }
        }
        groups.into_iter().map(|(_, places)| places).collect()
    }

    fn taken_apart(&self, question: &str) -> Read {
        let mut slots = question::read(&self.lexicon, question);
        // Of a word nobody knows only a repetition of the whole question tells anything.
        slots.retain(|slot| !slot.meanings.is_empty());
        let weights: Vec<f32> = slots.iter().map(|slot| self.weight(slot)).collect();
        let length = weights.iter().map(|w| w * w).sum::<f32>().sqrt();
        Read { folded: folded(question), slots, weights, length }
    }
}

fn alike(one: &Read, other: &Read) -> bool {
    if one.folded == other.folded {
        return true;
    }
    let mut shared = 0.0;
    let mut taken = vec![false; other.slots.len()];
    for (slot, weight) in one.slots.iter().zip(&one.weights) {
        let best = other
            .slots
            .iter()
            .enumerate()
            .filter(|(at, _)| !taken[*at])
            .map(|(at, its)| (at, sure(slot, its)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, sure)) = best.filter(|(_, sure)| *sure > 0.0) {
            taken[at] = true;
            shared += sure * weight * other.weights[at];
        }
    }
    shared >= ALIKE * (one.length * other.length).max(f32::EPSILON)
}

/// How sure we are that two slots mean the same.
fn sure(one: &Slot, other: &Slot) -> f32 {
    let pairs = one.meanings.iter().flat_map(|a| other.meanings.iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| a.0 == b.0).map(|(a, b)| a.1 * b.1).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use crate::chat::tests::CONTENT;

    #[test]
    fn questions_that_mean_the_same_come_together_and_others_stay_apart() {
        let asked = [
            "как закрепить запись",
            "брондулятор чпокает",
            "фото детей можно ли выкладывать",
            "закрепить пост как?",
            "Брондулятор чпокает!",
            "можно ли выкладывать фотографии детей",
            "чпокает не так",
        ];
        let groups = CONTENT.index().groups(&asked);
        assert_eq!(groups, [vec![0, 3], vec![1, 4], vec![2, 5], vec![6]]);
        assert!(CONTENT.index().groups(&[]).is_empty());
    }
}
