//! The certificate of who was at a class.

use super::{
    Undrawn,
    canvas::{Rgb, Weight},
    sheet::{FAINT, INK, Sheet},
};

const FRAME: Rgb = (24, 120, 92);

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
        let mut sheet = Sheet::new(FRAME, 170.0)?;
        sheet.write(&self.title, (76.0, Weight::Bold, FRAME), 1, 6.0);
        sheet.write(&self.lead, (34.0, Weight::Regular, FAINT), 1, 34.0);
        sheet.write(&self.name, (58.0, Weight::Bold, INK), 2, 18.0);
        sheet.write(&self.what, (40.0, Weight::Regular, INK), 3, 0.0);
        sheet.foot(190.0, &self.signed, (30.0, Weight::Regular, INK));
        sheet.foot(134.0, &self.number, (38.0, Weight::Bold, FRAME));
        sheet.foot(84.0, &self.note, (24.0, Weight::Regular, FAINT));
        sheet.png()
    }
}
