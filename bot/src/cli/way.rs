//! The way of a command to the store: through the bot that has it open, or on its files where none has.

use std::path::PathBuf;

use super::{Failed, block_on, store};
use crate::{
    config::Config,
    control::{self, Ask, Told},
    store::SledStore,
};

/// The store, wherever it is open.
pub(super) enum Way {
    Bot(PathBuf),
    Files(Box<SledStore>),
}

impl Way {
    /// Through the bot that runs, or on the files.
    pub(super) fn to(config: &Config) -> Result<Self, Failed> {
        let options = store::options(config);
        if control::is_there(&options.path) {
            return Ok(Self::Bot(options.path));
        }
        store::open(&options).map(|store| Self::Files(Box::new(store)))
    }

    /// What is answered to a question.
    pub(super) fn ask(&self, ask: Ask) -> Result<Told, Failed> {
        let told = match self {
            Self::Files(store) => block_on(async { Ok(control::answer(store, ask).await) })?,
            Self::Bot(dir) => control::ask(dir, &ask)
                .map_err(|e| Failed::other(format!("бот работает, но не ответил: {e}")))?
                .ok_or_else(|| Failed::other("бот остановился, команда не закончена: повторите её"))?,
        };
        match told {
            Told::Failed(why) => Err(Failed::other(why)),
            told => Ok(told),
        }
    }
}

/// The bot is of another version than the command.
pub(super) fn other_version() -> Failed {
    Failed::other("бот ответил не о том: возможно, он другой версии, чем эта команда")
}
