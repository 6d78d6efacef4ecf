//! What an operator relies on: one number from an event to what is sent for it, metrics by Prometheus' conventions, content
//! that is read anew by itself, and a word about secrets that others may read.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::Duration,
};

use serde_json::Value;
use tests::{
    GROUP, TOKEN, content_dir,
    real::{self, RUNS, Real, Signal},
};
use vk_sandbox::Sandbox;

const PATIENCE: Duration = Duration::from_secs(60);
/// What a person writes that nobody else would.
const WORDS: &str = "фиолетовый крокодил читает обложку";
/// What must be told of.
const METRICS: [&str; 20] = [
    "kurator_updates",
    "kurator_turns",
    "kurator_turn_duration_seconds",
    "kurator_failed_turns",
    "kurator_sends",
    "kurator_outbox_messages",
    "kurator_campaign_recipients",
    "kurator_vk_requests",
    "kurator_vk_request_duration_seconds",
    "kurator_vk_answer_duration_seconds",
    "kurator_vk_limiter_wait_seconds",
    "kurator_schedule_lag_seconds",
    "kurator_long_poll_age_seconds",
    "kurator_content_info",
    "kurator_store_errors",
    "kurator_store_files_bytes",
    "kurator_store_journal_bytes",
    "kurator_store_exports_bytes",
    "kurator_store_disk_free_bytes",
    "kurator_store_waits",
];

async fn sandbox() -> Sandbox {
    Sandbox::builder().group(GROUP, "Куратор", TOKEN).start("127.0.0.1:0").await.unwrap()
}

async fn answered(sandbox: &Sandbox, person: i64, many: usize) {
    let answers = || sandbox.conversation(person).iter().filter(|m| !m.from_person).count();
    while answers() < many {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The lines of the log as JSON.
fn lines(log: &str) -> Vec<Value> {
    log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_number_leads_from_an_event_to_what_was_sent_and_no_word_of_it_is_logged() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let config = real::config(&sandbox, folder.path()) + "[http]\nlisten = \"127.0.0.1:0\"\n";
    let mut bot = Real::run(&real::write(folder.path(), &config).unwrap()).unwrap();
    bot.says(RUNS, PATIENCE).await.unwrap();
    let address = real::address(&bot.says("health and metrics", PATIENCE).await.unwrap()).unwrap();
    sandbox.start(7, None);
    answered(&sandbox, 7, 1).await;
    sandbox.write(7, WORDS);
    answered(&sandbox, 7, 2).await;
    let consent = sandbox.conversation(7).last().unwrap().text.clone();
    // What was sent is counted when it is noted.
    let began = std::time::Instant::now();
    let metrics = loop {
        let text = real::get(address, "/metrics").unwrap().1;
        assert!(began.elapsed() < PATIENCE, "{text}");
        if text.contains(r#"kurator_sends_total{outcome="taken"} 2"#) {
            break text;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    conventions(&metrics);
    bot.signal(Signal::TERM).unwrap();
    let log = bot.end(PATIENCE).await.unwrap().err;

    let lines = lines(&log);
    let trace = |line: &Value| line["span"]["trace"].as_str().map(str::to_owned);
    let of = |what: &str| -> Vec<String> {
        lines.iter().filter(|line| line["fields"]["message"] == what).filter_map(trace).collect()
    };
    let (handled, left) = (of("an event is handled"), of("a message has left"));
    assert_eq!(handled.len(), 2, "{log}");
    assert_eq!(BTreeSet::from_iter(&handled), BTreeSet::from_iter(&left), "{log}");
    assert_ne!(handled[0], handled[1]);
    let said = consent.lines().next().unwrap();
    for secret in [WORDS, "крокодил", said, TOKEN] {
        assert!(!log.contains(secret), "{secret} is told: {log}");
    }
}

/// Names and units as Prometheus wants them.
fn conventions(text: &str) {
    let mut kinds = BTreeMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["#", "TYPE", name, kind] => drop(kinds.insert(*name, *kind)),
            ["#", "UNIT", name, unit] => {
                assert!(name.ends_with(&format!("_{unit}")), "{line}");
                assert!(["seconds", "bytes"].contains(unit), "{line}: not a base unit");
            }
            ["#", "HELP", name, rest @ ..] => {
                assert!(name.starts_with("kurator_") && !rest.is_empty(), "{line}");
            }
            ["#", ..] => {}
            [sample, value] => {
                let name = sample.split('{').next().unwrap();
                assert!(value.parse::<f64>().is_ok(), "{line}");
                let kind = kinds
                    .iter()
                    .filter(|(family, _)| name.starts_with(**family))
                    .max_by_key(|(f, _)| f.len());
                let (family, kind) = kind.unwrap();
                let rest = &name[family.len()..];
                let fits = match *kind {
                    "counter" => rest == "_total",
                    "gauge" => rest.is_empty(),
                    "histogram" => ["_bucket", "_sum", "_count"].contains(&rest),
                    _ => false,
                };
                assert!(fits, "{line} of a {kind}");
            }
            _ => {}
        }
    }
    for name in METRICS {
        assert!(kinds.contains_key(name), "{name} is missing: {kinds:?}");
    }
    let told = |start: &str| text.lines().any(|line| line.starts_with(start) && !line.ends_with(" 0"));
    for sample in [
        r#"kurator_updates_total{kind="message_new"} 2"#,
        r#"kurator_turns_total{kind="message_new"} 2"#,
        r#"kurator_vk_requests_total{method="messages.send",code="0"}"#,
        r#"kurator_vk_limiter_wait_seconds_count{lane="reply"}"#,
        r#"kurator_vk_answer_duration_seconds_count{lane="reply"}"#,
        r#"kurator_sends_total{outcome="taken"} 2"#,
        "kurator_content_info{version=\"",
    ] {
        assert!(told(sample), "{sample}: {text}");
    }
    for lane in ["reply", "reminder"] {
        assert!(text.contains(&format!("kurator_outbox_messages{{lane=\"{lane}\"}}")), "{text}");
    }
    assert!(text.ends_with("# EOF\n"));
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

#[tokio::test(flavor = "multi_thread")]
async fn changed_content_is_read_by_itself_and_a_mistake_in_it_changes_nothing() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    copy(&content_dir(), &content);
    let here = content_dir().display().to_string();
    let config = real::config(&sandbox, folder.path()).replace(&here, content.to_str().unwrap());
    let mut bot = Real::run(&real::write(folder.path(), &config).unwrap()).unwrap();
    bot.says(RUNS, PATIENCE).await.unwrap();

    let texts = content.join("texts/ru.ftl");
    let good = fs::read_to_string(&texts).unwrap();
    let greeting = "Здравствуйте! Я Куратор";
    assert!(good.contains(greeting));
    fs::write(&texts, good.replace(greeting, "Добрый день! Я Куратор")).unwrap();
    bot.says("содержание обновлено", PATIENCE).await.unwrap();
    sandbox.start(7, None);
    answered(&sandbox, 7, 1).await;
    assert!(sandbox.conversation(7).last().unwrap().text.starts_with("Добрый день!"));

    fs::write(content.join("checklists/launch.toml"), "id = 5").unwrap();
    bot.says("содержание не обновлено", PATIENCE).await.unwrap();
    sandbox.start(8, None);
    answered(&sandbox, 8, 1).await;
    assert!(sandbox.conversation(8).last().unwrap().text.starts_with("Добрый день!"));
    bot.signal(Signal::TERM).unwrap();
    assert_eq!(bot.end(PATIENCE).await.unwrap().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_may_read_is_told_with_what_to_do_and_nothing_is_said_when_it_is_closed() {
    let sandbox = sandbox().await;
    let folder = tempfile::tempdir().unwrap();
    let (key, store) = (folder.path().join("vk-token"), folder.path().join("store"));
    fs::write(&key, TOKEN).unwrap();
    let config = real::config(&sandbox, folder.path())
        .replace(&format!("token = {TOKEN:?}"), &format!("token_file = '{}'", key.display()));
    let file = real::write(folder.path(), &config).unwrap();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for (open, told) in [(0o644, true), (0o600, false)] {
        mode(&key, open);
        let mut bot = Real::run(&file).unwrap();
        bot.says(RUNS, PATIENCE).await.unwrap();
        bot.says("long poll session", PATIENCE).await.unwrap();
        bot.signal(Signal::TERM).unwrap();
        let log = bot.end(PATIENCE).await.unwrap().err;
        assert_eq!(log.contains("vk-token: ключ может прочитать любой"), told, "{log}");
        assert!(!log.contains("данные людей может"), "the bot makes its store for its owner alone: {log}");
    }
    assert_eq!(fs::metadata(&store).unwrap().permissions().mode() & 0o777, 0o700);
    mode(&store, 0o755);
    let check = Real::start(&["check", "--config", file.to_str().unwrap()], &[]).unwrap();
    let ended = check.end(PATIENCE).await.unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("данные людей может") && ended.err.contains("chmod o="), "{ended:?}");
}
