//! What surrounds handlers.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{json, value::to_raw_value};
use vkapi::{dispatching::around, prelude::*};

type Error = Box<dyn std::error::Error + Send + Sync>;

#[tokio::test(start_paused = true)]
async fn what_surrounds_handlers_sees_before_and_after_and_may_hold_them_back() {
    type Diary = Arc<Mutex<Vec<String>>>;
    let diary = Diary::default();
    let handler = |diary: Diary| -> UpdateHandler<Error> {
        let surround = around(move |next| {
            let diary = Arc::clone(&diary);
            async move {
                let UpdateKind::MessageNew(new) = &next.update().kind else { return next.skip() };
                let text = new.message.text.clone();
                if text == "бан" {
                    return ControlFlow::Break(Err("banned".into()));
                }
                if text == "мимо" {
                    return next.skip();
                }
                let started = tokio::time::Instant::now();
                let outcome = next.run().await;
                let how = match &outcome {
                    ControlFlow::Break(Ok(())) => "taken",
                    ControlFlow::Break(Err(_)) => "failed",
                    ControlFlow::Continue(_) => "nobody's",
                };
                diary.lock().unwrap().push(format!("{text}: {how} in {:?}", started.elapsed()));
                outcome
            }
        });
        dptree::entry()
            .branch(
                surround
                    .branch(Update::filter_message_new().filter_text(["да"]).endpoint(async || {
                        tokio::time::sleep(Duration::from_secs(2)).await;
                        Ok(())
                    }))
                    .branch(
                        Update::filter_message_new().filter_text(["нет"]).endpoint(async || Err("no".into())),
                    ),
            )
            .branch(Update::filter_message_new().filter_text(["мимо"]).endpoint(async || Ok(())))
    };
    let mut outcomes = Vec::new();
    for text in ["да", "нет", "бан", "мимо", "что"] {
        let message = json!({"from_id": 5, "peer_id": 5, "text": text});
        let update = json!({"type": "message_new", "group_id": 7, "object": {"message": message}});
        let update = Arc::new(Update::read(to_raw_value(&update).unwrap(), GroupId(7)));
        let bot = Bot::new("t").unwrap();
        outcomes.push(match handler(Arc::clone(&diary)).dispatch(deps![bot, update]).await {
            ControlFlow::Break(Ok(())) => "ok".to_owned(),
            ControlFlow::Break(Err(error)) => error.to_string(),
            ControlFlow::Continue(_) => "nobody".to_owned(),
        });
    }
    assert_eq!(outcomes, ["ok", "no", "banned", "ok", "nobody"]);
    assert_eq!(*diary.lock().unwrap(), ["да: taken in 2s", "нет: failed in 0ns", "что: nobody's in 0ns"]);
}

#[test]
fn what_surrounds_handlers_asks_vk_for_no_more_events() {
    let handler: UpdateHandler<Error> =
        around(async |next| next.run().await).branch(Update::filter_group_join().endpoint(async || Ok(())));
    assert_eq!(Dispatcher::builder(Bot::new("t").unwrap(), handler).build().events(), ["group_join"]);
}
