//! Lists as tables: a curator's or a head's pages, and pages by the steps of a checklist; no names of people.

mod lists;

use std::collections::BTreeMap;

use jiff::civil::Date;
use vkapi::types::{GroupId, UserId};

use crate::{
    content::{Checklist, Texts},
    domain::{
        Day, Grant, Handoff, Ms, Zone,
        board::Row,
        page::{Aspect, Zone as Light},
    },
    sheets::{Cell, Table},
};

pub use lists::{Sent, classes, letters, questions};

/// Pages with how they stand.
pub(crate) fn pages(texts: &Texts, rows: &[&Row], now: Ms, zone: &Zone) -> Table {
    let heading = [
        "Муниципалитет",
        "Страница",
        "Адрес",
        "Сфера",
        "Зона",
        "Баллы",
        "Подписчики",
        "Дней без записи",
        "Записей за неделю",
        "По норме",
        "Недель ниже нормы",
        "Госметка",
        "Виджеты ПОС",
        "Ведут в боте",
        "Смотрели",
    ];
    let monday = Day::from(zone.local(now).date()).monday();
    let mut table = Table::new("Страницы", heading);
    for row in rows {
        let sight = row.sight.as_ref();
        let there =
            |what| sight.and_then(|s| s.found(what)).map_or(Cell::Empty, |found| Cell::Yes(found.there));
        let last = row.last(monday);
        table.push([
            Cell::maybe(row.page.municipality.as_deref()),
            row.page.name.as_str().into(),
            format!("https://vk.ru/{}", row.page.screen_name).into(),
            Cell::maybe(row.page.sphere.map(|s| texts.get(&format!("sphere-{}", s.slug())))),
            Cell::maybe(row.zone().map(|zone| {
                texts.get(match zone {
                    Light::Green => "table-green",
                    Light::Yellow => "table-yellow",
                    Light::Red => "table-red",
                })
            })),
            Cell::count(row.score()),
            Cell::count(sight.and_then(|s| s.members)),
            Cell::count(row.silent_days(now)),
            Cell::count(last.map(|week| week.posts)),
            Cell::count(last.map(|week| week.asked)),
            Cell::Number(row.misses(monday).into()),
            there(Aspect::Badge),
            there(Aspect::Tiles),
            Cell::Yes(row.reachable > 0),
            sight.and_then(|s| s.read).map_or(Cell::Empty, |at| Cell::Day(zone.local(at).date())),
        ]);
    }
    table
}

/// When a step was ticked by any of a page's people, by page and step.
pub(crate) type Ticks = BTreeMap<(GroupId, String), Date>;

/// Pages by the steps of a checklist: the day a step was ticked on, or nothing.
pub(crate) fn matrix(list: &Checklist, rows: &[&Row], ticks: &Ticks) -> Table {
    let steps = list.steps.iter().map(|step| step.text.as_str());
    let heading = ["Муниципалитет", "Страница", "Сделано", "Из"].into_iter().chain(steps);
    let mut table = Table::new(&list.title, heading);
    for row in rows {
        let days: Vec<Option<&Date>> =
            list.steps.iter().map(|step| ticks.get(&(row.page.id, step.id.clone()))).collect();
        let mut cells = vec![
            Cell::maybe(row.page.municipality.as_deref()),
            row.page.name.as_str().into(),
            Cell::Number(days.iter().flatten().count() as i64),
            Cell::Number(days.len() as i64),
        ];
        cells.extend(days.into_iter().map(|day| day.map_or(Cell::Empty, |day| Cell::Day(*day))));
        table.push(cells);
    }
    table
}

/// Who has which role, and since when.
pub(crate) fn roles(texts: &Texts, grants: &[&Grant], zone: &Zone) -> Table {
    let heading = ["Роль", "Имя", "Человек", "Муниципалитет", "Сфера", "Страница", "Кто дал", "Когда"];
    let mut table = Table::new("Роли", heading);
    let link = |id: UserId| Cell::Text(format!("https://vk.ru/id{id}"));
    for grant in grants {
        table.push([
            Cell::Text(texts.get(&format!("role-{}", grant.role.slug()))),
            Cell::maybe(Some(grant.note.as_str()).filter(|name| !name.is_empty())),
            link(grant.who),
            Cell::maybe(grant.scope.municipality.as_deref()),
            Cell::maybe(grant.scope.sphere.map(|sphere| texts.get(&format!("sphere-{}", sphere.slug())))),
            Cell::maybe(grant.scope.page.map(|page| format!("https://vk.ru/club{page}"))),
            grant.by.map_or_else(|| "настройки бота".into(), link),
            if grant.by.is_some() { Cell::Moment(zone.local(grant.at)) } else { Cell::Empty },
        ]);
    }
    table
}

/// Conversations with people: where, whose, and by when an answer is due; not a word of them.
pub(crate) fn talks(texts: &Texts, talks: &[&Handoff], now: Ms, zone: &Zone) -> Table {
    let heading =
        ["Начат", "Муниципалитет", "Сфера", "Страница", "У кого", "Ответить до", "Состояние", "Сообщений"];
    let mut table = Table::new("Разговоры", heading);
    for one in talks {
        let state = match one.due {
            None => "ответ дан",
            Some(due) if due <= now => "опаздывает",
            Some(_) => "ждёт ответа",
        };
        table.push([
            Cell::Moment(zone.local(one.at)),
            Cell::maybe(one.context.municipality.as_deref()),
            Cell::maybe(one.context.sphere.map(|sphere| texts.get(&format!("sphere-{}", sphere.slug())))),
            Cell::maybe(one.context.page.as_ref().map(|page| page.name.as_str())),
            one.by.map_or_else(
                || texts.get("handoff-free").into(),
                |by| format!("https://vk.ru/id{by}").into(),
            ),
            one.due.map_or(Cell::Empty, |due| Cell::Moment(zone.local(due))),
            state.into(),
            Cell::Number(one.lines.len() as i64),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{chat::tests::CONTENT, store::conformance::samples};

    fn row(name: &str) -> Row {
        let mut page = samples::page(77, &[70_001]);
        name.clone_into(&mut page.name);
        Row {
            page,
            sight: Some(samples::sight(77, 0)),
            weeks: vec![samples::week(0)],
            watch: None,
            reachable: 1,
            away: false,
            learnt: false,
        }
    }

    #[test]
    fn a_table_of_pages_has_no_number_of_a_person() {
        let row = row("=Школа");
        let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
        let table = pages(CONTENT.texts(), &[&row], Ms(0), &zone);
        assert_eq!((table.rows.len(), table.rows[0].len()), (1, table.heading.len()));
        let mut csv = Vec::new();
        table.csv(&mut csv).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        assert!(csv.contains(";'=Школа;") && !csv.contains("70001"), "{csv}");
    }

    #[test]
    fn roles_and_conversations_have_typed_moments_and_no_word_of_what_was_said() {
        let zone = Zone::try_from("Europe/Moscow".to_owned()).unwrap();
        let texts = CONTENT.texts();
        let (given, config) = (samples::grant(7, 5), Grant::of_config(UserId(8), crate::domain::Role::Owner));
        let table = roles(texts, &[&config, &given], &zone);
        assert_eq!(table.rows[0][..3], ["Владелец".into(), Cell::Empty, "https://vk.ru/id8".into()]);
        assert_eq!(table.rows[0][6..], ["настройки бота".into(), Cell::Empty]);
        assert_eq!(table.rows[1][7], Cell::Moment(zone.local(given.at)));
        let one = samples::handoff(1, 101, None);
        let due = one.due.unwrap();
        let table = talks(texts, &[&one], due, &zone);
        assert_eq!((table.rows[0].len(), table.heading.len()), (8, 8));
        assert_eq!(table.rows[0][5..7], [Cell::Moment(zone.local(due)), "опаздывает".into()]);
        let mut csv = Vec::new();
        table.csv(&mut csv).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        assert!(one.lines.iter().all(|line| !csv.contains(&line.text)) && !csv.contains("101"), "{csv}");
        assert_eq!(talks(texts, &[&one], due.plus(-1), &zone).rows[0][6], "ждёт ответа".into());
    }

    #[test]
    fn a_matrix_has_a_column_for_each_step_and_counts_what_is_done() {
        let list = CONTENT.checklist("design").unwrap();
        let row = row("Школа");
        let ticks = Ticks::from([((row.page.id, list.steps[1].id.clone()), date(2026, 11, 27))]);
        let table = matrix(list, &[&row], &ticks);
        assert_eq!(table.heading.len(), 4 + list.steps.len());
        assert_eq!(table.rows[0][2..4], [Cell::Number(1), Cell::Number(list.steps.len() as i64)]);
        assert_eq!(table.rows[0][5], Cell::Day(date(2026, 11, 27)));
        assert_eq!(table.rows[0][4], Cell::Empty);
    }
}
