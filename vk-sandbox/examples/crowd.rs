//! A crowd that writes to an echo bot all at once: `crowd PEOPLE CALLS_A_SECOND MILLISECONDS_A_CALL`; 0 calls a second
//! is no limit.
//!
//! Prints where it listens, waits until a bot polls and has answered somebody, lets each person write one text, and
//! prints as JSON: seconds until the last answer, people who got exactly one, none, and more, calls refused for coming
//! too soon, and the most calls in any second. Gives up five seconds after the last answer.

use std::{
    collections::HashMap,
    error::Error,
    time::{Duration, Instant},
};

use tokio::time::{sleep, timeout};
use vk_sandbox::{ChatEvent, Sandbox, Settings};

/// The first person of the crowd.
const FIRST: i64 = 1000;
/// Who tries whether the bot answers at all.
const SCOUT: i64 = 1;
const PATIENCE: Duration = Duration::from_secs(5);
const START: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u32>());
    let mut number = || numbers.next().unwrap_or(Ok(0));
    let (people, calls, latency) = (number()?, number()?, number()?);
    let settings = Settings {
        requests_per_second: (calls > 0).then_some(calls),
        latency: Duration::from_millis(latency.into()),
        queue_events: 100_000,
        calls_kept: 100_000,
        ..Settings::default()
    };
    let sandbox = Sandbox::builder().settings(settings).start("127.0.0.1:0").await?;
    println!("url: {}", sandbox.url());

    let polled = async {
        while !sandbox.call_counts().contains_key("groups.getLongPollServer") {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(START, polled).await?;
    sandbox.write(SCOUT, "Кто здесь?");
    let answered = async {
        while sandbox.conversation(SCOUT).iter().all(|message| message.from_person) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(START, answered).await?;
    // The second of the scout's calls is over.
    sleep(Duration::from_millis(1500)).await;
    sandbox.clear_calls();

    let mut news = sandbox.subscribe();
    let crowd = FIRST..FIRST + i64::from(people);
    let started = Instant::now();
    for person in crowd.clone() {
        sandbox.write(person, &format!("Здравствуйте, я {person}"));
    }
    let (mut answers, mut last) = (HashMap::<i64, u32>::new(), started);
    while answers.len() < people as usize {
        match timeout(PATIENCE, news.recv()).await {
            Ok(Ok(ChatEvent::Message { person, message })) if !message.from_person => {
                *answers.entry(person).or_default() += 1;
                last = Instant::now();
            }
            // What was missed is counted from the conversations.
            Ok(Err(_)) => {
                for person in crowd.clone() {
                    let got =
                        sandbox.conversation(person).iter().filter(|message| !message.from_person).count();
                    if got > 0 {
                        answers.insert(person, got as u32);
                    }
                }
            }
            Ok(Ok(_)) => {}
            Err(_) => break,
        }
    }
    let took = last - started;
    // Doubles come late.
    sleep(Duration::from_millis(500)).await;
    let (mut once, mut none, mut more) = (0, 0, 0);
    for person in crowd {
        match sandbox.conversation(person).iter().filter(|message| !message.from_person).count() {
            0 => none += 1,
            1 => once += 1,
            _ => more += 1,
        }
    }
    let calls: Vec<_> = sandbox.calls().into_iter().filter(|call| !call.in_execute).collect();
    let refused = calls.iter().filter(|call| call.result == Err(6)).count();
    let taken: Vec<i64> =
        calls.iter().filter(|call| call.result.is_ok()).map(|call| call.at_ms_real).collect();
    let most =
        (0..taken.len()).map(|from| taken[from..].iter().take_while(|at| **at < taken[from] + 1000).count());
    let result = serde_json::json!({
        "seconds": took.as_secs_f64(), "once": once, "none": none, "more": more, "calls": calls.len(),
        "refused": refused, "most_in_a_second": most.max().unwrap_or(0),
    });
    println!("result: {result}");
    sandbox.shutdown().await;
    Ok(())
}
