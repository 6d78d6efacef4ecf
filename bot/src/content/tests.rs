use std::{fs, path::Path};

use jiff::civil::{Date, date};
use tempfile::TempDir;

use super::{Content, Problem, Severity};
use crate::domain::Sphere;

pub(super) const TODAY: Date = date(2026, 11, 23);

const GUIDE: &str = r#"+++
slug = "pinned-post"
title = "Закреплённая запись"
ask = ["что закрепить на стене"]
tags = ["закреп"]
spheres = ["school"]
sources = [{ title = "Порядок", url = "https://example.org/order" }]
reviewed = 2026-11-01
review_by = 2027-05-01
see = ["cover"]
checklist = "launch"
course = "basics"
+++
Закрепите рассказ о себе:
— кто вы;
— куда писать.

## Подробнее: Пример
Мы — школа № 5.
"#;
const COVER: &str = r#"+++
slug = "cover"
title = "Обложка"
ask = ["какого размера шапка"]
own = true
reviewed = 2026-11-01
review_by = 2027-05-01
+++
Положите главное в середину.
"#;
const CHECKLIST: &str = r#"id = "launch"
title = "Запуск страницы"
about = "С чего начать."
order = 1
period = "once"
own = true
reviewed = 2026-11-01
review_by = 2027-05-01

[[step]]
id = "pin"
text = "Закрепите запись"
check = "self"
guide = "pinned-post"
why = "Её читают первой."
"#;
const COURSE: &str = r#"id = "basics"
title = "Основы"
about = "Как вести страницу."
kind = "lesson"
level = "start"
minutes = 10
guides = ["cover"]
own = true
reviewed = 2026-11-01
review_by = 2027-05-01
order = 1
"#;
const CONSENT: &str = "+++\nversion = 2\ndate = 2026-11-23\n+++\nМы храним ваше имя.\n";
const TEXTS: &str = "hello = Здравствуйте, { $name }!
days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[many] { $n } дней
}
button-menu = Меню
";
const DRAFT: &str = "own = true
reviewed = 2026-11-01
review_by = 2027-05-01
[[plain]]
said = [\"осуществля\"]
better = \"идёт\"
";

const SYNONYMS: &str = "filler = [\"как\"]\n[[same]]\nwords = [\"обложка\", \"шапка\"]\n[[outside]]\nid = \"medicine\"\nwords = [\"терапевт\"]\n";

const FILES: [(&str, &str); 8] = [
    ("guides/design/pinned-post.md", GUIDE),
    ("guides/design/cover.md", COVER),
    ("checklists/launch.toml", CHECKLIST),
    ("courses/basics.toml", COURSE),
    ("consent.md", CONSENT),
    ("texts/ru.ftl", TEXTS),
    ("synonyms.toml", SYNONYMS),
    ("draft.toml", DRAFT),
];

pub(super) fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub(super) fn sound() -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in FILES {
        write(dir.path(), name, text);
    }
    super::tests_calendar::write_sound(dir.path());
    super::tests_norms::write_sound(dir.path());
    super::tests_lessons::write_sound(dir.path());
    super::tests_advice::write_sound(dir.path());
    dir
}

/// Sound content in which one file has `from` replaced.
pub(super) fn spoiled(name: &str, from: &str, to: &str) -> Result<Vec<Problem>, Vec<Problem>> {
    let dir = sound();
    let text = fs::read_to_string(dir.path().join(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    write(dir.path(), name, &text.replacen(from, to, 1));
    Content::load(dir.path(), TODAY).map(|(_, warnings)| warnings)
}

#[track_caller]
pub(super) fn refused(name: &str, from: &str, to: &str, line: Option<usize>, what: &str) {
    let problems = spoiled(name, from, to).expect_err("the mistake went unseen");
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let hit = problems.iter().find(|p| p.what.contains(what) && p.file.ends_with(name));
    let hit = hit.unwrap_or_else(|| panic!("not told «{what}» but {told:#?}"));
    assert_eq!(hit.severity, Severity::Error);
    assert_eq!(hit.line, line, "{hit}");
}

const PINNED: &str = "guides/design/pinned-post.md";
const LAUNCH: &str = "checklists/launch.toml";
const BASICS: &str = "courses/basics.toml";

#[test]
fn sound_content_is_taken_whole() {
    let dir = sound();
    let (content, warnings) = Content::load(dir.path(), TODAY).unwrap();
    assert_eq!(warnings, []);
    assert_eq!(content.guides().len(), 2);
    let guide = content.guide("pinned-post").unwrap();
    assert_eq!(guide.answer, "Закрепите рассказ о себе:\n— кто вы;\n— куда писать.");
    assert_eq!((guide.cards[0].title.as_str(), guide.cards[0].text.as_str()), ("Пример", "Мы — школа № 5."));
    assert_eq!(guide.category, "design");
    assert_eq!(
        content.checklist("launch").unwrap().step("pin").unwrap().guide.as_deref(),
        Some("pinned-post")
    );
    assert_eq!(content.course("basics").unwrap().guides, ["cover"]);
    assert_eq!((content.consent().version, content.consent().text.as_str()), (2, "Мы храним ваше имя."));
    assert_eq!(content.index().find("шапка").candidates[0].slug, "cover");
}

#[test]
fn the_version_follows_every_file() {
    let dir = sound();
    let version = || Content::load(dir.path(), TODAY).unwrap().0.version().to_owned();
    let before = version();
    assert_eq!(version(), before);
    write(dir.path(), "texts/ru.ftl", &TEXTS.replace("Меню", "Домой"));
    assert_ne!(version(), before);
}

#[test]
fn phrases_take_names_and_numbers_and_never_vanish() {
    let dir = sound();
    let (content, _) = Content::load(dir.path(), TODAY).unwrap();
    let texts = content.texts();
    assert_eq!(texts.format("hello", &[("name", "Анна".into())]), "Здравствуйте, Анна!");
    for (n, said) in [(1_u32, "1 день"), (3, "3 дня"), (11, "11 дней"), (21, "21 день"), (1005, "1005 дней")]
    {
        assert_eq!(texts.format("days", &[("n", n.into())]), said);
    }
    assert_eq!(texts.get("no-such"), "⟨no-such⟩");
}

#[test]
fn a_dead_reference_is_refused() {
    refused(PINNED, "see = [\"cover\"]", "see = [\"gone\"]", Some(10), "подсказки «gone» нет");
    refused(PINNED, "checklist = \"launch\"", "checklist = \"gone\"", Some(11), "чек-листа «gone» нет");
    refused(PINNED, "course = \"basics\"", "course = \"gone\"", Some(12), "курса «gone» нет");
    refused(LAUNCH, "guide = \"pinned-post\"", "guide = \"gone\"", Some(14), "подсказки «gone» нет");
    refused(BASICS, "guides = [\"cover\"]", "guides = [\"gone\"]", Some(7), "подсказки «gone» нет");
}

#[test]
fn a_text_too_long_is_refused() {
    let long = "д".repeat(901);
    refused(PINNED, "Закрепите рассказ", &long, Some(14), "помещается 900");
    refused(PINNED, "Мы — школа", &long, Some(18), "помещается 900");
    refused(BASICS, "Основы", &"д".repeat(81), Some(2), "помещается 80");
    refused(LAUNCH, "Закрепите запись", &"д".repeat(121), Some(12), "помещается 120");
    refused(LAUNCH, "Её читают", &"д".repeat(201), Some(15), "помещается 200");
    refused("consent.md", "Мы храним", &"д".repeat(2501), Some(5), "помещается 2500");
    let nearly = format!("{}{{{{log}}}}", "д".repeat(2485));
    refused("consent.md", "Мы храним ваше имя.", &nearly, None, "с долгими сроками длиннее");
}

#[test]
fn a_label_over_forty_is_refused() {
    let long = "д".repeat(41);
    refused(PINNED, "Подробнее: Пример", &format!("Подробнее: {long}"), Some(18), "помещается 40");
    refused(LAUNCH, "Запуск страницы", &long, Some(2), "помещается 40");
    refused("texts/ru.ftl", "Меню", &long, Some(7), "помещается 40");
}

#[test]
fn a_missing_source_is_refused() {
    refused(BASICS, "own = true\n", "", None, "нет источника");
    refused(PINNED, ", url = \"https://example.org/order\"", "", Some(7), "нет url");
    refused(PINNED, "https://example.org/order", "см. сайт", Some(7), "не адрес");
}

#[test]
fn an_overdue_review_is_told_but_taken() {
    let warnings = spoiled(PINNED, "review_by = 2027-05-01", "review_by = 2026-11-22").unwrap();
    assert_eq!(warnings.len(), 1);
    assert_eq!((warnings[0].severity, warnings[0].line), (Severity::Warning, Some(9)));
    assert!(warnings[0].to_string().contains("pinned-post.md:9: предупреждение: срок проверки"));
}

#[test]
fn dates_are_real_and_in_order() {
    refused(PINNED, "reviewed = 2026-11-01", "reviewed = \"вчера\"", Some(8), "не того вида");
    refused(PINNED, "reviewed = 2026-11-01", "reviewed = 2026-11-01T10:00:00", Some(8), "нужна дата");
    refused(PINNED, "review_by = 2027-05-01", "review_by = 2026-05-01", Some(9), "раньше, чем");
    refused(LAUNCH, "reviewed = 2026-11-01\n", "", None, "нет поля «reviewed»");
}

#[test]
fn a_slug_is_unique_well_formed_and_the_name_of_its_file() {
    refused(PINNED, "slug = \"pinned-post\"", "slug = \"pinned\"", Some(2), "должны совпадать");
    let dir = sound();
    write(dir.path(), "guides/text/cover.md", COVER);
    write(dir.path(), "guides/text/Bad_Name.md", &COVER.replace("\"cover\"", "\"Bad_Name\""));
    let problems = Content::load(dir.path(), TODAY).unwrap_err();
    let told = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(told.contains("такая подсказка уже есть"), "{told}");
    assert!(told.contains("Bad_Name.md:2: «Bad_Name»: можно только"), "{told}");
    assert!(told.contains("так же называется"), "{told}");
}

#[test]
fn an_unknown_word_in_a_file_is_refused() {
    refused(PINNED, "spheres = [\"school\"]", "spheres = [\"shool\"]", Some(6), "неизвестная сфера «shool»");
    refused(PINNED, "tags =", "tagz =", Some(5), "неизвестное поле «tagz»");
    refused(LAUNCH, "check = \"self\"", "check = \"me\"", Some(13), "бывает: self, auto");
    refused(LAUNCH, "why = ", "whi = ", Some(15), "неизвестное поле «whi»");
    refused(BASICS, "level = \"start\"", "level = \"high\"", Some(5), "бывает: start, grow");
    refused("synonyms.toml", "[[same]]", "[[sane]]", Some(2), "неизвестное поле «sane»");
    refused("draft.toml", "better", "worse", Some(6), "неизвестное поле «worse»");
    refused("draft.toml", "better = \"идёт\"", "", None, "нет поля «better»");
}

#[test]
fn markdown_that_vk_would_show_as_it_is_is_refused() {
    refused(PINNED, "— кто вы;", "**кто вы**", Some(15), "разметка «**»");
    refused(PINNED, "— кто вы;", "# Кто вы", Some(15), "заголовок");
    assert_eq!(spoiled(PINNED, "— кто вы;", "#школа5 — хештег, а не заголовок"), Ok(vec![]));
}

#[test]
fn a_missing_plural_is_refused() {
    refused("texts/ru.ftl", "    [few] { $n } дня\n", "", Some(2), "нет форм few");
    refused("texts/ru.ftl", "*[many]", "*[other]", Some(2), "нет форм many");
}

#[test]
fn broken_phrases_are_refused() {
    refused("texts/ru.ftl", "{ $name }", "{ $name", Some(1), "не читается как Fluent");
    refused("texts/ru.ftl", "{ $name }", "{ no-such }", Some(1), "берёт «no-such»");
    refused("texts/ru.ftl", "button-menu = Меню", "hello = Меню", None, "написана дважды");
}

#[test]
fn everything_wrong_is_told_at_once_and_files_apart_do_not_hide_each_other() {
    let dir = sound();
    write(dir.path(), PINNED, "без заголовка");
    write(dir.path(), LAUNCH, "id = [");
    write(dir.path(), "guides/design/note.txt", "?");
    fs::remove_file(dir.path().join("texts/ru.ftl")).unwrap();
    let problems = Content::load(dir.path(), TODAY).unwrap_err();
    let files: Vec<&str> = problems.iter().filter_map(|p| p.file.rsplit('/').next()).collect();
    assert_eq!(files, ["launch.toml", "note.txt", "pinned-post.md", "ru.ftl"], "{problems:#?}");
}

#[test]
fn steps_are_unique_and_at_least_one() {
    let again = "[[step]]\nid = \"pin\"\ntext = \"Ещё\"\ncheck = \"self\"\n\n[[step]]";
    refused(LAUNCH, "[[step]]", again, Some(15), "уже есть в этом чек-листе");
    let without = CHECKLIST.split("[[step]]").nth(1).unwrap();
    refused(LAUNCH, &format!("[[step]]{without}"), "", None, "шагов 0");
}

#[test]
fn a_long_title_is_cut_for_a_button_at_a_words_end() {
    let mut guide = Content::load(sound().path(), TODAY).unwrap().0.guides()[0].clone();
    guide.title = "Виджеты «Сообщить о проблеме» и «Высказать мнение»".to_owned();
    assert_eq!(guide.label(), "Виджеты «Сообщить о проблеме»…");
    guide.title = "Обложка".to_owned();
    assert_eq!(guide.label(), "Обложка");
}

#[test]
fn the_content_of_this_repository_is_sound() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
    match Content::load(&dir, TODAY) {
        Ok((content, _)) => assert!(content.guides().len() >= 20),
        Err(problems) => {
            panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        }
    }
}

#[test]
fn a_guide_says_what_concerns_the_sphere_and_what_the_norm_asks() {
    let dir = sound();
    let varied = GUIDE.replace(
        "— куда писать.",
        "— не меньше {{posts}} в неделю.\n\n## Для: clinic\nБез пациентов.\n\n## Вместо: sport, culture\nАфиша.",
    );
    write(dir.path(), PINNED, &varied);
    let (content, _) = Content::load(dir.path(), TODAY).unwrap();
    let guide = content.guide("pinned-post").unwrap();
    let norm = content.norm(super::DEFAULT_NORM);
    let posts = norm.unwrap().posts_a_week;
    let common = format!("Закрепите рассказ о себе:\n— кто вы;\n— не меньше {posts} записей в неделю.");
    assert_eq!(guide.says(0, None, norm), common);
    assert_eq!(guide.says(0, Some(Sphere::School), norm), common);
    assert_eq!(guide.says(0, Some(Sphere::Clinic), norm), format!("{common}\n\nБез пациентов."));
    assert_eq!(guide.says(0, Some(Sphere::Sport), norm), "Афиша.");
    assert_eq!(guide.says(1, Some(Sphere::Clinic), norm), "Мы — школа № 5.");
}

#[test]
fn an_unknown_placeholder_and_an_unknown_sphere_of_a_section_are_refused() {
    refused(PINNED, "— кто вы;", "— {{likes}};", Some(15), "неизвестная подстановка «likes»");
    refused(PINNED, "— кто вы;", "— {{posts;", Some(15), "неизвестная подстановка");
    refused(
        "consent.md",
        "ваше имя",
        "{{posts}}",
        Some(5),
        "неизвестная подстановка «posts»; бывают: {{announcements}}",
    );
    refused(PINNED, "— куда писать.", "## Для: klinic\nИначе.", Some(16), "неизвестная сфера «klinic»");
    let long = format!("## Для: clinic\n{}", "д".repeat(890));
    refused(PINNED, "— куда писать.", &long, None, "clinic");
}

#[test]
fn a_removed_id_is_refused_until_it_is_retired() {
    let dir = sound();
    let ids = "# имена\nguide cover\nguide pinned-post\nchecklist launch\nstep launch/pin\nstep launch/gone\ncourse basics\nlesson photo\n";
    write(dir.path(), "ids.txt", ids);
    let problems = Content::load(dir.path(), TODAY).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].to_string().contains("ids.txt:6: «step launch/gone» пропал"), "{problems:?}");
    assert!(problems[0].what.contains("«step launch/gone -> -»"), "how to retire it is told");
    write(dir.path(), "ids.txt", &ids.replace("launch/gone", "launch/gone -> -"));
    assert_eq!(Content::load(dir.path(), TODAY).unwrap().1, []);
    let moved = format!("{}guide header -> cover\n", ids.replace("step launch/gone\n", ""));
    write(dir.path(), "ids.txt", &moved);
    let (content, _) = Content::load(dir.path(), TODAY).unwrap();
    assert_eq!(
        content.guide("header").map(|g| g.slug.as_str()),
        Some("cover"),
        "old buttons lead to the new one"
    );
    write(dir.path(), "ids.txt", &moved.replace("-> cover", "-> nowhere"));
    assert!(Content::load(dir.path(), TODAY).is_err());
    write(dir.path(), "ids.txt", "guide cover\n");
    let (content, warnings) = Content::load(dir.path(), TODAY).unwrap();
    assert!(warnings[0].what.contains("kurator content ids"), "{warnings:?}");
    assert_eq!(
        content.new_ids(),
        ["checklist launch", "course basics", "guide pinned-post", "lesson photo", "step launch/pin"]
    );
}
