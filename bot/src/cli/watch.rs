//! What is looked at on the disk while the bot runs: whether its content has changed, and who may read what is secret.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use crate::config::Config;

/// How often the content is looked at.
pub(super) const EVERY: Duration = Duration::from_secs(2);
/// Permissions of others than the owner and the group.
const OTHERS: u32 = 0o007;

/// Folders whose changes are noticed.
pub(super) struct Watch {
    folders: Vec<PathBuf>,
    /// As it was when it was read last, and as it was at the last look.
    read: Stamp,
    seen: Stamp,
}

/// How folders are: their files by path, size and the moment of their last change.
type Stamp = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Watch {
    pub(super) fn new(folders: Vec<PathBuf>) -> Self {
        let read = stamp(folders.clone());
        Self { folders, seen: read.clone(), read }
    }

    /// Whether it is another than was read, and has been the same for two looks: files that are being copied are not
    /// read half.
    pub(super) fn changed(&mut self) -> bool {
        let now = stamp(self.folders.clone());
        let settled = now == self.seen;
        self.seen = now;
        let changed = settled && self.seen != self.read;
        if changed {
            self.read.clone_from(&self.seen);
        }
        changed
    }
}

fn stamp(mut folders: Vec<PathBuf>) -> Stamp {
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            // Through links, as the content itself is read.
            let Ok(about) = fs::metadata(entry.path()) else { continue };
            if about.is_dir() {
                folders.push(entry.path());
            } else {
                found.push((entry.path(), about.len(), about.modified().ok()));
            }
        }
    }
    found.sort();
    found
}

/// What any user of the machine may read and should not, with what to do about it.
pub(super) fn exposed(file: &Path, config: &Config) -> Vec<String> {
    let secrets = config.vk.token_files().into_iter().chain(config.vk.has_token().then(|| file.to_owned()));
    let all = secrets.map(|path| (path, "ключ")).chain([(config.store.path.clone(), "данные людей")]);
    let open = |path: &Path| fs::metadata(path).is_ok_and(|about| about.mode() & OTHERS != 0);
    all.filter(|(path, _)| open(path))
        .map(|(path, what)| {
            let path = path.display();
            format!(
                "{path}: {what} может прочитать любой пользователь этой машины; закройте: chmod o= '{path}'"
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_noticed_once_and_only_when_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a/b.toml");
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(&file, "1").unwrap();
        let mut watch = Watch::new(vec![folder.path().to_owned()]);
        assert!(!watch.changed());
        fs::write(&file, "22").unwrap();
        assert!(!watch.changed(), "it may go on");
        fs::write(&file, "333").unwrap();
        assert!(!watch.changed(), "it goes on");
        assert!(watch.changed());
        assert!(!watch.changed());
        fs::remove_file(&file).unwrap();
        assert_eq!([watch.changed(), watch.changed(), watch.changed()], [false, true, false]);
    }
}
