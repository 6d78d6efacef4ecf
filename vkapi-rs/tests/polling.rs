//! Bots long poll, row by row of VK's documentation and of what goes wrong in life.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

mod common;

use std::{sync::Arc, time::Duration};

use common::{Fake, Reply, Vk};
use serde_json::{Value, json};
use tokio::time::Instant;
use vkapi::{
    Call,
    types::UpdateKind,
    update_listeners::{Backoff, Batch, ListenerErrorKind, Polling, PollingBuilder, UpdateListener},
};

const BRISK: Backoff = Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(2) };

fn polling(vk: &Vk) -> PollingBuilder {
    Polling::builder(vk.bot(), 7).backoff(BRISK).refetch(BRISK)
}

async fn next(polling: &mut Polling) -> Batch {
    tokio::time::timeout(Duration::from_secs(20), polling.next()).await.unwrap().unwrap()
}

/// A listener that has begun: its first batch tells the place alone.
async fn begun(builder: PollingBuilder) -> Polling {
    let mut polling = builder.build();
    let first = next(&mut polling).await;
    assert!(first.ts.is_some() && first.updates.is_empty() && !first.gap, "{first:?}");
    polling
}

fn poll(vk: &Vk, answer: Value) {
    vk.reply("/lp", Reply::Json(answer));
}

fn deny(user_id: i64) -> Value {
    json!({"type": "message_deny", "group_id": 7, "event_id": format!("e{user_id}"), "object": {"user_id": user_id}})
}

/// The keys and places shown to VK, in order.
fn shown(vk: &Vk) -> Vec<(String, String)> {
    let param = |asked: &common::Asked, name| asked.param(name).unwrap_or_default().to_owned();
    vk.asked("/lp").iter().map(|asked| (param(asked, "key"), param(asked, "ts"))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(key, ts)| ((*key).to_owned(), (*ts).to_owned())).collect()
}

#[tokio::test]
async fn events_come_in_order_and_the_place_moves_whether_a_text_or_a_number() {
    let vk = Vk::start().await;
    vk.session("k1", "4");
    poll(&vk, json!({"ts": "6", "updates": [deny(1), deny(2)]}));
    poll(&vk, json!({"ts": 7, "updates": [deny(3)]}));
    poll(&vk, json!({"ts": "7", "updates": []}));
    poll(&vk, json!({"ts": "8"}));
    let mut polling = begun(polling(&vk).wait(17)).await;

    let users =
        |batch: &Batch| batch.updates.iter().map(|update| update.user_id().unwrap().0).collect::<Vec<_>>();
    let batch = next(&mut polling).await;
    assert_eq!((batch.ts.as_deref(), users(&batch), batch.gap), (Some("6"), vec![1, 2], false));
    let batch = next(&mut polling).await;
    assert_eq!((batch.ts.as_deref(), users(&batch), batch.gap), (Some("7"), vec![3], false));
    assert_eq!(next(&mut polling).await.ts.as_deref(), Some("7"));
    assert_eq!(next(&mut polling).await.ts.as_deref(), Some("8"));

    assert_eq!(shown(&vk), pairs(&[("k1", "4"), ("k1", "6"), ("k1", "7"), ("k1", "7")]));
    let asked = &vk.asked("/lp")[0];
    assert_eq!((asked.param("act"), asked.param("wait")), (Some("a_check"), Some("17")));
    assert!(asked.headers.get("authorization").is_none(), "the token is not for this server");
    assert_eq!(vk.asked("groups.getLongPollServer")[0].param("group_id"), Some("7"));
}

#[tokio::test]
async fn a_stored_place_is_gone_on_from() {
    let vk = Vk::start().await;
    vk.session("k1", "900");
    poll(&vk, json!({"ts": "901", "updates": []}));
    let mut polling = polling(&vk).resume(Some("850".to_owned())).build();
    next(&mut polling).await;
    assert_eq!(shown(&vk), pairs(&[("k1", "850")]));
}

/// Which events of a resumed place count as late, batch by batch.
async fn late(idle: Option<Duration>) -> Vec<Vec<bool>> {
    let vk = Vk::start().await;
    vk.session("k1", "905");
    for (ts, users) in [("903", vec![1, 2, 3]), ("905", vec![4, 5]), ("906", vec![6])] {
        poll(&vk, json!({"ts": ts, "updates": users.into_iter().map(deny).collect::<Vec<_>>()}));
    }
    let mut polling = polling(&vk).resume(Some("900".to_owned())).idle(idle).build();
    let mut batches = Vec::new();
    for _ in 0..3 {
        batches.push(next(&mut polling).await.updates.iter().map(|update| update.late).collect());
    }
    batches
}

#[tokio::test]
async fn events_from_before_a_long_absence_are_late_and_what_comes_then_is_not() {
    let all = vec![vec![true; 3], vec![true; 2], vec![false]];
    assert_eq!(late(None).await, all);
    assert_eq!(late(Some(Duration::from_secs(1_800))).await, all);
    assert_eq!(late(Some(Duration::from_secs(30))).await.concat(), [false; 6]);
}

#[tokio::test]
async fn after_an_absence_in_which_nothing_happened_nothing_is_late() {
    let vk = Vk::start().await;
    vk.session("k1", "900");
    poll(&vk, json!({"ts": "901", "updates": [deny(1)]}));
    let mut polling = polling(&vk).resume(Some("900".to_owned())).build();
    assert!(!next(&mut polling).await.updates[0].late);
}

#[tokio::test]
async fn failed_1_goes_on_from_the_given_place_and_tells_of_the_gap() {
    let vk = Vk::start().await;
    vk.session("k1", "4");
    poll(&vk, json!({"failed": 1, "ts": 2593}));
    poll(&vk, json!({"ts": "2594", "updates": [deny(1)]}));
    let mut polling = begun(polling(&vk)).await;
    let lost = next(&mut polling).await;
    assert_eq!((lost.ts.as_deref(), lost.updates.len(), lost.gap), (Some("2593"), 0, true));
    assert!(!next(&mut polling).await.gap);
    assert_eq!(shown(&vk), pairs(&[("k1", "4"), ("k1", "2593")]));
    assert_eq!(vk.asked("groups.getLongPollServer").len(), 1);
}

#[tokio::test]
async fn failed_2_takes_a_new_key_and_keeps_the_place() {
    let vk = Vk::start().await;
    vk.session("k1", "4").session("k2", "99");
    poll(&vk, json!({"ts": "5", "updates": []}));
    poll(&vk, json!({"failed": 2}));
    poll(&vk, json!({"ts": "6", "updates": [deny(1)]}));
    let mut polling = begun(polling(&vk)).await;
    next(&mut polling).await;
    let batch = next(&mut polling).await;
    assert_eq!((batch.updates.len(), batch.gap), (1, false));
    assert_eq!(shown(&vk), pairs(&[("k1", "4"), ("k1", "5"), ("k2", "5")]));
}

#[tokio::test]
async fn failed_3_takes_a_new_place_and_tells_of_the_gap() {
    let vk = Vk::start().await;
    vk.session("k1", "4").session("k2", "99");
    poll(&vk, json!({"failed": 3}));
    poll(&vk, json!({"ts": "100", "updates": [deny(1)]}));
    let mut polling = begun(polling(&vk)).await;
    let lost = next(&mut polling).await;
    assert_eq!((lost.ts.as_deref(), lost.gap), (Some("99"), true));
    assert_eq!(next(&mut polling).await.updates.len(), 1);
    assert_eq!(shown(&vk), pairs(&[("k1", "4"), ("k2", "99")]));
}

#[tokio::test]
async fn a_refusal_of_unknown_meaning_costs_the_session_first_and_the_place_only_when_it_repeats() {
    for odd in [
        json!({"failed": 4, "min_version": 0, "max_version": 3}),
        json!({"failed": 77}),
        json!({"failed": 1}),
    ] {
        let vk = Vk::start().await;
        vk.session("k1", "4").session("k2", "50").session("k3", "60");
        poll(&vk, odd.clone());
        poll(&vk, odd.clone());
        poll(&vk, json!({"ts": "61", "updates": [deny(1)]}));
        let mut polling = begun(polling(&vk)).await;
        let lost = next(&mut polling).await;
        assert_eq!((lost.ts.as_deref(), lost.gap), (Some("60"), true), "{odd}");
        assert_eq!(next(&mut polling).await.updates.len(), 1);
        assert_eq!(shown(&vk), pairs(&[("k1", "4"), ("k2", "4"), ("k3", "60")]), "{odd}");
    }
}

#[tokio::test]
async fn faults_of_the_way_keep_key_and_place() {
    let vk = Vk::start().await;
    vk.session("k1", "4");
    for fault in [
        Reply::Raw(502, "<html>Bad gateway</html>"),
        Reply::Raw(200, "<html>Подождите</html>"),
        Reply::Cut(r#"{"ts":"5","updates":[{"type":"mess"#),
        Reply::Raw(200, "{}"),
    ] {
        vk.reply("/lp", fault);
    }
    poll(&vk, json!({"ts": "5", "updates": [deny(1)]}));
    let mut polling = begun(polling(&vk)).await;
    let batch = next(&mut polling).await;
    assert_eq!((batch.ts.as_deref(), batch.updates.len(), batch.gap), (Some("5"), 1, false));
    assert_eq!(shown(&vk), vec![("k1".to_owned(), "4".to_owned()); 5]);
    assert_eq!(vk.asked("groups.getLongPollServer").len(), 1);
}

#[tokio::test]
async fn one_refusal_of_unknown_meaning_among_faults_costs_no_place() {
    let vk = Vk::start().await;
    vk.session("k1", "4").session("k2", "99");
    vk.reply("/lp", Reply::Raw(502, "<html>"));
    poll(&vk, json!({"failed": 4}));
    vk.reply("/lp", Reply::Raw(200, ""));
    poll(&vk, json!({"ts": "5", "updates": [deny(1)]}));
    let batch = next(&mut begun(polling(&vk)).await).await;
    assert_eq!((batch.updates.len(), batch.gap), (1, false));
    assert_eq!(shown(&vk), pairs(&[("k1", "4"), ("k1", "4"), ("k2", "4"), ("k2", "4")]));
}

#[tokio::test]
async fn faults_that_go_on_cost_the_key_but_never_the_place() {
    let vk = Vk::start().await;
    vk.session("k1", "4").session("k2", "99");
    for _ in 0..6 {
        vk.reply("/lp", Reply::Raw(200, "<html>"));
    }
    poll(&vk, json!({"ts": "5", "updates": [deny(1)]}));
    let mut polling = begun(polling(&vk)).await;
    assert_eq!(next(&mut polling).await.updates.len(), 1);
    let shown = shown(&vk);
    assert!(shown.iter().all(|(_, ts)| ts == "4"), "{shown:?}");
    let keys: Vec<_> = shown.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["k1", "k1", "k1", "k1", "k1", "k2", "k2"]);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for() {
    let vk = Vk::start().await;
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let server = format!("http://{nobody}/lp");
    vk.response("groups.getLongPollServer", json!({"key": "k1", "server": server, "ts": "4"}))
        .session("k2", "99");
    poll(&vk, json!({"ts": "5", "updates": [deny(1)]}));
    let mut polling = begun(polling(&vk)).await;
    assert_eq!(next(&mut polling).await.updates.len(), 1);
    assert_eq!(shown(&vk), pairs(&[("k2", "4")]), "after some faults VK is asked where to go");
}

#[tokio::test]
async fn an_odd_event_never_costs_its_neighbours() {
    let vk = Vk::start().await;
    vk.session("k1", "4");
    poll(
        &vk,
        json!({"ts": "9", "updates": [deny(1), 5, {"type": "message_new", "object": {}}, {"type": "new"}, deny(2)]}),
    );
    let updates = next(&mut begun(polling(&vk)).await).await.updates;
    let kinds: Vec<_> = updates.iter().map(|update| update.kind.name()).collect();
    assert_eq!(kinds, ["message_deny", "", "message_new", "new", "message_deny"]);
    assert!(matches!(updates[2].kind, UpdateKind::Malformed { .. }));
    assert!(matches!(updates[3].kind, UpdateKind::Unknown { .. }));
}

#[tokio::test]
async fn what_waiting_cannot_mend_ends_the_listener() {
    for (code, kind) in [
        (5, ListenerErrorKind::BadToken),
        (27, ListenerErrorKind::BadToken),
        (15, ListenerErrorKind::NoRight),
        (100, ListenerErrorKind::Disabled),
    ] {
        let vk = Vk::start().await;
        vk.error("groups.getLongPollServer", code, "no");
        let error = polling(&vk).build().next().await.unwrap_err();
        assert_eq!(error.kind, kind, "{code}");
        assert_eq!(error.source.api().unwrap().code.0, code);
    }
}

#[tokio::test]
async fn what_waiting_may_mend_does_not() {
    let vk = Vk::start().await;
    for code in [1, 6, 10, 29, 777] {
        vk.error("groups.getLongPollServer", code, "later");
    }
    vk.reply("groups.getLongPollServer", Reply::Raw(504, "<html>"));
    vk.session("k1", "4");
    poll(&vk, json!({"ts": "5", "updates": []}));
    assert_eq!(next(&mut begun(polling(&vk)).await).await.ts.as_deref(), Some("5"));
}

#[tokio::test(start_paused = true)]
async fn a_session_refused_is_asked_for_ever_more_seldom() {
    for (code, at_most_in_an_hour) in [(10, 20), (29, 12)] {
        let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
        let times = Arc::clone(&asked);
        let fake = Fake(move |_: &Call| {
            times.lock().unwrap().push(Instant::now());
            json!({"error": {"error_code": code, "error_msg": "no"}})
        });
        let mut polling = Polling::builder(fake.bot(), 7).build();
        let hour = tokio::time::timeout(Duration::from_secs(3600), polling.next()).await;
        assert!(hour.is_err(), "it never gives up");
        let asked = asked.lock().unwrap();
        assert!(asked.len() <= at_most_in_an_hour && asked.len() > 5, "{code}: {}", asked.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_expires_at_once_again_and_again_makes_no_storm() {
    let vk = Vk::start().await;
    for number in 0..12 {
        vk.session(&format!("k{number}"), "4");
        poll(&vk, json!({"failed": 2}));
    }
    vk.session("last", "9");
    poll(&vk, json!({"ts": "5", "updates": []}));
    let started = Instant::now();
    let mut polling = begun(Polling::builder(vk.bot_with_timeout(Duration::from_secs(86_400)), 7)).await;
    assert_eq!(polling.next().await.unwrap().ts.as_deref(), Some("5"));
    assert!(started.elapsed() > Duration::from_secs(1800), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_ten_seconds_more_than_the_wait() {
    let vk = Vk::start().await;
    vk.session("k1", "4");
    vk.reply("/lp", Reply::Hang);
    poll(&vk, json!({"ts": "5", "updates": []}));
    let mut polling = begun(polling(&vk).wait(25)).await;
    let started = Instant::now();
    polling.next().await.unwrap();
    let waited = started.elapsed();
    assert!(waited >= Duration::from_secs(35) && waited < Duration::from_secs(36), "{waited:?}");
    assert_eq!(shown(&vk), pairs(&[("k1", "4"), ("k1", "4")]));
}
