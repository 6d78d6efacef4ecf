//! XLSX: measured before it is opened, read cell by cell; of a formula its last value counts.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader as _, Xlsx};
use zip::ZipArchive;

use super::{Line, ROW, Unread};

/// The most bytes that all parts of a workbook unpack into.
const UNPACKED: u64 = 384 << 20;
/// The most tags in all parts: 250,000 rows of nine cells with their texts take about 16 million.
const TAGS: usize = 24_000_000;
/// The most parts: a workbook has a few for each sheet.
const PARTS: usize = 1_000;
/// Columns further to the right are not looked at.
const WIDTH: u32 = 200;

/// Unpacks every part into nothing, whatever sizes the archive claims, and counts.
fn measure(bytes: &[u8]) -> Result<(), Unread> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unread::Damaged)?;
    if archive.len() > PARTS {
        return Err(Unread::Bomb);
    }
    let (mut size, mut tags) = (0, 0);
    let mut buffer = vec![0; 64 << 10];
    for part in 0..archive.len() {
        let mut part = archive.by_index(part).map_err(|_| Unread::Damaged)?;
        loop {
            let n = part.read(&mut buffer).map_err(|_| Unread::Damaged)?;
            if n == 0 {
                break;
            }
            size += n as u64;
            tags += buffer.iter().take(n).filter(|b| **b == b'<').count();
            if size > UNPACKED || tags > TAGS {
                return Err(Unread::Bomb);
            }
        }
    }
    Ok(())
}

/// Hands over row after row of each sheet with its number, from 1; before each sheet `begin` is called, and the rest of
/// the workbook is left out as soon as `each` says to stop.
pub(super) fn rows(
    bytes: &[u8],
    mut begin: impl FnMut(),
    mut each: impl FnMut(u32, Line) -> Result<bool, Unread>,
) -> Result<(), Unread> {
    measure(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| Unread::Damaged)?;
    for sheet in book.sheet_names() {
        begin();
        // A sheet of a chart has no cells.
        let Ok(mut reader) = book.worksheet_cells_reader(&sheet) else { continue };
        let mut at = None;
        let mut row = Row::default();
        while let Some(cell) = reader.next_cell().map_err(|_| Unread::Damaged)? {
            let (number, column) = cell.get_position();
            if at != Some(number)
                && let Some(before) = at.replace(number)
                && !each(before + 1, row.take())?
            {
                return Ok(());
            }
            if column < WIDTH {
                row.put(column as usize, words(cell.get_value()));
            }
        }
        if let Some(at) = at
            && !each(at + 1, row.take())?
        {
            return Ok(());
        }
    }
    Ok(())
}

#[derive(Default)]
struct Row {
    cells: Vec<String>,
    size: usize,
}

impl Row {
    fn put(&mut self, column: usize, words: String) {
        self.size += words.len();
        if words.is_empty() || self.size > ROW {
            return;
        }
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(column) {
            *cell = words;
        }
    }

    fn take(&mut self) -> Line {
        let Self { cells, size } = std::mem::take(self);
        if size > ROW { Line::Long } else { Line::Cells(cells) }
    }
}

fn words(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // A whole number keeps all its digits: an ОГРНИП has 15, as many as a float has.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(_) | DataRef::DateTime(_) | DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}
