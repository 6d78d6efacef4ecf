//! The token is told nowhere: not in logs at trace level, errors, `Debug`, metrics or the errors of a config.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use kurator::config::Config;
use tests::{
    GROUP, Log, Setup, TOKEN, World,
    real::{self, Real, Signal},
};
use tracing_subscriber::filter::LevelFilter;
use vk_sandbox::{Fault, LONG_POLL, Sandbox};

const PATIENCE: Duration = Duration::from_secs(60);
/// The service token of the configs.
const SERVICE: &str = "the-service-token-of-an-application";

/// Fails if any of these texts tells a token, or a part of the first that alone is enough to know it by.
fn assert_untold(texts: &[String]) {
    for text in texts {
        for secret in [TOKEN, SERVICE, "the-key-of-the-community"] {
            let line = text.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "told: {}", line.unwrap_or_default());
        }
    }
}

/// Everything that can go wrong on the way, once.
fn trouble(sandbox: &Sandbox) {
    let ways = [
        Fault::ServerError,
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::HalfAnswer,
        Fault::Error(5),
        Fault::Error(6),
        Fault::Error(15),
        Fault::Error(100),
    ];
    for fault in ways {
        sandbox.faults().once("messages.send", fault);
    }
    for fault in [Fault::ServerError, Fault::HalfAnswer, Fault::Failed(2)] {
        sandbox.faults().once(LONG_POLL, fault);
    }
}

/// Twelve people write, and the bot tries to answer until it has met every trouble.
async fn talk(sandbox: &Sandbox, pass_time: impl Fn()) {
    for person in 1..=12 {
        sandbox.write(person, "Начать");
    }
    let answering = async {
        while sandbox.call_counts().get("messages.send").is_none_or(|tries| *tries < 12) {
            pass_time();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, answering).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_tells_its_token_to_nobody_at_trace_level() {
    let log = Log::listen(LevelFilter::TRACE).unwrap();
    let world = World::start(Setup::default()).await.unwrap();
    trouble(&world.sandbox);
    talk(&world.sandbox, || world.clock.advance(100)).await;
    world.stop().await.unwrap();
    let log = log.text();
    for expected in ["TRACE", "vk_call", "messages.send", "VK call failed", "long poll fault", "502"] {
        assert!(log.contains(expected), "the log should tell of {expected}");
    }
    assert_untold(&[log]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_binary_tells_its_token_to_nobody_at_trace_level() {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).service_token(SERVICE);
    let sandbox = sandbox.start("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let both = format!("token = {TOKEN:?}\nservice_token = {SERVICE:?}\n");
    let good = real::config(&sandbox, folder.path()).replace(&format!("token = {TOKEN:?}\n"), &both);
    let good = good + "level = \"trace\"\n[http]\nlisten = \"127.0.0.1:0\"\n";
    let file = real::write(folder.path(), &good).unwrap();
    let mut told = vec![format!("{:?}", Config::load(&file).unwrap())];

    let mut bot = Real::run(&file).unwrap();
    let line = bot.says("health and metrics", PATIENCE).await.unwrap();
    bot.says("long poll session", PATIENCE).await.unwrap();
    trouble(&sandbox);
    talk(&sandbox, || ()).await;
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let mut stream = TcpStream::connect(line["fields"]["address"].as_str().unwrap()).unwrap();
    write!(stream, "GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut metrics = String::new();
    stream.read_to_string(&mut metrics).unwrap();
    assert!(metrics.contains("kurator_sends_total"), "{metrics}");
    bot.signal(Signal::TERM).unwrap();
    let ended = bot.end(PATIENCE).await.unwrap();
    assert!(ended.err.contains("TRACE") && ended.err.contains("vk_call"));
    told.extend([metrics, ended.out, ended.err]);

    let mistakes = [
        good.replace("token = ", "tokens = "),
        good.replace("[vk]", "[vk"),
        good.replace(&format!("{TOKEN:?}"), &format!("[{TOKEN:?}]")),
        good.replace(&format!("{TOKEN:?}"), TOKEN),
        good.replace(&both, &format!("{both}token_file = \"key\"\n")),
        good.replace(&format!("group_id = {GROUP}"), &format!("group_id = {TOKEN:?}")),
        good.replace(&sandbox.api_url(), "http://127.0.0.1:9/method"),
        good.replace(TOKEN, &format!("{TOKEN}\\n")),
    ];
    for (number, config) in mistakes.iter().enumerate() {
        std::fs::write(&file, config).unwrap();
        if let Err(error) = Config::load(&file) {
            told.push(format!("{error} {error:?}"));
        }
        let check = Real::start(&["check", "--config", file.to_str().unwrap()], &[]).unwrap();
        let ended = check.end(PATIENCE).await.unwrap();
        assert!(!ended.err.is_empty(), "mistake {number} is told");
        told.extend([ended.out, ended.err]);
    }
    assert_untold(&told);
}
