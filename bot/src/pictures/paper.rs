//! The certificate of who was at a class.

use super::{
    Undrawn,
    canvas::{Align, Canvas, Rgb, Style, Weight, wrapped},
};

const WIDTH: u32 = 1_240;
const HEIGHT: u32 = 880;
const PAPER: Rgb = (252, 251, 247);
const FRAME: Rgb = (24, 120, 92);
const INK: Rgb = (28, 33, 43);
const FAINT: Rgb = (92, 102, 118);

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The heading.
    pub title: String,
    /// What is said before the name.
    pub lead: String,
    /// Whose it is.
    pub name: String,
    /// What for: the class, in quotes.
    pub what: String,
    /// The day, how long it took, and who gives it.
    pub signed: String,
    /// The number.
    pub number: String,
    /// How to check the number, and what it is not: no document.
    pub note: String,
}

impl Paper {
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
        let mut y = 170.0;
        for (text, size, weight, colour, most, gap) in [
            (&self.title, 76.0, Weight::Bold, FRAME, 1, 6.0),
            (&self.lead, 34.0, Weight::Regular, FAINT, 1, 34.0),
            (&self.name, 58.0, Weight::Bold, INK, 2, 18.0),
            (&self.what, 40.0, Weight::Regular, INK, 3, 0.0),
        ] {
            let style = Style { size, weight, colour, align: Align::Middle };
            for line in wrapped(text, size, weight, room, most) {
                canvas.text(w / 2.0, y, style, &line);
                y += size * 1.3;
            }
            y += gap;
        }
        let line = |size, weight, colour| Style { size, weight, colour, align: Align::Middle };
        for signed in wrapped(&self.signed, 30.0, Weight::Regular, room, 1) {
            canvas.text(w / 2.0, h - 190.0, line(30.0, Weight::Regular, INK), &signed);
        }
        canvas.text(w / 2.0, h - 134.0, line(38.0, Weight::Bold, FRAME), &self.number);
        for note in wrapped(&self.note, 24.0, Weight::Regular, w - 140.0, 1) {
            canvas.text(w / 2.0, h - 84.0, line(24.0, Weight::Regular, FAINT), &note);
        }
        canvas.png()
    }
}
