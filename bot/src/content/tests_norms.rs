//! Norms: what regions ask of their pages.

use std::path::Path;

use super::{
    Content, Norm, What,
    tests::{TODAY, refused, sound, spoiled, write},
};
use crate::{chat::tests::CONTENT, domain::page::PageClass};

const OPEN: &str = r#"id = "open"
title = "Открытая формула"
posts_a_week = 3
first_answer = "в тот же день"
own = true
reviewed = 2026-11-01
review_by = 2027-05-01

[sample]
members = 10
days = 14

[zones]
green = 90
yellow = 70

[[part]]
what = "posts"
points = 60
minutes = 20

[[part]]
what = "views"
points = 40
minutes = 30
steps = [{ over = 30, points = 10 }, { over = 70, points = 40 }]
"#;
const STRICT: &str = r#"id = "strict"
title = "Строгий край"
like = "open"
posts_a_week = 5
first_answer = "за три часа"
own = true
reviewed = 2026-11-01
review_by = 2027-05-01
"#;

const FILE: &str = "norms/open.toml";
const OTHER: &str = "norms/strict.toml";

pub(super) fn write_sound(dir: &Path) {
    write(dir, FILE, OPEN);
    write(dir, OTHER, STRICT);
}

#[test]
fn a_norm_takes_anothers_formula_and_keeps_its_own_numbers() {
    let (content, warnings) = Content::load(sound().path(), TODAY).unwrap();
    assert_eq!(warnings, []);
    let (open, strict) = (content.norm("open").unwrap(), content.norm("strict").unwrap());
    assert_eq!((open.posts_a_week, strict.posts_a_week), (3, 5));
    let asked = |norm: &Norm| PageClass::ALL.map(|class| norm.of_class(class).posts_a_week);
    assert_eq!(asked(strict), [5, 5, 5], "a region that tells no classes apart");
    assert_eq!(asked(CONTENT.norm("open").unwrap()), [5, 3, 1], "flagships, active pages, visiting cards");
    assert_eq!(strict.formula, open.formula);
    let parts: Vec<_> = open.formula.parts.iter().map(|p| (p.what, p.points)).collect();
    assert_eq!(parts, [(What::Posts, 60), (What::Views, 40)]);
}

#[test]
fn a_formula_that_does_not_add_up_is_refused() {
    refused(FILE, "points = 60", "points = 50", None, "баллы вместе дают 90, а нужно 100");
    refused(FILE, "what = \"views\"", "what = \"posts\"", Some(22), "«posts» в этой формуле уже есть");
    refused(FILE, "what = \"posts\"", "what = \"likes\"", Some(18), "what = «likes»; бывает: badge");
    refused(FILE, "minutes = 20", "minutes = 0", Some(17), "должны быть больше нуля");
    refused(FILE, "over = 70", "over = 20", Some(22), "steps нужны только для «views»");
    refused(FILE, "points = 40 }]", "points = 35 }]", Some(22), "заканчиваются числом points");
    refused(FILE, "green = 90", "green = 60", Some(13), "0 < yellow < green");
    refused(FILE, "posts_a_week = 3", "posts_a_week = 90", Some(3), "бывает от 1 до 50");
    let classes = "posts_a_week = 3\nclasses = { flagship = 2, card = 1 }";
    refused(FILE, "posts_a_week = 3", classes, Some(4), "1 ≤ card ≤ posts_a_week ≤ flagship ≤ 50");
}

#[test]
fn a_norm_has_a_formula_of_its_own_or_names_one() {
    refused(OTHER, "like = \"open\"", "like = \"gone\"", Some(3), "нормы «gone» нет");
    refused(OTHER, "like = \"open\"", "like = \"strict\"", None, "у той нормы самой нет частей");
    refused(OTHER, "like = \"open\"\n", "", None, "нужно одно из двух");
    refused(OTHER, "own = true\n", "", None, "нет источника");
    refused(FILE, "id = \"open\"", "id = \"other\"", Some(1), "должны совпадать");
    assert_eq!(spoiled(OTHER, "posts_a_week = 5", "posts_a_week = 1"), Ok(vec![]));
}
