//! `kurator store …`, with and without a bot.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    fs,
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::Path,
    time::Duration,
};

use tests::{
    GROUP, TOKEN,
    real::{self, Ended, RUNS, Real, Signal},
};
use vk_sandbox::Sandbox;

/// How long a command may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// `kurator store COMMAND --config CONFIG FILE`
async fn store(command: &str, config: &Path, file: Option<&Path>) -> Ended {
    let mut args = vec!["store", command, "--config", config.to_str().unwrap()];
    args.extend(file.map(|f| f.to_str().unwrap()));
    Real::start(&args, &[]).unwrap().end(PATIENCE).await.unwrap()
}

fn well(ended: &Ended, says: &str) {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains(says), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_go_through_the_bot_that_runs_and_to_the_files_where_none_does() {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).start("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
    let mut bot = Real::run(&config).unwrap();
    bot.says("long poll session", PATIENCE).await.unwrap();
    bot.says(RUNS, PATIENCE).await.unwrap();
    sandbox.write(1, "Начать");
    while sandbox.conversation(1).len() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let socket = folder.path().join("store/control.sock");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);

    let copies = [folder.path().join("with.kx"), folder.path().join("without.kx")];
    let stats = store("stats", &config, None).await;
    well(&stats, "Записи идут.");
    assert!(stats.out.lines().any(|line| line.trim() == "person 1"), "{stats:?}");
    well(&store("backup", &config, Some(&copies[0])).await, "Всё цело.");
    well(&store("verify", &config, None).await, "Всё цело.");
    well(&store("compact", &config, None).await, "Всё цело.");
    let refused = store("restore", &config, Some(&copies[0])).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("остановите бота"), "{refused:?}");
    let mut nonsense = UnixStream::connect(&socket).unwrap();
    nonsense.write_all(b"{\"do\":\"erase\"}\n").unwrap();
    let mut answer = String::new();
    nonsense.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("failed") && answer.ends_with('\n'), "{answer}");

    // The bot goes on with the files that were made anew.
    sandbox.write(1, "Привет");
    while sandbox.conversation(1).len() < 4 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bot.signal(Signal::TERM).unwrap();
    assert_eq!(bot.end(PATIENCE).await.unwrap().code, Some(0));
    assert!(!socket.exists());

    well(&store("stats", &config, None).await, "Записи идут.");
    well(&store("backup", &config, Some(&copies[1])).await, "Всё цело.");
    well(&store("verify", &config, None).await, "Копия цела: ");
    well(&store("compact", &config, None).await, "Всё цело.");
    let refused = store("restore", &config, Some(&copies[0])).await;
    assert!(refused.err.contains("уже есть хранилище"), "{refused:?}");
    fs::rename(folder.path().join("store"), folder.path().join("away")).unwrap();
    well(&store("restore", &config, Some(&copies[1])).await, "Всё цело.");
    let stats = store("stats", &config, None).await;
    assert!(stats.out.lines().any(|line| line.trim() == "person 1"), "{stats:?}");
}
