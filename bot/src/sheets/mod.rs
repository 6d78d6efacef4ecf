//! Tables in and out: CSV and XLSX as people keep them.

mod delimited;
mod roster;
mod table;
#[cfg(test)]
mod tests;
mod xlsx;

use thiserror::Error;

pub use self::{
    roster::{Roster, Told, read, rows_told},
    table::{Cell, Table, Unwritten},
};

/// The largest file that is read, in bytes.
pub const FILE: usize = 64 << 20;
/// The most rows of a table: a region has about 1,700 institutions, the country 203,000.
pub const ROWS: usize = 250_000;
/// The longest row in bytes; a longer one is told and left out.
const ROW: usize = 64 << 10;
/// In how many rows from the top the heading is looked for.
const TOP: usize = 30;

/// Why a file is no table that can be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unread {
    /// It is larger than [`FILE`].
    #[error("файл больше 64 МБ: разделите его на части")]
    Big,
    /// It has more than [`ROWS`] rows, or unpacks into more than is sane.
    #[error("в файле больше {ROWS} строк или он распаковывается во что-то огромное: разделите его на части")]
    Bomb,
    /// It is a workbook of Excel 97–2003.
    #[error("это старый формат Excel (.xls): откройте файл и сохраните его как .xlsx или .csv")]
    Old,
    /// It is no workbook, or a damaged one.
    #[error(
        "таблица не открывается: файл повреждён или закрыт паролем. Сохраните его заново как .xlsx или .csv"
    )]
    Damaged,
    /// No row looks like a heading.
    #[error(
        "не нашлось строки с названиями столбцов: нужны «Наименование» и хотя бы одно из «Ссылка» и «ОГРН»"
    )]
    NoHeading,
}

/// A row as it stands in the file.
pub(crate) enum Line {
    /// Its cells from the first column on.
    Cells(Vec<String>),
    /// It is longer than [`ROW`].
    Long,
}

/// A text that a spreadsheet does not take for a formula: one that begins with a sign of a formula, a tab or a new line
/// gets an apostrophe before it.
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
