//! The roster as staff works with it: a sheet that was sent, held against what is kept and what is hers to change; how
//! far her institutions' people are; invitations.

use std::{collections::HashSet, sync::Arc};

use vkapi::{
    RequestError,
    types::{GroupId, UserId},
    utils::download::DownloadError,
};

use crate::{
    content::Texts,
    core::{Core, hash},
    domain::{
        Place, Rights, Role,
        rights::same_municipality,
        roster::{
            self, Comer, Counts, Covered, Institution, Invited, Lists, Reach, SentSheet, SheetFault, Trial,
            compare, coverage, invite, invite_place, tally,
        },
        text,
    },
    outbox::document,
    pictures::CodeSheet,
    sheets::{self, Cell, Table},
    store::{OutMessage, Result, Store, StoreError},
};

/// Institutions and people read at a time.
const READ: usize = 2_000;

/// The institutions that are in somebody's care as a curator or more, and all people who have written.
async fn care(core: &Core, rights: &Rights) -> Result<(Vec<Institution>, Vec<Comer>)> {
    let mut institutions = all(core).await?;
    institutions.retain(|one| rights.covers(Role::Curator, &Place::of_institution(one)));
    let (mut people, mut after) = (Vec::new(), None);
    loop {
        let some = core.store.people(after, READ).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        people.extend(some.into_iter().map(|person| Comer {
            id: person.id,
            writable: person.writable,
            pages: person.pages,
            invited: person.invited,
        }));
    }
    Ok((institutions, people))
}

async fn all(core: &Core) -> Result<Vec<Institution>> {
    let (mut institutions, mut after) = (Vec::new(), None);
    loop {
        let some = core.store.institutions(after, READ).await?;
        let Some(last) = some.last() else { return Ok(institutions) };
        after = Some(last.key.clone());
        institutions.extend(some);
    }
}

/// What a sheet would change, of what is this person's to change.
pub(crate) async fn trial(
    core: &Core,
    who: UserId,
    sheet: &SentSheet,
) -> Result<std::result::Result<Arc<Trial>, SheetFault>> {
    // By what VK tells, before a byte is fetched; and again by what comes.
    if sheet.size > SentSheet::MOST {
        return Ok(Err(SheetFault::Big));
    }
    let bytes = match core.bot.download(&sheet.url, SentSheet::MOST).await {
        Ok(bytes) => bytes,
        Err(DownloadError::Big(_)) => return Ok(Err(SheetFault::Big)),
        Err(error) => {
            tracing::warn!(%error, "a sheet was not fetched");
            return Ok(Err(SheetFault::Unreachable));
        }
    };
    let sum = hash(&bytes);
    // It takes seconds of computing: others are answered meanwhile.
    let read = match tokio::task::spawn_blocking(move || sheets::read(&bytes)).await {
        Ok(Ok(read)) => read,
        Ok(Err(why)) => return Ok(Err(SheetFault::Unread(why.to_string()))),
        Err(_) => return Ok(Err(SheetFault::Unread("файл не читается".to_owned()))),
    };
    if read.rows.len() > SentSheet::ROWS {
        return Ok(Err(SheetFault::Many));
    }
    let rights = core.rights(who).await?;
    Ok(Ok(Arc::new(judged(read, all(core).await?, &rights, sum))))
}

/// Leaves out what is not hers: rows that name another's part of the region, or would take an institution out of it.
fn judged(read: sheets::Roster, kept: Vec<Institution>, rights: &Rights, sum: u64) -> Trial {
    let hers = |one: &Institution| rights.covers(Role::Curator, &Place::of_institution(one));
    let bad = read.bad();
    let told = read.told.into_iter().map(|told| (told.row, told.why, told.kept)).collect();
    let suspicious = read.suspicious;
    let mut rows = read.rows;
    read.untold.fill(&mut rows, &kept);
    let lacks = read.untold.columns.into_iter().collect();
    let (kept, others): (Vec<_>, Vec<_>) = kept.into_iter().partition(|one| hers(one));
    let others: HashSet<_> = others.into_iter().map(|one| one.key).collect();
    let (rows, outside): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|one| hers(one) && !others.contains(&one.key));
    let outside = outside.into_iter().map(|one| one.name).collect();
    Trial { change: compare(kept, rows), told, bad, outside, suspicious, lacks, sum }
}

/// What staff sees of the institutions in her care.
pub(crate) async fn lists(core: &Core, who: UserId) -> Result<Arc<Lists>> {
    let rights = core.rights(who).await?;
    let (institutions, people) = care(core, &rights).await?;
    let covered = coverage(&institutions, &people);
    let (all, each) = tally(&covered);
    let mut each: Vec<(String, Counts)> = each.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    each.sort_by(|(a, n), (b, m)| m.never.cmp(&n.never).then_with(|| a.cmp(b)));
    let came = roster::comers(&people);
    let count = |name: &str| came.get(&name.to_lowercase()).copied().unwrap_or_default();
    let mut towns: Vec<(String, String, usize)> = Vec::new();
    for name in each.iter().map(|(name, _)| name).filter(|name| !name.is_empty()) {
        if !towns.iter().any(|(known, ..)| same_municipality(known, name)) {
            let link = invite_place(name);
            towns.push((name.clone(), address(core.group, &link), count(&link)));
        }
    }
    let invited = |one: &Covered<'_>| {
        let name = one.institution.name.clone();
        Invited { name, link: address(core.group, &invite(&one.institution.key)) }
    };
    let silent = |one: &&Covered<'_>| one.reach == Reach::Never;
    let others = covered.iter().filter(|one| !silent(one)).map(invited).collect();
    let silent = covered.iter().filter(silent).map(invited).collect();
    Ok(Arc::new(Lists { all, each, towns, silent, others }))
}

/// Where a link of that name leads.
pub(crate) fn address(group: GroupId, name: &str) -> String {
    format!("https://vk.me/club{group}?ref={name}")
}

const COVERAGE: [&str; 10] = [
    "муниципалитет",
    "учреждение",
    "учредитель",
    "ОГРН",
    "сфера",
    "страница",
    "ответственный",
    "VK id",
    "связь с ботом",
    "страницу ведут в боте",
];

/// One row an institution: what it is and how far its people are.
pub(crate) fn coverage_table(texts: &Texts, covered: &[Covered<'_>]) -> Table {
    let mut table = Table::new("Охват", COVERAGE);
    for Covered { institution, reach, nobody } in covered {
        let Institution {
            key: _,
            name,
            founder,
            ogrn,
            sphere,
            municipality,
            screen_name: _,
            responsible,
            vk,
        } = institution;
        let page = institution.address();
        table.push([
            Cell::maybe(municipality.as_deref()),
            name.as_str().into(),
            Cell::maybe(founder.as_deref()),
            // As words: a spreadsheet would round a number of so many digits.
            Cell::maybe(ogrn.map(|n| n.to_string())),
            Cell::maybe(sphere.map(|s| texts.get(&format!("sphere-{}", s.slug())))),
            Cell::maybe(page.as_deref()),
            Cell::maybe(responsible.as_deref()),
            Cell::count(vk.map(|id| id.0)),
            match reach {
                Reach::Writable => "можно писать",
                Reach::Stopped => "запретил сообщения",
                Reach::Never => "не писал",
            }
            .into(),
            page.as_ref().map_or(Cell::Empty, |_| Cell::Yes(!nobody)),
        ]);
    }
    table
}

/// One row a municipality, then one an institution: its link, how many came by it, and a ready invitation to its head.
pub(crate) fn invites_table(
    texts: &Texts,
    institutions: &[Institution],
    people: &[Comer],
    link: impl Fn(&str) -> String,
) -> Table {
    let came = roster::comers(people);
    let mut table =
        Table::new("Приглашения", ["муниципалитет", "учреждение", "ссылка", "пришли", "приглашение"]);
    let count = |name: &str| {
        Cell::Number(i64::try_from(came.get(name).copied().unwrap_or_default()).unwrap_or(i64::MAX))
    };
    let mut seen = HashSet::new();
    let towns = institutions.iter().filter_map(|one| one.municipality.as_deref());
    for town in towns.filter(|town| seen.insert(text::folded(town))) {
        let name = invite_place(town);
        let args = [("town", town.into()), ("link", link(&name).into())];
        let text = texts.format("invite-town", &args);
        let link = link(&name);
        table.push([town.into(), Cell::Empty, link.as_str().into(), count(&name), text.as_str().into()]);
    }
    for institution in institutions {
        let name = invite(&institution.key);
        let args = [("name", institution.name.as_str().into()), ("link", link(&name).into())];
        table.push([
            Cell::maybe(institution.municipality.as_deref()),
            institution.name.as_str().into(),
            link(&name).as_str().into(),
            count(&name),
            texts.format("invite-head", &args).as_str().into(),
        ]);
    }
    table
}

/// Uploads the table of coverage, or of invitations, for whoever asked; only what is in her care by now.
///
/// # Errors
/// VK or the store cannot be reached now: the message has to wait.
pub(crate) async fn attach(
    core: &Core,
    message: &mut OutMessage,
    user: UserId,
    invites: bool,
) -> std::result::Result<Option<String>, RequestError> {
    let unread = |error: StoreError| RequestError::Network(Arc::new(error));
    let rights = core.rights(user).await.map_err(unread)?;
    if !rights.role().is_staff() {
        return Ok(None);
    }
    let (mut institutions, people) = care(core, &rights).await.map_err(unread)?;
    institutions.sort_by(|a, b| (&a.municipality, &a.name).cmp(&(&b.municipality, &b.name)));
    let content = core.content();
    let (table, name) = if invites {
        let link = |name: &str| address(core.group, name);
        let table = invites_table(content.texts(), &institutions, &people, link);
        (table, ("priglasheniya.xlsx", "Приглашения.xlsx"))
    } else {
        let table = coverage_table(content.texts(), &coverage(&institutions, &people));
        (table, ("ohvat.xlsx", "Охват.xlsx"))
    };
    let Ok(bytes) = table.xlsx() else { return Ok(None) };
    document(core, message, bytes, name, "roster-failed").await
}

/// The picture of an invitation to be printed, by the name of its link; only of what is in her care by now.
///
/// # Errors
/// The store cannot be read now: the message has to wait.
pub(crate) async fn code(
    core: &Core,
    user: UserId,
    name: &str,
) -> std::result::Result<Option<Vec<u8>>, RequestError> {
    let unread = |error: StoreError| RequestError::Network(Arc::new(error));
    let rights = core.rights(user).await.map_err(unread)?;
    let institutions = all(core).await.map_err(unread)?;
    let hers = institutions.iter().filter(|one| rights.covers(Role::Curator, &Place::of_institution(one)));
    let whom = hers.clone().find(|one| invite(&one.key) == name).map(|one| &one.name);
    let town = hers.filter_map(|one| one.municipality.as_ref()).find(|town| invite_place(town) == name);
    let Some(title) = whom.or(town).cloned() else { return Ok(None) };
    let content = core.content();
    let texts = content.texts();
    let link = address(core.group, name);
    let (lead, how) = (texts.get("code-invite-lead"), texts.get("code-invite-how"));
    let note = link.trim_start_matches("https://").to_owned();
    Ok(CodeSheet { link, title, lead, how, note }.sheet().ok())
}

/// One row a mistake, an institution that is not hers to change, and one that is in the roster and not in the sheet.
fn trial_table(trial: &Trial) -> Table {
    let mut table = Table::new("Проба", ["строка", "что", "учреждение", "страница", "почему"]);
    let text = |text: &str| Cell::Text(text.to_owned());
    for (row, why, kept) in &trial.told {
        let what = if *kept { "взята с замечанием" } else { "не взята" };
        table.push([Cell::Number(i64::from(*row)), text(what), Cell::Empty, Cell::Empty, text(why)]);
    }
    for name in &trial.outside {
        let why = text("не из вашей части региона");
        table.push([Cell::Empty, text("не взята"), text(name), Cell::Empty, why]);
    }
    for one in &trial.change.gone {
        let page = Cell::maybe(one.address());
        table.push([Cell::Empty, text("есть в реестре"), text(&one.name), page, text("нет в файле")]);
    }
    table
}

/// Uploads the table of what is wrong with a sheet, as it is by now.
///
/// # Errors
/// VK or the store cannot be reached now: the message has to wait.
pub(crate) async fn attach_trial(
    core: &Core,
    message: &mut OutMessage,
    user: UserId,
    sheet: &SentSheet,
) -> std::result::Result<Option<String>, RequestError> {
    let unread = |error: StoreError| RequestError::Network(Arc::new(error));
    let rights = core.rights(user).await.map_err(unread)?;
    if !rights.role().is_staff() {
        return Ok(None);
    }
    // What is gone from VK since has been told in the message itself, as far as it fits.
    let Ok(trial) = trial(core, user, sheet).await.map_err(unread)? else { return Ok(None) };
    let Ok(bytes) = trial_table(&trial).xlsx() else { return Ok(None) };
    document(core, message, bytes, ("zamechaniya.xlsx", "Замечания к реестру.xlsx"), "roster-failed").await
}

#[cfg(test)]
mod tests {
    use vkapi::types::UserId;

    use super::*;
    use crate::{
        domain::{Grant, Scope, roster::RosterKey},
        store::conformance::samples::{grant, institution},
    };

    fn in_town(n: u64, town: &str) -> Institution {
        Institution { municipality: Some(town.to_owned()), ..institution(n, None) }
    }

    #[test]
    fn the_table_of_invitations_begins_with_every_municipality() {
        let institutions: Vec<Institution> = (2..40)
            .map(|n| in_town(n, &format!("Район {}", n % 19)))
            .chain([in_town(50, "район 1")])
            .collect();
        let link = |name: &str| format!("https://vk.me/club1?ref={name}");
        let invited = Some(invite_place("Район 1"));
        let comer = Comer { id: UserId(7), writable: true, pages: Vec::new(), invited };
        let table = invites_table(crate::chat::tests::CONTENT.texts(), &institutions, &[comer], link);
        assert_eq!(table.rows.len(), 19 + institutions.len(), "each once, however it is written");
        let first = table.rows.iter().find(|row| row[0] == "Район 1".into()).unwrap();
        assert_eq!((&first[1], &first[3]), (&Cell::Empty, &Cell::Number(1)));
    }

    #[test]
    fn every_mistake_and_every_name_stands_in_the_table() {
        let told = (1..=40).map(|row| (row, format!("строка {row} с ошибкой"), row % 2 == 0)).collect();
        let outside = (1..=20).map(|n| format!("Чужая школа {n}")).collect();
        let gone = (2..40).map(|n| in_town(n, "Моршанск")).collect();
        let change = roster::Change { gone, ..roster::Change::default() };
        let table = trial_table(&Trial { change, told, outside, ..Trial::default() });
        assert_eq!(table.rows.len(), 40 + 20 + 38);
        let text = |text: &str| Cell::Text(text.to_owned());
        let first = [Cell::Number(1), text("не взята"), Cell::Empty, Cell::Empty, text("строка 1 с ошибкой")];
        assert_eq!(table.rows[0], first);
        assert_eq!(table.rows[59][2], text("Чужая школа 20"));
        assert_eq!(table.rows[97][4], text("нет в файле"));
    }

    #[test]
    fn a_sheet_of_names_and_links_alone_takes_no_institution_from_its_municipality() {
        let scope = Scope { municipality: Some("Моршанск".to_owned()), ..Scope::default() };
        let rights = Rights::new(UserId(7), [Grant { scope, ..grant(7, 5) }]);
        let named = |name: &str, town| Institution {
            key: RosterKey::Name(name.to_owned()),
            screen_name: Some(name.to_owned()),
            ..in_town(4, town)
        };
        let kept = vec![named("ds4", "Моршанск"), named("school9", "Кирсанов")];
        let page = kept.iter().filter_map(Institution::address).collect::<Vec<_>>();
        let text = format!("Наименование;Ссылка\nДетсад № 4;{}\nЧужая школа;{}\n", page[0], page[1]);
        let trial = judged(sheets::read(text.as_bytes()).unwrap(), kept.clone(), &rights, 1);
        let renamed = Institution { name: "Детсад № 4".to_owned(), ..kept[0].clone() };
        assert_eq!((trial.change.changed, trial.change.new), (vec![renamed], Vec::new()));
        assert_eq!(trial.outside, ["Чужая школа"]);
        assert_eq!(trial.lacks.len(), 6);
    }

    #[test]
    fn a_curator_changes_no_row_of_another_municipality() {
        let scope = Scope { municipality: Some("Моршанск".to_owned()), ..Scope::default() };
        let rights = Rights::new(UserId(7), [Grant { scope, ..grant(7, 5) }]);
        let kept = vec![in_town(2, "Моршанск"), in_town(3, "Моршанск"), in_town(6, "Кирсанов")];
        let sheet = sheets::Roster {
            rows: vec![
                in_town(2, "г. Моршанск"),
                in_town(5, "МОРШАНСК"),
                // Another municipality's, and one that would be taken from it.
                in_town(8, "Кирсанов"),
                in_town(6, "Моршанск"),
                Institution { municipality: None, ..institution(10, None) },
            ],
            ..sheets::Roster::default()
        };
        let trial = judged(sheet, kept, &rights, 1);
        let keys = |some: &[Institution]| some.iter().map(|one| one.key.clone()).collect::<Vec<RosterKey>>();
        assert_eq!(keys(&trial.change.new), [RosterKey::Ogrn(5)]);
        assert!(trial.change.changed.is_empty(), "«г. Моршанск» is another name");
        assert_eq!(trial.outside.len(), 4);
        assert_eq!(keys(&trial.change.gone), [in_town(2, "").key, in_town(3, "").key]);
    }
}
