//! Every method the sandbox serves, held against the facts of VK's schema: the call, the answer, and what of the answer
//! this crate has no place for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may")]

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::{
    Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context, prelude::*};
use vk_sandbox::{Page, Post, Sandbox, Settings};
use vkapi::{
    Answer, Bot, Call, RequestError, Transport,
    keyboard::{Button, Keyboard},
    methods::EventAnswer,
    types::{Cmid, WallPost},
    utils::format::markdown,
};
use vkapi_codegen::Facts;

const MARIA: i64 = 1;
const GROUP: i64 = 240_000_001;

/// A layer that holds every call and its answer against the facts.
struct Checked {
    inner: Arc<dyn Transport>,
    facts: Arc<Facts>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    methods: BTreeSet<String>,
    problems: BTreeSet<String>,
}

impl Checked {
    fn over(bot: &Bot, facts: &Arc<Facts>, seen: &Arc<Mutex<Seen>>) -> Bot {
        let (facts, seen) = (Arc::clone(facts), Arc::clone(seen));
        bot.with_transport(Arc::new(Self { inner: bot.transport(), facts, seen }))
    }
}

impl Transport for Checked {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, RequestError>> {
        Box::pin(async move {
            let params = call.form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let mut problems = self.facts.check_request(&call.method, params);
            let answer = self.inner.call(call).await;
            if let Ok(answer) = &answer {
                let answer: Value = serde_json::from_str(answer.response.get()).unwrap();
                problems.extend(self.facts.check_answer(&call.method, &answer));
            }
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.methods.insert(call.method.to_string());
            seen.problems.extend(problems.iter().map(|problem| format!("{}: {problem}", call.method)));
            answer
        })
    }
}

/// What objects had more of than this crate knows: the type, and the members.
#[derive(Clone, Default)]
struct LeftOver(Arc<Mutex<BTreeSet<(String, String)>>>);

#[derive(Default)]
struct Members(String, String);

impl Visit for Members {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "object" => value.clone_into(&mut self.0),
            "members" => value.clone_into(&mut self.1),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber> Layer<S> for LeftOver {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "vkapi::leftover" {
            let mut members = Members::default();
            event.record(&mut members);
            let mut all = self.0.lock().unwrap();
            all.extend(members.1.split(',').map(|member| (members.0.clone(), member.to_owned())));
        }
    }
}

/// A page with a post that has everything a post may have.
fn page() -> Page {
    let photo = json!({
        "id": 5, "owner_id": -77, "album_id": -7, "has_tags": false, "date": 1_700_000_000, "text": "", "access_key": "a",
        "sizes": [{"type": "x", "url": "https://example.com/x.jpg", "width": 604, "height": 400}],
    });
    let post = Post {
        id: 3,
        date: 1_700_000_000,
        text: "Открыли новый зал".into(),
        views: Some(500),
        pinned: true,
        attachments: vec![json!({"type": "photo", "photo": photo})],
        ..Post::default()
    };
    Page {
        id: 77,
        screen_name: "school".into(),
        name: "Школа № 7".into(),
        posts: vec![post],
        ..Page::default()
    }
}

#[derive(Deserialize)]
struct Posts {
    items: Vec<WallPost>,
}

async fn call_all(bot: &Bot, service: &Bot, sandbox: &Sandbox) -> Result<(), Box<dyn std::error::Error>> {
    let buttons = Keyboard::inline().row([Button::callback("Дальше", json!({"next": 1}))])?;
    let sent = bot.messages_send(MARIA, markdown("**Готово**")).keyboard(&buttons).await?;
    bot.messages_send_many(vec![MARIA.into(), 2.into(), 3.into()], "Всем").await?;
    bot.messages_edit(MARIA, sent.cmid, "Иначе").keyboard(&buttons).await?;
    let photo = bot.upload_message_photo(MARIA, PNG.to_vec(), "x.png").await?;
    let doc = bot.upload_message_doc(MARIA, b"text".to_vec(), "x.txt", "Памятка").await?;
    bot.messages_send(MARIA, "Вот").attachment(format!("{photo},{doc}")).reply_to(sent.message_id).await?;
    let event = sandbox.press(MARIA, sent.cmid.0, "Дальше")?;
    bot.messages_send_message_event_answer(event, MARIA, MARIA).answer(EventAnswer::snackbar("Ок")).await?;
    bot.messages_mark_as_read(MARIA).mark_conversation_as_read(true).await?;
    bot.messages_set_activity(MARIA, "typing").await?;
    bot.messages_send_reaction(MARIA, sent.cmid, 1).await?;
    bot.messages_delete_reaction(MARIA, sent.cmid).await?;
    bot.messages_is_messages_from_group_allowed(GROUP, MARIA).await?;
    let conversations = bot.messages_get_conversations().extended(true).count(20).await?;
    assert!(conversations.items.iter().any(|item| item.conversation.peer.id.0 == MARIA));
    bot.messages_get_conversations_by_id([MARIA, 2]).extended(true).await?;
    let history = bot.messages_get_history(MARIA).extended(true).count(200).await?;
    assert!(history.items.iter().any(|message| message.attachments.len() == 2));
    let by_id = bot.messages_get_by_id().message_ids([sent.message_id]).extended(true).await?;
    assert_eq!(by_id.items[0].cmid, Some(sent.cmid));
    bot.messages_get_by_conversation_message_id(MARIA, [sent.cmid]).await?;
    bot.messages_delete().peer_id(MARIA).cmids([Cmid(sent.cmid.0)]).delete_for_all(true).await?;
    bot.groups_get_by_id().await?;
    bot.groups_get_by_id()
        .ids(["school"])
        .fields(["description", "members_count", "wall", "verified"])
        .await?;
    bot.groups_get_long_poll_server(GROUP).await?;
    bot.groups_set_long_poll_settings(GROUP).enabled(true).event("message_new", true).await?;
    assert!(bot.groups_get_long_poll_settings(GROUP).await?.events["message_new"]);
    bot.groups_get_token_permissions().await?;
    bot.groups_set_settings(GROUP).messages(true).bots_capabilities(true).await?;
    bot.groups_is_member(GROUP.to_string()).user_id(MARIA).await?;
    bot.groups_is_member(GROUP.to_string()).user_ids([MARIA, 2]).extended(true).await?;
    bot.groups_enable_online(GROUP).await?;
    bot.groups_get_online_status(GROUP).await?;
    bot.groups_disable_online(GROUP).await?;
    let server = bot.groups_add_callback_server(GROUP, "http://127.0.0.1:9/vk", "Куратор").await?;
    let server = server.server_id.unwrap_or_default();
    bot.groups_edit_callback_server(GROUP, server, "http://127.0.0.1:9/vk2", "Куратор").await?;
    assert_eq!(bot.groups_get_callback_servers(GROUP).await?.items.len(), 1);
    assert!(!bot.groups_get_callback_confirmation_code(GROUP).await?.code.is_empty());
    bot.groups_set_callback_settings(GROUP).server_id(server).message_new(true).await?;
    bot.groups_get_callback_settings(GROUP).server_id(server).await?;
    bot.groups_delete_callback_server(GROUP, server).await?;
    assert_eq!(bot.users_get([MARIA]).fields(["city", "sex", "screen_name"]).await?[0].first_name, "Мария");
    bot.utils_resolve_screen_name("school").await?;
    assert!(bot.utils_get_server_time().await? > 0);
    bot.execute("return API.utils.getServerTime();").await?;
    let wall: Posts = service.call("wall.get", json!({"owner_id": -77, "extended": true})).await?;
    assert_eq!(wall.items[0].views.as_ref().unwrap().count, 500);
    service.call::<Posts>("wall.getById", json!({"posts": ["-77_3"]})).await?;
    service.call::<serde_json::Value>("wall.getComments", json!({"owner_id": -77, "post_id": 3})).await?;
    Ok(())
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x64\0\0\0\x64\x08\x02\0\0\0";

#[tokio::test]
async fn every_call_keeps_to_the_schema_and_every_answer_is_read_with_no_known_member_left_over() {
    let left_over = LeftOver::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(left_over.clone()));
    let sandbox = Sandbox::builder()
        .group(GROUP, "Куратор", "group-token")
        .service_token("service-token")
        .settings(Settings {
            requests_per_second: None,
            service_requests_per_second: None,
            ..Settings::default()
        })
        .start("127.0.0.1:0")
        .await
        .unwrap();
    sandbox.add_person(MARIA, "Мария", "Петрова");
    sandbox.add_person(2, "Ильдар", "Сафин");
    sandbox.add_page(page());
    sandbox.start(MARIA, Some("school"));
    sandbox.write(MARIA, "Здравствуйте!");
    let facts = Arc::new(vkapi_codegen::facts().unwrap());
    let seen = Arc::default();
    let bot = |token| {
        let bot = Bot::builder(token).api_url(&sandbox.api_url()).seed(1).build().unwrap();
        Checked::over(&bot, &facts, &seen)
    };
    call_all(&bot("group-token"), &bot("service-token"), &sandbox).await.unwrap();

    let seen = seen.lock().unwrap();
    assert!(seen.problems.is_empty(), "{:#?}", seen.problems);
    let served: BTreeSet<_> = facts.methods.keys().filter(|name| vk_sandbox::serves(name)).cloned().collect();
    assert_eq!(served, seen.methods, "the sandbox serves what no call here asks, or calls miss");
    let lost: Vec<_> = left_over
        .0
        .lock()
        .unwrap()
        .iter()
        .filter(|(object, member)| vkapi_codegen::members_of(object).unwrap().contains(member))
        .map(|(object, member)| format!("{object}.{member}"))
        .collect();
    assert!(lost.is_empty(), "known to VK's schema, and not to vkapi-rs: {lost:#?}");
}

#[test]
fn a_call_that_breaks_the_schema_is_told() {
    let facts = vkapi_codegen::facts().unwrap();
    let told = |method: &str, params: &[(&str, &str)]| {
        let problems = facts.check_request(method, params.iter().copied());
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(told("messages.getHistory", &[("peer_id", "5"), ("count", "200")]), "");
    assert_eq!(told("messages.getHistory", &[("count", "201")]), "count: 201 is outside of its limits");
    assert_eq!(told("messages.getHistory", &[("counts", "2")]), "counts: there is no such parameter");
    assert_eq!(
        told("messages.setActivity", &[("type", "dance")]).split(" of ").next().unwrap(),
        "type: `dance` is not one"
    );
    assert_eq!(told("groups.getLongPollServer", &[]), "group_id: is missing");
    assert_eq!(told("messages.dance", &[]), "messages.dance: there is no such method");
    let answer = facts.check_answer("utils.getServerTime", &json!("soon"));
    assert_eq!(answer[0].to_string(), "response: \"soon\" does not fit");
    let answer = facts.check_answer("groups.getLongPollServer", &json!({"key": "k", "server": 5, "x": 1}));
    let told: Vec<_> = answer.iter().map(|problem| problem.at.as_str()).collect();
    assert_eq!(told, ["response.server", "response.x", "response.ts"]);
}
