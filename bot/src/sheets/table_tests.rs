use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use jiff::civil::{date, datetime};

use super::{Cell, Table};

/// What a formula may look like that somebody types as the name of a page.
const FORMULAS: [&str; 6] =
    ["=1+1", "+7 900 000-00-00", "-5", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")", "\t=1+1"];

fn table() -> Table {
    let mut table =
        Table::new("Страницы: [зоны]", ["Страница", "Баллы", "Доля", "Смотрели", "Госметка", "Ознакомлен"]);
    let named = |name: &str| {
        let at = Cell::Moment(datetime(2026, 11, 27, 9, 5, 59, 0));
        let day = Cell::Day(date(2026, 11, 27));
        [name.into(), Cell::Number(62), Cell::Percent(75), day, Cell::Yes(true), at]
    };
    table.push(named("Школа № 5"));
    for formula in FORMULAS {
        table.push(named(formula));
    }
    table.push([
        Cell::from("Без оценки"),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Yes(false),
        Cell::Empty,
    ]);
    table
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn what_is_written_is_read_back_with_its_types() {
    let bytes = table().xlsx().unwrap();
    let mut book = Xlsx::new(Cursor::new(&bytes[..])).unwrap();
    assert_eq!(book.sheet_names(), ["Страницы зоны"]);
    let range = book.worksheet_range("Страницы зоны").unwrap();
    let row = |n: usize| range.rows().nth(n).unwrap().to_vec();
    assert_eq!(row(0)[0], Data::String("Страница".into()));
    let first = row(1);
    assert_eq!(first[0], Data::String("Школа № 5".into()));
    assert_eq!((&first[1], &first[2]), (&Data::Float(62.0), &Data::Float(0.75)));
    assert!(matches!(&first[3], Data::DateTime(day) if day.to_ymd_hms_milli().0 == 2026), "{:?}", first[3]);
    assert_eq!(first[4], Data::String("да".into()));
    let Data::DateTime(at) = &first[5] else { panic!("a moment is {:?}", first[5]) };
    assert_eq!(at.to_ymd_hms_milli(), (2026, 11, 27, 9, 5, 0, 0));
    let last = row(2 + FORMULAS.len());
    assert_eq!((&last[1], &last[4]), (&Data::Empty, &Data::String("нет".into())));
}

#[test]
fn no_text_becomes_a_formula() {
    let bytes = table().xlsx().unwrap();
    let mut book = Xlsx::new(Cursor::new(&bytes[..])).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    for (n, formula) in FORMULAS.iter().enumerate() {
        assert_eq!(range.rows().nth(n + 2).unwrap()[0], Data::String((*formula).into()));
    }
    assert!(book.worksheet_formula("Страницы зоны").unwrap().is_empty());
    assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
}

#[test]
fn the_heading_stays_in_sight_and_columns_are_as_wide_as_their_words() {
    let bytes = table().xlsx().unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains(r#"<pane ySplit="1" topLeftCell="A2""#), "{sheet}");
    assert!(sheet.contains(r#"<col min="1" max="1" width="28.7109375""#), "{sheet}");
    assert!(sheet.contains(r#"<col min="5" max="5" width="10.7109375""#), "{sheet}");
    // A moment is as wide as «27.11.2026 09:05» and is shown so.
    assert!(sheet.contains(r#"<col min="6" max="6" width="18.7109375""#), "{sheet}");
    assert!(part(&bytes, "xl/styles.xml").contains(r#"formatCode="dd.mm.yyyy hh:mm""#));
    assert!(sheet.contains("<autoFilter ref=\"A1:F9\""), "{sheet}");
}

#[test]
fn a_table_of_nothing_a_huge_cell_and_a_strange_name_are_written_all_the_same() {
    let mut table = Table::new("  ", []);
    assert!(table.xlsx().is_ok());
    table.push([Cell::Text("😀".repeat(40_000)), Cell::from("a\u{0}\u{8}b")]);
    let bytes = table.xlsx().unwrap();
    let mut book = Xlsx::new(Cursor::new(&bytes[..])).unwrap();
    let range = book.worksheet_range("Лист 1").unwrap();
    let cells: Vec<&Data> = range.used_cells().map(|(.., cell)| cell).collect();
    let Data::String(long) = cells[0] else { panic!("{:?}", cells[0]) };
    assert!(long.encode_utf16().count() <= 32_767);
    assert_eq!(cells[1], &Data::String("ab".into()));
}

#[test]
fn as_csv_it_says_the_same() {
    let mut written = Vec::new();
    table().csv(&mut written).unwrap();
    let written = String::from_utf8(written).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines[0], "\u{feff}Страница;Баллы;Доля;Смотрели;Госметка;Ознакомлен");
    assert_eq!(lines[1], "Школа № 5;62;75%;27.11.2026;да;27.11.2026 09:05");
    assert_eq!(lines[2], "'=1+1;62;75%;27.11.2026;да;27.11.2026 09:05");
    assert_eq!(lines.last(), Some(&"Без оценки;;;;нет;"));
}
