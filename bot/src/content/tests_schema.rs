//! The schemas say the same as the loader and as the files there are.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use jiff::civil::date;
use regex::Regex;

use super::*;
use crate::content::Content;

fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../content")
}

/// The files of a kind.
fn files(kind: &str) -> Vec<PathBuf> {
    let whole = content().join(format!("{kind}.toml"));
    if whole.is_file() {
        return vec![whole];
    }
    let production = kind == "production";
    let folder = content().join(if production { "calendar" } else { kind });
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_production =
        |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().starts_with("production");
    let mut files: Vec<PathBuf> =
        all.filter(|path| (kind != "calendar" && !production) || is_production(path) == production).collect();
    files.sort();
    files
}

/// What of a value a schema does not allow.
fn judge(value: &toml::Value, schema: &Value, at: &str, faults: &mut Vec<String>) {
    let mut fault = |what: &str| faults.push(format!("{at}: {what}"));
    match (value, schema["type"].as_str()) {
        (toml::Value::Table(table), Some("object")) => {
            for (name, value) in table {
                match schema["properties"].get(name) {
                    Some(inner) => judge(value, inner, &format!("{at}.{name}"), faults),
                    None => faults.push(format!("{at}: «{name}» is not in the schema")),
                }
            }
        }
        (toml::Value::Array(all), Some("array")) => {
            for value in all {
                judge(value, &schema["items"], at, faults);
            }
        }
        (toml::Value::String(text), kind) => {
            if let Some(names) = schema["enum"].as_array() {
                if !names.iter().any(|name| name == text) {
                    fault(&format!("«{text}» is none of {names:?}"));
                }
            } else if kind != Some("string") || schema["format"] == "date" {
                fault("a text");
            }
            let length = text.trim().chars().count() as u64;
            if schema["maxLength"].as_u64().is_some_and(|max| length > max) {
                fault(&format!("{length} characters"));
            }
            if let Some(pattern) = schema["pattern"].as_str()
                && !Regex::new(pattern).unwrap().is_match(text)
            {
                fault(&format!("«{text}» is not {pattern}"));
            }
        }
        (toml::Value::Datetime(_), _) if schema["format"] == "date" => {}
        (toml::Value::Integer(n), Some("integer")) => {
            if schema["minimum"].as_i64().is_some_and(|least| *n < least) {
                fault("too small");
            }
        }
        (toml::Value::Boolean(_), Some("boolean")) => {}
        (other, kind) => fault(&format!("{other} is no {kind:?}")),
    }
}

#[test]
fn every_file_there_is_fits_its_schema() {
    for kind in KINDS {
        let schema = schema(kind).unwrap();
        assert!(!files(kind).is_empty(), "{kind}");
        for file in files(kind) {
            let value = toml::Value::Table(toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap());
            let mut faults = Vec::new();
            judge(&value, &schema, &file.display().to_string(), &mut faults);
            assert!(faults.is_empty(), "{faults:#?}");
        }
    }
    assert!(schema("nothing").is_none());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Where a schema has tables, as paths of names, and the fields of each.
fn tables(schema: &Value, at: &[String], found: &mut Vec<(Vec<String>, BTreeSet<String>)>) {
    let Some(properties) = schema["properties"].as_object() else { return };
    found.push((at.to_vec(), properties.keys().cloned().collect()));
    for (name, inner) in properties {
        let inner = if inner["type"] == "array" { &inner["items"] } else { inner };
        tables(inner, &[at, std::slice::from_ref(name)].concat(), found);
    }
}

/// Puts a field that nothing has into the first table at that path, which is made if it may be; false if there is none.
fn plant(table: &mut toml::Table, at: &[String], make: bool) -> bool {
    let Some((first, rest)) = at.split_first() else {
        table.insert("planted".to_owned(), toml::Value::Integer(1));
        return true;
    };
    if make && !table.contains_key(first) {
        table.insert(first.clone(), toml::Value::Array(vec![toml::Value::Table(toml::Table::new())]));
    }
    match table.get_mut(first) {
        Some(toml::Value::Table(inner)) => plant(inner, rest, make),
        Some(toml::Value::Array(all)) => all.iter_mut().any(|value| match value {
            toml::Value::Table(inner) => plant(inner, rest, make),
            _ => false,
        }),
        _ => false,
    }
}

/// A file with a planted field, and the fields that are known there.
struct Planted {
    kind: &'static str,
    at: Vec<String>,
    fields: BTreeSet<String>,
    file: PathBuf,
    text: String,
}

fn planted(kind: &'static str, round: usize) -> Option<Planted> {
    let mut found = Vec::new();
    tables(&schema(kind).unwrap(), &[], &mut found);
    let (at, fields) = found.into_iter().nth(round)?;
    let planted = [false, true].into_iter().find_map(|make| {
        files(kind).into_iter().find_map(|file| {
            let mut table: toml::Table = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
            plant(&mut table, &at, make).then(|| (file, toml::to_string(&table).unwrap()))
        })
    });
    let (file, text) = planted.unwrap_or_else(|| panic!("{kind}: no file has {at:?}"));
    Some(Planted { kind, at, fields, file, text })
}

#[test]
fn the_loader_knows_the_fields_of_the_schemas_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut held = 0;
    for round in 0.. {
        copy(&content(), folder.path());
        let all: Vec<Planted> = KINDS.into_iter().filter_map(|kind| planted(kind, round)).collect();
        if all.is_empty() {
            break;
        }
        let copied = |file: &Path| folder.path().join(file.strip_prefix(content()).unwrap());
        for planted in &all {
            fs::write(copied(&planted.file), &planted.text).unwrap();
        }
        let problems = Content::load(folder.path(), date(2026, 11, 23)).err().unwrap_or_default();
        for Planted { kind, at, fields, file, .. } in all {
            let file = copied(&file).display().to_string();
            let told = problems.iter().filter(|p| p.file == file).map(|p| p.what.as_str());
            let told: Vec<&str> = told.filter(|what| what.contains("«planted»")).collect();
            assert_eq!(told.len(), 1, "{kind} {at:?}: the loader takes anything: {problems:#?}");
            let known = told[0].split("бывают: ").nth(1).unwrap_or_default();
            let known: BTreeSet<String> = known.split(", ").map(str::to_owned).collect();
            assert_eq!(known, fields, "{kind} {at:?}");
            held += 1;
        }
    }
    assert!(held > 20, "{held}");
}
