//! Follows the handbook word by word: every command of its `sh` blocks, in order, on a sandbox; `tests/package/run` does
//! the same to its first hour and its copies with the package on a bare Debian.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tests::{
    GROUP, TOKEN, content_dir,
    real::{self, RUNS, Real, Signal},
};
use vk_sandbox::{Page, Sandbox};

/// The pages in the order somebody reads them who sets the bot up and works with it.
const PAGES: [&str; 6] = ["first-hour", "content", "norms", "roles", "trainer", "backup-and-upgrade"];
/// What other tests do: the demo takes a port and runs for ever (`tests/browser`), packages need root (`tests/package/run`).
const ELSEWHERE: [&str; 3] = ["kurator demo", "deploy/package", "sudo apt "];
/// The page that «Норма вашего региона» looks at.
const ADDRESS: &str = "olhovsk_school5";
const SERVICE: &str = "key-of-a-service";
const PATIENCE: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The commands of a page, a line each.
fn commands(page: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(format!("docs/handbook/{page}.md"))).unwrap();
    let mut blocks = text.lines();
    let mut found = Vec::new();
    while blocks.any(|line| line.trim() == "```sh") {
        found.extend(
            blocks.by_ref().take_while(|line| line.trim() != "```").map(|line| line.trim().to_owned()),
        );
    }
    found
}

/// A machine with the package on it, in a folder: what makes it a test is another VK, a disk that need not survive a
/// power cut, and places that need no root.
struct Machine {
    at: PathBuf,
    env: Vec<(String, String)>,
    bot: Option<Real>,
    starts: u32,
}

impl Machine {
    fn new(at: &Path, sandbox: &Sandbox) -> Self {
        let binary = real::binary().unwrap();
        for folder in ["bin", "etc/content", "lib"] {
            fs::create_dir_all(at.join(folder)).unwrap();
        }
        let shim = at.join("bin/kurator");
        let config = at.join("etc/config.toml");
        fs::write(
            &shim,
            format!("#!/bin/sh\nexec '{}' --config '{}' \"$@\"\n", binary.display(), config.display()),
        )
        .unwrap();
        fs::set_permissions(&shim, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", at.join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let env = [
            ("PATH", path),
            ("KURATOR_VK__API_URL", sandbox.api_url()),
            ("KURATOR_STORE__ALLOW_UNSAFE", "true".to_owned()),
        ];
        let env = env.map(|(key, value)| (key.to_owned(), value)).to_vec();
        let machine = Self { at: at.to_owned(), env, bot: None, starts: 0 };
        let packaged = fs::read_to_string(root().join("deploy/debian/config.toml")).unwrap();
        fs::write(config, machine.here(&packaged)).unwrap();
        machine
    }

    /// With the places of this machine in the place of those of the package.
    fn here(&self, text: &str) -> String {
        text.replace("/etc/kurator", self.at.join("etc").to_str().unwrap())
            .replace("/var/lib/kurator", self.at.join("lib/kurator").to_str().unwrap())
            .replace("/usr/share/kurator/content", content_dir().to_str().unwrap())
    }

    /// What the handbook says to fill in, in a file of `/etc/kurator`.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let file = self.at.join("etc").join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{} has no {from}", file.display());
        fs::write(file, text.replace(from, to)).unwrap();
    }

    async fn sh(&self, command: &str, typed: &str) {
        let here = self.here(&command.replace("sudo ", "").replace("-o kurator -g kurator ", ""));
        let mut shell = Command::new("sh");
        shell.args(["-c", &here]).current_dir(&self.at).envs(self.env.clone()).stdin(Stdio::piped());
        let mut shell = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let said = tokio::task::spawn_blocking(move || shell.wait_with_output()).await.unwrap().unwrap();
        assert!(said.status.success(), "{command}: {said:?}");
    }

    async fn systemctl(&mut self, what: &str, sandbox: &Sandbox) {
        match what {
            "enable --now" | "start" => {
                let env = self.env.iter().map(|(key, value)| format!("{key}={value}"));
                let words: Vec<String> = ["env", "-C", self.at.to_str().unwrap()]
                    .map(str::to_owned)
                    .into_iter()
                    .chain(env)
                    .collect();
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                let mut bot = Real::run_through(&words, &self.at.join("etc/config.toml")).unwrap();
                bot.says(RUNS, PATIENCE).await.unwrap();
                self.starts += 1;
                self.bot = Some(bot);
                let answers = || sandbox.conversation(1).iter().filter(|m| !m.from_person).count();
                let (before, began) = (answers(), Instant::now());
                sandbox.write(1, "Начать");
                while answers() == before {
                    assert!(began.elapsed() < PATIENCE, "no answer: {}", self.bot.as_ref().unwrap().log());
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
            "reload" => {
                self.bot.as_ref().unwrap().signal(Signal::HUP).unwrap();
                self.bot.as_mut().unwrap().says("содержание обновлено", PATIENCE).await.unwrap();
            }
            "stop" => {
                let bot = self.bot.take().unwrap();
                bot.signal(Signal::TERM).unwrap();
                assert_eq!(bot.end(PATIENCE).await.unwrap().code, Some(0));
            }
            _ => panic!("systemctl {what}?"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_the_handbook_has_a_bot_that_answers_and_a_copy_to_go_back_to() {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).service_token(SERVICE);
    let sandbox = sandbox.start("127.0.0.1:0").await.unwrap();
    sandbox.add_page(Page {
        id: 215,
        screen_name: ADDRESS.into(),
        name: "Школа № 5".into(),
        members_count: 1_000,
        ..Page::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let mut machine = Machine::new(folder.path(), &sandbox);
    fs::write(folder.path().join("реестр.csv"), "наименование;ссылка\nШкола № 5;vk.com/olhovsk_school5\n")
        .unwrap();
    let mut done = Vec::new();
    for command in PAGES.iter().flat_map(|page| commands(page)) {
        if ELSEWHERE.iter().any(|other| command.starts_with(other)) {
            continue;
        }
        if let Some(what) = command.strip_prefix("sudo systemctl ") {
            machine.systemctl(what.strip_suffix(" kurator").unwrap(), &sandbox).await;
        } else if command.ends_with("/vk-token") {
            machine.sh(&command, TOKEN).await;
        } else if command.ends_with("/vk-service-token") {
            machine.sh(&command, SERVICE).await;
            machine.edit("config.toml", "# service_token_file", "service_token_file");
            machine.edit("config.toml", "group_id = 240000001", &format!("group_id = {GROUP}"));
            machine.edit("config.toml", "owners = []", "owners = [1]");
        } else {
            machine.sh(&command, "").await;
        }
        if command.ends_with("/norms/tambov.toml") {
            machine.edit("content/norms/tambov.toml", "id = \"open\"", "id = \"tambov\"");
        }
        done.push(command);
    }
    assert!(done.len() >= 35 && machine.starts == 3, "the handbook says less than it did: {done:?}");
    for file in ["content/consent.md", "content/ids.txt", "content/norms/tambov.toml"] {
        assert!(folder.path().join("etc").join(file).exists(), "{file}");
    }
    // The bot that was started last knows who wrote before the copy.
    machine.sh("kurator store stats > stats", "").await;
    let said = fs::read_to_string(folder.path().join("stats")).unwrap();
    assert!(said.lines().any(|line| line.trim() == "person 1"), "{said}");
    machine.systemctl("stop", &sandbox).await;
    sandbox.shutdown().await;
}

/// Every command that the handbook names in passing is one that there is.
#[tokio::test(flavor = "multi_thread")]
async fn the_commands_that_are_only_named_exist() {
    let mut seen = 0;
    for entry in fs::read_dir(root().join("docs/handbook")).unwrap() {
        let Ok(text) = fs::read_to_string(entry.unwrap().path()) else { continue };
        for named in named(&text).into_iter().filter_map(|words| {
            let words = words.strip_prefix("sudo ").unwrap_or(words);
            words.strip_prefix("kurator ").map(|rest| rest.split(' '))
        }) {
            let words: Vec<&str> = named.take_while(|w| w.bytes().all(|b| b.is_ascii_lowercase())).collect();
            if words.is_empty() {
                continue;
            }
            let help = [&words[..], &["--help"]].concat();
            let ended = Real::start(&help, &[]).unwrap().end(PATIENCE).await.unwrap();
            assert_eq!(ended.code, Some(0), "kurator {words:?}: {}", ended.err);
            seen += 1;
        }
    }
    assert!(seen >= 8, "{seen}");
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

#[test]
fn whatever_is_kept_of_a_person_is_in_the_page_about_personal_data() {
    let page = fs::read_to_string(root().join("docs/handbook/personal-data.md")).unwrap();
    let source = fs::read_to_string(root().join("bot/src/mydata/writer.rs")).unwrap();
    let whole = source.split("fn all(").nth(1).unwrap().split("\n    }\n").next().unwrap();
    let headings: Vec<&str> = whole
        .lines()
        .filter_map(|line| line.strip_prefix("            (\"")?.split('"').next())
        .filter(|heading| !["Составлено", "Часы"].contains(heading))
        .collect();
    assert!(headings.len() >= 20, "{headings:?}");
    for heading in headings {
        assert!(page.contains(&format!("«{heading}»")), "personal-data.md says nothing of «{heading}»");
    }
}

#[test]
fn every_field_of_the_content_is_told_to_whoever_writes_it() {
    fn names(schema: &Value, found: &mut BTreeSet<String>) {
        if let Some(Value::Object(fields)) = schema.get("properties") {
            found.extend(fields.keys().cloned());
        }
        match schema {
            Value::Object(parts) => parts.values().for_each(|part| names(part, found)),
            Value::Array(parts) => parts.iter().for_each(|part| names(part, found)),
            _ => {}
        }
    }
    let text = fs::read_to_string(root().join("content/README.md")).unwrap();
    let words: BTreeSet<&str> =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c))).collect();
    for kind in kurator::content::KINDS {
        let schema = kurator::content::schema(kind).unwrap();
        let mut found = BTreeSet::new();
        names(&schema, &mut found);
        if kind == "norms" {
            let what = &schema["properties"]["part"]["items"]["properties"]["what"]["enum"];
            found.extend(what.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()));
        }
        for name in found {
            assert!(words.contains(name.as_str()), "{kind}: content/README.md does not tell of {name}");
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
    // libFuzzer writes what it finds interesting into the first folder it is given.
    let tracked = fs::read_to_string(root().join(".gitignore")).unwrap();
    assert!(tracked.lines().any(|line| line == "/fuzz/corpus"), "{tracked}");
    for file in ["fuzz/Cargo.toml", "docs/security.md"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let command = text.lines().find(|line| line.contains("fuzz run")).unwrap();
        let folders: Vec<&str> = command.split(' ').filter(|word| word.contains("corp")).collect();
        let [ours, given] = folders[..] else { panic!("{command}") };
        assert!(ours.starts_with("fuzz/corpus/") && root().join(given).is_dir(), "{file}: {command}");
    }
}

#[test]
fn the_packaged_settings_are_the_example_with_the_places_of_a_package() {
    let example = fs::read_to_string(root().join("config.example.toml")).unwrap();
    let moved = example
        .replace("token_file = \"vk-token\"", "token_file = \"/etc/kurator/vk-token\"")
        .replace("path = \"data\"", "path = \"/var/lib/kurator\"")
        .replace("\"vk-service-token\"", "\"/etc/kurator/vk-service-token\"")
        .replace("# path = \"content\"", "path = \"/usr/share/kurator/content\"")
        .replace("# own = \"content-own\"", "own = \"/etc/kurator/content\"");
    let file = root().join("deploy/debian/config.toml");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &moved).unwrap();
    }
    assert_eq!(fs::read_to_string(file).unwrap(), moved, "UPDATE=1 writes it anew");
}
