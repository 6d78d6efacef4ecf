//! A full disk under a bot that people talk to and that sends an announcement.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use rustix::{
    fs::FallocateFlags,
    process::{Pid, Resource, Rlimit, prlimit},
};
use vk_sandbox::Sandbox;

use crate::{
    GROUP, TOKEN,
    crash::campaign::Announcement,
    real::{self, RUNS, Real, Signal},
};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many people write before, while and after the disk is full.
const PEOPLE: i64 = 20;
/// Whoever has to know that the bot stands still.
const OWNER: i64 = 1_000;
/// Where the size of files is the limit, they may grow by so many bytes.
const GROWS: u64 = 1_000_000;
/// Who gets the announcement, and how long it goes on.
const RECIPIENTS: usize = 3_000;
const SENDING: Duration = Duration::from_secs(20);
/// The size of a disk of its own; the bot keeps 64 MiB of it free.
const DISK: u64 = 160 << 20;

/// What makes the disk full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// No file of the bot may grow beyond a size, which it meets in the middle of a write, as it would a quota.
    FileSize,
    /// A disk of its own, filled by somebody else; needs root.
    Disk,
}

/// Fills the disk under a running bot in the middle of an announcement, and makes room again. Everybody is answered once,
/// whenever they wrote, and everybody who can has the announcement once; `None` if this machine does not let it be done.
///
/// # Errors
/// Something was lost or doubled, or not told, or the bot did not go on by itself.
pub async fn run(full: Full) -> anyhow::Result<Option<String>> {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).start("127.0.0.1:0").await?;
    let folder = tempfile::tempdir()?;
    let Some(disk) = Disk::mount(full, folder.path())? else { return Ok(None) };
    let place = folder.path().join("place");
    std::fs::create_dir_all(&place)?;
    let text = real::config(&sandbox, &place)
        + "[http]\nlisten = \"127.0.0.1:0\"\n"
        + &format!("[staff]\nowners = [{OWNER}]\n");
    let config = real::write(folder.path(), &text)?;
    let announcement = Announcement::prepare(&place, &sandbox, RECIPIENTS, SENDING).await?;
    let mut bot = match full {
        Full::FileSize => Real::run_through(&["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"], &config)?,
        Full::Disk => Real::run(&config)?,
    };
    bot.says("long poll session", PATIENCE).await?;
    bot.says(RUNS, PATIENCE).await?;
    let address = real::address(&bot.says("health and metrics", PATIENCE).await?)?;
    let people = |group: i64| (group * PEOPLE + 1)..=(group * PEOPLE + PEOPLE);
    people(0).for_each(|person| {
        sandbox.write(person, "Начать");
    });
    sandbox.write(OWNER, "Начать");
    answered(&sandbox, people(0).chain([OWNER])).await.context("before")?;

    ensure!(!announcement.is_there(&sandbox), "the announcement was over too soon");
    disk.fill(&bot, Some(largest(&place) + GROWS))?;
    let began = Instant::now();
    let mut sizes = 0;
    while !bot.log().contains("новые события ждут") {
        ensure!(began.elapsed() < PATIENCE, "the bot does not notice:\n{}", bot.log());
        // Files grow until they meet the limit.
        people(0).for_each(|person| {
            sandbox.write(person, "Меню");
        });
        sizes += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    ensure!(!announcement.is_there(&sandbox), "the announcement was over before the disk was full");
    people(1).for_each(|person| {
        sandbox.write(person, "Начать");
    });
    let (status, body) = real::get(address, "/readyz")?;
    ensure!(status == 503 && body.contains("мало места"), "readyz: {status} {body}");
    let (_, metrics) = real::get(address, "/metrics")?;
    ensure!(metrics.contains("kurator_store_waits 1"), "{metrics}");
    told(&sandbox, "Бот не может записывать").await?;
    ensure!(
        people(1).all(|person| sandbox.conversation(person).len() == 1),
        "somebody was answered who cannot be remembered"
    );

    disk.fill(&bot, None)?;
    answered(&sandbox, people(1)).await.context("after")?;
    let began = Instant::now();
    while real::get(address, "/readyz")?.0 != 200 {
        ensure!(began.elapsed() < PATIENCE, "not ready again:\n{}", bot.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    told(&sandbox, "Запись снова идёт").await?;
    let each = sizes + 1;
    for person in people(0) {
        until(&sandbox, person, each).await.context("of those who kept writing")?;
    }
    let began = Instant::now();
    while !announcement.is_there(&sandbox) {
        ensure!(began.elapsed() < PATIENCE, "the announcement does not go on:\n{}", bot.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bot.signal(Signal::TERM)?;
    let ended = bot.end(PATIENCE).await?;
    ensure!(ended.code == Some(0), "{ended:?}");
    for person in people(0).chain(people(1)) {
        let all = sandbox.conversation(person);
        let (asked, answers) =
            (all.iter().filter(|m| m.from_person).count(), all.iter().filter(|m| !m.from_person).count());
        ensure!(asked == answers, "{person} wrote {asked} times and was answered {answers} times");
    }
    let tally = announcement.check(&place, &sandbox).await?;
    sandbox.shutdown().await;
    let messages = PEOPLE as usize * (each + 1);
    Ok(Some(format!(
        "{full:?}: {messages} messages, each answered once; the announcement {tally:?}, each once"
    )))
}

/// The size of the largest file in a folder.
fn largest(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let data = entry.metadata().ok()?;
        Some(if data.is_dir() { largest(&entry.path()) } else { data.len() })
    });
    sizes.max().unwrap_or(0)
}

async fn answered(sandbox: &Sandbox, people: impl Iterator<Item = i64>) -> anyhow::Result<()> {
    for person in people {
        until(sandbox, person, 1).await?;
    }
    Ok(())
}

async fn until(sandbox: &Sandbox, person: i64, answers: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    while sandbox.conversation(person).iter().filter(|m| !m.from_person).count() < answers {
        if began.elapsed() > PATIENCE {
            bail!("{person} was never answered: {:?}", sandbox.conversation(person));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// The owner is told so.
async fn told(sandbox: &Sandbox, what: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    while !sandbox.conversation(OWNER).iter().any(|m| m.text.starts_with(what)) {
        ensure!(began.elapsed() < PATIENCE, "{what}: {:?}", sandbox.conversation(OWNER));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// What can be filled.
enum Disk {
    FileSize,
    Mounted(PathBuf),
}

impl Disk {
    fn mount(full: Full, folder: &Path) -> anyhow::Result<Option<Self>> {
        if full == Full::FileSize {
            return Ok(Some(Self::FileSize));
        }
        let place = folder.join("place");
        std::fs::create_dir_all(&place)?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={DISK}"), "tmpfs"])
            .arg(&place)
            .output();
        Ok(mounted.is_ok_and(|done| done.status.success()).then_some(Self::Mounted(place)))
    }

    /// Fills it, or (`None`) makes room.
    fn fill(&self, bot: &Real, largest: Option<u64>) -> anyhow::Result<()> {
        match self {
            Self::FileSize => {
                let pid = Pid::from_raw(i32::try_from(bot.pid())?).context("no process")?;
                prlimit(Some(pid), Resource::Fsize, Rlimit { current: largest, maximum: None })?;
            }
            Self::Mounted(place) => {
                let ballast = place.join("ballast");
                match largest {
                    Some(_) => {
                        let file = File::create(&ballast)?;
                        // The bot writes meanwhile: what was free may not be any more.
                        loop {
                            let stat = rustix::fs::statvfs(place)?;
                            let rest = (stat.f_bavail * stat.f_frsize).saturating_sub(4 << 10).max(1);
                            match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, rest) {
                                Err(rustix::io::Errno::NOSPC) => {}
                                other => break other?,
                            }
                        }
                    }
                    None => std::fs::remove_file(&ballast)?,
                }
            }
        }
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Mounted(place) = self {
            // Lazily: a bot that was left behind by an error may still have it open.
            let _ = Command::new("umount").arg("-l").arg(place).status();
        }
    }
}
