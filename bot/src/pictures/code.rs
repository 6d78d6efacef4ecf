//! A link as a code for a telephone's camera: a sheet to be printed, or a picture for the screen of a room.

use qrcode::{Color, EcLevel, QrCode};

use super::{
    Undrawn,
    canvas::{Align, Canvas, Place, Rgb, Style, Weight, wrapped},
};

const PAPER: Rgb = (255, 255, 255);
const INK: Rgb = (28, 33, 43);
const FAINT: Rgb = (92, 102, 118);
const BLUE: Rgb = (38, 98, 196);
const DARK: Rgb = (0, 0, 0);
/// The empty edge of a code, in its dots: a camera looks for it. ISO/IEC 18004 asks for four.
const EDGE: usize = 4;

/// A code with what is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeSheet {
    /// Where the code leads.
    pub link: String,
    /// What it is about: an institution, a municipality, a class.
    pub title: String,
    /// Why one should.
    pub lead: String,
    /// What to do.
    pub how: String,
    /// A line at the foot: the link for whoever types it, until when it is taken.
    pub note: String,
}

impl CodeSheet {
    /// Draws it to be printed, as a PNG of 1240 × 1754 pixels: A4 at 150 dots an inch, or A5 at 210.
    ///
    /// # Errors
    /// The link is too long for a code, or the sheet could not be made, which are mistakes of ours.
    pub fn sheet(&self) -> Result<Vec<u8>, Undrawn> {
        let (width, height) = (1_240, 1_754);
        let mut canvas = Canvas::new(width, height, PAPER)?;
        let middle = width as f32 / 2.0;
        canvas.frame((36.0, 36.0, width as f32 - 72.0, height as f32 - 72.0), 28.0, 8.0, BLUE);
        let mut y = 170.0;
        for (text, size, weight, colour, most) in
            [(&self.title, 62.0, Weight::Bold, INK, 3), (&self.lead, 42.0, Weight::Regular, FAINT, 3)]
        {
            for line in wrapped(text, size, weight, width as f32 - 200.0, most) {
                canvas.text(middle, y, Style { size, weight, colour, align: Align::Middle }, &line);
                y += size * 1.3;
            }
            y += 10.0;
        }
        code(&mut canvas, &self.link, (140.0, 530.0, 960.0, 960.0))?;
        let mut y = 1_580.0;
        let how = Style { size: 42.0, weight: Weight::Bold, colour: BLUE, align: Align::Middle };
        for line in wrapped(&self.how, how.size, how.weight, width as f32 - 160.0, 2) {
            canvas.text(middle, y, how, &line);
            y += 54.0;
        }
        let note = Style { size: 30.0, weight: Weight::Regular, colour: FAINT, align: Align::Middle };
        for line in wrapped(&self.note, note.size, note.weight, width as f32 - 140.0, 1) {
            canvas.text(middle, 1_682.0, note, &line);
        }
        canvas.png()
    }

    /// Draws it for a screen, as a PNG of 1920 × 1080 pixels.
    ///
    /// # Errors
    /// As of [`CodeSheet::sheet`].
    pub fn screen(&self) -> Result<Vec<u8>, Undrawn> {
        let mut canvas = Canvas::new(1_920, 1_080, PAPER)?;
        code(&mut canvas, &self.link, (40.0, 60.0, 960.0, 960.0))?;
        let (x, room) = (1_050.0, 810.0);
        let mut y = 210.0;
        for (text, size, weight, colour, most, gap) in [
            (&self.title, 68.0, Weight::Bold, INK, 4, 40.0),
            (&self.lead, 50.0, Weight::Bold, BLUE, 3, 20.0),
            (&self.how, 46.0, Weight::Regular, INK, 5, 0.0),
        ] {
            for line in wrapped(text, size, weight, room, most) {
                canvas.text(x, y, Style { size, weight, colour, align: Align::Left }, &line);
                y += size * 1.28;
            }
            y += gap;
        }
        let note = Style { size: 34.0, weight: Weight::Regular, colour: FAINT, align: Align::Left };
        let mut y = 950.0;
        for line in wrapped(&self.note, note.size, note.weight, room, 2) {
            canvas.text(x, y, note, &line);
            y += 44.0;
        }
        canvas.png()
    }
}

/// Draws a link into a square, each dot of the code as large as there is room for in whole pixels, so that its edges are
/// sharp.
fn code(canvas: &mut Canvas, link: &str, (left, top, side, _): Place) -> Result<(), Undrawn> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).map_err(|_| Undrawn)?;
    let across = code.width();
    let dot = (side / (across + 2 * EDGE) as f32).floor();
    let edge = ((side - dot * across as f32) / 2.0).floor();
    for (n, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let (x, y) = (left + edge + dot * (n % across) as f32, top + edge + dot * (n / across) as f32);
            canvas.block((x, y, dot, dot), 0.0, DARK);
        }
    }
    Ok(())
}
