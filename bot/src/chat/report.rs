//! What a head sees: one screen about the region or a municipality, without anybody's name, with a picture.

use super::{Action, Choice, Known, Need, Screen, Talk, board, menu, router::Step, short, staff};
use crate::{
    domain::{
        Reminder, Role,
        attention::Ledger,
        board::{self as figures, Row, Summary},
        rights::same_municipality,
    },
    store::{OutFile, Sheet},
};

/// Municipalities or pages a screen shows: four of ten buttons.
const SHOWN: usize = 4;

/// The pages she may read of, of one municipality or of all.
fn rows<'a>(talk: &Talk<'a>, town: Option<&str>) -> Result<Vec<&'a Row>, Need> {
    let within = |row: &&Row| {
        town.is_none_or(|town| same_municipality(row.page.municipality.as_deref().unwrap_or_default(), town))
    };
    Ok(board::hers(talk, Role::Head)?.into_iter().filter(within).collect())
}

/// The region, or one municipality: figures, then where to look closer.
pub(super) fn open(talk: &mut Talk<'_>, town: Option<&str>, p: usize) -> Step {
    if !staff::may(talk, talk.scene().role.may_report()) {
        return Ok(());
    }
    let rows = rows(talk, town)?;
    // A municipality that is not hers has no page that she may read of.
    if town.is_some() && !staff::may(talk, !rows.is_empty()) {
        return Ok(());
    }
    let text = told(talk, town, &rows)?;
    let mut choices: Vec<Choice> = Vec::new();
    let pages;
    if town.is_some() {
        pages = rows.len().div_ceil(SHOWN).max(1);
        for row in rows.iter().skip(p.min(pages - 1) * SHOWN).take(SHOWN) {
            let label = format!("{} {}", board::mark(talk, row.zone()), row.page.name);
            choices.push(Choice::new(short(&label, 40), Action::BoardPage { g: row.page.id }));
        }
    } else {
        let places: Vec<(String, Vec<&Row>)> = figures::by_place(rows.iter().copied()).into_iter().collect();
        pages = places.len().div_ceil(SHOWN).max(1);
        for (name, some) in places.into_iter().skip(p.min(pages - 1) * SHOWN).take(SHOWN) {
            let args = [("town", short(&named(talk, &name), 28).into()), ("count", some.len().into())];
            choices.push(Choice::new(talk.f("report-town", &args), Action::Report { m: Some(name), p: 0 }));
        }
    }
    let p = p.min(pages - 1);
    let m = town.map(str::to_owned);
    let mut screen = Screen::text(text)
        .grid(2, choices)
        .row(menu::pager(talk, p, pages, |p| Action::Report { m: m.clone(), p }))
        .row([
            talk.choice("report-picture", Action::ReportPicture { m: m.clone() }),
            talk.choice("report-table", Action::ReportTable { m: m.clone() }),
        ]);
    let back = match town {
        Some(_) => talk.choice("report-open", Action::Report { m: None, p: 0 }),
        None => talk.choice("menu-cabinet", Action::Cabinet),
    };
    screen = screen.row([back, menu::home(talk)]);
    talk.show(screen);
    Ok(())
}

/// A municipality by its name; pages that are of none are under an empty one.
fn named(talk: &Talk<'_>, town: &str) -> String {
    if town.is_empty() { talk.t("report-nowhere") } else { town.to_owned() }
}

/// The figures in words.
fn told(talk: &Talk<'_>, town: Option<&str>, rows: &[&Row]) -> Result<String, Need> {
    let all = figures::summary(rows.iter().copied(), talk.now(), talk.today().monday());
    let name = town.map_or_else(|| talk.scene().region.name.clone(), |town| named(talk, town));
    let mut lines = vec![talk.f("report-title", &[("name", name.into()), ("count", all.pages.into())])];
    lines.push(board::zones(talk, &all));
    lines.extend(reached(talk, &all));
    if all.silent > 0 {
        lines.push(talk.f("report-silent", &[("count", all.silent.into())]));
    }
    if let Some(share) = all.coverage() {
        lines.push(talk.f("report-learnt", &[("share", share.into())]));
    }
    if all.unreachable > 0 {
        lines.push(talk.f("report-unreachable", &[("count", all.unreachable.into())]));
    }
    if let Some(best) = &all.best {
        let address = format!("vk.ru/{}", best.screen_name);
        lines.push(talk.f("report-best", &[("page", best.name.clone().into()), ("address", address.into())]));
    }
    // Of one municipality there may be too few to stay nameless.
    if let (None, Known::Voices(voices)) = (town, talk.known(Need::Voices)?)
        && let Some(index) = voices.index()
    {
        let args = [("index", index.into()), ("count", voices.all().into())];
        lines.push(talk.f("report-opinion", &args));
    }
    lines.push(talk.t("report-note"));
    Ok(lines.join("\n"))
}

/// The share of pages that reached the norm last week, and how that was the week before.
fn reached(talk: &Talk<'_>, all: &Summary) -> Option<String> {
    let now = all.reached()?;
    let before = all.trend.iter().rev().nth(1).and_then(|(_, share)| *share);
    Some(match before {
        Some(before) => talk.f("report-reached-before", &[("share", now.into()), ("before", before.into())]),
        None => talk.f("report-reached", &[("share", now.into())]),
    })
}

/// The picture of it.
pub(super) fn picture(talk: &mut Talk<'_>, town: Option<String>) -> Step {
    if !staff::may(talk, talk.scene().role.may_report()) {
        return Ok(());
    }
    let any = !rows(talk, town.as_deref())?.is_empty();
    if staff::may(talk, any || town.is_none()) {
        let screen = Screen::text(talk.t("report-picture-text"))
            .row([talk.choice("report-open", Action::Report { m: None, p: 0 }), menu::home(talk)]);
        talk.send(screen, OutFile::Summary(town));
    }
    Ok(())
}

/// The list of its pages as a table.
pub(super) fn table(talk: &mut Talk<'_>, town: Option<String>) -> Step {
    if !staff::may(talk, talk.scene().role.may_report()) {
        return Ok(());
    }
    let any = !rows(talk, town.as_deref())?.is_empty();
    if staff::may(talk, any || town.is_none()) {
        talk.audit("report-table", town.clone().unwrap_or_default());
        let screen = Screen::text(talk.t("board-table-text"))
            .row([talk.choice("report-open", Action::Report { m: None, p: 0 }), menu::home(talk)]);
        talk.send(screen, OutFile::Sheet(Sheet::Pages(town)));
    }
    Ok(())
}

/// Monday: the summary with its picture, in one message.
pub(super) fn monday(talk: &mut Talk<'_>, reminder: &Reminder, ledger: &Ledger) -> Step {
    if !talk.scene().role.may_report() {
        return Ok(());
    }
    let rows = rows(talk, None)?;
    if rows.is_empty() || !board::opens(talk, reminder, ledger) {
        return Ok(());
    }
    let text = told(talk, None, &rows)?;
    let screen = Screen::text(text)
        .row([talk.choice("report-closer", Action::Report { m: None, p: 0 }).main(), menu::home(talk)]);
    talk.send(screen, OutFile::Summary(None));
    Ok(())
}
