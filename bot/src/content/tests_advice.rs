//! Advice: what can be done for a page.

use std::path::Path;

use super::{
    Content,
    tests::{TODAY, refused, sound, write},
};
use crate::domain::page::Aspect;

const FILE: &str = "advice/look.toml";
const LOOK: &str = r#"own = true
reviewed = 2026-11-01
review_by = 2027-05-01

[[advice]]
id = "put-cover"
mends = "cover"
minutes = 15
guide = "cover"
say = ["Поставьте обложку.", "Добавьте обложку."]
"#;

pub(super) fn write_sound(dir: &Path) {
    write(dir, FILE, LOOK);
}

#[test]
fn advice_is_read_whole() {
    let dir = sound();
    let (content, _) = Content::load(dir.path(), TODAY).unwrap();
    let advice = &content.advice()[0];
    assert_eq!((advice.id.as_str(), advice.mends, advice.minutes), ("put-cover", Aspect::Cover, 15));
    assert_eq!((advice.guide.as_str(), advice.lesson.as_deref(), advice.say.len()), ("cover", None, 2));
}

#[test]
fn mistakes_in_advice_are_told_with_their_line() {
    refused(FILE, "mends = \"cover\"", "mends = \"hat\"", Some(7), "mends = «hat»");
    refused(FILE, "minutes = 15", "minutes = 0", Some(5), "больше нуля");
    refused(FILE, "guide = \"cover\"", "guide = \"hat\"", Some(9), "подсказки «hat» нет");
    refused(FILE, "guide = \"cover\"", "guide = \"cover\"\nlesson = \"hat\"", Some(10), "урока «hat» нет");
    refused(FILE, ", \"Добавьте обложку.\"", "", Some(5), "формулировок say 1");
    refused(FILE, "put-cover", "Put cover", Some(5), "латинские строчные");
    let again = format!("[[advice]]{}", LOOK.split("[[advice]]").nth(1).unwrap());
    refused(FILE, "[[advice]]", &format!("{again}\n[[advice]]"), Some(12), "уже есть");
}
