//! CSV: any of three separators, UTF-8, UTF-16 with its mark, or Windows-1251.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Encoding, WINDOWS_1251};

use super::{Line, ROW, Unread};

/// The separators that spreadsheets write.
pub(super) const SEPARATORS: [u8; 3] = *b";,\t";

/// The file as text: by its mark, as UTF-8 if it is that, else as Windows-1251, in which any bytes mean something.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1251.decode_without_bom_handling(bytes).0,
    }
}

fn fields(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// Hands over row after row with its number in a spreadsheet, from 1, until told to stop.
///
/// A quotation mark that is never closed would swallow all rows up to the next one: where a line within such a record is
/// a whole row by itself, the lines are read one by one.
pub(super) fn rows(
    text: &str,
    separator: u8,
    mut each: impl FnMut(u32, Line) -> Result<bool, Unread>,
) -> Result<(), Unread> {
    let mut reader = fields(text, separator);
    let mut record = ByteRecord::new();
    // Lines within cells so far: a spreadsheet does not count them.
    let mut inner = 0;
    let mut width = 0;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(_) => return Err(Unread::Damaged),
        }
        let Some(place) = record.position() else { return Err(Unread::Damaged) };
        let (start, line) = (place.byte() as usize, place.line());
        let end = reader.position().byte() as usize;
        let all = text.get(start..end).unwrap_or_default();
        let raw = all.trim_start_matches(['\r', '\n']);
        // The reader leaves the end of the line before, and empty lines, to the record after them.
        let skipped = all.bytes().take(all.len() - raw.len()).filter(|b| *b == b'\n').count() as u64;
        let line = line + skipped;
        let raw = raw.trim_end_matches(['\r', '\n']);
        let number = |line: u64| u32::try_from(line.saturating_sub(inner)).unwrap_or(u32::MAX);
        let own: Vec<&str> = raw.lines().collect();
        if own.len() > 1 && own.iter().any(|line| is_whole(line, separator, width)) {
            for (n, one) in own.iter().enumerate() {
                if !one.trim().is_empty() && !each(number(line + n as u64), cells(one, separator))? {
                    return Ok(());
                }
            }
            continue;
        }
        if !each(number(line), of(&record))? {
            return Ok(());
        }
        width = width.max(record.len().min(64));
        inner += own.len().saturating_sub(1) as u64;
    }
}

/// Whether a line is a row by itself: no quotation mark is left open, and it has every column.
fn is_whole(line: &str, separator: u8, width: usize) -> bool {
    line.bytes().filter(|b| *b == b'"').count().is_multiple_of(2)
        && width > 1
        && line.bytes().filter(|b| *b == separator).count() + 1 >= width
}

fn cells(line: &str, separator: u8) -> Line {
    let mut record = ByteRecord::new();
    match fields(line, separator).read_byte_record(&mut record) {
        Ok(_) => of(&record),
        Err(_) => Line::Long,
    }
}

fn of(record: &ByteRecord) -> Line {
    if record.as_slice().len() > ROW {
        return Line::Long;
    }
    Line::Cells(record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())
}
