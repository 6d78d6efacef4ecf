use vkapi::types::UserId;

use super::*;
use crate::{
    chat::tests::CONTENT,
    domain::{CampaignId, Reads},
    store::conformance::samples,
};

fn zone() -> Zone {
    Zone::try_from("Europe/Moscow".to_owned()).unwrap()
}

/// The cell of a row under a heading.
fn under<'a>(table: &'a Table, row: usize, heading: &str) -> &'a Cell {
    let column = table.heading.iter().position(|name| name == heading).expect(heading);
    table.rows[row].get(column).unwrap_or(&Cell::Empty)
}

fn csv(table: &Table) -> String {
    let mut csv = Vec::new();
    table.csv(&mut csv).unwrap();
    String::from_utf8(csv).unwrap()
}

#[test]
fn an_announcement_has_its_figures_as_numbers_and_what_nobody_knows_yet_is_empty() {
    let zone = zone();
    let tally = Tally { queued: 1, sent: 30, read: 10, refused: 2, skipped: 3, cancelled: 4 };
    let letter = samples::letter(5, 1, Stage::Sent { by: None });
    let ack = |at| Pressed { acked: Some(Ms(at)), opened: None };
    let pressed = vec![ack(5), ack(6), Pressed { acked: None, opened: Some(Ms(7)) }];
    let mut campaign = samples::campaign(5, CampaignState::Finished);
    campaign.text = "=Совещание\nв среду".to_owned();
    campaign.reads = Reads { next: None, last: Some(Ms(3_600_000)) };
    let known = Sent { campaign, tally, letter: Some(letter), pressed };
    let unknown = Sent {
        campaign: samples::campaign(6, CampaignState::Cancelling),
        tally: Tally { read: 0, ..tally },
        letter: None,
        pressed: Vec::new(),
    };
    let table = letters(&[], &[known, unknown], Ms(0), &zone);
    assert!(table.rows.iter().all(|row| row.len() == table.heading.len()));
    for (heading, cell) in [
        ("Объявление", "=Совещание в среду".into()),
        ("Состояние", "отправлено".into()),
        ("Составлено", Cell::Moment(zone.local(Ms(9)))),
        ("Уходит", Cell::Moment(zone.local(Ms(10)))),
        ("Получателей", Cell::Number(50)),
        ("Доставлено", Cell::Number(40)),
        ("Прочитали", Cell::Number(10)),
        ("Доля прочитавших", Cell::Percent(25)),
        ("Ознакомились", Cell::Number(2)),
        ("Нажали кнопку", Cell::Number(1)),
        ("Не доставлено", Cell::Number(2)),
        ("Не отправлялось", Cell::Number(3)),
        ("Ждут", Cell::Number(1)),
        ("Отменено", Cell::Number(4)),
        ("Прочитавшие на момент", Cell::Moment(zone.local(Ms(3_600_000)))),
    ] {
        assert_eq!(*under(&table, 0, heading), cell, "{heading}");
    }
    for (heading, cell) in [
        ("Состояние", "отменяется".into()),
        ("Прочитали", Cell::Empty),
        ("Доля прочитавших", Cell::Empty),
        ("Ознакомились", Cell::Empty),
        ("Нажали кнопку", Cell::Empty),
        ("Ждут", Cell::Number(0)),
        ("Отменено", Cell::Number(5)),
    ] {
        assert_eq!(*under(&table, 1, heading), cell, "{heading}");
    }
    assert!(csv(&table).contains("'=Совещание в среду"), "no formula");
}

#[test]
fn what_is_no_campaign_yet_says_so() {
    let (zone, now) = (zone(), Ms(1_000));
    let of =
        |stage| Letter { stage, ..Letter::draft(CampaignId(1), UserId(1), Ms(9), "Завтра".into()) };
    let waiting = [
        of(Stage::Waits { since: Ms(5), people: 400 }),
        of(Stage::Repeats { next: Some(Ms(9_000)), by: None }),
        of(Stage::Declined { by: UserId(2), at: Ms(6), word: "рано".into() }),
        of(Stage::Draft),
    ];
    let table = letters(&waiting, &[], now, &zone);
    let states: Vec<&Cell> = (0..4).map(|row| under(&table, row, "Состояние")).collect();
    let states_told = ["ждёт согласия", "повторяется", "не согласовано", "черновик"];
    assert_eq!(states, states_told.map(Cell::from).iter().collect::<Vec<_>>());
    assert_eq!(*under(&table, 0, "Получателей"), Cell::Number(400));
    assert_eq!(*under(&table, 1, "Уходит"), Cell::Moment(zone.local(Ms(9_000))));
    assert_eq!(*under(&table, 3, "Доставлено"), Cell::Empty);
    let late = letters(&waiting[..1], &[], now.plus(crate::domain::letter::WAITS), &zone);
    assert_eq!(*under(&late, 0, "Состояние"), "согласия не дождалось".into());
}

#[test]
fn a_class_has_its_moment_by_its_own_clock_counts_and_shares_and_nobodys_name_or_number() {
    let class = Class { starts: Ms(90_000_000), enrol_by: Some(Ms(80_000_000)), ..samples::class(7) };
    let seat = |n: i64| samples::seat(7, 70_000 + n, 1);
    let mut seats: Vec<_> = (1..=4).map(seat).collect();
    seats[1].mark = Some(3);
    seats[2] = crate::domain::Seat { came: None, mark: None, paper: None, ..seat(3) };
    seats[3] =
        crate::domain::Seat { state: SeatState::Waiting, came: None, mark: None, paper: None, ..seat(4) };
    let hall = Hall { class, seats };
    let (starts, ends) = (hall.class.starts, hall.class.ends());
    let draft =
        Hall { class: Class { state: ClassState::Draft, starts: Ms(0), ..samples::class(8) }, seats: vec![] };
    let table = classes(&CONTENT, &[hall.clone(), draft], ends);
    assert!(table.rows.iter().all(|row| row.len() == table.heading.len()));
    let texts = CONTENT.texts();
    for (heading, cell) in [
        ("Занятие", "Обложка".into()),
        ("Состояние", "прошло".into()),
        ("Начало", Cell::Moment(zone().local(starts))),
        ("Часы", zone_told(texts, "Europe/Moscow").into()),
        ("Минут", Cell::Number(60)),
        ("Место", "ЦУР".into()),
        ("Онлайн", Cell::Yes(true)),
        ("Уровень", "начинающим".into()),
        ("Сферы", texts.get("sphere-school").into()),
        ("Муниципалитет", "Моршанск".into()),
        ("Курс", CONTENT.course("first-week").unwrap().title.as_str().into()),
        ("Мест", Cell::Number(30)),
        ("Записаны", Cell::Number(3)),
        ("Ждут места", Cell::Number(1)),
        ("Отказались", Cell::Number(0)),
        ("Пришли", Cell::Number(2)),
        ("Доля пришедших", Cell::Percent(66)),
        ("Сертификатов", Cell::Number(2)),
        ("Оценок", Cell::Number(2)),
        ("Из них 4 и 5", Cell::Percent(50)),
        ("Есть запись", Cell::Yes(true)),
    ] {
        assert_eq!(*under(&table, 0, heading), cell, "{heading}");
    }
    assert_eq!(*under(&table, 1, "Состояние"), "черновик".into());
    assert_eq!(*under(&table, 1, "Начало"), Cell::Empty, "no hour is set");
    let csv = csv(&table);
    assert!(!csv.contains("7000") && !csv.contains("Спасибо") && !csv.contains("ёлка"), "{csv}");
    for (at, told) in [
        (Ms(79_999_999), "идёт запись"),
        (Ms(80_000_000), "запись закрыта"),
        (starts, "идёт"),
        (ends, "прошло"),
    ] {
        assert_eq!(*under(&classes(&CONTENT, std::slice::from_ref(&hall), at), 0, "Состояние"), told.into());
    }
    let before = classes(&CONTENT, &[hall], Ms(79_999_999));
    assert_eq!(*under(&before, 0, "Доля пришедших"), Cell::Empty, "nobody could come yet");
}

#[test]
fn questions_that_mean_the_same_are_one_row_and_it_does_not_tell_who_asked() {
    let zone = zone();
    let asked = |person, id, at, text: &str, how| Asked {
        text: text.to_owned(),
        how,
        waits: false,
        ..samples::asked(person, 0, id, at)
    };
    let guide = CONTENT.guides()[0].clone();
    let all = [
        asked(70_001, 1, 60_000, "как прибить пост гвоздём", How::Unknown),
        asked(70_002, 2, 120_000, "Как прибить пост гвоздём", How::Unsure),
        Asked {
            waits: true, ..asked(70_003, 3, 180_000, "где взять рыбу для аквариума", How::Unknown)
        },
        Asked { guide: Some(guide.slug), ..asked(70_004, 4, 240_000, "", How::Unhelpful) },
        asked(70_005, 5, 300_000, "что помогло", How::Helped),
    ];
    let table = questions(&CONTENT, &all.iter().collect::<Vec<_>>(), &zone);
    assert!(table.rows.iter().all(|row| row.len() == table.heading.len()));
    assert_eq!(table.rows.len(), 3, "{:?}", table.rows);
    assert_eq!(*under(&table, 0, "Вопрос"), "где взять рыбу для аквариума".into(), "who waits comes first");
    assert_eq!(*under(&table, 0, "Ждут ответа"), Cell::Number(1));
    for (heading, cell) in [
        ("Сколько раз", Cell::Number(2)),
        ("Ждут ответа", Cell::Number(0)),
        ("Ответа не нашлось", Cell::Number(1)),
        ("Предложен выбор", Cell::Number(1)),
        ("Подсказка не помогла", Cell::Number(0)),
        ("Другими словами", Cell::Empty),
        ("Впервые", Cell::Moment(zone.local(Ms(60_000)))),
        ("В последний раз", Cell::Moment(zone.local(Ms(120_000)))),
    ] {
        assert_eq!(*under(&table, 1, heading), cell, "{heading}");
    }
    assert_eq!(*under(&table, 2, "Вопрос"), guide.title.as_str().into(), "its words are not known any more");
    assert_eq!(*under(&table, 2, "Какая подсказка"), guide.title.as_str().into());
    assert!(!csv(&table).contains("7000"));
}
