//! The real binary on a disk that fills up: it takes no more events, says so, loses nothing, and goes on by itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use tests::full::{Full, run};

async fn goes_on(full: Full) {
    match run(full).await.unwrap_or_else(|error| panic!("{error:?}")) {
        Some(summary) => println!("{summary}"),
        None => println!("skipped: {full:?} needs root and mount"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_met_in_the_middle_of_a_write_loses_and_doubles_nothing() {
    goes_on(Full::FileSize).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_somebody_else_fills_loses_and_doubles_nothing() {
    goes_on(Full::Disk).await;
}
