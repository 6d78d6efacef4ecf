//! The real binary survives `kill -9`.

use std::time::Duration;

use tests::crash::{Plan, run};

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_lose_and_double_nothing_of_what_fifty_people_did() {
    let plan = Plan {
        kills: 10,
        people: 50,
        seed: 3,
        recipients: 0,
        troubles: false,
        longest_life: Duration::from_secs(4),
    };
    let summary = run(plan).await.unwrap_or_else(|error| panic!("{error:?}"));
    println!("{summary}");
    assert!(summary.tally.deeds > 300, "{summary}");
    assert!(summary.ticks > 0, "{summary}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_misses_an_announcement_or_gets_it_twice_through_kills_and_troubles_of_every_kind() {
    let plan = Plan {
        kills: 4,
        people: 6,
        seed: 5,
        recipients: 1_000,
        troubles: true,
        longest_life: Duration::from_secs(1),
    };
    let summary = run(plan).await.unwrap_or_else(|error| panic!("{error:?}"));
    println!("{summary}");
    assert_eq!((summary.delivered, summary.refused), (980, 20), "{summary}");
}
