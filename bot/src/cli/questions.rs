//! `kurator questions`: what the guides lack, for the editor's table.

use std::{io, path::Path};

use super::{Failed, block_on, open_content, store};
use crate::{
    config::Config,
    content::Content,
    domain::{Asked, Fate, How},
    sheets::cell,
    store::{SledOptions, SledStore, Store},
};

/// More than a region asks in the time questions are kept.
const MOST: usize = 100_000;
const HEADING: [&str; 7] =
    ["тема", "дата", "вопрос", "как ответил бот", "подсказка", "ждёт ответа", "решение"];

/// Prints all kept questions as CSV, those that mean the same beside each other.
pub(super) fn questions(config: &Config, copy: Option<&Path>) -> Result<(), Failed> {
    let content = open_content(&config.content)?;
    let asked = reading(config, copy, read)?;
    write(&content, &asked, io::stdout().lock()).map_err(Failed::other)
}

/// What is read from a copy, else from the store: of one that a bot has open the bot makes a copy.
pub(super) fn reading<T>(
    config: &Config,
    copy: Option<&Path>,
    read: impl FnOnce(&SledStore) -> Result<T, Failed>,
) -> Result<T, Failed> {
    let fresh = if copy.is_none() { store::fresh(&config.store.path)? } else { None };
    let Some(copy) = copy.or(fresh.as_deref()) else {
        return read(&store::open(&store::options(config))?);
    };
    let folder = tempfile::tempdir().map_err(Failed::other)?;
    // Read once and thrown away: a power cut harms nothing.
    let options =
        SledOptions { path: folder.path().join("store"), allow_unsafe: true, cache_bytes: 64 << 20 };
    SledStore::import(copy, &options).map_err(Failed::other)?;
    read(&SledStore::open(&options).map_err(Failed::other)?)
}

fn read(store: &SledStore) -> Result<Vec<Asked>, Failed> {
    block_on(async { store.asked(MOST).await.map_err(Failed::other) })
}

fn write(content: &Content, asked: &[Asked], to: impl io::Write) -> Result<(), csv::Error> {
    let texts: Vec<&str> = asked.iter().map(|a| a.text.as_str()).collect();
    let mut groups = content.index().groups(&texts);
    groups.sort_by_key(|g| std::cmp::Reverse(g.len()));
    let mut table = csv::Writer::from_writer(to);
    table.write_record(HEADING)?;
    for (number, group) in groups.iter().enumerate() {
        for asked in group.iter().filter_map(|at| asked.get(*at)) {
            table.write_record([
                (number + 1).to_string().as_str(),
                &asked.at.date().to_string(),
                &cell(&asked.text),
                how(asked.how),
                asked.guide.as_deref().unwrap_or_default(),
                if asked.waits { "да" } else { "" },
                &fate(&asked.fate),
            ])?;
        }
    }
    table.flush()?;
    Ok(())
}

fn how(how: How) -> &'static str {
    match how {
        How::Unknown => "ответа не нашлось",
        How::Unsure => "предложил выбор",
        How::Unhelpful => "не помогло",
        How::Helped => "помогло",
    }
}

fn fate(fate: &Fate) -> String {
    match fate {
        Fate::Open => String::new(),
        Fate::Answered => "ответил человек".to_owned(),
        Fate::Hidden => "скрыто".to_owned(),
        Fate::Filed(None) => "нужна новая подсказка".to_owned(),
        Fate::Filed(Some(slug)) => format!("дополнить {slug}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chat::tests::CONTENT, domain::Ms, store::conformance::samples::asked};

    #[test]
    fn questions_are_printed_group_by_group_and_never_with_who_asked() {
        let question = |person: i64, text: &str| Asked { text: text.to_owned(), ..asked(person, 0, 1, 0) };
        let asked = [
            question(70_001, "=1+1"),
            Asked {
                waits: false,
                fate: Fate::Filed(Some("two-factor".into())),
                ..question(70_002, "как закрепить запись")
            },
            Asked { at: Ms(86_400_000), ..question(70_003, "закрепить, пост") },
        ];
        let mut printed = Vec::new();
        write(&CONTENT, &asked, &mut printed).unwrap();
        let printed = String::from_utf8(printed).unwrap();
        assert_eq!(
            printed,
            "тема,дата,вопрос,как ответил бот,подсказка,ждёт ответа,решение\n\
             1,1970-01-01,как закрепить запись,предложил выбор,,,дополнить two-factor\n\
             1,1970-01-02,\"закрепить, пост\",предложил выбор,,да,\n\
             2,1970-01-01,'=1+1,предложил выбор,,да,\n"
        );
    }
}
