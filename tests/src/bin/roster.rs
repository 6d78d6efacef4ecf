//! Imports a roster of the whole country: `cargo run --release -p tests --bin roster [-- ROWS]`
//!
//! Writes a CSV of institutions, every hundredth with a mistake of its own kind, imports it with the real binary, then
//! once more, and prints how long that took and how much memory, each beside its limit.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use tests::{GROUP, TOKEN, content_dir, real};

/// Institutions with a page in the whole country.
const ROWS: u64 = 203_000;
/// How long the import may take.
const TIME: Duration = Duration::from_secs(60);
/// How much memory it may take, in bytes.
const MEMORY: i64 = 500_000_000;

fn main() -> ExitCode {
    let rows = match std::env::args().nth(1).map(|n| n.parse()) {
        None => ROWS,
        Some(Ok(rows)) => rows,
        Some(Err(_)) => {
            eprintln!("how many rows is a number");
            return ExitCode::FAILURE;
        }
    };
    match work(rows) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

fn work(rows: u64) -> anyhow::Result<()> {
    real::build()?;
    let folder = tempfile::tempdir()?;
    let (config, file) = (folder.path().join("config.toml"), folder.path().join("roster.csv"));
    let (store, content) = (folder.path().join("store"), content_dir());
    let settings = format!(
        "[vk]\ntoken = \"{TOKEN}\"\ngroup_id = {GROUP}\n[store]\npath = '{}'\nallow_unsafe = true\n[content]\npath = '{}'\n\
         [region]\nname = \"Россия\"\ntime_zone = \"Europe/Moscow\"\n[staff]\nowners = [1]\n",
        store.display(),
        content.display(),
    );
    fs::write(&config, settings)?;
    fs::write(&file, table(rows)?)?;
    let bad = rows / 100;
    let first = import(&config, &file)?;
    let told = first.said.lines().filter(|line| line.starts_with("строка ")).count() as u64;
    ensure!(told == bad, "{told} rows were told of {bad} bad ones");
    ensure!(first.said.contains(&format!("Новых: {}, изменилось: 0", rows - bad)), "{}", end(&first.said));
    let again = import(&config, &file)?;
    ensure!(
        again.said.contains(&format!("Новых: 0, изменилось: 0, без изменений: {},", rows - bad)),
        "{}",
        end(&again.said)
    );
    println!("{rows} rows, {bad} of them bad and told");
    println!("import        {:.2?}  (limit {TIME:.0?})", first.took);
    println!("once more     {:.2?}, nothing changed", again.took);
    let most = first.memory.max(again.memory);
    println!("memory, most  {} MB  (limit {} MB)", most / 1_000_000, MEMORY / 1_000_000);
    ensure!(first.took <= TIME && most <= MEMORY, "above a limit");
    Ok(())
}

/// The last lines of what was printed.
fn end(said: &str) -> String {
    let lines: Vec<&str> = said.lines().rev().take(5).collect();
    lines.join("\n")
}

struct Import {
    took: Duration,
    memory: i64,
    said: String,
}

fn import(config: &Path, file: &Path) -> anyhow::Result<Import> {
    let begun = Instant::now();
    let child = Command::new(real::binary()?)
        .args(["roster", "import", "--config"])
        .args([config, file])
        .stdout(std::process::Stdio::piped())
        .spawn()?;
    let status = format!("/proc/{}/status", child.id());
    // The kernel keeps the highest value; it is read until the process is gone.
    let watch = std::thread::spawn(move || {
        let mut most = 0;
        while let Ok(status) = fs::read_to_string(&status) {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let Some(kib) = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<i64>().ok()) else {
                break;
            };
            most = most.max(kib * 1_024);
            std::thread::sleep(Duration::from_millis(20));
        }
        most
    });
    let output = child.wait_with_output()?;
    let took = begun.elapsed();
    let said = String::from_utf8(output.stdout).context("what the import says is no text")?;
    ensure!(output.status.success(), "{}", end(&said));
    let memory = watch.join().map_err(|_| anyhow::anyhow!("the memory was not watched"))?;
    Ok(Import { took, memory, said })
}

/// The table, as a spreadsheet saves it.
fn table(rows: u64) -> anyhow::Result<String> {
    let mut text =
        "\u{feff}№;Учредитель;Наименование учреждения;ОГРН;Сфера;Муниципалитет;Ссылка на страницу;Ответственный;VK id\r\n"
            .to_owned();
    for n in 1..=rows {
        let number = 102_770_000_000 + n;
        let mut ogrn = format!("{number}{}", number % 11 % 10);
        let mut page = format!("https://vk.com/public{}", 1_000_000 + n);
        // Another mistake each time.
        match (n % 100 == 0).then_some(n / 100 % 3) {
            Some(0) => ogrn = format!("{number}{}", (number % 11 % 10 + 1) % 10),
            Some(1) => page = format!("https://ok.ru/group/{n}"),
            Some(_) => ogrn.truncate(11),
            None => {}
        }
        write!(
            text,
            "{n};\"Управление образования района № {}\";\"МБОУ \"\"Средняя школа № {n}\"\"\";{ogrn};Образование;\
             Муниципальный округ № {};{page};Иванова Мария Петровна;{}\r\n",
            n % 2_000,
            n % 2_000,
            2_000_000 + n
        )?;
    }
    Ok(text)
}
