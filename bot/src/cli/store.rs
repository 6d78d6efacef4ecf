//! `kurator store …`: through the bot that has the store open, or on its files where none has.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Subcommand;

use super::{Failed, block_on, load, way::other_version};
use crate::{
    config::Config,
    control::{self, Ask, Told},
    store::{Exported, SledOptions, SledStore, StoreError},
};

#[derive(Subcommand)]
pub(super) enum StoreCommand {
    /// Показать, что в хранилище, сколько оно занимает и идут ли записи.
    Stats,
    /// Записать всё хранилище в один файл. Свои копии бот пишет в exports каждый час сам.
    Backup {
        /// Куда записать.
        file: PathBuf,
    },
    /// Прочитать до конца копию или само хранилище с его копиями и сказать, всё ли цело.
    Verify {
        /// Копия; без неё — само хранилище и копии, которые бот сделал сам.
        file: Option<PathBuf>,
    },
    /// Сделать хранилище из копии там, где его ещё нет. Бот должен быть остановлен.
    Restore {
        /// Копия.
        file: PathBuf,
    },
    /// Ужать файлы хранилища. Пока это идёт, бот ничего не записывает: обычно меньше секунды.
    Compact,
}

pub(super) fn store(command: &StoreCommand, config: &Path) -> Result<(), Failed> {
    match command {
        StoreCommand::Stats => ask(config, &Ask::Stats),
        StoreCommand::Backup { file } => backup(config, file),
        StoreCommand::Verify { file: Some(file) } => {
            tell(&SledStore::verify(file).map_err(Failed::other)?);
            Ok(())
        }
        StoreCommand::Verify { file: None } => ask(config, &Ask::Verify),
        StoreCommand::Restore { file } => {
            let options = options(&load(config)?);
            if control::is_there(&options.path) {
                return Err(Failed::other(format!(
                    "store.path: с хранилищем «{}» работает бот. Из копии хранилище делается там, где его нет: \
                     остановите бота, отложите этот каталог в сторону и повторите команду",
                    options.path.display()
                )));
            }
            tell(&SledStore::import(file, &options).map_err(failed)?);
            Ok(())
        }
        StoreCommand::Compact => ask(config, &Ask::Compact),
    }
}

/// Writes a copy where this process may write: the bot may see other folders under the same names, or none.
fn backup(config: &Path, file: &Path) -> Result<(), Failed> {
    let options = options(&load(config)?);
    let exported = match fresh(&options.path)? {
        None => {
            let store = open(&options)?;
            block_on(async { store.export(file).await.map_err(failed) })?
        }
        Some(copy) => {
            hand_over(&copy, file).map_err(|e| Failed::other(format!("{}: {e}", file.display())))?;
            SledStore::verify(file).map_err(Failed::other)?
        }
    };
    tell(&exported);
    Ok(())
}

/// The file appears whole or not at all, and only for its owner.
fn hand_over(copy: &Path, file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(&mut fs::File::open(copy)?, &mut new)?;
    new.as_file().sync_all()?;
    new.persist(file)?;
    Ok(())
}

/// Has the bot that has the store open copy it now; where the copy lies, `None` where no bot has it.
pub(super) fn fresh(dir: &Path) -> Result<Option<PathBuf>, Failed> {
    match control::ask(dir, &Ask::Backup) {
        Ok(None) => Ok(None),
        // By the bot's name of it, which need not be ours.
        Ok(Some(Told::Copied(path))) => Ok(path.file_name().map(|name| dir.join("exports").join(name))),
        Ok(Some(Told::Failed(why))) => Err(Failed::other(why)),
        Ok(Some(_)) => Err(other_version()),
        Err(e) => Err(Failed::other(format!("бот работает, но не ответил: {e}"))),
    }
}

/// Asks the bot that runs, or the files.
fn ask(config: &Path, ask: &Ask) -> Result<(), Failed> {
    let options = options(&load(config)?);
    let told = match control::ask(&options.path, ask) {
        Ok(Some(told)) => told,
        Ok(None) => {
            let store = open(&options)?;
            block_on(async { Ok(control::answer(&store, ask.clone()).await) })?
        }
        Err(e) => return Err(Failed::other(format!("бот работает, но не ответил: {e}"))),
    };
    match told {
        Told::Stats(stats) => print!("{stats}"),
        Told::Exported(exported) => tell(&exported),
        Told::Sound(stats, exports) => {
            print!("Всё цело.\n{stats}");
            for path in exports {
                println!("Копия цела: {}", path.display());
            }
        }
        Told::Copied(_)
        | Told::Audited(_)
        | Told::Roster(_)
        | Told::Comers(_)
        | Told::Log(_)
        | Told::Certificate(_)
        | Told::Done => {}
        Told::Failed(why) => return Err(Failed::other(why)),
    }
    Ok(())
}

fn tell(exported: &Exported) {
    println!(
        "Всё цело. Ключей: {}, последняя группа записей: {}, схема: {}.",
        exported.records, exported.group, exported.schema
    );
}

pub(super) fn options(config: &Config) -> SledOptions {
    SledOptions {
        path: config.store.path.clone(),
        allow_unsafe: config.store.allow_unsafe,
        cache_bytes: config.store.cache_mib << 20,
    }
}

/// Opens the store and tells what that took.
pub(super) fn open(options: &SledOptions) -> Result<SledStore, Failed> {
    let store = SledStore::open(options).map_err(failed)?;
    let opened = store.opened();
    if opened.repaired() {
        tracing::error!("{opened}");
    } else if opened.replayed > 0 || opened.migrated_from.is_some() {
        tracing::warn!("{opened}");
    }
    Ok(store)
}

pub(super) fn failed(e: StoreError) -> Failed {
    match e {
        StoreError::Unsafe(_) => Failed::config(format!("store.path: {e}")),
        e => Failed::other(format!("store.path: {e}")),
    }
}
