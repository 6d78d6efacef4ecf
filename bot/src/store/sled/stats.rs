//! What an operator may ask about a store.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// How a store stands. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// The number of the last group of commits.
    pub group: u64,
    /// The size of sled's files.
    pub files: u64,
    /// The size of the journal.
    pub journal: u64,
    /// The size of the exports the store made for itself.
    pub exports: u64,
    /// What is free on the disk.
    pub free: u64,
    /// The newest export.
    pub newest_export: Option<PathBuf>,
    /// What opening it had to do.
    pub opened: String,
    /// Why commits wait, if they do.
    pub waits: Option<String>,
    /// How many keys each tree has, if they were counted.
    pub trees: Vec<(String, u64)>,
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| format!("{:.1} МиБ", bytes as f64 / f64::from(1 << 20));
        writeln!(f, "{}.", self.opened)?;
        match &self.waits {
            Some(why) => writeln!(f, "Записи ждут: {why}.")?,
            None => writeln!(f, "Записи идут.")?,
        }
        writeln!(f, "Последняя группа записей: {}.", self.group)?;
        write!(f, "На диске: файлы {}, ", mib(self.files))?;
        write!(f, "журнал {}, копии {}; ", mib(self.journal), mib(self.exports))?;
        writeln!(f, "свободно {}.", mib(self.free))?;
        match &self.newest_export {
            Some(path) => writeln!(f, "Последняя копия: {}.", path.display())?,
            None => writeln!(f, "Копий ещё нет.")?,
        }
        for (tree, keys) in &self.trees {
            writeln!(f, "{tree:>12} {keys}")?;
        }
        Ok(())
    }
}

/// The size of a file or of all files in a directory; 0 for what is not there.
pub(super) fn size(path: &Path) -> u64 {
    let Ok(data) = fs::symlink_metadata(path) else { return 0 };
    if !data.is_dir() {
        return data.len();
    }
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    entries.filter_map(|entry| Some(size(&entry.ok()?.path()))).sum()
}
