//! The roster as staff works with it: a sheet that was sent, held against what is kept and what is hers to change; how
//! far her institutions' people are; invitations.

use std::sync::Arc;

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
    },
    outbox::document,
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
            link: person.link.map(|link| link.name),
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
    let (kept, others): (Vec<_>, Vec<_>) = kept.into_iter().partition(|one| hers(one));
    let others: std::collections::HashSet<_> = others.into_iter().map(|one| one.key).collect();
    let (rows, outside): (Vec<_>, Vec<_>) =
        read.rows.into_iter().partition(|one| hers(one) && !others.contains(&one.key));
    let outside = outside.into_iter().map(|one| one.name).collect();
    Trial { change: compare(kept, rows), told, bad, outside, sum }
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
    let silent = covered.iter().filter(|one| one.reach == Reach::Never).map(|one| {
        let name = one.institution.name.clone();
        Invited { name, link: address(core.group, &invite(&one.institution.key)) }
    });
    Ok(Arc::new(Lists { all, each, towns, silent: silent.collect() }))
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

/// One row an institution: its link, how many came by it, and a ready invitation to its head.
pub(crate) fn invites_table(
    texts: &Texts,
    institutions: &[Institution],
    people: &[Comer],
    link: impl Fn(&str) -> String,
) -> Table {
    let came = roster::comers(people);
    let mut table =
        Table::new("Приглашения", ["муниципалитет", "учреждение", "ссылка", "пришли", "приглашение"]);
    for institution in institutions {
        let name = invite(&institution.key);
        let args = [("name", institution.name.as_str().into()), ("link", link(&name).into())];
        let count = came.get(&name).copied().unwrap_or_default();
        table.push([
            Cell::maybe(institution.municipality.as_deref()),
            institution.name.as_str().into(),
            link(&name).as_str().into(),
            Cell::Number(i64::try_from(count).unwrap_or(i64::MAX)),
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
            told: Vec::new(),
        };
        let trial = judged(sheet, kept, &rights, 1);
        let keys = |some: &[Institution]| some.iter().map(|one| one.key.clone()).collect::<Vec<RosterKey>>();
        assert_eq!(keys(&trial.change.new), [RosterKey::Ogrn(5)]);
        assert!(trial.change.changed.is_empty(), "«г. Моршанск» is another name");
        assert_eq!(trial.outside.len(), 4);
        assert_eq!(keys(&trial.change.gone), [in_town(2, "").key, in_town(3, "").key]);
    }
}
