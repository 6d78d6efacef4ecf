//! The lists of the staff's room as workbooks, of what whoever gets one may see by then.

use vkapi::{RequestError, types::UserId};

use super::files::{document, unread};
use crate::{
    core::Core,
    domain::{Asked, Hall, Handoff, ListOf, Rights, Role, Zone},
    sheets::Table,
    store::{OutMessage, Result as StoreResult, Store},
    tables::{self, Sent},
};

/// Uploads one; what to attach, if anything does. Where nothing is left of it the message says so instead.
///
/// # Errors
/// VK or the store cannot be reached now: the message has to wait.
pub(crate) async fn attach(
    core: &Core,
    message: &mut OutMessage,
    user: UserId,
    of: ListOf,
) -> Result<Option<String>, RequestError> {
    let rights = core.rights(user).await.map_err(unread)?;
    // Her role may have been taken from her since she asked.
    if rights.role() < of.needs() {
        return Ok(None);
    }
    let table = table(core, user, &rights, of).await.map_err(unread)?;
    if table.rows.is_empty() {
        message.text = core.content().texts().get("list-empty");
        return Ok(None);
    }
    let names = match of {
        ListOf::Letters => ("obyavleniya.xlsx", "Объявления.xlsx"),
        ListOf::Classes => ("zanyatiya.xlsx", "Занятия.xlsx"),
        ListOf::Questions => ("voprosy.xlsx", "Вопросы без ответа.xlsx"),
        ListOf::Roles => ("roli.xlsx", "Роли.xlsx"),
        ListOf::Handoffs => ("razgovory.xlsx", "Разговоры.xlsx"),
    };
    let Ok(bytes) = table.xlsx() else { return Ok(None) };
    document(core, message, bytes, names, "file-failed").await
}

/// What she sees of it by now.
///
/// # Errors
/// The store cannot be read.
pub(crate) async fn table(core: &Core, user: UserId, rights: &Rights, of: ListOf) -> StoreResult<Table> {
    let me = core.store.person(user).await?;
    let zone = me.and_then(|person| person.zone).unwrap_or_else(|| core.region.zone.clone());
    match of {
        ListOf::Letters => letters(core, user, rights, &zone).await,
        ListOf::Classes => classes(core, rights).await,
        ListOf::Questions => {
            let all = core.gathered().await?;
            let hers = all.iter().filter(|(_, place)| rights.covers(Role::Curator, place));
            let hers: Vec<&Asked> = hers.map(|(asked, _)| asked).collect();
            Ok(tables::questions(&core.content(), &hers, &zone))
        }
        ListOf::Roles => {
            let all = core.roles().await?;
            Ok(tables::roles(core.content().texts(), &rights.seen(&all), &zone))
        }
        ListOf::Handoffs => {
            let all = core.store.handoffs().await?;
            let hers: Vec<&Handoff> =
                all.iter().filter(|one| rights.covers(Role::Curator, &one.place())).collect();
            Ok(tables::talks(core.content().texts(), &hers, core.clock.now(), &zone))
        }
    }
}

/// The announcements that she sees, in the order of the chat.
async fn letters(core: &Core, user: UserId, rights: &Rights, zone: &Zone) -> StoreResult<Table> {
    let now = core.clock.now();
    let mut waiting = Vec::new();
    if rights.role().may_announce() {
        let listed = core.letters_for(user).await?.into_iter();
        waiting.extend(listed.filter_map(|letter| Some((letter.listed(user, now)?, letter))));
        waiting.sort_by_key(|(rank, _)| *rank);
    }
    let waiting: Vec<_> = waiting.into_iter().map(|(_, letter)| letter).collect();
    let (campaigns, _) = core.campaigns_for(user, 0, usize::MAX).await?;
    let mut sent = Vec::new();
    for (campaign, tally) in campaigns {
        let letter = core.store.letter(campaign.id).await?;
        // Of most of them nobody can have pressed anything: a year of recipients need not be read in vain.
        let told = letter.as_ref().is_some_and(|letter| letter.asks_ack() || letter.has_presses());
        let pressed = if told { core.pressed(campaign.id).await? } else { Vec::new() };
        let pressed = pressed.into_iter().map(|(_, did)| did).collect();
        sent.push(Sent { campaign, tally, letter, pressed });
    }
    Ok(tables::letters(&waiting, &sent, now, zone))
}

/// The classes that are hers to see to, drafts and then the last first; those too that are over for so long that the chat lists them no more.
async fn classes(core: &Core, rights: &Rights) -> StoreResult<Table> {
    let mut halls: Vec<Hall> = Vec::new();
    for (class, _) in core.classes().await? {
        if rights.covers(Role::Trainer, &class.place()) {
            halls.extend(core.hall(class.id).await?);
        }
    }
    halls.sort_by_key(|hall| std::cmp::Reverse((hall.class.starts.0 == 0, hall.class.starts, hall.class.id)));
    Ok(tables::classes(&core.content(), &halls, core.clock.now()))
}
