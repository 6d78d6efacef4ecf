//! Cuts the power under a store that is written to: `cargo run --release -p tests --bin power_cut -- --cuts 100`
//!
//! The store lies on an ext4 image of its own. At a random moment the file system is shut off at once, which drops all
//! that it has not written to the image yet, then it is mounted again, as after a power cut, and the store is opened the
//! way the bot opens it. Everything that was acknowledged before the cut has to be there. The next round goes on with the
//! same store, so that it grows old. Needs root, loop devices, mkfs.ext4 and Python 3; says "skipped" elsewhere.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use fastrand::Rng;
use kurator::{
    domain::{Ms, Person},
    store::{Commit, Expect, Op, OutLane, OutMessage, SledOptions, SledStore, Store},
};
use vkapi::types::{GroupId, PeerId, UserId};

/// The size of the image in bytes.
const IMAGE: u64 = 2 << 30;
/// How many write at once.
const WRITERS: i64 = 16;
/// People that each writer writes in turn.
const EACH: i64 = 50;
/// How long the store is written to before the first cut.
const AGED: Duration = Duration::from_secs(20);
/// `EXT4_IOC_SHUTDOWN` without writing the journal back: what is not in the image is gone.
const SHUT: &str =
    "import fcntl,os,struct,sys\nfcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587d,struct.pack('I',2))";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        [] => work(100),
        ["--cuts", n] => n.parse().map_err(anyhow::Error::from).and_then(work),
        ["--load", dir] => load(Path::new(dir)),
        _ => Err(anyhow::anyhow!("there is only --cuts, with a number")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

fn work(cuts: u32) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let disk = Disk { image: folder.path().join("image"), place: folder.path().join("place") };
    if let Err(error) = disk.make() {
        println!("skipped: {error:#}");
        return Ok(());
    }
    let began = Instant::now();
    let mut rng = Rng::with_seed(7);
    let mut acknowledged = 0;
    let (mut replayed, mut repaired, mut bad) = (0, 0, 0);
    for cut in 0..=cuts {
        let mut load = Load::start(&disk.place)?;
        let life = if cut == 0 { AGED } else { Duration::from_millis(rng.u64(30..1_500)) };
        std::thread::sleep(life);
        // What was acknowledged before the cut, and not what is in the moment of it.
        let least = load.acknowledged();
        disk.cut()?;
        load.kill()?;
        disk.unmount()?;
        disk.mount()?;
        acknowledged = acknowledged.max(least.iter().sum::<i64>());
        match check(&disk.place, &least) {
            Ok(opened) => {
                replayed += u32::from(opened.replayed > 0);
                repaired += u32::from(opened.repaired());
                if opened.repaired() {
                    println!("cut {cut}: {opened}");
                }
            }
            Err(error) => {
                bad += 1;
                println!("cut {cut}: {error:#}");
            }
        }
    }
    disk.unmount()?;
    println!(
        "{} cuts, {acknowledged} commits acknowledged: {bad} unusable or with something lost (aim 0); put back from the \
         journal {replayed} times, healed {repaired} times; {:.0?}",
        cuts + 1,
        began.elapsed()
    );
    ensure!(bad == 0, "something acknowledged was lost");
    Ok(())
}

/// A disk that can be cut off.
struct Disk {
    image: PathBuf,
    place: PathBuf,
}

impl Disk {
    fn make(&self) -> anyhow::Result<()> {
        fs::create_dir_all(&self.place)?;
        File::create(&self.image)?.set_len(IMAGE)?;
        tell(Command::new("python3").arg("--version")).context("there is no Python 3")?;
        tell(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&self.image))
            .context("there is no mkfs.ext4")?;
        self.mount().context("loop devices cannot be mounted here")
    }

    fn mount(&self) -> anyhow::Result<()> {
        tell(Command::new("mount").args(["-o", "loop"]).arg(&self.image).arg(&self.place))
    }

    /// Cuts the power off.
    fn cut(&self) -> anyhow::Result<()> {
        tell(Command::new("python3").args(["-c", SHUT]).arg(&self.place))
    }

    fn unmount(&self) -> anyhow::Result<()> {
        tell(Command::new("umount").arg(&self.place))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", "-q"]).arg(&self.place).stderr(Stdio::null()).status();
    }
}

fn tell(command: &mut Command) -> anyhow::Result<()> {
    let done = command.output()?;
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr).trim());
    Ok(())
}

/// A process that writes, and what it says was acknowledged.
struct Load {
    child: Child,
    said: std::sync::mpsc::Receiver<(usize, i64)>,
    known: Vec<i64>,
}

impl Load {
    fn start(place: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--load")
            .arg(place)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = BufReader::new(child.stdout.take().context("no output")?);
        let (say, said) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let numbers =
                    line.split_once(' ').and_then(|(w, n)| Some((w.parse().ok()?, n.parse().ok()?)));
                // A line broken off by the kill acknowledges nothing.
                if numbers.is_none_or(|numbers| say.send(numbers).is_err()) {
                    return;
                }
            }
        });
        Ok(Self { child, said, known: vec![0; WRITERS as usize] })
    }

    /// How many commits of each writer are acknowledged.
    fn acknowledged(&mut self) -> Vec<i64> {
        for (writer, n) in self.said.try_iter() {
            if let Some(known) = self.known.get_mut(writer) {
                *known = n;
            }
        }
        self.known.clone()
    }

    fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        // It holds no file any more, so the disk can be taken off.
        Ok(())
    }
}

fn options(place: &Path) -> SledOptions {
    SledOptions { path: place.join("store"), allow_unsafe: false, cache_bytes: 32 << 20 }
}

/// Writes until it is killed. Commit `n` of a writer sets her `n` in the cursor, a person and a message.
fn load(place: &Path) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let store = Arc::new(SledStore::open(&options(place))?);
        let (say, said) = std::sync::mpsc::channel::<(i64, i64)>();
        std::thread::spawn(move || {
            let mut out = std::io::stdout().lock();
            for (writer, n) in said {
                if writeln!(out, "{writer} {n}").and_then(|()| out.flush()).is_err() {
                    return;
                }
            }
        });
        let mut writing = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            let (store, say) = (Arc::clone(&store), say.clone());
            writing.spawn(async move {
                let mut n = done(&store, writer).await?;
                let mut last = None;
                say.send((writer, n))?;
                loop {
                    n += 1;
                    let commit = made(&store, writer, n, last).await?;
                    last = store.commit(commit).await?.queued.first().copied();
                    say.send((writer, n))?;
                }
            });
        }
        let exports = Arc::clone(&store);
        writing.spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(400)).await;
                exports.backup().await?;
            }
        });
        while let Some(ended) = writing.join_next().await {
            let ended: anyhow::Result<()> = ended?;
            ended?;
        }
        Ok(())
    })
}

/// The last commit of a writer.
async fn done(store: &SledStore, writer: i64) -> anyhow::Result<i64> {
    Ok(store.cursor(GroupId(writer)).await?.map_or(Ok(0), |n| n.parse())?)
}

async fn made(
    store: &SledStore,
    writer: i64,
    n: i64,
    last: Option<kurator::store::OutId>,
) -> anyhow::Result<Commit> {
    let id = UserId(writer * EACH + n % EACH + 1);
    let rev = store.person(id).await?.map_or(0, |person| person.rev);
    let person = Person {
        rev,
        since: Ms(n),
        municipality: Some("Ольховский район".to_owned()),
        ..Person::new(id, Ms(n))
    };
    let message = OutMessage {
        to: PeerId::from(id),
        lane: OutLane::Reply,
        random_id: 7,
        text: n.to_string().repeat(30),
        keyboard: None,
        edit: None,
        file: None,
        at: Ms(n),
        attempts: 0,
        not_before: Ms(n),
    };
    let event = format!("{writer}-{n}");
    let mut ops = vec![
        Op::SawEvent(event.clone(), Ms(n)),
        Op::PutPerson(Box::new(person)),
        Op::Enqueue(message),
        Op::SetCursor(GroupId(writer), n.to_string()),
    ];
    ops.extend(last.map(Op::FinishOut));
    Ok(Commit { expect: vec![Expect::EventNew(event), Expect::PersonRev(id, rev)], ops })
}

/// Opens the store as a bot does and looks whether all that was acknowledged is there, and whole.
fn check(place: &Path, least: &[i64]) -> anyhow::Result<kurator::store::Opened> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = SledStore::open(&options(place))?;
        store.read_all().await?;
        let mut messages = std::collections::BTreeMap::<i64, i64>::new();
        for (_, message) in store.outbox(None, usize::MAX).await? {
            let newest = messages.entry((message.to.0 - 1) / EACH).or_default();
            *newest = message.at.0.max(*newest);
        }
        for (writer, least) in (0..).zip(least) {
            let n = done(&store, writer).await?;
            ensure!(n >= *least, "writer {writer}: {n} of {least} acknowledged");
            ensure!(
                n == 0 || messages.get(&writer) == Some(&n),
                "writer {writer}: message and cursor differ at {n}"
            );
            for back in 0..n.min(EACH) {
                let n = n - back;
                let id = UserId(writer * EACH + n % EACH + 1);
                let Some(person) = store.person(id).await? else {
                    bail!("writer {writer}: {id} of {n} is missing")
                };
                ensure!(
                    person.since == Ms(n),
                    "writer {writer}: {id} is of {:?} and not of {n}",
                    person.since
                );
            }
        }
        let opened = store.opened().clone();
        tokio::task::spawn_blocking(move || drop(store)).await?;
        Ok(opened)
    })
}
