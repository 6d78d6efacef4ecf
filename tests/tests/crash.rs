//! The real binary survives `kill -9`.

use std::time::Duration;

use tests::crash::{Plan, run};

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_lose_and_double_nothing_of_what_fifty_people_did() {
    let plan = Plan { kills: 10, people: 50, seed: 3, longest_life: Duration::from_secs(4) };
    let summary = run(plan).await.unwrap_or_else(|error| panic!("{error:?}"));
    println!("{summary}");
    assert!(summary.tally.deeds > 300, "{summary}");
    assert!(summary.ticks > 0, "{summary}");
}
