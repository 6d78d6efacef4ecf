//! The reader of pages over a region: within both limits, no page twice, on after a stop.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use tests::audit::{self, Region};

#[tokio::test(flavor = "multi_thread")]
async fn a_region_is_looked_at_in_a_night_within_its_calls_and_on_after_a_stop() {
    let region = Region { pages: 60, stop_after: Some(25), ..Region::default() };
    let told = audit::run(&region).await.unwrap();
    assert_eq!(told.pages, 60, "{told:?}");
    assert!(told.questions > 0 && told.comments > told.questions as u64, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_are_read_within_a_budget_of_their_own() {
    let region = Region { pages: 40, comments_a_day: 30, ..Region::default() };
    let told = audit::run(&region).await.unwrap();
    assert_eq!((told.pages, told.comments), (40, 30), "walls are read all the same: {told:?}");
}
