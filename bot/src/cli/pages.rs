//! `kurator pages …`: through the bot that has the store open, or by itself where none has.

use std::{path::Path, sync::Arc};

use clap::Subcommand;

use super::{Failed, block_on, load, open_content, region, store};
use crate::{
    config::Config,
    control::{self, Ask, Told},
    domain::SystemClock,
    pages::{Auditor, Passed, Reader},
    store::AnyStore,
};

#[derive(Subcommand)]
pub(super) enum PagesCommand {
    /// Посмотреть на все страницы сейчас, не дожидаясь ночи: сначала на те, что ждут дольше.
    Audit {
        /// Не больше стольких страниц.
        #[arg(long)]
        limit: Option<usize>,
    },
}

pub(super) fn pages(command: &PagesCommand, config: &Path) -> Result<(), Failed> {
    let PagesCommand::Audit { limit } = command;
    let config = load(config)?;
    let told = match control::ask(&config.store.path, &Ask::Audit { limit: *limit }) {
        Ok(Some(told)) => told,
        Ok(None) => block_on(alone(config, *limit))?,
        Err(e) => return Err(Failed::other(format!("бот работает, но не ответил: {e}"))),
    };
    match told {
        Told::Audited(Passed { pages, walls, shut, failed, commented, early }) => {
            println!("Страниц просмотрено: {pages}; записи прочитаны у {walls}, закрыты или удалены {shut}.");
            if commented > 0 {
                println!("Комментарии прочитаны под записями: {commented}.");
            }
            if failed > 0 {
                println!("ВКонтакте не ответил о страницах: {failed}. Бот вернётся к ним сам.");
            }
            if early {
                println!(
                    "Обход прерван: дневной запас чтений вышел или ВКонтакте не отвечает. Остальное — позже."
                );
            }
            Ok(())
        }
        Told::Failed(why) => Err(Failed::other(why)),
        _ => Err(Failed::other("бот ответил не о том: возможно, он другой версии, чем эта команда")),
    }
}

async fn alone(config: Config, limit: Option<usize>) -> Result<Told, Failed> {
    let content = open_content(&config.content)?;
    let region = region(&config, &content)?;
    let service = super::service(&config)?;
    let service = service.ok_or_else(|| Failed::config(content.texts().get("audit-no-service")))?;
    let norm = content.norm(&region.norm).cloned();
    let norm = norm.ok_or_else(|| Failed::config("region.norm: такой нормы нет"))?;
    let store = Arc::new(AnyStore::Sled(store::open(&store::options(&config))?));
    let clock = Arc::new(SystemClock);
    let reader = Reader::new(service, clock.clone());
    let auditor = Auditor::new(store, reader, clock, norm, region.zone, config.audit);
    Ok(control::audit(Some(&auditor), limit).await)
}
