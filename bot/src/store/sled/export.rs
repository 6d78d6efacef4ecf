//! Exports: all trees at one moment in one file, to restore from, to move with and to shrink the store.
//!
//! After the format's name come frames: a header, the pairs of each tree in order, and an end with how many pairs
//! each tree has and the crc32 of all bodies before it. Counts stand at the end because sled counts by reading all.
//! The same trees always make the same bytes.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Read, Write},
    ops::Bound::Unbounded,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use super::{
    engine::{Engine, SCHEMA},
    frames::{self, Bytes, Found},
    guard::{self, io_error},
    journal::{KEPT, numbered},
    squeeze,
};
use crate::store::{
    Result, StoreError,
    keys::{self, Tree},
    plan::View,
};

/// What a file begins with; the digits are the version of its format.
const MAGIC: &[u8; 8] = b"KUREXP01";
/// How many bytes of keys and values a frame holds before the next is begun.
const FRAME: usize = 64 << 10;
/// How many of the newest exports are kept; of older ones only the last of each day.
const NEWEST: usize = 3;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A frame's body.
#[derive(Serialize, Deserialize)]
enum Piece<'a> {
    Head {
        schema: u32,
        group: u64,
    },
    Pairs(&'a str, #[serde(borrow)] Vec<(Bytes<'a>, Bytes<'a>)>),
    End {
        #[serde(borrow)]
        counts: Vec<(&'a str, u64)>,
        crc: u32,
    },
}

/// What is in an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The layout of its trees.
    pub schema: u32,
    /// The number of the last group of commits in it.
    pub group: u64,
    /// How many keys it has.
    pub records: u64,
}

/// Streams all trees into a file, which appears under its name once it is whole and on disk.
///
/// Whoever calls sees to it that nothing is written meanwhile.
pub(super) fn write(engine: &Engine, to: &Path) -> Result<Exported> {
    let new = to.with_extension("new");
    let written = Out::create(&new).and_then(|out| out.all(engine));
    let written = written.and_then(|exported| guard::rename(&new, to).map(|()| exported));
    if written.is_err() {
        // The one error that counts is told; what is left over is written over next time.
        let _ = fs::remove_file(&new);
    }
    written
}

/// A file that is being written.
struct Out<'a> {
    path: &'a Path,
    file: BufWriter<File>,
    hash: crc32fast::Hasher,
    buffer: Vec<u8>,
}

impl<'a> Out<'a> {
    fn create(path: &'a Path) -> Result<Self> {
        let file = File::create(path).map_err(|e| io_error(path, &e))?;
        let hash = crc32fast::Hasher::new();
        Ok(Self { path, file: BufWriter::with_capacity(2 * FRAME, file), hash, buffer: Vec::new() })
    }

    fn all(mut self, engine: &Engine) -> Result<Exported> {
        let schema = engine.read(Tree::Meta, keys::SCHEMA)?.unwrap_or(SCHEMA);
        let mut exported = Exported { schema, group: engine.group()?, records: 0 };
        self.bytes(MAGIC)?;
        self.piece(&Piece::Head { schema, group: exported.group })?;
        let mut counts = Vec::new();
        for tree in Tree::ALL {
            let (mut count, mut pairs, mut size) = (0, Vec::new(), 0);
            for pair in engine.range(tree, Unbounded, Unbounded) {
                let (key, value) = pair?;
                size += key.len() + value.len();
                count += 1;
                pairs.push((key, value));
                if size >= FRAME {
                    self.pairs(tree, &pairs)?;
                    pairs.clear();
                    size = 0;
                }
            }
            if !pairs.is_empty() {
                self.pairs(tree, &pairs)?;
            }
            counts.push((tree.name(), count));
            exported.records += count;
        }
        let crc = self.hash.clone().finalize();
        self.piece(&Piece::End { counts, crc })?;
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        synced.map_err(|e| io_error(self.path, &e))?;
        Ok(exported)
    }

    fn pairs(&mut self, tree: Tree, pairs: &[(Vec<u8>, Vec<u8>)]) -> Result<()> {
        self.piece(&Piece::Pairs(tree.name(), pairs.iter().map(|(k, v)| (Bytes(k), Bytes(v))).collect()))
    }

    fn piece(&mut self, piece: &Piece<'_>) -> Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        frames::encode(&mut buffer, piece)?;
        self.hash.update(frames::body(&buffer));
        self.bytes(&buffer)?;
        self.buffer = buffer;
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|e| io_error(self.path, &e))
    }
}

/// Reads an export to its end and tells what is in it, or what is wrong with it.
pub(super) fn verify(path: &Path) -> Result<Exported> {
    read(path, |_, _| Ok(()))
}

/// Writes an export's pairs into the engine, on disk when it returns.
pub(super) fn load(path: &Path, engine: &Engine) -> Result<Exported> {
    let exported = read(path, |tree, pairs| engine.load(tree, pairs.iter().map(|(k, v)| (k.0, v.0))))?;
    engine.flush()?;
    Ok(exported)
}

fn read(
    path: &Path,
    mut each: impl FnMut(Tree, &[(Bytes<'_>, Bytes<'_>)]) -> Result<()>,
) -> Result<Exported> {
    let damaged = |why: &str| StoreError::Corrupt(format!("копия «{}»: {why}", path.display()));
    let io = |e: io::Error| io_error(path, &e);
    let mut file = squeeze::open(path)?;
    let (mut magic, mut buffer) = (Vec::new(), Vec::new());
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(io)?;
    if magic != MAGIC {
        return Err(damaged("это не копия хранилища или формат её неизвестен"));
    }
    let mut head = None;
    let mut hash = crc32fast::Hasher::new();
    let mut found = [0; Tree::ALL.len()];
    loop {
        if frames::next(&mut file, &mut buffer).map_err(io)? != Found::Frame {
            return Err(damaged("она не дописана или испорчена"));
        }
        match (frames::decode(&buffer)?, &head) {
            (Piece::Head { schema, .. }, None) if schema > SCHEMA => {
                return Err(StoreError::Newer { found: schema, known: SCHEMA });
            }
            (Piece::Head { schema, group }, None) => head = Some(Exported { schema, group, records: 0 }),
            (Piece::Pairs(name, pairs), Some(_)) => {
                let tree = Tree::named(name).ok_or_else(|| damaged("в ней есть неизвестная таблица"))?;
                found[tree as usize] += pairs.len() as u64;
                each(tree, &pairs)?;
            }
            (Piece::End { counts, crc }, Some(head)) => {
                let count =
                    |(name, n): &(&str, u64)| Tree::named(name).is_some_and(|t| found[t as usize] == *n);
                let whole = crc == hash.finalize() && counts.iter().all(count);
                if !whole || frames::next(&mut file, &mut buffer).map_err(io)? != Found::End {
                    return Err(damaged("в ней не всё, что было записано"));
                }
                return Ok(Exported { records: found.iter().sum(), ..head.clone() });
            }
            _ => return Err(damaged("её части стоят не на своих местах")),
        }
        hash.update(&buffer);
    }
}

/// The exports that the store makes for itself, each named by the number of its last group.
#[derive(Clone)]
pub(super) struct Exports(PathBuf);

impl Exports {
    /// The exports of a directory, which is created if it is not there.
    pub(super) fn open(dir: PathBuf) -> Result<Self> {
        guard::create(&dir)?;
        Ok(Self(dir))
    }

    /// Where the export whose last group is this one lies.
    pub(super) fn path(&self, group: u64) -> PathBuf {
        self.0.join(format!("{group:020}.kx"))
    }

    /// Every export by ascending number of its last group.
    pub(super) fn all(&self) -> Result<Vec<(u64, PathBuf)>> {
        numbered(&self.0, "kx")
    }

    /// The newest export that can be read to its end.
    pub(super) fn newest_good(&self) -> Result<Option<(u64, PathBuf)>> {
        for (group, path) in self.all()?.into_iter().rev() {
            match verify(&path) {
                Ok(exported) if exported.group == group => return Ok(Some((group, path))),
                Ok(_) => tracing::warn!(path = %path.display(), "копия названа не своим номером"),
                Err(e @ StoreError::Newer { .. }) => return Err(e),
                Err(e) => tracing::warn!(error = %e, "копия не годится"),
            }
        }
        Ok(None)
    }

    /// Removes exports too old at the moment and, but for the newest, all of a day but the last.
    pub(super) fn prune(&self, now: SystemTime) -> Result<()> {
        let mut days = Vec::new();
        for (n, (_, path)) in self.all()?.iter().rev().enumerate() {
            let age = now.duration_since(guard::written(path)?).unwrap_or_default();
            let day = age.as_secs() / DAY.as_secs();
            if n >= NEWEST && (age > KEPT || days.contains(&day)) {
                fs::remove_file(path).map_err(|e| io_error(path, &e))?;
            } else {
                days.push(day);
            }
        }
        Ok(())
    }
}
