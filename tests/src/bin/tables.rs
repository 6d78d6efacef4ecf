//! Writes a table with every kind of cell into a directory: as a workbook, as CSV, and the kinds of its cells; for
//! `tests/office/run`, which opens the workbook in `LibreOffice`.

use std::{fs, path::Path};

use anyhow::Context;
use jiff::civil::{date, datetime};
use kurator::sheets::{Cell, Table};

/// Names as people type them, of which spreadsheets like to make something else.
const NAMES: [&str; 12] = [
    "Школа № 5",
    "=1+1",
    "+7 900 000-00-00",
    "-5",
    "@SUM(A1)",
    "007",
    "1/2",
    "1E5",
    "12.03.2026",
    "27.11.2026 09:05",
    "ИСТИНА",
    "Ёлка, «заря»; \"да\"",
];

fn main() -> anyhow::Result<()> {
    let dir = std::env::args().nth(1).context("в какой каталог?")?;
    let heading = ["Название", "Человек", "Доля", "День", "Момент", "Есть", "Пусто"];
    let mut table = Table::new("Ячейки", heading);
    for (n, name) in (0..).zip(NAMES) {
        table.push([
            name.into(),
            Cell::Number(1_000_000_007 * i64::from(n)),
            Cell::Percent(n * 9),
            Cell::Day(date(2024, 2, 18).saturating_add(jiff::Span::new().days(i64::from(n)))),
            // Over a midnight, over a year, and at the minutes that fractions of a day spoil.
            Cell::Moment(
                datetime(2025, 12, 31, 23, 49, 0, 0).saturating_add(jiff::Span::new().minutes(i64::from(n))),
            ),
            Cell::Yes(n % 2 == 0),
            Cell::Empty,
        ]);
    }
    let kind = |cell: &Cell| match cell {
        Cell::Empty => "",
        Cell::Text(_) | Cell::Yes(_) => "string",
        Cell::Number(_) => "float",
        Cell::Percent(_) => "percentage",
        Cell::Day(_) | Cell::Moment(_) => "date",
    };
    let mut kinds = vec![vec!["string"; heading.len()].join(";")];
    kinds.extend(table.rows.iter().map(|row| row.iter().map(kind).collect::<Vec<_>>().join(";")));
    let dir = Path::new(&dir);
    table.csv(fs::File::create(dir.join("cells.csv"))?)?;
    fs::write(dir.join("cells.xlsx"), table.xlsx()?)?;
    fs::write(dir.join("cells.kinds"), kinds.join("\n"))?;
    Ok(())
}
