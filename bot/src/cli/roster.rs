//! `kurator roster …`: through the bot that has the store open, or on its files where none has.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use vkapi::types::UserId;

use super::{
    Failed, load, open_content,
    way::{Way, other_version},
};
use crate::{
    control::{Ask, Told},
    domain::{
        Clock, SystemClock,
        roster::{self, Change, Comer, Counts, Covered, Field, Institution},
    },
    rosters,
    sheets::{self, Roster},
    store::AuditEntry,
};

/// Institutions that are written or removed by one question to the bot.
const AT_ONCE: usize = 400;
/// Names of institutions that are printed of those that would disappear, unless it is a trial: that shows them all.
const SHOWN: usize = 20;

#[derive(Subcommand)]
pub(super) enum RosterCommand {
    /// Загрузить реестр учреждений из XLSX или CSV. Столбцы узнаются по названиям, в любом порядке.
    Import {
        /// Файл с реестром.
        file: PathBuf,
        /// Только сказать, что изменится и какие строки с ошибками; ничего не записывать.
        #[arg(long)]
        dry_run: bool,
        /// Убрать из реестра то, чего нет в файле. Без этого оно остаётся.
        #[arg(long)]
        remove: bool,
    },
    /// Показать, кто из реестра ещё не писал боту, кто запретил сообщения и какие страницы никто не ведёт.
    Coverage {
        /// Записать каждое учреждение с тем, что о нём известно, в CSV.
        #[arg(long)]
        csv: Option<PathBuf>,
        /// Записать то же в XLSX.
        #[arg(long)]
        xlsx: Option<PathBuf>,
    },
    /// Напечатать ссылки-приглашения для муниципалитетов и учреждений: ссылка, скольких она привела в бот, чья она.
    Links {
        /// Короткое имя сообщества вместо номера.
        #[arg(long)]
        community: Option<String>,
        /// Записать приглашения руководителям учреждений, каждое со своей ссылкой, в CSV.
        #[arg(long)]
        csv: Option<PathBuf>,
    },
}

pub(super) fn roster(command: &RosterCommand, config: &Path) -> Result<(), Failed> {
    match command {
        RosterCommand::Import { file, dry_run, remove } => import(config, file, *dry_run, *remove),
        RosterCommand::Coverage { csv, xlsx } => coverage(config, csv.as_deref(), xlsx.as_deref()),
        RosterCommand::Links { community, csv } => links(config, community.as_deref(), csv.as_deref()),
    }
}

impl Way {
    fn roster(&self) -> Result<Vec<Institution>, Failed> {
        let mut all: Vec<Institution> = Vec::new();
        loop {
            let after = all.last().map(|institution| institution.key.clone());
            match self.ask(Ask::Roster { after })? {
                Told::Roster(some) if some.is_empty() => return Ok(all),
                Told::Roster(some) => all.extend(some),
                _ => return Err(other_version()),
            }
        }
    }

    fn comers(&self) -> Result<Vec<Comer>, Failed> {
        let mut all: Vec<Comer> = Vec::new();
        loop {
            let after = all.last().map(|comer| comer.id);
            match self.ask(Ask::Comers { after })? {
                Told::Comers(some) if some.is_empty() => return Ok(all),
                Told::Comers(some) => all.extend(some),
                _ => return Err(other_version()),
            }
        }
    }

    /// Writes the change, some of it at a time; the log is told of it with the first, and with each removal of what went.
    fn write(
        &self,
        name: &str,
        put: &[Institution],
        drop: &[Institution],
        note: &AuditEntry,
    ) -> Result<(), Failed> {
        let removed = |names| AuditEntry {
            what: "roster-removed".to_owned(),
            detail: name.to_owned(),
            before: Some(names),
            after: None,
            ..note.clone()
        };
        let mut first = Some(note.clone());
        for some in put.chunks(AT_ONCE) {
            let notes = first.take().into_iter().collect();
            self.ask(Ask::ChangeRoster { put: some.to_vec(), drop: Vec::new(), notes })?;
        }
        for some in drop.chunks(AT_ONCE) {
            let drop = some.iter().map(|institution| institution.key.clone()).collect();
            let notes =
                first.take().into_iter().chain(roster::removed(some).into_iter().map(removed)).collect();
            self.ask(Ask::ChangeRoster { put: Vec::new(), drop, notes })?;
        }
        Ok(())
    }
}

fn import(config: &Path, file: &Path, dry_run: bool, remove: bool) -> Result<(), Failed> {
    let config = load(config)?;
    let named = |why: &dyn std::fmt::Display| Failed::other(format!("{}: {why}", file.display()));
    // Not read whole before it is known how large it is.
    let size = std::fs::metadata(file).map_err(|e| named(&e))?.len();
    if size > sheets::FILE as u64 {
        return Err(named(&sheets::Unread::Big));
    }
    let read = sheets::read(&std::fs::read(file).map_err(|e| named(&e))?).map_err(|e| named(&e))?;
    let way = Way::to(&config)?;
    let bad = read.bad();
    tell(&read);
    let kept = way.roster()?;
    let mut rows = read.rows;
    read.untold.fill(&mut rows, &kept);
    if !read.untold.columns.is_empty() {
        let lacks: Vec<String> =
            read.untold.columns.iter().map(|field| format!("«{}»", column(*field))).collect();
        println!("Нет столбцов: {}. Эти сведения остаются, какими были.", lacks.join(", "));
    }
    let Change { new, changed, gone, same } = roster::compare(kept, rows);
    println!(
        "Новых: {}, изменилось: {}, без изменений: {same}, строк с ошибками: {bad}.",
        new.len(),
        changed.len()
    );
    if !gone.is_empty() {
        println!("Нет в файле: {}.", gone.len());
        let shown = if dry_run { gone.len() } else { SHOWN };
        for institution in gone.iter().take(shown) {
            println!("  {} {}", institution.name, institution.address().unwrap_or_default());
        }
        if gone.len() > shown {
            println!("  и ещё {}; все назовёт --dry-run", gone.len() - shown);
        }
    }
    if remove && bad > 0 && !gone.is_empty() {
        return Err(Failed::other(
            "--remove: в файле есть строки с ошибками, а такая строка выглядит исчезнувшей. Исправьте их и повторите; \
             ничего не записано",
        ));
    }
    if dry_run {
        println!("Ничего не записано: это была проба.");
        return Ok(());
    }
    let dropped: &[Institution] = if remove { &gone } else { &[] };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let before = same + changed.len() + gone.len();
    let after = before + new.len() - dropped.len();
    let mut detail = format!("{name}: +{} ~{} -{}", new.len(), changed.len(), dropped.len());
    if !read.suspicious.is_empty() {
        detail = format!("{detail}, suspicious {}", sheets::rows_told(&read.suspicious));
    }
    let note = AuditEntry {
        at: SystemClock.now(),
        // Whoever has the server has no number in VK.
        who: UserId(0),
        what: "roster-import".to_owned(),
        detail,
        before: Some(before.to_string()),
        after: Some(after.to_string()),
    };
    let put: Vec<Institution> = new.into_iter().chain(changed).collect();
    way.write(&name, &put, dropped, &note)?;
    if !gone.is_empty() && !remove {
        println!("Записано. Чего нет в файле, осталось в реестре; убрать: та же команда с --remove.");
    } else {
        println!("Записано.");
    }
    Ok(())
}

/// What a column is usually called.
fn column(field: Field) -> &'static str {
    match field {
        Field::Founder => "учредитель",
        Field::Ogrn => "ОГРН",
        Field::Sphere => "сфера",
        Field::Municipality => "муниципалитет",
        Field::Page => "ссылка",
        Field::Responsible => "ответственный",
        Field::Vk => "VK id",
    }
}

fn tell(read: &Roster) {
    for told in &read.told {
        let kept = if told.kept { " (строка взята)" } else { "" };
        println!("строка {}: {}{kept}", told.row, told.why);
    }
}

fn coverage(config: &Path, csv: Option<&Path>, xlsx: Option<&Path>) -> Result<(), Failed> {
    let config = load(config)?;
    let content = open_content(&config.content)?;
    let way = Way::to(&config)?;
    let (institutions, people) = (way.roster()?, way.comers()?);
    if institutions.is_empty() {
        return Err(Failed::other("реестр пуст: загрузите его командой kurator roster import"));
    }
    let covered = roster::coverage(&institutions, &people);
    print(&covered);
    let table = rosters::coverage_table(content.texts(), &covered);
    if let Some(file) = csv {
        let named = |e: &dyn std::fmt::Display| Failed::other(format!("{}: {e}", file.display()));
        let to = std::fs::File::create(file).map_err(|e| named(&e))?;
        table.csv(to).map_err(|e| named(&e))?;
        println!("{}: учреждений {}", file.display(), covered.len());
    }
    if let Some(file) = xlsx {
        let named = |e: &dyn std::fmt::Display| Failed::other(format!("{}: {e}", file.display()));
        let bytes = table.xlsx().map_err(|e| named(&e))?;
        std::fs::write(file, bytes).map_err(|e| named(&e))?;
        println!("{}: учреждений {}", file.display(), covered.len());
    }
    Ok(())
}

fn print(covered: &[Covered<'_>]) {
    let (all, each) = roster::tally(covered);
    println!("всего\tможно писать\tзапретили\tне писали\tстраница без человека\tмуниципалитет");
    let line = |name: &str, counts: &Counts| {
        let Counts { all, writable, stopped, never, nobody } = counts;
        println!("{all}\t{writable}\t{stopped}\t{never}\t{nobody}\t{name}");
    };
    for (name, counts) in &each {
        line(if name.is_empty() { "не указан" } else { name }, counts);
    }
    line("весь реестр", &all);
}

fn links(config: &Path, community: Option<&str>, csv: Option<&Path>) -> Result<(), Failed> {
    let config = load(config)?;
    let content = open_content(&config.content)?;
    let way = Way::to(&config)?;
    let (mut institutions, people) = (way.roster()?, way.comers()?);
    institutions.sort_by(|a, b| (&a.municipality, &a.name).cmp(&(&b.municipality, &b.name)));
    let community = community.map_or_else(|| format!("club{}", config.vk.group_id), str::to_owned);
    let link = |name: &str| format!("https://vk.me/{community}?ref={name}");
    let counts = roster::comers(&people);
    let count = |name: &str| counts.get(name).copied().unwrap_or_default();
    let mut before = None;
    for institution in &institutions {
        if let Some(place) = &institution.municipality
            && before != Some(place)
        {
            let name = roster::invite_place(place);
            println!("{}\t{}\t{place}", link(&name), count(&name));
            before = Some(place);
        }
        let name = roster::invite(&institution.key);
        println!("{}\t{}\t{}", link(&name), count(&name), institution.name);
    }
    let Some(file) = csv else { return Ok(()) };
    let named = |e: &dyn std::fmt::Display| Failed::other(format!("{}: {e}", file.display()));
    let to = std::fs::File::create(file).map_err(|e| named(&e))?;
    rosters::invites_table(content.texts(), &institutions, &people, link).csv(to).map_err(|e| named(&e))?;
    println!("{}: приглашений {}", file.display(), institutions.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chat::tests::CONTENT, domain::roster::Reach, store::conformance::samples::institution};

    #[test]
    fn what_is_exported_is_no_formula_and_opens_in_a_spreadsheet() {
        let harmful = Institution { name: "=cmd|' /C calc'!A0".to_owned(), ..institution(2, Some(7)) };
        let covered = [Covered { institution: &harmful, reach: Reach::Never, nobody: true }];
        let mut printed = Vec::new();
        rosters::coverage_table(CONTENT.texts(), &covered).csv(&mut printed).unwrap();
        let printed = String::from_utf8(printed).unwrap();
        let line = printed.lines().nth(1).unwrap();
        assert!(printed.starts_with("\u{feff}муниципалитет;учреждение;"));
        assert!(line.starts_with("Моршанск;'=cmd|' /C calc'!A0;РОО;1027700132195;"), "{line}");
        assert!(line.ends_with(";https://vk.com/ds;Анна;7;не писал;нет"), "{line}");
        // It can be read again as a roster, with the apostrophe as part of the name.
        let again = sheets::read(printed.as_bytes()).unwrap();
        assert_eq!((again.rows.len(), again.bad()), (1, 0));
    }
}
