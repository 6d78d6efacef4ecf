//! `kurator opinions`: what people think of the bot, for whoever makes it.

use std::{io, path::Path};

use super::{Failed, block_on, questions::reading};
use crate::{
    config::Config,
    domain::{Ms, Opinion},
    sheets::cell,
    store::{SledStore, Store},
};

/// Opinions read at a time.
const READ: usize = 1_000;
const HEADING: [&str; 3] = ["месяц", "оценка", "что поправить"];

/// Prints all opinions as CSV, those with a word first; of the day only the month, so that nobody can be told by it.
pub(super) fn opinions(config: &Config, copy: Option<&Path>) -> Result<(), Failed> {
    let mut all = reading(config, copy, read)?;
    all.sort_by_key(|opinion| (opinion.word.is_none(), opinion.score, month(opinion.at)));
    write(&all, io::stdout().lock()).map_err(Failed::other)
}

fn read(store: &SledStore) -> Result<Vec<Opinion>, Failed> {
    block_on(async {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let some = store.opinions(after, READ).await.map_err(Failed::other)?;
            let Some((last, _)) = some.last() else { return Ok(all) };
            after = Some(*last);
            all.extend(some.into_iter().map(|(_, opinion)| opinion));
        }
    })
}

fn month(at: Ms) -> String {
    at.date().strftime("%Y-%m").to_string()
}

fn write(all: &[Opinion], to: impl io::Write) -> Result<(), csv::Error> {
    let mut table = csv::Writer::from_writer(to);
    table.write_record(HEADING)?;
    for opinion in all {
        let word = opinion.word.as_deref().map(cell).unwrap_or_default();
        table.write_record([month(opinion.at).as_str(), &opinion.score.to_string(), &word])?;
    }
    table.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opinions_are_printed_without_who_gave_them_and_when_exactly() {
        let one = |score, word: Option<&str>| Opinion {
            at: Ms(1_795_413_600_000),
            score,
            word: word.map(str::to_owned),
        };
        let mut printed = Vec::new();
        write(&[one(3, Some("=меньше слов")), one(10, None)], &mut printed).unwrap();
        let printed = String::from_utf8(printed).unwrap();
        assert_eq!(printed, "месяц,оценка,что поправить\n2026-11,3,'=меньше слов\n2026-11,10,\n");
    }
}
