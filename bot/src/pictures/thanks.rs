//! A word of thanks for what was finished, to be printed or shown to a director.

use super::{
    Undrawn,
    canvas::{Align, Canvas, Rgb, Style, Weight, wrapped},
};

const WIDTH: u32 = 1_240;
const HEIGHT: u32 = 880;
const PAPER: Rgb = (252, 251, 247);
const FRAME: Rgb = (38, 98, 196);
const INK: Rgb = (28, 33, 43);
const FAINT: Rgb = (92, 102, 118);

/// What a word of thanks says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thanks {
    /// The heading.
    pub title: String,
    /// Whom it is for: a page's name.
    pub whom: String,
    /// What for, a sentence or two.
    pub what: String,
    /// The date and who thanks.
    pub signed: String,
    /// A line that says what it is not: no document.
    pub note: String,
}

impl Thanks {
    /// Draws it as a PNG of 1240 × 880 pixels.
    ///
    /// # Errors
    /// The sheet could not be made, which is a mistake of ours.
    pub fn png(&self) -> Result<Vec<u8>, Undrawn> {
        let mut canvas = Canvas::new(WIDTH, HEIGHT, PAPER)?;
        let (w, h) = (WIDTH as f32, HEIGHT as f32);
        canvas.frame((28.0, 28.0, w - 56.0, h - 56.0), 28.0, 8.0, FRAME);
        canvas.frame((46.0, 46.0, w - 92.0, h - 92.0), 18.0, 2.0, FRAME);
        let room = w - 240.0;
        let mut y = 180.0;
        for (text, size, weight, colour, most, gap) in [
            (&self.title, 76.0, Weight::Bold, FRAME, 1, 40.0),
            (&self.whom, 50.0, Weight::Bold, INK, 3, 36.0),
            (&self.what, 40.0, Weight::Regular, INK, 5, 0.0),
        ] {
            let style = Style { size, weight, colour, align: Align::Middle };
            for line in wrapped(text, size, weight, room, most) {
                canvas.text(w / 2.0, y, style, &line);
                y += size * 1.3;
            }
            y += gap;
        }
        let signed = Style { size: 34.0, weight: Weight::Regular, colour: INK, align: Align::Middle };
        canvas.text(w / 2.0, h - 140.0, signed, &self.signed);
        let note = Style { size: 26.0, weight: Weight::Regular, colour: FAINT, align: Align::Middle };
        canvas.text(w / 2.0, h - 84.0, note, &self.note);
        canvas.png()
    }
}
