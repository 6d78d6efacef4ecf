//! A word of thanks for what was finished, to be printed or shown to a director.

use super::{
    Undrawn,
    canvas::{Rgb, Weight},
    sheet::{FAINT, INK, Sheet},
};

const FRAME: Rgb = (38, 98, 196);

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
        let mut sheet = Sheet::new(FRAME, 180.0)?;
        sheet.write(&self.title, (76.0, Weight::Bold, FRAME), 1, 40.0);
        sheet.write(&self.whom, (50.0, Weight::Bold, INK), 3, 36.0);
        sheet.write(&self.what, (40.0, Weight::Regular, INK), 5, 0.0);
        sheet.foot(140.0, &self.signed, (34.0, Weight::Regular, INK));
        sheet.foot(84.0, &self.note, (26.0, Weight::Regular, FAINT));
        sheet.png()
    }
}
