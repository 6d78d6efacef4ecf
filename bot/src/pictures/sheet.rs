//! A framed sheet of 1240 × 880 pixels with lines in its middle: what a word of thanks and a certificate are written on.

use super::{
    Undrawn,
    canvas::{Align, Canvas, Rgb, Style, Weight, wrapped},
};

const WIDTH: u32 = 1_240;
const HEIGHT: u32 = 880;
const MIDDLE: f32 = WIDTH as f32 / 2.0;
const PAPER: Rgb = (252, 251, 247);
/// Lines of the text are so much narrower than the sheet.
const TEXT: f32 = 240.0;
/// Lines at its foot are so much narrower.
const FOOT: f32 = 140.0;

pub(super) const INK: Rgb = (28, 33, 43);
pub(super) const FAINT: Rgb = (92, 102, 118);

/// A sheet being written.
pub(super) struct Sheet {
    canvas: Canvas,
    /// Where the next line stands.
    y: f32,
}

impl Sheet {
    /// An empty one with a frame of a colour, whose first line stands at `y`.
    pub(super) fn new(frame: Rgb, y: f32) -> Result<Self, Undrawn> {
        let mut canvas = Canvas::new(WIDTH, HEIGHT, PAPER)?;
        let (w, h) = (WIDTH as f32, HEIGHT as f32);
        canvas.frame((28.0, 28.0, w - 56.0, h - 56.0), 28.0, 8.0, frame);
        canvas.frame((46.0, 46.0, w - 92.0, h - 92.0), 18.0, 2.0, frame);
        Ok(Self { canvas, y })
    }

    /// Writes a text below what is there, in at most `most` lines, and leaves a gap.
    pub(super) fn write(&mut self, text: &str, (size, weight, colour): Hand, most: usize, gap: f32) {
        for line in wrapped(text, size, weight, WIDTH as f32 - TEXT, most) {
            self.canvas.text(MIDDLE, self.y, style(size, weight, colour), &line);
            self.y += size * 1.3;
        }
        self.y += gap;
    }

    /// Writes one line so high above the lower edge.
    pub(super) fn foot(&mut self, above: f32, text: &str, (size, weight, colour): Hand) {
        for line in wrapped(text, size, weight, WIDTH as f32 - FOOT, 1) {
            self.canvas.text(MIDDLE, HEIGHT as f32 - above, style(size, weight, colour), &line);
        }
    }

    /// The sheet as a PNG.
    pub(super) fn png(&self) -> Result<Vec<u8>, Undrawn> {
        self.canvas.png()
    }
}

/// Size, weight and colour of letters.
pub(super) type Hand = (f32, Weight, Rgb);

fn style(size: f32, weight: Weight, colour: Rgb) -> Style {
    Style { size, weight, colour, align: Align::Middle }
}
