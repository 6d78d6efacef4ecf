//! The calendar and the ideas: what is taken, on which dates an occasion falls, which mistakes are told.

use std::{fmt::Write, path::Path};

use jiff::civil::{Date, date};

use super::{
    Content, Severity, Tone,
    tests::{TODAY, refused, sound, spoiled, write},
};
use crate::domain::Sphere;

const MONTH: &str = r#"own = true
reviewed = 2026-11-01
review_by = 2027-11-01

[[occasion]]
id = "mother"
title = "День матери"
rule = "last sun 11"
spheres = []
tone = "celebrate"
hint = "Мамы из коллектива."

[[occasion]]
id = "bell"
title = "Последний звонок"
rule = "manual 2026-05-26, 2027-05-25"
spheres = ["school"]
tone = "celebrate"
own = true
"#;
const NOVEMBER: &str = "calendar/11-november.toml";
const SCHOOL: &str = "ideas/school.toml";

/// A calendar of one month and the ideas of every sphere.
pub(super) fn write_sound(dir: &Path) {
    write(dir, NOVEMBER, MONTH);
    for sphere in Sphere::ALL {
        let slug = sphere.slug();
        let mut text =
            format!("sphere = \"{slug}\"\nown = true\nreviewed = 2026-11-01\nreview_by = 2027-05-01\n");
        for n in 1..=12 {
            write!(text, "[[idea]]\ntitle = \"Идея {n}\"\ntext = \"Снимите утро.\"\n").unwrap();
        }
        for n in 1..=5 {
            write!(text, "[[template]]\ntitle = \"Заготовка {n}\"\nbody = \"Ждём вас [дата]!\"\n").unwrap();
        }
        write(dir, &format!("ideas/{slug}.toml"), &text);
    }
}

fn whole() -> Content {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    Content::load(&dir, TODAY).unwrap().0
}

fn dates(content: &Content, id: &str, year: i16) -> Vec<Date> {
    content.occasions().iter().find(|o| o.id == id).unwrap().on(year)
}

#[test]
fn the_calendar_and_the_ideas_are_taken_whole() {
    let (content, warnings) = Content::load(sound().path(), TODAY).unwrap();
    assert_eq!(warnings, []);
    let [mother, bell] = content.occasions() else { panic!("{:?}", content.occasions()) };
    assert_eq!((mother.title.as_str(), mother.tone, mother.own), ("День матери", Tone::Celebrate, false));
    assert_eq!(mother.hint.as_deref(), Some("Мамы из коллектива."));
    assert!(mother.concerns(None) && mother.concerns(Some(Sphere::Sport)));
    assert!(bell.own && bell.concerns(Some(Sphere::School)));
    assert!(!bell.concerns(None) && !bell.concerns(Some(Sphere::Clinic)));
    assert_eq!(content.ideas(Sphere::Sport).len(), 12);
    assert_eq!(content.templates(Sphere::Sport)[0].body, "Ждём вас [дата]!");
}

#[test]
fn an_occasion_falls_on_its_dates() {
    let content = whole();
    for (id, on) in [
        ("new-year", date(2027, 1, 1)),
        ("mother", date(2026, 11, 29)),
        ("mother", date(2027, 11, 28)),
        ("housing", date(2026, 3, 15)),
        ("housing", date(2027, 3, 21)),
        ("medics", date(2026, 6, 21)),
        ("crafts", date(2026, 6, 21)),
        // Five Sundays: the last but one is the fourth.
        ("crafts", date(2030, 6, 23)),
        ("youth", date(2026, 6, 27)),
        ("post", date(2026, 7, 12)),
        ("sportsman", date(2026, 8, 8)),
        ("builder", date(2026, 8, 9)),
        ("father", date(2026, 10, 18)),
        ("school-libraries", date(2026, 10, 26)),
        ("last-bell", date(2026, 5, 26)),
        ("voting-day", date(2027, 9, 12)),
        // Two dates that lists copied from one another often have wrong.
        ("war-end", date(2026, 9, 3)),
        ("stalingrad", date(2027, 2, 2)),
    ] {
        assert_eq!(dates(&content, id, on.year()), [on], "{id}");
    }
    assert_eq!(dates(&content, "last-bell", 2030), [], "nobody knows it yet");
}

#[test]
fn a_day_that_a_year_does_not_have_is_skipped() {
    let dir = sound();
    write(dir.path(), NOVEMBER, &MONTH.replace("last sun 11", "fixed 02-29"));
    let (content, _) = Content::load(dir.path(), TODAY).unwrap();
    assert_eq!(dates(&content, "mother", 2027), []);
    assert_eq!(dates(&content, "mother", 2028), [date(2028, 2, 29)]);
}

#[test]
fn a_bad_date_rule_is_refused() {
    for rule in [
        "fixed 02-30",
        "fixed 13-01",
        "fixed 1129",
        "nth 5 sun 3",
        "nth -1 sun 3",
        "nth 0 sun 3",
        "nth 3 son 3",
        "nth 3 sun 13",
        "last sun",
        "manual",
        "manual 2026-02-30",
        "manual 2026-05-26, завтра",
        "каждый вторник",
        "",
    ] {
        refused(NOVEMBER, "last sun 11", rule, Some(8), "бывает «fixed 11-29»");
    }
    refused(NOVEMBER, "rule = \"last sun 11\"\n", "", Some(5), "нет поля «occasion.rule»");
}

#[test]
fn mistakes_in_the_calendar_are_told_with_their_line() {
    refused(NOVEMBER, "[\"school\"]", "[\"shool\"]", Some(17), "неизвестная сфера «shool»");
    refused(NOVEMBER, "tone = \"celebrate\"", "tone = \"happy\"", Some(10), "бывает: celebrate, memory");
    refused(NOVEMBER, "День матери", &"д".repeat(81), Some(7), "помещается 80");
    refused(NOVEMBER, "Мамы", &"д".repeat(201), Some(11), "помещается 200");
    refused(NOVEMBER, "id = \"bell\"", "id = \"mother\"", Some(13), "дата «mother» уже есть");
    refused(NOVEMBER, "id = \"bell\"", "id = \"Bell 1\"", Some(13), "только латинские");
    refused(NOVEMBER, "hint =", "note =", Some(11), "неизвестное поле «note»");
    refused(NOVEMBER, "own = true\nreviewed", "reviewed", None, "нет источника");
    let dir = sound();
    write(dir.path(), "calendar/12-december.toml", MONTH);
    let told = Content::load(dir.path(), TODAY).unwrap_err();
    assert!(told[0].what.contains("дата «mother» уже есть: 11-november.toml"), "{told:#?}");
}

#[test]
fn dates_entered_by_hand_are_asked_for_in_time() {
    let warnings = spoiled(NOVEMBER, "2026-05-26, 2027-05-25", "2025-05-26, 2025-12-30").unwrap();
    let [warning] = warnings.as_slice() else { panic!("{warnings:#?}") };
    assert_eq!((warning.severity, warning.line), (Severity::Warning, Some(16)));
    assert!(warning.what.contains("последняя дата — 2025-12-30: впишите следующую"), "{warning}");
    assert_eq!(spoiled(NOVEMBER, ", 2027-05-25", ""), Ok(vec![]), "half a year later it is too early to ask");
}

#[test]
fn mistakes_in_ideas_are_told_with_their_line() {
    refused(SCHOOL, "Идея 1\"", &format!("{}\"", "д".repeat(61)), Some(6), "помещается 60");
    refused(SCHOOL, "Снимите утро.", &"д".repeat(301), Some(7), "помещается 300");
    refused(SCHOOL, "Ждём вас", &"д".repeat(701), Some(43), "помещается 700");
    refused(SCHOOL, "Идея 2", "идея 1!", Some(8), "в этом файле уже есть");
    refused(SCHOOL, "text =", "tekst =", Some(7), "неизвестное поле «tekst»");
    refused(SCHOOL, "sphere = \"school\"", "sphere = \"shkola\"", Some(1), "неизвестная сфера «shkola»");
    refused(SCHOOL, "[[idea]]\ntitle = \"Идея 1\"\ntext = \"Снимите утро.\"\n", "", None, "идей 11");
    let template = "[[template]]\ntitle = \"Заготовка 1\"\nbody = \"Ждём вас [дата]!\"\n";
    refused(SCHOOL, template, "", None, "заготовок 4");
    for body in ["Ждём вас!", "Ждём [дата", "Ждём дата]", "Ждём []", "Ждём [id1|нас]", "Ждём [[дата]]"]
    {
        refused(SCHOOL, "Ждём вас [дата]!", body, Some(43), "нужны пропуски вида [дата]");
    }
}

#[test]
fn a_sphere_without_ideas_is_refused() {
    let dir = sound();
    std::fs::rename(dir.path().join(SCHOOL), dir.path().join("ideas/shkola.toml")).unwrap();
    let told = Content::load(dir.path(), TODAY).unwrap_err();
    assert!(told.iter().any(|p| p.what.contains("нет файла school.toml")), "{told:#?}");
}

#[test]
fn every_year_has_all_occasions_and_days_of_mourning_are_marked() {
    let content = whole();
    assert!(content.occasions().len() >= 114, "{}", content.occasions().len());
    for id in ["sorrow", "leningrad", "stalingrad", "war-end", "unknown-soldier", "repressions"] {
        let occasion = content.occasions().iter().find(|o| o.id == id).unwrap();
        assert_eq!(occasion.tone, Tone::Memory, "{id}");
    }
    for occasion in content.occasions().iter().filter(|o| o.tone == Tone::Memory) {
        let hint = occasion.hint.as_deref().unwrap_or_default().to_lowercase();
        assert!(!hint.contains("поздравл") && !hint.contains("праздник"), "{}: {hint}", occasion.id);
    }
    for occasion in content.occasions() {
        let known = ["last-bell", "graduation"].contains(&occasion.id.as_str());
        assert!(known || occasion.on(2027).len() == 1, "{}", occasion.id);
    }
}
