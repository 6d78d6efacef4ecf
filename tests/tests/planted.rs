//! `kurator content check` on this repository's content with one mistake planted in it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::fs;

use kurator::content::{Content, Severity};
use tests::{content_dir, copy};

/// Plants a mistake and expects it to be told for this file in these words; a warning leaves the content in use.
#[track_caller]
fn told(file: &str, mistake: impl Fn(&str) -> String, severity: Severity, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    copy(&content_dir(), folder.path()).unwrap();
    let path = folder.path().join(file);
    let sound = fs::read_to_string(&path).unwrap_or_default();
    let spoiled = mistake(&sound);
    assert_ne!(sound, spoiled, "nothing was planted");
    fs::write(&path, spoiled).unwrap();
    let checked = Content::load(folder.path(), jiff::civil::date(2026, 11, 24));
    let (usable, problems) = match checked {
        Ok((_, warnings)) => (true, warnings),
        Err(problems) => (false, problems),
    };
    assert_eq!(usable, severity == Severity::Warning, "{problems:#?}");
    let hit = problems.iter().any(|p| p.severity == severity && p.what.contains(words));
    assert!(hit, "not told «{words}» but {problems:#?}");
}

fn refused(file: &str, from: &str, to: &str, words: &str) {
    told(file, |sound| sound.replacen(from, to, 1), Severity::Error, words);
}

const GUIDE: &str = "guides/howto/pin-and-unpin.md";

#[test]
fn a_dead_cross_reference_is_refused() {
    told(
        GUIDE,
        |s| s.replacen("see = [", "see = [\"no-such\", ", 1),
        Severity::Error,
        "подсказки «no-such» нет",
    );
}

#[test]
fn a_text_too_long_is_refused() {
    told(GUIDE, |s| format!("{s}{}", "слово ".repeat(150)), Severity::Error, "помещается 900");
}

#[test]
fn a_label_over_forty_is_refused() {
    let card = format!("## Подробнее: {}\nТекст.\n", "б".repeat(41));
    told(GUIDE, |s| format!("{s}\n{card}"), Severity::Error, "помещается 40");
}

#[test]
fn a_missing_source_is_refused() {
    refused(GUIDE, "own = true\n", "", "нет источника");
}

#[test]
fn a_past_review_date_is_warned_of() {
    let late = |s: &str| {
        s.replacen("review_by = 2027", "review_by = 2026", 1).replacen(
            "reviewed = 2026",
            "reviewed = 2025",
            1,
        )
    };
    told(GUIDE, late, Severity::Warning, "срок проверки прошёл");
}

#[test]
fn a_duplicate_slug_is_refused() {
    let other = fs::read_to_string(content_dir().join(GUIDE)).unwrap();
    told("guides/text/pin-and-unpin.md", |_| other.clone(), Severity::Error, "такая подсказка уже есть");
}

#[test]
fn a_removed_id_that_people_have_progress_on_is_refused() {
    refused("checklists/launch.toml", "id = \"order\"", "id = \"paper\"", "«step launch/order» пропал");
}

#[test]
fn a_bad_date_rule_is_refused() {
    let rule = |s: &str| s.replacen("rule = \"fixed 11-", "rule = \"fixed 11-9", 1);
    told("calendar/11-november.toml", rule, Severity::Error, "rule");
}

#[test]
fn a_missing_plural_is_refused() {
    refused("texts/ru.ftl", "    [few] { $minutes } минут\n", "", "нет форм few");
}

#[test]
fn an_unknown_sphere_is_refused() {
    let sphere = |s: &str| s.replacen("+++\n", "+++\nspheres = [\"hospital\"]\n", 1);
    let sphere = |s: &str| {
        if s.contains("spheres = [") {
            s.replacen("spheres = [", "spheres = [\"hospital\", ", 1)
        } else {
            sphere(s)
        }
    };
    told(GUIDE, sphere, Severity::Error, "неизвестная сфера «hospital»");
}
