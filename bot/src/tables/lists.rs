//! The lists of the staff's room as tables: announcements, classes, questions without an answer; no names of people.

use crate::{
    chat::{grouped, short, worded, zone_told},
    content::{Content, Texts},
    domain::{
        Asked, Campaign, CampaignState, Class, ClassState, Hall, How, Level, Ms, Pause, SeatState, Tally,
        Zone,
        letter::{Letter, Pressed, Stage},
    },
    sheets::{Cell, Table},
};

/// So much of an announcement names it.
const TITLE: usize = 120;
/// Other wordings of a question that stand in its row.
const WORDINGS: usize = 5;
/// The least mark of who liked a class.
const LIKED: u8 = 4;

/// A campaign with what became of it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The campaign.
    pub campaign: Campaign,
    /// How many of its recipients stand where.
    pub tally: Tally,
    /// What it was made of; none of an older one.
    pub letter: Option<Letter>,
    /// What recipients did with it.
    pub pressed: Vec<Pressed>,
}

/// Announcements: those that wait for a word, come again or are drafts, then those that were sent, as they are given;
/// moments by the clock of a zone.
pub fn letters(waiting: &[Letter], sent: &[Sent], now: Ms, zone: &Zone) -> Table {
    let heading = [
        "Объявление",
        "Состояние",
        "Составлено",
        "Уходит",
        "Получателей",
        "Доставлено",
        "Прочитали",
        "Доля прочитавших",
        "Ознакомились",
        "Нажали кнопку",
        "Не доставлено",
        "Не отправлялось",
        "Ждут",
        "Отменено",
        "Прочитавшие на момент",
    ];
    let mut table = Table::new("Объявления", heading);
    let moment = |at: Ms| Cell::Moment(zone.local(at));
    for letter in waiting {
        let (state, leaves, people) = match letter.stage {
            Stage::Waits { people, .. } if letter.waits(now) => ("ждёт согласия", None, Some(people)),
            Stage::Waits { people, .. } => ("согласия не дождалось", None, Some(people)),
            Stage::Repeats { next, .. } => ("повторяется", next, None),
            Stage::Declined { .. } => ("не согласовано", None, None),
            _ => ("черновик", None, None),
        };
        table.push([
            title(&letter.text),
            state.into(),
            moment(letter.at),
            leaves.map_or(Cell::Empty, moment),
            Cell::count(people),
        ]);
    }
    for one in sent {
        let (campaign, tally) = (&one.campaign, one.tally);
        let number = |n: u64| Cell::Number(i64::try_from(n).unwrap_or(i64::MAX));
        // Nobody has looked yet, which is not nobody.
        let known = campaign.reads.last.is_some() || tally.read > 0;
        let share = (known && tally.delivered() > 0).then(|| (tally.read * 100 / tally.delivered()) as u8);
        let count = |did: fn(&Pressed) -> bool| number(one.pressed.iter().filter(|p| did(p)).count() as u64);
        let (acks, opens) = match &one.letter {
            Some(letter) => (letter.asks_ack(), letter.has_presses()),
            None => (false, false),
        };
        // Who still waits in what is being cancelled will get nothing.
        let (queued, cancelled) = match campaign.state {
            CampaignState::Cancelling => (0, tally.queued + tally.cancelled),
            _ => (tally.queued, tally.cancelled),
        };
        table.push([
            title(&campaign.text),
            state(one).into(),
            moment(campaign.at),
            moment(campaign.starts),
            number(tally.all()),
            number(tally.delivered()),
            if known { number(tally.read) } else { Cell::Empty },
            share.map_or(Cell::Empty, Cell::Percent),
            if acks { count(|p| p.acked.is_some()) } else { Cell::Empty },
            if opens { count(|p| p.opened.is_some()) } else { Cell::Empty },
            number(tally.refused),
            number(tally.skipped),
            number(queued),
            number(cancelled),
            campaign.reads.last.map_or(Cell::Empty, moment),
        ]);
    }
    table
}

fn title(text: &str) -> Cell {
    short(&text.replace('\n', " "), TITLE).into()
}

/// Where a campaign stands, in a word or two.
fn state(sent: &Sent) -> &'static str {
    if sent.letter.as_ref().is_some_and(Letter::is_recalled) {
        return "отозвано";
    }
    match sent.campaign.state {
        CampaignState::Scheduled => "запланировано",
        CampaignState::Running => "отправляется",
        CampaignState::Paused(Pause::Staff) => "на паузе",
        CampaignState::Paused(Pause::Refusals) => "на паузе: слишком много отказов",
        CampaignState::Paused(Pause::Text(_)) => "на паузе: ВКонтакте не принимает текст",
        CampaignState::Cancelling => "отменяется",
        CampaignState::Cancelled => "отменено",
        CampaignState::Finished => "отправлено",
    }
}

/// Classes with who has to do with them, as they are given; when one begins is told by its own clock.
pub fn classes(content: &Content, halls: &[Hall], now: Ms) -> Table {
    let heading = [
        "Занятие",
        "Состояние",
        "Начало",
        "Часы",
        "Минут",
        "Место",
        "Онлайн",
        "Уровень",
        "Сферы",
        "Муниципалитет",
        "Курс",
        "Мест",
        "Записаны",
        "Ждут места",
        "Отказались",
        "Пришли",
        "Доля пришедших",
        "Сертификатов",
        "Оценок",
        "Из них 4 и 5",
        "Есть запись",
    ];
    let texts = content.texts();
    let mut table = Table::new("Занятия", heading);
    for hall in halls {
        let class = &hall.class;
        let set = class.starts.0 > 0;
        let count = |n: usize| Cell::Number(n as i64);
        let (enrolled, came) = (hall.count(SeatState::Enrolled), hall.came());
        // Who walked in without a seat may make it more than all.
        let there = hall.seats.iter().filter(|s| s.state == SeatState::Enrolled && s.came.is_some()).count();
        let share = (class.state == ClassState::Open && now >= class.starts && enrolled > 0)
            .then(|| (there * 100 / enrolled) as u8);
        let marks: Vec<u8> = hall.seats.iter().filter_map(|seat| seat.mark).collect();
        let liked = (marks.iter().filter(|mark| **mark >= LIKED).count() * 100).checked_div(marks.len());
        table.push([
            class.title.as_str().into(),
            stands(class, now).into(),
            if set { Cell::Moment(class.zone.local(class.starts)) } else { Cell::Empty },
            zone_told(texts, class.zone.name()).into(),
            Cell::Number(class.minutes.into()),
            Cell::maybe(class.place.as_deref()),
            Cell::Yes(class.link.is_some() || class.place.is_none()),
            Cell::maybe(class.level.map(|level| level_told(texts, level))),
            spheres(texts, class),
            Cell::maybe(class.municipality.as_deref()),
            Cell::maybe(class.course.as_deref().and_then(|id| content.course(id)).map(|c| c.title.as_str())),
            Cell::count(class.seats),
            count(enrolled),
            count(hall.count(SeatState::Waiting)),
            count(hall.count(SeatState::Left)),
            count(came),
            share.map_or(Cell::Empty, Cell::Percent),
            count(hall.seats.iter().filter(|seat| seat.paper.is_some()).count()),
            count(marks.len()),
            liked.map_or(Cell::Empty, |share| Cell::Percent(share as u8)),
            Cell::Yes(class.record.is_some()),
        ]);
    }
    table
}

fn stands(class: &Class, now: Ms) -> &'static str {
    match class.state {
        ClassState::Draft => "черновик",
        ClassState::Cancelled => "отменено",
        ClassState::Open if now >= class.ends() => "прошло",
        ClassState::Open if now >= class.starts => "идёт",
        ClassState::Open if now >= class.enrols_until() => "запись закрыта",
        ClassState::Open => "идёт запись",
    }
}

fn level_told(texts: &Texts, level: Level) -> String {
    texts.get(Level::turn(Some(level)).0)
}

fn spheres(texts: &Texts, class: &Class) -> Cell {
    let names: Vec<String> =
        class.spheres.iter().map(|sphere| texts.get(&format!("sphere-{}", sphere.slug()))).collect();
    Cell::maybe((!names.is_empty()).then(|| names.join(", ")))
}

/// Of these questions those without an answer, a row for those that mean the same; moments by the clock of a zone.
pub fn questions(content: &Content, asked: &[&Asked], zone: &Zone) -> Table {
    let heading = [
        "Вопрос",
        "Другими словами",
        "Сколько раз",
        "Ждут ответа",
        "Ответа не нашлось",
        "Предложен выбор",
        "Подсказка не помогла",
        "Какая подсказка",
        "Впервые",
        "В последний раз",
    ];
    let mut table = Table::new("Вопросы без ответа", heading);
    for group in grouped(content, asked) {
        let all = &group.0;
        let mut wordings: Vec<String> = Vec::new();
        for asked in all {
            let words = worded(content, asked);
            if !wordings.iter().any(|known| known.to_lowercase() == words.to_lowercase()) {
                wordings.push(words);
            }
        }
        let mut wordings = wordings.into_iter();
        let first = wordings.next().unwrap_or_default();
        let others: Vec<String> = wordings.take(WORDINGS).collect();
        let of = |how: How| Cell::Number(all.iter().filter(|asked| asked.how == how).count() as i64);
        let guide = all.iter().find_map(|asked| asked.guide.as_deref().and_then(|slug| content.guide(slug)));
        let moment = |at: Option<Ms>| at.map_or(Cell::Empty, |at| Cell::Moment(zone.local(at)));
        table.push([
            first.into(),
            Cell::maybe((!others.is_empty()).then(|| others.join("\n"))),
            Cell::Number(all.len() as i64),
            Cell::Number(group.waiting() as i64),
            of(How::Unknown),
            of(How::Unsure),
            of(How::Unhelpful),
            Cell::maybe(guide.map(|guide| guide.title.as_str())),
            moment(all.iter().map(|asked| asked.at).min()),
            moment(all.iter().map(|asked| asked.at).max()),
        ]);
    }
    table
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod tests;
