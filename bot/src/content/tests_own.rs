//! A region's own folder over the common one.

use std::fs;

use super::{
    Content, Severity, Tone,
    tests::{TODAY, sound, write},
};

#[test]
fn a_file_of_ones_own_takes_the_place_of_the_common_one_and_an_empty_one_removes_it() {
    let (common, own) = (sound(), tempfile::tempdir().unwrap());
    let load = || Content::load_over(common.path(), Some(own.path()), TODAY);
    let plain = Content::load(common.path(), TODAY).unwrap().0;
    assert_eq!(load().unwrap().0.version(), plain.version(), "an empty folder changes nothing");

    let consent = fs::read_to_string(common.path().join("consent.md")).unwrap();
    write(own.path(), "consent.md", &consent.replace("Мы храним", "Школа хранит"));
    let pinned = fs::read_to_string(common.path().join("guides/design/pinned-post.md")).unwrap();
    let ours =
        pinned.replace("pinned-post", "our-guide").replace("Закреп", "Прикреп").replace("закреп", "прикреп");
    write(own.path(), "guides/ours/our-guide.md", &ours);
    let (content, _) = load().unwrap();
    assert_eq!(content.consent().text, "Школа хранит ваше имя.");
    assert_eq!(content.guide("our-guide").unwrap().category, "ours");
    assert_eq!(content.guides().len(), plain.guides().len() + 1);
    assert_ne!(content.version(), plain.version());
    // A newer common file does not come through.
    write(common.path(), "consent.md", &consent.replace("ваше имя", "всё"));
    assert_eq!(load().unwrap().0.consent().text, "Школа хранит ваше имя.");

    write(own.path(), "guides/ours/our-guide.md", "");
    assert!(load().unwrap().0.guide("our-guide").is_none());
    write(own.path(), "consent.md", "без заголовка");
    let told = load().unwrap_err();
    assert!(told.iter().any(|p| p.file.starts_with(own.path().to_str().unwrap())), "{told:?}");
}

#[test]
fn of_phrases_and_ids_only_those_that_are_written_are_replaced() {
    let (common, own) = (sound(), tempfile::tempdir().unwrap());
    let load = || Content::load_over(common.path(), Some(own.path()), TODAY);
    write(own.path(), "texts/ru.ftl", "button-menu = Домой\ngone = Нет такой\n");
    let (content, warnings) = load().unwrap();
    assert_eq!(content.texts().get("button-menu"), "Домой");
    assert!(content.texts().has("hello"), "the others stay");
    assert!(warnings.iter().any(|w| w.what.contains("«gone»") && w.line == Some(2)), "{warnings:?}");
    write(own.path(), "texts/ru.ftl", "button-menu = Домой\nbutton-menu = Меню\n");
    let told = load().unwrap_err();
    assert!(told.iter().any(|p| p.severity == Severity::Error && p.what.contains("дважды")), "{told:?}");
    fs::remove_file(own.path().join("texts/ru.ftl")).unwrap();

    let ids =
        "guide cover\nguide pinned-post\nchecklist launch\nstep launch/pin\ncourse basics\nlesson photo\n";
    write(common.path(), "ids.txt", ids);
    write(own.path(), "ids.txt", "guide old -> cover\n");
    let (content, warnings) = load().unwrap();
    assert_eq!((content.guide("old").map(|g| g.slug.as_str()), warnings.len()), (Some("cover"), 0));
    // What is removed without a word is told, and not once it is retired.
    let list = "checklists/launch.toml";
    let step = fs::read_to_string(common.path().join(list)).unwrap();
    write(own.path(), list, &step.replace("id = \"pin\"", "id = \"pinned\""));
    assert!(load().unwrap_err().iter().any(|p| p.what.contains("«step launch/pin» пропал")));
    write(own.path(), "ids.txt", "step launch/pin -> -\nstep launch/pinned\n");
    assert_eq!(load().unwrap().1, []);
}

/// What the handbook shows to a region that has dates of its own, between its fences.
fn shown() -> String {
    let page = include_str!("../../../docs/handbook/content.md");
    page.split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap()
        .replace("https://…", "https://example.ru")
}

#[test]
fn a_region_adds_dates_of_its_own() {
    let (common, own) = (sound(), tempfile::tempdir().unwrap());
    let today = jiff::civil::date(2026, 11, 29);
    let load = || Content::load_over(common.path(), Some(own.path()), today);
    let before = load().unwrap().0.occasions().len();
    write(own.path(), "calendar/region.toml", &shown());
    let (content, warnings) = load().unwrap();
    assert_eq!((content.occasions().len(), warnings), (before + 2, Vec::new()));
    let day = content.occasions().iter().find(|o| o.id == "region-day").unwrap();
    assert_eq!((day.on(2027), day.tone), (vec![jiff::civil::date(2027, 9, 27)], Tone::Celebrate));
    // A date that is there already, and one that is no date, are told by file and line.
    let told = |text: &str| -> Vec<String> {
        write(own.path(), "calendar/region.toml", text);
        load().unwrap_err().iter().map(|p| format!("{}:{:?} {}", p.file, p.line, p.what)).collect()
    };
    let twice = told(&shown().replace("id = \"region-day\"", "id = \"mother\""));
    assert!(
        twice.iter().any(|p| p.contains("region.toml:Some(5)") && p.contains("«mother» уже есть")),
        "{twice:?}"
    );
    let never = told(&shown().replace("fixed 09-27", "fixed 09-31"));
    assert!(
        never.iter().any(|p| p.contains("region.toml:Some(8)") && p.contains("fixed 09-31")),
        "{never:?}"
    );
}
