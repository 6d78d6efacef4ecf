//! What goes with a message: made when it leaves, at each try anew.

use std::sync::Arc;

use vkapi::{
    ErrorKind, RequestError,
    types::{GroupId, UserId},
    utils::upload::UploadError,
};

use super::{classes, lists, report};
use crate::{
    core::Core,
    domain::{
        Day, Role,
        board::{self, Row},
        rights::same_municipality,
    },
    log, mydata,
    pictures::{self, Card, Thanks},
    rosters,
    store::{OutFile, OutMessage, Sheet, Store},
    tables,
};

/// Uploads what goes with a message; what to attach, if anything does.
///
/// # Errors
/// VK or the store cannot be reached now: the message has to wait. Where it can never be sent, the message says so instead.
pub(super) async fn attach(core: &Core, message: &mut OutMessage) -> Result<Option<String>, RequestError> {
    let (Some(file), Some(user)) = (message.file.clone(), message.to.user()) else { return Ok(None) };
    let beside = matches!(file, OutFile::Beside(_));
    let picture = match file {
        OutFile::MyData => return mydata::attach(core, message).await,
        OutFile::Card(page) => card(core, user, page, true).await?,
        OutFile::Beside(page) => card(core, user, page, false).await?,
        OutFile::Sheet(sheet) => return self::sheet(core, message, user, sheet).await,
        OutFile::Summary(town) => summary(core, user, town.as_deref()).await?,
        OutFile::GuideDraft(id) => return guide_draft(core, message, user, id).await,
        OutFile::Coverage => return rosters::attach(core, message, user, false).await,
        OutFile::Invites => return rosters::attach(core, message, user, true).await,
        OutFile::Trial(sheet) => return rosters::attach_trial(core, message, user, &sheet).await,
        OutFile::Log => return log::attach(core, message, user).await,
        OutFile::List(of) => return lists::attach(core, message, user, of).await,
        OutFile::Hung(files) => return Ok(Some(files.join(","))),
        OutFile::Report(id) => return report::attach(core, message, user, id).await,
        OutFile::Calendar(id) => return classes::calendar(core, message, id).await,
        OutFile::People(id) => return classes::people(core, message, user, id).await,
        OutFile::Certificate(number) => classes::certificate(core, user, number).await?,
        OutFile::Thanks(list) => thanks(core, user, &list).await?,
        OutFile::Door(id) => classes::door(core, user, id).await?,
        OutFile::Invite(name) => rosters::code(core, user, &name).await?,
    };
    // Whatever it was drawn from is gone since.
    let Some(picture) = picture else { return Ok(None) };
    let error = match core.bot.upload_message_photo(user, picture, "kurator.png").await {
        Ok(photo) => return Ok(Some(photo)),
        Err(UploadError::Method(error) | UploadError::Server(error)) => error,
        Err(other) => RequestError::Invalid(other.to_string()),
    };
    let recipient = error.api().is_some_and(|e| e.kind() == ErrorKind::Recipient);
    if error.is_retryable() || recipient {
        return Err(error);
    }
    tracing::error!(%error, "a picture cannot be sent: has the key the right to photos?");
    if !beside {
        message.text = core.content().texts().get("picture-failed");
    }
    Ok(None)
}

/// Uploads a document that goes with a message; what to attach. Where it can never be sent, the message says so by the
/// phrase `failed` instead.
///
/// # Errors
/// VK cannot be reached now, or takes nothing for this person: the message has to wait.
pub(crate) async fn document(
    core: &Core,
    message: &mut OutMessage,
    bytes: Vec<u8>,
    (name, title): (&str, &str),
    failed: &str,
) -> Result<Option<String>, RequestError> {
    let Some(user) = message.to.user() else { return Ok(None) };
    let error = match core.bot.upload_message_doc(user, bytes, name, title).await {
        Ok(doc) => return Ok(Some(doc)),
        Err(UploadError::Method(error) | UploadError::Server(error)) => error,
        Err(other) => RequestError::Invalid(other.to_string()),
    };
    let recipient = error.api().is_some_and(|e| e.kind() == ErrorKind::Recipient);
    if error.is_retryable() || recipient {
        return Err(error);
    }
    tracing::error!(%error, name, "a document cannot be sent: has the key the right to documents?");
    message.text = core.content().texts().get(failed);
    Ok(None)
}

/// The pages that a person looks after with a role, in the order of their names; of one municipality or of all.
async fn rows(core: &Core, user: UserId, role: Role, town: Option<&str>) -> Result<Vec<Row>, RequestError> {
    let rights = core.rights(user).await.map_err(unread)?;
    let mut rows = core.board().await.map_err(unread)?;
    rows.retain(|row| {
        let there = row.page.municipality.as_deref().unwrap_or_default();
        rights.covers(role, &row.place()) && town.is_none_or(|town| same_municipality(there, town))
    });
    rows.sort_by(|a, b| (&a.page.municipality, &a.page.name).cmp(&(&b.page.municipality, &b.page.name)));
    Ok(rows)
}

/// A table of pages, if whoever gets it may read of them still.
async fn sheet(
    core: &Core,
    message: &mut OutMessage,
    user: UserId,
    sheet: Sheet,
) -> Result<Option<String>, RequestError> {
    let content = core.content();
    let zone = &core.region.zone;
    let (table, title) = match sheet {
        Sheet::Pages(town) => {
            let rows = rows(core, user, Role::Head, town.as_deref()).await?;
            let rows: Vec<&Row> = rows.iter().collect();
            (tables::pages(content.texts(), &rows, core.clock.now(), zone), "Страницы.xlsx".to_owned())
        }
        Sheet::Matrix(id) => {
            let Some(list) = content.checklist(&id) else { return Ok(None) };
            let rows = rows(core, user, Role::Curator, None).await?;
            let mut ticks = tables::Ticks::new();
            for row in &rows {
                for admin in row.page.present() {
                    for (key, tick) in core.store.steps(admin.person).await.map_err(unread)? {
                        if key.checklist == id {
                            ticks.insert((row.page.id, key.step), zone.local(tick.at).date());
                        }
                    }
                }
            }
            let rows: Vec<&Row> = rows.iter().collect();
            (tables::matrix(list, &rows, &ticks), format!("{}.xlsx", list.title))
        }
    };
    let Ok(bytes) = table.xlsx() else { return Ok(None) };
    document(core, message, bytes, ("stranicy.xlsx", &title), "file-failed").await
}

/// The picture of a summary, if whoever gets it may read of it still.
async fn summary(core: &Core, user: UserId, town: Option<&str>) -> Result<Option<Vec<u8>>, RequestError> {
    let rows = rows(core, user, Role::Head, town).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let now = core.clock.now();
    let monday = Day::from(core.region.zone.local(now).date()).monday();
    let title = match town {
        None => core.region.name.clone(),
        Some("") => core.content().texts().get("report-nowhere"),
        Some(town) => town.to_owned(),
    };
    let figures = board::summary(&rows, now, monday);
    let (summary, content) = (pictures::Summary { title, figures }, core.content());
    Ok(pictures::drawn(move || summary.png(content.texts())).await.ok())
}

/// The draft of a guide from a conversation, if whoever gets it may read that still.
async fn guide_draft(
    core: &Core,
    message: &mut OutMessage,
    user: UserId,
    id: u64,
) -> Result<Option<String>, RequestError> {
    let one = core.store.handoff(id).await.map_err(unread)?;
    let rights = core.rights(user).await.map_err(unread)?;
    let Some(one) = one.filter(|one| rights.covers(Role::Curator, &one.place())) else { return Ok(None) };
    let today = core.region.zone.local(core.clock.now()).date();
    let draft = crate::drafts::guide(&one, today);
    document(core, message, draft.into_bytes(), ("podskazka.md", "Черновик подсказки.md"), "file-failed")
        .await
}

/// The card of a page of hers, with the week that has only begun or without.
async fn card(
    core: &Core,
    user: UserId,
    page: GroupId,
    begun: bool,
) -> Result<Option<Vec<u8>>, RequestError> {
    let person = core.store.person(user).await.map_err(unread)?;
    let zone = person.as_ref().and_then(|p| p.zone.as_ref()).unwrap_or(&core.region.zone);
    let monday = Day::from(zone.local(core.clock.now()).date()).monday();
    let hers = person.into_iter().flat_map(|person| person.pages).find(|hers| hers.id == page);
    let mut weeks = core.store.weeks(page).await.map_err(unread)?;
    weeks.retain(|week| begun || week.from < monday);
    let Some(card) = hers.and_then(|hers| Card::of(&hers.name, &weeks)) else { return Ok(None) };
    let content = core.content();
    Ok(pictures::drawn(move || card.png(content.texts())).await.ok())
}

async fn thanks(core: &Core, user: UserId, list: &str) -> Result<Option<Vec<u8>>, RequestError> {
    let person = core.store.person(user).await.map_err(unread)?;
    let content = core.content();
    let (Some(person), Some(list)) = (person, content.checklist(list)) else { return Ok(None) };
    let texts = content.texts();
    let zone = person.zone.as_ref().unwrap_or(&core.region.zone);
    let today = zone.local(core.clock.now()).date();
    let month = texts.get(&format!("month-{}", today.month()));
    let (day, year) = (i64::from(today.day()), today.year().to_string());
    let date =
        texts.format("date-year", &[("day", day.into()), ("month", month.into()), ("year", year.into())]);
    let whom = person.page().map_or_else(|| texts.get("thanks-whom"), |page| page.name.clone());
    let (steps, title) = (list.steps.len(), list.title.clone());
    let thanks = Thanks {
        title: texts.get("thanks-title"),
        whom,
        what: texts.format("thanks-what", &[("list", title.into()), ("steps", steps.into())]),
        signed: texts
            .format("thanks-signed", &[("date", date.into()), ("region", core.region.name.clone().into())]),
        note: texts.get("thanks-note"),
    };
    Ok(pictures::drawn(move || thanks.png()).await.ok())
}

pub(super) fn unread(error: crate::store::StoreError) -> RequestError {
    RequestError::Network(Arc::new(error))
}
