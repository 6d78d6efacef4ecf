//! `kurator page`: one page, looked at through VK, as an operator sees it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tests::{
    GROUP, TOKEN,
    real::{self, Ended, Real},
};
use vk_sandbox::{Comment, Page, Post, Sandbox};

const KEY: &str = "key-of-a-service";
const PATIENCE: Duration = Duration::from_secs(60);

async fn look(page: Page, args: &[&str], key: bool) -> Ended {
    let sandbox = Sandbox::builder().group(GROUP, "Куратор", TOKEN).service_token(KEY);
    let sandbox = sandbox.start("127.0.0.1:0").await.unwrap();
    sandbox.add_page(page);
    let folder = tempfile::tempdir().unwrap();
    let mut config = real::config(&sandbox, folder.path());
    if key {
        config = config.replace("[store]", &format!("service_token = {KEY:?}\n[store]"));
    }
    let file = real::write(folder.path(), &config).unwrap();
    let args = [&["page", "https://vk.ru/school5", "--config", file.to_str().unwrap()], args].concat();
    Real::start(&args, &[]).unwrap().end(PATIENCE).await.unwrap()
}

fn school() -> Page {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let post = |id: i64, days: i64| Post {
        id,
        date: now - days * 86_400 - 60,
        text: "Новости школы".into(),
        likes: 10,
        comments: 2,
        reposts: 1,
        views: Some(200),
        ..Post::default()
    };
    let problem = "https://pos.gosuslugi.ru/form/?opaId=217373&utm_source=vk&utm_medium=68&utm_campaign=OGRN";
    let extra = json!({"has_photo": 1, "cover": {"enabled": 0}, "menu": {"items": [{"url": problem}]}});
    let Value::Object(extra) = extra else { unreachable!() };
    Page {
        id: 215,
        screen_name: "school5".into(),
        name: "Школа № 5".into(),
        description: "Ждём вас. +7 (4752) 72-00-00".into(),
        members_count: 1_000,
        extra,
        posts: [(9, 0), (8, 2), (7, 6), (6, 20)].map(|(id, days)| post(id, days)).to_vec(),
        ..Page::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_told_with_its_score_the_evidence_and_what_brings_more() {
    let ended = look(school(), &[], true).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    // Avatar 5, description 5, three posts 40, views over half of the subscribers 7.
    for said in [
        "Школа № 5 — vk.ru/club215",
        "Подписчиков 1000. Последняя запись: сегодня. За 30 дней записей 4, из них своих 4.",
        "Отклик: 6,5 на 100 просмотров",
        "Оценка 57 из 100, красная зона. Это подсказка бота, а не официальный рейтинг.",
        "40 из 40 · записи за неделю: 3 записи, нужно 3: vk.ru/wall-215_9, vk.ru/wall-215_8, vk.ru/wall-215_7",
        "7 из 10 · просмотры за неделю: просмотров 600 на 1000 подписчиков, это 60 %",
        "0 из 10 · плитки ПОС: верных 0 из 2",
        "— «Сообщить о проблеме»: в ссылке осталось слово из образца",
        "+10 · обложка — 15 минут",
    ] {
        assert!(ended.out.contains(said), "no «{said}» in\n{}", ended.out);
    }
    let more = ended.out.split("за минуту работы:").nth(1).unwrap();
    let order: Vec<_> =
        more.lines().filter(|l| !l.is_empty()).map(|l| l.split(" — ").next().unwrap()).collect();
    assert_eq!(order[..2], ["+10 · метка «Госорганизация»", "+10 · обложка"], "{more}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_without_an_answer_is_told_with_its_link() {
    let mut page = school();
    let said = |id, from_id, reply_to, text: &str| Comment {
        id,
        from_id,
        date: 1_700_000_000 + id,
        text: text.into(),
        reply_to,
    };
    page.posts[0].talk = vec![
        said(1, 7, 0, "А во сколько начало?"),
        said(2, 8, 0, "Где купить билеты?"),
        said(3, 0, 2, "Вход свободный!"),
    ];
    page.posts[1].talk_closed = true;
    let ended = look(page.clone(), &[], true).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told: Vec<&str> = ended.out.lines().filter(|line| line.starts_with("Вопрос без ответа")).collect();
    assert_eq!(told, ["Вопрос без ответа: vk.ru/wall-215_9?reply=1"], "{}", ended.out);
    let ended = look(page, &["--json"], true).await;
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    let question = json!({"post": 9, "comment": 1, "at": 1_700_000_001, "link": "vk.ru/wall-215_9?reply=1"});
    assert_eq!(told["questions"], json!([question]));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_get_json_and_a_norm_by_name() {
    let ended = look(school(), &["--norm", "novosibirsk", "--json"], true).await;
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&told["id"], &told["norm"]), (&json!(215), &json!("novosibirsk")));
    assert_eq!(told["score"]["points"], 17, "three posts are too few there: {told:#}");
    assert_eq!(told["measures"]["week"]["posts"], 3);
    assert_eq!(told["measures"]["tiles"]["seen"][0]["defects"], json!(["placeholder", "ogrn"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_is_said() {
    let ended = look(school(), &[], false).await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("vk.service_token"), "{ended:?}");
    let ended = look(Page { closed: true, ..school() }, &[], true).await;
    assert!(ended.out.contains("жители её не видят, поэтому оценки нет"), "{ended:?}");
    let ended = look(Page { screen_name: "other".into(), ..school() }, &[], true).await;
    assert!(ended.err.contains("По этому адресу нет сообщества"), "{ended:?}");
    let ended = look(school(), &["--norm", "gone"], true).await;
    assert!(ended.err.contains("нормы «gone» нет"), "{ended:?}");
}
