//! Which colours a picture has: with a byte for each dot instead of three, it packs three times as fast and is smaller.

use std::collections::HashMap;

/// A colour by its red, green and blue.
type Rgb = [u8; 3];

/// A colour, and how many dots have it.
type Seen = (Rgb, usize);

/// The number of a colour, and how many dots follow one another in it.
type Run = (usize, usize);

/// So many colours a byte can name.
const MOST: usize = 256;
/// By so much more a colour may be shown off if there are too many, of 255 for each of red, green and blue.
const STEP: u8 = 4;

/// A picture's colours, and which of them each dot has.
pub(super) struct Palette {
    /// Red, green and blue of each colour, one after another.
    pub(super) colours: Vec<u8>,
    /// The number of each dot's colour.
    pub(super) dots: Vec<u8>,
}

impl Palette {
    /// Of dots of red, green, blue and something that does not matter. Of a photograph the colours would be coarse; of
    /// flat shapes and letters those are not exact that the edges have.
    pub(super) fn of(sheet: &[u8]) -> Self {
        let (seen, runs) = counted(sheet);
        let mut far = 0;
        // It ends: no more than six cubed colours are each farther than 48 from all others.
        let (colours, shown) = loop {
            match chosen(&seen, far) {
                Some(fits) => break fits,
                None => far += STEP,
            }
        };
        let mut dots = Vec::with_capacity(sheet.len() / 4);
        for (n, long) in runs {
            dots.resize(dots.len() + long, shown[n]);
        }
        Self { colours: colours.concat(), dots }
    }
}

/// The colours there are, and the dots by them.
fn counted(sheet: &[u8]) -> (Vec<Seen>, Vec<Run>) {
    let (mut seen, mut known, mut runs) = (Vec::new(), HashMap::<Rgb, usize>::new(), Vec::new());
    for run in sheet.as_chunks::<4>().0.chunk_by(|one, next| one == next) {
        let [r, g, b, _] = run[0];
        let n = *known.entry([r, g, b]).or_insert_with(|| {
            seen.push(([r, g, b], 0));
            seen.len() - 1
        });
        seen[n].1 += run.len();
        runs.push((n, run.len()));
    }
    (seen, runs)
}

/// At most 256 colours, none of those seen farther than `far` from one of them, and which each is shown in. The most
/// frequent stay as they are.
fn chosen(seen: &[Seen], far: u8) -> Option<(Vec<Rgb>, Vec<u8>)> {
    let mut order: Vec<usize> = (0..seen.len()).collect();
    order.sort_by_key(|n| std::cmp::Reverse(seen[*n].1));
    let (mut colours, mut shown) = (Vec::<Rgb>::new(), vec![0; seen.len()]);
    for n in order {
        let colour = seen[n].0;
        let near = colours.iter().position(|one| apart(*one, colour) <= far);
        if near.is_none() && colours.len() == MOST {
            return None;
        }
        shown[n] = near.unwrap_or(colours.len()) as u8;
        if near.is_none() {
            colours.push(colour);
        }
    }
    Some((colours, shown))
}

fn apart(one: Rgb, other: Rgb) -> u8 {
    (0..3).map(|n| one[n].abs_diff(other[n])).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dot(colour: Rgb) -> [u8; 4] {
        [colour[0], colour[1], colour[2], 255]
    }

    fn shown(palette: &Palette) -> Vec<Rgb> {
        let colour = |n: &u8| {
            let at = usize::from(*n) * 3;
            [palette.colours[at], palette.colours[at + 1], palette.colours[at + 2]]
        };
        palette.dots.iter().map(colour).collect()
    }

    proptest! {
        #[test]
        fn few_colours_stay_as_they_are_and_of_many_none_is_shown_far_off(
            colours in prop::collection::vec(any::<Rgb>(), 1..600),
            order in prop::collection::vec(any::<prop::sample::Index>(), 1..2_000),
        ) {
            let dots: Vec<Rgb> = order.iter().map(|at| *at.get(&colours)).collect();
            let sheet: Vec<u8> = dots.iter().flat_map(|colour| dot(*colour)).collect();
            let palette = Palette::of(&sheet);
            let shown = shown(&palette);
            prop_assert_eq!(shown.len(), dots.len());
            let most = if colours.len() <= MOST { 0 } else { 48 };
            prop_assert!(shown.iter().zip(&dots).all(|(shown, dot)| apart(*shown, *dot) <= most));
        }
    }

    #[test]
    fn edges_of_letters_are_shown_nearly_and_the_flat_parts_exactly() {
        // Two inks on two grounds, every shade between them, most of the dots flat.
        let (inks, grounds) = ([[28, 33, 43], [35, 140, 92]], [[255, 255, 255], [246, 248, 251]]);
        let mut dots = Vec::new();
        for (ink, ground) in inks.iter().flat_map(|ink| grounds.iter().map(move |ground| (ink, ground))) {
            dots.extend([*ink; 500]);
            dots.extend([*ground; 500]);
            let shade = |n: usize, part: u32| -> u8 {
                ((u32::from(ink[n]) * part + u32::from(ground[n]) * (255 - part)) / 255) as u8
            };
            dots.extend((0..=255).map(|part| [shade(0, part), shade(1, part), shade(2, part)]));
        }
        let palette = Palette::of(&dots.iter().flat_map(|colour| dot(*colour)).collect::<Vec<u8>>());
        for (shown, dot) in shown(&palette).into_iter().zip(dots) {
            let flat = inks.contains(&dot) || grounds.contains(&dot);
            assert!(apart(shown, dot) <= if flat { 0 } else { 16 }, "{dot:?} is shown as {shown:?}");
        }
    }

    #[test]
    fn a_picture_of_every_colour_is_shown_too() {
        let every = (0..=255_u8).step_by(5);
        let sheet = every.clone().flat_map(|r| {
            let every = every.clone();
            every.clone().flat_map(move |g| every.clone().flat_map(move |b| dot([r, g, b])))
        });
        let palette = Palette::of(&sheet.collect::<Vec<u8>>());
        assert!(palette.colours.len() <= 3 * MOST);
        assert_eq!(palette.dots.len(), 52 * 52 * 52);
    }
}
