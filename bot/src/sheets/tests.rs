use std::io::{Cursor, Write};

use encoding_rs::WINDOWS_1251;
use proptest::{collection::vec, prelude::*};
use vkapi::types::{GroupId, UserId};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::domain::{
    Sphere,
    roster::{Field, Institution, RosterKey},
};

const HEADING: &str = "№ п/п;Учредитель;Полное наименование учреждения;ОГРН;Сфера деятельности;\
                       Муниципальное образование;Ссылка на официальную страницу;Ответственный (ФИО);VK id";

fn table(lines: &[&str]) -> String {
    [&[HEADING], lines].concat().join("\r\n")
}

fn whole(bytes: impl AsRef<[u8]>) -> Vec<Institution> {
    let roster = read(bytes.as_ref()).unwrap();
    assert_eq!(roster.told, []);
    roster.rows
}

fn told(text: &str) -> Vec<String> {
    let roster = read(text.as_bytes()).unwrap();
    roster.told.iter().map(|t| format!("{}{}: {}", t.row, if t.kept { "+" } else { "" }, t.why)).collect()
}

fn names(roster: &Roster) -> Vec<&str> {
    roster.rows.iter().map(|row| row.name.as_str()).collect()
}

/// What the first line of [`SCHOOL`] means.
fn school() -> Institution {
    Institution {
        key: RosterKey::Name("school5".to_owned()),
        name: "МБОУ «СОШ № 5»".to_owned(),
        founder: Some("Администрация города".to_owned()),
        ogrn: Some(1_027_700_132_195),
        sphere: Some(Sphere::School),
        municipality: Some("г. Моршанск".to_owned()),
        screen_name: Some("school5".to_owned()),
        responsible: Some("Иванова Мария".to_owned()),
        vk: Some(UserId(123)),
    }
}

const SCHOOL: &str = "1;Администрация города;МБОУ «СОШ № 5»;1027700132195;Образование;г. Моршанск;\
                      https://vk.com/School5;Иванова Мария;https://vk.com/id123";

#[test]
fn a_roster_is_read_in_every_encoding_and_with_every_separator() {
    let text = table(&[SCHOOL, ""]);
    assert_eq!(whole(&text), [school()]);
    assert_eq!(whole(format!("\u{feff}{text}")), [school()]);
    assert_eq!(whole(WINDOWS_1251.encode(&text).0), [school()]);
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(whole(wide), [school()]);
    for separator in [",", "\t"] {
        assert_eq!(whole(text.replace(';', separator)), [school()]);
    }
}

#[test]
fn columns_are_known_by_any_usual_name_in_any_order_below_a_title() {
    let text = "Реестр официальных страниц\n\nПаблик,Район,Наименование организации,id сообщества,Отрасль,Телефон ответственного\n\
                vk.com/dk_mir,Сосновский район,Дом культуры,-77,культура,+7 900\n";
    let rows = whole(text);
    assert_eq!(
        rows,
        [Institution {
            key: RosterKey::Page(GroupId(77)),
            name: "Дом культуры".to_owned(),
            founder: None,
            ogrn: None,
            sphere: Some(Sphere::Culture),
            municipality: Some("Сосновский район".to_owned()),
            screen_name: Some("dk_mir".to_owned()),
            responsible: None,
            vk: None,
        }]
    );
}

#[test]
fn what_is_said_about_pages_is_not_taken_for_their_addresses() {
    for heading in [
        "Тип страницы;Подписчиков в сообществе;Госметка сообщества;Наименование;Ссылка на сообщество",
        "Тип страницы;Подписчиков в группе;Статус паблика;Наименование;Адрес страницы",
    ] {
        let rows = whole(format!("{heading}\nпаблик;1 024;есть;Школа № 5;vk.com/school5\n"));
        assert_eq!(rows[0].screen_name.as_deref(), Some("school5"), "{heading}");
    }
    let roster = read("Наименование;Страница\nШкола № 5;vk.com/school5\n".as_bytes()).unwrap();
    assert_eq!(roster.rows[0].screen_name.as_deref(), Some("school5"));
    let lacks: Vec<Field> = roster.untold.columns.into_iter().collect();
    assert_eq!(
        lacks,
        [Field::Founder, Field::Ogrn, Field::Sphere, Field::Municipality, Field::Responsible, Field::Vk]
    );
}

#[test]
fn formulas_and_absurd_rows_are_told_by_their_numbers() {
    let long = format!("2;;{};;;;vk.com/long;;", "а".repeat(40_000));
    let text =
        table(&[SCHOOL, &long, "3;;=cmd|' /C calc'!A0;;;;vk.com/museum;;", "4;@СУММ;Музей;;;;vk.com/m4;;"]);
    let roster = read(text.as_bytes()).unwrap();
    assert_eq!(roster.suspicious, [3, 4, 5]);
    assert_eq!(rows_told(&roster.suspicious), "rows 3, 4, 5");
    assert_eq!(rows_told(&(1..=30).collect::<Vec<_>>()).matches(',').count(), 19);
    assert_eq!(told(&text)[1], "4+: в ячейке формула: записана как обычный текст");
    assert_eq!(read(table(&[SCHOOL]).as_bytes()).unwrap().suspicious, Vec::<u32>::new());
}

#[test]
fn a_cell_that_is_not_understood_is_untold_and_not_empty() {
    let roster = read(table(&["9;;Больница;;неведомое;;club8;;ivanova"]).as_bytes()).unwrap();
    let key = RosterKey::Page(GroupId(8));
    assert_eq!(roster.untold.cells, [(key.clone(), Field::Sphere), (key, Field::Vk)].into());
    assert!(roster.untold.columns.is_empty());
}

#[test]
fn each_bad_row_is_told_with_its_number_and_no_good_one_is_lost() {
    let text = table(&[
        SCHOOL,
        "2;;Лицей;1027700132196;;;vk.com/lyceum;;",
        "3;;Гимназия;1,0277E+12;;;vk.com/gym;;",
        "4;;Музей;;;;ok.ru/museum;;",
        "",
        "5;;;1027700132195;;;vk.com/x5;;",
        "6;;Без всего;;;;нет;;",
        "7;;Та же школа;;;;@school5;;",
        "8;;Короткий;77;;;vk.com/short;;",
        "9;;Больница;1027700132195;неведомое;;club8;;ivanova",
    ]);
    assert_eq!(
        told(&text),
        [
            "3: ОГРН «1027700132196» с опиской: не сходится последняя, контрольная цифра",
            "4: ОГРН «1,0277E+12» испорчен таблицей: задайте столбцу текстовый формат и впишите его заново",
            "5: «ok.ru/museum» — не адрес страницы ВКонтакте",
            "7: нет наименования",
            "8: нет ни ссылки на страницу, ни ОГРН",
            "9: повторяет строку 2: та же страница или тот же ОГРН",
            "10: ОГРН «77»: в нём должно быть 13 цифр, а у предпринимателя 15",
            "11+: сфера «неведомое» боту не знакома",
            "11+: VK id «ivanova» не номер человека: впишите число или ссылку вида vk.com/id123",
        ]
    );
    assert_eq!(names(&read(text.as_bytes()).unwrap()), ["МБОУ «СОШ № 5»", "Больница"]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_costs_only_its_own_row() {
    let bad = "2;\"Отдел;Лицей;;;;vk.com/lyceum;;";
    let multiline = "3;\"Отдел\nобразования\";Гимназия;;;;vk.com/gym;;";
    let text = table(&[
        SCHOOL,
        multiline,
        bad,
        "4;;Музей;;;;vk.com/museum;;",
        "5;;\"Дом \"\"Мир\"\"\";;;;vk.com/mir;;",
    ]);
    let roster = read(text.as_bytes()).unwrap();
    assert_eq!(names(&roster), ["МБОУ «СОШ № 5»", "Гимназия", "Музей", "Дом \"Мир\""]);
    assert_eq!(roster.rows[1].founder.as_deref(), Some("Отдел образования"));
    assert_eq!(roster.told.iter().map(|t| t.row).collect::<Vec<_>>(), [4]);
}

#[test]
fn a_row_of_ten_megabytes_is_told_and_left_out() {
    let long = format!("2;;{};;;;vk.com/long;;", "а".repeat(5 << 20));
    let text = table(&[SCHOOL, &long, "3;;Музей;;;;vk.com/museum;;"]);
    let roster = read(text.as_bytes()).unwrap();
    assert_eq!(names(&roster), ["МБОУ «СОШ № 5»", "Музей"]);
    assert_eq!(told(&text), ["3: строка длиннее 64 КБ"]);
}

#[test]
fn what_is_no_roster_is_refused_with_what_to_do() {
    for (bytes, why) in [
        (&b""[..], Unread::NoHeading),
        ("Фамилия;Имя\nИванова;Мария".as_bytes(), Unread::NoHeading),
        (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1], Unread::Old),
        (b"PK\x03\x04 and then nothing", Unread::Damaged),
    ] {
        assert_eq!(read(bytes), Err(why));
    }
    let many = format!("Наименование;ОГРН\n{}", "a;1\n".repeat(ROWS + 1));
    assert_eq!(read(many.as_bytes()), Err(Unread::Bomb));
    assert_eq!(read(&vec![b'a'; FILE + 1]), Err(Unread::Big));
}

/// A workbook of these parts beside those that every workbook has.
fn book(parts: &[(&str, &str)]) -> Vec<u8> {
    let frame = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
             Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
             xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
             <sheet name=\"Титул\" sheetId=\"1\" r:id=\"r1\"/><sheet name=\"Реестр\" sheetId=\"2\" r:id=\"r2\"/>\
             </sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
             <Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
             Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
             Target=\"worksheets/sheet2.xml\"/></Relationships>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData/></worksheet>",
        ),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, text) in frame.iter().chain(parts) {
        zip.start_file(*name, packed).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A sheet whose rows are cells of XML.
fn sheet(rows: &[(u32, &str)]) -> String {
    let rows =
        rows.iter().map(|(n, cells)| format!("<row r=\"{n}\">{cells}</row>")).collect::<Vec<_>>().concat();
    format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
    )
}

fn word(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn a_workbook_is_read_from_the_sheet_that_has_the_heading_and_of_formulas_the_values() {
    let heading =
        [word("B3", "Наименование"), word("C3", "ОГРН"), word("D3", "Ссылка"), word("E3", "VK ID")].concat();
    let number = [
        word("B4", "Школа"),
        "<c r=\"C4\"><v>1027700132195</v></c>".to_owned(),
        "<c r=\"D4\" t=\"str\"><f>HYPERLINK(\"https://evil\",\"x\")</f><v>vk.com/school5</v></c>".to_owned(),
        "<c r=\"E4\"><f>100+23</f><v>123</v></c>".to_owned(),
    ]
    .concat();
    let far = [word("B9", "Лицей"), word("D9", "vk.ru/club7"), word("XFD9", "далеко")].concat();
    let bad = [word("B1048576", "Музей"), "<c r=\"C1048576\"><v>304500116000158</v></c>".to_owned()].concat();
    let rows =
        sheet(&[(1, &word("A1", "Реестр")), (3, &heading), (4, &number), (9, &far), (1_048_576, &bad)]);
    let roster = read(&book(&[("xl/worksheets/sheet2.xml", &rows)])).unwrap();
    assert_eq!(names(&roster), ["Школа", "Лицей"]);
    let first = &roster.rows[0];
    assert_eq!((first.ogrn, first.vk), (Some(1_027_700_132_195), Some(UserId(123))));
    assert_eq!(first.key, RosterKey::Name("school5".to_owned()));
    assert_eq!(roster.rows[1].key, RosterKey::Page(GroupId(7)));
    assert_eq!(roster.told.iter().map(|t| t.row).collect::<Vec<_>>(), [1_048_576]);
}

#[test]
fn a_workbook_that_unpacks_into_too_much_is_refused_before_it_is_opened() {
    // 30 million tags in 200 kilobytes.
    let bomb = book(&[("xl/sharedStrings.xml", &"<si></si>".repeat(15_000_000))]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(read(&bomb), Err(Unread::Bomb));
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[а-яА-Я «»№0-9]{1,20}",
        "[0-9]{13}",
        "vk\\.com/[a-z]{3,8}",
        "[\"=+@;,\t-]{1,5}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let _ = read(&[HEADING.as_bytes(), b"\n", &bytes].concat());
        let _ = read(&[b"PK\x03\x04", &bytes[..]].concat());
    }

    #[test]
    fn a_workbook_with_a_spoiled_byte_is_read_or_refused(at in 0..1_500_usize, byte in any::<u8>()) {
        let heading = [word("A1", "Наименование"), word("B1", "ОГРН")].concat();
        let mut bytes = book(&[("xl/worksheets/sheet2.xml", &sheet(&[(1, &heading)]))]);
        if let Some(spoiled) = bytes.get_mut(at) {
            *spoiled = byte;
        }
        let _ = read(&bytes);
    }

    #[test]
    fn every_row_that_is_not_empty_is_taken_or_told_once(
        rows in vec(vec(field(), 9..=9), 0..12),
    ) {
        let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
        table.write_record(HEADING.split(';')).unwrap();
        for row in &rows {
            table.write_record(row).unwrap();
        }
        let roster = read(&table.into_inner().unwrap()).unwrap();
        // The first column is no part of a roster.
        let full = rows.iter().filter(|row| row[1..].iter().any(|cell| !cell.trim().is_empty())).count();
        prop_assert_eq!(roster.rows.len() + roster.bad(), full);
        for told in &roster.told {
            prop_assert!((2..rows.len() + 2).contains(&(told.row as usize)));
        }
    }

    #[test]
    fn an_exported_cell_never_begins_as_a_formula(text in "[=+@\t\r\n a-z-]{0,6}") {
        prop_assert!(!cell(&text).starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        prop_assert!(cell(&text).ends_with(&text));
    }
}
