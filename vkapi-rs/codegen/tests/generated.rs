//! What is generated is what the facts say.

use std::{collections::BTreeSet, fs};

use vkapi_codegen::{Token, home};

#[test]
fn the_sources_are_those_the_facts_make() {
    let files = vkapi_codegen::write().unwrap();
    for (path, text) in &files {
        let kept = fs::read_to_string(home().join(path)).unwrap_or_default();
        assert!(kept == *text, "{path} is stale: cargo run -p vkapi-codegen");
    }
    for folder in ["../src/methods/schema", "../src/types/schema"] {
        for entry in fs::read_dir(home().join(folder)).unwrap() {
            let path = format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap());
            assert!(files.contains_key(&path), "{path} is made by nothing");
        }
    }
}

#[test]
fn every_feature_of_the_sources_is_declared_and_in_full() {
    let manifest = fs::read_to_string(home().join("../Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let declared = manifest["features"].as_table().unwrap();
    let full: BTreeSet<_> =
        declared["full"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let mut wanted = BTreeSet::new();
    let files = vkapi_codegen::write().unwrap();
    for part in files.values().flat_map(|text| text.split("feature = \"").skip(1)) {
        wanted.insert(part.split('"').next().unwrap());
    }
    assert!(wanted.is_subset(&full), "{:?}", wanted.difference(&full));
    assert!(full.iter().all(|name| declared.contains_key(*name)));
}

#[test]
fn every_method_of_the_schema_is_there_once() {
    let facts = vkapi_codegen::facts().unwrap();
    assert_eq!(facts.methods.len(), 566);
    let files = vkapi_codegen::write().unwrap();
    let by_hand = ["groups.rs", "messages.rs", "other.rs", "send.rs"]
        .map(|file| fs::read_to_string(home().join("../src/methods").join(file)).unwrap());
    for name in facts.methods.keys() {
        let declared = format!(" {name:?} [");
        let generated = files.values().map(|text| text.matches(&declared).count()).sum::<usize>();
        let named = format!("{name:?}");
        let by_hand = by_hand.iter().any(|text| text.contains(&named));
        assert_eq!(generated + usize::from(by_hand), 1, "{name}");
    }
}

#[test]
fn what_a_communitys_key_can_call_is_behind_no_feature_and_the_rest_is() {
    let facts = vkapi_codegen::facts().unwrap();
    let files = vkapi_codegen::write().unwrap();
    let methods = files.iter().filter(|(path, _)| path.starts_with("../src/methods"));
    // What is behind a feature comes last in each file.
    let (mut open, mut closed) = (String::new(), String::new());
    for (_, text) in methods {
        let (first, last) = text.split_once("#[cfg(feature").unwrap_or((text, ""));
        open += first;
        closed += last;
    }
    for (name, method) in &facts.methods {
        let declared = format!(" {name:?} [");
        if closed.contains(&declared) {
            assert!(!method.tokens.contains(&Token::Group), "{name}");
        }
        if open.contains(&declared) {
            assert!(method.tokens.iter().any(|token| matches!(token, Token::Group | Token::Open)), "{name}");
        }
    }
    assert!(open.contains("\"messages.getHistory\"") && closed.contains("\"wall.get\""));
}
