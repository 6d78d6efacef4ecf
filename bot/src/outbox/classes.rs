//! What goes with messages about classes: the file for a calendar, a certificate, the table of people.

use std::collections::BTreeMap;

use vkapi::{RequestError, types::UserId};

use super::files::unread;
use crate::{
    core::Core,
    domain::{Certificate, ClassId, ClassState, Hall, Role, SeatState},
    ics,
    pictures::{self, CodeSheet, Paper},
    rosters,
    sheets::{Cell, Table},
    store::{OutMessage, Store},
};

/// The file of a class for a calendar.
pub(super) async fn calendar(
    core: &Core,
    message: &mut OutMessage,
    id: ClassId,
) -> Result<Option<String>, RequestError> {
    let Some(class) = core.store.class(id).await.map_err(unread)? else { return Ok(None) };
    let bytes = ics::file(&class, core.group, core.clock.now()).into_bytes();
    let title = format!("{}.ics", class.title);
    super::document(core, message, bytes, ("zanyatie.ics", &title), "class-file-failed").await
}

/// The picture of a certificate, as it is kept now.
pub(super) async fn certificate(
    core: &Core,
    user: UserId,
    number: u64,
) -> Result<Option<Vec<u8>>, RequestError> {
    let kept = core.store.certificate(number).await.map_err(unread)?;
    let Some(kept) = kept.filter(|paper| paper.person == user) else { return Ok(None) };
    let content = core.content();
    let texts = content.texts();
    let day = kept.zone.local(kept.held).date();
    let month = texts.get(&format!("month-{}", day.month()));
    let date = texts.format(
        "date-year",
        &[
            ("day", i64::from(day.day()).into()),
            ("month", month.into()),
            ("year", day.year().to_string().into()),
        ],
    );
    let minutes = texts.format("paper-minutes", &[("minutes", i64::from(kept.minutes).into())]);
    let written = Certificate::written(number);
    let paper = Paper {
        title: texts.get("paper-title"),
        lead: texts.get("paper-lead"),
        name: kept.name,
        what: texts.format("paper-what", &[("title", kept.title.into())]),
        signed: texts.format(
            "paper-signed",
            &[
                ("date", date.into()),
                ("minutes", minutes.into()),
                ("region", core.region.name.clone().into()),
            ],
        ),
        number: texts.format("paper-number", &[("number", written.into())]),
        note: texts.get("paper-note"),
    };
    Ok(pictures::drawn(move || paper.png()).await.ok())
}

/// The picture for the screen of a class by which who is there is noted, with the code word as it is now; for whoever may
/// still see to it.
pub(super) async fn door(core: &Core, user: UserId, id: ClassId) -> Result<Option<Vec<u8>>, RequestError> {
    let Some(class) = core.store.class(id).await.map_err(unread)? else { return Ok(None) };
    let rights = core.rights(user).await.map_err(unread)?;
    let may = class.state == ClassState::Open && rights.covers(Role::Trainer, &class.place());
    let (Some(code), Some(name), true) = (&class.code, class.door(), may) else { return Ok(None) };
    let content = core.content();
    let texts = content.texts();
    let time = |at| class.zone.time(at).to_string();
    let args = [("from", time(code.opens).into()), ("to", time(code.closes).into())];
    let sheet = CodeSheet {
        link: rosters::address(core.group, &name),
        lead: texts.get("door-lead"),
        how: texts.get("door-how"),
        note: texts.format("door-note", &args),
        title: class.title,
    };
    Ok(pictures::drawn(move || sheet.screen()).await.ok())
}

/// Everybody who has to do with a class, as a workbook; for whoever may still see to it.
pub(super) async fn people(
    core: &Core,
    message: &mut OutMessage,
    user: UserId,
    id: ClassId,
) -> Result<Option<String>, RequestError> {
    let hall = core.hall(id).await.map_err(unread)?;
    // Her right may have been taken from her since she asked.
    let rights = core.rights(user).await.map_err(unread)?;
    let may = |hall: &Hall| rights.covers(Role::Trainer, &hall.class.place());
    let Some(hall) = hall.filter(may) else { return Ok(None) };
    let ids: Vec<UserId> = hall.seats.iter().map(|seat| seat.person).collect();
    let names = core.pages.names(&ids).await;
    let content = core.content();
    let mut table = Table::new(
        &hall.class.title,
        [
            "№",
            "Имя во ВКонтакте",
            "Страница",
            "Муниципалитет",
            "Профиль",
            "Записан",
            "Состояние",
            "Был",
            "Как отмечен",
            "Когда отмечен",
            "Сертификат",
        ],
    );
    let mut seats: Vec<_> = hall.seats.iter().collect();
    seats.sort_by_key(|seat| (seat.state == SeatState::Left, seat.state == SeatState::Waiting, seat.n));
    let mut towns: BTreeMap<UserId, (Option<String>, Option<String>)> = BTreeMap::new();
    for seat in &seats {
        if let Some(person) = core.store.person(seat.person).await.map_err(unread)? {
            let page = person.page().map(|page| page.name.clone());
            towns.insert(seat.person, (page, person.municipality));
        }
    }
    for (n, seat) in (1..).zip(seats) {
        let (page, town) = towns.remove(&seat.person).unwrap_or_default();
        let state = match seat.state {
            SeatState::Enrolled => "записан",
            SeatState::Waiting => "в листе ожидания",
            SeatState::Left => "отказался",
        };
        let how = seat.came.map(|came| if came.by.is_some() { "тренер" } else { "кодовое слово" });
        table.push([
            Cell::Number(n),
            Cell::maybe(names.get(&seat.person).cloned()),
            Cell::maybe(page),
            Cell::maybe(town),
            Cell::Text(format!("https://vk.ru/id{}", seat.person)),
            Cell::Day(hall.class.zone.local(seat.at).date()),
            Cell::Text(state.to_owned()),
            Cell::Yes(seat.came.is_some()),
            Cell::maybe(how),
            seat.came.map_or(Cell::Empty, |came| Cell::Moment(hall.class.zone.local(came.at))),
            Cell::maybe(seat.paper.map(Certificate::written)),
        ]);
    }
    let bytes = match table.xlsx() {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(%error, "the people of a class could not be written as a table");
            message.text = content.texts().get("class-file-failed");
            return Ok(None);
        }
    };
    let title = format!("{}.xlsx", hall.class.title);
    super::document(core, message, bytes, ("zanyatie.xlsx", &title), "class-file-failed").await
}
