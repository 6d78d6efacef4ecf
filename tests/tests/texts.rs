//! The phrases of `content/texts/ru.ftl` and the code that says them are in step.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use kurator::domain::Sphere;

/// How a phrase is asked for by its name.
const CALLS: [&str; 5] = [".t(\"", ".f(\"", ".v(\"", ".choice(\"", ".format(\""];

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if name != "alone" {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|e| e == "rs") && !name.contains("tests") {
            found.push(path);
        }
    }
}

/// The code of the conversation, without tests.
fn code() -> String {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../bot/src"), &mut files);
    let code = files.iter().map(|f| read(f).split("#[cfg(test)]").next().unwrap_or_default().to_owned());
    code.collect()
}

/// The names of the phrases.
fn phrases() -> BTreeSet<String> {
    let file = read(&tests::content_dir().join("texts/ru.ftl"));
    let name = |line: &str| {
        let name = line.split_once(" =")?.0;
        name.starts_with(|c: char| c.is_ascii_lowercase()).then(|| name.to_owned())
    };
    file.lines().filter_map(name).collect()
}

/// The phrases whose names are put together when they are said.
fn put_together() -> BTreeSet<String> {
    let code = code();
    let synonyms = read(&tests::content_dir().join("synonyms.toml"));
    let outside = synonyms.split("[[outside]]").skip(1).map(|topic| {
        let id = topic.lines().find_map(|l| l.strip_prefix("id = \"")).unwrap();
        format!("outside-{}", id.trim_end_matches('"'))
    });
    let zones = code.split("ZONES: [&str; ").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    let zones = (0..zones.parse::<usize>().unwrap()).map(|i| format!("zone-{i}"));
    let small = code.split("SMALL_TALK: [").nth(1).and_then(|rest| rest.split(';').nth(1)).unwrap();
    let small = small.split('"').skip(1).step_by(2).map(|kind| format!("small-{kind}"));
    let spheres = Sphere::ALL.map(|s| format!("sphere-{}", s.slug()));
    let days = (0..7).flat_map(|d| [format!("day-{d}"), format!("day-whom-{d}")]);
    let marks = (1..=5).map(|mark| format!("mark-{mark}"));
    let sizes = (0..5).map(|size| format!("size-{size}"));
    let months = (1..=12).flat_map(|m| [format!("month-{m}"), format!("month-name-{m}")]);
    let roles = ["admin", "head", "curator", "trainer", "owner"].into_iter();
    let roles =
        roles.clone().map(|r| format!("role-{r}")).chain(roles.skip(1).map(|r| format!("role-{r}-does")));
    outside
        .chain(zones)
        .chain(roles)
        .chain(small)
        .chain(spheres)
        .chain(days)
        .chain(marks)
        .chain(sizes)
        .chain(months)
        .collect()
}

/// The strings of the code that look like the name of a phrase and stand where one is asked for.
fn asked_for() -> BTreeSet<String> {
    let code = code();
    let mut found = BTreeSet::new();
    for call in CALLS {
        for rest in code.split(call).skip(1) {
            let name = rest.split('"').next().unwrap_or_default();
            if !name.is_empty()
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            {
                found.insert(name.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_phrase_that_is_said_is_written() {
    let phrases = phrases();
    let wanted: BTreeSet<_> = asked_for().union(&put_together()).cloned().collect();
    assert!(wanted.len() > 100, "the code was not understood: {wanted:?}");
    let missing: Vec<_> = wanted.difference(&phrases).collect();
    assert!(missing.is_empty(), "not in ru.ftl: {missing:?}");
}

#[test]
fn every_phrase_that_is_written_is_said() {
    let (code, together) = (code(), put_together());
    let quoted = |text: &str| code.contains(&format!("\"{text}\""));
    // `"draft-missing-{what}"` says «draft-missing-date» if the code knows a "date".
    let composed = |name: &str| {
        let ends = name.match_indices('-').map(|(at, _)| name.split_at(at + 1));
        ends.into_iter().any(|(prefix, end)| code.contains(&format!("\"{prefix}{{")) && quoted(end))
    };
    let unused: Vec<_> = phrases()
        .into_iter()
        .filter(|name| !together.contains(name) && !quoted(name) && !composed(name))
        .collect();
    assert!(unused.is_empty(), "nobody says: {unused:?}");
}
