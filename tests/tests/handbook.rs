//! Follows the handbook word by word: every command of its `sh` blocks, in order, on a sandbox.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use tests::{
    GROUP, TOKEN, content_dir,
    real::{self, RUNS, Real, Signal},
};
use vk_sandbox::Sandbox;

/// The pages in the order somebody reads them who sets the bot up.
const PAGES: [&str; 3] = ["first-hour", "content", "backup-and-upgrade"];
/// The test in a browser shows this one: it takes a port and runs for ever.
const ELSEWHERE: &str = "kurator demo";
const RUN: &str = "kurator run --config config.toml";
const PATIENCE: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The commands of a page.
fn commands(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(format!("docs/handbook/{page}.md"))).unwrap();
    let blocks = text.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    lines.map(str::to_owned).collect()
}

/// What the handbook says to fill in.
fn fill_in(folder: &Path) {
    fs::write(folder.join("vk-token"), TOKEN).unwrap();
    let config = folder.join("config.toml");
    let text = fs::read_to_string(&config).unwrap();
    let filled = text.replace("group_id = 240000001", &format!("group_id = {GROUP}"));
    let filled = filled.replace("owners = []", "owners = [1]");
    assert_ne!(filled, text);
    fs::write(config, filled).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_the_handbook_has_a_bot_that_answers_and_a_copy_to_go_back_to() {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).start("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::copy(root().join("config.example.toml"), at.join("config.example.toml")).unwrap();
    std::os::unix::fs::symlink(content_dir(), at.join("content")).unwrap();
    // What makes it a test: another VK, and a disk that need not survive a power cut.
    let api = format!("KURATOR_VK__API_URL={}", sandbox.api_url());
    let env = ["KURATOR_STORE__ALLOW_UNSAFE=true", &api];
    let binary = real::binary().unwrap();
    let path =
        format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());

    let mut bot = None;
    let mut done = Vec::new();
    for command in PAGES.iter().flat_map(|page| commands(page)) {
        if command == RUN {
            let before = ["env", "-C", at.to_str().unwrap(), env[0], env[1]];
            let mut started = Real::run_through(&before, Path::new("config.toml")).unwrap();
            started.says(RUNS, PATIENCE).await.unwrap();
            sandbox.write(1, "Начать");
            let began = Instant::now();
            while sandbox.conversation(1).iter().all(|message| message.from_person) {
                assert!(began.elapsed() < PATIENCE, "no answer came: {}", started.log());
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            bot = Some(started);
        } else if command != ELSEWHERE {
            if command.starts_with("kurator store restore") {
                let bot: Real = bot.take().unwrap();
                bot.signal(Signal::TERM).unwrap();
                assert_eq!(bot.end(PATIENCE).await.unwrap().code, Some(0));
                fs::rename(at.join("data"), at.join("data-aside")).unwrap();
            }
            let mut shell = Command::new("sh");
            shell.args(["-c", &command]).current_dir(at).env("PATH", &path);
            shell.envs(env.iter().map(|pair| pair.split_once('=').unwrap()));
            let said = tokio::task::spawn_blocking(move || shell.output()).await.unwrap().unwrap();
            assert!(said.status.success(), "{command}: {said:?}");
            if command.starts_with("cp ") {
                fill_in(at);
            }
        }
        done.push(command);
    }
    assert!(
        bot.is_none() && done.len() >= 10,
        "the handbook no longer goes from the demo to a copy: {done:?}"
    );
    // «Запустите бота»: it knows who wrote before the copy.
    let stats = Command::new(&binary)
        .args(["store", "stats", "--config", "config.toml"])
        .current_dir(at)
        .envs(env.iter().map(|pair| pair.split_once('=').unwrap()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&stats.stdout).into_owned();
    assert!(said.lines().any(|line| line.trim() == "person 1"), "{said}");
    sandbox.shutdown().await;
}

#[test]
fn every_link_of_the_handbook_leads_somewhere() {
    let folder = root().join("docs/handbook");
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let local = link.split('#').next().unwrap_or_default();
            if local.is_empty() || local.contains("://") {
                continue;
            }
            assert!(folder.join(local).exists(), "{}: {link}", file.display());
        }
    }
}

/// What is between backticks in a text.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    let mut seen = 0;
    for row in &rows {
        let shown = row.trim_end_matches('|').rsplit(" | ").next().unwrap().trim();
        assert!(!shown.is_empty(), "{row}");
        let names = named(shown);
        assert!(!names.is_empty() || shown == "–", "a row without a test: {row}");
        for (n, name) in names.iter().enumerate() {
            let words: Vec<&str> = name.split(' ').collect();
            let file = match words.as_slice() {
                ["cargo", "test", "-p", "tests", "--test", file] => format!("tests/tests/{file}.rs"),
                ["cargo", "test", "-p", "kurator", "--lib", module] => format!("bot/src/alone/{module}.rs"),
                [path] if path.contains('/') => (*path).to_owned(),
                [path] if path.rsplit_once('.').is_some_and(|(_, end)| end == "md") => {
                    format!("tests/dialogues/{path}")
                }
                // A test by its name: the next path is its file.
                [test] => {
                    let file = names.iter().skip(n).find(|name| name.contains('/'));
                    let file = file.unwrap_or_else(|| panic!("{test}: in which file?"));
                    let text = fs::read_to_string(root().join(file)).unwrap();
                    assert!(text.contains(test), "{file} has no {test}");
                    continue;
                }
                _ => panic!("what is {name}?"),
            };
            assert!(root().join(&file).exists(), "{file} is named in docs/security.md and is not there");
            seen += 1;
        }
    }
    assert!(rows.len() >= 12 && seen >= 20, "{} rows, {seen} tests", rows.len());
}

#[test]
fn every_fuzz_target_has_a_program_and_something_to_begin_with() {
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for (name, _) in tests::fuzz::TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        let program = fs::read_to_string(root().join(format!("fuzz/fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("tests::fuzz::{name}(data)")), "{program}");
        let corpus = fs::read_dir(root().join(format!("tests/corpora/{name}"))).unwrap();
        assert!(corpus.count() >= 5, "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), tests::fuzz::TARGETS.len());
}

#[test]
fn the_packaged_settings_are_the_example_with_the_places_of_a_package() {
    let example = fs::read_to_string(root().join("config.example.toml")).unwrap();
    let moved = example
        .replace("token_file = \"vk-token\"", "token_file = \"/etc/kurator/vk-token\"")
        .replace("path = \"data\"", "path = \"/var/lib/kurator\"")
        .replace("# path = \"content\"", "path = \"/usr/share/kurator/content\"");
    let file = root().join("deploy/debian/config.toml");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &moved).unwrap();
    }
    assert_eq!(fs::read_to_string(file).unwrap(), moved, "UPDATE=1 writes it anew");
}
