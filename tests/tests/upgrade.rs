//! A store that an earlier version has kept, under the real binary: opened, brought up to date, and gone back to.
//!
//! `tests/stores/schema1.kurator` is a copy as the first versions wrote it, with a line of the log of staff in its first
//! layout: person 101 has agreed and has ticked the first step of «Запуск страницы». `schema2.kurator` is the same, said
//! to be of a later version. Neither is ever written anew: that old bytes are read is what they are for.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use tests::{
    GROUP, TOKEN,
    real::{self, Ended, RUNS, Real, Signal},
};
use vk_sandbox::Sandbox;

const PATIENCE: Duration = Duration::from_secs(60);
const PERSON: i64 = 101;

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("stores").join(name)
}

async fn kurator(args: &[&str]) -> Ended {
    Real::start(args, &[]).unwrap().end(PATIENCE).await.unwrap()
}

/// Runs the bot, and says what it answers to a word of hers.
async fn answer(sandbox: &Sandbox, config: &Path, word: &str) -> String {
    let said = || sandbox.conversation(PERSON).into_iter().filter(|m| !m.from_person).collect::<Vec<_>>();
    let before = said().len();
    let mut bot = Real::run(config).unwrap();
    bot.says(RUNS, PATIENCE).await.unwrap();
    sandbox.write(PERSON, word);
    let began = std::time::Instant::now();
    while said().len() == before {
        assert!(began.elapsed() < PATIENCE, "no answer: {}", bot.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bot.signal(Signal::TERM).unwrap();
    let ended = bot.end(PATIENCE).await.unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    said().last().unwrap().text.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_store_is_read_brought_up_to_date_and_gone_back_to() {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).start("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
    let (file, old, new) = (config.to_str().unwrap(), kept("schema1.kurator"), kept("schema2.kurator"));

    let done = kurator(&["store", "restore", "--config", file, old.to_str().unwrap()]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    // She is known, and had agreed to an earlier text.
    let asked = answer(&sandbox, &config, "Чек-листы").await;
    assert!(asked.starts_with("Текст согласия обновился"), "{asked}");
    answer(&sandbox, &config, "Согласен").await;
    let lists = answer(&sandbox, &config, "Чек-листы").await;
    assert!(lists.starts_with("Чек-листы"), "{lists}");
    let csv = at("log.csv");
    let done = kurator(&["log", "--config", file, "--csv", csv.to_str().unwrap()]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    let log = fs::read_to_string(&csv).unwrap();
    assert!(log.lines().any(|line| line.contains("pause")), "a line of the first layout is read: {log}");
    let stats = kurator(&["store", "stats", "--config", file]).await;
    for kept in ["person 1", "step 1", "audit 1"] {
        assert!(stats.out.lines().any(|line| line.trim() == kept), "{kept}: {stats:?}");
    }

    // As the handbook says before an upgrade and after one that is taken back.
    let copy = at("before-upgrade.kurator");
    let done = kurator(&["store", "backup", "--config", file, copy.to_str().unwrap()]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    fs::rename(at("store"), at("aside")).unwrap();
    let refused = kurator(&["store", "restore", "--config", file, new.to_str().unwrap()]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("более новой версией"), "{refused:?}");
    let done = kurator(&["store", "restore", "--config", file, copy.to_str().unwrap()]).await;
    assert_eq!(done.code, Some(0), "what was refused left nothing in the way: {done:?}");
    assert_eq!(answer(&sandbox, &config, "Чек-листы").await, lists);
    sandbox.shutdown().await;
}
