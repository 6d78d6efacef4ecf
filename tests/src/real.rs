//! The real `kurator` binary, as an operator runs it.

use std::{
    fmt::Write as _,
    io::{Read, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, kill_process};
use vk_sandbox::Sandbox;

pub use rustix::process::Signal;

use crate::content_dir;

/// How often a process is looked at while it is waited for.
const LOOK: Duration = Duration::from_millis(5);
/// What the bot logs once it listens: what is written from then on it will see.
pub const RUNS: &str = "long poll session";

/// The binary that `cargo` has built beside the one that runs now.
///
/// # Errors
/// There is none.
pub fn binary() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let name = format!("kurator{}", std::env::consts::EXE_SUFFIX);
    let mut folders = own.ancestors().skip(1).take(2);
    let found = folders.find_map(|folder| Some(folder.join(&name)).filter(|file| file.is_file()));
    found.with_context(|| {
        format!("no {name} beside {}: build it with `cargo build -p kurator`", own.display())
    })
}

/// Builds the bot in the profile of the program that runs, if `cargo run` has started it: that builds only what the
/// program itself is made of.
///
/// # Errors
/// It cannot be built.
pub fn build() -> anyhow::Result<()> {
    let Some(cargo) = std::env::var_os("CARGO") else { return Ok(()) };
    let mut command = Command::new(cargo);
    command.args(["build", "-p", "kurator", "--bin", "kurator"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    ensure!(command.status()?.success(), "the bot cannot be built");
    Ok(())
}

/// The size in bytes of all files in a directory; 0 if it is not there.
pub fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let sizes = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let data = entry.metadata().ok()?;
        Some(if data.is_dir() { size(&entry.path()) } else { data.len() })
    });
    sizes.sum()
}

/// A config for the bot: this sandbox, everything kept in `folder`, a log that machines read.
pub fn config(sandbox: &Sandbox, folder: &Path) -> String {
    format!(
        "[vk]\napi_url = {:?}\ngroup_id = {}\ntoken = {:?}\n[store]\npath = '{}'\nallow_unsafe = true\n\
         [content]\npath = '{}'\n[attention]\nquiet_from = \"0:00\"\nquiet_to = \"0:00\"\n[region]\nname = \"Ольховская область\"\ntime_zone = \"Europe/Moscow\"\n\
         [log]\nformat = \"json\"\n",
        sandbox.api_url(),
        sandbox.group_id(),
        sandbox.token(),
        folder.join("store").display(),
        content_dir().display(),
    )
}

/// Writes a config into the folder.
///
/// # Errors
/// The file cannot be written.
pub fn write(folder: &Path, config: &str) -> anyhow::Result<PathBuf> {
    let file = folder.join("config.toml");
    std::fs::write(&file, config)?;
    Ok(file)
}

/// Where health and metrics are served, from the line of the log that says so.
///
/// # Errors
/// It says something else.
pub fn address(line: &str) -> anyhow::Result<SocketAddr> {
    let line: serde_json::Value = serde_json::from_str(line)?;
    Ok(line["fields"]["address"].as_str().context("no address")?.parse()?)
}

/// One HTTP request; the status and the body.
///
/// # Errors
/// It is not answered.
pub fn get(address: SocketAddr, path: &str) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("half an answer")?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    Ok((status, body.to_owned()))
}

/// A running `kurator`; dropping it kills it.
#[derive(Debug)]
pub struct Real {
    child: Child,
    out: Said,
    err: Said,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; `None` if a signal killed it.
    pub code: Option<i32>,
    /// Everything it wrote to its standard output.
    pub out: String,
    /// Everything it wrote to its standard error.
    pub err: String,
    /// How long that took since it was waited for.
    pub took: Duration,
}

impl Real {
    /// `kurator run --config FILE`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn run(config: &Path) -> anyhow::Result<Self> {
        let config = config.to_str().context("a path that is no text")?;
        Self::start(&["run", "--config", config], &[])
    }

    /// `kurator` with these arguments, and of all `KURATOR_…` variables only these.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = Command::new(binary()?);
        command.args(args).envs(env.iter().copied());
        Self::spawn(command)
    }

    /// `kurator run --config FILE` as the last arguments of another command, which has to become it.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn run_through(before: &[&str], config: &Path) -> anyhow::Result<Self> {
        let (program, args) = before.split_first().context("no command")?;
        let mut command = Command::new(program);
        command.args(args).arg(binary()?).args(["run", "--config"]).arg(config);
        Self::spawn(command)
    }

    /// The processor time it has taken so far.
    ///
    /// # Errors
    /// It is gone, or this is not Linux.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid()))?;
        // After the name, which may hold anything, fields 14 and 15 are ticks of a hundredth of a second.
        let rest = stat.rsplit_once(')').context("no name")?.1;
        let ticks =
            rest.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * 10))
    }

    /// The most memory it has had, in bytes.
    ///
    /// # Errors
    /// It is gone, or this is not Linux.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib << 10)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn spawn(mut command: Command) -> anyhow::Result<Self> {
        for (name, _) in std::env::vars_os() {
            let given = command.get_envs().any(|(given, _)| given == name);
            if name.to_string_lossy().starts_with("KURATOR_") && !given {
                command.env_remove(name);
            }
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("kurator cannot be started")?;
        let out = Said::listen(child.stdout.take().context("no output")?);
        let err = Said::listen(child.stderr.take().context("no error output")?);
        Ok(Self { child, out, err })
    }

    /// What it has written to its standard error so far.
    pub fn log(&self) -> String {
        self.err.so_far()
    }

    /// Waits until its standard error says this; returns the line.
    ///
    /// # Errors
    /// It ends before, or takes too long.
    pub async fn says(&mut self, words: &str, within: Duration) -> anyhow::Result<String> {
        let began = Instant::now();
        loop {
            let ended = self.child.try_wait()?;
            if let Some(line) = self.log().lines().find(|line| line.contains(words)) {
                return Ok(line.to_owned());
            }
            if let Some(status) = ended {
                bail!("kurator ended ({status}) without saying «{words}»:\n{}", self.log());
            }
            if began.elapsed() > within {
                bail!("kurator has not said «{words}» within {within:?}:\n{}", self.log());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// It is there no more.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id())?).context("no process")?;
        Ok(kill_process(pid, signal)?)
    }

    /// `kill -9`, and waits until it is gone.
    ///
    /// # Errors
    /// It cannot be killed.
    pub async fn kill(mut self) -> anyhow::Result<Ended> {
        self.child.kill()?;
        self.end(Duration::from_secs(10)).await
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// It takes too long.
    pub async fn end(mut self, within: Duration) -> anyhow::Result<Ended> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                let took = began.elapsed();
                return Ok(Ended { code: status.code(), out: self.out.all(), err: self.err.all(), took });
            }
            if began.elapsed() > within {
                bail!("kurator has not ended within {within:?}:\n{}", self.log());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a process writes, gathered as it comes.
#[derive(Debug)]
struct Said {
    text: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Said {
    fn listen(mut from: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut some = [0; 4096];
            while let Ok(read @ 1..) = from.read(&mut some) {
                let new = some.get(..read).unwrap_or_default();
                heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(new);
            }
        });
        Self { text, reader: Some(reader) }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// The whole, once the process is gone.
    fn all(&mut self) -> String {
        let mut all = String::new();
        if self.reader.take().is_some_and(|reader| reader.join().is_err()) {
            let _ = writeln!(all, "(reading it failed)");
        }
        all + &self.so_far()
    }
}
