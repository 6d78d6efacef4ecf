//! Pictures as they are drawn. `UPDATE=1` writes those of the handbook anew.

use std::{fs, path::Path};

use super::{Card, CardWeek, CodeSheet, Paper, Summary, Thanks};
use crate::{
    domain::{Day, board, page::Zone},
    pages::audit::tests::CONTENT,
};

/// The most bytes of a card: it goes out thousands of times on a Friday.
const CARD_BYTES: usize = 60 * 1024;
/// Links as the bot writes them.
const INVITE: &str = "https://vk.me/club240000001?ref=i-n-olhovsk_school5";
const DOOR: &str = "https://vk.me/club240000001?ref=here_1_0a1b2c3d";
/// Monday, 5 October 2026.
const FIRST: i32 = 20_731;

fn card(title: &str, weeks: [(Option<u16>, Option<u8>); 8], asked: u8, zone: Option<Zone>) -> Card {
    let week = |(n, (posts, score)): (usize, (Option<u16>, Option<u8>))| CardWeek {
        from: Day(FIRST + 7 * n as i32),
        posts,
        asked,
        score,
    };
    Card { title: title.to_owned(), weeks: weeks.into_iter().enumerate().map(week).collect(), zone }
}

fn some(weeks: [(u16, u8); 8]) -> [(Option<u16>, Option<u8>); 8] {
    weeks.map(|(posts, score)| (Some(posts), Some(score)))
}

fn paper(name: &str, what: &str) -> Paper {
    Paper {
        title: "Сертификат".to_owned(),
        lead: "участника занятия".to_owned(),
        name: name.to_owned(),
        what: what.to_owned(),
        signed: "3 декабря 2026 года · 90 минут · Ольховская область".to_owned(),
        number: "№ 0609-6452-4872".to_owned(),
        note: "Номер проверит бот «Куратор». Памятный сертификат, не документ об образовании".to_owned(),
    }
}

fn invitation(link: &str) -> CodeSheet {
    let texts = CONTENT.texts();
    CodeSheet {
        link: link.to_owned(),
        title: "Школа № 5 города Ольховска".to_owned(),
        lead: texts.get("code-invite-lead"),
        how: texts.get("code-invite-how"),
        note: link.trim_start_matches("https://").to_owned(),
    }
}

fn door(link: &str) -> CodeSheet {
    let texts = CONTENT.texts();
    CodeSheet {
        link: link.to_owned(),
        title: "Обложка и меню за час".to_owned(),
        lead: texts.get("door-lead"),
        how: texts.get("door-how"),
        note: texts.format("door-note", &[("from", "14:00".into()), ("to", "16:00".into())]),
    }
}

/// How wide and high a picture is, and its dots as red, green and blue.
fn decoded(png: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut pixels).unwrap();
    (reader.info().width as usize, reader.info().height as usize, pixels)
}

/// What a camera reads from a picture, of which every `coarse`th dot is seen.
fn camera(png: &[u8], coarse: usize) -> String {
    let (width, height, pixels) = decoded(png);
    let grey = |x: usize, y: usize| pixels[3 * (y * coarse * width + x * coarse)];
    let mut seen = rqrr::PreparedImage::prepare_from_greyscale(width / coarse, height / coarse, grey);
    let found = seen.detect_grids();
    assert_eq!(found.len(), 1, "one code on a picture");
    found[0].decode().unwrap().1
}

#[test]
fn a_camera_reads_the_link_of_a_printed_invitation_and_of_a_screen() {
    let longest = format!("https://vk.me/club999999999?ref=i-n-{}", "a".repeat(60));
    // As sharp as it is, and small on a screen far away.
    for (link, coarse) in [(INVITE, 1), (DOOR, 3), (&longest, 3)] {
        assert_eq!(camera(&invitation(link).sheet().unwrap(), coarse), link);
        assert_eq!(camera(&door(link).screen().unwrap(), coarse), link);
    }
    let crowded =
        CodeSheet { title: "Учреждение ".repeat(40), lead: "Ъ".repeat(400), ..door(DOOR) };
    assert_eq!(camera(&crowded.sheet().unwrap(), 3), DOOR);
    assert_eq!(camera(&crowded.screen().unwrap(), 3), DOOR);
    assert!(CodeSheet { link: "a".repeat(5_000), ..door(DOOR) }.sheet().is_err(), "no code holds so much");
}

/// The pictures of the handbook.
fn shown() -> Vec<(&'static str, Vec<u8>)> {
    let texts = CONTENT.texts();
    let growing = card(
        "Школа № 5 города Ольховска",
        some([(1, 42), (0, 40), (2, 45), (3, 82), (2, 55), (3, 87), (4, 92), (5, 97)]),
        3,
        Some(Zone::Green),
    );
    let newcomer = card(
        "Муниципальное бюджетное дошкольное образовательное учреждение «Детский сад № 12 „Рябинка“»",
        [
            (None, None),
            (None, None),
            (None, None),
            (Some(0), None),
            (Some(1), None),
            (Some(2), Some(51)),
            (Some(0), Some(48)),
            (Some(3), Some(78)),
        ],
        3,
        Some(Zone::Yellow),
    );
    let thanks = Thanks {
        title: "Благодарность".to_owned(),
        whom: "Школа № 5 города Ольховска".to_owned(),
        what: "Страница оформлена от аватара до плиток Госуслуг: пройден весь чек-лист «Оформление», 11 пунктов из 11.".to_owned(),
        signed: "27 ноября 2026 года · Куратор, помощник администраторов".to_owned(),
        note: "Памятная картинка, не документ об образовании".to_owned(),
    };
    vec![
        ("card-growing", growing.png(texts).unwrap()),
        ("card-newcomer", newcomer.png(texts).unwrap()),
        ("summary", summary().png(texts).unwrap()),
        ("thanks", thanks.png().unwrap()),
        ("invitation", invitation(INVITE).sheet().unwrap()),
        ("door", door(DOOR).screen().unwrap()),
        ("certificate", paper("Анна Петрова", "«Обложка и меню за час»").png().unwrap()),
    ]
}

fn summary() -> Summary {
    let trend = [Some(38), Some(41), None, Some(44), Some(52), Some(49), Some(58), Some(61)];
    let trend = trend.into_iter().enumerate().map(|(n, share)| (Day(FIRST + 7 * n as i32), share)).collect();
    let figures =
        board::Summary { pages: 42, green: 11, yellow: 17, red: 9, trend, ..board::Summary::default() };
    Summary { title: "Ольховская область".to_owned(), figures }
}

#[test]
fn a_summary_is_drawn_whatever_the_figures_are() {
    let texts = CONTENT.texts();
    let nothing = Summary { title: String::new(), figures: board::Summary::default() };
    let mut crowd = Summary { title: "Ъ".repeat(300), ..summary() };
    crowd.figures.red = usize::MAX / 4;
    crowd.figures.pages = usize::MAX / 2;
    for odd in [nothing, crowd] {
        assert!(odd.png(texts).unwrap().len() <= CARD_BYTES);
    }
}

#[test]
fn the_pictures_of_the_handbook_are_small_and_those_that_are_drawn_now() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/handbook/pictures");
    for (name, png) in shown() {
        assert!(png.starts_with(b"\x89PNG"), "{name}");
        // A sheet to be printed is larger, and goes out once.
        let most = if name == "invitation" { 2 * CARD_BYTES } else { CARD_BYTES };
        assert!(png.len() <= most, "{name}: {} bytes", png.len());
        let file = dir.join(format!("{name}.png"));
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(&dir).unwrap();
            fs::write(&file, &png).unwrap();
        }
        let (kept, drawn) = (decoded(&fs::read(&file).unwrap()).2, decoded(&png).2);
        let other = kept.iter().zip(&drawn).filter(|(kept, drawn)| kept.abs_diff(**drawn) > 32).count();
        // Another processor may round an edge otherwise; another date is another picture.
        assert!(
            kept.len() == drawn.len() && other * 1_000 < drawn.len(),
            "{name} is an old one: UPDATE=1 draws it anew"
        );
    }
}

#[test]
fn a_card_is_drawn_whatever_the_weeks_are() {
    let texts = CONTENT.texts();
    let most = card("🏫", [(Some(u16::MAX), Some(255)); 8], u8::MAX, None);
    let none = card("", [(None, None); 8], 0, None);
    let long = paper(&"Константинопольская ".repeat(4), &"Очень длинное название занятия ".repeat(6));
    for odd in [long, paper("🙂", "")] {
        assert!(odd.png().unwrap().starts_with(b"\x89PNG"));
    }
    for odd in [most, none, Card { title: "Ъ".repeat(500), weeks: Vec::new(), zone: None }] {
        assert!(odd.png(texts).unwrap().len() <= CARD_BYTES);
    }
}
