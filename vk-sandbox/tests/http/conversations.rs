//! Reading conversations, marks and signs.

use serde_json::json;
use vk_sandbox::ChatEvent;

use crate::{GROUP, ILDAR, MARIA, Vk, assert_has_shape, fixture};

#[tokio::test]
async fn conversations_are_listed_from_the_freshest_and_filtered() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Раз");
    vk.sandbox.write(ILDAR, "Два");
    vk.send("1", "Ответ").await;
    let all = vk.ok("messages.getConversations", &[("extended", "1")]).await;
    let mut captured = fixture("conversations")["response"].clone();
    // How an administrator's own application pushes is not here.
    captured["items"][0]["conversation"].as_object_mut().unwrap().remove("push_settings");
    assert_has_shape(&all, &captured, "response");
    assert_eq!((&all["count"], &all["unread_count"]), (&json!(2), &json!(2)));
    assert_eq!(all["items"][0]["last_message"]["text"], "Ответ");
    assert_eq!(all["items"][1]["conversation"]["unread_count"], 1);
    assert_eq!(all["profiles"][1]["first_name"], "Ильдар");
    let unanswered = vk.ok("messages.getConversations", &[("filter", "unanswered")]).await;
    assert_eq!(unanswered["count"], 1);
    assert_eq!(unanswered["items"][0]["conversation"]["peer"]["id"], ILDAR);

    vk.ok("messages.markAsRead", &[("peer_id", "2")]).await;
    assert_eq!(vk.ok("messages.getConversations", &[("filter", "unread")]).await["count"], 1);
    let page = vk.ok("messages.getConversations", &[("offset", "1"), ("count", "1")]).await;
    assert_eq!((page["items"].as_array().unwrap().len(), &page["count"]), (1, &json!(2)));
    assert_eq!(vk.error("messages.getConversations", &[("count", "201")]).await.0, 100);
}

#[tokio::test]
async fn who_can_be_written_to_is_told_before_trying() {
    let vk = Vk::new().await;
    vk.sandbox.allow(MARIA);
    vk.sandbox.write(3, "Привет");
    vk.sandbox.block(3);
    let answer = vk.ok("messages.getConversationsById", &[("peer_ids", "1,2,3")]).await;
    let can = |at: usize| answer["items"][at]["can_write"].clone();
    assert_eq!(can(0), json!({"allowed": true}));
    assert_eq!(can(1), json!({"allowed": false, "reason": 901}));
    assert_eq!(can(2), json!({"allowed": false, "reason": 900}));
}

#[tokio::test]
async fn history_is_paged_from_either_end() {
    let vk = Vk::new().await;
    for text in ["Раз", "Два", "Три"] {
        vk.sandbox.write(MARIA, text);
    }
    let texts = async |params: &[(&str, &str)]| {
        let answer = vk.ok("messages.getHistory", params).await;
        assert_eq!(answer["count"], 3);
        let items = answer["items"].as_array().unwrap().clone();
        items.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&[("peer_id", "1"), ("count", "2")]).await, ["Три", "Два"]);
    assert_eq!(texts(&[("user_id", "1"), ("rev", "1"), ("offset", "1")]).await, ["Два", "Три"]);
    assert_eq!(texts(&[("peer_id", "1"), ("start_message_id", "2")]).await, ["Два", "Раз"]);
}

#[tokio::test]
async fn messages_are_found_by_either_number_and_missing_ones_left_out() {
    let vk = Vk::new().await;
    vk.sandbox.write(ILDAR, "Чужое");
    vk.sandbox.write(MARIA, "Моё");
    let by_id = vk.ok("messages.getById", &[("message_ids", "2,99")]).await;
    let by_cmid = vk
        .ok("messages.getByConversationMessageId", &[("peer_id", "1"), ("conversation_message_ids", "1,9")])
        .await;
    let by_cmids = vk.ok("messages.getById", &[("peer_id", "1"), ("cmids", "1")]).await;
    assert_eq!((&by_id, &by_id), (&by_cmid, &by_cmids));
    assert_eq!((&by_id["count"], &by_id["items"][0]["text"]), (&json!(1), &json!("Моё")));
}

#[tokio::test]
async fn signs_reach_the_person() {
    let vk = Vk::new().await;
    vk.sandbox.write(MARIA, "Привет");
    let mut events = vk.sandbox.subscribe();
    vk.ok("messages.setActivity", &[("peer_id", "1"), ("type", "typing")]).await;
    vk.ok("messages.markAsRead", &[("peer_id", "1")]).await;
    vk.ok("messages.sendReaction", &[("peer_id", "1"), ("cmid", "1"), ("reaction_id", "3")]).await;
    let activity = "typing".to_owned();
    assert_eq!(events.recv().await, Ok(ChatEvent::Activity { person: MARIA, activity }));
    assert_eq!(events.recv().await, Ok(ChatEvent::Read { person: MARIA, by_person: false, cmid: 1 }));
    assert_eq!(
        events.recv().await,
        Ok(ChatEvent::Reaction { person: MARIA, cmid: 1, by_person: false, reaction: Some(3) })
    );
    assert_eq!(vk.sandbox.conversation(MARIA)[0].reaction, Some(3));
    vk.ok("messages.deleteReaction", &[("peer_id", "1"), ("cmid", "1")]).await;
    assert_eq!(vk.sandbox.conversation(MARIA)[0].reaction, None);
    assert_eq!(
        vk.error("messages.sendReaction", &[("peer_id", "1"), ("cmid", "1"), ("reaction_id", "99")]).await.0,
        1009
    );
    assert_eq!(vk.error("messages.setActivity", &[("peer_id", "1"), ("type", "dance")]).await.0, 100);
}

#[tokio::test]
async fn members_and_online_status_are_kept() {
    let vk = Vk::new().await;
    let group = GROUP.to_string();
    let group = ("group_id", group.as_str());
    vk.sandbox.join(MARIA);
    assert_eq!(vk.ok("groups.isMember", &[group, ("user_id", "1")]).await, 1);
    assert_eq!(
        vk.ok("groups.isMember", &[group, ("user_ids", "1,2")]).await,
        json!([{"user_id": 1, "member": 1}, {"user_id": 2, "member": 0}])
    );
    assert_eq!(vk.ok("groups.getOnlineStatus", &[group]).await, json!({"status": "none"}));
    vk.ok("groups.enableOnline", &[group]).await;
    assert_eq!(vk.ok("groups.getOnlineStatus", &[group]).await, json!({"status": "online"}));
    vk.ok("groups.disableOnline", &[group]).await;
}
