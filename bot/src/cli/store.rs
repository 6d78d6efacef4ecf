//! `kurator store …`: exports, and the files of a store that no bot has open.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Failed, block_on, load};
use crate::{
    config::Config,
    store::{Exported, SledOptions, SledStore, StoreError},
};

#[derive(Subcommand)]
pub(super) enum StoreCommand {
    /// Записать всё хранилище в один файл. Бот должен быть остановлен; свои копии он пишет в exports каждый час сам.
    Backup {
        /// Файл настроек.
        #[arg(long)]
        config: PathBuf,
        /// Куда записать.
        file: PathBuf,
    },
    /// Прочитать копию до конца и сказать, что в ней.
    Verify {
        /// Копия.
        file: PathBuf,
    },
    /// Сделать хранилище из копии там, где его ещё нет.
    Restore {
        /// Файл настроек.
        #[arg(long)]
        config: PathBuf,
        /// Копия.
        file: PathBuf,
    },
    /// Ужать файлы хранилища. Бот должен быть остановлен.
    Compact {
        /// Файл настроек.
        #[arg(long)]
        config: PathBuf,
    },
}

pub(super) fn store(command: &StoreCommand) -> Result<(), Failed> {
    match command {
        StoreCommand::Backup { config, file } => {
            let store = open(&options(&load(config)?))?;
            tell(&block_on(async { store.export(file).await.map_err(Failed::other) })?);
        }
        StoreCommand::Verify { file } => tell(&SledStore::verify(file).map_err(Failed::other)?),
        StoreCommand::Restore { config, file } => {
            tell(&SledStore::import(file, &options(&load(config)?)).map_err(failed)?);
        }
        StoreCommand::Compact { config } => {
            tell(&SledStore::compact(&options(&load(config)?)).map_err(failed)?);
        }
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
    } else if opened.replayed > 0 {
        tracing::warn!("{opened}");
    }
    Ok(store)
}

fn failed(e: StoreError) -> Failed {
    match e {
        StoreError::Unsafe(_) => Failed::config(format!("store.path: {e}")),
        e => Failed::other(format!("store.path: {e}")),
    }
}
