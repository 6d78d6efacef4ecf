//! The real binary, as an operator meets it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{fs, path::Path, process::Command, time::Duration};

use kurator::{
    domain::{Certificate, ClassId, Ms, Zone},
    store::{Commit, Op, SledOptions, SledStore, Store},
};
use tempfile::TempDir;
use tests::{
    GROUP, TOKEN, content_dir,
    real::{self, Ended, RUNS, Real, Signal},
};
use vk_sandbox::{Fault, Rights, Sandbox};
use vkapi::types::UserId;

/// How long a start or a check may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a stop may take, whatever is under way.
const STOP: Duration = Duration::from_secs(10);
/// A key without the right to manage the community, and one without the right to its messages.
const KEYS: [&str; 2] = ["key-for-messages-only", "key-for-nothing-useful"];

async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::builder()
        .group(GROUP, "Куратор", TOKEN)
        .group_token(KEYS[0], Rights::MESSAGES)
        .group_token(KEYS[1], Rights::PHOTOS);
    sandbox.start("127.0.0.1:0").await.unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

async fn ends(args: &[&str], env: &[(&str, &str)]) -> Ended {
    Real::start(args, env).unwrap().end(PATIENCE).await.unwrap()
}

/// A command on a config of this text.
async fn with(command: &str, config: &str, env: &[(&str, &str)]) -> Ended {
    let folder = folder();
    let file = real::write(folder.path(), config).unwrap();
    ends(&[command, "--config", file.to_str().unwrap()], env).await
}

async fn running(config: &Path) -> Real {
    let mut bot = Real::run(config).unwrap();
    bot.says(RUNS, PATIENCE).await.unwrap();
    bot
}

/// Waits until the bot has written to a person so many times.
async fn answers(sandbox: &Sandbox, person: i64, many: usize) -> Vec<String> {
    for _ in 0..PATIENCE.as_millis() / 10 {
        let said = sandbox.conversation(person).into_iter().filter(|m| !m.from_person);
        let said: Vec<String> = said.map(|m| m.text).collect();
        if said.len() >= many {
            return said;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{many} answers never came: {:?}", sandbox.conversation(person));
}

/// A supervisor would start it again and again: more calls to a VK that asks for fewer.
#[tokio::test(flavor = "multi_thread")]
async fn a_vk_that_is_busy_when_the_bot_starts_is_waited_for() {
    let sandbox = sandbox().await;
    let ways = [Fault::Error(6), Fault::Error(9), Fault::Error(10), Fault::Error(29), Fault::ServerError];
    let methods = ["groups.getLongPollSettings", "groups.getTokenPermissions"];
    for (fault, method) in ways.iter().flat_map(|fault| methods.map(|method| (*fault, method))) {
        sandbox.faults().once(method, fault);
        let folder = folder();
        let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
        let bot = running(&config).await;
        bot.signal(Signal::TERM).unwrap();
        let ended = bot.end(STOP).await.unwrap();
        assert_eq!(ended.code, Some(0), "{fault:?}: {ended:?}");
        assert!(ended.err.contains("узнать не удалось"), "{fault:?}: {}", ended.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn run_stops_cleanly_on_either_signal_whatever_it_is_doing() {
    let sandbox = sandbox().await;
    for signal in [Signal::TERM, Signal::INT] {
        let folder = folder();
        let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
        let bot = running(&config).await;
        for person in 1..=60 {
            sandbox.write(person, "Начать");
        }
        answers(&sandbox, 1, 1).await;
        bot.signal(signal).unwrap();
        let ended = bot.end(STOP).await.unwrap();
        assert_eq!(ended.code, Some(0), "{signal:?}: {ended:?}");
        assert!(ended.out.is_empty() && !ended.err.contains(r#""level":"ERROR""#), "{signal:?}: {ended:?}");
    }
    // VK does not answer at all: the way to it is still being tried.
    let nowhere =
        real::config(&sandbox, folder().path()).replace(&sandbox.api_url(), "http://127.0.0.1:9/method");
    let folder = folder();
    let bot = running(&real::write(folder.path(), &nowhere).unwrap()).await;
    bot.signal(Signal::TERM).unwrap();
    assert_eq!(bot.end(STOP).await.unwrap().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_config_ends_with_two_and_one_line_that_names_the_key() {
    let sandbox = sandbox().await;
    let good = real::config(&sandbox, folder().path());
    let token = format!("token = {TOKEN:?}\n");
    let cases = [
        ("vk.group_id", good.replace(&format!("group_id = {GROUP}"), "group_id = \"много\""), vec![]),
        ("vk.group_id", good.replace(&format!("group_id = {GROUP}"), "group_id = 0"), vec![]),
        ("group_id", good.replace(&format!("group_id = {GROUP}\n"), ""), vec![]),
        ("vk.token", good.replace(&token, ""), vec![]),
        ("vk.token", good.replace(TOKEN, ""), vec![]),
        ("vk.token", format!("{}\n", good.replace(&token, &format!("{token}token_file = \"k\"\n"))), vec![]),
        ("vk.token_file", good.replace(&token, "token_file = \"/nowhere/key\"\n"), vec![]),
        ("vk.api_url", good.replace("http://", "ftp://"), vec![]),
        ("region.time_zone", good.replace("Europe/Moscow", "Europe/Atlantis"), vec![]),
        ("region.name", good.replace("Ольховская область", " "), vec![]),
        ("store.allow_unsafe", good.replace("allow_unsafe = true", "allow_unsafe = \"может быть\""), vec![]),
        ("log.level", good.replace("format = \"json\"", "level = \"громко,,=\""), vec![]),
        ("log.format", good.replace("format = \"json\"", "format = \"xml\""), vec![]),
        ("http.listen", format!("{good}[http]\nlisten = \"порт\"\n"), vec![]),
        ("staff.owners", format!("{good}[staff]\nowners = [\"Анна\"]\n"), vec![]),
        ("colour", format!("{good}colour = 1\n"), vec![]),
        ("vk.group_id", good.clone(), vec![("KURATOR_VK__GROUP_ID", "x")]),
        ("content.path", good.replace(content_dir().to_str().unwrap(), "/nowhere/content"), vec![]),
    ];
    for (key, config, env) in cases {
        let ended = with("run", &config, &env).await;
        assert_eq!(ended.code, Some(2), "{key}: {ended:?}");
        assert!(ended.out.is_empty(), "{key}: {ended:?}");
        assert!(ended.err.trim_end().lines().count() == 1, "{key}: {}", ended.err);
        assert!(ended.err.contains(key), "{key}: {}", ended.err);
        assert!(!ended.err.contains(TOKEN), "{key}: {}", ended.err);
    }
    let missing = ends(&["run", "--config", "/nowhere/config.toml"], &[]).await;
    assert_eq!((missing.code, missing.err.lines().count()), (Some(2), 1), "{missing:?}");
    let broken = with("run", "[vk\ngroup_id = 1", &[]).await;
    assert_eq!((broken.code, broken.err.lines().count()), (Some(2), 1), "{broken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_vk_does_not_take_ends_with_three_and_what_to_do() {
    let sandbox = sandbox().await;
    let good = real::config(&sandbox, folder().path());
    for command in ["run", "check"] {
        let wrong = with(command, &good.replace(TOKEN, "no-key-of-this-vk"), &[]).await;
        assert_eq!(wrong.code, Some(3), "{command}: {wrong:?}");
        assert!(
            wrong.err.contains("vk.token") && wrong.err.contains("Ключи доступа"),
            "{command}: {wrong:?}"
        );
        let weak = with(command, &good.replace(TOKEN, KEYS[1]), &[]).await;
        assert_eq!(weak.code, Some(3), "{command}: {weak:?}");
        assert!(weak.err.contains("сообщения сообщества"), "{command}: {weak:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_switches_on_what_is_missing_if_the_key_may_and_says_what_to_do_if_not() {
    let sandbox = sandbox().await;
    let good = real::config(&sandbox, folder().path());
    let set = || sandbox.call_counts().get("groups.setLongPollSettings").copied().unwrap_or(0);

    let ended = with("check", &good, &[]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.out.matches("в порядке").count(), 3, "{ended:?}");
    assert_eq!(set(), 0, "nothing was missing");

    for event in ["message_event", "message_deny"] {
        assert!(sandbox.switch_event(event, false));
    }
    let ended = with("check", &good.replace(TOKEN, KEYS[0]), &[]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("Long Poll API") && ended.err.contains("WARN"), "{ended:?}");
    assert_eq!(set(), 0, "the key may not");

    let ended = with("check", &good, &[]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(set(), 1);
    let ended = with("check", &good, &[]).await;
    assert_eq!((ended.code, set()), (Some(0), 1), "once switched on it stays so: {ended:?}");
    assert!(!sandbox.call_counts().contains_key("groups.getLongPollServer"), "nothing is polled");
}

/// «В порядке» is said only of what was seen.
#[tokio::test(flavor = "multi_thread")]
async fn check_says_what_it_could_not_see_and_looks_at_the_service_key_too() {
    let sandbox = Sandbox::builder()
        .group(GROUP, "Куратор", TOKEN)
        .group_token(KEYS[0], Rights::MESSAGES)
        .service_token("key-of-a-service")
        .start("127.0.0.1:0")
        .await
        .unwrap();
    let good = real::config(&sandbox, folder().path());
    let service = |key: &str| good.replace("[store]", &format!("service_token = {key:?}\n[store]"));

    let none = with("check", &good, &[]).await;
    assert!(none.out.contains("ключ и Long Poll: в порядке\nсервисный ключ: не задан"), "{none:?}");
    let all = with("check", &service("key-of-a-service"), &[]).await;
    assert!(all.code == Some(0) && all.out.ends_with("сервисный ключ: в порядке\n"), "{all:?}");
    for (key, why) in [("no-key-of-this-vk", "не принимает сервисный ключ"), (TOKEN, "это ключ сообщества")]
    {
        let wrong = with("check", &service(key), &[]).await;
        assert_eq!(wrong.code, Some(3), "{wrong:?}");
        assert!(wrong.err.contains("vk.service_token") && wrong.err.contains(why), "{wrong:?}");
    }

    let by_hand = with("check", &good.replace(TOKEN, KEYS[0]), &[]).await;
    assert!(by_hand.out.contains("ключ: в порядке\nLong Poll: не проверен"), "{by_hand:?}");
    let nowhere = good.replace(&sandbox.api_url(), "http://127.0.0.1:9/method");
    let unseen = with("check", &nowhere, &[]).await;
    assert_eq!(unseen.code, Some(1), "{unseen:?}");
    assert!(!unseen.out.contains("ключ") && unseen.err.contains("не проверено"), "{unseen:?}");
    sandbox.faults().once("groups.getLongPollSettings", Fault::ServerError);
    let unseen = with("check", &good, &[]).await;
    assert!(unseen.code == Some(1) && !unseen.out.contains("Long Poll: в порядке"), "{unseen:?}");
    assert!(sandbox.switch_event("message_event", false));
    sandbox.faults().once("groups.setLongPollSettings", Fault::Error(100));
    let off = with("check", &good, &[]).await;
    assert!(off.code == Some(1) && off.err.contains("включить не удалось"), "{off:?}");
    let mended = with("check", &good, &[]).await;
    assert!(mended.code == Some(0) && mended.out.contains("Long Poll: в порядке"), "{mended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn content_links_prints_an_address_and_a_title_for_every_place() {
    let sandbox = sandbox().await;
    let folder = folder();
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
    let links = ["content", "links", "--config", config.to_str().unwrap()];
    let printed = ends(&links, &[]).await;
    assert_eq!(printed.code, Some(0), "{printed:?}");
    let first = format!("https://vk.me/club{GROUP}?ref=menu\t");
    assert!(printed.out.starts_with(&first), "{printed:?}");
    assert!(
        printed.out.lines().count() > 150 && printed.out.lines().all(|line| line.split('\t').count() == 2)
    );
    let named = ends(&[&links[..], &["--community", "kurator68"]].concat(), &[]).await;
    assert!(named.out.contains("\nhttps://vk.me/kurator68?ref=checklist_launch\t"), "{named:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn content_check_passes_the_repository_and_tells_a_planted_mistake() {
    let good = ends(&["content", "check", content_dir().to_str().unwrap()], &[]).await;
    assert_eq!(good.code, Some(0), "{good:?}");

    let folder = folder();
    copy(&content_dir(), folder.path());
    let file = folder.path().join("checklists/weekly.toml");
    let planted = fs::read_to_string(&file).unwrap().replace("three-posts-a-week", "no-such-guide");
    fs::write(&file, planted).unwrap();
    let bad = ends(&["content", "check", folder.path().to_str().unwrap()], &[]).await;
    assert!(bad.code.is_some_and(|code| code != 0), "{bad:?}");
    assert!(bad.out.contains("weekly.toml") && bad.out.contains("no-such-guide"), "{bad:?}");
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
async fn the_environment_is_stronger_than_the_file() {
    let sandbox = sandbox().await;
    let config = real::config(&sandbox, folder().path()).replace(TOKEN, "no-key-of-this-vk");
    let ended = with("check", &config, &[("KURATOR_VK__TOKEN", TOKEN)]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended =
        with("check", &config, &[("KURATOR_VK__TOKEN", TOKEN), ("KURATOR_VK__API_URL", "nonsense")]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("vk.api_url"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_store_serves_one_bot_and_keeps_what_people_did_over_a_restart() {
    let sandbox = sandbox().await;
    let folder = folder();
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
    let first = running(&config).await;
    let second = ends(&["run", "--config", config.to_str().unwrap()], &[]).await;
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.err.contains("store.path") && second.err.contains("процесс"), "{second:?}");

    sandbox.start(1, None);
    answers(&sandbox, 1, 1).await;
    let consent = sandbox.conversation(1).last().unwrap().cmid;
    sandbox.press(1, consent, "Согласен").unwrap();
    while !sandbox.conversation(1).last().unwrap().text.contains("1 из 5") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    first.signal(Signal::TERM).unwrap();
    assert_eq!(first.end(STOP).await.unwrap().code, Some(0));

    // Written while no bot runs: answered by the next, as by the one before it.
    sandbox.write(1, "Меню");
    let again = running(&config).await;
    let said = answers(&sandbox, 1, 2).await;
    assert!(said[1].contains("1 из 5"), "the consent is kept: {said:?}");
    again.signal(Signal::INT).unwrap();
    assert_eq!(again.end(STOP).await.unwrap().code, Some(0));
    assert_eq!(answers(&sandbox, 1, 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_was_edited_is_read_anew_when_asked_and_a_mistake_in_it_changes_nothing() {
    let sandbox = sandbox().await;
    let folder = folder();
    let own = folder.path().join("content");
    let copied = Command::new("cp").arg("-r").arg(content_dir()).arg(&own).status().unwrap();
    assert!(copied.success());
    let theirs = content_dir().display().to_string();
    let text = real::config(&sandbox, folder.path()).replace(&theirs, own.to_str().unwrap());
    let config = real::write(folder.path(), &text).unwrap();
    let mut bot = running(&config).await;
    bot.says("long poll session", PATIENCE).await.unwrap();
    sandbox.write(1, "Начать");
    assert!(!answers(&sandbox, 1, 1).await[0].contains("Новая строка."));

    let consent = own.join("consent.md");
    let kept = fs::read_to_string(&consent).unwrap();
    let (begun, _) = kept.trim_end().rsplit_once('\n').unwrap();
    let edited = format!("{begun}\nНовая строка.\n");
    fs::write(&consent, &edited).unwrap();
    bot.signal(Signal::HUP).unwrap();
    bot.says("содержание обновлено", PATIENCE).await.unwrap();
    sandbox.write(1, "Начать");
    let said = answers(&sandbox, 1, 2).await;
    assert!(said[1].contains("Новая строка."), "{said:?}");

    fs::write(&consent, "+++\nversion = 2\n").unwrap();
    bot.signal(Signal::HUP).unwrap();
    let why = bot.says("содержание не обновлено", PATIENCE).await.unwrap();
    assert!(why.contains("consent.md"), "{why}");
    sandbox.write(1, "Начать");
    assert!(answers(&sandbox, 1, 3).await[2].contains("Новая строка."));
    bot.signal(Signal::TERM).unwrap();
    assert_eq!(bot.end(STOP).await.unwrap().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_metrics_answer_where_the_config_says() {
    let sandbox = sandbox().await;
    let folder = folder();
    let text = real::config(&sandbox, folder.path()) + "[http]\nlisten = \"127.0.0.1:0\"\n";
    let config = real::write(folder.path(), &text).unwrap();
    let mut bot = Real::run(&config).unwrap();
    let line = bot.says("health and metrics", PATIENCE).await.unwrap();
    let address = real::address(&line).unwrap();
    let get = |path| real::get(address, path).unwrap();
    bot.says("long poll session", PATIENCE).await.unwrap();
    sandbox.write(1, "Начать");
    answers(&sandbox, 1, 1).await;

    assert_eq!(get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(get("/readyz"), (200, "ok\n".to_owned()));
    let (status, metrics) = get("/metrics");
    assert_eq!(status, 200);
    assert!(metrics.contains("kurator_turns_total{kind=\"message_new\"} 1"), "{metrics}");
    assert!(metrics.contains("kurator_failed_turns_total 0"), "{metrics}");
    for line in [
        "kurator_vk_requests_total{method=\"messages.send\",code=\"0\"} 1",
        "kurator_vk_answer_duration_seconds_count{lane=\"reply\"}",
        "kurator_outbox_messages{lane=\"reply\"} ",
        "kurator_schedule_lag_seconds 0.0",
        "kurator_content_info{version=\"",
    ] {
        assert!(metrics.contains(line), "{line} is not in:\n{metrics}");
    }
    assert_eq!(get("/nowhere").0, 404);

    let taken = text.replace("127.0.0.1:0", &address.to_string());
    let ended = with("run", &taken.replace("/store'", "/other'"), &[]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("http.listen"), "{ended:?}");
    bot.signal(Signal::TERM).unwrap();
    assert_eq!(bot.end(STOP).await.unwrap().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_confirmed_by_its_number_with_and_without_the_bot() {
    let (sandbox, folder) = (sandbox().await, folder());
    let config = real::write(folder.path(), &real::config(&sandbox, folder.path())).unwrap();
    let options = SledOptions { path: folder.path().join("store"), allow_unsafe: true, cache_bytes: 8 << 20 };
    let store = SledStore::open(&options).unwrap();
    let paper = Certificate {
        number: 60_964_524_872,
        class: ClassId(1),
        person: UserId(101),
        name: "Анна Петрова".to_owned(),
        title: "Обложка за час".to_owned(),
        held: Ms(1_796_295_600_000),
        zone: Zone::try_from("Europe/Moscow".to_owned()).unwrap(),
        minutes: 90,
        at: Ms(1_796_300_000_000),
    };
    let ops = vec![Op::PutCertificate(Box::new(paper))];
    store.commit(Commit { expect: Vec::new(), ops }).await.unwrap();
    tokio::task::spawn_blocking(move || drop(store)).await.unwrap();
    let verify = async |number: &str| {
        ends(&["certificate", "verify", number, "--config", config.to_str().unwrap()], &[]).await
    };
    let bot = running(&config).await;
    for beside in [true, false] {
        for number in ["0609-6452-4872", "060964524872", "№ 0609 6452 4872"] {
            let real = verify(number).await;
            assert_eq!(real.code, Some(0), "{beside} {real:?}");
            for word in ["0609-6452-4872", "Анна Петрова", "Обложка за час"] {
                assert!(real.out.contains(word), "{word}: {real:?}");
            }
        }
        let other = verify("0609-6452-4873").await;
        assert_eq!(other.code, Some(1), "{other:?}");
        assert!(other.err.contains("0609-6452-4873") && !other.err.contains("Анна"), "{other:?}");
        assert_eq!(verify("сертификат").await.code, Some(2), "no number at all");
        if beside {
            bot.signal(Signal::TERM).unwrap();
            // The second round is on the files.
            tokio::time::timeout(PATIENCE, async {
                while Path::new(&folder.path().join("store/control.sock")).exists() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            })
            .await
            .unwrap();
        }
    }
    assert_eq!(bot.end(PATIENCE).await.unwrap().code, Some(0));
    sandbox.shutdown().await;
}
