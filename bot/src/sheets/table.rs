//! Tables out: an XLSX document of any list, with typed cells, widths and a heading that stays in sight.

use std::io;

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// Excel's limit for a cell, in UTF-16 units; a longer text is cut.
const CELL: usize = 32_767;
/// The narrowest and the widest a column gets, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 6..=60;
/// Excel's limit for the name of a sheet, in characters.
const NAME: usize = 31;
/// What Excel does not take in the name of a sheet.
const STRANGE: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Words; whatever they look like, a spreadsheet shows them and never counts them out.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A share in percent, shown with the sign.
    Percent(u8),
    /// A day.
    Day(Date),
    /// A moment by the clock of whoever reads it, to the minute.
    Moment(DateTime),
    /// «да» or «нет».
    Yes(bool),
}

impl Cell {
    /// Words, or nothing.
    pub fn maybe(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.into()))
    }

    /// A whole number, or nothing.
    pub fn count(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Empty, |number| Self::Number(number.into()))
    }

    fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => super::cell(text),
            Self::Number(number) => number.to_string(),
            Self::Percent(percent) => format!("{percent}%"),
            Self::Day(day) => day.strftime("%d.%m.%Y").to_string(),
            Self::Moment(at) => at.strftime("%d.%m.%Y %H:%M").to_string(),
            Self::Yes(yes) => if *yes { "да" } else { "нет" }.to_owned(),
        }
    }

    /// How many characters it takes in its column.
    fn wide(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Text(text) => text.lines().map(|line| line.chars().count()).max().unwrap_or(0),
            Self::Number(number) => number.to_string().len(),
            Self::Percent(_) => 5,
            Self::Day(_) => 10,
            Self::Moment(_) => 16,
            Self::Yes(_) => 3,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A table with a heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What the sheet is called; cut to Excel's 31 characters.
    pub name: String,
    /// The names of its columns.
    pub heading: Vec<String>,
    /// Its rows; a cell beyond the heading has a column without a name.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows yet.
    pub fn new<'a>(name: &str, heading: impl IntoIterator<Item = &'a str>) -> Self {
        let heading = heading.into_iter().map(str::to_owned).collect();
        Self { name: name.to_owned(), heading, rows: Vec::new() }
    }

    /// With one more row.
    pub fn push(&mut self, row: impl IntoIterator<Item = Cell>) {
        self.rows.push(row.into_iter().collect());
    }

    /// The workbook as bytes.
    ///
    /// # Errors
    /// It has more rows or columns than a sheet takes, 1,048,576 and 16,384.
    pub fn xlsx(&self) -> Result<Vec<u8>, Unwritten> {
        self.write().map_err(|error| Unwritten(error.to_string()))
    }

    /// The same as CSV for spreadsheets: semicolons, and the mark by which they know UTF-8. A text that they would take
    /// for a formula gets an apostrophe.
    ///
    /// # Errors
    /// It cannot be written there.
    pub fn csv(&self, mut to: impl io::Write) -> Result<(), csv::Error> {
        to.write_all("\u{feff}".as_bytes())?;
        let mut table = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(to);
        table.write_record(&self.heading)?;
        for row in &self.rows {
            table.write_record(row.iter().map(Cell::plain))?;
        }
        table.flush()?;
        Ok(())
    }

    fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(&self.name))?;
        let top = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(0x00DC_E6F4))
            .set_border_bottom(FormatBorder::Thin)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap();
        for (column, title) in (0..).zip(&self.heading) {
            sheet.write_string_with_format(0, column, cut(title), &top)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let formats = Formats::new();
        for (row, cells) in (1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                put(sheet, (row, column), cell, &formats)?;
            }
        }
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0).max(self.heading.len());
        for column in 0..columns {
            let title = self.heading.get(column).map_or(0, |title| title.chars().count());
            let widest = self.rows.iter().filter_map(|row| row.get(column)).map(Cell::wide).max();
            let wide = widest.unwrap_or(0).max(title).clamp(*WIDTHS.start(), *WIDTHS.end());
            sheet.set_column_width(column as u16, wide as f64 + 2.0)?;
        }
        if columns > 0 && !self.rows.is_empty() {
            sheet.autofilter(0, 0, self.rows.len() as u32, columns as u16 - 1)?;
        }
        book.save_to_buffer()
    }
}

/// A table that could not be written: it is larger than a sheet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("таблица не записана: {0}")]
pub struct Unwritten(String);

struct Formats {
    day: Format,
    moment: Format,
    percent: Format,
    text: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            day: Format::new().set_num_format("dd.mm.yyyy"),
            moment: Format::new().set_num_format("dd.mm.yyyy hh:mm"),
            percent: Format::new().set_num_format("0%"),
            // «@» keeps a text a text when somebody edits the cell.
            text: Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        // A string cell is never a formula, whatever it begins with.
        Cell::Text(text) => sheet.write_string_with_format(row, column, cut(text), &formats.text)?,
        Cell::Number(number) => sheet.write_number(row, column, *number as f64)?,
        Cell::Percent(percent) => {
            sheet.write_number_with_format(row, column, f64::from(*percent) / 100.0, &formats.percent)?
        }
        Cell::Day(day) => sheet.write_datetime_with_format(row, column, excel_day(*day)?, &formats.day)?,
        Cell::Moment(at) => {
            let to = excel_day(at.date())?.and_hms(at.hour() as u16, at.minute() as u8, 0)?;
            sheet.write_datetime_with_format(row, column, to, &formats.moment)?
        }
        Cell::Yes(yes) => sheet.write_string(row, column, if *yes { "да" } else { "нет" })?,
    };
    Ok(())
}

fn excel_day(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)
}

/// Without what Excel does not take in the name of a sheet.
fn sheet_name(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !STRANGE.contains(c) && !c.is_control()).take(NAME).collect();
    let plain = plain.trim().trim_matches('\'').to_owned();
    if plain.is_empty() { "Лист 1".to_owned() } else { plain }
}

/// Cut to what a cell takes, and without signs that XML does not take.
fn cut(text: &str) -> String {
    let mut units = 0;
    let plain = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    plain
        .take_while(|c| {
            units += c.len_utf16();
            units <= CELL
        })
        .collect()
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
