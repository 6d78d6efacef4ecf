use std::{fmt::Write, path::Path};

use super::tests::{TODAY, refused, sound, write};
use crate::content::Content;

const LESSON: &str = "lessons/photo.toml";

fn lesson() -> String {
    let mut text = r#"id = "photo"
title = "Снимки"
about = "Как снимать."
order = 1
minutes = 4
guide = "cover"
sources = [{ title = "Порядок", url = "https://example.ru/order" }]
reviewed = 2026-11-01
review_by = 2027-05-01
"#
    .to_owned();
    for n in 1..=3 {
        write!(text, "\n[[card]]\ntext = \"Карточка {n}.\"\n").unwrap();
    }
    for n in 1..=3 {
        write!(
            text,
            "\n[[question]]\nid = \"q{n}\"\ntext = \"Вопрос {n}?\"\nwhy = \"Потому что {n}.\"\nsource = \"Порядок\"\n\
             [[question.option]]\ntext = \"Да\"\nright = true\n[[question.option]]\ntext = \"Нет\"\n"
        )
        .unwrap();
    }
    text
}

pub(super) fn write_sound(dir: &Path) {
    write(dir, LESSON, &lesson());
}

#[test]
fn a_lesson_is_read_whole() {
    let dir = sound();
    let content = Content::load(dir.path(), TODAY).unwrap().0;
    let lesson = content.lesson("photo").unwrap();
    assert_eq!((lesson.title.as_str(), lesson.minutes), ("Снимки", 4));
    assert_eq!(lesson.cards, ["Карточка 1.", "Карточка 2.", "Карточка 3."]);
    let question = lesson.question("q2").unwrap();
    assert_eq!(question.options, ["Да", "Нет"]);
    assert_eq!((question.right, question.source.as_deref()), (0, Some("Порядок")));
    assert_eq!(content.lessons().len(), 1);
}

#[test]
fn a_question_has_exactly_one_right_answer() {
    refused(LESSON, "right = true\n", "", Some(20), "верных ответов 0");
    refused(LESSON, "text = \"Нет\"\n", "text = \"Нет\"\nright = true\n", Some(20), "верных ответов 2");
    refused(LESSON, "text = \"Нет\"\n", "text = \"Да\"\n", Some(20), "одинаковых");
}

#[test]
fn a_question_has_an_explanation_and_a_source() {
    refused(LESSON, "why = \"Потому что 1.\"\n", "", None, "question.why");
    refused(LESSON, "source = \"Порядок\"\n", "", Some(20), "нет источника");
    refused(LESSON, "source = \"Порядок\"\n", "source = \"Приказ\"\n", Some(20), "«Приказ» нет среди");
}

#[test]
fn a_lesson_keeps_to_its_sizes() {
    refused(LESSON, "\n[[card]]\ntext = \"Карточка 1.\"\n", "", None, "карточек 2");
    let long = format!("text = \"{}\"", "а".repeat(701));
    refused(LESSON, "text = \"Карточка 2.\"", &long, Some(15), "701 знаков");
    let label = format!("text = \"{}\"", "а".repeat(41));
    refused(LESSON, "text = \"Нет\"", &label, Some(29), "41 знаков");
    refused(LESSON, "text = \"Карточка 3.\"", "text = \"**Карточка**\"", Some(17), "разметка");
    refused(LESSON, "id = \"q2\"", "id = \"q1\"", Some(31), "«q1» уже есть");
    refused(LESSON, "guide = \"cover\"", "guide = \"gone\"", Some(6), "подсказки «gone» нет");
    refused(LESSON, "minutes = 4\n", "", None, "minutes");
}

#[test]
fn a_retired_step_keeps_its_id_and_is_not_asked_for() {
    let dir = sound();
    let path = dir.path().join("checklists/launch.toml");
    let step = "\n[[step]]\nid = \"old\"\ntext = \"Раньше просили\"\ncheck = \"self\"\nretired = true\n";
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}{step}")).unwrap();
    let content = Content::load(dir.path(), TODAY).unwrap().0;
    let list = content.checklist("launch").unwrap();
    assert_eq!(list.steps.len(), 1);
    assert_eq!(list.retired[0].id, "old");
    let again = format!("{text}{}", step.replace("old", "pin"));
    std::fs::write(&path, again).unwrap();
    assert!(Content::load(dir.path(), TODAY).is_err(), "an id is used once, retired or not");
}

#[test]
fn a_try_after_another_asks_other_questions() {
    let dir = sound();
    let text = lesson();
    let more = |n: u32| {
        format!(
            "\n[[question]]\nid = \"q{n}\"\ntext = \"Вопрос {n}?\"\nwhy = \"Потому.\"\nown = true\n\
             [[question.option]]\ntext = \"Да\"\nright = true\n[[question.option]]\ntext = \"Нет\"\n"
        )
    };
    write(dir.path(), LESSON, &format!("{text}{}{}", more(4), more(5)));
    let content = Content::load(dir.path(), TODAY).unwrap().0;
    let lesson = content.lesson("photo").unwrap();
    let drawn = |tries, answered: &[&'static str]| -> Vec<String> {
        lesson.drawn(tries, answered.iter().copied()).iter().map(|q| q.id.clone()).collect()
    };
    assert_eq!(drawn(0, &[]), ["q1", "q2", "q3"]);
    assert_eq!(drawn(1, &[]), ["q4", "q5", "q1"]);
    assert_eq!(drawn(2, &[]), ["q2", "q3", "q4"]);
    // What was answered in a try stays in it, whatever has become of the others.
    assert_eq!(drawn(1, &["q4", "gone"]), ["q4", "q5", "q1"]);
    assert_eq!(drawn(1, &["q1", "q2", "q3"]), ["q1", "q2", "q3"], "a whole try, as it is told");
    let twelve: String = (4..=13).map(more).collect();
    refused(LESSON, &text, &format!("{text}{twelve}"), None, "вопросов 13");
}
