//! `kurator roster …`, with and without a bot.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{fs, path::Path, time::Duration};

use tests::{
    GROUP, TOKEN,
    real::{self, Ended, RUNS, Real, Signal},
};
use vk_sandbox::Sandbox;

/// How long a command may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Three institutions and one mistake.
const ROSTER: &str = "\u{feff}Наименование;ОГРН;Муниципалитет;Ссылка;Ответственный;VK id\r\n\
    Школа № 5;1027700132195;Моршанск;https://vk.com/school5;Анна;1\r\n\
    Лицей;1027700132196;Моршанск;https://vk.com/lyceum;;\r\n\
    =Музей;;Кирсанов;vk.com/public77;Ольга;2\r\n\
    Детский сад;1027700070518;;;;\r\n";

async fn roster(args: &[&str], config: &Path) -> Ended {
    let args = [&["roster"], args, &["--config", config.to_str().unwrap()]].concat();
    Real::start(&args, &[]).unwrap().end(PATIENCE).await.unwrap()
}

#[track_caller]
fn says(ended: &Ended, code: i32, lines: &[&str]) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    for line in lines {
        assert!(ended.out.contains(line) || ended.err.contains(line), "{line}: {ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_is_tried_imported_and_covered_with_and_without_the_bot() {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).start("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
    let file = folder.path().join("roster.csv");
    fs::write(&file, ROSTER).unwrap();
    let (file, csv) = (file.to_str().unwrap(), folder.path().join("coverage.csv"));
    let import = ["import", file];

    says(&roster(&["coverage"], &config).await, 1, &["реестр пуст"]);
    let bad = "строка 3: ОГРН «1027700132196» с опиской";
    let tried = roster(&["import", file, "--dry-run"], &config).await;
    says(
        &tried,
        0,
        &[bad, "Новых: 3, изменилось: 0, без изменений: 0, строк с ошибками: 1.", "это была проба"],
    );
    says(&roster(&["coverage"], &config).await, 1, &["реестр пуст"]);
    says(&roster(&import, &config).await, 0, &[bad, "Новых: 3", "Записано."]);

    // Beside a bot that runs; Анна has written to it.
    let mut bot = Real::run(&config).unwrap();
    bot.says(RUNS, PATIENCE).await.unwrap();
    sandbox.write(1, "Начать");
    while sandbox.conversation(1).len() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    says(
        &roster(&import, &config).await,
        0,
        &["Новых: 0, изменилось: 0, без изменений: 3, строк с ошибками: 1."],
    );
    let covered = roster(&["coverage", "--csv", csv.to_str().unwrap()], &config).await;
    says(
        &covered,
        0,
        &[
            "3\t1\t0\t2\t2\tвесь реестр",
            "1\t1\t0\t0\t1\tМоршанск",
            "1\t0\t0\t1\t1\tКирсанов",
            "1\t0\t0\t1\t0\tне указан",
        ],
    );
    let table = fs::read_to_string(&csv).unwrap();
    assert!(table.contains("Кирсанов;'=Музей;;;;https://vk.com/club77;Ольга;2;не писал;нет"), "{table}");

    let links = roster(&["links", "--csv", csv.to_str().unwrap()], &config).await;
    says(&links, 0, &["https://vk.me/club240000001?ref=i-n-school5\t0\tШкола № 5", "приглашений 3"]);
    let invitations = fs::read_to_string(&csv).unwrap();
    assert!(invitations.contains("кто ведёт страницу: Школа № 5."), "{invitations}");
    assert!(
        invitations.contains("ссылку сотруднику: https://vk.me/club240000001?ref=i-n-school5\n"),
        "{invitations}"
    );

    // A row with a mistake looks as if it had gone, so nothing is removed beside one.
    fs::write(
        file,
        ROSTER
            .replace("=Музей;;Кирсанов", "Дворец;;Кирсанов")
            .replace("Детский сад;1027700070518;;;;\r\n", ""),
    )
    .unwrap();
    let remove = ["import", file, "--remove"];
    says(&roster(&remove, &config).await, 1, &["Нет в файле: 1.", "Детский сад", "ничего не записано"]);
    says(&roster(&import, &config).await, 0, &["изменилось: 1", "убрать: та же команда с --remove"]);
    fs::write(file, fs::read_to_string(file).unwrap().replace("1027700132196", "")).unwrap();
    says(&roster(&remove, &config).await, 0, &["Новых: 1, изменилось: 0", "Нет в файле: 1.", "Записано."]);

    bot.signal(Signal::TERM).unwrap();
    assert_eq!(bot.end(PATIENCE).await.unwrap().code, Some(0));
    let again = roster(&remove, &config).await;
    says(&again, 0, &["Новых: 0, изменилось: 0, без изменений: 3, строк с ошибками: 0."]);
    assert!(!again.out.contains("Нет в файле"), "{again:?}");

    // What the server's command did stands in the log beside what staff did; what changed nothing does not.
    let log = folder.path().join("log.csv");
    let args = ["log", "--config", config.to_str().unwrap(), "--csv", log.to_str().unwrap()];
    says(&Real::start(&args, &[]).unwrap().end(PATIENCE).await.unwrap(), 0, &[]);
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("roster-import;roster.csv: +3 ~0 -0, suspicious rows 4;0;3"), "{log}");
    assert_eq!(log.matches("roster-import").count(), 3, "{log}");
    sandbox.shutdown().await;
}

/// How a roster with institutions of these numbers is written.
fn of(numbers: impl Iterator<Item = usize>) -> String {
    numbers.fold("Наименование;Ссылка\r\n".to_owned(), |text, n| {
        format!("{text}Школа № {n};https://vk.com/school_{n}\r\n")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_import_removes_is_named_before_and_stands_in_the_log_with_and_without_the_bot() {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).start("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
    let file = folder.path().join("roster.csv");
    let file = file.to_str().unwrap();
    let remove = ["import", file, "--remove"];
    fs::write(file, of(0..1_000)).unwrap();
    says(&roster(&["import", file], &config).await, 0, &["Новых: 1000", "Записано."]);

    // Without the bot, more than one question to the store takes.
    fs::write(file, of(0..550)).unwrap();
    let tried = roster(&["import", file, "--remove", "--dry-run"], &config).await;
    says(&tried, 0, &["Нет в файле: 450.", "это была проба"]);
    for n in 550..1_000 {
        assert!(tried.out.contains(&format!("  Школа № {n} https://vk.com/school_{n}\n")), "{n}: {tried:?}");
    }
    let done = roster(&remove, &config).await;
    says(&done, 0, &["Нет в файле: 450.", "  и ещё 430; все назовёт --dry-run", "Записано."]);
    assert_eq!(done.out.matches("  Школа № ").count(), 20, "{done:?}");

    // Beside a bot that runs.
    let mut bot = Real::run(&config).unwrap();
    bot.says(RUNS, PATIENCE).await.unwrap();
    fs::write(file, of(0..549)).unwrap();
    says(&roster(&remove, &config).await, 0, &["Нет в файле: 1.", "Школа № 549", "Записано."]);
    bot.signal(Signal::TERM).unwrap();
    assert_eq!(bot.end(PATIENCE).await.unwrap().code, Some(0));

    let log = folder.path().join("log.csv");
    let args = ["log", "--config", config.to_str().unwrap(), "--csv", log.to_str().unwrap()];
    says(&Real::start(&args, &[]).unwrap().end(PATIENCE).await.unwrap(), 0, &[]);
    let log = fs::read_to_string(&log).unwrap();
    let removed: Vec<&str> =
        log.lines().filter(|line| line.contains(";roster-removed;roster.csv;")).collect();
    assert_eq!(removed.len(), 10, "fifty a line, and one by itself: {log}");
    for n in 549..1_000 {
        let name = format!("Школа № {n} (https://vk.com/school_{n})");
        assert_eq!(removed.iter().filter(|line| line.contains(&name)).count(), 1, "{name}: {log}");
    }
    assert!(log.contains("roster.csv: +0 ~0 -450") && log.contains("roster.csv: +0 ~0 -1"), "{log}");
    let left = roster(&["links"], &config).await;
    assert_eq!(left.out.lines().count(), 549, "{left:?}");
    sandbox.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_roster_changes_nothing_and_says_what_to_do() {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).start("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
    let file = folder.path().join("names.csv");
    fs::write(&file, "Фамилия;Имя\nИванова;Мария\n").unwrap();
    let ended = roster(&["import", file.to_str().unwrap()], &config).await;
    says(&ended, 1, &["names.csv: не нашлось строки с названиями столбцов"]);
    says(&roster(&["import", "/no/such/file"], &config).await, 1, &["/no/such/file: "]);
    sandbox.shutdown().await;
}
