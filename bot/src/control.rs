//! The way for `kurator store …` to a running bot: a Unix socket in the store's directory.
//!
//! One line of JSON asks, one line answers, then the connection ends. The socket is the owner's alone: its mode is
//! 0600, and whoever connects as another user than the bot's own or root is not answered.

use std::{
    fs, io,
    io::{BufRead, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream as Blocking},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
};
use tokio_util::sync::CancellationToken;
use vkapi::types::UserId;

use crate::{
    core::Core,
    domain::{
        Certificate, Person,
        roster::{Comer, Institution, RosterKey},
    },
    pages::{Auditor, Passed},
    store::{AnyStore, AuditEntry, Commit, Exported, Op, Result, SledStore, Stats, Store},
};

/// The socket's name in the store's directory.
const NAME: &str = "control.sock";
/// The longest question in bytes: a few hundred institutions.
const LONGEST: u64 = 4 << 20;
/// Institutions or people told at a time.
const SOME: usize = 2_000;
/// How long a connection may take to ask.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is asked of a running bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Ask {
    /// How the store stands.
    Stats,
    /// A copy of what there is now among the store's own exports: whoever asks may not write where the bot may, nor
    /// the bot where she may.
    Backup,
    /// Everything is read: the trees, and the exports the store made.
    Verify,
    /// The files are made anew.
    Compact,
    /// Institutions of the roster, some at a time.
    Roster {
        /// Those after this one.
        after: Option<RosterKey>,
    },
    /// Who has written to the bot, some at a time.
    Comers {
        /// Those after her.
        after: Option<UserId>,
    },
    /// Institutions of the roster are written and removed, all or none.
    ChangeRoster {
        /// To write.
        put: Vec<Institution>,
        /// To remove.
        drop: Vec<RosterKey>,
        /// What the log says of it.
        notes: Vec<AuditEntry>,
    },
    /// The log of what staff did.
    Log,
    /// A certificate.
    Certificate {
        /// Its number.
        number: u64,
    },
    /// Every page is looked at.
    Audit {
        /// At most so many.
        limit: Option<usize>,
    },
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    /// How the store stands.
    Stats(Stats),
    /// What was exported, or is in the files that were made anew.
    Exported(Exported),
    /// Where the copy lies.
    Copied(PathBuf),
    /// Every tree was read, and these exports.
    Sound(Stats, Vec<PathBuf>),
    /// Institutions by key; none are left if it is empty.
    Roster(Vec<Institution>),
    /// People by id; none are left if it is empty.
    Comers(Vec<Comer>),
    /// Its lines, newest first.
    Log(Vec<AuditEntry>),
    /// It is done.
    Done,
    /// The certificate, if there is one of that number.
    Certificate(Option<Certificate>),
    /// Pages were looked at.
    Audited(Passed),
    /// It cannot be done: a line for the operator.
    Failed(String),
}

/// Does what is asked; the same with and without a bot.
pub(crate) async fn answer(store: &SledStore, ask: Ask) -> Told {
    let told = match ask {
        Ask::Stats => store.stats(true).await.map(Told::Stats),
        Ask::Backup => store.backup().await.map(Told::Copied),
        Ask::Verify => sound(store).await,
        Ask::Compact => store.compact().await.map(Told::Exported),
        Ask::Roster { after } => store.institutions(after, SOME).await.map(Told::Roster),
        Ask::Comers { after } => comers(store, after).await,
        Ask::Log => store.audit(usize::MAX).await.map(Told::Log),
        Ask::ChangeRoster { put, drop, notes } => change(store, put, drop, notes).await,
        Ask::Certificate { number } => store.certificate(number).await.map(Told::Certificate),
        Ask::Audit { .. } => Ok(Told::Failed("страницы смотрит команда kurator pages audit".to_owned())),
    };
    told.unwrap_or_else(|e| Told::Failed(e.to_string()))
}

/// Looks at pages; without a service key that cannot be done.
pub(crate) async fn audit(auditor: Option<&Auditor>, limit: Option<usize>) -> Told {
    match auditor {
        Some(auditor) => auditor.all(limit).await.map_or_else(|e| Told::Failed(e.to_string()), Told::Audited),
        None => Told::Failed("бот запущен без сервисного ключа: vk.service_token в настройках".to_owned()),
    }
}

async fn comers(store: &SledStore, after: Option<UserId>) -> Result<Told> {
    let people = store.people(after, SOME).await?;
    let comer = |Person { id, writable, pages, invited, .. }| Comer { id, writable, pages, invited };
    Ok(Told::Comers(people.into_iter().map(comer).collect()))
}

async fn change(
    store: &SledStore,
    put: Vec<Institution>,
    drop: Vec<RosterKey>,
    notes: Vec<AuditEntry>,
) -> Result<Told> {
    let put = put.into_iter().map(|institution| Op::PutInstitution(Box::new(institution)));
    let ops = put
        .chain(drop.into_iter().map(Op::DropInstitution))
        .chain(notes.into_iter().map(Op::Audit))
        .collect();
    store.commit(Commit { ops, ..Commit::default() }).await?;
    Ok(Told::Done)
}

async fn sound(store: &SledStore) -> Result<Told> {
    store.read_all().await?;
    let exports = store.verify_exports().await?;
    Ok(Told::Sound(store.stats(true).await?, exports))
}

/// Answers until stopped. Without it the bot works all the same.
pub(crate) async fn serve(core: Arc<Core>, stop: CancellationToken) {
    let AnyStore::Sled(store) = &*core.store else { return };
    let path = store.dir().join(NAME);
    let listener = match listen(&path) {
        Ok(listener) => listener,
        Err(error) => {
            let path = path.display();
            return tracing::warn!(%error, %path, "команды kurator store до работающего бота не дойдут");
        }
    };
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection to the control socket failed");
                    tokio::time::sleep(PATIENCE).await;
                    continue;
                }
            },
        };
        // One at a time: each may take all of the disk's speed.
        tokio::select! {
            () = stop.cancelled() => break,
            served = talk(&core, store, stream) => if let Err(error) = served {
                tracing::warn!(%error, "a connection to the control socket failed");
            },
        }
    }
    // The next bot makes its own.
    let _ = fs::remove_file(&path);
}

/// Listens; whoever holds the store's lock may put its socket in the place of one that a killed bot left.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let new = path.with_extension("new");
    for old in [path, &new] {
        match fs::remove_file(old) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    let listener = UnixListener::bind(&new)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(0o600))?;
    fs::rename(&new, path)?;
    Ok(listener)
}

async fn talk(core: &Core, store: &SledStore, mut stream: UnixStream) -> io::Result<()> {
    let who = stream.peer_cred()?.uid();
    if who != 0 && who != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("user {who}")));
    }
    let mut line = String::new();
    let (from, mut to) = stream.split();
    let mut from = BufReader::new(from.take(LONGEST));
    tokio::time::timeout(PATIENCE, from.read_line(&mut line)).await??;
    let told = match serde_json::from_str(&line) {
        Ok(ask) => {
            // A roster is names of people and too long for a log.
            if !matches!(ask, Ask::Roster { .. } | Ask::Comers { .. } | Ask::ChangeRoster { .. }) {
                tracing::info!(?ask, "asked over the control socket");
            }
            match ask {
                Ask::Audit { limit } => {
                    let told = audit(core.auditor.as_deref(), limit).await;
                    core.rescheduled.notify_one();
                    told
                }
                ask => answer(store, ask).await,
            }
        }
        Err(_) => {
            Told::Failed("бот не понял вопроса: возможно, он другой версии, чем эта команда".to_owned())
        }
    };
    to.write_all(&line_of(&told)?).await
}

fn line_of(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// Asks the bot that has the store of this directory open; `None` if there is none, or it does not listen.
///
/// # Errors
/// It listens, but does not answer.
pub(crate) fn ask(dir: &Path, ask: &Ask) -> io::Result<Option<Told>> {
    let Ok(mut stream) = Blocking::connect(dir.join(NAME)) else { return Ok(None) };
    stream.write_all(&line_of(ask)?)?;
    let mut line = String::new();
    io::BufReader::new(stream).read_line(&mut line)?;
    serde_json::from_str(&line).map(Some).map_err(io::Error::from)
}

/// Whether a bot has the store of this directory open and listens.
pub(crate) fn is_there(dir: &Path) -> bool {
    Blocking::connect(dir.join(NAME)).is_ok()
}
