//! `kurator store …`: through the bot that has the store open, or on its files where none has.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{Failed, block_on, load};
use crate::{
    config::Config,
    control::{self, Ask, Told},
    store::{Exported, SledOptions, SledStore, StoreError},
};

#[derive(Subcommand)]
pub(super) enum StoreCommand {
    /// Показать, что в хранилище, сколько оно занимает и идут ли записи.
    Stats {
        /// Файл настроек.
        #[arg(long)]
        config: PathBuf,
    },
    /// Записать всё хранилище в один файл. Свои копии бот пишет в exports каждый час сам.
    Backup {
        /// Файл настроек.
        #[arg(long)]
        config: PathBuf,
        /// Куда записать.
        file: PathBuf,
    },
    /// Прочитать до конца копию или само хранилище с его копиями и сказать, всё ли цело.
    Verify {
        /// Файл настроек: проверить хранилище и копии, которые бот сделал сам.
        #[arg(long, required_unless_present = "file", conflicts_with = "file")]
        config: Option<PathBuf>,
        /// Копия.
        file: Option<PathBuf>,
    },
    /// Сделать хранилище из копии там, где его ещё нет. Бот должен быть остановлен.
    Restore {
        /// Файл настроек.
        #[arg(long)]
        config: PathBuf,
        /// Копия.
        file: PathBuf,
    },
    /// Ужать файлы хранилища. Пока это идёт, бот ничего не записывает: обычно меньше секунды.
    Compact {
        /// Файл настроек.
        #[arg(long)]
        config: PathBuf,
    },
}

pub(super) fn store(command: &StoreCommand) -> Result<(), Failed> {
    match command {
        StoreCommand::Stats { config } => ask(config, &Ask::Stats),
        StoreCommand::Backup { config, file } => {
            let file = std::path::absolute(file).map_err(Failed::other)?;
            ask(config, &Ask::Backup { file })
        }
        StoreCommand::Verify { file: Some(file), .. } => {
            tell(&SledStore::verify(file).map_err(Failed::other)?);
            Ok(())
        }
        StoreCommand::Verify { config, .. } => ask(config.as_deref().unwrap_or(Path::new("")), &Ask::Verify),
        StoreCommand::Restore { config, file } => {
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
        StoreCommand::Compact { config } => ask(config, &Ask::Compact),
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
        Told::Audited(_)
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
