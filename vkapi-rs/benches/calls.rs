//! What the crate itself costs, on one core and without a network: finding the handler of an event in a tree of thirty
//! branches, making a request, and packing a thousand of them. `cargo bench -p vkapi-rs`

#![allow(clippy::unwrap_used, reason = "a benchmark may")]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::{BoxFuture, try_join_all};
use serde_json::{json, value::to_raw_value};
use vkapi::{Answer, Call, Transport, prelude::*};

const TIMES: u32 = 20_000;
const BRANCHES: usize = 30;
const PACKED: i64 = 1_000;

/// A VK that answers at once: each message is sent.
struct Nowhere;

impl Transport for Nowhere {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        let sent = r#"[{"peer_id":1,"message_id":1,"conversation_message_id":1}]"#;
        let body = if call.method == "execute" {
            let inside = call.form[0].1.matches("API.").count();
            format!(r#"{{"response":[{}]}}"#, vec![sent; inside].join(","))
        } else {
            format!(r#"{{"response":{sent}}}"#)
        };
        let answer = Answer::read(body.as_bytes(), &call.method);
        Box::pin(async move { answer })
    }
}

fn told(what: &str, took: Duration, times: u32) {
    println!("{what:<52} {:>9.2} µs", took.as_secs_f64() * 1e6 / f64::from(times));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut handler: dptree::Handler<'static, usize> =
        Update::filter_message_event().endpoint(async || BRANCHES);
    for branch in 0..BRANCHES {
        let own = Update::filter_message_new().filter_text([format!("команда {branch}")]);
        handler = dptree::entry().branch(handler).branch(own.endpoint(move || async move { branch }));
    }
    let tree = flat();
    let event = json!({"type": "message_new", "group_id": 7, "event_id": "e", "object": {"message": {
        "from_id": 5, "peer_id": 5, "text": format!("команда {}", BRANCHES - 1), "conversation_message_id": 1, "id": 1,
    }}});
    let raw = to_raw_value(&event).unwrap();

    let began = Instant::now();
    for _ in 0..TIMES {
        black_box(Update::read(raw.clone(), GroupId(7)));
    }
    told("reading an event", began.elapsed(), TIMES);

    let update = Arc::new(Update::read(raw, GroupId(7)));
    for (what, handler) in
        [("its handler is the last of 30 branches", &tree), ("the same, 30 deep", &handler)]
    {
        let began = Instant::now();
        for _ in 0..TIMES {
            let _ = black_box(handler.dispatch(deps![Arc::clone(&update)]).await);
        }
        told(what, began.elapsed(), TIMES);
    }

    let bot = Bot::builder("t").seed(1).build().unwrap().with_transport(Arc::new(Nowhere));
    let text = "Здравствуйте! «Завтра» в 10:00 — встреча.\n".repeat(10);
    let began = Instant::now();
    for _ in 0..TIMES {
        black_box(bot.messages_send(1, &text).await.unwrap());
    }
    told("a message of 420 letters there and back", began.elapsed(), TIMES);

    let throttled = bot.throttle(Limits::community().per_second(1_000_000));
    let began = Instant::now();
    for _ in 0..TIMES {
        black_box(throttled.messages_send(1, &text).await.unwrap());
    }
    told("the same through the throttle", began.elapsed(), TIMES);

    // Two thousand places: everything that waits is packed.
    let packing = bot.throttle(Limits::community().per_second(2_000));
    let began = Instant::now();
    try_join_all((1..=PACKED).map(|peer| packing.messages_send(peer, &text).into_future())).await.unwrap();
    told("the same inside of a pack", began.elapsed(), PACKED as u32);
}

/// Thirty branches beside each other.
fn flat() -> dptree::Handler<'static, usize> {
    (0..BRANCHES).fold(dptree::entry().inspect(|| {}), |tree, branch| {
        let own = Update::filter_message_new().filter_text([format!("команда {branch}")]);
        tree.branch(own.endpoint(move || async move { branch }))
    })
}
