//! What only the store on disk promises.

use std::{fs, io::Write, path::Path};

use tempfile::TempDir;
use vkapi::types::UserId;

use super::*;
use crate::{
    domain::{
        CampaignState, Ms, Person, Recipient,
        letter::{Letter, Stage},
        page::{Aspect, Page, Word},
    },
    store::{
        Expect, Op, OutMessage,
        conformance::{options, samples::*},
        keys::{self, Key, Tree},
        plan::{View, Writes},
        records::Record,
    },
};

pub(super) fn open(dir: &TempDir) -> Result<SledStore> {
    SledStore::open(&options(dir))
}

pub(super) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Puts a record where another belongs.
fn overwrite(home: &Home, tree: Tree, key: Key, record: &impl Record) {
    let mut writes = Writes::default();
    writes.set(tree, key, Some(record.encode().unwrap()));
    home.commit(writes).unwrap();
}

#[cfg(target_os = "linux")]
fn is_sync(path: &Path) -> bool {
    let flags = rustix::fs::ioctl_getflags(fs::File::open(path).unwrap()).unwrap();
    flags.contains(rustix::fs::IFlags::SYNC)
}

/// A closed store with something in it.
pub(super) async fn closed() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).unwrap();
    for i in 1..200 {
        store.commit(commit([], [put(&full_person(i)), Op::Enqueue(message(i, "Привет"))])).await.unwrap();
    }
    dir
}

#[tokio::test]
async fn what_was_acknowledged_survives_closing() {
    let dir = closed().await;
    for round in 0..3 {
        let store = open(&dir).unwrap();
        assert_eq!(store.people(None, 1_000).await.unwrap().len(), 199);
        assert_eq!(store.outbox(None, 1_000).await.unwrap().len(), 199 + round);
        assert!(store.size().await.unwrap() > 0);
        let done = store.commit(commit([], [Op::Enqueue(message(1, "ещё"))])).await.unwrap();
        assert_eq!(done.queued, [OutId(200 + round as u64)], "the sequence goes on");
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_in_the_files_at_once() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(&dir).unwrap();
    store.commit(commit([], [put(&person(7))])).await.unwrap();
    // As they would be found after a kill.
    let (from, to) = (dir.path().join("store/db"), copy.path().join("store/db"));
    fs::create_dir_all(&to).unwrap();
    for name in names(&from).into_iter().filter(|name| name != "blobs") {
        fs::copy(from.join(&name), to.join(&name)).unwrap();
    }
    assert!(open(&copy).unwrap().person(UserId(7)).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_handed_over_is_written_though_nobody_waits_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).unwrap();
    let mut work = Box::pin(store.commit(commit([], [put(&person(7))])));
    assert!(futures::poll!(&mut work).is_pending());
    drop(work);
    drop(store);
    assert!(open(&dir).unwrap().person(UserId(7)).await.unwrap().is_some());
}

#[tokio::test]
async fn one_of_many_made_at_once_fails_alone() {
    let (store, _dir) = crate::store::conformance::sled();
    let made = futures::future::join_all((0..500).map(|i| {
        let event = format!("e{}", i % 100);
        let ops = [Op::SawEvent(event.clone(), Ms(1)), Op::Enqueue(message(i, &event))];
        store.commit(commit([Expect::EventNew(event)], ops))
    }))
    .await;
    for (i, answer) in made.iter().enumerate() {
        match answer {
            Ok(done) => assert_eq!((i < 100, done.queued.len()), (true, 1)),
            Err(e) => assert!(i >= 100 && matches!(e, StoreError::Duplicate), "{i}: {e}"),
        }
    }
    let outbox = store.outbox(None, 1_000).await.unwrap();
    assert_eq!(
        outbox.iter().map(|(id, m)| (id.0, m.to.0)).collect::<Vec<_>>(),
        (0..100).map(|i| (i as u64 + 1, i)).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_second_process_is_told_who_has_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(&dir).unwrap();
    let Err(StoreError::Locked(holder)) = open(&dir) else { panic!("opened twice") };
    let me = format!("процесс {}, запущен 20", std::process::id());
    assert!(holder.starts_with(&me), "{holder}");
    first.commit(commit([], [put(&person(7))])).await.unwrap();
    drop(first);
    assert!(open(&dir).unwrap().person(UserId(7)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_half_written_snapshot_does_not_stop_the_start() {
    let dir = closed().await;
    let half = dir.path().join("store/db/snap.00000000000000FF.generating");
    fs::write(&half, b"half").unwrap();
    let store = open(&dir).unwrap();
    assert!(!half.exists());
    assert_eq!(store.people(None, 1_000).await.unwrap().len(), 199);
}

/// Spoils the file that holds the data, then shows that opening, which has nothing to heal from, says so and takes
/// nothing away.
async fn damaged(spoil: impl Fn(&Path)) {
    let dir = closed().await;
    fs::remove_dir_all(dir.path().join("store/journal")).unwrap();
    let files = dir.path().join("store/db");
    spoil(&files.join("db"));
    let before = (names(&files), fs::metadata(files.join("db")).unwrap().len());
    for _ in 0..2 {
        let opened = open(&dir);
        let Err(StoreError::Corrupt(why)) = opened else { panic!("{opened:?}") };
        assert!(why.contains("не меньше 199") && why.contains("kurator store restore"), "{why}");
    }
    let after = names(&files);
    assert!(before.0.iter().all(|name| after.contains(name)), "{before:?} {after:?}");
    assert!(fs::metadata(files.join("db")).unwrap().len() >= before.1);
}

#[tokio::test]
async fn garbage_in_place_of_the_data_is_told_and_kept() {
    damaged(|db| {
        let len = fs::metadata(db).unwrap().len() as usize;
        fs::write(db, b"not a database! ".repeat(len / 16)).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_spoiled_record_of_the_log_is_told_and_kept() {
    damaged(|db| {
        let mut bytes = fs::read(db).unwrap();
        for byte in &mut bytes[64..4_096] {
            *byte ^= 0x5a;
        }
        fs::write(db, bytes).unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_emptied_data_file_is_not_taken_for_a_new_store() {
    damaged(|db| {
        fs::File::create(db).unwrap();
        for entry in fs::read_dir(db.parent().unwrap()).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().starts_with("snap.") {
                fs::remove_file(path).unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_cut_off_end_of_the_data_is_not_taken_for_an_older_store() {
    damaged(|db| {
        let len = fs::metadata(db).unwrap().len();
        fs::OpenOptions::new().write(true).open(db).unwrap().set_len(len / 2).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused() {
    let dir = closed().await;
    overwrite(
        &Home::open(&options(&dir), room::on_disk).unwrap(),
        Tree::Meta,
        keys::SCHEMA.to_vec(),
        &(engine::SCHEMA + 1),
    );
    let refused = open(&dir);
    let (found, known) = (engine::SCHEMA + 1, engine::SCHEMA);
    assert!(
        matches!(&refused, Err(StoreError::Newer { found: f, known: k }) if (*f, *k) == (found, known)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_start_broken_off_before_anything_was_written_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("store/db")).unwrap();
    fs::File::create(dir.path().join("store/instance.lock")).unwrap().write_all(b"gone").unwrap();
    drop(open(&dir).unwrap());
    fs::remove_file(dir.path().join("store/watermark")).unwrap();
    let store = open(&dir).unwrap();
    store.commit(commit([], [put(&person(7))])).await.unwrap();
    drop(store);
    assert_eq!(fs::read_to_string(dir.path().join("store/watermark")).unwrap(), "1\n");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_files_are_synced_or_the_store_is_refused_with_the_remedy() {
    let dir = tempfile::tempdir().unwrap();
    match SledStore::open(&SledOptions { allow_unsafe: false, ..options(&dir) }) {
        Ok(store) => {
            drop(store);
            assert!(is_sync(&dir.path().join("store/db")));
            assert!(is_sync(&dir.path().join("store/db/db")));
        }
        Err(StoreError::Unsafe(why)) => {
            assert!(why.contains("ext4") && why.contains("allow_unsafe = true"), "{why}");
            assert!(!dir.path().join("store/db/db").exists(), "sled has not touched the directory");
        }
        Err(other) => panic!("{other}"),
    }
}

/// Whether keys or values of a tree hold ids of those the bot talks to. Whoever adds a tree says so here, writes into it
/// below, and has [`Op::Forget`] reach it.
fn names_people(tree: Tree) -> bool {
    match tree {
        Tree::Person
        | Tree::Step
        | Tree::Remind
        | Tree::RemindBy
        | Tree::Outbox
        | Tree::CampQueue
        | Tree::CampTo
        | Tree::Ledger
        | Tree::Asked
        | Tree::AskedT
        | Tree::Progress
        | Tree::Page
        | Tree::Nudged
        | Tree::Opinion
        | Tree::Roster
        | Tree::RosterWho
        | Tree::Handoff
        | Tree::HandoffWho
        | Tree::Watch
        | Tree::Seat
        | Tree::SeatWho
        | Tree::Certificate
        | Tree::CampN
        | Tree::Grant
        | Tree::Letter
        | Tree::Pressed
        | Tree::Parked => true,
        // What somebody did as staff stays: the log, campaigns she sent, segments she named.
        Tree::Campaign
        | Tree::Class
        | Tree::Sight
        | Tree::SightT
        | Tree::Week
        | Tree::Comments
        | Tree::Audit
        | Tree::Meta
        | Tree::CampRun
        | Tree::Seen
        | Tree::SeenT
        // Only together with a line of the log.
        | Tree::Refused
        | Tree::Segment
        | Tree::Cursor => false,
    }
}

#[tokio::test]
async fn no_byte_of_a_forgotten_person_is_in_any_tree() {
    let (store, _dir) = crate::store::conformance::sled();
    let who = UserId(0x1234_5678);
    let start = |n, others: &[i64]| {
        let everyone: Vec<UserId> = others.iter().copied().map(UserId).chain([who]).collect();
        Op::StartCampaign(
            campaign(n, CampaignState::Running),
            everyone.iter().map(|who| (*who, Ms(0))).collect(),
        )
    };
    let ops = [
        put(&full_person(who.0)),
        Op::SetStep(step(who.0, "first", "a"), Some(tick(1))),
        Op::PutProgress(who, Box::new(progress())),
        Op::PutPage(Box::new(Page {
            said: vec![Word { what: Aspect::Badge, yes: true, by: who, confirmed: false, at: Ms(6) }],
            ..page(77, &[who.0, 1])
        })),
        // Two colleagues: one has named her, the other was asked by her.
        put(&away(1, who.0)),
        put(&Person {
            came: vec![arrived(cover(2, 1, who.0).what)],
            offers: vec![answer(who.0)],
            ..person(2)
        }),
        Op::PutReminder(cover(2, 1, who.0)),
        Op::Hold(UserId(2), request(who.0), Ms(400)),
        Op::PutNudged(who, Box::new(nudged())),
        Op::PutInstitution(Box::new(institution(5, Some(who.0)))),
        Op::PutGrant(Box::new(grant(who.0, 5))),
        Op::PutWatch(Box::new(watch(77, who.0))),
        Op::PutHandoff(Box::new(handoff(1, who.0, None))),
        Op::PutHandoff(Box::new(handoff(2, 1, Some(who.0)))),
        Op::PutClass(class(5).into()),
        Op::PutSeat(seat(5, who.0, 0).into()),
        Op::PutCertificate(certificate(5, who.0).into()),
        Op::PutOpinion(who, opinion(4)),
        Op::Wake(who, Ms(3)),
        Op::PutReminder(reminder(who.0, 1, 100)),
        Op::PutReminder(reminder(who.0, 1, 200)),
        Op::Spend(vec![who], Ms(300)),
        Op::Hold(who, held("да"), Ms(400)),
        Op::PutAsked(Box::new(asked(who.0, 1, 5, 300))),
        Op::Enqueue(message(who.0, "Нет")),
        Op::ParkOut(OutId(1), "100".to_owned(), Ms(5)),
        Op::Enqueue(message(who.0, "Привет")),
        Op::Enqueue(OutMessage {
            keyboard: Some(answer(who.0).payload), ..message(2, "Анна просит")
        }),
        start(1, &[1, 2]),
        start(2, &[i64::MAX]),
        start(3, &[5]),
        Op::Settle(CampaignId(3), vec![(who, Recipient::Sent(0))]),
        Op::HandOut(CampaignId(1), (Ms(0), who)),
        Op::Press(CampaignId(1), who, true, Ms(5)),
        Op::PutLetter(Box::new(letter(8, who.0, Stage::Draft))),
        Op::PutLetter(Box::new(Letter { author: UserId(2), ..letter(9, who.0, Stage::Sent { by: None }) })),
    ];
    store.commit(commit([], ops)).await.unwrap();
    // As in keys, by postcard in values, and in digits on buttons.
    let digits = who.0.to_string().into_bytes();
    let forms = [keys::person(who), postcard::to_stdvec(&who).unwrap(), digits];
    let found = || -> Vec<&str> {
        let holds = |bytes: &[u8]| forms.iter().any(|f| bytes.windows(f.len()).any(|w| w == f));
        let pairs = |tree: Tree| store.home.read(|engine| engine.prefix(tree, &[])).unwrap();
        let trees = Tree::ALL
            .iter()
            .filter(|tree| pairs(**tree).iter().any(|(key, value)| holds(key) || holds(value)));
        trees.map(|tree| tree.name()).collect()
    };
    let expected = Tree::ALL.into_iter().filter(|tree| names_people(*tree)).map(Tree::name);
    assert_eq!(found(), expected.collect::<Vec<_>>());
    // What was under way while she left comes too late.
    let late = [Op::Forget(who), Op::HandOut(CampaignId(1), (Ms(1), who))];
    store.commit(commit([], late)).await.unwrap();
    assert!(found().is_empty(), "{:?}", found());
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_an_error_for_whoever_needs_it_alone() {
    let (store, _dir) = crate::store::conformance::sled();
    store.commit(commit([], [put(&person(7)), put(&person(8))])).await.unwrap();
    overwrite(&store.home, Tree::Person, keys::person(UserId(7)), &"not a person".to_owned());
    assert!(matches!(store.person(UserId(7)).await, Err(StoreError::Corrupt(_))));
    let needs = commit([Expect::PersonRev(UserId(7), 1)], [put(&person(7))]);
    assert!(matches!(store.commit(needs).await, Err(StoreError::Corrupt(_))));
    store.commit(commit([Expect::PersonRev(UserId(8), 1)], [put(&person(8))])).await.unwrap();
}

#[tokio::test]
async fn a_list_read_while_it_changes_names_nobody_twice() {
    let (store, _dir) = crate::store::conformance::sled();
    let id = CampaignId(1);
    store.commit(commit([], [Op::PutReminder(reminder(7, 1, 200))])).await.unwrap();
    // As a reader may find the trees: before a reminder was moved, and a list both under its first person and, after
    // she was settled, under its second.
    let mut writes = Writes::default();
    writes.set(Tree::Remind, keys::due(Ms(100), reminder(7, 1, 0).key), Some(Vec::new()));
    for list in [&[5, 6, 7][..], &[6, 7], &[8]] {
        let key = keys::place(id, (Ms(0), UserId(list[0])));
        writes.set(Tree::CampQueue, key, Some(ids(list).encode().unwrap()));
    }
    store.home.commit(writes).unwrap();
    assert_eq!(store.due(Ms(300), 9).await.unwrap(), [reminder(7, 1, 200)]);
    assert_eq!(store.queued(id, None, 9).await.unwrap(), places(&[5, 6, 7, 8]));
}

/// The free bytes of a test's disk: what the file `free` says.
fn told(path: &Path) -> std::io::Result<u64> {
    let text = fs::read_to_string(path.with_file_name("free"))?;
    Ok(text.parse().unwrap_or(u64::MAX))
}

#[tokio::test]
async fn while_the_disk_is_full_commits_wait_and_reads_and_receipts_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let free = |bytes: u64| fs::write(dir.path().join("free"), bytes.to_string()).unwrap();
    free(room::START - 1);
    let refused = SledStore::open_on(&options(&dir), told);
    assert!(matches!(&refused, Err(StoreError::Full(why)) if why.contains("15 МиБ")), "{refused:?}");
    free(u64::MAX);
    let store = SledStore::open_on(&options(&dir), told).unwrap();
    let sent =
        store.commit(commit([], [put(&person(7)), Op::Enqueue(message(7, "Да"))])).await.unwrap().queued[0];
    free(room::RESERVE - 1);
    let mut waiting = Box::pin(store.commit(commit([], [put(&person(8))])));
    assert!(futures::poll!(&mut waiting).is_pending());
    while store.waits().is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert!(store.stats(false).await.unwrap().waits.is_some_and(|why| why.contains("63 МиБ")));
    assert!(store.person(UserId(7)).await.unwrap().is_some());
    store.commit(commit([], [Op::FinishOut(sent)])).await.unwrap();
    assert!(store.outbox(None, 9).await.unwrap().is_empty());
    assert!(matches!(store.backup().await, Err(StoreError::Full(_))), "exports leave commits their room");
    assert!(matches!(store.compact().await, Err(StoreError::Full(_))));
    assert!(futures::poll!(&mut waiting).is_pending());
    free(room::RESERVE);
    waiting.await.unwrap();
    assert_eq!(store.waits(), None);
    store.backup().await.unwrap();
    assert_eq!(store.people(None, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn files_that_met_a_full_disk_are_opened_again_with_all_that_the_journal_has() {
    let (store, _dir) = crate::store::conformance::sled();
    store.commit(commit([], [put(&person(7))])).await.unwrap();
    // As a read leaves it to which sled has told that it cannot write.
    let met: Result<()> = store.read(|_| Err(StoreError::Full("No space left on device".to_owned())));
    assert!(met.is_err());
    let mut writes = Writes::default();
    writes.set(Tree::Cursor, keys::group(GroupId(1)), Some("7".to_owned().encode().unwrap()));
    store.home.commit_to_journal_alone(writes);
    store.commit(commit([], [put(&person(8))])).await.unwrap();
    assert_eq!(store.cursor(GroupId(1)).await.unwrap().as_deref(), Some("7"));
    assert_eq!(store.people(None, 9).await.unwrap().len(), 2);
}
