//! Writes tables into a directory, each as a workbook, as CSV, and the kinds of its cells: one with every kind of cell, and
//! the lists of the staff's room; for `tests/office/run`, which opens the workbooks in `LibreOffice`.

use std::{fs, path::Path};

use anyhow::Context;
use jiff::civil::{date, datetime};
use kurator::{
    domain::{
        Asked, AskedKey, Came, Campaign, CampaignId, CampaignState, Class, ClassId, ClassState, Fate, Hall,
        How, Level, Ms, Reads, Seat, Sphere, Tally, Zone,
        letter::{Letter, LetterButton, Pressed, Stage},
    },
    sheets::{Cell, Table},
    tables::{self, Sent},
};
use vkapi::types::UserId;

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
/// Friday, 27 November 2026, 9:05 in Moscow.
const FRIDAY: Ms = Ms(1_795_759_500_000);

fn main() -> anyhow::Result<()> {
    let dir = std::env::args().nth(1).context("в какой каталог?")?;
    let dir = Path::new(&dir);
    let zone = Zone::try_from("Europe/Moscow".to_owned()).map_err(anyhow::Error::msg)?;
    let content = tests::load_content()?;
    written(dir, "cells", &cells())?;
    let (waiting, sent) = announcements();
    written(dir, "letters", &tables::letters(&waiting, &sent, FRIDAY, &zone))?;
    written(dir, "classes", &tables::classes(&content, &halls(&zone), FRIDAY))?;
    let asked = asked();
    written(dir, "questions", &tables::questions(&content, &asked.iter().collect::<Vec<_>>(), &zone))
}

/// Writes a table in all three ways.
fn written(dir: &Path, name: &str, table: &Table) -> anyhow::Result<()> {
    let kind = |cell: &Cell| match cell {
        Cell::Empty => "",
        Cell::Text(_) | Cell::Yes(_) => "string",
        Cell::Number(_) => "float",
        Cell::Percent(_) => "percentage",
        Cell::Day(_) | Cell::Moment(_) => "date",
    };
    let mut table = table.clone();
    // A row may end before the heading does.
    table.rows.iter_mut().for_each(|row| row.resize(table.heading.len(), Cell::Empty));
    let mut kinds = vec![vec!["string"; table.heading.len()].join(";")];
    kinds.extend(table.rows.iter().map(|row| row.iter().map(kind).collect::<Vec<_>>().join(";")));
    table.csv(fs::File::create(dir.join(format!("{name}.csv")))?)?;
    fs::write(dir.join(format!("{name}.xlsx")), table.xlsx()?)?;
    fs::write(dir.join(format!("{name}.kinds")), kinds.join("\n"))?;
    Ok(())
}

fn cells() -> Table {
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
    table
}

/// An announcement a name: drafts and others that are no campaigns yet, and campaigns in every state.
fn announcements() -> (Vec<Letter>, Vec<Sent>) {
    let draft = |n: u64, name: &str| {
        let text = format!("{name}\nво вторник");
        Letter::draft(CampaignId(n), UserId(7), FRIDAY, text)
    };
    let stages = [
        Stage::Draft,
        Stage::Waits { since: FRIDAY, people: 400 },
        Stage::Repeats { next: Some(FRIDAY.plus(Ms::DAY)), by: None },
    ];
    let waiting = (1..).zip(NAMES).zip(stages);
    let waiting = waiting.map(|((n, name), stage)| Letter { stage, ..draft(n, name) }).collect();
    let states = [
        CampaignState::Scheduled,
        CampaignState::Running,
        CampaignState::Cancelling,
        CampaignState::Cancelled,
        CampaignState::Finished,
    ];
    let sent = (0_u64..).zip(NAMES).map(|(n, name)| {
        let looked = n % 2 == 0;
        let starts = FRIDAY.plus(n.cast_signed() * 17 * Ms::MINUTE);
        let open = LetterButton::Open { label: "Урок".to_owned(), name: "lesson_first".to_owned() };
        Sent {
            campaign: Campaign {
                id: CampaignId(n),
                author: UserId(7),
                at: FRIDAY,
                text: draft(n, name).text,
                state: states[n as usize % states.len()],
                starts,
                local: false,
                reads: Reads { next: None, last: looked.then(|| starts.plus(Ms::HOUR)) },
            },
            tally: Tally {
                queued: n,
                sent: 1_000 * n,
                read: if looked { 333 * n } else { 0 },
                refused: n,
                skipped: 2 * n,
                cancelled: 3,
            },
            letter: looked.then(|| Letter { buttons: vec![open, LetterButton::Ack], ..draft(n, name) }),
            pressed: vec![Pressed { acked: Some(FRIDAY), opened: None }; n as usize],
        }
    });
    (waiting, sent.collect())
}

/// A class a name, with up to eleven people.
fn halls(zone: &Zone) -> Vec<Hall> {
    let of = |(n, name): (u64, &str)| {
        let id = ClassId(n);
        let class = Class {
            state: [ClassState::Open, ClassState::Draft, ClassState::Cancelled][n as usize % 3],
            starts: if n % 3 == 1 { Ms(0) } else { FRIDAY.plus((n.cast_signed() - 6) * Ms::DAY) },
            place: (n % 2 == 0).then(|| name.to_owned()),
            seats: (n % 2 == 1).then_some(30),
            spheres: Sphere::ALL[..n as usize % 4].to_vec(),
            municipality: (n % 4 == 0).then(|| name.to_owned()),
            level: (n % 2 == 0).then_some(Level::Grow),
            course: (n % 5 == 0).then(|| "first-week".to_owned()),
            ..Class::new(id, UserId(7), FRIDAY, zone.clone(), name.to_owned())
        };
        let seat = |person: u64| Seat {
            came: person.is_multiple_of(2).then_some(Came { at: FRIDAY, by: None }),
            mark: person.is_multiple_of(2).then_some(3 + (person % 3) as u8),
            ..Seat::new(id, UserId(person.cast_signed()))
        };
        Hall { class, seats: (0..n).map(seat).collect() }
    };
    (0..).zip(NAMES).map(of).collect()
}

/// Questions of which no two mean the same, each asked once more in other words.
fn asked() -> Vec<Asked> {
    let one = |n: u64, text: String| Asked {
        key: AskedKey { person: UserId(n.cast_signed()), n: 0 },
        id: n + 1,
        at: FRIDAY.plus(n.cast_signed() * 31 * Ms::MINUTE),
        text,
        how: [How::Unknown, How::Unsure, How::Unhelpful][n as usize % 3],
        guide: None,
        waits: n.is_multiple_of(4),
        fate: Fate::Open,
    };
    let strange = [
        "рыба",
        "трактор",
        "голова",
        "корабль",
        "слон",
        "борщ",
        "хвост",
        "цирк",
        "купание",
        "самолёт",
        "гвоздь",
        "метро",
    ];
    let twice = (0..).zip(NAMES.iter().zip(strange));
    twice
        .flat_map(|(n, (name, word))| {
            [one(2 * n, format!("{name} {word} {word}")), one(2 * n + 1, format!("{name} {word}, {word}"))]
        })
        .collect()
}
