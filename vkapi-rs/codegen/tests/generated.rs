//! What is generated is what the facts say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use vkapi_codegen::{Def, Token, home};

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

/// The sources of `vkapi-rs` under a folder, by their way from there.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut folders = vec![home().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                all.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    all
}

/// Objects declared in a source: the type's name, and of each member VK's name and Rust's type.
fn objects(source: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut objects = BTreeMap::new();
    for block in source.split("object! {").skip(1) {
        let mut name = String::new();
        for line in block.lines().map(str::trim) {
            if let Some(begun) = line.strip_suffix(" {") {
                begun.clone_into(&mut name);
                objects.insert(name.clone(), BTreeMap::new());
            } else if let Some((field, rest)) =
                line.split_once(": ").filter(|_| !line.starts_with("//") && line.ends_with(','))
            {
                let wire = rest.split_once("= \"").and_then(|(_, wire)| wire.split('"').next());
                let wire = wire.unwrap_or(field).to_owned();
                let kind = rest.split(" = ").next().unwrap().trim_end_matches(',').to_owned();
                objects.entry(name.clone()).or_default().insert(wire, kind);
            } else if line == "}" && name.is_empty() {
                break;
            } else if line == "}" {
                name.clear();
            }
        }
    }
    objects
}

#[test]
fn every_event_of_the_schema_has_its_kind_and_its_object() {
    let facts = vkapi_codegen::facts().unwrap();
    let Some(Def::Texts(listed)) = facts.types.get("callback_type") else { panic!("no list of events") };
    let kinds = fs::read_to_string(home().join("../src/types/kinds.rs")).unwrap();
    let kinds: BTreeMap<&str, &str> = kinds
        .lines()
        .filter_map(|line| {
            let (kind, filter) = line.split_once(") = \"")?;
            Some((filter.split('"').next()?, kind.rsplit("::").next()?))
        })
        .collect();
    // How the Callback API greets, and a misprint of `message_edit`.
    let none = ["confirmation", "messages_edit"];
    for name in listed {
        assert_eq!(kinds.contains_key(name.as_str()), !none.contains(&name.as_str()), "{name}");
    }
    assert_eq!(kinds.len(), listed.len() - none.len());
    let untyped: Vec<_> = kinds.iter().filter(|(_, kind)| **kind == "Value").map(|(name, _)| *name).collect();
    assert_eq!(
        untyped,
        ["wall_schedule_post_delete", "wall_schedule_post_new"],
        "VK documents no shape of these"
    );
    // What community managers can switch on is an event.
    let settings = facts.members("groups_long_poll_events").unwrap();
    for member in settings {
        assert!(kinds.contains_key(member.name.as_str()), "{}", member.name);
    }
}

#[test]
fn types_written_by_hand_know_every_member_of_the_schema() {
    let mut known: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (path, source) in sources("../src/types") {
        if !path.contains("/schema/") {
            known.extend(objects(&source));
        }
    }
    assert!(known.len() > 60 && known["Photo"].len() > 20, "{}", known.len());
    let mut lacking = Vec::new();
    for (rust, members) in &known {
        let told = vkapi_codegen::members_of(rust).unwrap();
        let fields = told.iter().filter(|name| !members.contains_key(*name));
        lacking.extend(fields.map(|name| format!("{rust}.{name}")));
    }
    assert!(lacking.is_empty(), "known to VK's schema, and not to vkapi-rs: {lacking:#?}");
}

#[test]
fn nothing_is_untyped_of_which_the_schema_says_what_it_is() {
    let mut untyped = BTreeSet::new();
    for (path, source) in sources("../src/methods").into_iter().chain(sources("../src/types")) {
        for line in source.lines().filter(|line| line.contains("-> Value {")) {
            untyped.insert(line.split('"').nth(1).unwrap().to_owned());
        }
        if path.contains("/types/") {
            for (object, members) in objects(&source) {
                let any = members
                    .iter()
                    .filter(|(_, kind)| ["Value", "Option<Value>", "Vec<Value>"].contains(&kind.as_str()));
                untyped.extend(any.map(|(name, _)| format!("{object}.{name}")));
            }
        }
    }
    let expected = [
        // VK's schema: an answer of any kind.
        "ads.deleteTargetPixel",
        "ads.updateTargetPixel",
        // A text or a list, as the question is.
        "LeadAnswer.answer",
        // Beside the schema, which has no such members; of `reactions` it has only the number.
        "Group.action_button",
        "Group.menu",
        "Group.place",
        "Message.template",
        "WallPost.reactions",
    ];
    assert_eq!(untyped, expected.map(str::to_owned).into());
}
