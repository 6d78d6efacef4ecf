//! `kurator effect`: did a lesson help? Pages of who took it before and after, with pages of who did not beside.

use std::{collections::BTreeMap, path::Path};

use vkapi::types::GroupId;

use super::{Failed, block_on, open_content, questions::reading};
use crate::{
    config::Config,
    content::Texts,
    domain::{Day, page::Week},
    pages::effect::{Change, Effect, effect},
    store::{Result as Stored, SledStore, Store},
};

/// People read at a time.
const PEOPLE: usize = 1_000;

/// Prints what came of a lesson.
pub(super) fn of_lesson(config: &Config, lesson: &str, copy: Option<&Path>) -> Result<(), Failed> {
    let content = open_content(&config.content)?;
    let Some(named) = content.lesson(lesson) else {
        return Err(Failed::config(content.texts().format("effect-no-lesson", &[("lesson", lesson.into())])));
    };
    let found = reading(config, copy, |store| read(store, config, lesson))?;
    println!("{}", told(content.texts(), &named.title, &found));
    Ok(())
}

fn read(store: &SledStore, config: &Config, lesson: &str) -> Result<Effect, Failed> {
    block_on(async { count(store, config, lesson).await.map_err(Failed::other) })
}

/// Reads whose pages took the lesson and when; of a page that several people run the first of them counts.
async fn count(store: &SledStore, config: &Config, lesson: &str) -> Stored<Effect> {
    let zone = &config.region.time_zone;
    let mut taken: BTreeMap<GroupId, Option<Day>> = BTreeMap::new();
    let mut after = None;
    loop {
        let people = store.people(after, PEOPLE).await?;
        let Some(last) = people.last() else { break };
        after = Some(last.id);
        for person in people.iter().filter(|person| !person.pages.is_empty()) {
            let passed = store.progress(person.id).await?.lesson(lesson).and_then(|mark| mark.passed);
            let day = passed.map(|at| Day::from(zone.local(at).date()));
            for page in &person.pages {
                let known = taken.entry(page.id).or_insert(None);
                *known = match (*known, day) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
        }
    }
    let mut weeks: Vec<(Vec<Week>, Option<Day>)> = Vec::new();
    for (page, day) in taken {
        weeks.push((store.weeks(page).await?, day));
    }
    let with: Vec<(&[Week], Day)> =
        weeks.iter().filter_map(|(weeks, day)| Some((weeks.as_slice(), (*day)?))).collect();
    let without: Vec<&[Week]> =
        weeks.iter().filter(|(_, day)| day.is_none()).map(|(weeks, _)| weeks.as_slice()).collect();
    Ok(effect(&with, &without))
}

fn told(texts: &Texts, title: &str, found: &Effect) -> String {
    let line = |key: &str, none: &str, change: &Change| {
        if change.pages == 0 {
            return texts.get(none);
        }
        let tenths = |n: u32| format!("{},{}", n / 10, n % 10);
        texts.format(
            key,
            &[
                ("pages", change.pages.into()),
                ("before", tenths(change.before).into()),
                ("after", tenths(change.after).into()),
                ("more", change.more.into()),
            ],
        )
    };
    [
        texts.format("effect-title", &[("lesson", title.into())]),
        line("effect-with", "effect-with-none", &found.with),
        line("effect-without", "effect-without-none", &found.without),
        texts.get("effect-note"),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::tests::CONTENT;

    #[test]
    fn it_is_told_with_pages_without_it_beside() {
        let found = Effect {
            with: Change { pages: 21, before: 15, after: 26, more: 14 },
            without: Change { pages: 3, before: 20, after: 20, more: 1 },
        };
        let text = told(CONTENT.texts(), "Три записи", &found);
        assert!(text.contains("«Три записи»") && text.contains("21 страница: 1,5 записи в неделю"), "{text}");
        assert!(text.contains("3 страницы") && text.contains("2,0"), "{text}");
        let none = told(CONTENT.texts(), "Три записи", &Effect::default());
        assert!(!none.contains('⟨') && none.contains("мало"), "{none}");
    }
}
