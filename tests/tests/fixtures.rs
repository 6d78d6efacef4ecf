//! Every kept payload of VK's goes through long poll into the running bot, between people who talk to it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json, value::RawValue};
use tests::{GROUP, Log, Setup, World};
use tracing_subscriber::filter::LevelFilter;
use vkapi::types::{GroupId, Update, UpdateKind};

/// The file of an event that VK may add tomorrow.
const UNHEARD_OF: &str = "composed/unknown_event.json";
/// The file with one event twice.
const TWICE: &str = "composed/longpoll_batch_with_duplicate_event_id.json";
/// Ids of people who write between the events.
const NEIGHBOURS: i64 = 1_500_000_000;
/// From here on a peer is a chat of many people.
const CHATS: i64 = 2_000_000_000;

/// Every event of a folder with its file's name; those of long-poll answers one by one.
fn events(folder: &str) -> Vec<(String, Value)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vkapi-rs/tests/fixtures");
    let mut files: Vec<PathBuf> =
        fs::read_dir(fixtures.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut events = Vec::new();
    for file in files {
        let name = format!("{folder}/{}", file.file_name().unwrap().to_str().unwrap());
        let payload: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        match payload["updates"].as_array() {
            Some(updates) => events.extend(updates.iter().map(|update| (name.clone(), update.clone()))),
            None => events.push((name, payload)),
        }
    }
    events
}

/// All of them as long poll would send them now: what was kept before there were `event_id`s gets one, and no two files
/// share one, or the second would be taken for a repeat of the first.
fn all() -> Vec<(String, Value)> {
    let mut seen = BTreeSet::new();
    let mut all: Vec<_> = events("updates").into_iter().chain(events("composed")).collect();
    for (number, (name, event)) in all.iter_mut().enumerate() {
        if event["group_id"].is_null() {
            event["group_id"] = json!(GROUP);
        }
        let new = event["event_id"].as_str().is_some_and(|id| seen.insert(id.to_owned()));
        if !new && name != TWICE {
            event["event_id"] = json!(format!("{number:040x}"));
        }
    }
    all
}

/// The person who writes or presses something in an event, and so is answered.
fn writer(event: &Value) -> Option<i64> {
    let object = &event["object"];
    let (from, peer) = match event["type"].as_str() {
        Some("message_new") => {
            let message = if object["message"].is_object() { &object["message"] } else { object };
            (&message["from_id"], &message["peer_id"])
        }
        Some("message_event") => (&object["user_id"], &object["peer_id"]),
        _ => return None,
    };
    from.as_i64().filter(|from| (1..CHATS).contains(from) && peer.as_i64() == Some(*from))
}

#[test]
fn every_kept_event_is_read_as_its_own_kind() {
    let all = all();
    assert!(all.len() > 150, "{}", all.len());
    let mut kinds = BTreeSet::new();
    for (name, event) in all {
        let update = Update::read(RawValue::from_string(event.to_string()).unwrap(), GroupId(GROUP));
        let kind = event["type"].as_str().unwrap();
        assert_eq!(update.kind.name(), kind, "{name}");
        match &update.kind {
            UpdateKind::Malformed { error, .. } => panic!("{name}: {error}"),
            UpdateKind::Unknown { .. } => assert!(!UpdateKind::NAMES.contains(&kind), "{name}"),
            _ => assert_ne!(name, UNHEARD_OF),
        }
        kinds.insert(kind.to_owned());
    }
    assert!(kinds.len() > 45, "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_of_vk_harms_the_bot_or_loses_its_neighbours() {
    let log = Log::listen(LevelFilter::WARN).unwrap();
    let world = World::start(Setup::default()).await.unwrap();
    let sandbox = &world.sandbox;
    let all = all();
    let mut writers: BTreeMap<i64, usize> = BTreeMap::new();
    let mut once = BTreeSet::new();
    for (_, event) in &all {
        if let Some(person) = writer(event).filter(|_| once.insert(event["event_id"].to_string())) {
            *writers.entry(person).or_default() += 1;
            sandbox.allow(person);
        }
    }
    assert!(writers.len() > 5, "{writers:?}");

    for (number, (_, event)) in (NEIGHBOURS..).zip(&all) {
        sandbox.write(number, "Начать");
        sandbox.push_raw(event.clone());
    }
    sandbox.write(NEIGHBOURS - 1, "Начать");
    world.settle().await.unwrap();

    let answers = |person: i64| sandbox.conversation(person).into_iter().filter(|m| !m.from_person).count();
    for (number, (name, _)) in (NEIGHBOURS..).zip(&all) {
        assert_eq!(answers(number), 1, "who wrote before {name}");
    }
    assert_eq!(answers(NEIGHBOURS - 1), 1, "who wrote after all");
    for (person, wrote) in writers {
        assert_eq!(answers(person), wrote, "the writer {person} of kept messages");
    }
    let log = log.text();
    assert!(!log.contains("ERROR") && !log.contains("panic"), "{log}");
    world.stop().await.unwrap();
}
