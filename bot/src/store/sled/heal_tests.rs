//! What was acknowledged outlives damage: journal, exports, healing at the start.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use tempfile::TempDir;

use super::{
    journal::KEPT,
    tests::{closed, names, open},
    *,
};
use crate::store::{
    Op,
    conformance::{options, samples::*},
};

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for name in names(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy_dir(&from, &to);
        } else if let Err(e) = fs::copy(&from, &to) {
            // sled removes an old snapshot while the next one is there.
            assert_eq!(e.kind(), std::io::ErrorKind::NotFound, "{}", from.display());
        }
    }
}

fn file(dir: &TempDir, path: &str) -> PathBuf {
    dir.path().join("store").join(path)
}

/// The files of the journal or of exports.
fn files(dir: &TempDir, of: &str) -> Vec<PathBuf> {
    names(&file(dir, of)).into_iter().map(|name| file(dir, of).join(name)).collect()
}

/// Whether gzip made it.
fn squeezed(path: &Path) -> bool {
    fs::read(path).unwrap().starts_with(&[0x1f, 0x8b])
}

/// Makes a commit for each person, with a message and a line of the log, whose numbers tell a second making.
async fn fill(store: &SledStore, people: Range<i64>) {
    for i in people {
        let ops = [put(&full_person(i)), Op::Enqueue(message(i, "Привет")), Op::Audit(audit(i, "b"))];
        store.commit(commit([], ops)).await.unwrap();
    }
}

/// Shows that what [`fill`] made is there once.
async fn has(store: &SledStore, people: Range<i64>) {
    let n = usize::try_from(people.end - 1).unwrap();
    let listed = store.people(None, 9_999).await.unwrap();
    assert_eq!(listed.iter().map(|p| p.id.0).collect::<Vec<_>>(), (1..people.end).collect::<Vec<_>>());
    assert!(listed.iter().all(|p| p.rev == 4));
    let outbox = store.outbox(None, 9_999).await.unwrap();
    assert_eq!(outbox.iter().map(|(id, _)| id.0).collect::<Vec<_>>(), (1..=n as u64).collect::<Vec<_>>());
    assert_eq!(store.audit(9_999).await.unwrap().len(), n);
}

/// Spoils sled's data so that it cannot be read.
fn spoil(dir: &TempDir) {
    let db = file(dir, "db/db");
    let len = fs::metadata(&db).unwrap().len() as usize;
    fs::write(db, b"not a database! ".repeat(len / 16)).unwrap();
}

#[tokio::test]
async fn older_files_are_brought_up_to_date_from_the_journal_and_nothing_is_made_twice() {
    let (dir, older) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(&dir).unwrap();
    fill(&store, 1..30).await;
    drop(store);
    copy_dir(&file(&dir, "db"), older.path());
    fill(&open(&dir).unwrap(), 30..60).await;
    fill(&open(&dir).unwrap(), 60..90).await;
    fs::remove_dir_all(file(&dir, "db")).unwrap();
    copy_dir(older.path(), &file(&dir, "db"));
    for replayed in [60, 0] {
        let store = open(&dir).unwrap();
        assert_eq!(*store.opened(), Opened { replayed, ..Opened::default() });
        has(&store, 1..90).await;
    }
    fill(&open(&dir).unwrap(), 90..91).await;
    has(&open(&dir).unwrap(), 1..91).await;
}

#[tokio::test]
async fn damaged_files_are_moved_aside_and_made_anew_from_the_export_and_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).unwrap();
    fill(&store, 1..40).await;
    let copy = store.backup().await.unwrap();
    fill(&store, 40..60).await;
    drop(store);
    // The journal before the export is not needed.
    let journal = files(&dir, "journal");
    assert_eq!(journal.len(), 2);
    fs::remove_file(&journal[0]).unwrap();
    for n in 1..3 {
        spoil(&dir);
        let spoiled = fs::metadata(file(&dir, "db/db")).unwrap().len();
        let store = open(&dir).unwrap();
        let aside = file(&dir, &format!("db.corrupt-{n}"));
        assert!(fs::metadata(aside.join("db")).unwrap().len() >= spoiled);
        assert_eq!(
            *store.opened(),
            Opened {
                replayed: 20,
                restored_from: Some(copy.clone()),
                moved_aside: Some(aside),
                ..Opened::default()
            }
        );
        has(&store, 1..60).await;
    }
    let store = open(&dir).unwrap();
    assert!(!store.opened().repaired());
    fill(&store, 60..61).await;
    has(&store, 1..61).await;
}

#[tokio::test]
async fn without_an_export_the_journal_from_the_beginning_is_enough() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).unwrap();
    for people in [1..5, 5..10, 10..20] {
        fill(&store, people).await;
        store.backup().await.unwrap();
    }
    // All but the newest were squeezed, and what is in them is not lost by that.
    assert_eq!(
        files(&dir, "journal").iter().map(|path| squeezed(path)).collect::<Vec<_>>(),
        [true, true, false]
    );
    drop(store);
    for gone in ["db", "exports"] {
        fs::remove_dir_all(file(&dir, gone)).unwrap();
    }
    let store = open(&dir).unwrap();
    assert_eq!(*store.opened(), Opened { replayed: 19, ..Opened::default() });
    has(&store, 1..20).await;
}

#[tokio::test]
async fn a_damaged_export_is_passed_over_for_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).unwrap();
    fill(&store, 1..10).await;
    let good = store.backup().await.unwrap();
    fill(&store, 10..20).await;
    let bad = store.backup().await.unwrap();
    fill(&store, 20..30).await;
    drop(store);
    assert!(squeezed(&good) && !squeezed(&bad));
    let mut bytes = fs::read(&bad).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&bad, bytes).unwrap();
    spoil(&dir);
    let store = open(&dir).unwrap();
    assert_eq!((store.opened().replayed, store.opened().restored_from.as_ref()), (20, Some(&good)));
    has(&store, 1..30).await;
}

#[tokio::test]
async fn damage_that_an_export_meets_is_healed_by_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    fill(&open(&dir).unwrap(), 1..200).await;
    let store = open(&dir).unwrap();
    // Only what is read from now on is read from the spoiled file.
    spoil(&dir);
    for _ in 0..2 {
        let failed = store.backup().await;
        assert!(matches!(failed, Err(StoreError::Corrupt(_))), "{failed:?}");
    }
    assert!(files(&dir, "exports").is_empty());
    drop(store);
    let (journal, away) = (file(&dir, "journal"), file(&dir, "away"));
    fs::rename(&journal, &away).unwrap();
    let refused = open(&dir);
    let Err(StoreError::Corrupt(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("Чтобы открыть его как есть, удалите файл") && why.contains("db/damaged"), "{why}");
    fs::remove_dir_all(&journal).unwrap();
    fs::rename(&away, &journal).unwrap();
    let store = open(&dir).unwrap();
    assert_eq!(store.opened().moved_aside, Some(file(&dir, "db.corrupt-1")));
    has(&store, 1..200).await;
    store.backup().await.unwrap();
    drop(store);
    assert!(!open(&dir).unwrap().opened().repaired());
}

#[tokio::test]
async fn a_torn_end_of_the_journal_is_passed_over_and_its_number_given_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).unwrap();
    drop(store);
    let empty = tempfile::tempdir().unwrap();
    copy_dir(&file(&dir, "db"), empty.path());
    fill(&open(&dir).unwrap(), 1..10).await;
    let whole = fs::read(&files(&dir, "journal")[0]).unwrap();
    for torn in [&whole[8..9], &whole[8..60], &[0; 4_096], &whole[..]] {
        let first = &files(&dir, "journal")[0];
        fs::write(first, [&whole[..], torn].concat()).unwrap();
        fs::remove_dir_all(file(&dir, "db")).unwrap();
        copy_dir(empty.path(), &file(&dir, "db"));
        let store = open(&dir).unwrap();
        assert_eq!(*store.opened(), Opened { replayed: 9, ..Opened::default() });
        has(&store, 1..10).await;
    }
    // A file whose very first frame is torn makes room for the one that gets its number.
    let next = file(&dir, "journal/00000000000000000010.kj");
    fs::write(&next, &whole[..20]).unwrap();
    fill(&open(&dir).unwrap(), 10..12).await;
    assert_eq!(fs::read(next.with_extension("kj.corrupt-1")).unwrap(), &whole[..20]);
    fs::remove_dir_all(file(&dir, "db")).unwrap();
    has(&open(&dir).unwrap(), 1..12).await;
}

#[tokio::test]
async fn a_hole_in_the_journal_is_never_stepped_over() {
    let (dir, older) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(open(&dir).unwrap());
    copy_dir(&file(&dir, "db"), older.path());
    for people in [1..10, 10..20, 20..30] {
        fill(&open(&dir).unwrap(), people).await;
    }
    fs::remove_file(&files(&dir, "journal")[1]).unwrap();
    fs::remove_file(file(&dir, "watermark")).unwrap();
    has(&open(&dir).unwrap(), 1..30).await;
    fs::remove_dir_all(file(&dir, "db")).unwrap();
    copy_dir(older.path(), &file(&dir, "db"));
    fs::remove_file(file(&dir, "watermark")).unwrap();
    let refused = open(&dir);
    let Err(StoreError::Corrupt(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("групп записей: 9, а было не меньше 29"), "{why}");
    assert!(!file(&dir, "db.new").exists());
}

#[tokio::test]
async fn an_export_read_into_another_store_is_exported_to_the_same_bytes() {
    let (dir, other) = (closed().await, tempfile::tempdir().unwrap());
    let (a, b) = (dir.path().join("copies/a.kx"), dir.path().join("copies/b.kx"));
    fs::create_dir(dir.path().join("copies")).unwrap();
    let store = open(&dir).unwrap();
    let exported = store.export(&a).await.unwrap();
    // People, messages, the schema and two sequences.
    assert_eq!(exported, Exported { schema: engine::SCHEMA, group: 199, records: 199 + 199 + 3 });
    assert_eq!(SledStore::verify(&a).unwrap(), exported);
    assert_eq!(SledStore::import(&a, &options(&other)).unwrap(), exported);
    let moved = open(&other).unwrap();
    assert_eq!(*moved.opened(), Opened::default());
    assert_eq!(moved.people(None, 999).await.unwrap(), store.people(None, 999).await.unwrap());
    assert_eq!(moved.export(&b).await.unwrap(), exported);
    assert!(fs::read(&a).unwrap() == fs::read(&b).unwrap());
    assert_eq!(names(&dir.path().join("copies")), ["a.kx", "b.kx"]);
    let done = moved.commit(commit([], [Op::Enqueue(message(1, "ещё"))])).await.unwrap();
    assert_eq!(done.queued, [OutId(200)], "the sequence goes on");
    drop(moved);
    let refused = SledStore::import(&a, &options(&other));
    assert!(matches!(&refused, Err(StoreError::Unavailable(why)) if why.contains("уже есть")), "{refused:?}");
    assert_eq!(open(&other).unwrap().outbox(None, 999).await.unwrap().len(), 200);
}

#[tokio::test]
async fn an_export_that_is_not_whole_is_told_and_makes_no_store() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(&dir).unwrap();
    fill(&store, 1..3).await;
    let path = dir.path().join("a.kx");
    store.export(&path).await.unwrap();
    let whole = fs::read(&path).unwrap();
    let told = |bytes: &[u8], what: &str| {
        fs::write(&path, bytes).unwrap();
        let refused = SledStore::verify(&path);
        assert!(matches!(refused, Err(StoreError::Corrupt(_))), "{what}: {refused:?}");
    };
    for at in 0..whole.len() {
        told(&whole[..at], "cut off");
        let mut spoiled = whole.clone();
        spoiled[at] ^= 1;
        told(&spoiled, "spoiled");
    }
    told(&[&whole[..], b"more"].concat(), "with more after it");
    assert!(matches!(SledStore::import(&path, &options(&other)), Err(StoreError::Corrupt(_))));
    assert!(names(other.path()).is_empty());
}

#[tokio::test]
async fn backups_thin_out_with_age_and_the_journal_after_the_oldest_of_them_stays() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).unwrap();
    let hour = Duration::from_secs(3_600);
    let now = std::time::SystemTime::now();
    let aged = |path: &Path, hours: u32| {
        fs::File::options().append(true).open(path).unwrap().set_modified(now - hour * hours).unwrap();
    };
    for i in 1..=10 {
        fill(&store, i..i + 1).await;
        aged(&store.backup().await.unwrap(), 0);
    }
    assert_eq!(store.backup().await.unwrap(), files(&dir, "exports")[2], "nothing new, no new export");
    let kept = |of: &str| -> Vec<i64> {
        let number = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        files(&dir, of).iter().map(number).collect()
    };
    assert_eq!(kept("exports"), [8, 9, 10], "of one day, the newest three");
    assert_eq!(kept("journal"), (1..=10).collect::<Vec<_>>());
    for (path, days) in files(&dir, "exports").iter().zip([15, 3, 2]) {
        aged(path, days * 24);
    }
    for (path, days) in files(&dir, "journal").iter().zip([20, 16, 15, 13, 12, 20]) {
        aged(path, days * 24);
    }
    // What is in the last file is not in the oldest export that stays.
    fill(&store, 11..13).await;
    aged(&files(&dir, "journal")[10], 20 * 24);
    assert_eq!(KEPT, hour * 24 * 14);
    drop(store);
    let store = open(&dir).unwrap();
    fill(&store, 13..14).await;
    aged(&store.backup().await.unwrap(), 0);
    assert_eq!(kept("exports"), [9, 10, 13]);
    assert_eq!(kept("journal"), [4, 5, 7, 8, 9, 10, 11, 13]);
}

#[tokio::test]
async fn compacting_shrinks_the_files_and_keeps_what_is_in_them() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).unwrap();
    fill(&store, 1..50).await;
    let long = "я".repeat(1_500);
    for _ in 0..40 {
        let ops = (0..50).map(|i| Op::Enqueue(message(i, &long)));
        let queued = store.commit(commit([], ops)).await.unwrap().queued;
        store.commit(commit([], queued.into_iter().map(Op::FinishOut))).await.unwrap();
    }
    let export = dir.path().join("a.kx");
    let before = (store.export(&export).await.unwrap(), store.size().await.unwrap());
    assert_eq!(store.compact_if_grown().await.unwrap(), None, "so little is not worth it");
    assert_eq!(store.compact().await.unwrap(), before.0);
    has(&store, 1..50).await;
    assert!(store.size().await.unwrap() < before.1, "{} {}", store.size().await.unwrap(), before.1);
    assert!(names(&dir.path().join("store")).iter().all(|name| !name.starts_with("db.")));
    store.commit(commit([], [put(&Person { id: UserId(1), rev: 3, ..full_person(1) })])).await.unwrap();
    drop(store);
    let store = open(&dir).unwrap();
    assert_eq!(*store.opened(), Opened::default());
    has(&store, 1..50).await;
}

/// Files copied at any moments while commits are made open with all that had been acknowledged before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_missing_in_files_copied_under_load() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&dir).unwrap());
    let acknowledged = Arc::new(AtomicI64::new(0));
    let (load, seen) = (Arc::clone(&store), Arc::clone(&acknowledged));
    let writer = tokio::spawn(async move {
        for i in 1..500 {
            fill(&load, i..i + 1).await;
            seen.store(i, Ordering::SeqCst);
            if i % 150 == 0 {
                load.backup().await.unwrap();
            }
        }
    });
    let mut copies = Vec::new();
    let (mut moment, mut gaps) = (0, fastrand::Rng::with_seed(7));
    while !writer.is_finished() {
        moment += gaps.i64(10..100);
        while acknowledged.load(Ordering::SeqCst) < moment && !writer.is_finished() {
            tokio::task::yield_now().await;
        }
        let copy = tempfile::tempdir().unwrap();
        let least = acknowledged.load(Ordering::SeqCst);
        let (from, to) = (dir.path().join("store"), copy.path().join("store"));
        tokio::task::spawn_blocking(move || ["db", "journal"].map(|d| copy_dir(&from.join(d), &to.join(d))))
            .await
            .unwrap();
        copies.push((least, copy));
    }
    writer.await.unwrap();
    assert!(copies.len() > 3);
    for (least, copy) in copies {
        let store = open(&copy).unwrap();
        let n = store.people(None, 9_999).await.unwrap().len() as i64;
        assert!(n >= least, "{n} of {least}: {:?}", store.opened());
        has(&store, 1..n + 1).await;
    }
}
